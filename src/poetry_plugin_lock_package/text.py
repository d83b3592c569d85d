"""Text from outside, safe to show: on one line, without secrets and local folders. URLs, and what is in them."""

from __future__ import annotations

import re
import unicodedata
from difflib import get_close_matches
from hashlib import algorithms_guaranteed
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

# Parsers quote the line of a damaged file, which can be of any length.
_LONGEST = 400

# https://learn.microsoft.com/en-us/windows/win32/fileio/maximum-file-path-limitation: 260, with the NUL at the end. A
# new folder has to leave room for a file name of 8.3.
_WINDOWS_LONGEST_PATH = 247
_WINDOWS_NOT_FOUND = (2, 3)  # ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND
_WINDOWS_TOO_LONG = 206  # ERROR_FILENAME_EXCED_RANGE
_LONG_PATH = "its path has more than 260 characters, for which Windows needs long paths to be enabled"

# The names that it has and had.
_PUBLIC_INDEX = ("pypi.org", "www.pypi.org", "pypi.io", "pypi.python.org")

# These patterns search texts of any length from files. Each begins with a fixed text or a look behind: a repetition at
# the start would make the time of a search grow with the square of the length.

# User info in the text of a file, where whitespace ends a URL. The second part is a password with a slash in it: what
# comes before the slash is no port.
_USER_INFO = re.compile(r"(?P<ssh>(?i:ssh)?)://(?P<info>[^\s/?#'\"<>]*@|[^\s/?#'\"<>@:]*:(?!\d+/)[^\s'\"<>]{0,200}?@)")
# The same in a URL that is percent-encoded, as in the query of another one.
_ENCODED_USER_INFO = re.compile("(?<=%3a%2f%2f)(?:(?!%2f)[^\\s/&#])*%40", re.IGNORECASE)

# An absolute path up to its last separator: from `/`, a drive letter or a network share. Folders may have spaces in
# their names. On Windows, `repr` doubles the separators.
_FOLDER = re.compile(
    r"(?<![\w.:/\\-])(?:[A-Za-z]:[/\\]+|/|\\\\+)(?:[^\s/\\'\":*?<>|]+(?: +[^\s/\\'\":*?<>|]+)*[/\\]+)+"
)


def message_of(error: BaseException) -> str:
    """The message of ``error`` on one line, without folders of this machine and user info of URLs.

    Poetry's advice is left out, because our own errors give it.
    """
    if isinstance(error, KeyError):
        return redacted(f"it has no {error}")
    if isinstance(error, OSError) and error.strerror:
        # Without the path of the file, which names a folder.
        return _LONG_PATH if _has_long_path(error) else error.strerror
    text = one_line(str(error)) or type(error).__name__
    text = redacted(text.partition(" Regenerate the lock file")[0].removesuffix("."))
    text = without_folders(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _has_long_path(error: OSError) -> bool:
    """Whether Windows found a path too long. As a rule, it only says that there is no such file or folder."""
    code = getattr(error, "winerror", None)
    paths = (error.filename, error.filename2)
    return code == _WINDOWS_TOO_LONG or (
        code in _WINDOWS_NOT_FOUND and any(len(str(path)) > _WINDOWS_LONGEST_PATH for path in paths)
    )


def without_folders(text: str) -> str:
    """``text`` with the last part alone of each absolute path."""
    return _FOLDER.sub("", text)


def redacted(text: str) -> str:
    """``text`` without the user info of URLs and without ``file:`` URLs.

    Queries stay: they are a part of the address.
    """
    # A slash belongs to the password, unless a port precedes it.
    text = re.sub(r"(?<=://)(?:[^/'\"]*@|[^\s/'\"@:]*:(?!\d+/)[^\s'\"]{0,200}?@)", "", text)
    text = re.sub(r"(?<![^\s/'\"@])[^\s/'\"@:]+:[^\s/'\"@]+@", "", text)
    return re.sub(r"(?: @ )?file:/\S+", "", _ENCODED_USER_INFO.sub("", text))


def without_user_info(text: str) -> str:
    """``text`` without the user info of its URLs, also of a percent-encoded URL within another one.

    Nothing else is changed: this is for metadata, where ``redacted`` would take too much. The account of an SSH
    address (``ssh://git@``) is no secret and stays.
    """

    def replace(found: re.Match[str]) -> str:
        account = found["info"].rstrip("@").partition(":")[0]
        return f"{found['ssh']}://{account}@" if account and found["ssh"] else f"{found['ssh']}://"

    return _ENCODED_USER_INFO.sub("", _USER_INFO.sub(replace, text))


def shown_path(path: Path, folder: Path) -> str:
    """``path`` as the user knows it: relative to ``folder``, which is the project's, if it is in there."""
    return str(path.relative_to(folder) if path.is_relative_to(folder) else path)


def existing(kind: str, known: Iterable[str], unknown: Iterable[str] = ()) -> str:
    """The end of an error about ``unknown`` names: which ``known`` ones of that ``kind`` the project has."""
    known = sorted(known)
    close = dict.fromkeys(name for text in unknown for name in get_close_matches(text, known, n=1))
    advice = f". Did you mean {' or '.join(close)}?" if close else ""
    have = f"these {kind}: {', '.join(known)}" if known else f"no {kind}"
    return f"The project has {have}{advice}"


def one_line(text: str) -> str:
    """``text`` without line ends and control characters.

    They could begin a new metadata header, or move the cursor of a terminal.
    """
    return " ".join("".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp", "Cs") else c for c in text).split())


def public_url(url: str) -> str:
    """``url`` without its user info, except for the account of an SSH address (``git@``).

    The account is no secret, and the address does not work without it. An scp-like address
    (``git@host:path``) cannot hold a password and is returned unchanged. A URL within the URL, as a proxy may have
    it, loses its user info too.
    """
    if "://" not in url:
        return url
    scheme, _, rest = url.partition("://")
    if not is_address(url):
        # It cannot be parsed, so remove as much as could be a password, which may contain any character.
        return f"{scheme}://{rest.rpartition('@')[2]}"
    parts = urlsplit(url)
    user_info, _, host = parts.netloc.rpartition("@")
    account, is_secret, _ = user_info.partition(":") if parts.scheme.endswith("ssh") else ("", user_info, "")
    if is_secret:
        url = urlunsplit(parts._replace(netloc=f"{account}@{host}" if account else host))
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{without_user_info(rest)}"


def is_address(url: str) -> bool:
    """Whether ``urllib`` can parse the host of ``url``, and its port if it has one."""
    try:
        return urlsplit(url).port != 0
    except ValueError:
        return False


def is_default_index(url: str) -> bool:
    """Whether ``url`` leads to the index that installers use if they are told nothing: the public one."""
    return is_address(url) and (urlsplit(url).hostname or "").rstrip(".") in _PUBLIC_INDEX


def has_hash(url: str) -> bool:
    """Whether the fragment of ``url`` contains a hash in the form that pip reads: ``sha256=...``."""
    return any(part.partition("=")[0] in algorithms_guaranteed for part in url.partition("#")[2].split("&"))


def bare_url(url: str) -> str:
    """``url`` without its fragment, and percent-encoded as PEP 508 needs it.

    poetry-core would drop most fragments without a word.
    """
    return quote(url.partition("#")[0], safe="%/:=&?~#+!$,;'@()*[]")


def subdirectory(url: str) -> str | None:
    """The ``subdirectory`` in the fragment of ``url``, or None."""
    found = [part.partition("=")[2] for part in url.partition("#")[2].split("&") if part.startswith("subdirectory=")]
    return found[0] if found and found[0] else None

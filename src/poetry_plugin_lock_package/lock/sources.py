"""Where locked packages come from: indexes, git repositories, URLs and paths."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name
from poetry.core.packages.dependency import Dependency as PoetryDependency
from poetry.core.packages.url_dependency import URLDependency
from poetry.core.packages.vcs_dependency import VCSDependency
from poetry.core.vcs.git import ParsedUrl

from poetry_plugin_lock_package.lock.model import Reference, Source
from poetry_plugin_lock_package.text import (
    bare_url,
    has_hash,
    is_address,
    is_default_index,
    one_line,
    public_url,
    redacted,
    subdirectory,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from packaging.utils import NormalizedName


_TYPES = (None, "legacy", "git", "url", "directory", "file")


def specs_of(dependencies: Mapping[str, Any]) -> Iterator[tuple[NormalizedName, Mapping[str, Any]]]:
    """The requirements in ``dependencies`` (the table of a locked package), each with the name that it is about."""
    for name, specs in dependencies.items():
        for spec in specs if isinstance(specs, list) else [specs]:
            yield canonicalize_name(name), spec if isinstance(spec, dict) else {"version": spec}


def references_of(dependencies: Mapping[str, Any]) -> Iterator[Reference]:
    """The git and path dependencies among ``dependencies`` (the table of a locked package).

    URL dependencies are left out: they are pinned to the same URL, so they cannot disagree with their pin.
    """
    for name, spec in specs_of(dependencies):
        if "git" in spec:
            yield Reference(name, spec.get("rev") or spec.get("tag") or spec.get("branch") or "")
        elif "path" in spec or "file" in spec:
            yield Reference(name, None)


def problem_of_source(source: Mapping[str, Any]) -> str | None:
    """What is wrong with ``source`` of an entry although Poetry's reader accepts it, or None."""
    texts = [source.get(key) for key in ("url", "reference", "resolved_reference")]
    if source.get("type") not in _TYPES or not all(isinstance(text, str | None) for text in texts):
        return "has a source that is not valid"
    # Before format 1.1, the reference was the commit.
    if source.get("type") == "git" and not re.fullmatch("[0-9a-f]{40,64}", texts[2] or texts[1] or ""):
        return "has no git commit"
    return None


def source_of(name: NormalizedName, source: Mapping[str, Any], folder: Path) -> Source | None:
    """The ``source`` of the entry of ``name`` in the lock in ``folder``, or None if it is the default index."""
    kind, url, reference = source.get("type"), source.get("url"), source.get("reference")
    if kind is None or (kind == "legacy" and is_default_index(url or "")):
        # A project may give the default index a name of its own.
        return None
    if kind in ("directory", "file"):
        return Source(kind, reference, path=folder.joinpath(source["url"]).resolve().as_posix())
    if kind == "legacy" or url is None:
        # The name of an index is any text, and warnings show it.
        return Source(kind, reference and redacted(one_line(reference)))
    if kind == "git":
        # An scp-like address becomes a URL.
        url = ParsedUrl.parse(url).url
    shown = public_url(url)
    direct, obstacle = _direct_reference(name, source, shown)
    return Source(
        kind,
        reference,
        direct=direct,
        obstacle=obstacle,
        had_secret=shown != url,
        had_hash=kind == "url" and has_hash(shown),
        address=url,
        commit=source.get("resolved_reference"),
        subdirectory=source.get("subdirectory") or subdirectory(url) or "",
    )


def _direct_reference(name: NormalizedName, source: Mapping[str, Any], url: str) -> tuple[str | None, str]:
    """The URL of a PEP 508 direct reference to ``name``, or None and the reason why there is none."""
    folder = posixpath.normpath(source.get("subdirectory") or subdirectory(url) or ".")
    if problem := _unnameable(source["type"], url, folder):
        return None, problem
    commit = source.get("resolved_reference")
    try:
        dependency = (
            VCSDependency(name, "git", url, rev=source.get("reference"), resolved_rev=commit)
            if source["type"] == "git"
            else URLDependency(name, bare_url(url))
        )
        # poetry-core turns scp-like addresses into URLs, and puts the locked commit into them.
        text = dependency.base_pep_508_name_resolved
        read_back = PoetryDependency.create_from_pep_508(text)
    except Exception:  # noqa: BLE001 - whatever its parsers raise
        return None, "has an address that Poetry cannot read"
    direct = text.partition(" @ ")[2]
    # poetry-core takes the name of a wheel from its file name.
    if read_back.name != name:
        return None, f"comes from a wheel of {read_back.name}"
    if read_back.base_pep_508_name.partition(" @ ")[2] != direct or not is_address(direct):
        return None, "has an address that Poetry cannot read"
    # Not written and read by poetry-core: its reader refuses a dot in the subdirectory of a git URL.
    return (direct if folder == "." else f"{direct}#subdirectory={folder}"), ""


def _unnameable(source_type: str, url: str, folder: str) -> str:
    """Why no requirement can name ``folder`` at ``url``, or "" if one can."""
    if url.startswith("file:"):
        return f"comes from {'a git' if source_type == 'git' else 'an'} address on this machine"
    if source_type == "url" and not re.match("https?://", url, re.IGNORECASE):
        return "comes from a URL that begins with neither http:// nor https://"
    # Only this machine knows what is there.
    if posixpath.isabs(folder) or folder.partition("/")[0] == "..":
        return "is in a folder outside its source"
    # PEP 508 ends a URL at white space, and pip ends a subdirectory at `&`. Neither pip nor uv decodes `%20`.
    if re.search(r"[\s&#]", folder) or not folder.isprintable():
        return f"is in the subdirectory {folder!r}; pip and uv can read neither white space nor & and # in its name"
    return ""

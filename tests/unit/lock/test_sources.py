"""Where locked packages come from."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.lock.model import Reference, Source
from poetry_plugin_lock_package.lock.sources import references_of, source_of

COMMIT = "5d1c" * 10


def read(name: str, **source: str | None) -> Source | None:
    return source_of(canonicalize_name(name), source, Path("/home/me"))


def from_url(name: str, url: str) -> Source | None:
    return without_address(read(name, type="url", url=url))


def from_git(url: str, subdirectory: str | None = None) -> Source | None:
    source = read("forked", type="git", url=url, reference="main", resolved_reference=COMMIT, subdirectory=subdirectory)
    return without_address(source)


def without_address(source: Source | None) -> Source | None:
    return source and replace(source, address=None, commit=None, subdirectory="")


def test_index() -> None:
    """An index is known by its name; its address is not kept. The default index is no source, whatever its name."""
    assert read("a") is None
    assert read("a", type="legacy", url="https://pypi.org/simple", reference="public") is None
    assert read("a", type="legacy", url="https://u:secret@x.org", reference="company") == Source("legacy", "company")


@pytest.mark.parametrize("kind", ["directory", "file"])
def test_path(kind: str) -> None:
    """A path, which is relative to the lock, is kept to build from, but not shown where a source is."""
    source = read("a", type=kind, url="libs/a")

    assert source is not None
    assert source.path == Path("/home/me/libs/a").resolve().as_posix()
    assert "/home" not in repr(source)


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("archive", "https://example.org/archive-1.0.zip"),
        ("en-core-web-sm", "https://example.org/en_core_web_sm-3.7.1-py3-none-any.whl"),
        ("jinja2", "https://example.org/Jinja2-3.0.3-py3-none-any.whl"),
        ("pillow", "https://example.org/Pillow-9.5.0-cp311-cp311-win_amd64.whl"),
        ("zope-event", "https://example.org/zope.event-5.0-py3-none-any.whl"),
    ],
)
def test_url(name: str, url: str) -> None:
    """A URL is its own reference, however the file of a wheel spells the name."""
    assert from_url(name, url) == Source("url", direct=url)


def test_wheel_of_another_name() -> None:
    """The file of another package's wheel is no reference, because poetry-core would write that name."""
    source = from_url("pillow", "https://example.org/Jinja2-3.0.3-py3-none-any.whl")

    assert source == Source("url", obstacle="comes from a wheel of jinja2")


@pytest.mark.parametrize(
    "url",
    [
        *("ftp://example.org/b-1.0.zip", "s3://bucket/b-1.0.zip", "s3://bucket/b-1.0-py3-none-any.whl"),
        *("example.org/b-1.0.zip", "b-1.0.zip", "", "mailto:b@example.org", "file:///home/ada/b-1.0.zip"),
    ],
)
def test_no_url_that_installers_follow(url: str) -> None:
    """An address of another kind is no reference, and the reason names what is wrong with it."""
    source = from_url("b", url)

    where = "an address on this machine" if url.startswith("file:") else "URL that begins with neither http:// nor"
    assert source is not None
    assert source.direct is None
    assert where in source.obstacle


def test_unreadable_url() -> None:
    """A URL whose port is not a number that can be, and one that poetry-core changes, have no reference."""
    for url in ("https://example.org:99999/a-1.0.zip", "https:///a-1.0.zip[x"):
        assert from_url("a", url) == Source("url", obstacle="has an address that Poetry cannot read")
    with_secret = from_url("a", "https://user:secret@[::1/a-1.0.zip")
    assert with_secret == Source("url", obstacle="has an address that Poetry cannot read", had_secret=True)


def test_secret_and_hash() -> None:
    """User info and hash are left out of the reference, and the source says so."""
    source = from_url("a", "https://user:secret@example.org/a-1.0.zip#sha256=0a")

    assert source == Source("url", direct="https://example.org/a-1.0.zip", had_secret=True, had_hash=True)


@pytest.mark.parametrize(
    ("url", "direct"),
    [
        ("https://example.org/a.git", f"git+https://example.org/a.git@{COMMIT}"),
        ("git@example.org:a/b.git", f"git+ssh://git@example.org/a/b.git@{COMMIT}"),
    ],
)
def test_git(url: str, direct: str) -> None:
    """A git address is pinned at its commit."""
    assert from_git(url) == Source("git", "main", direct=direct)


def test_address() -> None:
    """What the wheelhouse downloads or builds from is kept as it was locked, and secrets are not shown."""
    url = read("a", type="url", url="https://user:secret@example.org/a-1.0.zip", subdirectory="b")
    git = read("a", type="git", url="https://u:secret@example.org/a.git", reference="main", resolved_reference=COMMIT)

    assert url is not None
    assert git is not None
    assert (url.address, url.commit, url.subdirectory) == ("https://user:secret@example.org/a-1.0.zip", None, "b")
    assert (git.address, git.commit, git.subdirectory) == ("https://u:secret@example.org/a.git", COMMIT, "")
    assert ":secret@" not in repr(url) + repr(git)


def test_git_on_this_machine() -> None:
    """A repository on this machine has no reference."""
    assert from_git("file:///home/ada/a") == Source("git", "main", obstacle="comes from a git address on this machine")


@pytest.mark.parametrize("subdirectory", ["pkgs/a", "pkgs/a.b", ".a", "a+b", "a%b", "pkgs/./a.b/"])
def test_subdirectory(subdirectory: str) -> None:
    """A subdirectory is in the reference as it is, if others can read it, whether or not poetry-core can."""
    source = from_git("https://example.org/a.git", subdirectory)

    folder = subdirectory.replace("/./", "/").removesuffix("/")
    assert source is not None
    assert source.direct == f"git+https://example.org/a.git@{COMMIT}#subdirectory={folder}"
    assert Requirement(f"forked @ {source.direct}").url == source.direct


@pytest.mark.parametrize("subdirectory", ["a b", "a&b", "a#b", "a\nb", "a\u00a0b", "a\x00b"])
def test_subdirectory_that_no_requirement_names(subdirectory: str) -> None:
    """Where pip would look into another folder, there is no reference, and the reason says so."""
    source = from_git("https://example.org/a.git", subdirectory)

    assert source is not None
    assert source.direct is None
    assert source.obstacle.startswith(f"is in the subdirectory {subdirectory!r}; pip and uv can read neither")


@pytest.mark.parametrize("subdirectory", ["/home/ada", "..", "a/../../b"])
def test_subdirectory_outside_of_the_download(subdirectory: str) -> None:
    """What is outside of the download is no reference."""
    source = from_git("https://example.org/a.git", subdirectory)

    assert source == Source("git", "main", obstacle="is in a folder outside its source")


@pytest.mark.parametrize(
    ("specs", "references"),
    [
        ("*", []),
        ({"version": "*", "optional": True}, []),
        ({"url": "https://example.org/b.zip"}, []),
        ({"git": "https://example.org/b.git"}, [""]),
        ({"git": "https://example.org/b.git", "branch": "main"}, ["main"]),
        ({"git": "https://example.org/b.git", "tag": "1.0"}, ["1.0"]),
        ({"git": "https://example.org/b.git", "rev": COMMIT}, [COMMIT]),
        ([{"path": "../b"}, {"file": "b.zip"}, "*"], [None, None]),
    ],
)
def test_references(specs: Any, references: list[str | None]) -> None:
    """Dependencies by git or from a path are references; those by version and by URL are not."""
    assert [*references_of({"B_c": specs})] == [Reference(canonicalize_name("b-c"), git) for git in references]

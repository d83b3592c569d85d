"""Packages from URLs, paths and private indexes."""

import re
from pathlib import Path

import pytest

from tests.kit import CLASSIC, COMMIT, add_to_lock, built, locked, only_wheel, poetry, see, write_project


@pytest.mark.parametrize(
    ("url", "is_warned_of"),
    [
        ("https://example.org/u-1.0.zip", False),
        ("https://example.org/u-1.0.zip#egg=u", False),
        ("https://example.org/u-1.0.zip#sha256=" + "0" * 64, True),
    ],
)
def test_url_of_the_project(tmp_path: Path, url: str, *, is_warned_of: bool) -> None:
    """That pip takes a URL with a hash for another one than the pin is said; the rest of a fragment does not count."""
    source = {"type": "url", "url": url}
    project = write_project(tmp_path, [locked("u", source=source)], CLASSIC + f'u = {{ url = "{url}" }}\n')

    run = poetry(project, "lock-package --build")

    assert run.code == 0
    assert ("pip refuses to install both: u. " in run.err) == is_warned_of


@pytest.mark.parametrize(
    "source",
    [
        {"type": "git", "url": "https://example.org/b.git", "subdirectory": "a/../../b"},
        {"type": "url", "url": "https://example.org/b-1.0.zip", "subdirectory": "/home/ada/b"},
        {"type": "url", "url": "https://user:secret@[::1/b-1.0.zip"},
        {"type": "url", "url": "file:///home/ada/b-1.0.zip"},
        {"type": "url", "url": "ftp://example.org/b-1.0.zip"},
        {"type": "url", "url": "https://example.org/b-1.0.zip", "subdirectory": "a b"},
    ],
)
def test_what_no_requirement_can_have(tmp_path: Path, source: dict[str, str]) -> None:
    """An address that no requirement can have is refused, and the package named."""
    project = write_project(tmp_path, [locked("forked", source={**source, "resolved_reference": COMMIT})])

    run = poetry(project, "lock-package --build")

    assert run.code == 1
    assert re.search(
        "No requirement can express some packages in poetry.lock: forked (has|comes from|is in) (an?|the) ", run.err
    )
    assert "secret" not in run.err
    assert run.err.count("\n") == 1
    assert not (project / "dist").exists()


def test_url(tmp_path: Path) -> None:
    """A URL dependency is pinned to its URL; its hash cannot be kept, which is said."""
    project = write_project(
        tmp_path,
        [
            locked("archive", source={"type": "url", "url": "https://example.org/archive-1.0.zip"}),
            locked("part", source={"type": "url", "url": "https://example.org/my part.zip#subdirectory=./a//b"}),
            locked("signed", source={"type": "url", "url": "https://example.org/signed-1.0+cpu.zip?a=b"}),
            locked("hashed", source={"type": "url", "url": "https://example.org/hashed-1.0.zip#sha256=0a0b"}),
        ],
    )

    requires, warnings = built(project)

    assert requires == {
        "archive @ https://example.org/archive-1.0.zip",
        "hashed @ https://example.org/hashed-1.0.zip",
        "part @ https://example.org/my%20part.zip#subdirectory=a/b",
        "signed @ https://example.org/signed-1.0+cpu.zip?a=b",
    }
    assert warnings == [
        (
            "Warning: Pinned by a URL, which public indexes refuse, and uv as well if it installs the wheel by name:"
            f" archive, hashed, part, signed. Install the wheel by its path{see('direct-references')}"
        ),
        "Warning: The query of its URL is kept: signed. Make sure that it holds no secret",
        "Warning: A wheel cannot keep the hash in its URL: hashed. Use --constraints to have hashes checked",
    ]


@pytest.mark.parametrize(
    ("sources", "warning"),
    [
        (
            [{"type": "directory", "url": "../inner"}, {"type": "file", "url": "../other-1.0.tar.gz"}],
            (
                "Locked from a path, and pinned by version: inner, other. Build with --path-wheels to have its wheel as"
                " well, or publish it where installers find it"
            ),
        ),
        (
            [{"type": "legacy", "url": "https://user:secret@example.org/simple", "reference": "company"}, None],
            (
                "Locked from the source company, which a wheel cannot name: inner. Give its address to installers"
                + see("private-sources")
            ),
        ),
    ],
)
def test_pinned_by_version(tmp_path: Path, sources: list[dict[str, str] | None], warning: str) -> None:
    """What is from a path or a private index is pinned by version, and where it is from is said without an address."""
    names = ("inner", "other")
    project = write_project(
        tmp_path, [locked(name, source=source) for name, source in zip(names, sources, strict=True)]
    )

    assert built(project) == ({"inner==1.0", "other==1.0"}, [f"Warning: {warning}"])


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ("", "folder (for example-package), folder (for by)"),
        ("--no-root", "folder (for by)"),
        ("--ignore by", "folder (for example-package)"),
        ("--ignore folder", None),
    ],
)
@pytest.mark.parametrize("key", ["path", "file"])
def test_required_from_a_path(tmp_path: Path, arguments: str, names: str | None, key: str) -> None:
    """That metadata with a path sends pip there, whatever is pinned, is said, with the way out."""
    project = tmp_path / "project"
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "pyproject.toml").write_text('[project]\nname = "folder"\nversion = "1.0"\n')
    packages = [
        locked("folder", source={"type": "directory", "url": "../folder"}),
        locked("by", requires=["folder"]),
    ]
    write_project(project, packages, CLASSIC + 'folder = { path = "../folder" }\nby = "*"\n')
    add_to_lock(project, "by", "folder", {key: "../folder"})

    run = poetry(project, f"lock-package --build {arguments}")

    assert run.code == 0
    found = re.search(r"Required from a path, where pip looks for it on any machine, .*: ([^.]*)\.", run.err)
    assert (found[1] if found else None) == names
    assert str(tmp_path) not in run.err


@pytest.mark.parametrize(
    ("source_type", "url", "pinned"),
    [
        ("git", "https://user:secret@example.org/b.git", f"git+https://example.org/b.git@{COMMIT}"),
        ("url", "https://secret@example.org/b-1.0.zip", "https://example.org/b-1.0.zip"),
    ],
)
def test_secrets(tmp_path: Path, source_type: str, url: str, pinned: str) -> None:
    """No user info of an address reaches the wheel or the console, however verbose."""
    source = {"type": source_type, "url": url, "reference": "main", "resolved_reference": COMMIT}
    project = write_project(tmp_path, [locked("hidden", source=source)])

    run = poetry(project, "lock-package --build --no-root -vvv")

    wheel = only_wheel(project / "dist")
    assert wheel.requires == {f"hidden @ {pinned}"}
    assert b"secret" not in wheel.path.read_bytes()
    assert "secret" not in run.out + run.err
    assert "The user name or password in its URL was left out: hidden. " in run.err

"""Packages from git repositories, URLs, paths and private indexes."""

import re
from pathlib import Path

import pytest

from tests.kit import CLASSIC, COMMIT, LOCK_PROJECT, LOCK_WHEEL, add_to_lock, built, locked, poetry, write_project


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
    assert ("Warning: u is pinned at another reference than example-package requires" in run.err) == is_warned_of


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
            "Note: archive, hashed, part, signed are pinned by URL: public indexes refuse the wheel, and uv installs it"
            " only by its path [direct-references]"
        ),
        "Note: signed is pinned by a URL with a query. Make sure that it holds no secret [url-query]",
        "Note: hashed is pinned without the hash in the URL. Use --constraints to have hashes checked [url-hash]",
    ]


@pytest.mark.parametrize(
    ("sources", "warning"),
    [
        (
            [{"type": "directory", "url": "../inner"}, {"type": "file", "url": "../other-1.0.tar.gz"}],
            (
                "Warning: inner, other come from a path. Use --all-wheels, or publish them where installers find them"
                " [path-dependencies]"
            ),
        ),
        (
            [{"type": "legacy", "url": "https://user:secret@example.org/simple", "reference": "company"}, None],
            (
                "Note: inner comes from the source company, which a wheel cannot name. Give its address to the"
                " installer [private-sources]"
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

    assert built(project) == ({"inner==1.0", "other==1.0"}, [warning])


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ("", "folder (for example-package, by)"),
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
    found = re.search("Warning: (.*) comes from a path, where pip will look for it on any machine", run.err)
    assert (found[1] if found else None) == names
    assert str(tmp_path) not in run.err


SOURCE = {"type": "git", "url": "https://example.org/b.git", "reference": "main", "resolved_reference": COMMIT}


@pytest.mark.parametrize(
    ("url", "subdirectory", "pinned"),
    [
        ("https://example.org/a/b.git", None, f"git+https://example.org/a/b.git@{COMMIT}"),
        ("https://example.org/a/b.git", "c/d", f"git+https://example.org/a/b.git@{COMMIT}#subdirectory=c/d"),
        ("ssh://git@example.org:2222/a/b.git", None, f"git+ssh://git@example.org:2222/a/b.git@{COMMIT}"),
        ("git@example.org:a/b.git", None, f"git+ssh://git@example.org/a/b.git@{COMMIT}"),
    ],
)
def test_git(tmp_path: Path, url: str, subdirectory: str | None, pinned: str) -> None:
    """A git dependency is pinned at the locked commit, whatever its address looks like."""
    source = {**SOURCE, "url": url}
    if subdirectory:
        source["subdirectory"] = subdirectory
    project = write_project(tmp_path, [locked("forked", source=source)])

    requires, warnings = built(project)

    assert requires == {f"forked @ {pinned}"}
    note = "Note: forked is pinned by URL: public indexes refuse the wheel, and uv installs it only by its path"
    assert warnings == [f"{note} [direct-references]"]


def test_lock_project_with_a_subdirectory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`poetry build` in the lock project gives the same wheel, although poetry-core cannot read the subdirectory."""
    monkeypatch.setenv("POETRY_VIRTUALENVS_CREATE", "false")
    project = write_project(tmp_path, [locked("forked", source={**SOURCE, "subdirectory": "pkgs/a.b"})])
    assert poetry(project, "lock-package --build").code == 0
    assert poetry(project, "lock-package").code == 0

    run = poetry(project / LOCK_PROJECT, "build --format wheel")

    assert run.code == 0
    made = project / LOCK_PROJECT / "dist" / LOCK_WHEEL
    assert made.read_bytes() == (project / "dist" / LOCK_WHEEL).read_bytes()


@pytest.mark.parametrize(
    ("dependency", "arguments", "is_warned_of"),
    [
        ('{ git = "https://example.org/b.git", branch = "main" }', "", True),
        ('{ git = "https://user:secret@example.org/b.git" }', "", True),
        (f'{{ git = "https://example.org/b.git", rev = "{COMMIT}" }}', "", False),
        ('{ git = "https://example.org/b.git", branch = "main" }', "--no-root", False),
        ('"*"', "", False),
    ],
)
def test_git_reference_of_the_project(tmp_path: Path, dependency: str, arguments: str, *, is_warned_of: bool) -> None:
    """That pip cannot install a project that requires a branch together with the pinned commit is said."""
    project = write_project(tmp_path, [locked("forked", source=SOURCE)], CLASSIC + f"forked = {dependency}\n")

    run = poetry(project, f"lock-package --build {arguments}")

    assert run.code == 0
    assert "secret" not in run.err
    warning = "Warning: forked is pinned at another reference than example-package requires, and pip refuses to install"
    assert (f"{warning} both. Name the locked commit in pyproject.toml" in run.err) == is_warned_of


@pytest.mark.parametrize(
    ("reference", "is_warned_of"),
    [({"branch": "main"}, True), ({"tag": "1.0"}, True), ({}, True), ({"rev": COMMIT}, False), (None, False)],
)
def test_git_reference_of_a_package(tmp_path: Path, reference: dict[str, str] | None, *, is_warned_of: bool) -> None:
    """What a pinned package requires by another reference than the commit is said as well."""
    project = write_project(tmp_path, [locked("forked", source=SOURCE), locked("by", requires=["forked"])])
    add_to_lock(project, "by", "forked", {"git": SOURCE["url"], **reference} if reference is not None else "*")

    _, warnings = built(project)

    warning = "Warning: forked (for by) is pinned by commit, but required by another reference, and pip refuses"
    assert any(line.startswith(warning) for line in warnings) == is_warned_of


@pytest.mark.parametrize(
    "url",
    [
        "ssh://git:secret@example.org/b.git",
        "https://user:sec:ret@example.org/b.git",
        "https://user:sec#ret@example.org/b.git",
        "https://user:secret@[::1]/b.git",
        "https://user:secret@[::1/b.git",
        "user:secret@example.org:b.git",
    ],
)
def test_git_address_that_poetry_reads_otherwise(tmp_path: Path, url: str) -> None:
    """Where Poetry would take the password for a part of the address, nothing is pinned, and nothing of it shown."""
    project = write_project(tmp_path, [locked("forked", source=SOURCE)])
    lock = project / "poetry.lock"
    lock.write_text(lock.read_text().replace("https://example.org/b.git", url))

    run = poetry(project, "lock-package --build -vvv")

    assert run.code == 1
    assert run.err.startswith("Error: poetry.lock cannot be read: ")
    assert run.err.count("\n") == 1
    assert not re.search("sec|ret@", run.err)
    assert not (project / "dist").exists()


def test_git_on_this_machine(tmp_path: Path) -> None:
    """A repository that only this machine has is refused, all such packages at once, without its path."""
    source = {**SOURCE, "url": "file:///home/ada/b.git"}
    project = write_project(tmp_path, [locked("forked", source=source), locked("other", source=source)])

    run = poetry(project, "lock-package --build")

    assert run.code == 1
    assert run.err == (
        "Error: No requirement can express some packages in poetry.lock:"
        " forked comes from a git address on this machine;"
        " other comes from a git address on this machine."
        " Leave them out with --ignore forked --ignore other\n"
    )
    assert not (project / "dist").exists()

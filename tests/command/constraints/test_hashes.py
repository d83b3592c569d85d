"""The hash of every package, wherever it comes from, in one line for each pin, whatever extras it is for."""

import re
from pathlib import Path

import pytest

from tests.command.constraints.lines import FILE, GIT, constrained, digest, files, read
from tests.e2e.index import make_wheel
from tests.kit import CLASSIC, classic, locked, make_old, poetry, tree, write_project

FOLDER = {"type": "directory", "url": "../local"}
LINUX, WINDOWS = (f'sys_platform == "{name}"' for name in ("linux", "win32"))


def test_no_hash(tmp_path: Path) -> None:
    """What has no hash is an error that names all of it, each with its reason, and how to go on without."""
    project = write_project(
        tmp_path,
        [
            locked("from-git", source=GIT),
            locked("local", source=FOLDER),
            locked("none", marker=LINUX),
            locked("none", "2.0", marker=WINDOWS),
            locked("weak", files=files("a", algorithm="md5")),
            locked("weak", "2.0", files=[{"file": "x", "hash": "a" * 64}], marker=LINUX, groups=["dev"]),
            locked("strong", files=[*files("b"), *files("a", algorithm="md5")]),
        ],
    )
    # A file of that name is not what the lock means.
    make_wheel(project / "dist", "from-git", "1.0")
    make_wheel(project / "dist", "none", "1.0")
    before = tree(project)

    run = poetry(project, "lock-package --build --constraints")

    assert run.code == 1
    assert run.err == (
        "Error: --constraints needs a hash for every package: from-git (from git, which has none);"
        " local (from a folder: add --all-wheels, or build its wheel into the output folder first);"
        " none, weak (without one in poetry.lock that pip accepts: run `poetry lock`)."
        " Leave packages out with --ignore from-git --ignore local --ignore none --ignore weak\n"
    )
    assert tree(project) == before
    ways_out = re.findall("--ignore [a-z-]+", run.err)
    assert constrained(project, f"--no-root {' '.join(ways_out)}") == {"strong==1.0": {"b"}}


def test_built_folder(tmp_path: Path) -> None:
    """A package that was locked from a folder has the hash of its wheel in the output folder; no other package does."""
    project = write_project(tmp_path, [locked("local", "1.0", source=FOLDER), locked("other", "1.0", files=files("a"))])
    wheel = make_wheel(project / "dist", "local", "1.0.0")
    make_wheel(project / "dist", "local", "1.1")
    make_wheel(project / "dist", "other", "1.0")

    assert constrained(project, "--no-root") == {"local==1.0": {digest(wheel)}, "other==1.0": {"a"}}


def test_url_and_file(tmp_path: Path) -> None:
    """A URL has its hash, and a note of what pip does with it; a file on this machine is a release."""
    url = "https://ada:secret@example.org/files/u-1.0-py3-none-any.whl"
    project = write_project(
        tmp_path,
        [
            locked("u", source={"type": "url", "url": url}, files=files("a")),
            locked("f", source={"type": "file", "url": "../f-1.0-py3-none-any.whl"}, files=files("f")),
        ],
    )

    run = poetry(project, "lock-package --build --constraints --no-root")

    assert run.err.splitlines()[-1] == (
        "Note: u is pinned by URL, and pip (up to 26.3) takes no hash of a URL from constraints. Install all that is"
        " in the file, with -r instead of -c [hashes-of-urls]"
    )
    lines = dict(read((project / "dist" / FILE).read_text())[1:])
    assert lines == {"u @ https://example.org/files/u-1.0-py3-none-any.whl": {"a"}, "f==1.0": {"f"}}


@pytest.mark.parametrize("version", ["1.0", "1.1", "2.0"])
def test_old_lock(tmp_path: Path, version: str) -> None:
    """Locks of every format have hashes; those before 2.0 do not say which version of a name a file belongs to."""
    project = write_project(
        tmp_path,
        [
            locked("a", "1.0", files=files("a"), python="<3.11", marker='python_version < "3.11"'),
            locked("a", "2.0", files=files("b"), python=">=3.11", marker='python_version >= "3.11"'),
            locked("c", files=files("c")),
        ],
        CLASSIC + 'a = "*"\nc = "*"\n',
    )
    make_old(project, version)

    lines = constrained(project, "--no-root")

    one, two = ({"a"}, {"b"}) if version == "2.0" else ({"a", "b"}, {"a", "b"})

    assert lines == {'a==1.0 ; python_version < "3.11"': one, 'a==2.0 ; python_version >= "3.11"': two, "c==1.0": {"c"}}


EXTRAS = classic(extras={"x": ["a"], "y": ["a"], "z": ["b"]})


@pytest.mark.parametrize(
    ("marker", "arguments", "line"),
    [
        ('extra == "x"', "", "a==1.0"),
        ('extra == "x" or extra == "y"', "", "a==1.0"),
        ('extra == "x"', "-E x", "a==1.0"),
        (f'{LINUX} and extra == "x" or {LINUX} and extra == "y"', "", f"a==1.0 ; {LINUX}"),
        # One extra says it for both.
        (f'{LINUX} and extra == "x" or extra == "y"', "", "a==1.0"),
        (f'{LINUX} or extra == "y"', "", "a==1.0"),
        # None does.
        (f'{LINUX} and extra == "x" or {WINDOWS} and extra == "y"', "", f"a==1.0 ; {LINUX} or {WINDOWS}"),
        (f'{LINUX} or {WINDOWS} and extra == "y"', "", f"a==1.0 ; {LINUX} or {WINDOWS}"),
    ],
)
def test_extras(tmp_path: Path, marker: str, arguments: str, line: str) -> None:
    """A pin is one line, whichever extras it is for: constraints know none."""
    project = write_project(
        tmp_path,
        [locked("a", files=files("a"), marker=marker), locked("b", files=files("b"), marker='extra == "z"')],
        EXTRAS,
    )

    assert constrained(project, arguments) == {line: {"a"}, "b==1.0": {"b"}}


def choice(folder: Path) -> Path:
    """A project whose extras x and z exclude each other: each brings its own release of a package."""
    return write_project(
        folder,
        [
            locked("a", "1.0", files=files("1"), marker='extra == "x" and extra != "z"'),
            locked("a", "2.0", files=files("2"), marker='extra == "z" and extra != "x"'),
            locked("b", "1.0", files=files("b"), marker='extra == "z"'),
        ],
        EXTRAS,
    )


def test_extras_that_exclude_each_other(tmp_path: Path) -> None:
    """One file cannot hold two versions for one environment: an error names them, and nothing appears."""
    project = choice(tmp_path)
    before = tree(project)

    run = poetry(project, "lock-package --build --constraints")

    assert (run.code, run.out) == (1, "Building example-package-lock (0.1.0)\n")
    assert run.err == (
        "Error: --constraints can hold only one version of a package, and extras of the project need several:"
        " a at 1.0 (x) and 2.0 (z). Choose extras with --extras, and build a lock package for each choice\n"
    )
    assert tree(project) == before


@pytest.mark.parametrize(("extra", "version"), [("x", "1"), ("z", "2")])
def test_chosen_extra(tmp_path: Path, extra: str, version: str) -> None:
    """With --extras, as the error says, there is one version, and constraints for it."""
    lines = constrained(choice(tmp_path), f"--extras {extra} --no-root")

    assert lines == {f"a=={version}.0": {version}, "b==1.0": {"b"}}

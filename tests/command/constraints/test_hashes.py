"""The hash of every package, wherever it comes from."""

import re
from pathlib import Path

import pytest

from tests.command.constraints.lines import FILE, GIT, constrained, digest, files, read
from tests.e2e.index import make_wheel
from tests.kit import CLASSIC, locked, make_old, poetry, see, tree, write_project

FOLDER = {"type": "directory", "url": "../local"}
LINUX, WINDOWS, MACOS = (f'sys_platform == "{name}"' for name in ("linux", "win32", "darwin"))


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
        " local (from a folder: add --path-wheels, or build its wheel into the output folder first);"
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
    """A URL has its hash, and a warning of what pip does with it; a file on this machine is a release."""
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
        "Warning: pip, up to 26.3, does not take the hash of a URL from constraints: u. Install all that is in the"
        f" file, with -r instead of -c{see('hashes-of-urls')}"
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

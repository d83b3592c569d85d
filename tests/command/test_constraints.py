"""`--constraints`: the file with the hashes, read back as pip reads it."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.e2e.index import make_wheel
from tests.kit import CLASSIC, locked, make_old, poetry, read_wheel, tree, write_project

if TYPE_CHECKING:
    from pathlib import Path

WHEEL = "example_package_lock-0.1.0-py3-none-any.whl"
FILE = "example_package_lock-0.1.0-constraints.txt"
LOCK_PACKAGE = "example-package-lock==0.1.0"

Lines = list[tuple[str, set[str]]]


def files(*digits: str, algorithm: str = "sha256") -> list[dict[str, str]]:
    """Files of a locked package, whose hashes consist of one digit each."""
    return [{"file": f"{digit}.whl", "hash": f"{algorithm}:{digit * 64}"} for digit in digits]


def read(text: str) -> Lines:
    """Requirement and hashes (as far as they consist of one digit, that digit) of each line, in order."""
    logical = [line for line in text.replace("\\\n", " ").splitlines() if not line.startswith("#")]
    lines = []
    for line in logical:
        requirement, *hashes = map(str.strip, line.split(" --hash="))
        parsed = Requirement(requirement)
        assert not parsed.extras
        marker = f" ; {parsed.marker}" if parsed.marker else ""
        what = f" @ {parsed.url}" if parsed.url else parsed.specifier
        assert hashes == sorted(set(hashes))
        digests = [value.partition(":")[2] for value in hashes]
        lines.append(
            (
                f"{canonicalize_name(parsed.name)}{what}{marker}",
                {digest[0] if len(set(digest)) == 1 else digest for digest in digests},
            )
        )
    return lines


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def constrained(project: Path, arguments: str = "") -> dict[str, set[str]]:
    """The constraints of ``project``, less the lock package, which has the hash of the wheel beside."""
    run = poetry(project, f"lock-package --build --constraints {arguments}")
    assert run.code == 0, run.err
    read_wheel(project / "dist" / WHEEL)
    lines = read((project / "dist" / FILE).read_text())
    assert lines[0] == (LOCK_PACKAGE, {digest(project / "dist" / WHEEL)})
    assert len(lines) == len(dict(lines))
    return dict(lines[1:])


def test_constraints(tmp_path: Path) -> None:
    """Every pin is there with its marker and all its hashes, beside the wheel and with its hash; the report says so."""
    project = write_project(
        tmp_path,
        [
            locked("zeta", "1.0", files=files("b", "a", "b")),
            locked("forked", "1.0", files=files("1"), marker='python_version < "3.11"'),
            locked("forked", "2.0", files=files("2"), marker='python_version >= "3.11"'),
            locked("local", "2.0+cpu", files=[{"file": "x.whl", "hash": f"sha512:{'c' * 128}"}, *files("d")]),
        ],
    )
    make_wheel(project / "dist", "example-package", "0.1.0")

    run = poetry(project, "lock-package --build --constraints")

    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines()[-2:] == [f"  - Built {WHEEL}", f"  - Wrote {FILE}"]
    text = (project / "dist" / FILE).read_text()
    assert read(text) == [
        (LOCK_PACKAGE, {digest(project / "dist" / WHEEL)}),
        ("example-package==0.1.0", {digest(project / "dist/example_package-0.1.0-py3-none-any.whl")}),
        ('forked==1.0 ; python_version < "3.11"', {"1"}),
        ('forked==2.0 ; python_version >= "3.11"', {"2"}),
        ("local==2.0+cpu", {"c", "d"}),
        ("zeta==1.0", {"a", "b"}),
    ]
    assert f"# pip install --require-hashes -c {FILE} {LOCK_PACKAGE}\n" in text
    assert "://" not in text
    # The same input, the same bytes; and nothing else appears.
    before = tree(project)
    poetry(project, "lock-package --build --constraints")
    assert tree(project) == before
    assert {path.name for path in (project / "dist").iterdir()} == {
        WHEEL,
        FILE,
        "example_package-0.1.0-py3-none-any.whl",
    }


def test_name_and_version(tmp_path: Path) -> None:
    """The file is called as the lock package is, in the spelling of its wheel."""
    project = write_project(tmp_path, [locked("a", files=files("a"))])

    poetry(project, "lock-package --build --constraints --no-root --name My.App-Pins --set-version 1!2.0rc1+a.b -o out")

    (path,) = (project / "out").glob("*.txt")
    assert path.name == "my_app_pins-1!2.0rc1+a.b-constraints.txt"
    assert read(path.read_text())[0][0] == "my-app-pins==1!2.0rc1+a.b"


def test_root(tmp_path: Path) -> None:
    """Of the project all wheels and the sdist of its version are known, if they lie in the output folder."""
    project = write_project(tmp_path, [locked("a", files=files("a"))])
    out = project / "out"
    names = ("Example_Package-0.1.0-cp312-cp312-win_amd64.whl", "example_package-0.1-py3-none-any.whl")
    others = ("example_package-0.2.0-py3-none-any.whl", "a-1.0-py3-none-any.whl", "notes-0.1.0.txt", "broken.whl")
    out.mkdir()
    for number, name in enumerate([*names, "example_package-0.1.0.tar.gz", *others]):
        (out / name).write_text(str(number))
    (out / "folder").mkdir()

    assert poetry(project, "lock-package --build --constraints -o out").code == 0

    lines = dict(read((out / FILE).read_text()))
    assert lines["example-package==0.1.0"] == {sha256(str(number).encode()).hexdigest() for number in range(3)}
    assert lines["a==1.0"] == {"a"}


@pytest.mark.parametrize(
    ("arguments", "first"),
    [
        ("", "poetry build"),
        ("--no-root", None),
        ("-o ./dist", "poetry build"),
        ("-o a/b", "poetry build --output a/b"),
        ("-o 'a b'", "poetry build --output 'a b'"),
        ("--only main", "poetry build"),
    ],
)
def test_no_file_of_the_root(tmp_path: Path, arguments: str, first: str | None) -> None:
    """A project without a file to hash is left out, with a warning that says what to run; --no-root needs none."""
    project = write_project(tmp_path, [locked("a", files=files("a"))])
    make_wheel(project / "dist", "example-package", "0.0.9")

    run = poetry(project, f"lock-package --build --constraints {arguments}")

    warning = (
        "No wheel or sdist of example-package 0.1.0 is in the output folder, so its hash is not among the constraints,"
        f" and installers that check hashes refuse it. Run `{first}` first, or build with --no-root\n"
    )
    assert (run.code, run.err) == (0, warning if first else "")
    output = next((folder for folder in ("a/b", "a b") if folder in arguments), "dist")
    assert [line for line, _ in read((project / output / FILE).read_text())] == [LOCK_PACKAGE, "a==1.0"]


def test_no_file_of_the_root_in_a_folder_of_the_machine(tmp_path: Path) -> None:
    """Whoever gave such a folder knows it, and nobody else should."""
    project = write_project(tmp_path / "project", [locked("a", files=files("a"))])

    run = poetry(project, f"lock-package --build --constraints -o '{tmp_path}/out'")

    assert "Run `poetry build --output` with that folder first, or build with --no-root\n" in run.err
    assert str(tmp_path) not in run.err


def test_file_of_the_root_cannot_be_read(tmp_path: Path) -> None:
    """What has the name of a file of the project and is none is one line, and nothing appears."""
    project = write_project(tmp_path, [locked("a", files=files("a"))])
    (project / "dist/example_package-0.1.0.tar.gz").mkdir(parents=True)

    run = poetry(project, "lock-package --build --constraints")

    assert (run.code, run.err) == (1, "dist/example_package-0.1.0.tar.gz cannot be read: Is a directory\n")
    assert not (project / "dist" / WHEEL).exists()


EXTRAS = """
[tool.poetry.extras]
x = ["a"]
y = ["a"]
z = ["b"]
"""
LINUX, WINDOWS, MACOS = (f'sys_platform == "{name}"' for name in ("linux", "win32", "darwin"))


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
        CLASSIC + 'a = { version = "*", optional = true }\nb = { version = "*", optional = true }\n' + EXTRAS,
    )

    assert constrained(project, arguments) == {line: {"a"}, "b==1.0": {"b"}}


CHOICE = 'a = { version = "*", optional = true }\nb = { version = "*", optional = true }\n' + EXTRAS


def choice(folder: Path) -> Path:
    """A project whose extras x and z exclude each other: each brings its own release of a package."""
    return write_project(
        folder,
        [
            locked("a", "1.0", files=files("1"), marker='extra == "x" and extra != "z"'),
            locked("a", "2.0", files=files("2"), marker='extra == "z" and extra != "x"'),
            locked("b", "1.0", files=files("b"), marker='extra == "z"'),
        ],
        CLASSIC + CHOICE,
    )


def test_extras_that_exclude_each_other(tmp_path: Path) -> None:
    """One file cannot hold two versions for one environment: an error names them, and nothing appears."""
    project = choice(tmp_path)
    before = tree(project)

    run = poetry(project, "lock-package --build --constraints")

    assert (run.code, run.out) == (1, "Building example-package-lock (0.1.0)\n")
    assert run.err == (
        "--constraints can hold one version of a package for an environment, and extras of the project ask for several:"
        " a at 1.0 (x) and 2.0 (z). Choose with --extras, and build a lock package for each choice\n"
    )
    assert tree(project) == before


@pytest.mark.parametrize(("extra", "version"), [("x", "1"), ("z", "2")])
def test_chosen_extra(tmp_path: Path, extra: str, version: str) -> None:
    """With --extras, as the error says, there is one version, and constraints for it."""
    lines = constrained(choice(tmp_path), f"--extras {extra} --no-root")

    assert lines == {f"a=={version}.0": {version}, "b==1.0": {"b"}}


GIT = {"type": "git", "url": "https://example.org/g.git", "reference": "main", "resolved_reference": "c0ffee" * 7}
FOLDER = {"type": "directory", "url": "../local"}


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
        "--constraints needs a hash of every package: from-git (from git, which has none);"
        " local (from a folder: build its wheel into the output folder first);"
        " none, weak (without one in poetry.lock that pip accepts: run `poetry lock`)."
        " To build without: --ignore from-git --ignore local --ignore none --ignore weak\n"
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
        "pip, up to 26.3, does not take the hash of a URL from constraints, as uv does, so have it install all that"
        " is in the file, with -r instead of -c: u"
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


@pytest.mark.parametrize(
    ("arguments", "asked_for"), [("--include-root", "example-package"), ("--as-extra lock", "'example-package[lock]")]
)
def test_own_wheels(tmp_path: Path, arguments: str, asked_for: str) -> None:
    """Where the pins go into the project's own wheels, the constraints have the hashes of all of these."""
    project = write_project(tmp_path / "project", [locked("a", files=files("a"))])
    given = [make_wheel(tmp_path / "given", "example-package", "0.1.0")]
    other = make_wheel(tmp_path / "other", "example-package", "0.1.0", modules={"other.py": ""})
    given.append(other.rename(given[0].with_name("example_package-0.1.0-py2-none-any.whl")))
    # What was there before is no file of this release.
    make_wheel(project / "dist", "example-package", "0.1.0.post1")
    options = f"--build --constraints {arguments} " + " ".join(f"--from-wheel '{wheel}'" for wheel in given)

    dry = poetry(project, f"lock-package {options} --dry-run")
    there = [path.name for path in (project / "dist").iterdir()]
    run = poetry(project, f"lock-package {options}")

    name = "example_package-0.1.0-constraints.txt"
    assert (dry.code, len(there)) == (0, 1)
    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines()[-3:] == [*(f"  - Built {wheel.name}" for wheel in given), f"  - Wrote {name}"]
    text = (project / "dist" / name).read_text()
    hashes = {digest(project / "dist" / wheel.name) for wheel in given}
    assert read(text) == [("example-package==0.1.0", hashes), ("a==1.0", {"a"})]
    assert f"-c {name} {asked_for}==0.1.0" in text


def test_own_wheels_that_cannot_be_constrained(tmp_path: Path) -> None:
    """An error appears before a wheel does, of the project's own as of any."""
    project = write_project(tmp_path / "project", [locked("g", source=GIT)])
    wheel = make_wheel(tmp_path / "given", "example-package", "0.1.0")

    run = poetry(project, f"lock-package --build --constraints --include-root --from-wheel '{wheel}'")

    assert run.code == 1
    assert "g (from git, which has none)" in run.err
    assert not (project / "dist").exists()


def test_in_the_lock_project(tmp_path: Path) -> None:
    """With --wheel, the constraints lie in the lock project, as the wheel does."""
    project = write_project(tmp_path, [locked("a", files=files("a"))])

    run = poetry(project, "lock-package --wheel --constraints --no-root")

    assert run.code == 0
    folder = project / "example-package-lock/dist"
    assert {path.name for path in folder.iterdir()} == {WHEEL, FILE}
    assert read((folder / FILE).read_text())[0] == (LOCK_PACKAGE, {digest(folder / WHEEL)})


def test_needs_build(tmp_path: Path) -> None:
    """`--constraints` alone would do nothing, so it is an error."""
    project = write_project(tmp_path, [locked("a", files=files("a"))])

    run = poetry(project, "lock-package --constraints")

    assert (run.code, run.err) == (1, "--constraints go beside the wheel that --build makes: add --build\n")


def test_dry_run(tmp_path: Path) -> None:
    """`--dry-run` finds what constraints cannot hold as well, and writes nothing."""
    project = write_project(tmp_path, [locked("a", files=files("a")), locked("g", source=GIT)])
    before = tree(project)

    failed = poetry(project, "lock-package --build --constraints --dry-run")
    run = poetry(project, "lock-package --build --constraints --dry-run --no-root --ignore g")

    assert (failed.code, failed.out) == (1, "")
    assert "g (from git, which has none)" in failed.err
    assert (run.code, run.err.splitlines()[-1]) == (0, "  - Nothing was written (--dry-run)")
    assert "a==1.0" in run.out
    assert tree(project) == before


def test_own_wheel_in_place(tmp_path: Path) -> None:
    """The project's own wheel does not appear without its constraints either."""
    project = write_project(tmp_path, [locked("a", files=files("a"))])
    (project / "example_package.py").write_text("")
    name = "example_package-0.1.0-constraints.txt"
    (project / "dist" / name).mkdir(parents=True)
    before = tree(project)

    run = poetry(project, "lock-package --build --include-root --constraints")

    assert (run.code, run.err) == (1, f"dist/{name} cannot be written: Is a directory\n")
    assert tree(project) == before


@pytest.mark.parametrize(("name", "there"), [(FILE, WHEEL), (WHEEL, "other.txt")])
def test_cannot_be_put_in_place(tmp_path: Path, name: str, there: str) -> None:
    """If one of the two files cannot appear, the other does not either, and what was there stays."""
    project = write_project(tmp_path, [locked("a", files=files("a"))])
    (project / "dist" / name).mkdir(parents=True)
    (project / "dist" / there).write_text("before")

    run = poetry(project, "lock-package --build --constraints --no-root")

    assert (run.code, run.err) == (1, f"dist/{name} cannot be written: Is a directory\n")
    assert {path.name for path in (project / "dist").iterdir()} == {name, there}
    assert (project / "dist" / there).read_text() == "before"

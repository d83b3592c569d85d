"""`--constraints`: the file, its name, and the project's own files in it."""

from hashlib import sha256
from pathlib import Path

import pytest

from tests.command.constraints.lines import FILE, GIT, LOCK_PACKAGE, digest, files, read
from tests.e2e.index import make_wheel
from tests.kit import LOCK_WHEEL, locked, poetry, posix_only, tree, write_project


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
    assert run.out.splitlines()[-2:] == [f"  - Built {LOCK_WHEEL}", f"  - Wrote dist/{FILE}"]
    text = (project / "dist" / FILE).read_text()
    assert read(text) == [
        (LOCK_PACKAGE, {digest(project / "dist" / LOCK_WHEEL)}),
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
        LOCK_WHEEL,
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
        "Warning: example-package 0.1.0 has no hash in the constraints, because {} has no wheel or sdist of it. Run"
        f" `{first}` first [no-hash-of-the-project]\n"
    )
    output = next((folder for folder in ("a/b", "a b") if folder in arguments), "dist")
    assert (run.code, run.err) == (0, warning.format(output) if first else "")
    assert [line for line, _ in read((project / output / FILE).read_text())] == [LOCK_PACKAGE, "a==1.0"]


def test_no_file_of_the_root_in_a_folder_elsewhere(tmp_path: Path) -> None:
    """A path is shown as it was given."""
    project = write_project(tmp_path / "project", [locked("a", files=files("a"))])

    run = poetry(project, f"lock-package --build --constraints -o '{tmp_path}/out'")

    assert f"because {tmp_path}/out has no wheel or sdist of it" in run.err
    assert f"Run `poetry build --output {tmp_path}/out` first [no-hash-of-the-project]\n" in run.err


@posix_only("Windows says it in other words")
def test_file_of_the_root_cannot_be_read(tmp_path: Path) -> None:
    """What has the name of a file of the project and is none is one line, and nothing appears."""
    project = write_project(tmp_path, [locked("a", files=files("a"))])
    (project / "dist/example_package-0.1.0.tar.gz").mkdir(parents=True)

    run = poetry(project, "lock-package --build --constraints")

    assert (run.code, run.err) == (1, "Error: dist/example_package-0.1.0.tar.gz cannot be read: Is a directory\n")
    assert not (project / "dist" / LOCK_WHEEL).exists()


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


@posix_only("Windows says it in other words")
@pytest.mark.parametrize(("name", "there"), [(FILE, LOCK_WHEEL), (LOCK_WHEEL, "other.txt")])
def test_cannot_be_put_in_place(tmp_path: Path, name: str, there: str) -> None:
    """If one of the two files cannot appear, the other does not either, and what was there stays."""
    project = write_project(tmp_path, [locked("a", files=files("a"))])
    (project / "dist" / name).mkdir(parents=True)
    (project / "dist" / there).write_text("before")

    run = poetry(project, "lock-package --build --constraints --no-root")

    assert run.code == 1
    assert run.err.splitlines()[-1] == f"Error: dist/{name} cannot be written: Is a directory"
    assert {path.name for path in (project / "dist").iterdir()} == {name, there}
    assert (project / "dist" / there).read_text() == "before"


@pytest.mark.parametrize(
    ("arguments", "asked_for"), [("--project-wheel", "example-package"), ("--as-extra lock", "'example-package[lock]")]
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
    assert run.out.splitlines()[-3:] == [*(f"  - Built {wheel.name}" for wheel in given), f"  - Wrote dist/{name}"]
    text = (project / "dist" / name).read_text()
    hashes = {digest(project / "dist" / wheel.name) for wheel in given}
    assert read(text) == [("example-package==0.1.0", hashes), ("a==1.0", {"a"})]
    assert f"-c {name} {asked_for}==0.1.0" in text

"""`--all-wheels`: everything that has to travel with a lock package, in one folder."""

import re
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

import pytest
from poetry.core.packages.package import Package
from poetry.packages.transitive_package_info import TransitivePackageInfo

from tests.e2e.index import make_wheel
from tests.kit import locked, poetry, read_wheel, tree, write_project

Entries = Iterable[tuple[Package, TransitivePackageInfo]]

BUILD_SYSTEM = '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n'
APP, CORE, TEXT, LOCK = (
    f"{name}-py3-none-any.whl" for name in ("app-1.0", "core_lib-1.2.0", "text-0.3", "app_lock-1.0")
)


def make_project(folder: Path, name: str, version: str, dependencies: str = "", more: str = "") -> Path:
    """Write a project on poetry-core with one module; ``dependencies`` are lines as in [tool.poetry.dependencies]."""
    module = folder / re.sub("[-_.]+", "_", name).lower()
    module.mkdir(parents=True)
    (module / "__init__.py").touch()
    project = f'[project]\nname = "{name}"\nversion = "{version}"\nrequires-python = ">=3.9"\n'
    tables = f'dynamic = ["dependencies"]\n{more}\n[tool.poetry.dependencies]\n{dependencies}\n'
    (folder / "pyproject.toml").write_text(f"{BUILD_SYSTEM}{project}{tables}", encoding="utf-8")
    return folder


def lock(folder: Path, packages: Entries) -> None:
    """Lock the project in ``folder`` with ``packages``."""
    write_project(folder, packages, (folder / "pyproject.toml").read_text(encoding="utf-8"))


def at(path: Path) -> dict[str, str]:
    """The source of a package from the folder ``path``: Poetry's locker makes it relative to the lock."""
    return {"type": "directory", "url": str(path)}


def names(project: Path) -> set[str]:
    """The names of the files in the output folder of ``project``."""
    return {path.name for path in (project / "dist").iterdir()}


def requires(project: Path, wheel: str) -> set[str]:
    """What ``wheel`` in the output folder of ``project`` requires."""
    return read_wheel(project / "dist" / wheel).requires


def assert_no_folder(project: Path, folder: Path) -> None:
    """Nothing in the output folder of ``project`` names ``folder``, or any other by a URL."""
    for path in (project / "dist").glob("*.whl"):
        with ZipFile(path) as archive:
            texts = [archive.read(name) for name in archive.namelist()]
        assert not [text for text in texts if b"file:" in text or str(folder).encode() in text]


@pytest.fixture(params=["true", "false"], ids=["develop", "no develop"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A project that needs a library by its path, which needs another one by its path."""
    develop: str = request.param
    make_project(tmp_path / "core", "Core_Lib", "1.2.0", more='[project.optional-dependencies]\nx = ["extra>=1"]\n')
    core = f'core-lib = {{ path = "../core", develop = {develop}, extras = ["x"] }}'
    make_project(tmp_path / "text", "text", "0.3", f'{core}\nranged = ">=2"')
    dependency = f'{{ path = "../text", develop = {develop}, markers = "python_version >= \'3.9\'" }}'
    project = make_project(tmp_path / "app", "app", "1.0", f"text = {dependency}")
    packages = [
        locked("core-lib", "1.2.0", source=at(tmp_path / "core")),
        locked("text", "0.3", source=at(tmp_path / "text")),
        locked("ranged", "2.1"),
        locked("extra", "1.0"),
    ]
    lock(project, packages)
    return project


# ---- what is made


def test_folder(app: Path, tmp_path: Path) -> None:
    """The folder has the lock package, the project and all path dependencies, none of which names a folder.

    References by path are by version, with their extras and markers; all else in the metadata is as it was.
    """
    before = tree(tmp_path)

    run = poetry(app, "lock-package --all-wheels")

    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines() == [
        "Building app-lock (1.0)",
        "  - Pinned 4 packages and the project",
        f"  - Built {CORE}",
        f"  - Built {TEXT}",
        f"  - Built {APP}",
        f"  - Built {LOCK}",
    ]
    assert names(app) == {APP, CORE, TEXT, LOCK}
    assert requires(app, LOCK) == {"app==1.0", "core-lib==1.2.0", "text==0.3", "ranged==2.1", "extra==1.0"}
    assert requires(app, APP) == {'text==0.3 ; python_version >= "3.9"'}
    assert requires(app, TEXT) == {"core-lib[x]==1.2.0", "ranged>=2"}
    assert requires(app, CORE) == {'extra>=1 ; extra == "x"'}
    assert_no_folder(app, tmp_path)
    assert {path: text for path, text in tree(tmp_path).items() if not path.startswith("app/dist/")} == before


def test_again(app: Path) -> None:
    """A second run gives the same bytes, and replaces what has the names."""
    poetry(app, "lock-package --all-wheels")
    before = tree(app / "dist")
    (app / "dist" / CORE).write_bytes(b"old")

    run = poetry(app, "lock-package --all-wheels --build")

    assert (run.code, run.err) == (0, "")
    assert tree(app / "dist") == before


@pytest.mark.parametrize(
    ("arguments", "shape"),
    [("--no-root", LOCK), ("--project-wheel", APP), ("--as-extra locked", APP)],
)
def test_shapes(app: Path, tmp_path: Path, arguments: str, shape: str) -> None:
    """Where the pins go decides which wheels are there; in the project's own, they or its ranges are by version."""
    run = poetry(app, f"lock-package --all-wheels {arguments}")

    assert (run.code, run.err) == (0, "")
    assert names(app) == {CORE, TEXT, shape}
    assert_no_folder(app, tmp_path)
    if "--project-wheel" in arguments:
        assert requires(app, APP) == {"core-lib==1.2.0", "text==0.3", "ranged==2.1", "extra==1.0"}
    elif shape == APP:
        ranges = {text for text in requires(app, APP) if "extra ==" not in text}
        assert ranges == {'text==0.3 ; python_version >= "3.9"'}


def test_given_wheel(app: Path, tmp_path: Path) -> None:
    """A wheel of the project that is given has its references by path replaced as well, and stays as it is itself."""
    poetry(app, "build --format wheel --output given")
    given = (app / "given" / APP).read_bytes()

    run = poetry(app, f"lock-package --all-wheels --as-extra locked --from-wheel '{app / 'given' / APP}'")

    assert (run.code, run.err) == (0, "")
    assert (app / "given" / APP).read_bytes() == given
    assert_no_folder(app, tmp_path)


# ---- what is pinned decides


@pytest.mark.parametrize("arguments", ["--ignore core-lib", "--provided list.txt"])
def test_left_out(app: Path, arguments: str) -> None:
    """What is left out is not built, and not even looked at; a reference to it becomes its bare name."""
    (app / "list.txt").write_text("Core.Lib==1.2.0\n", encoding="utf-8")
    (app.parent / "core/pyproject.toml").write_text("no = ", encoding="utf-8")

    run = poetry(app, f"lock-package --all-wheels {arguments}")

    assert run.code == 0
    assert names(app) == {APP, TEXT, LOCK}
    assert requires(app, TEXT) == {"core-lib[x]", "ranged>=2"}


def test_non_package_mode_of_the_project(tmp_path: Path) -> None:
    """A project in non-package mode has no wheel; what it needs has."""
    make_project(tmp_path / "core", "core-lib", "1.2.0")
    project = tmp_path / "app"
    pyproject = '[tool.poetry]\nname = "app"\nversion = "1.0"\npackage-mode = false\n[tool.poetry.dependencies]\n'
    pyproject += 'python = ">=3.9"\ncore-lib = { path = "../core" }\n'
    write_project(project, [locked("core-lib", "1.2.0", source=at(tmp_path / "core"))], pyproject)

    assert poetry(project, "lock-package --all-wheels").code == 0

    assert names(project) == {CORE, LOCK}


# ---- repositories


def test_cycle(tmp_path: Path) -> None:
    """A library that needs the project that needs it requires it by version; without the root, by its name."""
    make_project(tmp_path / "core", "core-lib", "1.2.0", 'App = { path = "../app" }')
    project = make_project(tmp_path / "app", "app", "1.0", 'core-lib = { path = "../core" }')
    lock(project, [locked("core-lib", "1.2.0", source=at(tmp_path / "core"))])

    assert poetry(project, "lock-package --all-wheels").code == 0
    assert (requires(project, APP), requires(project, CORE)) == ({"core-lib==1.2.0"}, {"App==1.0"})

    assert poetry(project, "lock-package --all-wheels --no-root").code == 0
    assert requires(project, CORE) == {"App"}

    assert poetry(project, "lock-package --all-wheels --project-wheel --set-version 1.1").code == 0
    assert requires(project, CORE) == {"App==1.1"}


def test_fork(tmp_path: Path) -> None:
    """One name from two folders: each reference is by the version in its folder."""
    for number in ("1", "2"):
        make_project(tmp_path / f"core{number}", "core-lib", f"{number}.0")
    forks = [f'{{ path = "../core{n}", markers = "os_name {o} \'nt\'" }}' for n, o in (("1", "=="), ("2", "!="))]
    project = make_project(tmp_path / "app", "app", "1.0", f"core-lib = [{', '.join(forks)}]")
    lock(
        project,
        [
            locked("core-lib", "1.0", source=at(tmp_path / "core1"), marker='os_name == "nt"'),
            locked("core-lib", "2.0", source=at(tmp_path / "core2"), marker='os_name != "nt"'),
        ],
    )

    assert poetry(project, "lock-package --all-wheels").code == 0

    assert requires(project, APP) == {'core-lib==1.0 ; os_name == "nt"', 'core-lib==2.0 ; os_name != "nt"'}


def test_one_name_twice(tmp_path: Path) -> None:
    """Two folders that build one file would take each other's place."""
    sources = [at(make_project(tmp_path / folder, "core-lib", "1.0")) for folder in ("a", "b")]
    forks = [f'{{ path = "../{n}", markers = "os_name {o} \'nt\'" }}' for n, o in (("a", "=="), ("b", "!="))]
    project = make_project(tmp_path / "app", "app", "1.0", f"core-lib = [{', '.join(forks)}]")
    markers = ('os_name == "nt"', 'os_name != "nt"')
    lock(project, [locked("core-lib", "1.0", source=s, marker=m) for s, m in zip(sources, markers, strict=True)])

    run = poetry(project, "lock-package --all-wheels --no-root")

    problem = "Two paths lead to one file: core_lib-1.0-py3-none-any.whl. Give one of them another version"
    assert (run.code, run.err.splitlines()[-1]) == (1, f"Error: {problem}")
    assert not (project / "dist").exists()


def test_file(tmp_path: Path) -> None:
    """A file that is the one of which the lock has a hash is copied as it is."""
    file = make_wheel(tmp_path, "core-lib", "1.2.0", ["other>=1"])
    project = make_project(tmp_path / "app", "app", "1.0", f'core-lib = {{ path = "../{file.name}" }}')
    entry = {"file": file.name, "hash": f"sha256:{sha256(file.read_bytes()).hexdigest()}"}
    source = {"type": "file", "url": str(file)}
    lock(project, [locked("core-lib", "1.2.0", source=source, files=[entry])])

    run = poetry(project, "lock-package --all-wheels")

    assert (run.code, run.err) == (0, "")
    assert run.out.splitlines()[2:] == [f"  - Copied {CORE}", f"  - Built {APP}", f"  - Built {LOCK}"]
    assert (project / "dist" / CORE).read_bytes() == file.read_bytes()
    assert requires(project, APP) == {"core-lib==1.2.0"}


# ---- errors


@pytest.mark.parametrize(
    "name",
    [
        *("app_lock-1.0-constraints.txt", "core_lib.whl", "core_lib-1.2.0-py3-none.whl", "core_lib.tar.gz"),
        *(APP, LOCK, "core_lib-1.3.0-py3-none-any.whl", "core_lib-1.3.0.tar.gz"),
    ],
)
def test_name_of_a_file(tmp_path: Path, name: str) -> None:
    """A file whose name is not that of a wheel or an sdist of its package is not copied: a clear error names both."""
    file = make_wheel(tmp_path, "core-lib", "1.2.0").rename(tmp_path / name)
    entry = {"file": file.name, "hash": f"sha256:{sha256(file.read_bytes()).hexdigest()}"}
    project = make_project(tmp_path / "app", "app", "1.0")
    source = {"type": "file", "url": str(file)}
    lock(project, [locked("core-lib", "1.2.0", source=source, files=[entry])])
    before = tree(project)

    run = poetry(project, "lock-package --all-wheels --constraints")

    assert (run.code, run.out) == (1, "Building app-lock (1.0)\n")
    assert run.err == (
        f"Error: --all-wheels: core-lib comes from {name}, which is not the name of a wheel or sdist of core-lib"
        " 1.2.0. Rename the file, also in pyproject.toml, and run `poetry lock`\n"
    )
    assert tree(project) == before


def test_other_version(app: Path) -> None:
    """A library with another version than the locked one: the error names both, and what to run."""
    file = app.parent / "core/pyproject.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("1.2.0", "1.3.0"), encoding="utf-8")
    before = tree(app.parent)

    run = poetry(app, "lock-package --all-wheels")

    assert (run.code, run.err) == (
        1,
        "Error: core-lib 1.2.0 is in poetry.lock, and Core_Lib 1.3.0 in its folder. Run `poetry lock`\n",
    )
    assert tree(app.parent) == before


@pytest.mark.parametrize("shape", ["", "--project-wheel"])
def test_failed_build(app: Path, shape: str) -> None:
    """A build that fails leaves nothing: not what was built before it, and not a new folder."""
    (app.parent / "text/text/__init__.py").unlink()
    (app.parent / "text/text").rmdir()
    before = tree(app.parent)

    run = poetry(app, f"lock-package --all-wheels {shape}")

    assert (run.code, run.err) == (
        1,
        (
            "Error: text cannot be built: No file/folder found for package text. Run `pip wheel --no-deps .` in its"
            " folder to see why\n"
        ),
    )
    assert tree(app.parent) == before
    assert not (app / "dist").exists()


# ---- beside it


def test_constraints(app: Path, tmp_path: Path) -> None:
    """The constraints have the hashes of all that is in the folder, without a warning."""
    lock(
        app,
        [
            locked("core-lib", "1.2.0", source=at(tmp_path / "core")),
            locked("text", "0.3", source=at(tmp_path / "text")),
        ],
    )

    run = poetry(app, "lock-package --all-wheels --constraints")

    assert (run.code, run.err) == (0, "")
    text = (app / "dist/app_lock-1.0-constraints.txt").read_text(encoding="utf-8")
    hashes = {
        name: f"sha256:{sha256((app / 'dist' / name).read_bytes()).hexdigest()}" for name in (CORE, TEXT, APP, LOCK)
    }
    assert text.splitlines()[2:] == [
        line
        for pin, name in {"app-lock==1.0": LOCK, "app==1.0": APP, "core-lib==1.2.0": CORE, "text==0.3": TEXT}.items()
        for line in (f"{pin} \\", f"    --hash={hashes[name]}")
    ]
    assert run.out.splitlines()[-1] == "  - Wrote dist/app_lock-1.0-constraints.txt"


@pytest.mark.parametrize("shape", ["", "--project-wheel", "--constraints"])
def test_dry_run(tmp_path: Path, shape: str) -> None:
    """A dry run lists what would be built and copied, builds nothing, not even elsewhere, and touches nothing."""
    file = make_wheel(tmp_path, "other", "1.0")
    entry = {"file": file.name, "hash": f"sha256:{sha256(file.read_bytes()).hexdigest()}"}
    (make_project(tmp_path / "core", "core-lib", "1.2.0") / "core_lib/__init__.py").unlink()
    (tmp_path / "core/core_lib").rmdir()
    project = make_project(tmp_path / "app", "app", "1.0", 'core-lib = { path = "../core" }')
    packages = [
        locked("core-lib", "1.2.0", source=at(tmp_path / "core")),
        locked("other", "1.0", source={"type": "file", "url": str(file)}, files=[entry]),
    ]
    lock(project, packages)
    before = tree(tmp_path)

    run = poetry(project, f"lock-package --all-wheels --dry-run {shape}")

    assert run.code == 0
    assert [line for line in run.err.splitlines() if "Would" in line] == [
        "  - Would build core-lib 1.2.0",
        f"  - Would copy {file.name}",
        *(["  - Would build app 1.0"] if shape != "--project-wheel" else []),
    ]
    assert tree(tmp_path) == before

"""`--wheelhouse`: the files for named targets, from an index on loopback."""

import functools
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any, cast

import packaging
import pytest
import tomlkit
from packaging.version import Version
from poetry.config import config
from poetry.core.packages.package import Package
from poetry.factory import Factory
from poetry.installation.chooser import Chooser

from poetry_plugin_lock_package import pylock
from poetry_plugin_lock_package.targets import parse_target
from poetry_plugin_lock_package.wheelhouse import Downloaded
from tests.e2e.index import _Handler, make_wheel, serve_index
from tests.kit import Run, poetry, read_wheel

pytestmark = pytest.mark.skipif(
    Version(packaging.__version__) < Version("26.1"), reason="packaging before 26.1 selects nothing from pylock.toml"
)

LINUX, WINDOWS = "cp312-manylinux_2_28_x86_64", "cp312-win_amd64"
PYPROJECT = """\
[tool.poetry]
name = "example-package"
version = "0.1.0"
description = ""
authors = ["Ada <ada@example.org>"]

[tool.poetry.dependencies]
python = ">=3.11,<3.14"
native = "*"
plain = "*"
second = {{ version = "*", source = "second" }}
optional = {{ version = "*", optional = true }}

[tool.poetry.extras]
more = ["optional"]

[build-system]
requires = ["poetry-core>=2"]
build-backend = "poetry.core.masonry.api"

[[tool.poetry.source]]
name = "first"
url = "{0}/first/"
priority = "primary"

[[tool.poetry.source]]
name = "second"
url = "{0}/second/"
priority = "explicit"
"""
OWN = {"example_package-0.1.0-py3-none-any.whl", "example_package_lock-0.1.0-py3-none-any.whl"}
COMMON = {"plain-1.0-py3-none-any.whl", "second-1.0-py3-none-any.whl", "optional-1.0-py3-none-any.whl"}
OF_LINUX = {"native-1.0-cp312-cp312-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "posix_only-1.0-py3-none-any.whl"}
OF_WINDOWS = {"native-1.0-cp312-cp312-win_amd64.whl", "windows_only-1.0-py3-none-any.whl"}


class Index(_Handler):
    """Pages for two indexes, and a record of what was asked for."""

    def __init__(self, *args: Any, root: Path, asked: list[str], secret: str | None, **kwargs: Any) -> None:
        self.root, self.asked, self.secret = root, asked, secret
        super().__init__(*args, folder=root, directory=str(root), **kwargs)

    def send_head(self) -> Any:
        if self.secret and self.headers.get("Authorization") != self.secret:
            self.send_response(HTTPStatus.UNAUTHORIZED)
            self.send_header("WWW-Authenticate", "Basic")
            self.end_headers()
            return None
        self.asked.append(self.path)
        index, _, rest = self.path.strip("/").partition("/")
        folder = self.root / index
        if not self.path.endswith("/"):
            return super().send_head()
        name = rest.replace("-", "_")
        files = sorted(path for path in folder.iterdir() if path.name.partition("-")[0] == name)
        links = "".join(
            f'<a href="/{index}/{path.name}#sha256={hashlib.sha256(path.read_bytes()).hexdigest()}">{path.name}</a>\n'
            for path in files
        )
        body = f"<!DOCTYPE html>\n{links}".encode()
        self.send_response(HTTPStatus.OK if files else HTTPStatus.NOT_FOUND)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return None


@contextmanager
def serve(root: Path, secret: str | None = None) -> Iterator[tuple[str, list[str]]]:
    """Serve the indexes in ``root``; gives their address and what they are asked for."""
    asked: list[str] = []
    handler = functools.partial(Index, root=root, asked=asked, secret=secret)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=functools.partial(server.serve_forever, poll_interval=0.05), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def make_tagged(folder: Path, name: str, requires: list[str], *tags: str) -> None:
    """A wheel of ``name`` 1.0 for each of ``tags``."""
    plain = make_wheel(folder, name, "1.0", requires)
    for tag in tags:
        shutil.copy(plain, folder / f"{name}-1.0-{tag}.whl")
    plain.unlink()


def make_sdist(folder: Path, name: str) -> None:
    """An sdist of ``name`` 1.0, whose metadata can be read without a build."""
    source = folder / f"{name}-1.0"
    source.mkdir(parents=True)
    (source / "PKG-INFO").write_text(f"Metadata-Version: 2.2\nName: {name}\nVersion: 1.0\n")
    (source / "pyproject.toml").write_text(f'[project]\nname = "{name}"\nversion = "1.0"\n')
    with tarfile.open(folder / f"{name}-1.0.tar.gz", "w:gz") as archive:
        archive.add(source, source.name)
    shutil.rmtree(source)


@pytest.fixture
def indexes(tmp_path: Path) -> Path:
    root = tmp_path / "indexes"
    first = root / "first"
    make_tagged(
        first,
        "native",
        ['windows-only ; sys_platform == "win32"', 'posix-only ; os_name == "posix"'],
        *(f"cp{python}-cp{python}-manylinux_2_17_x86_64.manylinux2014_x86_64" for python in (311, 312)),
        *("cp312-cp312-win_amd64", "cp312-cp312-macosx_11_0_arm64", "cp312-cp312-manylinux_2_34_x86_64"),
    )
    for name in ("windows-only", "posix-only", "plain", "optional"):
        make_wheel(first, name, "1.0")
    make_wheel(root / "second", "second", "1.0")
    return root


@pytest.fixture(autouse=True)
def _no_other_network(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whatever asks another host than the index fails; nothing is taken from the cache of this machine."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("POETRY_CACHE_DIR", str(tmp_path / "cache"))
    # Poetry keeps the addresses of sources as long as the process lives.
    monkeypatch.setattr(config, "_default_config", None)


def lock(folder: Path, url: str, pyproject: str = PYPROJECT) -> Path:
    (folder / "example_package").mkdir(parents=True)
    (folder / "example_package" / "__init__.py").touch()
    (folder / "pyproject.toml").write_text(pyproject.format(url), encoding="utf-8")
    run = poetry(folder, "lock")
    assert run.code == 0, run
    return folder


def house(project: Path, *targets: str, more: str = "") -> Run:
    """Make the wheelhouse of ``project`` for ``targets``."""
    named = " ".join(f"--target {target}" for target in targets)
    return poetry(project, f"lock-package --wheelhouse wheelhouse {named} {more}")


def files_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_targets(indexes: Path, tmp_path: Path) -> None:
    """The folder has what each target needs, whatever this machine is, and one pylock.toml for all of them."""
    with serve(indexes) as (url, asked):
        project = lock(tmp_path / "project", url)
        run = house(project, LINUX, WINDOWS)
        before = len(asked)
        again = house(project, LINUX, WINDOWS, more="--format json")
    folder = project / "wheelhouse"

    assert (run.code, run.err) == (0, "")
    lines = run.out.splitlines()
    assert lines[:4] == [
        "Building example-package-lock (0.1.0)",
        "  - Pinned 6 packages and the project",
        "  - Built example_package-0.1.0-py3-none-any.whl",
        "  - Built example_package_lock-0.1.0-py3-none-any.whl",
    ]
    assert lines[4].startswith("  - Downloaded 7 files (")
    assert lines[5:] == ["  - Wrote wheelhouse/pylock.toml"]
    assert files_in(folder) == OWN | COMMON | OF_LINUX | OF_WINDOWS | {"pylock.toml"}
    # What is there is not asked for again.
    assert len(asked) == before
    assert "  - Downloaded 0 files, 7 were there\n" in again.err
    assert {Path(name).name for name in json.loads(again.out)["files"]} == files_in(folder)
    packages = {one["name"]: one for one in tomlkit.parse((folder / "pylock.toml").read_text())["packages"]}
    assert packages["optional"]["marker"] == '"more" in extras'
    assert packages["windows-only"]["marker"] == 'sys_platform == "win32"'
    assert {wheel["path"] for wheel in packages["native"]["wheels"]} == {
        name for name in OF_LINUX | OF_WINDOWS if name.startswith("native")
    }


@pytest.mark.parametrize("target", [LINUX, WINDOWS, "cp311-manylinux_2_28_x86_64", "cp312-manylinux_2_34_x86_64"])
def test_as_poetry_chooses(indexes: Path, tmp_path: Path, target: str) -> None:
    """The file of each package is that of Poetry's chooser with the tags of the target, from the real index."""
    tags = parse_target(target).tags
    environment = SimpleNamespace(supported_tags=[*tags], supported_tags_set={*tags})
    with serve(indexes) as (url, _):
        project = lock(tmp_path / "project", url)
        run = house(project, target, more="--no-root")
        loaded = Factory().create_poetry(project)
        chooser = Chooser(loaded.pool, cast("Any", environment), loaded.config)
        locked = loaded.locker.locked_repository().packages
        variables = parse_target(target).environment()
        needed = [package for package in locked if _is_needed(loaded.locker, package, variables)]
        chosen = {chooser.choose_for(package).filename for package in needed}

    assert run.code == 0, run.err
    lock_package = "example_package_lock-0.1.0-py3-none-any.whl"
    assert files_in(project / "wheelhouse") == chosen | {lock_package, "pylock.toml"}


def _is_needed(locker: Any, package: Package, variables: dict[str, str]) -> bool:
    info = locker.locked_packages()[package]
    return bool(info.get_marker(["main"]).without_extras().validate(variables))


@pytest.mark.parametrize("way", ["pip by name", "pip by file", "pip by address", "uv by name", "uv by file"])
def test_install(indexes: Path, tmp_path: Path, way: str) -> None:
    """For this machine, pip and uv install the folder without a network, from elsewhere, by name and by file."""
    python = f"cp{sys.version_info[0]}{sys.version_info[1]}"
    shutil.copy(
        next((indexes / "first").glob("native-1.0-cp312-cp312-win*")),
        indexes / "first" / f"native-1.0-{python}-none-any.whl",
    )
    with serve(indexes) as (url, _):
        project = lock(tmp_path / "project", url, PYPROJECT.replace(">=3.11,<3.14", ">=3.10,<3.15"))
        run = house(project)
    assert run.code == 0, run.err
    moved = (tmp_path / "project" / "wheelhouse").rename(tmp_path / "elsewhere")
    venv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    tool, _, how = way.partition(" ")
    what: list[str | Path] = ["--find-links", moved, "example-package-lock"]
    if how != "by name":
        what = ["-r", moved / "pylock.toml"]
    offline: list[str | Path] = ["--python", venv, "install", "--no-index"]
    if tool == "uv":
        offline = ["pip", "install", "--offline", "--no-index", "--python", venv]

    with serve_index(moved) as address:
        # A plain web server is enough.
        what = ["-r", f"{address}/pylock.toml"] if how == "by address" else what
        subprocess.run([sys.executable, "-m", tool, *offline, *what], check=True, cwd=tmp_path, env=os.environ)

    installed = {path.name.partition("-")[0] for path in venv.rglob("*.dist-info")}
    system = "posix_only" if os.name == "posix" else "windows_only"
    expected = {"example_package", "native", "plain", "second", system}
    assert installed == expected | ({"example_package_lock"} if how == "by name" else set())


def test_changed_file(indexes: Path, tmp_path: Path) -> None:
    """A file that the index has changed since is refused, and what is complete stays for the next run."""
    with serve(indexes) as (url, _):
        project = lock(tmp_path / "project", url)
        path = indexes / "second" / "second-1.0-py3-none-any.whl"
        good = path.read_bytes()
        path.write_bytes(good + b"changed")
        run = house(project, WINDOWS)
        path.write_bytes(good)
        folder = project / "wheelhouse"
        left = files_in(folder)
        (folder / "plain-1.0-py3-none-any.whl").write_bytes(b"damaged")
        again = house(project, WINDOWS)

    assert run.code == 1
    assert run.err == (
        "Error: second-1.0-py3-none-any.whl on the source second is not the file that poetry.lock has the hash of."
        " Find out who changed it\n"
    )
    assert left <= COMMON | OF_WINDOWS
    assert again.code == 0
    assert files_in(folder) == OWN | COMMON | OF_WINDOWS | {"pylock.toml"}
    assert read_wheel(folder / "plain-1.0-py3-none-any.whl")


def test_missing_file(indexes: Path, tmp_path: Path) -> None:
    """A file that the index no longer has is named, and not replaced by another one that fits."""
    with serve(indexes) as (url, _):
        project = lock(tmp_path / "project", url)
        (indexes / "first" / "native-1.0-cp312-cp312-manylinux_2_34_x86_64.whl").unlink()
        run = house(project, "cp312-manylinux_2_34_x86_64")

    assert (run.code, run.err.count("\n")) == (1, 1)
    assert "native-1.0-cp312-cp312-manylinux_2_34_x86_64.whl is in poetry.lock, and the source first" in run.err


def test_credentials(indexes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The user name and password in Poetry's configuration are used, and never shown."""
    secret = f"Basic {b64encode(b'ada:s3cret').decode()}"
    for name in ("FIRST", "SECOND"):
        monkeypatch.setenv(f"POETRY_HTTP_BASIC_{name}_USERNAME", "ada")
        monkeypatch.setenv(f"POETRY_HTTP_BASIC_{name}_PASSWORD", "s3cret")
    with serve(indexes, secret) as (url, _):
        project = lock(tmp_path / "project", url)
        run = house(project, WINDOWS, more="-vvv")
        monkeypatch.setenv("POETRY_HTTP_BASIC_FIRST_PASSWORD", "wr0ng")
        monkeypatch.setenv("POETRY_CACHE_DIR", str(tmp_path / "other-cache"))
        refused = house(project, LINUX)

    assert run.code == 0, run.err
    assert (refused.code, refused.err.count("\n")) == (1, 1)
    assert "the source first does not offer it. Check its address and your credentials" in refused.err
    assert not [text for text in ("s3cret", "wr0ng") if text in run.out + run.err + refused.out + refused.err]


def test_sdist(indexes: Path, tmp_path: Path) -> None:
    """Where only an sdist fits, that is a warning; files that belong to another lock are named."""
    make_sdist(indexes / "first", "sources")
    with serve(indexes) as (url, _):
        project = lock(tmp_path / "project", url, PYPROJECT.replace('plain = "*"', 'plain = "*"\nsources = "*"'))
        (project / "wheelhouse").mkdir()
        (project / "wheelhouse" / "old-1.0.whl").touch()
        run = house(project, LINUX)
        strict = house(project, LINUX, more="--strict")

    warning = (
        f"Warning: sources has no wheel for {LINUX}: the target has to build it, and needs the build backend there."
    )
    assert run.code == 0
    assert run.err == f"{warning} Use --ignore if it is there already [sdist-in-wheelhouse]\n"
    assert run.out.endswith("  - Left old-1.0.whl, which does not belong to this lock\n")
    assert "sources-1.0.tar.gz" in files_in(project / "wheelhouse")
    packages = tomlkit.parse((project / "wheelhouse" / "pylock.toml").read_text()).unwrap()["packages"]
    assert [one["sdist"]["path"] for one in packages if "sdist" in one] == ["sources-1.0.tar.gz"]
    assert strict.code == 1


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (f"--target {WINDOWS.replace('312', '310')}", "--target cp310-win_amd64 is not in the Python range"),
        ("--target cp312-solaris", "--target 'cp312-solaris' has an unknown platform: solaris"),
        ("--target cp313-win_amd64", "native 1.0 has no file for cp313-win_amd64, only native-1.0-cp311-cp311-many"),
        (f"--target {LINUX} --constraints", "so it cannot be used with --constraints"),
        (f"--target {LINUX} --output x", "so it cannot be used with --output"),
    ],
)
def test_refused(indexes: Path, tmp_path: Path, arguments: str, error: str) -> None:
    """What cannot be is known before anything is downloaded."""
    with serve(indexes) as (url, asked):
        project = lock(tmp_path / "project", url)
        before = len(asked)
        run = poetry(project, f"lock-package --wheelhouse wheelhouse {arguments}")

    assert (run.code, run.err.count("\n")) == (1, 1)
    assert error in run.err
    assert len(asked) == before
    assert not (project / "wheelhouse").exists()


def test_target_alone(indexes: Path, tmp_path: Path) -> None:
    """A target without a wheelhouse has no meaning."""
    with serve(indexes) as (url, _):
        project = lock(tmp_path / "project", url)

    run = poetry(project, f"lock-package --build --target {LINUX}")

    assert run == Run(1, "", "Error: --target is only for --wheelhouse. Add that\n")


@pytest.mark.parametrize(
    ("more", "left_out"),
    [
        ("--no-root", {"example_package-0.1.0-py3-none-any.whl"}),
        ("--project-wheel", {"example_package_lock-0.1.0-py3-none-any.whl"}),
        ("--ignore native", OF_WINDOWS),
    ],
)
def test_options(indexes: Path, tmp_path: Path, more: str, left_out: set[str]) -> None:
    """What is not pinned is not in the folder."""
    with serve(indexes) as (url, _):
        project = lock(tmp_path / "project", url)
        run = house(project, WINDOWS, more=more)

    assert run.code == 0, run.err
    assert files_in(project / "wheelhouse") == (OWN | COMMON | OF_WINDOWS | {"pylock.toml"}) - left_out


def test_dry_run(indexes: Path, tmp_path: Path) -> None:
    """A dry run lists the files, asks for none, and writes nothing."""
    with serve(indexes) as (url, asked):
        project = lock(tmp_path / "project", url)
        before = len(asked)
        run = house(project, WINDOWS, more="--dry-run")

    assert run.code == 0
    assert {line.partition("Would download ")[2] for line in run.err.splitlines() if "Would download" in line} == (
        COMMON | OF_WINDOWS
    )
    assert len(asked) == before
    assert not (project / "wheelhouse").exists()


def test_url_and_git(indexes: Path, tmp_path: Path) -> None:
    """The file of a URL and the wheel of a commit are in the folder, and both wheels pin them by version."""
    make_wheel(indexes / "files", "from-url", "2.0")
    source = tmp_path / "repository"
    (source / "from_git").mkdir(parents=True)
    (source / "from_git" / "__init__.py").touch()
    (source / "pyproject.toml").write_text(
        '[tool.poetry]\nname = "from-git"\nversion = "3.0"\ndescription = ""\nauthors = ["A <a@b.org>"]\n'
        '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n'
    )
    git = ["git", "-C", str(source), "-c", "user.name=Ada", "-c", "user.email=ada@example.org"]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "All"]):
        subprocess.run([*git, *command], check=True)
    with serve(indexes) as (url, _):
        more = f'from-url = {{{{ url = "{url}/files/from_url-2.0-py3-none-any.whl" }}}}\n'
        more += f'from-git = {{{{ git = "{source.as_uri()}" }}}}\n'
        project = lock(tmp_path / "project", url, PYPROJECT.replace('plain = "*"\n', f'plain = "*"\n{more}'))
        run = house(project, WINDOWS)
        folder = project / "wheelhouse"
        _check_url_and_git(project, folder, run, url, source)


def _check_url_and_git(project: Path, folder: Path, run: Run, url: str, source: Path) -> None:
    assert run.code == 0, run.err
    built = {"from_git-3.0-py2.py3-none-any.whl", "from_url-2.0-py3-none-any.whl"}
    assert files_in(folder) == OWN | COMMON | OF_WINDOWS | built | {"pylock.toml"}
    for wheel in OWN:
        assert {"from-url==2.0", "from-git==3.0"} <= read_wheel(folder / wheel).requires
    (wheel,) = (name for name in OWN if "lock" not in name)
    assert house(project, WINDOWS, more="--ignore from-url").code == 0
    assert f"from-url @ {url}/files/from_url-2.0-py3-none-any.whl" in read_wheel(folder / wheel).requires
    source.rename(source.with_name("gone"))
    gone = house(project, WINDOWS)
    assert gone.code == 1
    assert gone.err.splitlines()[-1].startswith("Error: from-git cannot be cloned: ")


def test_old_packaging(indexes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The packaging that comes with an old Poetry is too old, which is said with what to run."""
    with serve(indexes) as (url, _):
        project = lock(tmp_path / "project", url)
    monkeypatch.setattr(packaging, "__version__", "25.0")

    run = house(project, LINUX)

    assert run.code == 1
    assert "--wheelhouse needs packaging 26.1 or later, and this is 25.0. Run `pipx inject poetry" in run.err


def test_release_of_the_kernel(indexes: Path, tmp_path: Path) -> None:
    """What depends on more than a target tells is an error that names the package; a patch release is not."""
    marker = 'markers = "platform_release >= \\"6\\" and sys_platform == \\"linux\\""'
    patch = 'markers = "python_full_version >= \\"3.12.4\\""'
    pyproject = PYPROJECT.replace('plain = "*"', f'plain = {{{{ version = "*", {marker} }}}}')
    with serve(indexes) as (url, _):
        project = lock(tmp_path / "project", url, pyproject)
        refused = house(project, LINUX)
        elsewhere = house(project, WINDOWS)
        patched = lock(tmp_path / "patch", url, pyproject.replace(marker, patch))
        run = house(patched, LINUX)

    assert refused.code == 1
    assert f"plain depends on platform_release, which {LINUX} does not tell. Leave it out with" in refused.err
    assert elsewhere.code == 0
    assert "plain-1.0-py3-none-any.whl" not in files_in(project / "wheelhouse")
    assert run.code == 0, run.err
    assert "plain-1.0-py3-none-any.whl" in files_in(patched / "wheelhouse")


def test_another_file_for_other_installers(indexes: Path, tmp_path: Path) -> None:
    """Poetry takes the higher build tag, others the better tag: two targets that need one file each share no folder."""
    make_tagged(indexes / "first", "tagged", [], "1-cp312-abi3-win_amd64", "2-cp312-none-win_amd64")
    with serve(indexes) as (url, _):
        project = lock(tmp_path / "project", url, PYPROJECT.replace('plain = "*"', 'plain = "*"\ntagged = "*"'))
        alone = house(project, WINDOWS)
        both = house(project, WINDOWS, "cp313-win_amd64", more="--ignore native")

    assert alone.code == 0, alone.err
    assert "tagged-1.0-2-cp312-none-win_amd64.whl" in files_in(project / "wheelhouse")
    assert (both.code, both.err.count("Make a wheelhouse for each of them")) == (1, 1)


def test_pylock_is_read_back(indexes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If installers would not select what is pinned, nothing is put in place."""
    monkeypatch.setattr(pylock, "_select", lambda *_: {})
    with serve(indexes) as (url, _):
        project = lock(tmp_path / "project", url)
        run = house(project, WINDOWS)

    assert run.code == 1
    assert (
        "Internal error, nothing was written: pylock.toml differs for cp312-win_amd64 by example-package, " in run.err
    )
    assert OWN.isdisjoint(files_in(project / "wheelhouse"))


@pytest.mark.parametrize(
    ("done", "text"),
    [
        (Downloaded(1, 999, 0), "Downloaded 1 file (999 bytes)"),
        (Downloaded(2, 3_100, 1), "Downloaded 2 files (3.1 kB), 1 was there"),
        (Downloaded(7, 1_234_567, 3), "Downloaded 7 files (1.2 MB), 3 were there"),
        (Downloaded(0, 0, 3), "Downloaded 0 files, 3 were there"),
    ],
)
def test_downloaded(done: Downloaded, text: str) -> None:
    """What was downloaded is said in the units of people."""
    assert str(done) == text


def test_what_is_built_here(indexes: Path, tmp_path: Path) -> None:
    """A wheel with compiled parts that is built here is for no other kind of machine; nothing appears."""
    with serve(indexes) as (url, _):
        project = lock(tmp_path / "project", url)
        poetry(project, "build --format wheel")
        plain = next((project / "dist").iterdir())
        native = plain.with_name("example_package-0.1.0-cp312-cp312-linux_armv7l.whl")
        plain.rename(native)
        run = house(project, WINDOWS, more=f"--project-wheel --from-wheel {native}")

    assert run.code == 1
    assert f"{native.name} is built for this machine, and does not fit {WINDOWS}. Run this there" in run.err
    assert OWN.isdisjoint(files_in(project / "wheelhouse"))


def test_built_for_some(indexes: Path, tmp_path: Path) -> None:
    """A wheel with compiled parts has to fit only the targets that need it."""
    with serve(indexes) as (url, _):
        local = "local-1.0-cp312-cp312-manylinux_2_17_x86_64.whl"
        make_wheel(tmp_path, "local", "1.0").rename(tmp_path / local)
        entry = f"local = {{{{ path = '../{local}', markers = \"sys_platform != 'win32'\" }}}}"
        project = lock(tmp_path / "project", url, PYPROJECT.replace('plain = "*"', entry))
        both = house(project, LINUX, WINDOWS)
        has_both = local in (project / "wheelhouse" / "pylock.toml").read_text(encoding="utf-8")
        windows = house(project, WINDOWS)
        unfit = house(project, "cp312-macosx_11_0_arm64")

    assert (both.code, windows.code, unfit.code) == (0, 0, 1), (both, windows, unfit)
    assert has_both
    assert local not in (project / "wheelhouse" / "pylock.toml").read_text(encoding="utf-8")
    assert f"{local} is built for this machine, and does not fit cp312-macosx_11_0_arm64. Run this there" in unfit.err


@pytest.mark.parametrize("is_same", [True, False])
def test_from_two_sources(indexes: Path, tmp_path: Path, *, is_same: bool) -> None:
    """Two sources may have the same file. Different files of one name cannot be in one folder."""
    if is_same:
        shutil.copy(indexes / "first" / "plain-1.0-py3-none-any.whl", indexes / "second")
    else:
        make_wheel(indexes / "second", "plain", "1.0", ["second"])
    entry = """plain = [
    {{ version = "*", source = "first", markers = "sys_platform == 'win32'" }},
    {{ version = "*", source = "second", markers = "sys_platform != 'win32'" }},
]"""
    with serve(indexes) as (url, asked):
        project = lock(tmp_path / "project", url, PYPROJECT.replace('plain = "*"', entry))
        before = len(asked)
        both = house(project, LINUX, WINDOWS)
        downloads = [path for path in asked[before:] if path.endswith("plain-1.0-py3-none-any.whl")]
        alone = house(project, WINDOWS)

    assert (both.code, alone.code) == (0 if is_same else 1, 0), (both, alone)
    if is_same:
        assert len(downloads) == 1
        assert "Downloaded 7 files" in both.out
    else:
        assert "plain-1.0-py3-none-any.whl: poetry.lock has different files of this name, from different" in both.err
        assert not downloads


def test_default_index(indexes: Path, tmp_path: Path) -> None:
    """A package for which the lock names no source comes from the default one, which a primary source replaces."""
    entry = 'second = {{ version = "*", source = "second" }}\n'
    with serve(indexes) as (url, _):
        project = lock(tmp_path / "project", url, PYPROJECT.replace(entry, ""))
        path = project / "poetry.lock"
        locked = tomlkit.parse(path.read_text(encoding="utf-8"))
        for package in locked["package"]:
            del package["source"]
        path.write_text(tomlkit.dumps(locked), encoding="utf-8")
        run = house(project, WINDOWS)

    assert run.code == 0, run
    assert files_in(project / "wheelhouse") >= OF_WINDOWS


def test_no_answer(indexes: Path, tmp_path: Path) -> None:
    """An index that does not answer is one line."""
    with serve(indexes) as (url, _):
        project = lock(tmp_path / "project", url)

    run = house(project, WINDOWS)

    assert (run.code, run.err.count("\n")) == (1, 1)
    assert " cannot be downloaded: " in run.err
    assert not (project / "wheelhouse").exists()

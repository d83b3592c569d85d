"""examples/one-file."""

import platform
import re
import shutil
import sys
import sysconfig
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.console import read_console
from tests.e2e.examples.shell import EXAMPLES, LOCKED, WITH_LOCK, Shell, copy_example, make_shell
from tests.e2e.index import make_wheel, serve_index
from tests.e2e.programs import Programs

pytestmark = pytest.mark.examples

README = EXAMPLES / "one-file" / "README.md"
BUILD, PEX, SHIV, ZIPAPP, PYINSTALLER, BRIEFCASE, FLATPAK = read_console(README)


@pytest.fixture(scope="module")
def shell(programs: Programs, later_stock_index: str, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """A user who has built both wheels; each way from there has names of its own."""
    shell = make_shell(programs, tmp_path_factory.mktemp("one-file"), later_stock_index)
    copy_example("example-package", shell.folder)
    shell.follow(BUILD)
    return shell


def packed(paths: Iterable[str]) -> dict[str, str]:
    """The packages whose metadata is among ``paths``, and their versions."""
    found = (re.search(r"([^/]+)-([^-/]+)\.dist-info/METADATA$", path) for path in paths)
    return {match[1].replace("_", "-"): match[2] for match in found if match}


@pytest.mark.parametrize(
    ("block", "file"),
    [(PEX, "example-package.pex"), (SHIV, "example-package.pyz"), (ZIPAPP, "hello.pyz")],
    ids=["pex", "shiv", "zipapp"],
)
def test_zip(block: list[tuple[str, str]], file: str, shell: Shell) -> None:
    """The file runs, without what it was made from, and has in it what was locked and nothing else."""
    shell.follow(block)

    with zipfile.ZipFile(shell.folder / file) as archive:
        assert packed(archive.namelist()) == WITH_LOCK


def test_pyinstaller(shell: Shell, later_stock: Path, tmp_path: Path) -> None:
    """The program runs without a Python, in an empty environment, and has in it what was installed beside PyInstaller.

    What is installed under the name of PyInstaller is a path to that of the environment that runs the tests.
    """
    stock = shutil.copytree(later_stock, tmp_path / "stock")
    entry_points = "[console_scripts]\npyinstaller = PyInstaller.__main__:run\n"
    path = f"{sysconfig.get_path('purelib')}\n"
    modules = {"pyinstaller.pth": path, "pyinstaller-9.dist-info/entry_points.txt": entry_points}
    make_wheel(stock, "pyinstaller", "9", modules=modules)
    with serve_index(stock) as url:
        replace(shell, environment={**shell.environment, "PIP_INDEX_URL": url}).follow(PYINSTALLER)

    assert shell.check("cd / && env -i $OLDPWD/build/example-package Ada") == "Hello, Ada!\n"
    (packages,) = shell.folder.glob("frozen/lib/*/site-packages")
    contents = (shell.folder / "build/work/example-package/PYZ-00.toc").read_text(encoding="utf-8")
    assert f"'{packages}/click.py'" in contents


def test_briefcase(programs: Programs, later_stock_index: str, tmp_path: Path) -> None:
    """Briefcase installs the lock package as what the app requires; `briefcase create` needs downloads."""
    shell = make_shell(programs, tmp_path, later_stock_index)
    copy_example("example-package", shell.folder)
    (settings,) = re.findall(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    with (shell.folder / "pyproject.toml").open("a", encoding="utf-8") as pyproject:
        pyproject.write(f"\n{settings}")

    shell.follow(BRIEFCASE)

    (python,) = shell.folder.glob(".briefcase/example-package/*/bin/python")
    assert shell.installed(str(python)) == {**LOCKED, "example-package-lock": "0.1.0"}


# As much of a base image as python-appimage looks at; it moves the pip in there, so that has to be a real one.
BASE_IMAGE = """\
#!/bin/sh -e
[ "$1" = --appimage-extract ]
mkdir -p squashfs-root/opt squashfs-root/usr/bin
python -m venv --clear squashfs-root/opt/python{version}
printf '#!/bin/sh\\nexec "$(dirname "$0")/opt/python{version}/bin/python" "$@"\\n' > squashfs-root/AppRun
printf '#!/bin/sh\\nexec "$APPDIR/opt/python{version}/bin/python" "$@"\\n' > squashfs-root/usr/bin/python{version}
chmod +x squashfs-root/AppRun squashfs-root/usr/bin/python{version}
"""


@pytest.mark.skipif(sys.platform != "linux", reason="AppImages are made on Linux")
def test_appimage(shell: Shell) -> None:
    """python-appimage installs and starts the application from the folder of the example.

    Less two downloads: the base image is one that was made here, and the folder is not packed into a file.
    """
    copy_example("one-file", shell.folder)
    version, tag = "{}.{}".format(*sys.version_info), "cp{0}{1}-cp{0}{1}".format(*sys.version_info)
    base = shell.folder / f"python{version}.0-{tag}-manylinux2014_{platform.machine()}.AppImage"
    base.write_text(BASE_IMAGE.format(version=version), encoding="utf-8")
    base.chmod(0o755)
    (command,) = re.findall(r"^PIP_FIND_LINKS=.*", README.read_text(encoding="utf-8"), re.MULTILINE)

    shell.check(f"{command} --base-image {base.name} --no-packaging")

    folder = shell.folder / f"appimage-{platform.machine()}"
    assert shell.check(f"'{folder}/AppRun' Ada") == "Hello, Ada!\n"
    assert shell.installed(f"{folder}/opt/python{version}/bin/python") == WITH_LOCK


def test_flatpak(shell: Shell, tmp_path: Path) -> None:
    """The list for flatpak-pip-generator has what was locked; the manifest's command installs on top of that alone."""
    import yaml  # noqa: PLC0415 - it comes with the group examples

    shell.follow(FLATPAK)
    pins = (shell.folder / "requirements.txt").read_text(encoding="utf-8").splitlines()
    manifest = yaml.safe_load((EXAMPLES / "one-file" / "flatpak.yaml").read_text(encoding="utf-8"))
    generated, module = manifest["modules"]

    assert dict(pin.split("==") for pin in pins) == LOCKED
    assert generated == "python3-requirements.json"

    shell.check("python -m venv build/sandbox")
    for source in module["sources"]:
        assert source["type"] == "file"
        shutil.copy(shell.folder / source["path"], tmp_path)
    (command,) = module["build-commands"]
    sandbox = f"export FLATPAK_DEST=$PWD/build/sandbox; PATH=$FLATPAK_DEST/bin:$PATH; cd {tmp_path}; {command}"
    assert shell.run(sandbox).returncode == 1
    shell.check("build/sandbox/bin/pip install --no-deps --requirement requirements.txt")
    shell.check(sandbox)

    assert shell.installed("build/sandbox/bin/python") == WITH_LOCK

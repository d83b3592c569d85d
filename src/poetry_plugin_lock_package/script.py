"""The console script ``poetry-lock-package``, for pipelines that were written for the tool of that name.

It is the command ``poetry lock-package``. The options that only that tool has are translated here.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from importlib.util import find_spec
from pathlib import Path

from poetry_plugin_lock_package.cli.options import OPTIONS
from poetry_plugin_lock_package.cli.request import read_settings
from poetry_plugin_lock_package.deliver import find_lock_project, in_place, interruptible, staging_folder
from poetry_plugin_lock_package.errors import LockPackageError
from poetry_plugin_lock_package.plan import Options, find_release
from poetry_plugin_lock_package.poetry_api import load_project, read_pyproject
from poetry_plugin_lock_package.project import read_project

_OLD_OPTIONS = ("wheel", "move", "clean", "tests")
# What they mean. `--tests` is not here, because it only adds a test to the lock project that is written.
_STEPS = {
    "": ("write",),
    "--wheel": ("write", "build inside"),
    "--wheel --move": ("write", "build"),
    "--wheel --move --clean": ("build", "remove"),
    "--clean": ("remove",),
    "--build": ("build",),
    "--build --clean": ("build", "remove"),
}
_ARGUMENTS = {"write": "", "build": "--build", "build inside": "--build --output {}/dist"}
# Options that the tool of that name does not have.
_NOT_WITH = (
    *("-C", "-P", "-o", "-E", "--directory", "--project"),
    *(f"--{spec.name}" for spec in OPTIONS if spec.name not in ("build", "ignore", "no-root")),
)
_TEST = '''\
"""The lock project is complete."""

from pathlib import Path


def test_pyproject() -> None:
    assert Path(__file__).parents[1].joinpath("pyproject.toml").is_file()
'''


def main() -> int:
    """Run ``poetry lock-package`` with the arguments of this process; return its exit code."""
    if find_spec("poetry.factory") is None:
        sys.stderr.write("Error: poetry-lock-package needs Poetry. Run `pip install poetry` in the same environment\n")
        return 1
    parser = ArgumentParser(add_help=False, allow_abbrev=False)
    for name in (*_OLD_OPTIONS, "build"):
        parser.add_argument(f"--{name}", action="store_true")
    known, rest = parser.parse_known_args()
    old = [f"--{name}" for name in _OLD_OPTIONS if getattr(known, name)]
    if not old:
        return _run(sys.argv[1:])
    try:
        return _translate(old, rest, builds=known.build)
    except LockPackageError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1


def _run(arguments: list[str]) -> int:
    # Loaded only here, and below: the message above is for environments without Poetry.
    from cleo.io.inputs.argv_input import ArgvInput
    from poetry.console.application import Application

    application = Application()
    application.auto_exits(auto_exits=False)
    return application.run(ArgvInput(["poetry", "lock-package", *arguments]))


def _translate(old: list[str], rest: list[str], *, builds: bool) -> int:
    """Do what the ``old`` options mean, with the ``rest`` of the arguments; return the exit code."""
    if new := [argument for argument in rest if argument.startswith(_NOT_WITH)]:
        raise LockPackageError(f"{' '.join(old)} cannot be used with {new[0]}. Use `poetry lock-package`")
    # `--build` builds and leaves no lock project behind, whatever else is given.
    key = ["--build", *({"--clean"} & {*old})] if builds else [name for name in old if name != "--tests"]
    steps = _STEPS.get(" ".join(key))
    if steps is None:
        raise LockPackageError(f"{' '.join(old)} is not possible. Use --wheel, --wheel --move, --clean or --build")
    folder = _lock_project()
    if "remove" in steps:
        # If something else has the name, nothing is built.
        find_lock_project(folder.name, folder.parent)
    for step in steps:
        if step == "remove":
            _remove(folder)
        elif code := _run([*rest, *_ARGUMENTS[step].format(folder.name).split()]):
            return code
        elif step == "write" and "--tests" in old:
            _write_test(folder)
    return 0


def _lock_project() -> Path:
    """Return the folder of the lock project, which need not exist."""
    from poetry.factory import Factory

    poetry = load_project(lambda: Factory().create_poetry(Path.cwd()))
    name = read_settings(read_pyproject(poetry)).get("name")
    project = read_project(poetry)
    return project.folder / find_release(project, Options(name=name if isinstance(name, str) else None)).name


def _write_test(folder: Path) -> None:
    with interruptible(), staging_folder(folder, "The test") as scratch:
        (scratch / "test").write_text(_TEST, encoding="utf-8")
        with in_place({scratch / "test": folder / "tests" / "test_lock_project.py"}, scratch, folder.parent):
            pass


def _remove(folder: Path) -> None:
    if find_lock_project(folder.name, folder.parent):
        with (
            interruptible(),
            staging_folder(folder.parent, folder.name) as scratch,
            in_place({}, scratch, folder.parent, [folder]),
        ):
            pass
        sys.stdout.write(f"  - Removed {folder.name}\n")

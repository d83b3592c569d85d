"""Projects that are locked from the index of the tests, and what Poetry and pip install from them."""

import shutil
import sys
from pathlib import Path

from tests.e2e.programs import Programs

CLASSIC = """\
[tool.poetry]
name = "example-package"
version = "0.1.0"
description = "An example"
authors = ["Ada Lovelace <ada@example.org>"]

[tool.poetry.dependencies]
python = ">=3.10,<4"
pyspark = "^3.5"
console = "*"
server = { version = ">=4", extras = ["tls"] }
forked = [
    { version = "1.*", python = "<3.11" },
    { version = "2.*", python = ">=3.11" },
]
left = "*"
tensor = "*"
early = ">=2.0rc1"
"Dotted.Name" = ">=1"
chart = { version = ">=3", optional = true }

[tool.poetry.extras]
plot = ["chart"]
"""

PEP_621 = """\
[project]
name = "example-package"
version = "0.1.0"
description = "An example"
authors = [{ name = "Ada Lovelace", email = "ada@example.org" }]
requires-python = ">=3.10,<4"
dependencies = [
    "pyspark>=3.5,<4",
    "console",
    "server[tls]>=4",
    'forked==1.* ; python_version < "3.11"',
    'forked==2.* ; python_version >= "3.11"',
    "left",
    "tensor",
    "early>=2.0rc1",
    "Dotted.Name>=1",
]

[project.optional-dependencies]
plot = ["chart>=3"]
"""

NON_PACKAGE = f"{PEP_621}\n[tool.poetry]\npackage-mode = false\n"

BUILD_SYSTEM = """
[build-system]
requires = ["poetry-core>=2"]
build-backend = "poetry.core.masonry.api"
"""

# What these projects have in common: the same dependencies, and so the same packages on this
# Python and platform. Written down, because a comparison alone would hold for nothing at all.
INSTALLED = {
    "pyspark": "3.5.1",
    "py4j": "0.10.9",
    "console": "1.2",
    **({"console-win": "1.0"} if sys.platform == "win32" else {"console-posix": "1.1"}),
    "server": "4.0",
    "certs": "2.5",
    "forked": "1.0" if sys.version_info < (3, 11) else "2.0",
    "left": "1.0",
    "right": "1.0",
    "tensor": "2.0+cpu",
    "early": "2.0rc1",
    "Dotted.Name": "1.0",
}
ROOT = {"example-package": "0.1.0"}
PLOT = {"chart": "3.1", "canvas": "0.4"}


def write_project(folder: Path, index: str, pyproject: str, build_system: str = BUILD_SYSTEM) -> Path:
    """Make ``folder`` a project without a lock, which has its packages from ``index``."""
    source = f'\n[[tool.poetry.source]]\nname = "test"\nurl = "{index}"\npriority = "primary"\n'
    (folder / "example_package").mkdir(parents=True)
    (folder / "example_package/__init__.py").touch()
    (folder / "pyproject.toml").write_text(pyproject + build_system + source, encoding="utf-8")
    return folder


def lock_and_build(programs: Programs, project: Path) -> Path:
    """Lock ``project`` and build both its wheels into its ``dist``, its own not in non-package mode."""
    programs.poetry(project, "lock")
    programs.poetry(project, "lock-package", "--build")
    if "package-mode = false" not in (project / "pyproject.toml").read_text(encoding="utf-8"):
        programs.poetry(project, "build", "--format", "wheel")
    return project


def copy_project(project: Path, folder: Path) -> Path:
    """Copy ``project`` with its lock, but nothing that was built from it, to the new ``folder``."""
    shutil.copytree(project, folder, ignore=shutil.ignore_patterns("dist", ".venv", "*-lock"))
    return folder


def installed_by_poetry(programs: Programs, project: Path, folder: Path, *arguments: str) -> dict[str, str]:
    """What ``poetry install --only main ARGUMENTS`` installs, in a copy of ``project`` below ``folder``."""
    copy = copy_project(project, folder / "poetry")
    venv = programs.make_venv(copy / ".venv")
    programs.poetry(copy, "install", "--only", "main", *arguments)
    return programs.installed(venv)


def installed_by_pip(programs: Programs, index: str, folder: Path, *requirements: str | Path) -> dict[str, str]:
    """What ``pip install REQUIREMENTS`` installs, less the lock package, in a new environment below ``folder``."""
    venv = programs.make_venv(folder / "pip")
    programs.pip(venv, "install", "--index-url", index, *requirements)
    programs.pip(venv, "check")
    installed = programs.installed(venv)
    del installed["example-package-lock"]
    return installed

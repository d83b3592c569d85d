"""Real programs, each run in a process of its own."""

import ensurepip
import os
import subprocess
import sys
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from zipfile import ZipFile


@dataclass(frozen=True)
class Programs:
    """The programs of a user, each run in a process of its own in ``environment``.

    ``pip_folder`` has nothing in it but the package pip, which serves all virtual environments.
    """

    environment: Mapping[str, str]
    pip_folder: Path

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run ``command`` to its end, however it ends."""
        return subprocess.run(
            command, env=self.environment, capture_output=True, encoding="utf-8", check=False, timeout=120
        )

    def check(self, *command: str | Path) -> str:
        """Run ``command``, which has to succeed; return what it wrote to stdout."""
        run = self.run(*command)
        assert run.returncode == 0, f"{command}\n{run.stdout}\n{run.stderr}"
        return run.stdout

    def with_variables(self, **variables: str | Path) -> "Programs":
        """The same programs with more variables in their environment."""
        more = {name: str(value) for name, value in variables.items()}
        return Programs({**self.environment, **more}, self.pip_folder)

    def poetry(self, folder: Path, *arguments: str | Path) -> str:
        """``poetry ARGUMENTS`` in the project ``folder``, which has to succeed."""
        return self.check(*self.poetry_command(folder), *arguments)

    def poetry_command(self, folder: Path) -> tuple[str | Path, ...]:
        """The start of each command line for the Poetry of the Python that runs the tests."""
        return (sys.executable, "-m", "poetry", "--no-ansi", "--no-interaction", "--directory", folder)

    def make_venv(self, folder: Path) -> Path:
        """Make ``folder`` a virtual environment with nothing in it, not even pip, and return it."""
        self.check(sys.executable, "-m", "venv", "--without-pip", folder)
        return folder

    def pip(self, venv: Path, *arguments: str | Path) -> str:
        """``pip ARGUMENTS`` for the virtual environment ``venv``, which has to succeed."""
        return self.check(*self.pip_command(venv), *arguments)

    def pip_command(self, venv: Path) -> tuple[str | Path, ...]:
        """The start of each command line for pip, which Python can run from a folder, too."""
        return (_python(venv), self.pip_folder / "pip")

    def installed(self, venv: Path) -> dict[str, str]:
        """The versions of all packages in ``venv``, by name, as their metadata has them."""
        scheme = "nt" if os.name == "nt" else "posix_prefix"
        paths = sysconfig.get_paths(scheme, {"base": str(venv), "platbase": str(venv)})
        found = distributions(path=[*{paths["purelib"], paths["platlib"]}])
        return {distribution.name: distribution.version for distribution in found}


def _python(venv: Path) -> Path:
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def unpack_pip(folder: Path) -> Path:
    """Unpack the pip that comes with the Python that runs the tests into ``folder``: that Python need not have one."""
    bundled = Path(sysconfig.get_config_var("WHEEL_PKG_DIR") or Path(ensurepip.__file__).with_name("_bundled"))
    (wheel,) = bundled.glob("pip-*.whl")
    with ZipFile(wheel) as archive:
        archive.extractall(folder, [name for name in archive.namelist() if name.startswith("pip/")])
    return folder

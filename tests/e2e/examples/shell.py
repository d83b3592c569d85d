"""A user at a POSIX shell, with the tools that the examples show and a copy of an example."""

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tests.e2e.programs import Programs

EXAMPLES = Path(__file__).parents[3] / "examples"

# What pip installs on this Python of what examples/example-package has locked.
LOCKED = {
    "click": "8.1.8",
    "platformdirs": "4.2.2" if sys.version_info < (3, 12) else "4.14.7",
}
WITH_LOCK = {**LOCKED, "example-package": "0.1.0", "example-package-lock": "0.1.0"}

# Those of the environment that runs the tests. Not its Python and pip: an example makes environments of its own.
_TOOLS = ("briefcase", "pex", "pipx", "poetry", "pre-commit", "python-appimage", "shiv", "twine", "uv", "uvx")

# Python, but for `python -m venv FOLDER` without options: the environment gets the pip that all share here, because to
# install one takes longer than most examples.
_PYTHON = """\
#!/bin/sh
if [ "$#:$1:$2" != 3:-m:venv ]; then exec "{python}" "$@"; fi
"{python}" -m venv --without-pip "$3"
for packages in "$3"/lib/*/site-packages; do echo "{pip}" >"$packages/pip.pth"; done
venv=$(cd "$3" && pwd)
printf '#!/bin/sh\\nexec "%s/bin/python" -m pip "$@"\\n' "$venv" >"$3/bin/pip"
chmod +x "$3/bin/pip"
ln -sf pip "$3/bin/pip3"
"""


@dataclass(frozen=True)
class Shell:
    """The shell of a user, in ``folder``. The programs know nothing of this machine and have one index."""

    folder: Path
    environment: Mapping[str, str]

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run the line ``command`` to its end, however it ends."""
        return subprocess.run(
            ("bash", "-e", "-o", "pipefail", "-c", command),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=300,
        )

    def check(self, command: str) -> str:
        """Run the line ``command``, which has to succeed; return what it wrote to stdout."""
        run = self.run(command)
        assert run.returncode == 0, f"{command}\n{run.stdout}\n{run.stderr}"
        return run.stdout

    def follow(self, block: Iterable[tuple[str, str]], **programs: Callable[[str], str]) -> None:
        """Run the commands of a block; where output is shown, it has to be that.

        ``programs`` are called, in place of the programs of that name, with the rest of the line.
        """
        for command, shown in block:
            name, _, arguments = command.partition(" ")
            output = programs[name](arguments) if name in programs else self.check(command)
            assert not shown or output == shown, command

    def installed(self, python: str = "venv/bin/python") -> dict[str, str]:
        """The versions of all packages of ``python``, less pip and setuptools, by name."""
        show = "from importlib.metadata import distributions as d; print(*(f'{x.name}=={x.version}' for x in d()))"
        pins = dict(pin.split("==") for pin in self.check(f'{python} -I -c "{show}"').split())
        return {name: version for name, version in pins.items() if name not in ("pip", "setuptools")}


def make_shell(programs: Programs, folder: Path, index: str, **more: str) -> Shell:
    """A shell in the new folder ``folder``/here; its user has ``folder``/home, ``index``, and ``more`` variables."""
    binaries = folder / "bin"
    for name in ("here", "home", "bin"):
        (folder / name).mkdir(parents=True)
    for tool in _TOOLS:
        (binaries / tool).symlink_to(Path(sysconfig.get_path("scripts"), tool))
    for name in ("python", "python3", "python{}.{}".format(*sys.version_info)):
        text = _PYTHON.format(python=sys.executable, pip=programs.pip_folder)
        (binaries / name).write_text(text, encoding="utf-8")
        (binaries / name).chmod(0o755)
    home = folder / "home"
    environment = {
        **programs.environment,
        "HOME": str(home),
        "PATH": os.pathsep.join([str(binaries), str(home / ".local/bin"), *os.defpath.split(os.pathsep)]),
        "PIP_INDEX_URL": index,
        # Whatever looks elsewhere finds nothing.
        "HTTP_PROXY": "http://127.0.0.1:9",
        "HTTPS_PROXY": "http://127.0.0.1:9",
        "NO_PROXY": "127.0.0.1",
        # Never a pip that happens to be on the path: into what would it install?
        "PIP_REQUIRE_VIRTUALENV": "1",
        "PIPX_DEFAULT_PYTHON": sys.executable,
        # The pip that Python has is good enough, and there is no other here.
        "PIPX_DISABLE_SHARED_LIBS_AUTO_UPGRADE": "1",
        "UV_DEFAULT_INDEX": index,
        "UV_NO_CONFIG": "1",
        "UV_PYTHON": sys.executable,
        "UV_PYTHON_DOWNLOADS": "never",
        **more,
    }
    return Shell(folder / "here", environment)


def copy_example(name: str, folder: Path) -> None:
    """Copy what is in examples/``name`` into ``folder``, less what others have built there."""
    built = shutil.ignore_patterns("dist", "build", "venv", ".venv", "*-lock", "__pycache__")
    shutil.copytree(EXAMPLES / name, folder, ignore=built, dirs_exist_ok=True)


def use_index(project: Path, index: str) -> None:
    """Let Poetry lock ``project`` from ``index``."""
    # Poetry keeps what it knows of a source by its name.
    name = f"index-{urlsplit(index).port}"
    with (project / "pyproject.toml").open("a", encoding="utf-8") as pyproject:
        pyproject.write(f'\n[[tool.poetry.source]]\nname = "{name}"\nurl = "{index}"\npriority = "primary"\n')


def lock_anew(shell: Shell, index: str) -> None:
    """Lock the project from ``index``: the hashes in the lock of an example are those of the real packages."""
    use_index(shell.folder, index)
    shell.check("poetry lock")

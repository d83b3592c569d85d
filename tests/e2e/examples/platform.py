"""A platform with packages of its own: an environment that has what a list says."""

import zipfile
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from tests.e2e.examples.shell import Shell
from tests.e2e.index import make_wheel

# A module of the platform, which says where it comes from.
_MODULE = "__version__ = {version!r}\nfrom_platform = True\n"

# As much of packaging.version as the examples need.
_PACKAGING = "class Version:\n    def __init__(self, text):\n        self.major, self.minor = text.split('.')[:2]\n"


def read_list(path: Path) -> dict[str, str]:
    """The names and versions in a list of what a platform has."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if line and not line.startswith("#"))


def make_platform(shell: Shell, packages: dict[str, str], hidden: Collection[str] = ()) -> Shell:
    """A shell on a platform that has ``packages``, of which pip does not see the ``hidden`` ones in `venv`."""
    platform = replace(shell, folder=shell.folder.with_name("platform"))
    platform.folder.mkdir()
    platform.check("python -m venv venv")
    (seen,) = platform.folder.glob("venv/lib/*/site-packages")
    runtime, wheels = platform.folder.with_name("runtime"), platform.folder.with_name("platform-wheels")
    for name, version in packages.items():
        module = name.replace("-", "_")
        modules = {f"{module}/__init__.py": _MODULE.format(version=version)}
        if name == "packaging":
            modules["packaging/version.py"] = _PACKAGING
        with zipfile.ZipFile(make_wheel(wheels, name, version, modules=modules)) as wheel:
            if name in hidden:
                # Importable, and without the metadata by which pip finds it.
                wheel.extractall(runtime, [path for path in wheel.namelist() if path.startswith(f"{module}/")])
            else:
                wheel.extractall(seen)
    (seen / "runtime.pth").write_text(f"{runtime}\n", encoding="utf-8")
    return platform


def untouched(platform: Shell, packages: dict[str, str]) -> bool:
    """Whether Python still imports each of ``packages`` from the platform, at its version."""
    modules = {name.replace("-", "_"): version for name, version in packages.items()}
    test = f"import importlib; m = {modules!r}; i = importlib.import_module; "
    test += "assert all(getattr(i(n), 'from_platform', False) and i(n).__version__ == v for n, v in m.items())"
    return platform.run(f'venv/bin/python -I -c "{test}"').returncode == 0

"""An index with stand-ins for real packages, and a user who has it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.examples.private_index import PrivateIndex, serve_private_index
from tests.e2e.examples.shell import Shell, copy_example, make_shell
from tests.e2e.index import make_wheel, serve_index
from tests.e2e.programs import Programs

# As much of click as examples/example-package needs.
_CLICK = """\
import sys


def command():
    return lambda function: lambda: function(*(sys.argv[1:] or ["world"]))


def argument(*args, **keywords):
    return lambda function: function


def secho(text, fg):
    print(text)
"""

# Whatever imports this was not installed at its locked versions.
_NOT_LOCKED = 'raise ImportError("a release that was not locked")\n'


def versioned(name: str, version: str) -> dict[str, str]:
    """A module that knows the version of its package."""
    return {f"{name}/__init__.py": f"__version__ = {version!r}\n"}


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the wheels of the index at the time when projects are locked."""
    folder = tmp_path_factory.mktemp("stock")
    make_wheel(folder, "click", "8.1.8", ['colorama ; platform_system == "Windows"'], modules={"click.py": _CLICK})
    make_wheel(folder, "colorama", "0.4.6")
    make_wheel(folder, "platformdirs", "4.2.2")
    make_wheel(folder, "platformdirs", "4.14.7", requires_python=">=3.11")
    make_wheel(folder, "pyyaml", "6.0.3")
    make_wheel(folder, "pyspark", "3.5.1", ["py4j==0.10.9.7"], modules=versioned("pyspark", "3.5.1"))
    make_wheel(folder, "py4j", "0.10.9.7")
    make_wheel(folder, "mlflow", "2.9.0", ["packaging", "pyyaml"])
    version = "class Version:\n    def __init__(self, text):\n        self.major, self.minor = text.split('.')[:2]\n"
    make_wheel(folder, "packaging", "24.0", modules={"packaging/__init__.py": "", "packaging/version.py": version})
    make_wheel(folder, "numpy", "2.0.0")
    # boto3, with all that it needs.
    make_wheel(
        folder,
        "boto3",
        "1.35.0",
        ["botocore>=1.35,<1.36", "jmespath", "s3transfer"],
        modules=versioned("boto3", "1.35.0"),
    )
    make_wheel(folder, "botocore", "1.35.0", ["jmespath", "python-dateutil", "urllib3"])
    make_wheel(folder, "s3transfer", "0.10.4", ["botocore"])
    make_wheel(folder, "pendulum", "3.0.0", ["python-dateutil", "tzdata"], modules=versioned("pendulum", "3.0.0"))
    make_wheel(folder, "python-dateutil", "2.9.0", ["six"])
    for name in ("jmespath", "six", "tzdata", "urllib3"):
        make_wheel(folder, name, "1.0.0")
    tabulate = "def tabulate(rows):\n    return '\\n'.join('  '.join(row) for row in rows)\n"
    make_wheel(folder, "tabulate", "0.9.0", modules={"tabulate.py": tabulate})
    return folder


@pytest.fixture(scope="session")
def stock_index(stock: Path) -> Iterator[str]:
    """The URL of the index at the time when projects are locked."""
    with serve_index(stock) as url:
        yield url


@pytest.fixture(scope="session")
def later_stock(stock: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the wheels of the index later on: new releases that all ranges allow, and that do not work."""
    folder = tmp_path_factory.mktemp("later") / "stock"
    shutil.copytree(stock, folder)
    make_wheel(folder, "click", "8.1.99", modules={"click.py": _NOT_LOCKED})
    make_wheel(folder, "platformdirs", "4.2.99")
    make_wheel(folder, "platformdirs", "4.99", requires_python=">=3.11")
    make_wheel(folder, "packaging", "99.0", modules={"packaging/__init__.py": _NOT_LOCKED})
    make_wheel(folder, "tabulate", "0.9.99", modules={"tabulate.py": _NOT_LOCKED})
    # For those who look for a newer pip.
    make_wheel(folder, "pip", "0")
    return folder


@pytest.fixture(scope="session")
def later_stock_index(later_stock: Path) -> Iterator[str]:
    """The URL of the index later on."""
    with serve_index(later_stock) as url:
        yield url


@pytest.fixture
def shell(programs: Programs, later_stock_index: str, tmp_path: Path) -> Shell:
    """A user in a copy of examples/example-package."""
    shell = make_shell(programs, tmp_path, later_stock_index)
    copy_example("example-package", shell.folder)
    return shell


@pytest.fixture
def private_index(later_stock: Path, tmp_path: Path) -> Iterator[PrivateIndex]:
    """A server of one's own with what is on the index later on."""
    shutil.copytree(later_stock, tmp_path / "private")
    with serve_private_index(tmp_path / "private") as index:
        yield index

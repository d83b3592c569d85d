"""What users of this project install."""

import re
import tarfile
from pathlib import Path

from poetry.core.factory import Factory
from poetry.core.masonry.builders.sdist import SdistBuilder
from poetry.core.masonry.builders.wheel import WheelBuilder

from tests.kit import read_wheel

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "poetry_plugin_lock_package"


def test_wheel(tmp_path: Path) -> None:
    """The wheel has the package with its type marker, the licence and the entry point, and nothing else."""
    wheel = read_wheel(WheelBuilder(Factory().create_poetry(ROOT)).build(tmp_path))

    sources = {
        f"poetry_plugin_lock_package/{path.relative_to(PACKAGE).as_posix()}"
        for path in PACKAGE.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }
    files = {name.partition(".dist-info/")[2] or name for name in wheel.files}
    assert "poetry_plugin_lock_package/py.typed" in sources
    assert files - sources in (
        {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"},
        {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "LICENSE"},  # poetry-core < 2.2
    )
    assert sources <= files


def test_sdist(tmp_path: Path) -> None:
    """The sdist has all that is needed to run the tests."""
    with tarfile.open(SdistBuilder(Factory().create_poetry(ROOT)).build(tmp_path)) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert {"LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml", "noxfile.py", "tests/kit.py"} <= names
    assert "examples/example-package/poetry.lock" in names


def test_lower_bounds_are_tested() -> None:
    """The lowest versions that are promised are those that the tests run with."""
    lines = (ROOT / "tests" / "oldest.txt").read_text(encoding="utf-8").splitlines()
    tested = {line.replace("==", ">=") for line in lines if not line.startswith("#")}
    promised = {dependency.to_pep_508() for dependency in Factory().create_poetry(ROOT).package.requires}

    assert tested == {re.sub(r" \((>=[^,)]+).*", r"\1", text) for text in promised}

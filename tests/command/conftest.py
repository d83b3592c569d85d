"""What several tests of the command start from."""

from pathlib import Path

import pytest

from tests.kit import (
    CLASSIC,
    locked,
    write_project,
)


@pytest.fixture
def spark(tmp_path: Path) -> Path:
    """A project that needs pyspark (which needs py4j) and pandas (which needs numpy, as pyspark does)."""
    return write_project(
        tmp_path / "spark",
        [
            locked("pyspark", "4.0.0", requires=["py4j==0.10.9", "numpy>=1"]),
            locked("py4j", "0.10.9"),
            locked("pandas", "2.3.1", requires=["numpy>=1.26"]),
            locked("numpy", "2.2.0"),
        ],
        CLASSIC + 'pyspark = "*"\npandas = "*"\n',
    )

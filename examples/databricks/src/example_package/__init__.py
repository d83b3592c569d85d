"""A report on the Spark of a cluster."""

from __future__ import annotations

import pyspark
from packaging.version import Version
from tabulate import tabulate


def report() -> str:
    """The release of Spark, as a table."""
    release = Version(pyspark.__version__)
    return tabulate([["Spark", f"{release.major}.{release.minor}"]])


def main() -> None:
    """Print the report: what a job runs."""
    print(report())

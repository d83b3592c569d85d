"""A task of a DAG."""

from __future__ import annotations

import pendulum
from tabulate import tabulate


def report() -> str:
    """The release of pendulum, as a table."""
    return tabulate([["pendulum", pendulum.__version__]])

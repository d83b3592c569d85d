"""A table of what a bucket has."""

from __future__ import annotations

import boto3
from tabulate import tabulate


def report() -> str:
    """The release of the client, as a table."""
    return tabulate([["boto3", boto3.__version__]])

"""A function that says which client it has."""

from __future__ import annotations

import boto3
from tabulate import tabulate


def handler(event: object, context: object) -> str:
    """The release of the client, as a table: what Lambda calls."""
    return tabulate([["boto3", boto3.__version__]])

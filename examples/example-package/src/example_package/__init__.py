"""A greeting, in colour."""

from __future__ import annotations

from importlib.metadata import version

import click

__version__ = version("example-package")


@click.command()
@click.argument("name", default="world")
def main(name: str) -> None:
    """Greet NAME."""
    click.secho(f"Hello, {name}!", fg="green")

"""A base: the command line of the service."""

from __future__ import annotations

import click
from example.greeting import greeting


@click.command()
@click.argument("name", default="world")
def main(name: str) -> None:
    """Greet NAME."""
    click.secho(greeting(name), fg="green")

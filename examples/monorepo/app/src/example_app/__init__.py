"""An application on two libraries of the same repository."""

from __future__ import annotations

import click
from example_text import greeting


@click.command()
@click.argument("name", default="world")
def main(name: str) -> None:
    """Greet NAME."""
    click.secho(greeting(name), fg="green")

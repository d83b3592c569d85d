"""The commands that documentation shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def read_console(markdown: Path) -> list[list[tuple[str, str]]]:
    """The ```console blocks of ``markdown``: each command in them, and the output that is shown below it."""
    blocks = re.findall(r"```console\n(.*?)```", markdown.read_text(encoding="utf-8"), re.DOTALL)
    return [
        [
            (command, output)
            for command, _, output in (
                shown.partition("\n") for shown in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
            )
        ]
        for block in blocks
    ]

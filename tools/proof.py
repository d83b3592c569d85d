"""Prove it on public projects: check the locks in the history of clones, and print one table in Markdown.

    python -m tools.proof FOLDER... [--ignores N] [--locks N]

FOLDER is a clone, or a folder of projects. In a clone, each poetry.lock is taken as it is now, and as it was at some
moments of its history. What Poetry itself refuses is skipped, and counted with the reason. All others are
checked as `python -m tools.check_locks` does.
"""

from __future__ import annotations

import argparse
import io
import subprocess
import sys
import tarfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from poetry_plugin_lock_package.text import message_of
from tests import kit
from tools.check_locks import check

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tools.check_locks import Result

HEADER = """\
| project | commit | packages | lock format | wheels exact | comparisons | faults |
|---|---|---|---|---|---|---|"""


@dataclass(frozen=True)
class Moment:
    """A lock in the history of a clone: the folder of its project, and the commit."""

    folder: str
    commit: str
    date: str


@dataclass(frozen=True)
class Row:
    """What was found about one lock; ``refusal`` is why Poetry refuses it, if it does."""

    project: str
    commit: str
    packages: int = 0
    lock_format: str = ""
    results: tuple[Result, ...] = ()
    refusal: str | None = None

    def __str__(self) -> str:
        exact = sum(not result.faults for result in self.results)
        comparisons = sum(result.comparisons for result in self.results)
        faults = sum(len(result.faults) for result in self.results)
        cells = (
            self.project,
            self.commit,
            self.packages,
            self.lock_format,
            f"{exact} of {len(self.results)}",
            f"{comparisons:,}",
            faults,
        )
        return f"| {' | '.join(map(str, cells))} |"


def moments(clone: Path, wanted: int) -> Iterator[Moment]:
    """Each poetry.lock in the history of ``clone``: the newest, and ``wanted`` minus one older ones, evenly spread."""
    log = _git(clone, "log", "--format=commit %H %cs", "--name-only", "--diff-filter=AM", "--", "*poetry.lock").decode()
    found: dict[str, list[Moment]] = {}
    commit = date = ""
    for line in filter(None, log.splitlines()):
        if line.startswith("commit "):
            _, commit, date = line.split()
        elif Path(line).name == "poetry.lock":
            found.setdefault(line, []).append(Moment(str(Path(line).parent), commit, date))
    for _, of_one in sorted(found.items()):
        count = min(wanted, len(of_one))
        yield from (of_one[round(i * (len(of_one) - 1) / max(1, count - 1))] for i in range(count))


def rows(folder: Path, ignores: int, locks: int) -> Iterator[Row]:
    """A row for each lock in ``folder``."""
    if not (folder / ".git").exists():
        for lock in sorted([*folder.glob("poetry.lock"), *folder.glob("*/poetry.lock")]):
            yield _row(lock.parent, lock.parent.name, "", ignores)
        return
    for moment in moments(folder, locks):
        with TemporaryDirectory() as scratch:
            # All of it: a project may have path dependencies beside it.
            with tarfile.open(fileobj=io.BytesIO(_git(folder, "archive", moment.commit))) as archive:
                archive.extractall(scratch, filter="data")
            name = folder.resolve().name if moment.folder == "." else f"{folder.resolve().name}/{moment.folder}"
            yield _row(Path(scratch, moment.folder), name, f"{moment.commit[:10]} ({moment.date})", ignores)


def _row(project: Path, name: str, commit: str, ignores: int) -> Row:
    if refusal := _refusal(project):
        return Row(name, commit, refusal=refusal)
    locker = kit.load(project).locker
    return Row(
        name,
        commit,
        len(locker.lock_data["package"]),
        locker.lock_data["metadata"]["lock-version"],
        tuple(check(project, ignores)),
    )


def _refusal(project: Path) -> str | None:
    """Why Poetry itself does not install from the lock of ``project``."""
    try:
        locker = kit.load(project).locker
        locker.locked_repository()
        return None if locker.is_fresh() else "pyproject.toml has changed since the lock was made"
    except Exception as error:  # noqa: BLE001 - whatever Poetry's parsers raise
        return message_of(error)


def _git(clone: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", "-C", str(clone), *arguments], capture_output=True, check=True).stdout


def render(found: Sequence[Row]) -> str:
    """The table, its sum, and what was skipped and why."""
    checked = [row for row in found if row.refusal is None]
    results = [result for row in checked for result in row.results]
    exact = sum(not result.faults for result in results)
    comparisons = sum(result.comparisons for result in results)
    total = f"{exact} of {len(results)} wheels of {len(checked)} locks are exact, in {comparisons:,} comparisons."
    refused = Counter(row.refusal for row in found if row.refusal)
    skipped = [f"- {number}: {reason}" for reason, number in refused.most_common()]
    lines = [HEADER, *map(str, checked), "", total]
    if skipped:
        lines += ["", f"Poetry itself refuses some locks ({refused.total()}):", "", *skipped]
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Print the table; 0 if there was a lock to check, and every wheel was exact."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("folder", type=Path, nargs="+", help="a clone, or a folder of projects")
    parser.add_argument("--ignores", type=int, default=3, help="direct dependencies to ignore in turn")
    parser.add_argument("--locks", type=int, default=4, help="how many moments in the history of each lock")
    options = parser.parse_args(arguments)
    found = [row for folder in options.folder for row in rows(folder, options.ignores, options.locks)]
    print(render(found))
    results = [result for row in found for result in row.results]
    return 0 if results and not any(result.faults for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""What lock packages cost in time and memory: whole processes, side by side.

    python -m tools.benchmarks BARE EXPORT OURS [PROJECT] [--rounds N]

BARE, EXPORT and OURS are virtual environments with the same Poetry: alone, with poetry-plugin-export, and with
this plugin. PROJECT is a Poetry project with a lock; without one, a synthetic lock stands in for it.
`nox --session benchmarks -- [PROJECT]` makes the environments. The table is printed as Markdown.

The commands that are compared take turns, N times, in changing order, and each figure is a median with the middle
half of what was measured in brackets. Time is what the processor spent on a process (user and system), because that
depends least on what else a machine does; time on the clock is given too. POSIX only.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from tests.kit import load
from tools.benchmarks.locks import HUB, write_large, write_old, write_tangled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_SIZES = (500, 2000, 8000)
_OLD_SIZES = (500, 3000)
_TANGLED = 300
# What is below the noise of a few runs: the cost of a plugin that is only loaded.
_MORE_ROUNDS = 12


@dataclass(frozen=True)
class Sample:
    """What one process took: seconds of the processor and on the clock, and megabytes at its peak."""

    cpu: float
    wall: float
    peak: float


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    what: str
    target: str
    cpu: str
    wall: str = ""


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.benchmarks", description=__doc__)
    for name in ("bare", "export", "ours"):
        parser.add_argument(name, type=Path)
    parser.add_argument("project", type=Path, nargs="?")
    parser.add_argument("--rounds", type=int, default=7)
    given = parser.parse_args(arguments)
    if given.rounds < 2:
        parser.error("the middle half of what was measured takes at least two --rounds")
    if given.project and not load(given.project).package.requires:
        parser.error("PROJECT needs a dependency to ignore")
    with TemporaryDirectory() as scratch:
        bench = Bench(Path(scratch), given.rounds, given.bare, given.export, given.ours)
        rows = [
            *bench.against_export(given.project),
            *bench.start(),
            *bench.growth(),
            *bench.old_locks(),
            *bench.tangled(),
        ]
    sys.stdout.write("| what | target | processor | clock |\n|---|---|---|---|\n")
    sys.stdout.writelines(f"| {row.what} | {row.target} | {row.cpu} | {row.wall} |\n" for row in rows)


class Bench:
    """The commands to measure, in the environments that have them."""

    def __init__(self, scratch: Path, rounds: int, bare: Path, export: Path, ours: Path) -> None:
        self._scratch = scratch
        self._rounds = rounds
        self._bare, self._export, self._ours = (
            [str(env.absolute() / "bin" / "poetry")] for env in (bare, export, ours)
        )

    def against_export(self, project: Path | None) -> Iterable[Row]:
        folder = self._scratch / "project"
        if project:
            # A copy: whoever owns it need not have us write to it.
            folder.mkdir()
            for name in ("pyproject.toml", "poetry.lock"):
                shutil.copyfile(project / name, folder / name)
        else:
            write_large(folder, _SIZES[0])
        size = (folder / "poetry.lock").read_text(encoding="utf-8").count("[[package]]")
        ignored = load(folder).package.requires[0].name
        samples = self._measure(
            {
                "export": [*self._export, "-C", str(folder), "export", "--without-hashes"],
                "build": self._build(folder),
                "ignore": self._build(folder, ignored),
            }
        )
        what = f"`poetry lock-package --build` against `poetry export --without-hashes`, {size} packages"
        yield _ratio(what, "≤ 1.0", samples["build"], samples["export"])
        yield _ratio(f"the same with `--ignore {ignored}`", "≤ 1.25", samples["ignore"], samples["export"])

    def start(self) -> Iterable[Row]:
        environments = {"bare": self._bare, "export": self._export, "ours": self._ours}
        commands = {name: [*poetry, "--version"] for name, poetry in environments.items()}
        samples = self._measure(commands, self._rounds * _MORE_ROUNDS)
        for name, plugin, target in (("ours", "this plugin", "< 1.02"), ("export", "poetry-plugin-export", "")):
            yield _ratio(f"`poetry --version` with {plugin} against without", target, samples[name], samples["bare"])

    def growth(self) -> Iterable[Row]:
        folders = {size: write_large(self._scratch / f"large-{size}", size) for size in _SIZES}
        ignored = {"": (), " with `--ignore`": ("package-0",)}
        samples = self._measure(
            {"start": [*self._ours, "--version"]}
            | {f"{size}{how}": self._build(folders[size], *names) for size in _SIZES for how, names in ignored.items()}
        )
        sizes = ", ".join(f"{size:,}" for size in _SIZES)
        for how in ignored:
            # Less Poetry's start, which would hide growth.
            each = [
                [
                    (sample.cpu - start.cpu) / size * 1000
                    for sample, start in zip(samples[f"{size}{how}"], samples["start"], strict=True)
                ]
                for size in _SIZES
            ]
            times = ", ".join(f"{median(some):.2f}" for some in each)
            grown = median(each[-1]) / median(each[0])
            what = f"milliseconds per package in locks of {sizes}{how}"
            yield Row(what, "≤ 1.25 times", f"{times}: {grown:.2f} times")
            peak = max(sample.peak for sample in samples[f"{_SIZES[-1]}{how}"])
            yield Row(f"peak memory at {_SIZES[-1]:,}{how}", "< 400 MB", f"{peak:.0f} MB")

    def old_locks(self) -> Iterable[Row]:
        folders = {size: write_old(self._scratch / f"old-{size}", size) for size in _OLD_SIZES}
        # What is installed where does not matter, and an environment of its own takes long to make.
        config = self._scratch / "config" / "config.toml"
        config.parent.mkdir(exist_ok=True)
        config.write_text("[virtualenvs]\ncreate = false\n", encoding="utf-8")
        install = ["install", "--dry-run", "--no-root"]
        samples = self._measure(
            {"start": [*self._ours, "--version"]}
            | {f"build {size}": self._build(folder) for size, folder in folders.items()}
            | {f"install {size}": [*self._ours, "-C", str(folder), *install] for size, folder in folders.items()}
        )
        each = []
        for size in _OLD_SIZES:
            what = f"a lock of format 2.0 against `poetry install --dry-run`, {size:,} packages"
            yield _ratio(what, "≤ 1.5", samples[f"build {size}"], samples[f"install {size}"])
            pairs = zip(samples[f"build {size}"], samples["start"], strict=True)
            each.append(median((build.cpu - start.cpu) / size * 1000 for build, start in pairs))
        sizes = ", ".join(f"{size:,}" for size in _OLD_SIZES)
        times = ", ".join(f"{time:.2f}" for time in each)
        what = f"milliseconds per package in locks of format 2.0, {sizes} packages"
        yield Row(what, "≤ 1.5 times", f"{times}: {each[-1] / each[0]:.2f} times")

    def tangled(self) -> Iterable[Row]:
        folder = write_tangled(self._scratch / "tangled", _TANGLED)
        samples = self._measure({"build": self._build(folder), "ignore": self._build(folder, HUB)})
        what = (
            f"{_TANGLED} packages in cycles, every edge with a marker of its own: `--ignore` of their hub against none"
        )
        yield _ratio(what, "< 5", samples["ignore"], samples["build"])

    def _build(self, folder: Path, *ignored: str) -> list[str]:
        options = [option for name in ignored for option in ("--ignore", name)]
        return [*self._ours, "-C", str(folder), "lock-package", "--build", "-o", str(self._scratch / "dist"), *options]

    def _measure(self, commands: Mapping[str, Sequence[str]], rounds: int | None = None) -> dict[str, list[Sample]]:
        samples: dict[str, list[Sample]] = {name: [] for name in commands}
        random = Random(0)
        # One round more: the first compiles, and fills the file cache.
        for number in range((rounds or self._rounds) + 1):
            for name in random.sample(sorted(commands), len(commands)):
                sample = self._run(commands[name])
                if number:
                    samples[name].append(sample)
        for name, some in samples.items():
            spent, passed = _spread(s.cpu for s in some), _spread(s.wall for s in some)
            sys.stderr.write(f"{name}: {spent} s of the processor, {passed} s on the clock\n")
        return samples

    def _run(self, command: Sequence[str]) -> Sample:
        # Not what is set for whoever runs this: their configuration, or Python without a cache of compiled modules.
        ours = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "POETRY_"))}
        ours["POETRY_CONFIG_DIR"] = str(self._scratch / "config")
        output = self._scratch / "output"
        started = time.perf_counter()
        with output.open("wb") as file:
            process = subprocess.Popen(command, stdout=file, stderr=subprocess.STDOUT, env=ours)
            _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{' '.join(command)} failed:\n{output.read_text(encoding='utf-8')}")
        # In kilobytes, but on macOS in bytes.
        peak = usage.ru_maxrss / (1024**2 if sys.platform == "darwin" else 1024)
        return Sample(usage.ru_utime + usage.ru_stime, wall, peak)


def _ratio(what: str, target: str, samples: Sequence[Sample], yardstick: Sequence[Sample]) -> Row:
    def ratios(seconds: Callable[[Sample], float]) -> Iterable[float]:
        return (seconds(ours) / seconds(theirs) for ours, theirs in zip(samples, yardstick, strict=True))

    return Row(what, target, _spread(ratios(lambda s: s.cpu)), _spread(ratios(lambda s: s.wall)))


def _spread(values: Iterable[float]) -> str:
    """The median, and the quartiles."""
    values = sorted(values)
    low, _, high = quantiles(values, n=4, method="inclusive")
    return f"{median(values):.3f} ({low:.3f} to {high:.3f})"


if __name__ == "__main__":
    main()

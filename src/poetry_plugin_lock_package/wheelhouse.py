"""The wheelhouse: a folder with all files that an installation on some targets needs, and ``pylock.toml``.

This is the only part that uses the network on its own, to get files of which poetry.lock has the hashes.
"""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import suppress
from dataclasses import dataclass
from functools import reduce
from shutil import copyfile
from typing import TYPE_CHECKING

from packaging.utils import parse_wheel_filename
from poetry.core.packages.utils.link import Link

from poetry_plugin_lock_package.errors import LockPackageError, OptionError, WheelError
from poetry_plugin_lock_package.lock.model import is_hash_of
from poetry_plugin_lock_package.markers.operations import atoms
from poetry_plugin_lock_package.markers.regions import NOWHERE, Environments
from poetry_plugin_lock_package.notices import Notice
from poetry_plugin_lock_package.poetry_api import build_environment, choose_file, fetch, find_links, open_session
from poetry_plugin_lock_package.project import Release, release_key_of
from poetry_plugin_lock_package.targets import Target, parse_target
from poetry_plugin_lock_package.text import message_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.lock.model import LockedPackage
    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.project import ReleaseKey
    from poetry_plugin_lock_package.selection.select import Pin

# Of a named target, these are not known.
_UNKNOWN = ("platform_release", "platform_version")


@dataclass(frozen=True, slots=True)
class ChosenFile:
    """A file of a locked package that some targets need."""

    package: LockedPackage
    name: str
    hash: str
    """As in poetry.lock: ``sha256:…``."""
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Wheelhouse:
    """What the folder has to have."""

    targets: tuple[Target, ...]
    needed: Mapping[LockedPackage, tuple[Target, ...]]
    """The targets that need each pinned package, those that are built here included."""
    files: tuple[ChosenFile, ...]
    """The files to download."""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """What was done to have all files."""

    new: int
    size: int
    """The bytes of the new files."""
    present: int

    def __str__(self) -> str:
        files = f"{self.new} {'file' if self.new == 1 else 'files'}"
        size = f" ({_shown_size(self.size)})" if self.new else ""
        were = f", {self.present} {'was' if self.present == 1 else 'were'} there" if self.present else ""
        return f"Downloaded {files}{size}{were}"


def _shown_size(size: int) -> str:
    kilobyte, megabyte = 1_000, 1_000_000
    if size < kilobyte:
        return f"{size} bytes"
    return f"{size / kilobyte:.1f} kB" if size < megabyte else f"{size / megabyte:.1f} MB"


def plan_wheelhouse(plan: Plan, poetry: Poetry, names: Sequence[str]) -> Wheelhouse:
    """Choose the files for the targets ``names``, or for the Python of ``poetry build``, from the lock alone.

    Raises OptionError for a target that cannot be, and LockPackageError, with all of them, for packages of which no
    file fits a target, or for which too little is known of it.
    """
    targets = tuple(map(parse_target, dict.fromkeys(names))) or (_host(poetry),)
    for target in targets:
        if not target.is_in(plan.graph.python):
            raise OptionError(
                "--target", f"{target.name} is not in the Python range of the project, {plan.graph.python}"
            )
    needed = _needed(plan, targets)
    problems: list[str] = []
    files: dict[tuple[LockedPackage, str], list[Target]] = {}
    for package, where in needed.items():
        if package.source and package.source.type in ("git", "directory", "file"):
            # Built, or copied, here.
            continue
        candidates = _files_of(package)
        for target in where:
            release = (package.name, package.version)
            if candidates and (name := choose_file(release, candidates, target.tags, poetry)):
                files.setdefault((package, name), []).append(target)
            else:
                there = ", ".join(name for name, _ in candidates) or "no file"
                problems.append(f"{package.name} {package.version} has no file for {target.name}, only {there}")
    if problems:
        raise LockPackageError(f"{'; '.join(problems)}. Leave packages out with --ignore, or choose other targets")
    hashes = {(package, name): text for package in needed for name, text in package.files}
    chosen = tuple(ChosenFile(*key, hashes[key], tuple(of_file)) for key, of_file in files.items())
    by_name = {file.name: file.hash for file in chosen}
    if clashing := sorted({file.name for file in chosen if file.hash != by_name[file.name]}):
        raise LockPackageError(
            f"{', '.join(clashing)}: poetry.lock has different files of this name, from different sources. Make a"
            " wheelhouse for each target"
        )
    return Wheelhouse(targets, needed, chosen)


def _host(poetry: Poetry) -> Target:
    with build_environment(poetry) as environment:
        variables = {name: str(value) for name, value in environment.marker_env.items() if isinstance(value, str)}
        return Target("this machine", tuple(environment.supported_tags), variables, is_host=True)


def _needed(plan: Plan, targets: Sequence[Target]) -> dict[LockedPackage, tuple[Target, ...]]:
    """The targets that need each pinned package, with any extra and any patch release of their Python."""
    by_package = plan.selection.by_package
    markers = {target.name: target.marker for target in targets if not target.is_host}
    pinned = [pin.marker for pins in by_package.values() for pin in pins]
    environments = Environments([*pinned, *markers.values()], plan.graph.python)
    regions = {name: environments.region(marker) for name, marker in markers.items()}

    def needs(target: Target, package: LockedPackage, pins: Sequence[Pin]) -> bool:
        if target.is_host:
            return any(pin.marker.validate({**target.variables}) for pin in pins)
        here = regions[target.name]
        parts = (environments.intersection(here, environments.region(pin.marker)) for pin in pins)
        where = reduce(environments.union, parts, NOWHERE)
        if where not in (NOWHERE, here):
            names = {atom.name for pin in pins for atom in atoms(pin.marker)}
            if unknown := sorted(names.intersection(_UNKNOWN)):
                raise LockPackageError(
                    f"{package.name} depends on {' and '.join(unknown)}, which {target.name} does not tell. Leave it"
                    f" out with --ignore {package.name}"
                )
        return where != NOWHERE

    return {package: tuple(t for t in targets if needs(t, package, pins)) for package, pins in by_package.items()}


def _files_of(package: LockedPackage) -> tuple[tuple[str, str], ...]:
    """The locked files of ``package``, without those of other versions, which locks before format 2.0 have as well."""
    key = Release(package.name, package.version).key
    if package.source and package.source.type == "url":
        return package.files
    return tuple(file for file in package.files if release_key_of(file[0]) == key)


def find_sdists(wheelhouse: Wheelhouse) -> Iterator[Notice]:
    """The warnings about targets that have to build something."""
    for target in wheelhouse.targets:
        names = [
            file.package.name for file in wheelhouse.files if target in file.targets and not file.name.endswith(".whl")
        ]
        if names:
            yield Notice("sdist-in-wheelhouse", tuple(names), {"target": target.name})


def check_built(wheelhouse: Wheelhouse, files: Iterable[Path]) -> None:
    """Raise WheelError if no file of a release that was built or copied here fits one of the targets that need it."""
    needed: defaultdict[ReleaseKey | None, list[Target]] = defaultdict(list)
    for package, where in wheelhouse.needed.items():
        needed[Release(package.name, package.version).key].extend(where)
    by_release: defaultdict[ReleaseKey | None, list[Path]] = defaultdict(list)
    for file in files:
        by_release[release_key_of(file.name)].append(file)
    for release, same in by_release.items():
        # The wheels of the project are for all targets.
        targets = needed.get(release, wheelhouse.targets)
        # An sdist is for all of them.
        tags = [parse_wheel_filename(file.name)[3] for file in same if file.suffix == ".whl"]
        unfit = [target.name for target in targets if all(some.isdisjoint(target.tags) for some in tags)]
        if unfit and len(tags) == len(same):
            raise WheelError(
                f"{', '.join(file.name for file in same)} is built for this machine, and does not fit"
                f" {', '.join(unfit)}. Run this there"
            )


def download(
    wheelhouse: Wheelhouse, poetry: Poetry, folder: Path, scratch: Path, shown: Callable[[str], None]
) -> Downloaded:
    """Get each file of ``wheelhouse`` into ``folder`` that is not there yet with its hash; several at once.

    ``scratch`` is a temporary folder on the same file system. Files appear when they are complete, and stay whatever
    happens to others. ``shown`` is told what goes on. Raises LockPackageError for a file that the source does not have,
    or that has another hash.
    """
    # Two sources can have the same file.
    files = {file.name: file for file in wheelhouse.files}
    missing = [file for file in files.values() if not _is_there(folder / file.name, file.hash)]
    done = size = 0
    if missing:
        session, workers = open_session(poetry)
        folder.mkdir(parents=True, exist_ok=True)
        executor = ThreadPoolExecutor(workers)
        try:
            tasks = [executor.submit(_fetch, poetry, session, file, folder, scratch) for file in missing]
            for future in as_completed(tasks):
                size += future.result()
                done += 1
                shown(f"Downloading {done}/{len(missing)}")
        finally:
            executor.shutdown(cancel_futures=True)
            with suppress(OSError):
                # Only if nothing has arrived.
                folder.rmdir()
    return Downloaded(done, size, len(files) - done)


def _is_there(path: Path, expected: str) -> bool:
    return path.is_file() and is_hash_of(expected, path.read_bytes())


def _fetch(poetry: Poetry, session: object, file: ChosenFile, folder: Path, scratch: Path) -> int:
    """Put ``file`` into ``folder``; returns its size."""
    package = file.package
    index = package.source.reference if package.source and package.source.type == "legacy" else None
    try:
        if package.source and package.source.type == "url" and package.source.address:
            link: Link | None = Link(package.source.address)
        else:
            link = find_links(poetry, package.name, package.version, index).get(file.name)
        fetched = fetch(poetry, session, link) if link else None
    except Exception as error:  # noqa: BLE001 - whatever Poetry and its libraries raise
        raise LockPackageError(f"{file.name} cannot be downloaded: {message_of(error)}. Run this again") from None
    where = f"the source {index}" if index else "the index"
    if fetched is None:
        raise LockPackageError(
            f"{file.name} is in poetry.lock, and {where} does not offer it. Check its address and your credentials, or"
            " run `poetry lock`"
        )
    copyfile(fetched, scratch / file.name)
    if not _is_there(scratch / file.name, file.hash):
        raise LockPackageError(
            f"{file.name} on {where} is not the file that poetry.lock has the hash of. Find out who changed it"
        )
    (scratch / file.name).replace(folder / file.name)
    return (folder / file.name).stat().st_size

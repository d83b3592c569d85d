"""Put what was built in place: the lock project, or wheels and the files beside them. All or nothing appears."""

from __future__ import annotations

import os
import signal
import stat
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from secrets import token_hex
from shutil import copy2, rmtree
from threading import current_thread, main_thread
from typing import TYPE_CHECKING, NoReturn

from poetry_plugin_lock_package import constraints
from poetry_plugin_lock_package.errors import OptionError, OutputError
from poetry_plugin_lock_package.notices import OutputFacts
from poetry_plugin_lock_package.project import release_key_of
from poetry_plugin_lock_package.pylock import NAME, render_pylock
from poetry_plugin_lock_package.pyproject import HEADER, files_of, module_of, write_files
from poetry_plugin_lock_package.text import message_of, shown_path
from poetry_plugin_lock_package.wheel.build import announce, build_wheels
from poetry_plugin_lock_package.wheel.requirements import requires_same
from poetry_plugin_lock_package.wheelhouse import check_built, download

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.pyproject import LockProject
    from poetry_plugin_lock_package.wheel.build import BuiltFile
    from poetry_plugin_lock_package.wheelhouse import Downloaded, Wheelhouse

# By default, these end a process before it can remove anything. Windows does not have the second one.
_ENDING = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))
# On Windows, Python 3.13 would keep other users from all files that are made in a private folder, also after they are
# moved out of it.
_MODE = 0o777 if os.name == "nt" else 0o700


@dataclass(frozen=True, slots=True)
class Output:
    """Where a build goes, and what is written beside the wheel."""

    folder: Path = Path("dist")
    """Relative to the project, as in ``poetry build``."""
    constraints: bool = False
    sbom: bool = False
    dry_run: bool = False
    """Whether nothing is written: all but the last step is done, and the project itself is not built."""
    targets: tuple[str, ...] = ()
    """The targets, if the folder is a wheelhouse; none stands for this machine."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a run has done."""

    files: tuple[str, ...] = ()
    """The paths of all files that were written, relative to the project where they are in it."""
    done: tuple[str, ...] = ()
    """Each step, for people."""


def inspect_output(plan: Plan, output: Output) -> OutputFacts:
    """Check that ``plan`` can be built into ``output``; return what the notices need to know of the folder.

    Raises OptionError if the folder is a file or a library is missing, LockPackageError if there can be no
    constraints, and OutputError if a file cannot be read.
    """
    folder = plan.project.folder / output.folder
    if os.path.isfile(folder):  # noqa: PTH113 - it does not fail on names that no file can have
        raise OptionError("--output", f"has to be a folder, and {output.folder} is a file. Choose another")
    lines = (
        constraints.make_constraints(plan, None if plan.options.all_wheels else folder) if output.constraints else ()
    )
    if output.sbom and find_spec("cyclonedx") is None:
        raise OptionError(
            "--sbom",
            "needs cyclonedx-python-lib, which is not installed. Run `pipx inject poetry cyclonedx-python-lib`, or"
            " `poetry self add cyclonedx-python-lib`",
        )
    # Where the pins go into the project's own wheel, such a wheel is an error when the new one is there.
    replaced = () if plan.pinned_metadata else _replaced_wheels(plan, folder)
    has_all_hashes = plan.options.all_wheels or all(line.hashes for line in lines)
    return OutputFacts(output.folder, tuple(replaced), output.constraints, has_all_hashes)


def deliver(  # noqa: PLR0913 - what is built, where, and what else goes there
    plan: Plan,
    poetry: Poetry,
    output: Output,
    commit: Callable[[], None] = lambda: None,
    *,
    wheelhouse: Wheelhouse | None = None,
    show: Callable[[str], None] = lambda _: None,
) -> Delivered:
    """Build the wheels of ``plan`` and put them into ``output`` with what goes beside them, or into a ``wheelhouse``.

    ``commit`` is called when all files are in place, and ``show`` is told what is being downloaded. Raises a
    LockPackageError if a file cannot be built, downloaded or put there.
    """
    folder = plan.project.folder / output.folder
    if output.dry_run:
        return Delivered(done=tuple(_announced(plan, poetry, output, wheelhouse)))
    with staging_folder(folder, str(output.folder)) as scratch:
        downloaded = _download(wheelhouse, poetry, folder, scratch, show) if wheelhouse else None
        built = build_wheels(plan, poetry, scratch, folder)
        wheels = [file.path for file in built if file.kind != "path"]
        beside = [file for file in built if file.kind == "path"]
        files = [*wheels, *_write_beside(plan, output, wheels, scratch / "beside")]
        if wheelhouse:
            files.append(_write_pylock(plan, wheelhouse, [file for file in built if file.kind != "lock"], scratch))
        targets = {file: folder / file.name for file in (*files, *(file.path for file in beside))}
        stale = tuple(_stale_files(folder, wheels, {*targets.values()}))
        # Move the wheels last: until then, those in the folder have not changed.
        with in_place(dict(reversed(targets.items())), scratch, plan.project.folder, stale):
            commit()
    shown = {file: shown_path(path, plan.project.folder) for file, path in targets.items()}
    there = [folder / file.name for file in wheelhouse.files] if wheelhouse else []
    others = sorted(path.name for path in set(folder.iterdir()).difference(targets.values(), there)) if there else []
    removed = [shown_path(path, plan.project.folder) for path in stale]
    done = tuple(_steps(built, shown, downloaded, removed, others))
    return Delivered((*shown.values(), *(shown_path(path, plan.project.folder) for path in there)), done)


def _steps(
    built: Sequence[BuiltFile],
    shown: Mapping[Path, str],
    downloaded: Downloaded | None,
    removed: Iterable[str],
    others: Collection[str],
) -> Iterator[str]:
    """What was done to put the files in place that are ``shown`` by their new paths."""
    beside = [file for file in built if file.kind == "path"]
    paths = {file.path for file in beside}
    files = [file for file in shown if file not in paths]
    yield from (f"{'Copied' if file.copied else 'Built'} {file.path.name}" for file in beside)
    yield from (f"Built {file.name}" for file in files if file.suffix == ".whl")
    yield from ([str(downloaded)] if downloaded else [])
    yield from (f"Wrote {shown[file]}" for file in files if file.suffix != ".whl")
    yield from (
        f"Removed user names and passwords in URLs from {file.path.name}: {', '.join(file.cleaned)}"
        for file in sorted(built, key=lambda file: file.kind != "path")
        if file.cleaned
    )
    yield from (f"Removed {path}, which belonged to the wheel that was replaced" for path in removed)
    if others:
        yield f"Left {', '.join(others)}, which does not belong to this lock"


def _announced(plan: Plan, poetry: Poetry, output: Output, wheelhouse: Wheelhouse | None) -> Iterator[str]:
    """What would be done if this was no dry run; raises as ``deliver`` if that can be known."""
    yield from (f"Would {action}" for action in announce(plan))
    yield from (f"Would download {file.name}" for file in (wheelhouse.files if wheelhouse else ()))
    # A build backend works in the project's folder, and may leave files of its own there.
    if plan.pinned_metadata is None or plan.options.from_wheel:
        with staging_folder(None, "A temporary folder") as scratch:
            built = build_wheels(plan, poetry, scratch, plan.project.folder / output.folder, dry_run=True)
            wheels = [file.path for file in built if file.kind != "path"]
            for _ in _write_beside(plan, output, wheels, scratch / "beside"):
                pass


def _download(
    wheelhouse: Wheelhouse, poetry: Poetry, folder: Path, scratch: Path, show: Callable[[str], None]
) -> Downloaded:
    # Build backends expect an empty folder later.
    with tempfile.TemporaryDirectory(dir=scratch) as downloads:
        return download(wheelhouse, poetry, folder, Path(downloads), show)


def _write_pylock(plan: Plan, wheelhouse: Wheelhouse, built: Sequence[BuiltFile], scratch: Path) -> Path:
    check_built(wheelhouse, [file.path for file in built])
    hashes = {file.path.name: constraints.hash_of(file.path) for file in built}
    path = scratch / NAME
    path.write_bytes(render_pylock(plan, wheelhouse, hashes).encode())
    return path


def write_lock_project(lock_project: LockProject, parent: Path, commit: Callable[[], None] = lambda: None) -> Delivered:
    """Write ``lock_project`` to the folder of its name in ``parent``, or update the one there.

    ``commit`` is called when all is in place. Raises OutputError if something else has the name.
    """
    folder = parent / lock_project.name
    with staging_folder(parent, lock_project.name) as scratch:
        staged = scratch / lock_project.name
        targets = {staged: folder}
        if find_lock_project(lock_project.name, parent):
            # Move pyproject.toml last: until then, the pins have not changed.
            targets = {staged / file: folder / file for file in reversed(files_of(lock_project))}
        write_files(lock_project, staged)
        with in_place(targets, scratch, parent):
            commit()
    files = tuple(f"{folder.name}/{file}" for file in files_of(lock_project))
    return Delivered(files, (f"Wrote the lock project {folder.name}. Add --build for a wheel",))


def find_lock_project(name: str, parent: Path) -> Path | None:
    """Return the folder of the lock project ``name`` in ``parent``, or None if nothing has that name.

    Raises OutputError if something else has it, or a link in the lock project leads elsewhere.
    """
    folder = parent / name
    with _file_errors(f"{name} cannot be written"):
        try:
            folder.lstat()
        except FileNotFoundError:
            return None
    try:
        with (folder / "pyproject.toml").open(encoding="utf-8") as file:
            has_header = file.readline().rstrip() == HEADER
    except (OSError, UnicodeDecodeError):
        has_header = False
    if not has_header or any(path.is_symlink() for path in (folder, folder / module_of(name), folder / "tests")):
        raise OutputError(f"{folder.name} already exists and is not a lock project. Rename or remove it")
    return folder


@contextmanager
def interruptible() -> Iterator[Callable[[], None]]:
    """Raise SystemExit for SIGTERM and SIGHUP, so that cleaning up is possible; yield a function that ends this.

    After that call, signals are ignored until the block ends: all is in place, and an exit code that tells of a
    failure would be wrong.
    """
    # Only the main thread can set handlers, and only it is interrupted.
    numbers = (signal.SIGINT, *_ENDING) if current_thread() is main_thread() else ()
    before = {number: signal.getsignal(number) for number in numbers}

    def commit() -> None:
        for number in before:
            signal.signal(number, signal.SIG_IGN)

    try:
        for number, handler in before.items():
            # `nohup` ignores SIGHUP, and a program that runs this one may have handlers of its own.
            if handler is signal.SIG_DFL and number in _ENDING:
                signal.signal(number, _exit)
        yield commit
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _exit(number: int, _frame: object) -> NoReturn:
    # The exit code that shells give a process that was ended by a signal.
    raise SystemExit(128 + number)


@contextmanager
def staging_folder(target: Path | None, what: str) -> Iterator[Path]:
    """Make a temporary folder for ``what``, from which files can be renamed into ``target``, which need not exist.

    It is in ``target``, or in the nearest folder above it that exists. So files get the group and the default ACL of
    that folder, and a rename is atomic because it does not leave the file system. Without ``target``, it is in the
    system's folder for temporary files. It is removed afterwards, with all temporary files that other code makes
    meanwhile. Raises OutputError, which names ``what``, if the folder cannot be made, and for every OSError in the
    block.
    """
    default = tempfile.tempdir
    with _file_errors(f"{what} cannot be written"):
        target = target or Path(tempfile.gettempdir())
        existing = next(parent for parent in (target, *target.parents) if parent.is_dir())
        # Choose the name first: whenever Ctrl-C comes, the folder can be found and removed.
        folder = existing / f".lock-package-{token_hex(8)}"
        try:
            folder.mkdir(mode=_MODE)
            tempfile.tempdir = str(folder)
            yield folder
        finally:
            tempfile.tempdir = default
            remove_tree(folder)


@contextmanager
def _file_errors(problem: str) -> Iterator[None]:
    """Turn an OSError into an OutputError that begins with ``problem``."""
    try:
        yield
    except OSError as error:
        raise OutputError(f"{problem}: {message_of(error)}") from None


def remove_tree(folder: Path) -> None:
    """Remove ``folder``, or as much of it as possible."""
    for parent, _, names in os.walk(folder):
        for path in (Path(parent), *(Path(parent, name) for name in names)):
            # Windows does not remove read-only files. What a link leads to is not ours.
            if not path.is_symlink():
                with suppress(OSError):
                    path.chmod(path.stat().st_mode | stat.S_IWRITE)
    rmtree(folder, ignore_errors=True)


@contextmanager
def in_place(files: Mapping[Path, Path], scratch: Path, parent: Path, removed: Iterable[Path] = ()) -> Iterator[None]:
    """Move each of ``files`` to the path that it maps to, and remove ``removed``; undo both if the block fails.

    Each move atomically replaces an older file, of which ``scratch`` keeps a copy until the block ends. ``scratch``
    has to be on the same file system. Missing folders are created, and removed again if the block fails. Raises
    OutputError if a file cannot be moved, with its path relative to ``parent`` if it is in there.
    """
    with ExitStack() as undo:
        for number, path in enumerate(removed):
            with _file_errors(f"{shown_path(path, parent)} cannot be removed"):
                _move(path, scratch / f".removed-{number}", undo)
        for number, (file, target) in enumerate(files.items()):
            with _file_errors(f"{shown_path(target, parent)} cannot be written"):
                for folder in reversed(target.parents):
                    if not folder.exists():
                        undo.callback(_remove_empty, folder)
                target.parent.mkdir(parents=True, exist_ok=True)
                kept = scratch / f".kept-{number}"
                if target.is_symlink() or target.is_file():
                    copy2(target, kept, follow_symlinks=False)
                _move(file, target, undo, kept)
        yield
        undo.pop_all()


def _move(file: Path, target: Path, undo: ExitStack, kept: Path | None = None) -> None:
    # Register how to undo a step before the step, so that Ctrl-C cannot come in between.
    undo.callback(_move_back, file, target, kept)
    file.replace(target)


def _move_back(file: Path, target: Path, kept: Path | None) -> None:
    """Undo that ``file`` became ``target``, of which ``kept`` is a copy of what was there before."""
    if os.path.lexists(file):
        # It was not moved, so the target belongs to another run.
        return
    # If this fails, the cause is most likely the error that is being reported.
    with suppress(OSError):
        if kept and os.path.lexists(kept):
            kept.replace(target)
        else:
            target.replace(file)


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _write_beside(plan: Plan, output: Output, wheels: Sequence[Path], path_wheels: Path) -> Iterator[Path]:
    """Write the files that go beside ``wheels`` into the folder of these; the folder ``path_wheels`` has the others."""
    texts = {}
    if output.constraints:
        local: Path | None = plan.project.folder / output.folder
        if plan.options.all_wheels:
            local = None if output.dry_run else path_wheels
        lines = constraints.make_constraints(plan, local)
        name = constraints.constraints_name(wheels[0].name)
        texts[name] = constraints.render_constraints(wheels, plan.options.as_extra, lines)
    if output.sbom:
        # Loaded only here: its library is optional.
        from poetry_plugin_lock_package.sbom import render_sbom

        texts[_sbom_name(wheels[0].name)] = render_sbom(plan)
    for name, text in texts.items():
        file = wheels[0].with_name(name)
        file.write_bytes(text.encode())
        yield file


def _stale_files(output: Path, wheels: Sequence[Path], new: Collection[Path]) -> Iterator[Path]:
    """Find constraints and an SBOM in ``output``, not among the ``new`` files, of other wheels than ``wheels``."""
    path = output / constraints.constraints_name(wheels[0].name)
    if path not in new and path.is_file() and not path.is_symlink():
        text = path.read_text(encoding="utf-8", errors="replace")
        if text.startswith(constraints.HEADER) and not all(constraints.hash_of(wheel) in text for wheel in wheels):
            yield path
    earlier, sbom = output / wheels[0].name, output / _sbom_name(wheels[0].name)
    is_stale = sbom not in new and sbom.is_file() and earlier.is_file()
    if is_stale and constraints.hash_of(earlier, output.parent) != constraints.hash_of(wheels[0]):
        yield sbom


def _replaced_wheels(plan: Plan, folder: Path) -> list[str]:
    """Name the wheels in ``folder`` with the name and version of the lock package that pin other packages."""
    # A name that no folder can have is an error later, when it is to be made.
    with suppress(OSError):
        same = [p for p in folder.glob("*.whl") if release_key_of(p.name) == plan.release.key and p.is_file()]
        return sorted(path.name for path in same if not requires_same(path, plan))
    return []


def _sbom_name(wheel_name: str) -> str:
    return "-".join(wheel_name.split("-")[:2]) + ".cdx.json"

"""A run of the command, from its options to its exit code."""

from __future__ import annotations

import atexit
import gc
from contextlib import suppress
from typing import TYPE_CHECKING

from cleo.io.outputs.output import Verbosity

from poetry_plugin_lock_package.cli.options import Mode
from poetry_plugin_lock_package.cli.printer import Printer
from poetry_plugin_lock_package.cli.report import build_document, diff_document, diff_lines, report_pins
from poetry_plugin_lock_package.cli.request import make_request, merge, origin_of, read_settings
from poetry_plugin_lock_package.deliver import (
    Delivered,
    deliver,
    find_lock_project,
    inspect_output,
    interruptible,
    write_lock_project,
)
from poetry_plugin_lock_package.errors import LockPackageError
from poetry_plugin_lock_package.notices import OutputFacts, find_left_out_notices, find_notices
from poetry_plugin_lock_package.plan import find_release, plan
from poetry_plugin_lock_package.poetry_api import load_project, read_pyproject
from poetry_plugin_lock_package.project import read_project
from poetry_plugin_lock_package.pylock import check_packaging
from poetry_plugin_lock_package.wheel.comparison import compare
from poetry_plugin_lock_package.wheelhouse import find_sdists, plan_wheelhouse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from cleo.io.io import IO
    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.cli.request import Request, Value
    from poetry_plugin_lock_package.notices import Notice
    from poetry_plugin_lock_package.project import Release


def run(io: IO, load: Callable[[], Poetry], given: Mapping[str, Value]) -> int:
    """Do what the options ``given`` ask for in the project that ``load`` loads.

    Returns 0 if that was done, 1 for an error, which is written on one line, and 2 if ``--diff`` finds a difference.
    """
    _skip_last_garbage_collection()
    values = merge(given, {})
    try:
        poetry = _load(io, load)
        values = merge(given, read_settings(read_pyproject(poetry)))
        request = make_request(poetry, values, explain=io.is_verbose())
        release = find_release(read_project(poetry, request.options.version), request.options)
        if request.compared:
            return _compare(poetry, request, request.compared, Printer(io, result_only=True))
        _write(poetry, release, request, Printer(io, result_only=request.output.dry_run or request.as_json))
    except LockPackageError as error:
        Printer(io).fail(f"{error}{origin_of(error, values)}")
        return 1
    return 0


def _skip_last_garbage_collection() -> None:
    if hasattr(gc, "freeze"):  # pragma: no branch - PyPy has none
        # For a large lock, it takes as long as building the wheel.
        atexit.register(gc.freeze)


def _load(io: IO, load: Callable[[], Poetry]) -> Poetry:
    verbosity = io.output.verbosity
    if io.is_debug():
        # Poetry would show where the project and its sources are, passwords included.
        io.set_verbosity(Verbosity.VERY_VERBOSE)
    try:
        return load_project(load)
    finally:
        io.set_verbosity(verbosity)


def _write(poetry: Poetry, release: Release, request: Request, printer: Printer) -> None:
    """Write the lock project or build wheels: first the notices, then the work, then the report."""
    output, builds = request.output, request.mode is Mode.BUILD
    action = "Building" if builds else "Writing"
    printer.heading(action, release)
    with printer.progress("Reading poetry.lock"):
        planned = plan(poetry, request.options)
        facts = inspect_output(planned, output) if builds else OutputFacts()
        if not builds:
            # Something else may have the name.
            find_lock_project(planned.lock_project.name, planned.project.folder)
        house = None
        if request.options.wheelhouse:
            check_packaging()
            house = plan_wheelhouse(planned, poetry, output.targets)
        notices = (*request.notices, *find_notices(planned, facts), *(find_sdists(house) if house else ()))
    _show(notices, request, printer)
    with interruptible() as commit:
        with printer.progress(action) as show:
            if builds:
                delivered = deliver(planned, poetry, output, commit, wheelhouse=house, show=show)
            elif output.dry_run:
                delivered = Delivered()
            else:
                delivered = write_lock_project(planned.lock_project, planned.project.folder, commit)
        commit()
        # All is done, also if nobody reads what.
        with suppress(BrokenPipeError):
            report_pins(planned, printer)
            for line in (*delivered.done, *(["Nothing was written (--dry-run)"] if output.dry_run else [])):
                printer.step(line)
            if request.as_json:
                printer.result(build_document(planned, notices, delivered.files))
            elif output.dry_run:
                pinned = planned.pinned_metadata
                printer.result(pinned.lines() if pinned else planned.lock_project.pyproject)


def _compare(poetry: Poetry, request: Request, wheel: Path, printer: Printer) -> int:
    """Show what would change from ``wheel`` to the one that would be built: 0 if both require the same, 2 if not."""
    with printer.progress("Reading poetry.lock"):
        planned = plan(poetry, request.options)
        comparison = compare(wheel, planned)
    _show((*request.notices, *find_left_out_notices(planned)), request, printer)
    with suppress(BrokenPipeError):
        if request.as_json:
            printer.result(diff_document(comparison, wheel))
        else:
            printer.result_lines(diff_lines(comparison))
    return 0 if comparison.is_same else 2


def _show(notices: Sequence[Notice], request: Request, printer: Printer) -> None:
    for notice in notices:
        printer.notice(notice)
    count = sum(not notice.is_note for notice in notices)
    if request.strict and count:
        are = "the warning above is an error" if count == 1 else f"the {count} warnings above are errors"
        nothing = "With" if request.compared else "Nothing was written, because with"
        raise LockPackageError(f"{nothing} --strict {are}", options=["strict"])

"""A run of the command, from its options to its exit code."""

from __future__ import annotations

import atexit
import gc
from typing import TYPE_CHECKING

from cleo.io.outputs.output import Verbosity

from poetry_plugin_lock_package.cli import report
from poetry_plugin_lock_package.cli.diff import diff_document, diff_lines
from poetry_plugin_lock_package.cli.printer import Printer
from poetry_plugin_lock_package.cli.request import make_request
from poetry_plugin_lock_package.cli.settings import TABLE, read_settings
from poetry_plugin_lock_package.cli.values import Mode, merge
from poetry_plugin_lock_package.errors import LockPackageError, StrictError
from poetry_plugin_lock_package.output.commit import uninterrupted_from
from poetry_plugin_lock_package.output.delivery import Delivery, check_output, check_sbom_library, constrain, deliver
from poetry_plugin_lock_package.output.lock_folder import find_lock_project, staged_lock_project
from poetry_plugin_lock_package.plan import find_release, plan
from poetry_plugin_lock_package.plan_warnings.find import find_warnings
from poetry_plugin_lock_package.plan_warnings.ignored import pattern_warnings
from poetry_plugin_lock_package.plan_warnings.provided import provided_warnings
from poetry_plugin_lock_package.poetry_api.reading import load_project, read_pyproject
from poetry_plugin_lock_package.project import read_project
from poetry_plugin_lock_package.wheel.comparison import compare

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from cleo.io.io import IO
    from poetry.poetry import Poetry

    from poetry_plugin_lock_package.cli.request import Request
    from poetry_plugin_lock_package.cli.values import Value
    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.project import Release


def run(io: IO, load: Callable[[], Poetry], given: Mapping[str, Value]) -> int:
    """Do what the options ``given`` ask for in the project that ``load`` makes Poetry load.

    Returns 0 if that was done, and 1 for an error, which is said on one line. With `--diff`, 1 also stands for a
    difference.
    """
    _skip_last_garbage_collection()
    values = merge(given, {})
    try:
        poetry = _load(io, load)
        values = merge(given, read_settings(read_pyproject(poetry).get("tool", {}).get(TABLE, {})))
        request = make_request(poetry, values, explain=io.is_verbose())
        release = find_release(read_project(poetry, request.options.version), request.options)
        if request.compared:
            return _compare(poetry, request, request.compared, Printer(io, result_only=True))
        _make(poetry, release, request, Printer(io, result_only=request.dry_run))
    except LockPackageError as error:
        # An option that nobody has given comes from the settings: say where they are.
        names = values.set_by_settings(error.options)
        hint = f" (pyproject.toml, tool.{TABLE}: {', '.join(names)})" if names else ""
        Printer(io).fail(f"{error}{hint}")
        return 1
    return 0


def _skip_last_garbage_collection() -> None:
    if hasattr(gc, "freeze"):  # pragma: no branch - PyPy has none
        # When the process ends, Python looks for garbage in all objects that a large lock has become, which takes as
        # long as building the wheel, and helps nobody.
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


def _make(poetry: Poetry, release: Release, request: Request, printer: Printer) -> None:
    """Write the lock project or build the lock package: warnings first, then the work, then its result."""
    builds = request.mode is Mode.BUILD
    doing = "Building" if builds else "Writing"
    printer.heading(doing, release)
    with printer.progress("Reading poetry.lock"):
        planned = plan(poetry, request.options)
        delivery = _delivery(planned, request)
        warnings = (*request.warnings, *find_warnings(planned, delivery, builds=builds))
    for warning in warnings:
        printer.warn(warning)
    if request.strict and warnings:
        raise StrictError(len(warnings))
    with uninterrupted_from() as commit:
        with printer.progress(doing):
            done = _carry_out(planned, poetry, request, delivery, commit)
        with printer.reporting():
            _report(planned, done, printer)
            if request.dry_run:
                pinned = planned.pinned_metadata
                printer.result(str(pinned) if pinned else planned.lock_project.pyproject)


def _compare(poetry: Poetry, request: Request, wheel: Path, printer: Printer) -> int:
    """Show what would change from ``wheel`` to the one that would be built; return 0 if both require the same."""
    with printer.progress("Reading poetry.lock"):
        planned = plan(poetry, request.options)
        comparison = compare(wheel, planned)
    warnings = (*request.warnings, *pattern_warnings(planned), *provided_warnings(planned))
    for warning in warnings:
        printer.warn(warning)
    if request.strict and warnings:
        raise StrictError(len(warnings))
    with printer.reporting():
        if request.as_json:
            printer.result(diff_document(comparison, wheel))
        else:
            printer.result_lines(diff_lines(comparison))
    return 0 if comparison.is_same else 1


def _report(plan: Plan, done: list[str], printer: Printer) -> None:
    """Say what is pinned, and what was ``done``."""
    printer.step(report.pinned(plan))
    if printer.is_verbose:
        reasons = report.reasons(plan)
        for pin, note in report.explained_pins(plan, reasons):
            printer.detail(pin, note)
        left_out = report.explained_absences(plan, reasons)
    else:
        left_out = report.left_out(plan)
    for line in (*left_out, *done):
        printer.step(line)


def _delivery(plan: Plan, request: Request) -> Delivery:
    """Where the wheel of ``plan`` goes, and what goes beside it; errors are found before anything is done."""
    if request.mode is Mode.BUILD:
        check_output(plan, request.output)
    else:
        # Something else may have the name.
        find_lock_project(plan.lock_project.name, plan.project.folder)
    constraints = constrain(plan, request.output) if request.constraints else None
    if request.sbom:
        check_sbom_library()
    return Delivery(request.output, constraints, sbom=request.sbom, dry_run=request.dry_run)


def _carry_out(
    plan: Plan, poetry: Poetry, request: Request, delivery: Delivery, commit: Callable[[], None]
) -> list[str]:
    """Do what ``request`` asks for, and call ``commit`` once all is in place; return what was done."""
    done: list[str] = []
    if request.mode is Mode.BUILD:
        done += report.deliveries(deliver(plan, poetry, delivery, commit))
    elif not delivery.dry_run:
        with staged_lock_project(plan.lock_project, plan.project.folder) as folder:
            commit()
        done.append(f"Wrote {folder.name}")
    commit()
    return [*done, *(["Nothing was written (--dry-run)"] if delivery.dry_run else [])]

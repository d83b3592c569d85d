"""What is said about a lock package: what it pins, and what was done, as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry_plugin_lock_package.plan_warnings.model import names_of, pinned_packages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from poetry_plugin_lock_package.output.delivery import Delivered, Delivery
    from poetry_plugin_lock_package.plan import Plan


def summary(plan: Plan) -> Iterator[str]:
    """How many packages are pinned, which were ignored, and which were dropped with them."""
    pinned = len(pinned_packages(plan))
    yield f"Pinned {pinned} {'package' if pinned == 1 else 'packages'}"
    if plan.selection.ignored:
        yield f"Ignored {', '.join(names_of(plan.selection.ignored))}"
    if plan.selection.dropped:
        yield f"Dropped with them {', '.join(names_of(plan.selection.dropped))}"


def details(plan: Plan) -> Iterator[str]:
    """Every pin, and the extra that it belongs to."""
    for pin in plan.pins:
        yield f"Pinning {pin} (extra {pin.extra})" if pin.extra else f"Pinning {pin}"


def deliveries(delivered: Delivered, delivery: Delivery) -> Iterator[str]:
    """What was built, and where it went."""
    for file in delivered.files:
        yield f"{'Built' if file.suffix == '.whl' else 'Wrote'} {file.name}"
    if delivery.target:
        repository = delivery.target.repository
        if delivery.dry_run:
            yield f"Would be published to {repository}"
        elif delivered.published:
            yield f"Published to {repository}"
        else:
            yield f"Not published: {repository} has a file of that name already"

"""Random projects that Poetry's solver has locked, in formats that record nothing, in one environment at a time."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from poetry_plugin_lock_package.errors import LockError
from tests import kit
from tests.properties.case import ROOT, Case, Choice
from tests.properties.drawing import examples, ignores, projects, quarters
from tests.properties.environments import Environment, Extras, supported
from tests.properties.installed import OldLock, required
from tests.properties.locking import lock
from tests.properties.projects import Project


@examples(5)
@given(projects(), st.builds(Choice, patterns=st.just(()) | ignores), st.sampled_from(["1.1", "2.0"]), quarters)
def test_old_locks_install_what_poetry_installs(project: Project, choice: Choice, version: str, quarter: int) -> None:
    """From a lock that records nothing, a wheel requires what Poetry's solver finds for each environment.

    With packages ignored, it does so where the metadata explains what the solver finds.
    """
    with TemporaryDirectory() as folder:
        path = lock(Path(folder, "project"), project)
        # What the lock says about its edges, before it is made old.
        new = Case.of(path, project, choice)
        poetry = kit.load(kit.make_old(path, version))
        try:
            wheel = replace(new, poetry=poetry).build(Path(folder, "built"))
        except LockError:
            return
        old = OldLock(poetry)
        for environment in supported(project.python, quarter):
            base = stays(new, old, environment, frozenset())
            for extras in (frozenset[str](), *(frozenset({extra}) for extra in project.extras)):
                kept = stays(new, old, environment, extras)
                if kept is None or (choice.patterns and base is None):
                    continue
                if choice.patterns:
                    # A wheel's extras can only add: what stays without them stays with them as well.
                    kept |= base or set()
                found = required(wheel.requirements, environment, extras)
                assert found == {ROOT, *(f"{name}=={version}" for name, version in kept)}, (environment, extras)


def stays(new: Case, old: OldLock, environment: Environment, extras: Extras) -> set[tuple[str, str]] | None:
    """What Poetry installs from ``old``, less what is ignored; None if there is no solution or it is not explained."""
    installed = old.installed(environment, extras)
    if installed is None or not new.choice.patterns:
        return None if installed is None else {*installed.items()}
    walk = new.explained(environment, extras, installed)
    return walk.expected(new.choice.ignored) if walk else None

"""Random projects that Poetry's solver has locked, to the wheel and back, in one environment at a time."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from poetry_plugin_lock_package import plan
from tests.properties.case import ROOT, Case, Choice
from tests.properties.drawing import chosen_extras, chosen_groups, examples, ignores, projects, quarters
from tests.properties.installed import required
from tests.properties.locking import lock
from tests.properties.projects import Project


@examples(2)
@given(projects(), st.builds(Choice, chosen_groups, chosen_extras), quarters)
def test_wheel_installs_what_poetry_installs(project: Project, choice: Choice, quarter: int) -> None:
    """A wheel requires, in every environment and with any extras, exactly what Poetry installs there."""
    with TemporaryDirectory() as folder:
        case = Case.of(lock(Path(folder, "project"), project), project, choice)
        wheel = case.build(Path(folder, "built"))
    root = {ROOT} if "main" in choice.groups else set()
    for environment, extras in case.views(quarter):
        found = required(wheel.requirements, environment, extras)
        selected = case.lock.selected(environment, extras | choice.base(project))
        assert found == root | {f"{name}=={version}" for name, version in selected}, (environment, extras)


@examples(2)
@given(projects(), st.builds(Choice, chosen_groups, chosen_extras, ignores), quarters)
def test_ignored_packages_take_only_their_own_with_them(project: Project, choice: Choice, quarter: int) -> None:
    """`--ignore` leaves out, in every environment, the ignored packages and what only they led to there."""
    with TemporaryDirectory() as folder:
        case = Case.of(lock(Path(folder, "project"), project), project, choice)
        wheel = case.build(Path(folder, "built"))
    for environment, extras in case.clear_views(quarter):
        found = required(wheel.requirements, environment, extras)
        assert found == case.expected(environment, extras), (environment, extras)


@examples(2)
@given(projects(), st.builds(Choice, st.just(("main",)), chosen_extras, ignores | st.just(())), quarters)
def test_each_extra_of_the_own_wheel_stands_for_itself(project: Project, choice: Choice, quarter: int) -> None:
    """With `--as-extra`, each extra alone requires exactly what stays for that extra, taken away or not."""
    with TemporaryDirectory() as folder:
        case = Case.of(lock(Path(folder, "project"), project), project, choice)
        pinned_metadata = plan.plan(case.poetry, choice.options(project, as_extra="locked")).pinned_metadata
    assert pinned_metadata is not None
    requirements = [Requirement(pin.requires_dist) for pin in pinned_metadata.pins]
    for environment, extras in case.clear_views(quarter):
        if not extras:
            assert not required(requirements, environment, frozenset())
            assert required(requirements, environment, frozenset({"locked"})) == case.kept(
                environment, choice.base(project)
            )
        elif len(extras) == 1:
            (extra,) = extras
            found = required(requirements, environment, frozenset({f"locked-{extra}"}))
            assert found == case.kept(environment, choice.base(project) | extras), (environment, extras)

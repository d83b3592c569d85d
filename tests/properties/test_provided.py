"""Random locks with random lists of what a platform provides, against a walk in one environment at a time."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from poetry_plugin_lock_package import plan
from poetry_plugin_lock_package.selection.provided import parse_provided
from tests.properties.case import ROOT, Case, Choice
from tests.properties.drawing import NAMES, chosen_extras, chosen_groups, examples, ignores, markers, projects, quarters
from tests.properties.environments import holds
from tests.properties.installed import required
from tests.properties.locking import lock
from tests.properties.projects import Project
from tests.properties.test_odd_locks import OddLock, odd_locks

# A name, the text behind it in a list, and the marker under which it is provided. The versions are those of the locks
# and others.
Lines = tuple[tuple[str, str, str], ...]

_VERSIONS = st.sampled_from(("", "==0.9", "==1.0", "==2.0.post1", "==2.0rc1", "==4.0"))
_CONDITIONS = ('python_version < "3.10"', 'sys_platform == "win32"', 'implementation_name == "pypy"')
lines_of_lists = st.lists(
    st.tuples(st.sampled_from((*NAMES, "other")), _VERSIONS, markers(_CONDITIONS)), min_size=2, max_size=5
).map(tuple)
choices = st.builds(Choice, chosen_groups, chosen_extras, st.just(()) | ignores)


@examples(3)
@given(projects() | odd_locks(), choices, lines_of_lists, quarters)
def test_what_is_provided_is_left_out_where_it_is(
    drawn: Project | OddLock, choice: Choice, lines: Lines, quarter: int
) -> None:
    """In every environment, the wheel requires all but what is provided there and what only that needs there."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "project")
        if isinstance(drawn, OddLock):
            case = Case.of(drawn.write(path), drawn.project, choice, is_odd=True)
        else:
            case = Case.of(lock(path, drawn), drawn, choice)
        text = "\n".join(f"{name}{version}{marker and f' ; {marker}'}" for name, version, marker in lines)
        options = replace(choice.options(case.project), provided=(parse_provided(text.encode(), "list.txt"),))
        requirements = [Requirement(pin.requires_dist) for pin in plan.plan(case.poetry, options).pins]
    base = choice.base(case.project)
    for environment, extras in case.clear_views(quarter):
        left_out = choice.ignored | {name for name, _, marker in lines if holds(marker, environment)}
        expected = {ROOT} if "main" in choice.groups else set()
        for view in (base, *(base | {extra} for extra in extras)):
            walk = case.walk(environment, view, case.lock.installed(environment, view))
            stays = walk.expected(left_out)
            expected |= {f"{name}=={version}" for name, version in stays}
        assert required(requirements, environment, extras) == expected, (environment, extras)

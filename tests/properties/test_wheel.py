"""Random projects that Poetry's solver has locked, to the wheel and back, in one environment at a time."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import tomlkit
from hypothesis import assume, given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from poetry_plugin_lock_package import backend, plan
from tests.properties.case import ROOT, Case, Choice
from tests.properties.drawing import chosen_extras, chosen_groups, examples, ignores, projects, quarters
from tests.properties.installed import required
from tests.properties.locking import lock
from tests.properties.projects import NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

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
@given(projects(), st.builds(Choice, chosen_groups, chosen_extras, ignores | st.just(())))
def test_backend_pins_what_the_command_pins(project: Project, choice: Choice) -> None:
    """The build backend gives the pins of `--project-wheel`, after the requirements that are static."""
    assume("main" in choice.groups)
    with TemporaryDirectory() as name:
        folder = lock(Path(name, "project"), project)
        case = Case.of(folder, project, choice)
        planned = plan.plan(case.poetry, replace(choice.options(project), project_wheel=True)).pinned_metadata
        assert planned is not None
        groups = [group for group in choice.groups if group != "main"]
        settings = {"ignore": [*choice.patterns], "with": groups, "extras": [*choice.base(project)]}
        text = (folder / "pyproject.toml").read_text(encoding="utf-8").replace('dynamic = ["dependencies"]\n', "")
        text = text.replace(
            "\nrequires-python", '\ndynamic = ["dependencies", "optional-dependencies"]\nrequires-python'
        )
        text += "\n[tool.poetry-lock-package]\n" + tomlkit.dumps(settings)
        (folder / "pyproject.toml").write_text(text, encoding="utf-8")
        (folder / f"{NAME.replace('-', '_')}.py").touch()
        try:
            with in_folder(folder):
                info = backend.prepare_metadata_for_build_wheel(name)
        except SystemExit as exit_:
            assert " cannot be ignored, because [project] in pyproject.toml requires it" in str(exit_)  # noqa: PT017
            assert choice.patterns
            return
        metadata = Path(name, info, "METADATA").read_text(encoding="utf-8")
    lines = re.findall("^Requires-Dist: (.*)$", metadata, re.MULTILINE)
    pins = [pin.requires_dist for pin in planned.pins]
    assert lines[len(lines) - len(pins) :] == pins
    assert project.style != "classic" or lines == pins


@contextmanager
def in_folder(folder: Path) -> Iterator[None]:
    """Run the block in ``folder``."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


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

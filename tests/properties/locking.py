"""Projects locked by Poetry's own solver, in this process and from an index in memory."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from cleo.io.null_io import NullIO
from hypothesis import reject
from poetry.core.packages.package import Package
from poetry.core.version.markers import BaseMarker, MarkerUnion, MultiMarker
from poetry.inspection.info import PackageInfo
from poetry.puzzle.exceptions import SolverProblemError
from poetry.puzzle.provider import IncompatibleConstraintsError
from poetry.puzzle.solver import Solver
from poetry.repositories import Repository, RepositoryPool
from poetry.repositories.repository_pool import Priority

from tests import kit
from tests.properties.projects import SECOND, SECOND_URL, Project, Release, render

# How many unions and intersections Poetry may make for one project. One project in ten needs more, up to minutes.
_MOST = 20_000


def lock(folder: Path, project: Project) -> Path:
    """Make ``folder`` the Poetry project ``project`` with the lock that `poetry lock` writes.

    An example that has no solution is rejected, as is one that takes Poetry long.
    """
    folder.mkdir()
    (folder / "pyproject.toml").write_text(render(project), encoding="utf-8")
    poetry = kit.load(folder)
    pool = RepositoryPool()
    for source, priority in ((None, Priority.PRIMARY), (SECOND, Priority.EXPLICIT)):
        packages = [as_package(release) for release in project.releases if release.source == source]
        pool.add_repository(Repository(source or "index", packages), priority=priority)
    # As `poetry.installation.installer.Installer` does for `poetry lock`.
    solver = Solver(poetry.package, pool, [], [], NullIO())
    try:
        with solver.provider.use_source_root(source_root=folder), _limited():
            solved = solver.solve().get_solved_packages()
    except (SolverProblemError, IncompatibleConstraintsError):
        reject()
    except ValueError as error:
        # Poetry does not lock some projects that say twice what they require of a name.
        if "Cannot enrich dependency" not in str(error):
            raise
        reject()
    poetry.locker.set_lock_data(poetry.package, solved)
    return folder


@contextmanager
def _limited() -> Iterator[None]:
    """Reject the example after ``_MOST`` steps, which are the same on every machine."""
    steps = count()

    def limited(of: Callable[..., BaseMarker]) -> Callable[..., BaseMarker]:
        def counted(*markers: BaseMarker) -> BaseMarker:
            if next(steps) == _MOST:
                reject()
            return of(*markers)

        return counted

    with pytest.MonkeyPatch.context() as patch:
        for kind in (MultiMarker, MarkerUnion):
            patch.setattr(kind, "of", staticmethod(limited(kind.of)))
        yield


def as_package(release: Release) -> Package:
    """The package that Poetry makes of the metadata of ``release``."""
    info = PackageInfo(
        name=release.name,
        version=release.version,
        requires_dist=[need.requirement for need in release.needs],
        requires_python=release.python or None,
    )
    package = info.to_package()
    if release.source:
        # As Poetry's repositories do for what is not on the default index.
        package._source_type, package._source_url = "legacy", SECOND_URL  # noqa: SLF001
        package._source_reference = release.source  # noqa: SLF001
    return package

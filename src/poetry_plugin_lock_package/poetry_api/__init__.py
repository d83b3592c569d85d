"""All of Poetry that is private or may change, so that a new release of Poetry needs changes in one place.

This is what the source uses of Poetry and poetry-core; a test compares the table with it. ``what`` is a module with
the names that are imported from it, or attributes of Poetry's objects. All of it is there in Poetry 2.1, the oldest
release that is supported and tested, unless ``why`` names a later one.

what | why | without it

poetry.plugins.application_plugin: ApplicationPlugin | Poetry's interface for plugins | no command
command_loader, create_io | to register the command, to warn of another one of its name | no command
poetry.console.commands.command: Command | the base class of the command | no command
poetry.console.application: Application | the console script | no console script
auto_exits, run | to run the command twice in one process | no `--wheel` in the console script
poetry.factory: Factory | to load projects in other folders | no path wheels, no console script
create_poetry | as above | as above
pyproject_path, package, is_package_mode, local_config | the project | nothing works
pool | the sources of packages that a build backend needs | no own wheel unless poetry-core builds it
authors, description, keywords, maintainers, requires, version | metadata | nothing works
poetry.packages: Locker | to read the packages of an old lock one by one | no old locks
locker, lock, lock_data, is_locked | poetry.lock | nothing works
_lock | to let Locker.is_fresh read two lines | slower by a third
poetry.puzzle.solver: Solver | which versions a lock before format 2.1 installs | no old locks
solve, use_environment, provider, load_deferred | as above, in one environment and without a network | no old locks
search_for_direct_origin_dependency, UNSAFE_PACKAGES | so that it clones nothing and skips other names | no old locks
poetry.repositories: RepositoryPool | the locked packages as the only candidates | no old locks
from_packages | as above | no old locks
poetry.console.commands.build: BuildHandler, BuildOptions | to build as `poetry build` does | no own wheel
poetry.utils.env: EnvManager, ephemeral_environment | the environment that a build backend runs in | no own wheel
poetry.utils.env.python: Python | a Python that the project supports | no own wheel on another Python
get_compatible_python, get_preferred_python, config, get | as above | as above
poetry.utils.isolated_build: isolated_builder | to build path dependencies as `poetry install` does | no path wheels
build, python | as above | as above
poetry.utils.helpers: get_file_hash | hashes of built files | use hashlib
poetry.core.masonry.builders.wheel: WheelBuilder | to build the lock package | no wheel
poetry.core.factory: Factory | to read the lock project without Poetry's configuration | use poetry.factory
poetry.core.pyproject.toml: PyProjectTOML | to read pyproject.toml fast | use tomllib
poetry.core.packages.dependency: Dependency | requirements | use packaging
poetry.core.packages.dependency_group: MAIN_GROUP | the name of the main group | write "main"
poetry.core.packages.project_package: ProjectPackage | a project for the solver | no old locks
poetry.core.packages.url_dependency: URLDependency | references by URL | use packaging
poetry.core.packages.vcs_dependency: VCSDependency | references by git | use packaging
poetry.core.packages.utils.utils: create_nested_marker | the markers of these two keys | no old locks
poetry.core.packages.utils.utils: url_to_path | to find references by path in wheels | use urllib
poetry.core.vcs.git: ParsedUrl | to understand addresses of git as Poetry does | nothing works with git
poetry.core.version.helpers: format_python_constraint | Requires-Python | write it here
poetry.core.version.markers: parse_marker, intersection, union | what the markers of a lock mean | nothing works
poetry.core.version.markers: AnyMarker, EmptyMarker, BaseMarker | as above | nothing works
poetry.core.version.markers: AtomicMarkerUnion, MarkerUnion, MultiMarker | to take markers apart | nothing works
poetry.core.version.markers: SingleMarker, SingleMarkerLike | as above | nothing works
poetry.core.constraints.version: parse_constraint, Version, VersionConstraint | as above, for versions | nothing works
poetry.core.constraints.version: parse_marker_version_constraint | the Python range of a package | nothing works
poetry.core.constraints.version: VersionRange, VersionUnion | as above | nothing works
poetry.core.constraints.generic: Constraint, MultiConstraint, UnionConstraint | as above, for text | nothing works
poetry.core.constraints.generic: parse_constraint | the key `platform` of old dependencies | no old locks
_markers | what pip reads in a marker (of packaging, not of Poetry) | no markers in old wheels can be compared
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from poetry.core.pyproject.toml import PyProjectTOML

from poetry_plugin_lock_package.errors import LockPackageError
from poetry_plugin_lock_package.text import message_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from poetry.poetry import Poetry


@contextmanager
def quiet_logging() -> Iterator[None]:
    """Log nothing in the block: Poetry and poetry-core log folders of this machine, and wheels that are moved later."""
    before = logging.root.manager.disable
    logging.disable()
    try:
        yield
    finally:
        logging.disable(before)


@contextmanager
def translate_errors(error_for: Callable[[str], LockPackageError]) -> Iterator[None]:
    """Turn any exception of Poetry's readers into the error that ``error_for`` returns for its message.

    Poetry does not validate everything that it reads. A file that was merged badly makes it raise a KeyError, a
    TypeError or an error of one of its parsers.
    """
    try:
        yield
    except LockPackageError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever its parsers raise
        # Not chained: the original message may contain a path, or an address with a password.
        raise error_for(message_of(error)) from None


def load_project(load: Callable[[], Poetry]) -> Poetry:
    """Call ``load``, which loads a project; raise LockPackageError if that is not possible."""
    with translate_errors(unreadable_project), quiet_logging():
        return load()


def unreadable_project(problem: str) -> LockPackageError:
    """Return the error for a project that Poetry cannot load because of ``problem``."""
    # Poetry raises a RuntimeError without a type or a code of its own (`Factory.locate`).
    if "could not find a pyproject.toml" in problem:
        return LockPackageError(
            "Poetry could not find a pyproject.toml file in this folder or its parents. Run this in a Poetry project,"
            " or name its folder with --project"
        )
    return LockPackageError(
        f"The project cannot be loaded from pyproject.toml: {problem}. Correct that, then run again"
    )


def read_pyproject(poetry: Poetry) -> dict[str, Any]:
    """Return the contents of the pyproject.toml from which ``poetry`` was loaded.

    This does not use ``poetry.pyproject``, which keeps comments and takes many times as long.
    """
    return PyProjectTOML(poetry.pyproject_path).data

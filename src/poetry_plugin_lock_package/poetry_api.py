"""All of Poetry that is private or may change, so that a new release of Poetry needs changes in one place.

This is what the source uses of Poetry and poetry-core; a test compares the table with it. ``what`` is a module with
the names that are imported from it, or attributes of Poetry's objects. All of it is there in Poetry 2.1, the oldest
release that is supported and tested, unless ``why`` names a later one. Modules of Poetry, but not those of
poetry-core, are imported in the functions that need them: few runs do, and they are slow to import.

what | why | without it

poetry.plugins.application_plugin: ApplicationPlugin | Poetry's interface for plugins | no command
poetry.__version__: __version__ | to refuse releases before 2.1 in a line | an ImportError later
command_loader, create_io | to register the command, to warn of another one of its name | no command
poetry.console.commands.command: Command | the base class of the command | no command
poetry.console.application: Application | the console script | no console script
_working_directory | a relative `--directory` | absolute ones
auto_exits, run | to run the command twice in one process | no `--wheel` in the console script
poetry.factory: Factory | to load projects in other folders | no path wheels, no console script
create_poetry | as above | as above
pyproject_path, package, is_package_mode, local_config | the project | nothing works
pool | the sources of packages that a build backend or a wheelhouse needs | no own wheel unless poetry-core builds it
authors, description, keywords, maintainers, requires, version | metadata | nothing works
poetry.packages: Locker | the packages of an old lock | no old locks
locker, lock, lock_data, is_locked | poetry.lock | nothing works
locked_repository, _lock_data | the packages of an old lock, one by one | no old locks
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
poetry.installation.chooser: Chooser | which file of a package is installed somewhere | no wheelhouse
has_repository, repository, repositories, choose_for | the source of a file, the choice of it | no wheelhouse
poetry.console.exceptions: PoetryRuntimeError | there is no such file | as above
poetry.utils.authenticator: Authenticator | credentials and certificates for downloads | no wheelhouse
poetry.utils.download: download_file | to download as `poetry install` does; not in 2.1 | no wheelhouse
poetry.utils.helpers: download_file | the same, before it moved | no wheelhouse in 2.1
installer_max_workers, configured_repositories | several downloads at once | no wheelhouse
poetry.vcs.git: Git | to clone as `poetry install` does | no git dependencies in a wheelhouse
clone | as above | as above
poetry.utils.isolated_build: isolated_builder | to build path dependencies as `poetry install` does | no path wheels
build, python | as above | as above
poetry.core.masonry.builders.wheel: WheelBuilder | to build the lock package | no wheel
poetry.core.masonry: api | what poetry-core builds, for the build backend | no build backend
poetry.core.factory: Factory | to read projects without Poetry's configuration | use poetry.factory
poetry.core.pyproject.toml: PyProjectTOML | to read pyproject.toml fast | use tomllib
poetry.core.packages.dependency: Dependency | requirements | use packaging
poetry.core.packages.dependency_group: MAIN_GROUP | the name of the main group | write "main"
poetry.core.packages.url_dependency: URLDependency | references by URL | use packaging
poetry.core.packages.vcs_dependency: VCSDependency | references by git | use packaging
poetry.core.packages.package: Package | packages for Poetry's functions | no wheelhouse
poetry.core.packages.utils.link: Link | addresses of files | no wheelhouse
poetry.core.packages.utils.utils: create_nested_marker | the markers of these two keys | no old locks
poetry.core.packages.utils.utils: url_to_path | to find references by path in wheels | use urllib
poetry.core.vcs.git: ParsedUrl | to understand addresses of git as Poetry does | nothing works with git
poetry.core.version.helpers: format_python_constraint | Requires-Python | write it here
poetry.core.version.markers: parse_marker, intersection, union | what the markers of a lock mean | nothing works
poetry.core.version.markers: AnyMarker, EmptyMarker | as above | nothing works
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
import re
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from io import BytesIO, StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeVar, cast
from urllib.parse import quote

import tomlkit
from poetry.core.masonry.builders.wheel import WheelBuilder
from poetry.core.packages.package import Package
from poetry.core.packages.utils.link import Link
from poetry.core.packages.utils.utils import url_to_path
from poetry.core.pyproject.toml import PyProjectTOML

from poetry_plugin_lock_package.errors import LockError, LockPackageError, unreadable, unreadable_entry
from poetry_plugin_lock_package.text import message_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from packaging.tags import Tag
    from packaging.utils import NormalizedName
    from poetry.console.application import Application
    from poetry.core.packages.dependency import Dependency
    from poetry.core.packages.project_package import ProjectPackage
    from poetry.core.poetry import Poetry as CorePoetry
    from poetry.packages import Locker
    from poetry.poetry import Poetry
    from poetry.utils.env import Env

    _Package = TypeVar("_Package", bound=Package)


# Poetry's own messages, where it is not pyproject.toml that is wrong. The second one has the path of the file.
_OWN_MESSAGE = re.compile(r"This project requires Poetry |Invalid TOML file (?!\S*\bpyproject\.toml:)")


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


def use_working_directory(application: Application) -> None:
    """Let ``application`` look for the project in the working directory, which is that of ``--directory`` by now.

    It would look for a relative one again from there: https://github.com/python-poetry/poetry/issues/9877.
    """
    application._working_directory = Path.cwd()  # noqa: SLF001


def load_project(load: Callable[[], Poetry]) -> Poetry:
    """Call ``load``, which loads a project; raise LockPackageError if that is not possible."""
    with translate_errors(unreadable_project), quiet_logging():
        try:
            return load()
        except Exception as error:
            if _OWN_MESSAGE.match(str(error)):
                raise LockPackageError(str(error)) from None
            raise


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


def read_pyproject(poetry: CorePoetry) -> dict[str, Any]:
    """Return the contents of the pyproject.toml from which ``poetry`` was loaded.

    This does not use ``poetry.pyproject``, which keeps comments and takes many times as long.
    """
    return PyProjectTOML(poetry.pyproject_path).data


# ---- poetry.lock


@dataclass(frozen=True, slots=True)
class LockFile:
    """A poetry.lock that is up to date."""

    data: Mapping[str, Any]
    """Its contents."""
    digest: str
    """That of the file."""
    folder: Path
    """The folder that it is in. It must never be shown or written."""


NO_FILE = "poetry.lock is not a file. Remove it, and run `poetry lock` to create it again"
MISSING = "poetry.lock does not exist. Run `poetry lock` to create it"
# The message of `poetry install` and `poetry export`.
STALE = (
    "pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock` to fix the lock file"
)


def digest_of(content: bytes) -> str:
    """The SHA-256 of a file with ``content``, with Unix line endings, because git may change them."""
    return sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def read_lock(poetry: Poetry) -> LockFile:
    """The lock of ``poetry``. Raises LockError if it is missing, out of date, damaged, or in an unknown format."""
    locker = poetry.locker
    if not locker.is_locked():
        raise LockError(MISSING)
    if not locker.lock.is_file():
        # A pipe or a device may never end.
        raise LockError(NO_FILE)
    with translate_errors(unreadable):
        data = locker.lock_data
        fresh = is_fresh(locker)
    if not fresh:
        raise LockError(STALE)
    return LockFile(data, digest_of(locker.lock.read_bytes()), locker.lock.parent)


def is_fresh(locker: Locker) -> bool:
    """Whether poetry.lock fits pyproject.toml, by Poetry's rule (``Locker.is_fresh``).

    Poetry would parse the whole file again and then use two lines of it. So a copy of the locker gets only these: its
    class, and whatever another plugin has changed in it, still count.
    """
    with locker.lock.open(encoding="utf-8") as file:
        made_by = file.readline().rstrip()
    hashed = {name: value for name, value in locker.lock_data["metadata"].items() if name == "content-hash"}
    asked = copy(locker)
    asked._lock = excerpt = _Excerpt(locker.lock)  # noqa: SLF001
    excerpt.text = f"# {made_by}\n{tomlkit.dumps({'metadata': hashed})}"
    return asked.is_fresh()


class _Excerpt(type(Path())):  # type: ignore[misc] # Path itself cannot be a base before Python 3.12
    """A path that reads as ``text``, whatever is in the file."""

    text: str

    def open(self, mode: str = "r", *_: object, **__: object) -> BytesIO | StringIO:
        return BytesIO(self.text.encode()) if "b" in mode else StringIO(self.text)


def read_packages(lock: LockFile) -> list[Package]:
    """The packages of ``lock`` as Poetry's solver needs them, in the order of the file."""
    from poetry.packages import Locker

    # Poetry's own errors do not name the package, so the locker gets one entry at a time.
    locker = Locker(lock.folder / "poetry.lock", {})
    packages = []
    with quiet_logging():
        for entry in lock.data["package"]:
            with translate_errors(partial(unreadable_entry, entry["name"])):
                locker._lock_data = {**lock.data, "package": [entry]}  # noqa: SLF001
                packages += locker.locked_repository().packages
    return packages


# ---- solving for a lock before format 2.1


def solve(
    root: ProjectPackage,
    locked: Sequence[Package],
    names: Collection[NormalizedName],
    environment: Mapping[str, str],
    extras: Collection[NormalizedName],
) -> list[Package] | str:
    """Which of ``locked`` Poetry installs in ``environment`` with ``extras`` of ``root``, or why it cannot.

    This is how ``Installer._do_install`` solves for a lock before format 2.1, but only for ``names``. The solver
    ranks packages by their dependencies, and dependencies on other names still count for that. A package that Poetry
    would clone or download is a reason why it cannot.
    """
    from cleo.io.null_io import NullIO
    from poetry.puzzle.solver import Solver
    from poetry.repositories import RepositoryPool

    # Poetry raises an error for a source without packages, and its order of the sources is that of their first ones.
    of_sources = {package.source_reference: package for package in reversed(locked)}.values()
    candidates = [_copy(package) for package in locked if package.name in names or package in of_sources]
    narrowed = _copy(root)
    pool = RepositoryPool.from_packages(candidates, None)
    solver = Solver(narrowed, pool, [], candidates, NullIO(), active_root_extras=extras)
    required = {dependency.name for package in (narrowed, *candidates) for dependency in package.all_requires}
    # Untyped, because Poetry does not mean these two attributes to be set.
    provider: Any = solver.provider
    provider.load_deferred(load_deferred=False)
    # The provider calls this when no locked package meets the dependency.
    provider.search_for_direct_origin_dependency = _refuse_to_look_up
    # The names that Poetry's provider skips; empty in Poetry itself.
    provider.UNSAFE_PACKAGES = required.difference(names)
    # The solver reads nothing else of an environment.
    with solver.use_environment(cast("Any", SimpleNamespace(marker_env=dict(environment), path=None))):
        try:
            return list(solver.solve().get_solved_packages())
        except Exception as error:  # noqa: BLE001 - Poetry has no common type for its errors about a lock
            return message_of(error)


def _refuse_to_look_up(dependency: Dependency) -> Package:
    raise RuntimeError(f"{dependency.name} is not locked as it is asked for, or not there")


def _copy(package: _Package) -> _Package:
    """``package`` with copies of its dependencies, because the solver changes them."""
    copied = package.with_dependency_groups([], only=True)
    for dependency in package.all_requires:
        copied.add_dependency(dependency.clone())
    return copied


# ---- building

_CHUNK = 1 << 16
OUR_BACKEND = "poetry_plugin_lock_package.backend"


def _backend_of(pyproject: Mapping[str, Any]) -> str:
    return str(pyproject.get("build-system", {}).get("build-backend", ""))


def load_path_project(folder: Path) -> Poetry | None:
    """The Poetry project in ``folder``, or None if what is there belongs to another tool.

    It belongs to Poetry if it has the table [tool.poetry], or Poetry's build backend or ours. Raises whatever Poetry's
    readers raise.
    """
    from poetry.factory import Factory

    file = folder / "pyproject.toml"
    # Poetry would look for one in the parents of the folder.
    data = PyProjectTOML(file).data if file.is_file() else {}
    if "poetry" not in data.get("tool", {}) and not _backend_of(data).startswith(("poetry.", OUR_BACKEND)):
        return None
    return Factory().create_poetry(folder)


@contextmanager
def build_environment(poetry: Poetry) -> Iterator[Env]:
    """An environment with the Python of ``poetry build``, which would create a permanent one if there is none."""
    from poetry.utils.env import EnvManager, ephemeral_environment
    from poetry.utils.env.python import Python

    environment = EnvManager(poetry).get()
    if not poetry.config.get("virtualenvs.create") or (environment.is_venv() and environment.is_sane()):
        yield environment
        return
    python = Python.get_preferred_python(poetry.config)
    if not poetry.package.python_constraint.allows(python.patch_version):
        python = Python.get_compatible_python(poetry)
    with ephemeral_environment(python.executable, flags={"no-pip": True}) as environment:
        yield environment


def build_with_poetry(poetry: Poetry, environment: Env, folder: Path) -> Path:
    """Build the wheel of ``poetry``'s project into the empty ``folder``; raises whatever Poetry and backends raise.

    Our own build backend would pin what is pinned afterwards, so poetry-core builds such a project directly. Where a
    build script may need other packages, the backend builds it, without pins.
    """
    from cleo.io.null_io import NullIO
    from poetry.console.commands.build import BuildHandler, BuildOptions

    is_ours = _backend_of(read_pyproject(poetry)).startswith(OUR_BACKEND)
    if is_ours and not poetry.package.build_script:
        return WheelBuilder(poetry, executable=environment.python).build(folder)
    settings = {"lock": "off"} if is_ours else {}
    options = BuildOptions(clean=False, formats=["wheel"], output=str(folder), config_settings=settings)
    BuildHandler(poetry, environment, NullIO()).build(options)
    (wheel,) = folder.glob("*.whl")
    return wheel


def build_isolated(source: Path, poetry: Poetry, environment: Env, folder: Path) -> Path:
    """Build the wheel of the project in ``source`` into ``folder`` by PEP 517, as ``poetry install`` would.

    What its build backend needs comes from the sources of the project ``poetry``, for the Python of
    ``environment``. Raises whatever Poetry and build backends raise.
    """
    from poetry.utils.isolated_build import isolated_builder

    with isolated_builder(
        source=source, distribution="wheel", python_executable=environment.python, pool=poetry.pool
    ) as builder:
        return folder / builder.build("wheel", str(folder))


def clone(url: str, commit: str, folder: Path) -> Path:
    """Clone the git repository at ``url`` below ``folder``, at ``commit``; raises whatever Poetry raises."""
    from poetry.vcs.git import Git

    return Path(Git.clone(url=url, source_root=folder, revision=commit).path)


# ---- files of a lock


def choose_file(
    release: tuple[str, str], files: Collection[tuple[str, str]], tags: Sequence[Tag], poetry: Poetry
) -> str | None:
    """Which of the ``files`` of ``release``, with their hashes, Poetry installs where ``tags`` are supported, if any.

    This is Poetry's own choice (``Chooser``), with its settings for binaries; the best tag is first.
    """
    from poetry.console.exceptions import PoetryRuntimeError
    from poetry.installation.chooser import Chooser

    package = Package(*release)
    package.files = [{"file": name, "hash": text} for name, text in files]
    links = [Link(f"https://example.invalid/{quote(name)}#{text.replace(':', '=', 1)}") for name, text in files]
    repository = SimpleNamespace(find_links_for_package=lambda _: links)
    # All that the chooser asks of an index and of an environment.
    pool = SimpleNamespace(repository=lambda _: repository, has_repository=lambda _: True, repositories=[repository])
    environment = SimpleNamespace(supported_tags=[*tags], supported_tags_set={*tags})
    try:
        return Chooser(cast("Any", pool), cast("Any", environment), poetry.config).choose_for(package).filename
    except PoetryRuntimeError:
        return None


def open_session(poetry: Poetry) -> tuple[Any, int]:
    """A session for downloads with Poetry's credentials and certificates, and how many to run at once."""
    from poetry.utils.authenticator import Authenticator

    config = poetry.config
    session = Authenticator(config, pool_size=config.installer_max_workers)
    # It is filled at its first use, during which other threads would see a part of it.
    _ = session.configured_repositories
    return session, config.installer_max_workers


def find_links(poetry: Poetry, name: str, version: str, index: str | None) -> dict[str, Link]:
    """The files that the source ``index`` (None: the default one) offers of a release, by their names."""
    pool = poetry.pool
    if index is None:
        # As `Chooser` does.
        index = "pypi" if pool.has_repository("pypi") else pool.repositories[0].name
    links = pool.repository(index).find_links_for_package(Package(name, version))
    return {link.filename: link for link in links}


def fetch(poetry: Poetry, session: Any, link: Link) -> Path:  # noqa: ANN401 - that of `open_session`
    """The file at ``link``, in Poetry's cache; raises whatever Poetry raises."""
    try:
        from poetry.utils.download import download_file
    except ImportError:  # pragma: no cover - where it was before
        from poetry.utils.helpers import download_file  # type: ignore[no-redef]

    def download(url: str, target: Path) -> None:
        download_file(url, target, session=session, chunk_size=_CHUNK)

    # Untyped, because mypy sees no overload for this call.
    cache: Any = poetry.pool.artifact_cache
    return Path(cache.get_cached_archive_for_link(link, strict=True, download_func=download))


def path_of(url: str) -> str:
    """The path of the ``file:`` URL ``url``, with slashes."""
    return url_to_path(url).resolve().as_posix()

"""What the tests share: real Poetry projects, the command in a real application, wheels read back."""

import email
import email.policy
import os
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from cleo.testers.application_tester import ApplicationTester
from installer.sources import WheelFile
from packaging.metadata import Metadata
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from poetry.console.application import Application
from poetry.core.packages.dependency import Dependency
from poetry.core.packages.package import Package
from poetry.core.version.markers import parse_marker
from poetry.factory import Factory
from poetry.packages.transitive_package_info import TransitivePackageInfo
from poetry.poetry import Poetry

from poetry_plugin_lock_package.lock.model import LockedGraph
from poetry_plugin_lock_package.lock.reader import read_locked_graph
from poetry_plugin_lock_package.poetry_api import read_lock


def posix_only(reason: str) -> pytest.MarkDecorator:
    """Mark a test that Windows cannot run, with the reason."""
    return pytest.mark.skipif(os.name == "nt", reason=reason)


CLASSIC = """\
[tool.poetry]
name = "example-package"
version = "0.1.0"
description = "An example"
authors = ["Ada Lovelace <ada@example.org>"]

[tool.poetry.dependencies]
python = ">=3.9,<3.14"
"""


def classic(
    *required: str, extras: Mapping[str, Iterable[str]] | None = None, groups: Mapping[str, Iterable[str]] | None = None
) -> str:
    """CLASSIC, requiring each name in any version: of the main group, optional for the extras, and of other groups."""
    optional = dict.fromkeys(name for names in (extras or {}).values() for name in names if name not in required)
    lines = [f'{name} = "*"' for name in required]
    lines += [f'{name} = {{ version = "*", optional = true }}' for name in optional]
    if extras:
        lines += ["[tool.poetry.extras]", *(f"{extra} = {[*names]}" for extra, names in extras.items())]
    for group, names in (groups or {}).items():
        lines += [f"[tool.poetry.group.{group}.dependencies]", *(f'{name} = "*"' for name in names)]
    return CLASSIC + "".join(f"{line}\n" for line in lines)


# What the lock package of that project is called.
LOCK_PROJECT = "example-package-lock"
LOCK_WHEEL = "example_package_lock-0.1.0-py3-none-any.whl"
# A commit, as git names one.
COMMIT = "5d1c3a1b2c3d4e5f60718293a4b5c6d7e8f90123"


def locked(  # noqa: PLR0913 - a lock entry has that many columns
    name: str,
    version: str = "1.0",
    *,
    marker: str = "",
    groups: Iterable[str] = ("main",),
    requires: Iterable[str] = (),
    source: Mapping[str, str] | None = None,
    files: Iterable[Mapping[str, str]] = (),
    python: str = "*",
) -> tuple[Package, TransitivePackageInfo]:
    """An entry of poetry.lock; ``requires`` are PEP 508, with ``extra == "x"`` for the package's own extras.

    ``source`` has Poetry's keys: type, url, reference, resolved_reference, subdirectory.
    """
    keywords: dict[str, Any] = {f"source_{key}": value for key, value in (source or {}).items()}
    package = Package(name, version, **keywords)
    package.python_versions = python
    package.files = list(files)  # type: ignore[arg-type]
    extras: dict[str, list[Dependency]] = {}
    for text in requires:
        dependency = Dependency.create_from_pep_508(text)
        if dependency.name != package.name or not dependency.in_extras:
            # That an extra stands for others of the same package is no dependency for Poetry.
            package.add_dependency(dependency)
        for extra in dependency.in_extras:
            extras.setdefault(extra, []).append(dependency)
    package.extras = extras  # type: ignore[assignment]
    names = {canonicalize_name(group) for group in groups}
    return package, TransitivePackageInfo(0, names, dict.fromkeys(names, parse_marker(marker)))


def write_project(
    folder: Path, packages: Iterable[tuple[Package, TransitivePackageInfo]] = (), pyproject: str = CLASSIC
) -> Path:
    """Make ``folder`` a Poetry project with a fresh lock of ``packages``, written by Poetry's own Locker."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text(pyproject, encoding="utf-8")
    poetry = load(folder)
    poetry.locker.set_lock_data(poetry.package, dict(packages))
    return folder


def make_old(project: Path, version: str) -> Path:
    """Turn the lock of ``project`` into one of an older format, without groups and markers."""
    path = project / "poetry.lock"
    lock = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()
    lock["metadata"]["lock-version"] = version
    for entry in lock["package"]:
        del entry["groups"]
        entry.pop("markers", None)
        if version.startswith("1."):
            # Before 2.0, the files stood together at the end, those of all versions of a name.
            entry["category"] = "main"
            # The extras that a dependency belongs to stood in `extras` alone.
            for dependency in entry.get("dependencies", {}).values():
                if isinstance(dependency, dict) and dependency.get("markers", "").startswith("extra =="):
                    del dependency["markers"]
            lock["metadata"].setdefault("files", {}).setdefault(entry["name"], []).extend(entry.pop("files"))
    path.write_text(tomlkit.dumps(lock), encoding="utf-8")
    return project


def add_to_lock(project: Path, by: str, name: str, spec: object) -> None:
    """Let the lock of ``project`` have ``spec`` for what ``by`` requires."""
    path = project / "poetry.lock"
    lock = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()
    (entry,) = (entry for entry in lock["package"] if entry["name"] == by)
    entry["dependencies"] = {name: [spec, "*"]}
    path.write_text(tomlkit.dumps(lock), encoding="utf-8")


def load(folder: Path) -> Poetry:
    """The project in ``folder`` as Poetry sees it."""
    return Factory().create_poetry(folder)


def read_graph(poetry: Poetry, *groups: str, with_dependencies: bool = True) -> LockedGraph:
    """The lock of ``poetry``, read for ``groups`` (the main one)."""
    names = [canonicalize_name(group) for group in groups or ("main",)]
    return read_locked_graph(read_lock(poetry), poetry.package, names, with_dependencies=with_dependencies)


@dataclass(frozen=True)
class Run:
    """How the command ended, and what it wrote to each stream."""

    code: int
    out: str
    err: str


def poetry(folder: Path, arguments: str) -> Run:
    """Run ``poetry ARGUMENTS`` in ``folder``: a real application with its plugins, in this process."""
    tester = ApplicationTester(Application())
    code = tester.execute(f"-C '{folder}' {arguments}")
    return Run(code, tester.io.fetch_output(), tester.io.fetch_error())


@dataclass(frozen=True)
class Wheel:
    """A wheel that has been read back and found valid in every respect."""

    path: Path
    metadata: Metadata
    requirements: tuple[Requirement, ...]
    files: tuple[str, ...]

    @property
    def requires(self) -> set[str]:
        """The Requires-Dist lines, in one spelling: that of `packaging` changes with its version."""
        return {_spell(requirement) for requirement in self.requirements}


def _spell(requirement: Requirement) -> str:
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    what = f" @ {requirement.url}" if requirement.url else str(requirement.specifier)
    marker = f" ; {requirement.marker}" if requirement.marker else ""
    return f"{requirement.name}{extras}{what}{marker}"


def read_wheel(path: Path) -> Wheel:
    """Read ``path`` back: every wheel that a test builds goes through here.

    The metadata has to parse without defects and to be valid (strictly), each
    requirement to be PEP 508, and RECORD to be right about each file.
    """
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        files = tuple(archive.namelist())
        (name,) = (name for name in files if name.endswith(".dist-info/METADATA"))
        raw = archive.read(name)
    message = email.message_from_bytes(raw, policy=email.policy.compat32)
    assert not message.defects
    with WheelFile.open(path) as source:
        source.validate_record(validate_contents=True)
    return Wheel(
        path,
        Metadata.from_email(raw, validate=True),
        tuple(Requirement(line) for line in message.get_all("Requires-Dist", [])),
        files,
    )


def only_wheel(folder: Path) -> Wheel:
    """The one wheel in ``folder``, read back; nothing else is there."""
    (path,) = folder.iterdir()
    return read_wheel(path)


def tree(folder: Path) -> dict[str, bytes]:
    """All files below ``folder`` and what is in them, to see what a run has changed."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()
    }


def built(project: Path, arguments: str = "") -> tuple[set[str], list[str]]:
    """The requirements of a new lock package without the root, and the lines on stderr."""
    for earlier in (project / "dist").glob("*.whl"):
        earlier.unlink()
    run = poetry(project, f"lock-package --build --no-root {arguments}")
    assert run.code == 0, run.err
    return only_wheel(project / "dist").requires, run.err.splitlines()


def pinned(project: Path, extra: str = "", python: str = "3.12.1", **variables: str) -> set[str]:
    """The pins of the one wheel in ``dist`` that hold on CPython on Linux, or as ``variables`` say."""
    environment = {
        "extra": extra,
        "python_version": python.rpartition(".")[0],
        "python_full_version": python,
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "platform_machine": "x86_64",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        **variables,
    }
    return {
        f"{requirement.name}{requirement.specifier}"
        for requirement in only_wheel(project / "dist").requirements
        if requirement.marker is None or requirement.marker.evaluate(environment)
    }

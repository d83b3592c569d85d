"""``pylock.toml`` (PEP 751) for the files of a wheelhouse."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, cast

import packaging
import tomlkit
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from poetry_plugin_lock_package.errors import LockPackageError, OptionError, VerificationError
from poetry_plugin_lock_package.project import Release, release_key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from packaging.markers import Environment
    from packaging.pylock import Pylock

    from poetry_plugin_lock_package.lock.model import LockedPackage
    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.selection.select import Pin
    from poetry_plugin_lock_package.targets import Target
    from poetry_plugin_lock_package.wheelhouse import Wheelhouse

NAME = "pylock.toml"
# The first with `Pylock.select`.
_OLDEST = Version("26.1")


def check_packaging() -> None:
    """Raise OptionError if packaging, which comes with Poetry, is too old."""
    if Version(packaging.__version__) < _OLDEST:
        raise OptionError(
            "--wheelhouse",
            f"needs packaging {_OLDEST} or later, and this is {packaging.__version__}. Run `pipx inject poetry"
            f" 'packaging>={_OLDEST}'`, or `poetry self add 'packaging>={_OLDEST}'`",
        )


def render_pylock(plan: Plan, wheelhouse: Wheelhouse, built: Mapping[str, str]) -> str:
    """The text of ``pylock.toml`` for what ``plan`` pins, from the files of ``wheelhouse`` and those ``built``.

    ``built`` has the names of files that are not downloaded, each with its hash. Raises LockPackageError if an
    installer would choose another file than Poetry, and VerificationError if the text, read back, is not as planned.
    """
    hashes = {**built}
    files: dict[LockedPackage, list[str]] = {}
    for file in wheelhouse.files:
        files.setdefault(file.package, []).append(file.name)
        hashes[file.name] = file.hash
    by_release: defaultdict[object, list[str]] = defaultdict(list)
    for name in built:
        by_release[release_key_of(name)].append(name)
    packages: list[dict[str, Any]] = []
    root = plan.root.release if plan.root else plan.release if plan.pinned_metadata else None
    if root:
        packages.append(_package(root, "", by_release[root.key], hashes))
    for package, pins in plan.selection.by_package.items():
        if wheelhouse.needed[package]:
            release = Release(package.name, package.version)
            names = files.get(package) or by_release[release.key]
            packages.append(_package(release, _marker(pins), names, hashes))
    python = plan.project.requires_python
    document: dict[str, Any] = {
        "lock-version": "1.0",
        **({"requires-python": str(SpecifierSet(python))} if python else {}),
        **({"extras": sorted(plan.graph.extras)} if plan.graph.extras else {}),
        "created-by": "poetry lock-package",
        "packages": sorted(packages, key=lambda one: (one["name"], one["version"])),
    }
    text = tomlkit.dumps(document)
    _check(text, plan, wheelhouse, root)
    return text


def _package(release: Release, marker: str, names: Iterable[str], hashes: Mapping[str, str]) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": canonicalize_name(release.name), "version": release.version}
    if marker:
        entry["marker"] = str(Marker(marker))
    for name in sorted(names):
        algorithm, _, digest = hashes[name].partition(":")
        file = {"name": name, "path": name, "hashes": {algorithm: digest}}
        if name.endswith(".whl"):
            entry.setdefault("wheels", []).append(file)
        else:
            entry["sdist"] = file
    return entry


def _marker(pins: Iterable[Pin]) -> str:
    """The marker of a package with ``pins``, in which ``extras`` are those that are installed."""
    parts = []
    for pin in pins:
        conditions = [f"({pin.marker})"] if not pin.marker.is_any() else []
        conditions += [f'"{pin.extra}" in extras'] if pin.extra else []
        if not conditions:
            return ""
        parts.append(" and ".join(conditions))
    return " or ".join(dict.fromkeys(parts))


def _check(text: str, plan: Plan, wheelhouse: Wheelhouse, root: Release | None) -> None:
    """Compare what an installer selects from ``text`` for each target, with no extra and with each, with the plan."""
    # In packaging since 26.1.
    from packaging.pylock import Pylock

    pylock = Pylock.from_dict(tomlkit.parse(text).unwrap())
    chosen = {(file.package, target.name): file.name for file in wheelhouse.files for target in file.targets}
    for target in wheelhouse.targets:
        for extra in (None, *plan.graph.extras):
            selected = _select(pylock, target, extra)
            expected: dict[str, str | None] = {canonicalize_name(root.name): None} if root else {}
            for package, pins in plan.selection.by_package.items():
                if any(pin.extra in (None, extra) and _holds(pin, target) for pin in pins):
                    expected[package.name] = chosen.get((package, target.name))
            if differing := sorted(selected.keys() ^ expected.keys()):
                raise VerificationError(f"{NAME} differs for {target.name} by {', '.join(differing)}")
            for name, file in expected.items():
                if file and selected[name] != file:
                    raise LockPackageError(
                        f"{name}: Poetry installs {file} on {target.name}, and other installers would take"
                        f" {selected[name]}, which is for another target. Make a wheelhouse for each of them"
                    )


def _select(pylock: Pylock, target: Target, extra: str | None) -> dict[str, str]:
    """The names of the packages that an installer selects, each with its file."""
    return {
        package.name: str(getattr(file, "path", ""))
        for package, file in pylock.select(
            environment=cast("Environment", target.environment()),
            tags=target.tags,
            extras=[extra] if extra else [],
        )
    }


def _holds(pin: Pin, target: Target) -> bool:
    return pin.marker.validate(target.environment())

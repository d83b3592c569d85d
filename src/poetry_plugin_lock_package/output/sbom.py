"""The software bill of materials (SBOM) of a lock package: what exactly an installation of it brings.

The format is CycloneDX (https://cyclonedx.org/specification/overview/), in the newest version that
``cyclonedx-python-lib`` can write. That library is an optional dependency, and only this module needs it.
"""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import cached_property, reduce
from itertools import chain
from typing import TYPE_CHECKING
from uuid import NAMESPACE_URL, UUID, uuid5

from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, Property, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.dependency import Dependency as BomDependency
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL
from packaging.utils import canonicalize_name

from poetry_plugin_lock_package.markers.operations import atoms, parts_of
from poetry_plugin_lock_package.markers.regions import NOWHERE
from poetry_plugin_lock_package.poetry_api import quiet_logging
from poetry_plugin_lock_package.selection.pins import requirement
from poetry_plugin_lock_package.selection.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from packaging.utils import NormalizedName

    from poetry_plugin_lock_package.lock.model import Dependency, LockedPackage
    from poetry_plugin_lock_package.markers.regions import Environments, Region
    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.selection.pins import Pin

SCHEMA = max(SchemaVersion)

# CycloneDX asks for names with a prefix: https://github.com/CycloneDX/cyclonedx-property-taxonomy.
_PREFIX = "poetry-lock-package"
_NO_SERIAL_NUMBER = UUID(int=0)


@dataclass(frozen=True, slots=True)
class _Pinned:
    """One release, or (without ``packages``) the project, with all pins of it: one for each extra and marker.

    ``packages`` are several if the release is locked from several sources.
    """

    packages: tuple[LockedPackage, ...]
    pins: tuple[Pin, ...]

    @property
    def package(self) -> LockedPackage | None:
        return self.packages[0] if self.packages else None


def render_sbom(plan: Plan) -> str:
    """The SBOM of what ``plan`` pins, as CycloneDX JSON; the same plan always gives the same text.

    The lock package is the root component. Its components are the pins of the base and of all extras.
    The dependency graph is that of poetry.lock, which ``plan`` must have read with the edges between packages.
    """
    root = _root_component(plan)
    edges = _Edges(plan)
    components = {entry: _component(plan, entry) for entry in edges.entries}
    bom = Bom(components=components.values(), serial_number=_NO_SERIAL_NUMBER)
    bom.metadata.component = root
    bom.metadata.timestamp = _source_date()  # type: ignore[assignment] # None leaves the field out
    bom.dependencies = [
        _dependency(root, components.values()),
        *(_dependency(one, (components[to] for to in edges.targets(entry))) for entry, one in components.items()),
    ]
    # All components are registered. The library would look for each of them among all others.
    bom.register_dependency = lambda *_, **__: None  # type: ignore[method-assign]
    with quiet_logging():
        text = make_outputter(bom, OutputFormat.JSON, SCHEMA).output_as_string(indent=2)
    # A UUID of the content instead of a random one, so that the same input gives the same bytes.
    key = '"serialNumber": "urn:uuid:{}"'
    return text.replace(key.format(_NO_SERIAL_NUMBER), key.format(uuid5(NAMESPACE_URL, text))) + "\n"


def _dependency(component: Component, targets: Iterable[Component]) -> BomDependency:
    return BomDependency(component.bom_ref, [BomDependency(target.bom_ref) for target in targets])


class _Edges:
    """What is pinned, and what each ``_Pinned`` of it depends on."""

    def __init__(self, plan: Plan) -> None:
        self.entries = tuple(_pinned(plan))
        self._plan = plan
        self._versions: defaultdict[NormalizedName, list[_Pinned]] = defaultdict(list)
        for entry in self.entries:
            if entry.package:
                self._versions[entry.package.name].append(entry)

    def targets(self, entry: _Pinned) -> Iterator[_Pinned]:
        """What ``entry`` depends on: of several versions of a name, those that are meant."""
        own = self._plan.graph.own_dependencies
        for edge in chain.from_iterable(p.dependencies for p in entry.packages) if entry.packages else own:
            versions = self._versions[edge.name]
            yield from (one for one in versions if len(versions) == 1 or self._is_met(entry, edge, one))

    def _is_met(self, by: _Pinned, edge: Dependency, target: _Pinned) -> bool:
        """Whether some environment has ``by`` and ``target``, and ``target`` is what ``edge`` asks for there."""
        extras = frozenset(x.value for atom in atoms(edge.marker) if atom.name == "extra" for x in parts_of(atom))
        regions = (self._where(by), self._environments.region(edge.marker, extras), self._where(target))
        return any(map(edge.is_met_by, target.packages)) and reduce(self._environments.intersection, regions) != NOWHERE

    def _where(self, entry: _Pinned) -> Region:
        return reduce(self._environments.union, (self._environments.region(pin.marker) for pin in entry.pins))

    @cached_property
    def _environments(self) -> Environments:
        # Few locks need it.
        return Walk(self._plan.graph, (pin.marker for pin in self._plan.pins)).environments


def _source_date() -> datetime | None:
    """The time in SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/), or None."""
    try:
        return datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "")), timezone.utc)
    except (ValueError, OverflowError, OSError):
        # poetry-core ignores what is no number; others are no time either.
        return None


def _pinned(plan: Plan) -> Iterator[_Pinned]:
    """What is pinned, each package once; the project first, if it is pinned."""
    packages: dict[str, dict[LockedPackage, None]] = {}
    for selected in plan.selection.selected:
        packages.setdefault(requirement(selected.package), {})[selected.package] = None
    pins: dict[str, list[Pin]] = {}
    for pin in plan.pins:
        pins.setdefault(pin.requirement if pin.requirement in packages else "", []).append(pin)
    for text, of_one in sorted(pins.items()):
        yield _Pinned(tuple(packages.get(text, ())), tuple(of_one))


def _root_component(plan: Plan) -> Component:
    name, version = canonicalize_name(plan.release.name), plan.release.version
    purl = PackageURL("pypi", name=name, version=version)
    facts = {
        "poetry-lock-sha256": plan.graph.digest,
        "poetry-lock-content-hash": plan.graph.content_hash,
        "requires-python": plan.project.requires_python or "",
        "groups": ", ".join(sorted(plan.options.groups)),
        "ignored": ", ".join(_spelt(plan.selection.ignored)),
        "provided": ", ".join(dict.fromkeys(one.name for one in plan.selection.provided)),
        "dropped": ", ".join(_spelt(plan.selection.dropped)),
    }
    return Component(
        type=ComponentType.APPLICATION,
        name=name,
        version=version,
        purl=purl,
        bom_ref=str(purl),
        properties=_properties((key, value) for key, value in facts.items() if value),
    )


def _spelt(packages: Iterable[LockedPackage]) -> Iterator[str]:
    return (f"{package.name} {package.version}" for package in packages)


def _component(plan: Plan, entry: _Pinned) -> Component:
    package = entry.package
    name = package.name if package else canonicalize_name(plan.project.name)
    version = package.version if package else plan.project.version
    purl = PackageURL("pypi", name=name, version=version, qualifiers=dict(_qualifiers(package)))
    return Component(
        type=ComponentType.LIBRARY if package else ComponentType.APPLICATION,
        name=name,
        version=version,
        purl=purl,
        bom_ref=str(purl),
        hashes=[_hash(text) for text in sorted({text for one in entry.packages for text in one.hashes})],
        external_references=list(_references(package)),
        properties=_properties([*_pin_facts(entry.pins), *chain.from_iterable(map(_source_facts, entry.packages))]),
    )


def _hash(text: str) -> HashType:
    """``text``, which is ``sha256:…`` or one of its longer kin, as CycloneDX spells it."""
    algorithm, _, digest = text.partition(":")
    return HashType(alg=HashAlgorithm(algorithm.upper().replace("SHA", "SHA-")), content=digest)


def _qualifiers(package: LockedPackage | None) -> Iterator[tuple[str, str]]:
    """Where the purl says that ``package`` comes from (https://github.com/package-url/purl-spec)."""
    if package and package.source and package.source.direct:
        yield ("vcs_url" if package.source.type == "git" else "download_url"), package.source.direct


def _references(package: LockedPackage | None) -> Iterator[ExternalReference]:
    if package and package.source and package.source.direct:
        kind = ExternalReferenceType.VCS if package.source.type == "git" else ExternalReferenceType.DISTRIBUTION
        yield ExternalReference(type=kind, url=XsUri(package.source.direct))


def _pin_facts(pins: Sequence[Pin]) -> Iterator[tuple[str, str]]:
    """Which extras a component belongs to, its markers, and its lines in the metadata of the wheel."""
    for pin in pins:
        yield "requires-dist", pin.requires_dist
        if pin.extra:
            yield "extra", pin.extra
        if not pin.marker.is_any():
            yield "marker", str(pin.marker)


def _source_facts(package: LockedPackage) -> Iterator[tuple[str, str]]:
    """An index by its name: its address may be private, and hold a password."""
    if package.source:
        yield "source", package.source.type
        if package.source.type == "legacy" and package.source.reference:
            yield "index", package.source.reference


def _properties(facts: Iterable[tuple[str, str]]) -> list[Property]:
    return [Property(name=f"{_PREFIX}:{name}", value=value) for name, value in dict.fromkeys(facts)]

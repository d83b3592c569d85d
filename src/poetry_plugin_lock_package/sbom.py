"""The software bill of materials (SBOM) of a lock package: what exactly an installation of it brings.

The format is CycloneDX (https://cyclonedx.org/specification/overview/), in the newest version that
``cyclonedx-python-lib`` can write. That library is an optional dependency, and only this module needs it.
"""

from __future__ import annotations

import os
from collections import defaultdict
from datetime import datetime, timezone
from functools import cache, reduce
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

from poetry_plugin_lock_package.markers.operations import extras_in
from poetry_plugin_lock_package.markers.regions import NOWHERE
from poetry_plugin_lock_package.poetry_api import quiet_logging
from poetry_plugin_lock_package.project import Release
from poetry_plugin_lock_package.selection.select import Walk, pins_by_package

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    from packaging.utils import NormalizedName

    from poetry_plugin_lock_package.lock.model import Dependency, LockedPackage
    from poetry_plugin_lock_package.markers.regions import Environments, Region
    from poetry_plugin_lock_package.plan import Plan
    from poetry_plugin_lock_package.selection.select import Pin

    # All pins of one release, or of the project: one for each extra and marker.
    _Entry: TypeAlias = tuple[Pin, ...]

SCHEMA = max(SchemaVersion)

# CycloneDX asks for names with a prefix: https://github.com/CycloneDX/cyclonedx-property-taxonomy.
_PREFIX = "poetry-lock-package"
_NO_SERIAL_NUMBER = UUID(int=0)


def render_sbom(plan: Plan) -> str:
    """The SBOM of what ``plan`` pins, as CycloneDX JSON; the same plan always gives the same text.

    The lock package is the root component. Its components are the pins of the base and of all extras.
    The dependency graph is that of poetry.lock, which ``plan`` must have read with the edges between packages.
    """
    pins: dict[str, list[Pin]] = {}
    for pin in plan.pins:
        # The project is first.
        pins.setdefault(pin.requirement if pin.package else "", []).append(pin)
    entries = [tuple(of_one) for _, of_one in sorted(pins.items())]
    components = [_component(plan, entry) for entry in entries]
    bom = Bom(components=components, serial_number=_NO_SERIAL_NUMBER)
    bom.metadata.component = root = _root_component(plan)
    bom.metadata.timestamp = _source_date()  # type: ignore[assignment] # None leaves the field out
    targets = [components, *_targets(plan, dict(zip(entries, components, strict=True)))]
    bom.dependencies = [
        BomDependency(one.bom_ref, [BomDependency(target.bom_ref) for target in of_one])
        for one, of_one in zip((root, *components), targets, strict=True)
    ]
    # All components are registered. The library would look for each of them among all others.
    bom.register_dependency = lambda *_, **__: None  # type: ignore[method-assign]
    with quiet_logging():
        text = make_outputter(bom, OutputFormat.JSON, SCHEMA).output_as_string(indent=2)
    # A UUID of the content instead of a random one, so that the same input gives the same bytes.
    key = '"serialNumber": "urn:uuid:{}"'
    return text.replace(key.format(_NO_SERIAL_NUMBER), key.format(uuid5(NAMESPACE_URL, text))) + "\n"


def _targets(plan: Plan, components: dict[_Entry, Component]) -> Iterator[list[Component]]:
    """What each of ``components`` depends on: of several versions of a name, those that are meant."""
    versions: defaultdict[NormalizedName, list[_Entry]] = defaultdict(list)
    for entry in components:
        for name in {package.name for package in pins_by_package(entry)}:
            versions[name].append(entry)

    @cache
    def environments() -> Environments:
        # Few locks need it.
        return Walk(plan.graph, (pin.marker for pin in plan.pins)).environments

    def where(entry: _Entry) -> Region:
        return reduce(environments().union, (environments().region(pin.marker) for pin in entry))

    def is_met(by: _Entry, edge: Dependency, target: _Entry) -> bool:
        """Whether some environment has ``by`` and ``target``, and ``target`` is what ``edge`` asks for there."""
        if not any(map(edge.is_met_by, pins_by_package(target))):
            return False
        regions = (where(by), environments().region(edge.marker, extras_in(edge.marker)), where(target))
        return reduce(environments().intersection, regions) != NOWHERE

    for entry in components:
        packages = pins_by_package(entry)
        edges = chain.from_iterable(p.dependencies for p in packages) if packages else plan.graph.own_dependencies
        yield [
            components[target]
            for edge in edges
            for target in versions[edge.name]
            if len(versions[edge.name]) == 1 or is_met(entry, edge, target)
        ]


def _source_date() -> datetime | None:
    """The time in SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/), or None."""
    try:
        return datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "")), timezone.utc)
    except (ValueError, OverflowError, OSError):
        # poetry-core ignores what is no number; others are no time either.
        return None


def _root_component(plan: Plan) -> Component:
    facts = {
        "poetry-lock-sha256": plan.graph.digest,
        "poetry-lock-content-hash": plan.graph.content_hash,
        "requires-python": plan.project.requires_python or "",
        "groups": ", ".join(sorted(plan.options.groups)),
        "ignored": ", ".join(f"{package.name} {package.version}" for package in plan.selection.ignored),
        "provided": ", ".join(dict.fromkeys(one.name for one in plan.selection.provided)),
        "dropped": ", ".join(f"{package.name} {package.version}" for package in plan.selection.dropped),
    }
    given = [(key, value) for key, value in facts.items() if value]
    return _make_component(ComponentType.APPLICATION, plan.release, given)


def _component(plan: Plan, entry: _Entry) -> Component:
    # None for the project, and several if the release is locked from several sources.
    packages = [*pins_by_package(entry)]
    package = packages[0] if packages else None
    qualifiers, references = {}, []
    if package and package.source and package.source.direct:
        is_git, url = package.source.type == "git", package.source.direct
        qualifiers["vcs_url" if is_git else "download_url"] = url
        kind = ExternalReferenceType.VCS if is_git else ExternalReferenceType.DISTRIBUTION
        references.append(ExternalReference(type=kind, url=XsUri(url)))
    component = _make_component(
        ComponentType.LIBRARY if package else ComponentType.APPLICATION,
        Release(package.name, package.version) if package else plan.project.release,
        _facts(entry, packages),
        qualifiers,
    )
    component.hashes = [_hash(text) for text in sorted({text for one in packages for text in one.hashes})]
    component.external_references = references
    return component


def _make_component(
    kind: ComponentType, release: Release, facts: Iterable[tuple[str, str]], qualifiers: dict[str, str] | None = None
) -> Component:
    name = canonicalize_name(release.name)
    # https://github.com/package-url/purl-spec
    purl = PackageURL("pypi", name=name, version=release.version, qualifiers=qualifiers)
    properties = [Property(name=f"{_PREFIX}:{key}", value=value) for key, value in dict.fromkeys(facts)]
    return Component(type=kind, name=name, version=release.version, purl=purl, bom_ref=str(purl), properties=properties)


def _hash(text: str) -> HashType:
    """``text``, which is ``sha256:…`` or a longer hash of that family, as CycloneDX writes it."""
    algorithm, _, digest = text.partition(":")
    return HashType(alg=HashAlgorithm(algorithm.upper().replace("SHA", "SHA-")), content=digest)


def _facts(pins: Iterable[Pin], packages: Iterable[LockedPackage]) -> Iterator[tuple[str, str]]:
    """The extras of a component, its markers, its lines in the METADATA of the wheel, and its sources."""
    for pin in pins:
        yield "requires-dist", pin.requires_dist
        if pin.extra:
            yield "extra", pin.extra
        if not pin.marker.is_any():
            yield "marker", str(pin.marker)
    for package in packages:
        if package.source:
            yield "source", package.source.type
            # Name an index: its address may be private, and have a password.
            if package.source.type == "legacy" and package.source.reference:
                yield "index", package.source.reference

"""Where locked packages come from: indexes, git repositories, URLs and paths."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name
from poetry.core.packages.dependency import Dependency as PoetryDependency
from poetry.core.packages.url_dependency import URLDependency
from poetry.core.packages.vcs_dependency import VCSDependency

from poetry_plugin_lock_package.lock.model import Reference, Source
from poetry_plugin_lock_package.text import one_line, redacted
from poetry_plugin_lock_package.urls import bare_url, has_hash, is_address, public_url, subdirectory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from poetry.core.packages.package import Package


def references_of(dependencies: Mapping[str, Any]) -> Iterator[Reference]:
    """The git and path dependencies among ``dependencies`` (the table of a locked package).

    URL dependencies are left out: they are pinned to the same URL, so they cannot disagree with their pin.
    """
    for name, specs in dependencies.items():
        for spec in specs if isinstance(specs, list) else [specs]:
            if not isinstance(spec, dict):
                continue
            if "git" in spec:
                git = spec.get("rev") or spec.get("tag") or spec.get("branch") or ""
                yield Reference(canonicalize_name(name), git)
            elif "path" in spec or "file" in spec:
                yield Reference(canonicalize_name(name), None)


def source_of(package: Package) -> Source | None:
    """The source of ``package``, or None if it comes from the default index."""
    if package.source_type is None:
        return None
    if package.source_type not in ("git", "url") or package.source_url is None:
        # The name of an index is any text, and warnings show it.
        name = package.source_reference
        return Source(package.source_type, name and redacted(one_line(name)))
    url = public_url(package.source_url)
    return Source(
        package.source_type,
        package.source_reference,
        direct=_direct_reference(package, url),
        had_secret=url != package.source_url,
        had_hash=package.source_type == "url" and has_hash(url),
    )


def _direct_reference(package: Package, url: str) -> str | None:
    """The URL of the PEP 508 direct reference to ``package`` (``name @ URL``), or None if there is none."""
    folder = posixpath.normpath(package.source_subdirectory or subdirectory(url) or ".")
    # A path on this machine, or a subdirectory outside the download, means nothing elsewhere.
    if url.startswith("file:") or posixpath.isabs(folder) or folder.partition("/")[0] == "..":
        return None
    dependency: PoetryDependency
    try:
        if package.source_type == "git":
            dependency = VCSDependency(
                package.name,
                "git",
                url,
                rev=package.source_reference,
                resolved_rev=package.source_resolved_reference,
                directory=folder if folder != "." else None,
            )
        else:
            dependency = URLDependency(package.name, bare_url(url), directory=folder if folder != "." else None)
        # poetry-core turns scp-like addresses into URLs, and adds the locked commit. It cannot read
        # everything that it writes, for example a dot in a subdirectory.
        text = dependency.base_pep_508_name_resolved
        read_back = PoetryDependency.create_from_pep_508(text)
    except Exception:  # noqa: BLE001 - whatever its parsers raise
        return None
    direct = text.partition(" @ ")[2]
    # For a wheel, poetry-core takes the name from the file, in the spelling of the file.
    is_same = (read_back.name, read_back.base_pep_508_name.partition(" @ ")[2]) == (package.name, direct)
    return direct if is_same and is_address(direct) else None

"""Where locked packages come from: indexes, git repositories, URLs and paths."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

from packaging.utils import canonicalize_name
from poetry.core.packages.dependency import Dependency as PoetryDependency
from poetry.core.packages.url_dependency import URLDependency
from poetry.core.packages.vcs_dependency import VCSDependency

from poetry_plugin_lock_package.lock.model import Reference, Source
from poetry_plugin_lock_package.text import (
    bare_url,
    has_hash,
    is_address,
    is_default_index,
    one_line,
    public_url,
    redacted,
    subdirectory,
)

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
    if package.source_type == "legacy" and is_default_index(package.source_url or ""):
        # A project may give it a name of its own.
        return None
    if package.source_type in ("directory", "file"):
        # Poetry's locker has joined it to the folder of poetry.lock.
        return Source(package.source_type, package.source_reference, path=package.source_url)
    if package.source_type not in ("git", "url") or package.source_url is None:
        # The name of an index is any text, and warnings show it.
        name = package.source_reference
        return Source(package.source_type, name and redacted(one_line(name)))
    url = public_url(package.source_url)
    direct, obstacle = _direct_reference(package, url)
    return Source(
        package.source_type,
        package.source_reference,
        direct=direct,
        obstacle=obstacle,
        had_secret=url != package.source_url,
        had_hash=package.source_type == "url" and has_hash(url),
    )


def _direct_reference(package: Package, url: str) -> tuple[str | None, str]:
    """The URL of a PEP 508 direct reference to ``package``, or None and the reason why there is none."""
    folder = posixpath.normpath(package.source_subdirectory or subdirectory(url) or ".")
    if problem := _unnameable(str(package.source_type), url, folder):
        return None, problem
    dependency: PoetryDependency
    try:
        if package.source_type == "git":
            dependency = VCSDependency(
                package.name,
                "git",
                url,
                rev=package.source_reference,
                resolved_rev=package.source_resolved_reference,
            )
        else:
            dependency = URLDependency(package.name, bare_url(url))
        # poetry-core turns scp-like addresses into URLs, and puts the locked commit into them.
        text = dependency.base_pep_508_name_resolved
        read_back = PoetryDependency.create_from_pep_508(text)
    except Exception:  # noqa: BLE001 - whatever its parsers raise
        return None, "has an address that Poetry cannot read"
    direct = text.partition(" @ ")[2]
    # poetry-core takes the name of a wheel from its file name.
    if read_back.name != package.name:
        return None, f"comes from a wheel of {read_back.name}"
    if read_back.base_pep_508_name.partition(" @ ")[2] != direct or not is_address(direct):
        return None, "has an address that Poetry cannot read"
    # Not written and read by poetry-core: its reader refuses a dot in the subdirectory of a git URL.
    return (direct if folder == "." else f"{direct}#subdirectory={folder}"), ""


def _unnameable(source_type: str, url: str, folder: str) -> str:
    """Why no requirement can name ``folder`` at ``url``, or "" if one can."""
    if url.startswith("file:"):
        return f"comes from {'a git' if source_type == 'git' else 'an'} address on this machine"
    if source_type == "url" and not re.match("https?://", url, re.IGNORECASE):
        return "comes from a URL that begins with neither http:// nor https://"
    # Only this machine knows what is there.
    if posixpath.isabs(folder) or folder.partition("/")[0] == "..":
        return "is in a folder outside its source"
    # PEP 508 ends a URL at white space, and pip ends a subdirectory at `&`. Neither pip nor uv decodes `%20`.
    if re.search(r"[\s&#]", folder) or not folder.isprintable():
        return f"is in the subdirectory {folder!r}; pip and uv can read neither white space nor & and # in its name"
    return ""

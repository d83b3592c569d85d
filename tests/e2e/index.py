"""A package index on loopback: wheels that are made here, and the pages that pip and Poetry ask for."""

import email
import hashlib
import html
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import Distribution, distribution
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO

from packaging.utils import canonicalize_name, parse_wheel_filename
from poetry.core.factory import Factory
from poetry.core.masonry.builders.wheel import WheelBuilder

from tests.wheels import Member, write_wheel


def add_backend(folder: Path) -> None:
    """Put our wheel into ``folder``, and what the build backend needs: Poetry is not among it."""
    add_needs_of_backend(folder)
    WheelBuilder(Factory().create_poetry(Path(__file__).parents[2])).build(folder)


def add_needs_of_backend(folder: Path) -> None:
    """Put what the build backend needs, and builds with, into ``folder``."""
    for name in ("installer", "packaging", "poetry-core", "tomlkit"):
        repack(folder, distribution(name))


def make_wheel(  # noqa: PLR0913 - a wheel has that much to say
    folder: Path,
    name: str,
    version: str,
    requires: Iterable[str] = (),
    *,
    extras: Mapping[str, Iterable[str]] | None = None,
    requires_python: str | None = None,
    modules: Mapping[str, str] | None = None,
) -> Path:
    """Write a small valid wheel into ``folder``; the same arguments always give the same bytes.

    ``requires`` are PEP 508, as are those of ``extras``, but without a marker.
    ``modules`` are file names and their text; one empty module if there are none.
    """
    module = canonicalize_name(name).replace("-", "_")
    metadata = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
    metadata += [f"Requires-Python: {requires_python}"] if requires_python else []
    metadata += [f"Requires-Dist: {requirement}" for requirement in requires]
    for extra, requirements in (extras or {}).items():
        metadata.append(f"Provides-Extra: {extra}")
        metadata += [f'Requires-Dist: {requirement} ; extra == "{extra}"' for requirement in requirements]
    info = f"{module}-{version}.dist-info"
    files = {**(modules or {f"{module}.py": ""}), f"{info}/METADATA": "\n".join([*metadata, ""])}
    return _write_wheel(folder, info, {path: text.encode() for path, text in files.items()})


def repack(folder: Path, distribution: Distribution) -> Path:
    """Write the wheel of a pure package that is installed somewhere into ``folder``, as it was before."""
    (metadata,) = (path for path in distribution.files or () if path.name == "METADATA" and len(path.parts) == 2)
    info = metadata.parent.name
    files = {
        path.as_posix(): path.read_binary()
        for path in distribution.files or ()
        # Scripts are made, modules compiled, and these files written, when it is installed.
        if path.parts[0] != ".."
        and "__pycache__" not in path.parts
        and path.suffix != ".pyc"
        and path.as_posix()
        not in {f"{info}/{name}" for name in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")}
    }
    return _write_wheel(folder, info, files)


def stamp(wheel: Path, label: str, folder: Path) -> Path:
    """Write ``wheel`` with the local version ``label`` into ``folder``, as Databricks does for ``dynamic_version``."""
    name, version, *_ = wheel.name.split("-")
    before, info = f"{name}-{version}.dist-info", f"{name}-{version}+{label}.dist-info"
    with zipfile.ZipFile(wheel) as archive:
        files = {path.replace(before, info): archive.read(path) for path in archive.namelist()}
    del files[f"{info}/RECORD"]
    metadata = files[f"{info}/METADATA"].decode()
    files[f"{info}/METADATA"] = metadata.replace(f"\nVersion: {version}\n", f"\nVersion: {version}+{label}\n").encode()
    return _write_wheel(folder, info, files)


def _write_wheel(folder: Path, info: str, files: Mapping[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{info.removesuffix('.dist-info')}-py3-none-any.whl"
    return write_wheel(wheel, [Member(path, content) for path, content in files.items()], info=info)


@contextmanager
def serve_index(folder: Path) -> Iterator[str]:
    """Serve the wheels in ``folder`` as a simple index (PEP 503) on loopback, for as long as the context lasts.

    Gives the URL of the index, without a slash at its end. Other files in ``folder`` are
    served beside the pages, and what is added later appears.
    """
    handler = partial(_Handler, directory=str(folder), folder=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        # The poll is what the end of the context waits for.
        thread = Thread(target=partial(server.serve_forever, poll_interval=0.05), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class _Handler(SimpleHTTPRequestHandler):
    """Pages for paths that end in a slash, files for all others."""

    def __init__(self, *args: Any, folder: Path, **kwargs: Any) -> None:
        self.folder = folder
        # Last, because it answers the request.
        super().__init__(*args, **kwargs)

    def send_head(self) -> BinaryIO | None:
        """Answer GET and HEAD up to the body, and return that."""
        if not self.path.endswith("/"):
            return super().send_head()
        links = list(_links(self.folder, self.path.strip("/")))
        if not links:
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        body = "\n".join(["<!DOCTYPE html>", *links, ""]).encode()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return io.BytesIO(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that the base class gave it
        """Say nothing: the output of a failed test shall show the programs, not each request."""


def _links(folder: Path, name: str) -> Iterator[str]:
    """The links of the page of project ``name``, or with an empty one those of the page of all projects."""
    wheels = {wheel: str(parse_wheel_filename(wheel.name)[0]) for wheel in sorted(folder.glob("*.whl"))}
    if not name:
        yield from (f'<a href="/{project}/">{project}</a>' for project in dict.fromkeys(wheels.values()))
    for wheel in (wheel for wheel, project in wheels.items() if project == name):
        digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
        python = html.escape(_requires_python(wheel))
        yield f'<a href="/{wheel.name}#sha256={digest}" data-requires-python="{python}">{wheel.name}</a>'


def _requires_python(wheel: Path) -> str:
    with zipfile.ZipFile(wheel) as archive:
        # At the top: there may be packages within the package.
        (name,) = (name for name in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
        return str(email.message_from_bytes(archive.read(name)).get("Requires-Python", ""))

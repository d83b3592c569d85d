"""See what a lock package is for: install a project from an index that has newer releases than its lock.

    python examples/first_look.py

An index on this machine offers, for each package of examples/example-package, the locked release and a newer one. Its
packages are made up, so nothing is downloaded. The project is installed from it in three ways, each into a virtual
environment of its own, and what came out is printed side by side.
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory
from threading import Thread

import tomlkit

PROJECT = Path(__file__).parent / "example-package"
# How the project is built, and what is installed of it; the last is one wheel with the pins in it.
WAYS = {
    "project's wheel": ("build --format wheel --output", "example-package"),
    "lock package": ("lock-package --build --output", "example-package-lock"),
    "--ignore click": ("lock-package --build --project-wheel --ignore click --output", "example-package"),
}


class _QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing of each request."""


def run(*command: str, folder: Path) -> str:
    """Run ``command`` in ``folder`` and return what it writes; if it fails, show that and stop."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def locked_versions() -> dict[str, list[str]]:
    """Each name in the lock, with its versions."""
    lock = tomlkit.parse((PROJECT / "poetry.lock").read_text(encoding="utf-8")).unwrap()
    versions: dict[str, list[str]] = {}
    for package in lock["package"]:
        versions.setdefault(package["name"], []).append(package["version"])
    return versions


def newer(version: str) -> str:
    """A later release than ``version`` that the ranges of the project allow."""
    return f"{version.rpartition('.')[0]}.99"


def write_wheel(folder: Path, name: str, version: str) -> None:
    """Write an empty wheel into the page of its project in the index."""
    info = f"{name}-{version}.dist-info"
    page = folder / "simple" / name
    page.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(page / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def install(scratch: Path, project: Path, index: str, way: str) -> dict[str, str]:
    """Build ``project`` and install it in one of WAYS; return what is in the environment then."""
    command, name = WAYS[way]
    wheels, environment = scratch / way / "wheels", scratch / way / "environment"
    run(sys.executable, "-m", "poetry", *command.split(), str(wheels), folder=project)
    if way == "lock package":
        # It requires the project, too.
        run(sys.executable, "-m", "poetry", *WAYS["project's wheel"][0].split(), str(wheels), folder=project)
    venv.create(environment, with_pip=False)
    pip = (sys.executable, "-m", "pip", "--python", str(environment), "--disable-pip-version-check")
    run(*pip, "install", "--index-url", index, "--find-links", str(wheels), name, folder=scratch)
    found = json.loads(run(*pip, "list", "--format=json", folder=scratch))
    return {package["name"]: package["version"] for package in found}


def table(rows: list[list[str]]) -> str:
    """``rows`` in columns, the first of them underlined."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rows.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def main() -> None:
    """Print what each way of installation gives."""
    locked = locked_versions()
    with TemporaryDirectory() as folder:
        scratch = Path(folder).resolve()
        for name, versions in locked.items():
            for version in versions:
                write_wheel(scratch, name, version)
                write_wheel(scratch, name, newer(version))
        project = copytree(PROJECT, scratch / "project", ignore=ignore_patterns("dist", "example-package-lock"))
        server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_QuietHandler, directory=str(scratch)))
        Thread(target=server.serve_forever, daemon=True).start()
        index = f"http://127.0.0.1:{server.server_port}/simple/"
        found = {way: install(scratch, project, index, way) for way in WAYS}
        server.shutdown()
    names = [name for name in locked if any(name in packages for packages in found.values())]
    print("The index has newer releases than poetry.lock. What does `pip install` give?\n")
    heading = ["", "poetry.lock", *WAYS]
    print(
        table(
            [
                heading,
                *([name, " or ".join(locked[name]), *(p.get(name, "-") for p in found.values())] for name in names),
            ]
        )
    )
    print(
        "\nproject's wheel   poetry build                     the newest releases that fit"
        "\nlock package      poetry lock-package --build      what poetry.lock has"
        "\n--ignore click    … --project-wheel --ignore click  the same, without click"
        "\n\nNext, in a project of your own: poetry lock-package --build"
    )


if __name__ == "__main__":
    main()

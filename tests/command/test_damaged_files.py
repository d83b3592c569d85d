"""Damaged input: whatever is in pyproject.toml and poetry.lock, the command ends with one line or with a good wheel."""

import re
from pathlib import Path
from random import Random

import pytest

from tests.damage import adopt, damaged
from tests.kit import locked, make_old, only_wheel, poetry, tree, write_project

CASES = 50  # of each project and file, the same in each run

URL = "https://user:secret@example.org"
CLASSIC = f"""\
[tool.poetry]
name = "example-package"
version = "0.1.0"
description = "An example"
authors = ["Ada Lovelace <ada@example.org>"]
license = "MIT"
readme = "README.md"
keywords = ["one", "two"]
homepage = "{URL}"
classifiers = ["Topic :: Utilities"]

[tool.poetry.urls]
Tracker = "https://example.org/issues"

[tool.poetry.dependencies]
python = ">=3.9,<3.14"
plain = "^1.0"
forked = {{ git = "{URL}/forked.git", branch = "main" }}
several = [{{ version = "1.0", python = "<3.11" }}, {{ version = "2.0", python = ">=3.11" }}]
option = {{ version = "*", optional = true, markers = "sys_platform == 'win32'" }}

[tool.poetry.group.dev.dependencies]
tester = "*"

[tool.poetry.extras]
more = ["option"]

[[tool.poetry.source]]
name = "company"
url = "{URL}/simple"
priority = "supplemental"
"""
PEP_621 = f"""\
[project]
name = "example-package"
version = "0.1.0"
description = "An example"
authors = [{{ name = "Ada Lovelace", email = "ada@example.org" }}]
maintainers = [{{ name = "Grace" }}]
license = {{ text = "Proprietary" }}
keywords = ["one", "two"]
classifiers = ["Topic :: Utilities"]
requires-python = ">=3.9,<3.14"
dependencies = [
    "plain>=1.0,<2",
    "forked @ git+{URL}/forked.git@main",
    "several==1.0 ; python_version < '3.11'",
    "several==2.0 ; python_version >= '3.11'",
]

[project.urls]
Homepage = "{URL}"

[project.optional-dependencies]
more = ["option ; sys_platform == 'win32'"]

[tool.poetry]
package-mode = false

[tool.poetry.group.dev.dependencies]
tester = "*"
"""
PROJECTS = {
    "classic": (CLASSIC, None),
    "PEP 621": (PEP_621, None),
    "classic, old lock": (CLASSIC, "1.1"),
    "PEP 621, old lock": (PEP_621, "2.0"),
}
ARGUMENTS = ("", "--ignore plain", "--all-extras", "--all-groups --ignore 'f.*'", "--extras more")


def _write(folder: Path, pyproject: str, version: str | None) -> Path:
    """A project with a lock of the format ``version`` that has something of everything."""
    git = {"type": "git", "url": f"{URL}/forked.git", "reference": "main", "resolved_reference": "5d1c" * 10}
    index = {"type": "legacy", "url": f"{URL}/simple", "reference": "company"}
    project = write_project(
        folder,
        [
            locked("plain", "1.2", requires=["shared>=1", "several", "extra[fast] ; python_version < '3.11'"]),
            locked("forked", "3.0", source=git, requires=["shared"]),
            locked("several", "1.0", marker='python_version < "3.11"', python=">=3.8"),
            locked("several", "2.0", marker='python_version >= "3.11"', python=">=3.11"),
            locked("shared", "1.5", source=index, files=[{"file": "shared-1.5.tar.gz", "hash": "sha256:00"}]),
            locked("extra", "1.0", marker='python_version < "3.11"', requires=['speed ; extra == "fast"']),
            locked("speed", "1.0", marker='python_version < "3.11"'),
            locked("option", "1.0", marker='sys_platform == "win32" and extra == "more"'),
            locked("tester", "1.0", groups=["dev"]),
        ],
        pyproject,
    )
    return make_old(project, version) if version else project


@pytest.mark.parametrize("kind", PROJECTS)
@pytest.mark.parametrize("file", ["pyproject.toml", "poetry.lock"])
def test_damaged(tmp_path: Path, kind: str, file: str) -> None:
    """No damage shows a traceback or a secret, or writes half of it: one line and 1, or a good wheel and 0."""
    project = _write(tmp_path / "project", *PROJECTS[kind])
    assert [_run(project, arguments) for arguments in ARGUMENTS] == [0] * len(ARGUMENTS)
    whole = (project / file).read_text(encoding="utf-8")
    lock = (project / "poetry.lock").read_text(encoding="utf-8")
    codes, faults = [], []
    for case in range(CASES):
        random = Random(f"{kind}, {file}, {case}")
        (project / file).write_bytes(damaged(random, whole))
        if file == "pyproject.toml":
            adopt(project, lock)
        try:
            codes.append(_run(project, random.choice(ARGUMENTS)))
        except Exception as error:  # noqa: BLE001 - all of them are wanted at once
            faults.append(f"case {case}: {error}")

    assert not faults, "\n\n".join(faults)
    assert min(map(codes.count, (0, 1))) > CASES // 20


def _run(project: Path, arguments: str) -> int:
    before = tree(project)

    # With -v, Poetry shows a traceback for every error that the command does not know.
    run = poetry(project, f"lock-package --build -v {arguments}")

    assert "Internal error" not in run.err, run.err
    assert not re.search(r"secret|[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028]", run.out + run.err), run
    assert str(project.parent) not in run.out + run.err, run
    if run.code:
        assert [line for line in run.err.splitlines() if not line.startswith(("Warning: ", "Note: "))] == [
            run.err.splitlines()[-1]
        ], run.err
        assert run.err.splitlines()[-1].startswith("Error: "), run.err
        assert tree(project) == before
        assert not (project / "dist").exists()
    else:
        wheel = only_wheel(project / "dist").path
        assert b"secret" not in wheel.read_bytes()
        wheel.unlink()
        wheel.parent.rmdir()
    return run.code


LOADED = "The project cannot be loaded from pyproject.toml: "
READ = "poetry.lock cannot be read: "
MARKER = "No requirement .*: several has a marker that PEP 508 cannot express. Leave them out with --ignore several"
NEWER = 'markers = "python_version >= \\"3.11\\""'


# What was found by chance above and should be found on purpose, by the one line that it gives.
@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ('["Topic :: Utilities"]', "[{}]", f"{LOADED}.*unhashable.* Correct that, then run again"),
        (
            'more = ["option"]',
            '"<info>" = ["option"]',
            "The project's extras in pyproject.toml include '<info>', which is not a valid name. Rename it",
        ),
        (
            'description = "An example"',
            "description = {}",
            rf"{LOADED}The Poetry configuration is invalid: - [\w.]+ must be .* Correct .*",
        ),
        # Bytes that are no UTF-8.
        ("An example", "\udcff", f"{LOADED}.*codec.*"),
        ('reference = "company"', "reference = []", f"{READ}.*(source that is not valid|unhashable).*"),
        (NEWER, 'markers = "sys_platform == \'a\\"b\'"', MARKER),
        (NEWER, "markers = 'sys_platform == \"a\\b\"'", MARKER),
    ],
)
def test_found(tmp_path: Path, old: str, new: str, error: str) -> None:
    """Each fault is named in one line."""
    project = _write(tmp_path / "project", *PROJECTS["classic"])
    lock = (project / "poetry.lock").read_text(encoding="utf-8")
    pyproject = (project / "pyproject.toml").read_text(encoding="utf-8")
    if old in pyproject:
        (project / "pyproject.toml").write_bytes(pyproject.replace(old, new).encode(errors="surrogateescape"))
        adopt(project, lock)
    else:
        assert old in lock
        (project / "poetry.lock").write_text(lock.replace(old, new), encoding="utf-8")

    run = poetry(project, "lock-package --build -vvv")

    assert (run.code, run.err.count("\n")) == (1, 1)
    assert re.fullmatch(f"Error: {error}", run.err.removesuffix("\n")), run.err

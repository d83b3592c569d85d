"""`--sbom`: a software bill of materials beside the wheel."""

import json
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.kit import CLASSIC, locked, poetry, read_wheel, tree, write_project

SBOM = "example_package_lock-0.1.0.cdx.json"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    packages = [locked("a", requires=["b"]), locked("b", marker='sys_platform == "win32"'), locked("c")]
    return write_project(tmp_path / "project", packages, CLASSIC + 'a = "*"\nc = "*"\n')


def test_beside_the_wheel(project: Path) -> None:
    """It is spelt as the wheel is, and its components are what the wheel requires, line by line."""
    run = poetry(project, "lock-package --sbom")

    assert run.code == 0
    assert f"Wrote {SBOM}" in run.out
    wheel = read_wheel(project / "dist" / "example_package_lock-0.1.0-py3-none-any.whl")
    bom = json.loads((project / "dist" / SBOM).read_text(encoding="utf-8"))
    lines = {
        fact["value"]
        for component in bom["components"]
        for fact in component["properties"]
        if fact["name"] == "poetry-lock-package:requires-dist"
    }
    assert {Requirement(line) for line in lines} == {*wheel.requirements}
    assert {(c["name"], f"=={c['version']}") for c in bom["components"]} == {
        (requirement.name, str(requirement.specifier)) for requirement in wheel.requirements
    }


def test_replaced(project: Path) -> None:
    """The SBOM of a wheel that is replaced by another one goes with it; that of the same wheel stays."""
    assert poetry(project, "lock-package --sbom").code == 0
    before = tree(project / "dist")
    assert poetry(project, "lock-package --build").code == 0
    assert tree(project / "dist") == before

    run = poetry(project, "lock-package --build --ignore c")
    assert run.code == 0
    assert f"Removed {SBOM}" in run.out
    assert not (project / "dist" / SBOM).exists()


def test_without_the_library(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the optional library, one line says what to install, and nothing is written."""
    monkeypatch.setattr("poetry_plugin_lock_package.deliver.find_spec", {}.get)

    run = poetry(project, "lock-package --sbom")

    assert run.code == 1
    assert "poetry-plugin-lock-package[sbom]" in run.err.splitlines()[-1]
    assert not (project / "dist").exists()

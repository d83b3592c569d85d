"""The SBOM: valid CycloneDX, exactly the pins of the wheel, and the same bytes every time."""

import json
import logging
import timeit
from pathlib import Path
from time import process_time
from typing import Any
from urllib.parse import quote

import pytest
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from poetry.core.packages.dependency_group import MAIN_GROUP

from poetry_plugin_lock_package.plan import Options, Plan, plan
from poetry_plugin_lock_package.sbom import SCHEMA, render_sbom
from poetry_plugin_lock_package.selection.ignore import IgnorePattern
from poetry_plugin_lock_package.selection.provided import parse_provided
from tests.kit import CLASSIC, load, locked, write_project

PYPROJECT = """\
[project]
name = "example-package"
version = "0.1.0"
requires-python = ">=3.9,<3.14"
dependencies = ["spark", "click", "tool", "model", "internal"]

[project.optional-dependencies]
fast = ["speedups"]

[tool.poetry]
requires-poetry = ">=2.1"

[tool.poetry.group.dev.dependencies]
click = "*"

[[tool.poetry.source]]
name = "company"
url = "https://user:hunter2@index.example.org/simple"
"""
COMMIT = "1" * 40
WHEEL = "https://files.example.org/model-1.0-py3-none-any.whl"
GIT = {
    "type": "git",
    "url": "https://token@git.example.org/tool.git",
    "reference": "main",
    "resolved_reference": COMMIT,
}
INDEX = {"type": "legacy", "url": "https://user:hunter2@index.example.org/simple", "reference": "company"}
HASH = "sha256:" + "a" * 64


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return write_project(
        tmp_path / "project",
        [
            locked("spark", requires=["py4j"]),
            locked("py4j"),
            locked("click", "7.0", marker='python_version < "3.10"', files=[{"file": "c.whl", "hash": HASH}]),
            locked("click", "8.0", marker='python_version >= "3.10"'),
            locked("tool", source=GIT),
            locked("model", source={"type": "url", "url": WHEEL}),
            locked("internal", source=INDEX),
            locked("speedups", marker='extra == "fast"'),
        ],
        PYPROJECT,
    )


def made(project: Path, *ignore: str, **options: Any) -> Plan:
    return plan(load(project), Options(ignore=tuple(map(IgnorePattern.parse, ignore)), explain=True, **options))


def read(text: str) -> dict[str, Any]:
    """``text`` as JSON, found valid by the library's strict validator."""
    assert JsonStrictValidator(SCHEMA).validate_str(text) is None
    document: dict[str, Any] = json.loads(text)
    return document


def facts(component: dict[str, Any], name: str) -> list[str]:
    return [p["value"] for p in component.get("properties", ()) if p["name"] == f"poetry-lock-package:{name}"]


def test_components_are_the_pins(project: Path) -> None:
    """There is one component for each package and for the project, and together they have all lines of the wheel."""
    plan = made(project)
    bom = read(render_sbom(plan))

    assert {(c["name"], c["version"]) for c in bom["components"]} == {
        ("example-package", "0.1.0"),
        ("spark", "1.0"),
        ("py4j", "1.0"),
        ("click", "7.0"),
        ("click", "8.0"),
        ("tool", "1.0"),
        ("model", "1.0"),
        ("internal", "1.0"),
        ("speedups", "1.0"),
    }
    lines = [line for component in bom["components"] for line in facts(component, "requires-dist")]
    assert sorted(lines) == sorted(pin.requires_dist for pin in plan.pins)
    assert all(Requirement(line) for line in lines)


def test_root(project: Path) -> None:
    """The root component is the lock package, with what it was made from."""
    root = read(render_sbom(made(project, "spark")))["metadata"]["component"]

    assert (root["name"], root["version"]) == ("example-package-lock", "0.1.0")
    assert root["purl"] == "pkg:pypi/example-package-lock@0.1.0"
    assert facts(root, "ignored") == ["spark 1.0"]
    assert facts(root, "dropped") == ["py4j 1.0"]
    assert facts(root, "groups") == ["main"]
    assert len(facts(root, "poetry-lock-sha256")[0]) == len("a" * 64)


def test_facts_of_a_component(project: Path) -> None:
    """Extra, marker, hashes and source are where tools look for them, an index by its name alone."""
    by_name = {(c["name"], c["version"]): c for c in read(render_sbom(made(project)))["components"]}

    assert by_name["click", "7.0"]["hashes"] == [{"alg": "SHA-256", "content": "a" * 64}]
    assert facts(by_name["click", "7.0"], "marker") == ['python_version < "3.10"']
    assert facts(by_name["speedups", "1.0"], "extra") == ["fast"]
    assert facts(by_name["internal", "1.0"], "index") == ["company"]
    (vcs,) = by_name["tool", "1.0"]["externalReferences"]
    assert vcs == {"type": "vcs", "url": f"git+https://git.example.org/tool.git@{COMMIT}"}
    (file,) = by_name["model", "1.0"]["externalReferences"]
    assert file == {"type": "distribution", "url": WHEEL}
    assert by_name["example-package", "0.1.0"]["type"] == "application"


def test_dependency_graph(project: Path) -> None:
    """The lock package depends on every pin, the project on what it requires, a package on what the lock says."""
    graph = {d["ref"]: set(d.get("dependsOn", ())) for d in read(render_sbom(made(project)))["dependencies"]}

    everything = graph["pkg:pypi/example-package-lock@0.1.0"]
    assert len(everything) == 9
    assert graph["pkg:pypi/spark@1.0"] == {"pkg:pypi/py4j@1.0"}
    assert graph["pkg:pypi/example-package@0.1.0"] == everything - {
        "pkg:pypi/example-package@0.1.0",
        "pkg:pypi/py4j@1.0",
    }


def depends_on(plan: Plan) -> dict[str, set[str]]:
    """What each component depends on, by their purl without the type."""
    bom = read(render_sbom(plan))
    return {
        d["ref"].removeprefix("pkg:pypi/"): {ref.removeprefix("pkg:pypi/") for ref in d.get("dependsOn", ())}
        for d in bom["dependencies"]
    }


FORK = [
    locked("x", requires=["y<2"], marker='python_version < "3.12"'),
    locked("z", requires=["y>=2", 'w ; sys_platform == "win32"']),
    locked("y", "1.0", marker='python_version < "3.12"'),
    locked("y", "2.0", marker='python_version >= "3.12"'),
    locked("w", "1.0", marker='sys_platform == "win32"'),
    locked("w", "2.0", marker='sys_platform != "win32"'),
    locked("v", requires=['w ; extra == "more" and sys_platform != "win32"']),
]
FORKED = CLASSIC + 'x = { version = "*", python = "<3.12" }\nz = "*"\nv = { version = "*", extras = ["more"] }\n'


def test_dependencies_at_a_fork(tmp_path: Path) -> None:
    """Of several versions, a package depends on those that meet its constraint where it is installed."""
    graph = depends_on(made(write_project(tmp_path, FORK, FORKED)))

    assert graph["x@1.0"] == {"y@1.0"}
    assert graph["z@1.0"] == {"y@2.0", "w@1.0"}
    assert graph["v@1.0"] == {"w@2.0"}
    assert graph["example-package@0.1.0"] == {"x@1.0", "z@1.0", "v@1.0"}


def test_dependencies_of_the_project_at_a_fork(tmp_path: Path) -> None:
    """What the project requires from an address leads to that source, and what it requires by version to that."""
    url = "https://files.example.org/a-1.0-py3-none-any.whl"
    requires = f'a = [{{ url = "{url}", platform = "linux" }}, {{ version = "2.*", platform = "win32" }}]\nb = "*"\n'
    packages = [
        locked("a", "1.0", source={"type": "url", "url": url}, marker='sys_platform == "linux"'),
        locked("a", "2.0", marker='sys_platform == "win32"'),
        locked("a", "3.0", marker='sys_platform == "darwin"'),
        locked("b", requires=["a>=2"]),
    ]

    graph = depends_on(made(write_project(tmp_path, packages, CLASSIC + requires)))

    assert graph["example-package@0.1.0"] == {f"a@1.0?download_url={quote(url, safe=':/')}", "a@2.0", "b@1.0"}
    assert graph["b@1.0"] == {"a@2.0", "a@3.0"}


def test_one_version_stays_a_target(tmp_path: Path) -> None:
    """Where a name has one version, a package depends on it whatever the constraint says."""
    packages = [locked("a", requires=['b>=2 ; extra == "more"']), locked("b", "1.0")]

    assert depends_on(made(write_project(tmp_path, packages)))["a@1.0"] == {"b@1.0"}


def test_serial_number(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Documents that differ have different serial numbers, whatever they differ in."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    texts = [
        render_sbom(made(project)),
        render_sbom(made(project, groups=frozenset({MAIN_GROUP, canonicalize_name("dev")}))),
        render_sbom(made(project, "other")),
        render_sbom(made(project, "spark")),
        render_sbom(made(project, provided=(parse_provided(b"click ; sys_platform == 'sunos5'", "list.txt"),))),
    ]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    texts.append(render_sbom(made(project)))

    assert len(set(texts)) == len({read(text)["serialNumber"] for text in texts}) == len(texts) - 1
    assert texts[0] == texts[2]


@pytest.mark.newest
def test_cost(tmp_path: Path) -> None:
    """The time grows with the number of packages, not with its square."""

    def seconds(size: int) -> float:
        packages = [locked(f"p{i}", requires=[f"p{i + 1}"] if i + 1 < size else []) for i in range(size)]
        large = made(write_project(tmp_path / str(size), packages))
        # Time of the processor, which other processes share, and the shortest of several.
        return min(timeit.repeat(lambda: render_sbom(large), timer=process_time, number=1, repeat=2))

    # Twelve times the packages: the square would be 144 times the time.
    assert seconds(1200) / seconds(100) < 48


def test_nothing_is_logged(project: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The serializer would log a line for each value, which -vvv would show."""
    caplog.set_level(logging.DEBUG)

    assert read(render_sbom(made(project)))
    assert not caplog.records


def test_without_the_project(project: Path) -> None:
    """What is not pinned is no component: neither the project nor what was ignored."""
    names = {c["name"] for c in read(render_sbom(made(project, "spark", "click", no_root=True)))["components"]}

    assert names == {"tool", "model", "internal", "speedups"}


def test_own_wheel(project: Path) -> None:
    """The root component is the project's own wheel where the pins go into that, under the extras that it has."""
    bom = read(render_sbom(made(project, as_extra="locked")))

    assert bom["metadata"]["component"]["name"] == "example-package"
    by_name = {c["name"]: c for c in bom["components"]}
    assert facts(by_name["speedups"], "extra") == ["locked-fast"]
    assert "example-package" not in by_name


def test_same_bytes(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No clock and nothing random is in it; SOURCE_DATE_EPOCH sets the time, if it is one."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    text = render_sbom(made(project))
    assert render_sbom(made(project)) == text
    assert "timestamp" not in read(text)["metadata"]

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    assert read(render_sbom(made(project)))["metadata"]["timestamp"] == "2001-09-09T01:46:40+00:00"
    for no_date in ("yesterday", "9" * 17, "9" * 25):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", no_date)
        assert render_sbom(made(project)) == text


def test_no_secrets(project: Path, tmp_path: Path) -> None:
    """Neither credentials, nor the address of a private index, nor a folder of the machine is in it."""
    text = render_sbom(made(project))

    assert not [secret for secret in ("hunter2", "token", "index.example.org", str(tmp_path)) if secret in text]


def test_two_sources(tmp_path: Path) -> None:
    """One release that is locked from two indexes is one component with the hashes and the indexes of both."""
    files = [[{"file": "a.whl", "hash": HASH}], [{"file": "a.whl", "hash": HASH.replace("a" * 64, "b" * 64)}]]
    first = locked("a", marker='platform_machine == "armv7l"', source=INDEX, files=files[0])
    second = locked("a", marker='platform_machine != "armv7l"', files=files[1])
    project = write_project(tmp_path / "project", [first, second], PYPROJECT)

    (component,) = read(render_sbom(made(project, no_root=True)))["components"]

    assert [hash_["content"] for hash_ in component["hashes"]] == ["a" * 64, "b" * 64]
    assert facts(component, "index") == ["company"]
    assert len(facts(component, "requires-dist")) == 2

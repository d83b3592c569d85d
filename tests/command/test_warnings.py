"""`--ignore`, and warnings: short, one remedy each, and only where there is something to do."""

from pathlib import Path

import pytest

from tests.kit import (
    CLASSIC,
    LOCK_PROJECT,
    LOCK_WHEEL,
    add_to_lock,
    built,
    classic,
    locked,
    only_wheel,
    poetry,
    see,
    write_project,
)


def test_ignore(spark: Path) -> None:
    """An ignored package goes with what only it needs; what others need stays; the report names all."""
    run = poetry(spark, "lock-package --build --ignore pyspark")

    assert run.code == 0
    assert run.out.splitlines() == [
        f"Building {LOCK_PROJECT} (0.1.0)",
        "  - Pinned 2 packages",
        "  - Ignored pyspark",
        "  - Dropped with them py4j",
        f"  - Built {LOCK_WHEEL}",
    ]
    assert only_wheel(spark / "dist").requires == {"example-package==0.1.0", "pandas==2.3.1", "numpy==2.2.0"}


REQUIRED = (
    "Warning: Ignored, but example-package requires it, so pip installs it all the same, in any version that fits: {}."
    " Build with --project-wheel to leave it out{}" + see("ignored-but-required")
)
NEEDED = (
    "Warning: Ignored, but pinned packages require it, so pip installs it unless it is there, in any version that fits:"
    " {}. Install it beforehand" + see("ignored-but-needed")
)
NO_PINS = (
    "Warning: Nothing is pinned, because all packages that the project needs are left out."
    " Check --ignore and --provided"
)
DROPPED = ": {} back with it, no longer held at a version"


@pytest.mark.parametrize(
    ("arguments", "warnings"),
    [
        ("--ignore pyspark", [REQUIRED.format("pyspark", DROPPED.format("1 dropped package comes"))]),
        (
            "--ignore 'py.*' --ignore pandas",
            [
                REQUIRED.format("pandas, pyspark", DROPPED.format("1 dropped package comes")),
                NO_PINS,
            ],
        ),
        ("--ignore pyspark --no-root", []),
        ("--ignore numpy", [NEEDED.format("numpy (for pandas, pyspark)")]),
        ("--ignore numpy --ignore pyspark --no-root", [NEEDED.format("numpy (for pandas)")]),
        ("--ignore py4j --ignore pyspark --no-root", []),
    ],
)
def test_ignored_and_yet_installed(spark: Path, arguments: str, warnings: list[str]) -> None:
    """What pip will install although it was ignored is said, with who requires it; otherwise not a word."""
    run = poetry(spark, f"lock-package --build {arguments}")

    assert (run.code, run.err.splitlines()) == (0, warnings)


def test_ignore_knows_what_poetry_adds_to_a_requirement(tmp_path: Path) -> None:
    """What [tool.poetry] adds to a dependency in [project] counts: that is what was locked."""
    pyproject = """\
[project]
name = "app"
version = "1"
requires-python = ">=3.9"
dependencies = ["a", "ignored"]

[tool.poetry.dependencies]
a = { markers = "sys_platform == 'win32'" }
"""
    project = write_project(tmp_path, [locked("a"), locked("ignored", requires=["a"])], pyproject)

    assert built(project, "--ignore ignored")[0] == {'a==1.0 ; sys_platform == "win32"'}


MANY = [f"package-{number}" for number in range(9)]
PRIVATE = {"type": "legacy", "url": "https://example.org/simple", "reference": "company"}
OPTIONAL = classic("cleo", extras={"yaml": ["pyyaml"], "all": ["pyyaml"]})


def _warnings(project: Path, arguments: str) -> list[str]:
    run = poetry(project, f"lock-package --build {arguments}")

    assert run.code == 0, run.err
    return [line.removeprefix("Warning: ") for line in run.err.splitlines() if line.startswith("Warning: ")]


def test_many_names(tmp_path: Path) -> None:
    """Of more than five names, five are shown, and all of them with -v."""
    project = write_project(tmp_path, [locked(name, source=PRIVATE) for name in MANY])
    warning = "Locked from the source company, which a wheel cannot name: {}. Give its address to installers"

    short = _warnings(project, "")
    long = _warnings(project, "-v")

    first = ", ".join(MANY[:5])
    assert short == [warning.format(f"{first} and 4 more") + see("private-sources")]
    assert long == [warning.format(", ".join(MANY)) + see("private-sources")]


def test_many_names_in_the_summary(tmp_path: Path) -> None:
    """The same holds for what was ignored and dropped."""
    packages = [locked("top", requires=MANY), *map(locked, MANY), *(locked(f"other-{name}") for name in MANY)]
    project = write_project(tmp_path, packages, CLASSIC + 'top = "*"\n')

    run = poetry(project, "lock-package --build --no-root --ignore top --ignore 'other-.*'")

    assert run.out.splitlines()[2:4] == [
        "  - Ignored other-package-0, other-package-1, other-package-2, other-package-3, other-package-4 and 5 more",
        "  - Dropped with them package-0, package-1, package-2, package-3, package-4 and 4 more",
    ]


@pytest.mark.parametrize(
    ("url", "is_private"),
    [
        ("https://pypi.org/simple", False),
        ("https://PyPI.org/simple/", False),
        ("https://test.pypi.org/simple/", True),
        ("https://example.org/simple", True),
    ],
)
def test_public_index_by_another_name(tmp_path: Path, url: str, *, is_private: bool) -> None:
    """A source that leads to the default index needs no warning, whatever it is called."""
    source = {"type": "legacy", "url": url, "reference": "mirror"}
    project = write_project(tmp_path, [locked("a", source=source)])

    assert bool(_warnings(project, "")) == is_private


def test_ignored_and_required_by_an_extra(tmp_path: Path) -> None:
    """What only extras of the project require does not come back with the project itself."""
    project = write_project(
        tmp_path, [locked("cleo"), locked("pyyaml", marker='extra == "yaml" or extra == "all"')], OPTIONAL
    )

    (warning,) = _warnings(project, "--ignore pyyaml")
    (always,) = _warnings(project, "--ignore pyyaml --extras yaml -o always")

    assert warning == (
        "Ignored, but an extra of example-package requires it, so pip installs it with that extra, in any version that"
        " fits: pyyaml (with all, yaml). Build with --project-wheel to leave it out" + see("ignored-but-required")
    )
    assert always.startswith("Ignored, but example-package requires it, so pip installs it all the same,")


def test_dropped_packages_come_back(tmp_path: Path) -> None:
    """What was dropped with a package that comes back comes back as well, and is counted."""
    packages = [locked("a", requires=["b", "c"]), locked("b"), locked("c"), locked("d", requires=["e"]), locked("e")]
    packages += [locked("f", requires=["a"])]
    project = write_project(tmp_path, packages, CLASSIC + 'a = "*"\nd = "*"\nf = "*"\n')

    (with_project, with_pin) = _warnings(project, "--ignore a")
    (only_pin,) = _warnings(project, "--ignore a --ignore d --no-root -o other")

    count = ": 2 dropped packages come back with it, no longer held at a version"
    assert with_project.endswith("to leave it out" + count + see("ignored-but-required"))
    assert with_pin.endswith(": a (for f). Install it beforehand" + count + see("ignored-but-needed"))
    assert only_pin == with_pin


@pytest.mark.parametrize(
    ("pattern", "warning"),
    [
        (
            "requests*",
            (
                "--ignore 'requests*' is a regular expression, which does not match: requests-toolbelt. Write --ignore"
                " 'requests.*'"
            ),
        ),
        ("requests,click", "--ignore requests,click matches no locked package. Write --ignore requests --ignore click"),
        ("reqests", "--ignore reqests matches no locked package. Did you mean requests?"),
        ("nothing", "--ignore nothing matches no locked package"),
    ],
)
def test_pattern(tmp_path: Path, pattern: str, warning: str) -> None:
    """A pattern that is most likely a mistake is met with what was meant."""
    project = write_project(tmp_path, [locked("requests"), locked("requests-toolbelt"), locked("click")])

    assert _warnings(project, f"--no-root --ignore '{pattern}'") == [warning]


@pytest.mark.parametrize(
    "arguments", ["--ignore '.*'", "--provided list.txt", "--no-root --ignore a --provided list.txt"]
)
def test_all_left_out(tmp_path: Path, arguments: str) -> None:
    """A wheel without any pin is a warning, also where the user left everything out."""
    project = write_project(tmp_path, [locked("a"), locked("b")])
    (project / "list.txt").write_text("a\nb\n", encoding="utf-8")

    assert _warnings(project, arguments) == [
        "Nothing is pinned, because all packages that the project needs are left out. Check --ignore and --provided"
    ]


def test_warnings_come_first(tmp_path: Path) -> None:
    """A run that fails has said before what it warns of; a run that stops there has done nothing."""
    reference = {"git": "https://example.org/b.git", "branch": "main"}
    source = {"type": "git", "url": reference["git"], "reference": "main", "resolved_reference": "5d1c" * 10}
    project = write_project(tmp_path, [locked("b", source=source), locked("by", requires=["b"])])
    add_to_lock(project, "by", "b", reference)
    (project / "dist" / "example_package_lock-0.1.0-py3-none-any.whl").mkdir(parents=True)

    run = poetry(project, "lock-package --build")

    assert run.code == 1
    assert [line.partition(":")[0] for line in run.err.splitlines()] == ["Warning", "Warning", "Error"]

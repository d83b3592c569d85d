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
    write_project,
)


def test_ignore(spark: Path) -> None:
    """An ignored package goes with what only it needs; what others need stays; the report names all."""
    run = poetry(spark, "lock-package --build --ignore pyspark")

    assert run.code == 0
    assert run.out.splitlines() == [
        f"Building {LOCK_PROJECT} (0.1.0)",
        "  - Pinned 2 packages and the project",
        "  - Ignored pyspark",
        "  - Dropped with them py4j",
        f"  - Built {LOCK_WHEEL}",
    ]
    assert only_wheel(spark / "dist").requires == {"example-package==0.1.0", "pandas==2.3.1", "numpy==2.2.0"}


REQUIRED = (
    "Warning: {0} ignored, but example-package requires {1}: pip will install {1}, and 1 package that only {2}, at any"
    " version. Use --project-wheel to keep {1} out [ignored-but-required]"
)
NEEDED = (
    "Warning: {} is ignored, but a pinned package requires it: pip will install it at any version, unless it is there."
    " Install it beforehand [ignored-but-needed]"
)
NO_PINS = (
    "Warning: poetry.lock has packages, but everything that the project needs is left out, so nothing is pinned."
    " Check --ignore and --provided [no-pins]"
)


@pytest.mark.parametrize(
    ("arguments", "warnings"),
    [
        ("--ignore pyspark", [REQUIRED.format("pyspark is", "it", "it needs")]),
        (
            "--ignore 'py.*' --ignore pandas",
            [
                REQUIRED.format("pandas, pyspark are", "them", "they need"),
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


def _warnings(project: Path, arguments: str, kind: str = "Warning") -> list[str]:
    run = poetry(project, f"lock-package --build {arguments}")

    assert run.code == 0, run.err
    return [line.removeprefix(f"{kind}: ") for line in run.err.splitlines() if line.startswith(f"{kind}: ")]


def test_many_names(tmp_path: Path) -> None:
    """Of more than five names, five are shown, and all of them with -v."""
    project = write_project(tmp_path, [locked(name, source=PRIVATE) for name in MANY])
    note = "{} come from the source company, which a wheel cannot name. Give its address to the installer"

    short = _warnings(project, "", "Note")
    long = _warnings(project, "-v", "Note")

    first = ", ".join(MANY[:5])
    assert short == [note.format(f"{first} and 4 more") + " [private-sources]"]
    assert long == [note.format(", ".join(MANY)) + " [private-sources]"]


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
    """A source that leads to the default index needs no note, whatever it is called."""
    source = {"type": "legacy", "url": url, "reference": "mirror"}
    project = write_project(tmp_path, [locked("a", source=source)])

    assert bool(_warnings(project, "", "Note")) == is_private


def test_ignored_and_required_by_an_extra(tmp_path: Path) -> None:
    """What only extras of the project require does not come back with the project itself."""
    project = write_project(
        tmp_path, [locked("cleo"), locked("pyyaml", marker='extra == "yaml" or extra == "all"')], OPTIONAL
    )

    (warning,) = _warnings(project, "--ignore pyyaml")
    (always,) = _warnings(project, "--ignore pyyaml --extras yaml -o always")

    assert warning == (
        "pyyaml (with all, yaml) is ignored, but an extra of example-package requires it: with that extra, pip will"
        " install it at any version. Use --project-wheel to keep it out [ignored-but-required]"
    )
    assert always.startswith("pyyaml is ignored, but example-package requires it: pip will install it at any version.")


def test_dropped_packages_come_back(tmp_path: Path) -> None:
    """What was dropped with a package that comes back comes back as well, and is counted."""
    packages = [locked("a", requires=["b", "c"]), locked("b"), locked("c"), locked("d", requires=["e"]), locked("e")]
    packages += [locked("f", requires=["a"])]
    project = write_project(tmp_path, packages, CLASSIC + 'a = "*"\nd = "*"\nf = "*"\n')

    (with_project, with_pin) = _warnings(project, "--ignore a")
    (only_pin,) = _warnings(project, "--ignore a --ignore d --no-root -o other")

    count = "pip will install it, and 2 packages that only it needs, at any version"
    assert with_project.startswith(f"a is ignored, but example-package requires it: {count}. Use --project-wheel")
    assert with_pin.startswith(f"a (for f) is ignored, but a pinned package requires it: {count}, unless it is there.")
    assert only_pin == with_pin


MISSED, MISSED_CODE = "matches no locked package", "[ignore-matches-nothing]"


@pytest.mark.parametrize(
    ("pattern", "warning"),
    [
        (
            "requests*",
            (
                "--ignore 'requests*' is a regular expression, which does not match requests-toolbelt. Write --ignore"
                " 'requests.*' [ignore-is-not-a-glob]"
            ),
        ),
        ("requests,click", f"--ignore requests,click {MISSED}. Write --ignore requests --ignore click {MISSED_CODE}"),
        ("reqests", f"--ignore reqests {MISSED}. Did you mean requests? {MISSED_CODE}"),
        ("nothing", f"--ignore nothing {MISSED} {MISSED_CODE}"),
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

    (warning,) = _warnings(project, arguments)
    assert warning == (
        "poetry.lock has packages, but everything that the project needs is left out, so nothing is pinned. Check"
        " --ignore and --provided [no-pins]"
    )


def test_warnings_come_first(tmp_path: Path) -> None:
    """A run that fails has said before what it warns of; a run that stops there has done nothing."""
    reference = {"git": "https://example.org/b.git", "branch": "main"}
    source = {"type": "git", "url": reference["git"], "reference": "main", "resolved_reference": "5d1c" * 10}
    project = write_project(tmp_path, [locked("b", source=source), locked("by", requires=["b"])])
    add_to_lock(project, "by", "b", reference)
    (project / "dist" / "example_package_lock-0.1.0-py3-none-any.whl").mkdir(parents=True)

    run = poetry(project, "lock-package --build")

    assert run.code == 1
    assert [line.partition(":")[0] for line in run.err.splitlines()] == ["Note", "Warning", "Error"]

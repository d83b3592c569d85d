"""What a contributor runs; `nox --list` shows it. Each session makes the environment that it needs."""

from __future__ import annotations

from pathlib import Path

import nox

nox.needs_version = ">=2024.4.15"
nox.options.sessions = ["lint", "types", "tests", "tests_oldest"]

ROOT = Path(__file__).parent


def _install(session: nox.Session, *groups: str, constraints: str | None = None) -> None:
    """The project with the dependency groups named, which older versions of pip cannot read themselves."""
    pyproject = nox.project.load_toml(ROOT / "pyproject.toml")
    requirements = nox.project.dependency_groups(pyproject, *groups) if groups else ()
    session.install(*(("-c", constraints) if constraints else ()), "-e", ".[plugin]", *requirements)


@nox.session
def example(session: nox.Session) -> None:
    """Install an example with and without its lock package, and show the difference (half a minute)."""
    session.install("-e", ".[plugin]", silent=True, log=False)
    session.run("python", "examples/first_look.py", log=False)


# Tests of a file mostly stay on one processor, with what they share, until another has nothing left to do.
PARALLEL = ("--numprocesses", "auto", "--dist", "worksteal")


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests with the newest supported Poetry and require full coverage; with arguments, run those alone."""
    _install(session, "test")
    coverage = () if session.posargs else ("--cov", "--cov-report=term-missing:skip-covered")
    session.run("pytest", *PARALLEL, *coverage, *session.posargs)


@nox.session(reuse_venv=True)
def test(session: nox.Session) -> None:
    """Run one file fast, without coverage: `nox -R -s test -- FILE` (-R: do not install again)."""
    _install(session, "test")
    session.run("pytest", *session.posargs)


@nox.session
def tests_oldest(session: nox.Session) -> None:
    """Run what depends on it with the oldest supported Poetry, and the oldest of all that we depend on."""
    _install(session, "test", constraints="tests/oldest.txt")
    chosen = ("-m", "not examples and not newest", "--hypothesis-profile", "few")
    session.run("pytest", *PARALLEL, *chosen, *session.posargs)


@nox.session
def examples(session: nox.Session) -> None:
    """Run the commands of the examples, with the tools that they show. Needs Python 3.11 or later."""
    _install(session, "test", "examples")
    session.run("pytest", "-m", "examples", *PARALLEL, *session.posargs)


@nox.session
def locks(session: nox.Session) -> None:
    """Check the locks of your own projects: `nox --session locks -- FOLDER` (see tools/check_locks.py)."""
    _install(session, "test")
    session.run("python", "-m", "tools.check_locks", *session.posargs)


@nox.session
def proof(session: nox.Session) -> None:
    """Check the locks in the history of clones, and print a table: `nox --session proof -- FOLDER...`."""
    _install(session, "test")
    session.run("python", "-m", "tools.proof", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and formatting, and the workflows for what makes them unsafe."""
    session.install(*nox.project.dependency_groups(nox.project.load_toml(ROOT / "pyproject.toml"), "lint"))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    # Those of the example are not in the folder where zizmor looks for workflows.
    workflows = ("examples/ci/github.yml", "examples/ci/relock.yml", "examples/ci/dependabot.yml")
    session.run("zizmor", "--offline", "--min-severity", "low", ".github", "action.yml", *workflows)


@nox.session
def types(session: nox.Session) -> None:
    """Check the types, strictly."""
    _install(session, "test", "lint")
    session.install("nox")
    session.run("mypy")


@nox.session
def docs(session: nox.Session) -> None:
    """Build the documentation into docs/_build, with warnings as errors, and compare the picture of a terminal."""
    _install(session, "docs")
    session.run("sphinx-build", "-W", "-n", "--keep-going", "-b", "html", "docs", "docs/_build")
    session.run("python", "docs/terminal.py", "--check")


@nox.session
def picture(session: nox.Session) -> None:
    """Draw the picture of a terminal anew, from real output."""
    _install(session, "docs")
    session.run("python", "docs/terminal.py")


@nox.session
def conformance(session: nox.Session) -> None:
    """Hold wheels of real projects against what Poetry installs, by a checker given as the first argument."""
    if not session.posargs:
        session.error("give the path of the checker: nox --session conformance -- PATH")
    _install(session)
    session.run("python", *session.posargs)


@nox.session
def benchmarks(session: nox.Session) -> None:
    """Measure time and memory: `nox --session benchmarks -- [PROJECT]` (see tools/benchmarks)."""
    _install(session, "test")
    # Environments of their own, as users have them: what is installed besides is part of Poetry's start.
    plugins = {"bare": [], "export": ["poetry-plugin-export"], "ours": [str(ROOT)]}
    environments = [Path(session.create_tmp(), name) for name in plugins]
    for environment, plugin in zip(environments, plugins.values(), strict=True):
        session.run("python", "-m", "venv", "--clear", str(environment))
        python = str(environment / "bin" / "python")
        session.run(python, "-m", "pip", "install", "--quiet", "poetry", *plugin, external=True)
    session.run("python", "-m", "tools.benchmarks", *map(str, environments), *session.posargs)

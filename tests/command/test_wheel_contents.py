"""What is in the wheel, for every kind of source, marker, extra and metadata that a project can have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
import tomlkit
from poetry.core.version.markers import parse_marker

from tests.kit import CLASSIC, locked, only_wheel, poetry, write_project

if TYPE_CHECKING:
    from pathlib import Path

COMMIT = "5d1c3a1b2c3d4e5f60718293a4b5c6d7e8f90123"


def _built(project: Path, arguments: str = "") -> tuple[set[str], list[str]]:
    """The requirements of the wheel without the root, and the lines on stderr."""
    run = poetry(project, f"lock-package --build --no-root {arguments}")
    assert run.code == 0, run.err
    return only_wheel(project / "dist").requires, run.err.splitlines()


# ---- sources


@pytest.mark.parametrize(
    ("url", "subdirectory", "pinned"),
    [
        ("https://example.org/a/b.git", None, f"git+https://example.org/a/b.git@{COMMIT}"),
        ("https://example.org/a/b.git", "c/d", f"git+https://example.org/a/b.git@{COMMIT}#subdirectory=c/d"),
        ("ssh://git@example.org:2222/a/b.git", None, f"git+ssh://git@example.org:2222/a/b.git@{COMMIT}"),
        ("git@example.org:a/b.git", None, f"git+ssh://git@example.org/a/b.git@{COMMIT}"),
    ],
)
def test_git(tmp_path: Path, url: str, subdirectory: str | None, pinned: str) -> None:
    """A git dependency is pinned at the locked commit, whatever its address looks like."""
    source = {"type": "git", "url": url, "reference": "main", "resolved_reference": COMMIT}
    if subdirectory:
        source["subdirectory"] = subdirectory
    project = write_project(tmp_path, [locked("forked", source=source)])

    requires, warnings = _built(project)

    assert requires == {f"forked @ {pinned}"}
    assert warnings == ["Pinned by direct reference, which public indexes refuse: forked"]


@pytest.mark.parametrize(
    ("dependency", "arguments", "is_warned_of"),
    [
        ('{ git = "https://example.org/b.git", branch = "main" }', "", True),
        ('{ git = "https://user:secret@example.org/b.git" }', "", True),
        (f'{{ git = "https://example.org/b.git", rev = "{COMMIT}" }}', "", False),
        ('{ git = "https://example.org/b.git", branch = "main" }', "--no-root", False),
        ('"*"', "", False),
    ],
)
def test_git_reference_of_the_project(tmp_path: Path, dependency: str, arguments: str, *, is_warned_of: bool) -> None:
    """That pip cannot install a project that requires a branch together with the pinned commit is said."""
    source = {"type": "git", "url": "https://example.org/b.git", "reference": "main", "resolved_reference": COMMIT}
    project = write_project(tmp_path, [locked("forked", source=source)], CLASSIC + f"forked = {dependency}\n")

    run = poetry(project, f"lock-package --build {arguments}")

    assert run.code == 0
    assert "secret" not in run.err
    assert ("refuses to install the two together: forked. Name the commit" in run.err) == is_warned_of


@pytest.mark.parametrize(
    ("url", "is_warned_of"),
    [
        ("https://example.org/u-1.0.zip", False),
        ("https://example.org/u-1.0.zip#egg=u", False),
        ("https://example.org/u-1.0.zip#sha256=" + "0" * 64, True),
    ],
)
def test_url_of_the_project(tmp_path: Path, url: str, *, is_warned_of: bool) -> None:
    """That pip takes a URL with a hash for another one than the pin is said; the rest of a fragment does not count."""
    source = {"type": "url", "url": url}
    project = write_project(tmp_path, [locked("u", source=source)], CLASSIC + f'u = {{ url = "{url}" }}\n')

    run = poetry(project, "lock-package --build")

    assert run.code == 0
    assert ("refuses to install the two together: u. " in run.err) == is_warned_of


@pytest.mark.parametrize(
    ("reference", "is_warned_of"),
    [({"branch": "main"}, True), ({"tag": "1.0"}, True), ({}, True), ({"rev": COMMIT}, False), (None, False)],
)
def test_git_reference_of_a_package(tmp_path: Path, reference: dict[str, str] | None, *, is_warned_of: bool) -> None:
    """What a pinned package requires by another reference than the commit is said as well."""
    source = {"type": "git", "url": "https://example.org/b.git", "reference": "main", "resolved_reference": COMMIT}
    project = write_project(tmp_path, [locked("forked", source=source), locked("by", requires=["forked"])])
    _add_to_lock(project, "by", "forked", {"git": source["url"], **reference} if reference is not None else "*")

    _, warnings = _built(project)

    assert any("while what is pinned requires another" in w for w in warnings) == is_warned_of
    assert any("refuses to install the two together: forked (for by). " in w for w in warnings) == is_warned_of


def _add_to_lock(project: Path, by: str, name: str, spec: object) -> None:
    """Let the lock of ``project`` have ``spec`` for what ``by`` requires."""
    path = project / "poetry.lock"
    lock = tomlkit.parse(path.read_text(encoding="utf-8")).unwrap()
    (entry,) = (entry for entry in lock["package"] if entry["name"] == by)
    entry["dependencies"] = {name: [spec, "*"]}
    path.write_text(tomlkit.dumps(lock), encoding="utf-8")


def test_git_with_marker(tmp_path: Path) -> None:
    """The space between a direct reference and its marker survives."""
    source = {"type": "git", "url": "https://example.org/b.git", "reference": "main", "resolved_reference": COMMIT}
    project = write_project(tmp_path, [locked("forked", source=source, marker='sys_platform == "win32"')])

    assert _built(project)[0] == {f'forked @ git+https://example.org/b.git@{COMMIT} ; sys_platform == "win32"'}


@pytest.mark.parametrize(
    "url",
    [
        "ssh://git:secret@example.org/b.git",
        "https://user:sec:ret@example.org/b.git",
        "https://user:sec#ret@example.org/b.git",
        "https://user:secret@[::1]/b.git",
        "https://user:secret@[::1/b.git",
        "user:secret@example.org:b.git",
    ],
)
def test_git_address_that_poetry_reads_otherwise(tmp_path: Path, url: str) -> None:
    """Where Poetry would take the password for a part of the address, nothing is pinned, and nothing of it shown."""
    source = {"type": "git", "url": "https://example.org/a.git", "reference": "main", "resolved_reference": COMMIT}
    project = write_project(tmp_path, [locked("forked", source=source)])
    lock = project / "poetry.lock"
    lock.write_text(lock.read_text().replace("https://example.org/a.git", url))

    run = poetry(project, "lock-package --build -vvv")

    assert run.code == 1
    assert run.err.startswith("poetry.lock cannot be read: ")
    assert run.err.count("\n") == 1
    assert not re.search("sec|ret@", run.err)
    assert not (project / "dist").exists()


def test_git_on_this_machine(tmp_path: Path) -> None:
    """A repository that only this machine has is refused, all such packages at once, without its path."""
    source = {"type": "git", "url": "file:///home/ada/b.git", "reference": "main", "resolved_reference": COMMIT}
    project = write_project(tmp_path, [locked("forked", source=source), locked("other", source=source)])

    run = poetry(project, "lock-package --build")

    assert run.code == 1
    assert run.err == (
        "poetry.lock has what no requirement can express:"
        " forked comes from a git address on this machine, or one that PEP 508 cannot express;"
        " other comes from a git address on this machine, or one that PEP 508 cannot express."
        " Leave it out with --ignore forked --ignore other\n"
    )
    assert not (project / "dist").exists()


@pytest.mark.parametrize(
    "source",
    [
        {"type": "git", "url": "https://example.org/b.git", "subdirectory": "sdk/core/azure.core"},
        {"type": "git", "url": "https://example.org/b.git", "subdirectory": "a/../../b"},
        {"type": "url", "url": "https://example.org/b-1.0.zip", "subdirectory": "/home/ada/b"},
        {"type": "url", "url": "https://user:secret@[::1/b-1.0.zip"},
        {"type": "url", "url": "file:///home/ada/b-1.0.zip"},
        {"type": "url", "url": "ftp://example.org/b-1.0.zip"},
        {"type": "url", "url": "https://example.org/b-1.0.zip", "subdirectory": "a b"},
    ],
)
def test_what_poetry_core_cannot_read(tmp_path: Path, source: dict[str, str]) -> None:
    """An address that poetry-core would not read back from a requirement is refused, and the package named."""
    project = write_project(tmp_path, [locked("forked", source={**source, "resolved_reference": COMMIT})])

    run = poetry(project, "lock-package --build")

    assert run.code == 1
    assert "forked comes from a" in run.err
    assert "secret" not in run.err
    assert run.err.count("\n") == 1
    assert not (project / "dist").exists()


def test_url(tmp_path: Path) -> None:
    """A URL dependency is pinned to its URL; its hash cannot be kept, which is said."""
    project = write_project(
        tmp_path,
        [
            locked("archive", source={"type": "url", "url": "https://example.org/archive-1.0.zip"}),
            locked("part", source={"type": "url", "url": "https://example.org/my part.zip#subdirectory=./a//b"}),
            locked("signed", source={"type": "url", "url": "https://example.org/signed-1.0+cpu.zip?a=b"}),
            locked("hashed", source={"type": "url", "url": "https://example.org/hashed-1.0.zip#sha256=0a0b"}),
        ],
    )

    requires, warnings = _built(project)

    assert requires == {
        "archive @ https://example.org/archive-1.0.zip",
        "hashed @ https://example.org/hashed-1.0.zip",
        "part @ https://example.org/my%20part.zip#subdirectory=a/b",
        "signed @ https://example.org/signed-1.0+cpu.zip?a=b",
    }
    assert warnings == [
        "Pinned by direct reference, which public indexes refuse: archive, hashed, part, signed",
        "The query of its URL is kept, so see that it holds no secret: signed",
        "The hash in its URL cannot be kept in a wheel: hashed",
    ]


def test_path(tmp_path: Path) -> None:
    """Path and file dependencies are pinned by version, with a note that they need to be published."""
    project = write_project(
        tmp_path,
        [
            locked("folder", "1.2", source={"type": "directory", "url": str(tmp_path / "folder")}),
            locked("file", "3.4", source={"type": "file", "url": str(tmp_path / "file-3.4.tar.gz")}),
        ],
    )

    requires, warnings = _built(project)

    assert requires == {"folder==1.2", "file==3.4"}
    assert warnings == ["Pinned by version although locked from a path, so publish them too: file, folder"]


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        ("", "folder (for the project itself), folder (for by)"),
        ("--no-root", "folder (for by)"),
        ("--ignore by", "folder (for the project itself)"),
        ("--ignore folder", None),
    ],
)
@pytest.mark.parametrize("key", ["path", "file"])
def test_required_from_a_path(tmp_path: Path, arguments: str, names: str | None, key: str) -> None:
    """That metadata with a path sends pip there, whatever is pinned, is said, with the way out."""
    project = tmp_path / "project"
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "pyproject.toml").write_text('[project]\nname = "folder"\nversion = "1.0"\n')
    packages = [
        locked("folder", source={"type": "directory", "url": "../folder"}),
        locked("by", requires=["folder"]),
    ]
    write_project(project, packages, CLASSIC + 'folder = { path = "../folder" }\nby = "*"\n')
    _add_to_lock(project, "by", "folder", {key: "../folder"})

    run = poetry(project, f"lock-package --build {arguments}")

    assert run.code == 0
    found = re.search(r"Required from a path, where pip looks for it on any machine, .*: ([^.]*)\.", run.err)
    assert (found[1] if found else None) == names
    assert str(tmp_path) not in run.err


def test_several_versions_for_one_environment(tmp_path: Path) -> None:
    """What Poetry has locked in a way that no installer can follow is pinned so, and that is said."""
    packages = [
        locked("twice", "1.0"),
        locked("twice", "2.0", marker='sys_platform == "win32"'),
        locked("fork", "1.0", marker='sys_platform == "win32"'),
        locked("fork", "2.0", marker='sys_platform != "win32"'),
    ]

    requires, warnings = _built(write_project(tmp_path, packages))

    assert {"twice==1.0", 'twice==2.0 ; sys_platform == "win32"'} <= requires
    (warning,) = warnings
    assert warning == (
        "Locked at several versions for one environment, which pip cannot install: twice 1.0, twice 2.0. Correct the"
        " markers in pyproject.toml, and run `poetry lock`"
    )


def test_private_source(tmp_path: Path) -> None:
    """An index other than the default one is named, not its address."""
    source = {"type": "legacy", "url": "https://user:secret@example.org/simple", "reference": "company"}
    project = write_project(tmp_path, [locked("inner", source=source), locked("cleo")])

    requires, warnings = _built(project)

    assert requires == {"inner==1.0", "cleo==1.0"}
    assert warnings == ["Locked from the source company, which a wheel cannot name, so point installers at it: inner"]


@pytest.mark.parametrize(
    ("source_type", "url", "pinned"),
    [
        ("git", "https://user:secret@example.org/b.git", f"git+https://example.org/b.git@{COMMIT}"),
        ("url", "https://secret@example.org/b-1.0.zip", "https://example.org/b-1.0.zip"),
    ],
)
def test_secrets(tmp_path: Path, source_type: str, url: str, pinned: str) -> None:
    """No user info of an address reaches the wheel or the console, however verbose."""
    source = {"type": source_type, "url": url, "reference": "main", "resolved_reference": COMMIT}
    project = write_project(tmp_path, [locked("hidden", source=source)])

    run = poetry(project, "lock-package --build --no-root -vvv")

    wheel = only_wheel(project / "dist")
    assert wheel.requires == {f"hidden @ {pinned}"}
    assert b"secret" not in wheel.path.read_bytes()
    assert "secret" not in run.out + run.err
    assert "User name or password in its URL was left out, so installers need it from elsewhere: hidden" in run.err


@pytest.mark.parametrize("version", ["2.0+cpu", "1!2.0", "3.0rc1", "1.0.dev4", "1.0.post2", "4.24.0.20241221"])
def test_versions(tmp_path: Path, version: str) -> None:
    """Every kind of version is pinned exactly."""
    assert _built(write_project(tmp_path, [locked("some", version)]))[0] == {f"some=={version}"}


# ---- markers


@pytest.mark.parametrize(
    "marker",
    [
        'python_version >= "3.10" and python_version < "3.12"',
        'sys_platform == "win32" or platform_machine == "arm64"',
        'python_full_version < "3.11.4"',
        'platform_python_implementation != "PyPy" and (os_name == "nt" or sys_platform == "darwin")',
        'platform_system != "Windows" and platform_machine != "ppc64le" and platform_machine != "s390x"',
        '"tegra" not in platform_version',
    ],
)
def test_recorded_markers(tmp_path: Path, marker: str) -> None:
    """A recorded marker arrives in the wheel letter for letter."""
    assert _built(write_project(tmp_path, [locked("some", marker=marker)]))[0] == {f"some==1.0 ; {marker}"}


def test_fork(tmp_path: Path) -> None:
    """Each version of a fork is pinned under its own marker."""
    project = write_project(
        tmp_path,
        [
            locked("numpy", "2.0.2", marker='python_version < "3.10"'),
            locked("numpy", "2.2.0", marker='python_version >= "3.10"'),
        ],
    )

    assert _built(project)[0] == {
        'numpy==2.0.2 ; python_version < "3.10"',
        'numpy==2.2.0 ; python_version >= "3.10"',
    }


def test_contradiction(tmp_path: Path) -> None:
    """A package that is locked for no environment at all is not pinned (poetry-core would drop its marker)."""
    project = write_project(tmp_path, [locked("never", marker="<empty>"), locked("cleo")])
    lock = project / "poetry.lock"
    contradiction = '\'sys_platform == "linux" and sys_platform == "win32"\''
    lock.write_text(lock.read_text().replace('"<empty>"', contradiction))

    assert _built(project)[0] == {"cleo==1.0"}


def test_other_groups(tmp_path: Path) -> None:
    """What only other groups need is not pinned; what both need has the marker of main."""
    package, info = locked("both", groups=("main", "dev"), marker='sys_platform == "win32"')
    info.markers["dev"] = info.markers["main"].invert()  # type: ignore[index]
    project = write_project(tmp_path, [(package, info), locked("pytest", groups=("dev",))])

    assert _built(project)[0] == {'both==1.0 ; sys_platform == "win32"'}


@pytest.mark.parametrize("condition", ['platform_release >= "10.0"', 'platform_version == "10.0"'])
def test_platform_release(tmp_path: Path, condition: str) -> None:
    """Markers on which some versions of pip fail are pointed out, with what can be done."""
    marker = f'{condition} and platform_system == "Darwin"'
    project = write_project(tmp_path, [locked("pyobjc-core", marker=marker), locked("cleo")])

    _, warnings = _built(project)

    assert warnings == [
        (
            "The marker compares platform_release or platform_version, on which pip 24.1 to 25.3 fails under kernels"
            " with names like 6.1.0-13-amd64, and others may take it for false: pyobjc-core. If they are not needed:"
            " --ignore pyobjc-core"
        )
    ]


# ---- extras

EXTRAS = (
    CLASSIC
    + """\
pyyaml = { version = "*", optional = true }
toml = { version = "*", optional = true }

[tool.poetry.extras]
yaml = ["pyyaml"]
All_Formats = ["pyyaml", "toml"]
"""
)


def test_extras_are_mirrored(tmp_path: Path) -> None:
    """Each extra of the project is one of the lock package, and asks for the root with that extra."""
    both = 'extra == "yaml" or extra == "all-formats"'
    project = write_project(
        tmp_path,
        [
            locked("pyyaml", marker=both),
            locked("toml", marker='python_version < "3.11" and extra == "all-formats"'),
            locked("tomli", marker=f'sys_platform == "win32" or ({both})'),
            locked("cleo"),
        ],
        EXTRAS,
    )

    poetry(project, "lock-package --build")

    wheel = only_wheel(project / "dist")
    assert set(wheel.metadata.provides_extra or ()) == {"yaml", "all-formats"}
    assert wheel.requires == {
        "cleo==1.0",
        'tomli==1.0 ; sys_platform == "win32"',
        'tomli==1.0 ; extra == "yaml"',
        'tomli==1.0 ; extra == "all-formats"',
        'pyyaml==1.0 ; extra == "yaml"',
        'pyyaml==1.0 ; extra == "all-formats"',
        'toml==1.0 ; python_version < "3.11" and extra == "all-formats"',
        "example-package==0.1.0",
        'example-package[yaml]==0.1.0 ; extra == "yaml"',
        'example-package[all-formats]==0.1.0 ; extra == "all-formats"',
    }


def test_empty_extra(tmp_path: Path) -> None:
    """An extra for which nothing is locked is offered all the same."""
    project = write_project(tmp_path, [], EXTRAS)

    assert _built(project)[0] == set()
    assert set(only_wheel(project / "dist").metadata.provides_extra or ()) == {"yaml", "all-formats"}


@pytest.mark.parametrize(
    ("marker", "requires", "warning"),
    [
        (
            'extra == "yaml" and extra == "all-formats"',
            set(),
            "Locked for several extras together, which no extra of a wheel can say, so not pinned: torch",
        ),
        (
            'extra != "yaml"',
            {"torch==2.0"},
            "The extra yaml takes away what is pinned without it, which no extra of a wheel can do: torch",
        ),
    ],
)
def test_extras_that_pins_cannot_follow(tmp_path: Path, marker: str, requires: set[str], warning: str) -> None:
    """What core metadata cannot say about extras is said by a warning, unless the package is ignored."""
    project = write_project(tmp_path, [locked("torch", "2.0", marker=marker)], EXTRAS)

    assert _built(project) == (requires, [warning])
    assert _built(project, "--ignore torch") == (set(), [])


def test_exclusive_extras(tmp_path: Path) -> None:
    """Extras that exclude each other get their own version each, and a warning."""
    project = write_project(
        tmp_path,
        [
            locked("torch", "2.0", marker='extra == "yaml" and extra != "all-formats"'),
            locked("torch", "2.1", marker='extra == "all-formats" and extra != "yaml"'),
        ],
        EXTRAS,
    )

    requires, warnings = _built(project)

    assert requires == {'torch==2.0 ; extra == "yaml"', 'torch==2.1 ; extra == "all-formats"'}
    assert warnings == ["Locked under extras that exclude each other, so never install those together: torch"]


def test_ignore_within_an_extra(tmp_path: Path) -> None:
    """What only an extra's ignored package needs goes from the extra, and stays where the base needs it."""
    project = write_project(
        tmp_path,
        [
            locked("pyyaml", marker='extra == "yaml" or extra == "all-formats"', requires=["six", "cython"]),
            locked("toml", marker='extra == "all-formats"'),
            locked("cython", marker='extra == "yaml" or extra == "all-formats"'),
            locked("six", marker='sys_platform == "win32" or extra == "yaml" or extra == "all-formats"'),
            locked("cleo", requires=['six ; sys_platform == "win32"']),
        ],
        EXTRAS + "[tool.poetry.group.unused.dependencies]\n[tool.poetry.group.unused]\noptional = true\n",
    )
    _add_root_dependency(project, "cleo")

    assert _built(project, "--ignore pyyaml")[0] == {
        "cleo==1.0",
        'six==1.0 ; sys_platform == "win32"',
        'toml==1.0 ; extra == "all-formats"',
    }


def _add_root_dependency(project: Path, name: str) -> None:
    """Let the project require ``name``, under the lock that it has."""
    from tests.kit import load  # noqa: PLC0415

    locker = load(project).locker
    locked_packages = locker.locked_packages()
    full = {package: package for package in locker.locked_repository().packages}
    text = (project / "pyproject.toml").read_text()
    text = text.replace("[tool.poetry.dependencies]\n", f'[tool.poetry.dependencies]\n{name} = "*"\n')
    write_project(project, [(full[package], info) for package, info in locked_packages.items()], text)


def test_cycle_and_package_extras(tmp_path: Path) -> None:
    """A cycle that only an ignored package leads to goes; an extra of a package is followed where it is asked for."""
    project = write_project(
        tmp_path,
        [
            locked("ignored", requires=["ring", "shared[fast]"]),
            locked("ring", requires=["rong"]),
            locked("rong", requires=["ring"]),
            locked("kept", requires=["shared"]),
            locked("shared", requires=["base", 'speedup ; extra == "fast"']),
            locked("speedup"),
            locked("base"),
        ],
        CLASSIC + 'ignored = "*"\nkept = "*"\n',
    )

    assert _built(project, "--ignore ignored")[0] == {"kept==1.0", "shared==1.0", "base==1.0"}


def test_ignore_keeps_recorded_markers(tmp_path: Path) -> None:
    """A package whose needs do not change keeps its marker letter for letter; versions of a fork keep apart."""
    marker = 'sys_platform == "win32" and python_version < "3.11" or python_version < "3.11" and os_name == "nt"'
    project = write_project(
        tmp_path,
        [
            locked("ignored", requires=["kept"]),
            locked("other", requires=["kept", f"same ; {marker}"]),
            locked("kept", "1.0", marker='python_version < "3.10"'),
            locked("kept", "2.0", marker='python_version >= "3.10"'),
            locked("same", marker=marker),
        ],
        CLASSIC + 'ignored = "*"\nother = "*"\n',
    )

    assert _built(project, "--ignore ignored")[0] == {
        "other==1.0",
        'kept==1.0 ; python_version < "3.10"',
        'kept==2.0 ; python_version >= "3.10"',
        f"same==1.0 ; {parse_marker(marker)}",
    }


def test_ignore_what_the_lock_does_not_explain(tmp_path: Path) -> None:
    """A package that nothing in the lock leads to, here or on a platform, stays there with what it needs."""
    project = write_project(
        tmp_path,
        [
            locked("ignored", requires=["shared", 'odd ; sys_platform == "win32"']),
            locked("odd", requires=["shared"]),
            locked("shared"),
        ],
        CLASSIC + 'ignored = "*"\n',
    )

    assert _built(project, "--ignore ignored")[0] == {
        'odd==1.0 ; sys_platform != "win32"',
        'shared==1.0 ; sys_platform != "win32"',
    }


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

    assert _built(project, "--ignore ignored")[0] == {'a==1.0 ; sys_platform == "win32"'}


def test_narrowed(tmp_path: Path) -> None:
    """A package that is needed on some platforms only, once another is ignored, gets a marker that says so."""
    project = write_project(
        tmp_path,
        [
            locked("ignored", requires=["shared"]),
            locked("a", requires=['shared ; sys_platform == "win32" and python_version < "3.12"']),
            locked("b", requires=['shared ; sys_platform == "win32" and python_version >= "3.11"']),
            locked("c", requires=['shared ; platform_machine == "arm64"']),
            locked("shared"),
        ],
        CLASSIC + 'ignored = "*"\na = "*"\nb = "*"\nc = "*"\n',
    )

    requires, _ = _built(project, "--ignore ignored")

    assert [line for line in requires if line.startswith("shared")] == [
        'shared==1.0 ; platform_machine == "arm64" or sys_platform == "win32"'
    ]


# ---- metadata


def test_classic_metadata(tmp_path: Path) -> None:
    """The metadata of a [tool.poetry] project is taken over, as poetry-core writes it for the project itself."""
    pyproject = """\
[tool.poetry]
name = "my_app"
version = "1.0-beta.2"
description = "Does  things\\t"
authors = ["Ada Lovelace <ada@example.org>", "Grace"]
maintainers = ["Bob <bob@example.org>"]
license = "MIT"
keywords = ["one", "two"]
homepage = "https://example.org"
repository = "https://example.org/repo"
classifiers = ["Topic :: Utilities"]

[tool.poetry.urls]
Tracker = "https://example.org/issues"

[tool.poetry.dependencies]
python = "^3.11"
"""
    project = write_project(tmp_path, [], pyproject)

    poetry(project, "lock-package --build")

    wheel = only_wheel(project / "dist")
    metadata = wheel.metadata
    assert wheel.path.name == "my_app_lock-1.0b2-py3-none-any.whl"
    assert metadata.name == "my_app_lock"
    assert str(metadata.version) == "1.0b2"
    assert metadata.summary == "Does things lock package"
    assert (metadata.author, metadata.author_email) == ("Ada Lovelace", "ada@example.org")
    assert (metadata.maintainer, metadata.maintainer_email) == ("Bob", "bob@example.org")
    assert metadata.license == "MIT"
    assert metadata.keywords == ["one", "two"]
    assert str(metadata.requires_python) == "<4.0,>=3.11"
    assert metadata.project_urls == {
        "Homepage": "https://example.org",
        "Repository": "https://example.org/repo",
        "Tracker": "https://example.org/issues",
    }
    classifiers = metadata.classifiers or []
    assert {"Private :: Do Not Upload", "Topic :: Utilities", "License :: OSI Approved :: MIT License"} <= set(
        classifiers
    )
    assert wheel.requires == {"my_app==1.0b2"}
    assert wheel.files == (
        "my_app_lock/__init__.py",
        "my_app_lock-1.0b2.dist-info/METADATA",
        "my_app_lock-1.0b2.dist-info/WHEEL",
        "my_app_lock-1.0b2.dist-info/RECORD",
    )


def test_pep_621_metadata(tmp_path: Path) -> None:
    """The metadata of a [project] table is taken over, the narrower of two Python ranges with it."""
    pyproject = """\
[project]
name = "My.App"
version = "2.0"
authors = [{ name = "Arik", email = "<arik@example.org>" }, { email = "only@example.org" }]
license = "Apache-2.0"
requires-python = ">=3.10"
classifiers = ["License :: OSI Approved :: Apache Software License", "Topic :: Utilities"]
dependencies = []

[tool.poetry.dependencies]
python = ">=3.10,<3.13"
"""
    project = write_project(tmp_path, [], pyproject)

    poetry(project, "lock-package --build")

    wheel = only_wheel(project / "dist")
    assert wheel.path.name == "my_app_lock-2.0-py3-none-any.whl"
    assert wheel.metadata.name == "My.App-lock"
    assert wheel.metadata.summary == "My.App lock package"
    assert (wheel.metadata.author, wheel.metadata.author_email) == ("Arik", "arik@example.org")
    assert str(wheel.metadata.requires_python) == "<3.13,>=3.10"
    assert "Apache-2.0" in (wheel.metadata.license_expression, wheel.metadata.license)
    assert "Topic :: Utilities" in (wheel.metadata.classifiers or [])


def test_licence_classifiers_never_stand_beside_an_expression(tmp_path: Path) -> None:
    """PEP 639: where the wheel has a licence expression, it has no licence classifier."""
    pyproject = (
        '[project]\nname = "app"\nversion = "1"\nlicense = "MIT"\n'
        'classifiers = ["License :: OSI Approved :: MIT License", "Topic :: Utilities"]\n'
    )
    project = write_project(tmp_path, [], pyproject)

    poetry(project, "lock-package --build")

    metadata = only_wheel(project / "dist").metadata
    licence_classifiers = [line for line in metadata.classifiers or [] if line.startswith("License ::")]
    assert not (metadata.license_expression and licence_classifiers)


def test_whole_licence_text_is_left_out(tmp_path: Path) -> None:
    """A licence file in the metadata is text of the project, which a lock package does not carry."""
    (tmp_path / "LICENSE").write_text("All rights\nreserved\n")
    pyproject = '[project]\nname = "app"\nversion = "1"\nlicense = { file = "LICENSE" }\n'
    project = write_project(tmp_path, [], pyproject)

    poetry(project, "lock-package --build")

    assert only_wheel(project / "dist").metadata.license is None

"""Targets: what their names mean, without a look at the machine."""

import pytest
from packaging.tags import parse_tag
from poetry.core.constraints.version import parse_constraint

from poetry_plugin_lock_package.errors import OptionError
from poetry_plugin_lock_package.targets import parse_target

CPYTHON = {"implementation_name": "cpython", "platform_python_implementation": "CPython"}


@pytest.mark.parametrize(
    ("name", "best", "supported", "unsupported"),
    [
        (
            "cp312-manylinux_2_28_x86_64",
            "cp312-cp312-manylinux_2_28_x86_64",
            "cp312-abi3-manylinux2014_x86_64 cp38-abi3-manylinux1_x86_64 cp312-none-linux_x86_64 py3-none-any",
            "cp312-cp312-manylinux_2_31_x86_64 cp311-cp311-manylinux_2_28_x86_64 cp312-cp312-musllinux_1_2_x86_64",
        ),
        (
            "cp311-manylinux2014_aarch64",
            "cp311-cp311-manylinux_2_17_aarch64",
            "cp311-cp311-manylinux2014_aarch64 py310-none-any",
            "cp311-cp311-manylinux_2_12_aarch64 cp311-cp311-manylinux_2_18_aarch64",
        ),
        (
            "cp313-musllinux_1_2_aarch64",
            "cp313-cp313-musllinux_1_2_aarch64",
            "cp313-cp313-musllinux_1_0_aarch64 cp313-cp313-linux_aarch64",
            "cp313-cp313-musllinux_1_3_aarch64 cp313-cp313-manylinux_2_17_aarch64",
        ),
        (
            "cp310-macosx_11_0_arm64",
            "cp310-cp310-macosx_11_0_arm64",
            "cp310-cp310-macosx_11_0_universal2 py3-none-any",
            "cp310-cp310-macosx_12_0_arm64 cp310-cp310-macosx_11_0_x86_64",
        ),
        ("cp312-win_amd64", "cp312-cp312-win_amd64", "cp312-abi3-win_amd64 py3-none-any", "cp312-cp312-win32"),
        ("cp313-cp313t-win_arm64", "cp313-cp313t-win_arm64", "py3-none-win_arm64", "cp313-cp313-win_arm64"),
        (
            "pp310-pypy310_pp73-manylinux_2_28_x86_64",
            "pp310-pypy310_pp73-manylinux_2_28_x86_64",
            "pp310-none-any py310-none-manylinux1_x86_64",
            "cp310-cp310-manylinux_2_28_x86_64",
        ),
    ],
)
def test_tags(name: str, best: str, supported: str, unsupported: str) -> None:
    """The best tag is first, older systems and the stable ABI come behind it, and newer systems are left out."""
    tags = parse_target(name).tags

    assert tags[0] in parse_tag(best)
    assert len(tags) == len({*tags})
    assert all(parse_tag(text) <= {*tags} for text in supported.split())
    assert not any(parse_tag(text) & {*tags} for text in unsupported.split())


@pytest.mark.parametrize(
    ("name", "variables"),
    [
        (
            "cp312-musllinux_1_2_x86_64",
            {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "x86_64"},
        ),
        (
            "cp312-manylinux1_i686",
            {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix", "platform_machine": "i686"},
        ),
        (
            "cp312-macosx_14_0_x86_64",
            {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix", "platform_machine": "x86_64"},
        ),
        (
            "cp312-win_arm64",
            {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "platform_machine": "ARM64"},
        ),
    ],
)
def test_variables(name: str, variables: dict[str, str]) -> None:
    """The variables of markers follow from the name; the patch release and the kernel do not."""
    target = parse_target(name)

    assert target.variables == {"python_version": "3.12", **CPYTHON, **variables}
    assert target.environment().keys() - target.variables.keys() == {
        *("platform_release", "platform_version", "python_full_version", "implementation_version")
    }


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "has an unknown platform: none"),
        ("cp312", "has an unknown platform: cp312"),
        ("cp312-solaris", "has an unknown platform: solaris"),
        ("cp312-linux_x86_64", "has an unknown platform: linux_x86_64"),
        ("py3-win_amd64", "does not begin with a Python such as cp312"),
        ("win_amd64", "does not begin with a Python such as cp312"),
        ("pp310-win_amd64", "needs the ABI of PyPy as well, such as pp310-pypy310_pp73-win_amd64"),
    ],
)
def test_unknown(name: str, problem: str) -> None:
    """What is no target is an error that shows some."""
    with pytest.raises(OptionError, match=r"^--target ") as error:
        parse_target(name)

    assert problem in str(error.value)


@pytest.mark.parametrize(("python", "is_in"), [(">=3.12", True), (">=3.12.4,<4", True), ("<3.12", False), ("*", True)])
def test_python(python: str, *, is_in: bool) -> None:
    """A target is in a range if any of its patch releases is."""
    assert parse_target("cp312-win_amd64").is_in(parse_constraint(python)) == is_in

"""What a lock package is called."""

from __future__ import annotations

import pytest

from poetry_plugin_lock_package.errors import OptionError
from poetry_plugin_lock_package.project import Release, checked_version, identify, is_name

APP = Release("my-app", "1.0")


@pytest.mark.parametrize(
    ("project", "lock_package"), [("app", "app-lock"), ("my-app", "my-app-lock"), ("my_app", "my_app_lock")]
)
def test_default(project: str, lock_package: str) -> None:
    """The name follows the style of the project's, and the version is the same."""
    assert identify(Release(project, "1.0"), None, None, None) == Release(lock_package, "1.0")


def test_options() -> None:
    """A name, a version and the number of a post-release replace what follows from the project."""
    assert identify(APP, "other", "2.0", None) == Release("other", "2.0")
    assert identify(APP, None, None, "7") == Release("my-app-lock", "1.0.post7")
    assert identify(APP, None, None, "0" * 20 + "7") == Release("my-app-lock", "1.0.post7")
    assert identify(APP, None, "2.0+cpu", "007") == Release("my-app-lock", "2.0.post7+cpu")


def test_own_wheel() -> None:
    """The project's own wheel keeps its name, and may be given that name explicitly."""
    assert identify(APP, None, None, None, own_wheel=True) == APP
    assert identify(APP, "My_App", None, "1", own_wheel=True) == Release("My_App", "1.0.post1")


@pytest.mark.parametrize(
    ("name", "version", "post", "problem"),
    [
        ("my app", None, None, "--name 'my app' is not a valid package name"),
        ("My_App", None, None, "--name 'My_App' is the name of the project itself"),
        (None, None, "-1", "--post takes a number, such as a build number, not '-1'"),
        (None, None, "9" * 5000, "--post takes a number of at most 18 digits"),
        (None, "1.0.post1", "2", "--post cannot be added to 1.0.post1"),
        (None, "1.0.dev1", "2", "--post cannot be added to 1.0.dev1"),
    ],
)
def test_refused(name: str | None, version: str | None, post: str | None, problem: str) -> None:
    """A value that cannot be used is an error that names the option."""
    with pytest.raises(OptionError) as error:
        identify(APP, name, version, post)

    assert str(error.value).startswith(problem)
    assert len(str(error.value)) < 200


@pytest.mark.parametrize(("text", "valid"), [("a", True), ("A.b_c-1", True), ("-a", False), ("a-", False), ("", False)])
def test_name(text: str, *, valid: bool) -> None:
    """A name begins and ends with a letter or a digit."""
    assert is_name(text) == valid


def test_version() -> None:
    """A version is normalised, and anything else is refused, without repeating what is very long."""
    assert checked_version("v1.0-1") == "1.0.post1"
    with pytest.raises(OptionError, match="--set-version 'one' is not a version by PEP 440"):
        checked_version("one")
    with pytest.raises(OptionError, match=r"--set-version '999.*…' is not a version by PEP 440") as error:
        checked_version("9" * 5000)
    assert len(str(error.value)) < 200

"""Uploading a lock package to an index of one's own, by Poetry's own publisher."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from textwrap import shorten
from typing import TYPE_CHECKING

from cleo.io.buffered_io import BufferedIO
from poetry.core.factory import Factory
from poetry.poetry import Poetry
from poetry.publishing.publisher import Publisher

from poetry_plugin_lock_package.errors import PublicationError
from poetry_plugin_lock_package.poetry_api.quiet_logging import quiet_poetry_core
from poetry_plugin_lock_package.text import message_of, one_line, redacted
from poetry_plugin_lock_package.wheels.lock_project import write_files

if TYPE_CHECKING:
    from poetry_plugin_lock_package.wheels.lock_project import LockProject


@dataclass(frozen=True, slots=True)
class Target:
    """A repository in the configuration of ``poetry``; credentials and certificates given here come before those there.

    With ``skip_existing``, a file that is there already is no error.
    """

    poetry: Poetry
    repository: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    cert: Path | None = None
    client_cert: Path | None = None
    skip_existing: bool = False

    def publish(self, wheel: Path, lock_project: LockProject, *, dry_run: bool = False) -> bool:
        """Upload ``wheel``, made of ``lock_project`` and alone in its folder; return False if it was there and skipped.

        With ``dry_run``, everything is done but the upload. Raises PublicationError if something
        fails, for whatever reason.
        """
        said = BufferedIO()
        with TemporaryDirectory(prefix="lock-package-") as scratch, quiet_poetry_core():
            # Poetry before 2.3 sends the metadata of the package that it is given, not those in the wheel.
            write_files(lock_project, Path(scratch))
            core = Factory().create_poetry(Path(scratch))
            poetry = Poetry(
                core.pyproject_path, core.local_config, core.package, self.poetry.locker, self.poetry.config
            )
            try:
                Publisher(poetry, said, wheel.parent.absolute()).publish(
                    self.repository,
                    self.username,
                    self.password,
                    self.cert,
                    self.client_cert,
                    dry_run,
                    self.skip_existing,
                )
            except Exception as error:  # noqa: BLE001 - keyrings and certificates have errors of their own
                # Not chained: the original message may have a password in it.
                raise PublicationError(self.repository, _problem(error, self.repository)) from None
        # Where Poetry's progress bar goes; nothing else tells whether it was skipped.
        return "File exists" not in said.fetch_error()


def _problem(error: Exception, repository: str) -> str:
    """What went wrong, on one line, and what to do about it."""
    if isinstance(error, UnicodeError):
        # Its own message shows a part of them.
        return "the user name or the password has a character that cannot be sent"
    if isinstance(error, RuntimeError):
        return f"{message_of(error)}. Define it with `poetry config repositories.{repository} URL`"
    cause = error.__cause__
    response = getattr(cause, "response", None)
    if response is None:
        return f"{message_of(error)} ({message_of(cause)})" if cause else message_of(error)
    # A page for browsers says no more than the reason does.
    is_page = "html" in response.headers.get("Content-Type", "")
    words = "" if is_page else shorten(one_line(redacted(response.text)), 300, placeholder=" …")
    answer = one_line(f"HTTP error {response.status_code} {response.reason}")
    return f"{answer}{words and f' ({words})'}{_advice(response.status_code, repository)}"


def _advice(status: int, repository: str) -> str:
    if status == HTTPStatus.CONFLICT:
        return ". If it is there already, add --skip-existing, or give this one a version of its own with --post"
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return f". Give credentials with `poetry config http-basic.{repository} USERNAME`, or --username and --password"
    return ""

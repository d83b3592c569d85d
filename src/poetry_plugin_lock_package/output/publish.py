"""Uploads a lock package to a private index, with Poetry's own publisher."""

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
from poetry_plugin_lock_package.output.credentials import secrets_of
from poetry_plugin_lock_package.poetry_api.quiet_logging import quiet_poetry_core
from poetry_plugin_lock_package.poetry_api.repositories import repository_urls
from poetry_plugin_lock_package.text import message_of, one_line, redacted, without_secrets
from poetry_plugin_lock_package.urls import is_public_index
from poetry_plugin_lock_package.wheels.lock_project import write_files

if TYPE_CHECKING:
    from collections.abc import Collection

    from poetry_plugin_lock_package.wheels.lock_project import LockProject


@dataclass(frozen=True, slots=True)
class Target:
    """A repository in the configuration of ``poetry``, and how to upload to it.

    Credentials and certificates that are given here take precedence over the configured ones. With
    ``skip_existing``, it is no error if the repository already has the file.
    """

    poetry: Poetry
    repository: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    cert: Path | None = None
    client_cert: Path | None = None
    skip_existing: bool = False

    def publish(self, wheel: Path, lock_project: LockProject, *, dry_run: bool = False) -> bool:
        """Upload ``wheel``, which was built from ``lock_project`` and is alone in its folder.

        Returns False if the repository already has the file, and it was skipped. With ``dry_run``, everything but
        the upload is done. Raises PublicationError if something fails, for whatever reason.
        """
        self.refuse_public_index()
        said = BufferedIO()
        with TemporaryDirectory(prefix="lock-package-") as scratch, quiet_poetry_core():
            # Poetry before 2.3 sends the metadata of the project that it is given, not that of the wheel.
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
            except Exception as error:  # noqa: BLE001 - keyrings and certificates have their own errors
                # Not chained: the original message may contain a password.
                cause = error.__cause__ or error
                secrets = secrets_of(cause, self._urls, self.username, self.password)
                raise PublicationError(self.repository, _problem(error, self.repository, secrets)) from None
        # Only Poetry's progress bar tells whether the file was skipped.
        return "File exists" not in said.fetch_error()

    def refuse_public_index(self) -> None:
        """Raise PublicationError if the address of the repository is that of the public index; nothing is sent."""
        if any(map(is_public_index, self._urls)):
            raise PublicationError(
                self.repository,
                "this is the public index, where a lock package does not belong. Use --repository with an index of your"
                " own",
            )

    @property
    def _urls(self) -> tuple[str, ...]:
        return tuple(repository_urls(self.poetry.config, self.repository))


def _problem(error: Exception, repository: str, secrets: Collection[str]) -> str:
    """What went wrong, and what to do about it, on one line and without ``secrets``."""
    if isinstance(error, UnicodeError):
        # The message of the error shows a part of them.
        return "the user name or the password contains a character that cannot be sent"
    if isinstance(error, RuntimeError):
        return f"{message_of(error)}. Define it with `poetry config repositories.{repository} URL`"
    cause = error.__cause__
    response = getattr(cause, "response", None)
    if response is None:
        words = message_of(error, secrets)
        return f"{words} ({message_of(cause, secrets)})" if cause else words
    # An HTML page says no more than the reason.
    is_page = "html" in response.headers.get("Content-Type", "")
    text = "" if is_page else one_line(redacted(without_secrets(response.text, secrets)))
    words = text and f" ({shorten(text, 300, placeholder=' …')})"
    reason = one_line(redacted(without_secrets(response.reason or "", secrets)))
    return f"HTTP error {response.status_code} {reason}{words}{_advice(response.status_code, repository)}"


def _advice(status: int, repository: str) -> str:
    if status == HTTPStatus.CONFLICT:
        return ". If the file is there already, add --skip-existing, or build another version with --post"
    if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return f". Set credentials with `poetry config http-basic.{repository} USERNAME`, or --username and --password"
    return ""

"""``poetry lock-package``: options in, text and exit code out, and nothing in between."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from cleo.formatters.formatter import Formatter
from cleo.helpers import option
from cleo.io.outputs.output import Type as OutputType
from packaging.utils import canonicalize_name
from poetry.console.commands.group_command import GroupCommand
from poetry.core.packages.dependency_group import MAIN_GROUP

from poetry_plugin_lock_package.groups import spelt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleo.io.inputs.option import Option
    from packaging.utils import NormalizedName

    from poetry_plugin_lock_package.build import Delivery, Plan
    from poetry_plugin_lock_package.publication import Target


_GROUP_OPTIONS = (
    option("with", None, "Dependency groups to pin besides main.", flag=False, multiple=True),
    option("without", None, "Dependency groups to leave out.", flag=False, multiple=True),
    option("only", None, "The only dependency groups to pin.", flag=False, multiple=True),
    option("all-groups", None, "Pin the packages of all dependency groups."),
)

# Named as in `poetry publish`, and with its descriptions where they fit.
_PUBLISH_OPTIONS = (
    option("publish", None, "Upload the lock package to an index of your own. Implies <c1>--build</c1>."),
    option("repository", "r", "The repository to publish the lock package to.", flag=False),
    option("username", "u", "The username to access the repository.", flag=False),
    option("password", "p", "The password to access the repository.", flag=False),
    option("cert", None, "Certificate authority to access the repository.", flag=False),
    option("client-cert", None, "Client certificate to access the repository.", flag=False),
    option("skip-existing", None, "Ignore errors from files already existing in the repository."),
)

# What the public indexes are called by Poetry and by many users.
_PUBLIC = ("pypi", "testpypi", "test-pypi")


class LockPackageCommand(GroupCommand):
    """The adapter between Poetry's console and :mod:`poetry_plugin_lock_package.build`."""

    name = "lock-package"
    description = "Builds a package that requires the exact versions in <comment>poetry.lock</>."
    help = """\
Without options, the <info>lock project</> is written: a folder <c1>[project]-lock</> whose
<comment>pyproject.toml</> pins what <comment>poetry.lock</> has. With <c1>--build</>, the lock package is built
from it, a wheel in <comment>dist</>, and no folder is left behind.

The <c1>--repository</> to publish to is one that you have configured for uploads, as for <info>poetry publish</>:
<comment>poetry config repositories.NAME URL</>
"""
    options: ClassVar[list[Option]] = [
        option("build", None, "Build the lock package as a wheel, instead of writing the lock project."),
        option(
            "output",
            "o",
            "Set output directory for the wheel, with <c1>--build</>. Default is `dist`.",
            flag=False,
        ),
        option(
            "constraints", None, "Write a constraints file with all hashes beside the wheel, with <c1>--build</c1>."
        ),
        *_PUBLISH_OPTIONS,
        *_GROUP_OPTIONS,
        option("extras", "E", "Extras of the project whose packages are pinned always.", flag=False, multiple=True),
        option("all-extras", None, "Pin the packages of all extras always."),
        option("no-root", None, "Do not pin the project itself."),
        option("name", None, "Name of the lock package. Default is that of the project with `-lock`.", flag=False),
        option("set-version", None, "Version of the lock package. Default is that of the project.", flag=False),
        option(
            "post", None, "Make it this post-release of its version, for a re-lock of the same release.", flag=False
        ),
        option("dry-run", None, "Show the pinned <comment>pyproject.toml</>, and write and upload nothing."),
        option(
            "ignore",
            None,
            "Leave out packages whose whole name matches this regular expression, and what only they need.",
            flag=False,
            multiple=True,
        ),
    ]

    def handle(self) -> int:
        """Write the lock project or build the lock package; 0 if that was done, 1 for an error."""
        # Poetry makes every command for its help; the rest is needed only here.
        from poetry_plugin_lock_package.build import Options, plan
        from poetry_plugin_lock_package.errors import LockPackageError
        from poetry_plugin_lock_package.ignore import IgnorePattern

        if conflict := next(self._conflicts(), None):
            self.line_error(f"<error>{conflict}</error>")
            return 1
        groups = frozenset(map(canonicalize_name, self.activated_groups))
        try:
            options = Options(
                groups=groups,
                extras=self._extras(),
                ignore=tuple(IgnorePattern.parse(text) for text in self.option("ignore")),
                no_root=self.option("no-root"),
                name=self.option("name"),
                version=self.option("set-version"),
                post=self.option("post"),
            )
            self._run(plan(self.poetry, options), self._delivery())
        except LockPackageError as error:
            self.line_error(f"<error>{_escape(str(error))}</error>")
            return 1
        return 0

    @property
    def default_groups(self) -> set[str]:
        """The groups without `--with` or `--only`: main, as in ``poetry export``."""
        return {MAIN_GROUP}

    def option(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - as Poetry declares it
        """The value of the option ``name``.

        Groups may be separated by spaces where Poetry knows commas alone, and be in any spelling, which
        Poetry 2.1 does not know.
        """
        value = super().option(name, default)
        if name not in ("with", "without", "only"):
            return value
        project = self.poetry.package
        return [
            ",".join((spelt(project, [canonicalize_name(group)]) or [group])[0] for group in _split(groups))
            for groups in value
        ]

    def _extras(self) -> frozenset[NormalizedName]:
        if self.option("all-extras"):
            return frozenset(self.poetry.package.extras)
        # An empty value is none: that of a variable in a pipeline, for one.
        names = (name for extras in self.option("extras") for name in _split(extras) if name)
        return frozenset(map(canonicalize_name, names))

    def _delivery(self) -> Delivery | None:
        """Where the wheel goes, or None if there is to be none."""
        from poetry_plugin_lock_package.build import Delivery

        if not self._builds():
            return None
        output = Path(self.option("output") or "dist")
        return Delivery(output, self.option("constraints"), self._target(), dry_run=self.option("dry-run"))

    def _target(self) -> Target | None:
        if not self.option("publish"):
            return None
        # What it takes to upload is only loaded for that.
        from poetry_plugin_lock_package.publication import Target

        return Target(
            self.poetry,
            self.option("repository"),
            self.option("username"),
            self.option("password"),
            Path(self.option("cert")) if self.option("cert") else None,
            Path(self.option("client-cert")) if self.option("client-cert") else None,
            self.option("skip-existing"),
        )

    def _builds(self) -> bool:
        return bool(self.option("build") or self.option("publish"))

    def _conflicts(self) -> Iterator[str]:
        """Why the options do not go together."""
        if self.option("output") and not self._builds():
            yield "--output is where --build puts the wheel: add --build"
        if self.option("constraints") and not self._builds():
            yield "--constraints go beside the wheel that --build makes: add --build"
        if self.option("publish") and canonicalize_name(self.option("repository") or "pypi") in _PUBLIC:
            yield (
                "--publish needs the --repository of an index of your own (`poetry config repositories.NAME URL`):"
                " a lock package does not belong on the public index"
            )
        uploading = [option.name for option in _PUBLISH_OPTIONS if self.option(option.name)]
        if uploading and not self.option("publish"):
            yield f"--{uploading[0]} is for --publish: add --publish"
        if self.option("extras") and self.option("all-extras"):
            yield "You cannot specify explicit `--extras` while using `--all-extras`."
        if self.option("all-groups") and any(self.option(name) for name in ("with", "without", "only")):
            yield "You cannot specify explicit `--with`, `--without` or `--only` while using `--all-groups`."

    def _run(self, made: Plan, delivery: Delivery | None) -> None:
        from poetry_plugin_lock_package import report
        from poetry_plugin_lock_package.build import build, write

        # With --dry-run, stdout is for the file alone.
        dry_run = self.option("dry-run")
        say = self.line_error if dry_run else self.line
        name, version = made.lock_project.name, made.lock_project.version
        say(f"{'Building' if delivery else 'Writing'} <c1>{_escape(name)}</c1> (<c2>{_escape(version)}</c2>)")
        warnings = [*report.warnings(made)]
        if delivery:
            built = build(made, delivery)
            done = [*report.deliveries(built, delivery)]
            warnings += report.constraint_warnings(made, built)
        else:
            done = [] if dry_run else [f"Wrote {write(made).name}"]
        for warning in warnings:
            self.line_error(f"<warning>{_escape(warning)}</warning>")
        for detail in report.details(made) if self.io.is_verbose() else ():
            say(f"  - Pinning {_escape(detail)}")
        for line in (*report.summary(made), *done, *(["Nothing was written (--dry-run)"] if dry_run else [])):
            say(f"  - {_escape(line)}")
        if dry_run:
            self.io.write(made.lock_project.pyproject, type=OutputType.RAW)


def _split(text: str) -> list[str]:
    return re.split(r"[\s,]+", text.strip())


def _escape(text: str) -> str:
    """``text`` from outside, safe from being read as markup: cleo would swallow ``<info>``."""
    return Formatter.escape(text)

"""``poetry lock-package``: options in, text and exit code out, and nothing in between."""

from __future__ import annotations

import atexit
import gc
import re
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from cleo.formatters.formatter import Formatter
from cleo.helpers import option
from cleo.io.outputs.output import Type as OutputType
from cleo.io.outputs.output import Verbosity
from packaging.utils import canonicalize_name
from poetry.console.commands.group_command import GroupCommand
from poetry.core.packages.dependency_group import MAIN_GROUP

from poetry_plugin_lock_package.poetry_api.groups import spelt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cleo.io.inputs.option import Option
    from packaging.utils import NormalizedName

    from poetry_plugin_lock_package.console.settings import Value
    from poetry_plugin_lock_package.identity import Identity
    from poetry_plugin_lock_package.output.delivery import Delivery
    from poetry_plugin_lock_package.output.publish import Target
    from poetry_plugin_lock_package.plan import Options, Plan


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
    """The adapter between Poetry's console and :mod:`poetry_plugin_lock_package.plan`."""

    name = "lock-package"
    description = "Builds a package that requires the exact versions in <comment>poetry.lock</>."
    help = """\
Without options, the <info>lock project</> is written: a folder <c1>[project]-lock</> whose
<comment>pyproject.toml</> pins what <comment>poetry.lock</> has. With <c1>--build</>, the lock package is built
from it, a wheel in <comment>dist</>, and no folder is left behind. With <c1>--include-root</> or <c1>--as-extra</> as
well, the pins go into the project's own wheel instead.

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
        option("include-root", None, "Build the project's own wheel, with the pins in place of its dependencies."),
        option("as-extra", None, "Build the project's own wheel, with the pins as this extra of it.", flag=False),
        option(
            "from-wheel",
            None,
            "Wheel of the project to put the pins into, instead of building it.",
            flag=False,
            multiple=True,
        ),
        option("name", None, "Name of the lock package. Default is that of the project with `-lock`.", flag=False),
        option("set-version", None, "Version of the lock package. Default is that of the project.", flag=False),
        option(
            "post", None, "Make it this post-release of its version, for a re-lock of the same release.", flag=False
        ),
        option("wheel", None, "Build the lock package in the lock project, which stays."),
        option("move", None, "With <c1>--wheel</>: build it into <comment>dist</> instead."),
        option("clean", None, "Remove the lock project."),
        option("tests", None, "Write a test that passes into the lock project."),
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
        from poetry_plugin_lock_package.errors import GroupError, LockPackageError, OptionError, PatternError
        from poetry_plugin_lock_package.identity import checked_version
        from poetry_plugin_lock_package.plan import Options, plan
        from poetry_plugin_lock_package.selection.ignore import IgnorePattern

        if hasattr(gc, "freeze"):  # pragma: no branch - PyPy has none
            # When the process ends, Python looks for garbage in all that a large lock has become, and throws
            # everything away anyhow: as long as it takes to build the wheel, and nobody needs it.
            atexit.register(gc.freeze)
        try:
            self._load()
            if conflict := self._conflict():
                self.line_error(f"<error>{conflict}{self._by_settings(conflict)}</error>")
                return 1
            options = Options(
                groups=self._groups(),
                extras=self._extras(),
                ignore=tuple(IgnorePattern.parse(text) for text in self.option("ignore")),
                no_root=self.option("no-root"),
                # As settings, these two are for the runs that build.
                include_root=self.option("include-root") and self.option("build"),
                as_extra=self.option("as-extra") if self.option("build") else None,
                from_wheel=tuple(map(Path, self.option("from-wheel"))),
                name=self.option("name"),
                version=checked_version(self.option("set-version")) if self.option("set-version") else None,
                post=self.option("post"),
                with_test=self.option("tests"),
            )
            if self.option("clean") and not (self.option("build") or self.option("wheel")):
                self._clean(options)
            else:
                self._run(plan(self.poetry, options))
        except LockPackageError as error:
            hint = self._by_settings(str(error)) if isinstance(error, (GroupError, OptionError, PatternError)) else ""
            self.line_error(f"<error>{_escape(str(error))}{hint}</error>")
            return 1
        return 0

    @property
    def default_groups(self) -> set[str]:
        """The groups without `--with` or `--only`: main, as in ``poetry export``."""
        return {MAIN_GROUP}

    def option(self, name: str, default: Any = None) -> Any:  # noqa: ANN401 - as Poetry declares it
        """The value of the option ``name``, or that of the project's settings if it is not given.

        Groups may be separated by spaces where Poetry knows commas alone, and be in any spelling, which
        Poetry 2.1 does not know.
        """
        value = self._combined().get(name, super().option(name, default))
        if name == "build":
            return value or (self.option("publish") and not self.option("wheel"))
        if name not in ("with", "without", "only"):
            return value
        project = self.poetry.package
        return [
            ",".join((spelt(project, [canonicalize_name(group)]) or [group])[0] for group in _split(groups))
            for groups in value
        ]

    def _combined(self) -> dict[str, Value]:
        from poetry_plugin_lock_package.console.settings import combined

        given = {option.name: super(LockPackageCommand, self).option(option.name) for option in self.options}
        return combined(given, self._settings)

    @cached_property
    def _settings(self) -> dict[str, Value]:
        from poetry_plugin_lock_package.console.settings import TABLE, read_settings
        from poetry_plugin_lock_package.poetry_api.reading import read_pyproject

        return read_settings(read_pyproject(self.poetry).get("tool", {}).get(TABLE, {}))

    def _by_settings(self, message: str) -> str:
        """Where to look for the options in ``message`` that nobody has given."""
        given = super().option
        names = [name for name in self._settings if re.search(rf"--{name}\b(?!-)", message) and not given(name)]
        return f" (pyproject.toml, tool.poetry-lock-package: {', '.join(names)})" if names else ""

    def _load(self) -> None:
        from poetry_plugin_lock_package.poetry_api.reading import load_project

        verbosity = self.io.output.verbosity
        if self.io.is_debug():
            # Poetry shows where the project and its sources are, passwords included.
            self.io.set_verbosity(Verbosity.VERY_VERBOSE)
        try:
            load_project(lambda: self.poetry)
        finally:
            self.io.set_verbosity(verbosity)

    def _groups(self) -> frozenset[NormalizedName]:
        from poetry.console.exceptions import GroupNotFoundError

        from poetry_plugin_lock_package.errors import GroupError

        try:
            return frozenset(map(canonicalize_name, self.activated_groups))
        except GroupNotFoundError as error:
            raise GroupError(self.io.error_output.formatter.remove_format(str(error))) from None

    def _extras(self) -> frozenset[NormalizedName]:
        if self.option("all-extras"):
            return frozenset(self.poetry.package.extras)
        # An empty value is none: that of a variable in a pipeline, for one.
        names = (name for extras in self.option("extras") for name in _split(extras) if name)
        return frozenset(map(canonicalize_name, names))

    def _conflict(self) -> str | None:
        """Why the options do not go together."""
        builds = self.option("build") or self.option("wheel")
        # The options by which the pins go into the project's own wheel.
        own = [f"--{name}" for name in ("include-root", "as-extra") if self.option(name)]
        groups = any(self.option(name) for name in ("with", "without", "only"))
        publishes = self.option("publish")
        uploading = [f"--{option.name}" for option in _PUBLISH_OPTIONS if self.option(option.name)]
        conflicts = {
            # As a setting, it is for the runs that build.
            "--output is where --build puts the wheel: add --build": super().option("output") and not builds,
            "--constraints go beside the wheel that --build makes: add --build": self.option("constraints")
            and not builds,
            "--publish needs the --repository of an index of your own (`poetry config repositories.NAME URL`): a lock"
            " package does not belong on the public index": (
                publishes and canonicalize_name(self.option("repository") or "pypi") in _PUBLIC
            ),
            f"--publish uploads a lock package: publish what {' '.join(own)} builds with `poetry publish`": (
                publishes and own
            ),
            f"{' '.join(uploading)} is for --publish: add --publish": uploading and not publishes,
            "--move is for the wheel that --wheel builds: add --wheel, or use --build": self.option("move")
            and not builds,
            f"{' '.join(own)} puts the pins into a wheel: add --build": (
                not self.option("build") and any(super(LockPackageCommand, self).option(name[2:]) for name in own)
            ),
            "You cannot specify `--as-extra` while using `--include-root`.": len(own) > 1,
            f"You cannot specify `--no-root` while using `{' '.join(own)}`.": own and self.option("no-root"),
            "--from-wheel is a wheel to put the pins into: add --include-root or --as-extra": (
                self.option("from-wheel") and not (own and self.option("build"))
            ),
            "You cannot specify explicit `--extras` while using `--all-extras`.": (
                self.option("extras") and self.option("all-extras")
            ),
            "You cannot specify explicit `--with`, `--without` or `--only` while using `--all-groups`.": (
                self.option("all-groups") and groups
            ),
        }
        return next((text for text, holds in conflicts.items() if holds), None)

    def _target(self) -> Target | None:
        if not self.option("publish"):
            return None
        # What it takes to upload is loaded only for that.
        from poetry_plugin_lock_package.output.publish import Target

        return Target(
            self.poetry,
            self.option("repository"),
            self.option("username"),
            self.option("password"),
            Path(self.option("cert")) if self.option("cert") else None,
            Path(self.option("client-cert")) if self.option("client-cert") else None,
            self.option("skip-existing"),
        )

    def _delivery(self, plan: Plan) -> Delivery:
        from poetry_plugin_lock_package.errors import OptionError
        from poetry_plugin_lock_package.output.delivery import Delivery, constrain
        from poetry_plugin_lock_package.plan import is_inside

        moves = self.option("build") or self.option("move")
        # As a setting, it is not for the wheel that stays in the lock project.
        folder = self.option("output") if moves else super().option("output")
        output = Path(folder or ("dist" if moves else f"{plan.lock_project.name}/dist"))
        builds = self.option("build") or self.option("wheel")
        if builds and self.option("clean") and is_inside(plan, output):
            raise OptionError(
                "--clean",
                f"removes {plan.lock_project.name} with the wheel that is built in it: add --move, or choose another"
                " folder with --output",
            )
        constraints = constrain(plan, output) if self.option("constraints") else None
        return Delivery(output, constraints, self._target(), dry_run=self.option("dry-run"))

    def _run(self, plan: Plan) -> None:
        from poetry_plugin_lock_package.console import report

        # With --dry-run, stdout is for the file alone.
        say = self.line_error if self.option("dry-run") else self.line
        builds = self.option("build") or self.option("wheel")
        say(_heading("Building" if builds else "Writing", plan.identity))
        delivery = self._delivery(plan)
        done = list(self._make(plan, delivery))
        for warning in report.warnings(plan, delivery):
            self.line_error(f"<warning>{_escape(warning)}</warning>")
        for detail in report.details(plan) if self.io.is_verbose() else ():
            say(f"  - Pinning {_escape(detail)}")
        for line in (*report.summary(plan), *done):
            say(f"  - {_escape(line)}")
        if self.option("dry-run"):
            text = str(plan.pinned_metadata.dependencies) if plan.pinned_metadata else plan.lock_project.pyproject
            self.io.write(text, type=OutputType.RAW)

    def _make(self, plan: Plan, delivery: Delivery) -> Iterator[str]:
        """Make what was asked for, and say what that was."""
        from poetry_plugin_lock_package.console import report
        from poetry_plugin_lock_package.output.delivery import deliver
        from poetry_plugin_lock_package.output.lock_folder import find_lock_project, staged_lock_project

        name, parent = plan.lock_project.name, plan.project.folder
        writes = not (self.option("build") or self.option("clean"))
        if writes or self.option("clean"):
            # Something else that has the name is an error before anything is done, in a dry run as well.
            find_lock_project(name, parent)
        with ExitStack() as stack:
            if writes and not delivery.dry_run:
                # First, because the wheel may go into it; a wheel that cannot be built or published takes it back.
                yield f"Wrote {stack.enter_context(staged_lock_project(plan.lock_project, parent)).name}"
            if self.option("build") or self.option("wheel"):
                yield from report.deliveries(deliver(plan, self.poetry, delivery), delivery)
        if self.option("clean"):
            yield from self._removed(name, parent)
        if delivery.dry_run:
            yield "Nothing was written (--dry-run)"

    def _clean(self, options: Options) -> None:
        """Remove the lock project, for which nothing has to be read but its name."""
        from poetry_plugin_lock_package.plan import identify_lock_package
        from poetry_plugin_lock_package.project import read_project

        project = read_project(self.poetry, options.version)
        identity = identify_lock_package(project, options)
        self.line(_heading("Removing", identity))
        for line in self._removed(identity.name, project.folder):
            self.line(f"  - {_escape(line)}")

    def _removed(self, name: str, parent: Path) -> Iterator[str]:
        from poetry_plugin_lock_package.output.lock_folder import find_lock_project, remove_lock_project

        dry_run = self.option("dry-run")
        if folder := (find_lock_project if dry_run else remove_lock_project)(name, parent):
            yield f"{'Would remove' if dry_run else 'Removed'} {folder.name}"


def _heading(doing: str, identity: Identity) -> str:
    return f"{doing} <c1>{_escape(identity.name)}</c1> (<c2>{_escape(identity.version)}</c2>)"


def _split(text: str) -> list[str]:
    return re.split(r"[\s,]+", text.strip())


def _escape(text: str) -> str:
    """``text`` from outside on one line, and safe from being read as markup: cleo would swallow ``<info>``."""
    from poetry_plugin_lock_package.text import one_line

    return Formatter.escape(one_line(text))

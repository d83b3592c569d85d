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
    from cleo.io.inputs.option import Option
    from packaging.utils import NormalizedName

    from poetry_plugin_lock_package.build import Plan


_GROUP_OPTIONS = (
    option("with", None, "Dependency groups to pin besides main.", flag=False, multiple=True),
    option("without", None, "Dependency groups to leave out.", flag=False, multiple=True),
    option("only", None, "The only dependency groups to pin.", flag=False, multiple=True),
    option("all-groups", None, "Pin the packages of all dependency groups."),
)


class LockPackageCommand(GroupCommand):
    """The adapter between Poetry's console and :mod:`poetry_plugin_lock_package.build`."""

    name = "lock-package"
    description = "Builds a package that requires the exact versions in <comment>poetry.lock</>."
    help = """\
Without options, the <info>lock project</> is written: a folder <c1>[project]-lock</> whose
<comment>pyproject.toml</> pins what <comment>poetry.lock</> has. With <c1>--build</>, the lock package is built
from it, a wheel in <comment>dist</>, and no folder is left behind. With <c1>--include-root</> or <c1>--as-extra</> as
well, the pins go into the project's own wheel instead.
"""
    options: ClassVar[list[Option]] = [
        option("build", None, "Build the lock package as a wheel, instead of writing the lock project."),
        option(
            "output",
            "o",
            "Set output directory for the wheel, with <c1>--build</>. Default is `dist`.",
            flag=False,
        ),
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
        option("dry-run", None, "Show the pinned <comment>pyproject.toml</>, and write nothing."),
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

        if conflict := self._conflict():
            self.line_error(f"<error>{conflict}</error>")
            return 1
        groups = frozenset(map(canonicalize_name, self.activated_groups))
        try:
            options = Options(
                groups=groups,
                extras=self._extras(),
                ignore=tuple(IgnorePattern.parse(text) for text in self.option("ignore")),
                no_root=self.option("no-root"),
                include_root=self.option("include-root"),
                as_extra=self.option("as-extra"),
                from_wheel=tuple(map(Path, self.option("from-wheel"))),
                name=self.option("name"),
                version=self.option("set-version"),
                post=self.option("post"),
            )
            self._run(plan(self.poetry, options))
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

    def _conflict(self) -> str | None:
        """Why the options do not go together."""
        builds = self.option("build")
        # The options by which the pins go into the project's own wheel.
        own = [f"--{name}" for name in ("include-root", "as-extra") if self.option(name)]
        groups = any(self.option(name) for name in ("with", "without", "only"))
        conflicts = {
            "--output is where --build puts the wheel: add --build": self.option("output") and not builds,
            f"{' '.join(own)} puts the pins into a wheel: add --build": own and not builds,
            "You cannot specify `--as-extra` while using `--include-root`.": len(own) > 1,
            f"You cannot specify `--no-root` while using `{' '.join(own)}`.": own and self.option("no-root"),
            "--from-wheel is a wheel to put the pins into: add --include-root or --as-extra": (
                self.option("from-wheel") and not own
            ),
            "You cannot specify explicit `--extras` while using `--all-extras`.": (
                self.option("extras") and self.option("all-extras")
            ),
            "You cannot specify explicit `--with`, `--without` or `--only` while using `--all-groups`.": (
                self.option("all-groups") and groups
            ),
        }
        return next((text for text, holds in conflicts.items() if holds), None)

    def _run(self, made: Plan) -> None:
        from poetry_plugin_lock_package import report
        from poetry_plugin_lock_package.build import build, lock_own_wheels, write

        # With --dry-run, stdout is for the file alone.
        say = self.line_error if self.option("dry-run") else self.line
        name, version = made.lock_project.name, made.lock_project.version
        doing = "Building" if self.option("build") else "Writing"
        say(f"{doing} <c1>{_escape(name)}</c1> (<c2>{_escape(version)}</c2>)")
        output = Path(self.option("output") or "dist")
        if self.option("dry-run"):
            done = ["Nothing was written (--dry-run)"]
        elif made.locking:
            done = [f"Built {wheel.name}" for wheel in lock_own_wheels(made, self.poetry, made.locking, output)]
        elif self.option("build"):
            done = [f"Built {build(made, output).name}"]
        else:
            done = [f"Wrote {write(made).name}"]
        for warning in report.warnings(made):
            self.line_error(f"<warning>{_escape(warning)}</warning>")
        for detail in report.details(made) if self.io.is_verbose() else ():
            say(f"  - Pinning {_escape(detail)}")
        for line in (*report.summary(made), *done):
            say(f"  - {_escape(line)}")
        if self.option("dry-run"):
            text = str(made.locking.dependencies) if made.locking else made.lock_project.pyproject
            self.io.write(text, type=OutputType.RAW)


def _split(text: str) -> list[str]:
    return re.split(r"[\s,]+", text.strip())


def _escape(text: str) -> str:
    """``text`` from outside, safe from being read as markup: cleo would swallow ``<info>``."""
    return Formatter.escape(text)

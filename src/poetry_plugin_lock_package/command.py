"""``poetry lock-package``: options in, text and exit code out, and nothing in between."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from cleo.formatters.formatter import Formatter
from cleo.helpers import option
from poetry.console.commands.command import Command

if TYPE_CHECKING:
    from cleo.io.inputs.option import Option

    from poetry_plugin_lock_package.build import Plan


class LockPackageCommand(Command):
    """The adapter between Poetry's console and :mod:`poetry_plugin_lock_package.build`."""

    name = "lock-package"
    description = "Builds a package that requires the exact versions in <comment>poetry.lock</>."
    help = """\
Without options, the <info>lock project</> is written: a folder <c1>[project]-lock</> whose
<comment>pyproject.toml</> pins what <comment>poetry.lock</> has. With <c1>--build</>, the lock package is built
from it, a wheel in <comment>dist</>, and no folder is left behind.
"""
    options: ClassVar[list[Option]] = [
        option("build", None, "Build the lock package as a wheel, instead of writing the lock project."),
        option(
            "output",
            "o",
            "Set output directory for the wheel, with <c1>--build</>. Default is `dist`.",
            flag=False,
        ),
        option("no-root", None, "Do not pin the project itself."),
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

        if self.option("output") and not self.option("build"):
            self.line_error("<error>--output is where --build puts the wheel: add --build</error>")
            return 1
        try:
            options = Options(
                ignore=tuple(IgnorePattern.parse(text) for text in self.option("ignore")),
                no_root=self.option("no-root"),
            )
            self._run(plan(self.poetry, options))
        except LockPackageError as error:
            self.line_error(f"<error>{_escape(str(error))}</error>")
            return 1
        return 0

    def _run(self, made: Plan) -> None:
        from poetry_plugin_lock_package import report
        from poetry_plugin_lock_package.build import build, write

        name, version = made.lock_project.name, made.lock_project.version
        doing = "Building" if self.option("build") else "Writing"
        self.line(f"{doing} <c1>{_escape(name)}</c1> (<c2>{_escape(version)}</c2>)")
        for warning in report.warnings(made):
            self.line_error(f"<warning>{_escape(warning)}</warning>")
        for detail in report.details(made) if self.io.is_verbose() else ():
            self.line(f"  - Pinning {_escape(detail)}")
        for line in report.summary(made):
            self.line(f"  - {_escape(line)}")
        if self.option("build"):
            done = f"Built {build(made, Path(self.option('output') or 'dist')).name}"
        else:
            done = f"Wrote {write(made).name}"
        self.line(f"  - {_escape(done)}")


def _escape(text: str) -> str:
    """``text`` from outside, safe from being read as markup: cleo would swallow ``<info>``."""
    return Formatter.escape(text)

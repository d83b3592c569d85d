"""``poetry lock-package`` as Poetry's console knows it: the option table as cleo's options, and one call."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, ClassVar

from cleo.helpers import option
from poetry.console.commands.command import Command

from poetry_plugin_lock_package.cli.options import OPTIONS, Kind

if TYPE_CHECKING:
    from cleo.io.inputs.option import Option
    from cleo.io.io import IO

    from poetry_plugin_lock_package.cli.options import OptionSpec


# How cleo lays out `--help` (`TextDescriptor`): the longest option, with its value, and six more columns.
_INDENT = 6 + max(len(f"    --{spec.name}={spec.name}") for spec in OPTIONS if spec.kind is not Kind.FLAG)
_SUFFIX = "\0(multiple\0values\0allowed)"


def _as_option(spec: OptionSpec) -> Option:
    is_list = spec.kind is Kind.LIST
    # cleo breaks no lines, and writes the suffix itself.
    lines = wrap(spec.help + (f" {_SUFFIX}" if is_list else ""), 80 - _INDENT, break_on_hyphens=False)
    text = "\n".join(lines).removesuffix(_SUFFIX)
    return option(spec.name, spec.shortcut, text, flag=spec.kind is Kind.FLAG, multiple=is_list)


class LockPackageCommand(Command):
    """The adapter between Poetry's console and :mod:`poetry_plugin_lock_package.cli.run`."""

    name = "lock-package"
    description = "Builds a package that requires the exact versions in <comment>poetry.lock</>."
    help = """\
Without options, the <info>lock project</> is written: a folder <c1>[project]-lock</>
whose <comment>pyproject.toml</> pins what <comment>poetry.lock</> has. With <c1>--build</>, the lock
package is built, a wheel in <comment>dist</>, and no folder is left behind.
<c1>--project-wheel</> and <c1>--as-extra</> build the project's own wheel with the pins
instead. All options that begin with Build or Put imply <c1>--build</>.
"""
    options: ClassVar[list[Option]] = list(map(_as_option, OPTIONS))

    def run(self, io: IO) -> int:
        """Run, with a dash as a value: ``--provided -``, which cleo would take for an option without a name."""
        tokens: list[str] = getattr(io.input, "_tokens", [])
        for index in reversed(range(len(tokens) - 1)):
            if tokens[index : index + 2] == ["--provided", "-"]:
                tokens[index : index + 2] = ["--provided=-"]
        return super().run(io)

    def handle(self) -> int:
        """Write the lock project or build the lock package; 0 if that was done, 1 for an error."""
        # Poetry makes every command for its help. All the rest is needed only here.
        from poetry_plugin_lock_package.cli.run import run
        from poetry_plugin_lock_package.poetry_api import use_working_directory

        use_working_directory(self.get_application())
        return run(self.io, lambda: self.poetry, {spec.name: self.option(spec.name) for spec in OPTIONS})

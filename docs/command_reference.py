"""The command reference, made of the table of options, so that it is right by construction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from poetry_plugin_lock_package.cli.options import CHOICES, OPTIONS, OWN_WHEEL_OPTIONS, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from poetry_plugin_lock_package.cli.options import OptionSpec

SECTIONS = {
    "What is built": ("build", "output", "strict", "dry-run", "diff", "format", "all-wheels"),
    "Which packages are pinned": ("ignore", "no-root", "provided", *CHOICES["groups"], *CHOICES["extras"]),
    "The project's own wheel": (*OWN_WHEEL_OPTIONS, "from-wheel"),
    "Name and version": ("name", "set-version", "post"),
    "Constraints and SBOM": ("constraints", "sbom"),
    "Wheelhouse": ("wheelhouse", "target"),
}
PAGE = """\
# Command reference

```text
poetry lock-package [options]
```

Without options, the command writes the *lock project*: the folder `<project>-lock`, whose `pyproject.toml` has the
pins. With `--build`, it builds the lock package, a wheel in `dist`, and leaves no lock project behind.

`poetry lock-package --help` lists the same options.

{sections}

## Options of Poetry

All options that every Poetry command has work here, too:

| option | what it does |
|---|---|
| `-v` | Lists every pin with its reason, and all names in warnings. |
| `-q` | Says nothing, as with every Poetry command: only the exit code tells of an error. |
| `-C FOLDER`, `-P FOLDER` | Runs in, or for, the project in this folder. |
| `--no-ansi` | Writes no colours. |
| `-n` | Asks nothing. The command never does. |

Separate several groups or extras by commas or spaces, or repeat the option. Repeat `--ignore`, `--provided` and
`--from-wheel` for each pattern or file. An empty value, such as that of a variable that is not set, is an error.

## Settings

Options that every run should use, on laptops and in pipelines, go into `pyproject.toml`:

```toml
[tool.poetry-lock-package]
ignore = ["pyspark", "mlflow"]
no-root = true
extras = "gpu"
output = "wheels"
```

{settings}

The command line wins over a setting. Options that answer one question replace each other: if one of them is on the
command line, the settings of all of them are left out.

{choices}

`--ignore` is different: it adds to the setting.

A setting that is `true` holds for every run. For a single run, another option of the same line above replaces it:
`--with GROUPS` replaces `all-groups = true`, `--extras EXTRAS` replaces `all-extras = true`, and of `no-root`,
`project-wheel` and `as-extra` the one on the command line counts. To do without `strict = true`, or to pin the project
although `no-root = true` is set, change `pyproject.toml`.

A setting never implies `--build`: it is for the runs that build. Anything else in the table is an error, and so is a
table of a similar name, such as `[tool.lock-package]`.

## Paths

`--output` and `--wheelhouse` are relative to the project, as in `poetry build`. `--provided`, `--diff` and
`--from-wheel` are relative to the working directory, which `-C` changes and `-P` does not. As a setting, `provided`
is relative to the project.

## Output

What was done goes to standard output, as in `poetry build`. Warnings, notes and errors go to standard error.
With `--dry-run`, only the pinned `pyproject.toml`, or the new fields of METADATA, go to standard output. With
`--format json`, only one JSON document does.

(json)=
### JSON

A run that builds, or that writes the lock project, has these fields:

- `name`, `version`: of what is built.
- `files`: the paths of all files that were written, relative to the project where they are in it. None with
  `--dry-run`.
- `pins`: a list with `name`, `version`, `url`, `extras`, `marker` and `extra` for each requirement. `url` is the
  address of a git or URL dependency. `extras` are those of the package. `extra` is the extra of the lock package that
  the requirement belongs to. `null` stands for none.
- `warnings`, `notes`: lists with `code`, `message` and `names`.

`--diff` has these:

- `wheel`: the name of the wheel that was given.
- `same`: whether both require the same.
- `changes`: a list with `kind`, `name`, `old`, `new` and `version`. `kind` is `added`, `removed`, `updated`,
  `downgraded`, `source`, `marker` or `extras`. `old` and `new` are versions or addresses. For `marker` and `extras`
  they are the markers or extras of the `version` that stays. `null` stands for none.
- `facts`: other changes, of `Python` and of `Extras`: a list with `label`, `old` and `new`.
- `ignored`: `null`, or the same three fields: which names were left out before, and which are now.

An error leaves standard output empty.

## Exit codes

| code | meaning |
|---|---|
| 0 | All that was asked for is done. Warnings do not change that, unless `--strict` is given. |
| 1 | Nothing was written. One line says where, what is wrong, and what to run next. |
| 2 | `--diff` found a difference. |
| 129, 143 | The run was ended by SIGHUP or SIGTERM while it was writing. Nothing is left behind. |

A run that was interrupted (Ctrl-C) exits with 1 as well, and leaves nothing behind. So do an unknown option and a bug,
as with every Poetry command.
"""


def render() -> str:
    """The page, in MyST Markdown."""
    return PAGE.format(
        sections="\n\n".join(_section(title, names) for title, names in SECTIONS.items()),
        settings=_settings(),
        choices="\n".join(
            f"- {_names(spec.name for spec in OPTIONS if spec.name in names)}" for names in CHOICES.values()
        ),
    )


def _section(title: str, names: tuple[str, ...]) -> str:
    rows = "\n".join(_row(spec) for spec in OPTIONS if spec.name in names)
    return f"## {title}\n\n| option | what it does |\n|---|---|\n{rows}"


def _row(spec: OptionSpec) -> str:
    value = f" `{spec.value_name}`" if spec.value_name else ""
    shortcut = f"`-{spec.shortcut}`, " if spec.shortcut else ""
    notes = " Implies `--build`." * spec.implies_build + " Can be a [setting](#settings)." * spec.is_setting
    return f"| {shortcut}`--{spec.name}`{value} | {spec.help}{notes} |"


def _settings() -> str:
    names = {kind: [spec.name for spec in OPTIONS if spec.is_setting and spec.kind is kind] for kind in Kind}
    rows = (f"| {kind.value} | {_names(settings, dashes='')} |" for kind, settings in names.items())
    return "\n".join(["| value | settings |", "|---|---|", *rows])


def _names(names: Iterable[str], dashes: str = "--") -> str:
    return ", ".join(f"`{dashes}{name}`" for name in names)

"""The architecture is what docs/architecture.md and the docstring of poetry_api say."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import poetry_plugin_lock_package

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = "poetry_plugin_lock_package"
SOURCE = Path(poetry_plugin_lock_package.__file__).parent
MODULES = {
    path.relative_to(SOURCE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(SOURCE.rglob("*.py"))
}
# From the lowest to the highest.
LAYERS = (
    *("text", "errors", "poetry_api", "project", "markers", "lock", "selection", "wheel"),
    *("plan", "warnings", "output", "deliver", "cli", "plugin", "script"),
)


def _imports(tree: ast.AST, *, at_runtime: bool = False) -> Iterator[tuple[str, str]]:
    """The modules and names that ``tree`` imports; ``at_runtime`` leaves out those for type checkers."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif not (at_runtime and isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield from _imports(node, at_runtime=at_runtime)


def _layer(path: str) -> str:
    return path.partition("/")[0].removesuffix(".py")


def test_imports_go_downwards() -> None:
    """A module imports from its own layer and from lower ones."""
    assert {_layer(path) for path in MODULES} - {"__init__"} == {*LAYERS}
    for path, tree in MODULES.items():
        imported = {module.split(".")[1] for module, _ in _imports(tree) if module.startswith(f"{PACKAGE}.")}
        assert all(LAYERS.index(other) <= LAYERS.index(_layer(path)) for other in imported), path


def test_cleo_is_for_the_command_line() -> None:
    """Only what deals with the console imports cleo: all of cleo, not some modules of it."""
    users = {path for path, tree in MODULES.items() for module, _ in _imports(tree) if module.split(".")[0] == "cleo"}

    # Poetry's solver and its environments demand a console, which writes nothing here.
    assert {path for path in users if _layer(path) not in ("cli", "plugin", "script")} == {
        "poetry_api/solving.py",
        "wheel/project_wheel.py",
    }

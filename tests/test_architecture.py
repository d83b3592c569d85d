"""The architecture is what docs/architecture.md and the docstring of poetry_api say."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FrameType

import poetry_plugin_lock_package
from poetry_plugin_lock_package import poetry_api
from tests.kit import locked, poetry, write_project

PACKAGE = "poetry_plugin_lock_package"
SOURCE = Path(poetry_plugin_lock_package.__file__).parent
MODULES = {
    path.relative_to(SOURCE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
    for path in sorted(SOURCE.rglob("*.py"))
}
# From the lowest to the highest.
LAYERS = (
    *("text", "errors", "poetry_api", "project", "markers", "lock", "selection", "pyproject", "plan", "wheel"),
    *("notices", "constraints", "sbom", "targets", "wheelhouse", "pylock", "deliver", "cli", "backend"),
    *("plugin", "script"),
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
    assert {path for path in users if _layer(path) not in ("cli", "plugin", "script")} == {"poetry_api.py"}


def test_poetry_is_imported_in_few_modules() -> None:
    """Poetry, unlike poetry-core, is imported only where the table is, and where its own classes are derived from."""
    users = {
        path
        for path, tree in MODULES.items()
        for module, _ in _imports(tree, at_runtime=True)
        if re.match(r"poetry\.(?!core\b)", module) and _layer(path) != "poetry_api"
    }

    assert users == {"plugin.py", "script.py", "cli/command.py"}


def _poetry_imports() -> set[str]:
    """What the source imports of Poetry and poetry-core while it runs."""
    return {
        f"{module}.{name}"
        for tree in MODULES.values()
        for module, name in _imports(tree, at_runtime=True)
        if module.split(".")[0] == "poetry"
    }


def _poetry_attributes() -> set[str]:
    """The attributes that the source uses of Poetry's objects, and private ones of any object but its own."""
    used = set()
    for tree in MODULES.values():
        types = {
            name for module, name in _imports(tree) if re.match(r"poetry\.(?!core\b)|poetry\.core\.poetry", module)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                used |= _attributes(node, types)
            elif isinstance(node, ast.Attribute) and ast.unparse(node.value) not in ("self", "cls"):
                used |= {node.attr} & {*re.findall(r"\b_[a-z]\w+", node.attr)}
    # Of a named tuple, where it is public.
    return used - {"_replace"}


def _attributes(function: ast.FunctionDef, types: set[str]) -> set[str]:
    """The attributes of Poetry's ``types`` in ``function``: of its parameters, and of variables that come from them."""
    arguments = (*function.args.args, *function.args.kwonlyargs)
    objects = types | {one.arg for one in arguments if one.annotation and ast.unparse(one.annotation) in types}
    used = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Attribute | ast.Call):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if _owner(node.value) in objects:
                objects |= {target.id for target in targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.Attribute) and _owner(node) in objects:
            used.add(node.attr)
    return used


def _owner(node: ast.Attribute | ast.Call) -> str | None:
    """The name of the object that has the attribute ``node``, or of the type that ``node`` creates an object of."""
    owner = node.value if isinstance(node, ast.Attribute) else node.func
    owner = owner.func if isinstance(owner, ast.Call) else owner
    return owner.id if isinstance(owner, ast.Name) else None


def test_the_table_of_poetry() -> None:
    """The table in poetry_api has each import and attribute of Poetry that is used, and no other."""
    rows = re.findall(r"^(?:(poetry\.[\w.]+): )?([\w, ]+?) \| .+ \| .+$", poetry_api.__doc__ or "", re.MULTILINE)[1:]
    listed = [f"{module}.{name}" if module else name for module, names in rows for name in names.split(", ")]

    assert len(listed) == len({*listed})
    assert {name for name in listed if "." in name} == _poetry_imports()
    assert {name for name in listed if "." not in name} == _poetry_attributes()


def _drawing() -> list[tuple[int, str, str]]:
    """Each function in the drawing of a run: its depth, its name, and the module that it is in."""
    text = (Path(__file__).parents[1] / "docs" / "architecture.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```text\n(LockPackageCommand\.handle.*?)```", text, re.DOTALL)
    lines = re.findall(r"^([ │├└─]*)([\w.]+) +(\S+)$", block, re.MULTILINE)
    assert len(lines) == block.count("\n")
    return [(len(indent) // 3, name, module) for indent, name, module in lines]


def _callers(frame: FrameType | None) -> Iterator[CodeType]:
    while frame := frame and frame.f_back:
        yield frame.f_code


def test_the_drawing_of_a_run(tmp_path: Path) -> None:
    """A build calls the functions of the drawing in its order, each from the one that it hangs on."""
    drawing = _drawing()
    known = {(name.rpartition(".")[2], module) for _, name, module in drawing}
    names = {name for name, _ in known}
    project = write_project(tmp_path, [locked("cleo")])
    calls: list[tuple[int, str, str]] = []
    stack: list[FrameType] = []
    # All functions between the command and poetry-core, also those that are not in the drawing.
    path: list[str] = []

    def trace(frame: FrameType, event: str, _: object) -> None:
        if event == "return" and stack and stack[-1] is frame:
            stack.pop()
        if event != "call" or frame.f_code.co_name not in names:
            return
        file = Path(frame.f_code.co_filename)
        module = file.relative_to(SOURCE).as_posix() if file.is_relative_to(SOURCE) else "poetry-core"
        key = frame.f_code.co_name, module
        if key in known and (module != "poetry-core" or file.name == "wheel.py"):
            calls.append((len(stack), *key))
            stack.append(frame)
            if module == "poetry-core":
                path[:] = [caller.co_name for caller in _callers(frame) if caller.co_filename.startswith(str(SOURCE))]

    sys.setprofile(trace)
    try:
        run = poetry(project, "lock-package --build")
    finally:
        sys.setprofile(None)

    assert run.code == 0, run.err
    assert list(dict.fromkeys(calls)) == [(depth, name.rpartition(".")[2], module) for depth, name, module in drawing]
    calls_to_poetry_core = path[: path.index("handle") + 1]
    assert {*calls_to_poetry_core} <= names
    assert len(calls_to_poetry_core) <= 7, calls_to_poetry_core

"""Floors, purity of the core, cycles, sizes and names: what ``docs/design.md`` promises.

Imports are read from the source, deferred ones and those for type checkers included.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "trsim"
FLOORS = {
    "errors": 0,
    "core": 1,
    "routing": 2,
    "world": 2,
    "eventlog": 2,
    "theory": 2,
    "model": 3,
    "drivers": 4,
    "scenario": 4,
    "analysis": 4,
    "statistics": 4,
    "parallel": 4,
    "search": 4,
    "experiments": 5,
    "plots": 5,
    "report": 6,
    "interactive": 7,
    "": 8,  # the package itself: the public names
    "cli": 9,  # a front door as well, which may use the public names
    "__main__": 10,
}
"""Floor of each part of the package."""

IMPURE = (
    *("asyncio", "datetime", "io", "logging", "multiprocessing", "os", "pathlib", "random"),
    *("secrets", "select", "shutil", "signal", "socket", "subprocess", "sys", "tempfile"),
    *("threading", "time", "urllib", "uuid", "zoneinfo"),
)
"""Standard modules with a clock, chance, files or the network."""
IMPURE_CALLS = ("open", "print", "input", "eval", "exec", "compile", "hash", "id", "__import__")
BANNED_WORDS = ("util", "helper", "manager", "common", "handler")
MOST_MODULE_LINES = 300
MOST_FUNCTION_LINES = 50
MOST_PARAMETERS = 6

Function = ast.FunctionDef | ast.AsyncFunctionDef
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_name(path): path.read_text("utf-8") for path in sorted(PACKAGE.rglob("*.py"))}
TREES = {name: ast.parse(source) for name, source in SOURCES.items()}
CORE = [name for name in TREES if name.startswith("trsim.core")]


def part(module: str) -> str:
    """Return the part of the package a module belongs to; "" for the package itself."""
    return module.split(".")[1] if "." in module else ""


def imports(tree: ast.Module, known: frozenset[str] = frozenset(TREES)) -> set[str]:
    """Return the modules that a module imports, wherever in it and for whatever purpose."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            module = node.module or ""
            for alias in node.names:
                submodule = f"{module}.{alias.name}"
                found.add(submodule if submodule in known else module)
    return found


def own_imports(name: str) -> set[str]:
    return {module for module in imports(TREES[name]) if module.split(".")[0] == "trsim"}


def functions(tree: ast.AST) -> Iterator[tuple[Function, bool]]:
    """Yield every function, and whether its first parameter is the object itself."""
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, Function):
                static = any(
                    isinstance(d, ast.Name) and d.id == "staticmethod" for d in child.decorator_list
                )
                yield child, isinstance(node, ast.ClassDef) and not static


def code_lines(source: str, first: int, last: int, tree: ast.AST) -> int:
    """Return how many lines of a range hold code: no blank lines, comments or docstrings."""
    texts = set()
    for node in ast.walk(tree):
        for statement in node.body if isinstance(node, DOCUMENTED) else ():
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                texts |= set(range(statement.lineno, (statement.end_lineno or 0) + 1))
    lines = source.splitlines()
    return sum(
        bool(lines[n - 1].strip()) and not lines[n - 1].lstrip().startswith("#") and n not in texts
        for n in range(first, last + 1)
    )


def parameters(function: Function) -> int:
    given = function.args
    named = len(given.posonlyargs) + len(given.args) + len(given.kwonlyargs)
    return named + (given.vararg is not None) + (given.kwarg is not None)


def set_iterations(tree: ast.Module) -> Iterator[int]:
    """Yield the lines in which something known to be a set is gone through unsorted."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _is_set(node.value, frozenset()):
            names |= {_name(target) for target in node.targets}
        elif isinstance(node, ast.AnnAssign) and "set[" in ast.unparse(node.annotation):
            names.add(_name(node.target))
    known = frozenset(names - {""})
    for node in ast.walk(tree):
        if isinstance(node, (ast.For, ast.comprehension)) and _is_set(node.iter, known):
            yield node.iter.lineno
        elif isinstance(node, ast.Call) and _name(node.func) in ("list", "tuple", "enumerate"):
            yield from (a.lineno for a in node.args if _is_set(a, known))


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _is_set(node: ast.expr, names: frozenset[str]) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_set(node.left, names) or _is_set(node.right, names)
    if isinstance(node, ast.Call):
        return _name(node.func) in ("set", "frozenset")
    return isinstance(node, (ast.Set, ast.SetComp)) or _name(node) in names


@pytest.mark.parametrize("name", TREES)
def test_every_part_has_a_floor(name: str) -> None:
    assert part(name) in FLOORS, f"docs/design.md names no floor for {name}"


@pytest.mark.parametrize("name", TREES)
def test_a_module_imports_lower_floors_only(name: str) -> None:
    own = part(name)
    for imported in own_imports(name):
        other = part(imported)
        allowed = other == own or FLOORS[other] < FLOORS[own]
        assert allowed, f"{name} (floor {FLOORS[own]}) imports {imported} ({FLOORS[other]})"


def test_no_import_cycle() -> None:
    graph = {name: sorted(own_imports(name) - {name}) for name in TREES}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " → ".join((*path[path.index(name) :], name))
        if name not in done:
            for imported in graph.get(name, ()):
                visit(imported, (*path, name))
            done.add(name)

    for name in graph:
        visit(name, ())


@pytest.mark.parametrize("name", CORE)
def test_the_core_is_pure(name: str) -> None:
    for imported in imports(TREES[name]):
        top = imported.split(".")[0]
        ours = imported.startswith(("trsim.core", "trsim.errors"))
        assert ours or top in sys.stdlib_module_names, f"{name} imports {imported}"
        assert top not in IMPURE, f"{name} imports {imported}"
    called = {
        node.func.id
        for node in ast.walk(TREES[name])
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & set(IMPURE_CALLS)


@pytest.mark.parametrize("name", CORE)
def test_the_core_never_goes_through_a_set(name: str) -> None:
    assert list(set_iterations(TREES[name])) == []


@pytest.mark.parametrize("name", TREES)
def test_only_drivers_know_simpy(name: str) -> None:
    knows = any(module.split(".")[0] == "simpy" for module in imports(TREES[name]))
    assert not knows or part(name) == "drivers"


@pytest.mark.parametrize("name", TREES)
def test_modules_functions_and_signatures_stay_small(name: str) -> None:
    source, tree = SOURCES[name], TREES[name]
    size = code_lines(source, 1, len(source.splitlines()), tree)
    assert size < MOST_MODULE_LINES, f"{name} has {size} lines of code"
    for function, has_self in functions(tree):
        where = f"{name}.{function.name}"
        lines = code_lines(source, function.lineno, function.end_lineno or 0, function)
        assert lines <= MOST_FUNCTION_LINES, f"{where} has {lines} lines of code"
        count = parameters(function) - has_self
        assert count <= MOST_PARAMETERS, f"{where} has {count} parameters"


@pytest.mark.parametrize("name", TREES)
def test_names_say_what_a_module_holds(name: str) -> None:
    last = name.rpartition(".")[2].lower()
    assert not [word for word in BANNED_WORDS if word in last]


def test_the_reader_of_imports_misses_none() -> None:
    source = """
import a.b
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from c import d
def f():
    import e
    from trsim.core import ledger
    try:
        import g
    except ImportError:
        pass
"""
    found = imports(ast.parse(source))
    assert found == {"a.b", "typing", "c", "e", "trsim.core.ledger", "g"}


def test_the_measures_measure() -> None:
    source = '''"""Two
lines."""

# a comment
def f(self, a, *, b, **c):
    """Text."""
    return a

for x in {1, 2} | set():
    pass
s: set[int] = set()
t = [y for y in s]
u = [y for y in sorted(s)]
'''
    tree = ast.parse(source)
    assert code_lines(source, 1, 13, tree) == 7
    ((function, has_self),) = functions(tree)
    assert (parameters(function), has_self) == (4, False)
    assert list(set_iterations(tree)) == [9, 12]

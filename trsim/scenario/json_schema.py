"""The JSON Schema of scenario files, for editors and other tools."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from trsim.scenario.blocks import Block
from trsim.scenario.schema import ScenarioBlock

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REFERENCE = "#/$defs/"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of scenario files.

    Keys are described by the sentences that follow them in the source.  Those are read here and
    not when the blocks are made, because that would slow every start.
    """
    schema = ScenarioBlock.model_json_schema(mode="validation")
    titles = {key: str(item.get("title", key)) for key, item in schema["$defs"].items()}
    schema["$defs"] = {titles[key]: item for key, item in schema["$defs"].items()}
    descriptions = {block.__name__: _sentences(block) for block in _blocks(Block)}
    for item in (schema, *schema["$defs"].values()):
        for key, text in descriptions.get(item["title"], {}).items():
            item["properties"][key]["description"] = text
    references = {_REFERENCE + key: _REFERENCE + title for key, title in titles.items()}
    return {"$schema": _DIALECT, **_renamed(schema, references)}


def _blocks(base: type[Block]) -> Iterator[type[Block]]:
    for block in base.__subclasses__():
        yield block
        yield from _blocks(block)


def _sentences(block: type[Block]) -> dict[str, str]:
    """Return the sentences that follow the fields of a block, by key."""
    found: dict[str, str] = {}
    for parent in reversed(block.__mro__):
        if not issubclass(parent, Block) or "[" in parent.__qualname__:
            continue
        try:
            source = textwrap.dedent(inspect.getsource(parent))
        except (OSError, TypeError):  # a law for one kind of value, made by pydantic
            continue
        body = ast.parse(source).body[0]
        assert isinstance(body, ast.ClassDef), "the source of a class is a class"
        found.update(_pairs(body))
    keys = {name: field.alias or name for name, field in block.model_fields.items()}
    return {keys[name]: text for name, text in found.items() if name in keys}


def _pairs(body: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, after in pairwise(body.body):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            yield field.target.id, " ".join(after.value.value.split())


def _renamed(schema: Any, references: dict[str, str]) -> Any:
    """Return a schema with other names of its definitions."""
    if isinstance(schema, list):
        return [_renamed(item, references) for item in schema]
    if isinstance(schema, dict):
        return {key: _renamed(value, references) for key, value in schema.items()}
    return references.get(schema, schema) if isinstance(schema, str) else schema

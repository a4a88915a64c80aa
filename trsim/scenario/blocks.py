"""What a scenario's schema is made of: blocks with fixed keys, and ways to read a value."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Annotated, Any, TypeAlias, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetJsonSchemaHandler,
    ValidationInfo,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from trsim.scenario.problems import shown

T = TypeVar("T")

REASON = "reason"
"""Type of the errors whose message is the reason itself."""


def fail(reason: str, key: str = "") -> PydanticCustomError:
    """Return the error that a validator raises.

    Parameters
    ----------
    reason : str
        Shown as it is.
    key : str
        The key of the block at whose place it is shown; empty: the block itself.
    """
    return PydanticCustomError(REASON, "{reason}", {"reason": reason, "key": key})


def reading(read: Callable[[Any], T]) -> BeforeValidator:
    """Return a validator from a reader that raises `ValueError` with a reason."""

    def validate(value: Any) -> T:
        try:
            return read(value)
        except ValueError as fault:
            raise fail(str(fault)) from None

    return BeforeValidator(validate)


class Block(BaseModel):
    """A mapping of a scenario with a fixed set of keys."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        frozen=True,
        allow_inf_nan=False,
        defer_build=True,
        serialize_by_alias=True,
        validate_by_alias=True,
        validate_by_name=False,
    )

    @model_validator(mode="before")
    @classmethod
    def _note_keys(cls, data: Any, info: ValidationInfo) -> Any:
        # The error for an unknown key does not say which keys there are; the loader passes a
        # mapping in which every block notes its own.
        if isinstance(info.context, dict) and isinstance(data, dict):
            info.context[id(data)] = cls.keys()
        return data

    @classmethod
    def keys(cls) -> tuple[str, ...]:
        """Return the keys as they are written in a file."""
        return tuple(field.alias or name for name, field in cls.model_fields.items())


class Shorthand:
    """Lets a single value stand for a mapping.

    Parameters
    ----------
    spread : callable
        Returns the mapping for a value that is none.
    collapse : callable
        Returns the value for a mapping, or the mapping itself where no value says as much.
    short : dict
        JSON schema of the values it takes.
    """

    def __init__(
        self,
        spread: Callable[[Any], Any],
        collapse: Callable[[dict[str, Any]], Any],
        short: JsonSchemaValue,
    ) -> None:
        self.spread = spread
        self.collapse = collapse
        self.short = short

    def __get_pydantic_core_schema__(
        self, source: Any, handler: Callable[[Any], core_schema.CoreSchema]
    ) -> core_schema.CoreSchema:
        """Return the schema with the spreading before it."""
        spread, collapse = self.spread, self.collapse
        schema = handler(source)
        return core_schema.no_info_before_validator_function(
            lambda value: value if isinstance(value, dict) else spread(value),
            schema,
            metadata={"pydantic_js_functions": [self._describe]},
            serialization=core_schema.wrap_serializer_function_ser_schema(
                lambda value, dump: collapse(dump(value)), schema=schema
            ),
        )

    def _describe(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [self.short, handler(schema)]}


def _as_tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Series: TypeAlias = Annotated[tuple[T, ...], BeforeValidator(_as_tuple)]
"""A list of the file, kept as a tuple."""


def not_yet(allowed: str) -> BeforeValidator:
    """Return a validator that takes only the setting of what does not exist yet.

    Parameters
    ----------
    allowed : str
        What may be written, because it asks for nothing.
    """

    def validate(value: Any, info: ValidationInfo) -> Any:
        if value != allowed:
            what = f"{info.field_name} {shown(value)}"
            raise fail(f"{what} is not supported yet (allowed: {shown(allowed)})")
        return value

    return BeforeValidator(validate)


def exactly_one(owner: BaseModel, *groups: tuple[str, ...]) -> None:
    """Refuse a block that does not have all the keys of one group and none of the others.

    Raises
    ------
    PydanticCustomError
        With the groups in words.
    """
    given = {name for group in groups for name in group if getattr(owner, name) is not None}
    if any(given == set(group) for group in groups):
        return
    ways = ", or ".join(" and ".join(group) for group in groups)
    names = [name for name in dict.fromkeys(sum(groups, ())) if name in given]
    for one, two in combinations(names, 2):
        if not any(one in group and two in group for group in groups):
            raise fail(f"{one} and {two} exclude each other; needs {ways}")
    raise fail(f"needs {ways} (found {', '.join(names) or 'none of them'})")

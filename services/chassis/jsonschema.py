"""Shapes as JSON Schema: what OpenAPI, AsyncAPI and the golden schemas are made of.

Limits, meanings and examples come from where the shapes are declared. What a shape requires differs by
direction: who writes to us may leave out what has a default and may send nothing undeclared; what we write
always holds every field, and may hold more one day.
"""

import dataclasses
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from inspect import cleandoc
from typing import Any, TypeAlias
from uuid import UUID

from services.chassis import wire
from services.chassis.wire import Kind, kinds_of
from services.contracts.shapes import Length, Pattern, Places, Range

Schema: TypeAlias = dict[str, Any]

#: What every text matches: it is free of the character NUL, which no database stores.
ANY_TEXT = "^[^\\u0000]*$"


class Shapes:
    """The schemas of shapes and of all they mention, each under a name of its own.

    `incoming` and `outgoing` are shapes, or fields of shapes, that strangers write and that we write. `place`
    is where the document keeps its schemas: a reference is `<place>/<name>`.
    """

    def __init__(
        self, *, incoming: Iterable[type | Kind] = (), outgoing: Iterable[type | Kind] = (), place: str
    ) -> None:
        self.place = place
        self._incoming: dict[type, None] = {}
        self._outgoing: dict[type, None] = {}
        for found, into in ((incoming, self._incoming), (outgoing, self._outgoing)):
            for each in found:
                if isinstance(each, Kind):
                    self._collect(each, into)
                else:
                    self._collect_shape(each, into)
        self._names = _names([*self._incoming, *self._outgoing])

    @property
    def names(self) -> frozenset[str]:
        """The names that shapes have here."""
        return frozenset(self._names.values())

    def schemas(self) -> dict[str, Schema]:
        """All of them, by name."""
        found = {
            self.name(shape, incoming=False): self._schema(shape, incoming=False) for shape in self._outgoing
        }
        found |= {
            self.name(shape, incoming=True): self._schema(shape, incoming=True) for shape in self._incoming
        }
        return dict(sorted(found.items()))

    def name(self, shape: type, *, incoming: bool) -> str:
        """The name among the schemas. What travels both ways and is a shape has two."""
        both = shape in self._incoming and shape in self._outgoing and not issubclass(shape, Enum)
        return self._names[shape] + ("Input" if incoming and both else "")

    def reference(self, shape: type, *, incoming: bool) -> Schema:
        """A reference to the schema of a shape."""
        return {"$ref": f"{self.place}/{self.name(shape, incoming=incoming)}"}

    def of_kind(self, kind: Kind, *, incoming: bool) -> Schema:
        """The schema of a field."""
        schema = self._plain(kind, incoming=incoming)
        if kind.optional:
            schema = _nullable(schema)
        if kind.meaning:
            schema["description"] = kind.meaning + (" " + _bounds(kind) if _bounds(kind) else "")
        if kind.example is not None and "examples" not in schema:
            schema["examples"] = [wire.encode(kind.example)]
        if incoming and not kind.required and kind.default not in (None, dataclasses.MISSING):
            schema["default"] = wire.encode(kind.default)
        return schema

    def _collect(self, kind: Kind, into: dict[type, None]) -> None:
        if kind.member is not None:
            self._collect(kind.member, into)
        elif isinstance(kind.base, type) and (
            dataclasses.is_dataclass(kind.base) or issubclass(kind.base, Enum)
        ):
            self._collect_shape(kind.base, into)

    def _collect_shape(self, shape: type, into: dict[type, None]) -> None:
        if shape in into:
            return
        into[shape] = None
        if dataclasses.is_dataclass(shape):
            for kind in kinds_of(shape):
                self._collect(kind, into)

    def _schema(self, shape: type, *, incoming: bool) -> Schema:
        if issubclass(shape, Enum):
            return {
                "type": "string",
                "description": text_of(shape),
                "enum": [member.value for member in shape],
            }
        return {"description": text_of(shape), **self.object_of(kinds_of(shape), incoming=incoming)}  # type: ignore[arg-type]

    def object_of(self, kinds: Iterable[Kind], *, incoming: bool) -> Schema:
        """The schema of an object with these fields."""
        kinds = tuple(kinds)
        schema: Schema = {
            "type": "object",
            "properties": {kind.name: self.of_kind(kind, incoming=incoming) for kind in kinds},
        }
        required = [kind.name for kind in kinds if kind.required or not incoming]
        if required:
            schema["required"] = required
        if incoming:
            schema["additionalProperties"] = False
        return schema

    def _plain(self, kind: Kind, *, incoming: bool) -> Schema:
        base = kind.base
        if kind.member is not None:
            return self._container(kind, incoming=incoming)
        if isinstance(base, type) and (dataclasses.is_dataclass(base) or issubclass(base, Enum)):
            return self.reference(base, incoming=incoming)
        schema: Schema = _SCALARS[base](kind)
        return schema

    def _container(self, kind: Kind, *, incoming: bool) -> Schema:
        assert kind.member is not None
        member = self.of_kind(kind.member, incoming=incoming)
        if kind.base is dict:
            return {"type": "object", "additionalProperties": member}
        schema: Schema = {"type": "array", "items": member}
        for limit in kind.limits:
            if isinstance(limit, Length):
                schema |= _without_nothing({"minItems": limit.least or None, "maxItems": limit.most})
        if kind.base is frozenset:
            schema["uniqueItems"] = True
        return schema


def _names(shapes: Iterable[type]) -> dict[type, str]:
    """Short names; with the service in front where two services use the same one."""
    distinct = tuple(dict.fromkeys(shapes))
    short = [shape.__name__ for shape in distinct]
    return {
        shape: shape.__name__ if short.count(shape.__name__) == 1 else _service_of(shape) + shape.__name__
        for shape in distinct
    }


def _service_of(shape: type) -> str:
    return shape.__module__.split(".")[2].capitalize()


def _nullable(schema: Schema) -> Schema:
    if "type" in schema:
        return {**schema, "type": [schema["type"], "null"]}
    return {"anyOf": [schema, {"type": "null"}]}


def _string(kind: Kind) -> Schema:
    schema: Schema = {"type": "string"}
    for limit in kind.limits:
        if isinstance(limit, Length):
            schema |= _without_nothing({"minLength": limit.least or None, "maxLength": limit.most})
        elif isinstance(limit, Pattern):
            schema["pattern"] = f"^(?:{limit.expression})$"
    schema.setdefault("pattern", ANY_TEXT)
    return schema


def _integer(kind: Kind) -> Schema:
    schema: Schema = {"type": "integer"}
    for limit in kind.limits:
        if isinstance(limit, Range):
            schema |= _without_nothing(
                {"minimum": limit.least, "maximum": limit.most, "exclusiveMinimum": limit.above}
            )
    return schema


def _decimal(kind: Kind) -> Schema:
    """A decimal as text. JSON Schema cannot compare texts, so the pattern says of the bounds what it can."""
    places = min((limit.most for limit in kind.limits if isinstance(limit, Places)), default=20)
    ranges = [limit for limit in kind.limits if isinstance(limit, Range)]
    least = max((limit.least for limit in ranges if limit.least is not None), default=None)
    above = max((limit.above for limit in ranges if limit.above is not None), default=None)
    most = min((limit.most for limit in ranges if limit.most is not None), default=None)
    fraction = f"(?:\\.[0-9]{{1,{places}}})?"
    number = f"[0-9]{{1,20}}{fraction}"
    if most is not None and _is_power_of_ten(most):
        digits = len(str(int(most))) - 1
        number = f"(?:[0-9]{{1,{digits}}}{fraction}|1{'0' * digits}(?:\\.0{{1,{places}}})?)"
    sign = "" if (least is not None and least >= 0) or (above is not None and above >= 0) else "-?"
    not_zero = "(?!0+(?:\\.0+)?$)" if above == 0 else ""
    return {"type": "string", "format": "decimal", "pattern": f"^{not_zero}{sign}{number}$"}


def _is_power_of_ten(number: Decimal | int) -> bool:
    return str(int(number)).rstrip("0") == "1" and int(number) == number


_SCALARS: dict[Any, Any] = {
    str: _string,
    int: _integer,
    Decimal: _decimal,
    bool: lambda _: {"type": "boolean"},
    UUID: lambda _: {"type": "string", "format": "uuid"},
    date: lambda _: {"type": "string", "format": "date"},
    datetime: lambda _: {"type": "string", "format": "date-time"},
    Any: lambda _: {},
}


def _bounds(kind: Kind) -> str:
    """The bounds of a decimal in words."""
    if kind.base is not Decimal:
        return ""
    said = []
    for limit in kind.limits:
        if isinstance(limit, Range):
            said += [f"more than {limit.above}"] if limit.above is not None else []
            said += [f"at least {limit.least:f}"] if isinstance(limit.least, Decimal) else []
            said += [f"at least {limit.least}"] if isinstance(limit.least, int) else []
            said += [f"at most {limit.most:f}"] if isinstance(limit.most, Decimal) else []
            said += [f"at most {limit.most}"] if isinstance(limit.most, int) else []
        if isinstance(limit, Places):
            said.append(f"up to {limit.most} digits after the point")
    return f"({', '.join(said)})" if said else ""


def _without_nothing(values: Mapping[str, Any]) -> Schema:
    return {
        name: int(value) if isinstance(value, Decimal) else value
        for name, value in values.items()
        if value is not None
    }


def text_of(shape: type) -> str:
    """What is said of a shape, a line for each paragraph."""
    return "\n\n".join(one_line(part) for part in cleandoc(shape.__doc__ or "").split("\n\n"))


def one_line(text: str | None) -> str:
    """`text` without its line breaks."""
    return " ".join((text or "").split())

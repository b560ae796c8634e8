"""Shapes to JSON and back.

Two ways in, derived from the same declaration:

* `schema_of(shape)`: a marshmallow schema for the borders where strangers write (HTTP, partners). It
  refuses unknown fields and reports every fault of a request at once.
* `decode(shape, data)`: a compiled decoder for what our own services wrote. It checks types and limits
  too, ignores unknown fields (a newer publisher may have added some), and stops at the first fault.

One way out: `encode(value)` and `dumps(value)`. Decimals, dates and ids are strings on the wire.
"""

import dataclasses
import re
import sys
import types
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import cache, lru_cache
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import orjson
from marshmallow import RAISE, Schema, ValidationError, fields

from services.chassis.errors import Fault, Invalid
from services.contracts.shapes import Example, Length, Pattern, Places, Range

S = TypeVar("S")


class Undecodable(ValueError):
    """Data of our own making does not have the shape it should have. Never the user's fault."""


@dataclasses.dataclass(frozen=True)
class Kind:
    """A field's type, taken apart: what it holds, whether it may be missing, its limits and meaning."""

    name: str
    base: Any
    optional: bool
    required: bool
    default: Any
    limits: tuple[Any, ...]
    meaning: str
    example: Any
    member: "Kind | None"


@cache
def kinds_of(shape: Any) -> tuple[Kind, ...]:
    """The fields of a shape, in the order they are declared."""
    hints = get_type_hints(shape, include_extras=True)
    return tuple(_kind(field, hints[field.name]) for field in dataclasses.fields(shape))


def _kind(field: "dataclasses.Field[Any]", hint: Any) -> Kind:
    default: Any = field.default
    if field.default_factory is not dataclasses.MISSING:
        default = field.default_factory()
    return _taken_apart(field.name, hint, default)


def _taken_apart(name: str, hint: Any, default: Any = dataclasses.MISSING) -> Kind:
    limits: list[Any] = []
    meaning = ""
    example = None
    optional = False
    while True:
        if get_origin(hint) is Annotated:
            hint, *notes = get_args(hint)
            for note in notes:
                if isinstance(note, str):
                    meaning = meaning or note
                elif isinstance(note, Example):
                    example = note.value
                else:
                    limits.append(note)
        elif get_origin(hint) in (Union, types.UnionType) and type(None) in get_args(hint):
            optional = True
            rest = [arg for arg in get_args(hint) if arg is not type(None)]
            hint = rest[0] if len(rest) == 1 else Union[tuple(rest)]  # noqa: UP007 - built at run time
        else:
            break
    member = None
    if get_origin(hint) in (tuple, list):
        member = _taken_apart(name, get_args(hint)[0])
        hint = tuple
    elif get_origin(hint) is frozenset:
        member = _taken_apart(name, get_args(hint)[0])
        hint = frozenset
    elif get_origin(hint) is dict:
        member = _taken_apart(name, get_args(hint)[1])
        hint = dict
    return Kind(
        name, hint, optional, default is dataclasses.MISSING, default, tuple(limits), meaning, example, member
    )


# ---------------------------------------------------------------------------------------------- out


def _encode_datetime(value: datetime) -> str:
    if value.tzinfo is None:
        raise Undecodable(f"{value!r} has no time zone")
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def decimal_text(value: Decimal) -> str:
    """The one form of a number on the wire: no exponent, no zero at the end that says nothing."""
    text = str(value)
    if "E" in text:
        text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


Encoder = Callable[[Any], Any]

_AS_IS = frozenset({str, int, bool, type(None)})


def encode(value: Any) -> Any:
    """`value` as JSON types: shapes as objects, decimals, dates and ids as strings."""
    kind = type(value)
    if kind in _AS_IS:
        return value
    if kind is tuple or kind is list:
        return [encode(member) for member in value]
    if dataclasses.is_dataclass(kind):
        return _encoder_of(kind)(value)
    for base, encoder in _TO_JSON:
        if isinstance(value, base):
            return encoder(value)
    raise TypeError(f"{kind.__name__} has no form on the wire")


_TO_JSON: tuple[tuple[Any, Encoder], ...] = (
    (Decimal, decimal_text),
    (Enum, lambda value: value.value),
    (UUID, str),
    (datetime, _encode_datetime),
    (date, lambda value: value.isoformat()),
    ((frozenset, set), lambda value: sorted(encode(member) for member in value)),
    (dict, lambda value: {str(key): encode(member) for key, member in value.items()}),
)


@cache
def _encoder_of(shape: Any) -> Encoder:
    """The encoder of a shape, generated as one expression: an order has hundreds of values to encode."""
    names: dict[str, Any] = {"encode": encode, "decimal_text": decimal_text, "instant": _encode_datetime}
    members = (f"{kind.name!r}: {_expression(kind, f'value.{kind.name}', names)}" for kind in kinds_of(shape))
    encoder: Encoder = eval(f"lambda value: {{{', '.join(members)}}}", names)  # noqa: S307 - our own declarations
    return encoder


def _expression(kind: Kind, value: str, names: dict[str, Any]) -> str:
    plain = _plain_expression(kind, value, names)
    if not kind.optional or plain == value:
        return plain
    return f"(None if {value} is None else {plain})"


def _plain_expression(kind: Kind, value: str, names: dict[str, Any]) -> str:
    base = kind.base
    if kind.member is not None:
        member = _expression(kind.member, "item", names)
        if base is dict:
            return f"{{key: {member} for key, item in {value}.items()}}"
        listed = f"[{member} for item in {value}]"
        return f"sorted({listed})" if base is frozenset else listed
    if dataclasses.is_dataclass(base):
        name = f"encode_{len(names)}"
        names[name] = _encoder_of(base)  # type: ignore[arg-type]
        return f"{name}({value})"
    if isinstance(base, type) and issubclass(base, Enum):
        return f"{value}._value_"
    return _SCALAR_EXPRESSIONS.get(base, "encode({0})").format(value)


_SCALAR_EXPRESSIONS = {
    str: "{0}",
    int: "{0}",
    bool: "{0}",
    Decimal: "decimal_text({0})",
    UUID: "str({0})",
    datetime: "instant({0})",
    date: "{0}.isoformat()",
}


# Days are passed through with moments: these must say their time zone, and are always told in UTC.
_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_NON_STR_KEYS


def dumps(value: Any) -> str:
    """`value` as JSON text: that of `encode`, made without the objects in between."""
    return orjson.dumps(value, default=_not_json, option=_OPTIONS).decode()


def _not_json(value: Any) -> Any:
    kind = type(value)
    if kind is Decimal:
        return decimal_text(value)
    if kind is date:
        return value.isoformat()
    return encode(value)


# ----------------------------------------------------------------------------------------------- in

Decoder = Callable[[Any], Any]

_DECIMAL = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?", re.ASCII)


def decode(shape: type[S], data: Any) -> S:
    """The instance of `shape` that `data` (parsed JSON) describes; raises Undecodable."""
    result: S = _decoder_of(shape)(data)  # type: ignore[arg-type]
    return result


@cache
def _decoder_of(shape: Any) -> Decoder:
    """The decoder of a shape, generated as one call: a replica decodes hundreds of values for each event."""
    names: dict[str, Any] = {"shape": shape}
    members = (f"{kind.name}={_member_expression(kind, names)}" for kind in kinds_of(shape))
    make: Decoder = eval(f"lambda data: shape({', '.join(members)})", names)  # noqa: S307 - our own declarations

    def decode_shape(data: Any) -> Any:
        if type(data) is not dict:
            raise Undecodable(f"{shape.__name__}: an object was expected")
        try:
            return make(data)
        except KeyError as missing:
            raise Undecodable(f"{shape.__name__}: {missing} is missing") from None
        except Undecodable as fault:
            raise Undecodable(f"{shape.__name__}: {fault}") from None

    return decode_shape


def _member_expression(kind: Kind, names: dict[str, Any]) -> str:
    place = len(names)
    names[f"d{place}"] = decoder = _decoder(kind)
    value = f"data[{kind.name!r}]"
    if kind.required:
        quick = _quick_expression(kind, decoder, place, names, value)
        return f"(None if {value} is None else {quick})" if kind.optional else quick
    names[f"default{place}"] = kind.default
    there = _quick_expression(kind, decoder, place, names, value)
    if kind.optional and kind.default is None:
        return f"(None if data.get({kind.name!r}) is None else {there})"
    return f"({there} if {kind.name!r} in data else default{place})"


def _quick_expression(kind: Kind, decoder: Any, place: int, names: dict[str, Any], value: str) -> str:
    """The value itself where a look at it is enough; the decoder says what is wrong with all others."""
    right = _seen_in_text(kind)
    if right is not None:
        return f"(v if type(v := {value}) is str{right} else d{place}(v))"
    if kind.base in (int, bool) and all(isinstance(limit, Range) for limit in kind.limits):
        seen = "".join(f" and {limit.least} <= v" for limit in kind.limits if limit.least is not None)
        seen += "".join(f" and v <= {limit.most}" for limit in kind.limits if limit.most is not None)
        seen += "".join(f" and v > {limit.above}" for limit in kind.limits if limit.above is not None)
        return f"(v if type(v := {value}) is {kind.base.__name__}{seen} else d{place}(v))"
    remembered = getattr(decoder, "remembered", None)
    if remembered is not None:
        names[f"m{place}"] = remembered
        return (
            f"(m{place}(v) if type(v := {value}) is str and len(v) <= {_REMEMBERED_LENGTH} else d{place}(v))"
        )
    return f"d{place}({value})"


def _seen_in_text(kind: Kind) -> str | None:
    """What to look for in a text besides its being one; None for what is no text or has other limits."""
    if kind.base is not str or kind.member is not None:
        return None
    if not kind.limits:
        return ""
    if len(kind.limits) > 1 or not isinstance(kind.limits[0], Length):
        return None
    limit = kind.limits[0]
    most = sys.maxsize if limit.most is None else limit.most
    return f' and {limit.least} <= len(v) <= {most} and "\\x00" not in v'


_REMEMBERED_LENGTH = 40


def _decoder(kind: Kind) -> Decoder:
    inner = _limited(kind, _plain_decoder(kind))
    remembered = None
    if kind.base in _FROM_TEXT or (kind.base is str and kind.member is None and _seen_in_text(kind) is None):
        # The same quantities, rates, units and parties come again and again, and what they decode to never
        # changes: a third of the work of a replica was to parse them anew. What is refused is never remembered.
        remembered = lru_cache(maxsize=2048)(inner)

    def decode(value: Any) -> Any:
        if value is None and kind.optional:
            return None
        if remembered is not None and type(value) is str and len(value) <= _REMEMBERED_LENGTH:
            return remembered(value)
        return inner(value)

    decode.remembered = remembered  # type: ignore[attr-defined]
    return decode


def _plain_decoder(kind: Kind) -> Decoder:
    base = kind.base
    if kind.member is not None:
        return _container_decoder(kind, _decoder(kind.member))
    if dataclasses.is_dataclass(base):
        return _later(base)
    if isinstance(base, type) and issubclass(base, Enum):
        members = {member.value: member for member in base}
        return _table_decoder(kind.name, members)
    return _scalar_decoder(kind.name, base)


def _later(shape: Any) -> Decoder:
    # A shape may hold shapes declared after it; its decoder is made when it is first needed.
    return lambda value: _decoder_of(shape)(value)  # noqa: PLW0108


def _container_decoder(kind: Kind, member: Decoder) -> Decoder:
    def decode_list(value: Any) -> Any:
        if type(value) is not list:
            raise Undecodable(f"{kind.name}: a list was expected")
        return kind.base(map(member, value))

    def decode_dict(value: Any) -> Any:
        if type(value) is not dict:
            raise Undecodable(f"{kind.name}: an object was expected")
        return {key: member(item) for key, item in value.items()}

    return decode_dict if kind.base is dict else decode_list


def _table_decoder(name: str, members: dict[Any, Any]) -> Decoder:
    def decode_member(value: Any) -> Any:
        try:
            return members[value]
        except (KeyError, TypeError):
            raise Undecodable(f"{name}: {value!r} is none of {', '.join(map(str, members))}") from None

    return decode_member


def _parse_decimal(value: str) -> Decimal:
    if not _DECIMAL.fullmatch(value):
        raise ValueError("not a plain decimal")
    return Decimal(value)


def _parse_datetime(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("no time zone")
    return moment


_FROM_TEXT: dict[Any, Callable[[str], Any]] = {
    Decimal: _parse_decimal,
    UUID: UUID,
    datetime: _parse_datetime,
    date: date.fromisoformat,
}


def _scalar_decoder(name: str, base: Any) -> Decoder:
    if base is Any:
        return lambda value: value
    if base in (str, int, bool):

        def decode_same(value: Any) -> Any:
            if type(value) is not base:
                raise Undecodable(f"{name}: {base.__name__} was expected, not {type(value).__name__}")
            return value

        return decode_same
    parse = _FROM_TEXT[base]

    def decode_text(value: Any) -> Any:
        if type(value) is not str:
            raise Undecodable(f"{name}: {base.__name__} as text was expected")
        try:
            return parse(value)
        except (ValueError, InvalidOperation):
            raise Undecodable(f"{name}: {value[:60]!r} is not a {base.__name__}") from None

    return decode_text


def _limited(kind: Kind, decoder: Decoder) -> Decoder:
    if kind.base is str and len(kind.limits) == 1 and isinstance(kind.limits[0], Length):
        return _text_decoder(kind.name, decoder, kind.limits[0])
    tests = [_TESTS[type(limit)](limit) for limit in kind.limits]
    if not tests:
        return decoder

    def decode_within(value: Any) -> Any:
        decoded = decoder(value)
        for test in tests:
            fault = test(decoded)
            if fault:
                raise Undecodable(f"{kind.name}: {fault}")
        return decoded

    return decode_within


def _text_decoder(name: str, decoder: Decoder, limit: Length) -> Decoder:
    # Half of all values are texts with a length and no more: one look is enough for one that is as it should be.
    least, most = limit.least, limit.most if limit.most is not None else sys.maxsize
    test = _length_test(limit)

    def decode_text(value: Any) -> Any:
        if type(value) is str and least <= len(value) <= most and "\x00" not in value:
            return value
        raise Undecodable(f"{name}: {test(decoder(value))}")

    return decode_text


Test = Callable[[Any], str | None]


def _length_test(limit: Length) -> Test:
    def test(value: Any) -> str | None:
        size = len(value)
        what = "members" if isinstance(value, tuple) else "characters"
        if size < limit.least:
            return f"has {size} {what}, at least {limit.least} are needed"
        if limit.most is not None and size > limit.most:
            return f"has {size} {what}, at most {limit.most} are allowed"
        if what == "characters" and "\x00" in value:
            return "has a NUL character, which no document may contain"
        return None

    return test


def _range_test(limit: Range) -> Test:
    def test(value: Any) -> str | None:
        if limit.above is not None and not value > limit.above:
            return f"must be greater than {limit.above}"
        if limit.least is not None and value < limit.least:
            return f"must be at least {limit.least}"
        if limit.most is not None and value > limit.most:
            return f"must be at most {limit.most}"
        return None

    return test


def _places_test(limit: Places) -> Test:
    def test(value: Decimal) -> str | None:
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int) and -exponent > limit.most:
            return f"has {-exponent} digits after the point, at most {limit.most} are allowed"
        return None

    return test


def _pattern_test(limit: Pattern) -> Test:
    compiled = re.compile(limit.expression)

    def test(value: str) -> str | None:
        return None if compiled.fullmatch(value) else f"must be {limit.explanation}"

    return test


_TESTS: dict[type, Callable[[Any], Test]] = {
    Length: _length_test,
    Range: _range_test,
    Places: _places_test,
    Pattern: _pattern_test,
}


# ---------------------------------------------------------------------------------------- marshmallow


class DecimalString(fields.Field[Any]):
    """An exact decimal, text on the wire: "9.90". A JSON number is refused, it may have lost digits."""

    default_error_messages = {
        "type": 'must be a decimal as text, such as "9.90"',
        "invalid": 'must be a decimal as text, such as "9.90"',
    }

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else decimal_text(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if not isinstance(value, str):
            raise self.make_error("type")
        if not _DECIMAL.fullmatch(value):
            raise self.make_error("invalid")
        return Decimal(value)


class InstantString(fields.AwareDateTime):
    """A moment with its offset (RFC 3339)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        if not isinstance(value, str):
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        result: datetime = super()._deserialize(value, attr, data, **kwargs)
        return result


class DayString(fields.Date):
    """A calendar day, ISO 8601: 2026-11-30."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        if not isinstance(value, str) or len(value) != 10:
            raise self.make_error("invalid", input=value, obj_type=self.OBJ_TYPE)
        result: date = super()._deserialize(value, attr, data, **kwargs)
        return result


class StrictText(fields.String):
    """Text; a number or an object is refused rather than turned into text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return value


class StrictBoolean(fields.Field[Any]):
    """true or false, and nothing else: "yes" is refused."""

    default_error_messages = {"invalid": "must be true or false"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class StrictInteger(fields.Field[Any]):
    """A whole number; true, "3" and 3.0 are refused."""

    default_error_messages = {"invalid": "must be a whole number"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if type(value) is not int:
            raise self.make_error("invalid")
        return value


class EnumValue(fields.Field[Any]):
    """One of the named values."""

    def __init__(self, enum: type[Enum], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.enum = enum

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Enum:
        try:
            return self.enum(value)
        except ValueError:
            names = ", ".join(str(member.value) for member in self.enum)
            raise ValidationError(f"must be one of: {names}") from None


class _Sequence(fields.List[Any]):
    """A list that loads as the immutable container the shape declares."""

    def __init__(self, inner: fields.Field[Any], container: type, **kwargs: Any) -> None:
        super().__init__(inner, **kwargs)
        self.container = container

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            raise ValidationError("must be a list")
        return self.container(super()._deserialize(value, attr, data, **kwargs))


_FIELDS: dict[Any, type[fields.Field[Any]]] = {
    str: StrictText,
    int: StrictInteger,
    bool: StrictBoolean,
    Decimal: DecimalString,
    UUID: fields.UUID,
    datetime: InstantString,
    date: DayString,
}


def _validator(kind: Kind) -> list[Callable[[Any], None]]:
    def as_validator(test: Test) -> Callable[[Any], None]:
        def check(value: Any) -> None:
            fault = test(value)
            if fault:
                raise ValidationError(fault)

        return check

    return [as_validator(_TESTS[type(limit)](limit)) for limit in kind.limits]


def _field(kind: Kind, top: bool = True) -> fields.Field[Any]:
    options: dict[str, Any] = {"validate": _validator(kind), "allow_none": kind.optional}
    options["metadata"] = {"kind": kind}
    if top:
        options["required"] = kind.required
        if not kind.required:
            options["load_default"] = kind.default
    base = kind.base
    if base is dict:
        assert kind.member is not None
        return fields.Dict(keys=StrictText(), values=_field(kind.member, top=False), **options)
    if kind.member is not None:
        return _Sequence(_field(kind.member, top=False), base, **options)
    if dataclasses.is_dataclass(base):
        return fields.Nested(lambda: schema_of(base), **options)  # type: ignore[arg-type]
    if isinstance(base, type) and issubclass(base, Enum):
        return EnumValue(base, **options)
    return _FIELDS[base](**options)


class ShapeSchema(Schema):
    """A marshmallow schema that loads into the shape it was derived from."""

    shape: type

    class Meta:
        """Strangers may not send what nobody declared (mass assignment)."""

        unknown = RAISE

    def load_shape(self, data: Any) -> Any:
        """The shape in `data`; raises Invalid with every fault."""
        try:
            loaded = self.load(data)
        except ValidationError as error:
            faults = tuple(_faults(error.messages, ""))
            raise Invalid("The request has faults; each is named below.", faults) from None
        return _as_shape(self.shape, loaded)


def _as_shape(shape: type, loaded: dict[str, Any]) -> Any:
    values = {kind.name: _shaped(kind, loaded[kind.name]) for kind in kinds_of(shape) if kind.name in loaded}
    return shape(**values)


def _shaped(kind: Kind, value: Any) -> Any:
    if isinstance(value, dict) and dataclasses.is_dataclass(kind.base):
        return _as_shape(kind.base, value)  # type: ignore[arg-type]
    if kind.member is not None and isinstance(value, tuple | frozenset):
        return kind.base(_shaped(kind.member, member) for member in value)
    return value


def _faults(messages: Any, pointer: str) -> list[Fault]:
    if isinstance(messages, dict):
        found = []
        for key, inner in messages.items():
            step = "" if key == "_schema" else "/" + str(key).replace("~", "~0").replace("/", "~1")
            found += _faults(inner, pointer + step)
        return found
    if isinstance(messages, list):
        return [fault for message in messages for fault in _faults(message, pointer)]
    return [Fault(pointer, str(messages))]


@cache
def schema_of(shape: Any) -> ShapeSchema:
    """The marshmallow schema of a shape."""
    members: dict[str, Any] = {kind.name: _field(kind) for kind in kinds_of(shape)}
    schema_class = type(f"{shape.__name__}Schema", (ShapeSchema,), {**members, "shape": shape})
    instance: ShapeSchema = schema_class()
    return instance


def load(shape: type[S], data: Any) -> S:
    """`data` from a stranger as `shape`; raises Invalid with every fault of it."""
    result: S = schema_of(shape).load_shape(data)  # type: ignore[arg-type]
    return result

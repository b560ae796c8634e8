"""A quick yes for what is plainly right.

marshmallow checks a ten-line order in 0.8 ms, more than everything else the gateway does for it. So each
shape also has a compiled check that says yes to input in its usual form, and nothing more. Where it does not
say yes, marshmallow decides, and names every fault. A check may be too strict, never too lax; a property
test holds it against marshmallow.
"""

import dataclasses
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from services.chassis.wire import Kind, kinds_of, load
from services.contracts.shapes import Length, Pattern, Places, Range

Check = Callable[[Any], bool]


def checked(shape: type, data: dict[str, Any]) -> dict[str, Any]:
    """`data` as it came, when it is right for `shape`; raises Invalid with every fault when it is not."""
    if not check_of(shape)(data):
        load(shape, data)
    return data


@cache
def check_of(shape: type) -> Check:
    """The compiled check of a shape."""
    kinds = kinds_of(shape)
    checks = {kind.name: _check(kind) for kind in kinds}
    required = frozenset(kind.name for kind in kinds if kind.required)
    known = frozenset(checks)

    def check(data: Any) -> bool:
        if type(data) is not dict:
            return False
        names = data.keys()
        if not (names >= required and names <= known):
            return False
        return all(checks[name](value) for name, value in data.items())

    return check


def _check(kind: Kind) -> Check:
    inner = _plain(kind)
    if not kind.optional:
        return inner
    return lambda value: value is None or inner(value)


def _plain(kind: Kind) -> Check:
    if kind.base is dict:
        return _never  # rare enough for marshmallow
    if kind.member is not None:
        return _list(kind, _check(kind.member))
    if dataclasses.is_dataclass(kind.base):
        return check_of(kind.base)
    if isinstance(kind.base, type) and issubclass(kind.base, Enum):
        values = frozenset(member.value for member in kind.base)
        return lambda value: type(value) is str and value in values
    return _SCALARS.get(kind.base, lambda _: _never)(kind)


def _never(_: Any) -> bool:
    return False


def _only(kind: Kind, *known: type) -> bool:
    """Whether the limits of `kind` are all of the sorts its check understands."""
    return all(type(limit) in known for limit in kind.limits)


def _list(kind: Kind, member: Check) -> Check:
    if not _only(kind, Length):
        return _never
    least = max((limit.least for limit in kind.limits), default=0)
    most = min((limit.most for limit in kind.limits if limit.most is not None), default=1_000_000)
    unique = kind.base is frozenset

    def check(value: Any) -> bool:
        if type(value) is not list or unique or not least <= len(value) <= most:
            return False
        return all(map(member, value))

    return check


def _text(kind: Kind) -> Check:
    if not _only(kind, Length, Pattern):
        return _never
    lengths = [limit for limit in kind.limits if isinstance(limit, Length)]
    least = max((limit.least for limit in lengths), default=0)
    most = min((limit.most for limit in lengths if limit.most is not None), default=1_000_000_000)
    patterns = [re.compile(limit.expression).fullmatch for limit in kind.limits if isinstance(limit, Pattern)]

    def check(value: Any) -> bool:
        if type(value) is not str or not least <= len(value) <= most or "\x00" in value:
            return False
        return all(matches(value) for matches in patterns)

    return check


_DECIMAL = re.compile(r"-?[0-9]{1,20}(?:\.([0-9]{1,20}))?", re.ASCII).fullmatch


def _decimal(kind: Kind) -> Check:
    if not _only(kind, Range, Places):
        return _never
    within = _within(kind)
    places = min((limit.most for limit in kind.limits if isinstance(limit, Places)), default=20)

    def check(value: Any) -> bool:
        match = _DECIMAL(value) if type(value) is str else None
        return match is not None and len(match[1] or "") <= places and within(Decimal(value))

    return check


def _integer(kind: Kind) -> Check:
    if not _only(kind, Range):
        return _never
    within = _within(kind)
    return lambda value: type(value) is int and within(value)


def _within(kind: Kind) -> Check:
    ranges = [limit for limit in kind.limits if isinstance(limit, Range)]
    above = [limit.above for limit in ranges if limit.above is not None]
    least = [limit.least for limit in ranges if limit.least is not None]
    most = [limit.most for limit in ranges if limit.most is not None]

    def within(value: Any) -> bool:
        return (
            all(value > bound for bound in above)
            and all(value >= bound for bound in least)
            and all(value <= bound for bound in most)
        )

    return within


_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.ASCII).fullmatch
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII).fullmatch


def _id(kind: Kind) -> Check:
    if kind.limits:
        return _never
    return lambda value: type(value) is str and _UUID(value) is not None


def _day(kind: Kind) -> Check:
    if kind.limits:
        return _never

    def check(value: Any) -> bool:
        if type(value) is not str or not _DAY(value):
            return False
        try:
            date.fromisoformat(value)
        except ValueError:
            return False
        return True

    return check


def _boolean(kind: Kind) -> Check:
    if kind.limits:
        return _never
    return lambda value: value is True or value is False


_SCALARS: dict[Any, Callable[[Kind], Check]] = {
    str: _text,
    int: _integer,
    bool: _boolean,
    Decimal: _decimal,
    UUID: _id,
    date: _day,
}

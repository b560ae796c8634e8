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

    def check(data: Any) -> bool:
        if type(data) is not dict:
            return False
        missing = len(required)
        for name, value in data.items():
            test = checks.get(name)
            if test is None or not test(value):
                return False
            if name in required:
                missing -= 1
        return not missing

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
    if isinstance(kind.base, type) and dataclasses.is_dataclass(kind.base):
        return check_of(kind.base)
    if isinstance(kind.base, type) and issubclass(kind.base, Enum):
        values = frozenset(member.value for member in kind.base)
        return lambda value: type(value) is str and value in values
    scalar = _SCALARS.get(kind.base)
    return _never if scalar is None else scalar(kind)


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
        for each in value:  # noqa: SIM110 - all() with a generator takes twice as long
            if not member(each):
                return False
        return True

    return check


def _text(kind: Kind) -> Check:
    if not _only(kind, Length, Pattern):
        return _never
    lengths = [limit for limit in kind.limits if isinstance(limit, Length)]
    least = max((limit.least for limit in lengths), default=0)
    most = min((limit.most for limit in lengths if limit.most is not None), default="")
    plain = re.compile(rf"[^\x00]{{{least},{most}}}").fullmatch
    patterns = [re.compile(limit.expression).fullmatch for limit in kind.limits if isinstance(limit, Pattern)]
    if not patterns:
        return lambda value: type(value) is str and plain(value) is not None
    pattern, *others = patterns
    if others:
        return _never
    return lambda value: type(value) is str and plain(value) is not None and pattern(value) is not None


def _decimal(kind: Kind) -> Check:
    """Bounds that are zero or a power of ten can be seen by looking; where there are others, marshmallow counts."""
    if not _only(kind, Range, Places):
        return _never
    places = min((limit.most for limit in kind.limits if isinstance(limit, Places)), default=20)
    digits, sign, not_zero = 20, "-?", ""
    for limit in kind.limits:
        if isinstance(limit, Range):
            if not _can_be_seen(limit):
                return _never
            if limit.least == 0 or limit.above == 0:
                sign = ""
            if limit.above == 0:
                not_zero = r"(?=[0.]*[1-9])"
            # As many digits as are less than the bound; the bound itself is left to marshmallow.
            for bound in (limit.most, limit.least):
                digits = min(digits, len(str(abs(int(bound)))) - 1) if bound else digits
    number = re.compile(rf"{not_zero}{sign}[0-9]{{1,{digits}}}(?:\.[0-9]{{1,{places}}})?", re.ASCII).fullmatch
    return lambda value: type(value) is str and number(value) is not None


def _can_be_seen(limit: Range) -> bool:
    return (
        limit.above in (None, 0)
        and (limit.least is None or limit.least == 0 or _is_power_of_ten(-limit.least))
        and (limit.most is None or _is_power_of_ten(limit.most))
    )


def _is_power_of_ten(number: Decimal | int) -> bool:
    return number >= 10 and number == int(number) and str(int(number)).rstrip("0") == "1"


def _integer(kind: Kind) -> Check:
    if not _only(kind, Range):
        return _never
    least, most = -(10**18), 10**18
    for limit in kind.limits:
        least = max(least, least if limit.least is None else int(limit.least))
        most = min(most, most if limit.most is None else int(limit.most))
        if limit.above is not None:
            return _never
    return lambda value: type(value) is int and least <= value <= most


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

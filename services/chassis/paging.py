"""Keyset pagination: a cursor holds the sort key of the last row, so a page never shifts under the reader."""

import base64
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar
from uuid import UUID

from services.chassis import wire
from services.chassis.errors import Fault, Invalid

T = TypeVar("T")


def cursor(*key: Any) -> str:
    """The cursor of a row with this sort key."""
    return base64.urlsafe_b64encode(wire.dumps(list(key)).encode()).decode().rstrip("=")


def key_of(text: str, *kinds: Callable[[Any], Any]) -> tuple[Any, ...]:
    """The sort key in a cursor; raises Invalid when it is none of ours."""
    try:
        padded = text + "=" * (-len(text) % 4)
        values = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
        if not isinstance(values, list) or len(values) != len(kinds):
            raise ValueError("another key")
        return tuple(kind(value) for kind, value in zip(kinds, values, strict=True))
    except (ValueError, TypeError, AttributeError, ArithmeticError) as fault:
        raise Invalid(
            "The cursor is not one of this list.", [Fault("/after", "take it from `next` of the page before")]
        ) from fault


def page(rows: list[T], limit: int, key: Callable[[T], tuple[Any, ...]]) -> tuple[list[T], str | None]:
    """The first `limit` of `rows` (ask the database for one more), and the cursor of the next page."""
    if len(rows) <= limit:
        return rows, None
    shown = rows[:limit]
    return shown, cursor(*key(shown[-1]))


def instant(value: Any) -> datetime:
    """A moment in a cursor."""
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("no time zone")
    return moment


def day(value: Any) -> date:
    """A day in a cursor."""
    return date.fromisoformat(value)


def identifier(value: Any) -> UUID:
    """An id in a cursor."""
    return UUID(value)

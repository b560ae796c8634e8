"""Lists in the order the reader asks for: each way to sort is a place to go on from (keyset pagination).

Every sorting ends with the id, so that no two rows are equal and none is shown twice or left out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, tuple_

from services.chassis import paging
from services.chassis.errors import Fault, Invalid


@dataclass(frozen=True)
class Sorting:
    """A way to sort a list: by `by`, which is never null, then by `id`; by id alone, which is age, without it.

    `name` is what the caller asks for; with a minus before it the greatest comes first. `read` makes a value
    of `by` out of what stands in a cursor.
    """

    name: str
    id: ColumnElement[Any]
    by: ColumnElement[Any] | None = None
    read: Callable[[Any], Any] = str

    def sorted(self, wanted: Select[Any]) -> Select[Any]:
        """The statement with its rows in this order."""
        if self.by is None:
            return wanted.order_by(self._turned(self.id))
        return wanted.add_columns(self.by.label("sort_key")).order_by(
            self._turned(self.by), self._turned(self.id)
        )

    @property
    def behind(self) -> ColumnElement[bool]:
        """The condition on rows behind a place, whose values are those of `place`."""
        after_id = bindparam("after_id", type_=self.id.type)
        if self.by is None:
            return self.id < after_id if self._falling else self.id > after_id
        row = tuple_(self.by, self.id)
        place = tuple_(bindparam("after_key", type_=self.by.type), after_id)
        return row < place if self._falling else row > place

    def place(self, cursor: str) -> dict[str, Any]:
        """Where the page before ended; raises Invalid for a cursor of another list or another sorting."""
        kinds = (str, paging.identifier) if self.by is None else (str, self.read, paging.identifier)
        name, *key = paging.key_of(cursor, *kinds)
        if name != self.name:
            fault = Fault("/after", "comes from the same list in another order; begin at its first page")
            raise Invalid("The cursor is not one of this list.", [fault])
        return dict(zip(("after_id",) if self.by is None else ("after_key", "after_id"), key, strict=True))

    def key(self, row: Row[Any]) -> tuple[Any, ...]:
        """What the cursor after this row holds."""
        return (self.name, row.id) if self.by is None else (self.name, row.sort_key, row.id)

    @property
    def _falling(self) -> bool:
        return self.name.startswith("-")

    def _turned(self, column: ColumnElement[Any]) -> ColumnElement[Any]:
        return column.desc() if self._falling else column.asc()


def both_ways(
    name: str,
    id: ColumnElement[Any],
    by: ColumnElement[Any] | None = None,
    read: Callable[[Any], Any] = str,
) -> dict[str, Sorting]:
    """`name` and `-name`, by what the caller asks for."""
    return {way: Sorting(way, id, by, read) for way in (name, f"-{name}")}

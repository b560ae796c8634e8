"""Statements that PostgreSQL parses and plans once for each connection, and then only carries out.

Most of what a short transaction costs PostgreSQL is planning, and most of what it costs us is to build a
statement of SQLAlchemy and to find it in its cache. A `Prepared` statement spares both. It is for statements
that every command or event needs and whose plan does not depend on the values.
"""

import itertools
from collections.abc import Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Connection, Executable, Text, all_, literal
from sqlalchemy.dialects.postgresql import ARRAY, asyncpg

_numbers = itertools.count(1)
# Any dialect with numbered parameters would do; nothing of asyncpg itself is used.
_NUMBERED = asyncpg.dialect()  # type: ignore[no-untyped-call]
_KNOWN = "prepared"


class Prepared:
    """A statement with numbered parameters (`$1`), known to each connection under a name once it was used."""

    def __init__(
        self, statement: str, names: tuple[str, ...], constants: Mapping[str, Any] = MappingProxyType({})
    ) -> None:
        self.statement = statement
        self.names = names
        self._constants = constants
        self.name = f"s{next(_numbers)}"
        # By the driver's own mark for parameters.
        self.call = f"execute {self.name}({', '.join(['%s'] * len(names))})"

    def values(self, parameters: Mapping[str, Any]) -> tuple[Any, ...]:
        """The parameters in their order."""
        constants = self._constants
        return tuple(constants[name] if name in constants else parameters[name] for name in self.names)

    def on(self, connection: Connection) -> str:
        """What carries it out on this connection."""
        known: set[str] = connection.info.setdefault(_KNOWN, set())
        if self.name not in known:
            connection.exec_driver_sql(f"prepare {self.name} as {self.statement.replace('%', '%%')}")
            known.add(self.name)
        return self.call


def none_of(column: ColumnElement[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """Whether a column has none of these values; unlike `not_in`, the same text for any number of them."""
    return column != all_(literal(list(values), ARRAY(Text)))


def prepared(statement: Executable) -> Prepared:
    """Prepare a statement of SQLAlchemy, whose parameters are all `bindparam`s of plain values."""
    compiled = statement.compile(dialect=_NUMBERED)  # type: ignore[attr-defined]
    constants = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
    return Prepared(str(compiled), tuple(compiled.positiontup or ()), constants)


# Rows travel as one JSON parameter: the statement is the same for any number of them. With a parameter for
# every value, building it cost more than everything else a group of events does.


@cache
def insert_records(table: str, columns: tuple[str, ...], then: str = "") -> Prepared:
    """Insert the records of its one parameter into one of our own tables; `then` follows."""
    listed = ", ".join(f'"{name}"' for name in columns)
    return Prepared(
        f'insert into "{table}" ({listed}) select {listed}'  # noqa: S608  # names of our own
        f' from json_populate_recordset(cast(null as "{table}"), cast($1 as json)){then}',
        ("rows",),
    )


@cache
def update_record(table: str, columns: tuple[str, ...]) -> Prepared:
    """Write the record of its first parameter over the row with this `id`, if that has this `sequence`."""
    listed = ", ".join(f'"{name}"' for name in columns)
    return Prepared(
        f'update "{table}" set ({listed}) = (select {listed}'  # noqa: S608  # names of our own
        f' from json_populate_record(cast(null as "{table}"), cast($1 as json)))'
        " where id = $2 and sequence = $3",
        ("row", "id", "sequence"),
    )


@cache
def insert_missing(table: str, columns: tuple[str, ...]) -> Prepared:
    """Insert those records that break no unique constraint."""
    return insert_records(table, columns, " on conflict do nothing")


@cache
def upsert_newer(table: str, columns: tuple[str, ...], keys: tuple[str, ...]) -> Prepared:
    """Insert records, or replace those with a lower `sequence`."""
    changed = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name not in keys)
    conflict = (
        f" on conflict ({', '.join(keys)})"
        f' do update set {changed} where "{table}".sequence < excluded.sequence'
    )
    return insert_records(table, columns, conflict)

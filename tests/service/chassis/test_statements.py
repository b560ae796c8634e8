"""Statements that PostgreSQL plans once for each connection."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Column, Integer, MetaData, Numeric, Table, Text, any_, bindparam, insert, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError

from services.chassis.database import Database, Transaction
from services.chassis.errors import Refused
from services.chassis.statements import prepared

METADATA = MetaData()
THINGS = Table(
    "things",
    METADATA,
    Column("id", Integer),
    Column("name", Text, primary_key=True),
    Column("price", Numeric),
)
NAMED = prepared(select(THINGS).where(THINGS.c.name == any_(bindparam("names", type_=ARRAY(Text)))))
ADD = prepared(
    insert(THINGS).values(id=7, name=bindparam("name"), price=Decimal("0.10")).returning(THINGS.c.id)
)


@pytest.fixture
def database(fresh_database: Any) -> Iterator[Database]:
    made = fresh_database("orders")
    owner = Database(made.owner_url)
    METADATA.create_all(owner.engine)
    with owner.engine.connect() as connection:
        connection.execute(text(f"grant all on things to {made.url.split('//')[1].split(':')[0]}"))
    owner.dispose()
    opened = Database(made.url, pool_size=1)
    yield opened
    opened.dispose()


def known(tx: Transaction) -> int:
    found: int = tx.execute(
        text("select count(*) from pg_prepared_statements where statement like '%things%'")
    ).scalar()
    return found


def write(
    database: Database, *names: str, refusal: Refused | None = None, fault: Exception | None = None
) -> None:
    """Things with these names, in one transaction."""
    with database.transaction() as tx:
        if refusal:
            tx.refuse_when_violated("things_pkey", refusal)
        for name in names:
            tx.write(THINGS, [{"name": name, "price": Decimal(1)}])
        if fault:
            tx.flush()
            raise fault


def names(database: Database) -> set[str]:
    with database.transaction() as tx:
        return set(tx.execute(select(THINGS.c.name)).scalars())


def test_a_statement_is_planned_once_for_a_connection(database: Database) -> None:
    for name in ("nut", "bolt", "it's 100 %"):
        with database.transaction() as tx:
            assert tx.execute(ADD, {"name": name}).scalar_one() == 7
            assert known(tx) == 1

    with database.transaction() as tx:
        rows = tx.execute(NAMED, {"names": ["nut", "it's 100 %"]}).all()
        assert known(tx) == 2
    assert sorted((row.name, row.price) for row in rows) == [
        ("it's 100 %", Decimal("0.10")),
        ("nut", Decimal("0.10")),
    ]


def test_a_new_connection_learns_the_statement_anew(database: Database) -> None:
    with database.transaction() as tx:
        tx.execute(ADD, {"name": "nut"})
    database.dispose()

    with database.transaction() as tx:
        assert known(tx) == 0
        tx.execute(ADD, {"name": "bolt"})
        assert known(tx) == 1


def test_rows_and_what_was_begun_end_together(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        write(database, "nut", fault=ZeroDivisionError())

    assert names(database) == set()


def test_a_refusal_of_the_last_message_undoes_all_and_leaves_the_connection_usable(
    database: Database,
) -> None:
    write(database, "nut")

    with pytest.raises(IntegrityError):
        write(database, "bolt", "nut")

    assert names(database) == {"nut"}


def test_a_refusal_that_was_expected_is_told_in_its_own_words(database: Database) -> None:
    write(database, "nut")

    with pytest.raises(Refused, match="There is a nut already"):
        write(database, "nut", refusal=Refused("There is a nut already."))

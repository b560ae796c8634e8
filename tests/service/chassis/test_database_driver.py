"""Hole 24: a database driver that stops the hub stops everything, and can wait for itself for ever."""

import psycopg2
import pytest

from deploy.local.postgres import Postgres
from tests.service.chassis.messages import Messages
from tests.service.chassis.processes import SOON
from tests.service.chassis.variants import Start, fails


@pytest.fixture
def counter(postgres: Postgres) -> str:
    """Address of a database with a table of one row."""
    postgres.create_service_databases(["taker"])
    database = postgres.owner_url("taker").replace("+psycopg2", "")
    connection = psycopg2.connect(database)
    with connection, connection.cursor() as cursor:
        cursor.execute("drop table if exists counter")
        cursor.execute("create table counter (n int)")
        cursor.execute("insert into counter values (0)")
    connection.close()
    return database


@pytest.mark.parametrize(
    "options",
    [
        pytest.param((), id="the driver we use"),
        pytest.param(
            ("--blocking-driver",),
            id="a driver that blocks",
            marks=fails("hole 24: the second handler waits for a row that the first can never release"),
        ),
    ],
)
def test_two_handlers_that_want_one_row_both_finish(
    options: tuple[str, ...], messages: Messages, start: Start, counter: str
) -> None:
    host = start("ours", *options, TEST_DATABASE_URL=counter)
    messages.wait_for_consumer("ours")

    messages.announce({"do": "add", "n": 1}, event="happened")
    messages.announce({"do": "add", "n": 2}, event="also-happened")

    assert host.says("added", times=2, patience=5 if options else SOON)

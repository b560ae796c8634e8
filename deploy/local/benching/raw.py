"""The raw limits of this machine, measured in the same run: the same rows by plain SQL, confirmed messages."""

import json
import threading
import time
import uuid
from collections.abc import Sequence
from typing import Any

import pika
import psycopg2
import psycopg2.extras
from pika.exceptions import ChannelClosedByBroker
from psycopg2 import sql

from deploy.local.benching.house import House, Round
from deploy.local.benching.processes import spent

Rows = dict[str, list[dict[str, Any]]]


class PlainSql:
    """Writes one document's rows as a program would that does nothing else: no checks, no locks, one commit.

    `tables` are the statements that find the rows of one document, by table. They are written into copies of
    the tables, indexes and constraints included; identities are fresh each time.
    """

    def __init__(self, house: House, service: str, tables: dict[str, str], *parameters: Any) -> None:
        self._house = house
        self._service = service
        self._rows: Rows = {}
        with house.database(service).cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
            psycopg2.extras.register_uuid(conn_or_curs=cursor)  # type: ignore[no-untyped-call]
            cursor.execute("drop schema if exists plain cascade; create schema plain")
            for table, statement in tables.items():
                cursor.execute(statement, parameters)
                self._rows[table] = [_writable(dict(row)) for row in cursor.fetchall()]
                copied = sql.Identifier(table)
                cursor.execute(
                    sql.SQL(
                        "create table plain.{0} (like public.{0} including defaults including indexes"
                        " including constraints including identity)"
                    ).format(copied)
                )

    def round(self, count: int, clients: int = 8) -> Round:
        """Write the rows `count` times from several connections at once."""
        connections = [
            self._house.stack.postgres.admin_connection(f"counterpart_{self._service}")
            for _ in range(clients)
        ]
        for connection in connections:
            connection.autocommit = False
            psycopg2.extras.register_uuid(conn_or_curs=connection)  # type: ignore[no-untyped-call]
        before, own, began = self._house.processes.cpu(), time.process_time(), time.perf_counter()
        threads = [
            threading.Thread(target=self._write, args=(connection, count // clients))
            for connection in connections
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - began
        cpu = spent(before, self._house.processes.cpu())
        for connection in connections:
            connection.close()
        counted = {"postgresql": cpu["postgresql"], "program": time.process_time() - own}
        return Round(count // clients * clients, seconds, [], counted)

    def _write(self, connection: Any, count: int) -> None:
        statements = {
            table: sql.SQL("insert into plain.{} ({}) overriding system value values %s").format(
                sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, rows[0]))
            ).as_string(connection)
            for table, rows in self._rows.items()
            if rows
        }  # fmt: skip
        with connection.cursor() as cursor:
            for _ in range(count):
                fresh: dict[Any, uuid.UUID] = {}
                for table, statement in statements.items():
                    values = [_with_fresh_ids(row, fresh) for row in self._rows[table]]
                    psycopg2.extras.execute_values(cursor, statement, values)
                connection.commit()


#: What makes a row another row: the identities of documents, and of commands and numbers.
_IDENTITIES = frozenset({"id", "order_id", "invoice_id", "aggregate_id", "event_id", "source_id"})
_TEXTS = frozenset({"number", "number_key", "command_id"})


def _writable(row: dict[str, Any]) -> dict[str, Any]:
    row.pop("position", None)
    return {
        name: json.dumps(value) if isinstance(value, dict | list) and name != "participants" else value
        for name, value in row.items()
    }


def _with_fresh_ids(row: dict[str, Any], fresh: dict[Any, uuid.UUID]) -> tuple[Any, ...]:
    return tuple(
        fresh.setdefault(value, uuid.uuid4()) if name in _IDENTITIES
        else uuid.uuid4().hex if name in _TEXTS and isinstance(value, str)
        else value
        for name, value in row.items()
    )  # fmt: skip


ORDER_ROWS = {
    "orders": "select * from orders where id = %s",
    "order_lines": "select l.* from order_lines l where order_id = %s",
    "journal": "select * from journal where aggregate_id = %s",
    "commands": "select c.* from commands c where answer like '%%' || %s || '%%' limit 1",
}
INVOICE_ROWS = {
    "invoices": "select * from invoices where id = %s",
    "invoice_lines": "select * from invoice_lines where invoice_id = %s",
    "matches": "select * from matches where invoice_id = %s",
    "ledger": "select * from ledger where invoice_id = %s",
    "journal": "select * from journal where aggregate_id = %s",
    "commands": "select c.* from commands c where answer like '%%' || %s || '%%' limit 1",
}


def confirmed_messages(house: House, body: bytes, count: int) -> Round:
    """Persistent messages into a quorum queue by pika, each confirmed before the next: an event's raw price."""
    connection = pika.BlockingConnection(pika.URLParameters(house.stack.broker.url))
    channel = connection.channel()
    channel.queue_declare("bench", durable=True, arguments={"x-queue-type": "quorum"})
    channel.confirm_delivery()
    properties = pika.BasicProperties(delivery_mode=2, content_type="application/cloudevents+json")
    before, own, began = house.processes.cpu(), time.process_time(), time.perf_counter()
    for _ in range(count):
        channel.basic_publish("", "bench", body, properties, mandatory=True)
    seconds = time.perf_counter() - began
    cpu = spent(before, house.processes.cpu())
    counted = {"rabbitmq": cpu["rabbitmq"], "program": time.process_time() - own}
    channel.queue_delete("bench")
    connection.close()
    return Round(count, seconds, [], counted)


def exists(house: House, queue: str) -> bool:
    """Whether there is such a queue."""
    connection = pika.BlockingConnection(pika.URLParameters(house.stack.broker.url))
    try:
        connection.channel().queue_declare(queue, passive=True)
    except ChannelClosedByBroker:
        return False
    finally:
        connection.close()
    return True


def fill(house: House, queue: str, bodies: Sequence[bytes], content_type: str) -> None:
    """Put messages into a queue and wait until the broker has them all."""
    connection = pika.BlockingConnection(pika.URLParameters(house.stack.broker.url))
    channel = connection.channel()
    properties = pika.BasicProperties(delivery_mode=2, content_type=content_type)
    for body in bodies:
        channel.basic_publish("", queue, body, properties)
    while True:
        ready = channel.queue_declare(queue, passive=True).method.message_count
        if ready >= len(bodies):
            break
        connection.process_data_events(0.2)
    connection.close()

"""The relay: carries the journal to RabbitMQ. A plain pika program, a thread for each service it serves.

    python -m services.chassis.relay orders invoicing …

It publishes what is not published yet, in batches: every message persistent, mandatory and confirmed, the
confirms of a batch awaited together. Only then are the rows marked, so a crash anywhere publishes again and
never loses. One relay at a time works on a journal (an advisory lock); a second one stands by.

An event that RabbitMQ hands back, because no queue is bound for it, stays in the journal and is sent again
every few seconds; events of other names go on. With each event a small notice goes to the `live` stream,
from which the gateways tell the browsers.
"""

import json
import random
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from uuid import UUID

import pika
import psycopg2
import psycopg2.extras
from pika.adapters.select_connection import IOLoop, SelectConnection
from pika.channel import Channel
from pika.exceptions import AMQPError

from services.chassis import envelope, health, logs, metrics
from services.chassis.config import Config, ConfigError
from services.chassis.envelope import Outgoing
from services.contracts.shapes import EventType

log = logs.logger(__name__)

BATCH = 500
SLOWEST_POLL = 1.0
UNROUTABLE_PAUSE = 3.0
# Seconds from one batch to the next. A lone fact is sent at once; when many are recorded they share the price of a
# batch, which is a read, a write and a commit of the database.
PACE = 0.02
MEASURE_EVERY = 5.0
PATIENCE = 3.0
_LOCK = 0x636F756E  # the first letters of "counterpart"; one lock number in each database

# `for update`-free: the advisory lock keeps other relays out, and nobody else sets `published_at`.
_FETCH = """
select position, event_id, name, version, aggregate, aggregate_id, sequence, occurred_at, correlation_id,
       causation_id, actor_user, actor_organisation, participants, live_only, data::text
from journal where published_at is null and not (name = any($1::text[])) order by position limit $2
"""
_MARK = "update journal set published_at = now() where position = any($1::bigint[])"
_MEASURE = """
select count(*), coalesce(extract(epoch from now() - min(occurred_at)), 0)
from (select occurred_at from journal where published_at is null order by position limit 10000) waiting
"""
_REPLAY = """
select id, queue, content_type, body from dead_letters where state = 'replaying' order by died_at limit %s
"""
_REPLAYED = "update dead_letters set state = 'replayed', settled_at = now() where id = any(%s)"


class Stopped(Exception):
    """The relay was told to stop."""


class Relay:
    """Carries the journal of one service. `run` serves until `stop`; every fault starts it afresh."""

    def __init__(self, service: str, database_url: str, amqp_url: str) -> None:
        self.service = service
        self._dsn = database_url.replace("postgresql+psycopg2://", "postgresql://")
        self._parameters = pika.URLParameters(amqp_url)
        self._parameters.heartbeat = 10
        self._parameters.blocked_connection_timeout = 30
        self._parameters.client_properties = {"connection_name": f"relay {service}"}
        self._stopping = threading.Event()
        self._session: _Session | None = None

    def run(self) -> None:
        """Serve until stopped. A lost broker or database is tried again with growing pauses."""
        failures = 0
        while not self._stopping.is_set():
            began = monotonic()
            try:
                self._session = _Session(self.service, self._dsn, self._parameters)
                self._session.serve(self._stopping)
            except (psycopg2.Error, AMQPError, OSError, _Broken) as fault:
                failures = 0 if monotonic() - began > 10 else failures + 1
                wait = min(5.0, 0.1 * 2**failures) * random.uniform(0.5, 1)
                log.warning(
                    "relay starts afresh", service=self.service, reason=str(fault), pause=round(wait, 2)
                )
                self._stopping.wait(wait)
            finally:
                metrics.relay_active.labels(self.service).set(0)

    def stop(self) -> None:
        """End `run` soon; what is unconfirmed is published again next time."""
        self._stopping.set()
        session = self._session
        if session is not None:
            session.wake()

    def ready(self) -> str | None:
        """None while connected to both sides; else what is wrong."""
        session = self._session
        if session is None or not session.serving:
            return f"the relay of {self.service} is not connected"
        return None


class _Broken(Exception):
    """The connection or channel to RabbitMQ ended."""


class _Session:
    """One connection to each side, from the first connect to the first fault."""

    def __init__(self, service: str, dsn: str, parameters: pika.URLParameters) -> None:
        self.service = service
        self.serving = False
        self._database = psycopg2.connect(dsn, connect_timeout=5, application_name=f"relay {service}")
        psycopg2.extras.register_uuid(conn_or_curs=self._database)  # type: ignore[no-untyped-call]
        self._database.autocommit = True
        with self._database.cursor() as cursor:
            # Planned once, and carried out for every batch.
            cursor.execute(f"prepare unpublished as {_FETCH}; prepare published as {_MARK}")
        self._holds_lock = False
        self._fault: Exception | None = None
        self._channel: Channel | None = None
        self._next_tag = 1
        self._unconfirmed: set[int] = set()
        self._batch: list[int] = []
        self._replayed: list[UUID] = []
        self._names: dict[UUID, str] = {}
        self._refused: set[str] = set()
        self._returned: set[str] = set()
        self._blocked_until: dict[str, float] = {}
        self._again = False
        self._not_before = 0.0
        self._due: object | None = None
        self._measured = 0.0
        self._loop = IOLoop()
        self._connection = SelectConnection(
            parameters,
            on_open_callback=self._opened,
            on_open_error_callback=lambda _, error: self._break(error),
            on_close_callback=lambda _, error: self._break(error),
            custom_ioloop=self._loop,
        )

    # -------------------------------------------------------------------------------------- life cycle

    def serve(self, stopping: threading.Event) -> None:
        """Run the loop until a fault (raised) or until stopped."""
        self._stopping = stopping
        try:
            self._loop.start()
        finally:
            self.serving = False
            self._database.close()
            self._loop.close()
        if self._fault is not None:
            raise self._fault

    def wake(self) -> None:
        """Make the loop look at the stop flag; may be called from another thread."""
        self._loop.add_callback_threadsafe(self._tick)

    def _end(self) -> None:
        """Take leave of the broker, and end the loop when it has answered, or after a while."""
        self.serving = False
        if self._connection.is_open:
            self._connection.close()
            self._loop.call_later(PATIENCE, self._loop.stop)
        elif not self._connection.is_closing:
            self._loop.stop()

    def _break(self, error: Any) -> None:
        """End the session: by a fault, or because the connection is closed as was asked."""
        if not self._stopping.is_set() and self._fault is None:
            known = isinstance(error, psycopg2.Error | AMQPError | OSError)
            self._fault = error if known else _Broken(str(error))
        self._end()

    def _guarded(self, work: Callable[[], None]) -> None:
        """Run `work`; a fault of either side ends the session, which starts afresh."""
        if self._fault is not None or self._connection.is_closing:
            return
        try:
            work()
        except (psycopg2.Error, AMQPError, OSError) as fault:
            self._break(fault)

    def _opened(self, connection: SelectConnection) -> None:
        connection.channel(on_open_callback=self._channel_opened)

    def _channel_opened(self, channel: Channel) -> None:
        self._channel = channel
        channel.add_on_close_callback(lambda _, reason: self._break(reason))
        channel.add_on_return_callback(self._on_returned)
        channel.confirm_delivery(self._on_confirmed, callback=lambda _: self._guarded(self._start))

    def _start(self) -> None:
        with self._database.cursor() as cursor:
            cursor.execute("select set_config('app.scope', 'system', false)")
            cursor.execute("listen journal")
        self._loop.add_handler(self._database.fileno(), self._on_database, IOLoop.READ)
        self.serving = True
        self._tick()

    # ------------------------------------------------------------------------------------------- work

    def _on_database(self, _fd: int, _events: int) -> None:
        self._guarded(self._notified)

    def _notified(self) -> None:
        self._database.poll()
        if self._heard():
            self._pump()

    def _heard(self) -> bool:
        # A notice that arrives while a statement runs is read with its answer, and the socket stays silent.
        heard = bool(self._database.notifies)
        self._database.notifies.clear()
        return heard

    def _tick(self) -> None:
        if self._stopping.is_set():
            self._end()
            return
        if self.serving:
            self._guarded(self._look_for_replays)
            self._guarded(self._pump)
        self._loop.call_later(SLOWEST_POLL, self._tick)

    def _pump(self, *, at_once: bool = False) -> None:
        """Send the next batch, unless one is under way; in a moment, if the last one is only just gone."""
        if self._unconfirmed:
            self._again = True
            return
        early = self._not_before - monotonic()
        if early > 0 and not at_once:
            if self._due is None:
                self._due = self._loop.call_later(early, self._pump_now_due)
            return
        if not self._have_lock():
            return
        self._measure()
        self._again = False
        rows = self._fetch()
        while not rows and self._heard():
            rows = self._fetch()
        if rows:
            self._not_before = monotonic() + PACE
        for row in rows:
            self._publish(row)

    def _pump_now_due(self) -> None:
        self._due = None
        self._guarded(self._pump)

    def _look_for_replays(self) -> None:
        if not self._unconfirmed and self._have_lock():
            for letter in self._fetch_replays():
                self._publish_replay(letter)

    def _have_lock(self) -> bool:
        if not self._holds_lock:
            with self._database.cursor() as cursor:
                cursor.execute("select pg_try_advisory_lock(%s)", (_LOCK,))
                [(self._holds_lock,)] = cursor.fetchall()
            metrics.relay_active.labels(self.service).set(self._holds_lock)
        return self._holds_lock

    def _measure(self) -> None:
        if monotonic() - self._measured < MEASURE_EVERY:
            return
        self._measured = monotonic()
        with self._database.cursor() as cursor:
            cursor.execute(_MEASURE)
            [(waiting, age)] = cursor.fetchall()
        metrics.unpublished.labels(self.service).set(waiting)
        metrics.unpublished_age.labels(self.service).set(float(age))

    def _fetch(self) -> list[tuple[Any, ...]]:
        now = monotonic()
        self._blocked_until = {name: until for name, until in self._blocked_until.items() if until > now}
        with self._database.cursor() as cursor:
            cursor.execute("execute unpublished(%s, %s)", (list(self._blocked_until), BATCH))
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def _fetch_replays(self) -> list[tuple[Any, ...]]:
        with self._database.cursor() as cursor:
            cursor.execute(_REPLAY, (BATCH,))
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def _publish(self, row: tuple[Any, ...]) -> None:
        (position, event_id, name, version, aggregate, aggregate_id, sequence, at, correlation_id,
         causation_id, actor_user, actor_organisation, participants, live_only, data) = row  # fmt: skip
        declared = EventType(self.service, name, version, live_only, object)
        self._batch.append(position)
        if not live_only:
            body = envelope.dump(
                Outgoing(
                    event_id,
                    declared,
                    aggregate,
                    aggregate_id,
                    sequence,
                    at,
                    correlation_id,
                    causation_id,
                    actor_user,
                    actor_organisation,
                    tuple(participants),
                    data,
                )
            )
            self._names[event_id] = name
            self._send(f"{self.service}.events", name, body.encode(), event_id, envelope.CONTENT_TYPE)
        self._send_notice(row, declared)

    def _send(self, exchange: str, key: str, body: bytes, id: UUID, content_type: str | None) -> None:
        assert self._channel is not None
        properties = pika.BasicProperties(
            content_type=content_type, delivery_mode=2, message_id=str(id), app_id="counterpart"
        )
        self._channel.basic_publish(exchange, key, body, properties, mandatory=True)
        self._count_sent()

    def _send_notice(self, row: tuple[Any, ...], declared: EventType) -> None:
        notice = {
            "id": str(row[1]),
            "type": declared.type,
            "name": declared.name,
            "kind": row[4],
            "subject": str(row[5]),
            "sequence": row[6],
            "participants": [str(id) for id in row[12]],
            "actor": None if row[10] is None else str(row[10]),
            "time": row[7].astimezone(UTC).isoformat().replace("+00:00", "Z"),
        }
        assert self._channel is not None
        body = json.dumps(notice, separators=(",", ":")).encode()
        self._channel.basic_publish("live", "", body, pika.BasicProperties(content_type="application/json"))
        self._count_sent()

    def _publish_replay(self, letter: tuple[Any, ...]) -> None:
        id, queue, content_type, body = letter
        self._replayed.append(id)
        self._names[id] = f"replay {id}"
        self._send("", queue, bytes(body), id, content_type)

    def _count_sent(self) -> None:
        self._unconfirmed.add(self._next_tag)
        self._next_tag += 1

    # --------------------------------------------------------------------------------------- confirms

    def _on_returned(self, _channel: Channel, method: Any, properties: Any, _body: bytes) -> None:
        id = UUID(properties.message_id)
        name = self._names.get(id, "")
        self._returned.add(str(id))
        self._blocked_until[name] = monotonic() + UNROUTABLE_PAUSE
        metrics.unroutable.labels(self.service).inc()
        log.error(
            "no queue is bound for an event; it stays in the journal and is sent again",
            service=self.service, event=name, exchange=method.exchange, routing_key=method.routing_key,
        )  # fmt: skip

    def _on_confirmed(self, frame: Any) -> None:
        self._guarded(lambda: self._settle(frame.method))

    def _settle(self, method: Any) -> None:
        settled = {method.delivery_tag}
        if method.multiple:
            settled = {tag for tag in self._unconfirmed if tag <= method.delivery_tag}
        if isinstance(method, pika.spec.Basic.Nack):
            raise pika.exceptions.AMQPError("RabbitMQ could not take an event (nack)")
        self._unconfirmed -= settled
        if not self._unconfirmed and (self._batch or self._replayed):
            self._mark()

    def _mark(self) -> None:
        returned = self._returned
        positions, replayed = self._batch, self._replayed
        if returned:
            positions, replayed = self._without_returned()
        with self._database.cursor() as cursor:
            if positions:
                cursor.execute("execute published(%s)", (positions,))
            if replayed:
                cursor.execute(_REPLAYED, (replayed,))
        metrics.published.labels(self.service).inc(len(positions))
        full = len(self._batch) >= BATCH
        self._batch, self._replayed, self._returned, self._names = [], [], set(), {}
        if self._heard() or full or self._again:
            self._pump(at_once=full)

    def _without_returned(self) -> tuple[list[int], list[UUID]]:
        with self._database.cursor() as cursor:
            cursor.execute(
                "select position from journal where position = any(%s) and not (event_id = any(%s::uuid[]))",
                (self._batch, list(self._returned)),
            )
            positions = [row[0] for row in cursor.fetchall()]
        return positions, [id for id in self._replayed if str(id) not in self._returned]


def main(services: list[str]) -> int:
    """Serve the journals of `services` until SIGTERM or SIGINT."""
    config = Config.from_env()
    try:
        logs.configure("relay", config.log_level)
        relays = [Relay(name, config.database_url(name), config.amqp_url) for name in services]
    except ConfigError as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    threads = [threading.Thread(target=relay.run, name=relay.service) for relay in relays]
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    checks = {f"relay {relay.service}": relay.ready for relay in relays}
    ops = health.serve(config.ops_host, config.ops_port("relay"), checks)
    for thread in threads:
        thread.start()
    log.info("relay serves", services=services, at=datetime.now(UTC).isoformat())
    stop.wait()
    for relay in relays:
        relay.stop()
    for thread in threads:
        thread.join(10)
    ops.close()
    return 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.stderr.write(
            "Name the services whose journals to carry: python -m services.chassis.relay orders …\n"
        )
        sys.exit(2)
    sys.exit(main(sys.argv[1:]))

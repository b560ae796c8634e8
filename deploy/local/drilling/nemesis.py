"""What happens to the system while the clients are at work. Every action is logged with its moment.

One thing happens at a time, at the progress of the load that the plan says, so that what a run meets depends
on the seed and not on how fast the machine is.
"""

import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pika
import psycopg2.extras
from pika.exceptions import AMQPError

from deploy.local.broker import Broker
from deploy.local.drilling import hostile
from deploy.local.drilling.hostile import Hostile
from deploy.local.drilling.load import Progress
from deploy.local.drilling.plan import Fault, Plan
from deploy.local.problems import Problem
from deploy.local.stack import Stack
from services.chassis import envelope
from services.chassis.envelope import Outgoing
from services.chassis.topology import (
    Topology,
    event_exchange,
    rpc_queue,
    subscription_queue,
)
from services.contracts.shapes import EventType

#: How many events are published again at a time, and how many hostile messages are sent.
HANDFUL = 120
HOSTILE_HANDFUL = 10
#: Seconds that an exchange stays without bindings.
UNBOUND_FOR = 1.5

_JOURNAL = """
select event_id, name, version, aggregate, aggregate_id, sequence, occurred_at, correlation_id, causation_id,
       actor_user, actor_organisation, participants, data::text
from journal where published_at is not null and not live_only order by {order} limit %s
"""


class Nemesis(threading.Thread):
    """Carries out the plan's faults."""

    def __init__(self, plan: Plan, stack: Stack, topology: Topology, progress: Progress, log: Path) -> None:
        super().__init__(name="nemesis", daemon=True)
        self._plan, self._stack, self._topology, self._progress = plan, stack, topology, progress
        self._rng = plan.rng("nemesis")
        self._log = log.open("a", encoding="utf-8")
        self._began = time.monotonic()
        self.done: Counter[str] = Counter()
        """How often what was done."""
        self.killed: Counter[str] = Counter()
        """How often which process was killed."""
        self.seeded: list[tuple[str, bytes]] = []
        """(queue, body) of the hostile messages that must become dead letters."""
        self.failure: str | None = None
        """Why it gave up, if it did."""
        progress.expect_faults([due for due, _ in plan.schedule()])

    def run(self) -> None:
        """All faults of the plan, each when it is due."""
        try:
            for due, fault in self._plan.schedule():
                self._progress.wait_for_story(due)
                self._progress.fault_began()
                self._do(fault)
        except Exception as error:  # noqa: BLE001
            # Told in the report: a drill whose nemesis stumbled has not shown what it claims.
            self.failure = f"the nemesis stumbled: {type(error).__name__}: {error}"
        finally:
            self._progress.no_more_faults()
            self._log.close()

    def _do(self, fault: Fault) -> None:
        what: dict[Fault, Callable[[], None]] = {
            Fault.KILL: self._kill,
            Fault.KILL_BROKER: self._kill_broker,
            Fault.STOP_POSTGRES: self._stop_postgres,
            Fault.UNBIND: self._unbind,
            Fault.REPEAT: self._repeat,
            Fault.REORDER: self._reorder,
            Fault.HOSTILE: self._send_hostile,
            Fault.FLOOD_THEN_KILL: self._flood_then_kill,
        }
        what[fault]()
        self.done[fault.value] += 1

    def _note(self, sentence: str) -> None:
        at = round(time.monotonic() - self._began, 3)
        self._log.write(json.dumps({"at": at, "what": sentence}) + "\n")
        self._log.flush()

    # --------------------------------------------------------------------------------------- killing

    def _kill(self) -> None:
        name = self._rng.choice(self._targets())
        self._note(f"kill {name}")
        self._kill_named(name)

    def _targets(self) -> Sequence[str]:
        supervisor = self._stack.supervisor
        wanted = self._plan.targets or tuple(name for name in supervisor.names if name != "mailcatcher")
        # Only who lives can be killed, and only who is ready does something worth dying in.
        _wait(lambda: any(supervisor.ready(name) for name in wanted), 30)
        return [name for name in wanted if supervisor.pid(name) is not None] or wanted

    def _kill_named(self, name: str) -> None:
        try:
            self._stack.supervisor.kill(name)
        except Problem:
            self._note(f"{name} was between two lives")
            return
        self.killed[name] += 1

    def _kill_broker(self) -> None:
        broker = self._stack.broker
        assert isinstance(broker, Broker)
        self._note("kill RabbitMQ while the relay has much to send")
        with self._relay_stopped():
            self._pause(0.8)
            _send(broker.pid, signal.SIGSTOP)
        # The relay sends what has piled up, to a broker that does not read it any more, and then dies of it.
        self._pause(self._rng.uniform(0.3, 0.9))
        broker.kill()
        self._pause(self._rng.uniform(0, 1.5))
        broker.start()
        self._note("RabbitMQ is back")

    def _stop_postgres(self) -> None:
        self._note("stop PostgreSQL as in a crash")
        self._stack.postgres.stop_immediate()  # type: ignore[union-attr]
        self._pause(self._rng.uniform(0, 1.5))
        self._stack.postgres.start()
        self._note("PostgreSQL is back")

    def _flood_then_kill(self) -> None:
        """A consumer that dies with its hands full."""
        subscribers = sorted({each.subscriber for each in self._topology.subscriptions})
        wanted = [name for name in self._plan.targets if name in subscribers] or subscribers
        name = self._rng.choice(wanted)
        pid = self._stack.supervisor.pid(name)
        if pid is None:
            self._note(f"{name} was between two lives")
            return
        self._note(f"let work pile up before {name}, then kill it at work")
        with _stopped(pid):
            self._pause(1.2)
        self._pause(self._rng.uniform(0.02, 0.15))
        self._kill_named(name)

    # -------------------------------------------------------------------------------------- bindings

    def _unbind(self) -> None:
        """No queue is bound to an exchange for a moment.

        An event has several subscribers, and with half of them bound it would rightly be confirmed. So the
        relay stands still while bindings come and go, and works while there are none.
        """
        publisher = self._rng.choice([name for name in self._topology.publishers if name != "accounts"])
        bindings = [each for each in self._topology.bindings() if each.exchange == event_exchange(publisher)]
        self._note(f"unbind {event_exchange(publisher)}")
        with self._channel() as channel:
            with self._relay_stopped(settle=True):
                for each in bindings:
                    channel.queue_unbind(each.queue, each.exchange, each.routing_key)
            self._pause(UNBOUND_FOR)
            with self._relay_stopped(settle=True):
                for each in bindings:
                    channel.queue_bind(each.queue, each.exchange, each.routing_key)
        self._note(f"{event_exchange(publisher)} is bound again")

    @contextmanager
    def _relay_stopped(self, *, settle: bool = False) -> Iterator[None]:
        pid = self._stack.supervisor.pid("relay")
        if pid is None:
            # Between two lives it sends nothing either, but it may be back any moment.
            _wait(lambda: self._stack.supervisor.pid("relay") is not None, 30)
            pid = self._stack.supervisor.pid("relay")
        assert pid is not None
        with _stopped(pid):
            if settle:
                # What it has written by now must have been routed by the broker.
                _wait(lambda: _all_read(self._stack.broker.port), 20)  # type: ignore[union-attr]
                self._pause(0.3)
            yield

    # ------------------------------------------------------------------------------- repeating, mixing

    def _repeat(self) -> None:
        """Events once more, recent ones and old ones, in any order, some with headers that lie."""
        copies = [copy for publisher in self._topology.services for copy in self._published(publisher)]
        self._rng.shuffle(copies)
        self._note(f"publish {len(copies)} events again")
        with self._channel() as channel:
            for exchange, name, body in copies:
                properties = pika.BasicProperties(content_type=envelope.CONTENT_TYPE, delivery_mode=2)
                if self._rng.random() < 0.1:
                    properties = hostile.with_hostile_headers(body).properties
                channel.basic_publish(exchange, name, body, properties)

    def _published(self, publisher: str) -> list[tuple[str, str, bytes]]:
        rows: list[Any] = []
        connection = self._stack.postgres.admin_connection(f"counterpart_{publisher}")
        with closing(connection), connection.cursor() as cursor:
            psycopg2.extras.register_uuid(conn_or_curs=cursor)  # type: ignore[no-untyped-call]
            for order in ("position desc", "random()"):
                cursor.execute(_JOURNAL.format(order=order), (HANDFUL // 4,))
                rows += cursor.fetchall()
        return [(event_exchange(publisher), row[1], _as_sent(publisher, row)) for row in rows]

    def _reorder(self) -> None:
        """Kill a consumer, take what waits for it, and give it back in another order and later."""
        subscribers = sorted({each.subscriber for each in self._topology.subscriptions})
        wanted = [name for name in self._plan.targets if name in subscribers] or subscribers
        name = self._rng.choice(wanted)
        queues = [
            subscription_queue(name, each.event_name)
            for each in self._topology.subscriptions
            if each.subscriber == name
        ]
        self._note(f"kill {name} and shuffle what waits for it")
        with self._channel() as channel:
            self._kill_named(name)
            held: list[tuple[str, Any, Any, bytes]] = []
            until = time.monotonic() + 2.5
            while time.monotonic() < until and len(held) < 2 * HANDFUL:
                queue = self._rng.choice(queues)
                method, properties, body = channel.basic_get(queue)
                if method is not None:
                    held.append((queue, method.delivery_tag, properties, body))
            self._rng.shuffle(held)
            # Later events overtake these: nothing of them comes back before the consumer is at work again.
            _wait(lambda: self._stack.supervisor.ready(name), 20)
            self._pause(0.5)
            for queue, tag, properties, body in held:
                channel.basic_publish("", queue, body, properties, mandatory=True)
                channel.basic_ack(tag)
        self._note(f"{len(held)} messages for {name} came late and shuffled")

    # --------------------------------------------------------------------------------------- hostile

    def _send_hostile(self) -> None:
        queues = sorted(
            {subscription_queue(each.subscriber, each.event_name) for each in self._topology.subscriptions}
        )
        self._note(f"send {HOSTILE_HANDFUL} hostile messages")
        with self._channel() as channel:
            for message in hostile.some(self._rng, HOSTILE_HANDFUL):
                self._send_one(channel, self._rng.choice(queues), message)
            for service in self._topology.services:
                for body, properties in hostile.unanswerable_calls("call"):
                    channel.basic_publish("", rpc_queue(service), body, properties)

    def _send_one(self, channel: Any, queue: str, message: Hostile) -> None:
        channel.basic_publish("", queue, message.body, message.properties, mandatory=True)
        if message.dies:
            self.seeded.append((queue, message.body))

    # ---------------------------------------------------------------------------------------- inside

    @contextmanager
    def _channel(self) -> Iterator[Any]:
        """A channel with confirms, on a connection of its own."""
        parameters = pika.URLParameters(self._stack.broker.url)
        parameters.heartbeat = 0
        connection = pika.BlockingConnection(parameters)
        try:
            channel = connection.channel()
            channel.confirm_delivery()
            yield channel
        finally:
            if connection.is_open:
                try:
                    connection.close()
                except AMQPError as error:
                    self._note(f"closing a connection: {error}")

    def _pause(self, seconds: float) -> None:
        time.sleep(seconds)


def _as_sent(publisher: str, row: Any) -> bytes:
    """A row of the journal as the relay has sent it."""
    (event_id, name, version, aggregate, aggregate_id, sequence, at, correlation_id, causation_id, actor_user,
     actor_organisation, participants, data) = row  # fmt: skip
    declared = EventType(publisher, name, version, live_only=False, shape=object)
    sent = Outgoing(
        event_id, declared, aggregate, aggregate_id, sequence, at, correlation_id, causation_id, actor_user,
        actor_organisation, tuple(participants), data,
    )  # fmt: skip
    return envelope.dump(sent).encode()


@contextmanager
def _stopped(pid: int) -> Iterator[None]:
    """A process that stands still; it goes on whatever happens."""
    _send(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        _send(pid, signal.SIGCONT)


def _send(pid: int, what: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, what)


def _wait(happens: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > until:
            return False
        time.sleep(0.05)
    return True


def _all_read(port: int) -> bool:
    """Whether the server on `port` has read everything that was written to it (Linux; elsewhere: assumed)."""
    table = Path("/proc/net/tcp")
    if not table.exists():
        return True
    wanted = f":{port:04X}"
    for line in table.read_text().splitlines()[1:]:
        fields = line.split()
        local, remote, queues = fields[1], fields[2], fields[4]
        sent, received = (int(part, 16) for part in queues.split(":"))
        if (local.endswith(wanted) and received) or (remote.endswith(wanted) and sent):
            return False
    return True

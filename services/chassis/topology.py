"""What must exist at the broker before anything is sent: exchanges, queues, bindings.

The topology follows from the code (who publishes what, who subscribes to what) and is declared by one step of
every start and deployment, never by the services themselves: an event published before its queue exists would
be confirmed and lost. Services compare what they find with what is written here.

Declaring is idempotent and takes nothing away. `check` names what is missing or different.
"""

import argparse
import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import pika
import pika.exceptions

from services.chassis.config import Config, ConfigError

DEAD_LETTERS: Final = "dead-letters"
UNSUBSCRIBED: Final = "unsubscribed"
LIVE: Final = "live"
RPC: Final = "nameko-rpc"

#: How often the broker gives out one message before it makes it a dead letter. A process that dies counts for
#: every message it had in hand, so the bound is generous; real failures are counted by `x-attempt`.
DELIVERY_LIMIT: Final = 20

Arguments: TypeAlias = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class Delay:
    """A queue in which a message waits so many seconds and then returns to the queue it names."""

    seconds: int

    @property
    def name(self) -> str:
        return f"delay.{self.seconds}s"


#: The pauses before the second, third and fourth attempt (`COUNTERPART_RETRY_DELAYS`).
DELAYS: Final = tuple(Delay(seconds) for seconds in Config.from_env().retry_delays)

# Without these two a dead letter could get lost between its queue and the queue of the dead.
_NEVER_LOSE: Final[Arguments] = MappingProxyType(
    {"x-queue-type": "quorum", "x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish"}
)

# RabbitMQ 4 gives up on a message after 20 deliveries unless told otherwise, and a dead letter must stay.
DEAD_LETTER_ARGUMENTS: Final[Arguments] = MappingProxyType(
    {"x-queue-type": "quorum", "x-delivery-limit": 1_000_000}
)

#: The journal of live notices for browsers: consumers read it from any point of the last hours.
LIVE_ARGUMENTS: Final[Arguments] = MappingProxyType(
    {
        "x-queue-type": "stream",
        "x-max-age": "6h",
        "x-max-length-bytes": 100_000_000,
        "x-stream-max-segment-size-bytes": 10_000_000,
    }
)


def event_exchange(publisher: str) -> str:
    return f"{publisher}.events"


def subscription_queue(subscriber: str, event_name: str) -> str:
    return f"{subscriber}.{event_name}"


def dead_letter_queue(service: str) -> str:
    return f"{service}.{DEAD_LETTERS}"


def rpc_queue(service: str) -> str:
    return f"rpc-{service}"


def subscription_arguments(subscriber: str) -> Arguments:
    """Arguments of every queue in which events wait for `subscriber`."""
    return {
        **_NEVER_LOSE,
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD_LETTERS,
        "x-dead-letter-routing-key": subscriber,
    }


@dataclass(frozen=True, slots=True)
class Exchange:
    name: str
    kind: str
    arguments: Arguments = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Queue:
    name: str
    arguments: Arguments = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Binding:
    exchange: str
    routing_key: str
    queue: str


@dataclass(frozen=True, slots=True)
class Subscribed:
    """`subscriber` receives the event `event_name` that `publisher` announces."""

    subscriber: str
    publisher: str
    event_name: str


@dataclass(frozen=True, slots=True)
class Topology:
    """All services, every event they may announce as (publisher, event name), and who subscribes to what."""

    services: tuple[str, ...]
    subscriptions: tuple[Subscribed, ...]
    events: tuple[tuple[str, str], ...] = ()
    delays: tuple[Delay, ...] = DELAYS

    @property
    def publishers(self) -> tuple[str, ...]:
        named = {each.publisher for each in self.subscriptions} | {publisher for publisher, _ in self.events}
        return tuple(sorted(named | set(self.services)))

    def unsubscribed(self) -> list[tuple[str, str]]:
        """The events that nobody of ours wants."""
        wanted = {(each.publisher, each.event_name) for each in self.subscriptions}
        return sorted(set(self.events) - wanted)

    def exchanges(self) -> list[Exchange]:
        return [
            Exchange(DEAD_LETTERS, "direct"),
            Exchange(LIVE, "fanout"),
            Exchange(RPC, "topic"),
            *(Exchange(delay.name, "fanout") for delay in self.delays),
            *(Exchange(event_exchange(publisher), "topic") for publisher in self.publishers),
        ]

    def queues(self) -> list[Queue]:
        return [
            # An event may well have no subscriber. This queue takes it and keeps nothing, so that an event
            # the broker hands back to the relay as unroutable is always a mistake. (An alternate exchange
            # would make every event routable, and the relay could no longer tell.)
            Queue(UNSUBSCRIBED, {"x-max-length": 0}),
            Queue(LIVE, LIVE_ARGUMENTS),
            *(
                Queue(
                    delay.name,
                    {**_NEVER_LOSE, "x-message-ttl": delay.seconds * 1000, "x-dead-letter-exchange": ""},
                )
                for delay in self.delays
            ),
            *(Queue(rpc_queue(service)) for service in self.services),
            *(Queue(dead_letter_queue(service), DEAD_LETTER_ARGUMENTS) for service in self.services),
            *(
                Queue(
                    subscription_queue(each.subscriber, each.event_name),
                    subscription_arguments(each.subscriber),
                )
                for each in self.subscriptions
            ),
        ]

    def bindings(self) -> list[Binding]:
        return [
            Binding(LIVE, "", LIVE),
            *(Binding(delay.name, "", delay.name) for delay in self.delays),
            *(Binding(RPC, f"{service}.*", rpc_queue(service)) for service in self.services),
            *(Binding(DEAD_LETTERS, service, dead_letter_queue(service)) for service in self.services),
            *(
                Binding(
                    event_exchange(each.publisher),
                    each.event_name,
                    subscription_queue(each.subscriber, each.event_name),
                )
                for each in self.subscriptions
            ),
            *(
                Binding(event_exchange(publisher), event, UNSUBSCRIBED)
                for publisher, event in self.unsubscribed()
            ),
        ]


def declare(amqp_url: str, topology: Topology) -> None:
    """Make everything that is missing; what is there stays. Raises `DifferentTopology` on a contradiction.

    An event that has found its first subscriber no longer goes to the queue of the unsubscribed.
    """
    with _connected(amqp_url) as connection:
        channel = connection.channel()
        try:
            for exchange in topology.exchanges():
                _declare_exchange(channel, exchange)
            for queue in topology.queues():
                _declare_queue(channel, queue)
            for binding in topology.bindings():
                channel.queue_bind(binding.queue, binding.exchange, binding.routing_key)
            for each in topology.subscriptions:
                channel.queue_unbind(UNSUBSCRIBED, event_exchange(each.publisher), each.event_name)
        except pika.exceptions.ChannelClosedByBroker as error:
            raise DifferentTopology(
                f"the broker refuses the topology: {error.reply_text}. What exists with other arguments "
                "must be emptied and deleted first."
            ) from None


class DifferentTopology(Exception):
    """Something of that name exists at the broker and is not what the code expects."""


#: Runs `rabbitmqctl` with the given arguments and returns what it printed.
Ctl: TypeAlias = Callable[[Sequence[str]], str]


def check(amqp_url: str, topology: Topology, ctl: Ctl | None = None) -> list[str]:
    """What is wrong at the broker, a sentence each; empty when all is as the code expects.

    Bindings and left-over queues can be seen only by an operator: they are checked when `ctl` is given.
    """
    faults: list[str] = []
    with _connected(amqp_url) as connection:
        for exchange in topology.exchanges():
            faults += _fault(connection, exchange, _declare_exchange, f"exchange {exchange.name}")
        for queue in topology.queues():
            faults += _fault(connection, queue, _declare_queue, f"queue {queue.name}")
    if ctl is not None:
        faults += _missing_bindings(topology, ctl)
        faults += [f"queue {name} belongs to nothing in the code" for name in orphans(topology, ctl)]
    return faults


def orphans(topology: Topology, ctl: Ctl) -> list[str]:
    """Queues that no code consumes: left by a subscription that is gone, they fill up if still bound."""
    known = {queue.name for queue in topology.queues()}
    names = _table(ctl(["list_queues", "--quiet", "--no-table-headers", "name"]))
    return sorted(
        name for (name,) in names if name not in known and not name.startswith(("rpc.reply-", "amq.gen-"))
    )


def _missing_bindings(topology: Topology, ctl: Ctl) -> list[str]:
    columns = ["source_name", "routing_key", "destination_name"]
    rows = _table(ctl(["list_bindings", "--quiet", "--no-table-headers", *columns]), len(columns))
    present = {Binding(*row) for row in rows}
    return [
        f"queue {binding.queue} is not bound to exchange {binding.exchange} with key {binding.routing_key!r}"
        for binding in topology.bindings()
        if binding not in present
    ]


def _table(printed: str, columns: int = 1) -> list[tuple[str, ...]]:
    rows = (tuple(line.split("\t")) for line in printed.splitlines())
    return [row for row in rows if len(row) == columns and any(row)]


def _declare_exchange(channel: Any, exchange: Exchange, passive: bool = False) -> None:
    channel.exchange_declare(
        exchange.name, exchange.kind, passive=passive, durable=True, arguments=dict(exchange.arguments)
    )


def _declare_queue(channel: Any, queue: Queue, passive: bool = False) -> None:
    channel.queue_declare(queue.name, passive=passive, durable=True, arguments=dict(queue.arguments))


def _fault(connection: Any, thing: Any, declare: Callable[..., None], name: str) -> list[str]:
    """Nothing, or the one sentence on what is wrong. Declares only what exists, so it changes nothing."""
    try:
        declare(connection.channel(), thing, passive=True)
    except pika.exceptions.ChannelClosedByBroker:
        return [f"{name} does not exist"]
    channel = connection.channel()
    try:
        declare(channel, thing)
    except pika.exceptions.ChannelClosedByBroker as error:
        return [f"{name} was declared with other arguments than the code expects ({error.reply_text})"]
    channel.close()
    return []


@contextmanager
def _connected(amqp_url: str) -> Iterator[Any]:
    parameters = pika.URLParameters(amqp_url)
    parameters.socket_timeout = parameters.blocked_connection_timeout = 10
    connection = pika.BlockingConnection(parameters)
    try:
        yield connection
    finally:
        if connection.is_open:
            connection.close()


def from_code() -> Topology:
    """The topology of the services found in the package `services`.

    A service is a package there with a module `service` whose class `Service` says what it subscribes to.
    """
    # Imported here: only this function needs nameko, and the relay uses this module without it.
    from services.chassis.amqp import subscriptions_of

    services = service_names()
    subscriptions = [
        Subscribed(service, publisher, event_name)
        for service in services
        for publisher, event_name in subscriptions_of(
            importlib.import_module(f"services.{service}.service").Service
        )
    ]
    return Topology(services, tuple(subscriptions), announced_events())


def service_names() -> tuple[str, ...]:
    """The packages under `services` that are nameko services, in alphabetical order."""
    return tuple(name for name in _packages("services") if _exists(f"services.{name}.service"))


def announced_events() -> tuple[tuple[str, str], ...]:
    """(publisher, event name) of every declared event that services may subscribe to."""
    modules = [f"services.contracts.{name}.events" for name in _packages("services.contracts")]
    declared = [
        shape.__event__
        for module in modules
        if _exists(module)
        for shape in vars(importlib.import_module(module)).values()
        if hasattr(shape, "__event__")
    ]
    return tuple(sorted({(event.publisher, event.name) for event in declared if not event.live_only}))


def _packages(parent: str) -> list[str]:
    path = importlib.import_module(parent).__path__
    return sorted(module.name for module in pkgutil.iter_modules(path) if module.ispkg)


def _exists(module: str) -> bool:
    return importlib.util.find_spec(module) is not None


def main(arguments: Sequence[str]) -> int:
    """Declare at the broker what the code needs, or say what is missing or different there."""
    parser = argparse.ArgumentParser(prog="python -m services.chassis.topology", description=main.__doc__)
    parser.add_argument(
        "--check", action="store_true", help="change nothing, say what is missing or different"
    )
    wanted = parser.parse_args(arguments)
    try:
        amqp_url = Config.from_env().amqp_url
        topology = from_code()
        if wanted.check:
            faults = check(amqp_url, topology)
        else:
            declare(amqp_url, topology)
            faults = []
    except (ConfigError, DifferentTopology) as error:
        faults = [str(error)]
    except (pika.exceptions.AMQPError, OSError) as error:
        faults = [f"the broker cannot be used: {error!r}"]
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Entrypoints that receive events and dead letters, a group at a time."""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from time import monotonic
from typing import Any, Final, cast

from eventlet.event import Event
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint
from prometheus_client import Counter

from services.chassis import topology
from services.chassis.amqp.intake import Intake, Source, Tap
from services.chassis.amqp.kept import Backoff
from services.chassis.amqp.link import Incoming
from services.chassis.amqp.outgoing import ConfirmedPublisher, Outgoing
from services.chassis.delivery import (
    ATTEMPT_HEADER,
    GREATEST_ATTEMPT,
    DeadDelivery,
    DeadLetter,
    Delivery,
    Done,
    Outcome,
    Requeue,
    Retry,
)

log = logging.getLogger(__name__)

_settled = Counter(
    "counterpart_deliveries_total",
    "Messages received, by what became of them",
    ["service", "queue", "outcome"],
)

#: Seconds that a group which could not be handled waits before it goes back to its queue: at first, at most.
#: A quorum queue counts what comes back, so this also says how long a service may fail before the broker
#: makes dead letters of its messages.
PAUSE_AFTER_FAILURE: Final = (1.0, 30.0)

#: Seconds from the beginning of one group to that of the next, unless a whole group waits already. A lone event
#: is handled at once; when many come, they share a transaction, whose price is the greater part of an event's.
PACE: Final = 0.1


class _Grouped(Entrypoint):  # type: ignore[misc]  # nameko is untyped
    """Calls its method with a list of deliveries, and settles each of them as the method says."""

    intake = Intake()

    def __init__(self, group: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.group = group

    def receive_from(self, queue: str, arguments: Mapping[str, str | int]) -> None:
        """To be called by `setup`."""
        self.queue, self.arguments = queue, arguments
        self.source = _GroupSource(self)
        self.intake.sources.append(self.source)

    def stop(self) -> None:
        self.source.stop()

    @property
    def handler(self) -> str:
        return f"{self.container.service_name}.{self.method_name}"

    def read(self, message: Incoming) -> Delivery | DeadLetter:
        """The delivery for the method, or why the method is not to see it."""
        raise NotImplementedError

    def publish(self, messages: Sequence[Outgoing]) -> list[str | None]:
        """Publish what the outcomes ask for; for each message None, or why it may not have arrived."""
        raise NotImplementedError


class _GroupSource(Source):
    def __init__(self, entrypoint: _Grouped) -> None:
        super().__init__(entrypoint.queue, entrypoint.arguments, prefetch=2 * entrypoint.group)
        self._entrypoint = entrypoint
        self._backoff = Backoff(*PAUSE_AFTER_FAILURE)
        self._next = 0.0

    def take(self, tap: Tap) -> None:
        early = self._next - monotonic()
        if early > 0 and len(tap.arrived) < self._entrypoint.group:
            self.pause(early)
            if self.stopping.ready() or not tap.open:
                return
        self._next = monotonic() + PACE
        messages = [tap.arrived.popleft() for _ in range(min(self._entrypoint.group, len(tap.arrived)))]
        read = [self._entrypoint.read(message) for message in messages]
        try:
            outcomes = self._outcomes(read)
        except Exception:
            # Nothing is known of any message, so all of them come again.
            log.exception("queue %s: %d messages go back unhandled", self.queue, len(messages))
            self._put_back(tap, messages)
        else:
            self._settle(tap, messages, read, outcomes)

    def _outcomes(self, read: Sequence[Delivery | DeadLetter]) -> list[Outcome]:
        deliveries = [each for each in read if isinstance(each, Delivery)]
        handled = iter(self._handle(deliveries) if deliveries else ())
        return [next(handled) if isinstance(each, Delivery) else each for each in read]

    def _handle(self, deliveries: list[Delivery]) -> list[Outcome]:
        """Run the method in a worker; raises what the worker raised."""
        entrypoint, finished = self._entrypoint, Event()

        def on_result(_worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            finished.send((result, exc_info))
            return result, exc_info

        try:
            entrypoint.container.spawn_worker(entrypoint, (deliveries,), {}, handle_result=on_result)
        except ContainerBeingKilled:
            return [Requeue()] * len(deliveries)
        result, exc_info = finished.wait()
        if exc_info is not None:
            raise exc_info[1]
        if not isinstance(result, list) or len(result) != len(deliveries):
            raise TypeError(f"{entrypoint.handler} must return one outcome for each delivery")
        return cast(list[Outcome], result)

    def _settle(
        self,
        tap: Tap,
        messages: Sequence[Incoming],
        read: Sequence[Delivery | DeadLetter],
        outcomes: Sequence[Outcome],
    ) -> None:
        """Publish retries and dead letters; only then acknowledge, and put the others back."""
        plans = [self._plan(*each) for each in zip(messages, read, outcomes, strict=True)]
        asked = [outgoing for outgoing, _ in plans if outgoing is not None]
        answers = iter(self._entrypoint.publish(asked) if asked else ())
        returned: list[Incoming] = []
        for message, (outgoing, planned) in zip(messages, plans, strict=True):
            failure = next(answers) if outgoing is not None else None
            if failure is not None:
                log.error("queue %s: a message stays unsettled and comes again: %s", self.queue, failure)
            outcome = planned if failure is None else "requeue"
            if outcome == "requeue":
                returned.append(message)
            _settled.labels(self._entrypoint.container.service_name, self.queue, outcome).inc()
        if not returned:
            # Groups are taken in order and settled whole, so one answer speaks for all up to the last.
            tap.ack(messages[-1].tag, all_before=True)
            self._backoff.reset()
            return
        for message in messages:
            if message not in returned:
                tap.ack(message.tag)
        self._put_back(tap, returned)

    def _put_back(self, tap: Tap, messages: Sequence[Incoming]) -> None:
        self.pause(self._backoff.pause())
        for message in messages:
            tap.requeue(message.tag)

    def _plan(
        self, message: Incoming, read: Delivery | DeadLetter, outcome: Outcome
    ) -> tuple[Outgoing | None, str]:
        """What has to be published before the message may be acknowledged, and the name of the outcome."""
        attempt = read.attempt if isinstance(read, Delivery) else 0
        match outcome:
            case Done():
                return None, "done"
            case Requeue():
                return None, "requeue"
            case Retry(reason, after_attempt) if after_attempt < len(topology.DELAYS):
                delay = topology.DELAYS[after_attempt]
                headers = {ATTEMPT_HEADER: after_attempt + 1}
                return Outgoing(
                    delay.name, self.queue, bytes(message.body), message.text("content_type"), headers
                ), "retry"
            case Retry(reason, _, handler, trace_id) | DeadLetter(reason, handler, trace_id):
                return self._dead_letter(message, attempt, reason, handler, trace_id), "dead-letter"
        raise TypeError(f"{self._entrypoint.handler} returned {type(outcome).__name__}, which is no outcome")

    def _dead_letter(
        self, message: Incoming, attempt: int, reason: str, handler: str, trace_id: str
    ) -> Outgoing:
        headers: dict[str, str | int] = {
            "x-reason": reason[:1000],
            "x-handler": handler or self._entrypoint.handler,
            "x-attempts": attempt + 1,
            "x-queue": self.queue,
            "x-trace-id": trace_id,
            "x-died-at": datetime.now(UTC).isoformat(),
        }
        log.error("queue %s: a message is dead: %s", self.queue, reason)
        return Outgoing(
            topology.DEAD_LETTERS,
            self._entrypoint.container.service_name,
            bytes(message.body),
            message.text("content_type"),
            headers,
        )


class Subscription(_Grouped):
    """Receives one event of another service; the method gets a list of `Delivery`, returns as many `Outcome`.

    What has arrived while one group was in work is the next group, up to `group` messages; a queue is handled
    by one worker at a time, in the order of arrival.
    """

    publisher_link = ConfirmedPublisher()

    def __init__(self, event_name: str, publisher: str, group: int = 100, **kwargs: Any) -> None:
        super().__init__(group, **kwargs)
        self.event_name, self.publisher = event_name, publisher

    def setup(self) -> None:
        service = self.container.service_name
        self.receive_from(
            topology.subscription_queue(service, self.event_name), topology.subscription_arguments(service)
        )

    def read(self, message: Incoming) -> Delivery | DeadLetter:
        if "compression" in message.headers:
            # 312 bytes can unpack to more than a gigabyte; nobody of ours compresses.
            return DeadLetter("the body is compressed, which is not accepted")
        return Delivery(
            body=bytes(message.body),
            content_type=message.text("content_type"),
            attempt=_attempt(message),
            redelivered=message.redelivered,
            queue=self.queue,
        )

    def publish(self, messages: Sequence[Outgoing]) -> list[str | None]:
        return self.publisher_link.publish(messages)


class DeadLetterKeeper(_Grouped):
    """Receives the dead letters of its service as `DeadDelivery`; the outcomes are `Done` and `Requeue`."""

    def __init__(self, group: int = 100, **kwargs: Any) -> None:
        super().__init__(group, **kwargs)

    def setup(self) -> None:
        self.receive_from(
            topology.dead_letter_queue(self.container.service_name), topology.DEAD_LETTER_ARGUMENTS
        )

    def read(self, message: Incoming) -> Delivery | DeadLetter:
        return DeadDelivery(
            body=bytes(message.body),
            content_type=message.text("content_type"),
            attempt=_attempt(message),
            redelivered=message.redelivered,
            queue=self.queue,
            headers={str(_plain(name)): _plain(value) for name, value in message.headers.items()},
        )

    def publish(self, messages: Sequence[Outgoing]) -> list[str | None]:
        return ["a dead letter cannot die again or be retried"] * len(messages)


def subscriptions_of(service: type) -> list[tuple[str, str]]:
    """(publisher, event name) of every subscription of a service class, in alphabetical order."""
    found: set[tuple[str, str]] = set()
    for name in dir(service):
        for entrypoint in getattr(getattr(service, name), "nameko_entrypoints", ()):
            if isinstance(entrypoint, Subscription):
                found.add((entrypoint.publisher, entrypoint.event_name))
    return sorted(found)


def _attempt(message: Incoming) -> int:
    attempt = message.headers.get(ATTEMPT_HEADER)
    if type(attempt) is int and 0 <= attempt <= GREATEST_ATTEMPT:
        return attempt
    return 0


def _plain(value: object) -> object:
    """A header's value as JSON can hold it."""
    match value:
        case str():
            # Neither lone surrogates nor NUL can be stored as text.
            return value.encode("utf-8", "replace").decode("utf-8").replace("\0", "")
        case None | bool() | int() | float():
            return value
        case list():
            return [_plain(item) for item in value]
        case dict():
            return {str(name): _plain(item) for name, item in value.items()}
        case bytes():
            return value.decode("utf-8", "replace")
        case Decimal() | datetime():
            return str(value)
    return repr(value)

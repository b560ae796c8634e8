"""`@consumes`: what surrounds a method of a service that handles an event.

What is waiting in the queue is handled as a group, in one transaction: the events not seen before are noted
in the inbox, each is handled, all commit together. If anything in the group fails, the group is rolled back
and its events are handled one by one, so that one bad event holds up nobody.

| the handler | what happens to the message |
| --- | --- |
| returned | acknowledged |
| found the database away | tried again after 5 s, then every 60 s until it is back |
| raised `Later` | tried again after 5 s, 60 s, 600 s, then a dead letter |
| raised anything else | a dead letter, with the reason |
| never got it: undecodable, not an envelope, wrong shape | a dead letter at once |
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from services.chassis import envelope, logs, metrics
from services.chassis.database import Call, Database, Transaction, Transient
from services.chassis.delivery import DeadLetter, Delivery, Done, Outcome, Retry
from services.chassis.envelope import Incoming
from services.chassis.errors import CounterpartError, Later
from services.chassis.wire import Undecodable
from services.contracts.shapes import Event, event_type

__all__ = ["Incoming", "consumes"]

log = logs.logger(__name__)

E = TypeVar("E", bound=Event)

GROUP = 100


def consumes(expected: type[Event], *, whole_group: bool = False, group: int = GROUP) -> Callable[[Any], Any]:
    """Make a method the handler of an event.

    It gets `(self, tx, event)`, or with `whole_group` `(self, tx, events)`: a replica may take a group in one
    statement. It may run twice, late, and in any order; the inbox keeps an event from having two effects.
    """
    from services.chassis.amqp import Subscription

    declared = event_type(expected)
    if declared.live_only:
        raise TypeError(f"{declared.name} is for browsers only; it has no queue to consume from")

    def decorate(handler: Any) -> Any:
        @functools.wraps(handler)
        def settle(service: Any, deliveries: Sequence[Delivery]) -> list[Outcome]:
            return handle(service, expected, handler, deliveries, whole_group)

        settle.consumes = expected  # type: ignore[attr-defined]
        return Subscription.decorator(declared.name, declared.publisher, group=group)(settle)

    return decorate


def handle(
    service: Any, expected: type[E], handler: Any, deliveries: Sequence[Delivery], whole_group: bool
) -> list[Outcome]:
    """Handle a group of deliveries; one outcome for each, in their order."""
    outcomes: dict[int, Outcome] = {}
    readable: list[tuple[int, Incoming[E]]] = []
    for place, delivery in enumerate(deliveries):
        try:
            readable.append((place, envelope.parse(delivery.body, expected)))
        except Undecodable as fault:
            log.warning("undecodable event", queue=delivery.queue, reason=str(fault))
            outcomes[place] = DeadLetter(reason=str(fault), handler=handler.__name__)
            metrics.consumed.labels(delivery.queue, "dead").inc()
    if readable:
        outcomes |= _handle_readable(service, handler, deliveries, readable, whole_group)
    return [outcomes[place] for place in range(len(deliveries))]


def _handle_readable(
    service: Any,
    handler: Any,
    deliveries: Sequence[Delivery],
    readable: list[tuple[int, Incoming[E]]],
    whole_group: bool,
) -> dict[int, Outcome]:
    queue = deliveries[0].queue
    try:
        _commit(service, handler, queue, [event for _, event in readable], whole_group)
        return {place: Done() for place, _ in readable}
    except Exception as failure:  # noqa: BLE001
        # Not swallowed: a lone event is settled by its own failure, a group is taken apart to find it.
        if len(readable) == 1:
            place, event = readable[0]
            return {place: _failed(failure, event, handler, queue, deliveries[place].attempt)}
        log.info("group taken apart", queue=queue, size=len(readable), reason=str(failure))
    outcomes: dict[int, Outcome] = {}
    for one in readable:
        outcomes |= _handle_readable(service, handler, deliveries, [one], whole_group)
    return outcomes


def _commit(service: Any, handler: Any, queue: str, events: list[Incoming[E]], whole_group: bool) -> None:
    database: Database = service.database
    with database.transaction(Call(correlation_id=events[0].correlation_id)) as tx:
        unseen = tx.first_time(queue, [event.id for event in events])
        fresh = _without_repetition(events, unseen)
        if fresh:
            _each_or_all(service, tx, fresh, handler=handler, whole_group=whole_group)
    metrics.consumed.labels(queue, "done").inc(len(fresh))
    metrics.consumed.labels(queue, "duplicate").inc(len(events) - len(fresh))
    for event in fresh:
        metrics.event_age.labels(queue).observe((tx.at - event.time).total_seconds())


def _without_repetition(events: list[Incoming[E]], unseen: set[Any]) -> list[Incoming[E]]:
    # The broker may hand out the same event twice within one group.
    waiting = set(unseen)
    fresh = []
    for event in events:
        if event.id in waiting:
            waiting.remove(event.id)
            fresh.append(event)
    return fresh


def _each_or_all(
    service: Any, tx: Transaction, events: list[Incoming[E]], *, handler: Any, whole_group: bool
) -> None:
    if whole_group:
        handler(service, tx, events)
        return
    for event in events:
        tx.caused_by(event)
        with logs.context(correlation_id=event.correlation_id, event=str(event.id)):
            handler(service, tx, event)
            tx.stage()
    tx.caused_by(None)


def _failed(failure: Exception, event: Incoming[Any], handler: Any, queue: str, attempt: int) -> Outcome:
    with logs.context(correlation_id=event.correlation_id, event=str(event.id)):
        if isinstance(failure, Transient):
            # The database is away: that is no failure of the event, so its attempts are not used up by it.
            attempt = min(attempt, 1)
        if isinstance(failure, Later | Transient):
            log.warning("event put off", queue=queue, attempt=attempt, reason=str(failure))
            metrics.consumed.labels(queue, "retry").inc()
            return Retry(str(failure), attempt, handler=handler.__name__, trace_id=event.correlation_id)
        expected = isinstance(failure, CounterpartError)
        log.error("event failed", queue=queue, reason=str(failure), exc_info=None if expected else failure)
        metrics.consumed.labels(queue, "dead").inc()
        reason = f"{type(failure).__name__}: {failure}"
        return DeadLetter(reason=reason, handler=handler.__name__, trace_id=event.correlation_id)

"""Dead letters: kept in the service's own database, to be listed, shown, replayed and discarded.

What RabbitMQ or a consumer gives up on lands in the queue `<service>.dead-letters`; the service moves it into
its table, body and all. A replay puts it back into the queue it came from (the relay sends it, with a
confirm); that is safe because the inbox row of a failed event was rolled back with everything else.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from services.chassis import metrics
from services.chassis.database import Database, Transaction
from services.chassis.delivery import DeadDelivery, Done, Outcome
from services.chassis.errors import NotFound, Refused
from services.chassis.ids import new_id
from services.chassis.journal import dead_letters
from services.contracts.operations import views


class AlreadySettled(Refused):
    """The dead letter was replayed or discarded before."""


def keep(database: Database, service: str, deliveries: Sequence[DeadDelivery]) -> list[Outcome]:
    """Move dead letters from the queue into the table."""
    with database.transaction() as tx:
        tx.execute(dead_letters.insert(), [_row(delivery, tx.at) for delivery in deliveries])
    metrics.dead_letters.labels(service).inc(len(deliveries))
    return [Done() for _ in deliveries]


def _row(delivery: DeadDelivery, at: datetime) -> dict[str, Any]:
    headers = dict(delivery.headers)
    return {
        "id": new_id(),
        "queue": _text(headers, "x-queue") or _first_death(headers).get("queue") or delivery.queue,
        "reason": _text(headers, "x-reason") or _broker_reason(headers),
        "handler": _text(headers, "x-handler"),
        "attempts": _number(headers, "x-attempts"),
        "trace_id": _text(headers, "x-trace-id"),
        "content_type": delivery.content_type,
        "headers": headers,
        "body": delivery.body,
        "died_at": at,
    }


def _text(headers: dict[str, Any], name: str) -> str:
    value = headers.get(name)
    return value[:4000] if isinstance(value, str) else ""


def _number(headers: dict[str, Any], name: str) -> int:
    value = headers.get(name)
    return value if isinstance(value, int) else 0


def _first_death(headers: dict[str, Any]) -> dict[str, Any]:
    deaths = headers.get("x-death")
    if isinstance(deaths, list) and deaths and isinstance(deaths[0], dict):
        return deaths[0]
    return {}


def _broker_reason(headers: dict[str, Any]) -> str:
    death = _first_death(headers)
    if death.get("reason") == "delivery_limit":
        return "The process died each time while it was at work on this message."
    return f"RabbitMQ gave it up: {death.get('reason', 'unknown')}"


def listed(tx: Transaction, state: str, after: UUID | None, limit: int) -> list[views.DeadLetter]:
    """Dead letters, newest first."""
    question = select(dead_letters).where(dead_letters.c.state == state)
    if after is not None:
        question = question.where(dead_letters.c.id < after)
    rows = tx.execute(question.order_by(dead_letters.c.id.desc()).limit(limit))
    return [_view(row) for row in rows]


def shown(tx: Transaction, id: UUID) -> views.DeadLetter:
    """One dead letter; raises NotFound."""
    row = tx.execute(select(dead_letters).where(dead_letters.c.id == id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no dead letter {id} here.")
    return _view(row)


def settle(tx: Transaction, id: UUID, state: str, by: str) -> views.DeadLetter:
    """Mark a waiting dead letter `replaying` (the relay sends it) or `discarded`."""
    wish = (
        update(dead_letters)
        .where(dead_letters.c.id == id, dead_letters.c.state == "waiting")
        .values(state=state, settled_at=tx.at, settled_by=by)
    )
    if tx.execute(wish).rowcount == 0:
        raise AlreadySettled(f"This dead letter is {shown(tx, id).state} already.")
    return shown(tx, id)


def _view(row: Any) -> views.DeadLetter:
    return views.DeadLetter(
        id=row.id,
        queue=row.queue,
        reason=row.reason,
        handler=row.handler,
        attempts=row.attempts,
        trace_id=row.trace_id,
        died_at=row.died_at,
        state=row.state,
        settled_by=row.settled_by,
        body=bytes(row.body).decode("utf-8", "backslashreplace"),
    )

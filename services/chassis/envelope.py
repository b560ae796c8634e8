"""Events in their envelope: CloudEvents 1.0, structured JSON mode.

The extension attributes of ours: `aggregate` (what kind of thing `subject` names), `sequence` (place of
the fact in that thing's history), `correlationid` (the request all of it began with), `causationid` (the
event that led to this one), `actoruser`, `actororganisation`, `participants` (comma-separated ids of the
organisations that may know of it).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from services.chassis import wire
from services.chassis.strictjson import loads
from services.chassis.wire import Undecodable
from services.contracts.shapes import Event, EventType, event_type

CONTENT_TYPE = "application/cloudevents+json"

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class Incoming(Generic[E]):
    """An event as a subscriber gets it. `subject` is the id of the thing it is about.

    `raw` is its data as it came, found right: a replica that keeps documents as JSON need not write them anew.
    """

    id: UUID
    subject: UUID
    sequence: int
    time: datetime
    data: E
    aggregate: str
    correlation_id: str
    participants: tuple[UUID, ...]
    actor_user: UUID | None
    actor_organisation: UUID | None
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A journal row on its way out; `data` is the JSON text it was recorded with."""

    id: UUID
    type: EventType
    aggregate: str
    subject: UUID
    sequence: int
    time: datetime
    correlation_id: str
    causation_id: UUID | None
    actor_user: UUID | None
    actor_organisation: UUID | None
    participants: tuple[UUID, ...]
    data: str


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def dump(event: Outgoing) -> str:
    """The event as JSON text. `data` is set in as it is, it was checked when it was recorded."""
    head = {
        "specversion": "1.0",
        "id": str(event.id),
        "source": f"/counterpart/{event.type.publisher}",
        "type": event.type.type,
        "subject": str(event.subject),
        "time": _instant(event.time),
        "datacontenttype": "application/json",
        "aggregate": event.aggregate,
        "sequence": str(event.sequence),
        "correlationid": event.correlation_id,
        "participants": ",".join(map(str, event.participants)),
    }
    for name, value in (
        ("causationid", event.causation_id),
        ("actoruser", event.actor_user),
        ("actororganisation", event.actor_organisation),
    ):
        if value is not None:
            head[name] = str(value)
    return f'{json.dumps(head, separators=(",", ":"))[:-1]},"data":{event.data}}}'


def parse(body: bytes, expected: type[E]) -> Incoming[E]:
    """The event in `body`, which must be an `expected`; raises Undecodable."""
    try:
        head = loads(body)
    except ValueError as fault:
        raise Undecodable(f"not JSON: {fault}") from None
    if not isinstance(head, dict):
        raise Undecodable("not a CloudEvent: an object was expected")
    declared = event_type(expected)
    if head.get("specversion") != "1.0":
        raise Undecodable("not a CloudEvent of version 1.0")
    if head.get("type") != declared.type:
        raise Undecodable(f"type is {head.get('type')!r:.80}, {declared.type!r} was expected")
    if head.get("source") != f"/counterpart/{declared.publisher}":
        raise Undecodable(
            f"source is {head.get('source')!r:.80}, not the service that publishes {declared.name}"
        )
    return _incoming(head, expected)


def _incoming(head: dict[str, Any], expected: type[E]) -> Incoming[E]:
    try:
        sequence = int(head["sequence"])
        time = datetime.fromisoformat(head["time"])
        participants = tuple(UUID(part) for part in head["participants"].split(",") if part)
        return Incoming(
            id=UUID(head["id"]),
            subject=UUID(head["subject"]),
            sequence=sequence,
            time=time,
            data=wire.decode(expected, head["data"]),
            aggregate=str(head["aggregate"]),
            correlation_id=str(head["correlationid"])[:100],
            participants=participants,
            actor_user=_optional_id(head.get("actoruser")),
            actor_organisation=_optional_id(head.get("actororganisation")),
            raw=head["data"],
        )
    except Undecodable:
        raise
    except (KeyError, ValueError, TypeError, AttributeError) as fault:
        raise Undecodable(f"an attribute of the CloudEvent is missing or wrong: {fault!r}") from None


def _optional_id(value: Any) -> UUID | None:
    return None if value is None else UUID(value)

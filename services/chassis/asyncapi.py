"""The events, written down from their declarations: AsyncAPI 3.0, a table to read, golden schemas, examples.

Which service listens to what is known to the topology, not to the declarations; it is handed in.
"""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from importlib import import_module
from inspect import cleandoc
from pkgutil import iter_modules
from typing import Any
from uuid import UUID

from services.chassis import envelope, wire
from services.chassis.envelope import Outgoing
from services.chassis.jsonschema import Schema, Shapes, one_line, text_of
from services.chassis.strictjson import loads
from services.chassis.topology import LIVE, Subscribed, event_exchange, subscription_queue
from services.chassis.wire import Kind, kinds_of
from services.contracts.shapes import EventType, Length, Range, event_type

VERSION = "1"
PLACE = "#/components/schemas"
AN_ID = UUID("018f6b7e-3c1a-7c4e-9a51-2f5f0a7b9d10")
A_MOMENT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

INTRODUCTION = (
    "What the services announce, to whom, and who listens. Written by `./counterpart asyncapi`; the schemas are "
    "in [asyncapi.yaml](asyncapi.yaml)."
)

DESCRIPTION = cleandoc("""
    What the services of Counterpart announce to each other over RabbitMQ. An event is a fact: it carries the
    state it announces, and nobody has to ask back.

    **Envelope.** CloudEvents 1.0 in structured JSON mode. `subject` is the id of the thing the event is
    about, `sequence` the place of the fact in that thing's history, `participants` the organisations that may
    know of it. Headers of the message say nothing that is not in the envelope.

    **Once, in effect.** An event may arrive twice, late, and after a newer one. Keep the ids you have seen,
    and take a state only if its `sequence` is higher than the one you have.

    **What may change.** Fields are added; none is taken away, renamed or given another meaning. Ignore what
    you do not know.

    **Queues.** Each subscription has a quorum queue `<subscriber>.<event>`, bound to the publisher's topic
    exchange with the event's name. What cannot be handled ends in `<subscriber>.dead-letters`.
""")


def declared_events() -> tuple[EventType, ...]:
    """Every event of the published language, by publisher, in the order in which they are declared."""
    found: dict[type, EventType] = {}
    for package in iter_modules(import_module("services.contracts").__path__, "services.contracts."):
        if not package.ispkg or "events" not in {
            module.name for module in iter_modules(import_module(package.name).__path__)
        }:
            continue
        for value in vars(import_module(f"{package.name}.events")).values():
            if isinstance(value, type) and "__event__" in vars(value):
                found[value] = event_type(value)
    return tuple(found.values())


def title(event: EventType) -> str:
    """The first line of what is said of an event: when it is announced."""
    return one_line(cleandoc(event.shape.__doc__ or "").partition("\n\n")[0])


def who_may_know(event: EventType) -> str:
    """What the event says of its participants."""
    return one_line(event.shape.participants.__doc__) or "Both sides."  # type: ignore[attr-defined]


def listeners(event: EventType, subscriptions: Iterable[Subscribed]) -> list[str]:
    """The services with a durable queue for the event."""
    return sorted(
        each.subscriber
        for each in subscriptions
        if (each.publisher, each.event_name) == (event.publisher, event.name)
    )


# ------------------------------------------------------------------------------------------- the document


def document(events: Sequence[EventType], subscriptions: Sequence[Subscribed]) -> dict[str, Any]:
    """The whole description."""
    shapes = Shapes(outgoing=[event.shape for event in events], place=PLACE)
    durable = [event for event in events if not event.live_only]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Counterpart events",
            "version": VERSION,
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": envelope.CONTENT_TYPE,
        "servers": {
            "rabbitmq": {
                "host": "{host}",
                "protocol": "amqp",
                "protocolVersion": "0-9-1",
                "description": "The broker inside the house, named by `COUNTERPART_AMQP_URL`.",
                "variables": {"host": {"default": "127.0.0.1:5672"}},
            }
        },
        "channels": {event.name: _channel(event) for event in durable} | {LIVE: _live_channel(events)},
        "operations": _operations(durable, subscriptions),
        "components": {
            "messages": {event.shape.__name__: _message(event, shapes) for event in events},
            "schemas": {**shapes.schemas(), "Envelope": _ENVELOPE, "Notice": _notice(events)},
        },
    }


def _channel(event: EventType) -> dict[str, Any]:
    return {
        "address": event.name,
        "title": event.name,
        "summary": title(event),
        "messages": {event.shape.__name__: {"$ref": f"#/components/messages/{event.shape.__name__}"}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": event_exchange(event.publisher), "type": "topic", "durable": True},
            }
        },
    }


def _live_channel(events: Sequence[EventType]) -> dict[str, Any]:
    only = ", ".join(f"`{event.name}`" for event in events if event.live_only)
    return {
        "address": LIVE,
        "title": LIVE,
        "summary": "A notice of every event, for browsers that are watching.",
        "description": "The gateways read it from a stream and tell each browser what concerns it. A notice "
        "names the document and never shows it. Of some events there is the notice alone: they stay in the "
        f"journal of their service and have no queue. These are {only}.",
        "messages": {
            "Notice": {
                "name": "Notice",
                "title": "Notice",
                "contentType": "application/json",
                "payload": {"$ref": f"{PLACE}/Notice"},
            }
        },
        "bindings": {
            "amqp": {"is": "routingKey", "exchange": {"name": LIVE, "type": "fanout", "durable": True}}
        },
    }


def _operations(events: Sequence[EventType], subscriptions: Sequence[Subscribed]) -> dict[str, Any]:
    operations: dict[str, Any] = {}
    for event in events:
        message = {"$ref": f"#/channels/{event.name}/messages/{event.shape.__name__}"}
        common = {"channel": {"$ref": f"#/channels/{event.name}"}, "messages": [message]}
        operations[f"{event.publisher}.announces.{event.name}"] = {
            "action": "send",
            "title": f"{event.publisher} announces {event.name}",
            "tags": [{"name": event.publisher}],
            **common,
            "bindings": {"amqp": {"deliveryMode": 2, "mandatory": True}},
        }
        for subscriber in listeners(event, subscriptions):
            operations[f"{subscriber}.hears.{event.name}"] = {
                "action": "receive",
                "title": f"{subscriber} hears {event.name}",
                "description": f"From the queue `{subscription_queue(subscriber, event.name)}`.",
                "tags": [{"name": subscriber}],
                **common,
                "bindings": {"amqp": {"ack": True}},
            }
    operations["gateway.hears.live"] = {
        "action": "receive",
        "title": "gateway hears live",
        "tags": [{"name": "gateway"}],
        "channel": {"$ref": f"#/channels/{LIVE}"},
        "messages": [{"$ref": f"#/channels/{LIVE}/messages/Notice"}],
    }
    return operations


def _message(event: EventType, shapes: Shapes) -> dict[str, Any]:
    fixed = {
        "type": {"const": event.type},
        "source": {"const": f"/counterpart/{event.publisher}"},
        "data": shapes.reference(event.shape, incoming=False),
    }
    return {
        "name": event.shape.__name__,
        "title": event.name,
        "summary": title(event),
        "description": f"{text_of(event.shape)}\n\nWho may know of it: {who_may_know(event)}",
        "contentType": envelope.CONTENT_TYPE,
        "correlationId": {"location": "$message.payload#/correlationid"},
        "payload": {"allOf": [{"$ref": f"{PLACE}/Envelope"}, {"type": "object", "properties": fixed}]},
        "examples": [{"name": "an-example", "payload": example_message(event)}],
    }


def _text_schema(description: str, **more: Any) -> Schema:
    return {"type": "string", "description": description, **more}


_ENVELOPE: Schema = {
    "type": "object",
    "description": "CloudEvents 1.0, structured mode.",
    "required": [
        "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "aggregate", "sequence",
        "correlationid", "participants", "data",
    ],
    "properties": {
        "specversion": {"const": "1.0", "description": "The version of CloudEvents."},
        "id": _text_schema("Identifies the event; the same when it comes again.", format="uuid"),
        "source": _text_schema("Who announces it: `/counterpart/` and the service.", format="uri-reference"),
        "type": _text_schema("What it is: `counterpart.<service>.<event>.v<version>`."),
        "subject": _text_schema("The id of the thing the event is about.", format="uuid"),
        "time": _text_schema("When the fact came about.", format="date-time"),
        "datacontenttype": {"const": "application/json", "description": "What `data` is."},
        "aggregate": _text_schema("What kind of thing `subject` names."),
        "sequence": _text_schema("Place of the fact in that thing's history.", pattern="^[0-9]{1,18}$"),
        "correlationid": _text_schema("The request that all of it began with."),
        "causationid": _text_schema("The event that led to this one.", format="uuid"),
        "actoruser": _text_schema("The person who did it, if one did.", format="uuid"),
        "actororganisation": _text_schema("The organisation that person acted for.", format="uuid"),
        "participants": _text_schema(
            "The organisations that may know of it: ids with commas between; empty when nobody may."
        ),
        "data": {"type": "object", "description": "The fact, with the state it announces."},
    },
}  # fmt: skip


def _notice(events: Sequence[EventType]) -> Schema:
    ids = {"type": "array", "items": {"type": "string", "format": "uuid"}}
    properties: dict[str, Schema] = {
        "id": _text_schema("The event.", format="uuid"),
        "type": _text_schema("Its type.", enum=[event.type for event in events]),
        "name": _text_schema("Its name.", enum=[event.name for event in events]),
        "kind": _text_schema("What kind of thing `subject` names."),
        "subject": _text_schema("The thing it is about.", format="uuid"),
        "sequence": {"type": "integer", "description": "Place of the fact in that thing's history."},
        "participants": {**ids, "description": "The organisations that may know of it."},
        "actor": {"type": ["string", "null"], "format": "uuid", "description": "The person who did it."},
        "time": _text_schema("When the fact came about.", format="date-time"),
    }
    return {
        "type": "object",
        "description": "Says that something happened to a document, and nothing of what it says.",
        "required": list(properties),
        "properties": properties,
    }


# ------------------------------------------------------------------------------------------- the table


def table(events: Sequence[EventType], subscriptions: Sequence[Subscribed]) -> str:
    """The events as a page to read, in Markdown."""
    lines = [
        "# Events",
        "",
        INTRODUCTION,
    ]
    for publisher in dict.fromkeys(event.publisher for event in events):
        lines += [
            "",
            f"## {publisher}",
            "",
            "| event | when | it carries | who may know | who listens |",
            "|---|---|---|---|---|",
            *(_row(event, subscriptions) for event in events if event.publisher == publisher),
        ]
    return "\n".join(lines) + "\n"


def _row(event: EventType, subscriptions: Sequence[Subscribed]) -> str:
    fields = "<br>".join(f"`{kind.name}`: {kind.meaning}" for kind in kinds_of(event.shape))
    heard = ", ".join(listeners(event, subscriptions))
    if event.live_only:
        heard = "browsers, by a notice"
    cells = (f"`{event.name}`", title(event), fields, who_may_know(event), heard or "nobody")
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


# ------------------------------------------------------------------------------------------- golden files


def golden_schema(event: EventType) -> Schema:
    """The schema of an event's data, complete in itself."""
    shapes = Shapes(outgoing=[event.shape], place="#/$defs")
    return {**shapes.reference(event.shape, incoming=False), "$defs": shapes.schemas()}


# ------------------------------------------------------------------------------------------- examples


def example_message(event: EventType) -> Any:
    """An event as it travels, envelope and all."""
    data = example_of(event.shape)
    first = kinds_of(event.shape)[0].name
    return loads(
        envelope.dump(
            Outgoing(
                id=UUID("018f6b80-0a5e-7d21-8c3f-5b6d2e9f4a01"),
                type=event,
                aggregate=first.removesuffix("_id"),
                subject=AN_ID,
                sequence=3,
                time=A_MOMENT,
                correlation_id="0f3c7a52b1d94e6c",
                causation_id=None,
                actor_user=UUID("018f6b7e-11f0-7a33-b2c4-90aa17d3e5f2"),
                actor_organisation=AN_ID,
                participants=wire.decode(event.shape, data).participants(),
                data=wire.dumps(data),
            )
        ).encode()
    )


@cache
def _example_text(shape: type) -> str:
    return wire.dumps(wire.decode(shape, _object_example(shape, ())))


def example_of(shape: type) -> Any:
    """JSON that the shape could be: every field filled in, always the same."""
    return loads(_example_text(shape).encode())


def _object_example(shape: type, inside: tuple[type, ...]) -> dict[str, Any]:
    return {kind.name: _example(kind, (*inside, shape)) for kind in kinds_of(shape)}


def _example(kind: Kind, inside: tuple[type, ...]) -> Any:
    if kind.example is not None:
        return kind.example
    base = kind.base
    if kind.member is not None:
        return _container_example(kind, inside)
    if base in inside:
        # A shape that may hold itself ends here.
        return None
    if dataclasses.is_dataclass(base):
        return _object_example(base, inside)  # type: ignore[arg-type]
    if isinstance(base, type) and issubclass(base, Enum):
        return next(iter(base)).value
    if base is str:
        return _text_example(kind)
    if base in (int, Decimal):
        return _number_example(kind)
    return _SCALARS[base]


def _container_example(kind: Kind, inside: tuple[type, ...]) -> Any:
    assert kind.member is not None
    if kind.member.base in inside:
        return []
    member = _example(kind.member, inside)
    return {"key": member} if kind.base is dict else [member]


def _text_example(kind: Kind) -> str:
    words = kind.name.replace("_", " ")
    for limit in kind.limits:
        if isinstance(limit, Length):
            words = words.ljust(limit.least, "x")[: limit.most]
    return words


def _number_example(kind: Kind) -> int | str:
    least = 1
    for limit in kind.limits:
        if isinstance(limit, Range) and limit.least is not None:
            least = max(int(limit.least), least if limit.most is None else min(least, int(limit.most)))
    return least if kind.base is int else str(least)


_SCALARS: Mapping[Any, Any] = {
    bool: True,
    UUID: str(AN_ID),
    date: "2026-11-30",
    datetime: "2026-11-22T09:30:00Z",
    Any: {},
}

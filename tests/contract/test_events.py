"""The events against what was once announced, against their description, and against who listens."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Annotated, Any

import jsonschema
import kombu.utils.json
import pytest

from deploy.local import asyncapi as generated
from deploy.local.reach import plan
from services.chassis import asyncapi, envelope, wire
from services.contracts.kinds import Name
from services.contracts.shapes import Event, EventType, event, event_type

EVENTS = asyncapi.declared_events()

# Events that have a place on the bus and nobody with a queue for them: the name, and why that is right.
UNHEARD: dict[str, str] = {}

each_event = pytest.mark.parametrize("declared", EVENTS, ids=lambda each: each.name)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return asyncapi.document(EVENTS, plan().subscriptions)


# --------------------------------------------------------------------------------- what was once announced


def test_what_was_once_announced_has_changed_by_additions_only() -> None:
    faults = generated.not_additive()

    assert not faults, "\n".join(faults)


@each_event
def test_what_was_once_recorded_is_read_and_written_again_as_it_was(declared: EventType) -> None:
    golden = generated.kept(declared)

    assert golden is not None, "run ./counterpart asyncapi"
    for example in golden["examples"]:
        again = wire.encode(wire.decode(declared.shape, example))
        assert holds(again, example)


def holds(whole: Any, part: Any) -> bool:
    """Whether `whole` says all that `part` says."""
    if isinstance(part, dict):
        return all(name in whole and holds(whole[name], member) for name, member in part.items())
    if isinstance(part, list):
        return len(whole) == len(part) and all(map(holds, whole, part))
    return bool(whole == part)


def declared_as(fields: dict[str, Any], **defaults: Any) -> EventType:
    """An event `bell-rung` with these fields."""
    body = {"__annotations__": fields, "__module__": __name__, "__doc__": "It rang.", **defaults}
    return event_type(event("orders")(type("BellRung", (Event,), body)))


FIRST = {"name": Annotated[Name, "Who rang."], "times": Annotated[int, "How often."]}


def kept_first() -> dict[str, Any]:
    declared = declared_as(FIRST)
    return {"schema": asyncapi.golden_schema(declared), "examples": [asyncapi.example_of(declared.shape)]}


@pytest.mark.parametrize(
    ("now", "defaults"),
    [
        pytest.param(FIRST, {}, id="nothing"),
        pytest.param({**FIRST, "name": Annotated[Name, "Who it was."]}, {}, id="said-better"),
        pytest.param({**FIRST, "loud": Annotated[bool, "Loudly?"]}, {"loud": False}, id="a-field-more"),
    ],
)
def test_an_addition_is_welcome(now: dict[str, Any], defaults: dict[str, Any]) -> None:
    assert generated.breaks(declared_as(now, **defaults), kept_first()) == []


@pytest.mark.parametrize(
    ("now", "told"),
    [
        pytest.param({"name": FIRST["name"]}, "BellRung.times is gone", id="gone"),
        pytest.param(
            {**FIRST, "times": Annotated[str, "How often."]}, 'type was "integer" and is "string"', id="type"
        ),
        pytest.param(
            {**FIRST, "name": Annotated[Name | None, "Who."]},
            'type was "string" and is ["string", "null"]',
            id="null",
        ),
        pytest.param(
            {**FIRST, "loud": Annotated[bool, "Loudly?"]}, "cannot be read any more", id="no-default"
        ),
    ],
)
def test_whatever_is_no_addition_is_refused_with_what_to_do(now: dict[str, Any], told: str) -> None:
    faults = generated.breaks(declared_as(now), kept_first())

    assert any(told in fault for fault in faults), faults
    assert all("add a field with a default" in fault for fault in faults)


def test_an_event_that_is_no_longer_declared_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asyncapi, "declared_events", lambda: EVENTS[1:])

    [fault] = generated.not_additive()

    assert fault.startswith(f"{EVENTS[0].name}.v1.json: this event is no longer declared")


def test_the_example_of_before_stays_when_a_field_is_added(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generated, "GOLDEN", tmp_path)
    before = declared_as(FIRST)
    generated.golden_file(before).write_text(generated._golden(before), encoding="utf-8")

    after = declared_as({**FIRST, "loud": Annotated[bool, "Loudly?"]}, loud=False)
    content = json.loads(generated._golden(after))

    assert [sorted(example) for example in content["examples"]] == [
        ["name", "times"],
        ["loud", "name", "times"],
    ]


# --------------------------------------------------------------------------------------- the description


def test_the_generated_files_are_up_to_date() -> None:
    behind = [
        path.name
        for path, text in generated.written().items()
        if not path.exists() or path.read_text("utf-8") != text
    ]

    assert not behind, "run ./counterpart asyncapi"


def test_every_reference_of_the_description_leads_somewhere(document: dict[str, Any]) -> None:
    lost = [reference for reference in references(document) if not found(document, reference)]

    assert lost == []


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        for member in node.values():
            yield from references(member)
    elif isinstance(node, list):
        for member in node:
            yield from references(member)


def found(document: dict[str, Any], reference: str) -> bool:
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        if step not in node:
            return False
        node = node[step]
    return True


@each_event
def test_the_example_of_an_event_is_valid_and_can_be_received(
    declared: EventType, document: dict[str, Any]
) -> None:
    message = document["components"]["messages"][declared.shape.__name__]
    [example] = [each["payload"] for each in message["examples"]]

    schema = {**message["payload"], "components": document["components"]}
    jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker()).validate(example)
    received = envelope.parse(json.dumps(example).encode(), declared.shape)

    assert wire.encode(received.data) == example["data"]
    assert json.loads(wire.dumps(received.data)) == example["data"]
    assert received.participants == received.data.participants()


@each_event
def test_an_event_of_another_form_is_not_valid(declared: EventType, document: dict[str, Any]) -> None:
    message = document["components"]["messages"][declared.shape.__name__]
    schema = {**message["payload"], "components": document["components"]}
    validator = jsonschema.Draft7Validator(schema)
    example = message["examples"][0]["payload"]
    for field in example["data"]:
        spoiled = deepcopy(example)
        del spoiled["data"][field]
        assert not validator.is_valid(spoiled)

    assert not validator.is_valid({**example, "type": "counterpart.orders.something-else.v1"})


def test_every_event_and_every_field_of_it_has_a_meaning(document: dict[str, Any]) -> None:
    silent = [each.name for each in EVENTS if not asyncapi.title(each)]
    silent += [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, described in schema.get("properties", {}).items()
        if not described.get("description")
    ]

    assert silent == []


# --------------------------------------------------------------------------------------------- who listens


def test_every_event_has_a_subscriber_or_is_live_only_or_says_why_it_has_none() -> None:
    subscriptions = plan().subscriptions
    heard = {(each.publisher, each.event_name) for each in subscriptions}
    durable = {(each.publisher, each.name) for each in EVENTS if not each.live_only}

    assert heard <= durable, "somebody waits for what is never sent"
    assert {name for _, name in durable - heard} == set(UNHEARD)


def test_no_two_events_have_the_same_name() -> None:
    names = [each.name for each in EVENTS]

    assert sorted(names) == sorted(set(names))
    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)+", name) for name in names)


def test_an_event_is_declared_where_its_publisher_keeps_its_events() -> None:
    elsewhere = [
        each.name for each in EVENTS if each.shape.__module__ != f"services.contracts.{each.publisher}.events"
    ]

    assert elsewhere == []


# ---------------------------------------------------------------------------------------------- the wire


@each_event
def test_the_bus_finds_nothing_to_add_to_what_we_send(declared: EventType) -> None:
    # kombu's JSON would write a decimal or a date as {"__type__": …, "__value__": …}, which only kombu reads.
    fact = wire.decode(declared.shape, asyncapi.example_of(declared.shape))

    sent = kombu.utils.json.dumps(wire.encode(fact))

    assert "__type__" not in sent
    assert json.loads(sent) == json.loads(wire.dumps(fact))


def test_kombu_would_add_something_to_what_is_not_encoded() -> None:
    assert "__type__" in kombu.utils.json.dumps({"at": asyncapi.A_MOMENT})

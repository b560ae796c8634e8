"""Reading bodies and queries."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from services.chassis.errors import Invalid
from services.chassis.wire import kinds_of
from services.contracts.orders.commands import ListOrders, ListProducts
from services.gateway import intake
from services.gateway.intake import Gone, json_object, query_values, read_body
from services.gateway.problems import Malformed, RequestTimeout, TooLarge

LIST = kinds_of(ListOrders)


def arriving(*messages: dict[str, Any]) -> Any:
    """What the server hands on, one message after the other; after the last nothing comes."""
    waiting = list(messages)

    async def receive() -> MutableMapping[str, Any]:
        if not waiting:
            await asyncio.Event().wait()
        return waiting.pop(0)

    return receive


def body_of(*messages: dict[str, Any]) -> bytes:
    return asyncio.run(read_body(arriving(*messages), None))


def part(content: bytes, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": content, "more_body": more}


def test_a_body_in_parts_is_put_together() -> None:
    assert body_of(part(b"ab", more=True), part(b"", more=True), part(b"c")) == b"abc"


def test_a_body_that_is_cut_off_is_nobodys_request() -> None:
    with pytest.raises(Gone):
        body_of(part(b'{"a": 1', more=True), {"type": "http.disconnect"})


def test_a_body_that_does_not_come_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "BODY_PATIENCE", 0.05)

    with pytest.raises(RequestTimeout):
        body_of(part(b"{", more=True))


def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    with pytest.raises(TooLarge):
        asyncio.run(read_body(arriving(), str(intake.MOST_BYTES + 1)))


@pytest.mark.parametrize(("deep", "accepted"), [(32, True), (33, False)])
def test_a_body_may_be_thirty_two_levels_deep(deep: int, accepted: bool) -> None:
    body = b'{"a":' * (deep - 1) + b"[]" + b"}" * (deep - 1)

    if accepted:
        json_object(body, "application/json")
    else:
        with pytest.raises(Malformed):
            json_object(body, "application/json")


def test_many_things_beside_each_other_are_not_deep() -> None:
    body = b'{"lines":[' + b",".join([b'{"a":[]}'] * 100) + b"]}"

    assert len(json_object(body, "application/json; charset=UTF-8")["lines"]) == 100


def test_a_query_gets_the_types_of_its_fields() -> None:
    products = kinds_of(ListProducts)

    assert query_values(b"limit=20&active=true&search=a%20b", products, frozenset()) == {
        "limit": 20,
        "active": True,
        "search": "a b",
    }


@pytest.mark.parametrize("query", [b"limit=%32%30", b"limit=020"])
def test_digits_are_a_number_however_they_are_written(query: bytes) -> None:
    assert query_values(query, LIST, frozenset())["limit"] == 20


@pytest.mark.parametrize("query", [b"limit=2.0", b"limit=%D9%A3", b"limit=", b"limit=99999999999999999999"])
def test_what_is_no_number_stays_text_for_the_schema_to_refuse(query: bytes) -> None:
    assert isinstance(query_values(query, LIST, frozenset())["limit"], str)


@pytest.mark.parametrize("query", [b"search=%ff", b"&".join([b"a=1"] * 101)])
def test_a_query_that_cannot_be_read_is_malformed(query: bytes) -> None:
    with pytest.raises(Malformed):
        query_values(query, LIST, frozenset())


def test_text_without_a_place_in_a_database_is_refused() -> None:
    with pytest.raises(Invalid):
        query_values(b"search=a%00b", LIST, frozenset())

"""The search over all documents, as far as orders go."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from services.chassis.testing import ServiceHarness
from services.contracts.actors import Actor
from services.contracts.orders import commands
from services.contracts.search import FoundBy, Hit
from services.orders.service import OrdersService
from services.orders.tables import partnerships
from tests.service.orders.test_orders import (
    BUYER,
    OPERATOR,
    RIVAL,
    SELLER,
    STRANGER,
    a_draft,
    a_line,
    a_partnership,
    link,
)


@pytest.fixture
def orders(fresh_database: Any) -> Iterator[ServiceHarness]:
    harness = ServiceHarness(OrdersService, fresh_database("orders").url)
    link(harness, a_partnership())
    yield harness
    harness.close()


def found(orders: ServiceHarness, text: str, actor: Actor = BUYER, limit: int = 8) -> list[Hit]:
    return list(orders.call(commands.SearchOrders(text=text, limit=limit), actor).items)


def ways(hits: list[Hit]) -> list[tuple[str | None, FoundBy]]:
    return [(hit.number, hit.found_by) for hit in hits]


def test_an_order_is_found_by_its_number_its_partner_and_its_items(orders: ServiceHarness) -> None:
    line = replace(a_line(), item_number="Tyre-5381")
    orders.call(a_draft(lines=(line,), number="PO-0017", submit=True), BUYER)

    for text, by in (
        ("0017", FoundBy.NUMBER),
        ("po-00", FoundBy.NUMBER),
        ("allenson", FoundBy.PARTNER),
        ("tyre-53", FoundBy.ITEM),
    ):
        assert ways(found(orders, text)) == [("PO-0017", by)]
    assert ways(found(orders, "northwind", SELLER)) == [("PO-0017", FoundBy.PARTNER)]
    assert ways(found(orders, "TYRE", SELLER)) == [("PO-0017", FoundBy.ITEM)]
    assert found(orders, "nothing of the kind") == []


def test_the_closest_come_first_and_nothing_is_told_twice(orders: ServiceHarness) -> None:
    line = replace(a_line(), item_number="A-7")
    for number in ("A-7/1", "B-1", "A-7/2"):
        orders.call(a_draft(lines=(line,), number=number), BUYER)

    assert ways(found(orders, "a-7")) == [
        ("A-7/2", FoundBy.NUMBER),
        ("A-7/1", FoundBy.NUMBER),
        ("B-1", FoundBy.ITEM),
    ]
    assert ways(found(orders, "a-7", limit=2)) == [("A-7/2", FoundBy.NUMBER), ("A-7/1", FoundBy.NUMBER)]


@pytest.mark.requirement("S-208")
@pytest.mark.requirement("S-234")
def test_nobody_finds_what_is_not_theirs(orders: ServiceHarness) -> None:
    line = replace(a_line(), item_number="Tyre-5381")
    orders.call(a_draft(lines=(line,), number="PO-1", submit=True), BUYER)
    orders.call(a_draft(lines=(line,), number="PO-2"), BUYER)

    for text in ("PO", "Tyre", "Northwind", "Allenson"):
        for actor in (STRANGER, RIVAL):
            assert found(orders, text, actor) == []
    assert [hit.number for hit in found(orders, "Tyre", SELLER)] == ["PO-1"]
    assert [hit.number for hit in found(orders, "Tyre", BUYER)] == ["PO-2", "PO-1"]
    assert {hit.number for hit in found(orders, "Tyre", OPERATOR)} >= {"PO-1"}
    link(orders, a_partnership(id=orders_partnership(orders), enabled=False), sequence=2)
    assert found(orders, "Tyre", SELLER) == []


def orders_partnership(orders: ServiceHarness) -> Any:
    """The id of the one partnership there is."""
    with orders.database.transaction() as tx:
        return tx.execute(select(partnerships.c.id)).scalar_one()


@pytest.mark.parametrize("text", ["%", "_", "\\"])
def test_signs_that_mean_something_to_the_database_are_looked_for_as_they_are(
    orders: ServiceHarness, text: str
) -> None:
    orders.call(a_draft(), BUYER)

    assert found(orders, text) == []

"""The search over all documents, as far as invoices go."""

import pytest

from services.contracts.actors import Actor
from services.contracts.invoicing import commands
from services.contracts.search import FoundBy, Hit
from tests.service.invoicing.world import World, a_line, billing


def found(world: World, text: str, actor: Actor | None = None, limit: int = 8) -> list[Hit]:
    hits = world.call(commands.SearchInvoices(text=text, limit=limit), actor or world.buyer)
    return list(hits.items)


def ways(hits: list[Hit]) -> list[tuple[str | None, FoundBy]]:
    return [(hit.number, hit.found_by) for hit in hits]


def test_an_invoice_is_found_by_its_number_its_orders_its_partner_and_its_items(world: World) -> None:
    world.send(number="INV-0017")

    for text, by in (
        ("inv 0017", FoundBy.NUMBER),
        ("17", FoundBy.NUMBER),
        ("po-1", FoundBy.NUMBER),
        ("mill &", FoundBy.PARTNER),
        ("it-1", FoundBy.ITEM),
    ):
        assert ways(found(world, text)) == [("INV-0017", by)]
    assert ways(found(world, "bakery", world.supplier)) == [("INV-0017", FoundBy.PARTNER)]
    assert found(world, "Nothing of the kind") == []


def test_the_closest_come_first_and_nothing_is_told_twice(world: World) -> None:
    order = world.announce(world.an_order(a_line(7)))
    world.send(number="X-1", order=order)
    world.send(billing("1.00"), number="IT-7-A")

    hits = found(world, "IT-7")

    assert ways(hits) == [("IT-7-A", FoundBy.NUMBER), ("X-1", FoundBy.ITEM)]
    assert ways(found(world, "IT-7", limit=1)) == [("IT-7-A", FoundBy.NUMBER)]


@pytest.mark.requirement("S-208")
@pytest.mark.requirement("S-234")
def test_nobody_finds_what_is_not_theirs(world: World) -> None:
    world.send(number="INV-1")
    world.draft(billing("1.00"), number="INV-2")

    for text in ("INV", "IT-1", "Mill", "Bakery"):
        for actor in (world.rival, world.stranger):
            assert found(world, text, actor) == []
    assert [hit.number for hit in found(world, "INV")] == ["INV-1"]
    assert [hit.number for hit in found(world, "INV", world.operator)] == ["INV-1"]
    assert [hit.number for hit in found(world, "INV", world.supplier)] == ["INV-2", "INV-1"]


@pytest.mark.parametrize("text", ["%", "_", "\\"])
def test_signs_that_mean_something_to_the_database_are_looked_for_as_they_are(
    world: World, text: str
) -> None:
    world.send(number="INV-1")

    assert found(world, text) == []

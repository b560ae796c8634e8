"""Discrepancy rates out of the invoices: counted, opened, and told to nobody else (S-062)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from services.chassis.testing import RefusedCall, an_actor
from services.contracts.actors import Role
from services.contracts.invoicing import commands
from services.contracts.invoicing.discrepancies import (
    DiscrepancyBy,
    DiscrepancyKind,
    GetDiscrepancies,
    ListDiscrepantLines,
    SetDiscrepancyAdvice,
)
from tests.service.invoicing.world import World, billing

pytestmark = pytest.mark.requirement("S-062")


@pytest.fixture
def traded(world: World) -> World:
    """Five invoices: as ordered, with another price, with something else, and twice as much as ordered in two."""
    whole = replace(billing("500.00"), quantity=Decimal(10))
    world.send(whole, number="D-1")
    second, third, fourth = (world.announce(world.an_order()) for _ in range(3))
    world.send(billing("501.00"), number="D-2", order=second)
    odd = replace(billing("1.00", order_line=None), item_number="ODD-1")
    world.send(odd, number="D-3", order=third)
    world.send(replace(whole, quantity=Decimal(6)), number="D-4", order=fourth)
    world.send(replace(whole, quantity=Decimal(6)), number="D-5", order=fourth)
    return world


@pytest.mark.parametrize("who", ["supplier", "buyer", "operator"])
def test_price_quantity_and_item_are_counted_by_invoice_and_line(traded: World, who: str) -> None:
    told = traded.call(GetDiscrepancies(), getattr(traded, who))

    [row] = told.items
    assert (row.invoices, row.differing, row.lines, row.differing_lines) == (5, 3, 5, 3)
    assert (row.price, row.quantity, row.item) == (1, 1, 1)
    assert (row.rate, row.advised, told.threshold) == (Decimal(60), True, Decimal(10))
    assert (told.total.invoices, told.total.rate) == (5, Decimal(60))


def test_by_item_lines_are_counted_and_the_figures_open_the_lines_behind_them(traded: World) -> None:
    told = traded.call(GetDiscrepancies(by=DiscrepancyBy.ITEM), traded.supplier)
    rates = {row.item_number: (row.differing_lines, row.lines, row.rate) for row in told.items}
    assert rates["ODD-1"] == (1, 1, Decimal(100))
    assert sum(lines for _, lines, _ in rates.values()) == 5

    seen, after = [], None
    while True:
        page = traded.call(ListDiscrepantLines(limit=1, after=after), traded.buyer)
        seen += [(line.invoice_number, line.kinds) for line in page.items]
        after = page.next
        if after is None:
            break
    assert seen == [
        ("D-5", (DiscrepancyKind.QUANTITY,)), ("D-3", (DiscrepancyKind.ITEM,)), ("D-2", (DiscrepancyKind.PRICE,)),
    ]  # fmt: skip
    for kind in DiscrepancyKind:
        assert len(traded.call(ListDiscrepantLines(kind=kind), traded.supplier).items) == 1
    [much] = traded.call(ListDiscrepantLines(kind=DiscrepancyKind.QUANTITY), traded.supplier).items
    assert (much.quantity, much.billed_so_far, much.ordered) == (Decimal(6), Decimal(12), Decimal(10))


def test_drafts_and_what_was_taken_back_do_not_count_nor_other_times(traded: World) -> None:
    traded.draft(billing("9.00"), number="D-9")
    taken_back = traded.send(billing("9000.00"), number="D-8", order=traded.announce(traded.an_order()))
    traded.call(commands.CancelInvoice(invoice_id=taken_back.id, reason="x"), traded.supplier)
    assert traded.call(GetDiscrepancies(), traded.supplier).total.invoices == 5

    today = traded.now().date()
    earlier = GetDiscrepancies(date_from=today - timedelta(days=20), date_to=today - timedelta(days=9))
    assert traded.call(earlier, traded.supplier).items == ()
    with pytest.raises(RefusedCall, match="ends before it begins"):
        traded.call(GetDiscrepancies(date_from=today, date_to=today - timedelta(days=1)), traded.supplier)


def test_the_operator_chooses_above_which_rate_work_on_the_catalogue_is_advised(traded: World) -> None:
    catalogue = an_actor(Role.OPERATOR_CATALOGUE, name="Kira", organisation_name="The Operator")
    for stranger in (traded.supplier, traded.admin, traded.operator):
        with pytest.raises(RefusedCall) as refusal:
            traded.call(SetDiscrepancyAdvice(threshold=Decimal(60)), stranger)
        assert refusal.value.status == 403

    traded.call(SetDiscrepancyAdvice(threshold=Decimal(60)), catalogue)

    told = traded.call(GetDiscrepancies(), traded.supplier)
    assert (told.threshold, told.items[0].advised) == (Decimal(60), False)
    assert "discrepancy-advice-set" in traded.facts()


@pytest.mark.requirement("S-208")
def test_nobody_counts_the_invoices_of_others(traded: World) -> None:
    for actor in (traded.rival, traded.stranger):
        assert traded.call(GetDiscrepancies(), actor).total.invoices == 0
        assert traded.call(ListDiscrepantLines(), actor).items == ()
        partner = traded.supplier.organisation_id
        assert traded.call(GetDiscrepancies(supplier_id=partner), actor).items == ()

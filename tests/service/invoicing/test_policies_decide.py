"""What a customer has set is what its suppliers' invoices are decided by, from that moment on."""

from dataclasses import replace
from decimal import Decimal

import pytest

from services.contracts.invoicing import commands
from services.contracts.invoicing.tolerances import MatchingWay, Measure, ToleranceScope, UnitFactor
from services.contracts.invoicing.views import Invoice, InvoiceStatus, Match, MatchedBy, Preflight
from services.contracts.orders import events as orders
from services.invoicing.domain import matching
from tests.service.invoicing.test_races import at_once
from tests.service.invoicing.world import World, a_line, billing

S = InvoiceStatus


def decision_on(world: World, invoice: Invoice) -> Match:
    newest: Match = world.call(commands.GetInvoiceMatches(invoice_id=invoice.id), world.buyer).items[0]
    return newest


def choose(world: World, way: MatchingWay, *, tells_limit: bool = False) -> None:
    wish = commands.ChangeMatching(partnership_id=world.partnership.id, way=way, tells_limit=tells_limit)
    world.call(wish, world.admin)


@pytest.mark.requirement("S-046")
def test_a_tolerance_decides_what_is_sent_after_it_and_each_decision_keeps_its_own(world: World) -> None:
    before = world.send(billing("5100.00"))
    order = world.announce(world.an_order())
    tolerance = world.set_tolerance(percent=Decimal(1))

    after = world.send(billing("5100.00"), order=order)

    assert (before.status, after.status) == (S.APPROVED, S.PENDING)
    kept = decision_on(world, after)
    assert [each.id for each in kept.inputs.tolerances] == [tolerance.id]
    assert (kept.inputs.policy_version, kept.engine) == (1, matching.ENGINE)
    assert decision_on(world, before).inputs.policy_version == 0
    for invoice in (before, after):
        assert matching.recompute(decision_on(world, invoice)) == decision_on(world, invoice)


@pytest.mark.requirement("S-042")
def test_three_way_holds_what_has_not_come_and_passes_what_has(world: World) -> None:
    choose(world, MatchingWay.THREE)
    order = world.announce(world.an_order(a_line(1, "10", "500.00")))
    held = world.send(billing("500.00", 1, "4"), order=order)
    world.call(commands.RejectInvoice(invoice_id=held.id, reason="Nothing came"), world.buyer)

    [line] = order.lines
    received = replace(line, received_quantity=Decimal(6), rejected_quantity=Decimal(2))
    world.announce(replace(order, lines=(received,), sequence=4), orders.OrderRevised)
    passed = world.send(billing("500.00", 1, "4"), order=order)
    too_much = world.send(billing("500.00", 1, "2.5"), order=order)

    assert held.reasons == ("Line 1, Item 1: quantity 4, above the 0 received.",)
    assert (passed.status, too_much.status) == (S.APPROVED, S.PENDING)
    assert too_much.reasons == ("Line 1, Item 1: quantity 6.5, above the 6 received.",)


def test_an_order_is_matched_four_way_although_its_supplier_is_not(world: World) -> None:
    line = replace(a_line(1, "10"), received_quantity=Decimal(10), rejected_quantity=Decimal(1))
    order = world.announce(world.an_order(line))
    wish = commands.ChangeOrderMatching(order_id=order.id, way=MatchingWay.FOUR)
    world.call(wish, world.admin)

    assert world.send(order=order).status is S.PENDING
    assert world.send(order=world.announce(world.an_order(line))).status is S.APPROVED


@pytest.mark.requirement("S-046")
def test_the_customer_chooses_whether_the_supplier_is_told_the_limit(world: World) -> None:
    def asked() -> Preflight:
        wish = commands.PreflightInvoice(order_id=world.order.id, number="X", lines=(billing("5300.00"),))
        answer: Preflight = world.call(wish, world.supplier)
        return answer

    world.set_tolerance(measure=Measure.LINE_PRICE, percent=Decimal(7))
    silent = asked()
    choose(world, MatchingWay.TWO, tells_limit=True)
    open_ = asked()

    assert "5,250.00" not in str(silent)
    assert "7 %" not in str(silent)
    assert "535.00" not in str(silent)
    assert "5,250.00" in open_.reasons[0]
    assert open_.findings[1].limit == Decimal("5250.00")


def test_what_is_known_of_an_item_finds_its_line_and_tells_its_units_and_its_category(world: World) -> None:
    box = UnitFactor(unit="BX", base="C62", factor=Decimal(5))
    world.call(
        commands.DescribeItem(
            partnership_id=world.partnership.id,
            item_number="IT-1",
            gtin="4006381333931",
            category="Flour",
            units=(box,),
        ),
        world.admin,
    )
    world.set_tolerance(
        measure=Measure.LINE_PRICE, percent=Decimal(0), scope=ToleranceScope.CATEGORY, category="Flour"
    )
    by_gtin = replace(
        billing("2500.00", None), gtin="4006381333931", unit="BX", quantity=Decimal(2), description="Flour"
    )

    fits = world.send(by_gtin)
    dearer = world.send(
        replace(by_gtin, unit_price=Decimal("2500.01")), order=world.announce(world.an_order())
    )

    assert fits.status is S.APPROVED
    assert fits.lines[0].matched_by is MatchedBy.GTIN
    assert world.get(fits.id).lines == fits.lines
    assert dearer.reasons == ("Line 1, Flour: unit price 500.002, above the 500.00 ordered.",)
    [check] = decision_on(world, dearer).findings[3].checks
    assert (check.expected, check.actual) == (500, Decimal("500.002"))


def test_nobody_checks_the_total_when_the_customer_says_so(world: World) -> None:
    world.set_tolerance()

    invoice = world.send(billing("900000.00"))

    assert invoice.status is S.APPROVED
    assert decision_on(world, invoice).findings[1].expected == "not checked"
    [row] = world.rows("select compared, allowed from matches")
    assert (row.compared, row.allowed) == (900000, None)


@pytest.mark.requirement("S-048")
@pytest.mark.requirement("S-072")
def test_of_two_that_do_not_fit_a_line_together_one_is_approved_and_one_is_held(world: World) -> None:
    world.set_tolerance(measure=Measure.QUANTITY_ORDERED, percent=Decimal(0))
    for pair in range(25):
        order = world.announce(world.an_order(a_line(1, "10", "500.00"), a_line(2, "10", "500.00")))

        answers = at_once(
            lambda order=order, pair=pair: world.send(
                billing("1.00", 1, "6"), order=order, number=f"A-{pair}"
            ),
            lambda order=order, pair=pair: world.send(
                billing("1.00", 1, "5"), order=order, number=f"B-{pair}"
            ),
        )

        assert sorted(answer.status for answer in answers) == [S.APPROVED, S.PENDING], pair


def test_a_waiting_invoice_is_matched_by_its_lines_once_the_earlier_one_is_decided(world: World) -> None:
    world.set_tolerance(measure=Measure.QUANTITY_ORDERED, percent=Decimal(0))
    held = world.send(billing("1.00", 1, "6"), billing("1.00", None))
    waiting = world.send(billing("1.00", 1, "5"))

    world.call(commands.RejectInvoice(invoice_id=held.id, reason="no"), world.buyer)

    assert waiting.status is S.MATCHING
    assert world.get(waiting.id).status is S.APPROVED

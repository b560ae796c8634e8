"""What was held only because goods had not come is decided anew when they come, whatever comes first."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from services.chassis.ids import new_id
from services.contracts.invoicing import commands
from services.contracts.invoicing.tolerances import MatchingWay, Measure
from services.contracts.invoicing.views import Approval, Invoice, InvoiceStatus
from services.contracts.orders import events as orders
from services.contracts.orders.views import GoodsMovement, MovementKind, Order
from services.contracts.parties import Person
from services.invoicing.domain import matching
from tests.service.invoicing.test_policies_decide import choose
from tests.service.invoicing.test_races import at_once
from tests.service.invoicing.world import World, a_line, billing

S = InvoiceStatus


def with_received(order: Order, received: str, rejected: str = "0", *, sequence: int = 4) -> Order:
    [line] = order.lines
    line = replace(line, received_quantity=Decimal(received), rejected_quantity=Decimal(rejected))
    return replace(order, lines=(line,), sequence=sequence)


def arrives(world: World, order: Order) -> None:
    movement = GoodsMovement(
        id=new_id(),
        kind=MovementKind.RECEIPT,
        number="GR-1",
        order_id=order.id,
        order_number=order.number,
        customer=order.customer,
        supplier=order.supplier,
        day=date(2026, 11, 20),
        note="",
        recorded_by=Person(id=world.buyer.user_id, name=world.buyer.user_name),
        recorded_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
        lines=(),
    )
    world.harness.must_deliver(
        orders.GoodsReceived(order=order, movement=movement), sequence=order.sequence, subject=order.id
    )


@pytest.fixture
def order(world: World) -> Order:
    choose(world, MatchingWay.THREE)
    return world.announce(world.an_order(a_line(1, "10", "500.00")))


def now(world: World, invoice: Invoice) -> Invoice:
    return world.get(invoice.id)


@pytest.mark.requirement("S-042")
def test_an_invoice_held_for_goods_alone_is_approved_by_itself_when_they_come(
    world: World, order: Order
) -> None:
    held = world.send(billing("500.00", 1, "4"), order=order)
    assert held.status is S.PENDING

    arrives(world, with_received(order, "4"))

    after = now(world, held)
    assert (after.status, after.approval, after.reasons) == (S.APPROVED, Approval.AUTOMATIC, ())
    assert after.waiting_since is None
    decisions = world.call(commands.GetInvoiceMatches(invoice_id=held.id), world.buyer).items
    assert len(decisions) == 2
    assert all(matching.recompute(decision) == decision for decision in decisions)
    assert world.facts()[-2:] == ["invoice-matched", "invoice-approved"]


def test_a_part_of_the_goods_changes_the_reason_and_asks_nobody_a_second_time(
    world: World, order: Order
) -> None:
    held = world.send(billing("500.00", 1, "4"), order=order)

    arrives(world, with_received(order, "3"))
    arrives(world, with_received(order, "3"))

    after = now(world, held)
    assert (after.status, after.reasons) == (
        S.PENDING,
        ("Line 1, Item 1: quantity 4, above the 3 received.",),
    )
    assert after.waiting_since == held.waiting_since
    assert world.facts().count("approval-requested") == 1
    assert world.facts().count("invoice-matched") == 2


def test_what_is_held_for_something_else_too_stays_with_the_initiator(world: World, order: Order) -> None:
    world.set_tolerance(measure=Measure.LINE_PRICE, percent=Decimal(0))
    dear = world.send(billing("501.00", 1, "4"), order=order)
    before = world.fingerprint()

    arrives(world, with_received(order, "10"))

    assert now(world, dear) == dear
    assert world.facts()[-1] == "approval-requested"
    assert world.fingerprint() != before, "the order itself is remembered"


def test_two_way_nothing_is_decided_anew(world: World) -> None:
    held = world.send(billing("5250.01"))

    arrives(world, with_received(world.order, "10"))

    assert now(world, held) == held


def test_four_way_the_goods_must_be_accepted(world: World, order: Order) -> None:
    choose(world, MatchingWay.FOUR)
    held = world.send(billing("500.00", 1, "4"), order=order)

    arrives(world, with_received(order, "5", "2"))
    assert now(world, held).status is S.PENDING

    arrives(world, with_received(order, "7", "2", sequence=5))
    assert now(world, held).status is S.APPROVED


def test_news_that_comes_late_finds_what_is_known_by_then(world: World, order: Order) -> None:
    held = world.send(billing("500.00", 1, "4"), order=order)

    # The order is closed, and that news overtakes the one of the goods.
    world.announce(with_received(order, "4", sequence=6), orders.OrderRevised)
    assert now(world, held).status is S.PENDING
    arrives(world, with_received(order, "2", sequence=5))

    assert now(world, held).status is S.APPROVED


def test_the_goods_are_given_to_the_invoices_in_the_order_in_which_they_were_sent(
    world: World, order: Order
) -> None:
    first = world.send(billing("500.00", 1, "4"), order=order)
    second = world.send(billing("500.00", 1, "4"), order=order)

    arrives(world, with_received(order, "6"))
    assert [now(world, each).status for each in (first, second)] == [S.APPROVED, S.PENDING]

    arrives(world, with_received(order, "8", sequence=5))
    assert now(world, second).status is S.APPROVED


@pytest.mark.requirement("S-048")
def test_two_invoices_never_pass_on_the_same_goods_whatever_happens_at_once(
    world: World, order: Order
) -> None:
    def sends(number: str) -> Callable[[], Any]:
        return lambda: world.send(billing("500.00", 1, "6"), order=order, number=number)

    def comes() -> None:
        arrives(world, with_received(order, "6"))

    at_once(sends("A-1"), comes, sends("A-2"))
    comes()

    statuses = [row.status for row in world.rows("select status from invoices order by submitted_at")]
    assert sorted(statuses) == ["approved", "pending"]

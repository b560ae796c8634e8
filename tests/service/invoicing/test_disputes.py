"""A part of an invoice that is disputed is held, the rest is paid; and what looks like a second copy is told."""

import contextlib
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.chassis.ids import new_id
from services.chassis.testing import RefusedCall
from services.contracts.actors import Role
from services.contracts.invoicing import commands
from services.contracts.invoicing.views import (
    DisputeOutcome,
    DisputeReason,
    Invoice,
    InvoiceStatus,
    Preflight,
)
from tests.service.invoicing.test_races import at_once
from tests.service.invoicing.world import World, a_line, billing

S = InvoiceStatus


@pytest.fixture
def invoice(world: World) -> Invoice:
    """1,000.00 and 200.00 net, 20 % and 0 % tax: 1,400.00 gross, approved."""
    order = world.announce(world.an_order(a_line(1, "10", "100.00", "20"), a_line(2, "2", "100.00")))
    return world.send(order=order)


def dispute(world: World, invoice: Invoice, line: int = 1, actor: Any = None, **part: Any) -> Invoice:
    wish = commands.DisputeLine(
        invoice_id=invoice.id, line=line, reason=DisputeReason.QUALITY, note="Wet", **part
    )
    answer: Invoice = world.call(wish, actor or world.accountant)
    return answer


def settle(world: World, invoice: Invoice, outcome: DisputeOutcome, place: int = 0) -> Invoice:
    wish = commands.SettleDispute(
        invoice_id=invoice.id, dispute_id=invoice.disputes[place].id, outcome=outcome, note="Agreed"
    )
    answer: Invoice = world.call(wish, world.accountant)
    return answer


@pytest.mark.requirement("S-057")
@pytest.mark.requirement("S-058")
def test_the_disputed_part_is_held_and_the_rest_is_paid(world: World, invoice: Invoice) -> None:
    disputed = dispute(world, invoice, quantity=Decimal(3))

    [part] = disputed.disputes
    assert (part.net, part.held, part.reason) == (300, 360, DisputeReason.QUALITY)
    assert (disputed.open, disputed.disputed, disputed.payable) == (1400, 360, 1040)
    assert world.facts()[-1] == "invoice-changed"
    with pytest.raises(RefusedCall, match=r"360\.00 EUR are disputed: 1,040\.00 can be paid") as refusal:
        world.pay(invoice.id, "1040.01")
    assert refusal.value.code == "part-disputed"
    paid = world.pay(invoice.id, "1040.00")
    assert (paid.status, paid.open, paid.payable) == (S.PARTLY_PAID, 360, 0)
    assert world.get(invoice.id) == paid
    assert world.call(commands.ListInvoices(), world.supplier).items[0].disputed == 360


def test_what_is_released_is_paid_and_what_is_upheld_is_not(world: World, invoice: Invoice) -> None:
    dispute(world, invoice, 1, amount=Decimal("500.00"))
    disputed = dispute(world, invoice, 2)

    released = settle(world, disputed, DisputeOutcome.RELEASED, 0)
    upheld = settle(world, released, DisputeOutcome.UPHELD, 1)

    assert (disputed.disputed, released.disputed, upheld.disputed) == (800, 200, 200)
    assert upheld.disputes[0].settled_by is not None
    assert (upheld.disputes[0].outcome, upheld.disputes[0].settlement) == (DisputeOutcome.RELEASED, "Agreed")
    assert world.pay(invoice.id, "1200.00").payable == 0
    with pytest.raises(RefusedCall) as refusal:
        settle(world, upheld, DisputeOutcome.RELEASED, 1)
    assert refusal.value.code == "dispute-settled"


def test_no_line_is_disputed_twice_and_no_more_than_is_open(world: World, invoice: Invoice) -> None:
    world.pay(invoice.id, "1000.00")

    disputed = dispute(world, invoice, 1)

    assert disputed.disputed == 400
    for line in (1, 2):
        with pytest.raises(RefusedCall) as refusal:
            dispute(world, invoice, line)
        assert refusal.value.code == "nothing-to-dispute"


@pytest.mark.parametrize(
    ("line", "part", "field"),
    [
        (9, {}, "/line"),
        (1, {"quantity": Decimal(11)}, "/quantity"),
        (1, {"quantity": Decimal(1), "amount": Decimal(1)}, "/amount"),
    ],
)
def test_a_part_that_is_none_is_told_by_its_field(
    world: World, invoice: Invoice, line: int, part: dict[str, Any], field: str
) -> None:
    with pytest.raises(RefusedCall) as refusal:
        dispute(world, invoice, line, **part)

    assert [fault["field"] for fault in refusal.value.problem_faults] == [field]


def test_the_initiator_and_accounting_dispute_and_nobody_else(world: World, invoice: Invoice) -> None:
    assert dispute(world, invoice, 1, world.buyer, amount=Decimal(1)).disputed > 0
    other = world.colleague(Role.SUPPLIER_MANAGER, "Mary Manager")
    for actor in (other, world.supplier, world.operator):
        with pytest.raises(RefusedCall) as refusal:
            dispute(world, invoice, 1, actor)
        assert refusal.value.status == 403


def test_only_what_is_to_be_paid_is_disputed(world: World, invoice: Invoice) -> None:
    held = world.send(billing("10.00", None))
    nowhere = replace(invoice, disputes=(replace_id(world, invoice),))

    with pytest.raises(RefusedCall) as not_payable:
        dispute(world, held)
    with pytest.raises(RefusedCall) as not_there:
        settle(world, nowhere, DisputeOutcome.RELEASED)

    assert not_payable.value.code == "not-payable"
    assert not_there.value.status == 404


def replace_id(world: World, invoice: Invoice) -> Any:
    [dispute_] = dispute(world, invoice, 2).disputes
    return replace(dispute_, id=new_id())


def test_a_payment_and_a_dispute_at_once_never_pay_what_is_disputed(world: World) -> None:
    for _ in range(10):
        approved = world.send(order=world.announce(world.an_order(a_line(1, "10", "100.00"))))

        at_once(
            lambda approved=approved: dispute(world, approved),
            lambda approved=approved: world.pay(approved.id, "600.00"),
        )

        now = world.get(approved.id)
        assert now.paid + now.disputed <= now.gross
        assert now.disputed in (400, 1000)


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["dispute", "pay", "release", "uphold"]), st.decimals("0.01", 900, places=2)
        ),
        max_size=6,
    )
)
def test_whatever_is_paid_and_disputed_never_comes_to_more_than_the_invoice(
    world: World, steps: list[tuple[str, Decimal]]
) -> None:
    order = world.announce(world.an_order(a_line(1, "7", "33.33", "7"), a_line(2, "3", "99.99", "20")))
    now = world.send(order=order)
    for step, amount in steps:
        with contextlib.suppress(RefusedCall):
            if step == "dispute":
                dispute(world, now, 1 + int(amount) % 2, amount=amount)
            elif step == "pay":
                world.pay(now.id, str(amount))
            elif now.disputes:
                outcome = DisputeOutcome.RELEASED if step == "release" else DisputeOutcome.UPHELD
                settle(world, now, outcome, int(amount) % len(now.disputes))
        now = world.get(now.id)
        assert now.payable == now.open - now.disputed
        assert min(now.payable, now.disputed, now.open) >= 0


# ------------------------------------------------------------------------------------------------- doubles


def test_what_may_be_a_second_copy_is_told_with_the_reason_and_not_refused(world: World) -> None:
    first = world.send(billing("100.00"), number="INV-1")
    other_order = world.announce(world.an_order())

    foreseen: Preflight = world.call(
        commands.PreflightInvoice(order_id=world.order.id, number="INV-2", lines=(billing("100.00"),)),
        world.supplier,
    )
    same = world.send(billing("100.00"), number="INV-2")
    elsewhere = world.send(billing("100.00"), number="INV-3", order=other_order)
    smaller = world.send(billing("99.99"), number="INV-4")

    beginning = (
        f"It may be a second copy of INV-1 of {first.issue_date} for order {world.order.number}, which has"
    )
    assert first.warnings == smaller.warnings == ()
    assert foreseen.warnings == same.warnings
    assert same.warnings == (f"{beginning} the same amount, 100.00 EUR, the same date and the same order.",)
    assert f"{beginning} the same amount, 100.00 EUR and the same date." in elsewhere.warnings
    assert {each.status for each in (same, elsewhere, smaller)} == {S.APPROVED}
    assert world.get(same.id, world.buyer).warnings == same.warnings


def test_what_was_rejected_or_never_sent_is_no_copy(world: World) -> None:
    held = world.send(billing("100.00", None))
    world.call(commands.RejectInvoice(invoice_id=held.id, reason="no"), world.buyer)
    world.draft(billing("100.00"))

    assert world.send(billing("100.00")).warnings == ()

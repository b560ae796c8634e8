"""Payments as documents: for many invoices, with an advance, allocated later, taken back, seen by both sides."""

from decimal import Decimal

import pytest

from services.chassis.testing import RefusedCall
from services.contracts.invoicing import commands, payments
from services.contracts.invoicing.payments import PaymentStatus
from services.contracts.invoicing.views import InvoiceStatus
from tests.service.invoicing.test_races import at_once
from tests.service.invoicing.world import World, billing

S, P = InvoiceStatus, PaymentStatus


def _ledger(world: World) -> dict[str, Decimal]:
    rows = world.rows("select account, sum(amount) as sum from ledger group by account")
    return {row.account: row.sum for row in rows if row.sum}


@pytest.mark.requirement("S-055")
@pytest.mark.requirement("S-058")
def test_one_payment_pays_many_invoices_and_both_sides_see_which(world: World) -> None:
    first, second = world.send(billing("100.00")), world.send(billing("50.00"))

    payment = world.pay_many("130.00", (first, "100.00"), (second, "20.00"))

    assert (payment.status, payment.allocated, payment.advance) == (P.ADVANCE, 120, 10)
    assert (world.get(first.id).status, world.get(second.id).open) == (S.PAID, 30)
    for actor in (world.supplier, world.buyer, world.operator):
        seen = world.call(payments.GetPayment(payment_id=payment.id), actor)
        assert sorted((each.invoice_number, each.amount) for each in seen.allocations) == [
            (first.number, Decimal(100)), (second.number, Decimal(20)),
        ]  # fmt: skip
        [listed] = world.call(payments.ListPaymentDocuments(), actor).items
        assert (listed.id, listed.advance) == (payment.id, 10)
    [of_invoice] = world.call(commands.ListPayments(invoice_id=second.id), world.supplier).items
    assert (of_invoice.payment_id, of_invoice.amount) == (payment.id, 20)
    assert world.facts()[-1] == "advance-paid"
    assert _ledger(world) == {
        "receivable": Decimal(30), "revenue": Decimal(-150), "money": Decimal(130), "advance": Decimal(-10),
    }  # fmt: skip


@pytest.mark.requirement("S-210")
def test_an_advance_is_allocated_later(world: World) -> None:
    payment = world.pay_many("60.00")
    invoice = world.send(billing("100.00"))

    wish = payments.AllocatePayment(payment_id=payment.id, allocations=world.parts((invoice, "60.00")))
    allocated = world.call(wish, world.accountant)

    assert (allocated.status, allocated.advance) == (P.ALLOCATED, 0)
    assert (world.get(invoice.id).status, world.get(invoice.id).open) == (S.PARTLY_PAID, 40)
    assert _ledger(world) == {"receivable": 40, "revenue": -100, "money": 60}
    with pytest.raises(RefusedCall, match=r"there are 0\.00"):
        world.call(wish, world.accountant)


def test_a_payment_that_is_taken_back_opens_its_invoices_and_leaves_nothing_in_the_ledger(
    world: World,
) -> None:
    invoice = world.send(billing("100.00"))
    payment = world.pay_many("120.00", (invoice, "100.00"))

    wish = payments.ReversePayment(payment_id=payment.id, reason="Returned by the bank.")
    world.call(wish, world.accountant)

    reopened = world.get(invoice.id)
    assert (reopened.status, reopened.paid, reopened.open) == (S.APPROVED, 0, 100)
    told = world.call(commands.ListPayments(invoice_id=invoice.id), world.supplier)
    assert (told.total, told.items[0].reversed_at is not None) == (0, True)
    assert _ledger(world) == {"receivable": 100, "revenue": -100}
    assert world.facts()[-2:] == ["payment-reversed", "invoice-reopened"]
    with pytest.raises(RefusedCall, match="taken back"):
        world.call(wish, world.accountant)
    paid_again = world.pay(invoice.id, "100.00")
    assert paid_again.status is S.PAID


def test_the_simple_way_makes_the_same_document(world: World) -> None:
    invoice = world.send(billing("100.00"))
    world.pay(invoice.id, "40.00")

    [listed] = world.call(payments.ListPaymentDocuments(), world.supplier).items
    document = world.call(payments.GetPayment(payment_id=listed.id), world.supplier)

    assert (document.status, document.amount) == (P.ALLOCATED, 40)
    assert [each.invoice_id for each in document.allocations] == [invoice.id]
    world.call(payments.ReversePayment(payment_id=listed.id, reason="x"), world.admin)
    assert world.get(invoice.id).status is S.APPROVED


def test_an_advance_is_spent_once_however_many_allocate_it(world: World) -> None:
    for _ in range(10):
        payment = world.pay_many("50.00")
        invoices = [world.send(billing("50.00"), order=world.announce(world.an_order())) for _ in range(2)]
        wishes = [
            payments.AllocatePayment(payment_id=payment.id, allocations=world.parts((each, "50.00")))
            for each in invoices
        ]

        answers = at_once(*(lambda w=w: world.call(w, world.accountant) for w in wishes))

        assert sum(isinstance(answer, RefusedCall) for answer in answers) == 1
        assert sorted(world.get(each.id).status for each in invoices) == [S.APPROVED, S.PAID]


def test_payments_of_crossing_invoices_at_once_do_not_wait_for_each_other_for_ever(world: World) -> None:
    one, other = world.send(billing("100.00")), world.send(billing("100.00"))

    answers = at_once(
        *(lambda: world.pay_many("20.00", (one, "10.00"), (other, "10.00")) for _ in range(3)),
        *(lambda: world.pay_many("20.00", (other, "10.00"), (one, "10.00")) for _ in range(3)),
    )

    assert not [answer for answer in answers if isinstance(answer, RefusedCall)]
    assert (world.get(one.id).paid, world.get(other.id).paid) == (60, 60)


def test_payments_are_found_by_partner_day_status_and_reference(world: World) -> None:
    advance = world.pay_many("10.00")
    invoice = world.send(billing("100.00"))
    world.pay(invoice.id, "100.00")

    def found(**wanted: object) -> list[object]:
        page = world.call(payments.ListPaymentDocuments(**wanted), world.supplier)  # type: ignore[arg-type]
        return [item.id for item in page.items]

    assert found(status=(P.ADVANCE,)) == [advance.id]
    assert found(search="sepa 7") == [advance.id]
    assert len(found(partner_id=world.buyer.organisation_id)) == 2
    assert found(sort=payments.PaymentSort.AMOUNT)[0] == advance.id
    assert found(date_to=world.now().date().replace(year=2020)) == []

"""Payments as documents: what they pay, what is left of them, and how they are taken back."""

from datetime import timedelta
from decimal import Decimal

import pytest

from services.chassis.errors import Invalid
from services.contracts.invoicing.payments import InvoicePart, PaymentStatus
from services.contracts.invoicing.views import InvoiceStatus
from services.invoicing.domain.payment import each_once
from services.invoicing.domain.refusals import (
    AllocatedTooMuch,
    CurrencyDiffers,
    MoreThanOpen,
    NotPayable,
    PaidInTheFuture,
    ReversedAlready,
)
from tests.unit.invoicing.builders import (
    NOON,
    TODAY,
    a_payer,
    a_payment_of,
    an_id,
    an_order,
    billing,
    names,
    some_parts,
    submitted,
)

S, P = InvoiceStatus, PaymentStatus


@pytest.mark.requirement("S-055")
def test_one_payment_pays_many_invoices() -> None:
    first, second = submitted(billing("100.00")), submitted(billing("50.00"), number="INV-2")

    payment = a_payment_of("120.00", (first, "100.00"), (second, "20.00"))

    assert (first.status, second.status, second.open) == (S.PAID, S.PARTLY_PAID, Decimal("30.00"))
    assert (payment.status, payment.allocated, payment.advance) == (P.ALLOCATED, Decimal("120.00"), 0)
    assert [each.invoice_number for each in payment.view().allocations] == ["INV-1", "INV-2"]
    assert names(payment) == ["payment-recorded"]
    assert names(first)[-2:] == ["payment-registered", "invoice-paid"]


@pytest.mark.requirement("S-210")
def test_what_is_over_is_an_advance_that_pays_a_later_invoice() -> None:
    payment = a_payment_of("120.00")
    assert (payment.status, payment.advance, names(payment)) == (
        P.ADVANCE,
        Decimal("120.00"),
        ["advance-paid"],
    )

    invoice = submitted(billing("100.00"))
    payment.allocate(some_parts("later", (invoice, "100.00")), by=a_payer(), at=NOON)

    assert (invoice.status, payment.advance) == (S.PAID, Decimal("20.00"))
    assert names(payment)[-1] == "advance-allocated"


def test_no_more_is_allocated_than_there_is() -> None:
    invoice = submitted(billing("100.00"))

    with pytest.raises(AllocatedTooMuch, match=r"come to 50\.01 EUR, and there are 50\.00"):
        a_payment_of("50.00", (invoice, "50.01"))


def test_no_invoice_is_paid_more_than_is_open_of_it() -> None:
    invoice = submitted(billing("100.00"))

    with pytest.raises(MoreThanOpen):
        a_payment_of("200.00", (invoice, "100.01"))


@pytest.mark.requirement("S-058")
def test_only_approved_invoices_are_paid() -> None:
    held = submitted(billing("5000.01"))

    with pytest.raises(NotPayable, match="for an approved invoice only"):
        a_payment_of("100.00", (held, "100.00"))


def test_a_payment_pays_invoices_in_its_own_currency() -> None:
    dollars = submitted(billing("100.00"), order=an_order(currency="USD"))

    with pytest.raises(CurrencyDiffers):
        a_payment_of("100.00", (dollars, "100.00"))


def test_a_payment_of_tomorrow_is_registered_tomorrow() -> None:
    with pytest.raises(PaidInTheFuture):
        a_payment_of("1.00", paid_on=TODAY + timedelta(days=2))


def test_a_reversal_opens_what_was_paid_and_nothing_is_deleted() -> None:
    whole, part = submitted(billing("100.00")), submitted(billing("50.00"), number="INV-2")
    a_payment_of("10.00", (part, "10.00"), name="another")
    payment = a_payment_of("130.00", (whole, "100.00"), (part, "20.00"))

    payment.reverse([whole, part], reason="The bank returned it.", by=a_payer(), at=NOON)

    assert (whole.status, whole.paid) == (S.APPROVED, 0)
    assert (part.status, part.paid) == (S.PARTLY_PAID, Decimal("10.00"))
    view = payment.view()
    assert (view.status, view.allocated, view.advance, view.amount) == (P.REVERSED, 0, 0, Decimal("130.00"))
    assert (view.reversal_reason, len(view.allocations)) == ("The bank returned it.", 2)
    assert names(whole)[-1] == "invoice-reopened"


def test_nothing_comes_of_a_payment_that_was_taken_back() -> None:
    invoice = submitted(billing("100.00"))
    payment = a_payment_of("100.00")
    payment.reverse([], reason="By mistake.", by=a_payer(), at=NOON)

    with pytest.raises(ReversedAlready):
        payment.reverse([], reason="Twice.", by=a_payer(), at=NOON)
    with pytest.raises(ReversedAlready):
        payment.allocate(some_parts("later", (invoice, "1.00")), by=a_payer(), at=NOON)


def test_invoices_are_named_once_and_locked_in_the_order_of_their_ids() -> None:
    one, other = sorted([an_id("one"), an_id("other")])
    wanted = [InvoicePart(invoice_id=id, amount=Decimal(1)) for id in (other, one)]

    assert [part.invoice_id for part in each_once(wanted)] == [one, other]
    with pytest.raises(Invalid) as refusal:
        each_once([*wanted, wanted[0]])
    assert [fault.field for fault in refusal.value.faults] == ["/allocations/2/invoice_id"]

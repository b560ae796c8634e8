"""Credit notes: by quantity and by value, never more than was invoiced, and what becomes of the money."""

from decimal import Decimal
from typing import Any

import pytest

from services.chassis.errors import Invalid
from services.contracts.invoicing.credit_notes import CreditBasis, CreditContent
from services.contracts.invoicing.views import Dispute, DisputeOutcome, DisputeReason, InvoiceStatus
from services.invoicing.domain.credit import CreditNote
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.ledger import Account
from services.invoicing.domain.payment import PaymentDocument
from services.invoicing.domain.refusals import CreditedTooMuch, DisputeAnswered, NotCreditable
from tests.unit.invoicing.builders import (
    ANNA,
    NOON,
    a_buyer,
    a_payer,
    a_payment_of,
    a_supplier,
    an_id,
    an_order,
    an_order_line,
    billing,
    names,
    submitted,
)

S, QUANTITY, VALUE = InvoiceStatus, CreditBasis.QUANTITY, CreditBasis.VALUE


def an_invoice() -> Invoice:
    """Three of 33.333, which is 100.00 net, with 20 % tax, and one of 50.00 without."""
    order = an_order(
        an_order_line(quantity="3", unit_price="33.333", tax_rate="20"),
        an_order_line(2, quantity="1", unit_price="50.00"),
    )
    return submitted(
        billing("33.333", quantity="3", tax_rate=Decimal(20)), billing("50.00", order_line=2), order=order
    )


def credit(
    invoice: Invoice, *contents: CreditContent, basis: CreditBasis = VALUE, number: str = "CN-1", **more: Any
) -> CreditNote:
    values: dict[str, Any] = {"issue_date": None, "dispute_id": None, "reason": "Agreed.", **more}
    return CreditNote.issue(
        invoice,
        credit_note_id=an_id(number),
        number=number,
        basis=basis,
        contents=contents,
        by=a_supplier(),
        at=NOON,
        **values,
    )


def of(line: int, *, quantity: str | None = None, amount: str | None = None) -> CreditContent:
    return CreditContent(
        line=line,
        quantity=None if quantity is None else Decimal(quantity),
        amount=None if amount is None else Decimal(amount),
    )


@pytest.mark.requirement("S-206")
def test_a_credit_by_value_lowers_what_is_due_and_leaves_the_quantity_billed() -> None:
    invoice = an_invoice()

    note = credit(invoice, of(1, amount="10.00"))

    assert (note.net, note.tax, note.gross, note.deducted) == (10, 2, 12, 12)
    assert (invoice.open, invoice.status) == (Decimal("158.00"), S.APPROVED)
    assert (invoice.lines[0].credited_net, invoice.lines[0].credited_quantity) == (10, 0)
    assert invoice.counted().net == Decimal("150.00")
    assert names(invoice)[-1] == "invoice-credited"
    assert names(note) == ["credit-note-issued"]


def test_a_credit_by_quantity_gives_the_quantity_and_its_place_in_the_order_back() -> None:
    invoice = an_invoice()

    note = credit(invoice, of(1, quantity="1"), basis=QUANTITY)

    assert (note.net, note.lines[0].quantity) == (Decimal("33.33"), 1)
    assert invoice.lines[0].credited_quantity == 1
    assert invoice.counted().net == Decimal("116.67")


def test_quantities_credited_one_by_one_come_to_exactly_what_was_invoiced() -> None:
    invoice = an_invoice()

    notes = [credit(invoice, of(1, quantity="1"), basis=QUANTITY, number=f"CN-{turn}") for turn in range(3)]

    assert sum(note.net for note in notes) == Decimal("100.00")
    assert sum(note.tax for note in notes) == Decimal("20.00")
    with pytest.raises(CreditedTooMuch, match="0 of 3 C62 are not credited yet"):
        credit(invoice, of(1), basis=QUANTITY, number="CN-4")


@pytest.mark.parametrize(
    ("basis", "content"), [(VALUE, of(1, amount="100.01")), (QUANTITY, of(1, quantity="3.01"))]
)
def test_never_more_than_was_invoiced(basis: CreditBasis, content: CreditContent) -> None:
    invoice = an_invoice()

    with pytest.raises(CreditedTooMuch):
        credit(invoice, content, basis=basis)

    assert (invoice.credited, invoice.lines[0].credited_net) == (0, 0)


def test_goods_whose_value_was_given_back_in_part_give_back_the_rest() -> None:
    invoice = an_invoice()
    credit(invoice, of(1, amount="40.00"))

    note = credit(invoice, of(1), basis=QUANTITY, number="CN-2")

    assert (note.net, note.tax) == (Decimal("60.00"), Decimal("12.00"))


def test_an_invoice_that_is_credited_in_full_owes_nothing_more() -> None:
    invoice = an_invoice()

    note = credit(invoice, of(1), of(2), basis=QUANTITY)

    assert (invoice.status, invoice.open, note.advance) == (S.PAID, 0, 0)


@pytest.mark.requirement("S-210")
def test_what_was_paid_already_becomes_an_advance() -> None:
    invoice = an_invoice()
    a_payment_of("150.00", (invoice, "150.00"))

    note = credit(invoice, of(1, amount="50.00"))

    assert (note.gross, note.deducted, note.advance) == (60, 20, 40)
    assert (invoice.status, invoice.open) == (S.PAID, 0)
    posted = {entry.account: entry.amount for entry in note.new_entries}
    assert posted == {
        Account.RECEIVABLE: -20, Account.REVENUE: 50, Account.TAX: 10, Account.ADVANCE: -40,
    }  # fmt: skip
    advance = PaymentDocument.from_credit(note.view(), payment_id=an_id("advance"))
    assert advance is not None
    assert (advance.advance, advance.new_entries) == (40, [])


def test_a_payment_taken_back_leaves_what_was_credited() -> None:
    invoice = an_invoice()
    payment = a_payment_of("150.00", (invoice, "150.00"))
    credit(invoice, of(1, amount="50.00"))

    payment.reverse([invoice], reason="It came back.", by=a_payer(), at=NOON)

    assert (invoice.status, invoice.open) == (S.APPROVED, Decimal("150.00"))


def test_a_credit_note_answers_the_dispute_it_names() -> None:
    invoice = an_invoice()
    net, held = invoice.part_of(1, None, Decimal("50.00"))
    raised = Dispute(
        id=an_id("dispute"), line=1, reason=DisputeReason.PRICE, note="Too dear.", net=net, held=held,
        raised_by=ANNA, raised_at=NOON,
    )  # fmt: skip
    invoice.dispute(raised, by=a_buyer())

    credit(invoice, of(1, amount="50.00"), dispute_id=raised.id)

    [answered] = invoice.disputes
    assert (answered.outcome, answered.credit_note_number) == (DisputeOutcome.UPHELD, "CN-1")
    assert (invoice.disputed, invoice.open, invoice.payable) == (0, Decimal("110.00"), Decimal("110.00"))
    with pytest.raises(DisputeAnswered):
        credit(invoice, of(2), number="CN-2", dispute_id=raised.id)


def test_no_more_is_held_than_is_open_when_something_else_is_credited() -> None:
    invoice = an_invoice()
    net, held = invoice.part_of(1, None, None)
    raised = Dispute(
        id=an_id("dispute"), line=1, reason=DisputeReason.QUALITY, note="Broken.", net=net, held=held,
        raised_by=ANNA, raised_at=NOON,
    )  # fmt: skip
    invoice.dispute(raised, by=a_buyer())

    credit(invoice, of(1, amount="90.00"))

    assert (invoice.open, invoice.disputed, invoice.payable) == (Decimal("62.00"), Decimal("62.00"), 0)


def test_what_was_not_approved_is_not_credited() -> None:
    with pytest.raises(NotCreditable):
        credit(submitted(billing("5000.01")), of(1))


def test_faults_are_told_all_at_once() -> None:
    invoice = an_invoice()

    with pytest.raises(Invalid) as refusal:
        credit(invoice, of(9), of(1, quantity="1"), of(2), of(2))

    assert [fault.field for fault in refusal.value.faults] == [
        "/lines/0/line", "/lines/1/quantity", "/lines/3/line",
    ]  # fmt: skip

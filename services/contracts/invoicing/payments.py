"""Payments as documents of their own: what they paid, what is left of them as an advance, how they are taken back."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from services.contracts.actors import EVERYONE
from services.contracts.invoicing.commands import PAYERS
from services.contracts.kinds import (
    After,
    Amount,
    CurrencyCode,
    Day,
    DocumentNumber,
    Id,
    Instant,
    Limit,
    Name,
    Next,
    PositiveAmount,
    Reason,
    Sequence,
    Text,
)
from services.contracts.parties import Party, Person
from services.contracts.shapes import Command, Length, Query, command, query, shape


class PaymentStatus(StrEnum):
    """Where a payment stands: all of it paid invoices, something is left as an advance, or it was taken back."""

    ALLOCATED = "allocated"
    ADVANCE = "advance"
    REVERSED = "reversed"


@shape
class Allocation:
    """What of a payment went to one invoice."""

    id: Annotated[Id, "The allocation."]
    invoice_id: Annotated[Id, "The invoice."]
    invoice_number: Annotated[DocumentNumber, "Its number."]
    order_id: Annotated[Id, "The order it bills."]
    amount: Annotated[PositiveAmount, "How much."]
    allocated_on: Annotated[Day, "The day it counts from: that of the payment, or of the later allocation."]
    allocated_by: Annotated[Person, "Who said so."]
    allocated_at: Annotated[Instant, "When."]


@shape
class PaymentDocument:
    """Money a customer has paid a supplier, and the invoices it paid (a remittance advice)."""

    id: Annotated[Id, "The payment."]
    partnership_id: Annotated[Id, "The link between customer and supplier."]
    customer: Annotated[Party, "Who paid."]
    supplier: Annotated[Party, "Who was paid."]
    status: Annotated[PaymentStatus, "Where it stands."]
    currency: Annotated[CurrencyCode, "Currency of all amounts."]
    amount: Annotated[PositiveAmount, "How much was paid."]
    allocated: Annotated[Amount, "What of it paid invoices; 0 once it was taken back."]
    advance: Annotated[Amount, "What is left of it for later invoices; 0 once it was taken back."]
    paid_on: Annotated[Day, "Day of the payment."]
    reference: Annotated[Text, "How the supplier finds it on its account (BT-83)."]
    allocations: Annotated[
        tuple[Allocation, ...], "Which invoices it paid, in the order in which that was said."
    ]
    registered_by: Annotated[Person, "Who registered it."]
    registered_at: Annotated[Instant, "When."]
    reversed_by: Annotated[Person | None, "Who took it back; null while it holds."]
    reversed_at: Annotated[Instant | None, "When."]
    reversal_reason: Annotated[Text, "Why."]
    credit_note_id: Annotated[
        Id | None, "The credit note it comes from, when no money but a credit note made this advance."
    ] = None
    sequence: Annotated[Sequence, "Grows with every change; the ETag."]


@shape
class PaymentSummary:
    """A payment in a list."""

    id: Annotated[Id, "The payment."]
    customer: Annotated[Party, "Who paid."]
    supplier: Annotated[Party, "Who was paid."]
    status: Annotated[PaymentStatus, "Where it stands."]
    currency: Annotated[CurrencyCode, "Currency."]
    amount: Annotated[PositiveAmount, "How much was paid."]
    allocated: Annotated[Amount, "What of it paid invoices."]
    advance: Annotated[Amount, "What is left of it as an advance."]
    paid_on: Annotated[Day, "Day of the payment."]
    reference: Annotated[Text, "How the supplier finds it on its account."]
    credit_note_id: Annotated[Id | None, "The credit note this advance comes from; null: money was paid."] = (
        None
    )
    sequence: Annotated[Sequence, "Grows with every change."]


@shape
class PaymentPage:
    """A page of payments."""

    items: Annotated[tuple[PaymentSummary, ...], "The payments."]
    next: Next


class PaymentSort(StrEnum):
    """How payments are sorted; with a minus the last or greatest first."""

    NEWEST = "-created"
    OLDEST = "created"
    DAY = "day"
    DAY_FALLING = "-day"
    AMOUNT = "amount"
    AMOUNT_FALLING = "-amount"


@shape
class InvoicePart:
    """What of a payment goes to one invoice."""

    invoice_id: Annotated[Id, "An approved invoice of the supplier, in the currency of the payment."]
    amount: Annotated[PositiveAmount, "How much; never more than may be paid of it."]


Parts = Annotated[tuple[InvoicePart, ...], Length(1, 200), "Which invoices are paid, each once."]


@command("invoicing", answers=PaymentDocument, allowed=PAYERS)
class RecordPayment(Command):
    """Register one payment for any number of approved invoices of a supplier (S-055, S-058).

    What is not allocated is an advance of the partnership: it can be allocated later.
    """

    supplier_id: Annotated[Id, "Who was paid."]
    currency: Annotated[CurrencyCode, "Currency of the payment."]
    amount: Annotated[PositiveAmount, "How much was paid."]
    paid_on: Annotated[date | None, "Day of the payment; today when left out."] = None
    reference: Annotated[Text, "How the supplier finds it on its account."] = ""
    allocations: Annotated[
        tuple[InvoicePart, ...], Length(0, 200), "Which invoices it pays, each once; none: all is an advance."
    ] = ()


@command("invoicing", answers=PaymentDocument, allowed=PAYERS)
class AllocatePayment(Command):
    """Pay invoices with what is left of a payment."""

    payment_id: Annotated[Id, "The payment."]
    allocations: Parts


@command("invoicing", answers=PaymentDocument, allowed=PAYERS)
class ReversePayment(Command):
    """Take a payment back that was registered by mistake or came back; the invoices it paid are open again."""

    payment_id: Annotated[Id, "The payment."]
    reason: Annotated[Reason, "Why; the supplier reads it."]


@query("invoicing", answers=PaymentDocument, allowed=EVERYONE)
class GetPayment(Query):
    """One payment with the invoices it paid."""

    payment_id: Annotated[Id, "The payment."]


@query("invoicing", answers=PaymentPage, allowed=EVERYONE)
class ListPaymentDocuments(Query):
    """Payments, the newest first unless sorted."""

    status: Annotated[tuple[PaymentStatus, ...], Length(0, 3), "Only in one of these statuses."] = ()
    partner_id: Annotated[Id | None, "Only with this customer or supplier."] = None
    currency: Annotated[CurrencyCode | None, "Only in this currency."] = None
    date_from: Annotated[date | None, "Paid on this day or later."] = None
    date_to: Annotated[date | None, "Paid on this day or earlier."] = None
    search: Annotated[Name | None, "Part of the reference."] = None
    sort: Annotated[PaymentSort, "In which order."] = PaymentSort.NEWEST
    after: After = None
    limit: Limit = 50

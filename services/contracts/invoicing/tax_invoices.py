"""Suppliers' tax invoices (S-204): issued for an invoice, registered in time, or given time by a later delivery date.

The operator's own, of consolidated invoices, are in `consolidation`; what both have in common is told alike.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated

from services.contracts.actors import BUYERS, EVERYONE, SUPPLIERS, Role
from services.contracts.history import Step
from services.contracts.invoicing.consolidation import RegistrationNumber
from services.contracts.invoicing.views import TaxAmount
from services.contracts.kinds import (
    After,
    Amount,
    AmountPlaces,
    CurrencyCode,
    Day,
    DocumentNumber,
    Id,
    Instant,
    Limit,
    Next,
    Reason,
    Sequence,
    Text,
)
from services.contracts.parties import Party, Person
from services.contracts.shapes import Command, Length, Query, Range, command, query, shape

RESOLVERS = BUYERS | {Role.OPERATOR_ACCOUNTING}


class TaxInvoiceStatus(StrEnum):
    """Where a tax invoice stands."""

    ISSUED = "issued"
    REGISTERED = "registered"


class DateRequestStatus(StrEnum):
    """Where a request for another delivery date stands."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@shape
class DateRequest:
    """A supplier's request to date the delivery later, because the tax invoice cannot be registered in time (S-070)."""

    id: Annotated[Id, "The request."]
    status: Annotated[DateRequestStatus, "Where it stands."]
    delivery_note_number: Annotated[DocumentNumber, "Number of the delivery note."]
    delivery_note_date: Annotated[Day, "Its date."]
    tax_invoice_number: Annotated[DocumentNumber, "Number of the tax invoice, as it was when asked."]
    tax_invoice_date: Annotated[Day, "Its date, as it was when asked."]
    delivery_date: Annotated[date | None, "The delivery date as it stood; null when there was none."]
    wanted_date: Annotated[Day, "The delivery date asked for."]
    reason: Annotated[Reason, "Why."]
    asked_by: Annotated[Person, "Who asked."]
    asked_at: Annotated[Instant, "When."]
    granted_date: Annotated[date | None, "The delivery date that was granted; null unless it was."] = None
    answer: Annotated[Text, "What was said with the answer."] = ""
    resolved_by: Annotated[Person | None, "Who answered; null while it is open."] = None
    resolved_for: Annotated[Party | None, "For whom: the customer or the operator."] = None
    resolved_at: Annotated[Instant | None, "When."] = None


@shape
class TaxInvoice:
    """A supplier's tax invoice for one invoice, with the same sums by tax rate."""

    id: Annotated[Id, "The tax invoice."]
    number: Annotated[DocumentNumber, "The supplier's number."]
    day: Annotated[Day, "Its date."]
    status: Annotated[TaxInvoiceStatus, "Where it stands."]
    invoice_id: Annotated[Id, "The invoice it is for."]
    invoice_number: Annotated[DocumentNumber, "That invoice's number."]
    order_id: Annotated[Id, "The order that invoice bills."]
    order_number: Annotated[DocumentNumber, "That order's number."]
    supplier: Annotated[Party, "Who sells."]
    customer: Annotated[Party, "Who buys."]
    initiator: Annotated[Person, "Who ordered, and may grant another delivery date."]
    currency: Annotated[CurrencyCode, "Currency of all amounts."]
    amount_places: Annotated[AmountPlaces, "Digits after the point that amounts are rounded to."]
    taxes: Annotated[tuple[TaxAmount, ...], "Tax by rate, lowest rate first."]
    net: Annotated[Amount, "Net sum."]
    tax: Annotated[Amount, "Sum of the taxes."]
    gross: Annotated[Amount, "Net + tax."]
    register_by: Annotated[Day, "The last day to register it in time, by its date."]
    days_left: Annotated[
        Annotated[int, Range(least=-100_000, most=100_000)] | None,
        "Days until then as this is told, below 0 when it is over; null once it is registered.",
    ]
    registration: Annotated[RegistrationNumber | None, "The number the tax office gave."]
    registered_on: Annotated[date | None, "When it was registered."]
    registered_by: Annotated[Person | None, "Who noted that."]
    requests: Annotated[tuple[DateRequest, ...], "Requests for another delivery date, the oldest first."]
    issued_by: Annotated[Person, "Who issued it."]
    issued_at: Annotated[Instant, "When."]
    sequence: Annotated[Sequence, "Grows with every change; the ETag."]


@shape
class TaxInvoiceSummary:
    """A tax invoice in a list."""

    id: Annotated[Id, "The tax invoice."]
    number: Annotated[DocumentNumber, "The supplier's number."]
    day: Annotated[Day, "Its date."]
    status: Annotated[TaxInvoiceStatus, "Where it stands."]
    invoice_id: Annotated[Id, "The invoice it is for."]
    invoice_number: Annotated[DocumentNumber, "That invoice's number."]
    supplier: Annotated[Party, "Who sells."]
    customer: Annotated[Party, "Who buys."]
    currency: Annotated[CurrencyCode, "Currency."]
    tax: Annotated[Amount, "Sum of the taxes."]
    gross: Annotated[Amount, "Net + tax."]
    register_by: Annotated[Day, "The last day to register it in time."]
    overdue: Annotated[bool, "Whether that day is over and it is not registered."]
    registered_on: Annotated[date | None, "When it was registered."]
    late: Annotated[bool, "Whether it was registered after that day."]
    asked: Annotated[bool, "Whether a request for another delivery date is open."]
    sequence: Annotated[Sequence, "Grows with every change."]


@shape
class TaxInvoicePage:
    """A page of tax invoices, the newest first."""

    items: Annotated[tuple[TaxInvoiceSummary, ...], "The tax invoices."]
    next: Next


@shape
class TaxInvoiceStep(Step):
    """One step in the life of a tax invoice."""

    state: Annotated[TaxInvoice, "It as it stood after the step."]


@shape
class TaxInvoiceHistory:
    """Everything that happened to a tax invoice, oldest first (S-230)."""

    entries: Annotated[tuple[TaxInvoiceStep, ...], "The steps."]


# -------------------------------------------------------------------------------------------- the supplier


@command("invoicing", answers=TaxInvoice, allowed=SUPPLIERS)
class IssueTaxInvoice(Command):
    """Issue the tax invoice of an invoice that was sent. An invoice has one."""

    invoice_id: Annotated[Id, "The invoice."]
    number: Annotated[DocumentNumber, "The supplier's number, unique for this customer."]
    day: Annotated[date | None, "Its date; today when left out."] = None


@command("invoicing", answers=TaxInvoice, allowed=SUPPLIERS)
class RegisterSupplierTaxInvoice(Command):
    """Note under which number and on which day a tax invoice was registered. Noting the same again changes nothing."""

    tax_invoice_id: Annotated[Id, "The tax invoice."]
    registration: Annotated[RegistrationNumber, "The number the tax office gave."]
    registered_on: Annotated[Day, "When it was registered."]


@command("invoicing", answers=TaxInvoice, allowed=SUPPLIERS)
class AskForDeliveryDate(Command):
    """Ask to date the delivery later, because the tax invoice cannot be registered in time (S-070).

    The number and the date of the tax invoice go with it by themselves. The order's initiator answers, or the
    operator's accounting.
    """

    tax_invoice_id: Annotated[Id, "The tax invoice."]
    delivery_note_number: Annotated[DocumentNumber, "Number of the delivery note."]
    delivery_note_date: Annotated[Day, "Its date."]
    wanted_date: Annotated[Day, "The delivery date asked for."]
    reason: Annotated[Reason, "Why."]


# ------------------------------------------------------------- the initiator and the operator's accounting


@command("invoicing", answers=TaxInvoice, allowed=RESOLVERS)
class GrantDeliveryDate(Command):
    """Grant a later delivery date: the invoice and its tax invoice have it from then on.

    Any buyer may ask; only the order's initiator is heard, and the operator's accounting.
    """

    tax_invoice_id: Annotated[Id, "The tax invoice."]
    request_id: Annotated[Id, "The request."]
    delivery_date: Annotated[date | None, "The date; the one asked for when left out."] = None
    answer: Annotated[Text, "What to say with it."] = ""


@command("invoicing", answers=TaxInvoice, allowed=RESOLVERS)
class RefuseDeliveryDate(Command):
    """Refuse another delivery date, and say why. Everything stays as it is."""

    tax_invoice_id: Annotated[Id, "The tax invoice."]
    request_id: Annotated[Id, "The request."]
    answer: Annotated[Reason, "Why; the supplier reads it."]


# ----------------------------------------------------------------------------------------------- everybody


@query("invoicing", answers=TaxInvoice, allowed=EVERYONE)
class GetTaxInvoice(Query):
    """One tax invoice."""

    tax_invoice_id: Annotated[Id, "The tax invoice."]


@query("invoicing", answers=TaxInvoiceHistory, allowed=EVERYONE)
class GetTaxInvoiceHistory(Query):
    """Everything that happened to a tax invoice."""

    tax_invoice_id: Annotated[Id, "The tax invoice."]


@query("invoicing", answers=TaxInvoicePage, allowed=EVERYONE)
class ListTaxInvoices(Query):
    """Suppliers' tax invoices, the newest first (S-204)."""

    partner_id: Annotated[Id | None, "Only with this customer or supplier."] = None
    invoice_id: Annotated[Id | None, "Only of this invoice."] = None
    status: Annotated[TaxInvoiceStatus | None, "Only in this status."] = None
    overdue: Annotated[bool | None, "Only those that should have been registered by now, or only others."] = (
        None
    )
    asked: Annotated[bool | None, "Only those with an open request for a date, or only others."] = None
    date_from: Annotated[date | None, "Of this day or later."] = None
    date_to: Annotated[date | None, "Of this day or earlier."] = None
    search: Annotated[Annotated[str, Length(1, 200)] | None, "How the number begins, spelling aside."] = None
    after: After = None
    limit: Limit = 50

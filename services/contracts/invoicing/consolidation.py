"""Consolidated invoices: what the operator sends its customers on the 15th and the 30th (A6, S-083, D-5)."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from services.contracts.actors import BUYERS, OPERATORS, Role
from services.contracts.invoicing.charges import TaxCategory, category_of
from services.contracts.kinds import (
    After,
    Amount,
    AmountPlaces,
    Count,
    CurrencyCode,
    Day,
    Days,
    DocumentNumber,
    Id,
    Instant,
    Limit,
    LineNumber,
    Name,
    Next,
    Percent,
    Sequence,
    Sum,
    Text,
)
from services.contracts.parties import Party, Person
from services.contracts.shapes import Command, Example, Length, Pattern, Query, command, query, shape

OPERATOR_BOOKKEEPERS = frozenset({Role.OPERATOR_ACCOUNTING, Role.OPERATOR_MANAGEMENT})

TimeZone = Annotated[
    str,
    Length(1, 64),
    Pattern(
        r"[A-Za-z][A-Za-z0-9_+\-]*(/[A-Za-z0-9_+\-]+)*",
        "a name of the time zone database, such as Europe/Kyiv",
    ),
    Example("Europe/Kyiv"),
]

RegistrationNumber = Annotated[str, Length(1, 50), Example("9087654321")]

MOST_INVOICES = 1000
"""Invoices on one consolidated invoice. Who has more in one run gets several."""


class RunStatus(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    FINISHED = "finished"


class ConsolidatedStatus(StrEnum):
    """Where a consolidated invoice stands: it is paid as the invoices behind it are."""

    ISSUED = "issued"
    PARTLY_PAID = "partly-paid"
    PAID = "paid"


@shape
class ConsolidationTerms:
    """By whose day runs begin, and how long customers have to pay."""

    operator: Annotated[Party, "The operator."]
    time_zone: Annotated[TimeZone, "Where the operator's days begin and end."]
    payment_days: Annotated[Days, "Days from the day of a consolidated invoice until it is due."]
    next_day: Annotated[Day, "The next day on which a run starts by itself."]
    sequence: Annotated[Sequence, "Grows with every change; the ETag."]


@shape
class ConsolidatedTotal:
    """What stands on consolidated invoices, of one currency."""

    currency: Annotated[CurrencyCode, "Currency of the sums."]
    documents: Annotated[Count, "How many consolidated invoices."]
    invoices: Annotated[Count, "How many invoices stand on them."]
    net: Annotated[Sum, "Sum of their net totals."]
    tax: Annotated[Sum, "Sum of their taxes."]
    gross: Annotated[Sum, "Sum of their gross totals."]


@shape
class ConsolidationRun:
    """One run: the consolidated invoices of one day. There is one run of a day, however often it is started."""

    id: Annotated[Id, "The run."]
    day: Annotated[Day, "Its day, the date of its consolidated invoices."]
    until: Annotated[Instant, "What was approved up to this moment is on them; the same when it is repeated."]
    status: Annotated[RunStatus, "Where it stands."]
    operator: Annotated[Party, "Who issues them."]
    started_by: Annotated[Person | None, "Who started it; null: by itself on its day."]
    started_at: Annotated[Instant, "When."]
    finished_at: Annotated[Instant | None, "When the last customer had its own; null while it is running."]
    waiting: Annotated[Count, "Customers that do not have theirs yet."]
    totals: Annotated[tuple[ConsolidatedTotal, ...], "What it has issued so far, by currency."]
    sequence: Annotated[Sequence, "Grows with every step."]


@shape
class ConsolidationRunPage:
    """A page of runs, the latest day first."""

    items: Annotated[tuple[ConsolidationRun, ...], "The runs."]
    next: Next


@shape
class ConsolidationShare:
    """What one customer would be sent in one currency."""

    customer: Annotated[Party, "The customer."]
    currency: Annotated[CurrencyCode, "Currency of the sums."]
    documents: Annotated[Count, "How many consolidated invoices; more than one beyond 1000 invoices."]
    invoices: Annotated[Count, "How many invoices would stand on them."]
    oldest: Annotated[Day, "Date of the oldest of these invoices."]
    net: Annotated[Sum, "Sum of their net totals."]
    tax: Annotated[Sum, "Sum of their taxes."]
    gross: Annotated[Sum, "Sum of their gross totals."]


@shape
class ConsolidationPreview:
    """What a run would issue if it were started now. Nothing is changed by asking."""

    day: Annotated[Day, "The day of the run."]
    until: Annotated[Instant, "What is approved up to this moment would be on them."]
    run: Annotated[ConsolidationRun | None, "The run of this day, when there was one: starting repeats it."]
    shares: Annotated[tuple[ConsolidationShare, ...], "By customer and currency, by the customers' names."]
    totals: Annotated[tuple[ConsolidatedTotal, ...], "All of them, by currency."]


@shape
class ConsolidatedLine:
    """An invoice on a consolidated invoice."""

    number: Annotated[LineNumber, "Position, from 1."]
    invoice_id: Annotated[Id, "The invoice. It stands on no other consolidated invoice."]
    invoice_number: Annotated[DocumentNumber, "Its number."]
    issue_date: Annotated[Day, "Its date."]
    supplier: Annotated[Party, "Who sent it."]
    order_id: Annotated[Id, "The order it bills."]
    order_number: Annotated[DocumentNumber, "That order's number."]
    net: Annotated[Amount, "Its net total."]
    tax: Annotated[Amount, "Its tax."]
    gross: Annotated[Amount, "Its gross total."]


@shape
class ConsolidatedTax:
    """The tax of one category and rate: the sum of what the invoices say, never computed anew."""

    category: Annotated[TaxCategory, "The category."] = TaxCategory.STANDARD
    rate: Annotated[Percent, "Tax in percent."]
    base: Annotated[Sum, "Sum of the net amounts taxed at it."]
    amount: Annotated[Sum, "Sum of the taxes."]
    exemption_reason: Annotated[Text | None, "Why no tax is due, as the invoices say."] = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "category", category_of(self.category, self.rate))


@shape
class OperatorTaxInvoice:
    """The operator's tax invoice of a consolidated invoice: the same sums, by tax rate (S-086)."""

    number: Annotated[DocumentNumber, "The operator's number; without gaps within a year."]
    day: Annotated[Day, "Its date: that of the consolidated invoice."]
    registration: Annotated[
        RegistrationNumber | None, "The number it was registered under with the tax office."
    ]
    registered_on: Annotated[date | None, "When it was registered."]
    registered_by: Annotated[Person | None, "Who noted it."]


@shape
class ConsolidatedSummary:
    """A consolidated invoice in a list, and as it is announced."""

    id: Annotated[Id, "The consolidated invoice."]
    number: Annotated[DocumentNumber, "The operator's number; without gaps within a year."]
    status: Annotated[ConsolidatedStatus, "Where it stands."]
    run_id: Annotated[Id, "The run that issued it."]
    day: Annotated[Day, "Its date."]
    due_date: Annotated[Day, "When it is to be paid."]
    operator: Annotated[Party, "Who issued it."]
    customer: Annotated[Party, "For whom it is."]
    currency: Annotated[CurrencyCode, "Currency of all amounts."]
    amount_places: Annotated[AmountPlaces, "Digits after the point of its amounts."]
    invoices: Annotated[Count, "How many invoices stand on it."]
    net: Annotated[Sum, "Sum of their net totals."]
    tax: Annotated[Sum, "Sum of their taxes."]
    gross: Annotated[Sum, "Sum of their gross totals."]
    paid: Annotated[Sum, "What is paid of these invoices."]
    open: Annotated[Sum, "What is neither paid nor taken off by credit notes."]
    issued_at: Annotated[Instant, "When it was issued."]
    sequence: Annotated[Sequence, "Grows with every change; the ETag."]
    deducted: Annotated[Sum, "What credit notes took off these invoices."] = Decimal(0)
    tax_invoice: Annotated[
        OperatorTaxInvoice | None, "Its tax invoice; null of documents from before there were any."
    ] = None


@shape
class ConsolidatedPage:
    """A page of consolidated invoices, the newest first."""

    items: Annotated[tuple[ConsolidatedSummary, ...], "The consolidated invoices."]
    next: Next


@shape
class ConsolidatedInvoice:
    """All approved invoices of one customer in one currency since the run before, as one document.

    It bundles what the customer owes and adds no debt of its own: it is paid as these invoices are.
    """

    summary: Annotated[ConsolidatedSummary, "What stands above and below the lines."]
    lines: Annotated[tuple[ConsolidatedLine, ...], Length(1, MOST_INVOICES), "The invoices, by date."]
    taxes: Annotated[tuple[ConsolidatedTax, ...], "Tax by category and rate, lowest rate first."]
    sequence: Annotated[Sequence, "Grows with every change; the ETag."]


# --------------------------------------------------------------------------------------------- the operator

RunDay = Annotated[date | None, "The day of the run, today or earlier; today when left out."]


@command("invoicing", answers=ConsolidationRun, allowed=OPERATOR_BOOKKEEPERS)
class StartConsolidation(Command):
    """Start the run of a day, or go on with it (S-083).

    A run of the day that has finished issues nothing new; one that was interrupted goes on where it stopped.
    """

    day: RunDay = None


@command("invoicing", answers=ConsolidationTerms, allowed=OPERATOR_BOOKKEEPERS)
class ChangeConsolidationTerms(Command):
    """Choose by whose day runs begin and how long customers have to pay. What was issued stays as it is."""

    time_zone: Annotated[TimeZone, "Where the operator's days begin and end."]
    payment_days: Annotated[Days, "Days until a consolidated invoice is due."]


@command("invoicing", answers=ConsolidatedInvoice, allowed=OPERATOR_BOOKKEEPERS)
class RegisterTaxInvoice(Command):
    """Note under which number and on which day a tax invoice was registered (S-086)."""

    consolidated_id: Annotated[Id, "The consolidated invoice."]
    registration: Annotated[RegistrationNumber, "The number the tax office gave."]
    registered_on: Annotated[Day, "When it was registered."]


@query("invoicing", answers=ConsolidationPreview, allowed=OPERATORS)
class PreviewConsolidation(Query):
    """What a run would issue if it were started now."""

    day: RunDay = None


@query("invoicing", answers=ConsolidationTerms, allowed=OPERATORS)
class GetConsolidationTerms(Query):
    """By whose day runs begin, how long customers have to pay, and when the next run starts by itself."""


@query("invoicing", answers=ConsolidationRunPage, allowed=OPERATORS)
class ListConsolidationRuns(Query):
    """The runs, the latest day first."""

    after: After = None
    limit: Limit = 50


@query("invoicing", answers=ConsolidationRun, allowed=OPERATORS)
class GetConsolidationRun(Query):
    """One run."""

    run_id: Annotated[Id, "The run."]


# --------------------------------------------------------------------------------- the operator and customers


@query("invoicing", answers=ConsolidatedPage, allowed=OPERATORS | BUYERS)
class ListConsolidatedInvoices(Query):
    """Consolidated invoices, the newest first: a customer's own, or all for the operator."""

    customer_id: Annotated[Id | None, "Only of this customer."] = None
    run_id: Annotated[Id | None, "Only of this run."] = None
    status: Annotated[tuple[ConsolidatedStatus, ...], Length(0, 3), "Only in one of these statuses."] = ()
    currency: Annotated[CurrencyCode | None, "Only in this currency."] = None
    date_from: Annotated[date | None, "Of this day or later."] = None
    date_to: Annotated[date | None, "Of this day or earlier."] = None
    search: Annotated[Name | None, "How the number begins."] = None
    after: After = None
    limit: Limit = 50


@query("invoicing", answers=ConsolidatedInvoice, allowed=OPERATORS | BUYERS)
class GetConsolidatedInvoice(Query):
    """One consolidated invoice, with the invoices behind it."""

    consolidated_id: Annotated[Id, "The consolidated invoice."]

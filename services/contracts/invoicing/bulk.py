"""Many invoices in one action (S-059): what would come of them first, then all of them sent at once."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from services.contracts.actors import SUPPLIERS
from services.contracts.invoicing import views
from services.contracts.invoicing.charges import Adjustments, Exemptions
from services.contracts.invoicing.commands import Currency, LineContent, RateOfExchange
from services.contracts.kinds import (
    After,
    AmountPlaces,
    Count,
    CurrencyCode,
    Day,
    DocumentNumber,
    Id,
    Limit,
    Name,
    Next,
    Sum,
    Text,
)
from services.contracts.parties import Party
from services.contracts.shapes import Command, Example, Length, Query, Range, command, query, shape

Place = Annotated[int, Range(least=0), Example(0)]


@shape
class OneOfMany:
    """One invoice among many: for an order by its id or number; all that is open of it unless lines are given."""

    order_id: Annotated[Id | None, "The order to bill."] = None
    order_number: Annotated[DocumentNumber | None, "Or its number, when only one of your orders has it."] = (
        None
    )
    number: Annotated[DocumentNumber | None, "The supplier's number; needed before it is sent."] = None
    issue_date: Annotated[date | None, "Date of the invoice; today when left out."] = None
    note: Annotated[Text, "For the customer to read."] = ""
    lines: Annotated[
        tuple[LineContent, ...] | None, Length(1, 1000), "What is billed; all that is open when left out."
    ] = None
    adjustments: Adjustments = ()
    exemptions: Exemptions = ()
    currency: Currency = None
    exchange: RateOfExchange = None


Many = Annotated[tuple[OneOfMany, ...], Length(1, 100), "The invoices, in the order they are written."]


@shape
class Hindrance:
    """Why one of the invoices cannot be sent as it is."""

    code: Annotated[Name, "The code sending it would be refused with.", Example("number-missing")]
    detail: Annotated[views.Sentence, "What to do."]
    field: Annotated[Name | None, "Where, as a JSON pointer into the invoice; null: nowhere in particular."]


@shape
class ForeseenOne:
    """What would come of one of the invoices."""

    place: Annotated[Place, "Which of the invoices, from 0."]
    order_id: Annotated[Id | None, "The order it bills; null when there is none."]
    order_number: Annotated[DocumentNumber | None, "That order's number."]
    customer: Annotated[Party | None, "Who would get it."]
    number: Annotated[DocumentNumber | None, "The invoice's number."]
    currency: Annotated[CurrencyCode | None, "Currency of its sums."]
    net: Annotated[Decimal | None, Range(least=0), "Net sum."]
    gross: Annotated[Decimal | None, Range(least=0), "Gross sum."]
    verdict: Annotated[views.Verdict | None, "What matching would come to; null when it could not be asked."]
    reasons: Annotated[tuple[views.Sentence, ...], "Why it would not pass."]
    warnings: Annotated[tuple[views.Sentence, ...], "What it may be a second copy of."]
    hindrances: Annotated[tuple[Hindrance, ...], "What stands in the way; empty when it can be sent."]
    sentence: Annotated[
        views.Sentence | None, "What becomes of it, and with whom it waits; null when it could not be asked."
    ] = None


@shape
class ForeseenSum:
    """The invoices of one currency that matching would come to the same with."""

    currency: Annotated[CurrencyCode, "Currency of the sums."]
    verdict: Annotated[views.Verdict, "What matching would come to."]
    count: Annotated[Count, "How many invoices."]
    net: Annotated[Sum, "Sum of their net sums."]
    gross: Annotated[Sum, "Sum of their gross sums."]


@shape
class ForeseenMany:
    """What would come of sending many invoices now, one after the other. Nothing was changed to find out."""

    items: Annotated[tuple[ForeseenOne, ...], "One for each invoice, in their order."]
    sums: Annotated[tuple[ForeseenSum, ...], "Of those that can be sent, by currency and verdict."]
    hindered: Annotated[Count, "How many cannot be sent as they are."]


@shape
class SentOne:
    """What became of one of the invoices."""

    place: Annotated[Place, "Which of the invoices, from 0."]
    invoice_id: Annotated[Id | None, "The invoice; null: it was not sent."]
    number: Annotated[DocumentNumber | None, "Its number."]
    order_number: Annotated[DocumentNumber | None, "The order it bills."]
    status: Annotated[views.InvoiceStatus | None, "Where it stands."]
    currency: Annotated[CurrencyCode | None, "Currency."]
    gross: Annotated[Decimal | None, Range(least=0), "Gross sum."]
    hindrances: Annotated[tuple[Hindrance, ...], "Why it was not sent; empty when it was."]


@shape
class SentMany:
    """What became of many invoices that were sent in one action."""

    items: Annotated[tuple[SentOne, ...], "One for each invoice, in their order."]
    sent: Annotated[Count, "How many were sent."]
    hindered: Annotated[Count, "How many were not."]


@shape
class BillableOrder:
    """An order of which something is not on any invoice yet."""

    order_id: Annotated[Id, "The order."]
    order_number: Annotated[DocumentNumber, "Its number."]
    customer: Annotated[Party, "Who ordered."]
    order_date: Annotated[Day, "Day of the order."]
    currency: Annotated[CurrencyCode, "Its currency."]
    amount_places: Annotated[AmountPlaces, "Digits after the point that amounts are rounded to."]
    open_net: Annotated[Sum, "Net sum of what is open, at the order's prices."]
    begun: Annotated[bool, "Whether a part of it is on invoices already."]


@shape
class BillableOrders:
    """A page of orders of which something is open, the newest first."""

    items: Annotated[tuple[BillableOrder, ...], "The orders."]
    next: Next


@query("invoicing", answers=BillableOrders, allowed=SUPPLIERS)
class ListBillableOrders(Query):
    """The orders of which something is not on any invoice yet, the newest first."""

    partner_id: Annotated[Id | None, "Only of this customer."] = None
    after: After = None
    limit: Limit = 50


@query("invoicing", answers=ForeseenMany, allowed=SUPPLIERS)
class PreflightInvoices(Query):
    """What would come of sending many invoices now: the verdict of each, and the sums."""

    invoices: Many


@command("invoicing", answers=SentMany, allowed=SUPPLIERS)
class SendInvoices(Command):
    """Send many invoices in one action (S-059): the good ones, or none unless all are good.

    Repeated with the same key it sends nothing twice; whatever dies in the middle has sent nothing.
    """

    invoices: Many
    keep_good: Annotated[
        bool, "Send the good ones although others cannot be sent; otherwise all or none."
    ] = False

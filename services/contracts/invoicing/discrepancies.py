"""How often what suppliers bill differs from what was ordered (S-062), and the advice to work on the catalogue."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from services.contracts.actors import EVERYONE, Role
from services.contracts.invoicing.views import ExactNumber, InvoiceStatus
from services.contracts.kinds import (
    After,
    Count,
    CurrencyCode,
    Day,
    DocumentNumber,
    Id,
    ItemNumber,
    Limit,
    LineNumber,
    Name,
    Next,
    Percent,
    Quantity,
    UnitCode,
    UnitPrice,
)
from services.contracts.parties import Party
from services.contracts.shapes import Command, Query, command, query, shape

ADVISERS = frozenset({Role.OPERATOR_CATALOGUE, Role.OPERATOR_MANAGEMENT})


class DiscrepancyBy(StrEnum):
    """What is counted together."""

    SUPPLIER = "supplier"
    CUSTOMER = "customer"
    ITEM = "item"


class DiscrepancyKind(StrEnum):
    """How a line differs: another price, more than was ordered, or an item that was not ordered."""

    PRICE = "price"
    QUANTITY = "quantity"
    ITEM = "item"


@shape
class DiscrepancyRate:
    """How much of what was billed differs from the orders."""

    supplier: Annotated[Party | None, "Whose invoices; null in a sum over several."]
    customer: Annotated[Party | None, "To whom; null unless counted by customer."]
    item_number: Annotated[
        ItemNumber | None, "Which item; null unless counted by item, and for lines without."
    ]
    description: Annotated[Name | None, "What the item is called."]
    invoices: Annotated[Count, "Invoices that were matched."]
    differing: Annotated[Count, "Of them, those with a line that differs."]
    lines: Annotated[Count, "Their lines."]
    differing_lines: Annotated[Count, "Of them, those that differ in any way."]
    price: Annotated[Count, "Lines with another price than ordered."]
    quantity: Annotated[Count, "Lines that bill more than was ordered, with what was billed before."]
    item: Annotated[Count, "Lines of which nothing was ordered."]
    rate: Annotated[Percent, "Invoices that differ, in percent; counted by item, lines that differ."]
    advised: Annotated[
        bool, "Whether that is above the operator's threshold: work on the catalogue is advised."
    ]


@shape
class Discrepancies:
    """How often invoices differed from their orders over a time, the worst first."""

    date_from: Annotated[Day, "Invoices of this day or later."]
    date_to: Annotated[Day, "Invoices of this day or earlier."]
    by: Annotated[DiscrepancyBy, "What is counted together."]
    threshold: Annotated[Percent, "Above this rate work on the catalogue is advised; the operator sets it."]
    total: Annotated[DiscrepancyRate, "All of it together."]
    items: Annotated[tuple[DiscrepancyRate, ...], "The 200 worst, by rate."]


@shape
class DiscrepantLine:
    """A line that differs from its order, and how."""

    invoice_id: Annotated[Id, "The invoice."]
    invoice_number: Annotated[DocumentNumber, "Its number."]
    issue_date: Annotated[Day, "Its date."]
    status: Annotated[InvoiceStatus, "Where it stands."]
    order_id: Annotated[Id, "The order it bills."]
    order_number: Annotated[DocumentNumber, "That order's number."]
    supplier: Annotated[Party, "Who billed."]
    customer: Annotated[Party, "Who ordered."]
    currency: Annotated[CurrencyCode, "Currency of the prices."]
    line: Annotated[LineNumber, "The line of the invoice."]
    item_number: Annotated[ItemNumber | None, "The supplier's item number."]
    description: Annotated[Name, "What was billed."]
    unit: Annotated[UnitCode, "Unit of measure."]
    quantity: Annotated[Quantity, "Quantity billed."]
    billed_so_far: Annotated[
        ExactNumber | None, "The same with what was billed before; null of what was not ordered."
    ]
    ordered: Annotated[ExactNumber | None, "Quantity ordered; null of what was not ordered."]
    unit_price: Annotated[UnitPrice, "Price billed."]
    ordered_price: Annotated[UnitPrice | None, "Price ordered; null of what was not ordered."]
    kinds: Annotated[tuple[DiscrepancyKind, ...], "How it differs."]


@shape
class DiscrepantLinePage:
    """A page of lines that differ, of the newest invoice first."""

    items: Annotated[tuple[DiscrepantLine, ...], "The lines."]
    next: Next


@shape
class DiscrepancyAdvice:
    """From when on suppliers are advised to work on their catalogue."""

    threshold: Annotated[Percent, "Above this rate, in percent."]


Since = Annotated[date | None, "Invoices of this day or later; three months back when left out."]
Until = Annotated[date | None, "Invoices of this day or earlier; today when left out."]
Supplier = Annotated[Id | None, "Only this supplier's."]
Customer = Annotated[Id | None, "Only to this customer."]


@query("invoicing", answers=Discrepancies, allowed=EVERYONE)
class GetDiscrepancies(Query):
    """How often invoices differed from their orders in price, quantity or item.

    A supplier's own, those of a customer's suppliers, or all for the operator. Counted are invoices that were
    sent, as they and their orders stand now: what both sides agreed on by changing the order differs no more.
    A line in another unit than ordered is not compared.
    """

    by: Annotated[DiscrepancyBy, "What to count together."] = DiscrepancyBy.SUPPLIER
    date_from: Since = None
    date_to: Until = None
    supplier_id: Supplier = None
    customer_id: Customer = None


@query("invoicing", answers=DiscrepantLinePage, allowed=EVERYONE)
class ListDiscrepantLines(Query):
    """The lines behind the figures, of the newest invoice first."""

    date_from: Since = None
    date_to: Until = None
    supplier_id: Supplier = None
    customer_id: Customer = None
    item_number: Annotated[ItemNumber | None, "Only of this item."] = None
    kind: Annotated[DiscrepancyKind | None, "Only what differs in this way."] = None
    after: After = None
    limit: Limit = 50


@command("invoicing", answers=DiscrepancyAdvice, allowed=ADVISERS)
class SetDiscrepancyAdvice(Command):
    """Choose above which rate suppliers are advised to work on their catalogue."""

    threshold: Annotated[Percent, "The rate, in percent; 100: never."]


DEFAULT_THRESHOLD = Decimal(10)

"""Invoices from a table that the supplier has filled (S-059): its rows, what would come of them, what came."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from services.contracts.actors import SUPPLIERS
from services.contracts.invoicing import bulk, views
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
from services.contracts.shapes import Command, Example, Length, Query, Range, command, query, shape


class FileColumn(StrEnum):
    """What a column of the table holds. A table may have others; they are not read."""

    ORDER_NUMBER = "order-number"
    ORDER_LINE = "order-line"
    ITEM_NUMBER = "item-number"
    DESCRIPTION = "description"
    QUANTITY = "quantity"
    UNIT = "unit"
    UNIT_PRICE = "unit-price"
    TAX_RATE = "tax-rate"
    INVOICE_NUMBER = "invoice-number"
    INVOICE_DATE = "invoice-date"


RowNumber = Annotated[int, Range(least=1, most=10_000_000), Example(2)]


@shape
class CellFault:
    """What is wrong in one place of the table, and what to do."""

    row: Annotated[RowNumber, "The row, as the table's own program counts it."]
    column: Annotated[FileColumn | None, "The column; null: the row as a whole."]
    detail: Annotated[views.Sentence, "What to do."]


@shape
class FileRow:
    """One row: a line of an invoice. What could not be read is null here and told among the faults."""

    row: Annotated[RowNumber, "The row, as the table's own program counts it."]
    number: Annotated[DocumentNumber | None, "The invoice it belongs to, with the other rows of this number."]
    order_number: Annotated[DocumentNumber | None, "The order that is billed."]
    issue_date: Annotated[date | None, "Date of the invoice; today when no row of it has one."] = None
    order_line: Annotated[LineNumber | None, "The order line that is billed."] = None
    item_number: Annotated[ItemNumber | None, "The supplier's item number."] = None
    description: Annotated[Name | None, "What is billed."] = None
    unit: Annotated[UnitCode | None, "Unit of measure."] = None
    quantity: Annotated[Quantity | None, "Quantity billed."] = None
    unit_price: Annotated[UnitPrice | None, "Net price of one unit; the order's when left out."] = None
    tax_rate: Annotated[Percent | None, "Tax in percent; the order's when left out."] = None


Rows = Annotated[tuple[FileRow, ...], Length(1, 5000), "The rows that name an invoice."]
Faults = Annotated[tuple[CellFault, ...], Length(0, 50_000), "What of these rows could not be read."]


@shape
class ForeseenLine:
    """A line of an invoice as it would be billed."""

    row: Annotated[RowNumber, "The row it comes from."]
    item_number: Annotated[ItemNumber | None, "The supplier's item number."]
    description: Annotated[Name, "What is billed."]
    unit: Annotated[UnitCode, "Unit of measure."]
    quantity: Annotated[Quantity, "Quantity billed."]
    unit_price: Annotated[UnitPrice, "Net price of one unit."]
    net: Annotated[views.ExactAmount, "Net amount."]


@shape
class ForeseenOfFile:
    """What would come of one invoice of the table."""

    foreseen: Annotated[bulk.ForeseenOne, "Its verdict, or what stands in its way."]
    rows: Annotated[tuple[RowNumber, ...], "The rows it was read from."]
    lines: Annotated[tuple[ForeseenLine, ...], "Its lines; empty when it could not be asked about."]
    faults: Annotated[tuple[CellFault, ...], "What stands in its way, each with its place."]


@shape
class ForeseenFile:
    """What would come of sending the invoices of a table now. Nothing was changed to find out."""

    items: Annotated[tuple[ForeseenOfFile, ...], "The invoices, as they come in the table."]
    sums: Annotated[tuple[bulk.ForeseenSum, ...], "Of those that can be sent, by currency and verdict."]
    hindered: Annotated[Count, "How many cannot be sent as they are."]


@shape
class SentFile:
    """What became of the invoices of a table."""

    items: Annotated[tuple[bulk.SentOne, ...], "The invoices, as they come in the table."]
    faults: Annotated[tuple[CellFault, ...], "Why some were not sent, each with its place."]
    sent: Annotated[Count, "How many were sent."]
    hindered: Annotated[Count, "How many were not."]


@shape
class BillableLine:
    """An order line of which something is not on any invoice yet: a row of the table to fill."""

    order_id: Annotated[Id, "The order."]
    order_number: Annotated[DocumentNumber, "Its number."]
    customer: Annotated[Party, "Who ordered."]
    order_date: Annotated[Day, "Day of the order."]
    currency: Annotated[CurrencyCode, "Its currency."]
    order_line: Annotated[LineNumber, "Position in the order."]
    item_number: Annotated[ItemNumber, "The supplier's item number."]
    description: Annotated[Name, "What was ordered."]
    unit: Annotated[UnitCode, "Unit of measure."]
    quantity: Annotated[Quantity, "What of it is open."]
    unit_price: Annotated[UnitPrice, "Net price of one unit."]
    tax_rate: Annotated[Percent, "Tax in percent."]


@shape
class BillableLines:
    """A page of open order lines, those of the newest order first."""

    items: Annotated[tuple[BillableLine, ...], "The lines."]
    next: Next


@query("invoicing", answers=BillableLines, allowed=SUPPLIERS)
class ListBillableLines(Query):
    """The order lines of which something is not on any invoice yet: as a file, a table to fill and send back."""

    partner_id: Annotated[Id | None, "Only of this customer."] = None
    after: After = None
    limit: Limit = 50


@query("invoicing", answers=ForeseenFile, allowed=SUPPLIERS)
class PreflightInvoiceFile(Query):
    """What would come of sending the invoices of a table: each with its lines, each faulty cell with its place.

    Rows without an invoice number are left out, so that a table may list more than is billed.
    """

    rows: Rows
    faults: Faults = ()


@command("invoicing", answers=SentFile, allowed=SUPPLIERS)
class SendInvoiceFile(Command):
    """Send the invoices of a table (S-059): the good ones, or none unless all are good.

    Repeated with the same key it sends nothing twice; whatever dies in the middle has sent nothing.
    """

    rows: Rows
    faults: Faults = ()
    keep_good: Annotated[
        bool, "Send the good ones although others cannot be sent; otherwise all or none."
    ] = False

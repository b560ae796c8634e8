"""The invoices in a table: which rows make one, and where in the table that stands which hinders it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.chassis.errors import Fault, Invalid
from services.contracts.invoicing.bulk import ForeseenOne, Hindrance, OneOfMany
from services.contracts.invoicing.bulk_files import (
    CellFault,
    FileColumn,
    FileRow,
    ForeseenLine,
    ForeseenOfFile,
)
from services.contracts.invoicing.commands import LineContent
from services.contracts.invoicing.views import InvoiceLine
from services.invoicing.domain.invoice import number_key

#: Invoices of one table, and lines of one invoice: as many as one action and one invoice take.
MOST_INVOICES = 100
MOST_LINES = 1000

_OF_INVOICE = {
    "/number": FileColumn.INVOICE_NUMBER,
    "/order_number": FileColumn.ORDER_NUMBER,
    "/issue_date": FileColumn.INVOICE_DATE,
}
_OF_LINE = {
    "order_line": FileColumn.ORDER_LINE,
    "item_number": FileColumn.ITEM_NUMBER,
    "description": FileColumn.DESCRIPTION,
    "unit": FileColumn.UNIT,
    "quantity": FileColumn.QUANTITY,
    "unit_price": FileColumn.UNIT_PRICE,
    "tax_rate": FileColumn.TAX_RATE,
}
_OF_CODE = {
    "not-found": FileColumn.ORDER_NUMBER,
    "not-here-yet": FileColumn.ORDER_NUMBER,
    "several-orders": FileColumn.ORDER_NUMBER,
    "number-taken": FileColumn.INVOICE_NUMBER,
    "number-missing": FileColumn.INVOICE_NUMBER,
    "issued-in-the-future": FileColumn.INVOICE_DATE,
}


@dataclass
class Written:
    """One invoice of the table: its rows in their order, and what of them could not be read."""

    number: str | None
    order_number: str | None
    rows: list[FileRow] = field(default_factory=list)
    faults: list[CellFault] = field(default_factory=list)

    @property
    def issue_date(self) -> date | None:
        """The date that its rows name; None where none does."""
        return next((row.issue_date for row in self.rows if row.issue_date is not None), None)

    def wish(self) -> OneOfMany:
        """It as one of many invoices; only for one without faults."""
        return OneOfMany(
            order_number=self.order_number,
            number=self.number,
            issue_date=self.issue_date,
            lines=tuple(_content(row) for row in self.rows),
        )

    def placed(self, hindrance: Hindrance) -> CellFault:
        """Where in the table that stands which hinders it."""
        pointer = hindrance.field or ""
        line = re.match(r"/lines/(\d+)(?:/(\w+))?", pointer)
        if line is not None and int(line[1]) < len(self.rows):
            row = self.rows[int(line[1])].row
            return CellFault(row=row, column=_OF_LINE.get(line[2] or ""), detail=hindrance.detail)
        column = _OF_INVOICE.get(pointer) or _OF_CODE.get(hindrance.code)
        return CellFault(row=self.rows[0].row, column=column, detail=hindrance.detail)

    def all_placed(self, why: Iterable[Hindrance]) -> list[CellFault]:
        """Where in the table that stands which hinders it; of a row that names no line of the order, only that."""
        placed = [self.placed(each) for each in why]
        lost = {each.row for each in placed if each.column is FileColumn.ORDER_LINE}
        return [each for each in placed if each.row not in lost or each.column is FileColumn.ORDER_LINE]


def _content(row: FileRow) -> LineContent:
    assert row.quantity is not None
    return LineContent(
        order_line=row.order_line,
        item_number=row.item_number,
        description=row.description,
        unit=row.unit,
        quantity=row.quantity,
        unit_price=row.unit_price,
        tax_rate=row.tax_rate,
    )


def gathered(rows: Iterable[FileRow], faults: Iterable[CellFault]) -> list[Written]:
    """The invoices of the table, as they come in it: the rows of one order with one invoice number are one."""
    unread: dict[int, list[CellFault]] = {}
    for fault in faults:
        unread.setdefault(fault.row, []).append(fault)
    found: dict[tuple[str | None, str], Written] = {}
    for row in rows:
        # What has no number cannot belong together with anything.
        key = (row.order_number, number_key(row.number) if row.number else f" {row.row}")
        invoice = found.setdefault(key, Written(row.number, row.order_number))
        invoice.faults += unread.pop(row.row, []) or _missing(row)
        if row.issue_date is not None and invoice.issue_date not in (None, row.issue_date):
            invoice.faults.append(_other_date(row, invoice))
        if len(invoice.rows) == MOST_LINES:
            invoice.faults.append(_too_long(row, invoice))
        invoice.rows.append(row)
    if len(found) > MOST_INVOICES:
        raise Invalid(f"The table has {len(found)} invoices. Send at most {MOST_INVOICES} at a time.")
    return list(found.values())


def _missing(row: FileRow) -> list[CellFault]:
    """What a row needs and does not have."""
    needed = (
        (row.order_number, FileColumn.ORDER_NUMBER, "Name the order that is billed."),
        (row.number, FileColumn.INVOICE_NUMBER, "Give the invoice the number it has in your books."),
        (row.quantity, FileColumn.QUANTITY, "Say how much is billed, or take the row out."),
    )
    return [
        CellFault(row=row.row, column=column, detail=sentence)
        for value, column, sentence in needed
        if value is None
    ]


def _too_long(row: FileRow, invoice: Written) -> CellFault:
    return CellFault(
        row=row.row,
        column=FileColumn.INVOICE_NUMBER,
        detail=f"Invoice {invoice.number} has more than {MOST_LINES} lines. Divide it.",
    )


def _other_date(row: FileRow, invoice: Written) -> CellFault:
    return CellFault(
        row=row.row,
        column=FileColumn.INVOICE_DATE,
        detail=f"Invoice {invoice.number} has the date {invoice.issue_date} in row {invoice.rows[0].row}. "
        "Give all rows of an invoice the same date, or only the first.",
    )


def of_file(invoice: Written, foreseen: ForeseenOne, lines: Sequence[InvoiceLine]) -> ForeseenOfFile:
    """What would come of one, with the places in the table."""
    faults = invoice.faults or invoice.all_placed(foreseen.hindrances)
    return ForeseenOfFile(
        foreseen=foreseen,
        rows=tuple(row.row for row in invoice.rows),
        lines=tuple(
            ForeseenLine(
                row=row.row,
                item_number=line.item_number,
                description=line.description,
                unit=line.unit,
                quantity=line.quantity,
                unit_price=line.unit_price,
                net=line.net,
            )
            for row, line in zip(invoice.rows, lines, strict=False)
        ),
        faults=tuple(faults),
    )


def unreadable(invoice: Written) -> tuple[Hindrance, ...]:
    """What of it could not be read, as what hinders it."""
    return tuple(
        Hindrance(code="row-unreadable", detail=fault.detail, field=None) for fault in invoice.faults
    )


def as_faults(faults: Iterable[CellFault]) -> list[Fault]:
    """What is wrong in the table, as faults of the request."""
    return [
        Fault(f"/rows/{fault.row}" + (f"/{fault.column.value}" if fault.column else ""), fault.detail)
        for fault in faults
    ]

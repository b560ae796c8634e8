"""A table of invoices (S-059): its headings in English and Ukrainian, and its rows as the service takes them."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from services.contracts.invoicing.bulk_files import FileColumn
from services.contracts.money import GREATEST_QUANTITY
from services.gateway.frames import Head
from services.gateway.problems import FileRefused
from services.gateway.tables import columns
from services.gateway.tables.columns import Columns, Unreadable, cell_of, folded
from services.gateway.tables.reading import Cell, read

#: Rows with an invoice number in one table.
MOST_FILLED = 5_000
MOST_FAULTS = 20_000

_HEADINGS: Mapping[FileColumn, tuple[str, ...]] = {
    FileColumn.ORDER_NUMBER: (
        "Purchase order", "Order", "Order number", "Order no", "PO", "PO number", "PO no",
        "Замовлення на закупівлю", "Замовлення", "Номер замовлення", "№ замовлення",
    ),
    FileColumn.ORDER_LINE: (
        "Order line", "Line", "Line no", "No", "PO line", "Рядок замовлення", "Рядок", "№ рядка", "№",
    ),
    FileColumn.ITEM_NUMBER: (
        "Item", "Item number", "Item no", "Article", "SKU", "Артикул", "Код товару", "Номер товару",
    ),
    FileColumn.DESCRIPTION: ("Description", "Name", "Опис", "Назва", "Найменування"),
    FileColumn.QUANTITY: ("Quantity", "Qty", "Quantity billed", "Кількість", "К-сть"),
    FileColumn.UNIT: ("Unit", "Unit of measure", "UoM", "Одиниця", "Од.", "Одиниця виміру"),
    FileColumn.UNIT_PRICE: ("Unit price", "Price", "Ціна", "Ціна за одиницю", "Ціна одиниці"),
    FileColumn.TAX_RATE: (
        "Tax %", "Tax rate", "Tax", "VAT", "VAT %", "Под. %", "Податок %", "ПДВ", "ПДВ %", "Ставка ПДВ",
    ),
    FileColumn.INVOICE_NUMBER: (
        "Invoice number", "Invoice", "Invoice no", "Номер рахунка", "Рахунок", "Номер рахунку", "№ рахунка",
        "№ рахунку",
    ),
    FileColumn.INVOICE_DATE: (
        "Invoice date", "Date", "Issue date", "Дата рахунка", "Дата рахунку", "Дата",
    ),
}  # fmt: skip
COLUMNS = Columns(
    known={folded(heading): column for column, headings in _HEADINGS.items() for heading in headings},
    needed=(FileColumn.ORDER_NUMBER, FileColumn.INVOICE_NUMBER, FileColumn.QUANTITY),
    titles={column: f"“{headings[0]}”" for column, headings in _HEADINGS.items()},
)
_NUMBERS = (FileColumn.QUANTITY, FileColumn.UNIT_PRICE, FileColumn.TAX_RATE)


def _unit(cell: Cell) -> str | None:
    text = columns.text_of(cell, 3)
    if text is None:
        return None
    if not (text.isascii() and text.isalnum()):
        raise Unreadable("Write a UN/ECE code, such as C62 for pieces or KGM for kilograms.")
    return text.upper()


def _readers(mark: str | None) -> Mapping[FileColumn, tuple[str, Callable[[Cell], Any]]]:
    """Of each column, what the service calls it and how its cells are read."""
    return {
        FileColumn.INVOICE_NUMBER: ("number", lambda cell: columns.text_of(cell, 35)),
        FileColumn.ORDER_NUMBER: ("order_number", lambda cell: columns.text_of(cell, 35)),
        FileColumn.INVOICE_DATE: ("issue_date", columns.day_of),
        FileColumn.ORDER_LINE: ("order_line", lambda cell: columns.whole_of(cell, 10_000)),
        FileColumn.ITEM_NUMBER: ("item_number", lambda cell: columns.text_of(cell, 50)),
        FileColumn.DESCRIPTION: ("description", lambda cell: columns.text_of(cell, 200)),
        FileColumn.UNIT: ("unit", _unit),
        FileColumn.QUANTITY: (
            "quantity",
            lambda cell: columns.number_within(cell, mark, above=0, most=GREATEST_QUANTITY, places=6),
        ),
        FileColumn.UNIT_PRICE: (
            "unit_price",
            lambda cell: columns.number_within(cell, mark, least=0, most=Decimal(10) ** 12, places=6),
        ),
        FileColumn.TAX_RATE: (
            "tax_rate",
            lambda cell: columns.number_within(
                _without_percent(cell), mark, least=0, most=Decimal(100), places=4
            ),
        ),
    }


def _without_percent(cell: Cell) -> Cell:
    return (
        Cell(cell.value.rstrip().removesuffix("%"))
        if isinstance(cell.value, str) and not cell.formula
        else cell
    )


def parsed(body: bytes) -> dict[str, Any]:
    """The rows that name an invoice, and what of them could not be read; raises FileRefused."""
    places, rows = COLUMNS.found(read(body, COLUMNS.count))
    filled = [row for row in rows if not cell_of(row, places[FileColumn.INVOICE_NUMBER]).empty]
    if not filled:
        raise FileRefused(
            "No row has an invoice number: give each row that is to be billed the invoice's number."
        )
    if len(filled) > MOST_FILLED:
        raise FileRefused(f"More than {MOST_FILLED:,} rows have an invoice number. Divide the table.")
    numbers = (cell_of(row, places.get(column)) for row in filled for column in _NUMBERS)
    readers = _readers(columns.mark_of(numbers))
    found, faults = [], []
    for row in filled:
        values: dict[str, Any] = dict.fromkeys((name for name, _ in readers.values()), None)
        for column, (name, value_of) in readers.items():
            try:
                value = value_of(cell_of(row, places.get(column)))
            except Unreadable as fault:
                faults.append({"row": row.number, "column": column.value, "detail": str(fault)})
            else:
                values[name] = format(value, "f") if isinstance(value, Decimal) else value
        if values["issue_date"] is not None:
            values["issue_date"] = values["issue_date"].isoformat()
        found.append({"row": row.number, **values})
    if len(faults) > MOST_FAULTS:
        raise FileRefused("Hardly a row can be read. Look at the template, and fill it anew.")
    return {"rows": found, "faults": faults}


def job(head: Head, body: bytes) -> tuple[Head, bytes]:
    """The same as a job of a worker process."""
    return {}, json.dumps(parsed(body), ensure_ascii=False).encode()

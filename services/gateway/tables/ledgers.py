"""A table of ledger entries out of another program: headings in English and Ukrainian, and its rows.

What is owed stands in two columns, debit and credit, or in one with a sign. Which of the two means that the
customer owes is found out where the ledgers are compared.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from services.contracts.invoicing.comparing import MOST_ENTRIES, LedgerColumn
from services.contracts.money import GREATEST_AMOUNT
from services.gateway.frames import Head
from services.gateway.problems import FileRefused
from services.gateway.tables import columns
from services.gateway.tables.columns import Columns, Unreadable, cell_of, folded
from services.gateway.tables.reading import Cell, Row, read

MOST_FAULTS = 20_000

_HEADINGS: Mapping[LedgerColumn, tuple[str, ...]] = {
    LedgerColumn.DAY: (
        "Date", "Day", "Posting date", "Document date", "Дата", "Дата документа", "Дата проведення",
    ),
    LedgerColumn.NUMBER: (
        "Document number", "Document", "Document no", "Number", "No", "Reference", "Invoice number", "Voucher",
        "Номер документа", "Документ", "№ документа", "Номер", "№", "Номер рахунка",
    ),
    LedgerColumn.DEBIT: ("Debit", "Dr", "Debit amount", "Дебет", "Дт", "Сума дебет", "Оборот Дт"),
    LedgerColumn.CREDIT: ("Credit", "Cr", "Credit amount", "Кредит", "Кт", "Сума кредит", "Оборот Кт"),
    LedgerColumn.AMOUNT: ("Amount", "Sum", "Total", "Сума", "Разом", "Оборот"),
    LedgerColumn.TEXT: (
        "Text", "Description", "Details", "Note", "Purpose", "Текст", "Опис", "Зміст", "Примітка",
        "Призначення платежу", "Зміст операції",
    ),
}  # fmt: skip
COLUMNS = Columns(
    known={folded(heading): column for column, headings in _HEADINGS.items() for heading in headings},
    needed=(LedgerColumn.DAY,),
    titles={column: f"“{headings[0]}”" for column, headings in _HEADINGS.items()},
)
_AMOUNTS = (LedgerColumn.DEBIT, LedgerColumn.CREDIT, LedgerColumn.AMOUNT)


class _Reader:
    """Reads the rows of one table, whose columns stand in these places."""

    def __init__(self, places: Mapping[LedgerColumn, int], mark: str | None) -> None:
        self._places, self._mark = places, mark
        self.rows: list[dict[str, Any]] = []
        self.faults: list[dict[str, Any]] = []

    def take(self, row: Row) -> None:
        """Read one row, or note what is wrong in it."""
        before = len(self.faults)
        day = self._value(row, LedgerColumn.DAY, columns.day_of)
        number = self._value(row, LedgerColumn.NUMBER, lambda cell: columns.text_of(cell, 100))
        text = self._value(row, LedgerColumn.TEXT, lambda cell: columns.text_of(cell, 4000))
        amount = self._amount(row)
        if len(self.faults) > before:
            return
        if day is None:
            self._fault(row, LedgerColumn.DAY, "Give the entry its date.")
        elif amount is None:
            self._fault(row, self._first_amount(), "Give the entry its amount.")
        elif amount:
            said = {"number": number or "", "text": text or ""}
            self.rows.append(
                {"row": row.number, "day": day.isoformat(), "amount": format(amount, "f"), **said}
            )

    def _amount(self, row: Row) -> Decimal | None:
        """Debit less credit, or the one amount with its sign; None where there is none."""
        found = {column: self._value(row, column, self._number) for column in _AMOUNTS}
        if found[LedgerColumn.AMOUNT] is not None:
            amount: Decimal = found[LedgerColumn.AMOUNT]
            return amount
        debit, credit = found[LedgerColumn.DEBIT], found[LedgerColumn.CREDIT]
        if debit is None and credit is None:
            return None
        return (debit or Decimal(0)) - (credit or Decimal(0))

    def _number(self, cell: Cell) -> Decimal | None:
        most = GREATEST_AMOUNT
        return columns.number_within(cell, self._mark, least=-int(most), most=most, places=6)

    def _value(self, row: Row, column: LedgerColumn, value_of: Any) -> Any:
        try:
            return value_of(cell_of(row, self._places.get(column)))
        except Unreadable as fault:
            self._fault(row, column, str(fault))
            return None

    def _first_amount(self) -> LedgerColumn:
        return next(column for column in reversed(_AMOUNTS) if column in self._places)

    def _fault(self, row: Row, column: LedgerColumn, detail: str) -> None:
        self.faults.append({"row": row.number, "column": column.value, "detail": detail})


def parsed(body: bytes) -> dict[str, Any]:
    """The entries, and what of them could not be read; raises FileRefused."""
    places, rows = COLUMNS.found(read(body, COLUMNS.count))
    if not any(column in places for column in _AMOUNTS):
        raise FileRefused("The table has no amounts: give it a column “Amount”, or “Debit” and “Credit”.")
    if len(rows) > MOST_ENTRIES:
        raise FileRefused(f"The table has more than {MOST_ENTRIES:,} rows. Divide it.")
    numbers = (cell_of(row, places.get(column)) for row in rows for column in _AMOUNTS)
    reader = _Reader(places, columns.mark_of(numbers))
    for row in rows:
        reader.take(row)
    if len(reader.faults) > MOST_FAULTS:
        raise FileRefused("Hardly a row can be read. Look at the template, and fill it anew.")
    return {"rows": reader.rows, "faults": reader.faults}


def job(head: Head, body: bytes) -> tuple[Head, bytes]:
    """The same as a job of a worker process."""
    return {}, json.dumps(parsed(body), ensure_ascii=False).encode()

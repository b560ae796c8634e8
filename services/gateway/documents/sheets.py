"""Documents and lists as XLSX and CSV.

Numbers and days are typed. Text is always text: a cell that begins like a formula is marked as text, so that
it stays text when somebody edits it (ASVS 1.2.10); in CSV, which knows no types, it gets an apostrophe.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from services.contracts.money import minor_unit
from services.gateway.documents.content import Document, Sort, Value, shown
from services.gateway.documents.wording import WORDS, digits_after_point, status_word

#: A cell holds a binary floating-point number: so many digits of a decimal come back as they were written.
EXACT_DIGITS = 15
#: The first day that every program counts alike; Lotus's 29 February 1900 is before it.
FIRST_DAY = date(1900, 3, 1)
#: What makes a program take text for a formula: also in full width, and after what it strips first.
FORMULA_BEGINS = tuple("=+-@\t\r\n\0＝＋－＠")

_WIDTHS = {
    Sort.TEXT: 20, Sort.WIDE: 48, Sort.UNIT: 8, Sort.COUNT: 8, Sort.QUANTITY: 13, Sort.PRICE: 15,
    Sort.PERCENT: 9, Sort.AMOUNT: 18, Sort.DAY: 13,
}  # fmt: skip
_NUMBERS = frozenset({Sort.COUNT, Sort.QUANTITY, Sort.PRICE, Sort.PERCENT, Sort.AMOUNT})


class Book:
    """An XLSX file being written."""

    def __init__(self, title: str) -> None:
        self._buffer = io.BytesIO()
        self._book = xlsxwriter.Workbook(
            self._buffer,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_numbers": False,
                "strings_to_urls": False,
            },
        )
        self._book.set_properties({"title": title, "author": "Counterpart"})
        self._formats: dict[tuple[str, bool, bool], Any] = {}

    def sheet(self, name: str) -> Worksheet:
        """A new sheet, on A4 and as wide as a page when it is printed."""
        sheet = self._book.add_worksheet(name[:31])
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        return sheet

    def put(
        self, sheet: Worksheet, row: int, column: int, value: Value, *, places: int = 0, bold: bool = False
    ) -> None:
        """Write a value as what it is; an amount shows at least `places` digits after the point."""
        if isinstance(value, str):
            begins = value.startswith(FORMULA_BEGINS)
            sheet.write_string(row, column, value, self._format("@" if begins else "General", bold, begins))
        elif isinstance(value, Decimal):
            self._put_decimal(sheet, row, column, value, places, bold)
        elif isinstance(value, int):
            sheet.write_number(row, column, value, self._format("0", bold))
        elif value < FIRST_DAY:
            sheet.write_string(row, column, value.isoformat(), self._format("General", bold))
        else:
            sheet.write_datetime(row, column, value, self._format("yyyy-mm-dd", bold))

    def _put_decimal(
        self, sheet: Worksheet, row: int, column: int, value: Decimal, places: int, bold: bool
    ) -> None:
        digits = max(places, digits_after_point(value))
        if len(value.normalize().as_tuple().digits) > EXACT_DIGITS:
            # As a number it would lose its last digits without a word.
            sheet.write_string(row, column, format(value, "f"), self._format("@", bold))
            return
        pattern = "#,##0." + "0" * digits if digits else "#,##0"
        sheet.write_number(row, column, value, self._format(pattern, bold))

    def header(self, sheet: Worksheet, row: int, labels: Sequence[tuple[str, Sort]]) -> None:
        """The row of column names, and the widths of the columns below it."""
        for column, (label, sort) in enumerate(labels):
            look = {"bold": True, "bottom": 2, "text_wrap": True, "valign": "bottom"}
            aligned = {**look, "align": "right" if sort in _NUMBERS else "left"}
            sheet.write_string(row, column, label, self._book.add_format(aligned))
            sheet.set_column(column, column, _WIDTHS[sort])
        sheet.freeze_panes(row + 1, 0)
        sheet.repeat_rows(row)

    def bytes(self) -> bytes:
        """The finished file."""
        self._book.close()
        return self._buffer.getvalue()

    def _format(self, pattern: str, bold: bool, quoted: bool = False) -> Any:
        known = self._formats.get((pattern, bold, quoted))
        if known is None:
            known = self._book.add_format({"num_format": pattern, "bold": bold, "valign": "top"})
            if quoted:
                known.set_quote_prefix()
            self._formats[pattern, bold, quoted] = known
        return known


def of_document(document: Document) -> bytes:
    """One document as XLSX: what stands above the lines, the lines, the totals as values of the document."""
    book = Book(f"{document.title} {document.number}".strip())
    sheet = book.sheet(document.title)
    words = WORDS[document.language]
    row = 0
    above: list[tuple[str, Value]] = [
        (words["number"], document.number),
        (words["status"], document.status),
        *((fact.label, fact.value) for fact in (*document.parties, *document.facts)),
        (words["currency"], document.currency),
        *((fact.label, fact.value) for fact in document.texts),
    ]
    for label, value in above:
        book.put(sheet, row, 0, label, bold=True)
        book.put(sheet, row, 2, value)
        row += 1
    row += 1
    columns = [(column.label, column.sort) for column in document.columns]
    remarks = tuple(dict.fromkeys(remark.label for line in document.lines for remark in line.remarks))
    book.header(sheet, row, [*columns, *((label, Sort.DAY) for label in remarks)])
    for line in document.lines:
        row += 1
        for at, (value, column) in enumerate(zip(line.cells, document.columns, strict=True)):
            book.put(sheet, row, at, value, places=_places(document, column.sort))
        for remark in line.remarks:
            book.put(sheet, row, len(columns) + remarks.index(remark.label), remark.value)
    row += 1
    last = len(columns) - 1
    for fact in document.totals:
        row += 1
        book.put(sheet, row, 2, fact.label, bold=True)
        book.put(sheet, row, last, fact.value, places=document.places, bold=True)
    return book.bytes()


def _places(document: Document, sort: Sort) -> int:
    return document.places if sort in (Sort.AMOUNT, Sort.PRICE) else 0


# ---------------------------------------------------------------------------------------------- lists


@dataclass(frozen=True)
class Field:
    """One column of a list: the key of its label, what it holds, and the path to it in a row as JSON."""

    label: str
    sort: Sort
    path: tuple[str, ...]


#: The path of a column that is for the reader to fill.
TO_FILL = ("",)

LISTS: Mapping[str, tuple[Field, ...]] = {
    # The template of a table of invoices: what `tables.invoices` reads.
    "billable-lines": (
        Field("invoice_number", Sort.TEXT, TO_FILL),
        Field("issue_date", Sort.DAY, TO_FILL),
        Field("order_number", Sort.TEXT, ("order_number",)),
        Field("order_line", Sort.COUNT, ("order_line",)),
        Field("item_number", Sort.TEXT, ("item_number",)),
        Field("description", Sort.WIDE, ("description",)),
        Field("quantity", Sort.QUANTITY, ("quantity",)),
        Field("unit", Sort.UNIT, ("unit",)),
        Field("unit_price", Sort.PRICE, ("unit_price",)),
        Field("tax_rate", Sort.PERCENT, ("tax_rate",)),
        Field("currency", Sort.UNIT, ("currency",)),
        Field("customer", Sort.TEXT, ("customer", "name")),
        Field("order_date", Sort.DAY, ("order_date",)),
    ),
    "credit-notes": (
        Field("number", Sort.TEXT, ("number",)),
        Field("date", Sort.DAY, ("issue_date",)),
        Field("invoice", Sort.TEXT, ("invoice_number",)),
        Field("customer", Sort.TEXT, ("customer", "name")),
        Field("supplier", Sort.TEXT, ("supplier", "name")),
        Field("basis", Sort.TEXT, ("basis",)),
        Field("currency", Sort.UNIT, ("currency",)),
        Field("net_total", Sort.AMOUNT, ("net",)),
        Field("gross", Sort.AMOUNT, ("gross",)),
        Field("deducted", Sort.AMOUNT, ("deducted",)),
        Field("advance", Sort.AMOUNT, ("advance",)),
    ),
    "reconciliations": (
        Field("number", Sort.TEXT, ("number",)),
        Field("status", Sort.TEXT, ("status",)),
        Field("from_day", Sort.DAY, ("date_from",)),
        Field("to_day", Sort.DAY, ("date_to",)),
        Field("customer", Sort.TEXT, ("customer", "name")),
        Field("supplier", Sort.TEXT, ("supplier", "name")),
        Field("made_by", Sort.TEXT, ("author", "name")),
        Field("currency", Sort.UNIT, ("currency",)),
        Field("closing_receivable", Sort.AMOUNT, ("receivable",)),
        Field("closing_payable", Sort.AMOUNT, ("payable",)),
    ),
    "payments": (
        Field("paid_on", Sort.DAY, ("paid_on",)),
        Field("reference", Sort.TEXT, ("reference",)),
        Field("status", Sort.TEXT, ("status",)),
        Field("customer", Sort.TEXT, ("customer", "name")),
        Field("supplier", Sort.TEXT, ("supplier", "name")),
        Field("currency", Sort.UNIT, ("currency",)),
        Field("amount", Sort.AMOUNT, ("amount",)),
        Field("allocated", Sort.AMOUNT, ("allocated",)),
        Field("advance", Sort.AMOUNT, ("advance",)),
    ),
    "orders": (
        Field("number", Sort.TEXT, ("number",)),
        Field("status", Sort.TEXT, ("status",)),
        Field("order_date", Sort.DAY, ("order_date",)),
        Field("delivery_date", Sort.DAY, ("delivery_date",)),
        Field("customer", Sort.TEXT, ("customer", "name")),
        Field("supplier", Sort.TEXT, ("supplier", "name")),
        Field("initiator", Sort.TEXT, ("initiator", "name")),
        Field("line_count", Sort.COUNT, ("line_count",)),
        Field("currency", Sort.UNIT, ("currency",)),
        Field("net_total", Sort.AMOUNT, ("net",)),
        Field("gross", Sort.AMOUNT, ("gross",)),
    ),
    "invoices": (
        Field("number", Sort.TEXT, ("number",)),
        Field("status", Sort.TEXT, ("status",)),
        Field("issue_date", Sort.DAY, ("issue_date",)),
        Field("due_date", Sort.DAY, ("due_date",)),
        Field("order_number", Sort.TEXT, ("order_number",)),
        Field("customer", Sort.TEXT, ("customer", "name")),
        Field("supplier", Sort.TEXT, ("supplier", "name")),
        Field("initiator", Sort.TEXT, ("initiator", "name")),
        Field("currency", Sort.UNIT, ("currency",)),
        Field("net_total", Sort.AMOUNT, ("net",)),
        Field("gross", Sort.AMOUNT, ("gross",)),
        Field("paid", Sort.AMOUNT, ("paid",)),
        Field("open", Sort.AMOUNT, ("open",)),
    ),
    "tax-invoices": (
        Field("number", Sort.TEXT, ("number",)),
        Field("status", Sort.TEXT, ("status",)),
        Field("date", Sort.DAY, ("day",)),
        Field("invoice", Sort.TEXT, ("invoice_number",)),
        Field("customer", Sort.TEXT, ("customer", "name")),
        Field("supplier", Sort.TEXT, ("supplier", "name")),
        Field("register_by", Sort.DAY, ("register_by",)),
        Field("registered_on", Sort.DAY, ("registered_on",)),
        Field("currency", Sort.UNIT, ("currency",)),
        Field("tax", Sort.AMOUNT, ("tax",)),
        Field("gross", Sort.AMOUNT, ("gross",)),
    ),
    "consolidated-invoices": (
        Field("number", Sort.TEXT, ("number",)),
        Field("status", Sort.TEXT, ("status",)),
        Field("issue_date", Sort.DAY, ("day",)),
        Field("due_date", Sort.DAY, ("due_date",)),
        Field("customer", Sort.TEXT, ("customer", "name")),
        Field("issuer", Sort.TEXT, ("operator", "name")),
        Field("invoices", Sort.COUNT, ("invoices",)),
        Field("currency", Sort.UNIT, ("currency",)),
        Field("net_total", Sort.AMOUNT, ("net",)),
        Field("gross", Sort.AMOUNT, ("gross",)),
        Field("paid", Sort.AMOUNT, ("paid",)),
        Field("open", Sort.AMOUNT, ("open",)),
    ),
}


def _value(field: Field, item: Mapping[str, Any], language: str) -> Value | None:
    if field.path == TO_FILL:
        return None
    found: Any = item
    for step in field.path:
        found = found[step]
    if found is None:
        return None
    if field.label == "status":
        return status_word(language, found)
    if field.label == "basis":
        return WORDS[language][f"by-{found}"]
    if field.sort is Sort.DAY:
        return date.fromisoformat(found)
    if field.sort in (Sort.AMOUNT, Sort.PRICE, Sort.QUANTITY, Sort.PERCENT):
        return Decimal(found)
    return int(found) if field.sort is Sort.COUNT else shown(str(found)).replace("\n", " ").replace("\t", " ")


def list_as_xlsx(kind: str, items: Iterable[Mapping[str, Any]], language: str) -> bytes:
    """A list of orders or invoices, and on a second sheet the sums by currency: different ones never mix."""
    words = WORDS[language]
    fields = LISTS[kind]
    book = Book(words[kind])
    sheet = book.sheet(words[kind])
    book.header(sheet, 0, [(words[field.label], field.sort) for field in fields])
    amounts = [field for field in fields if field.sort is Sort.AMOUNT]
    totals: dict[str, list[Decimal]] = {}
    row = 0
    for item in items:
        row += 1
        currency = str(item["currency"])
        for column, field in enumerate(fields):
            value = _value(field, item, language)
            if value is not None:
                places = minor_unit(currency) if field.sort is Sort.AMOUNT else 0
                book.put(sheet, row, column, value, places=places)
        sums = totals.setdefault(currency, [Decimal(0)] * (len(amounts) + 1))
        sums[0] += 1
        for at, field in enumerate(amounts, 1):
            sums[at] += Decimal(item[field.path[0]])
    sheet.autofilter(0, 0, row, len(fields) - 1)
    if amounts:
        _totals(book, words, amounts, totals)
    return book.bytes()


def _totals(
    book: Book, words: Mapping[str, str], amounts: Sequence[Field], totals: Mapping[str, Sequence[Decimal]]
) -> None:
    sheet = book.sheet(words["totals"])
    labels = [(words["currency"], Sort.TEXT), (words["count"], Sort.COUNT)]
    book.header(sheet, 0, [*labels, *((words[field.label], Sort.AMOUNT) for field in amounts)])
    sheet.set_column(1, 1, 14)
    for row, (currency, sums) in enumerate(sorted(totals.items()), 1):
        book.put(sheet, row, 0, currency)
        book.put(sheet, row, 1, sums[0])
        for column, amount in enumerate(sums[1:], 2):
            book.put(sheet, row, column, amount, places=minor_unit(currency))


def list_as_csv(kind: str, items: Iterable[Mapping[str, Any]], language: str) -> bytes:
    """A list as CSV (RFC 4180), in UTF-8 with the mark that makes spreadsheets read it as such.

    Numbers have a point and no thousands separator, days are ISO 8601: what a program reads in any country.
    """
    words = WORDS[language]
    fields = LISTS[kind]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([words[field.label] for field in fields])
    for item in items:
        writer.writerow([_as_csv(_value(field, item, language)) for field in fields])
    return text.getvalue().encode("utf-8-sig")


def _as_csv(value: Value | None) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, str):
        return "'" + value if value.lstrip(" ").startswith(FORMULA_BEGINS) else value
    return str(value) if isinstance(value, int) else value.isoformat()

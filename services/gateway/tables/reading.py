"""A file as rows of cells.

CSV says neither its encoding nor its delimiter. The encoding follows from the byte-order mark, else from what the
bytes can be: UTF-8 is hardly ever read out of something else, and what is none is Windows-1251, the code that
office programs in Ukraine still write. UTF-16 without a mark shows by its zero bytes. The delimiter is the one
that finds most of the headings, which is why the headings are asked for.

XLSX is checked like any attached file (no macros, no bomb, no entities) before it is opened.
"""

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from services.gateway.documents.sheets import EXACT_DIGITS, FORMULA_BEGINS
from services.gateway.files.checks import check_spreadsheet
from services.gateway.problems import FileRefused

#: Bytes of a table, its rows and columns, and characters in one cell.
MOST_BYTES = 4 * 1024 * 1024
MOST_ROWS = 10_000
MOST_COLUMNS = 60
MOST_CHARACTERS = 5_000
#: Rows of a sheet that are looked at, empty ones among them.
MOST_PLACES = 100_000
#: Rows in which the headings may stand.
ROWS_OF_HEADINGS = 10

_ZIP = b"PK\x03\x04"
_DELIMITERS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Cell:
    """What stands in one place: text as it is written; from a workbook also a number or a day.

    A formula has no value: what it comes to is not known without computing it.
    """

    value: str | Decimal | date
    formula: bool = False

    @property
    def text(self) -> str:
        """It as text."""
        if isinstance(self.value, Decimal):
            return format(self.value, "f")
        return self.value if isinstance(self.value, str) else self.value.isoformat()

    @property
    def empty(self) -> bool:
        """Whether nothing stands there."""
        return not self.formula and not self.text.strip()


EMPTY = Cell("")


@dataclass(frozen=True)
class Row:
    """A row with its number, as the table's own program counts it."""

    number: int
    cells: tuple[Cell, ...]

    @property
    def empty(self) -> bool:
        """Whether nothing stands in it."""
        return all(cell.empty for cell in self.cells)


#: How many headings a row of texts has.
Headings = Callable[[Sequence[str]], int]


def read(body: bytes, headings: Headings) -> tuple[Row, ...]:
    """The rows of a CSV or XLSX file that are not empty; raises FileRefused."""
    if not body:
        raise FileRefused("The file is empty.")
    if len(body) > MOST_BYTES:
        raise FileRefused(f"The table is larger than {MOST_BYTES // 1024**2} MiB. Divide it.")
    if body.startswith(_ZIP):
        return _limited(_workbook(body))
    if body.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRefused("The file is a workbook of an old kind (.xls). Save it as .xlsx or CSV.")
    return _csv(body, headings)


def _limited(rows: Iterator[Row]) -> tuple[Row, ...]:
    kept: list[Row] = []
    for row in rows:
        if row.empty:
            continue
        if len(kept) > MOST_ROWS:
            raise FileRefused(f"The table has more than {MOST_ROWS:,} rows. Divide it.")
        kept.append(row)
    if not kept:
        raise FileRefused("The table is empty.")
    return tuple(kept)


# ----------------------------------------------------------------------------------------------- CSV


def decoded(body: bytes) -> str:
    """The text of a CSV file; raises FileRefused where it is none."""
    for mark, code in (
        (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):  # fmt: skip
        if body.startswith(mark):
            return _as(body[len(mark) :], code)
    if b"\0" in body[:1000]:
        # Of Latin letters and digits the one half is zero: the second bytes in the little-endian kind.
        little = body[1:1000:2].count(0) >= body[0:1000:2].count(0)
        return _as(body, "utf-16-le" if little else "utf-16-be")
    try:
        return _as(body, "utf-8")
    except FileRefused:
        return _as(body, "windows-1251")


def _as(body: bytes, code: str) -> str:
    try:
        text = body.decode(code)
    except UnicodeDecodeError:
        raise FileRefused("The file is not text. Save the table as CSV in UTF-8, or as XLSX.") from None
    if "\0" in text:
        raise FileRefused("The file is not text: it has bytes that text never has.")
    return text


def _csv(body: bytes, headings: Headings) -> tuple[Row, ...]:
    text = decoded(body)
    # Some programs write the delimiter down: `sep=;` in a line of its own.
    named = text[:6].lower()
    skipped = 0
    delimiters: Sequence[str] = _DELIMITERS
    if named.startswith("sep=") and len(text) > 5:
        delimiters, skipped = (text[4],), 1
    read_by = {delimiter: _beginning(text, delimiter, skipped) for delimiter in delimiters}
    best = max(delimiters, key=lambda each: max(map(headings, read_by[each]), default=0))
    return _limited(_csv_rows(text, best, skipped))


def _beginning(text: str, delimiter: str, skipped: int) -> list[list[str]]:
    beginning = text[:100_000]
    found = []
    try:
        for cells in csv.reader(io.StringIO(beginning, newline=""), delimiter=delimiter):
            found.append(cells)
            if len(found) >= ROWS_OF_HEADINGS + skipped:
                break
    except csv.Error:
        pass
    return found


def _csv_rows(text: str, delimiter: str, skipped: int) -> Iterator[Row]:
    """The records. Their number is that of the row in a program for tables, not of the line in the file."""
    try:
        # The limit is the process's own; ours is a little less, to be told by ourselves.
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
            if number <= skipped:
                continue
            if len(cells) > MOST_COLUMNS:
                raise FileRefused(f"Row {number} has more than {MOST_COLUMNS} columns.")
            yield Row(number, tuple(_text_cell(number, cell) for cell in cells))
    except csv.Error:
        raise FileRefused("The file is not a CSV table: a quotation mark opens and does not end.") from None


def _text_cell(number: int, text: str) -> Cell:
    if len(text) > MOST_CHARACTERS:
        raise FileRefused(f"A cell in row {number} has more than {MOST_CHARACTERS:,} characters.")
    if text.startswith("'") and text[1:].lstrip(" ").startswith(FORMULA_BEGINS):
        # Our own tables mark such text with an apostrophe, as programs for tables do.
        return Cell(text[1:])
    return Cell(text, formula=text.lstrip(" ").startswith(("=", "@", "＝", "＠")))


# ---------------------------------------------------------------------------------------------- XLSX


def _workbook(body: bytes) -> Iterator[Row]:
    file = io.BytesIO(body)
    check_spreadsheet(file, len(body))
    file.seek(0)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=False, keep_links=False)
        sheet = next((each for each in book.worksheets if each.sheet_state == "visible"), None)
        if sheet is None:
            raise FileRefused("The workbook has no sheet that is shown.")
        # What the sheet says of its own size may be wrong, or missing.
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS), 1):
            if number > MOST_PLACES:
                raise FileRefused(f"There is something below row {MOST_PLACES:,}. Move the rows up.")
            yield Row(number, tuple(_workbook_cell(number, cell) for cell in cells))
    except FileRefused:
        raise
    # The library has no errors of its own for what is wrong inside; the file has passed the check of its parts.
    except (InvalidFileException, KeyError, ValueError, TypeError, AttributeError, IndexError, OSError):
        raise FileRefused("The workbook cannot be read. Save it anew, or as CSV.") from None


def _workbook_cell(number: int, cell: Any) -> Cell:
    value = cell.value
    if value is None:
        return EMPTY
    if cell.data_type == "f":
        return Cell("", formula=True)
    if isinstance(value, bool):
        return Cell(str(value).upper())
    if isinstance(value, int | float):
        # A cell holds a binary number; so many digits of the decimal are as they were typed.
        exact = Decimal(format(value, f".{EXACT_DIGITS}g"))
        return Cell(exact * 100 if "%" in (cell.number_format or "") else exact)
    if isinstance(value, datetime):
        return Cell(value.date())
    if isinstance(value, date):
        return Cell(value)
    text = str(value)
    if len(text) > MOST_CHARACTERS:
        raise FileRefused(f"A cell in row {number} has more than {MOST_CHARACTERS:,} characters.")
    return Cell(text)

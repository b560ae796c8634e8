"""Tables that people fill: read as they meant them, or refused with the place and what to do."""

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.gateway.documents import sheets
from services.gateway.problems import FileRefused
from services.gateway.tables import columns, invoices
from services.gateway.tables.columns import Unreadable
from services.gateway.tables.invoices import parsed
from services.gateway.tables.reading import MOST_BYTES, Cell, decoded

pytestmark = pytest.mark.requirement("S-059")

HEADINGS = ("Invoice number", "Order", "Quantity", "Unit price")
UKRAINIAN = ("Номер рахунку", "Замовлення", "Кількість", "Ціна")


def csv_of(*rows: Sequence[str], delimiter: str = ",", headings: Sequence[str] = HEADINGS) -> str:
    return "\r\n".join(delimiter.join(row) for row in (headings, *rows)) + "\r\n"


def book(*rows: Sequence[Any], formats: dict[str, str] | None = None) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    for place, pattern in (formats or {}).items():
        made.active[place].number_format = pattern
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def only_row(body: bytes) -> dict[str, Any]:
    [row] = parsed(body)["rows"]
    return dict(row)


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1251"])
@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_whatever_a_program_writes_is_read_alike(code: str, delimiter: str) -> None:
    text = csv_of(("Р-1", "ЗМ-7", "12,5", "1 234,50"), delimiter=delimiter, headings=UKRAINIAN)

    row = only_row(text.encode(code))

    assert (row["number"], row["order_number"], row["quantity"], row["unit_price"]) == (
        "Р-1", "ЗМ-7", "12.5", "1234.5",
    )  # fmt: skip


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\ufeff"), min_size=1))
def test_text_in_utf_8_is_read_as_it_is(text: str) -> None:
    assert decoded(text.encode()) == text


def test_the_template_filled_by_somebody_is_read_in_both_languages_and_both_formats() -> None:
    line = {
        "order_number": "PO-7", "order_line": 3, "item_number": "=AR-5", "description": "Chain", "unit": "C62",
        "quantity": "12.500000", "unit_price": "9.9", "tax_rate": "20", "currency": "EUR",
        "customer": {"name": "Lane"}, "order_date": "2026-11-01",
    }  # fmt: skip
    for language in ("en", "uk"):
        filled = openpyxl.load_workbook(io.BytesIO(sheets.list_as_xlsx("billable-lines", [line], language)))
        [sheet] = filled.worksheets
        sheet["A2"], sheet["B2"] = 1001, date(2026, 11, 20)
        file = io.BytesIO()
        filled.save(file)
        as_csv = sheets.list_as_csv("billable-lines", [line], language).decode("utf-8-sig")
        head, row = as_csv.splitlines()
        for body in (file.getvalue(), f"{head}\n1001,2026-11-20{row.removeprefix(',')}\n".encode()):
            assert only_row(body) == {
                "row": 2, "number": "1001", "order_number": "PO-7", "issue_date": "2026-11-20", "order_line": 3,
                "item_number": "=AR-5", "description": "Chain", "unit": "C62", "quantity": "12.5",
                "unit_price": "9.9", "tax_rate": "20",
            }  # fmt: skip


def test_rows_without_an_invoice_number_are_left_out_and_rows_keep_the_numbers_of_their_program() -> None:
    text = csv_of(("", "PO-1", "1", ""), ("", "", "", ""), ("A-1", "PO-2", "2", ""))

    assert [row["row"] for row in parsed(text.encode())["rows"]] == [4]

    with pytest.raises(FileRefused, match="No row has an invoice number"):
        parsed(csv_of(("", "PO-1", "1", "")).encode())


def test_every_faulty_cell_is_told_with_its_row_its_column_and_what_to_do() -> None:
    text = csv_of(
        ("A-1", "PO-1", "many", "1"), ("A-1", "PO-1", "0", "-1"), ("A-" + "9" * 40, "PO-1", "1", "1"),
        ("A-2", "PO-1", "=1+1", "1.1234567"),
    )  # fmt: skip

    told = [(each["row"], each["column"], each["detail"]) for each in parsed(text.encode())["faults"]]

    assert told == [
        (2, "quantity", "“many” is not a number. Write digits only, such as 12.5."),
        (3, "quantity", "Write a number greater than 0."),
        (3, "unit-price", "Write a number that is not less than 0."),
        (4, "invoice-number", "Write at most 35 characters."),
        (5, "quantity", columns.FORMULA),
        (5, "unit-price", "Write at most 6 digits after the decimal point."),
    ]


def test_a_formula_in_a_workbook_is_refused_and_its_last_value_never_taken() -> None:
    [fault] = parsed(book(HEADINGS, ("A-1", "PO-1", "=2+3", 1)))["faults"]

    assert (fault["row"], fault["column"], fault["detail"]) == (2, "quantity", columns.FORMULA)


def test_numbers_and_days_of_a_workbook_are_those_that_are_shown() -> None:
    made = book(
        ("Report of today",), (), ("Invoice no.", "PO", "Qty", "Price", "VAT", "Date"),
        ("A-1", 42, 0.1, 1234.56, 0.2, date(2026, 11, 20)), formats={"E4": "0%"},
    )  # fmt: skip

    row = only_row(made)

    names = ("row", "order_number", "quantity", "unit_price", "tax_rate", "issue_date")
    assert [row[name] for name in names] == [4, "42", "0.1", "1234.56", "20", "2026-11-20"]


@pytest.mark.parametrize(
    ("text", "others", "number"),
    [
        ("12.5", "", "12.5"), ("12,5", "", "12.5"), ("1 234,50", "", "1234.50"), ("1.234,50", "", "1234.50"),
        ("1,234.50", "", "1234.50"), ("1'234.50", "", "1234.50"), ("1,234,567", "", "1234567"),
        ("1,234", "0,5", "1.234"), ("1,234", "0.5", "1234"), ("1.234", "0,5", "1234"), ("1.234", "0.5", "1.234"),
        ("1.234", "", "1.234"), ("-3", "", "-3"), ("0,1234", "", "0.1234"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_the_table_writes_numbers(text: str, others: str, number: str) -> None:
    mark = columns.mark_of((Cell(text), Cell(others)))

    assert columns.number_of(Cell(text), mark) == Decimal(number)


def test_a_number_that_can_be_read_in_two_ways_is_refused_and_not_guessed() -> None:
    with pytest.raises(Unreadable, match=r"1,234 can be read as 1234 and as 1\.234"):
        columns.number_of(Cell("1,234"), columns.mark_of([Cell("1,234"), Cell("7")]))


@pytest.mark.parametrize("text", ["1.2.3", "12,5,1", "1e5", "NaN", "Infinity", "٣", "1 2 x", "--1", "0x10"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        columns.number_of(Cell(text), None)


@pytest.mark.parametrize(
    "text", ["2026-11-30", "30.11.2026", "2026/11/30", "2026-11-30 00:00:00", "30.11.2026 р."]
)
def test_a_day_is_read_in_the_ways_that_mean_one(text: str) -> None:
    assert columns.day_of(Cell(text)) == date(2026, 11, 30)


@pytest.mark.parametrize("text", ["11/30/2026", "30.02.2026", "30.11.26", "tomorrow", "20261130"])
def test_a_day_that_could_be_another_is_refused(text: str) -> None:
    with pytest.raises(Unreadable, match="is not a date"):
        columns.day_of(Cell(text))


def _bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return file.getvalue()


def _with_entities() -> bytes:
    whole = io.BytesIO(book(HEADINGS, ("A-1", "PO-1", 1, 1)))
    made = io.BytesIO()
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename.endswith("sheet1.xml"):
                part = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + part
            new.writestr(entry, part)
    return made.getvalue()


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "empty"),
        (b"\r\n\r\n", "empty"),
        (b"x" * (MOST_BYTES + 1), "larger than 4 MiB"),
        (b"\xd0\xcf\x11\xe0rest", "old kind"),
        (b"PK\x03\x04rest", "damaged"),
        (_bomb(), "trap"),
        (_with_entities(), "cannot be read"),
        (b"a,b,c\n1,2,3\n", "no column “Purchase order”, “Invoice number”, “Quantity”"),
        (
            csv_of(("A-1", "PO-1", "1", "1"), headings=(*HEADINGS[:3], "Qty")).encode(),
            "two columns “Quantity”",
        ),
        (csv_of(("A-1", "PO-1", "1", "1" * 6000)).encode(), "more than 5,000 characters"),
    ],
)
def test_what_is_no_table_of_invoices_is_refused(body: bytes, sentence: str) -> None:
    with pytest.raises(FileRefused, match=sentence):
        parsed(body)


@given(st.binary(max_size=300))
def test_whatever_bytes_come_they_are_read_or_refused(body: bytes) -> None:
    with pytest.raises(FileRefused):
        # Nothing of so few bytes made at random names all three columns.
        parsed(body)


def test_every_heading_names_one_column() -> None:
    headings = [columns.folded(each) for known in invoices._HEADINGS.values() for each in known]

    assert len(headings) == len(set(headings))

"""Orders and invoices as PDF and XLSX say what the stored document says (S-022, S-232)."""

import csv
import io
import re
import unicodedata
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pypdf
import pytest
from babel.numbers import parse_decimal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.utils.escape import unescape

from services.chassis.wire import encode
from services.contracts.invoicing.views import InvoiceStatus
from services.contracts.orders.views import Order, OrderStatus
from services.contracts.parties import Party
from services.gateway.documents import content, pdf, sheets, wording
from tests.builders.papers import TEXTS, a_consolidated, a_line, an_id, an_invoice, an_order, orders

FEW = settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LANGUAGES = st.sampled_from(wording.LANGUAGES)
HOSTILE = [
    '#import "@preview/x:1.0.0": *',
    '#read("/etc/passwd")',
    "#panic() $x$ [*] ] ) } \\ \\u{41} <label> @ref `raw` ~ -- _a_ *b* // c /* d */",
    "= Heading",
    "{page} {pages} {rate}",
    '"; #sys.inputs',
    "Ґудзь їжак Єва щастя",
    "W" * 200,
    "ключ" * 50,
]


def text_of(made: bytes) -> str:
    """The text of a PDF without line ends and the breaks inside long words."""
    pages = pypdf.PdfReader(io.BytesIO(made)).pages
    return "\n".join(page.extract_text() for page in pages)


def squeezed(text: str) -> str:
    """Text without blanks: where a line of a page ends is not part of what it says."""
    return re.sub(r"[\s\u200b\u00a0\u202f]+", "", unicodedata.normalize("NFKC", text))


def cells(made: bytes, sheet: int = 0) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(made))
    return [list(row) for row in book.worksheets[sheet].iter_rows()]


def exact(cell: Any) -> Decimal:
    """The number of a cell: a number, or text where a number would have lost digits."""
    assert cell.data_type in ("n", "s"), cell.data_type
    return Decimal(cell.value) if isinstance(cell.value, str) else Decimal(repr(cell.value))


def said(cell: Any) -> str:
    assert cell.value is None or cell.data_type == "s", "text is text, whatever it begins with"
    return unescape(cell.value or "")


def day(cell: Any) -> date:
    assert isinstance(cell.value, datetime)
    return cell.value.date()


# ----------------------------------------------------------------------------------------------- PDF


@pytest.mark.requirement("S-022")
@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_an_order_as_pdf_shows_parties_dates_lines_and_sums(language: str) -> None:
    order = an_order()

    text = squeezed(text_of(pdf.rendered(content.of_order(order, language))))

    expected = [order.number, order.customer.name, order.supplier.name, order.initiator.name, order.note]
    expected += [wording.day(language, order.order_date), wording.day(language, order.delivery_date)]  # type: ignore[arg-type]
    expected += [line.description for line in order.lines] + [line.item_number for line in order.lines]
    expected += [wording.number(language, amount, 2) for amount in (order.net, order.tax, order.gross)]
    for line in order.lines:
        expected += [wording.number(language, line.net, 2), wording.number(language, line.quantity)]
        expected += [wording.number(language, line.unit_price, 2)]
    missing = [value for value in expected if squeezed(value) not in text]
    assert not missing


@pytest.mark.requirement("S-022", "S-232")
def test_an_invoice_as_pdf_shows_its_taxes_by_rate_and_what_is_left_to_pay() -> None:
    invoice = an_invoice(paid="100")

    text = squeezed(text_of(pdf.rendered(content.of_invoice(invoice, "en"))))

    expected = [wording.number("en", amount, 2) for tax in invoice.taxes for amount in (tax.base, tax.amount)]
    expected += [wording.number("en", value, 2) for value in (invoice.gross, invoice.paid, invoice.open)]
    expected += ["INV-881", "PO-2026-00042", "5 Dec 2026", "4 Jan 2027"]
    assert not [value for value in expected if squeezed(value) not in text]


@pytest.mark.requirement("S-083", "S-232")
@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_a_consolidated_invoice_as_pdf_and_xlsx_names_every_invoice_on_it(language: str) -> None:
    consolidated = a_consolidated()
    document = content.of_consolidated(consolidated, language)

    text = squeezed(text_of(pdf.rendered(document)))
    sheet = cells(sheets.of_document(document))

    expected = ["CI-2026-00007", "The Operator", "Northwind Bakery", "INV-881", "INV-882", "Гончарня"]
    expected += [wording.day(language, date(2026, 11, 15)), wording.day(language, date(2026, 12, 15))]
    amounts = [amount for line in consolidated.lines for amount in (line.net, line.tax, line.gross)]
    amounts += [consolidated.summary.gross, consolidated.summary.open, consolidated.taxes[0].base]
    expected += [wording.number(language, amount, 2) for amount in amounts]
    assert not [value for value in expected if squeezed(value) not in text]
    written = [
        exact(cell) for row in sheet for cell in row if cell.data_type == "n" and cell.value is not None
    ]
    assert {line.gross for line in consolidated.lines} | {consolidated.summary.gross} <= set(written)


@pytest.mark.requirement("S-086", "S-232")
@pytest.mark.parametrize("language", wording.LANGUAGES)
def test_a_tax_invoice_shows_the_tax_by_rate_and_where_it_is_registered(language: str) -> None:
    consolidated = a_consolidated()

    text = squeezed(text_of(pdf.rendered(content.of_tax_invoice(consolidated, language))))

    expected = ["TI-2026-00007", "CI-2026-00007", "9087654321", wording.day(language, date(2026, 11, 20))]
    [tax] = consolidated.taxes
    expected += [
        wording.number(language, amount, 2) for amount in (tax.base, tax.amount, tax.base + tax.amount)
    ]
    assert not [value for value in expected if squeezed(value) not in text]


@pytest.mark.requirement("S-022")
@FEW
@given(order=orders(most_lines=4), language=LANGUAGES)
def test_the_pdf_of_any_order_holds_every_number_of_it(order: Order, language: str) -> None:
    text = squeezed(text_of(pdf.rendered(content.of_order(order, language))))

    places = order.amount_places
    numbers = [wording.number(language, amount, places) for amount in (order.net, order.tax, order.gross)]
    for line in order.lines:
        numbers += [wording.number(language, line.net, places), wording.number(language, line.quantity)]
    assert not [value for value in numbers if squeezed(value) not in text]


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_a_name_says_is_taken_for_markup(name: str) -> None:
    party = Party(id=an_id(9), name=name)
    order = an_order(
        (a_line(description=name),), customer=party, supplier=party, note=name, delivery_address=name
    )

    made = pdf.rendered(content.of_order(order, "en"))

    text = squeezed(text_of(made))
    assert text.count(squeezed(name)) == 5
    assert "root:" not in text


def test_a_name_of_200_letters_without_a_blank_stays_on_the_page() -> None:
    party = Party(id=an_id(9), name="W" * 200)
    order = an_order((a_line(description="M" * 200, item_number="X" * 50),), customer=party)

    reader = pypdf.PdfReader(io.BytesIO(pdf.rendered(content.of_order(order, "en"))))

    page = reader.pages[0]
    outside: list[float] = []

    def visit(text: str, _cm: Any, tm: list[float], _font: Any, _size: Any) -> None:
        if text.strip() and not 0 <= tm[4] <= float(page.mediabox.width) - 30:
            outside.append(tm[4])

    page.extract_text(visitor_text=visit)
    assert not outside
    assert text_of(pdf.rendered(content.of_order(order, "en"))).count("M") >= 200


def test_the_widest_numbers_leave_room_for_the_description() -> None:
    line = a_line(
        quantity="999999999999.999999",
        unit_price="999.999999",
        places=6,
        description="M" * 200,
        item_number="X" * 50,
    )
    order = an_order((line,), places=6)

    reader = pypdf.PdfReader(io.BytesIO(pdf.rendered(content.of_order(order, "en"))))

    assert len(reader.pages) == 1
    assert "999,999,999,999.999999" in reader.pages[0].extract_text()


def test_every_page_is_a4_and_has_its_number_and_the_documents_number_in_the_footer() -> None:
    order = an_order(tuple(a_line(number) for number in range(1, 71)))

    reader = pypdf.PdfReader(io.BytesIO(pdf.rendered(content.of_order(order, "en"))))

    count = len(reader.pages)
    assert count == 2
    for number, page in enumerate(reader.pages, 1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        footer = squeezed(page.extract_text())
        assert squeezed(f"Page {number} of {count}") in footer
        assert squeezed("Purchase order PO-2026-00042") in footer


def test_the_pdf_is_archival_and_the_same_at_any_time() -> None:
    document = content.of_order(an_order(), "uk")

    once, again = pdf.rendered(document), pdf.rendered(document)

    assert once == again
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>" in once


def test_letters_that_no_font_here_has_still_give_a_pdf() -> None:
    order = an_order(supplier=Party(id=an_id(9), name="株式会社サンプル"))

    made = pdf.rendered(content.of_order(order, "en"))

    assert made.startswith(b"%PDF-")
    assert "PO-2026-00042" in text_of(made)


def test_characters_that_turn_the_reading_direction_are_made_visible() -> None:
    order = an_order(customer=Party(id=an_id(9), name="ACME\u202e00.1\u2066"))

    document = content.of_order(order, "en")

    assert document.parties[0].value == "ACME\ufffd00.1\ufffd"


# ---------------------------------------------------------------------------------------------- XLSX


def table_of(rows: list[list[Any]], label: str) -> int:
    return next(at for at, row in enumerate(rows) if row[0].value == label)


@pytest.mark.requirement("S-022", "S-232")
@FEW
@given(order=orders(), language=LANGUAGES)
def test_the_xlsx_of_any_order_reads_back_as_the_order(order: Order, language: str) -> None:
    words = wording.WORDS[language]

    rows = cells(sheets.of_document(content.of_order(order, language)))

    head = {said(row[0]): row[2] for row in rows[: table_of(rows, words["line"])] if row[0].value}
    assert said(head[words["number"]]) == content.shown(order.number).replace("\n", " ").replace("\t", " ")
    assert said(head[words["customer"]]) == _cleaned(order.customer.name)
    assert said(head[words["supplier"]]) == _cleaned(order.supplier.name)
    assert day(head[words["order_date"]]) == order.order_date
    first = table_of(rows, words["line"]) + 1
    for line, row in zip(order.lines, rows[first:], strict=False):
        assert [row[0].value, said(row[1]), said(row[2])] == [
            line.number,
            _cleaned(line.item_number),
            _cleaned(line.description),
        ]
        assert [exact(row[at]) for at in (3, 5, 6, 7)] == [
            line.quantity,
            line.unit_price,
            line.tax_rate,
            line.net,
        ]
        assert line.delivery_date is None or day(row[8]) == line.delivery_date
    totals = {said(row[2]): exact(row[7]) for row in rows[first + len(order.lines) + 1 :]}
    assert totals == {words["net_total"]: order.net, words["tax"]: order.tax, words["gross"]: order.gross}
    nets = [exact(row[7]) for row in rows[first : first + len(order.lines)]]
    assert sum(nets) == totals[words["net_total"]]


def _cleaned(text: str) -> str:
    return content.shown(text).replace("\n", " ").replace("\t", " ")


@pytest.mark.requirement("S-232")
def test_the_xlsx_of_an_invoice_has_its_taxes_by_rate_and_they_add_up() -> None:
    invoice = an_invoice(paid="100")

    rows = cells(sheets.of_document(content.of_invoice(invoice, "en")))

    totals = {said(row[2]): exact(row[7]) for row in rows[-7:] if row[2].value}
    assert totals["Tax 7 % of 3,749.72"] + totals["Tax 20 % of 15,623.84"] == totals["Tax"] == invoice.tax
    assert (totals["Total"], totals["Paid"], totals["Still to be paid"]) == (
        invoice.gross,
        Decimal(100),
        invoice.open,
    )


def test_an_amount_that_a_cell_could_not_hold_exactly_is_written_as_text() -> None:
    order = an_order((a_line(quantity="999999999999.999999", unit_price="123.456789", places=6),), places=6)

    rows = cells(sheets.of_document(content.of_order(order, "en")))

    row = rows[table_of(rows, "No.") + 1]
    assert row[7].data_type == "s"
    assert exact(row[7]) == order.lines[0].net


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", "\r=", "＝", "＠"])
def test_text_that_begins_like_a_formula_stays_text(begin: str) -> None:
    name = begin + 'HYPERLINK("http://evil.example";"x")'
    order = an_order((a_line(description=name, item_number=begin + "1"),), note=name)

    made = sheets.of_document(content.of_order(order, "en"))

    found = [cell for row in cells(made) for cell in row if "HYPERLINK" in str(cell.value)]
    assert len(found) == 2
    assert all(cell.data_type == "s" for cell in found)
    assert all(cell.quotePrefix or not cell.value.startswith(sheets.FORMULA_BEGINS) for cell in found)
    assert b"<f>" not in made


def test_the_header_row_is_frozen_and_columns_have_a_width() -> None:
    made = sheets.list_as_xlsx("orders", [encode_summary(1)], "en")

    sheet = openpyxl.load_workbook(io.BytesIO(made)).worksheets[0]

    assert sheet.freeze_panes == "A2"
    assert sheet.column_dimensions["J"].width >= 15
    assert sheet["J2"].number_format == "#,##0.00"


# ---------------------------------------------------------------------------------------------- lists


def encode_summary(number: int, **changes: Any) -> dict[str, Any]:
    order = encode(an_order())
    names = ("id", "status", "customer", "supplier", "initiator", "order_date", "delivery_date", "currency")
    summary = {name: order[name] for name in (*names, "net", "gross", "sequence")}
    return {**summary, "number": f"PO-{number}", "line_count": 2, "flagged": False, **changes}


@pytest.mark.requirement("S-232")
def test_a_list_as_xlsx_sums_each_currency_for_itself() -> None:
    items = [
        encode_summary(1, net="0.1", gross="0.12"),
        encode_summary(2, net="0.2", gross="0.24"),
        encode_summary(3, net="7", gross="7", currency="JPY"),
    ]

    rows = cells(sheets.list_as_xlsx("orders", items, "en"), sheet=1)

    assert [[cell.value for cell in row] for row in rows[1:]] == [["EUR", 2, 0.3, 0.36], ["JPY", 1, 7, 7]]


def test_a_list_as_csv_is_utf8_with_points_and_days_that_any_program_reads() -> None:
    items = [
        encode_summary(1, net="-1234.50", supplier={"id": "x", "name": "=cmd|' /C calc'!A0"}),
        encode_summary(2, delivery_date=None, customer={"id": "x", "name": 'Дужий; "Міст", ТОВ\nx'}),
    ]

    made = sheets.list_as_csv("orders", items, "uk")

    assert made.startswith(b"\xef\xbb\xbf")
    header, first, second = csv.reader(io.StringIO(made.decode("utf-8-sig"), newline=""))
    assert header[0] == "Номер"
    assert first[2] == "2026-11-22"
    assert first[5] == "'=cmd|' /C calc'!A0"
    assert first[9] == "-1234.50"
    assert (second[3], second[4]) == ("", 'Дужий; "Міст", ТОВ x')


@FEW
@given(name=TEXTS)
def test_no_text_in_a_csv_begins_like_a_formula(name: str) -> None:
    item = encode_summary(1, supplier={"id": "x", "name": name})

    _, row = csv.reader(
        io.StringIO(sheets.list_as_csv("orders", [item], "en").decode("utf-8-sig"), newline="")
    )

    assert not row[5].lstrip(" ").startswith(sheets.FORMULA_BEGINS)


def test_invoices_are_listed_with_what_is_paid_and_open() -> None:
    invoice = encode(an_invoice(paid="10"))

    rows = cells(sheets.list_as_xlsx("invoices", [invoice], "en"))

    labels = [cell.value for cell in rows[0]]
    assert exact(rows[1][labels.index("Paid")]) == 10
    assert exact(rows[1][labels.index("Still to be paid")]) == Decimal(invoice["open"])


# -------------------------------------------------------------------------------------------- wording


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("uk", "uk"),
        ("uk-UA,uk;q=0.9,en;q=0.8", "uk"),
        ("de, en;q=0.7, uk;q=0.3", "en"),
        ("en;q=0.2, uk;q=0.3", "uk"),
        ("uk;q=0", "en"),
        ("uk;q=abc", "en"),
        ("*", "en"),
        ("," * 5000, "en"),
    ],
)
def test_the_language_is_the_one_the_browser_likes_best_of_ours(header: str, language: str) -> None:
    assert wording.language_of(header) == language


def test_both_languages_have_a_word_for_everything() -> None:
    assert wording.ENGLISH.keys() == wording.UKRAINIAN.keys()
    assert all(wording.ENGLISH.values())
    assert all(wording.UKRAINIAN.values())
    for status in (*OrderStatus, *InvoiceStatus):
        assert all(wording.status_word(language, status.value) for language in wording.LANGUAGES)


@FEW
@given(
    number=st.decimals(allow_nan=False, allow_infinity=False, places=6, min_value=-(10**15), max_value=10**15)
)
def test_a_number_as_it_is_shown_reads_back_as_the_same_number(number: Decimal) -> None:
    for language in wording.LANGUAGES:
        shown = wording.number(language, number, 2)

        assert parse_decimal(shown.replace("−", "-"), locale=language) == number

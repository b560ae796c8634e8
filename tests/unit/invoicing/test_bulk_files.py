"""Which rows of a table make an invoice, and where in the table stands what hinders one."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.chassis.errors import Invalid
from services.contracts.invoicing.bulk import Hindrance
from services.contracts.invoicing.bulk_files import CellFault, FileColumn, FileRow
from services.invoicing.domain.bulk_files import MOST_INVOICES, MOST_LINES, gathered

pytestmark = pytest.mark.requirement("S-059")


def a_row(row: int, number: str | None = "A-1", order: str | None = "PO-1") -> FileRow:
    return FileRow(row=row, number=number, order_number=order, quantity=Decimal(1))


def test_rows_of_one_order_with_one_number_are_one_invoice_wherever_they_stand() -> None:
    rows = [a_row(2), a_row(3, "A-2"), a_row(4, "a 1"), a_row(5, order="PO-2")]

    found = gathered(rows, ())

    assert [[row.row for row in invoice.rows] for invoice in found] == [[2, 4], [3], [5]]
    assert [len(invoice.wish().lines or ()) for invoice in found] == [2, 1, 1]


def test_an_invoice_with_a_row_that_could_not_be_read_is_hindered_as_a_whole() -> None:
    fault = CellFault(row=3, column=FileColumn.QUANTITY, detail="Write a number.")

    [whole, other] = gathered([a_row(2), replace(a_row(3), quantity=None), a_row(4, "A-2")], [fault])

    assert whole.faults == [fault]
    assert not other.faults


def test_what_a_row_lacks_is_told_once_and_at_its_place() -> None:
    [invoice] = gathered([FileRow(row=7, number="A-1", order_number=None)], ())

    assert [(each.row, each.column) for each in invoice.faults] == [
        (7, FileColumn.ORDER_NUMBER), (7, FileColumn.QUANTITY),
    ]  # fmt: skip


def test_rows_of_one_invoice_agree_about_its_date() -> None:
    first, second = date(2026, 11, 1), date(2026, 11, 2)
    rows = [a_row(2), replace(a_row(3), issue_date=first), replace(a_row(4), issue_date=second)]

    [invoice] = gathered(rows, ())

    assert invoice.issue_date == first
    assert [(each.row, each.column) for each in invoice.faults] == [(4, FileColumn.INVOICE_DATE)]


@pytest.mark.parametrize(
    ("code", "field", "row", "column"),
    [
        ("invalid", "/lines/1/order_line", 4, FileColumn.ORDER_LINE),
        ("invalid", "/lines/1", 4, None),
        ("number-taken", None, 2, FileColumn.INVOICE_NUMBER),
        ("not-found", None, 2, FileColumn.ORDER_NUMBER),
        ("portal-switched-off", None, 2, None),
    ],
)
def test_a_hindrance_is_told_where_it_stands_in_the_table(
    code: str, field: str | None, row: int, column: FileColumn | None
) -> None:
    [invoice] = gathered([a_row(2), a_row(4)], ())

    told = invoice.placed(Hindrance(code=code, detail="order PO-1 has no line 9", field=field))

    assert told == CellFault(row=row, column=column, detail="order PO-1 has no line 9")


def test_more_than_one_action_takes_is_refused() -> None:
    with pytest.raises(Invalid, match="at most 100"):
        gathered([a_row(at + 2, f"A-{at}") for at in range(MOST_INVOICES + 1)], ())
    [invoice] = gathered([a_row(at + 2) for at in range(MOST_LINES + 1)], ())
    assert [(each.row, each.column) for each in invoice.faults] == [
        (MOST_LINES + 2, FileColumn.INVOICE_NUMBER)
    ]

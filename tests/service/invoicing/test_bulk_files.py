"""Invoices out of a table: foreseen and sent as a whole or in good parts, each fault with its place, never twice."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest

from services.chassis.testing import RefusedCall
from services.contracts.invoicing.bulk_files import (
    CellFault,
    FileColumn,
    FileRow,
    ListBillableLines,
    PreflightInvoiceFile,
    SendInvoiceFile,
)
from services.contracts.invoicing.credit_notes import CreditBasis, CreditContent, IssueCreditNote
from services.contracts.invoicing.views import Verdict
from services.contracts.orders.views import Order
from tests.service.invoicing.world import World, billing

pytestmark = pytest.mark.requirement("S-059")


@pytest.fixture
def orders(world: World) -> list[Order]:
    """Three orders of 5,000.00 with everything open."""
    return [world.order, *(world.announce(world.an_order()) for _ in range(2))]


def rows_of(orders: list[Order]) -> tuple[FileRow, ...]:
    """One row for each; the third bills more than was ordered, the fourth a line that is none."""
    first, second, third = orders

    def a_row(row: int, number: str, order: Order, line: int = 1) -> FileRow:
        return FileRow(
            row=row, number=number, order_number=order.number, order_line=line, quantity=Decimal(1)
        )

    return (
        a_row(2, "F-1", first), a_row(3, "F-1", first),
        replace(a_row(5, "F-2", second), unit_price=Decimal(9000)),
        a_row(6, "F-3", third, line=9),
        replace(a_row(7, "F-4", third), quantity=None),
    )  # fmt: skip


UNREAD = (CellFault(row=7, column=FileColumn.QUANTITY, detail="“many” is not a number."),)


def sent_numbers(world: World) -> list[str]:
    return [row.number for row in world.rows("select number from invoices order by number")]


def test_a_table_is_foreseen_with_lines_verdicts_and_the_place_of_every_fault(
    world: World, orders: list[Order]
) -> None:
    before = world.fingerprint()

    told = world.call(PreflightInvoiceFile(rows=rows_of(orders), faults=UNREAD), world.supplier)

    assert [(one.foreseen.number, one.rows, one.foreseen.verdict) for one in told.items] == [
        ("F-1", (2, 3), Verdict.PASSES), ("F-2", (5,), Verdict.HELD), ("F-3", (6,), None), ("F-4", (7,), None),
    ]  # fmt: skip
    assert [(fault.row, fault.column) for one in told.items for fault in one.faults] == [
        (6, FileColumn.ORDER_LINE), (7, FileColumn.QUANTITY),
    ]  # fmt: skip
    assert [(line.row, line.net) for line in told.items[0].lines] == [
        (2, world.order.lines[0].unit_price), (3, world.order.lines[0].unit_price),
    ]  # fmt: skip
    assert world.order.initiator.name in (told.items[1].foreseen.sentence or "")
    assert told.hindered == 2
    assert world.fingerprint() == before


def test_none_is_sent_unless_all_are_good_or_the_good_ones_are_wanted(
    world: World, orders: list[Order]
) -> None:
    wish = SendInvoiceFile(rows=rows_of(orders), faults=UNREAD)
    with pytest.raises(RefusedCall) as refusal:
        world.call(wish, world.supplier)
    assert [fault["field"] for fault in refusal.value.problem_faults] == [
        "/rows/6/order-line", "/rows/7/quantity",
    ]  # fmt: skip
    assert sent_numbers(world) == []

    key = str(uuid4())
    told = world.call(replace(wish, keep_good=True), world.supplier, command_id=key)
    again = world.call(replace(wish, keep_good=True), world.supplier, command_id=key)

    assert (told.sent, told.hindered) == (2, 2)
    assert told == again
    assert sent_numbers(world) == ["F-1", "F-2"]


def test_the_lines_to_fill_are_those_of_which_something_is_open_and_what_was_credited_is_open_again(
    world: World, orders: list[Order]
) -> None:
    def offered() -> list[tuple[str, Decimal]]:
        lines, after = [], None
        while True:
            page = world.call(ListBillableLines(limit=1, after=after), world.supplier)
            lines += [(line.order_number, line.quantity) for line in page.items]
            after = page.next
            if after is None:
                return lines

    ordered = world.order.lines[0].quantity
    everything = offered()
    assert [number for number, _ in everything] == [order.number for order in reversed(orders)]
    part = replace(billing("500.00"), quantity=Decimal(4))
    invoice = world.send(part, number="A-1")
    assert (world.order.number, ordered - 4) in offered()
    world.call(
        IssueCreditNote(
            invoice_id=invoice.id,
            number="CN-1",
            basis=CreditBasis.QUANTITY,
            reason="Broken",
            lines=(CreditContent(line=1, quantity=Decimal(1)),),
        ),
        world.supplier,
    )

    assert (world.order.number, ordered - 3) in offered()
    assert world.call(ListBillableLines(), world.rival).items == ()


def test_nobody_bills_an_order_of_others_by_a_table(world: World, orders: list[Order]) -> None:
    told = world.call(PreflightInvoiceFile(rows=rows_of(orders)[:1]), world.rival)
    assert [(fault.row, fault.column) for fault in told.items[0].faults] == [(2, FileColumn.ORDER_NUMBER)]
    assert told.items[0].foreseen.customer is None

"""Orders at the limits of what may be written: exact up to the greatest amount, and refused above it."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.chassis.testing import RefusedCall, ServiceHarness
from services.contracts.orders import commands
from services.orders.service import OrdersService
from tests.service.orders.test_orders import BUYER, SELLER, a_draft, a_line, a_partnership, link

MOST = Decimal(10) ** 12
LONGEST = Decimal("999999999999.999999")


@pytest.fixture
def orders(fresh_database: Any) -> Iterator[ServiceHarness]:
    harness = ServiceHarness(OrdersService, fresh_database("orders").url)
    link(harness, a_partnership(lead_time_days=30))
    yield harness
    harness.close()


def priced(quantity: Decimal | str, unit_price: Decimal | str, **more: Any) -> commands.DraftLine:
    line: commands.DraftLine = a_line(quantity=Decimal(quantity), unit_price=Decimal(unit_price), **more)
    return line


@pytest.mark.requirement("S-232")
@pytest.mark.parametrize("places", [0, 2, 6])
@pytest.mark.parametrize(
    ("quantity", "unit_price"), [(MOST, MOST), (LONGEST, LONGEST), (MOST, Decimal("1000.000001"))]
)
def test_a_line_above_the_greatest_amount_is_refused_by_its_place(
    orders: ServiceHarness, quantity: Decimal, unit_price: Decimal, places: int
) -> None:
    wish = a_draft(lines=(priced(1, 1), priced(quantity, unit_price)), amount_places=places)

    with pytest.raises(RefusedCall) as refused:
        orders.call(wish, BUYER)

    assert refused.value.status == 422
    assert refused.value.problem_faults == [
        {"field": "/lines/1", "detail": "comes to more than 1,000,000,000,000,000"}
    ]
    assert orders.facts() == []


def test_lines_that_are_too_much_only_together_and_with_tax_are_refused(orders: ServiceHarness) -> None:
    lines = (priced(MOST, 900, tax_rate=Decimal(10)), priced(MOST, 10, tax_rate=Decimal("0.0001")))

    with pytest.raises(RefusedCall) as refused:
        orders.call(a_draft(lines=lines), BUYER)

    assert refused.value.problem_faults == [
        {"field": "/lines", "detail": "come to more than 1,000,000,000,000,000 together, with tax"}
    ]


@pytest.mark.requirement("S-232")
def test_the_longest_numbers_that_fit_are_exact_to_the_last_digit(orders: ServiceHarness) -> None:
    lines = (priced("1.000001", LONGEST, tax_rate=Decimal("12.3456")), priced("0.000001", "0.000001"))

    order = orders.call(a_draft(lines=lines, amount_places=6, submit=True), BUYER)
    read = orders.call(commands.GetOrder(order_id=order.id), SELLER)

    # 1.000001 × 999999999999.999999 = 1000000999999.999998999999, and 12.3456 % of the rounded net
    assert [line.net for line in read.lines] == [Decimal("1000000999999.999999"), Decimal("0.000000")]
    assert read.net == Decimal("1000000999999.999999")
    assert read.tax == Decimal("123456123456.000000")
    assert read.gross == Decimal("1123457123455.999999")


def test_exactly_the_greatest_amount_can_be_ordered(orders: ServiceHarness) -> None:
    order = orders.call(a_draft(lines=(priced(MOST, 1000, tax_rate=Decimal(0)),), submit=True), BUYER)

    assert order.gross == Decimal(10) ** 15


def test_no_more_can_be_received_than_a_quantity_can_say(orders: ServiceHarness) -> None:
    order = orders.call(a_draft(lines=(priced(MOST, 1),), submit=True), BUYER)
    orders.call(commands.ConfirmOrder(order_id=order.id), SELLER)
    receipt = commands.ReceiveGoods(
        order_id=order.id,
        number="GR-1",
        day=date(2026, 11, 22),
        lines=(commands.ReceivedLine(order_line=1, quantity=MOST, rejected_quantity=Decimal(0)),),
    )
    orders.call(receipt, BUYER)

    with pytest.raises(RefusedCall) as refused:
        orders.call(receipt, BUYER)

    assert refused.value.status == 409
    assert "no more than 1,000,000,000,000 C62 can be received" in str(refused.value)


def test_the_last_day_of_the_calendar_is_a_day_like_any_other(orders: ServiceHarness) -> None:
    order = orders.call(a_draft(order_date=date.max, delivery_date=date.max, submit=True), BUYER)

    assert order.delivery_date == date.max

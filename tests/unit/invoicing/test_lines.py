"""Invoice lines are written from the order; sums are exact to the last digit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Invalid
from services.contracts.invoicing.commands import LineContent
from services.contracts.invoicing.views import InvoiceLine, MatchedBy
from services.invoicing.domain.amounts import spoken
from services.invoicing.domain.lines import all_that_is_open, written
from services.invoicing.domain.refusals import NothingOpen
from services.invoicing.domain.taxes import totals_of
from tests.unit.invoicing.builders import an_order, an_order_line, billing


def _content(**what: object) -> LineContent:
    return LineContent(**{"quantity": Decimal(1), **what})  # type: ignore[arg-type]


@pytest.mark.requirement("S-025")
def test_an_invoice_is_filled_with_what_is_not_invoiced_yet() -> None:
    order = an_order(an_order_line(1, "10"), an_order_line(2, "4"), an_order_line(3, "7"))

    contents = all_that_is_open(order, {1: Decimal("2.5"), 2: Decimal(4)})

    assert [(line.order_line, line.quantity) for line in contents] == [(1, Decimal("7.5")), (3, Decimal(7))]


@pytest.mark.requirement("S-025")
def test_more_than_ordered_leaves_nothing_open_and_never_less_than_nothing() -> None:
    order = an_order(an_order_line(1, "10"))

    [line] = order.open_quantities({1: Decimal(11)}).lines

    assert (line.ordered, line.invoiced, line.open) == (10, 11, 0)


@pytest.mark.requirement("S-025")
def test_when_nothing_is_open_the_supplier_is_told_what_to_do() -> None:
    with pytest.raises(NothingOpen, match="Everything ordered with PO-1 is on an invoice already"):
        all_that_is_open(an_order(), {1: Decimal(10)})


def test_what_the_supplier_leaves_out_is_taken_from_the_order_line() -> None:
    order = an_order(an_order_line(1, "10", "2.50", tax_rate="20"))

    [line] = written([_content(order_line=1, quantity=Decimal(3))], order)

    assert line == InvoiceLine(
        number=1,
        order_line=1,
        item_number="IT-1",
        description="Item 1",
        unit="C62",
        quantity=Decimal(3),
        unit_price=Decimal("2.50"),
        tax_rate=Decimal(20),
        net=Decimal("7.50"),
        matched_by=MatchedBy.ORDER_LINE,
    )


def test_a_line_without_order_line_bills_the_order_line_with_its_item() -> None:
    order = an_order(an_order_line(1), an_order_line(2))

    [line] = written([_content(item_number="IT-2")], order)

    assert line.order_line == 2


def test_an_item_that_was_ordered_twice_is_not_guessed() -> None:
    order = an_order(an_order_line(1, item_number="IT"), an_order_line(2, item_number="IT"))
    content = billing("1.00", order_line=None, item_number="IT")

    [line] = written([content], order)

    assert line.order_line is None


def test_all_faults_of_all_lines_are_told_at_once() -> None:
    with pytest.raises(Invalid) as refusal:
        written([_content(order_line=7, description="x", unit="C62"), _content()], an_order())

    assert [fault.field for fault in refusal.value.faults] == [
        "/lines/0/order_line",
        "/lines/0/unit_price",
        "/lines/1/description",
        "/lines/1/unit",
        "/lines/1/unit_price",
    ]


@pytest.mark.requirement("S-232")
def test_tax_is_counted_once_per_rate_and_rounded_half_up() -> None:
    order = an_order(an_order_line(unit_price="0.10", tax_rate="5"))
    lines = written([billing("0.10", tax_rate=Decimal(5)) for _ in range(3)], order)

    totals = totals_of(lines, 2)

    assert [(tax.rate, tax.base, tax.amount) for tax in totals.taxes] == [
        (5, Decimal("0.30"), Decimal("0.02"))
    ]
    assert (totals.net, totals.tax, totals.gross) == (Decimal("0.30"), Decimal("0.02"), Decimal("0.32"))


@pytest.mark.requirement("S-232")
@pytest.mark.parametrize(
    ("quantity", "unit_price", "places", "net"),
    [
        ("3", "0.335", 2, "1.01"),  # 1.005 is rounded up
        ("1", "2.5", 0, "3"),
        ("0.333333", "3", 6, "0.999999"),
        ("999999.999999", "999999.999999", 2, "999999999998.00"),
        ("1000000000000", "999.999999", 4, "999999999000000.0000"),
    ],
)
def test_a_line_is_rounded_once(quantity: str, unit_price: str, places: int, net: str) -> None:
    order = an_order(places=places)

    [line] = written([billing(unit_price, quantity=quantity)], order)

    assert str(line.net) == net


lines = st.lists(
    st.tuples(
        st.decimals(min_value="0.000001", max_value=10**6, places=6),
        st.decimals(min_value=0, max_value=10**6, places=6),
        st.sampled_from([Decimal(0), Decimal(5), Decimal("7.7"), Decimal(20), Decimal("20.00")]),
    ),
    min_size=1,
    max_size=12,
)


@pytest.mark.requirement("S-232")
@given(lines, st.integers(0, 6))
def test_the_sums_are_the_sums_of_their_parts(
    given_lines: list[tuple[Decimal, Decimal, Decimal]], places: int
) -> None:
    contents = [
        billing(str(price), quantity=str(quantity), tax_rate=rate) for quantity, price, rate in given_lines
    ]
    invoiced = written(contents, an_order(places=places))

    totals = totals_of(invoiced, places)

    assert totals.net == sum(line.net for line in invoiced)
    assert totals.net == sum(tax.base for tax in totals.taxes)
    assert totals.tax == sum(tax.amount for tax in totals.taxes)
    assert totals.gross == totals.net + totals.tax
    for tax in totals.taxes:
        assert abs(tax.amount - tax.base * tax.rate / 100) * 2 <= Decimal(1).scaleb(-places)


@pytest.mark.parametrize(
    ("amount", "places", "text"),
    [
        ("5250", 2, "5,250.00"),
        ("5250.0000", 2, "5,250.00"),
        ("100.002", 2, "100.002"),
        ("1234567.5", 0, "1,234,567.5"),
        ("1E+3", 2, "1,000.00"),
    ],
)
def test_an_amount_is_spoken_with_all_its_digits(amount: str, places: int, text: str) -> None:
    assert spoken(Decimal(amount), places) == text

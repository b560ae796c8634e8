"""The smallest change that would pass: told only if the engine lets it pass, and the limit not to everybody."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.invoicing.commands import LineContent
from services.contracts.invoicing.tolerances import Direction, Measure, UnitFactor
from services.contracts.invoicing.views import InvoiceLine, Match, Remedy, Verdict
from services.contracts.money import product
from services.invoicing.domain.book import Book
from services.invoicing.domain.matching import decide
from services.invoicing.domain.order import Order, Terms
from services.invoicing.domain.remedy import remedies
from tests.unit.invoicing.builders import (
    NOON,
    a_draft,
    a_tolerance,
    an_id,
    an_order,
    an_order_line,
    billing,
    counted,
    terms,
)
from tests.unit.invoicing.test_ways_of_matching import APPROVED, PENDING, with_lines


def told(
    *contents: LineContent,
    order: Order | None = None,
    agreed: Terms | None = None,
    book: Book | None = None,
    openly: bool = False,
) -> tuple[Remedy, ...]:
    order, agreed, book = order or an_order(), agreed or terms("5"), book or Book(())
    invoice = a_draft(*contents, order=order, agreed=agreed)
    invoice.rehearse(order=order, terms=agreed, at=NOON)

    def judged(lines: tuple[InvoiceLine, ...]) -> Match:
        return decide(
            match_id=an_id("m"),
            invoice_id=invoice.id,
            invoice_sequence=1,
            at=NOON,
            inputs=invoice.with_lines(lines).inputs(order, agreed, book),
        )

    found = remedies(invoice.lines, judged(invoice.lines), judged, openly=openly)
    if found:
        assert judged(changed(invoice.lines, found)).verdict is Verdict.PASSES
    return found


def changed(lines: tuple[InvoiceLine, ...], found: tuple[Remedy, ...]) -> tuple[InvoiceLine, ...]:
    """The lines with the changes made as they are told."""
    gone = {remedy.line for remedy in found if remedy.field is None}
    values = {(remedy.line, remedy.field): remedy.after for remedy in found}
    made = []
    for line in lines:
        quantity = values.get((line.number, "quantity")) or line.quantity
        price = values.get((line.number, "unit_price"))
        price = line.unit_price if price is None else price
        named = values.get((line.number, "order_line"))
        moved = {} if named is None else {"order_line": int(named), "item_number": None}
        net = product(quantity, price, 2)
        made.append(replace(line, quantity=quantity, unit_price=price, net=net, **moved))
    return tuple(line for line in made if line.number not in gone)


def sentences(*contents: LineContent, **more: object) -> list[str]:
    return [remedy.sentence for remedy in told(*contents, **more)]  # type: ignore[arg-type]


@pytest.mark.requirement("S-045")
def test_what_passes_needs_no_change() -> None:
    assert told(billing("5250.00")) == ()


def test_a_total_above_the_limit_is_brought_to_the_limit_or_to_what_was_ordered() -> None:
    dear = billing("530.00", quantity="10")

    assert sentences(dear) == ["Line 1, Item 1: bill 9.90566 instead of 10."]
    assert sentences(dear, openly=True) == ["Line 1, Item 1: bill 9.433962 instead of 10."]


def test_what_was_not_ordered_is_left_out_or_said_to_be_what_it_resembles() -> None:
    order = an_order(an_order_line(quantity="5", unit_price="20.00", description="Touring tyre 28 inch"))
    like = billing("20.00", order_line=None, description="Touring tyre, 28 inches")

    assert sentences(billing("1.00"), billing("1.00", order_line=None)) == ["Leave out line 2, Touring tyre."]
    assert sentences(like, order=order) == [
        "Line 1, Touring tyre, 28 inches: say that it bills line 1 of the order."
    ]
    assert told(billing("1.00", order_line=None)) == ()


def test_a_price_and_a_quantity_are_brought_to_their_limits_in_the_unit_that_is_billed() -> None:
    box = UnitFactor(unit="BX", base="C62", factor=Decimal(5))
    order = an_order(an_order_line(quantity="10", unit_price="500.00", units=(box,)))
    agreed = terms(
        "100",
        a_tolerance(Measure.LINE_PRICE, percent="2"),
        a_tolerance(Measure.QUANTITY_ORDERED, percent="0"),
    )

    assert sentences(billing("2600.00", quantity="3", unit="BX"), order=order, agreed=agreed) == [
        "Line 1, Item 1: bill 2,550.00 for one instead of 2,600.00.",
        "Line 1, Item 1: bill 2 instead of 3.",
    ]


def test_what_no_line_can_mend_has_no_remedy() -> None:
    complete = terms("0", a_tolerance(percent="0", direction=Direction.BOTH))
    taxed = terms("100", a_tolerance(Measure.TAX, percent="0"))

    assert told(billing("10.00"), agreed=complete) == ()
    assert told(billing("10.00", tax_rate=Decimal(20)), agreed=taxed) == ()


def test_a_smaller_invoice_need_not_wait() -> None:
    waits = Book([counted("INV-0", "2250.00", PENDING)])

    assert sentences(billing("500.00", quantity="10"), book=waits) == [
        "Line 1, Item 1: bill 6 instead of 10."
    ]


amounts = st.decimals("0.01", 900, places=2)
bills = st.lists(st.tuples(st.sampled_from([1, 2, None]), amounts, amounts), min_size=1, max_size=4)


@given(
    bills,
    st.sampled_from(["0", "5", "12.5"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, APPROVED, PENDING]),
)
def test_whatever_is_told_passes_when_it_is_done(
    lines: list[tuple[int | None, Decimal, Decimal]], rate: str, strict: bool, openly: bool, before: object
) -> None:
    order = an_order(
        an_order_line(1, "10", "50.00", description="Wheat"),
        an_order_line(2, "4", "25.00", description="Rye"),
    )
    rules = (
        a_tolerance(Measure.LINE_PRICE, percent="3"),
        a_tolerance(Measure.QUANTITY_ORDERED, amount="1"),
    )
    agreed = terms(rate, *(rules if strict else ()))
    entries = [with_lines(counted("INV-0", "100.00", before), (1, "2", "100.00"))] if before else []  # type: ignore[arg-type]

    told(
        *(billing(str(price), order_line=line, quantity=str(quantity)) for line, price, quantity in lines),
        order=order,
        agreed=agreed,
        book=Book(entries),
        openly=openly,
    )

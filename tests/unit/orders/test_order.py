"""The rules of purchase orders, without a database."""

import contextlib
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.chassis.errors import Invalid
from services.contracts.orders.views import OrderStatus
from services.contracts.parties import Party, Person
from services.orders.domain import (
    MOVES,
    Answer,
    Issued,
    Line,
    NothingToDeliver,
    NotTheInitiator,
    Order,
    Received,
    ShippedAlready,
    StepNotPossible,
    Terms,
    TooMuch,
    WishedLine,
    totals,
)

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 22)
ANNA = Person(id=UUID(int=1), name="Anna")
BOB = Person(id=UUID(int=2), name="Bob")
TERMS = Terms(
    customer=Party(id=UUID(int=10), name="Northwind"),
    supplier=Party(id=UUID(int=20), name="Allenson"),
    enabled=True,
    currency="EUR",
    lead_time_days=0,
    minimum_order=Decimal(0),
    payment_days=30,
)


def a_wished_line(**changes: Any) -> WishedLine:
    line = WishedLine("A-1", "Touring tyre", "C62", Decimal(10), Decimal("12.50"), Decimal(20))
    return replace(line, **changes)


def an_order(*lines: WishedLine, places: int = 2) -> Order:
    order = Order(
        id=UUID(int=100), number="PO-1", customer=TERMS.customer, supplier=TERMS.supplier, initiator=ANNA,
        currency="EUR", amount_places=places, order_date=DAY, payment_days=30, lines=[],
    )  # fmt: skip
    order.write(lines or (a_wished_line(),), TERMS, delivery_date=None, address="", note="")
    return order


def a_submitted_order(*lines: WishedLine) -> Order:
    order = an_order(*lines)
    order.submit(TERMS, at=AT)
    return order


def a_confirmed_order(*lines: WishedLine) -> Order:
    order = a_submitted_order(*lines)
    order.confirm([])
    return order


def test_each_step_is_possible_from_the_statuses_of_the_table_and_from_no_other() -> None:
    steps: dict[str, Any] = {
        "submitted": lambda order: order.submit(TERMS, at=AT),
        "confirmed": lambda order: order.confirm([]),
        "refused": lambda order: order.refuse("no"),
        "revised": lambda order: order.revise([a_wished_line()], TERMS, by=ANNA, note=""),
        "started": lambda order: order.start(),
        "cancelled": lambda order: order.cancel("no"),
        "closed": lambda order: order.close(),
    }
    assert steps.keys() == MOVES.keys()
    for step, (allowed, target) in MOVES.items():
        for status in OrderStatus:
            order = an_order()
            order.status = status
            if status in allowed:
                steps[step](order)
                assert order.status is target
            else:
                with pytest.raises(StepNotPossible, match=r"Order PO-1 is .*; only an order that is "):
                    steps[step](order)
                assert order.status is status
                assert order.facts == []


def test_every_change_is_a_fact_with_the_next_sequence_and_the_state_after_it() -> None:
    order = a_confirmed_order()
    order.start()

    assert [fact.sequence for fact in order.facts] == [1, 2, 3]
    assert [fact.event.order.status.value for fact in order.facts] == [
        "submitted",
        "confirmed",
        "in-progress",
    ]  # type: ignore[attr-defined]
    assert [fact.event.order.sequence for fact in order.facts] == [1, 2, 3]  # type: ignore[attr-defined]


@pytest.mark.requirement("S-027")
def test_nobody_but_the_initiator_changes_the_delivery_date_or_revises() -> None:
    order = a_submitted_order()

    with pytest.raises(NotTheInitiator, match="Only Anna"):
        order.change_delivery_date(DAY, TERMS, by=BOB)
    with pytest.raises(NotTheInitiator, match="Only Anna"):
        order.revise([a_wished_line()], TERMS, by=BOB, note="")
    order.change_delivery_date(DAY, TERMS, by=ANNA)

    assert order.delivery_date == DAY


def test_a_revision_asks_the_supplier_anew() -> None:
    order = a_confirmed_order()

    order.revise([a_wished_line(quantity=Decimal(3))], TERMS, by=ANNA, note="fewer")

    assert (order.status, order.revision, order.net) == (OrderStatus.SUBMITTED, 1, Decimal("37.50"))
    assert order.lines[0].confirmed_quantity is None


def test_an_order_of_which_goods_are_on_their_way_is_neither_revised_nor_cancelled() -> None:
    order = a_confirmed_order()
    order.issue(UUID(int=5), "DN-1", DAY, [Issued(1, Decimal(1))], "", by=BOB, at=AT)

    with pytest.raises(ShippedAlready):
        order.revise([a_wished_line()], TERMS, by=ANNA, note="")
    with pytest.raises(ShippedAlready):
        order.cancel("too late")


def test_a_confirmation_of_nothing_is_a_refusal_and_has_to_say_so() -> None:
    order = a_submitted_order()

    with pytest.raises(NothingToDeliver):
        order.confirm([Answer(1, Decimal(0))])


def test_no_more_is_confirmed_than_was_ordered() -> None:
    with pytest.raises(TooMuch, match="ordered 10 C62"):
        a_submitted_order().confirm([Answer(1, Decimal("10.000001"))])


@given(
    st.lists(
        st.tuples(
            st.decimals(min_value="0.000001", max_value="100000", places=6),
            st.decimals(min_value=0, max_value="100000", places=6),
            st.sampled_from([Decimal(0), Decimal(7), Decimal("12.5"), Decimal(20)]),
        ),
        min_size=1,
        max_size=20,
    ),
    st.integers(0, 6),
)
@pytest.mark.requirement("S-232")
def test_the_sum_of_an_order_is_the_sum_of_its_lines_to_the_last_digit(
    rows: list[tuple[Decimal, Decimal, Decimal]], places: int
) -> None:
    order = an_order(
        *(
            a_wished_line(quantity=quantity, unit_price=price, tax_rate=rate)
            for quantity, price, rate in rows
        ),
        places=places,
    )

    assert order.net == sum(line.net for line in order.lines)
    assert order.gross == order.net + order.tax
    assert all(-line.net.as_tuple().exponent <= places for line in order.lines)  # type: ignore[operator]
    assert totals(reversed(order.lines), places) == totals(order.lines, places)


class Deliveries(RuleBasedStateMachine):
    """Whatever is shipped and received in whatever order, the quantities of a line stay possible."""

    def __init__(self) -> None:
        super().__init__()
        self.order = a_confirmed_order(a_wished_line(), a_wished_line(quantity=Decimal(4)))
        self.count = 0

    def _try(self, step: Any) -> None:
        with contextlib.suppress(TooMuch, Invalid):
            step()

    @rule(line=st.integers(1, 3), quantity=st.decimals(min_value="0.5", max_value=6, places=1))
    def ship(self, line: int, quantity: Decimal) -> None:
        self.count += 1
        self._try(
            lambda: self.order.issue(
                UUID(int=self.count), str(self.count), DAY, [Issued(line, quantity)], "", by=BOB, at=AT
            )
        )

    @rule(
        line=st.integers(1, 2),
        quantity=st.decimals(min_value="0.5", max_value=6, places=1),
        rejected=st.decimals(min_value=0, max_value=6, places=1),
    )
    def receive(self, line: int, quantity: Decimal, rejected: Decimal) -> None:
        self.count += 1
        self._try(
            lambda: self.order.receive(
                UUID(int=self.count),
                str(self.count),
                DAY,
                [Received(line, quantity, rejected)],
                "",
                by=ANNA,
                at=AT,
            )
        )

    @invariant()
    def never_more_than_owed(self) -> None:
        for line in self.order.lines:
            assert isinstance(line, Line)
            assert Decimal(0) <= line.shipped_quantity <= line.due_quantity
            assert line.pending_quantity == line.due_quantity - line.shipped_quantity
            assert Decimal(0) <= line.rejected_quantity <= line.received_quantity


TestDeliveries = Deliveries.TestCase
TestDeliveries.settings = settings(max_examples=50, stateful_step_count=20, deadline=None)

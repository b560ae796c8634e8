"""The start page's numbers: each is what the list of the same filters holds; and lists in every order."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine

from services.chassis.ids import new_id
from services.chassis.testing import RefusedCall, ServiceHarness, an_actor
from services.contracts.actors import Actor, Role
from services.contracts.orders import commands
from services.contracts.orders.views import (
    OrdersDashboard,
    OrderSort,
    OrderStatus,
    OrderSummary,
    OrderWaiting,
)
from services.contracts.parties import Party
from services.orders.months import last_months
from services.orders.service import OrdersService
from services.orders.tables import metadata
from tests.service.orders.test_orders import (
    BUYER,
    OPERATOR,
    RIVAL,
    SELLER,
    STRANGER,
    a_draft,
    a_line,
    a_partnership,
    link,
)

COLLEAGUE = an_actor(
    Role.INITIATOR,
    name="Carl Colleague",
    organisation_id=BUYER.organisation_id,
    organisation_name=BUYER.organisation_name,
)
TODAY = datetime.now(UTC).date()


@pytest.fixture
def orders(fresh_database: Any) -> Iterator[ServiceHarness]:
    harness = ServiceHarness(OrdersService, fresh_database("orders").url)
    link(harness, a_partnership())
    yield harness
    harness.close()


def all_of(orders: ServiceHarness, actor: Actor, **filters: Any) -> Iterator[OrderSummary]:
    after = None
    while True:
        page = orders.call(commands.ListOrders(after=after, limit=3, **filters), actor)
        yield from page.items
        after = page.next
        if after is None:
            return


def numbers_for(orders: ServiceHarness, actor: Actor) -> OrdersDashboard:
    found: OrdersDashboard = orders.call(commands.GetOrdersDashboard(), actor)
    return found


def check_that_lists_hold_the_same(orders: ServiceHarness, actor: Actor) -> None:
    numbers = numbers_for(orders, actor)
    counted = 0
    for total in numbers.by_status:
        rows = list(all_of(orders, actor, status=(total.status,), currency=total.currency))
        assert total.count == len(rows)
        assert (total.net, total.gross) == (sum(row.net for row in rows), sum(row.gross for row in rows))
        counted += total.count
    assert counted == len(list(all_of(orders, actor)))
    for month in numbers.by_month:
        filters = {"date_from": month.first, "date_to": month.last, "currency": month.currency}
        rows = list(all_of(orders, actor, status=numbers.ordered, **filters))
        assert month.count == len(rows)
        assert (month.net, month.gross) == (sum(row.net for row in rows), sum(row.gross for row in rows))
    for waiting in numbers.waiting:
        rows = list(all_of(orders, actor, waiting_for=waiting.waiting_for))
        assert waiting.count == len(rows)
        assert waiting.oldest == min((row.order_date for row in rows), default=None)
    everything = {row.id for row in all_of(orders, actor, waiting_for=OrderWaiting.ME)}
    assert len(everything) == sum(waiting.count for waiting in numbers.waiting)


WAYS = ("draft", "submit", "refuse", "confirm", "propose", "start", "close", "cancel", "propose and cancel")
steps = st.lists(
    st.tuples(
        st.sampled_from(WAYS),
        st.integers(min_value=0, max_value=420),
        st.sampled_from(("EUR", "UAH")),
        st.sampled_from((BUYER, COLLEAGUE)),
    ),
    max_size=10,
)


def walk(orders: ServiceHarness, way: str, wish: commands.DraftOrder, buyer: Actor) -> None:
    id = orders.call(wish, buyer).id
    proposal = commands.ProposeDeliveryDate(order_id=id, date=TODAY + timedelta(days=9), reason="Late")
    if way == "draft":
        return
    orders.call(commands.SubmitOrder(order_id=id), buyer)
    if way.startswith("propose"):
        orders.call(proposal, SELLER)
    if way.endswith("cancel"):
        orders.call(commands.CancelOrder(order_id=id, reason="No"), buyer)
    if way == "refuse":
        orders.call(commands.RefuseOrder(order_id=id, reason="No"), SELLER)
    if way in ("confirm", "start", "close"):
        orders.call(commands.ConfirmOrder(order_id=id), SELLER)
    if way in ("start", "close"):
        orders.call(commands.StartOrder(order_id=id), SELLER)
    if way == "close":
        orders.call(commands.CloseOrder(order_id=id), buyer)


@pytest.mark.requirement("S-005")
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_every_number_is_what_its_list_holds(orders: ServiceHarness, steps: list[Any]) -> None:
    for way, days_ago, currency, buyer in steps:
        line = replace(a_line(), unit_price=Decimal(1 + days_ago), tax_rate=Decimal(20))
        day = TODAY - timedelta(days=days_ago)
        walk(orders, way, a_draft(lines=(line,), currency=currency, order_date=day), buyer)

    for actor in (BUYER, COLLEAGUE, SELLER, OPERATOR, RIVAL, STRANGER):
        check_that_lists_hold_the_same(orders, actor)


@pytest.mark.requirement("S-005")
@pytest.mark.requirement("S-027")
def test_what_waits_is_what_this_person_can_do(orders: ServiceHarness) -> None:
    for way in WAYS:
        walk(orders, way, a_draft(), BUYER)

    def waiting(actor: Actor) -> dict[OrderWaiting, int]:
        return {each.waiting_for: each.count for each in numbers_for(orders, actor).waiting}

    assert waiting(BUYER) == {OrderWaiting.DATE_DECISION: 1, OrderWaiting.DRAFT: 1}
    assert waiting(COLLEAGUE) == {OrderWaiting.DATE_DECISION: 0, OrderWaiting.DRAFT: 0}
    assert waiting(SELLER) == {OrderWaiting.CONFIRMATION: 2}
    assert waiting(OPERATOR) == {}
    assert list(all_of(orders, SELLER, waiting_for=OrderWaiting.DRAFT)) == []


def test_the_months_of_the_plot_have_no_gap(orders: ServiceHarness) -> None:
    walk(orders, "submit", a_draft(), BUYER)

    months = numbers_for(orders, BUYER).by_month

    assert len(months) == 12
    assert months[-1].first <= TODAY <= months[-1].last
    assert [month.count for month in months] == [0] * 11 + [1]
    for earlier, later in pairwise(months):
        assert earlier.last + timedelta(days=1) == later.first


def test_months_end_where_the_calendar_says() -> None:
    months = last_months(date(2028, 3, 31), 14)

    assert (months[0].first, months[0].last) == (date(2027, 2, 1), date(2027, 2, 28))
    assert (months[-2].first, months[-2].last) == (date(2028, 2, 1), date(2028, 2, 29))


KEYS: dict[str, Any] = {
    "created": lambda row: row.id,
    "number": lambda row: row.number,
    "date": lambda row: row.order_date,
    "partner": lambda row: row.supplier.name,
    "gross": lambda row: row.gross,
    "delivery": lambda row: row.delivery_date or date.max,
}


@pytest.mark.parametrize("sort", OrderSort)
def test_sorted_pages_follow_each_other_without_gap_or_repetition(
    orders: ServiceHarness, sort: OrderSort
) -> None:
    rival = Party(id=RIVAL.organisation_id, name=RIVAL.organisation_name)
    link(orders, a_partnership(id=new_id(), supplier=rival))
    for place, (price, days) in enumerate([(3, 2), (1, 2), (2, 0), (3, 1), (1, 1), (3, 2), (2, 5)]):
        wish = a_draft(
            supplier_id=(rival.id if place % 3 else SELLER.organisation_id),
            lines=(replace(a_line(), unit_price=Decimal(price)),),
            order_date=TODAY - timedelta(days=days),
            delivery_date=TODAY + timedelta(days=days) if place % 2 else None,
        )
        orders.call(wish, BUYER)

    rows = list(all_of(orders, BUYER, sort=sort))

    key = KEYS[sort.value.removeprefix("-")]
    falling = sort.value.startswith("-")
    assert rows == sorted(rows, key=lambda row: (key(row), row.id), reverse=falling)
    assert len({row.id for row in rows}) == 7


def test_a_cursor_does_not_fit_another_sorting(orders: ServiceHarness) -> None:
    for _ in range(2):
        orders.call(a_draft(), BUYER)
    by_date = orders.call(commands.ListOrders(limit=1, sort=OrderSort.DATE), BUYER).next

    for sort in (OrderSort.DATE_FALLING, OrderSort.GROSS, OrderSort.NEWEST):
        with pytest.raises(RefusedCall) as refused:
            orders.call(commands.ListOrders(after=by_date, sort=sort), BUYER)
        assert refused.value.status == 422


def test_a_list_takes_several_statuses_and_days_of_delivery(orders: ServiceHarness) -> None:
    for way in ("draft", "submit", "refuse", "confirm"):
        walk(orders, way, a_draft(delivery_date=date(2030, 5, 1)), BUYER)
    walk(orders, "submit", a_draft(delivery_date=date(2030, 5, 2)), BUYER)
    walk(orders, "submit", a_draft(), BUYER)
    open_ones = (OrderStatus.SUBMITTED, OrderStatus.CONFIRMED)

    assert len(list(all_of(orders, BUYER, status=open_ones))) == 4
    assert len(list(all_of(orders, BUYER, status=open_ones, delivery_to=date(2030, 5, 1)))) == 2
    assert len(list(all_of(orders, BUYER, status=open_ones, delivery_from=date(2030, 5, 2)))) == 1


def test_the_migrations_build_the_tables_the_code_uses(fresh_database: Any) -> None:
    engine = create_engine(fresh_database("orders").owner_url)
    others = {"journal", "inbox", "commands", "dead_letters", "alembic_version"}

    def ours(_object: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        return not (kind == "table" and name in others)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": ours, "compare_type": True})
        differences = compare_metadata(context, metadata)
    engine.dispose()

    assert differences == []

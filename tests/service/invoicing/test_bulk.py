"""Invoices for many orders in one action: foreseen, sent all or none or only the good ones, and never twice."""

from dataclasses import replace
from decimal import Decimal
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

import pytest

from services.chassis.testing import RefusedCall
from services.contracts.invoicing.bulk import (
    ForeseenMany,
    ListBillableOrders,
    OneOfMany,
    PreflightInvoices,
    SendInvoices,
    SentMany,
)
from services.contracts.invoicing.views import InvoiceStatus, Verdict
from services.contracts.orders.views import Order, OrderStatus
from tests.service.invoicing.world import World, billing

pytestmark = pytest.mark.requirement("S-059")


@pytest.fixture
def orders(world: World) -> list[Order]:
    """Three orders of 5,000.00 with everything open."""
    return [world.order, *(world.announce(world.an_order()) for _ in range(2))]


def foresee(world: World, *invoices: OneOfMany) -> ForeseenMany:
    answer: ForeseenMany = world.call(PreflightInvoices(invoices=invoices), world.supplier)
    return answer


def send(world: World, *invoices: OneOfMany, keep_good: bool = False, **more: Any) -> SentMany:
    wish = SendInvoices(invoices=invoices, keep_good=keep_good)
    answer: SentMany = world.call(wish, world.supplier, **more)
    return answer


def sent_numbers(world: World) -> list[str]:
    return [row.number for row in world.rows("select number from invoices order by number")]


def test_the_preview_tells_each_verdict_and_the_sums_and_changes_nothing(
    world: World, orders: list[Order]
) -> None:
    before = world.fingerprint()

    told = foresee(
        world,
        OneOfMany(order_id=orders[0].id, number="B-1"),
        OneOfMany(order_number=orders[1].number, number="B-2", lines=(billing("5250.01"),)),
        OneOfMany(order_id=orders[2].id),
        OneOfMany(order_number="PO-nowhere", number="B-4"),
    )

    assert [item.verdict for item in told.items] == [Verdict.PASSES, Verdict.HELD, Verdict.PASSES, None]
    assert [[each.code for each in item.hindrances] for item in told.items] == [
        [], [], ["number-missing"], ["not-found"],
    ]  # fmt: skip
    assert [(each.verdict, each.count, each.net) for each in told.sums] == [
        (Verdict.HELD, 1, Decimal("5250.01")), (Verdict.PASSES, 1, Decimal("5000.00")),
    ]  # fmt: skip
    assert told.hindered == 2
    assert world.fingerprint() == before


def test_two_of_one_order_are_foreseen_as_they_will_be_decided(world: World, orders: list[Order]) -> None:
    wishes = [
        OneOfMany(order_id=orders[0].id, number="B-1", lines=(billing("3000.00"),)),
        OneOfMany(order_id=orders[0].id, number="B-2", lines=(billing("3000.00"),)),
    ]

    foreseen = foresee(world, *wishes)
    sent = send(world, *wishes)

    assert [item.verdict for item in foreseen.items] == [Verdict.PASSES, Verdict.HELD]
    assert [item.status for item in sent.items] == [InvoiceStatus.APPROVED, InvoiceStatus.PENDING]


def test_all_are_sent_in_one_action_and_once_however_often_it_is_repeated(
    world: World, orders: list[Order]
) -> None:
    wishes = [OneOfMany(order_id=order.id, number=f"B-{at}") for at, order in enumerate(orders)]
    key = str(uuid4())

    first = send(world, *wishes, command_id=key)
    again = send(world, *wishes, command_id=key)

    assert first == again
    assert (first.sent, first.hindered) == (3, 0)
    assert [item.place for item in first.items] == [0, 1, 2]
    assert sent_numbers(world) == ["B-0", "B-1", "B-2"]


def test_all_or_none_unless_the_good_ones_are_wanted(world: World, orders: list[Order]) -> None:
    wishes = [
        OneOfMany(order_id=orders[0].id, number="B-1"),
        OneOfMany(order_id=orders[1].id, number="b 1"),
        OneOfMany(order_id=orders[1].id, number="B-3", lines=(billing("1.00", order_line=99),)),
        OneOfMany(order_id=orders[2].id, number="B-4"),
    ]
    with pytest.raises(RefusedCall) as refusal:
        send(world, *wishes)
    assert {fault["field"].split("/")[2] for fault in refusal.value.problem_faults} == {"1", "2"}
    assert sent_numbers(world) == []

    told = send(world, *wishes, keep_good=True)

    assert (told.sent, told.hindered) == (2, 2)
    assert told.items[1].hindrances[0].code == "number-taken"
    assert sent_numbers(world) == ["B-1", "B-4"]


def test_what_dies_in_the_middle_has_sent_nothing_and_the_repetition_sends_all(
    world: World, orders: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    wishes = [OneOfMany(order_id=order.id, number=f"B-{at}") for at, order in enumerate(orders)]
    key = str(uuid4())

    class Killed(BaseException):
        pass

    def killed(*_: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("services.invoicing.domain.bulk.all_sent", killed)
        with pytest.raises(Killed):
            send(world, *wishes, command_id=key)
    assert sent_numbers(world) == []
    assert "invoice-submitted" not in world.facts()

    send(world, *wishes, command_id=key)

    assert sent_numbers(world) == ["B-0", "B-1", "B-2"]
    assert world.facts().count("invoice-submitted") == 3


def test_two_actions_over_the_same_orders_the_other_way_round_both_end(
    world: World, orders: list[Order]
) -> None:
    barrier, told = Barrier(2), []

    def act(name: str, mine: list[Order]) -> None:
        wishes = [
            OneOfMany(order_id=order.id, number=f"{name}-{at}", lines=(billing("10.00"),))
            for at, order in enumerate(mine)
        ]
        barrier.wait()
        told.append(send(world, *wishes))

    threads = [Thread(target=act, args=("X", orders)), Thread(target=act, args=("Y", orders[::-1]))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [answer.sent for answer in told] == [3, 3]
    assert len(sent_numbers(world)) == 6


def test_the_orders_to_choose_from_are_those_of_which_something_is_open(
    world: World, orders: list[Order]
) -> None:
    send(world, OneOfMany(order_id=orders[0].id, number="B-1"))
    part = (replace(billing("500.00"), quantity=Decimal(4)),)
    send(world, OneOfMany(order_id=orders[1].id, number="B-2", lines=part))
    world.announce(world.an_order(status=OrderStatus.CANCELLED))

    first = world.call(ListBillableOrders(limit=1), world.supplier)
    second = world.call(ListBillableOrders(limit=1, after=first.next), world.supplier)

    assert [(one.order_id, one.open_net, one.begun) for one in (*first.items, *second.items)] == [
        (orders[2].id, Decimal("5000.00"), False),
        (orders[1].id, Decimal("3000.00"), True),
    ]
    assert second.next is None
    assert world.call(ListBillableOrders(), world.rival).items == ()


def test_nobody_bills_an_order_of_others(world: World, orders: list[Order]) -> None:
    for wish, code in (
        (OneOfMany(order_id=orders[0].id, number="R-1"), "not-here-yet"),
        (OneOfMany(order_number="PO-1", number="R-1"), "not-found"),
    ):
        told = world.call(PreflightInvoices(invoices=(wish,)), world.rival)
        assert [each.code for each in told.items[0].hindrances] == [code]
        answer = world.call(SendInvoices(invoices=(wish,), keep_good=True), world.rival)
        assert answer.sent == 0
    assert sent_numbers(world) == []

"""The start page's numbers: each is what the list of the same filters holds, whoever asks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.contracts.actors import Actor
from services.contracts.invoicing import commands
from services.contracts.invoicing.views import (
    Age,
    InvoicesDashboard,
    InvoiceSort,
    InvoiceStatus,
    InvoiceSummary,
    InvoiceWaiting,
)
from services.invoicing.domain.ageing import buckets
from tests.service.invoicing.world import World, a_line, billing, party

S = InvoiceStatus


def all_of(world: World, actor: Actor, **filters: Any) -> Iterator[InvoiceSummary]:
    after = None
    while True:
        page = world.call(commands.ListInvoices(after=after, limit=3, **filters), actor)
        yield from page.items
        after = page.next
        if after is None:
            return


def numbers_for(world: World, actor: Actor) -> InvoicesDashboard:
    found: InvoicesDashboard = world.call(commands.GetInvoicesDashboard(), actor)
    return found


def check_that_lists_hold_the_same(world: World, actor: Actor) -> None:
    numbers = numbers_for(world, actor)
    counted = 0
    for total in numbers.by_status:
        rows = list(all_of(world, actor, status=(total.status,), currency=total.currency))
        assert total.count == len(rows)
        assert (total.net, total.gross) == (sum(row.net for row in rows), sum(row.gross for row in rows))
        assert total.open == sum(row.open for row in rows)
        counted += total.count
    assert counted == len(list(all_of(world, actor)))
    outstanding = Decimal(0)
    for age in numbers.ageing:
        filters = {"due_from": age.due_from, "due_to": age.due_to, "currency": age.currency}
        rows = list(all_of(world, actor, status=numbers.outstanding, **filters))
        assert (age.count, age.open) == (len(rows), sum(row.open for row in rows))
        outstanding += age.open
    assert outstanding == sum(total.open for total in numbers.by_status)
    for waiting in numbers.waiting:
        rows = list(all_of(world, actor, waiting_for=waiting.waiting_for))
        assert waiting.count == len(rows)
        assert waiting.oldest == min((row.issue_date for row in rows), default=None)
    everything = {row.id for row in all_of(world, actor, waiting_for=InvoiceWaiting.ME)}
    assert len(everything) == sum(waiting.count for waiting in numbers.waiting)


steps = st.lists(
    st.tuples(
        st.sampled_from(("draft", "send", "held", "return", "reject", "cancel", "pay", "pay part")),
        st.decimals(min_value=Decimal("0.02"), max_value=Decimal(60), places=2),
        st.integers(min_value=0, max_value=150),
        st.sampled_from(("EUR", "UAH")),
    ),
    max_size=9,
)


@pytest.mark.requirement("S-005")
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_every_number_is_what_its_list_holds(world: World, steps: list[Any]) -> None:
    orders = {
        currency: world.announce(world.an_order(a_line(1, "100", "100.00", "20"), currency=currency))
        for currency in ("EUR", "UAH")
    }

    for what, amount, days_ago, currency in steps:
        world.numbers += 1
        wish = commands.DraftInvoice(
            order_id=orders[currency].id,
            number=f"D-{world.numbers}-{len(world.facts())}",
            issue_date=world.now().date() - timedelta(days=days_ago),
            lines=(billing(str(amount), 1 if what in ("draft", "send", "pay", "pay part") else None),),
        )
        draft = world.call(wish, world.supplier)
        if what == "draft":
            continue
        sent = world.call(commands.SendInvoiceDraft(invoice_id=draft.id), world.supplier)
        if sent.status is S.PENDING and what == "return":
            world.call(commands.ReturnInvoice(invoice_id=sent.id, reason="x"), world.buyer)
        if sent.status is S.PENDING and what == "reject":
            world.call(commands.RejectInvoice(invoice_id=sent.id, reason="x"), world.buyer)
        if sent.status in (S.PENDING, S.MATCHING) and what == "cancel":
            world.call(commands.CancelInvoice(invoice_id=sent.id, reason="x"), world.supplier)
        if sent.status is S.APPROVED and what == "pay":
            world.pay(sent.id, str(sent.gross))
        if sent.status is S.APPROVED and what == "pay part":
            world.pay(sent.id, "0.01")

    for actor in (world.supplier, world.buyer, world.accountant, world.operator, world.rival, world.stranger):
        check_that_lists_hold_the_same(world, actor)


@pytest.mark.requirement("S-005")
@pytest.mark.requirement("S-043")
def test_what_waits_is_what_this_person_can_do(world: World) -> None:
    held = world.send(billing("5250.01"))
    old = commands.SendInvoice(
        order_id=world.announce(world.an_order()).id,
        number="OLD-1",
        issue_date=world.now().date() - timedelta(days=30),
    )
    world.call(old, world.supplier)
    world.draft(billing("1.00"), order=world.announce(world.an_order()))

    def waiting(actor: Actor) -> dict[InvoiceWaiting, int]:
        return {each.waiting_for: each.count for each in numbers_for(world, actor).waiting}

    assert waiting(world.buyer) == {InvoiceWaiting.DECISION: 1}
    assert waiting(world.accountant) == {InvoiceWaiting.DECISION: 0, InvoiceWaiting.PAYMENT: 1}
    assert waiting(world.supplier) == {InvoiceWaiting.REWORK: 0, InvoiceWaiting.DRAFT: 1}
    colleague = replace(world.supplier, user_id=world.admin.user_id)
    assert waiting(colleague) == {InvoiceWaiting.REWORK: 0, InvoiceWaiting.DRAFT: 0}
    assert waiting(world.operator) == {InvoiceWaiting.ESCALATION: 0}
    world.call(commands.ReturnInvoice(invoice_id=held.id, reason="A cent"), world.buyer)
    assert waiting(world.supplier) == {InvoiceWaiting.REWORK: 1, InvoiceWaiting.DRAFT: 1}
    assert waiting(world.buyer) == {InvoiceWaiting.DECISION: 0}
    assert list(all_of(world, world.buyer, waiting_for=InvoiceWaiting.PAYMENT)) == []


@given(today=st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)), overdue=st.integers(-400, 400))
def test_every_due_date_has_one_age(today: date, overdue: int) -> None:
    [found] = [bucket for bucket in buckets(today) if bucket.holds(today - timedelta(days=overdue))]

    expected = {
        Age.CURRENT: overdue <= 0,
        Age.UP_TO_30: 1 <= overdue <= 30,
        Age.UP_TO_60: 31 <= overdue <= 60,
        Age.UP_TO_90: 61 <= overdue <= 90,
        Age.OVER_90: overdue > 90,
    }
    assert expected[found.age]


KEYS: dict[str, Any] = {
    "created": lambda row: row.id,
    "number": lambda row: row.number or "",
    "date": lambda row: row.issue_date,
    "partner": lambda row: row.customer.name,
    "gross": lambda row: row.gross,
    "due": lambda row: row.due_date,
}


@pytest.mark.parametrize("sort", InvoiceSort)
def test_sorted_pages_follow_each_other_without_gap_or_repetition(world: World, sort: InvoiceSort) -> None:
    elsewhere = world.link(customer=party(world.stranger))
    there = world.announce(world.an_order(customer=elsewhere.customer))
    for place, (amount, days_ago) in enumerate([(3, 2), (1, 2), (2, 0), (3, 1), (1, 1), (3, 2), (2, 5)]):
        wish = commands.SendInvoice(
            order_id=(there if place % 3 else world.order).id,
            number=f"{'abcabcd'[place]}-{place}",
            issue_date=world.now().date() - timedelta(days=days_ago),
            lines=(billing(str(amount)),),
        )
        world.call(wish, world.supplier)
    world.draft(billing("9.00"))

    rows = list(all_of(world, world.supplier, sort=sort))

    key = KEYS[sort.value.removeprefix("-")]
    falling = sort.value.startswith("-")
    assert rows == sorted(rows, key=lambda row: (key(row), row.id), reverse=falling)
    assert len({row.id for row in rows}) == 8

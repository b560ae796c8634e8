"""The time machine on a real database: the policy of then says what was decided then, another one something else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.chassis.testing import RefusedCall
from services.contracts.invoicing import commands
from services.contracts.invoicing.tolerances import (
    MatchingWay,
    Measure,
    Replay,
    ToleranceScope,
    ToleranceTerms,
)
from services.contracts.invoicing.views import InvoiceStatus
from tests.service.invoicing.world import World, a_line, billing

TODAY = datetime.now(UTC).date()
PRICES = ToleranceTerms(scope=ToleranceScope.CUSTOMER, measure=Measure.LINE_PRICE, percent=Decimal(1))


def asked(world: World, *rates: str, **more: Any) -> Replay:
    wish = commands.ReplayMatching(rates=tuple(map(Decimal, rates)), **more)
    answer: Replay = world.call(wish, world.admin)
    return answer


@pytest.fixture
def history(world: World) -> World:
    """At 5 %: one as ordered, one a little dearer, one too dear and rejected, one with a stranger."""
    world.send(billing("5000.00"))
    world.send(billing("5200.00"), order=world.announce(world.an_order()))
    dear = world.send(billing("5400.00"), order=world.announce(world.an_order()))
    world.call(commands.RejectInvoice(invoice_id=dear.id, reason="Too dear"), world.buyer)
    world.send(billing("10.00"), billing("1.00", None), order=world.announce(world.an_order()))
    world.draft(billing("1.00"), order=world.announce(world.an_order()))
    return world


@pytest.mark.requirement("S-046")
def test_under_the_rate_of_then_everything_is_decided_as_it_was_and_nothing_is_changed(
    history: World,
) -> None:
    before = history.fingerprint()

    told = asked(history, "5", "0", "10")

    at_five, at_zero, at_ten = (each.by_currency[0] for each in told.by_rate)
    assert [at_five] == list(told.in_truth)
    assert (at_five.approved.count, at_five.approved.net, at_five.held.count) == (2, 10200, 2)
    assert (at_zero.approved.count, at_zero.beyond_order) == (1, 0)
    assert (at_ten.approved.count, at_ten.beyond_order) == (3, 600)
    assert (at_ten.unseen.count, at_ten.unseen.net) == (1, 5400)
    assert history.fingerprint() == before
    assert (told.date_from, told.date_to) == (TODAY - timedelta(365), TODAY)


def test_prices_and_the_way_of_matching_are_tried_with_one_rate(history: World) -> None:
    order = history.announce(
        history.an_order(replace(a_line(), received_quantity=Decimal(10)), a_line(2, "10", "100.00"))
    )
    history.send(billing("500.00", 1, "10"), order=order)

    prices = asked(history, "100", terms=(PRICES,)).by_rate[0].by_currency[0]
    received = asked(history, "100", way=MatchingWay.THREE).by_rate[0].by_currency[0]

    assert (prices.approved.count, prices.held.count) == (1, 4)
    assert received.approved.count == 1
    with pytest.raises(RefusedCall) as refusal:
        asked(history, "1", "2", terms=(PRICES,))
    assert [fault["field"] for fault in refusal.value.problem_faults] == ["/rates"]


def test_only_the_time_and_the_supplier_that_are_asked_about(history: World) -> None:
    yesterday = TODAY - timedelta(days=1)

    assert asked(history, "5", date_to=yesterday).in_truth == ()
    assert asked(history, "5", supplier_id=history.rival.organisation_id).in_truth == ()
    assert asked(history, "5", supplier_id=history.supplier.organisation_id).in_truth != ()
    with pytest.raises(RefusedCall) as refusal:
        asked(history, "5", date_from=TODAY, date_to=yesterday)
    assert refusal.value.status == 422


@pytest.mark.requirement("S-208")
def test_nobody_replays_the_invoices_of_others(history: World) -> None:
    wish = commands.ReplayMatching(rates=(Decimal(5),))

    assert history.call(wish, history.stranger).in_truth == ()
    for actor in (history.supplier, history.buyer, history.operator):
        with pytest.raises(RefusedCall) as refusal:
            history.call(wish, actor)
        assert refusal.value.status == 403


def test_what_is_still_undecided_counts_as_held(world: World) -> None:
    held = world.send(billing("5250.01"))

    [told] = asked(world, "6").by_rate[0].by_currency

    assert held.status is InvoiceStatus.PENDING
    assert (told.approved.count, told.unseen.count) == (1, 0)

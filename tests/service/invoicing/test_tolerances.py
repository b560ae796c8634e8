"""Tolerances as data with a history: set, replaced, ended, read, and who may do so."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.chassis.testing import RefusedCall
from services.contracts.actors import Role
from services.contracts.invoicing import commands
from services.contracts.invoicing.tolerances import (
    Combination,
    Direction,
    MatchingPolicy,
    MatchingWay,
    Measure,
    Side,
    Tolerance,
    ToleranceScope,
    UnitFactor,
)
from tests.service.invoicing.test_races import at_once
from tests.service.invoicing.world import World

TODAY = datetime.now(UTC).date()


def policy_of(world: World) -> MatchingPolicy:
    answer: MatchingPolicy = world.call(
        commands.GetMatchingPolicy(partnership_id=world.partnership.id), world.buyer
    )
    return answer


def says(policy: MatchingPolicy, measure: Measure, side: Side = Side.OVER) -> str:
    [found] = [each for each in policy.in_general if (each.measure, each.side) == (measure, side)]
    return found.sentence


@pytest.mark.requirement("S-046")
def test_until_a_tolerance_is_set_the_rate_agreed_with_the_supplier_holds(world: World) -> None:
    policy = policy_of(world)

    assert says(policy, Measure.TOTAL_NET) == "The net total may be more than expected by at most 5 %."
    assert says(policy, Measure.LINE_PRICE) == "The unit price is not checked for being more than expected."
    assert (policy.version, policy.way, policy.tells_limit) == (0, MatchingWay.TWO, False)
    assert len(policy.in_general) == len(Measure) * len(Side)


@pytest.mark.requirement("S-046")
def test_zero_means_zero_and_empty_means_not_checked_and_the_page_says_which(world: World) -> None:
    zero = world.set_tolerance(percent=Decimal(0))
    none = world.set_tolerance(measure=Measure.LINE_PRICE, direction=Direction.BOTH)

    policy = policy_of(world)

    assert (zero.checked, none.checked) == (True, False)
    assert says(policy, Measure.TOTAL_NET) == "The net total may be more than expected by nothing at all."
    assert says(policy, Measure.LINE_PRICE) == ("The unit price is not checked for being more than expected.")
    assert none.sentence == (
        "On invoices of Mill & Sons, the unit price is not checked for being more or less."
    )
    assert policy.version == 2


@pytest.mark.requirement("S-046")
def test_a_tolerance_replaces_the_one_before_from_its_first_day_on_and_both_stay_to_be_read(
    world: World,
) -> None:
    first = world.set_tolerance(percent=Decimal(2))
    tomorrow = TODAY + timedelta(days=1)
    second = world.set_tolerance(percent=Decimal(3), valid_from=tomorrow)

    listed = world.call(commands.ListTolerances(), world.buyer).items
    assert [(each.id, each.valid_from, each.valid_to) for each in listed] == [
        (second.id, tomorrow, None),
        (first.id, TODAY, TODAY),
    ]
    assert listed[1].ended_by is not None
    assert listed[1].ended_by.name == "Boris Boss"
    on = {
        day: [each.id for each in world.call(commands.ListTolerances(on=day), world.buyer).items]
        for day in (TODAY, tomorrow)
    }
    assert on == {TODAY: [first.id], tomorrow: [second.id]}
    assert world.facts() == ["tolerance-set", "tolerance-ended", "tolerance-set"]


def test_a_tolerance_that_is_replaced_on_the_day_it_began_has_held_on_no_day(world: World) -> None:
    first = world.set_tolerance(percent=Decimal(2))
    world.set_tolerance(percent=Decimal(3))

    gone: Tolerance = world.call(commands.GetTolerance(tolerance_id=first.id), world.buyer)

    assert gone.valid_to == TODAY - timedelta(days=1)


def test_another_direction_currency_or_supplier_is_another_thing_and_replaces_nothing(world: World) -> None:
    world.set_tolerance(percent=Decimal(2))
    world.set_tolerance(percent=Decimal(2), direction=Direction.UNDER)
    world.set_tolerance(percent=Decimal(2), currency="USD")
    world.set_tolerance(percent=Decimal(2), supplier=False)

    listed = world.call(commands.ListTolerances(on=TODAY), world.buyer).items

    assert len(listed) == 4
    assert "tolerance-ended" not in world.facts()


def test_what_is_set_for_later_is_not_silently_overtaken(world: World) -> None:
    world.set_tolerance(percent=Decimal(2), valid_from=TODAY + timedelta(days=10))

    with pytest.raises(RefusedCall) as refusal:
        world.set_tolerance(percent=Decimal(3))
    before = world.set_tolerance(percent=Decimal(3), valid_to=TODAY + timedelta(days=9))

    assert refusal.value.code == "another-follows"
    assert before.valid_to == TODAY + timedelta(days=9)


def test_a_tolerance_ends_at_once_or_on_a_day_to_come_and_only_once(world: World) -> None:
    now, later = (
        world.set_tolerance(percent=Decimal(2)),
        world.set_tolerance(percent=Decimal(2), measure=Measure.TAX),
    )

    ended = world.call(commands.EndTolerance(tolerance_id=now.id), world.admin)
    planned = world.call(
        commands.EndTolerance(tolerance_id=later.id, last_day=TODAY + timedelta(days=5)), world.admin
    )

    assert (ended.valid_to, planned.valid_to) == (TODAY - timedelta(days=1), TODAY + timedelta(days=5))
    assert policy_of(world).version == 4
    with pytest.raises(RefusedCall) as refusal:
        world.call(commands.EndTolerance(tolerance_id=now.id), world.admin)
    assert refusal.value.code == "ended-already"


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"scope": ToleranceScope.ITEM, "measure": Measure.LINE_PRICE}, "/terms/item_number"),
        ({"scope": ToleranceScope.CATEGORY, "measure": Measure.LINE_PRICE}, "/terms/category"),
        ({"scope": ToleranceScope.CATEGORY, "category": "Flour"}, "/terms/measure"),
        ({"category": "Flour"}, "/terms/category"),
        ({"amount": Decimal(5)}, "/terms/currency"),
        (
            {"measure": Measure.QUANTITY_ORDERED, "amount": Decimal(5), "currency": "EUR"},
            "/terms/currency",
        ),
        ({"scope": ToleranceScope.CUSTOMER}, "/supplier_id"),
    ],
)
def test_what_does_not_fit_together_is_told_by_its_field(
    world: World, terms: dict[str, Any], field: str
) -> None:
    with pytest.raises(RefusedCall) as refusal:
        world.set_tolerance(percent=Decimal(1), **terms)

    assert [fault["field"] for fault in refusal.value.problem_faults] == [field]
    assert world.facts() == []


def test_a_tolerance_begins_today_or_later_and_ends_after_it_begins(world: World) -> None:
    with pytest.raises(RefusedCall) as past:
        world.set_tolerance(percent=Decimal(1), valid_from=date(2020, 1, 1))
    with pytest.raises(RefusedCall) as turned:
        world.set_tolerance(
            percent=Decimal(1), valid_from=TODAY + timedelta(2), valid_to=TODAY + timedelta(1)
        )

    assert past.value.code == "begins-in-the-past"
    assert turned.value.status == 422


@pytest.mark.requirement("S-010")
def test_only_who_keeps_suppliers_sets_tolerances_and_every_buyer_may_read_them(world: World) -> None:
    tolerance = world.set_tolerance(
        percent=Decimal(1), actor=world.colleague(Role.SUPPLIER_MANAGER, "Mary Manager")
    )

    for actor in (world.buyer, world.accountant, world.supplier, world.operator):
        with pytest.raises(RefusedCall) as refusal:
            world.set_tolerance(percent=Decimal(1), actor=actor)
        assert refusal.value.status == 403
    for actor in (world.buyer, world.accountant, world.operator):
        assert world.call(commands.GetTolerance(tolerance_id=tolerance.id), actor) == tolerance
    with pytest.raises(RefusedCall) as refusal:
        world.call(commands.GetTolerance(tolerance_id=tolerance.id), world.supplier)
    assert refusal.value.status == 403


def test_percent_and_amount_are_read_with_how_they_go_together(world: World) -> None:
    sentences = [
        world.set_tolerance(
            percent=Decimal(5), amount=Decimal("100.00"), currency="EUR", combine=combine
        ).sentence
        for combine in Combination
    ]

    beginning = "On invoices of Mill & Sons, in EUR only, the net total may be more than expected"
    assert sentences == [
        f"{beginning} by at most 5 % and at most 100 EUR.",
        f"{beginning} by at most 5 % or at most 100 EUR, either being enough.",
        f"{beginning} by at most 5 % or 100 EUR, whichever is lower.",
        f"{beginning} by at most 5 % or 100 EUR, whichever is higher.",
    ]


def test_two_who_set_the_same_tolerance_at_once_leave_one_that_holds(world: World) -> None:
    for _ in range(5):
        at_once(*(lambda n=n: world.set_tolerance(percent=Decimal(n)) for n in range(4)))

        assert len(world.call(commands.ListTolerances(on=TODAY), world.buyer).items) == 1
    assert policy_of(world).version == 20


def test_the_way_of_matching_is_chosen_for_a_supplier_and_for_one_of_its_orders(world: World) -> None:
    chosen = world.call(
        commands.ChangeMatching(partnership_id=world.partnership.id, way=MatchingWay.THREE, tells_limit=True),
        world.admin,
        expected=0,
    )
    of_order = world.call(
        commands.ChangeOrderMatching(order_id=world.order.id, way=MatchingWay.FOUR), world.admin, expected=0
    )
    as_supplier = world.call(
        commands.ChangeOrderMatching(order_id=world.order.id, way=None), world.admin, expected=1
    )

    assert (chosen.way, chosen.tells_limit, chosen.sequence) == (MatchingWay.THREE, True, 1)
    assert says(chosen, Measure.QUANTITY_RECEIVED) == (
        "The quantity against what was received may be more than expected by nothing at all."
    )
    assert (of_order.way, of_order.in_force) == (MatchingWay.FOUR, MatchingWay.FOUR)
    assert (as_supplier.way, as_supplier.in_force) == (None, MatchingWay.THREE)
    with pytest.raises(RefusedCall) as stale:
        world.call(commands.ChangeOrderMatching(order_id=world.order.id, way=None), world.admin, expected=1)
    assert stale.value.status == 412


def test_what_is_known_of_an_item_is_told_and_told_anew(world: World) -> None:
    def described(**facts: Any) -> Any:
        wish = commands.DescribeItem(partnership_id=world.partnership.id, item_number="IT-1", **facts)
        return world.call(wish, world.admin)

    box = UnitFactor(unit="BX", base="C62", factor=Decimal(12))
    described(category="Flour", gtin="4006381333931", units=(box,))
    described(category="Grain", buyer_item_number="FL-1", units=(box,))

    wish = commands.ListItemFacts(partnership_id=world.partnership.id)
    [item] = world.call(wish, world.buyer).items
    assert (item.category, item.gtin, item.buyer_item_number, item.units) == ("Grain", None, "FL-1", (box,))
    assert item.sequence == 2
    with pytest.raises(RefusedCall, match="GTIN"):
        described(gtin="4006381333932")
    with pytest.raises(RefusedCall, match="cannot be compared"):
        described(units=(UnitFactor(unit="GRM", base="KGM", factor=Decimal(12)),))

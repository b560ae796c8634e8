"""Partnerships and the portal switch: S-004, S-046, S-100…S-102, D-6."""

from decimal import Decimal

import pytest

from services.accounts.domain.partnerships import (
    PortalAlreadyDisabled,
    PortalAlreadyEnabled,
    Terms,
    nobody_responsible,
)
from services.contracts.accounts.views import ToleranceBase
from services.contracts.actors import OrganisationKind
from tests.unit.accounts.builders import ANNA, NOON, a_partnership, names


@pytest.mark.requirement("S-004")
def test_a_new_partnership_is_enabled_and_announced() -> None:
    partnership = a_partnership()

    assert partnership.enabled
    assert names(partnership) == ["partnership-changed"]


@pytest.mark.requirement("S-046")
def test_other_terms_are_announced_with_the_rate_that_holds_from_now_on() -> None:
    partnership = a_partnership(tolerance_rate=Decimal(5))

    partnership.change_terms(
        Terms(currency="EUR", tolerance_rate=Decimal("7.5"), tolerance_base=ToleranceBase.GROSS)
    )

    announced = partnership.facts[-1].event.partnership
    assert (announced.tolerance_rate, announced.tolerance_base) == (Decimal("7.5"), ToleranceBase.GROSS)
    assert announced.sequence == partnership.sequence == 2


@pytest.mark.requirement("S-100")
@pytest.mark.requirement("S-101")
def test_switching_the_portal_off_says_from_which_moment_on_drafts_are_to_be_deleted() -> None:
    partnership = a_partnership()

    partnership.disable(by=ANNA, at=NOON)

    assert not partnership.enabled
    assert names(partnership)[1:] == ["partnership-changed", "supplier-portal-disabled"]
    switched = partnership.facts[-1].event
    assert (switched.at, switched.by) == (NOON, ANNA)
    assert set(switched.participants()) == {partnership.customer.id, partnership.supplier.id}


@pytest.mark.requirement("S-102")
def test_the_same_switch_turns_the_portal_on_again() -> None:
    partnership = a_partnership()
    partnership.disable(by=ANNA, at=NOON)

    partnership.enable(by=ANNA, at=NOON)

    assert partnership.enabled
    assert names(partnership)[-2:] == ["partnership-changed", "supplier-portal-enabled"]


def test_a_switch_is_not_thrown_twice() -> None:
    partnership = a_partnership()
    with pytest.raises(PortalAlreadyEnabled):
        partnership.enable(by=ANNA, at=NOON)

    partnership.disable(by=ANNA, at=NOON)

    with pytest.raises(PortalAlreadyDisabled):
        partnership.disable(by=ANNA, at=NOON)


@pytest.mark.parametrize("kind", [OrganisationKind.CUSTOMER, OrganisationKind.OPERATOR])
def test_the_customer_and_the_operator_see_the_tolerance(kind: OrganisationKind) -> None:
    assert a_partnership(tolerance_rate=Decimal(5)).seen_by(kind).tolerance_rate == Decimal(5)


def test_the_supplier_sees_the_terms_but_not_the_tolerance() -> None:
    seen = a_partnership(tolerance_rate=Decimal(5), payment_days=14).seen_by(OrganisationKind.SUPPLIER)

    assert (seen.tolerance_rate, seen.tolerance_base, seen.payment_days) == (None, None, 14)


def test_the_event_that_carries_the_tolerance_is_not_for_the_supplier() -> None:
    partnership = a_partnership()

    assert partnership.facts[0].event.participants() == (partnership.customer.id,)


@pytest.mark.requirement("S-112")
def test_the_refusal_of_a_contact_says_who_may_be_one() -> None:
    assert "«supplier-manager»" in nobody_responsible().detail

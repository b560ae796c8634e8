"""How long a session lasts, and for whom its user acts."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.domain.sessions import IDLE, LONGEST, check_possible, chosen, end_of
from services.chassis.errors import Forbidden
from services.contracts.accounts.views import MembershipStatus, Standing
from services.contracts.actors import OrganisationKind, Role
from services.contracts.parties import Party

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def a_standing(name: str) -> Standing:
    return Standing(
        organisation=Party(id=uuid4(), name=name),
        kind=OrganisationKind.SUPPLIER,
        roles=frozenset({Role.SUPPLIER_USER}),
        status=MembershipStatus.ACTIVE,
    )


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=2)))
def test_no_use_lengthens_a_session_beyond_its_longest_time(since: timedelta) -> None:
    end = end_of(NOON, NOON + since)

    assert end <= NOON + LONGEST
    assert end <= NOON + since + IDLE


def test_a_session_acts_for_the_chosen_organisation_while_it_can() -> None:
    first, second = a_standing("A"), a_standing("B")

    assert chosen([first, second], second.organisation.id) == second.organisation.id
    assert chosen([first], second.organisation.id) == first.organisation.id
    assert chosen([first, second], None) == first.organisation.id
    assert chosen([], second.organisation.id) is None


def test_nobody_acts_for_an_organisation_they_do_not_belong_to() -> None:
    with pytest.raises(Forbidden, match="You may act for: A, B"):
        check_possible([a_standing("A"), a_standing("B")], uuid4())

"""API keys never do more than their owner."""

from datetime import timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.domain.keys import AlreadyRevoked, ApiKey, MoreThanOwnRoles
from services.chassis.errors import Invalid, NotFound
from services.contracts.actors import BUYERS, Actor, OrganisationKind, Role
from tests.unit.accounts.builders import NOON, an_actor_of, an_organisation

CUSTOMER = an_organisation(OrganisationKind.CUSTOMER)


def a_key(owner: Actor, *roles: Role, days: int | None = None) -> ApiKey:
    return ApiKey.create(
        id=uuid4(),
        name="Warehouse system",
        roles=frozenset(roles),
        owner=owner,
        secret_hash=b"hash",
        expires_at=None if days is None else NOON + timedelta(days=days),
        at=NOON,
    )


ROLES = st.sets(st.sampled_from(sorted(BUYERS)), min_size=1)


@given(ROLES, ROLES)
def test_a_key_has_some_of_its_owners_roles_and_no_others(own: set[Role], wanted: set[Role]) -> None:
    owner = an_actor_of(CUSTOMER, *own)

    if wanted <= own:
        assert a_key(owner, *wanted).roles == wanted
    else:
        with pytest.raises(MoreThanOwnRoles, match="You do not have the role"):
            a_key(owner, *wanted)


@pytest.mark.parametrize("days", [0, -1])
def test_a_key_does_not_end_before_it_begins(days: int) -> None:
    with pytest.raises(Invalid):
        a_key(an_actor_of(CUSTOMER, Role.INITIATOR), Role.INITIATOR, days=days)


def test_a_key_is_revoked_once() -> None:
    owner = an_actor_of(CUSTOMER, Role.INITIATOR)
    key = a_key(owner, Role.INITIATOR)

    key.revoke(by=owner, at=NOON)

    assert key.view().revoked_at == NOON
    with pytest.raises(AlreadyRevoked):
        key.revoke(by=owner, at=NOON)


def test_a_colleague_does_not_even_see_the_key_but_an_administrator_revokes_it() -> None:
    key = a_key(an_actor_of(CUSTOMER, Role.INITIATOR), Role.INITIATOR)
    colleague = Actor(
        user_id=uuid4(),
        user_name="Colleague",
        organisation_id=CUSTOMER.id,
        organisation_name="Any",
        kind=OrganisationKind.CUSTOMER,
        roles=frozenset({Role.INITIATOR}),
    )
    with pytest.raises(NotFound):
        key.revoke(by=colleague, at=NOON)

    key.revoke(by=an_actor_of(CUSTOMER, Role.BUYER_ADMIN), at=NOON)

    assert key.revoked_at == NOON


def test_what_is_announced_of_a_key_holds_no_secret() -> None:
    key = a_key(an_actor_of(CUSTOMER, Role.INITIATOR), Role.INITIATOR)

    assert not hasattr(key.facts[0].event.key, "secret_hash")

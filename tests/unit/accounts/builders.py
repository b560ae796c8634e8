"""Things of accounts, as tests need them."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from services.accounts.domain.organisations import Organisation, Profile
from services.accounts.domain.partnerships import Partnership, Terms
from services.accounts.domain.users import User
from services.contracts.actors import Actor, OrganisationKind, Role
from services.contracts.parties import Party, Person

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANNA = Person(id=uuid4(), name="Anna Kovalenko")


def an_organisation(kind: OrganisationKind = OrganisationKind.SUPPLIER, **more: Any) -> Organisation:
    defaults: dict[str, Any] = {
        "id": uuid4(),
        "kind": kind,
        "profile": Profile(name="Dnipro Paper", country="UA", tax_number="UA123"),
        "first_email": "orders@dnipro.example",
        "by": uuid4(),
        "at": NOON,
    }
    return Organisation.register(**(defaults | more))


def a_user(organisation: Organisation | None = None, *roles: Role, **more: Any) -> User:
    defaults: dict[str, Any] = {
        "id": uuid4(),
        "name": "Olha Bondar",
        "email": "olha@dnipro.example",
        "at": NOON,
    }
    user = User.with_email(**(defaults | more))
    if organisation is not None:
        user.join(organisation.party, organisation.kind, frozenset(roles), at=NOON)
    return user


def a_partnership(**terms: Any) -> Partnership:
    return Partnership.link(
        id=uuid4(),
        customer=Party(id=uuid4(), name="Lviv Print House"),
        supplier=Party(id=uuid4(), name="Dnipro Paper"),
        terms=replace(Terms(currency="EUR", tolerance_rate=Decimal(5)), **terms),
        at=NOON,
    )


def an_actor_of(organisation: Organisation, *roles: Role) -> Actor:
    return Actor(
        user_id=ANNA.id,
        user_name=ANNA.name,
        organisation_id=organisation.id,
        organisation_name=organisation.profile.name,
        kind=organisation.kind,
        roles=frozenset(roles),
    )


def names(aggregate: Any) -> list[str]:
    """The facts an aggregate has recorded, by name."""
    return [fact.event.__event__.name for fact in aggregate.facts]

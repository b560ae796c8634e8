"""Who takes part: organisations, people and partnerships, made through the real services.

Three customers trade with four suppliers each, under different tolerances. A foreign customer and a foreign
supplier trade with nobody: they look around all the while and must never see anything.
"""

import time
import uuid
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from deploy.local.drilling.calls import Done, Door, PutOff, Unknown, Who
from deploy.local.problems import Problem
from services.contracts.accounts import commands
from services.contracts.accounts.views import ContactData, Terms, ToleranceBase
from services.contracts.actors import OPERATORS, Actor, OrganisationKind, Role
from services.contracts.shapes import Command, Query

PATIENCE = 60
PASSWORD = "a long sentence only the drill knows"

TOLERANCES = (
    (Decimal(5), ToleranceBase.NET),
    (Decimal(0), ToleranceBase.NET),
    (Decimal("2.5"), ToleranceBase.GROSS),
    (Decimal(10), ToleranceBase.NET),
)


@dataclass(frozen=True)
class Organisation:
    """An organisation and its people, by role."""

    id: UUID
    name: str
    kind: OrganisationKind
    people: dict[str, Who]
    emails: tuple[str, ...]


@dataclass(frozen=True)
class Partnership:
    """A customer and a supplier, and what they have agreed."""

    id: UUID
    customer: Organisation
    supplier: Organisation
    tolerance_rate: Decimal
    tolerance_base: str


@dataclass
class Cast:
    """Everybody."""

    partnerships: list[Partnership] = field(default_factory=list)
    foreigners: list[Who] = field(default_factory=list)
    operator: Who | None = None

    @property
    def organisations(self) -> dict[str, Organisation]:
        """Those who trade, by id."""
        both = [side for link in self.partnerships for side in (link.customer, link.supplier)]
        return {str(organisation.id): organisation for organisation in both}


_PEOPLE: dict[OrganisationKind, tuple[tuple[str, frozenset[Role]], ...]] = {
    OrganisationKind.CUSTOMER: (
        ("buyer", frozenset({Role.INITIATOR})),
        ("accountant", frozenset({Role.BUYER_ACCOUNTING})),
        ("admin", frozenset({Role.BUYER_ADMIN})),
    ),
    OrganisationKind.SUPPLIER: (
        ("seller", frozenset({Role.SUPPLIER_USER})),
        ("admin", frozenset({Role.SUPPLIER_ADMIN})),
    ),
}


def engage(door: Door, *, customers: int = 3, suppliers: int = 4, keys: bool) -> Cast:
    """Make them all, with API keys if `keys`; `door` must trust the actor it is told (RPC).

    Raises Problem when the services do not answer.
    """
    someone = Actor(
        user_id=uuid.uuid4(), user_name="Olena Operator", organisation_id=uuid.uuid4(),
        organisation_name="The drill's operator", kind=OrganisationKind.OPERATOR, roles=OPERATORS,
    )  # fmt: skip
    operator = Who(someone)
    maker = _Maker(door, operator, keys)
    cast = Cast(operator=operator)
    buying = [maker.organisation(OrganisationKind.CUSTOMER, f"Customer {n}") for n in range(1, customers + 1)]
    selling = [
        maker.organisation(OrganisationKind.SUPPLIER, f"Supplier {n}") for n in range(1, suppliers + 1)
    ]
    for customer in buying:
        for place, supplier in enumerate(selling):
            rate, base = TOLERANCES[place % len(TOLERANCES)]
            cast.partnerships.append(maker.partnership(customer, supplier, rate, base))
    for kind in (OrganisationKind.CUSTOMER, OrganisationKind.SUPPLIER):
        foreign = maker.organisation(kind, f"Foreign {kind.value}")
        cast.foreigners.append(foreign.people["admin"])
    return cast


class _Maker:
    def __init__(self, door: Door, operator: Who, keys: bool) -> None:
        self._door, self._operator, self._keys = door, operator, keys

    def organisation(self, kind: OrganisationKind, name: str) -> Organisation:
        word = name.lower().replace(" ", "-")
        email = f"news@{word}.example"
        made = self._do(
            commands.RegisterOrganisation(
                kind=kind, name=name, country="DE", contact=ContactData(email=email)
            ),
            self._operator,
        )
        people = {
            who: self._person(UUID(made["id"]), name, kind, f"{who}.{word}", roles)
            for who, roles in _PEOPLE[kind]
        }
        return Organisation(UUID(made["id"]), name, kind, people, (email,))

    def _person(
        self,
        organisation_id: UUID,
        organisation: str,
        kind: OrganisationKind,
        name: str,
        roles: frozenset[Role],
    ) -> Who:
        made = self._do(
            commands.CreateUser(
                organisation_id=organisation_id, username=name, name=name, roles=roles,
                email=f"{name}@people.example", password=PASSWORD,
            ),
            self._operator,
        )  # fmt: skip
        actor = Actor(
            user_id=UUID(made["user_id"]), user_name=name, organisation_id=organisation_id,
            organisation_name=organisation, kind=kind, roles=roles,
        )  # fmt: skip
        if not self._keys:
            return Who(actor)
        created = self._do(commands.CreateApiKey(name="the drill", roles=roles), Who(actor))
        return Who(actor, created["secret"])

    def partnership(
        self, customer: Organisation, supplier: Organisation, rate: Decimal, base: ToleranceBase
    ) -> Partnership:
        terms = Terms(currency="EUR", tolerance_rate=rate, tolerance_base=base, payment_days=14)
        wish = commands.LinkSupplier(supplier_id=supplier.id, terms=terms)
        made = self._do(wish, customer.people["admin"])
        return Partnership(UUID(made["id"]), customer, supplier, rate, base.value)

    def _do(self, wish: Command | Query, who: Who) -> Any:
        key, deadline = str(uuid.uuid4()), time.monotonic() + PATIENCE
        while True:
            outcome = self._door.ask(wish, who, key=key)
            match outcome:
                case Done(value):
                    return value
                case Unknown() | PutOff() if time.monotonic() < deadline:
                    time.sleep(0.1)
                case _:
                    raise Problem(f"The drill could not prepare its organisations: {outcome}.")

"""A trade between two organisations, as far as notifications has heard of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from services.chassis.testing import ServiceHarness
from services.contracts.accounts.events import (
    ContactChanged,
    OrganisationRegistered,
    PartnershipChanged,
)
from services.contracts.actors import Actor, OrganisationKind, Role
from services.contracts.parties import Party, Person
from services.notifications import tables
from services.notifications.service import NotificationsService
from tests.service.notifications.post_office import Catcher, free_port
from tests.unit.notifications.builders import (
    a_partnership,
    a_party,
    a_person,
    a_user,
    acting,
    an_invoice,
    an_order,
    an_organisation,
)


@dataclass
class Trade:
    """A customer with initiator and accountant, a supplier with two people, and somebody who is neither."""

    service: ServiceHarness
    customer: Party = field(default_factory=lambda: a_party("Nordwind Trading"))
    supplier: Party = field(default_factory=lambda: a_party("Baltic Bearings"))
    stranger: Party = field(default_factory=lambda: a_party("Foreign Fittings"))
    anna: Person = field(default_factory=lambda: a_person("Anna Initiator"))
    berta: Person = field(default_factory=lambda: a_person("Berta Books"))
    sven: Person = field(default_factory=lambda: a_person("Sven Seller"))
    sara: Person = field(default_factory=lambda: a_person("Sara Seller"))
    fritz: Person = field(default_factory=lambda: a_person("Fritz Foreign"))

    @property
    def initiator(self) -> Actor:
        return acting(self.anna, self.customer, Role.INITIATOR)

    @property
    def accountant(self) -> Actor:
        return acting(self.berta, self.customer, Role.BUYER_ACCOUNTING)

    @property
    def seller(self) -> Actor:
        return acting(self.sven, self.supplier, Role.SUPPLIER_USER)

    @property
    def foreign_buyer(self) -> Actor:
        return acting(self.fritz, self.stranger, Role.BUYER_ADMIN)

    @property
    def foreign_seller(self) -> Actor:
        return acting(self.fritz, self.stranger, Role.SUPPLIER_ADMIN)

    def becomes_known(self, notification_emails: tuple[str, ...] = ()) -> None:
        """Accounts has told of everybody."""
        for party, kind, emails in (
            (self.customer, OrganisationKind.CUSTOMER, ()),
            (self.supplier, OrganisationKind.SUPPLIER, notification_emails),
            (self.stranger, OrganisationKind.SUPPLIER, ()),
        ):
            self.service.must_deliver(
                OrganisationRegistered(organisation=an_organisation(party, kind, emails))
            )
        for person, party, email, role in (
            (self.anna, self.customer, "anna@nordwind.example", Role.INITIATOR),
            (self.berta, self.customer, "berta@nordwind.example", Role.BUYER_ACCOUNTING),
            (self.sven, self.supplier, "sven@baltic.example", Role.SUPPLIER_USER),
            (self.sara, self.supplier, "sara@baltic.example", Role.SUPPLIER_USER),
            (self.fritz, self.stranger, "fritz@foreign.example", Role.SUPPLIER_USER),
        ):
            self.service.must_deliver(ContactChanged(user=a_user(person, party, email, role)))
        self.service.must_deliver(PartnershipChanged(partnership=a_partnership(self.customer, self.supplier)))

    def order(self, **changes: Any) -> Any:
        """An order of this trade."""
        return an_order(
            **{"customer": self.customer, "supplier": self.supplier, "initiator": self.anna, **changes}
        )

    def invoice(self, **changes: Any) -> Any:
        """An invoice of this trade."""
        return an_invoice(
            **{"customer": self.customer, "supplier": self.supplier, "initiator": self.anna, **changes}
        )

    def rows(self, table: Any) -> list[Any]:
        """All rows of a table, as the system sees them."""
        with self.service.database.transaction() as tx:
            return list(tx.execute(select(table)))

    def facts(self) -> list[str]:
        """Names of what was announced, without the notices to browsers that a feed has changed."""
        return [name for name, _ in self.service.facts() if name != "feed-changed"]

    def mailed(self) -> list[str]:
        """The addresses of all mails, in order."""
        return sorted(row.recipient for row in self.rows(tables.mails))

    def in_feeds(self) -> list[UUID]:
        """The users of all feed items."""
        return sorted(row.user_id for row in self.rows(tables.feed))


@pytest.fixture
def service(fresh_database: Callable[[str], Any]) -> Iterator[ServiceHarness]:
    """The notifications service on a database of its own."""
    harness = ServiceHarness(NotificationsService, fresh_database("notifications").url)
    yield harness
    harness.close()


@pytest.fixture
def trade(service: ServiceHarness) -> Trade:
    """A trade that notifications knows the people of."""
    known = Trade(service)
    known.becomes_known()
    return known


@pytest.fixture
def catcher() -> Catcher:
    return Catcher()


@pytest.fixture
def smtp_port(catcher: Catcher) -> Iterator[int]:
    """The port of a real SMTP server that hands its mail to the catcher."""
    controller = Controller(catcher, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield controller.port
    controller.stop()

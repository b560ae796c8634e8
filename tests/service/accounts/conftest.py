"""The accounts service on a database of its own, with an operator, two customers and two suppliers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from argon2 import PasswordHasher
from sqlalchemy import create_engine, select, text

from deploy.local.postgres import Postgres
from services.accounts import service as accounts_service
from services.accounts.authenticators import Authenticators
from services.accounts.bootstrap import FirstUser, install
from services.accounts.doorkeeper import Doorkeeper
from services.accounts.passwords import Passwords
from services.accounts.second_factor import SecondFactor
from services.accounts.secrets import Devices
from services.accounts.tables import metadata as tables_of_accounts
from services.chassis.database import Call
from services.chassis.journal import journal
from services.chassis.journal import metadata as tables_of_chassis
from services.chassis.links import Links
from services.chassis.testing import RefusedCall, ServiceHarness
from services.contracts.accounts import commands, views
from services.contracts.actors import Actor, OrganisationKind, Role
from tests.conftest import Database

SECRET_KEY = "a secret key of at least thirty-two characters"
PASSWORD = "seventeen herons by the canal"
ADDRESS = "192.0.2.7"
# Weaker than in earnest, so that hundreds of sign-ins take seconds; what the cost matters to uses its own.
PASSWORDS = Passwords(hasher=PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@dataclass
class Clock:
    """The service's clock, which a test moves by hand."""

    now: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)


class Accounts(ServiceHarness):
    """The service, and what tests of it do again and again."""

    clock: Clock
    links = Links(SECRET_KEY)
    operator: Actor

    def refused(self, wish: Any, actor: Actor | None = None, **more: Any) -> RefusedCall:
        """The refusal of a call that must be refused."""
        with pytest.raises(RefusedCall) as refusal:
            self.call(wish, actor, **more)
        return refusal.value

    def told(self, name: str) -> list[dict[str, Any]]:
        """What was announced under this name, oldest first."""
        return [data for fact, data in self.facts() if fact == name]

    def known_to(self, actor: Actor) -> list[Any]:
        """What the journal shows an actor."""
        with self.database.transaction(Call(actor=actor)) as tx:
            return [row.data for row in tx.execute(select(journal.c.data))]

    def token(self, name: str) -> str:
        """The token in the mail that the last event of this name asks for."""
        link = self.told(name)[-1]["link"]
        return self.links.token(link["purpose"], UUID(link["id"]))

    def sign_in(self, name: str, password: str = PASSWORD, **more: Any) -> views.SignedIn:
        signed_in: views.SignedIn = self.call(
            commands.SignIn(name=name, password=password, address=ADDRESS, **more)
        )
        return signed_in

    def actor(self, name: str, password: str = PASSWORD) -> Actor:
        """The actor as the gateway would make it of a session."""
        session = self.sign_in(name, password).session
        standing = next(one for one in session.standings if one.organisation.id == session.acting_for)
        return Actor(
            user_id=session.user.id,
            user_name=session.user.name,
            organisation_id=standing.organisation.id,
            organisation_name=standing.organisation.name,
            kind=standing.kind,
            roles=standing.roles,
        )

    def register(self, kind: OrganisationKind, name: str, admin: str) -> Actor:
        """An organisation whose administrator has accepted the invitation."""
        self.call(
            commands.RegisterOrganisation(
                kind=kind, name=name, country="UA", admin_name=f"Admin of {name}", admin_email=admin
            ),
            self.operator,
        )
        self.accept()
        return self.actor(admin)

    def accept(self, password: str | None = PASSWORD) -> None:
        """Accept the last invitation."""
        self.call(commands.AcceptInvitation(token=self.token("user-invited"), password=password))

    def member(self, admin: Actor, email: str, *roles: Role) -> Actor:
        """A further user of the administrator's organisation."""
        self.call(
            commands.InviteUser(
                organisation_id=admin.organisation_id,
                email=email,
                name=f"User {email}",
                roles=frozenset(roles),
            ),
            admin,
        )
        self.accept()
        return self.actor(email)


@pytest.fixture(scope="session")
def one_database(postgres: Postgres, migrated: Callable[[str], None]) -> Database:
    """The database all tests of accounts take turns with: emptying it is much quicker than making one."""
    migrated("accounts")
    name = "test_accounts"
    return Database(
        "accounts",
        name,
        postgres.copy_service_database("accounts", name),
        postgres.owner_url("accounts", name),
    )


@pytest.fixture
def database(one_database: Database) -> Database:
    """The database, empty."""
    tables = ", ".join([*tables_of_accounts.tables, *tables_of_chassis.tables])
    owner = create_engine(one_database.owner_url)
    with owner.begin() as connection:
        connection.execute(text(f"truncate {tables}"))
    owner.dispose()
    return one_database


@pytest.fixture
def passwords() -> Passwords:
    """How the service keeps passwords; a test file that needs the real cost has its own."""
    return PASSWORDS


@pytest.fixture
def accounts(database: Database, passwords: Passwords, monkeypatch: pytest.MonkeyPatch) -> Iterator[Accounts]:
    """The service with its operator installed, and a clock that stands still."""
    keeper = Doorkeeper(
        passwords,
        Links(SECRET_KEY),
        Devices(SECRET_KEY),
        SecondFactor(Authenticators(SECRET_KEY)),
    )
    monkeypatch.setattr(accounts_service, "doorkeeper", lambda: keeper)
    harness = Accounts(accounts_service.AccountsService, database.url)
    harness.clock = Clock()
    harness.database.clock = harness.clock
    install(
        harness.database,
        FirstUser(
            organisation="Counterpart",
            country="UA",
            name="Iryna",
            email="iryna@cp.example",
            password=PASSWORD,
        ),
        PASSWORDS,
    )
    harness.operator = harness.actor("iryna@cp.example")
    yield harness
    harness.close()


@pytest.fixture
def customer(accounts: Accounts) -> Actor:
    """The administrator of a customer."""
    return accounts.register(OrganisationKind.CUSTOMER, "Lviv Print House", "anna@lviv.example")


@pytest.fixture
def supplier(accounts: Accounts) -> Actor:
    """The administrator of a supplier."""
    return accounts.register(OrganisationKind.SUPPLIER, "Dnipro Paper", "olha@dnipro.example")

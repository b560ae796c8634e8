"""No organisation sees or changes what belongs to another: S-001, S-208, S-234.

The operations are taken from the published language, so a new one is tested as soon as it is declared.
"""

import dataclasses
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from services.accounts import queries
from services.accounts.tables import metadata
from services.chassis.database import Call
from services.chassis.ids import new_id
from services.chassis.wire import kinds_of
from services.contracts.accounts import commands
from services.contracts.accounts.views import Terms
from services.contracts.actors import ROLES_OF, Actor, OrganisationKind, Role
from services.contracts.shapes import operation
from tests.service.accounts.conftest import Accounts

TERMS = Terms(currency="EUR")
# What other fields hold is of no matter: nothing may be told before it is known whose it is.
FILLING: dict[str, Any] = {
    "name": "Anything",
    "country": "UA",
    "email": "anything@example.com",
    "username": "anything",
    "roles": frozenset({Role.SUPPLIER_ADMIN}),
    "terms": TERMS,
}
# The directory of suppliers is there for every customer (S-122); sessions are tested where they are made.
PUBLIC = {"supplier_id", "session_id"}
ALL = [
    declared
    for declared in vars(commands).values()
    if dataclasses.is_dataclass(declared) and hasattr(declared, "__operation__")
]
NAMING = {
    declared: names
    for declared in ALL
    if operation(declared).allowed is not None
    and (names := [kind.name for kind in kinds_of(declared) if kind.base is UUID and kind.name not in PUBLIC])
}


@dataclass
class Victim:
    """Everything an organisation has, and the ids a stranger might have learned."""

    admin: Actor
    ids: dict[str, UUID]


@pytest.fixture
def victim(accounts: Accounts, supplier: Actor, customer: Actor) -> Victim:
    """A supplier with a member, an invitation, an account not yet activated, a partnership and a key."""
    organisation = {"organisation_id": supplier.organisation_id}
    user = accounts.call(
        commands.CreateUser(
            **organisation, username="petro", name="Petro", roles=frozenset({Role.SUPPLIER_USER})
        ),
        supplier,
    )
    invitation = accounts.call(
        commands.InviteUser(
            **organisation, email="x@dnipro.example", name="X", roles=frozenset({Role.SUPPLIER_USER})
        ),
        supplier,
    )
    partnership = accounts.call(
        commands.LinkSupplier(supplier_id=supplier.organisation_id, terms=TERMS), customer
    )
    key = accounts.call(commands.CreateApiKey(name="Warehouse", roles=supplier.roles), supplier).key
    return Victim(
        supplier,
        {
            "organisation_id": supplier.organisation_id,
            "user_id": user.user_id,
            "invitation_id": invitation.id,
            "partnership_id": partnership.id,
            "key_id": key.id,
        },
    )


def a_stranger(accounts: Accounts, kind: OrganisationKind) -> Actor:
    """Somebody with every role there is, in an organisation that has nothing to do with the victim."""
    admin = accounts.register(kind, f"Strange {kind.value}", f"stranger@{kind.value}.example")
    return dataclasses.replace(admin, roles=ROLES_OF[kind])


STRANGERS = [OrganisationKind.CUSTOMER, OrganisationKind.SUPPLIER]


def wishes(ids: dict[str, UUID]) -> list[Any]:
    """Every operation that names a thing by its id, with these ids."""
    made = []
    for declared, names in NAMING.items():
        fields = [kind.name for kind in kinds_of(declared) if kind.required]
        given = {name: FILLING[name] for name in fields if name not in names}
        made.append(declared(**given, **{name: ids[name] for name in names}))
    return made


def outcome(accounts: Accounts, wish: Any, actor: Actor, ids: dict[str, UUID]) -> tuple[int, str, str]:
    refusal = accounts.refused(wish, actor)
    detail = refusal.detail
    for name, value in ids.items():
        detail = detail.replace(str(value), name)
    return refusal.status, refusal.code, detail


def snapshot(accounts: Accounts) -> dict[str, list[str]]:
    """Every row of every table."""
    with accounts.database.transaction() as tx:
        return {
            table.name: sorted(
                tx.execute(select(func.row_to_json(text(table.name))).select_from(table)).scalars(), key=str
            )
            for table in metadata.sorted_tables
        }


def test_the_operations_that_name_something_are_found() -> None:
    assert len(NAMING) >= 20


@pytest.mark.requirement("S-208")
@pytest.mark.requirement("S-234")
@pytest.mark.parametrize("kind", STRANGERS)
def test_for_a_stranger_nothing_is_there_and_nothing_changes(
    accounts: Accounts, victim: Victim, kind: OrganisationKind
) -> None:
    stranger = a_stranger(accounts, kind)
    before = snapshot(accounts)
    random = {name: new_id() for name in victim.ids}

    for real, guessed in zip(wishes(victim.ids), wishes(random), strict=True):
        told = outcome(accounts, real, stranger, victim.ids)

        assert told[0] in (403, 404), (real, told)
        assert told == outcome(accounts, guessed, stranger, random), real
    assert snapshot(accounts) == before


@pytest.mark.parametrize("kind", STRANGERS)
def test_a_stranger_cannot_reach_a_foreign_user_through_the_own_organisation(
    accounts: Accounts, victim: Victim, kind: OrganisationKind
) -> None:
    stranger = a_stranger(accounts, kind)
    ids = victim.ids | {"organisation_id": stranger.organisation_id}
    before = snapshot(accounts)

    for wish in wishes(ids):
        if hasattr(wish, "user_id"):
            assert accounts.refused(wish, stranger).status in (403, 404), wish
    assert snapshot(accounts) == before


def test_the_customer_of_a_supplier_sees_the_partnership_and_nothing_else(
    accounts: Accounts, victim: Victim, customer: Actor
) -> None:
    before = snapshot(accounts)
    partner = dataclasses.replace(customer, roles=ROLES_OF[OrganisationKind.CUSTOMER])

    for wish in wishes(victim.ids):
        if hasattr(wish, "partnership_id") or isinstance(wish, commands.GetContactCard):
            continue
        assert accounts.refused(wish, partner).status in (403, 404), wish

    assert snapshot(accounts) == before


@pytest.mark.parametrize("kind", STRANGERS)
def test_lists_show_a_stranger_nothing_of_others(
    accounts: Accounts, victim: Victim, kind: OrganisationKind
) -> None:
    stranger = a_stranger(accounts, kind)
    own = {"organisation_id": stranger.organisation_id}

    shown = [
        accounts.call(question, stranger)
        for question in (
            commands.ListMembers(**own),
            commands.ListInvitations(**own),
            commands.ListPartnerships(),
            commands.ListApiKeys(),
            commands.GetMyProfile(),
            commands.GetOrganisation(**own),
        )
    ]

    assert str(victim.admin.organisation_id) not in str(shown)
    assert "Dnipro" not in str(shown)


# What the second layer holds by itself, for the day a query forgets its filter. The directory is for everyone.
PROTECTED = [table for table in metadata.sorted_tables if table.name != "supplier_directory"]


@pytest.mark.parametrize("kind", STRANGERS)
def test_without_any_filter_the_database_shows_a_stranger_only_their_own_rows(
    accounts: Accounts, victim: Victim, kind: OrganisationKind
) -> None:
    stranger = a_stranger(accounts, kind)
    foreign = [str(value) for value in victim.ids.values()] + [str(victim.admin.user_id), "Dnipro", "dnipro"]

    with accounts.database.transaction(Call(actor=stranger)) as tx:
        for table in PROTECTED:
            rows = str(tx.execute(select(table)).all())
            assert not [mark for mark in foreign if mark in rows], table.name


# A column that can be overwritten in every row, and with what. No condition and no reading, so that nothing
# but the policy for changes stands in the way.
OVERWRITTEN: dict[str, tuple[str, Any]] = {
    "organisations": ("name", "touched"),
    "notification_emails": ("status", "touched"),
    "supplier_directory": ("name", "touched"),
    "users": ("name", "touched"),
    "memberships": ("status", "touched"),
    "credentials": ("password_hash", "touched"),
    "second_factors": ("last_step", 4711),
    "recovery_codes": ("code_hash", b"touched"),
    "invitations": ("name", "touched"),
    "links": ("purpose", "touched"),
    "sessions": ("address", "touched"),
    "attempts": ("failures", 4711),
    "partnerships": ("currency", "touched"),
    "api_keys": ("name", "touched"),
}


@pytest.mark.parametrize("kind", STRANGERS)
def test_without_any_filter_a_stranger_changes_no_foreign_row(
    accounts: Accounts, victim: Victim, kind: OrganisationKind
) -> None:
    stranger = a_stranger(accounts, kind)
    accounts.refused(commands.SignIn(name="petro", password="a wrong guess", address="192.0.2.9"))
    own = {str(stranger.organisation_id), str(stranger.user_id), f"stranger@{kind.value}.example"}
    assert set(OVERWRITTEN) == set(metadata.tables)
    with accounts.database.transaction() as tx:
        queries.begin_second_factor(tx, victim.admin.user_id, b"a sealed secret")
        queries.replace_recovery_codes(tx, victim.admin.user_id, [b"the hash of a code"])

    with accounts.database.transaction(Call(actor=stranger)) as tx:
        tx.execute(text("savepoint before"))
        for table, (column, value) in OVERWRITTEN.items():
            tx.execute(metadata.tables[table].update().values({column: value}))
        tx.execute(text("select set_config('app.scope', 'system', true)"))
        found = {table: list(map(str, tx.execute(select(metadata.tables[table])))) for table in OVERWRITTEN}
        tx.execute(text("rollback to savepoint before"))

    for table, rows in found.items():
        for row in rows:
            assert not ("touched" in row or "4711" in row) or any(mark in row for mark in own), (table, row)


@pytest.mark.parametrize("kind", STRANGERS)
@pytest.mark.parametrize("table", ["memberships", "notification_emails", "invitations", "links", "api_keys"])
def test_without_any_rule_a_stranger_adds_no_row_to_a_foreign_organisation(
    accounts: Accounts, victim: Victim, kind: OrganisationKind, table: str
) -> None:
    stranger = a_stranger(accounts, kind)
    target = metadata.tables[table]
    with accounts.database.transaction() as tx:
        foreign = target.c.organisation_id == victim.admin.organisation_id
        row = dict(tx.execute(select(target).where(foreign)).mappings().first() or {})
    first_key = next(iter(target.primary_key.columns)).name
    row |= {first_key: stranger.user_id if table == "memberships" else new_id()}
    row |= {"organisation_id": victim.admin.organisation_id}

    with (
        pytest.raises(DBAPIError, match="row-level security"),
        accounts.database.transaction(Call(actor=stranger)) as tx,
    ):
        tx.execute(target.insert(), [row])


def test_without_any_rule_a_supplier_links_itself_to_no_customer(
    accounts: Accounts, victim: Victim, customer: Actor
) -> None:
    stranger = a_stranger(accounts, OrganisationKind.SUPPLIER)
    partnerships = metadata.tables["partnerships"]
    with accounts.database.transaction() as tx:
        row = dict(tx.execute(select(partnerships)).mappings().one())
    row |= {"id": new_id(), "supplier_id": stranger.organisation_id}

    with (
        pytest.raises(DBAPIError, match="row-level security"),
        accounts.database.transaction(Call(actor=stranger)) as tx,
    ):
        tx.execute(partnerships.insert(), [row])


def test_not_even_the_operator_reads_passwords_sessions_or_keys(accounts: Accounts, victim: Victim) -> None:
    with accounts.database.transaction(Call(actor=accounts.operator)) as tx:
        for table in ("credentials", "sessions", "attempts", "api_keys"):
            assert tx.execute(select(func.count()).select_from(metadata.tables[table])).scalar_one() == 0


def test_the_tables_of_the_code_are_those_of_the_migration(accounts: Accounts) -> None:
    with accounts.database.transaction() as tx:
        rows = tx.execute(
            text(
                "select table_name, column_name, is_nullable from information_schema.columns"
                " where table_schema = 'public'"
            )
        )
        there = {(row.table_name, row.column_name, row.is_nullable == "YES") for row in rows}

    declared = {
        (table.name, column.name, column.nullable)
        for table in metadata.sorted_tables
        for column in table.columns
    }
    assert declared <= there


def test_every_table_of_ours_is_protected_also_against_its_owner(accounts: Accounts) -> None:
    with accounts.database.transaction() as tx:
        rows = tx.execute(
            text(
                "select relname from pg_class where relkind = 'r' and relrowsecurity and relforcerowsecurity"
                " and relnamespace = 'public'::regnamespace"
            )
        )
        protected = {row.relname for row in rows}

    assert set(metadata.tables) <= protected

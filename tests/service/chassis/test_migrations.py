"""What the migrations build: the tables the code believes in, and walls between tenants that hold."""

import importlib
from collections.abc import Callable, Iterator
from typing import Any

import psycopg2
import pytest
from sqlalchemy import Connection, MetaData, create_engine, text

from deploy.local.postgres import Postgres, app_role, database_of, owner_role
from deploy.local.stack import services
from services.chassis import journal
from services.chassis.database import Call, Database
from services.chassis.ids import new_id
from services.chassis.testing import an_actor
from services.contracts.actors import Actor

# Every column, constraint and index of a schema, one line each, as PostgreSQL itself writes them down.
SAID = text("""
    select format('%s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
                  case when a.attnotnull then ' not null' else '' end,
                  coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), ' identity ' || a.attidentity::text))
      from pg_attribute a join pg_class c on c.oid = a.attrelid
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped
       and c.relnamespace = current_schema()::regnamespace
    union all
    select format('%s: %s %s', c.relname, k.conname, pg_get_constraintdef(k.oid))
      from pg_constraint k join pg_class c on c.oid = k.conrelid
     where c.relnamespace = current_schema()::regnamespace and k.contype <> 'n'
    union all
    select replace(indexdef, current_schema() || '.', '') from pg_indexes where schemaname = current_schema()
""")

OWNERS = ("customer_id", "supplier_id", "organisation_id", "user_id")

each_service = pytest.mark.parametrize("service", services())


@pytest.fixture
def owner(postgres: Postgres, migrated: Callable[[str], None], service: str) -> Iterator[Connection]:
    """A connection of the role that owns a service's tables."""
    migrated(service)
    engine = create_engine(postgres.owner_url(service))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def said(connection: Connection) -> set[str]:
    return {line for line in connection.execute(SAID).scalars() if "alembic_version" not in line}


@each_service
def test_the_migrations_build_the_tables_the_code_uses_to_the_last_index(
    owner: Connection, service: str
) -> None:
    own: MetaData = importlib.import_module(f"services.{service}.tables").metadata
    built = said(owner)

    # The same server writes down what the code believes in, in a schema that this transaction takes away again.
    owner.execute(text("create schema told"))
    owner.execute(text("set local search_path to told"))
    for metadata in (own, journal.metadata):
        metadata.create_all(owner, checkfirst=False)
    told = said(owner)

    assert {"only in the database": sorted(built - told), "only in tables.py": sorted(told - built)} == {
        "only in the database": [],
        "only in tables.py": [],
    }


@each_service
def test_every_table_that_says_whose_a_row_is_is_walled_even_against_its_owner(owner: Connection) -> None:
    tables = owner.execute(
        text(
            "select distinct c.relname, c.relrowsecurity, c.relforcerowsecurity,"
            " exists (select from pg_policy p where p.polrelid = c.oid) as has_policy"
            " from pg_class c join pg_attribute a on a.attrelid = c.oid"
            " where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace"
            " and a.attname = any(:owners)"
        ),
        {"owners": list(OWNERS)},
    ).all()

    assert {row.relname for row in tables} >= {"commands"}
    assert [row.relname for row in tables if not (row[1] and row[2] and row.has_policy)] == []


@each_service
def test_the_app_role_owns_nothing_and_is_bound_by_every_wall(owner: Connection, service: str) -> None:
    role = owner.execute(
        text(
            "select rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, oid from pg_roles where rolname = :name"
        ),
        {"name": app_role(service)},
    ).one()
    owned = owner.execute(
        text("select count(*) from pg_class where relowner = :oid"), {"oid": role.oid}
    ).scalar_one()
    groups = owner.execute(
        text("select count(*) from pg_auth_members where member = :oid"), {"oid": role.oid}
    ).scalar_one()
    owners = set(
        owner.execute(
            text(
                "select distinct pg_get_userbyid(relowner) from pg_class"
                " where relnamespace = 'public'::regnamespace"
            )
        ).scalars()
    )

    assert tuple(role[:4]) == (False, False, False, False)
    assert (owned, groups) == (0, 0)
    assert owners == {owner_role(service)}


@each_service
def test_the_app_role_enters_no_other_services_database(
    postgres: Postgres, migrated: Callable[[str], None], service: str
) -> None:
    for other in services():
        migrated(other)
        address = postgres.url(service, database_of(other)).replace("+psycopg2", "")
        if other == service:
            psycopg2.connect(address).close()
            continue
        with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
            psycopg2.connect(address)


def test_the_answer_to_a_command_is_for_those_who_gave_it(fresh_database: Any) -> None:
    database = Database(fresh_database("orders").url, pool_size=1)
    buyer, stranger = an_actor(), an_actor()
    with database.transaction(Call(actor=buyer, command_id=str(new_id()))) as tx:
        tx.carried_out("a secret")

    seen = {who: answers(database, call) for who, call in callers(buyer, stranger)}
    database.dispose()

    assert seen == {"buyer": ["a secret"], "stranger": [], "system": ["a secret"]}


def callers(buyer: Actor, stranger: Actor) -> list[tuple[str, Call]]:
    return [("buyer", Call(actor=buyer)), ("stranger", Call(actor=stranger)), ("system", Call())]


def answers(database: Database, call: Call) -> list[str]:
    with database.transaction(call) as tx:
        return list(tx.execute(text("select answer from commands")).scalars())

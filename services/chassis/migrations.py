"""Migrations: one alembic history per service, run by the role that owns the tables.

    python -m services.chassis.migrations orders invoicing …

`chassis_tables` and `protect` are what a service's migrations use besides alembic's own operations.
"""

import sys
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, text

from services.chassis import journal
from services.chassis.config import Config, ConfigError

HERE = Path(__file__).parent

_SYSTEM = "scope() = 'system'"
_OPERATOR = "scope() = 'operator'"


def chassis_tables(op: Any) -> None:
    """Create journal, inbox, commands and dead letters, and the functions that policies read (first migration)."""
    connection = op.get_bind()
    journal.metadata.create_all(connection)
    op.execute(journal.FUNCTIONS)
    role = _application_role(connection)
    op.execute(f'grant usage on schema public to "{role}"')
    op.execute(f'grant execute on all functions in schema public to "{role}"')
    op.execute(f'grant select, insert on journal, inbox, commands to "{role}"')
    op.execute(f'grant update (published_at) on journal to "{role}"')
    op.execute(f'grant delete on inbox, commands to "{role}"')
    op.execute(f'grant select, insert, update on dead_letters to "{role}"')
    op.execute("alter table journal enable row level security")
    op.execute("alter table journal force row level security")
    op.execute(
        f"create policy known on journal for select using ({_initplan(_SYSTEM)} or {_initplan(_OPERATOR)}"
        " or (select organisation()) = any(participants))"
    )
    op.execute("create policy recorded on journal for insert with check (true)")
    op.execute(f"create policy published on journal for update using ({_initplan(_SYSTEM)})")
    op.execute("alter table commands enable row level security")
    op.execute("alter table commands force row level security")
    own = f"{_initplan(_SYSTEM)} or organisation_id = (select organisation())"
    op.execute(f"create policy own on commands for all using ({own}) with check ({own})")


def protect(
    op: Any, table: str, *, sees: str, writes: str | None = None, operators: bool = True, deletes: bool = True
) -> None:
    """Put row-level security on `table`, and let the application's role work on it within that.

    `sees` is the condition under which a party sees a row, `writes` (by default the same) under which it may
    write one. The system sees and writes every row; operators see every row unless told otherwise, and write
    under the same condition as everyone.
    """
    role = _application_role(op.get_bind())
    system, operator = _initplan(_SYSTEM), _initplan(_OPERATOR)
    sees = sees.replace("organisation()", "(select organisation())").replace(
        "acting_user()", "(select acting_user())"
    )
    writes = sees if writes is None else writes.replace("organisation()", "(select organisation())")
    may_see = f"{system} or {operator} or ({sees})" if operators else f"{system} or ({sees})"
    may_write = f"{system} or ({writes})"
    op.execute(f"alter table {table} enable row level security")
    op.execute(f"alter table {table} force row level security")
    op.execute(f"create policy sees on {table} for select using ({may_see})")
    op.execute(f"create policy adds on {table} for insert with check ({may_write})")
    op.execute(f"create policy changes on {table} for update using ({may_write}) with check ({may_write})")
    op.execute(f"create policy removes on {table} for delete using ({may_write})")
    granted = "select, insert, update, delete" if deletes else "select, insert, update"
    op.execute(f'grant {granted} on {table} to "{role}"')


def grant(op: Any, table: str, rights: str = "select, insert, update, delete") -> None:
    """Let the application's role work on a table that has no owner (a counter, a replica of common data)."""
    op.execute(f'grant {rights} on {table} to "{_application_role(op.get_bind())}"')


def _initplan(condition: str) -> str:
    # Wrapped in a select the planner evaluates it once for a statement, not once for a row.
    return f"(select {condition})"


def _application_role(connection: Any) -> str:
    """By convention the owner is called `<role>_owner`."""
    owner: str = connection.execute(text("select current_user")).scalar_one()
    return owner.removesuffix("_owner")


def _alembic(service: str) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(HERE / "migrating"))
    config.set_main_option("version_locations", str(HERE.parent / service / "migrations" / "versions"))
    config.set_main_option("path_separator", "os")
    return config


def migrate(service: str, owner_url: str, *, to: str = "head") -> None:
    """Bring the database of `service` to the newest schema, or `to` one; does nothing when it is there already."""
    engine = create_engine(owner_url, connect_args={"options": "-c lock_timeout=5s"})
    try:
        config = _alembic(service)
        with engine.begin() as connection:
            # Two migrations of one database at once wait for each other.
            connection.execute(text("select pg_advisory_xact_lock(7021)"))
            config.attributes["connection"] = connection
            command.upgrade(config, to)
    finally:
        engine.dispose()


def newest(service: str) -> str | None:
    """The newest revision the code knows."""
    return ScriptDirectory.from_config(_alembic(service)).get_current_head()


def is_current(engine: Engine, service: str) -> bool:
    """Whether the database has the newest schema."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() == newest(service)


def main(services: list[str]) -> int:
    """Migrate the named services by the owner URLs in the environment."""
    config = Config.from_env()
    try:
        urls = {service: config.owner_database_url(service) for service in services}
    except ConfigError as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    for service, url in urls.items():
        migrate(service, url)
        sys.stdout.write(f"{service}: schema {newest(service)}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

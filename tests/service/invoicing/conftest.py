"""The invoicing service on its real database, with one order of 5,000.00 between a bakery and a mill."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, create_engine, inspect, text

from deploy.local.postgres import Postgres
from tests.service.invoicing.world import World

DATABASE = "test_invoicing_shared"


@pytest.fixture(scope="session")
def owner(postgres: Postgres, migrated: Callable[[str], None]) -> Iterator[Engine]:
    """The owner of one database for all tests of this folder: emptying it is faster than making another."""
    migrated("invoicing")
    postgres.copy_service_database("invoicing", DATABASE)
    # Another file's tests may have restarted the server meanwhile.
    engine = create_engine(postgres.owner_url("invoicing", DATABASE), pool_pre_ping=True)
    yield engine
    engine.dispose()
    postgres.drop_database(DATABASE)


@pytest.fixture
def world(postgres: Postgres, owner: Engine) -> Iterator[World]:
    """The service on an empty database, two sides that trade at 5 % tolerance, and a confirmed order."""
    tables = set(inspect(owner).get_table_names()) - {"alembic_version"}
    with owner.begin() as connection:
        connection.execute(text(f"truncate {', '.join(sorted(tables))}"))
    made = World(postgres.url("invoicing", DATABASE))
    yield made
    made.close()

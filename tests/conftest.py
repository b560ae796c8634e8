"""What tests are given: a private broker, private databases and, for stories, the whole system.

Each is started when the first test asks for it and ended with the session, also after Ctrl-C; nothing is
shared with another session, so any number may run side by side.
"""

import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest

from deploy.local.broker import Broker
from deploy.local.places import free_ports
from deploy.local.portal import built
from deploy.local.postgres import Postgres
from deploy.local.stack import Stack

# How long an example takes says more about the machine than about what is tested.
hypothesis.settings.register_profile("counterpart", deadline=None)
hypothesis.settings.load_profile("counterpart")

pytest_plugins = ["deploy.local.marks"]

# Making a vhost on a running node takes seconds; at its first start the node makes them all in passing.
VHOSTS = tuple(f"test-{number:03}" for number in range(60))


@dataclass(frozen=True)
class Database:
    """A service's own fresh, migrated database."""

    service: str
    name: str
    url: str
    owner_url: str


@pytest.fixture(scope="session")
def private_directory() -> Iterator[Path]:
    """A folder for servers, with a short path and gone afterwards."""
    directory = Path(tempfile.mkdtemp(prefix="counterpart-"))
    yield directory
    shutil.rmtree(directory)


@pytest.fixture(scope="session")
def broker(private_directory: Path) -> Iterator[Broker]:
    """A private RabbitMQ node. Tests that stop or kill it must leave it running."""
    (port,) = free_ports(1)
    node = Broker(private_directory / "broker", port, vhosts=VHOSTS)
    node.start()
    try:
        yield node
    finally:
        node.stop()


@pytest.fixture(scope="session")
def unused_vhosts(broker: Broker) -> Iterator[str]:
    """Addresses of vhosts that no test has used; without end."""

    def addresses() -> Iterator[str]:
        yield from (broker.url_of(vhost) for vhost in broker.vhosts)
        while True:
            yield broker.add_vhost()

    return addresses()


@pytest.fixture
def amqp_url(unused_vhosts: Iterator[str]) -> str:
    """Address of an empty vhost of this test's own."""
    return next(unused_vhosts)


@pytest.fixture(scope="session")
def postgres(private_directory: Path) -> Iterator[Postgres]:
    """A private PostgreSQL server. Tests that stop or kill it must leave it running."""
    (port,) = free_ports(1)
    server = Postgres(private_directory / "postgres", port, durable=False)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def migrated(postgres: Postgres) -> Callable[[str], None]:
    """Makes sure that a service's own database exists and is migrated; it is the mould of those the tests
    get.
    """
    done: set[str] = set()

    def ensure(service: str) -> None:
        if service not in done:
            from services.chassis.migrations import migrate

            postgres.create_service_databases([service])
            migrate(service, postgres.owner_url(service))
            done.add(service)

    return ensure


@pytest.fixture
def fresh_database(
    postgres: Postgres, migrated: Callable[[str], None]
) -> Iterator[Callable[[str], Database]]:
    """`fresh_database("orders")` makes a migrated, empty database of that service, dropped after the test."""
    made: list[str] = []

    def make(service: str) -> Database:
        migrated(service)
        name = f"test_{service}_{uuid.uuid4().hex[:12]}"
        url = postgres.copy_service_database(service, name)
        made.append(name)
        return Database(service, name, url, postgres.owner_url(service, name))

    yield make
    for name in made:
        postgres.drop_database(name)


@pytest.fixture(scope="session")
def portal_folder() -> Path:
    """The built portal, built now if its sources have changed."""
    return built(lambda _sentence: None)


@pytest.fixture(scope="session")
def stack(private_directory: Path, request: pytest.FixtureRequest) -> Iterator[Stack]:
    """The whole system, every process running and ready. Tests that stop or kill a part must leave it
    running. Its gateway serves the portal if a test of this session asks for `portal_folder`.
    """
    asked = any("portal_folder" in getattr(item, "fixturenames", ()) for item in request.session.items)
    folder = request.getfixturevalue("portal_folder") if asked else None
    system = Stack(private_directory / "stack", durable=False, portal=folder)
    try:
        system.start()
        yield system
    finally:
        system.stop()

"""Where the system is that a command shall look at: named in the environment, or running under var/.

Nothing here starts, stops or changes anything.
"""

import os
import warnings
from collections.abc import Iterable
from pathlib import Path

from deploy.local import running
from deploy.local.broker import Broker, GivenBroker
from deploy.local.places import RememberedPorts, var
from deploy.local.postgres import GivenPostgres, Postgres
from deploy.local.problems import Problem
from services.chassis.topology import Topology, from_code


def plan() -> Topology:
    """What the code needs at the broker, and who listens to whom."""
    with warnings.catch_warnings():
        # What nameko stands on announces its own retirement; a person at the keyboard need not know.
        warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
        return from_code()


def broker() -> Broker | GivenBroker:
    """The RabbitMQ of `COUNTERPART_AMQP_URL`, or the private one of the running system.

    Raises Problem when there is neither.
    """
    given = os.environ.get("COUNTERPART_AMQP_URL")
    if given:
        return GivenBroker(given)
    directory = _running("COUNTERPART_AMQP_URL")
    return Broker(directory / "broker", RememberedPorts(directory / "ports.json")["broker"])


def databases(services: Iterable[str]) -> dict[str, str]:
    """The address of each of these services' databases, as the role the service works with.

    Raises Problem when the environment names some of them and not others, or none and nothing runs.
    """
    named = {service: f"COUNTERPART_{service.upper()}_DATABASE_URL" for service in services}
    given = {service: os.environ[name] for service, name in named.items() if os.environ.get(name)}
    if len(given) == len(named):
        return given
    missing = next(name for service, name in named.items() if service not in given)
    if given:
        raise Problem(f"{missing} is not set: set the address of every service's database, or of none.")
    directory = _running(missing)
    place = directory / "postgres"
    admin_url = os.environ.get("COUNTERPART_POSTGRES_ADMIN_URL")
    server = (
        GivenPostgres(place, admin_url)
        if admin_url
        else Postgres(place, RememberedPorts(directory / "ports.json")["postgres"])
    )
    return {service: server.url(service) for service in named}


def _running(instead: str) -> Path:
    directory = var()
    if running.holder(directory) is None:
        raise Problem(
            f"Counterpart is not running under {directory}: start it with ./counterpart up, or set {instead} "
            "to look at one that runs elsewhere."
        )
    return directory

"""A broker, and the small service of `host.py` in either variant."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.places import free_ports
from services.chassis.topology import declare
from tests.service.chassis.messages import Messages
from tests.service.chassis.processes import Host
from tests.service.chassis.variants import TOPOLOGY


@pytest.fixture
def messages(amqp_url: str) -> Iterator[Messages]:
    """An empty vhost, and a way to put messages in and to count them."""
    with Messages(amqp_url) as opened:
        yield opened


@pytest.fixture
def start(amqp_url: str, tmp_path: Path) -> Iterator[Callable[..., Host]]:
    """`start("ours", "--timer")` starts the small service; it is gone after the test.

    What ours needs at the broker is declared first, unless the test says that it is not; stock nameko
    declares what it needs itself.
    """
    hosts: list[Host] = []

    def begin(*options: str, declared: str = "yes", **environ: str) -> Host:
        if "ours" in options and declared == "yes":
            declare(amqp_url, TOPOLOGY)
        (port,) = free_ports(1)
        log = tmp_path / f"host-{len(hosts)}.log"
        hosts.append(Host(log, port, *options, **{"COUNTERPART_AMQP_URL": amqp_url, **environ}))
        return hosts[-1]

    yield begin
    for host in hosts:
        host.kill()

"""The service as a process of its own, asked over the broker."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from deploy.local.places import CHECKOUT, free_ports
from services.accounts.bootstrap import STORES, FirstUser, install
from services.accounts.passwords import Passwords
from services.chassis import topology
from services.chassis.database import Database as Pool
from services.chassis.wire import dumps
from services.contracts.accounts import commands
from services.contracts.shapes import operation
from services.gateway.bus import Bus, Wish
from tests.conftest import Database
from tests.service.accounts.conftest import ADDRESS, PASSWORD, SECRET_KEY

FIRST = FirstUser(
    organisation="Counterpart", country="UA", name="Iryna", email="iryna@cp.example", password=PASSWORD
)


def wait_until_ready(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and process.poll() is None:
        try:
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, OSError):
            pass  # not there yet, or 503 with what is still missing
        time.sleep(0.2)
    pytest.fail(f"accounts did not become ready:\n{log.read_text()[-3000:]}")


@pytest.fixture
def running(amqp_url: str, fresh_database: Callable[[str], Database], tmp_path: Path) -> Iterator[str]:
    """The service, started like in earnest; gives the address of the broker."""
    database = fresh_database("accounts")
    pool = Pool(database.url, stores=STORES, pool_size=1)
    install(pool, FIRST, Passwords())
    pool.dispose()
    topology.declare(amqp_url, topology.from_code())
    (port,) = free_ports(1)
    environment = os.environ | {
        "COUNTERPART_AMQP_URL": amqp_url,
        "COUNTERPART_ACCOUNTS_DATABASE_URL": database.url,
        "COUNTERPART_ACCOUNTS_OPS_PORT": str(port),
        "COUNTERPART_SECRET_KEY": SECRET_KEY,
    }
    log = tmp_path / "accounts.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "services.chassis.run", "accounts"],
            cwd=CHECKOUT,
            env=environment,
            stderr=output,
        )
        try:
            wait_until_ready(port, process, log)
            yield amqp_url
        finally:
            process.terminate()
            assert process.wait(30) == 0, log.read_text()[-3000:]


def wish(asked: Any) -> Wish:
    declared = operation(type(asked))
    return Wish(declared.service, declared.name, dumps(asked))


async def story(amqp_url: str) -> tuple[list[str], list[str]]:
    """Eight people sign in at once; meanwhile one who is signed in already keeps asking. In order of arrival."""
    bus = Bus(amqp_url, patience=30)
    bus.start()
    try:
        await bus.came_up(20)
        signing_in = wish(commands.SignIn(name=FIRST.email, password=PASSWORD, address=ADDRESS))
        token = (await bus.call(signing_in)).value["session_token"]
        arrived: list[str] = []
        tokens: list[str] = []

        async def sign_in() -> None:
            tokens.append((await bus.call(signing_in)).value["session_token"])
            arrived.append("signed in")

        async def keep_asking() -> None:
            while len(tokens) < 8:
                await bus.call(wish(commands.Authenticate(session_token=token)))
                arrived.append("answered")

        await asyncio.gather(keep_asking(), *(sign_in() for _ in range(8)))
        return arrived, tokens
    finally:
        await bus.stop()


def test_eight_people_sign_in_at_once_and_others_are_answered_meanwhile(running: str) -> None:
    arrived, tokens = asyncio.run(story(running))

    assert len(set(tokens)) == 8
    last = len(arrived) - 1 - arrived[::-1].index("signed in")
    assert "answered" in arrived[:last]

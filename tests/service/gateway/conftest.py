"""A gateway of the test's own, and services that answer what the test says."""

import asyncio
import io
import json
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pika
import pytest
import uvloop

from services.gateway.limiting import Rates
from services.gateway.server import Gateway, Settings

ORGANISATION = "018f6b7e-3c1a-7c4e-9a51-2f5f0a7b9d10"
OTHER_ORGANISATION = "018f6b7e-3c1a-7c4e-9a51-2f5f0a7b9d20"
USER = "018f6b7e-3c1a-7c4e-9a51-2f5f0a7b9d11"
SESSION = "018f6b7e-3c1a-7c4e-9a51-2f5f0a7b9d12"
TOKEN = "session-token-0123456789"
CSRF = "csrf-token-0123456789"

Answer = Callable[[dict[str, Any]], Any]


class FakeServices:
    """Answers calls on the real broker, in nameko's wire format, with what the test put into `answers`.

    An answer is a function of the request (actor, command_id, expected, payload, …). What it returns is the
    result; `None` means no reply at all.
    """

    def __init__(self, amqp_url: str, services: tuple[str, ...] = ("accounts", "orders")) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self._url = amqp_url
        self._services = services
        self._ready = threading.Event()
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(20)

    def begin_anew(self) -> None:
        """Forget earlier tests: Anna is signed in, and nothing was asked."""
        self.answers = {"authenticate": lambda _: {"ok": a_session()}}
        self.requests = []

    def stop(self) -> None:
        self._connection.add_callback_threadsafe(self._channel.stop_consuming)
        self._thread.join(10)
        self._connection.close()

    def asked(self, method: str) -> list[dict[str, Any]]:
        return [request for name, request in self.requests if name == method]

    def wait_for(self, method: str, times: int = 1) -> None:
        """Wait until `method` has been asked that often."""
        with self._news:
            assert self._news.wait_for(lambda: len(self.asked(method)) >= times, 20)

    def _run(self) -> None:
        self._connection = pika.BlockingConnection(pika.URLParameters(self._url))
        self._channel = self._connection.channel()
        self._channel.exchange_declare("nameko-rpc", "topic", durable=True)
        for service in self._services:
            queue = f"rpc-{service}"
            self._channel.queue_declare(queue, durable=True)
            self._channel.queue_bind(queue, "nameko-rpc", f"{service}.*")
            self._channel.basic_consume(queue, self._on_call, auto_ack=True)
        self._ready.set()
        self._channel.start_consuming()

    def _on_call(self, channel: Any, method: Any, properties: Any, body: bytes) -> None:
        name = method.routing_key.split(".", 1)[1]
        request = json.loads(body)["kwargs"]
        with self._news:
            self.requests.append((name, request))
            self._news.notify_all()
        result = self.answers[name](request)
        if result is None:
            return
        reply = (
            {"result": result, "error": None}
            if "exc_type" not in result
            else {"result": None, "error": result}
        )
        channel.basic_publish(
            "nameko-rpc",
            properties.reply_to,
            json.dumps(reply).encode(),
            pika.BasicProperties(correlation_id=properties.correlation_id, content_type="application/json"),
        )


def a_session(**changes: Any) -> dict[str, Any]:
    """What accounts answers to Authenticate."""
    session = {
        "id": SESSION,
        "user": {"id": USER, "name": "Anna Kovalenko"},
        "standings": [a_standing()],
        "acting_for": None,
        "must_change_password": False,
        "csrf_token": CSRF,
        "signed_in_at": "2026-11-22T09:00:00Z",
        "expires_at": "2026-12-22T09:00:00Z",
    }
    return {**session, **changes}


def a_standing(organisation_id: str = ORGANISATION, name: str = "Windmill Bikes") -> dict[str, Any]:
    return {
        "organisation": {"id": organisation_id, "name": name},
        "kind": "customer",
        "roles": ["buyer-admin"],
        "status": "active",
    }


@pytest.fixture
def services(amqp_url: str) -> Iterator[FakeServices]:
    """Accounts and orders, played by the test. Anna is signed in."""
    fake = FakeServices(amqp_url)
    fake.begin_anew()
    fake.start()
    yield fake
    fake.stop()


class RunningGateway:
    """A gateway in a thread of its own, as in production but for the process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.log = io.StringIO()
        self._loop = uvloop.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._started = threading.Event()
        self._stop = asyncio.Event()
        self.port = 0

    def start(self) -> None:
        self._thread.start()
        assert self._started.wait(20)

    def tell_to_stop(self) -> None:
        """What SIGTERM does."""
        self._loop.call_soon_threadsafe(self._stop.set)

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so inside the gateway."""
        deadline = time.monotonic() + 20
        while not self.at_once(condition):
            assert time.monotonic() < deadline

    def stop(self) -> None:
        if self._thread.is_alive():
            self.tell_to_stop()
            self._thread.join(30)
        assert not self._thread.is_alive()

    def begin_anew(self) -> None:
        """Forget earlier tests."""
        self.at_once(self.gateway.sessions.forget_all)
        self.log.truncate(self.log.seek(0))

    def at_once(self, work: Callable[[], Any]) -> Any:
        """Do `work` while the gateway's loop stands still, so that it sees all of it in one turn."""
        result: list[Any] = []
        finished = threading.Event()

        def stand_still() -> None:
            result.append(work())
            finished.set()

        self._loop.call_soon_threadsafe(stand_still)
        assert finished.wait(20)
        return result[0]

    def lose_the_stream(self) -> None:
        """Cut the connection on which the gateway reads the stream."""
        channel = self.gateway.live._channel
        assert channel is not None
        channel.connection._transport._sock.shutdown(socket.SHUT_RDWR)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self.gateway = Gateway(self.settings, access_log=self.log)
        self.port = await self.gateway.start()
        await self.gateway.bus.came_up(20)
        self._started.set()
        await self._stop.wait()
        await self.gateway.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, **options: Any) -> httpx.Client:
        """A browser: the session's cookie and its CSRF token."""
        return httpx.Client(
            base_url=self.url,
            cookies={"sid": TOKEN},
            headers={"X-CSRF-Token": CSRF},
            timeout=60,
            verify=False,  # nothing here is encrypted, and reading the certificates takes longer than a test
            trust_env=False,
            **options,
        )


@pytest.fixture
def start_gateway(amqp_url: str) -> Iterator[Callable[..., RunningGateway]]:
    """`start_gateway(patience=1)` starts a gateway with these settings."""
    started: list[RunningGateway] = []

    def start(**changes: Any) -> RunningGateway:
        settings = {"amqp_url": amqp_url, "public_url": "http://127.0.0.1:8080", "port": 0, **changes}
        running = RunningGateway(Settings(**settings))
        running.start()
        started.append(running)
        return running

    yield start
    for running in started:
        running.stop()


@pytest.fixture
def gateway(services: FakeServices, start_gateway: Callable[..., RunningGateway]) -> RunningGateway:
    """A gateway, and the services behind it."""
    return start_gateway()


@pytest.fixture
def client(gateway: RunningGateway) -> Iterator[httpx.Client]:
    """Anna's browser."""
    with gateway.client() as browser:
        yield browser


@pytest.fixture
def key() -> dict[str, str]:
    """A fresh idempotency key."""
    return {"Idempotency-Key": str(uuid.uuid4())}


LOW_RATES = Rates(requests_per_user="20 per 60 second", sign_ins_per_address="5 per 60 second")

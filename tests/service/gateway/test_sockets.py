"""Clients that open connections and do not do what one expects of them."""

import contextlib
import json
import resource
import socket
import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from services.gateway import protocol
from services.gateway.server import Settings
from tests.service.gateway.conftest import CSRF, TOKEN, FakeServices, RunningGateway

BODY = json.dumps(
    {"supplier_id": "018f6b7e-3c1a-7c4e-9a51-2f5f0a7b9d14", "lines": [{"item_number": "A", "quantity": "1"}]}
)
ORDER = (
    f"POST /api/v1/orders HTTP/1.1\r\nHost: portal\r\nCookie: sid={TOKEN}\r\nX-CSRF-Token: {CSRF}\r\n"
    f"Idempotency-Key: 8e03978e-40d5-43dd-bc93-6894a57f9324\r\nContent-Type: application/json\r\n"
    f"Content-Length: {len(BODY)}\r\n\r\n{BODY}"
).encode()


@pytest.fixture(scope="module")
def amqp_url(unused_vhosts: Iterator[str]) -> str:
    """One vhost for all of these tests."""
    return next(unused_vhosts)


@pytest.fixture(scope="module")
def services(amqp_url: str) -> Iterator[FakeServices]:
    fake = FakeServices(amqp_url)
    fake.begin_anew()
    fake.answers["draft_order"] = lambda _: {"ok": {"id": "42", "sequence": 1}}
    fake.answers["list_orders"] = lambda _: {"ok": {"items": [], "next": None}}
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture(scope="module")
def gateway(amqp_url: str, services: FakeServices) -> Iterator[RunningGateway]:
    running = RunningGateway(Settings(amqp_url, "http://127.0.0.1:8080", port=0))
    running.start()
    yield running
    running.stop()


@pytest.fixture
def connect() -> Iterator[Callable[[RunningGateway], socket.socket]]:
    with contextlib.ExitStack() as opened:
        yield lambda gateway: opened.enter_context(
            socket.create_connection(("127.0.0.1", gateway.port), timeout=20)
        )


def everything(connection: socket.socket) -> bytes:
    """What the server sends until it closes."""
    received = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            received += piece
    return received


def lets_others_in(gateway: RunningGateway) -> bool:
    with gateway.client() as client:
        return client.get("/api/v1/orders").status_code == 200


def test_a_request_cut_off_at_any_byte_changes_nothing(
    gateway: RunningGateway, services: FakeServices, connect: Callable[[RunningGateway], socket.socket]
) -> None:
    before = len(services.asked("draft_order"))

    for length in range(1, len(ORDER), 3):
        connection = connect(gateway)
        connection.sendall(ORDER[:length])
        connection.close()
    whole = connect(gateway)
    whole.sendall(ORDER)

    assert whole.recv(100).startswith(b"HTTP/1.1 201 ")
    assert len(services.asked("draft_order")) == before + 1


def test_a_head_that_comes_too_slowly_is_not_waited_for(
    gateway: RunningGateway,
    connect: Callable[[RunningGateway], socket.socket],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocol, "HEAD_PATIENCE", 0.3)
    connection = connect(gateway)

    connection.sendall(b"GET /api/v1/orders HTTP/1.1\r\nHost: portal\r\n")

    answer = everything(connection)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"application/problem+json" in answer
    assert b"nosniff" in answer
    assert lets_others_in(gateway)


def test_a_connection_that_says_nothing_is_closed(
    gateway: RunningGateway,
    connect: Callable[[RunningGateway], socket.socket],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocol, "HEAD_PATIENCE", 0.3)

    assert everything(connect(gateway)) == b""


def test_a_body_that_does_not_come_is_not_waited_for(
    gateway: RunningGateway,
    connect: Callable[[RunningGateway], socket.socket],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.gateway.intake.BODY_PATIENCE", 0.3)
    connection = connect(gateway)

    connection.sendall(ORDER[:-10])

    assert connection.recv(100).startswith(b"HTTP/1.1 408 ")


def test_a_head_that_is_too_large_is_refused(
    gateway: RunningGateway, connect: Callable[[RunningGateway], socket.socket]
) -> None:
    connection = connect(gateway)

    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(b"GET /api/v1/orders HTTP/1.1\r\nHost: portal\r\nX-Long: " + b"x" * 100_000)

    assert everything(connection).startswith(b"HTTP/1.1 431 ")


def test_a_head_with_too_many_lines_is_refused(gateway: RunningGateway) -> None:
    answer = httpx.get(f"{gateway.url}/api/v1/orders", headers=[(f"X-{n}", "1") for n in range(150)])

    assert answer.status_code == 431


@pytest.mark.parametrize(
    "request_text",
    [
        b"NONSENSE\r\n\r\n",
        b"POST /api/v1/orders HTTP/1.1\r\nHost: p\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST /api/v1/orders HTTP/1.1\r\nHost: p\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"POST /api/v1/orders HTTP/1.1\r\nHost: p\r\nContent-Length: -1\r\n\r\n",
        b"POST /api/v1/orders HTTP/1.1\r\nHost: p\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"POST /api/v1/orders HTTP/1.1\r\nHost: p\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        b"GET /api/v1/orders HTTP/1.1\r\nHost : p\r\n\r\n",
        b"GET /api/v1/orders HTTP/1.1\r\nHost: p\r\nX: a\x00b\r\n\r\n",
        b"GET /api/v1/orders HTTP/1.1\r\nHost: p\r\nHost: q\r\n\r\n",
    ],
    ids=[
        "nonsense",
        "both lengths",
        "two lengths",
        "negative",
        "xchunked",
        "bad chunk",
        "blank",
        "nul",
        "two hosts",
    ],
)
def test_requests_that_two_programs_could_read_differently_are_refused(
    gateway: RunningGateway, connect: Callable[[RunningGateway], socket.socket], request_text: bytes
) -> None:
    connection = connect(gateway)

    connection.sendall(request_text)
    connection.shutdown(socket.SHUT_WR)

    answer = everything(connection)
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in answer
    assert lets_others_in(gateway)


def test_thousands_of_idle_connections_do_not_keep_others_out(
    services: FakeServices,
    start_gateway: Callable[..., RunningGateway],
    connect: Callable[[RunningGateway], socket.socket],
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 10_000), hard))
    gateway = start_gateway(most_connections=200)

    idle = [connect(gateway) for _ in range(500)]
    slow = [connect(gateway) for _ in range(500)]
    for connection in slow:
        with contextlib.suppress(OSError):
            connection.sendall(b"GET /api/v1/orders HTTP/1.1\r\nHost")

    began = time.monotonic()
    assert lets_others_in(gateway)
    assert time.monotonic() - began < 5
    assert gateway.gateway.connections.open <= 201
    assert len(idle) == 500
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def test_a_connection_with_a_request_under_way_is_never_the_one_to_go(
    services: FakeServices,
    start_gateway: Callable[..., RunningGateway],
    connect: Callable[[RunningGateway], socket.socket],
) -> None:
    gateway = start_gateway(most_connections=5)
    working = connect(gateway)
    working.sendall(ORDER[:-10])
    gateway.until(lambda: gateway.gateway.connections.working == 1)

    for _ in range(20):
        connect(gateway)
    working.sendall(ORDER[-10:])

    assert working.recv(100).startswith(b"HTTP/1.1 201 ")


def test_a_gateway_told_to_stop_first_answers_what_it_was_asked(
    services: FakeServices,
    start_gateway: Callable[..., RunningGateway],
    connect: Callable[[RunningGateway], socket.socket],
) -> None:
    gateway = start_gateway()
    working = connect(gateway)
    working.sendall(ORDER[:-10])
    gateway.until(lambda: gateway.gateway.connections.working == 1)

    gateway.tell_to_stop()
    working.sendall(ORDER[-10:])

    assert working.recv(100).startswith(b"HTTP/1.1 201 ")
    gateway.stop()

"""The pages for operators, without a broker or a database."""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator

import pytest

from services.chassis import health
from services.chassis.health import Check, OpsServer

Serve = Callable[[dict[str, Check]], OpsServer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[OpsServer] = []

    def begin(checks: dict[str, Check]) -> OpsServer:
        servers.append(health.serve("127.0.0.1", 0, checks))
        return servers[-1]

    yield begin
    for server in servers:
        server.close()


def get(server: OpsServer, path: str) -> tuple[int, bytes]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{server.port}{path}", timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def test_a_process_is_ready_when_every_check_finds_nothing(serve: Serve) -> None:
    server = serve({"database": lambda: None, "consumers": lambda: None})

    status, body = get(server, "/readyz")

    assert status == 200
    assert json.loads(body) == {"ready": True, "checks": {"database": None, "consumers": None}}


def test_a_process_that_is_not_ready_says_what_is_wrong(serve: Serve) -> None:
    server = serve({"database": lambda: "the database does not answer", "consumers": lambda: None})

    status, body = get(server, "/readyz")

    assert status == 503
    assert json.loads(body)["checks"]["database"] == "the database does not answer"


def test_a_check_that_fails_is_a_finding_and_its_text_stays_secret(serve: Serve) -> None:
    def check() -> str | None:
        raise ConnectionError("postgresql://user:secret@host")

    server = serve({"database": check})

    status, body = get(server, "/readyz")

    assert status == 503
    assert b"secret" not in body


def test_liveness_asks_nobody_else(serve: Serve) -> None:
    server = serve({"database": lambda: "the database does not answer"})

    assert get(server, "/healthz")[0] == 200


def test_metrics_are_in_the_format_of_prometheus(serve: Serve) -> None:
    status, body = get(serve({}), "/metrics")

    assert status == 200
    assert b"# TYPE " in body


def test_any_other_page_is_not_found(serve: Serve) -> None:
    assert get(serve({}), "/etc/passwd")[0] == 404


def test_a_client_that_says_nothing_keeps_nobody_waiting(serve: Serve) -> None:
    server = serve({})

    with socket.create_connection(("127.0.0.1", server.port)):
        assert get(server, "/healthz")[0] == 200

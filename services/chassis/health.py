"""What operators and supervisors ask a process over HTTP: `/metrics`, `/healthz`, `/readyz`.

One server for every kind of process: with plain threads in the relay and the mailer, and under eventlet,
whose patched threads are greenlets, in a service. It listens on an address of its own that is not for the
public.

`/healthz` answers while the process's loop turns; it asks nobody else, so that a supervisor does not restart
processes because the database is away. `/readyz` runs the checks the process was given.
"""

import json
import logging
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final, TypeAlias

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

log = logging.getLogger(__name__)

#: Returns None when all is well, or the sentence that says what is wrong.
Check: TypeAlias = Callable[[], str | None]

#: Seconds a client may take to say what it wants.
PATIENCE: Final = 5


def serve(host: str, port: int, checks: Mapping[str, Check]) -> "OpsServer":
    """Serve the pages from a thread of their own; port 0 picks a free one, see `OpsServer.port`.

    Raises `OSError` when the address cannot be listened on.
    """
    server = OpsServer(host, port, checks)
    server.start()
    return server


class OpsServer:
    """Serves the three pages from its own thread until the process ends or `close` is called."""

    def __init__(self, host: str, port: int, checks: Mapping[str, Check]) -> None:
        self._checks = dict(checks)
        self._server = _Server((host, port), _Handler)
        self._server.ops = self
        self.port: int = self._server.server_address[1]

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, name="ops", daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def page(self, path: str) -> tuple[HTTPStatus, str, bytes]:
        """Status, content type and body of one page."""
        match path:
            case "/metrics":
                return HTTPStatus.OK, CONTENT_TYPE_LATEST, generate_latest()
            case "/healthz":
                return _json(HTTPStatus.OK, {"alive": True})
            case "/readyz":
                found = {name: _result(name, check) for name, check in self._checks.items()}
                ready = not any(found.values())
                status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
                return _json(status, {"ready": ready, "checks": found})
        return _json(HTTPStatus.NOT_FOUND, {"pages": ["/metrics", "/healthz", "/readyz"]})


def _result(name: str, check: Check) -> str | None:
    try:
        return check()
    except Exception:
        # A check that fails is a finding too; its text may hold secrets and goes to the log only.
        log.exception("the readiness check %r failed", name)
        return "the check itself failed, see the log"


def _json(status: HTTPStatus, value: Mapping[str, object]) -> tuple[HTTPStatus, str, bytes]:
    return status, "application/json", json.dumps(value).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    ops: OpsServer


class _Handler(BaseHTTPRequestHandler):
    timeout = PATIENCE
    server: _Server

    def do_GET(self) -> None:
        status, content_type, body = self.server.ops.page(self.path.partition("?")[0])
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        log.debug(format, *args)

"""A mail server for one machine: takes every message, delivers none, shows them in the browser.

    COUNTERPART_SMTP_URL=smtp://127.0.0.1:2525 python -m deploy.local.mailcatcher

`/` lists the messages, `/api/messages` the same as JSON (`?to=` filters by recipient), `/api/messages/ID` one
with its parts. Only the newest are kept. It has no password and is for 127.0.0.1 only. It stands for somebody
else's mail server, and so has no `/metrics`: what was sent, and what was not, is counted by the mailer.
"""

import contextlib
import email
import email.policy
import html
import itertools
import json
import os
import re
import signal
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.places import free_ports, make

KEPT = 1000
MAX_BYTES = 10 * 1024 * 1024
_ID = re.compile(r"[0-9]{20}-[0-9]{6}")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'"


class Store:
    """Messages as files, newest last by name; the oldest go when there are more than `kept`."""

    def __init__(self, directory: Path, kept: int = KEPT) -> None:
        self._directory = make(directory)
        self._kept = kept
        self._number = itertools.count()

    def add(self, sender: str, recipients: list[str], content: bytes) -> str:
        """Keeps a message and returns its id."""
        id = f"{time.time_ns():020}-{next(self._number) % 1_000_000:06}"
        envelope = json.dumps({"from": sender, "to": recipients}).encode()
        draft = self._directory / f".{id}"
        draft.write_bytes(envelope + b"\n" + content)
        draft.replace(self._directory / id)
        for old in self.ids()[: -self._kept]:
            (self._directory / old).unlink(missing_ok=True)
        return id

    def ids(self) -> list[str]:
        """Oldest first."""
        return sorted(path.name for path in self._directory.iterdir() if _ID.fullmatch(path.name))

    def raw(self, id: str) -> tuple[dict[str, Any], bytes]:
        """The envelope and the message as it came.

        Raises KeyError when there is none of that id.
        """
        if not _ID.fullmatch(id):
            raise KeyError(id)
        try:
            envelope, _, content = (self._directory / id).read_bytes().partition(b"\n")
        except FileNotFoundError:
            raise KeyError(id) from None
        return json.loads(envelope), content

    def summaries(self, to: str | None = None) -> Iterator[dict[str, Any]]:
        """Newest first, all or those to one address."""
        for id in reversed(self.ids()):
            with contextlib.suppress(KeyError):
                envelope, content = self.raw(id)
                if to is None or to.lower() in (address.lower() for address in envelope["to"]):
                    yield _summary(id, envelope, _parsed(content))

    def message(self, id: str) -> dict[str, Any]:
        """One message with its headers, bodies and attachments' names.

        Raises KeyError when there is none of that id.
        """
        envelope, content = self.raw(id)
        parsed = _parsed(content)
        return {
            **_summary(id, envelope, parsed),
            "headers": [[name, str(value)] for name, value in parsed.items()],
            "text": _body(parsed, "plain"),
            "html": _body(parsed, "html"),
            "attachments": [part.get_filename() or "unnamed" for part in parsed.iter_attachments()],
        }

    def clear(self) -> None:
        """Forgets every message."""
        for id in self.ids():
            (self._directory / id).unlink(missing_ok=True)


def _parsed(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def _summary(id: str, envelope: dict[str, Any], message: EmailMessage) -> dict[str, Any]:
    received = datetime.fromtimestamp(int(id.split("-", 1)[0]) / 1e9, UTC)
    subject = str(message.get("subject", ""))
    return {
        "id": id, "received": received.isoformat(), "from": envelope["from"], "to": envelope["to"],
        "subject": subject,
    }  # fmt: skip


def _body(message: EmailMessage, kind: str) -> str | None:
    part = message.get_body((kind,))
    return None if part is None else str(part.get_content())


class _Handler:
    """What aiosmtpd calls."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self._store.add(envelope.mail_from or "", envelope.rcpt_tos, envelope.content)
        return "250 kept"


class _Page(BaseHTTPRequestHandler):
    """The web page and its JSON."""

    server: "_Web"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        store, way = self.server.store, parts.path.strip("/").split("/")
        try:
            match way:
                case ["readyz"]:
                    self._answer(b"{}", "application/json")
                case [""]:
                    self._answer(_list_page(list(store.summaries())), "text/html")
                case ["api", "messages"]:
                    to = parse_qs(parts.query).get("to", [None])[0]
                    self._json(list(store.summaries(to)))
                case ["api", "messages", id]:
                    self._json(store.message(id))
                case ["messages", id]:
                    self._answer(_message_page(store.message(id)), "text/html")
                case ["messages", id, "html"]:
                    self._answer((store.message(id)["html"] or "").encode(), "text/html", sandbox=True)
                case ["messages", id, "raw"]:
                    self._answer(store.raw(id)[1], "text/plain")
                case _:
                    self._answer(b"no such page", "text/plain", HTTPStatus.NOT_FOUND)
        except KeyError:
            self._answer(b"no such message", "text/plain", HTTPStatus.NOT_FOUND)

    def do_DELETE(self) -> None:
        # A page of another origin could not read the answer, but it could delete.
        if self.path != "/api/messages" or self.headers.get("Origin"):
            self._answer(b"no", "text/plain", HTTPStatus.FORBIDDEN)
            return
        self.server.store.clear()
        self._json([])

    def _json(self, value: object) -> None:
        self._answer(json.dumps(value).encode(), "application/json")

    def _answer(
        self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK, *, sandbox: bool = False
    ) -> None:
        # A name that resolves to this machine, in somebody's page elsewhere, shall not read the mail.
        if (self.headers.get("Host") or "").rsplit(":", 1)[0] not in {"127.0.0.1", "localhost"}:
            body, kind, status = b"this answers as 127.0.0.1 only", "text/plain", HTTPStatus.FORBIDDEN
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", f"{_POLICY}; sandbox" if sandbox else _POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *_arguments: object) -> None:
        """Says nothing: requests of somebody reading mail are not worth a log."""


class _Web(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], store: Store) -> None:
        super().__init__(address, _Page)
        self.store = store


class MailCatcher:
    """Both servers; `start` returns when they listen. Port 0 picks a free one."""

    def __init__(
        self, directory: Path, *, smtp_port: int = 0, web_port: int = 0, host: str = "127.0.0.1"
    ) -> None:
        self.store = Store(directory)
        self._web = _Web((host, web_port), self.store)
        self.web_url = f"http://{host}:{self._web.server_address[1]}"
        # aiosmtpd greets itself to see whether it listens, and so must know the number beforehand.
        smtp_port = smtp_port or free_ports(1)[0]
        self.smtp_url = f"smtp://{host}:{smtp_port}"
        self._smtp = Controller(_Handler(self.store), host, smtp_port, data_size_limit=MAX_BYTES)

    def start(self) -> None:
        """Listens."""
        self._smtp.start()
        threading.Thread(target=self._web.serve_forever, name="mail pages", daemon=True).start()

    def stop(self) -> None:
        """Lets go of both ports."""
        self._smtp.stop()
        self._web.shutdown()
        self._web.server_close()


_STYLE = (
    "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>"
    "<title>Mail</title><style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:60rem;"
    "padding:0 1rem;color:#222}table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.4rem;"
    "border-bottom:1px solid #ddd;vertical-align:top}"
    "pre{white-space:pre-wrap;background:#f6f6f6;padding:1rem}"
    "iframe{width:100%;height:40rem;border:1px solid #ccc}</style><body>"
)


def _list_page(messages: list[dict[str, Any]]) -> bytes:
    rows = "".join(
        f"<tr><td>{html.escape(message['received'][:19])}<td>{html.escape(', '.join(message['to']))}"
        f"<td><a href='/messages/{message['id']}'>{html.escape(message['subject']) or '(no subject)'}</a>"
        for message in messages
    )
    table = f"<table><tr><th>Received (UTC)<th>To<th>Subject{rows}</table>" if rows else "<p>No mail yet."
    return f"{_STYLE}<h1>Mail</h1><p>Newest first; nothing here left this machine.{table}".encode()


def _message_page(message: dict[str, Any]) -> bytes:
    id = message["id"]
    headers = "".join(
        f"<tr><th>{html.escape(name)}<td>{html.escape(value)}" for name, value in message["headers"]
    )
    shown = [f"{_STYLE}<p><a href='/'>All mail</a> · <a href='/messages/{id}/raw'>as it came</a>"]
    shown.append(f"<h1>{html.escape(message['subject']) or '(no subject)'}</h1><table>{headers}</table>")
    if message["attachments"]:
        shown.append(f"<p>Attached: {html.escape(', '.join(message['attachments']))}")
    if message["html"] is not None:
        shown.append(f"<h2>HTML</h2><iframe sandbox title='HTML' src='/messages/{id}/html'></iframe>")
    if message["text"] is not None:
        shown.append(f"<h2>Text</h2><pre>{html.escape(message['text'])}</pre>")
    return "".join(shown).encode()


def main() -> int:
    """Serves until SIGTERM or SIGINT."""
    smtp = urlsplit(os.environ.get("COUNTERPART_SMTP_URL", "smtp://127.0.0.1:2525"))
    web_port = int(os.environ.get("COUNTERPART_MAILCATCHER_PORT", "8025"))
    directory = Path(os.environ.get("COUNTERPART_MAILCATCHER_DIR", "var/mail"))
    end = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end.set())
    catcher = MailCatcher(directory, smtp_port=smtp.port or 25, web_port=web_port)
    catcher.start()
    print(f"mail is taken at {catcher.smtp_url} and shown at {catcher.web_url}", flush=True)
    end.wait()
    catcher.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())

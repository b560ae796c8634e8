"""What every request and every answer passes, whoever answers it.

A number for the request, the security headers, one line in the access log, the metrics, and the last resort
for what nobody expected. An ASGI application of its own, because each of these must also hold for a 404, for
a stream and for an error.
"""

import json
import logging
import re
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TextIO

from starlette.responses import Response

from services.chassis import logs
from services.chassis.errors import CounterpartError, NotFound
from services.chassis.ids import new_id
from services.gateway import counts, problems
from services.gateway.documents.wording import language_of
from services.gateway.intake import Gone
from services.gateway.problems import InternalError, Malformed, MethodNotAllowed
from services.gateway.resources import PREFIX, Call, Context
from services.gateway.routes import Route, Table

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

#: Fields that may stand in a request once only: what two of them mean, two programs may see differently.
SINGLE = frozenset(
    {
        b"authorization",
        b"content-length",
        b"content-type",
        b"host",
        b"idempotency-key",
        b"if-match",
        b"origin",
        b"x-csrf-token",
        b"counterpart-organisation",
        b"transfer-encoding",
    }
)
#: Lines in the head of a request.
MOST_HEADERS = 100

API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


@dataclass(frozen=True)
class Page:
    """Something served besides the table of routes: a stream, a document, a page to read."""

    template: str
    answer: Callable[["Visit"], Awaitable[Response]]
    methods: frozenset[str] = frozenset({"GET", "HEAD"})
    #: What follows its path is for its visitor alone, and is not written into the log.
    discreet: bool = False


@dataclass(frozen=True)
class Visit:
    """A request for a page. `rest` is what follows the page's path."""

    scope: Scope
    receive: Receive
    headers: Mapping[str, str]
    request_id: str
    rest: str


def nowhere(_path: str) -> Page | None:
    """There are no further pages."""
    return None


class Edge:
    """The ASGI application: finds who answers, and does for every answer what must be done for all."""

    def __init__(
        self,
        context: Context,
        table: Table,
        pages: Mapping[str, Page],
        *,
        access_log: TextIO | None = None,
        process: str = "gateway",
        elsewhere: Callable[[str], Page | None] = nowhere,
    ) -> None:
        """`elsewhere` knows the pages at addresses that are neither in `pages` nor the API's."""
        self._context = context
        self._table = table
        self._pages = dict(pages)
        self._log = access_log if access_log is not None else sys.stderr
        self._process = process
        self._elsewhere = elsewhere
        self._headers = security_headers(context.site.secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; or the news that the server starts or stops, which is nothing to us."""
        if scope["type"] != "http":
            raise RuntimeError(f"the gateway does not speak {scope['type']}")
        exchange = _Exchange(scope, send, self._headers)
        counts.in_flight.inc()
        try:
            with logs.context(correlation_id=exchange.request_id):
                await self._answer(exchange, receive)
        except Gone:
            exchange.status = 499
        finally:
            counts.in_flight.dec()
            self._note(exchange)

    async def _answer(self, exchange: "_Exchange", receive: Receive) -> None:
        try:
            response = await self._found(exchange, receive)
        except CounterpartError as error:
            response = exchange.problem(error)
        except Gone:
            raise
        except Exception:
            log.exception("a request failed for a reason nobody expected")
            response = exchange.problem(
                InternalError("Something went wrong on this side. It has been logged.")
            )
        await response(exchange.scope, receive, exchange.send)

    async def _found(self, exchange: "_Exchange", receive: Receive) -> Response:
        headers = exchange.read_headers()
        path: str = exchange.scope["path"]
        page = self._page(path)
        if page is not None:
            return await self._visit(exchange, receive, headers, *page)
        found = self._table.find(path[len(PREFIX) :]) if path.startswith(PREFIX + "/") else None
        if found is None:
            raise NotFound("There is nothing at this address.")
        method = exchange.method
        route = found.routes.get("GET" if method == "HEAD" else method)
        if route is None:
            methods = found.routes.keys()
            raise _not_allowed(method, {*methods, "HEAD"} if "GET" in methods else methods)
        exchange.route = route
        exchange.template = route.path
        call = Call(
            self._context, route, found.values, scope=exchange.scope, receive=receive, headers=headers,
            request_id=exchange.request_id,
        )  # fmt: skip
        try:
            return await call.answered()
        finally:
            exchange.user_id = call.caller.user_id if call.caller else None

    def _page(self, path: str) -> tuple[Page, str] | None:
        page = self._pages.get(path)
        if page is not None:
            return page, ""
        parent, _, rest = path.rpartition("/")
        page = self._pages.get(parent + "/*")
        if page is not None and rest:
            return page, rest
        page = self._elsewhere(path)
        return None if page is None else (page, path)

    async def _visit(
        self, exchange: "_Exchange", receive: Receive, headers: Mapping[str, str], page: Page, rest: str
    ) -> Response:
        exchange.template = page.template
        exchange.discreet = page.discreet
        if exchange.method not in page.methods:
            raise _not_allowed(exchange.method, page.methods)
        return await page.answer(Visit(exchange.scope, receive, headers, exchange.request_id, rest))

    def _note(self, exchange: "_Exchange") -> None:
        seconds = time.perf_counter() - exchange.began
        counts.request(exchange.method, exchange.template, exchange.status, seconds)
        client = exchange.scope.get("client")
        line = {
            "event": "request",
            "method": exchange.method,
            "path": exchange.template if exchange.discreet else exchange.scope["path"],
            "status": exchange.status,
            "milliseconds": round(seconds * 1000, 1),
            "bytes": exchange.sent,
            "client": client[0] if client else None,
            "user_id": exchange.user_id,
            "correlation_id": exchange.request_id,
            "level": "info",
            "logger": "access",
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "process": self._process,
        }
        # Written directly: the same line through the logging machinery costs ten times as much.
        self._log.write(json.dumps(line) + "\n")


class _Exchange:
    """One request and what is being sent for it."""

    __slots__ = (
        "_defaults", "_send", "began", "discreet", "method", "request_id", "route", "scope", "sent", "status",
        "template", "user_id",
    )  # fmt: skip

    def __init__(self, scope: Scope, send: Send, defaults: tuple[tuple[bytes, bytes], ...]) -> None:
        self.scope = scope
        self.began = time.perf_counter()
        self.method: str = scope["method"]
        self.request_id = _request_id(scope["headers"])
        self.route: Route | None = None
        self.template = "nowhere"
        self.discreet = False
        self.status = 0
        self.sent = 0
        self.user_id: str | None = None
        self._send = send
        self._defaults = defaults

    def read_headers(self) -> dict[str, str]:
        """The head of the request by lower-case name; raises Malformed for what must not be there twice."""
        raw: list[tuple[bytes, bytes]] = self.scope["headers"]
        if len(raw) > MOST_HEADERS:
            raise problems.HeadersTooLarge(f"The request has more than {MOST_HEADERS} header lines.")
        headers: dict[str, str] = {}
        for name, value in raw:
            text = name.decode("latin-1")
            if text not in headers:
                headers[text] = value.decode("latin-1")
            elif name in SINGLE:
                raise Malformed(f"The header {text} stands in the request more than once.")
            else:
                headers[text] += ("; " if name == b"cookie" else ", ") + value.decode("latin-1")
        return headers

    async def send(self, message: Message) -> None:
        """Pass an answer on, with the headers every answer has."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers: list[tuple[bytes, bytes]] = list(message.get("headers", ()))
            present = {name for name, _ in headers}
            headers += [header for header in self._defaults if header[0] not in present]
            headers.append((b"x-request-id", self.request_id.encode()))
            message["headers"] = headers
        else:
            self.sent += len(message.get("body", b""))
        await self._send(message)

    def problem(self, error: CounterpartError) -> Response:
        """The answer that tells `error`."""
        parameters = self.route.named_outside_body if self.route is not None else None
        return problems.response(
            error,
            instance=self.scope["raw_path"].decode("ascii"),
            request_id=self.request_id,
            parameters=parameters,
            language=self._language(),
        )

    def _language(self) -> str:
        """Of the person, by `Accept-Language`; read from the raw lines, which may be what is wrong."""
        chosen = [value for name, value in self.scope["headers"] if name == b"accept-language"]
        return language_of(chosen[0].decode("latin-1")) if len(chosen) == 1 else "en"


_OWN_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}").fullmatch


def _request_id(headers: list[tuple[bytes, bytes]]) -> str:
    """The caller's own number for the request, if it has one that looks like one, or a fresh one."""
    for name, value in headers:
        if name == b"x-request-id" and _OWN_ID(value):
            return value.decode("ascii")
    return new_id().hex


def _not_allowed(method: str, allowed: Iterable[str]) -> MethodNotAllowed:
    return MethodNotAllowed(method, ", ".join(sorted(allowed)))


def security_headers(secure: bool) -> tuple[tuple[bytes, bytes], ...]:
    """What every answer says to browsers; a page may say something else of its own."""
    headers = [
        (b"content-security-policy", API_POLICY.encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cache-control", b"no-store"),
        (b"cross-origin-resource-policy", b"same-origin"),
    ]
    if secure:
        headers.append((b"strict-transport-security", b"max-age=63072000; includeSubDomains"))
    return tuple(headers)

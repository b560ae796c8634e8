"""From an HTTP request to a command or query, and from its answer back to HTTP.

Everything a row of the route table asks for happens here, in one order for all of them: who is asking, is
the request theirs (CSRF), is there an idempotency key and a precondition where one is needed, is the input
right, one call on the bus, one answer.
"""

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import Response

from services.chassis.errors import (
    Fault,
    Forbidden,
    Invalid,
    NotFound,
    PreconditionMissing,
    Stale,
    Unauthenticated,
)
from services.contracts.shapes import operation
from services.gateway.bus import Answer, Bus, Wish
from services.gateway.checking import checked
from services.gateway.files.attachments import Attachments
from services.gateway.intake import Receive, json_object, query_values, read_body
from services.gateway.limiting import Limits
from services.gateway.problems import CrossSite, IdempotencyKeyMissing
from services.gateway.routes import Route
from services.gateway.sessions import Caller, Sessions, Standing, command_id, idempotency_key
from services.gateway.verifying.links import SheetLinks
from services.gateway.workers import Workers

PREFIX = "/api/v1"
#: Names in a query that are not fields of any command: they choose for whom one acts.
NOT_FIELDS = frozenset({"organisation"})
JSON = "application/json"


@dataclass(frozen=True)
class Site:
    """How the outside reaches this gateway, and what follows for its cookies."""

    public_url: str

    @property
    def secure(self) -> bool:
        """Whether people come by HTTPS."""
        return self.public_url.startswith("https://")

    @property
    def session_cookie(self) -> str:
        """Name of the session cookie; the prefix makes browsers insist on Secure, Path=/ and no Domain."""
        return "__Host-sid" if self.secure else "sid"

    @property
    def device_cookie(self) -> str:
        """Name of the cookie that marks a device its owner has used."""
        return "__Host-device" if self.secure else "device"

    @property
    def origin(self) -> str:
        """The origin of our own pages."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    def is_own(self, origin: str, host: str) -> bool:
        """Whether a page of `origin` is one of ours: the public address, or the one the browser used."""
        return origin == self.origin or urlsplit(origin).netloc == host


@dataclass(frozen=True)
class Context:
    """What a request is answered with."""

    bus: Bus
    sessions: Sessions
    limits: Limits
    site: Site
    workers: Workers
    files: Attachments
    sheet_links: SheetLinks | None = None


class Call:
    """One request for one route, on its way to the service."""

    def __init__(
        self,
        context: Context,
        route: Route,
        values: tuple[str, ...],
        *,
        scope: Mapping[str, Any],
        receive: Any,
        headers: Mapping[str, str],
        request_id: str,
    ) -> None:
        self.context = context
        self.route = route
        self.scope = scope
        self.headers = headers
        self.request_id = request_id
        self.cookies: dict[str, str] = {}
        self.caller: Caller | None = None
        self.standing: Standing | None = None
        self.fields: dict[str, Any] = dict(route.fixed)
        self._values = values
        self._receive = receive

    @property
    def receive(self) -> Receive:
        """Where the parts of the body come from, for handlers that read it by themselves."""
        receive: Receive = self._receive
        return receive

    @property
    def address(self) -> str:
        """The network address of the client."""
        client = self.scope.get("client")
        return str(client[0]) if client else "unknown"

    async def answered(self) -> Response:
        """The answer to the request; raises a CounterpartError to be told as a problem."""
        await self._identify()
        await self._within_limits()
        self._same_site()
        self._preconditions()
        await self._read()
        if self.route.handler is not None:
            return await self.route.handler(self)
        return self.respond(await self.ask())

    async def ask(self, **filled: Any) -> Answer:
        """Ask the service; `filled` are the fields the route leaves to its handler."""
        route = self.route
        payload = checked(route.shape, {**self.fields, **filled})
        return await self.context.bus.call(
            Wish(
                route.answered_by,
                route.operation.name,
                json.dumps(payload, ensure_ascii=False),
                actor=self._actor(),
                command_id=self._command_id(),
                expected=self._expected(),
                correlation_id=self.request_id,
            )
        )

    async def ask_first(self, question: type[Any], **fields: Any) -> Answer:
        """Ask something else in the caller's name, to know whether it is worth going on."""
        asked = operation(question)
        payload = json.dumps(checked(question, fields), ensure_ascii=False)
        return await self.context.bus.call(
            Wish(asked.service, asked.name, payload, actor=self._actor(), correlation_id=self.request_id)
        )

    def respond(self, answer: Answer) -> Response:
        """The service's answer as JSON, with `ETag`, and `Location` for what was created."""
        headers: dict[str, str] = {}
        if self.route.has_tag:
            headers["ETag"] = f'"{answer.value["sequence"]}"'
        if self.route.location:
            headers["Location"] = PREFIX + self.route.location.format_map(answer.value)
        return Response(answer.text, self.route.status, headers, JSON)

    # ------------------------------------------------------------------------------------ who

    async def _identify(self) -> None:
        self.cookies = cookies_of(self.headers)
        if self.needs_caller or "authorization" in self.headers:
            self.caller = await caller_of(self.context, self.headers, self.cookies)
        if self.route.operation.allowed is None:
            return
        if self.caller is None:
            raise Unauthenticated("Sign in first.")
        if self.route.operation.people_only and self.caller.sort == "key":
            raise Forbidden("An API key cannot do this. Sign in, and do it yourself.")
        self.standing = self.caller.standing(wanted_organisation(self.headers, self.scope["query_string"]))

    @property
    def needs_caller(self) -> bool:
        """Whether it matters who is asking: for everything but what anybody may ask."""
        return self.route.operation.allowed is not None or "session_token" in self.route.filled

    def _actor(self) -> str:
        return "null" if self.standing is None else self.standing.actor

    async def _within_limits(self) -> None:
        who = self.caller.user_id if self.caller is not None else f"at {self.address}"
        await self.context.limits.request(who)

    def _same_site(self) -> None:
        """Refuse a change that another site has talked the browser into (CSRF)."""
        if self.route.method in ("GET", "HEAD"):
            return
        origin = self.headers.get("origin")
        if origin is not None and not self.context.site.is_own(origin, self.headers.get("host", "")):
            raise CrossSite("This change comes from a page of another site.")
        if self.headers.get("sec-fetch-site") == "cross-site":
            raise CrossSite("This change comes from a page of another site.")
        caller = self.caller
        if caller is None or caller.sort == "key":
            return
        token = self.headers.get("x-csrf-token", "")
        if not _equal(token, caller.csrf_token):
            raise CrossSite("Send the session's csrf_token in the header X-CSRF-Token.")

    # ---------------------------------------------------------------------------------- headers

    def _preconditions(self) -> None:
        if self.route.needs_key and "idempotency-key" not in self.headers:
            raise IdempotencyKeyMissing(
                "Send a header Idempotency-Key with a fresh UUID, and the same one when you try again."
            )
        if self.route.needs_match and "if-match" not in self.headers:
            raise PreconditionMissing(
                "Send the ETag of what you have read in the header If-Match, lest a change be overwritten."
            )

    def _command_id(self) -> str | None:
        if self.route.operation.kind != "command" or "idempotency-key" not in self.headers:
            return None
        key = idempotency_key(self.headers["idempotency-key"])
        if self.standing is not None and self.caller is not None:
            return command_id(key, f"{self.standing.organisation_id} {self.caller.user_id}")
        return command_id(key, self.caller.user_id if self.caller is not None else "anyone")

    def _expected(self) -> int | None:
        wanted = self.headers.get("if-match")
        if wanted is None or wanted == "*":
            return None
        match = re.fullmatch(r'"([0-9]{1,18})"', wanted, re.ASCII)
        if match is None:
            # RFC 9110: what is not one of our ETags matches nothing.
            raise Stale("The header If-Match holds no ETag of ours; read the document again.")
        return int(match[1])

    # ------------------------------------------------------------------------------------ input

    async def _read(self) -> None:
        route = self.route
        for name, value in zip(route.parameters, self._values, strict=True):
            self.fields[name] = value
        if route.in_query or route.accepts is not None:
            self._take(query_values(self.scope["query_string"], route.rest, NOT_FIELDS))
        else:
            self._no_query()
        if not route.in_query and route.accepts is None:
            body = await read_body(self._receive, self.headers.get("content-length"))
            self._take(json_object(body, self.headers.get("content-type", "")))
        self._existing()

    def _take(self, values: dict[str, Any]) -> None:
        """Add what was sent; the path, and what this side fills in, cannot be sent."""
        ours = [name for name in values if name in self.fields or name in self.route.filled]
        if ours:
            raise Invalid(
                "The request has faults; each is named below.",
                [Fault(f"/{name}", "Unknown field.") for name in ours],
            )
        self.fields.update(values)

    def _no_query(self) -> None:
        strangers = query_values(self.scope["query_string"], (), NOT_FIELDS)
        if strangers:
            names = ", ".join(sorted(strangers))[:200]
            raise Invalid(f"This address takes no parameters in its query: leave out {names}.")

    def _existing(self) -> None:
        """An id in the path that cannot be an id is the address of nothing."""
        for name in self.route.parameters:
            if name.endswith("_id") and not _ID(self.fields[name]):
                raise NotFound("There is no such thing.")


_ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII).fullmatch


def _equal(one: str, other: str) -> bool:
    """Compare secrets in a time that does not depend on where they differ."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def cookies_of(headers: Mapping[str, str]) -> dict[str, str]:
    """The cookies of a request; of two with one name the first, which is the more specific one (RFC 6265)."""
    cookies: dict[str, str] = {}
    for part in headers.get("cookie", "").split(";"):
        name, found, value = part.strip().partition("=")
        if found:
            cookies.setdefault(name, value.strip('"'))
    return cookies


async def caller_of(
    context: Context, headers: Mapping[str, str], cookies: Mapping[str, str]
) -> Caller | None:
    """Who sends these headers: by API key, by session cookie, or nobody known. Raises Unauthenticated."""
    authorization = headers.get("authorization")
    if authorization is not None:
        scheme, _, key = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("Send an API key in the header Authorization, after the word Bearer.")
        return await context.sessions.of_key(key.strip())
    token = cookies.get(context.site.session_cookie)
    return None if not token else await context.sessions.of_session(token)


_WANTED = re.compile(rb"(?:^|&)organisation=([0-9a-fA-F-]{36})(?:&|$)").search


def wanted_organisation(headers: Mapping[str, str], query_string: bytes) -> str | None:
    """The organisation to act for: by header, or by query, for a browser's EventSource has no headers."""
    wanted = headers.get("counterpart-organisation")
    if wanted is None and b"organisation=" in query_string:
        match = _WANTED(query_string)
        wanted = match[1].decode() if match else None
    return wanted

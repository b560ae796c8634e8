"""What happens, as it happens: server-sent events to browsers, fed by the RabbitMQ stream `live`.

The relays put a small notice into the stream for every fact: its name, its document, and the organisations
that may know of it. Every gateway reads the whole stream and passes to each browser what concerns the
organisation it acts for. A notice carries no content: the page asks the API for that, with all its checks.

The id of an event is its offset in the stream, the same at every gateway. A browser that comes back sends
the last one it saw and is sent what it missed, from the minutes held in memory. Where that does not reach
back far enough, or the stream itself has begun anew, it is told `reset`: load again what you show.
"""

import asyncio
import contextlib
import json
import logging
import time
from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

import pika
from pika.channel import Channel
from starlette.responses import Response

from services.chassis.errors import TooMany, Unauthenticated
from services.gateway import counts
from services.gateway.edge import Message, Page, Receive, Scope, Send, Visit
from services.gateway.link import Link, done
from services.gateway.problems import Malformed
from services.gateway.resources import Context, caller_of, cookies_of, wanted_organisation
from services.gateway.sessions import Caller

log = logging.getLogger(__name__)

QUEUE = "live"
#: How far back a new gateway reads, and how many notices it holds at most.
HELD_SECONDS = 600
MOST_HELD = 20_000
#: Events waiting for one browser; a reader slower than this is sent away and comes back by itself.
MOST_WAITING = 1_000
#: Seconds between two signs of life on a quiet stream.
HEARTBEAT = 15.0
#: Seconds a stream lasts at most. The browser reconnects, and who it is is asked again.
LONGEST = 3600.0
#: Seconds to wait for what another gateway has seen already.
CATCH_UP = 2.0
#: Streams one user may have open.
MOST_PER_USER = 20
PREFETCH = 1_000

#: The id before the first event of a stream.
BEGINNING = -1

#: After these, what is remembered of somebody is no longer true.
ABOUT_ONE = frozenset({"session-ended", "session-changed", "api-key-revoked", "contact-changed"})
ABOUT_MEMBERS = frozenset({"membership-changed"})
ENDING = frozenset({"session-ended", "api-key-revoked"})


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice, ready to be sent."""

    offset: int
    id: str
    time: str
    participants: frozenset[str]
    event: bytes


class Ring:
    """The notices of the last minutes, in the order of the stream.

    All notices after `floor` are held. `floor` is None until the first one has arrived.
    """

    def __init__(self, most: int = MOST_HELD) -> None:
        self._most = most
        self._notices: list[Notice] = []
        self.floor: int | None = None

    @property
    def newest(self) -> int | None:
        """Offset of the last notice."""
        return self._notices[-1].offset if self._notices else self.floor

    def add(self, notice: Notice) -> None:
        """Take the next one; the oldest goes when there are too many."""
        if self.floor is None:
            self.floor = notice.offset - 1
        self._notices.append(notice)
        if len(self._notices) >= self._most + self._most // 4:
            # Many at once, because taking one off the front of a list moves all the others.
            surplus = len(self._notices) - self._most
            self.floor = self._notices[surplus - 1].offset
            del self._notices[:surplus]

    def knows(self, notice: Notice) -> bool:
        """Whether it was here before; False for one of another stream that has the same offset."""
        if self.floor is None or self.newest is None or notice.offset > self.newest:
            return False
        if notice.offset <= self.floor:
            return not self._notices or notice.time <= self._notices[0].time
        at = bisect_right(self._notices, notice.offset - 1, key=lambda held: held.offset)
        return self._notices[at].offset == notice.offset and self._notices[at].id == notice.id

    def clear(self) -> None:
        """Forget everything: the stream has begun anew."""
        self._notices.clear()
        self.floor = None

    def after(self, offset: int) -> list[Notice]:
        """What came after `offset`."""
        return self._notices[bisect_right(self._notices, offset, key=lambda held: held.offset) :]


class Subscriber:
    """One browser that follows. Its events wait here until they are sent."""

    def __init__(self, caller: Caller, organisation_id: str) -> None:
        self.caller = caller
        self.organisation_id = organisation_id
        self._waiting: deque[bytes] = deque()
        self._wake = asyncio.Event()
        self.over = False
        self.from_beginning = False

    def put(self, event: bytes) -> None:
        """One more event; too many of them end the stream, and the browser comes back for the rest."""
        if self.over:
            return
        if len(self._waiting) >= MOST_WAITING:
            counts.dropped_streams.inc()
            self._waiting.clear()
            self.end()
            return
        self._waiting.append(event)
        self._wake.set()

    def end(self, farewell: bytes = b"") -> None:
        """Nothing follows but what waits already."""
        if farewell:
            self._waiting.append(farewell)
        self.over = True
        self._wake.set()

    async def take(self, patience: float) -> bytes | None:
        """What waits, as one piece; empty after `patience` seconds of silence; None at the end."""
        if not self._waiting and not self.over:
            self._wake.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._wake.wait()
        if self._waiting:
            piece = b"".join(self._waiting)
            self._waiting.clear()
            return piece
        return None if self.over else b""


class Live:
    """Reads the stream and feeds the subscribers."""

    def __init__(self, url: str, context: Context, *, queue: str = QUEUE, name: str = "gateway live") -> None:
        self._context = context
        self._queue = queue
        self._link = Link(url, name, self)
        self._channel: Channel | None = None
        self._ring = Ring()
        self._by_organisation: defaultdict[str, set[Subscriber]] = defaultdict(set)
        self._last_seen = time.monotonic()
        self._resuming = False
        self._to_ack: int | None = None
        self._arrived = asyncio.Event()
        self.page = Page("/api/v1/live", self._answer, frozenset({"GET"}))

    def start(self) -> None:
        """Begin to read."""
        self._link.start()

    async def stop(self) -> None:
        """Stop reading."""
        await self._link.stop()

    def end_all(self) -> None:
        """Send everybody away, because this process ends; they come back to another one."""
        for subscriber in self._everybody():
            subscriber.end()

    def not_ready(self) -> str | None:
        """Why nothing is heard of what happens, if so."""
        return None if self._channel is not None else "the stream of live notices is not being read"

    # ------------------------------------------------------------------------------ the stream in

    async def on_up(self, channel: Channel) -> None:
        """Read from some minutes back; what was read before is recognised."""
        back = int(HELD_SECONDS + time.monotonic() - self._last_seen)
        self._resuming = self._ring.newest is not None
        await done(lambda then: channel.basic_qos(prefetch_count=PREFETCH, callback=then))
        await done(
            lambda then: channel.basic_consume(
                self._queue, self._on_message, arguments={"x-stream-offset": f"{back}s"}, callback=then
            )
        )
        self._channel = channel

    def on_down(self, reason: BaseException) -> None:
        """Until the link is back nothing is heard; what is missed is read then."""
        if self._channel is not None:
            self._last_seen = time.monotonic()
            # An announcement that somebody's session has ended may be among what is missed.
            self._context.sessions.forget_all()
            log.warning("the stream of live notices is interrupted: %s", reason)
        self._channel = None
        self._to_ack = None

    def _on_message(
        self, channel: Channel, method: Any, properties: pika.BasicProperties, body: bytes
    ) -> None:
        counts.notices.inc()
        if self._to_ack is None:
            asyncio.get_running_loop().call_soon(self._acknowledge, channel)
        self._to_ack = method.delivery_tag
        offset = (properties.headers or {}).get("x-stream-offset")
        notice = _notice(offset, body)
        if notice is None:
            log.error("a notice in the stream is not readable", extra={"offset": offset})
        elif not self._ring.knows(notice):
            self._take(notice, body)

    def _acknowledge(self, channel: Channel) -> None:
        tag, self._to_ack = self._to_ack, None
        if tag is not None and channel.is_open:
            channel.basic_ack(tag, multiple=True)

    def _take(self, notice: Notice, body: bytes) -> None:
        newest = self._ring.newest
        if newest is not None and (
            notice.offset <= newest or (self._resuming and notice.offset > newest + 1)
        ):
            log.warning("the stream of live notices has begun anew, or a part of it is gone")
            self._ring.clear()
            for subscriber in self._everybody():
                subscriber.put(_reset(notice.offset - 1))
            self._context.sessions.forget_all()
        self._resuming = False
        if newest is None and notice.offset > BEGINNING + 1:
            for subscriber in self._everybody():
                if subscriber.from_beginning:
                    subscriber.put(_reset(notice.offset - 1))
        self._ring.add(notice)
        self._heed(json.loads(body))
        for organisation_id in notice.participants:
            for subscriber in self._by_organisation.get(organisation_id, ()):
                subscriber.put(notice.event)
        self._arrived.set()

    def _heed(self, notice: dict[str, Any]) -> None:
        """Forget what is no longer true, and end the streams of those who may no longer listen."""
        name, subject = notice.get("name"), str(notice.get("subject"))
        if name in ABOUT_ONE:
            self._context.sessions.forget(subject)
        elif name in ABOUT_MEMBERS:
            self._context.sessions.forget(subject, *notice["participants"])
        if name in ENDING:
            self._end(lambda who: who.caller.id == subject, b"event: ended\ndata: {}\n\n")
        elif name in ABOUT_MEMBERS:
            # They reconnect at once, and are asked again who they are.
            self._end(lambda who: who.organisation_id in notice["participants"])

    def _end(self, concerned: Callable[[Subscriber], bool], farewell: bytes = b"") -> None:
        for subscriber in self._everybody():
            if concerned(subscriber):
                subscriber.end(farewell)

    def _everybody(self) -> list[Subscriber]:
        return [subscriber for group in self._by_organisation.values() for subscriber in group]

    # ---------------------------------------------------------------------------- the streams out

    async def _answer(self, visit: Visit) -> Response:
        caller = await caller_of(self._context, visit.headers, cookies_of(visit.headers))
        if caller is None:
            raise Unauthenticated("Sign in first.")
        await self._context.limits.request(caller.user_id)
        query: bytes = visit.scope["query_string"]
        standing = caller.standing(wanted_organisation(visit.headers, query))
        mine = sum(1 for other in self._everybody() if other.caller.user_id == caller.user_id)
        if mine >= MOST_PER_USER:
            raise TooMany(f"You follow in {mine} places already; close one of them.")
        after = _last_seen_by(visit.headers, query)
        if after is not None and after > BEGINNING:
            await self._reach(after)
        return EventStream(self, Subscriber(caller, standing.organisation_id), after)

    async def _reach(self, offset: int) -> None:
        """Wait a moment for `offset`, which the browser may have been sent by a quicker gateway."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CATCH_UP):
                while self._ring.newest is None or self._ring.newest < offset:
                    self._arrived.clear()
                    await self._arrived.wait()

    def joined(self, subscriber: Subscriber, after: int | None) -> None:
        """Send what was missed, and from now on what happens. Nothing can come between the two."""
        floor, newest = self._ring.floor, self._ring.newest
        if after is None:
            subscriber.put(b"retry: 1000\nevent: hello\n" + _id(newest) + b"data: {}\n\n")
        elif after == BEGINNING and floor is None:
            # Nothing has ever been heard here; the first that is heard will show whether something was missed.
            subscriber.from_beginning = True
            subscriber.put(b"retry: 1000\n\n")
        elif floor is None or newest is None or not floor <= after <= newest:
            subscriber.put(b"retry: 1000\n" + _reset(newest))
        else:
            subscriber.put(b"retry: 1000\n\n")
            missed = [
                notice.event
                for notice in self._ring.after(after)
                if subscriber.organisation_id in notice.participants
            ]
            # One piece, however many: the bound on what waits is for those who do not read.
            if missed:
                subscriber.put(b"".join(missed))
        self._by_organisation[subscriber.organisation_id].add(subscriber)
        counts.streams.inc()

    def left(self, subscriber: Subscriber) -> None:
        """It no longer follows."""
        group = self._by_organisation[subscriber.organisation_id]
        if subscriber in group:
            group.discard(subscriber)
            counts.streams.dec()
        if not group:
            del self._by_organisation[subscriber.organisation_id]

    def heartbeat(self) -> bytes:
        """A sign of life. It moves the browser's last id on, so that coming back later needs no reset."""
        return b": alive\n" + _id(self._ring.newest) + b"\n"


class EventStream(Response):
    """The answer that does not end: events until the browser leaves, or is sent away."""

    def __init__(self, live: Live, subscriber: Subscriber, after: int | None) -> None:
        super().__init__(media_type="text/event-stream; charset=utf-8")
        self._live = live
        self._subscriber = subscriber
        self._after = after
        del self.headers["content-length"]
        self.headers["cache-control"] = "no-store, no-transform"
        self.headers["x-accel-buffering"] = "no"

    async def __call__(self, _scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the end."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        gone = asyncio.create_task(_until_gone(receive))
        gone.add_done_callback(lambda _: self._subscriber.end())
        self._live.joined(self._subscriber, self._after)
        try:
            await self._stream(send, gone)
        finally:
            self._live.left(self._subscriber)
            gone.cancel()

    async def _stream(self, send: Send, gone: "asyncio.Task[None]") -> None:
        until = time.monotonic() + LONGEST
        while time.monotonic() < until:
            piece = await self._subscriber.take(HEARTBEAT)
            if piece is None or gone.done():
                break
            await send(_body(piece or self._live.heartbeat(), more=True))
        if not gone.done():
            await send(_body(b"", more=False))


def _body(piece: bytes, *, more: bool) -> Message:
    return {"type": "http.response.body", "body": piece, "more_body": more}


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _last_seen_by(headers: Any, query: bytes) -> int | None:
    text = headers.get("last-event-id")
    if text is None:
        text = parse_qs(query.decode("latin-1")).get("after", [None])[0]
    if not text:
        return None
    if text == str(BEGINNING):
        return BEGINNING
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        raise Malformed("Last-Event-ID must be the id of an event of this stream.")
    return int(text)


def _notice(offset: Any, body: bytes) -> Notice | None:
    try:
        notice = json.loads(body)
        told = {name: notice[name] for name in ("id", "type", "name", "kind", "subject", "sequence", "time")}
        participants = frozenset(notice["participants"])
    except (ValueError, KeyError, TypeError):
        return None
    if not isinstance(offset, int):
        return None
    # The other participants are left out: who else may know is not everybody's business.
    event = b"id: %d\ndata: %s\n\n" % (offset, json.dumps(told, separators=(",", ":")).encode())
    return Notice(offset, str(notice["id"]), str(notice["time"]), participants, event)


def _id(offset: int | None) -> bytes:
    return b"id: %d\n" % (BEGINNING if offset is None else offset)


def _reset(offset: int | None) -> bytes:
    return b"event: reset\n" + _id(offset) + b"data: {}\n\n"

"""HTTP/1.1 on a socket, with the limits uvicorn does not have.

uvicorn waits for ever for the head of a request, takes a head of any size, and accepts connections until the
process has no file descriptors left. A client that opens sockets and says nothing could so keep everybody
else out. Here a head has a few seconds and 32 KiB; and when there are too many connections, those that
have not said anything yet, or are idle, are the ones to go.
"""

import asyncio
import json
from asyncio.events import TimerHandle
from collections import OrderedDict
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.gateway import counts

#: Seconds for the head of a request to arrive, from its first byte or from the opening of the connection.
HEAD_PATIENCE = 5.0
#: Bytes of the head of one request.
MOST_HEAD_BYTES = 32_768
#: Seconds for which a client may refuse to take its answer.
WRITE_PATIENCE = 30.0


class Connections:
    """The connections of one server: how many there may be, and which of them wait for a head."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.open = 0
        self._waiting: OrderedDict[GuardedProtocol, None] = OrderedDict()

    @property
    def working(self) -> int:
        """Connections with a request under way."""
        return self.open - len(self._waiting)

    def opened(self) -> None:
        """One more; if that is too many, the one that has been silent for longest makes room."""
        self.open += 1
        counts.connections.set(self.open)
        if self.open > self.most and self._waiting:
            next(iter(self._waiting)).end("crowded")

    def closed(self, connection: "GuardedProtocol") -> None:
        """One less."""
        self.open -= 1
        counts.connections.set(self.open)
        self._waiting.pop(connection, None)

    def waits(self, connection: "GuardedProtocol") -> None:
        """It has no request under way."""
        self._waiting[connection] = None

    def works(self, connection: "GuardedProtocol") -> None:
        """It has sent the head of a request."""
        self._waiting.pop(connection, None)


class GuardedProtocol(HttpToolsProtocol):
    """One connection. `connections` and `headers` are set by the server before it accepts any."""

    shared: Connections
    error_headers: tuple[tuple[bytes, bytes], ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._head_bytes = 0
        self._in_head = True
        # An answer may be out before its request's body is in (413); what still comes is no head.
        self._in_body = False
        self._head_timer: TimerHandle | None = None
        self._write_timer: TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected; from now on it has a few seconds to say what it wants."""
        super().connection_made(transport)
        self._await_head()
        self.shared.waits(self)
        self.shared.opened()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is over, whoever ended it."""
        self._stop_timers()
        self.shared.closed(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """More of a request."""
        if self._in_head and not self._in_body:
            if self._head_timer is None:
                self._await_head()
            self._head_bytes += len(data)
            # A body may follow in the same packet, so only a head that does not end is too large.
            if self._head_bytes > MOST_HEAD_BYTES and b"\r\n\r\n" not in data:
                counts.refused_connections.labels("large").inc()
                self._refuse(431, "headers-too-large", "The head of the request is larger than 32 KiB.")
                return
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """The head has arrived: the request can be answered."""
        self._in_head = False
        self._in_body = True
        self._head_bytes = 0
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        self.shared.works(self)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """The request is in, to its last byte."""
        self._in_body = False
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """The answer is out; the connection waits for the next request."""
        self._in_head = True
        self.shared.waits(self)
        super().on_response_complete()

    def pause_writing(self) -> None:
        """The client does not take what is sent."""
        super().pause_writing()
        self._write_timer = self.loop.call_later(WRITE_PATIENCE, self.end, "unread")

    def resume_writing(self) -> None:
        """It takes it again."""
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None
        super().resume_writing()

    def send_400_response(self, _msg: str) -> None:
        """What is not HTTP gets a problem like everything else."""
        self._refuse(400, "malformed", "This is not a valid HTTP request.")

    def end(self, reason: str) -> None:
        """Drop the connection without a word."""
        counts.refused_connections.labels(reason).inc()
        self.shared.works(self)
        self.transport.abort()

    def _await_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_PATIENCE, self._head_too_slow)

    def _head_too_slow(self) -> None:
        self._head_timer = None
        if self._head_bytes:
            counts.refused_connections.labels("slow").inc()
            self._refuse(408, "request-timeout", "The head of the request did not arrive in time.")
        else:
            self.end("silent")

    def _refuse(self, status: int, code: str, detail: str) -> None:
        if self.transport.is_closing():
            return
        problem = {
            "type": f"/problems/{code}",
            "title": code.replace("-", " ").capitalize(),
            "status": status,
            "detail": detail,
        }
        body = json.dumps(problem).encode()
        lines = [f"HTTP/1.1 {status} {problem['title']}".encode()]
        lines += [name + b": " + value for name, value in self.error_headers]
        lines += [
            b"content-type: application/problem+json",
            b"content-length: " + str(len(body)).encode(),
            b"connection: close",
        ]
        self.transport.write(b"\r\n".join(lines) + b"\r\n\r\n" + body)
        self.transport.close()

    def _stop_timers(self) -> None:
        for timer in (self._head_timer, self._write_timer):
            if timer is not None:
                timer.cancel()
        self._head_timer = self._write_timer = None

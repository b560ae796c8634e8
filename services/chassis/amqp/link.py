"""One connection to the broker, shared by many greenlets and read by exactly one.

py-amqp speaks the protocol; three things are different here.

* Any greenlet may call a method that waits for the broker's answer: only the link's own reader touches the
  socket, the others wait until it has seen the answer. (py-amqp lets whoever waits read, which eventlet
  refuses: "second simultaneous read".)
* An error on a channel ends that channel alone, and is told to those who use it, instead of rising out of
  whatever the reader was doing.
* The properties of an incoming message are read with care. A header table that py-amqp cannot read (a
  timestamp beyond the year 9999, an unknown type, a thousand nested tables) makes it raise in the middle of
  its loop, and the message comes back for ever; here it makes a message without headers.
"""

import logging
import ssl
import struct
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, Self
from urllib.parse import unquote, urlsplit

import amqp
import eventlet
from amqp import spec
from amqp.exceptions import AMQPError, ConnectionForced, error_for_code
from amqp.method_framing import frame_handler
from amqp.serialization import GenericContent
from eventlet.event import Event
from eventlet.greenthread import GreenThread

log = logging.getLogger(__name__)

#: Seconds. A broker that has been silent for two of them is taken for gone.
HEARTBEAT: Final = 10
#: Seconds to wait for a connection, for an answer of the broker, and for a write to be taken.
PATIENCE: Final = 10

#: What a link or a channel may raise when the broker is not there or refuses.
BROKER_ERRORS: Final = (AMQPError, OSError, eventlet.Timeout)

_DELIVER: Final = struct.pack(">HH", *spec.Basic.Deliver)


class Incoming(GenericContent):  # type: ignore[misc]  # py-amqp is untyped
    """A message as delivered. Nothing in it is trusted; what could not be read is absent."""

    CLASS_ID = spec.Basic.CLASS_ID

    def __init__(self, frame: bytes) -> None:
        super().__init__()
        self.body = b""
        self.tag, self.redelivered, self.exchange, self.routing_key = _delivery(frame)

    def _load_properties(self, class_id: int, buf: bytes, offset: int) -> int:
        # Any exception at all: the reader behind this is given hostile bytes, and it raises whatever its
        # parts raise (ValueError, OverflowError, RecursionError, struct.error, FrameSyntaxError, …).
        try:
            return int(super()._load_properties(class_id, buf, offset))
        except Exception as error:  # noqa: BLE001
            log.warning("unreadable message properties are ignored: %s", type(error).__name__)
            self.properties.clear()
            return len(buf)

    @property
    def headers(self) -> Mapping[object, object]:
        headers = self.properties.get("application_headers")
        return headers if isinstance(headers, dict) else {}

    def text(self, name: str) -> str | None:
        """A property that is text, such as `reply_to`; None when it is absent or empty."""
        value = self.properties.get(name)
        return value if isinstance(value, str) and value else None


def _delivery(frame: bytes) -> tuple[int, bool, str, str]:
    """Delivery tag, redelivered flag, exchange and routing key of a `basic.deliver`."""
    at = 5 + frame[4]
    tag, flags = struct.unpack_from(">QB", frame, at)
    at += 9
    exchange = frame[at + 1 : at + 1 + frame[at]]
    at += 1 + frame[at]
    routing_key = frame[at + 1 : at + 1 + frame[at]]
    return tag, bool(flags & 1), exchange.decode("utf-8", "replace"), routing_key.decode("utf-8", "replace")


def _frames(link: "Link", callback: Callable[..., None]) -> Callable[[tuple[int, int, bytes]], bool]:
    """A frame handler for py-amqp that keeps deliveries to itself and leaves all else to py-amqp's own."""
    ordinary = frame_handler(link, callback)
    unfinished: dict[int, Incoming] = {}

    def on_frame(frame: tuple[int, int, bytes]) -> bool:
        kind, channel_id, payload = frame
        if kind == 1 and payload[:4] == _DELIVER:
            link.bytes_recv += 1
            unfinished[channel_id] = Incoming(payload)
            return False
        message = unfinished.get(channel_id) if kind in (2, 3) else None
        if message is None:
            return bool(ordinary(frame))
        link.bytes_recv += 1
        if kind == 2:
            message.inbound_header(payload)
        else:
            message.inbound_body(payload)
        if not message.ready:
            return False
        del unfinished[channel_id]
        channel = link.channels.get(channel_id)
        if channel is not None:
            channel.on_message(message)
        return True

    return on_frame


class Channel(amqp.Channel):  # type: ignore[misc]  # py-amqp is untyped
    """A channel whose end is a state (`closed_because`) and not an exception in somebody else's loop."""

    closed_because: AMQPError | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_decode = False
        self.on_message: Callable[[Incoming], None] = lambda _message: None
        #: Called when the channel ends, or when the broker ends its consumer (its queue was deleted).
        self.on_end: Callable[[], None] = lambda: None

    def collect(self) -> None:
        super().collect()
        self.on_end()

    def _on_close(self, reply_code: int, reply_text: str, class_id: int, method_id: int) -> None:
        self.closed_because = error_for_code(reply_code, reply_text, (class_id, method_id), amqp.ChannelError)
        self.send_method(spec.Channel.CloseOk)
        self.collect()

    def _on_basic_cancel(self, consumer_tag: str) -> None:
        self._remove_tag(consumer_tag)
        self.on_end()

    def wait(self, *args: Any, **kwargs: Any) -> Any:
        try:
            with eventlet.Timeout(PATIENCE):
                return super().wait(*args, **kwargs)
        except AMQPError:
            if self.closed_because is not None:
                raise self.closed_because from None
            raise

    def publish(self, message: amqp.Message, exchange: str, routing_key: str, *, mandatory: bool) -> None:
        """Write the message out; the broker's confirm, if any, comes later.

        py-amqp's own `basic_publish` reads from the socket first, which only the reader may do.
        """
        with eventlet.Timeout(PATIENCE):
            self.send_method(
                spec.Basic.Publish, "Bssbb", (0, exchange, routing_key, mandatory, False), message
            )


class Link(amqp.Connection):  # type: ignore[misc]  # py-amqp is untyped
    """An open connection. It is used until `ended` is sent, then thrown away; it never reconnects itself."""

    Channel = Channel

    @classmethod
    def open(cls, url: str, name: str) -> Self:
        """Connect, or raise one of `BROKER_ERRORS`. `name` is what the broker's lists show."""
        link = cls(
            **_parameters(url),
            heartbeat=HEARTBEAT,
            connect_timeout=PATIENCE,
            client_properties={"connection_name": name},
            frame_handler=_frames,
        )
        link.on_blocked = partial(setattr, link, "blocked")
        link.on_unblocked = partial(setattr, link, "blocked", "")
        with eventlet.Timeout(PATIENCE):
            link.connect()
        link._reader = eventlet.spawn(link._read)
        link._ticker = eventlet.spawn(link._tick)
        return link

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ended: Event = Event()
        #: Why the broker takes no messages from this connection at present (its memory or disk is short).
        self.blocked = ""
        self._waiting: list[Event] = []
        self._reader: GreenThread | None = None
        self._ticker: GreenThread | None = None

    @property
    def alive(self) -> bool:
        return not self.ended.ready()

    def drain_events(self, timeout: float | None = None) -> None:
        """Wait until the reader has seen one more method of the broker (or, without a reader yet, read)."""
        if self._reader is None:
            super().drain_events(timeout)
            return
        if not self.alive:
            raise ConnectionForced("the connection to the broker has ended")
        turn = Event()
        self._waiting.append(turn)
        turn.wait()

    def shut(self, error: BaseException | None = None) -> None:
        """Drop the connection without a word. Whatever was not settled, the broker gives out again."""
        if self.alive:
            self.ended.send(error)
            for greenlet in (self._reader, self._ticker):
                if greenlet is not None and greenlet is not eventlet.getcurrent():
                    greenlet.kill()
            self.collect()
            self._wake()

    def close_politely(self) -> None:
        """Close with the protocol's farewell, so that the broker logs no error and all writes arrive."""
        if self.alive:
            try:
                with eventlet.Timeout(PATIENCE):
                    self.close()
            except BROKER_ERRORS as error:
                log.info("the broker did not say goodbye: %s", error)
            self.shut()

    def _read(self) -> None:
        error: BaseException | None = None
        try:
            while self._transport is not None:
                if self.blocking_read() and self._waiting:
                    self._wake()
        except Exception as failure:  # noqa: BLE001
            # Whatever it is, this connection can no longer be read; those who use it reconnect.
            error = failure
        self.shut(error)

    def _tick(self) -> None:
        try:
            while True:
                eventlet.sleep(1)
                self.heartbeat_tick()
        except BROKER_ERRORS as error:
            self.shut(error)

    def _wake(self) -> None:
        waiting, self._waiting = self._waiting, []
        for turn in waiting:
            turn.send()


def _parameters(url: str) -> dict[str, object]:
    """What py-amqp wants to know, from an `amqp://` or `amqps://` address."""
    parts = urlsplit(url)
    if parts.scheme not in ("amqp", "amqps") or not parts.hostname:
        raise ValueError("the broker's address must look like amqp://user:password@host:5672/vhost")
    secure = parts.scheme == "amqps"
    return {
        "host": f"{parts.hostname}:{parts.port or (5671 if secure else 5672)}",
        "userid": unquote(parts.username or "guest"),
        "password": unquote(parts.password or "guest"),
        "login_method": "PLAIN",
        "virtual_host": unquote(parts.path[1:]) or "/",
        "ssl": {"context": ssl.create_default_context()} if secure else False,
    }

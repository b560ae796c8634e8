"""Puts messages into a broker as a relay, a gateway or an attacker would, and looks at what is left."""

import json
import struct
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Self

import pika
from pika.exceptions import AMQPError, ChannelClosedByBroker, UnroutableError

from tests.service.chassis.processes import SOON, eventually, wait_until

#: The queue of the event `happened`, by variant of the host.
QUEUES = {"ours": "taker.happened", "stock": "evt-maker-happened--taker.on_happened"}

#: The queues of both events, by variant of the host.
ALL_QUEUES = {
    "ours": ("taker.happened", "taker.also-happened"),
    "stock": (QUEUES["stock"], "evt-maker-also-happened--taker.on_also_happened"),
}


class Messages:
    """One connection of the test itself; used as a context manager."""

    def __init__(self, amqp_url: str) -> None:
        self._url = amqp_url

    def __enter__(self) -> Self:
        self._connection = pika.BlockingConnection(pika.URLParameters(self._url))
        self._channel = self._connection.channel()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(AMQPError):
            self._connection.close()

    def reconnect(self) -> None:
        """After the broker was away."""
        self.__exit__()
        self.__enter__()

    def announce(self, *bodies: object, event: str = "happened", confirmed: bool = True) -> None:
        """Publish events of `maker` as the relay does; each is in a queue when this returns."""
        self.put(*(json.dumps(body).encode() for body in bodies), event=event, confirmed=confirmed)

    def put(self, *bodies: bytes, event: str = "happened", confirmed: bool = True, **properties: Any) -> None:
        """Publish any bytes with any properties to the exchange of `maker`."""
        channel = self._connection.channel()
        if confirmed:
            channel.confirm_delivery()
        sent = pika.BasicProperties(**{"delivery_mode": 2, "content_type": "application/json", **properties})
        for body in bodies:
            channel.basic_publish("maker.events", event, body, sent, mandatory=confirmed)
        channel.close()

    def put_with_headers(self, body: bytes, headers: dict[str, object] | bytes) -> None:
        """Publish `happened` with headers, given as values or as the bytes of the table."""
        if isinstance(headers, bytes):
            self._channel.basic_publish("maker.events", "happened", body, _RawHeaders(headers))
        else:
            self.put(body, headers=headers)

    def call(
        self, request: Mapping[str, object] | None = None, patience: float = SOON, **properties: Any
    ) -> Any:
        """Call `taker.ask` as nameko does and return what is answered; fails when there is no answer."""
        with self.answers() as (reply_to, next_answer):
            self.send_call(request or {"do": "note", "n": "call"}, reply_to=reply_to, **properties)
            return next_answer(patience)

    def send_call(
        self,
        request: object,
        *,
        key: str | bytes = "taker.ask",
        body: bytes | None = None,
        without: tuple[str, ...] = (),
        **properties: Any,
    ) -> None:
        """Send a call and do not wait; `without` names properties to leave out."""
        given = {
            "content_type": "application/json",
            "reply_to": "nobody",
            "correlation_id": uuid.uuid4().hex,
            **properties,
        }
        kept = {name: value for name, value in given.items() if name not in without}
        payload = json.dumps({"args": [], "kwargs": request}).encode() if body is None else body
        self._channel.basic_publish("nameko-rpc", key, payload, pika.BasicProperties(**kept))

    @contextmanager
    def answers(self) -> Iterator[tuple[str, Callable[[float], Any]]]:
        """A reply queue: its routing key, and a function that waits for the next answer."""
        queue = self._channel.queue_declare("", exclusive=True).method.queue
        key = uuid.uuid4().hex
        self._channel.queue_bind(queue, "nameko-rpc", key)

        def next_answer(patience: float) -> Any:
            def get() -> bytes | None:
                body: bytes | None = self._channel.basic_get(queue, auto_ack=True)[2]
                return body

            return json.loads(wait_until(get, patience, "an answer"))

        yield key, next_answer
        self._channel.queue_delete(queue)

    def left_in(self, queue: str) -> int:
        """How many messages wait in a queue, those in work not counted; 0 if there is no such queue."""
        channel = self._connection.channel()
        try:
            count: int = channel.queue_declare(queue, passive=True).method.message_count
        except ChannelClosedByBroker:
            return 0
        channel.close()
        return count

    def left(self, queue: str, count: int, patience: float = SOON) -> bool:
        """Whether so many messages are soon left in a queue: to be asserted."""
        return bool(eventually(lambda: self.left_in(queue) == count, patience))

    def accounted_for(self, variant: str) -> int:
        """Messages of `happened` that are still somewhere: in the queue, waiting for a retry, or dead."""
        places = [QUEUES[variant], "taker.dead-letters", "delay.5s", "delay.60s", "delay.600s"]
        return sum(self.left_in(place) for place in places)

    def take(self, queue: str) -> tuple[pika.BasicProperties, bytes]:
        """The next message of a queue, waited for and removed."""

        def get() -> tuple[pika.BasicProperties, bytes] | None:
            method, properties, body = self._channel.basic_get(queue, auto_ack=True)
            return (properties, body) if method else None

        taken: tuple[pika.BasicProperties, bytes] = wait_until(get, SOON, f"a message in {queue}")
        return taken

    def declare_queue(self, name: str, arguments: Mapping[str, Any]) -> None:
        self._channel.queue_declare(name, durable=True, arguments=dict(arguments))

    def unbind(self, queue: str, exchange: str, key: str) -> None:
        self._channel.queue_unbind(queue, exchange, key)

    def publish(self, exchange: str, key: str, body: bytes) -> bool:
        """Publish as the relay does; whether some queue took it."""
        channel = self._connection.channel()
        channel.confirm_delivery()
        try:
            channel.basic_publish(exchange, key, body, pika.BasicProperties(delivery_mode=2), mandatory=True)
        except UnroutableError:
            return False
        finally:
            channel.close()
        return True

    def take_and_return(self, queue: str, times: int) -> int:
        """Take a message and put it back, again and again; how often it could be taken."""
        for taken in range(times):
            method, _, _ = self._channel.basic_get(queue)
            if method is None:
                return taken
            self._channel.basic_reject(method.delivery_tag, requeue=True)
        return times

    def delete_queue(self, name: str) -> None:
        self._channel.queue_delete(name)

    def consumers(self, queue: str) -> int:
        """How many processes consume from a queue."""
        channel = self._connection.channel()
        try:
            count: int = channel.queue_declare(queue, passive=True).method.consumer_count
        except ChannelClosedByBroker:
            return 0
        channel.close()
        return count

    def wait_for_consumer(self, variant: str, patience: float = 60) -> None:
        """Until the host of this variant receives events and calls."""
        wait_until(
            lambda: self.consumers(QUEUES[variant]) and self.consumers("rpc-taker"), patience, "a consumer"
        )

    def announce_unheard(self, variant: str, body: object) -> None:
        """Publish before any subscriber was ever started; the exchange is there in either variant."""
        if variant == "stock":
            self._channel.exchange_declare("maker.events", "topic", durable=True)
        self.announce(body, confirmed=variant == "ours")

    def pause(self, seconds: float) -> None:
        """Let the connection live for a while: for tests that count what happens in a stretch of time."""
        deadline = time.monotonic() + seconds
        while (rest := deadline - time.monotonic()) > 0:
            self._connection.process_data_events(rest)


class _RawHeaders(pika.BasicProperties):
    """A persistent message's properties with a header table that pika would not write."""

    def __init__(self, table: bytes) -> None:
        super().__init__(content_type="application/json", delivery_mode=2)
        self._table = table

    def encode(self) -> list[bytes]:
        kind = b"application/json"
        flags = self.FLAG_CONTENT_TYPE | self.FLAG_HEADERS | self.FLAG_DELIVERY_MODE
        return [
            struct.pack(">HB", flags, len(kind)),
            kind,
            struct.pack(">I", len(self._table)),
            self._table,
            b"\x02",
        ]

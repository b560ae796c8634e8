"""What a service process itself sends to the broker: confirmed messages, and replies.

Events are not among them: those are published by the relay. A process sends only what follows from a message
it received: a retry, a dead letter, the answer of a call.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import amqp
import eventlet
from prometheus_client import Counter

from services.chassis.amqp.kept import Doorbell, KeptLink
from services.chassis.amqp.link import BROKER_ERRORS, PATIENCE, Channel, Link

log = logging.getLogger(__name__)

_lost_replies = Counter(
    "counterpart_rpc_replies_dropped_total",
    "Answers the broker could not take; their callers time out",
    ["service"],
)

PERSISTENT = 2
TRANSIENT = 1


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to publish, kept on disk by the broker."""

    exchange: str
    routing_key: str
    body: bytes
    content_type: str | None
    headers: Mapping[str, str | int]


class ConfirmedPublisher(KeptLink):
    """Publishes on a connection of its own and waits for the broker to say that it has the messages."""

    purpose = "publishing"

    def __init__(self) -> None:
        super().__init__()
        self._turn = eventlet.Semaphore()
        self._channel: Channel | None = None
        self._sent = 0
        self._unconfirmed: set[int] = set()
        self._refused: dict[int, str] = {}
        self._bell = Doorbell()

    def prepare(self, link: Link) -> None:
        channel = link.channel()
        channel.confirm_select()
        channel.events["basic_ack"].add(self._on_ack)
        channel.events["basic_nack"].add(self._on_nack)
        channel.events["basic_return"].add(self._on_return)
        channel.on_end = self._bell.ring
        self._channel, self._sent = channel, 0

    def publish(self, messages: Sequence[Outgoing]) -> list[str | None]:
        """For each message None when the broker has it, or a sentence that says why that is not certain."""
        with self._turn:
            channel = self._usable_channel()
            if isinstance(channel, str):
                return [channel] * len(messages)
            first = self._sent + 1
            tags = range(first, first + len(messages))
            self._unconfirmed, self._refused = set(tags), {}
            try:
                for tag, message in zip(tags, messages, strict=True):
                    self._sent = tag
                    channel.publish(
                        _as_amqp(message, tag), message.exchange, message.routing_key, mandatory=True
                    )
            except BROKER_ERRORS as error:
                self._drop(error)
            self._bell.wait_until(lambda: not self._unconfirmed or not channel.is_open, PATIENCE)
            if self._unconfirmed:
                self._drop(channel.closed_because)
            return [
                self._refused.get(
                    tag, "the broker has not confirmed it" if tag in self._unconfirmed else None
                )
                for tag in tags
            ]

    def _usable_channel(self) -> Channel | str:
        link = self.wait_for_link(patience=2)
        if link is None:
            return self.fault or "not connected to the broker"
        if link.blocked:
            return "the broker takes no messages at present"
        assert self._channel is not None
        return self._channel

    def _drop(self, error: BaseException | None) -> None:
        """Begin again with a new connection: on this one nobody knows what a late confirm would mean."""
        if self.link is not None:
            self.link.shut(error)

    def _on_ack(self, tag: int, multiple: bool) -> None:
        if multiple:
            self._unconfirmed = {other for other in self._unconfirmed if other > tag}
        else:
            self._unconfirmed.discard(tag)
        self._bell.ring()

    def _on_nack(self, tag: int, multiple: bool) -> None:
        for refused in [other for other in self._unconfirmed if other == tag or (multiple and other < tag)]:
            self._refused[refused] = "the broker refused it"
        self._on_ack(tag, multiple)

    def _on_return(self, _error: Exception, exchange: str, routing_key: str, message: Any) -> None:
        # The return of an unroutable message comes before its confirm, and carries our number for it.
        self._refused[int(message.properties["message_id"])] = (
            f"no queue takes {routing_key!r} from the exchange {exchange!r}"
        )


class Replies(KeptLink):
    """Sends the answers of calls, transient and unconfirmed.

    A lost answer is what a caller must expect anyway: it times out and repeats its command, which has one
    effect. Waiting for a confirm costs a quarter of the whole call.
    """

    purpose = "replies"

    def __init__(self) -> None:
        super().__init__()
        self._channel: Channel | None = None

    def prepare(self, link: Link) -> None:
        self._channel = link.channel()

    def send(self, exchange: str, reply_to: str, correlation_id: str, body: bytes) -> None:
        """Send, or count and log that the answer is lost. Never raises for the broker's sake."""
        link = self.wait_for_link(patience=2)
        if link is None or link.blocked or self._channel is None:
            self._lose(link.blocked if link is not None else self.fault)
            return
        message = amqp.Message(
            body,
            content_type="application/json",
            content_encoding="utf-8",
            correlation_id=correlation_id,
            delivery_mode=TRANSIENT,
        )
        try:
            self._channel.publish(message, exchange, reply_to, mandatory=False)
        except BROKER_ERRORS as error:
            link.shut(error)
            self._lose(str(error))

    def _lose(self, reason: str | None) -> None:
        _lost_replies.labels(self.container.service_name).inc()
        log.warning("an answer is dropped, its caller will time out: %s", reason)


def _as_amqp(message: Outgoing, tag: int) -> amqp.Message:
    properties: dict[str, Any] = {"content_type": message.content_type} if message.content_type else {}
    return amqp.Message(
        message.body,
        application_headers=dict(message.headers),
        delivery_mode=PERSISTENT,
        message_id=str(tag),
        **properties,
    )

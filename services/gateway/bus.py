"""Commands and queries to the services: RPC over RabbitMQ in nameko's wire format, spoken by pika.

One connection, one exclusive queue for the replies. nameko's services answer through the exchange
`nameko-rpc`, so the reply queue is bound to it; RabbitMQ's direct reply-to cannot be used.

Every call ends: with the answer, with the service's refusal, or with `Unavailable` when the time is up,
when no queue is there to take the message, when the connection breaks, or when too many calls are under
way already. The message expires in the broker together with the caller's patience, so that a service
that comes back late does not run what nobody waits for any more.
"""

import asyncio
import json
import logging
import time
import uuid
from dataclasses import dataclass
from typing import Any, Protocol

import pika
from pika.channel import Channel
from pika.exceptions import AMQPError

from services.chassis.errors import CounterpartError, Fault, Unavailable
from services.gateway.link import Link, done
from services.gateway.problems import ServiceFailed

log = logging.getLogger(__name__)

EXCHANGE = "nameko-rpc"
#: Seconds a caller waits for an answer.
PATIENCE = 5.0
#: Calls under way in one process. Beyond it a caller is told at once to come back.
MOST_IN_FLIGHT = 500
#: Seconds during which a `later` refusal is asked again, and the pauses between.
LATER_PATIENCE = 2.0
LATER_PAUSES = (0.02, 0.05, 0.1, 0.2, 0.4)
#: Time-outs of one service in a row after which its calls fail at once, and for how many seconds.
TIMEOUTS_TO_OPEN = 5
OPEN_FOR = 2.0


class Told(CounterpartError):
    """A refusal as the service told it: status, code, sentence and faults are the service's own."""

    def __init__(self, refused: dict[str, Any]) -> None:
        faults = (Fault(fault["field"], fault["detail"]) for fault in refused.get("faults", ()))
        super().__init__(refused["detail"], faults)
        self.status = int(refused["status"])  # type: ignore[misc]
        self.code = str(refused["code"])  # type: ignore[misc]
        self.soon = self.code == "later" or bool(refused.get("soon"))


@dataclass(frozen=True, slots=True)
class Wish:
    """One command or query as it travels. `payload` and `actor` are JSON texts, made once."""

    service: str
    method: str
    payload: str
    actor: str = "null"
    command_id: str | None = None
    expected: int | None = None
    correlation_id: str = ""

    def body(self) -> bytes:
        """The message: nameko's `args` and `kwargs`."""
        command_id = "null" if self.command_id is None else json.dumps(self.command_id)
        expected = "null" if self.expected is None else str(self.expected)
        return (
            f'{{"args":[],"kwargs":{{"actor":{self.actor},"command_id":{command_id},"expected":{expected},'
            f'"correlation_id":{json.dumps(self.correlation_id)},"payload":{self.payload}}}}}'
        ).encode()


class Answer:
    """What a service answered: the JSON text as it came, and its value for who needs to look inside.

    Mostly nobody does, and the text goes to the caller as it is.
    """

    __slots__ = ("_value", "text")

    def __init__(self, text: bytes) -> None:
        self.text = text
        self._value: Any = _UNREAD

    @property
    def value(self) -> Any:
        """The answer as JSON values."""
        if self._value is _UNREAD:
            self._value = json.loads(self.text)
        return self._value


_UNREAD = object()


class Meter(Protocol):
    """Where the bus counts."""

    def call_ended(self, service: str, method: str, outcome: str, seconds: float) -> None:
        """One call has ended: `ok`, `refused`, `failed`, `timeout`, `absent`, `lost`, `open` or `full`."""


class Silent:
    """A meter that counts nothing."""

    def call_ended(self, service: str, method: str, outcome: str, seconds: float) -> None:
        """Not counted."""


class _Circuit:
    """Keeps callers from queueing up behind a service that does not answer.

    After a few time-outs in a row it is open: calls fail at once. Every two seconds one call is let through,
    and the first answer closes it.
    """

    __slots__ = ("_next_probe", "_timeouts")

    def __init__(self) -> None:
        self._timeouts = 0
        self._next_probe = 0.0

    def admits(self, now: float) -> bool:
        if self._timeouts < TIMEOUTS_TO_OPEN:
            return True
        if now < self._next_probe:
            return False
        self._next_probe = now + OPEN_FOR
        return True

    def answered(self) -> None:
        self._timeouts = 0

    def timed_out(self, now: float) -> None:
        self._timeouts += 1
        self._next_probe = now + OPEN_FOR


class Bus:
    """The gateway's end of the RPC. Start it inside a running event loop."""

    def __init__(
        self,
        url: str,
        *,
        patience: float = PATIENCE,
        most_in_flight: int = MOST_IN_FLIGHT,
        meter: Meter | None = None,
        name: str = "gateway rpc",
    ) -> None:
        self._patience = patience
        self._most_in_flight = most_in_flight
        self._meter: Meter = meter or Silent()
        self._link = Link(url, name, self)
        self._channel: Channel | None = None
        self._reply_to = ""
        self._waiting: dict[str, asyncio.Future[bytes]] = {}
        self._circuits: dict[str, _Circuit] = {}
        self._came_up = asyncio.Event()
        self._prefix = uuid.uuid4().hex[:16]
        self._count = 0

    @property
    def ready(self) -> bool:
        """Whether calls can be made now."""
        return self._channel is not None

    @property
    def in_flight(self) -> int:
        """Calls that wait for an answer."""
        return len(self._waiting)

    def start(self) -> None:
        """Connect, and stay connected until `stop`."""
        self._link.start()

    async def came_up(self, seconds: float) -> None:
        """Wait until calls can be made; raises TimeoutError."""
        async with asyncio.timeout(seconds):
            await self._came_up.wait()

    async def stop(self) -> None:
        """Close the connection; calls under way fail."""
        await self._link.stop()

    # ------------------------------------------------------------------------------------- calls

    async def call(self, wish: Wish) -> Answer:
        """The service's answer; raises what the service refused, or `Unavailable`.

        A refusal with the code `later` (or marked `soon`) means that an event may not have arrived yet: the same
        wish is asked again for up to two seconds, with the same command id, so it still happens once.
        """
        until = time.monotonic() + LATER_PATIENCE
        body = wish.body()
        attempt = 0
        while True:
            try:
                return await self._measured(wish, body)
            except Told as refusal:
                pause = LATER_PAUSES[min(attempt, len(LATER_PAUSES) - 1)]
                if not refusal.soon or time.monotonic() + pause > until:
                    raise
            attempt += 1
            await asyncio.sleep(pause)

    async def _measured(self, wish: Wish, body: bytes) -> Answer:
        began = time.perf_counter()
        outcome = "lost"
        try:
            answer = await self._asked(wish, body)
            outcome = "ok"
        except Told:
            outcome = "refused"
            raise
        except _Unanswered as failure:
            outcome = failure.outcome
            raise
        except ServiceFailed:
            outcome = "failed"
            raise
        else:
            return answer
        finally:
            self._meter.call_ended(wish.service, wish.method, outcome, time.perf_counter() - began)

    async def _asked(self, wish: Wish, body: bytes) -> Answer:
        circuit = self._circuits.get(wish.service)
        if circuit is None:
            circuit = self._circuits[wish.service] = _Circuit()
        if len(self._waiting) >= self._most_in_flight:
            raise _Unanswered("full", "Too many requests are under way; try again in a moment.")
        if not circuit.admits(time.monotonic()):
            raise _Unanswered("open", f"The {wish.service} service does not answer at the moment.")
        correlation_id, reply = self._published(wish, body)
        try:
            async with asyncio.timeout(self._patience):
                message = await reply
        except TimeoutError:
            circuit.timed_out(time.monotonic())
            raise _Unanswered("timeout", f"The {wish.service} service did not answer in time.") from None
        finally:
            self._waiting.pop(correlation_id, None)
        circuit.answered()
        return _unpacked(message, wish)

    def _published(self, wish: Wish, body: bytes) -> tuple[str, asyncio.Future[bytes]]:
        if self._channel is None:
            raise _Unanswered("lost", "The message broker is not reachable at the moment.")
        self._count += 1
        correlation_id = f"{self._prefix}{self._count:x}"
        properties = pika.BasicProperties(
            content_type="application/json",
            delivery_mode=1,
            reply_to=self._reply_to,
            correlation_id=correlation_id,
            expiration=str(int(self._patience * 1000)),
            headers={"x-deadline": int((time.time() + self._patience) * 1000)},
        )
        reply: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[correlation_id] = reply
        try:
            self._channel.basic_publish(
                EXCHANGE, f"{wish.service}.{wish.method}", body, properties, mandatory=True
            )
        except AMQPError:
            self._waiting.pop(correlation_id, None)
            raise _Unanswered("lost", "The message broker is not reachable at the moment.") from None
        return correlation_id, reply

    # -------------------------------------------------------------------------------- the link's user

    async def on_up(self, channel: Channel) -> None:
        """Make the reply queue and listen on it."""
        reply_to = uuid.uuid4().hex
        queue = f"rpc.reply-gateway-{reply_to}"
        await done(lambda then: channel.exchange_declare(EXCHANGE, "topic", durable=True, callback=then))
        await done(lambda then: channel.queue_declare(queue, exclusive=True, auto_delete=True, callback=then))
        await done(lambda then: channel.queue_bind(queue, EXCHANGE, routing_key=reply_to, callback=then))
        channel.add_on_return_callback(self._on_return)
        await done(
            lambda then: channel.basic_consume(
                queue, self._on_reply, auto_ack=True, exclusive=True, callback=then
            )
        )
        self._reply_to = reply_to
        self._channel = channel
        self._came_up.set()

    def on_down(self, reason: BaseException) -> None:
        """Every call under way fails: its reply would go to a queue that is no more."""
        self._channel = None
        self._came_up.clear()
        for reply in self._waiting.values():
            if not reply.done():
                reply.set_exception(_Unanswered("lost", _BROKE))
        if self._waiting:
            log.warning("%d calls under way have lost their answer: %s", len(self._waiting), reason)

    def _on_reply(self, _: Channel, __: Any, properties: pika.BasicProperties, body: bytes) -> None:
        reply = self._waiting.get(properties.correlation_id or "")
        if reply is None or reply.done():
            return  # the caller has given up
        reply.set_result(body)

    def _on_return(self, _: Channel, returned: Any, properties: pika.BasicProperties, __: bytes) -> None:
        reply = self._waiting.get(properties.correlation_id or "")
        if reply is not None and not reply.done():
            service = returned.routing_key.split(".", 1)[0]
            reply.set_exception(_Unanswered("absent", f"The {service} service is not running at the moment."))


_BROKE = (
    "The connection to the message broker broke, and it is not known whether this was done. "
    "Try again with the same Idempotency-Key."
)


class _Unanswered(Unavailable):
    """No answer came; `outcome` says why, for the metrics."""

    def __init__(self, outcome: str, detail: str) -> None:
        super().__init__(detail)
        self.outcome = outcome


_Unanswered.code = Unavailable.code  # one code for callers, whatever the reason was


# The answer of a service of ours, to the byte; whatever does not look like it is parsed.
_OK_HEAD, _OK_TAIL = b'{"result": {"ok":', b'}, "error": null}'


def _unpacked(message: bytes, wish: Wish) -> Answer:
    """What is in nameko's reply: `{"result": {"ok": …} or {"refused": …}, "error": …}`."""
    if message.startswith(_OK_HEAD) and message.endswith(_OK_TAIL):
        return Answer(message[len(_OK_HEAD) : -len(_OK_TAIL)])
    try:
        reply = json.loads(message)
    except ValueError:
        reply = None
    result = reply.get("result") if isinstance(reply, dict) else None
    if isinstance(result, dict) and "ok" in result:
        return Answer(json.dumps(result["ok"], ensure_ascii=False).encode())
    if isinstance(result, dict) and "refused" in result:
        raise Told(result["refused"])
    # The error's type and text stay here: they are for the log, never for the caller.
    log.error("%s.%s failed: %s", wish.service, wish.method, message[:500])
    raise ServiceFailed("The service could not do this because of an error of its own. It has been logged.")

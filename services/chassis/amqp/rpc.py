"""Entrypoints for calls, on nameko's wire format.

A call is a message to the exchange `nameko-rpc` with the routing key `<service>.<method>`, JSON
`{"args": [], "kwargs": {…}}`, `reply_to` and `correlation_id`; the answer is `{"result": …, "error": …}`.

Stock nameko dies of a call it cannot answer, runs calls whose callers gave up long ago, and waits for a
confirm of every answer. Here nothing in a message can raise out of the reader, late calls are dropped, and
answers are sent without waiting.
"""

import json
import logging
import time
from collections.abc import Mapping
from typing import Any, Final

from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint, SharedExtension
from prometheus_client import Counter

from services.chassis import strictjson, topology
from services.chassis.amqp.intake import Intake, Source, Tap
from services.chassis.amqp.link import Incoming
from services.chassis.amqp.outgoing import Replies

log = logging.getLogger(__name__)

#: Header with the moment after which nobody waits for the answer any more: milliseconds since 1970, UTC.
DEADLINE_HEADER: Final = "x-deadline"

_calls = Counter(
    "counterpart_rpc_calls_total",
    "Calls received: answered, failed (a fault of ours), refused (malformed), stale (too late), unanswerable",
    ["service", "outcome"],
)


class Malformed(Exception):
    """The call cannot be run; `kind` is nameko's name for it, the text says what is wrong with it."""

    def __init__(self, text: str, kind: str = "MalformedRequest") -> None:
        super().__init__(text)
        self.kind = kind


class Switchboard(SharedExtension):  # type: ignore[misc]  # nameko is untyped
    """The queue of a service's calls: reads each message, finds its operation, sends the answer."""

    intake = Intake()
    replies = Replies()

    def __init__(self) -> None:
        self.operations: dict[str, Operation] = {}
        self.source: _CallSource | None = None

    def register(self, operation: "Operation") -> None:
        self.operations[operation.method_name] = operation
        if self.source is None:
            self.source = _CallSource(self)
            self.intake.sources.append(self.source)

    def stop_receiving(self) -> None:
        if self.source is not None:
            self.source.stop()

    def receive(self, tap: Tap, message: Incoming) -> None:
        """Start the operation that is called for, or answer at once that there is none to be started."""
        reply_to, correlation_id = message.text("reply_to"), message.text("correlation_id")
        if reply_to is None or correlation_id is None:
            self._count("unanswerable")
            log.warning("a call without reply_to or correlation_id is dropped")
            tap.ack(message.tag)
            return
        try:
            operation = self._operation(message)
            request = _request(message)
            # A slot first: while it is waited for, the caller's patience may end.
            self.container.wait_for_room()
            if _is_stale(message):
                self._count("stale")
                log.warning("a call of %s is dropped: its caller has given up", operation.method_name)
                tap.ack(message.tag)
                return
        except Malformed as error:
            self._count("refused")
            log.warning("a call is refused: %s", error)
            self._answer(tap, message, _error(error.kind, str(error)))
            return

        def on_result(_worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            self._answer(tap, message, self._reply(operation, result, exc_info))
            return result, exc_info

        try:
            self.container.spawn_worker(operation, (request,), {}, handle_result=on_result)
        except ContainerBeingKilled:
            tap.requeue(message.tag)

    def _operation(self, message: Incoming) -> "Operation":
        method = message.routing_key.removeprefix(f"{self.container.service_name}.")
        operation = self.operations.get(method)
        if operation is None:
            raise Malformed(f"there is no operation {method!r}", kind="MethodNotFound")
        return operation

    def _reply(self, operation: "Operation", result: Any, exc_info: Any) -> bytes:
        if exc_info is None and isinstance(result, (bytes, str)):
            self._count("answered")
            text = result.encode() if isinstance(result, str) else result
            return b'{"result": ' + text + b', "error": null}'
        if exc_info is None:
            log.error("%s returned %s and not JSON text", operation.method_name, type(result).__name__)
        self._count("failed")
        return _error("UnexpectedError", "The operation failed for a reason of our own.")

    def _answer(self, tap: Tap, message: Incoming, body: bytes) -> None:
        self.replies.send(
            topology.RPC, message.properties["reply_to"], message.properties["correlation_id"], body
        )
        tap.ack(message.tag)

    def _count(self, outcome: str) -> None:
        _calls.labels(self.container.service_name, outcome).inc()


class Operation(Entrypoint):  # type: ignore[misc]  # nameko is untyped
    """A method that can be called: takes the call's keyword arguments as one dict, returns JSON text.

    The text becomes the `result` of the answer as it is. An exception that reaches us is a fault of ours: it
    is logged, and the caller learns only that there was one.
    """

    switchboard = Switchboard()

    def setup(self) -> None:
        self.switchboard.register(self)

    def stop(self) -> None:
        self.switchboard.stop_receiving()


class _CallSource(Source):
    def __init__(self, switchboard: Switchboard) -> None:
        container = switchboard.container
        super().__init__(topology.rpc_queue(container.service_name), {}, prefetch=container.rpc_workers)
        self._switchboard = switchboard

    def take(self, tap: Tap) -> None:
        self._switchboard.receive(tap, tap.arrived.popleft())


def _request(message: Incoming) -> dict[str, Any]:
    """The keyword arguments of the call; raises `Malformed`."""
    if (message.text("content_type") or "").partition(";")[0].strip() != "application/json":
        raise Malformed("the content type must be application/json")
    if "compression" in message.headers:
        raise Malformed("a compressed body is not accepted")
    try:
        body = strictjson.loads(bytes(message.body))
    except ValueError as error:
        raise Malformed(f"the body is not JSON: {error}") from None
    match body:
        case {"args": [], "kwargs": dict() as request}:
            return request
        case {"args": [*_], "kwargs": dict()}:
            raise Malformed("arguments are passed by name only", kind="IncorrectSignature")
    raise Malformed("the body must be an object with args and kwargs")


def _is_stale(message: Incoming) -> bool:
    deadline = message.headers.get(DEADLINE_HEADER)
    if deadline is None:
        return False
    if type(deadline) is not int:
        raise Malformed(f"the header {DEADLINE_HEADER} must be a whole number of milliseconds")
    return time.time() * 1000 > deadline


def _error(kind: str, text: str) -> bytes:
    error: Mapping[str, object] = {"exc_type": kind, "exc_path": "", "exc_args": [text], "value": text}
    return json.dumps({"result": None, "error": error}).encode()

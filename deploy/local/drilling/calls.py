"""How a client asks: over HTTP through the gateway, or a service directly by RPC.

Every answer is one of five. Only three of them say what was done:

* `Done`: it was done, and here is the answer.
* `Refused`: it was not done, for a reason that will stay.
* `PutOff`: it was not done, and may be asked again.
* `Unknown`: nobody knows; the same key finds out.
* `Defect`: the system says that it is at fault, which nothing done to it excuses.
"""

import http.client
import json
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode

import pika
from pika.exceptions import AMQPError

from services.chassis import wire
from services.contracts.actors import Actor
from services.contracts.shapes import Command, Query, operation

PATIENCE = 6.0


@dataclass(frozen=True, slots=True)
class Done:
    """It was done."""

    value: Any


@dataclass(frozen=True, slots=True)
class Refused:
    """It was not done."""

    status: int
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class PutOff:
    """It was not done yet."""

    detail: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows whether it was done."""

    reason: str


@dataclass(frozen=True, slots=True)
class Defect:
    """The system is at fault."""

    detail: str


Outcome = Done | Refused | PutOff | Unknown | Defect


@dataclass(frozen=True)
class Who:
    """Somebody who asks: as the services know them, and the key that opens the gateway."""

    actor: Actor
    api_key: str = ""

    @property
    def organisation(self) -> str:
        """For whom they act."""
        return str(self.actor.organisation_id)


class Door(Protocol):
    """A way to ask. Each thread has its own."""

    def ask(
        self, wish: Command | Query, who: Who, *, key: str | None = None, expected: int | None = None
    ) -> Outcome:
        """What comes of a command (with a key) or a query."""

    def close(self) -> None:
        """Nothing more will be asked."""


class RpcDoor:
    """Asks a service over RabbitMQ, in nameko's wire format."""

    def __init__(self, url: str, patience: float = PATIENCE) -> None:
        self._parameters = pika.URLParameters(url)
        self._parameters.connection_attempts = 1
        self._parameters.socket_timeout = self._parameters.stack_timeout = 3
        self._parameters.blocked_connection_timeout = patience
        self._parameters.heartbeat = 0
        self._patience = patience
        self._connection: Any = None
        self._channel: Any = None
        self._reply_to = ""
        self._awaited = ""
        self._reply: bytes | None = None
        self._returned = False

    def ask(
        self, wish: Command | Query, who: Who, *, key: str | None = None, expected: int | None = None
    ) -> Outcome:
        """What comes of it."""
        try:
            if self._channel is None:
                self._open()
            return self._asked(wish, who, key, expected)
        except (AMQPError, OSError) as error:
            self.close()
            return Unknown(f"no broker: {type(error).__name__}")

    def close(self) -> None:
        """Drop the connection."""
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None and connection.is_open:
            try:
                connection.close()
            except (AMQPError, OSError):
                return

    def _open(self) -> None:
        self._connection = pika.BlockingConnection(self._parameters)
        channel = self._connection.channel()
        self._reply_to = uuid.uuid4().hex
        queue = f"rpc.reply-drill-{self._reply_to}"
        channel.queue_declare(queue, exclusive=True, auto_delete=True)
        channel.queue_bind(queue, "nameko-rpc", self._reply_to)
        channel.add_on_return_callback(self._on_return)
        channel.basic_consume(queue, self._on_reply, auto_ack=True)
        self._channel = channel

    def _asked(self, wish: Command | Query, who: Who, key: str | None, expected: int | None) -> Outcome:
        declared = operation(type(wish))
        body = {
            "args": [],
            "kwargs": {
                "actor": wire.encode(who.actor),
                "command_id": key,
                "expected": expected,
                "correlation_id": key or uuid.uuid4().hex,
                "payload": wire.encode(wish),
            },
        }
        self._awaited = uuid.uuid4().hex
        self._reply, self._returned = None, False
        properties = pika.BasicProperties(
            content_type="application/json", delivery_mode=1, reply_to=self._reply_to,
            correlation_id=self._awaited, expiration=str(int(self._patience * 1000)),
            headers={"x-deadline": int((time.time() + self._patience) * 1000)},
        )  # fmt: skip
        routing_key = f"{declared.service}.{declared.name}"
        self._channel.basic_publish("nameko-rpc", routing_key, json.dumps(body), properties, mandatory=True)
        deadline = time.monotonic() + self._patience
        while not self._told():
            left = deadline - time.monotonic()
            if left <= 0:
                return Unknown("no answer in time")
            self._connection.process_data_events(time_limit=left)
        return self._came()

    def _told(self) -> bool:
        return self._reply is not None or self._returned

    def _came(self) -> Outcome:
        return Unknown("no such service") if self._reply is None else _of_reply(json.loads(self._reply))

    def _on_reply(self, _channel: Any, _method: Any, properties: Any, body: bytes) -> None:
        if properties.correlation_id == self._awaited:
            self._reply = body

    def _on_return(self, *_: Any) -> None:
        self._returned = True


def _of_reply(reply: Mapping[str, Any]) -> Outcome:
    result = reply.get("result")
    if not isinstance(result, dict):
        return Defect(f"the service failed: {reply.get('error')}")
    if "ok" in result:
        return Done(result["ok"])
    told = result["refused"]
    if told["status"] in (429, 503):
        return PutOff(told["detail"])
    if told["status"] >= 500:
        return Defect(f"{told['code']}: {told['detail']}")
    return Refused(told["status"], told["code"], told["detail"])


class HttpDoor:
    """Asks over HTTP, as a program with an API key does."""

    def __init__(self, host: str, port: int, patience: float = PATIENCE + 2) -> None:
        from services.gateway.api import ROUTES
        from services.gateway.resources import PREFIX

        self._host, self._port, self._patience, self._prefix = host, port, patience, PREFIX
        self._routes = {route.shape: route for route in ROUTES if route.produces is None}
        self._connection: http.client.HTTPConnection | None = None

    def ask(
        self, wish: Command | Query, who: Who, *, key: str | None = None, expected: int | None = None
    ) -> Outcome:
        """What comes of it."""
        try:
            return self._asked(wish, who, key, expected)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            return Unknown(f"no gateway: {type(error).__name__}")

    def close(self) -> None:
        """Drop the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _asked(self, wish: Command | Query, who: Who, key: str | None, expected: int | None) -> Outcome:
        route = self._routes[type(wish)]
        fields = {name: value for name, value in wire.encode(wish).items() if name not in route.fixed}
        path = self._prefix + route.path.format_map(fields)
        rest = {
            name: value
            for name, value in fields.items()
            if name not in route.parameters and value is not None
        }
        headers = {"Authorization": f"Bearer {who.api_key}", "Counterpart-Organisation": who.organisation}
        if key is not None:
            headers |= {"Idempotency-Key": key, "X-Request-ID": key}
        if expected is not None:
            headers["If-Match"] = f'"{expected}"'
        body = None
        if route.in_query:
            path += f"?{urlencode(rest, doseq=True)}" if rest else ""
        else:
            body = json.dumps(rest)
            headers["Content-Type"] = "application/json"
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self._host, self._port, timeout=self._patience)
        self._connection.request(route.method, path, body, headers)
        response = self._connection.getresponse()
        return _of_response(response.status, response.read())


def _of_response(status: int, body: bytes) -> Outcome:
    if 200 <= status < 300:
        return Done(json.loads(body) if body else None)
    try:
        problem = json.loads(body)
        code, detail = str(problem["type"]).rsplit("/", 1)[-1], str(problem["detail"])
    except (ValueError, KeyError, TypeError):
        return Defect(f"status {status} without a problem: {body[:200]!r}")
    if status == 429 or (status == 503 and code == "later"):
        return PutOff(detail)
    if status == 503:
        return Unknown(detail)
    if status >= 500:
        return Defect(f"status {status}, {code}: {detail}")
    return Refused(status, code, detail)

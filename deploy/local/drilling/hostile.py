"""Messages that nobody of ours would send. Each bears a mark, by which its dead letter is known again."""

import bz2
import json
import random
import struct
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pika

#: py-amqp cannot turn this into a date; RabbitMQ passes it on as it is.
_AFTER_ALL_TIME = 2**60


class RawProperties(pika.BasicProperties):  # type: ignore[misc]  # pika is untyped
    """A content type, persistence, and a header table of whatever bytes."""

    def __init__(self, content_type: str, table: bytes) -> None:
        super().__init__(content_type=content_type, delivery_mode=2)
        self._table = table

    def encode(self) -> list[bytes]:
        """Flags, content type, headers, delivery mode (AMQP 0-9-1, 4.2.6.1)."""
        flags = self.FLAG_CONTENT_TYPE | self.FLAG_HEADERS | self.FLAG_DELIVERY_MODE
        name = self.content_type.encode()
        return [
            struct.pack(">H", flags), bytes([len(name)]), name, struct.pack(">I", len(self._table)), self._table,
            b"\x02",
        ]  # fmt: skip


@dataclass(frozen=True)
class Hostile:
    """One message. `dies`: it must end as a dead letter; otherwise it is harmless once it is let in."""

    body: bytes
    properties: Any
    dies: bool


def _plain(
    body: bytes,
    content_type: str | None = "application/cloudevents+json",
    headers: Mapping[str, Any] | None = None,
) -> Hostile:
    properties = pika.BasicProperties(content_type=content_type, delivery_mode=2, headers=headers)
    return Hostile(body, properties, dies=True)


def _marked(text: str) -> bytes:
    return json.dumps({"hostile": text}).encode()


def _table(name: bytes, kind: bytes, value: bytes) -> bytes:
    return bytes([len(name)]) + name + kind + value


def _no_json(mark: str) -> Hostile:
    return _plain(f"{{hostile {mark}".encode())


def _no_content_type(mark: str) -> Hostile:
    return _plain(_marked(mark), None)


def _no_envelope(mark: str) -> Hostile:
    return _plain(_marked(mark))


def _no_number(mark: str) -> Hostile:
    return _plain(b'{"specversion": NaN, "hostile": "' + mark.encode() + b'"}')


def _a_list(mark: str) -> Hostile:
    return _plain(json.dumps(["hostile", mark]).encode())


def _compressed(mark: str) -> Hostile:
    return _plain(
        bz2.compress(mark.encode() + bytes(10_000_000)), headers={"compression": "application/x-bz2"}
    )


def _pickled(mark: str) -> Hostile:
    return _plain(b"cos\nsystem\n(S'true " + mark.encode() + b"'\ntR.", "application/x-python-serialize")


def _call_stack(mark: str) -> Hostile:
    return _plain(_marked(mark), headers={"nameko.call_id_stack": 5, "call_id_stack": {"a": 1}})


def _identity(mark: str) -> Hostile:
    return _plain(_marked(mark), headers={"nameko.user_id": "admin", "x-attempt": "many"})


def _date_after_all_time(mark: str) -> Hostile:
    table = _table(b"when", b"T", struct.pack(">Q", _AFTER_ALL_TIME))
    return Hostile(_marked(mark), RawProperties("application/cloudevents+json", table), dies=True)


FORMS: tuple[Callable[[str], Hostile], ...] = (
    _no_json, _no_content_type, _no_envelope, _no_number, _a_list, _compressed, _pickled, _call_stack, _identity,
    _date_after_all_time,
)  # fmt: skip

UNREADABLE_HEADERS = _date_after_all_time


def some(rng: random.Random, count: int) -> list[Hostile]:
    """Some of them, each form once before any comes twice."""
    forms = list(FORMS)
    rng.shuffle(forms)
    return [forms[place % len(forms)](uuid.UUID(int=rng.getrandbits(128)).hex) for place in range(count)]


def with_hostile_headers(body: bytes) -> Hostile:
    """A good message under headers that lie about it. It is a repetition, and must be taken for one."""
    headers = {"x-attempt": 2**40, "call_id_stack": "none", "nameko.language": ["x"]}
    properties = pika.BasicProperties(
        content_type="application/cloudevents+json", delivery_mode=2, headers=headers
    )
    return Hostile(body, properties, dies=False)


def unanswerable_calls(mark: str) -> list[tuple[bytes, Any]]:
    """Calls without an address for the answer, of no method, of no JSON: they are dropped."""
    body = json.dumps({"args": [], "kwargs": {"hostile": mark}}).encode()
    return [
        (body, pika.BasicProperties(content_type="application/json")),
        (b"\xff\xfe", pika.BasicProperties(content_type="application/json")),
        (body, pika.BasicProperties()),
    ]

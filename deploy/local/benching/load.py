"""The load: eight clients in a process of their own, so that what they cost is not counted.

    python -m deploy.local.benching.load < job

The job is one line of JSON: `port`, `seconds` (or null: every request once), `keep` (name of the member of
each answer to hand back, or null) and `clients`, each with an API `key` and its `requests` as
`[method, path, body or null]`. It says `ready`, waits for a line, runs, and prints one line of JSON. Each client
has one connection and one request under way, and begins again with its first request when `seconds` are not
over. It is written on bare sockets because an HTTP library costs more than what is measured.
"""

import json
import selectors
import socket
import sys
import time
import uuid
from typing import Any, TextIO


class Client:
    """One caller: sends a request, waits for its answer, sends the next."""

    def __init__(self, port: int, key: str, requests: list[list[Any]]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        head = f"host: 127.0.0.1:{port}\r\nauthorization: Bearer {key}\r\n"
        self._requests = [_prepared(head, *request) for request in requests]
        self._place = 0
        self._received = b""
        self._began = 0.0

    def send(self, *, again: bool) -> bool:
        """Send the next request; False when there is none."""
        if self._place == len(self._requests):
            if not again:
                return False
            self._place = 0
        front, back = self._requests[self._place]
        self._place += 1
        self._began = time.perf_counter()
        self.socket.sendall(front + uuid.uuid4().hex.encode() + back)
        return True

    def receive(self) -> tuple[int, bytes, float] | None:
        """Status, body and seconds of the answer, once it is all there."""
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError("the gateway closed the connection")
        self._received += part
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found or len(body) < _content_length(head):
            return None
        self._received = b""
        return int(head[9:12]), body, time.perf_counter() - self._began


def _prepared(head: str, method: str, path: str, body: str | None) -> tuple[bytes, bytes]:
    """What comes before and after the idempotency key."""
    front = f"{method} /api/v1{path} HTTP/1.1\r\n{head}"
    if body is None:
        return f"{front}x-request-id: ".encode(), b"\r\n\r\n"
    content = body.encode()
    front += f"content-type: application/json\r\ncontent-length: {len(content)}\r\nidempotency-key: "
    return front.encode(), b"\r\n\r\n" + content


def _content_length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.split(b"\r\n", 1)[0]) if found else 0


def run(job: dict[str, Any], told: TextIO) -> dict[str, Any]:
    """Do the job; `told` is where the word to begin comes from."""
    clients = [Client(job["port"], client["key"], client["requests"]) for client in job["clients"]]
    waiting = selectors.DefaultSelector()
    for client in clients:
        waiting.register(client.socket, selectors.EVENT_READ, client)
    print("ready", flush=True)
    told.readline()
    began = time.perf_counter()
    until = None if job["seconds"] is None else began + job["seconds"]
    busy = sum(client.send(again=False) for client in clients)
    seconds: list[float] = []
    kept: list[Any] = []
    faults: list[str] = []
    while busy:
        for key, _ in waiting.select():
            answer = key.data.receive()
            if answer is None:
                continue
            status, body, took = answer
            seconds.append(took)
            if not 200 <= status < 300:
                faults.append(f"{status} {body[:300].decode(errors='replace')}")
            elif job["keep"]:
                kept.append(json.loads(body)[job["keep"]])
            over = until is not None and time.perf_counter() >= until
            if over or not key.data.send(again=until is not None):
                busy -= 1
    return {
        "count": len(seconds),
        "seconds": time.perf_counter() - began,
        "latencies": sorted(seconds),
        "kept": kept,
        "faults": faults[:5],
    }


if __name__ == "__main__":
    print(json.dumps(run(json.loads(sys.stdin.readline()), sys.stdin)))

"""Healing, and waiting until the last message has had its effect."""

import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pika

from deploy.local.postgres import database_of
from deploy.local.stack import Stack
from services.chassis.topology import LIVE, Topology

_UNPUBLISHED = "select count(*) from journal where published_at is null"
_UNSENT = "select count(*) from mails where state = 'waiting'"


def heal(stack: Stack, topology: Topology, timeout: float = 90) -> None:
    """Broker and database run, every binding is there, every process is ready."""
    stack.revive()
    with _connected(stack.broker.url) as connection:
        channel = connection.channel()
        for binding in topology.bindings():
            channel.queue_bind(binding.queue, binding.exchange, binding.routing_key)
    stack.supervisor.wait_ready(timeout=timeout)


def await_quiet(stack: Stack, topology: Topology, within: float) -> list[str]:
    """Returns as soon as nothing moves any more; else, after `within` seconds, what still does."""
    deadline = time.monotonic() + within
    looks: tuple[Callable[[], list[str]], ...] = (
        lambda: _unpublished(stack),
        lambda: _waiting(stack, topology),
        lambda: _unsent(stack),
        lambda: _in_queues(stack, topology),
    )
    while True:
        moving: list[str] = []
        # The cheap looks first: RabbitMQ's own list takes seconds of CPU.
        for look in looks:
            moving = look()
            if moving:
                break
        if not moving or time.monotonic() > deadline:
            return moving
        time.sleep(0.3)


def _unpublished(stack: Stack) -> list[str]:
    counts = {service: _count(stack, service, _UNPUBLISHED) for service in stack.services}
    return [f"{count} events of {service} are not published" for service, count in counts.items() if count]


def _unsent(stack: Stack) -> list[str]:
    if "notifications" not in stack.services or "mailer" not in stack.supervisor.names:
        return []
    count = _count(stack, "notifications", _UNSENT)
    return [f"{count} mails are not sent"] if count else []


def _count(stack: Stack, service: str, question: str) -> int:
    admin = stack.postgres.admin_connection(database_of(service))
    with closing(admin) as connection, connection.cursor() as cursor:
        cursor.execute(question)
        return int(cursor.fetchone()[0])  # type: ignore[index]


def _waiting(stack: Stack, topology: Topology) -> list[str]:
    """What is ready in the queues; what is in work is not seen here."""
    found = []
    with _connected(stack.broker.url) as connection:
        channel = connection.channel()
        for queue in topology.queues():
            if queue.name != LIVE:
                count = channel.queue_declare(queue.name, passive=True).method.message_count
                if count:
                    found.append(f"{count} messages wait in {queue.name}")
    return found


def _in_queues(stack: Stack, topology: Topology) -> list[str]:
    """What is ready or in work, and what nobody knows of, by RabbitMQ's own list."""
    known = {queue.name for queue in topology.queues()}
    found = []
    for queue in stack.broker.queues():  # type: ignore[union-attr]
        count = int(queue["messages_ready"] or 0) + int(queue["messages_unacknowledged"] or 0)
        if queue["name"].startswith("rpc.reply-"):
            continue
        if queue["name"] not in known:
            found.append(f"the queue {queue['name']} belongs to nothing")
        elif count and queue["name"] != LIVE:
            found.append(f"{count} messages are in {queue['name']}")
    return found


def _connected(url: str) -> Any:
    parameters = pika.URLParameters(url)
    parameters.socket_timeout = parameters.blocked_connection_timeout = 10
    return closing(pika.BlockingConnection(parameters))

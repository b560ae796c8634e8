"""The service as it runs: its process, relay and mailer, on a real broker, database and mail server."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pika
import pytest

from services.chassis import topology
from services.chassis.testing import ServiceHarness
from services.contracts.actors import Actor
from services.contracts.notifications.commands import CountUnread, PostComment
from services.contracts.notifications.kinds import DocumentKind
from services.contracts.orders.events import OrderSubmitted
from services.contracts.shapes import Event, event_type
from services.notifications import tables
from services.notifications.service import NotificationsService
from tests.service.notifications.conftest import Trade
from tests.service.notifications.post_office import SECRET, Catcher, free_port, until


def ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture
def running(fresh_database: Callable[[str], Any], amqp_url: str, smtp_port: int) -> Iterator[ServiceHarness]:
    """The three processes of notifications, ready, and a harness on the same database."""
    topology.declare(amqp_url, topology.from_code())
    database = fresh_database("notifications")
    ports = {name: free_port() for name in ("NOTIFICATIONS", "RELAY", "MAILER")}
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path.cwd()),
        "COUNTERPART_AMQP_URL": amqp_url,
        "COUNTERPART_NOTIFICATIONS_DATABASE_URL": database.url,
        "COUNTERPART_SMTP_URL": f"smtp://127.0.0.1:{smtp_port}",
        "COUNTERPART_SECRET_KEY": SECRET,
        **{f"COUNTERPART_{name}_OPS_PORT": str(port) for name, port in ports.items()},
    }
    with ExitStack() as stack:
        for program in (
            ("services.chassis.run", "notifications"),
            ("services.chassis.relay", "notifications"),
            ("services.notifications.mailer",),
        ):
            process = subprocess.Popen([sys.executable, "-m", *program], env=environment)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        for port in ports.values():
            until(lambda port=port: ready(port), 60)
        harness = ServiceHarness(NotificationsService, database.url)
        stack.callback(harness.close)
        yield harness


@pytest.mark.requirement("S-024")
@pytest.mark.requirement("S-231")
def test_an_order_and_a_comment_on_it_become_one_mail_each_though_every_event_comes_three_times(
    running: ServiceHarness, amqp_url: str, catcher: Catcher
) -> None:
    trade = Trade(running)
    trade.becomes_known()
    order = trade.order()

    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    channel = connection.channel()
    submitted = running.delivery(OrderSubmitted(order=order), actor=trade.initiator)
    for _ in range(3):
        publish(channel, OrderSubmitted, submitted.body)
    connection.close()
    catcher.wait_for(2)

    wish = PostComment(document_kind=DocumentKind.ORDER, document_id=order.id, text="We are out of stock.")
    running.call(wish, trade.seller)
    catcher.wait_for(3)

    until(lambda: unread(running, trade.initiator) == 1)
    sent = [(to, message["Subject"]) for (to,), message in catcher.mails]
    assert sorted(sent) == [
        (
            "anna@nordwind.example",
            "Sven Seller of Baltic Bearings has commented on order PO-2026-00042",
        ),
        ("sara@baltic.example", "Nordwind Trading has sent order PO-2026-00042"),
        ("sven@baltic.example", "Nordwind Trading has sent order PO-2026-00042"),
    ]
    until(lambda: {row.state for row in trade.rows(tables.mails)} == {"sent"})
    assert len(trade.rows(tables.mails)) == 3


def publish(channel: Any, event: type[Event], body: bytes) -> None:
    declared = event_type(event)
    properties = pika.BasicProperties(content_type="application/cloudevents+json", delivery_mode=2)
    channel.basic_publish(f"{declared.publisher}.events", declared.name, body, properties)


def unread(service: ServiceHarness, actor: Actor) -> int:
    number: int = service.call(CountUnread(), actor).unread
    return number

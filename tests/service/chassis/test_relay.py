"""The relay: what the journal holds reaches RabbitMQ, whatever happens on the way, and is marked only then."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID

import pika
import pytest
from sqlalchemy import select, text

from services.chassis import deadletters, topology
from services.chassis.delivery import DeadDelivery
from services.chassis.journal import dead_letters, journal
from services.chassis.relay import Relay
from services.chassis.testing import ServiceHarness, an_actor
from services.chassis.topology import Subscribed, Topology
from services.contracts.actors import Role
from services.contracts.orders import commands
from services.orders.service import OrdersService

SELLER = an_actor(Role.SUPPLIER_USER)

PLAN = Topology(
    services=("orders", "listener"),
    subscriptions=(Subscribed("listener", "orders", "order-drafted"),),
    events=(("orders", "order-drafted"),),
)


@pytest.fixture
def database(fresh_database: Any) -> Any:
    return fresh_database("orders")


@pytest.fixture
def orders(database: Any) -> Iterator[ServiceHarness]:
    harness = ServiceHarness(OrdersService, database.url)
    yield harness
    harness.close()


@pytest.fixture
def channel(amqp_url: str) -> Iterator[Any]:
    topology.declare(amqp_url, PLAN)
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    yield connection.channel()
    connection.close()


@contextmanager
def relaying(database: Any, amqp_url: str) -> Iterator[Relay]:
    relay = Relay("orders", database.url, amqp_url)
    thread = threading.Thread(target=relay.run)
    thread.start()
    try:
        yield relay
    finally:
        relay.stop()
        thread.join(20)
        assert not thread.is_alive()


def eventually(what: Callable[[], Any], seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while not (seen := what()):
        assert time.monotonic() < deadline, "it never came to pass"
        threading.Event().wait(0.02)
    return seen


def record(orders: ServiceHarness, facts: int) -> None:
    """Write facts of one aggregate straight into the journal."""
    with orders.database.transaction() as tx:
        tx.execute(
            text(
                "insert into journal (event_id, name, version, aggregate, aggregate_id, sequence, occurred_at,"
                " correlation_id, participants, live_only, data)"
                " select gen_random_uuid(), 'order-drafted', 1, 'order', gen_random_uuid(), 1, now(), 'c',"
                " array[gen_random_uuid()], false, json_build_object('n', 1) from generate_series(1, :facts)"
            ),
            {"facts": facts},
        )


def unpublished(orders: ServiceHarness) -> int:
    with orders.database.transaction() as tx:
        return len(tx.execute(select(journal.c.position).where(journal.c.published_at.is_(None))).all())


def waiting(channel: Any, queue: str = "listener.order-drafted") -> int:
    count: int = channel.queue_declare(queue, passive=True).method.message_count
    return count


def test_every_fact_is_published_once_and_marked(
    orders: ServiceHarness, database: Any, channel: Any, amqp_url: str
) -> None:
    record(orders, 1200)

    with relaying(database, amqp_url):
        eventually(lambda: unpublished(orders) == 0)

    assert waiting(channel) == 1200
    _, properties, body = channel.basic_get("listener.order-drafted", auto_ack=True)
    event = json.loads(body)
    assert (event["specversion"], event["type"]) == ("1.0", "counterpart.orders.order-drafted.v1")
    assert event["id"] == properties.message_id
    assert event["data"] == {"n": 1}
    assert properties.delivery_mode == 2


def test_a_fact_recorded_while_the_relay_sleeps_is_published_at_once(
    orders: ServiceHarness, database: Any, channel: Any, amqp_url: str
) -> None:
    with relaying(database, amqp_url) as relay:
        eventually(lambda: relay.ready() is None)
        for place in range(1, 6):
            began = time.monotonic()
            record(orders, 1)
            eventually(lambda place=place: waiting(channel) == place)
            # Far below the slowest poll: the notice of the database woke it.
            assert time.monotonic() - began < 0.8


def test_a_fact_for_which_no_queue_is_bound_stays_in_the_journal_until_there_is_one(
    orders: ServiceHarness, database: Any, channel: Any, amqp_url: str
) -> None:
    channel.queue_unbind("listener.order-drafted", "orders.events", "order-drafted")
    with relaying(database, amqp_url) as relay:
        eventually(lambda: relay.ready() is None)
        record(orders, 3)
        eventually(lambda: _returned() >= 3)
        assert unpublished(orders) == 3

        channel.queue_bind("listener.order-drafted", "orders.events", "order-drafted")
        eventually(lambda: unpublished(orders) == 0)

    assert waiting(channel) == 3


def _returned() -> float:
    from services.chassis import metrics

    return metrics.unroutable.labels("orders")._value.get()  # type: ignore[no-any-return]


def test_two_relays_share_the_work_by_one_of_them_standing_by(
    orders: ServiceHarness, database: Any, channel: Any, amqp_url: str
) -> None:
    record(orders, 2000)

    with relaying(database, amqp_url), relaying(database, amqp_url):
        eventually(lambda: unpublished(orders) == 0)
        record(orders, 500)
        eventually(lambda: unpublished(orders) == 0)

    assert waiting(channel) == 2500


def test_nothing_is_lost_when_broker_and_database_go_away_in_the_middle(
    orders: ServiceHarness, database: Any, amqp_url: str, broker: Any, postgres: Any
) -> None:
    topology.declare(amqp_url, PLAN)
    # A quorum queue is on disk only a while after its declaration; killed before, the node forgets its log.
    broker.settle("listener.order-drafted", vhost=amqp_url.rsplit("/", 1)[1])
    record(orders, 3000)

    with relaying(database, amqp_url):
        eventually(lambda: unpublished(orders) < 3000)
        broker.kill()
        broker.start()
        postgres.stop()
        postgres.start()
        orders.close()  # the pool's connections are gone with the server
        record(orders, 10)
        eventually(lambda: unpublished(orders) == 0, seconds=60)

    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    channel = connection.channel()
    seen = set()
    while (message := channel.basic_get("listener.order-drafted", auto_ack=True)) != (None, None, None):
        seen.add(UUID(message[1].message_id))
    connection.close()
    with orders.database.transaction() as tx:
        recorded = set(tx.execute(select(journal.c.event_id)).scalars())
    assert seen == recorded


def test_a_dead_letter_that_is_replayed_goes_back_to_the_queue_it_came_from(
    orders: ServiceHarness, database: Any, channel: Any, amqp_url: str
) -> None:
    letter = DeadDelivery(
        body=b"\x00not json",
        content_type="text/plain",
        attempt=0,
        redelivered=False,
        queue="orders.dead-letters",
        headers={"x-queue": "listener.order-drafted", "x-reason": "not JSON", "x-attempts": 4},
    )
    deadletters.keep(orders.database, "orders", [letter])
    with orders.database.transaction() as tx:
        [known] = deadletters.listed(tx, "waiting", None, 10)
    assert (known.queue, known.reason, known.attempts) == ("listener.order-drafted", "not JSON", 4)

    with relaying(database, amqp_url):
        with orders.database.transaction() as tx:
            deadletters.settle(tx, known.id, "replaying", "Olga")
        eventually(lambda: waiting(channel) == 1)
        eventually(lambda: _state(orders, known.id) == "replayed")

    _, _, body = channel.basic_get("listener.order-drafted", auto_ack=True)
    assert body == b"\x00not json"


def _state(orders: ServiceHarness, id: UUID) -> str:
    with orders.database.transaction() as tx:
        state: str = tx.execute(select(dead_letters.c.state).where(dead_letters.c.id == id)).scalar_one()
        return state


def test_a_live_notice_names_the_document_and_who_may_know_of_it(
    orders: ServiceHarness, database: Any, channel: Any, amqp_url: str
) -> None:
    saved = commands.SaveProduct(
        number="P", name="Saddle", unit_price=Decimal(1), currency="EUR", tax_rate=Decimal(0)
    )
    channel.queue_declare("ear", exclusive=True)
    channel.queue_bind("ear", "live")
    product = orders.call(saved, SELLER)

    with relaying(database, amqp_url):
        eventually(lambda: waiting(channel, "ear") == 1)

    _, _, body = channel.basic_get("ear", auto_ack=True)
    notice = json.loads(body)
    assert (notice["name"], notice["kind"], notice["subject"]) == (
        "product-saved",
        "product",
        str(product.id),
    )
    assert notice["participants"] == [str(SELLER.organisation_id)]

"""What is declared at the broker, and what is said when the broker differs."""

import json

import pytest

from deploy.local.broker import Broker
from services.chassis.topology import (
    DELAYS,
    DifferentTopology,
    Subscribed,
    Topology,
    check,
    declare,
    subscription_arguments,
)
from tests.service.chassis.messages import Messages

ORDERS_TO_INVOICING = Topology(
    services=("invoicing", "orders"),
    subscriptions=(Subscribed("invoicing", "orders", "order-submitted"),),
    events=(("orders", "order-submitted"), ("orders", "order-closed")),
)


def test_a_declared_topology_has_no_faults_and_can_be_declared_again(amqp_url: str) -> None:
    declare(amqp_url, ORDERS_TO_INVOICING)
    declare(amqp_url, ORDERS_TO_INVOICING)

    assert check(amqp_url, ORDERS_TO_INVOICING) == []


def test_checking_names_everything_that_is_missing_and_makes_nothing(amqp_url: str) -> None:
    missing = check(amqp_url, ORDERS_TO_INVOICING)

    assert "queue invoicing.order-submitted does not exist" in missing
    assert "exchange orders.events does not exist" in missing
    assert len(missing) == len(ORDERS_TO_INVOICING.queues()) + len(ORDERS_TO_INVOICING.exchanges())
    assert check(amqp_url, ORDERS_TO_INVOICING) == missing


def test_a_queue_with_other_arguments_is_named(amqp_url: str, messages: Messages) -> None:
    arguments = {**subscription_arguments("invoicing"), "x-delivery-limit": 5}
    messages.declare_queue("invoicing.order-submitted", arguments)

    with pytest.raises(DifferentTopology, match=r"x-delivery-limit.*invoicing\.order-submitted"):
        declare(amqp_url, ORDERS_TO_INVOICING)

    assert any(
        "invoicing.order-submitted was declared with other arguments" in fault
        for fault in check(amqp_url, ORDERS_TO_INVOICING)
    )


def test_an_unbound_queue_and_one_that_no_code_consumes_are_named(
    amqp_url: str, messages: Messages, broker: Broker
) -> None:
    def ctl(arguments: object) -> str:
        command, *rest = arguments  # type: ignore[misc]
        return broker.ctl(command, "--vhost", amqp_url.rpartition("/")[2], *rest)

    declare(amqp_url, ORDERS_TO_INVOICING)
    messages.unbind("invoicing.order-submitted", "orders.events", "order-submitted")
    messages.declare_queue("invoicing.order-forgotten", {})

    assert check(amqp_url, ORDERS_TO_INVOICING, ctl) == [
        "queue invoicing.order-submitted is not bound to exchange orders.events with key 'order-submitted'",
        "queue invoicing.order-forgotten belongs to nothing in the code",
    ]


def test_an_event_without_a_subscriber_is_routed_and_kept_nowhere(amqp_url: str, messages: Messages) -> None:
    declare(amqp_url, ORDERS_TO_INVOICING)

    messages.publish("orders.events", "order-closed", b"{}")

    assert all(messages.left_in(queue.name) == 0 for queue in ORDERS_TO_INVOICING.queues())


def test_an_event_of_a_name_that_no_one_declared_is_handed_back(amqp_url: str, messages: Messages) -> None:
    declare(amqp_url, ORDERS_TO_INVOICING)

    assert not messages.publish("orders.events", "order-misspelt", b"{}")


def test_a_message_in_a_delay_queue_returns_to_the_queue_it_names(amqp_url: str, messages: Messages) -> None:
    declare(amqp_url, ORDERS_TO_INVOICING)

    messages.publish(DELAYS[0].name, "invoicing.order-submitted", b"{}")

    assert messages.left(DELAYS[0].name, 1)
    assert messages.left("invoicing.order-submitted", 1, patience=20)


def test_the_broker_itself_makes_a_dead_letter_of_what_kills_every_process(
    amqp_url: str, messages: Messages
) -> None:
    declare(amqp_url, ORDERS_TO_INVOICING)
    messages.publish("orders.events", "order-submitted", json.dumps({"a": 1}).encode())

    taken = messages.take_and_return("invoicing.order-submitted", times=25)

    assert taken == 21
    properties, _ = messages.take("invoicing.dead-letters")
    assert properties.headers["x-first-death-queue"] == "invoicing.order-submitted"

"""The private RabbitMQ node: for us alone, several at once, and what a kill leaves behind."""

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path

import pika
import pika.exceptions
import psutil
import pytest

from deploy.local.broker import MAX_MESSAGE_BYTES, Broker
from deploy.local.places import free_ports
from deploy.local.problems import Problem


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    node = Broker(tmp_path_factory.mktemp("broker"), *free_ports(1), vhosts=["/", "other"])
    node.start()
    yield node
    node.stop()


@contextlib.contextmanager
def a_channel(url: str) -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
    with contextlib.closing(pika.BlockingConnection(pika.URLParameters(url))) as connection:
        yield connection.channel()


def test_it_listens_on_this_machine_only(node: Broker) -> None:
    addresses = {
        link.laddr.ip for link in psutil.Process(node.pid).net_connections("inet") if link.status == "LISTEN"
    }

    assert addresses == {"127.0.0.1"}


def test_guest_is_not_let_in(node: Broker) -> None:
    with pytest.raises(pika.exceptions.ProbableAuthenticationError):
        pika.BlockingConnection(pika.URLParameters(f"amqp://guest:guest@127.0.0.1:{node.port}/"))


def test_every_vhost_asked_for_is_there(node: Broker) -> None:
    with a_channel(node.url_of("other")) as channel:
        channel.queue_declare("only-in-other")

    assert [queue["name"] for queue in node.queues("other")] == ["only-in-other"]
    assert node.queues() == []


def test_a_message_over_one_mebibyte_is_refused(node: Broker) -> None:
    with a_channel(node.url_of("other")) as channel:
        channel.confirm_delivery()

        with pytest.raises(pika.exceptions.ChannelClosedByBroker, match="larger than configured max size"):
            channel.basic_publish("", "only-in-other", b"x" * (MAX_MESSAGE_BYTES + 1))


def test_what_was_confirmed_survives_a_kill(node: Broker) -> None:
    with a_channel(node.url) as channel:
        channel.queue_declare("kept", durable=True, arguments={"x-queue-type": "quorum"})
        channel.confirm_delivery()
        channel.basic_publish("", "kept", b"hello", pika.BasicProperties(delivery_mode=2), mandatory=True)
    node.settle("kept")

    node.restart(kill=True)

    with a_channel(node.url) as channel:
        _, _, body = channel.basic_get("kept", auto_ack=True)
    assert body == b"hello"


def test_nothing_of_it_is_left_after_stop(tmp_path: Path) -> None:
    node = Broker(tmp_path, *free_ports(1))
    node.start()
    family = [psutil.Process(node.pid), *psutil.Process(node.pid).children(recursive=True)]
    family.append(psutil.Process(json.loads((tmp_path / "epmd.pid").read_text())["pid"]))

    node.stop()

    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []


def test_a_second_node_may_run_beside_the_first_and_replaces_one_that_was_left(
    node: Broker, tmp_path: Path
) -> None:
    left = Broker(tmp_path, *free_ports(1))
    left.start()
    successor = Broker(tmp_path, left.port)

    successor.start()

    assert successor.pid != left.pid
    assert successor.ctl("list_vhosts").split() == ["name", "/"]
    assert node.running
    successor.stop()
    left.stop()


def test_a_taken_port_is_told_in_one_sentence(node: Broker, tmp_path: Path) -> None:
    with pytest.raises(Problem, match=f"Port {node.port} .* is taken"):
        Broker(tmp_path, node.port).start()

"""`./counterpart topology`: what is declared, what is found wrong, and how it is told."""

import argparse
from pathlib import Path

import pika
import pytest

from deploy.local import running
from deploy.local import topology as command
from deploy.local.problems import Problem
from deploy.local.stack import Stack


def counterpart(*words: str) -> int:
    """`./counterpart topology …` in this process."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(words))


def test_checking_an_empty_broker_names_what_is_missing_and_declaring_puts_it_right(
    amqp_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COUNTERPART_AMQP_URL", amqp_url)

    assert counterpart("--check") == 1
    assert "queue invoicing.order-submitted does not exist" in capsys.readouterr().out

    assert counterpart() == 0
    assert counterpart("--check") == 0
    told = capsys.readouterr()
    assert "As the code expects" in told.out
    assert "only an operator of the broker can see them" in told.err


def test_a_broker_that_does_not_answer_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COUNTERPART_AMQP_URL", "amqp://guest:guest@127.0.0.1:1/")

    with pytest.raises(Problem, match="cannot be asked"):
        counterpart("--check")


def test_without_a_running_system_it_says_how_to_start_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COUNTERPART_AMQP_URL", raising=False)
    monkeypatch.setenv("COUNTERPART_VAR", str(tmp_path))

    with pytest.raises(Problem, match=r"is not running under .*: start it with \./counterpart up"):
        counterpart()


@pytest.mark.timeout(300)
def test_the_running_system_has_no_fault_until_a_queue_is_left_over_or_a_binding_is_gone(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("COUNTERPART_AMQP_URL", raising=False)
    monkeypatch.setenv("COUNTERPART_VAR", str(stack.directory))
    binding = {
        "queue": "invoicing.order-refused",
        "exchange": "orders.events",
        "routing_key": "order-refused",
    }
    with running.claim(stack.directory):
        assert counterpart("--check") == 0, capsys.readouterr().out

        connection = pika.BlockingConnection(pika.URLParameters(stack.broker.url))
        channel = connection.channel()
        channel.queue_declare("invoicing.order-forgotten", durable=True)
        channel.queue_unbind(**binding)
        try:
            found = counterpart("--check")
        finally:
            channel.queue_bind(**binding)
            channel.queue_delete("invoicing.order-forgotten")
            connection.close()

    assert found == 1
    told = capsys.readouterr().out
    assert "queue invoicing.order-forgotten belongs to nothing in the code" in told
    assert "queue invoicing.order-refused is not bound to exchange orders.events" in told

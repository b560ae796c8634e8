"""Calls: what kills stock nameko, what it runs too late, and what our callers may rely on."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.local.places import free_ports
from services.chassis.topology import declare
from tests.service.chassis.messages import Messages
from tests.service.chassis.processes import Host
from tests.service.chassis.variants import TOPOLOGY, Start, on_both


def in_milliseconds(from_now: float) -> int:
    """The moment so many seconds from now, as the header `x-deadline` says it."""
    return int((time.time() + from_now) * 1000)


@pytest.fixture(scope="module")
def to_taker(unused_vhosts: Iterator[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Messages]:
    """A connection to a vhost in which the small service runs on our entrypoints, for all tests here."""
    amqp_url = next(unused_vhosts)
    declare(amqp_url, TOPOLOGY)
    (port,) = free_ports(1)
    host = Host(tmp_path_factory.mktemp("taker") / "log", port, "ours", COUNTERPART_AMQP_URL=amqp_url)
    try:
        with Messages(amqp_url) as messages:
            messages.wait_for_consumer("ours")
            yield messages
    finally:
        host.kill()


UNANSWERABLE: dict[str, dict[str, Any]] = {
    "no way back": {"without": ("reply_to",)},
    "no content type": {"without": ("content_type",)},
    "no correlation id": {"without": ("correlation_id",)},
    "no such operation": {"key": "taker.nothing"},
    "no operation at all": {"key": "taker."},
    "an operation that is no text": {"key": b"taker.\xff"},
    "no JSON": {"body": b"{"},
    "no object": {"body": b"[]"},
    "no arguments": {"body": b"{}"},
    "arguments of the wrong type": {"body": b'{"args": [], "kwargs": 5}'},
    "a call stack that is none": {"headers": {"nameko.call_id_stack": 5}},
    "a deadline that is none": {"headers": {"x-deadline": "soon"}},
    "a compressed body": {"headers": {"compression": "application/x-bz2"}},
    "pickle": {"content_type": "application/x-python-serialize", "body": b"\x80\x04."},
}


@on_both(7, "a call that cannot be answered kills the service, at every start again")
def test_calls_that_cannot_be_answered_harm_nobody(variant: str, messages: Messages, start: Start) -> None:
    host = start(variant)
    messages.wait_for_consumer(variant)

    for wrong in UNANSWERABLE.values():
        messages.send_call({"do": "note", "n": "wrong"}, **wrong)
    messages.send_call({"do": "note", "n": "right"})

    assert host.says("noted right")
    assert host.alive


@pytest.mark.parametrize(
    ("wrong", "kind"),
    [
        ({"key": "taker.nothing"}, "MethodNotFound"),
        ({"body": b"{"}, "MalformedRequest"),
        ({"body": b'{"args": [], "args": [], "kwargs": {}}'}, "MalformedRequest"),
        ({"body": b'{"args": [1], "kwargs": {}}'}, "IncorrectSignature"),
        ({"without": ("content_type",)}, "MalformedRequest"),
        ({"headers": {"x-deadline": True}}, "MalformedRequest"),
    ],
)
def test_a_malformed_call_is_answered_with_what_is_wrong(
    wrong: dict[str, Any], kind: str, to_taker: Messages
) -> None:
    answer = to_taker.call(**wrong)

    assert answer["result"] is None
    assert answer["error"]["exc_type"] == kind


def test_a_call_is_answered_on_namekos_wire_format(to_taker: Messages) -> None:
    assert to_taker.call({"do": "note", "n": 1}) == {
        "result": {"asked": {"do": "note", "n": 1}},
        "error": None,
    }


def test_the_caller_learns_nothing_of_an_unexpected_error(to_taker: Messages) -> None:
    answer = to_taker.call({"do": "raise"})

    assert answer["result"] is None
    assert answer["error"]["exc_type"] == "UnexpectedError"
    assert "fault of the handler" not in str(answer)


@on_both(9, "a call its caller has given up is run later")
def test_a_call_that_comes_too_late_is_not_run(variant: str, messages: Messages, start: Start) -> None:
    host = start(variant)
    messages.wait_for_consumer(variant)

    messages.send_call({"do": "note", "n": "late"}, headers={"x-deadline": in_milliseconds(-1)})
    messages.send_call({"do": "note", "n": "in time"}, headers={"x-deadline": in_milliseconds(+60)})

    host.wait_for("noted in time")
    assert not host.said("noted late")


def test_a_lost_answer_costs_nothing_but_its_caller_the_wait(to_taker: Messages) -> None:
    """More calls without a listener than there are workers; the service answers the next one as usual.

    (Hole 8, a caller that waits for ever, is on the caller's side: ours is the gateway, which sets a
    time-out, see tests/service/gateway. No service calls another.)
    """
    for n in range(50):
        to_taker.send_call({"do": "note", "n": n}, reply_to="nobody-listens")

    assert to_taker.call()["error"] is None


def test_calls_run_beside_each_other_and_beside_a_backlog_of_events(messages: Messages, start: Start) -> None:
    host = start("ours")
    messages.wait_for_consumer("ours")

    messages.announce(*({"do": "sleep", "seconds": 30, "n": n} for n in range(30)))
    for n in range(15):
        messages.send_call({"do": "sleep", "seconds": 30, "n": f"call {n}"})
    host.wait_for("began call", times=15)

    assert messages.call()["error"] is None

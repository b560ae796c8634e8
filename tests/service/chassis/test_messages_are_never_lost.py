"""The holes of nameko through which events are lost, each asked of our entrypoints and of stock nameko's.

The number in a test's reason is that of the list in docs/reliability. The stock variant must fail: if it
passes one day, the countermeasure is no longer needed, or the test has gone blind.
"""

import bz2
import struct
from datetime import UTC, datetime, timedelta

import pytest

from services.chassis.strictjson import loads
from services.chassis.topology import declare
from tests.service.chassis.messages import QUEUES, Messages
from tests.service.chassis.processes import eventually
from tests.service.chassis.variants import PATIENCE, TOPOLOGY, Start, fails, on_both


@on_both(1, "a message whose handler raised is acknowledged")
def test_a_message_whose_handler_raises_is_not_lost(variant: str, messages: Messages, start: Start) -> None:
    host = start(variant)
    messages.wait_for_consumer(variant)

    messages.announce({"do": "raise"})
    host.wait_for("raised")
    messages.announce({"do": "note", "n": "after"}, event="also-happened")
    host.wait_for("noted after")
    host.kill()

    assert eventually(lambda: messages.accounted_for(variant) == 1, PATIENCE[variant])


@pytest.mark.parametrize(
    ("variant", "options", "wish"),
    [
        ("ours", (), "raise"),
        ("ours", (), "put back"),
        pytest.param(
            "stock",
            ("--requeue",),
            "raise",
            marks=fails("nameko, hole 2: requeued at once, for ever"),
        ),
    ],
)
def test_a_message_that_comes_back_does_not_come_back_in_a_hot_loop(
    variant: str, options: tuple[str, ...], wish: str, messages: Messages, start: Start
) -> None:
    host = start(variant, *options)
    messages.wait_for_consumer(variant)

    messages.announce({"do": wish})
    host.wait_for("context")
    messages.pause(1.5)

    assert len(host.said("context")) <= 3


@on_both(3, "acknowledged before the dependencies have committed")
def test_a_process_that_dies_while_a_dependency_commits_loses_nothing(
    variant: str, messages: Messages, start: Start
) -> None:
    host = start(variant, "--committing-dependency")
    messages.wait_for_consumer(variant)

    messages.announce({"do": "note", "n": 1})
    host.wait_for("committing")
    # The acknowledgement, if there is one, needs a moment to reach the broker.
    messages.pause(0.3)
    host.kill()

    assert eventually(lambda: messages.accounted_for(variant) == 1, PATIENCE[variant])


UNDECODABLE = {
    "not JSON": (b"{", {}),
    "no JSON number": (b'{"do": NaN}', {}),
    "a name twice": (b'{"do": "note", "do": "note", "n": 1}', {}),
    "a disguised object": (b'{"do": {"__type__": "decimal", "__value__": "1"}}', {}),
    "not text": (b"\xff\xfe", {}),
    "no content type": (b"{", {"content_type": None}),
    "pickle": (b"\x80\x04.", {"content_type": "application/x-python-serialize"}),
    "an unknown encoding": (b'{"', {"content_encoding": "ebcdic-9000"}),
    "an unknown content type": (b"{", {"content_type": "application/x-nonsense"}),
    "nothing at all": (b"", {}),
}


@on_both(4, "what kombu cannot decode is logged and acknowledged")
def test_what_cannot_be_decoded_becomes_a_dead_letter(variant: str, messages: Messages, start: Start) -> None:
    start(variant)
    messages.wait_for_consumer(variant)

    for body, properties in UNDECODABLE.values():
        messages.put(body, **properties)

    assert messages.left("taker.dead-letters", len(UNDECODABLE), PATIENCE[variant])


def test_a_dead_letter_keeps_its_body_and_says_why_it_died(messages: Messages, start: Start) -> None:
    start("ours")
    messages.wait_for_consumer("ours")

    messages.put(
        b"{ \xff", content_type="application/x-nonsense", headers={"x-attempt": 2, "x-user": "admin"}
    )

    properties, body = messages.take("taker.dead-letters")
    assert body == b"{ \xff"
    assert properties.content_type == "application/x-nonsense"
    assert properties.delivery_mode == 2
    died_at = datetime.fromisoformat(properties.headers.pop("x-died-at"))
    assert abs(died_at - datetime.now(UTC)) < timedelta(minutes=1)
    ours = {name: value for name, value in properties.headers.items() if name != "x-delivery-count"}
    assert ours == {
        "x-reason": "not UTF-8 at byte 2",
        "x-handler": "taker.on_happened",
        "x-attempts": 3,
        "x-queue": "taker.happened",
        "x-trace-id": "",
    }


def a_table_in_a_table(depth: int) -> bytes:
    table = b""
    for _ in range(depth):
        table = b"\x01d" + b"F" + struct.pack(">I", len(table)) + table
    return table


HOSTILE_HEADERS: dict[str, dict[str, object] | bytes] = {
    "a call stack that is none": {"nameko.call_id_stack": 5},
    "the same without its prefix": {"call_id_stack": {"a": 1}},
    "an identity": {"nameko.user_id": "admin", "nameko.auth_token": "let me in"},
    "attempts that are none": {"x-attempt": "many"},
    "more attempts than can be": {"x-attempt": 2**40},
    # What AMQP can say and Python cannot, so py-amqp's reader raises.
    "a moment after the end of time": b"\x01tT" + struct.pack(">Q", 2**62),
    "a table in a table in a table": a_table_in_a_table(2000),
}


@on_both(5, "a header of the wrong type kills the container, at every start again")
def test_hostile_headers_harm_nobody(variant: str, messages: Messages, start: Start) -> None:
    host = start(variant)
    messages.wait_for_consumer(variant)

    for number, headers in enumerate(HOSTILE_HEADERS.values()):
        messages.put_with_headers(b'{"do": "note", "n": %d}' % number, headers)

    assert all(host.says(f"noted {number}") for number in range(len(HOSTILE_HEADERS)))
    assert host.alive


@on_both(6, "any header becomes trusted context")
def test_no_header_becomes_the_context_of_a_worker(variant: str, messages: Messages, start: Start) -> None:
    host = start(variant)
    messages.wait_for_consumer(variant)

    messages.put(b'{"do": "note", "n": 1}', headers={"nameko.user_id": "admin", "language": "xx"})
    host.wait_for("noted 1")

    assert host.said("context") == ["context {}"]


@on_both(12, "a dependency that fails kills the container")
def test_a_failing_dependency_costs_neither_the_message_nor_the_process(
    variant: str, messages: Messages, start: Start
) -> None:
    host = start(variant, "--failing-dependency=1")
    messages.wait_for_consumer(variant)

    messages.announce({"do": "note", "n": 1})

    host.wait_for("dependency failed")
    assert host.says("noted 1")


@on_both(16, "one slow queue takes all the workers")
def test_a_slow_queue_does_not_starve_the_others(variant: str, messages: Messages, start: Start) -> None:
    host = start(variant)
    messages.wait_for_consumer(variant)

    messages.announce(*({"do": "sleep", "seconds": 60, "n": n} for n in range(30)))
    host.wait_for("began")
    messages.pause(0.3)
    messages.announce({"do": "note", "n": "quick"}, event="also-happened")

    assert host.says("noted quick", patience=PATIENCE[variant])


@on_both(17, "the messages of one queue are handled all at once")
def test_the_messages_of_a_queue_are_handled_in_their_order(
    variant: str, messages: Messages, start: Start
) -> None:
    wishes = [{"do": "sleep", "seconds": 0.001 * (n * 7 % 10), "n": n} for n in range(40)]

    host = start(variant)
    messages.wait_for_consumer(variant)
    messages.announce(*wishes)

    assert host.wait_for("ended", times=40) == [f"ended {n}" for n in range(40)]


@on_both(18, "an event nobody has subscribed to yet is confirmed and gone")
def test_an_event_reaches_a_subscriber_that_was_never_started_before(
    variant: str, messages: Messages, start: Start, amqp_url: str
) -> None:
    if variant == "ours":
        declare(amqp_url, TOPOLOGY)
    messages.announce_unheard(variant, {"do": "note", "n": "early"})

    host = start(variant)
    messages.wait_for_consumer(variant)

    assert host.says("noted early", patience=PATIENCE[variant])


@on_both(19, "a compressed body is unpacked before anything is checked")
def test_a_decompression_bomb_is_not_unpacked(variant: str, messages: Messages, start: Start) -> None:
    host = start(variant)
    messages.wait_for_consumer(variant)
    before = host.peak_memory()

    messages.put(bz2.compress(bytes(120_000_000)), headers={"compression": "application/x-bz2"})
    messages.announce({"do": "note", "n": "after"})
    assert host.says("noted after")
    assert host.peak_memory() - before < 50_000_000
    properties, _ = messages.take("taker.dead-letters")
    assert properties.headers["x-reason"] == "the body is compressed, which is not accepted"


def test_a_message_is_tried_again_after_five_seconds_and_counted(messages: Messages, start: Start) -> None:
    host = start("ours")
    messages.wait_for_consumer("ours")

    messages.put(b'{"do": "retry"}', headers={"x-attempt": 1, "nameko.user_id": "admin"}, content_type="a/b")
    host.wait_for("failed for now")

    assert messages.left("delay.60s", 1)
    properties, body = messages.take("delay.60s")
    assert (properties.headers, properties.content_type, body) == (
        {"x-attempt": 2, "x-delivery-count": 0},
        "a/b",
        b'{"do": "retry"}',
    )


def test_a_retried_message_returns_to_its_queue(messages: Messages, start: Start) -> None:
    host = start("ours")
    messages.wait_for_consumer("ours")

    messages.announce({"do": "retry"})

    assert host.says("failed for now", times=2)
    assert messages.left("delay.60s", 1)


def test_a_message_whose_retries_are_used_up_is_dead(messages: Messages, start: Start) -> None:
    start("ours")
    messages.wait_for_consumer("ours")

    messages.put(b'{"do": "retry"}', headers={"x-attempt": 3})

    properties, _ = messages.take("taker.dead-letters")
    assert (properties.headers["x-reason"], properties.headers["x-attempts"]) == ("not yet", 4)


def test_a_message_that_cannot_be_kept_as_a_dead_letter_stays_in_its_queue(
    messages: Messages, start: Start
) -> None:
    host = start("ours")
    messages.wait_for_consumer("ours")
    messages.delete_queue("taker.dead-letters")

    messages.announce({"do": "die"}, {"do": "note", "n": 1})
    host.wait_for("noted 1")
    host.kill()

    assert messages.left(QUEUES["ours"], 1)


def test_the_keeper_is_told_why_a_message_died(messages: Messages, start: Start) -> None:
    host = start("ours", "--keep-dead-letters")
    messages.wait_for_consumer("ours")

    messages.announce({"do": "die"})

    (line,) = host.wait_for("dead ")
    told = loads(line.removeprefix("dead "))
    assert isinstance(told, dict)
    assert (told["body"], told["x-queue"]) == ('{"do": "die"}', "taker.happened")
    assert messages.left("taker.dead-letters", 0)

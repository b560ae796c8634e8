"""What a process does when it is asked to stop, when the broker goes away, and when the clock is turned."""

import subprocess
from urllib.parse import urlsplit

from deploy.local.broker import Broker
from services.chassis.topology import declare, subscription_arguments
from tests.service.chassis.messages import ALL_QUEUES, Messages
from tests.service.chassis.processes import Host, eventually, wait_until
from tests.service.chassis.variants import PATIENCE, TOPOLOGY, Start, on_both


def exit_code_or_none(host: Host, patience: float) -> int | None:
    """None when SIGTERM did not end it in time."""
    try:
        return host.terminate(patience)
    except subprocess.TimeoutExpired:
        return None


@on_both(14, "a stop under a backlog hangs, or finished messages are delivered again")
def test_a_stop_under_a_backlog_of_a_thousand_is_quick_and_repeats_nothing(
    variant: str, messages: Messages, start: Start
) -> None:
    host = start(variant)
    messages.wait_for_consumer(variant)
    for event in ("happened", "also-happened"):
        wishes = ({"do": "sleep to the beat", "seconds": 0.2, "n": f"{event} {n}"} for n in range(500))
        messages.announce(*wishes, event=event, confirmed=False)
    host.wait_for("ended", times=12)

    code = exit_code_or_none(host, patience=25 if variant == "ours" else 8)
    host.kill()

    finished = len(host.said("ended"))
    assert code == 0
    assert finished < 1000
    assert len(host.said("began")) == finished
    assert eventually(
        lambda: sum(map(messages.left_in, ALL_QUEUES[variant])) == 1000 - finished, PATIENCE[variant]
    ), f"{finished} finished, left: { {queue: messages.left_in(queue) for queue in ALL_QUEUES[variant]} }"


def test_a_stop_waits_for_the_calls_in_hand_and_answers_them(messages: Messages, start: Start) -> None:
    host = start("ours")
    messages.wait_for_consumer("ours")

    with messages.answers() as (reply_to, next_answer):
        messages.send_call({"do": "sleep", "seconds": 1, "n": 1}, reply_to=reply_to)
        host.wait_for("began 1")
        code = host.terminate()
        answer = next_answer(5)

    assert code == 0
    assert answer["error"] is None


def test_a_process_stops_also_when_the_broker_was_never_there(start: Start) -> None:
    host = start("ours", COUNTERPART_AMQP_URL="amqp://guest:guest@127.0.0.1:1/")
    wait_until(lambda: "the broker cannot be used" in host.log, what="the first attempt")

    status, found = host.readiness()
    assert (status, host.alive) == (503, True)
    assert "the broker cannot be used" in found["checks"]["consumers"]
    assert host.terminate() == 0


def test_a_service_lives_through_a_killed_broker_that_is_away_for_fifteen_seconds(
    messages: Messages, start: Start, broker: Broker, amqp_url: str
) -> None:
    """Hole 11. Not asked of stock nameko: in the one try made here it was still alive after 25 seconds."""
    host = start("ours")
    messages.wait_for_consumer("ours")
    vhost = urlsplit(amqp_url).path.removeprefix("/")
    broker.settle("taker.happened", "taker.also-happened", "taker.dead-letters", vhost=vhost)
    messages.announce({"do": "sleep", "seconds": 1, "n": "before"})
    messages.send_call({"do": "sleep", "seconds": 1, "n": "call"})
    host.wait_for("began", times=2)

    broker.kill()
    host.wait_for("ended", times=2)
    eventually(lambda: not host.alive, patience=15)
    assert host.alive
    assert host.readiness()[0] == 503

    broker.start()
    host.wait_until_ready()
    messages.reconnect()
    assert messages.call()["error"] is None
    # Its acknowledgement was lost with the broker, so it comes again; the inbox makes that harmless.
    assert host.says("ended before", times=2)


def test_a_service_connects_again_when_the_broker_closes_its_connections(
    messages: Messages, start: Start, broker: Broker, amqp_url: str
) -> None:
    host = start("ours")
    host.wait_until_ready()

    vhost = urlsplit(amqp_url).path.removeprefix("/")
    broker.ctl("close_all_connections", "--vhost", vhost, "because the test says so")
    wait_until(lambda: host.log.count("is lost") == 3, what="the loss of all three connections")

    host.wait_until_ready()
    messages.reconnect()
    messages.announce({"do": "die"})
    assert messages.left("taker.dead-letters", 1)
    assert messages.call()["error"] is None


@on_both(13, "a timer stands still while the clock catches up")
def test_a_timer_goes_on_when_the_clock_is_turned_back(
    variant: str, messages: Messages, start: Start
) -> None:
    host = start(variant, "--timer", "--clock-goes-back")
    messages.wait_for_consumer(variant)
    host.wait_for("clock turned back")

    assert host.says("tick", times=4, patience=PATIENCE[variant])


WRONG = {**subscription_arguments("taker"), "x-delivery-limit": 3}


def test_a_queue_with_other_arguments_is_named_and_does_not_stop_the_rest(
    messages: Messages, start: Start, amqp_url: str
) -> None:
    """Hole 15. Not asked of stock nameko: it has no readiness that could say anything."""
    declare(amqp_url, TOPOLOGY)
    messages.delete_queue("taker.happened")
    messages.declare_queue("taker.happened", WRONG)

    host = start("ours", declared="no")

    wait_until(lambda: messages.consumers("taker.also-happened"), what="the other consumer")
    status, found = host.readiness()
    assert status == 503
    assert "queue taker.happened was declared with other arguments" in found["checks"]["consumers"]
    assert "x-delivery-limit" in found["checks"]["consumers"]
    assert messages.call()["error"] is None

    messages.delete_queue("taker.happened")
    declare(amqp_url, TOPOLOGY)
    host.wait_until_ready()


def test_a_missing_queue_is_named_and_consumed_as_soon_as_it_is_there(
    messages: Messages, start: Start, amqp_url: str
) -> None:
    host = start("ours", declared="no")
    wait_until(lambda: "queue taker.happened does not exist" in host.log, what="the complaint")

    declare(amqp_url, TOPOLOGY)
    messages.announce({"do": "note", "n": 1})

    host.wait_until_ready()
    assert host.says("noted 1")


def test_a_consumer_whose_queue_is_deleted_is_missed_and_comes_back(
    messages: Messages, start: Start, amqp_url: str
) -> None:
    host = start("ours")
    host.wait_until_ready()

    messages.delete_queue("taker.happened")
    wait_until(lambda: host.readiness()[0] == 503, what="unreadiness")
    declare(amqp_url, TOPOLOGY)

    host.wait_until_ready()
    messages.announce({"do": "note", "n": 1})
    assert host.says("noted 1")

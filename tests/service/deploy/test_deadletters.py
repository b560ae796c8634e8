"""The dead letters as a person at the machine finds them, and what becomes of them by command."""

import argparse
import json
import os
import pwd
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pika
import pytest

from deploy.local import deadletters as command
from deploy.local import running
from deploy.local.problems import Problem
from deploy.local.stack import Stack
from services.chassis import deadletters, topology
from services.chassis.database import Database
from services.chassis.delivery import DeadDelivery
from services.chassis.ids import new_id
from services.chassis.relay import Relay
from services.chassis.topology import Subscribed, Topology

ME = pwd.getpwuid(os.getuid()).pw_name
QUEUE = "listener.order-drafted"
PLAN = Topology(
    services=("orders", "listener"), subscriptions=(Subscribed("listener", "orders", "order-drafted"),)
)


def counterpart(*words: str) -> int:
    """`./counterpart deadletters …` in this process."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(words))


@pytest.fixture
def orders(fresh_database: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database of orders that the environment names."""
    made = fresh_database("orders")
    monkeypatch.setenv("COUNTERPART_ORDERS_DATABASE_URL", made.url)
    database = Database(made.url, pool_size=2)
    yield database
    database.dispose()


def bury(database: Database, body: bytes, reason: str = "the price is missing") -> str:
    """A dead letter of these bytes; answers its id."""
    letter = DeadDelivery(
        body=body,
        content_type="application/cloudevents+json",
        attempt=0,
        redelivered=False,
        queue="orders.dead-letters",
        headers={"x-queue": QUEUE, "x-reason": reason, "x-attempts": 4, "x-handler": "on_order_drafted"},
    )
    deadletters.keep(database, "orders", [letter])
    with database.transaction() as tx:
        return str(deadletters.listed(tx, "waiting", None, 1)[0].id)


def test_a_list_names_queue_reason_and_attempts(orders: Database, capsys: pytest.CaptureFixture[str]) -> None:
    id = bury(orders, b"{}")

    assert counterpart("list", "--service", "orders") == 0

    told = capsys.readouterr().out
    assert told.startswith(id)
    assert f"orders: {QUEUE}, 4 attempts" in told
    assert "the price is missing" in told


def test_no_dead_letter_is_told_in_a_sentence(orders: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert counterpart("list", "--service", "orders") == 0

    assert capsys.readouterr().out == "No dead letter is waiting.\n"


def test_a_list_that_is_cut_off_says_so(orders: Database, capsys: pytest.CaptureFixture[str]) -> None:
    ids = [bury(orders, b"{}") for _ in range(3)]

    counterpart("list", "--service", "orders", "--limit", "2")

    told = capsys.readouterr().out
    assert [line.split()[0] for line in told.splitlines() if line.startswith(ids[0][:8])] == ids[:0:-1]
    assert "orders has more" in told


def test_a_program_gets_json(orders: Database, capsys: pytest.CaptureFixture[str]) -> None:
    id = bury(orders, b'{"a":1}')

    counterpart("list", "--service", "orders", "--json")

    [letter] = json.loads(capsys.readouterr().out)
    assert (letter["id"], letter["service"], letter["body"]) == (id, "orders", '{"a":1}')


def test_what_a_terminal_would_obey_is_shown_instead(
    orders: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    id = bury(orders, b'{"name": "\\u001b[2J"}', reason="bad \x1b]0;title\x07")

    assert counterpart("show", id, "--service", "orders") == 0

    told = capsys.readouterr().out
    assert "\\x1b]0;title\\x07" in told
    assert not {"\x1b", "\x07"} & set(told)


def test_a_replay_goes_back_into_the_queue_it_came_from_and_notes_who_did_it(
    orders: Database, amqp_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    topology.declare(amqp_url, PLAN)
    id = bury(orders, b'{"specversion":"1.0"}')
    relay = Relay("orders", os.environ["COUNTERPART_ORDERS_DATABASE_URL"], amqp_url)
    thread = threading.Thread(target=relay.run)
    thread.start()
    try:
        assert counterpart("replay", id, "--service", "orders") == 0
        assert capsys.readouterr().out.startswith(f"{id} goes back into {QUEUE}")

        body = eventually(lambda: taken(amqp_url))
        [replayed] = eventually(lambda: listed(capsys, "--state", "replayed"))
    finally:
        relay.stop()
        thread.join(20)

    assert body == b'{"specversion":"1.0"}'
    assert (replayed["id"], replayed["settled_by"]) == (id, ME)


def test_a_discarded_one_stays_readable_and_cannot_be_replayed(
    orders: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    id = bury(orders, b"{}")

    assert counterpart("discard", id, "--service", "orders") == 0
    assert counterpart("replay", id, "--service", "orders") == 1

    assert "discarded already" in capsys.readouterr().err
    [letter] = listed(capsys, "--state", "discarded")
    assert letter["settled_by"] == ME


def test_one_that_is_not_there_does_not_keep_the_others_from_being_settled(
    orders: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    id, stranger = bury(orders, b"{}"), str(new_id())

    assert counterpart("discard", stranger, id, "--service", "orders") == 1

    told = capsys.readouterr()
    assert f"{id} is given up" in told.out
    assert f"{stranger}: There is no such dead letter in orders" in told.err


def test_addresses_of_some_services_only_are_told_by_name(
    orders: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COUNTERPART_ACCOUNTS_DATABASE_URL", raising=False)

    with pytest.raises(Problem, match="COUNTERPART_ACCOUNTS_DATABASE_URL is not set"):
        counterpart("list")


def test_without_a_running_system_it_says_how_to_start_one(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COUNTERPART_VAR", str(tmp_path))

    with pytest.raises(Problem, match=r"is not running under .*: start it with \./counterpart up"):
        counterpart("list")


@pytest.mark.timeout(300)
def test_the_running_system_is_found_by_its_folder(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    database = Database(stack.postgres.url("orders"), pool_size=1)
    id = bury(database, b"{}", reason="for the command to find")
    database.dispose()
    monkeypatch.setenv("COUNTERPART_VAR", str(stack.directory))

    with running.claim(stack.directory):
        assert counterpart("discard", id) == 0
        assert counterpart("show", id) == 0

    assert "for the command to find" in capsys.readouterr().out


def listed(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    capsys.readouterr()
    counterpart("list", "--service", "orders", "--json", *words)
    return json.loads(capsys.readouterr().out)


def taken(amqp_url: str) -> bytes | None:
    connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
    try:
        body: bytes | None = connection.channel().basic_get(QUEUE, auto_ack=True)[2]
    finally:
        connection.close()
    return body


def eventually(what: Callable[[], Any], seconds: float = 20) -> Any:
    deadline = time.monotonic() + seconds
    while not (seen := what()):
        assert time.monotonic() < deadline, "it never came to pass"
        threading.Event().wait(0.05)
    return seen

"""Every call of the bus ends: answered, refused, or told that no answer came."""

import asyncio
import json
import socket
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pika
import pytest

from services.chassis.errors import CounterpartError, Fault, NotHereYet, NotKnownYet, Unavailable
from services.gateway.bus import TIMEOUTS_TO_OPEN, Bus, Told, Wish
from services.gateway.problems import ServiceFailed
from tests.service.gateway.conftest import FakeServices

GET = Wish("orders", "get_order", '{"order_id": "42"}', command_id="c-1", expected=3, correlation_id="r-1")


class Outcomes:
    """Remembers what the bus counts."""

    def __init__(self) -> None:
        self.ended: list[str] = []

    def call_ended(self, service: str, method: str, outcome: str, seconds: float) -> None:
        self.ended.append(outcome)


def with_bus(url: str, story: Callable[[Bus], Awaitable[Any]], **options: Any) -> Any:
    """Run `story` with a bus that is connected."""

    async def tell() -> Any:
        bus = Bus(url, **options)
        bus.start()
        try:
            await bus.came_up(20)
            return await story(bus)
        finally:
            await bus.stop()

    return asyncio.run(tell())


def test_a_call_reaches_its_service_with_all_it_carries_and_brings_the_answer(
    amqp_url: str, services: FakeServices
) -> None:
    services.answers["get_order"] = lambda _: {"ok": {"id": "42", "sequence": 3}}

    answer = with_bus(amqp_url, lambda bus: bus.call(GET))

    assert answer.value == {"id": "42", "sequence": 3}
    assert json.loads(answer.text) == {"id": "42", "sequence": 3}
    assert services.asked("get_order") == [
        {
            "actor": None,
            "command_id": "c-1",
            "expected": 3,
            "correlation_id": "r-1",
            "payload": {"order_id": "42"},
        }
    ]


def test_a_refusal_is_told_in_the_services_own_words(amqp_url: str, services: FakeServices) -> None:
    services.answers["get_order"] = lambda _: {
        "refused": {
            "code": "not-confirmable",
            "status": 409,
            "detail": "Order 42 is closed.",
            "faults": [{"field": "/lines/0", "detail": "too much"}],
        }
    }

    with pytest.raises(Told) as refusal:
        with_bus(amqp_url, lambda bus: bus.call(GET))

    assert (refusal.value.code, refusal.value.status) == ("not-confirmable", 409)
    assert refusal.value.detail == "Order 42 is closed."
    assert [(fault.field, fault.detail) for fault in refusal.value.faults] == [("/lines/0", "too much")]


def test_an_error_of_the_service_is_never_told(amqp_url: str, services: FakeServices) -> None:
    services.answers["get_order"] = lambda _: {
        "exc_type": "ProgrammingError",
        "value": "password=secret",
    }

    with pytest.raises(ServiceFailed) as failure:
        with_bus(amqp_url, lambda bus: bus.call(GET))

    assert "secret" not in failure.value.detail
    assert "Programming" not in failure.value.detail


def test_a_service_that_does_not_answer_costs_the_caller_its_patience_and_no_more(
    amqp_url: str, services: FakeServices
) -> None:
    services.answers["get_order"] = lambda _: None
    began = time.monotonic()

    with pytest.raises(Unavailable):
        with_bus(amqp_url, lambda bus: bus.call(GET), patience=0.3)

    assert time.monotonic() - began < 3


def test_a_service_that_was_never_started_is_unavailable_at_once(amqp_url: str) -> None:
    began = time.monotonic()
    meter = Outcomes()

    with pytest.raises(Unavailable):
        with_bus(amqp_url, lambda bus: bus.call(GET), patience=30, meter=meter)

    assert time.monotonic() - began < 10
    assert meter.ended == ["absent"]


def test_a_call_nobody_took_in_time_is_not_carried_out_later(amqp_url: str) -> None:
    with pika.BlockingConnection(pika.URLParameters(amqp_url)) as connection:
        channel = connection.channel()
        channel.exchange_declare("nameko-rpc", "topic", durable=True)
        channel.queue_declare("rpc-orders", durable=True)
        channel.queue_bind("rpc-orders", "nameko-rpc", "orders.*")

        with pytest.raises(Unavailable):
            with_bus(amqp_url, lambda bus: bus.call(GET), patience=0.3)

        assert channel.basic_get("rpc-orders", auto_ack=True)[0] is None


def test_what_has_not_arrived_yet_is_asked_again_with_the_same_command_id(
    amqp_url: str, services: FakeServices
) -> None:
    later = {"refused": {"code": "later", "status": 503, "detail": "Not known here yet.", "faults": []}}
    answers = iter([later, later, {"ok": {"id": "42"}}])
    services.answers["get_order"] = lambda _: next(answers)

    answer = with_bus(amqp_url, lambda bus: bus.call(GET))

    assert answer.value == {"id": "42"}
    assert [request["command_id"] for request in services.asked("get_order")] == ["c-1"] * 3


def test_what_never_arrives_is_told_after_two_seconds(amqp_url: str, services: FakeServices) -> None:
    services.answers["get_order"] = lambda _: {
        "refused": {"code": "later", "status": 503, "detail": "Not known here yet.", "faults": []}
    }
    began = time.monotonic()

    with pytest.raises(Told) as refusal:
        with_bus(amqp_url, lambda bus: bus.call(GET))

    assert refusal.value.status == 503
    assert 1 < time.monotonic() - began < 5


@pytest.mark.parametrize(
    "refusal",
    [NotHereYet("There is no order 42 here."), NotKnownYet("Choose a supplier.", [Fault("/id", "is none")])],
)
def test_what_may_be_on_its_way_is_asked_again_and_told_plainly_when_it_never_comes(
    amqp_url: str, services: FakeServices, refusal: CounterpartError
) -> None:
    unknown = {"refused": refusal.problem()}
    answers = iter([unknown, unknown, {"ok": {"id": "42"}}])
    services.answers["get_order"] = lambda _: next(answers)
    assert with_bus(amqp_url, lambda bus: bus.call(GET)).value == {"id": "42"}
    services.answers["get_order"] = lambda _: unknown

    with pytest.raises(Told) as told:
        with_bus(amqp_url, lambda bus: bus.call(GET))

    assert (told.value.status, told.value.detail) == (refusal.status, refusal.detail)
    assert told.value.code in ("not-found", "invalid")
    assert told.value.faults == refusal.faults


def test_calls_beyond_the_bound_are_refused_at_once(amqp_url: str, services: FakeServices) -> None:
    services.answers["get_order"] = lambda _: None
    meter = Outcomes()

    async def story(bus: Bus) -> list[BaseException]:
        return await asyncio.gather(*(bus.call(GET) for _ in range(5)), return_exceptions=True)

    failures = with_bus(amqp_url, story, patience=0.5, most_in_flight=2, meter=meter)

    assert all(isinstance(failure, Unavailable) for failure in failures)
    assert sorted(meter.ended) == ["full", "full", "full", "timeout", "timeout"]


def test_a_service_that_stays_silent_is_not_waited_for_by_everybody(
    amqp_url: str, services: FakeServices
) -> None:
    services.answers["get_order"] = lambda _: None
    services.answers["authenticate"] = lambda _: {"ok": {}}
    meter = Outcomes()

    async def story(bus: Bus) -> None:
        await asyncio.gather(*(bus.call(GET) for _ in range(TIMEOUTS_TO_OPEN)), return_exceptions=True)
        with pytest.raises(Unavailable):
            await bus.call(GET)
        await bus.call(Wish("accounts", "authenticate", "{}"))

    with_bus(amqp_url, story, patience=0.3, meter=meter)

    assert meter.ended == ["timeout"] * TIMEOUTS_TO_OPEN + ["open", "ok"]


def test_a_service_that_answers_again_is_asked_again(
    amqp_url: str, services: FakeServices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.gateway.bus.OPEN_FOR", 0.2)
    silent = iter([None] * TIMEOUTS_TO_OPEN)
    services.answers["get_order"] = lambda _: next(silent, {"ok": {"id": "42"}})

    async def story(bus: Bus) -> Any:
        await asyncio.gather(*(bus.call(GET) for _ in range(TIMEOUTS_TO_OPEN)), return_exceptions=True)
        while True:
            try:
                return await bus.call(GET)
            except Unavailable:
                await asyncio.sleep(0.02)

    assert with_bus(amqp_url, story, patience=0.3).value == {"id": "42"}


def test_a_lost_connection_fails_what_is_under_way_and_the_bus_comes_back(
    amqp_url: str, services: FakeServices
) -> None:
    answers = iter([None])
    services.answers["get_order"] = lambda _: next(answers, {"ok": {"id": "42"}})
    meter = Outcomes()

    async def story(bus: Bus) -> Any:
        lost = asyncio.create_task(bus.call(GET))
        await asyncio.to_thread(services.wait_for, "get_order")
        began = time.monotonic()
        _cut(bus)
        with pytest.raises(Unavailable):
            await lost
        assert time.monotonic() - began < 5
        await bus.came_up(10)
        return await bus.call(GET)

    answer = with_bus(amqp_url, story, patience=60, meter=meter)

    assert answer.value == {"id": "42"}
    assert meter.ended == ["lost", "ok"]


def test_a_late_answer_is_not_taken_for_the_answer_of_another_call(
    amqp_url: str, services: FakeServices
) -> None:
    asked: list[int] = []

    def slow_then_quick(request: dict[str, Any]) -> dict[str, Any]:
        asked.append(1)
        if len(asked) == 1:
            time.sleep(0.6)  # the service is slow; nothing is waited for here
        return {"ok": {"answer": len(asked)}}

    services.answers["get_order"] = slow_then_quick

    async def story(bus: Bus) -> Any:
        with pytest.raises(Unavailable):
            await bus.call(GET)
        return await bus.call(Wish("orders", "get_order", "{}"))

    assert with_bus(amqp_url, story, patience=0.4).value == {"answer": 2}


def _cut(bus: Bus) -> None:
    """Drop the socket under the connection, as a broken network would."""
    bus._channel.connection._transport._sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]

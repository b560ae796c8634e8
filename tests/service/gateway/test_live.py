"""What happens reaches every browser it concerns, once, in order, and also one that was away."""

import contextlib
import json
import socket
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pika
import pytest

from services.chassis import topology
from tests.service.gateway.conftest import (
    CSRF,
    ORGANISATION,
    OTHER_ORGANISATION,
    SESSION,
    TOKEN,
    FakeServices,
    RunningGateway,
    a_session,
    a_standing,
)

Event = dict[str, str]


class Relay:
    """Puts notices into the stream `live`, as the relays do."""

    def __init__(self, amqp_url: str) -> None:
        self._connection = pika.BlockingConnection(pika.URLParameters(amqp_url))
        self._channel = self._connection.channel()
        self._channel.confirm_delivery()
        self.declare()

    def declare(self) -> None:
        self._channel.exchange_declare(topology.LIVE, "fanout", durable=True)
        self._channel.queue_declare(topology.LIVE, durable=True, arguments=dict(topology.LIVE_ARGUMENTS))
        self._channel.queue_bind(topology.LIVE, topology.LIVE)

    def begin_anew(self) -> None:
        """Lose the stream, as a broker that is set up again has."""
        self._channel.queue_delete(topology.LIVE)
        self.declare()

    def tell(
        self, name: str, subject: str = "", participants: tuple[str, ...] = (ORGANISATION,), **more: Any
    ) -> str:
        id = str(uuid.uuid4())
        notice = {
            "id": id,
            "type": f"counterpart.orders.{name}.v1",
            "name": name,
            "kind": "order",
            "subject": subject or str(uuid.uuid4()),
            "sequence": 1,
            "participants": list(participants),
            "actor": None,
            "time": "2026-11-22T09:30:00Z",
            **more,
        }
        self._channel.basic_publish("live", "", json.dumps(notice).encode())
        return id

    def close(self) -> None:
        self._connection.close()


class Browser:
    """An EventSource: reads events in the background until it is closed or the server ends the stream."""

    def __init__(self, url: str, token: str = TOKEN, last_event_id: str | None = None, **params: str) -> None:
        self.events: list[Event] = []
        self.last_event_id = last_event_id
        self.ended = False
        self._news = threading.Condition()
        headers = {"Last-Event-ID": last_event_id} if last_event_id is not None else {}
        self._client = httpx.Client(base_url=url, cookies={"sid": token}, headers=headers, timeout=30)
        self._request = self._client.build_request("GET", "/api/v1/live", params=params)
        self.response = self._client.send(self._request, stream=True)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        fields: Event = {}
        try:
            for line in self.response.iter_lines():
                if line:
                    name, _, value = line.partition(":")
                    fields[name] = value.removeprefix(" ")
                    continue
                self._dispatch(fields)
                fields = {}
        except httpx.HTTPError:
            pass  # the connection was cut, which is an end like any other
        with self._news:
            self.ended = True
            self._news.notify_all()

    def _dispatch(self, fields: Event) -> None:
        with self._news:
            if "id" in fields:
                self.last_event_id = fields["id"]
            if "data" in fields:
                self.events.append(fields)
            self._news.notify_all()

    def named(self) -> list[str]:
        """Names of the facts heard of, in order."""
        return [json.loads(event["data"])["name"] for event in self.facts()]

    def facts(self) -> list[Event]:
        return [event for event in self.events if "event" not in event]

    def ids(self) -> list[str]:
        return [json.loads(event["data"])["id"] for event in self.facts()]

    def wait(self, condition: Callable[["Browser"], bool]) -> None:
        with self._news:
            assert self._news.wait_for(lambda: condition(self), 20), self.events

    def wait_for(self, kind: str) -> None:
        self.wait(lambda browser: any(event.get("event") == kind for event in browser.events))

    def close(self) -> None:
        """Go away, and return when nothing more will be read."""
        with contextlib.suppress(OSError):  # the server was quicker
            self.response.extensions["network_stream"].get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        self._thread.join(10)
        self._client.close()


@pytest.fixture
def relay(amqp_url: str) -> Iterator[Relay]:
    relay = Relay(amqp_url)
    yield relay
    relay.close()


@pytest.fixture
def open_browser(relay: Relay) -> Iterator[Callable[..., Browser]]:
    opened: list[Browser] = []

    def open_one(gateway: RunningGateway, **options: Any) -> Browser:
        browser = Browser(gateway.url, **options)
        opened.append(browser)
        return browser

    yield open_one
    for browser in opened:
        browser.close()


def test_a_fact_reaches_those_it_concerns_and_nobody_else(
    services: FakeServices,
    relay: Relay,
    start_gateway: Callable[..., RunningGateway],
    open_browser: Callable[..., Browser],
) -> None:
    services.answers["authenticate"] = lambda request: {
        "ok": a_session()
        if request["payload"]["session_token"] == TOKEN
        else a_session(standings=[a_standing(OTHER_ORGANISATION, "Other")])
    }
    gateway = start_gateway()
    anna, other = open_browser(gateway), open_browser(gateway, token="another-token-0123456789")
    anna.wait_for("hello")
    other.wait_for("hello")

    relay.tell("order-submitted", participants=(ORGANISATION,))
    relay.tell("order-confirmed", participants=(OTHER_ORGANISATION,))
    relay.tell("order-closed", participants=(ORGANISATION, OTHER_ORGANISATION))

    anna.wait(lambda browser: len(browser.facts()) == 2)
    other.wait(lambda browser: len(browser.facts()) == 2)
    assert anna.named() == ["order-submitted", "order-closed"]
    assert other.named() == ["order-confirmed", "order-closed"]
    assert OTHER_ORGANISATION not in json.dumps(anna.events)


def test_a_browser_that_was_away_hears_exactly_what_it_missed(
    gateway: RunningGateway, relay: Relay, open_browser: Callable[..., Browser]
) -> None:
    first = open_browser(gateway)
    first.wait_for("hello")
    told = [relay.tell("order-submitted") for _ in range(20)]
    first.wait(lambda browser: len(browser.facts()) >= 10)
    first.close()

    told += [relay.tell("order-confirmed") for _ in range(20)]
    second = open_browser(gateway, last_event_id=first.last_event_id)
    told += [relay.tell("order-closed") for _ in range(20)]

    second.wait(lambda browser: len(first.facts()) + len(browser.facts()) >= 60)
    assert first.ids() + second.ids() == told


def test_a_browser_that_comes_back_to_another_gateway_misses_nothing(
    services: FakeServices,
    relay: Relay,
    start_gateway: Callable[..., RunningGateway],
    open_browser: Callable[..., Browser],
) -> None:
    first = open_browser(start_gateway())
    first.wait_for("hello")
    told = [relay.tell("order-submitted") for _ in range(5)]
    first.wait(lambda browser: len(browser.facts()) == 5)
    first.close()
    told += [relay.tell("order-confirmed") for _ in range(5)]

    second = open_browser(start_gateway(), last_event_id=first.last_event_id)

    second.wait(lambda browser: len(browser.facts()) == 5)
    assert first.ids() + second.ids() == told


def test_a_gateway_that_loses_the_broker_hears_what_it_missed(
    gateway: RunningGateway, relay: Relay, open_browser: Callable[..., Browser]
) -> None:
    browser = open_browser(gateway)
    browser.wait_for("hello")
    told = [relay.tell("order-submitted")]
    browser.wait(lambda browser: len(browser.facts()) == 1)

    gateway.lose_the_stream()
    told += [relay.tell("order-confirmed") for _ in range(10)]

    browser.wait(lambda browser: len(browser.facts()) == 11)
    assert browser.ids() == told


def test_a_browser_that_was_away_too_long_is_told_to_load_again(
    gateway: RunningGateway, relay: Relay, open_browser: Callable[..., Browser]
) -> None:
    for _ in range(3):
        relay.tell("order-submitted")
    first = open_browser(gateway)
    first.wait_for("hello")
    relay.tell("order-submitted")
    first.wait(lambda browser: browser.last_event_id == "3")

    browser = open_browser(gateway, last_event_id="999")

    browser.wait_for("reset")
    assert browser.last_event_id == "3"
    assert browser.facts() == []


def test_a_stream_that_begins_anew_resets_every_browser(
    gateway: RunningGateway, relay: Relay, open_browser: Callable[..., Browser]
) -> None:
    browser = open_browser(gateway)
    browser.wait_for("hello")
    relay.tell("order-submitted")
    relay.tell("order-submitted")
    browser.wait(lambda browser: len(browser.facts()) == 2)

    relay.begin_anew()
    last = relay.tell("order-closed", time="2026-11-22T10:00:00Z")

    browser.wait_for("reset")
    browser.wait(lambda browser: last in browser.ids())


def test_a_session_that_ends_takes_its_streams_with_it_and_is_asked_for_again(
    services: FakeServices, gateway: RunningGateway, relay: Relay, open_browser: Callable[..., Browser]
) -> None:
    browser = open_browser(gateway)
    browser.wait_for("hello")
    services.answers["authenticate"] = lambda _: {
        "refused": {"code": "unauthenticated", "status": 401, "detail": "Sign in first.", "faults": []}
    }

    relay.tell("session-ended", subject=SESSION, participants=())

    browser.wait(lambda browser: browser.ended)
    assert browser.events[-1]["event"] == "ended"
    with gateway.client() as client:
        assert client.get("/api/v1/orders").status_code == 401


def test_what_somebody_may_do_is_asked_anew_when_it_has_changed(
    services: FakeServices, gateway: RunningGateway, relay: Relay, open_browser: Callable[..., Browser]
) -> None:
    services.answers["list_orders"] = lambda request: {"ok": {"items": [], "next": None}}
    browser = open_browser(gateway)
    browser.wait_for("hello")
    services.answers["authenticate"] = lambda _: {
        "ok": a_session(standings=[{**a_standing(), "roles": ["initiator"]}])
    }

    relay.tell("membership-changed", participants=(ORGANISATION,))

    browser.wait(lambda browser: browser.ended)
    with gateway.client() as client:
        client.get("/api/v1/orders")
    assert services.asked("list_orders")[-1]["actor"]["roles"] == ["initiator"]


def test_nobody_follows_without_having_signed_in(gateway: RunningGateway, relay: Relay) -> None:
    answer = httpx.get(f"{gateway.url}/api/v1/live")

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_browser_names_the_organisation_it_acts_for_in_the_address(
    services: FakeServices, gateway: RunningGateway, relay: Relay, open_browser: Callable[..., Browser]
) -> None:
    services.answers["authenticate"] = lambda _: {
        "ok": a_session(standings=[a_standing(), a_standing(OTHER_ORGANISATION, "Other")])
    }
    browser = open_browser(gateway, organisation=OTHER_ORGANISATION)
    browser.wait_for("hello")

    relay.tell("order-submitted", participants=(ORGANISATION,))
    relay.tell("order-closed", participants=(OTHER_ORGANISATION,))

    browser.wait(lambda browser: bool(browser.facts()))
    assert browser.named() == ["order-closed"]


def test_a_quiet_stream_shows_signs_of_life_that_move_the_last_id_on(
    gateway: RunningGateway,
    relay: Relay,
    open_browser: Callable[..., Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.gateway.live.HEARTBEAT", 0.1)
    browser = open_browser(gateway)
    browser.wait_for("hello")

    for _ in range(3):
        relay.tell("order-submitted", participants=(OTHER_ORGANISATION,))

    browser.wait(lambda browser: browser.last_event_id == "2")
    assert browser.facts() == []


def test_a_reader_that_does_not_keep_up_is_sent_away_and_gets_the_rest_on_coming_back(
    gateway: RunningGateway,
    relay: Relay,
    open_browser: Callable[..., Browser],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("services.gateway.live.MOST_WAITING", 3)
    slow = open_browser(gateway)
    slow.wait_for("hello")

    told = gateway.at_once(lambda: [relay.tell("order-submitted") for _ in range(10)])

    slow.wait(lambda browser: browser.ended)
    back = open_browser(gateway, last_event_id=slow.last_event_id or "")
    back.wait(lambda browser: bool(browser.ids()) and browser.ids()[-1] == told[-1])
    heard = slow.ids() + back.ids()
    assert heard == told


def test_a_gateway_that_stops_ends_its_streams_in_good_order(
    services: FakeServices,
    relay: Relay,
    start_gateway: Callable[..., RunningGateway],
    open_browser: Callable[..., Browser],
) -> None:
    gateway = start_gateway()
    browser = open_browser(gateway)
    browser.wait_for("hello")

    gateway.stop()

    browser.wait(lambda browser: browser.ended)


def test_a_change_cannot_be_made_by_following(gateway: RunningGateway, relay: Relay) -> None:
    answer = httpx.post(f"{gateway.url}/api/v1/live", cookies={"sid": TOKEN}, headers={"X-CSRF-Token": CSRF})

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"

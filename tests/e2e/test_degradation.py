"""A stopped service degrades only its own functions, and nothing of what happened meanwhile is lost (S-235)."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from deploy.local.caller import Caller
from deploy.local.stack import Stack
from tests.e2e.portal import PASSWORD, Portal, eventually


@pytest.fixture(scope="module")
def people(portal: Portal) -> tuple[Caller, Caller, str]:
    customer = portal.organisation("customer", "Steady Buyer", "office@steady.example")
    supplier = portal.organisation("supplier", "Steady Seller", "sales@steady.example")
    buyer = portal.invited(customer, "Bea Buyer", "bea@steady.example", "buyer-admin", "initiator")
    seller = portal.invited(supplier, "Sam Seller", "sam@steady.example", "supplier-admin", "supplier-user")
    buyer.post("/partnerships", {"supplier_id": supplier, "terms": {"currency": "EUR"}})
    return buyer, seller, supplier


def an_order(buyer: Caller, supplier: str) -> Any:
    line = {
        "item_number": "X", "description": "Bell", "unit": "C62", "quantity": "1", "unit_price": "7", "tax_rate": "0",
    }  # fmt: skip
    return buyer.post("/orders", {"supplier_id": supplier, "lines": [line], "submit": True})


@contextmanager
def stopped(stack: Stack, name: str) -> Iterator[None]:
    stack.supervisor.stop(name)
    try:
        yield
    finally:
        stack.start_processes()
        stack.supervisor.wait_ready(name, timeout=60)


def asking(caller: Caller) -> Callable[[str], httpx.Response]:
    """Ask once, without the patience of a Caller."""
    return lambda path: caller.once("GET", path)


@pytest.mark.requirement("S-235")
@pytest.mark.parametrize(
    ("service", "own", "others"),
    [
        ("invoicing", "/invoices", ["/orders", "/feed", "/partnerships"]),
        ("orders", "/orders", ["/invoices", "/feed", "/partnerships"]),
        ("notifications", "/feed", ["/orders", "/invoices", "/partnerships"]),
    ],
)
def test_a_stopped_service_answers_503_with_the_time_to_come_back_and_the_others_go_on(
    portal: Portal,
    stack: Stack,
    people: tuple[Caller, Caller, str],
    service: str,
    own: str,
    others: list[str],
) -> None:
    buyer, _, _ = people
    ask = asking(buyer)

    with stopped(stack, service):
        refused = ask(own)
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) >= 1
        assert refused.headers["Content-Type"].startswith("application/problem+json")
        assert [ask(path).status_code for path in others] == [200] * len(others)

    assert eventually(lambda: ask(own).status_code == 200)


@pytest.mark.requirement("S-235")
def test_what_happened_while_a_subscriber_was_stopped_reaches_it_when_it_is_back(
    portal: Portal, stack: Stack, people: tuple[Caller, Caller, str]
) -> None:
    buyer, seller, supplier = people

    with stopped(stack, "invoicing"), stopped(stack, "notifications"):
        orders = [an_order(buyer, supplier) for _ in range(3)]
        for order in orders:
            seller.post(f"/orders/{order['id']}/confirm")

    for order in orders:
        invoice = seller.post("/invoices", {"order_id": order["id"], "number": f"B-{order['number']}"})
        assert invoice["status"] in ("matching", "approved")
    for order in orders:
        eventually(
            lambda number=order["number"]: number in " ".join(portal.subjects_to("sales@steady.example"))
        )


@pytest.mark.parametrize("server", ["broker", "postgres"])
def test_callers_are_told_to_come_back_while_a_server_is_away_and_everything_heals_by_itself(
    portal: Portal, stack: Stack, people: tuple[Caller, Caller, str], server: str
) -> None:
    buyer, _, supplier = people
    ask = asking(buyer)

    getattr(stack, server).stop()
    away = ask("/orders")
    assert away.status_code == 503
    assert "Retry-After" in away.headers
    getattr(stack, server).start()

    stack.supervisor.wait_ready(timeout=60)
    assert eventually(lambda: ask("/orders").status_code == 200)
    assert an_order(buyer, supplier)["status"] == "submitted"


def test_one_correlation_id_leads_from_the_request_through_the_logs_of_every_service(
    stack: Stack, people: tuple[Caller, Caller, str]
) -> None:
    buyer, seller, supplier = people
    order = an_order(buyer, supplier)
    answer = seller.once("POST", f"/orders/{order['id']}/start")
    assert answer.status_code == 409, "a rule refuses it, so that the service has something to say"
    traced = answer.headers["X-Request-ID"]

    def processes() -> set[str]:
        return {
            line["process"]
            for log in stack.supervisor.logs.glob("*.log")
            for line in _lines(log.read_text())
            if traced in (line.get("correlation_id"), line.get("request_id"))
        }

    assert eventually(lambda: {"gateway", "orders"} <= processes())


def _lines(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        if line.startswith("{"):
            yield json.loads(line)


def test_signing_in_works_as_soon_as_accounts_is_back(portal: Portal, stack: Stack) -> None:
    stranger = Caller(portal.url)
    with stopped(stack, "accounts"):
        assert stranger.once("GET", "/orders").status_code in (401, 503)
    stranger.close()

    again = Caller.signed_in(portal.url, "bea@steady.example", PASSWORD)
    assert again.get("/profile")["name"] == "Bea Buyer"
    again.close()

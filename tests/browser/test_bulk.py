"""Invoices for many orders in one action: chosen, foreseen with their sums, sent together."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.desk import PHONE
from tests.e2e.portal import Portal

# The first of them starts the system.
pytestmark = pytest.mark.timeout(900)

SELLER = "sofia@chains.example"


@pytest.fixture(scope="module")
def orders(portal: Portal) -> list[str]:
    """The numbers of three orders with everything open."""
    lane = portal.organisation("customer", "Lane", "office@lane.example")
    chains = portal.organisation("supplier", "Chains", "office@chains.example")
    anna = portal.invited(lane, "Anna Kovalenko", "anna@lane.example", "initiator", "supplier-manager")
    sofia = portal.invited(chains, "Sofia Melnyk", SELLER, "supplier-admin", "supplier-user")
    anna.post("/partnerships", {"supplier_id": chains, "terms": {"currency": "EUR", "payment_days": 30}})
    line = {
        "item_number": "CH-9", "description": "Chain, 9 speed", "quantity": "10", "unit_price": "25",
        "tax_rate": "20", "unit": "C62",
    }  # fmt: skip
    made = [anna.post("/orders", {"supplier_id": chains, "lines": [line], "submit": True}) for _ in range(3)]
    for order in made:
        sofia.post(f"/orders/{order['id']}/confirm")
    taken = {"order_id": made[0]["id"], "number": "K-2", "lines": [{"order_line": 1, "quantity": "1"}]}
    sofia.post("/invoices", taken)
    return [order["number"] for order in made]


@pytest.mark.requirement("S-059")
def test_a_supplier_bills_all_open_orders_at_once_but_for_one_whose_number_is_taken(
    sit: Sit, orders: list[str]
) -> None:
    sofia = sit(SELLER)
    page = sofia.page
    sofia.go("/invoices")
    page.get_by_role("link", name="For many orders").click()
    sofia.settled()
    page.get_by_role("button", name="Choose all 3").click()
    page.get_by_label("First invoice number").fill("K-1")
    expect(page.get_by_label(f"Invoice number for order {orders[1]}")).to_have_value("K-2")
    page.get_by_role("button", name="Look at 3 invoices").click()

    expect(page.get_by_text("2 invoices over 570.00 EUR will be approved at once.")).to_be_visible()
    expect(page.get_by_text("1 invoice cannot be sent as it is.")).to_be_visible()
    expect(page.get_by_text("You have used the number K-2 for Lane before.")).to_be_visible()
    expect(page.get_by_role("button", name="Send 2 invoices")).to_be_disabled()
    sofia.is_accessible()
    page.get_by_label("Send the 2 good ones all the same").check()
    page.get_by_role("button", name="Send 2 invoices").click()

    expect(page.get_by_role("heading", name="2 invoices are sent")).to_be_visible()
    sofia.is_accessible()
    page.get_by_role("link", name="K-1").click()
    expect(page.get_by_role("heading", name="Approved by itself")).to_be_visible()

    phone = sit(SELLER, size=PHONE, scheme="dark")
    phone.go("/invoices/bulk")
    expect(phone.page.get_by_role("link", name=orders[1])).to_be_visible()
    expect(phone.page.get_by_role("link", name=orders[2])).to_have_count(0)
    phone.is_accessible()

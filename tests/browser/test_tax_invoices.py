"""A tax invoice from its invoice to the registration, with a later delivery date asked for and granted."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.desk import PHONE
from tests.e2e.portal import Portal

# The first of them starts the system.
pytestmark = pytest.mark.timeout(900)

SELLER, BUYER = "sam@pedals.example", "ada@rides.example"


@pytest.fixture(scope="module")
def invoice(portal: Portal) -> str:
    """An approved invoice P-1."""
    rides = portal.organisation("customer", "Rides", "office@rides.example")
    pedals = portal.organisation("supplier", "Pedals", "office@pedals.example")
    ada = portal.invited(rides, "Ada Bondar", BUYER, "initiator", "supplier-manager")
    sam = portal.invited(pedals, "Sam Hrynko", SELLER, "supplier-admin", "supplier-user")
    ada.post("/partnerships", {"supplier_id": pedals, "terms": {"currency": "EUR", "payment_days": 30}})
    line = {
        "item_number": "PE-1", "description": "Pedal", "quantity": "10", "unit_price": "25", "tax_rate": "20",
        "unit": "C62",
    }  # fmt: skip
    order = ada.post("/orders", {"supplier_id": pedals, "lines": [line], "submit": True})
    sam.post(f"/orders/{order['id']}/confirm")
    return str(sam.post("/invoices", {"order_id": order["id"], "number": "P-1"})["id"])


@pytest.mark.requirement("S-070")
@pytest.mark.requirement("S-204")
def test_a_supplier_wins_time_to_register_with_the_initiators_consent(sit: Sit, invoice: str) -> None:
    today = datetime.now(UTC).date()
    sam, ada = sit(SELLER), sit(BUYER, language="uk-UA")
    page = sam.page
    sam.go(f"/invoices/{invoice}")
    page.get_by_role("button", name="Issue the tax invoice").click()
    page.get_by_label("Number").fill("TI-1")
    page.get_by_label("Date").fill((today - timedelta(days=70)).isoformat())
    page.get_by_role("button", name="Issue", exact=True).click()
    page.get_by_role("link", name="TI-1").click()
    expect(page.get_by_text("It should have been registered by")).to_be_visible()
    ada.go("/tax-invoices")
    expect(ada.page.get_by_text("Прострочено").first).to_be_visible()
    ada.is_accessible()

    page.get_by_role("button", name="Ask for a later delivery date").click()
    page.get_by_label("Number of the delivery note").fill("DN-7")
    page.get_by_label("Date of the delivery note").fill((today - timedelta(days=71)).isoformat())
    page.get_by_label(re.compile("^Delivery date")).fill(today.isoformat())
    page.get_by_label("Reason").fill("The register was down.")
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("Ada Bondar answers, or the operator's accounting.")).to_be_visible()
    sam.is_accessible()

    ada.page.get_by_role("link", name="TI-1").first.click()
    expect(ada.page.get_by_text("The register was down.").first).to_be_visible()
    ada.page.get_by_role("button", name="Погодити", exact=True).click()
    ada.page.get_by_role("button", name="Погодити дату").click()

    # Without reloading.
    expect(page.get_by_text("Granted", exact=True)).to_be_visible()
    page.get_by_role("button", name="Note the registration").click()
    page.get_by_label("Registration number").fill("9000123")
    page.get_by_label("Registered on").fill(today.isoformat())
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("Registered", exact=True).first).to_be_visible()
    expect(ada.page.get_by_text("9000123")).to_be_visible()
    ada.is_accessible()

    phone = sit(SELLER, size=PHONE, scheme="dark")
    phone.go("/tax-invoices")
    expect(phone.page.get_by_role("link", name="TI-1")).to_be_visible()
    phone.is_accessible()

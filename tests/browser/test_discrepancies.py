"""Discrepancies: the supplier is advised, opens the figures down to the invoice, and reads how it was decided."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.desk import PHONE
from tests.e2e.portal import Portal

# The first of them starts the system.
pytestmark = pytest.mark.timeout(900)

SELLER, BUYER = "sara@saddles.example", "bohdan@bikes.example"


@pytest.fixture(scope="module")
def traded(portal: Portal) -> None:
    """One invoice as ordered, and one with another price that is held."""
    bikes = portal.organisation("customer", "Bikes", "office@bikes.example")
    saddles = portal.organisation("supplier", "Saddles", "office@saddles.example")
    bohdan = portal.invited(bikes, "Bohdan Lys", BUYER, "initiator", "supplier-manager")
    sara = portal.invited(saddles, "Sara Moroz", SELLER, "supplier-admin", "supplier-user")
    bohdan.post("/partnerships", {"supplier_id": saddles, "terms": {"currency": "EUR", "payment_days": 30}})
    line = {
        "item_number": "SA-1", "description": "Saddle", "quantity": "10", "unit_price": "25", "tax_rate": "20",
        "unit": "C62",
    }  # fmt: skip
    for number, price in (("S-1", "25"), ("S-2", "29")):
        order = bohdan.post("/orders", {"supplier_id": saddles, "lines": [line], "submit": True})
        sara.post(f"/orders/{order['id']}/confirm")
        lines = [{"order_line": 1, "quantity": "10", "unit_price": price}]
        sara.post("/invoices", {"order_id": order["id"], "number": number, "lines": lines})


@pytest.mark.requirement("S-062")
@pytest.mark.usefixtures("traded")
def test_a_supplier_is_advised_and_finds_the_invoice_behind_the_figure(sit: Sit) -> None:
    sara = sit(SELLER)
    page = sara.page
    sara.go("/discrepancies")
    expect(page.get_by_text("Work on your catalogue")).to_be_visible()
    expect(page.get_by_text("50 %: 1 of 2 invoices")).to_be_visible()
    sara.is_accessible()
    page.get_by_role("button", name="Item").click()
    page.get_by_role("link", name="SA-1, Price: 1 lines").click()
    expect(page.get_by_role("heading", name="Lines that differ from their orders")).to_be_visible()
    expect(page.get_by_text("29.00 EUR")).to_be_visible()
    sara.is_accessible()

    page.get_by_role("link", name="S-2").click()
    page.get_by_role("button", name="How this was decided").click()
    expect(page.get_by_text("Bikes keeps its limits to itself.")).to_be_visible()
    sara.is_accessible()

    phone = sit(BUYER, size=PHONE, scheme="dark", language="uk-UA")
    phone.go("/discrepancies")
    expect(phone.page.get_by_text("Оновіть каталог")).to_be_visible()
    phone.is_accessible()

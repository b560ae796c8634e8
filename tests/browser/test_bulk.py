"""Invoices for many orders in one action: chosen, foreseen with their sums, sent together."""

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import expect

from deploy.local.caller import Caller
from tests.browser.conftest import Sit
from tests.browser.desk import PHONE
from tests.e2e.portal import Portal

# The first of them starts the system.
pytestmark = pytest.mark.timeout(900)

SELLER = "sofia@chains.example"
LINE = {
    "item_number": "CH-9", "description": "Chain, 9 speed", "quantity": "10", "unit_price": "25",
    "tax_rate": "20", "unit": "C62",
}  # fmt: skip


@dataclass
class Trade:
    """Who orders and who sells."""

    anna: Caller
    sofia: Caller
    chains: str

    def order(self) -> dict[str, Any]:
        """An order with everything open."""
        made = self.anna.post("/orders", {"supplier_id": self.chains, "lines": [LINE], "submit": True})
        self.sofia.post(f"/orders/{made['id']}/confirm")
        return dict(made)


@pytest.fixture(scope="module")
def trade(portal: Portal) -> Trade:
    """A customer and its supplier."""
    lane = portal.organisation("customer", "Lane", "office@lane.example")
    chains = portal.organisation("supplier", "Chains", "office@chains.example")
    anna = portal.invited(lane, "Anna Kovalenko", "anna@lane.example", "initiator", "supplier-manager")
    sofia = portal.invited(chains, "Sofia Melnyk", SELLER, "supplier-admin", "supplier-user")
    anna.post("/partnerships", {"supplier_id": chains, "terms": {"currency": "EUR", "payment_days": 30}})
    return Trade(anna, sofia, chains)


@pytest.fixture(scope="module")
def orders(trade: Trade) -> list[str]:
    """The numbers of three orders with everything open."""
    made = [trade.order() for _ in range(3)]
    taken = {"order_id": made[0]["id"], "number": "K-2", "lines": [{"order_line": 1, "quantity": "1"}]}
    trade.sofia.post("/invoices", taken)
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


@pytest.mark.requirement("S-059")
def test_a_supplier_fills_the_table_of_what_is_open_and_mends_the_row_it_is_told_of(
    sit: Sit, trade: Trade, orders: list[str], tmp_path: Path
) -> None:
    good, held, bad = (trade.order()["number"] for _ in range(3))
    sofia = sit(SELLER)
    page = sofia.page
    sofia.go("/invoices/bulk")
    page.get_by_role("link", name="From a table").click()
    sofia.settled()
    with page.expect_download() as download:
        page.get_by_role("link", name="Table as XLSX").click()
    table = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    sheet = table.active
    assert sheet is not None
    rows = {row[2].value: row for row in sheet.iter_rows(min_row=2)}
    for number, order in (("T-1", good), ("T-2", held), ("T-3", bad)):
        rows[order][0].value = number
    rows[held][8].value = 99
    rows[bad][6].value = "=5+5"
    filled = tmp_path / "filled.xlsx"
    table.save(filled)

    page.get_by_label("Choose a CSV or XLSX file").set_input_files(filled)

    expect(page.get_by_text("1 invoice over 300.00 EUR will be approved at once.")).to_be_visible()
    expect(page.get_by_text("It goes to Anna Kovalenko, who decides on it.")).to_be_visible()
    faults = page.get_by_role("table", name="What is wrong in the table")
    expect(faults.get_by_role("cell", name=str(rows[bad][6].row), exact=True)).to_be_visible()
    expect(faults.get_by_text("There is a formula.")).to_be_visible()
    expect(page.get_by_role("button", name="Send 2 invoices")).to_be_disabled()
    sofia.is_accessible()

    rows[bad][6].value = 10
    table.save(filled)
    page.get_by_label("Choose a CSV or XLSX file").set_input_files(filled)
    page.get_by_role("button", name="Send 3 invoices").click()

    expect(page.get_by_role("heading", name="3 invoices are sent")).to_be_visible()
    page.get_by_role("link", name="T-1").click()
    expect(page.get_by_role("heading", name="Approved by itself")).to_be_visible()

    phone = sit(SELLER, size=PHONE, scheme="dark", language="uk-UA")
    phone.go("/invoices/bulk/file")
    expect(phone.page.get_by_role("link", name="Таблиця XLSX")).to_be_visible()
    phone.is_accessible()

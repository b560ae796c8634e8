"""The operator sends consolidated invoices, and the customer opens the invoices behind each figure."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.desk import PHONE
from tests.browser.trading import BUYER, LIVE, Cast
from tests.e2e.portal import OPERATOR, eventually


@pytest.mark.requirement("S-083")
def test_a_run_by_hand_is_foreseen_started_and_read_by_the_customer(sit: Sit, cast: Cast) -> None:
    order, _ = cast.order()
    cast.sofia.post(f"/orders/{order}/confirm")
    sent = eventually(lambda: cast.sofia.post("/invoices", {"order_id": order, "number": "H-2026-77"}))
    assert sent["status"] == "approved"

    desk = sit(OPERATOR)
    page = desk.page
    desk.go("/consolidated-invoices/runs")
    # Other stories may have left approved invoices of the same customer.
    row = page.get_by_role("row").filter(has_text="Velos")
    expect(row).to_contain_text(re.compile(r"\d\.\d\d"))
    desk.is_accessible()
    page.get_by_role("button", name="Start the run").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(re.compile("Consolidated invoices to be issued and sent: [1-9]"))
    dialog.get_by_role("button", name="Issue the documents").click()
    expect(page.get_by_text("Finished")).to_be_visible(timeout=LIVE)
    expect(page.get_by_role("heading", name="Nothing waits to be consolidated")).to_be_visible(timeout=LIVE)

    for look in ({}, {"size": PHONE, "scheme": "dark"}, {"language": "uk-UA"}):
        anna = sit(BUYER, **look)
        anna.go("/consolidated-invoices")
        anna.page.get_by_text("CI-").first.click()
        expect(anna.page.get_by_text("H-2026-77")).to_be_visible()
        anna.is_accessible()
    desk.go("/consolidated-invoices")
    desk.is_accessible()

"""The start page: what waits for whom, the numbers behind it, and that each number opens its list (S-005)."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import expect

from deploy.local.caller import Caller
from tests.browser.conftest import Sit
from tests.browser.desk import DESK, PHONE
from tests.e2e.portal import OPERATOR, Portal, eventually

BUYER, PAYER, SELLER = "hanna@wheels.example", "petro@wheels.example", "sven@wire.example"


@dataclass
class Trade:
    """Wheels buys from Spokes."""

    buyer: Caller
    seller: Caller
    spokes: str

    def order(self, quantity: str = "10", *, submit: bool = True) -> Any:
        """An order of spokes, 12 EUR each with the tax."""
        line = {
            "item_number": "SP-2", "description": "Spoke 2 mm", "quantity": quantity, "unit_price": "10",
            "tax_rate": "20", "unit": "C62",
        }  # fmt: skip
        return self.buyer.post("/orders", {"supplier_id": self.spokes, "lines": [line], "submit": submit})


@pytest.fixture(scope="module")
def trade(portal: Portal) -> Trade:
    """One order to confirm, one draft, one held invoice of a third."""
    wheels = portal.organisation("customer", "Wheels", "office@wheels.example")
    spokes = portal.organisation("supplier", "Spokes", "office@wire.example")
    buyer = portal.invited(wheels, "Hanna Bilyk", BUYER, "initiator", "supplier-manager")
    portal.invited(wheels, "Petro Savchuk", PAYER, "buyer-accounting")
    seller = portal.invited(spokes, "Sven Horak", SELLER, "supplier-admin")
    terms = {"currency": "EUR", "tolerance_rate": "5", "lead_time_days": 0}
    buyer.post("/partnerships", {"supplier_id": spokes, "terms": terms})
    trade = Trade(buyer, seller, spokes)
    trade.order()
    trade.order("3", submit=False)
    held = trade.order("20")
    seller.post(f"/orders/{held['id']}/confirm", {})
    eventually(lambda: seller.get(f"/orders/{held['id']}/open-quantities")["lines"])
    content = {
        "order_id": held["id"], "number": "SPOKES-1", "issue_date": held["order_date"],
        "lines": [
            {"order_line": 1, "item_number": "SP-2", "description": "Spoke 2 mm", "quantity": "20",
             "unit_price": "15", "tax_rate": "20", "unit": "C62"},
        ],
    }  # fmt: skip
    seller.post("/invoices", content)
    eventually(lambda: buyer.get("/invoices", waiting_for="decision")["items"])
    return trade


@pytest.mark.requirement("S-005")
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("email", [BUYER, SELLER, OPERATOR], ids=["customer", "supplier", "operator"])
def test_the_start_page_can_be_read_by_everybody(
    sit: Sit, trade: Trade, email: str, size: tuple[int, int]
) -> None:
    desk = sit(email, size=size)

    desk.go("/")

    expect(desk.page.get_by_role("heading", name="Purchase orders")).to_be_visible()
    desk.is_accessible()
    desk.in_scheme("dark")
    desk.is_accessible()


@pytest.mark.requirement("S-005")
def test_the_supplier_opens_the_order_that_waits_for_it_and_all_of_its_kind(sit: Sit, trade: Trade) -> None:
    desk = sit(SELLER)
    page = desk.page
    desk.go("/")
    waiting = page.get_by_role("region", name="Waits for you")

    waiting.get_by_role("link", name="order to confirm").click()

    expect(page).to_have_url("/orders?waiting_for=confirmation&sort=created")
    expect(page.locator("tbody tr")).to_have_count(1)
    desk.go("/")
    waiting.get_by_role("link", name="Confirm or refuse").click()
    desk.settled()
    expect(page).to_have_url(re.compile(r"/orders/[0-9a-f-]{36}$"))


@pytest.mark.requirement("S-005")
def test_the_buyer_finds_the_held_invoice_and_the_draft_each_with_its_button(sit: Sit, trade: Trade) -> None:
    desk = sit(BUYER)
    desk.go("/")
    waiting = desk.page.get_by_role("region", name="Waits for you")

    expect(waiting.get_by_text("Invoice SPOKES-1 is held until you decide")).to_be_visible()
    expect(waiting.get_by_role("link", name="Look and decide: SPOKES-1")).to_be_visible()
    expect(waiting.get_by_role("link", name="Finish and send")).to_be_visible()


@pytest.mark.requirement("S-005")
def test_somebody_for_whom_nothing_waits_is_told_so(sit: Sit, trade: Trade) -> None:
    desk = sit(PAYER)

    desk.go("/")

    expect(desk.page.get_by_text("Nothing waits for you")).to_be_visible()


@pytest.mark.requirement("S-005")
def test_a_number_opens_the_list_that_holds_as_many(sit: Sit, trade: Trade) -> None:
    desk = sit(BUYER)
    page = desk.page
    desk.go("/")

    submitted = page.get_by_role("region", name="Purchase orders").get_by_role("link", name="Submitted:")
    shown = int(submitted.inner_text())
    submitted.click()

    desk.settled()
    expect(page).to_have_url("/orders?status=submitted")
    expect(page.locator("tbody tr")).to_have_count(shown)


@pytest.mark.requirement("S-005")
def test_the_orders_of_a_month_stand_in_a_plot_with_a_table_behind_it(sit: Sit, trade: Trade) -> None:
    desk = sit(BUYER)
    page = desk.page
    desk.go("/")
    plot = page.get_by_role("figure").filter(has_text="Ordered by month, EUR")

    expect(plot.get_by_role("listitem")).to_have_count(12)
    plot.get_by_role("button", name="The numbers as a table").click()
    desk.is_accessible()
    plot.get_by_role("row").last.get_by_role("link").click()

    desk.settled()
    expect(page).to_have_url(re.compile(r"status=.*&date_from="))
    expect(page.locator("tbody tr").nth(1)).to_be_visible()


def test_what_comes_in_appears_on_the_start_page_without_reloading(sit: Sit, trade: Trade) -> None:
    desk = sit(SELLER)
    desk.go("/")
    waiting = desk.page.get_by_role("region", name="Waits for you")
    expect(waiting.get_by_role("link", name="Confirm or refuse").first).to_be_visible()

    number = trade.order("7")["number"]

    expect(waiting.get_by_text(f"Order {number} is to be confirmed")).to_be_visible(timeout=15_000)


def test_a_row_that_comes_in_glows_and_the_others_do_not(sit: Sit, trade: Trade) -> None:
    desk = sit(SELLER)
    page = desk.page
    desk.go("/orders")
    expect(page.locator("tbody tr").first).to_be_visible()
    expect(page.locator("tr[data-glow]")).to_have_count(0)

    number = trade.order("8")["number"]

    expect(page.locator("tr[data-glow]")).to_have_count(1, timeout=15_000)
    expect(page.locator("tr[data-glow]")).to_contain_text(number)
    page.get_by_role("button", name="Total").click()
    expect(page.locator("th[aria-sort]")).to_have_count(1)
    expect(page.locator("tr[data-glow]")).to_have_count(0)


def test_the_operator_sees_how_the_portal_runs(sit: Sit, trade: Trade) -> None:
    desk = sit(OPERATOR)

    desk.go("/")

    running = desk.page.get_by_role("region", name="How the portal runs")
    expect(running.get_by_text("Undelivered e-mails").first).to_be_visible()
    for service in ("accounts", "orders", "invoicing", "notifications"):
        expect(running.get_by_role("listitem").filter(has_text=f"Dead letters, {service}")).to_contain_text(
            "0"
        )


def test_the_start_page_speaks_ukrainian(sit: Sit, trade: Trade) -> None:
    desk = sit(SELLER, language="uk-UA", size=PHONE)

    desk.go("/")

    expect(desk.page.get_by_role("heading", name="Чекає на вас")).to_be_visible()
    desk.is_accessible()

"""The bell and the search: what is in the top bar of every page."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, Route, expect

from deploy.local.caller import Caller
from tests.browser.conftest import Sit
from tests.browser.desk import DESK, PHONE
from tests.e2e.portal import Portal

BUYER, SELLER = "ivan@saddles.example", "lena@leather.example"


@dataclass
class Trade:
    """Saddles buys from Leather; both have a program's connection beside their windows."""

    buyer: Caller
    seller: Caller
    supplier: str

    def order(self) -> tuple[str, str]:
        """A sent order: its id and its number."""
        line = {
            "item_number": "LEA-1", "description": "Leather, brown", "quantity": "4", "unit_price": "25",
            "tax_rate": "20", "unit": "C62",
        }  # fmt: skip
        sent = self.buyer.post("/orders", {"supplier_id": self.supplier, "lines": [line], "submit": True})
        return sent["id"], sent["number"]


@pytest.fixture(scope="module")
def trade(portal: Portal) -> Trade:
    """Two sides that trade."""
    saddles = portal.organisation("customer", "Saddles", "office@saddles.example")
    leather = portal.organisation("supplier", "Leather & Sons", "office@leather.example")
    buyer = portal.invited(saddles, "Ivan Koval", BUYER, "initiator", "supplier-manager")
    seller = portal.invited(leather, "Lena Shvets", SELLER, "supplier-admin")
    terms = {"currency": "EUR", "tolerance_rate": "5", "lead_time_days": 0}
    buyer.post("/partnerships", {"supplier_id": leather, "terms": terms})
    return Trade(buyer, seller, leather)


def bell(page: Page, unread: int) -> None:
    """The bell shows so many."""
    expect(page.get_by_role("button", name=f"What has happened; {unread} not read yet")).to_be_visible(
        timeout=15_000
    )


# --------------------------------------------------------------------------------------------- the feed


@pytest.mark.requirement("S-050")
def test_the_bell_counts_what_the_other_side_does_and_an_item_opens_its_document(
    sit: Sit, trade: Trade
) -> None:
    order, number = trade.order()
    desk = sit(BUYER)
    page = desk.page
    desk.go("/orders")
    bell(page, 0)

    trade.seller.post(f"/orders/{order}/confirm", {})
    bell(page, 1)
    page.get_by_role("button", name="What has happened").click()
    drawer = page.get_by_role("dialog", name="What has happened")
    item = drawer.get_by_role("link", name=f"Order {number} was confirmed")
    expect(item).to_contain_text("Leather & Sons")
    expect(item).to_contain_text("Lena Shvets")
    desk.is_accessible()
    item.click()

    expect(page).to_have_url(f"/orders/{order}")
    expect(drawer).to_be_hidden()
    bell(page, 0)


@pytest.mark.requirement("S-050")
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_everything_is_marked_as_read_at_once_in_all_windows(
    sit: Sit, trade: Trade, size: tuple[int, int]
) -> None:
    trade.seller.post("/feed/read-all", {"up_to": "2099-01-01T00:00:00Z"})
    trade.order()
    trade.order()
    desk, other = sit(SELLER, size=size), sit(SELLER, language="uk-UA")
    desk.go("/orders")
    other.go("/orders")
    bell(desk.page, 2)

    desk.page.get_by_role("button", name="What has happened").click()
    desk.page.get_by_role("button", name="Mark all as read").click()

    bell(desk.page, 0)
    expect(desk.page.get_by_role("button", name="Mark all as read")).to_be_hidden()
    desk.in_scheme("dark")
    desk.is_accessible()
    other.page.get_by_role("button", name="Що сталося; не прочитано: 0").click()
    expect(other.page.get_by_text("Надійшло замовлення").first).to_be_visible()
    other.is_accessible()


# ------------------------------------------------------------------------------------------- the search


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_document_is_found_by_its_number_and_opened_by_keyboard(
    sit: Sit, trade: Trade, size: tuple[int, int]
) -> None:
    order, number = trade.order()
    desk = sit(SELLER, size=size)
    page = desk.page
    desk.go("/orders")

    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Search for documents and pages")
    expect(field).to_be_focused()
    desk.is_accessible()
    field.fill(number)
    expect(page.get_by_role("option", name=f"Order {number}")).to_have_attribute("aria-selected", "true")
    desk.is_accessible()
    desk.in_scheme("dark")
    desk.is_accessible()
    page.keyboard.press("Enter")

    expect(page).to_have_url(f"/orders/{order}")
    expect(field).to_be_hidden()


def test_a_document_is_found_by_its_item_and_by_its_partner(sit: Sit, trade: Trade) -> None:
    _, number = trade.order()
    desk = sit(BUYER)
    page = desk.page
    desk.go("/")

    page.get_by_role("button", name="Search").click()
    field = page.get_by_role("combobox")
    field.fill("lea-")
    expect(page.get_by_role("option", name=number)).to_contain_text("found by item")
    field.fill("Leather")

    expect(page.get_by_role("option", name=number)).not_to_contain_text("found by item")


def test_a_page_of_the_menu_is_reached_by_typing_a_part_of_its_name(sit: Sit, trade: Trade) -> None:
    desk = sit(BUYER)
    page = desk.page
    desk.go("/")
    page.keyboard.press("Control+k")

    page.get_by_role("combobox").fill("purchase ord")
    expect(page.get_by_role("option", name="Purchase orders")).to_be_visible()
    page.keyboard.press("Enter")

    expect(page).to_have_url("/orders")


def test_the_arrows_choose_and_escape_leaves_everything_as_it_was(sit: Sit, trade: Trade) -> None:
    desk = sit(BUYER)
    page = desk.page
    desk.go("/orders")
    page.keyboard.press("Control+k")
    options = page.get_by_role("option")
    expect(options.nth(0)).to_have_attribute("aria-selected", "true")

    page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")

    expect(page.get_by_role("combobox")).to_be_hidden()
    expect(page).to_have_url("/orders")


def test_a_service_that_is_away_is_named_and_the_rest_is_found(sit: Sit, trade: Trade) -> None:
    _, number = trade.order()
    desk = sit(BUYER)
    page = desk.page
    desk.go("/")

    def without_invoices(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "missing": ["invoicing"]})

    page.route("**/api/v1/search?*", without_invoices)
    page.keyboard.press("Control+k")
    page.get_by_role("combobox").fill(number)

    expect(page.get_by_role("option", name=number)).to_be_visible()
    expect(page.get_by_role("alert").filter(has_text="Invoices do not answer")).to_be_visible()
    desk.is_accessible()

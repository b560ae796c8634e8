"""Purchase orders as people see them: the list, the order, on a desk and on a phone."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.desk import DESK, PHONE
from tests.e2e.portal import PASSWORD, Portal

BUYER, SELLER = "anna@bikes.example", "sofia@rims.example"


@dataclass(frozen=True)
class Sent:
    """An order that was sent."""

    id: str
    number: str


@pytest.fixture(scope="module")
def order(portal: Portal) -> Sent:
    """Anna of Bikes has ordered forty rims of Rims, where Sofia takes the orders."""
    bikes = portal.organisation("customer", "Bikes", "office@bikes.example")
    rims = portal.organisation("supplier", "Rims", "office@rims.example")
    anna = portal.invited(bikes, "Anna Kovalenko", BUYER, "initiator", "supplier-manager")
    portal.invited(rims, "Sofia Melnyk", SELLER, "supplier-admin")
    terms = {"currency": "EUR", "tolerance_rate": "5", "lead_time_days": 0}
    anna.post("/partnerships", {"supplier_id": rims, "terms": terms})
    line = {
        "item_number": "RIM-700", "description": "Rim 700C", "quantity": "40", "unit_price": "18.40",
        "tax_rate": "20", "unit": "C62",
    }  # fmt: skip
    sent = anna.post("/orders", {"supplier_id": rims, "lines": [line], "submit": True})
    return Sent(sent["id"], sent["number"])


@pytest.mark.requirement("S-001")
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("email", [BUYER, SELLER], ids=["customer", "supplier"])
def test_both_sides_find_the_order_in_their_list_and_read_it(
    sit: Sit, order: Sent, email: str, size: tuple[int, int]
) -> None:
    desk = sit(email, size=size)
    page = desk.page

    desk.go("/orders")
    expect(page.get_by_role("link", name=order.number)).to_be_visible()
    desk.is_accessible()
    desk.in_scheme("dark")
    desk.is_accessible()

    page.get_by_role("link", name=order.number).click()
    expect(page).to_have_url(f"/orders/{order.id}")
    desk.settled()
    expect(page.get_by_role("heading", level=1)).to_have_text(order.number)
    expect(page.get_by_text("883.20").first).to_be_visible()
    desk.is_accessible()
    desk.in_scheme("light")
    desk.is_accessible()


def test_a_row_opens_by_keyboard_and_by_double_click(sit: Sit, order: Sent) -> None:
    desk = sit(SELLER)
    page = desk.page
    desk.go("/orders")
    expect(page.get_by_role("link", name=order.number)).to_be_visible()

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"/orders/{order.id}")

    desk.go("/orders")
    page.get_by_role("cell", name="Bikes", exact=True).dblclick()
    expect(page).to_have_url(f"/orders/{order.id}")


def test_a_comment_of_one_side_appears_before_the_other_without_reloading(sit: Sit, order: Sent) -> None:
    buyer, seller = sit(BUYER), sit(SELLER)
    for desk in (buyer, seller):
        desk.go(f"/orders/{order.id}")

    seller.page.get_by_label("Write a comment").fill("The rims leave on Monday.")
    seller.page.get_by_role("button", name="Send").click()

    expect(buyer.page.get_by_text("The rims leave on Monday.")).to_be_visible(timeout=15_000)


def test_who_is_not_signed_in_signs_in_and_goes_on_to_where_they_wanted(sit: Sit, order: Sent) -> None:
    stranger = sit()
    page = stranger.page

    page.goto(f"/orders/{order.id}")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    stranger.is_accessible()
    page.get_by_label("E-mail or username").fill(BUYER)
    page.get_by_label("Password", exact=True).fill("not her password")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page).to_have_url(f"/orders/{order.id}")
    expect(page.get_by_role("heading", level=1)).to_have_text(order.number)


def test_the_portal_speaks_ukrainian(sit: Sit, order: Sent) -> None:
    desk = sit(SELLER, language="uk-UA")

    desk.go(f"/orders/{order.id}")

    expect(desk.page.locator("html")).to_have_attribute("lang", "uk")
    expect(desk.page.get_by_text("883,20").first).to_be_visible()
    desk.is_accessible()


def test_filters_and_order_of_a_list_stand_in_its_address(sit: Sit, order: Sent) -> None:
    desk = sit(BUYER)
    page = desk.page
    desk.go("/orders")

    page.get_by_role("button", name="Filters").click()
    desk.is_accessible()
    page.get_by_label("Cancelled").click()
    expect(page.get_by_text("Nothing fits these filters")).to_be_visible()
    expect(page).to_have_url("/orders?status=cancelled")
    page.get_by_label("Submitted").click()
    expect(page.get_by_role("link", name=order.number)).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Total").click()

    expect(page).to_have_url("/orders?status=cancelled%2Csubmitted&sort=gross")
    page.reload()
    expect(page.get_by_role("link", name=order.number)).to_be_visible()
    expect(page.get_by_role("columnheader", name="Total")).to_have_attribute("aria-sort", "ascending")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
        page.get_by_role("menuitem", name="CSV").click()
    assert order.number in download.value.path().read_text(encoding="utf-8-sig")

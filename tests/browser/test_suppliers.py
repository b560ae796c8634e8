"""Customer and supplier as partners: linking, terms, the portal's switch, tolerances; and what the supplier sees."""

from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.desk import LOOKS, PHONE
from tests.e2e.portal import Portal, eventually

TARAS, ANNA, SVEN = "taras@frames.example", "anna@frames.example", "sven@tubes.example"


@dataclass(frozen=True)
class Trade:
    """Frames buys tubes of Tubes; Bolts is in the directory only."""

    partnership: str
    buyer: Any
    seller: Any


@pytest.fixture(scope="module")
def trade(portal: Portal) -> Trade:
    """Taras looks after the suppliers of Frames, Anna orders, Sven sells tubes."""
    frames = portal.organisation("customer", "Frames", "office@frames.example")
    tubes = portal.organisation("supplier", "Tubes", "office@tubes.example")
    portal.organisation("supplier", "Bolts", "office@bolts.example")
    taras = portal.invited(frames, "Taras Hrytsenko", TARAS, "supplier-manager")
    anna = portal.invited(frames, "Anna Kovalenko", ANNA, "initiator")
    sven = portal.invited(tubes, "Sven Lind", SVEN, "supplier-admin")
    terms = {"currency": "EUR", "tolerance_rate": "5", "payment_days": 30}
    linked = taras.post("/partnerships", {"supplier_id": tubes, "terms": terms})
    line = {
        "item_number": "T-1", "description": "Tube", "quantity": "10", "unit_price": "8", "tax_rate": "20",
        "unit": "C62",
    }  # fmt: skip
    order = anna.post("/orders", {"supplier_id": tubes, "lines": [line], "submit": True})
    sven.post(f"/orders/{order['id']}/confirm")
    eventually(lambda: sven.post("/invoice-drafts", {"order_id": order["id"], "number": "T-9"}))
    return Trade(linked["id"], taras, sven)


@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_of_a_customer_s_suppliers_are_accessible(
    sit: Sit, trade: Trade, look: dict[str, Any]
) -> None:
    desk = sit(TARAS, **look)
    one = f"/suppliers/{trade.partnership}"
    parts = ("/suppliers", "/suppliers/add", "/suppliers/register", "/settings/tolerances")
    for part in (*parts, one, f"{one}/matching"):
        desk.go(part)
        desk.is_accessible()


@pytest.mark.requirement("S-004", "S-122")
def test_a_supplier_of_the_directory_is_linked_with_its_terms(sit: Sit, trade: Trade) -> None:
    desk = sit(TARAS)
    page = desk.page
    desk.go("/suppliers")
    page.get_by_role("link", name="Add a supplier").click()
    page.get_by_label("Name or tax number").fill("Bolts")

    page.get_by_role("button", name="Link Bolts").click()
    page.get_by_role("textbox", name="Tolerance").fill("two")
    desk.is_accessible()
    page.get_by_role("dialog").get_by_role("button", name="Link", exact=True).click()
    expect(page.get_by_role("textbox", name="Tolerance")).to_have_attribute("aria-invalid", "true")
    page.get_by_role("textbox", name="Tolerance").fill("2,5")
    page.get_by_label("Minimum order").fill("100")
    page.get_by_role("dialog").get_by_role("button", name="Link", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Bolts")
    expect(page.get_by_role("textbox", name="Tolerance")).to_have_value("2.5")
    desk.go("/suppliers")
    expect(page.get_by_role("row").filter(has_text="Bolts")).to_contain_text("2.5 % net")


@pytest.mark.requirement("S-004", "S-122")
def test_a_supplier_that_is_not_in_the_directory_is_registered_invited_and_linked(
    sit: Sit, trade: Trade, portal: Portal
) -> None:
    desk = sit(TARAS)
    page = desk.page
    desk.go("/suppliers/register")

    page.get_by_role("textbox", name="Name", exact=True).first.fill("Saddles of Lutsk")
    page.get_by_label("Country", exact=True).first.fill("Ukraine")
    page.get_by_role("option", name="Ukraine").click()
    administrator = page.get_by_role("group", name="First administrator")
    administrator.get_by_label("Name").fill("Iryna Polishchuk")
    administrator.get_by_label("E-mail").fill("iryna@saddles.example")
    page.get_by_role("button", name="Register and link").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Saddles of Lutsk")
    assert portal.token_mailed_to("iryna@saddles.example")


@pytest.mark.requirement("S-046")
def test_terms_are_changed_by_who_keeps_the_suppliers_and_read_by_the_others(sit: Sit, trade: Trade) -> None:
    keeper, reader = sit(TARAS), sit(ANNA)
    for desk in (keeper, reader):
        desk.go(f"/suppliers/{trade.partnership}")
    expect(reader.page.get_by_text("can be changed by Taras Hrytsenko")).to_be_visible()
    expect(reader.page.get_by_role("button", name="Save the terms")).to_have_count(0)
    reader.is_accessible()

    keeper.page.get_by_role("textbox", name="Tolerance").fill("7.5")
    keeper.page.get_by_label("Responsible person").select_option("Taras Hrytsenko")
    keeper.page.get_by_role("button", name="Save the terms").click()
    expect(keeper.page.get_by_text("The terms are saved")).to_be_visible()

    # Without reloading.
    expect(reader.page.get_by_role("textbox", name="Tolerance")).to_have_value("7.5", timeout=15_000)


def test_a_supplier_sees_its_customer_with_contact_and_terms_but_not_the_tolerance(
    sit: Sit, trade: Trade
) -> None:
    for look in ({}, {"size": PHONE, "scheme": "dark"}):
        desk = sit(SVEN, **look)
        page = desk.page
        desk.go("/customers")
        desk.is_accessible()
        page.get_by_role("link", name="Frames").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Frames")
        expect(page.get_by_role("link", name="office@frames.example")).to_be_visible()
        expect(page.get_by_text("30 days from the invoice")).to_be_visible()
        expect(page.get_by_text("olerance")).to_have_count(0)
        desk.is_accessible()


@pytest.mark.requirement("S-152")
def test_a_supplier_gives_a_customer_access(sit: Sit, trade: Trade, portal: Portal) -> None:
    desk = sit(SVEN)
    page = desk.page
    desk.go("/customers/register")

    page.get_by_role("textbox", name="Name", exact=True).first.fill("Bicycles of Odesa")
    page.get_by_label("Country", exact=True).first.fill("Ukraine")
    page.get_by_role("option", name="Ukraine").click()
    desk.is_accessible()
    page.get_by_role("button", name="Register and invite").click()
    administrator = page.get_by_role("group", name="First administrator")
    expect(administrator.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    administrator.get_by_label("Name").fill("Lesia Romanchuk")
    administrator.get_by_label("E-mail").fill("lesia@odesa.example")
    page.get_by_role("button", name="Register and invite").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Bicycles of Odesa")
    assert portal.token_mailed_to("lesia@odesa.example")


@pytest.mark.requirement("S-046")
def test_a_tolerance_is_set_holds_and_is_ended_and_its_history_stays(sit: Sit, trade: Trade) -> None:
    desk = sit(TARAS)
    page = desk.page
    desk.go(f"/suppliers/{trade.partnership}/matching")

    page.get_by_role("button", name="Set a tolerance").click()
    form = page.get_by_role("dialog")
    form.get_by_label("What may differ").select_option("Price of a line")
    form.get_by_role("button", name="Set a tolerance").click()
    expect(form.get_by_label("Percent")).to_have_attribute("aria-invalid", "true")
    form.get_by_label("Percent").fill("2")
    form.get_by_label("Amount").fill("1.5")
    desk.is_accessible()
    form.get_by_role("button", name="Set a tolerance").click()

    history = page.get_by_role("table", name="Tolerances")
    row = history.get_by_role("row").filter(has_text="Price of a line")
    expect(row).to_contain_text("2 % or 1.5 EUR, whichever is lower")
    expect(row).to_contain_text("Holds")
    today = (
        page.get_by_role("table", name="What holds today")
        .get_by_role("row")
        .filter(has_text="Price of a line")
    )
    expect(today).to_contain_text("2 % or 1.5 EUR")

    row.get_by_role("button", name="End").click()
    page.get_by_role("dialog").get_by_role("button", name="End", exact=True).click()
    expect(row).to_contain_text("Over")
    expect(row).to_contain_text("ended by Taras Hrytsenko")
    expect(today).not_to_contain_text("2 % or 1.5 EUR")


def test_with_what_invoices_are_compared_is_chosen_for_a_supplier(sit: Sit, trade: Trade) -> None:
    desk = sit(TARAS)
    page = desk.page
    desk.go(f"/suppliers/{trade.partnership}/matching")

    page.get_by_label("Comparison").select_option("With the order and the goods received")

    expect(page.get_by_text("Saved. Invoices are matched this way from now on.")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Comparison")).to_have_value("three-way")


@pytest.mark.requirement("S-100", "S-101", "S-102")
def test_switching_a_portal_off_tells_how_many_drafts_go_and_on_again_brings_the_supplier_back(
    sit: Sit, trade: Trade
) -> None:
    keeper, seller = sit(TARAS), sit(SVEN)
    page = keeper.page
    keeper.go(f"/suppliers/{trade.partnership}")
    seller.go(f"/customers/{trade.partnership}")
    switch = page.get_by_role("switch", name="Tubes may use the portal")

    switch.press("Space")
    question = page.get_by_role("dialog")
    expect(question).to_contain_text("This deletes 1 draft of an invoice")
    keeper.is_accessible()
    question.get_by_role("button", name="Go back").click()
    expect(switch).to_be_checked()
    assert trade.seller.get("/invoices", status="draft")["items"]

    switch.press("Space")
    expect(question).to_contain_text("This deletes 1 draft of an invoice")
    question.get_by_role("button", name="Switch off").click()
    expect(switch).not_to_be_checked()
    expect(seller.page.get_by_text("Your portal is switched off here")).to_be_visible(timeout=15_000)
    seller.is_accessible()
    eventually(lambda: not trade.seller.get("/invoices", status="draft")["items"])

    switch.press("Space")
    expect(switch).to_be_checked()
    expect(seller.page.get_by_text("Your portal is switched off here")).to_have_count(0, timeout=15_000)

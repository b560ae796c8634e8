"""Writing orders, price lists, and the lists of goods: as buyers and suppliers do it."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.desk import PHONE
from tests.browser.trading import BUYER, LIVE, SELLER, WANTED, Cast, shown

PASTE = """(text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    document.activeElement.dispatchEvent(
        new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


@pytest.mark.requirement("S-030", "S-031")
def test_an_order_is_written_from_the_price_list_seen_and_sent(sit: Sit, cast: Cast) -> None:
    buyer, seller = sit(BUYER), sit(SELLER)
    seller.go("/orders")
    page = buyer.page
    buyer.go("/orders")
    page.get_by_role("link", name="New order").first.click()
    page.get_by_role("combobox", name="Supplier").click()
    page.get_by_role("option", name="Hubs").click()
    buyer.is_accessible()

    page.get_by_role("combobox", name="Search the price list of Hubs").fill("32 holes")
    page.get_by_role("option", name="Hub 32 holes").click()
    quantity = page.get_by_label("Quantity, 1")
    expect(quantity).to_be_focused()
    expect(page.get_by_label("Price, 1")).to_have_value("18.4")
    quantity.fill("20")
    expect(page.get_by_text("132.00 EUR below the minimum of 500.00 EUR")).to_be_visible()

    quantity.press("Enter")
    page.get_by_label("Item, 2").focus()
    page.evaluate(PASTE, "spo-2\t1 000\nXY-9\t3\tValve cap\tpc\t0,50\t20")
    expect(page.get_by_label("Description, 2")).to_have_value("Spoke 2 mm")
    expect(page.get_by_label("Description, 3")).to_have_value("Valve cap")
    expect(page.get_by_text("743.40").first).to_be_visible()
    expect(page.get_by_text("below the minimum")).to_have_count(0)
    page.get_by_label("Deliver on").fill((datetime.now(UTC).date() + timedelta(days=1)).isoformat())
    expect(page.get_by_text("Hubs cannot deliver before")).to_be_visible()
    page.get_by_role("button", name="Take this date").click()
    page.get_by_label("Deliver to").fill("Gate 3")
    page.get_by_role("textbox", name="Note").fill("Call before you come")
    buyer.is_accessible()
    buyer.in_scheme("dark")
    buyer.is_accessible()

    page.get_by_role("button", name="Preview and send").click()
    letter = page.get_by_role("region", name="What the supplier gets")
    expect(letter.get_by_text("Call before you come")).to_be_visible()
    expect(letter.get_by_text("743.40")).to_be_visible()
    page.get_by_role("button", name="Send the order").click()

    expect(page.get_by_text("Hubs has not answered yet")).to_be_visible()
    number = page.get_by_role("heading", level=1).inner_text()
    expect(seller.page.get_by_role("link", name=number)).to_be_visible(timeout=LIVE)
    sent = cast.anna.get("/orders/" + page.url.rsplit("/", 1)[-1])
    assert sent["gross"] == "743.4"
    assert [line["unit"] for line in sent["lines"]] == ["C62", "C62", "C62"]


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_outlives_a_reload(sit: Sit, cast: Cast) -> None:
    desk = sit(BUYER, size=PHONE)
    page = desk.page
    desk.go(f"/orders/new?supplier={cast.supplier}&item=HUB-32")
    expect(page.get_by_label("Description, 1")).to_have_value("Hub 32 holes")

    page.get_by_label("Quantity, 1").fill("many")
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_text("Write a number.")).to_be_visible()
    expect(page.get_by_label("Quantity, 1")).to_be_focused()
    desk.is_accessible()
    page.get_by_label("Quantity, 1").fill("30")
    page.get_by_role("textbox", name="Note").fill("Soon, please")
    page.once("dialog", lambda asked: asked.accept())
    page.reload()

    expect(page.get_by_role("textbox", name="Note")).to_have_value("Soon, please")
    expect(page.get_by_label("Quantity, 1")).to_have_value("30")
    page.context.set_offline(True)
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_text("No answer came.")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Save as draft").click()
    expect(page.get_by_text("Only your organisation sees this draft.")).to_be_visible()

    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Quantity, 1").fill("31")
    page.get_by_role("button", name="Preview and send").click()
    page.get_by_role("button", name="Send the order").click()
    expect(page.get_by_text("Hubs has not answered yet")).to_be_visible()
    saved = cast.anna.get("/orders", search=page.get_by_role("heading", level=1).inner_text())["items"]
    assert [one["net"] for one in saved] == ["570.4"], "sent once, with the last quantity"


def test_a_revision_is_read_as_a_difference_before_and_after(sit: Sit, cast: Cast) -> None:
    id, number = cast.order()
    cast.sofia.post(f"/orders/{id}/confirm", {"lines": []})
    desk = sit(BUYER)
    page = desk.page
    desk.go(f"/orders/{id}")

    page.get_by_role("button", name="Revise the order").click()
    page.get_by_label("Quantity, 1").fill("35")
    page.get_by_role("button", name="Preview the revision").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("What Hubs has confirmed counts no longer")).to_be_visible()
    expect(dialog.get_by_text("Hub 32 holes, quantity: 40 → 35")).to_be_visible()
    dialog.get_by_role("button", name="Send the revision").click()

    expect(page.get_by_text("revision 1")).to_be_visible()
    page.get_by_role("tab", name="History").click()
    page.get_by_role("button", name="More", exact=True).first.click()
    expect(page.get_by_text("Hub 32 holes, quantity: 40 → 35")).to_be_visible()
    desk.is_accessible()

    page.get_by_role("button", name="Order again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Order {number} again")
    expect(page.get_by_label("Quantity, 1")).to_have_value("35")


@pytest.mark.requirement("S-034")
def test_an_agreement_by_phone_is_kept_and_both_sides_read_it(sit: Sit, cast: Cast) -> None:
    id, _ = cast.order()
    buyer, seller = sit(BUYER), sit(SELLER)
    for desk in (buyer, seller):
        desk.go(f"/orders/{id}")

    page = buyer.page
    page.get_by_role("button", name="Note a phone agreement").click()
    buyer.is_accessible()
    page.get_by_role("button", name="Keep the note").click()
    expect(page.get_by_text("Name the person on the other side.")).to_be_visible()
    page.get_by_label("Agreed with").fill("Sofia")
    page.get_by_label("What was agreed").fill("Two pallets instead of three")
    page.get_by_role("button", name="Keep the note").click()

    expect(seller.page.get_by_text("agreed by phone with Sofia")).to_be_visible(timeout=LIVE)
    seller.page.get_by_role("tab", name="History").click()
    expect(seller.page.get_by_text("Agreed by phone with Sofia")).to_be_visible()


def test_a_supplier_keeps_its_price_list_and_its_customer_orders_from_it(sit: Sit, cast: Cast) -> None:
    seller = sit(SELLER)
    page = seller.page
    seller.go("/products")
    page.get_by_role("button", name="Add a product").click()
    seller.is_accessible()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Add the product").click()
    expect(dialog.get_by_text("Give it a number.")).to_be_visible()
    dialog.get_by_label("Number").fill("AXL-9")
    dialog.get_by_label("Name").fill("Axle 9 mm")
    dialog.get_by_label("Price").fill("7,20")
    dialog.get_by_label("Tax, %").fill("20")
    dialog.get_by_role("button", name="Add the product").click()
    expect(page.get_by_role("cell", name="Axle 9 mm")).to_be_visible()
    seller.is_accessible()

    page.get_by_role("button", name="Change AXL-9").click()
    page.get_by_label("Price").fill("7.50")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("7.50")).to_be_visible()

    buyer = sit(BUYER, size=PHONE)
    buyer.go(f"/products?supplier={cast.supplier}")
    expect(buyer.page.get_by_text("7.50")).to_be_visible()
    buyer.is_accessible()
    buyer.page.get_by_role("link", name="Order Axle 9 mm").click()
    expect(buyer.page.get_by_label("Price, 1")).to_have_value("7.5")


@pytest.mark.requirement("S-171", "S-172", "S-202")
def test_goods_and_the_orders_statement_are_listed_and_lead_to_their_orders(sit: Sit, cast: Cast) -> None:
    id, number = cast.order()
    cast.sofia.post(f"/orders/{id}/confirm", {"lines": []})
    desk = sit(BUYER)
    page = desk.page
    desk.go("/orders-statement")
    expect(page.get_by_text(number)).to_have_count(0)

    cast.sofia.post(
        f"/orders/{id}/goods-issues",
        {
            "number": "DN-40",
            "day": datetime.now(UTC).date().isoformat(),
            "lines": [{"order_line": 1, "quantity": "15"}],
        },
    )

    row = page.get_by_role("row").filter(has_text=number).filter(has_text="Hub 32 holes")
    expect(row.get_by_role("cell", name="25", exact=True)).to_be_visible(timeout=LIVE)
    desk.is_accessible()
    desk.go("/goods-movements")
    expect(page.get_by_text("15 pc Hub 32 holes").first).to_be_visible()
    desk.is_accessible()
    page.get_by_role("link", name="DN-40").click()
    expect(page).to_have_url(f"/orders/{id}")
    expect(page.get_by_text(shown(WANTED)).first).to_be_visible()


def test_two_who_write_the_same_draft_do_not_undo_each_other(sit: Sit, cast: Cast) -> None:
    id, _ = cast.order(submit=False)
    desk = sit(BUYER)
    page = desk.page
    desk.go(f"/orders/{id}/edit")
    page.get_by_role("textbox", name="Note").fill("Mine")

    draft = cast.anna.get(f"/orders/{id}")
    line = {"item_number": "HUB-32", "quantity": "7"}
    cast.anna.put(f"/orders/{id}", {"lines": [line], "note": "Hers"}, sequence=draft["sequence"])

    expect(page.get_by_text("Somebody has changed this meanwhile")).to_be_visible(timeout=LIVE)
    expect(page.get_by_role("textbox", name="Note")).to_have_value("Mine")
    expect(page.get_by_role("button", name="Save as draft")).to_be_disabled()
    desk.is_accessible()
    page.get_by_role("button", name="Drop mine and show theirs").click()
    expect(page.get_by_role("textbox", name="Note")).to_have_value("Hers")
    expect(page.get_by_label("Quantity, 1")).to_have_value("7")
    page.get_by_label("Quantity, 1").fill("8")
    page.get_by_role("button", name="Save as draft").click()

    expect(page.get_by_text("Only your organisation sees this draft.")).to_be_visible()
    assert cast.anna.get(f"/orders/{id}")["lines"][0]["quantity"] == "8"

"""An order as two people live through it at two windows: sent, answered by line, another date, goods, closed."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.desk import PHONE
from tests.browser.trading import BUYER, COLLEAGUE, LATER, LIVE, SELLER, WANTED, Cast, shown


@pytest.mark.requirement("S-026", "S-027", "S-029")
def test_the_supplier_answers_by_line_and_asks_for_a_date_and_the_buyer_decides_live(
    sit: Sit, cast: Cast
) -> None:
    id, number = cast.order()
    buyer, seller = sit(BUYER), sit(SELLER)
    for desk in (buyer, seller):
        desk.go(f"/orders/{id}")
    expect(buyer.page.get_by_text("Hubs has not answered yet")).to_be_visible()

    seller.page.get_by_role("button", name="Confirm", exact=True).click()
    dialog = seller.page.get_by_role("dialog", name=f"Confirm order {number}")
    expect(dialog.get_by_text("You confirm 986.00 net of 986.00 EUR")).to_be_visible()
    seller.is_accessible()
    seller.in_scheme("dark")
    seller.is_accessible()
    dialog.get_by_label("How much you deliver of Hub 32 holes").fill("41")
    dialog.get_by_role("button", name="Confirm with 1 line changed").click()
    expect(dialog.get_by_text("40 were ordered, no more.")).to_be_visible()
    dialog.get_by_label("How much you deliver of Hub 32 holes").fill("25")
    dialog.get_by_label("Remark on Hub 32 holes").fill("The rest in spring")
    expect(dialog.get_by_text("You confirm 710.00 net of 986.00 EUR")).to_be_visible()
    dialog.get_by_role("button", name="Confirm with 1 line changed").click()
    expect(dialog).to_be_hidden()

    page = buyer.page
    expect(page.get_by_text("Hubs confirms less than ordered in 1 line.")).to_be_visible(timeout=LIVE)
    expect(page.get_by_text("Supplier: The rest in spring")).to_be_visible()

    seller.page.get_by_role("button", name="Propose another date").click()
    seller.is_accessible()
    seller.page.get_by_label("When you can deliver").fill(LATER.isoformat())
    seller.page.get_by_label("Why").fill("The boat is late")
    seller.page.get_by_role("button", name="Propose", exact=True).click()
    expect(seller.page.get_by_text("Anna Kovalenko decides; until then the date stays.")).to_be_visible()

    expect(
        page.get_by_role(
            "heading", name=f"Hubs asks for {shown(LATER)} instead of {shown(WANTED)}: 7 days later"
        )
    ).to_be_visible(timeout=LIVE)
    buyer.is_accessible()
    page.get_by_role("button", name=f"Accept {shown(LATER)}").click()

    expect(seller.page.get_by_text("You have confirmed less than ordered in 1 line.")).to_be_visible(
        timeout=LIVE
    )
    assert cast.anna.get(f"/orders/{id}")["delivery_date"] == LATER.isoformat()


@pytest.mark.requirement("S-027", "S-028")
@pytest.mark.parametrize("email", [COLLEAGUE, "olena@operator.example"], ids=["colleague", "operator"])
def test_who_is_not_the_initiator_is_told_who_decides(sit: Sit, cast: Cast, email: str) -> None:
    id, _ = cast.order()
    cast.sofia.post(
        f"/orders/{id}/propose-delivery-date", {"date": LATER.isoformat(), "reason": "The boat is late"}
    )
    desk = sit(email)

    desk.go(f"/orders/{id}")

    expect(
        desk.page.get_by_text("Only Anna Kovalenko, who placed the order, can decide on it.")
    ).to_be_visible()
    expect(desk.page.get_by_text("Only Anna Kovalenko, who placed the order, can change it.")).to_be_visible()
    expect(desk.page.get_by_role("button", name="Accept")).to_have_count(0)
    desk.is_accessible()


def test_the_initiator_keeps_the_date_and_the_supplier_reads_why(sit: Sit, cast: Cast) -> None:
    id, _ = cast.order()
    cast.sofia.post(
        f"/orders/{id}/propose-delivery-date", {"date": LATER.isoformat(), "reason": "The boat is late"}
    )
    desk = sit(BUYER)
    desk.go(f"/orders/{id}")

    desk.page.get_by_role("button", name=f"Keep {shown(WANTED)}").click()
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Keep the date").click()
    expect(dialog.get_by_text("Say why; the other side reads it.")).to_be_visible()
    dialog.get_by_label("Why").fill("The shops open on Monday")
    dialog.get_by_role("button", name="Keep the date").click()

    expect(desk.page.get_by_text("Hubs has not answered yet")).to_be_visible()
    assert cast.anna.get(f"/orders/{id}")["date_proposal"] is None


def test_what_cannot_be_taken_back_says_what_it_costs_before(sit: Sit, cast: Cast) -> None:
    id, number = cast.order()
    seller = sit(SELLER, size=PHONE)
    page = seller.page
    seller.go(f"/orders/{id}")

    page.get_by_role("button", name="Refuse").click()
    dialog = page.get_by_role("dialog", name=f"Refuse order {number}")
    expect(dialog.get_by_text("The whole order of 1,183.20 EUR, 2 lines, ends here.")).to_be_visible()
    seller.is_accessible()
    dialog.get_by_label("Why you cannot deliver").fill("The mill has burnt down")
    dialog.get_by_role("button", name="Refuse the order").click()

    expect(page.get_by_text("The mill has burnt down")).to_be_visible()
    expect(page.get_by_role("button", name="Confirm", exact=True)).to_have_count(0)


@pytest.mark.requirement("S-202")
def test_goods_are_shipped_received_and_the_order_is_closed(sit: Sit, cast: Cast) -> None:
    id, _ = cast.order()
    cast.sofia.post(f"/orders/{id}/confirm", {"lines": []})
    buyer, seller = sit(BUYER), sit(SELLER)
    for desk in (buyer, seller):
        desk.go(f"/orders/{id}")

    seller.page.get_by_role("button", name="Start work").click()
    expect(buyer.page.get_by_text("Hubs is at work: 2 lines are still to be shipped.")).to_be_visible(
        timeout=LIVE
    )
    seller.page.get_by_role("button", name="Record a shipment").click()
    dialog = seller.page.get_by_role("dialog")
    dialog.get_by_label("Number of the delivery note").fill("DN-7")
    dialog.get_by_label("How much of Hub 32 holes was shipped").fill("")
    seller.is_accessible()
    dialog.get_by_role("button", name="Record 1 line as shipped").click()
    expect(dialog).to_be_hidden()

    page = buyer.page
    expect(page.get_by_text("Hubs is at work: 1 line is still to be shipped.")).to_be_visible(timeout=LIVE)
    page.get_by_role("button", name="Record what arrived").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("How much of Spoke 2 mm arrived")).to_have_value("1000")
    dialog.get_by_label("Number of the goods receipt").fill("GR-1")
    dialog.get_by_label("How much of Spoke 2 mm is not accepted").fill("12")
    buyer.is_accessible()
    dialog.get_by_role("button", name="Record 1 line as received").click()
    expect(dialog.get_by_text("Say why; the other side reads it.")).to_be_visible()
    dialog.get_by_label("Why a part of Spoke 2 mm is not accepted").fill("Bent")
    dialog.get_by_role("button", name="Record 1 line as received").click()
    expect(dialog).to_be_hidden()

    page.get_by_role("tab", name="History").click()
    expect(page.get_by_text("Goods received: GR-1")).to_be_visible()
    page.get_by_role("button", name="More", exact=True).first.click()
    expect(page.get_by_text("12 not accepted: Bent")).to_be_visible()
    buyer.is_accessible()

    page.get_by_role("button", name="More steps").click()
    page.get_by_role("menuitem", name="Close the order").click()
    expect(page.get_by_text("1 line is not shipped in full.")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Close the order").click()
    expect(page.get_by_text("Closed", exact=True).first).to_be_visible()


@pytest.mark.requirement("S-020")
def test_a_draft_is_seen_as_the_supplier_will_get_it_then_sent(sit: Sit, cast: Cast) -> None:
    id, number = cast.order(submit=False)
    desk = sit(BUYER)
    page = desk.page
    desk.go(f"/orders/{id}")

    page.get_by_role("button", name="Preview and send").click()
    letter = page.get_by_role("region", name="What the supplier gets")
    expect(letter.get_by_text(f"Purchase order {number} of Velos")).to_be_visible()
    expect(letter.get_by_text("1,183.20")).to_be_visible()
    desk.is_accessible()
    page.get_by_role("button", name="Send the order").click()

    expect(page.get_by_text("Hubs has not answered yet")).to_be_visible()


def test_two_people_do_not_decide_over_each_other(sit: Sit, cast: Cast) -> None:
    """What was looked at is what is decided on: whoever comes second sees what the first has done."""
    id, _ = cast.order()
    seller = sit(SELLER)
    page = seller.page
    seller.go(f"/orders/{id}")
    page.get_by_role("button", name="Refuse").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why you cannot deliver").fill("No hubs")

    cast.anna.post(f"/orders/{id}/cancel", {"reason": "Ordered twice"})

    expect(page.get_by_text("Ordered twice")).to_be_visible(timeout=LIVE)
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Refuse")).to_have_count(0)

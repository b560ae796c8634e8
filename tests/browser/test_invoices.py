"""Invoices as people see them: written with their pre-flight, read beside the order, decided, paid, reworked."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from deploy.local.caller import Caller
from tests.browser.conftest import Sit
from tests.browser.desk import DESK, PHONE, Desk
from tests.e2e.portal import Portal

BUYER, PAYER, SELLER = "anna@tandem.example", "maria@tandem.example", "sofia@cranks.example"

#: How long a step of one side may take to show on the other on a busy machine.
LIVE = 20_000


@dataclass(frozen=True)
class Trade:
    """Tandem buys from Cranks, within five percent."""

    supplier: str
    anna: Caller
    sofia: Caller
    numbers: Callable[[], int]

    def order(self) -> Any:
        """Fifty hubs for 5,000.00 net, confirmed."""
        line = {
            "item_number": "HUB-36", "description": "Hub, 36 holes", "quantity": "50", "unit_price": "100",
            "tax_rate": "20", "unit": "C62",
        }  # fmt: skip
        order = self.anna.post("/orders", {"supplier_id": self.supplier, "lines": [line], "submit": True})
        return self.sofia.post(f"/orders/{order['id']}/confirm")

    def invoice(self, unit_price: str = "105.0002") -> Any:
        """An invoice for all of a new order; dearer than tolerated if nothing else is said."""
        lines = [{"order_line": 1, "quantity": "50", "unit_price": unit_price}]
        content = {"order_id": self.order()["id"], "number": self.number(), "lines": lines}
        return self.sofia.post("/invoices", content)

    def number(self) -> str:
        """A number no invoice has."""
        return f"H-{self.numbers()}"


@pytest.fixture(scope="module")
def trade(portal: Portal) -> Trade:
    tandem = portal.organisation("customer", "Tandem", "office@tandem.example")
    cranks = portal.organisation("supplier", "Cranks", "office@cranks.example")
    anna = portal.invited(tandem, "Anna Kovalenko", BUYER, "initiator", "supplier-manager")
    portal.invited(tandem, "Maria Danylko", PAYER, "buyer-accounting")
    sofia = portal.invited(cranks, "Sofia Melnyk", SELLER, "supplier-admin", "supplier-user")
    terms = {"currency": "EUR", "tolerance_rate": "5", "payment_days": 30}
    anna.post("/partnerships", {"supplier_id": cranks, "terms": terms})
    numbers = count(1)
    return Trade(cranks, anna, sofia, lambda: next(numbers))


@pytest.mark.requirement("S-025", "S-042", "S-043", "S-045", "S-055")
def test_an_invoice_above_the_tolerance_is_foreseen_held_approved_and_paid_in_two_parts(
    sit: Sit, trade: Trade
) -> None:
    order, number = trade.order(), trade.number()
    sofia, anna, maria = sit(SELLER), sit(BUYER), sit(PAYER)
    anna.go("/invoices?status=pending")

    sofia.go(f"/orders/{order['id']}")
    sofia.page.get_by_role("link", name="Invoice", exact=True).click()
    sofia.settled()
    expect(sofia.page.get_by_label("Quantity, 1", exact=True)).to_have_value("50")
    foreseen = sofia.page.get_by_role("complementary", name="What comes of it")
    expect(foreseen.get_by_role("heading", name="Will be approved at once")).to_be_visible()
    sofia.page.get_by_label("Price, 1", exact=True).fill("105.0002")
    expect(foreseen.get_by_role("heading", name="Goes to Anna Kovalenko")).to_be_visible()
    expect(foreseen).to_contain_text("250.01 more than the 5,000.00 ordered")
    sofia.is_accessible()
    sofia.page.get_by_role("button", name="Send").click()
    expect(sofia.page.get_by_text("Give the invoice the number")).to_be_visible()
    sofia.page.get_by_label("Invoice number").fill(number)
    sofia.page.get_by_role("button", name="Send").click()
    dialog = sofia.page.get_by_role("dialog")
    expect(dialog).to_contain_text("6,300.01 EUR")
    expect(dialog).to_contain_text("Goes to Anna Kovalenko")
    dialog.get_by_role("button", name="Send now").click()
    expect(sofia.page.get_by_role("heading", name="Held: Anna Kovalenko decides")).to_be_visible()
    expect(sofia.page.get_by_text("5 %")).to_have_count(0)

    anna.page.get_by_role("link", name=number).click(timeout=LIVE)
    anna.settled()
    expect(anna.page.get_by_text("5,250.01 is 0.01 above the limit of 5,250.00")).to_be_visible()
    expect(anna.page.get_by_role("cell", name="105.0002 +5.0002 (5%)")).to_be_visible()
    anna.page.get_by_role("button", name="How this was decided").click()
    expect(anna.page.get_by_role("row", name="Total within the tolerance")).to_contain_text("not met")
    anna.is_accessible()
    anna.in_scheme("dark")
    anna.is_accessible()
    decide(anna.page, "Approve", "One cent is a rounding matter.")
    expect(anna.page.get_by_role("heading", name="Approved by Anna Kovalenko")).to_be_visible()

    expect(sofia.page.get_by_role("heading", name="Approved by Anna Kovalenko")).to_be_visible(timeout=LIVE)
    expect(sofia.page.get_by_text("One cent is a rounding matter.").first).to_be_visible()

    maria.go("/invoices?status=approved")
    maria.page.get_by_role("link", name=number).click()
    pay(maria, "300.01", "SEPA 1", "A part: 6,000.00 EUR stays open.")
    expect(maria.page.get_by_role("heading", name="300.01 EUR of 6,300.01 EUR is paid")).to_be_visible()
    expect(sofia.page.get_by_role("heading", name="300.01 EUR of 6,300.01 EUR is paid")).to_be_visible(
        timeout=LIVE
    )
    pay(maria, None, "SEPA 2", "The invoice is paid in full with it.")
    expect(maria.page.get_by_role("heading", name="Paid in full: 6,300.01 EUR")).to_be_visible()
    expect(sofia.page.get_by_role("heading", name="Paid in full: 6,300.01 EUR")).to_be_visible(timeout=LIVE)
    expect(sofia.page.get_by_role("cell", name="SEPA 2")).to_be_visible()


@pytest.mark.requirement("S-052", "S-072")
def test_a_rejected_invoice_says_why_and_the_order_can_be_invoiced_again(sit: Sit, trade: Trade) -> None:
    invoice = trade.invoice()
    sofia, anna = sit(SELLER), sit(BUYER)
    for desk in (sofia, anna):
        desk.go(f"/invoices/{invoice['id']}")

    anna.page.get_by_role("button", name="Reject").click()
    dialog = anna.page.get_by_role("dialog")
    expect(dialog).to_contain_text("The 6,300.01 EUR are not owed")
    anna.is_accessible()
    dialog.get_by_role("button", name="Reject").click()
    expect(dialog.get_by_text("Say why")).to_be_visible()
    dialog.get_by_label("Reason, read by the supplier").fill("Agreed were 100.00.")
    dialog.get_by_role("button", name="Reject").click()

    expect(sofia.page.get_by_role("heading", name="Rejected by Anna Kovalenko")).to_be_visible(timeout=LIVE)
    expect(sofia.page.get_by_text("Agreed were 100.00.").first).to_be_visible()
    sofia.page.get_by_role("link", name="Invoice the order again").click()
    sofia.settled()
    expect(sofia.page.get_by_label("Quantity, 1", exact=True)).to_have_value("50")


@pytest.mark.requirement("S-053", "S-071")
def test_an_invoice_given_back_is_reworked_and_sent_again(sit: Sit, trade: Trade) -> None:
    invoice = trade.invoice()
    sofia, anna = sit(SELLER), sit(BUYER)
    for desk in (sofia, anna):
        desk.go(f"/invoices/{invoice['id']}")

    decide(anna.page, "Give back for rework", "Please as ordered.", confirm="Give back")
    expect(sofia.page.get_by_role("heading", name="Anna Kovalenko gave it back")).to_be_visible(timeout=LIVE)
    sofia.page.get_by_role("link", name="Rework").click()
    sofia.settled()
    expect(sofia.page.get_by_text("Please as ordered.")).to_be_visible()
    sofia.page.get_by_label("Price, 1", exact=True).fill("100")
    expect(sofia.page.get_by_role("heading", name="Will be approved at once")).to_be_visible()
    sofia.page.get_by_role("button", name="Send").click()
    sofia.page.get_by_role("button", name="Send now").click()

    expect(sofia.page.get_by_role("heading", name="Approved by itself")).to_be_visible()
    expect(anna.page.get_by_role("heading", name="Approved by itself")).to_be_visible(timeout=LIVE)
    expect(anna.page.get_by_text("Every line is as ordered.")).to_be_visible()


@pytest.mark.requirement("S-043")
def test_who_may_not_decide_is_told_who_does(sit: Sit, trade: Trade) -> None:
    invoice = trade.invoice()
    maria = sit(PAYER)

    maria.go(f"/invoices/{invoice['id']}")

    expect(maria.page.get_by_text("alone decides on its invoices")).to_be_visible()
    expect(maria.page.get_by_role("button", name="Approve")).to_have_count(0)


def test_a_held_invoice_says_why_in_the_reader_s_language(sit: Sit, trade: Trade) -> None:
    invoice = trade.invoice()
    anna, sofia = sit(BUYER, language="uk-UA"), sit(SELLER, language="uk-UA", size=PHONE)
    for desk in (anna, sofia):
        desk.go(f"/invoices/{invoice['id']}")

    expect(anna.page.get_by_text("більша за межу")).to_contain_text("0,01")
    expect(sofia.page.get_by_text("більше за замовлені")).to_contain_text(invoice["order_number"])
    anna.page.get_by_role("button", name="Як це вирішено").click()
    for desk in (anna, sofia):
        desk.is_accessible()


@pytest.mark.requirement("S-045", "S-232")
def test_freight_and_a_discount_are_written_foreseen_and_read_by_the_customer(sit: Sit, trade: Trade) -> None:
    order, number = trade.order(), trade.number()
    sofia, anna = sit(SELLER), sit(BUYER, size=PHONE)
    page = sofia.page
    sofia.go(f"/invoices/new?order={order['id']}")
    page.get_by_label("Invoice number").fill(number)

    adjustments = page.get_by_role("region", name="Charges and allowances")
    adjustments.get_by_role("button", name="Add a charge or an allowance").click()
    adjustments.get_by_label("How much").fill("300")
    foreseen = page.get_by_role("complementary", name="What comes of it")
    expect(foreseen.get_by_role("heading", name="Goes to Anna Kovalenko")).to_be_visible()
    expect(foreseen).to_contain_text("Freight")
    expect(foreseen).to_contain_text("6,360.00")
    adjustments.get_by_role("button", name="Add a charge or an allowance").click()
    second = adjustments.get_by_role("listitem").nth(1)
    second.get_by_label("Kind").select_option("allowance")
    second.get_by_label("Of", exact=True).select_option("0")
    second.get_by_label("How much").fill("10")
    second.get_by_label("Amount or percent of 2").select_option("percent")
    expect(foreseen.get_by_role("heading", name="Will be approved at once")).to_be_visible()
    expect(foreseen).to_contain_text("5,760.00")
    sofia.is_accessible()
    page.get_by_label("Tax, %, 1", exact=True).fill("E")
    expect(page.get_by_text("must say why what is exempt (E) is exempt")).to_be_visible()
    page.get_by_label("Exempt", exact=True).fill("Education")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("dialog").get_by_role("button", name="Send now").click()
    expect(page.get_by_role("heading", name=number)).to_be_visible()

    anna.go(urlsplit(page.url).path)
    expect(anna.page.get_by_text("Discount: − 500.00")).to_be_visible()
    expect(anna.page.get_by_role("row", name="Freight")).to_contain_text("300.00")
    anna.is_accessible()
    anna.page.get_by_role("tab", name="Details").click()
    expect(anna.page.get_by_text("Education")).to_be_visible()


@pytest.mark.requirement("S-041", "S-051", "S-056", "S-210")
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("email", [PAYER, SELLER], ids=["customer", "supplier"])
def test_every_page_of_invoices_can_be_read_by_everybody(
    sit: Sit, trade: Trade, email: str, size: tuple[int, int]
) -> None:
    invoice = trade.invoice("100")
    desk = sit(email, size=size)
    pages = ["/invoices", f"/invoices/{invoice['id']}", "/balances"]
    if email == SELLER:
        draft = trade.sofia.post("/invoice-drafts", {"order_id": trade.order()["id"]})
        pages += ["/invoices/new", f"/invoices/{draft['id']}", f"/invoices/{draft['id']}/edit"]

    for path in pages:
        desk.go(path)
        for scheme in ("light", "dark"):
            desk.in_scheme(scheme)  # type: ignore[arg-type]
            desk.is_accessible()

    desk.go("/balances")
    desk.page.get_by_role("link", name="Cranks" if email == PAYER else "Tandem").click()
    expect(desk.page.get_by_role("link", name=invoice["number"])).to_be_visible()
    desk.is_accessible()


def test_a_draft_is_kept_over_a_reload_and_asked_for_before_it_is_left(sit: Sit, trade: Trade) -> None:
    sofia = sit(SELLER)
    page = sofia.page
    order = trade.order()
    sofia.go(f"/invoices/new?order={order['id']}")
    page.get_by_label("Invoice number").fill("KEPT-1")
    page.get_by_label("Quantity, 1", exact=True).fill("20")
    expect(page.get_by_role("heading", name="Will be approved at once")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())

    page.reload()
    sofia.settled()
    expect(page.get_by_label("Invoice number")).to_have_value("KEPT-1")
    expect(page.get_by_label("Quantity, 1", exact=True)).to_have_value("20")
    page.get_by_role("button", name="Save as draft").click()

    expect(page.get_by_role("heading", name="KEPT-1")).to_be_visible()
    page.get_by_role("button", name="Delete draft").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete draft").click()
    expect(page).to_have_url("/invoices")
    expect(page.get_by_role("link", name="KEPT-1")).to_have_count(0)


def decide(page: Page, step: str, words: str, *, confirm: str | None = None) -> None:
    """Press the button, say why, confirm."""
    page.get_by_role("button", name=step).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox").fill(words)
    dialog.get_by_role("button", name=confirm or step, exact=True).click()


def pay(desk: Desk, amount: str | None, reference: str, outcome: str) -> None:
    """Register a payment of the invoice on the screen; everything open if no amount is said."""
    desk.page.get_by_role("button", name="Register payment").click()
    dialog = desk.page.get_by_role("dialog")
    if amount is not None:
        dialog.get_by_label("Amount").fill(amount)
    dialog.get_by_label("Reference").fill(reference)
    expect(dialog).to_contain_text(outcome)
    dialog.get_by_role("button", name="Register").click()
    expect(dialog).to_have_count(0)

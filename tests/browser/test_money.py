"""Money as people see it: payments for many invoices, credit notes, and how accounts stand."""

from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from deploy.local.caller import Caller
from tests.browser.conftest import Sit
from tests.browser.desk import DESK, PHONE
from tests.e2e.portal import Portal
from tests.unit.gateway.test_verifying import links_of

PAYER, SELLER = "maria@wheelers.example", "sofia@spokes.example"
LIVE = 20_000


@dataclass(frozen=True)
class Trade:
    """Wheelers buys from Spokes; the invoices of these tests are approved by themselves."""

    supplier: str
    customer: str
    anna: Caller
    maria: Caller
    sofia: Caller
    numbers: Any

    def invoice(self, gross: str = "120") -> Any:
        """An approved invoice over 100.00 and 20 % tax, or as much as is said."""
        line = {
            "item_number": "SPO-2", "description": "Spoke 2 mm", "quantity": "10",
            "unit_price": str(int(gross) / 12), "tax_rate": "20", "unit": "C62",
        }  # fmt: skip
        order = self.anna.post("/orders", {"supplier_id": self.supplier, "lines": [line], "submit": True})
        self.sofia.post(f"/orders/{order['id']}/confirm")
        return self.sofia.post("/invoices", {"order_id": order["id"], "number": f"S-{next(self.numbers)}"})


@pytest.fixture(scope="module")
def trade(portal: Portal) -> Trade:
    customer = portal.organisation("customer", "Wheelers", "office@wheelers.example")
    supplier = portal.organisation("supplier", "Spokes", "office@spokes.example")
    anna = portal.invited(
        customer, "Anna Kovalenko", "anna@wheelers.example", "initiator", "supplier-manager"
    )
    maria = portal.invited(customer, "Maria Danylko", PAYER, "buyer-accounting")
    sofia = portal.invited(supplier, "Sofia Melnyk", SELLER, "supplier-admin", "supplier-user")
    anna.post(
        "/partnerships",
        {"supplier_id": supplier, "terms": {"currency": "EUR", "tolerance_rate": "5", "payment_days": 30}},
    )
    return Trade(supplier, customer, anna, maria, sofia, count(1))


@pytest.mark.requirement("S-055", "S-058", "S-210")
def test_one_payment_pays_two_invoices_leaves_an_advance_and_is_taken_back(sit: Sit, trade: Trade) -> None:
    first, second = trade.invoice(), trade.invoice()
    maria, sofia = sit(PAYER), sit(SELLER, size=PHONE)
    sofia.go(f"/invoices/{first['id']}")

    maria.go("/payments/new")
    maria.page.get_by_label("Supplier", exact=True).select_option(label="Spokes")
    expect(maria.page.get_by_label(f"What invoice {first['number']} is paid")).to_be_visible()
    maria.page.get_by_label("Amount, EUR").fill("250")
    expect(maria.page.get_by_label(f"What invoice {second['number']} is paid")).to_have_value("120")
    expect(maria.page.get_by_text("Pays 2 invoices and leaves 10.00 EUR as an advance.")).to_be_visible()
    maria.page.get_by_label("Reference on the account").fill("SEPA 4711")
    maria.is_accessible()
    maria.page.get_by_role("button", name="Register the payment").click()
    maria.settled()
    expect(maria.page.get_by_role("heading", name="SEPA 4711")).to_be_visible()
    expect(maria.page.get_by_role("link", name=first["number"])).to_be_visible()
    maria.is_accessible()
    maria.in_scheme("dark")
    maria.is_accessible()

    expect(sofia.page.get_by_role("heading", name="Paid in full: 120.00 EUR")).to_be_visible(timeout=LIVE)
    sofia.page.get_by_role("link", name="SEPA 4711").click()
    sofia.settled()
    expect(sofia.page.get_by_text("Advance left").first).to_be_visible()
    sofia.is_accessible()
    sofia.go("/payments")
    expect(sofia.page.get_by_text("SEPA 4711")).to_be_visible()
    sofia.is_accessible()

    maria.page.get_by_role("button", name="Take back").click()
    dialog = maria.page.get_by_role("dialog")
    expect(dialog).to_contain_text("2 invoices are open again")
    dialog.get_by_label("Why").fill("The bank returned it.")
    dialog.get_by_role("button", name="Take it back").click()
    expect(maria.page.get_by_text("The bank returned it.")).to_be_visible()
    sofia.go(f"/invoices/{first['id']}")
    expect(sofia.page.get_by_text("taken back")).to_be_visible(timeout=LIVE)


def test_an_advance_pays_a_later_invoice(sit: Sit, trade: Trade) -> None:
    payment = trade.maria.post(
        "/payments",
        {"supplier_id": trade.supplier, "currency": "EUR", "amount": "500", "reference": "Ahead"},
    )
    invoice = trade.invoice()
    maria = sit(PAYER)

    maria.go(f"/payments/{payment['id']}")
    maria.page.get_by_role("button", name="Use the advance").click()
    dialog = maria.page.get_by_role("dialog")
    dialog.get_by_label(f"What invoice {invoice['number']} is paid").fill("120")
    expect(dialog).to_contain_text("380.00 EUR stays as an advance.")
    maria.is_accessible()
    dialog.get_by_role("button", name="Pay with it").click()

    expect(maria.page.get_by_role("link", name=invoice["number"])).to_be_visible()
    assert trade.sofia.get(f"/invoices/{invoice['id']}")["status"] == "paid"


@pytest.mark.requirement("S-206", "S-210", "S-211", "S-212")
def test_a_supplier_credits_a_paid_invoice_and_both_sides_find_it_in_their_accounts(
    sit: Sit, trade: Trade
) -> None:
    invoice = trade.invoice()
    trade.maria.post(f"/invoices/{invoice['id']}/payments", {"amount": "100", "reference": "SEPA 5"})
    sofia, maria = sit(SELLER), sit(PAYER)
    maria.go("/credit-notes")

    sofia.go(f"/invoices/{invoice['id']}")
    sofia.page.get_by_role("link", name="Credit", exact=True).click()
    sofia.settled()
    number = f"CN-{invoice['number']}"
    sofia.page.get_by_label("Number of the credit note").fill(number)
    sofia.page.get_by_label("Why").fill("Three spokes were bent.")
    sofia.page.get_by_label("What is credited of line 1").fill("11")
    expect(sofia.page.get_by_text("At most 10.")).to_be_visible()
    sofia.page.get_by_label("What is credited of line 1").fill("3")
    expect(sofia.page.get_by_text("16.00 EUR of it was paid already and becomes an advance")).to_be_visible()
    sofia.is_accessible()
    sofia.page.get_by_role("button", name="Issue the credit note").click()
    sofia.settled()
    expect(sofia.page.get_by_role("heading", name=number)).to_be_visible()
    sofia.is_accessible()
    sofia.in_scheme("dark")
    sofia.is_accessible()

    maria.page.get_by_role("link", name=number).click(timeout=LIVE)
    maria.settled()
    expect(maria.page.get_by_text("Three spokes were bent.")).to_be_visible()
    maria.go(f"/balances/{trade.supplier}/statement")
    expect(maria.page.get_by_role("cell", name=f"Credit note {number} on {invoice['number']}")).to_have_count(
        1
    )
    expect(maria.page.get_by_role("row", name="Closing balance")).to_be_visible()
    maria.is_accessible()


@pytest.mark.requirement("S-200", "S-213", "S-214")
def test_a_statement_is_sent_contested_answered_and_confirmed(sit: Sit, trade: Trade) -> None:
    invoice = trade.invoice()
    sofia, maria = sit(SELLER), sit(PAYER, size=PHONE)
    maria.go("/reconciliations")
    expect(maria.page.get_by_text("No reconciliation statements yet")).to_be_visible()
    maria.is_accessible()

    sofia.go(f"/balances/{trade.customer}/statement")
    sofia.page.get_by_role("link", name="Make a reconciliation statement").click()
    sofia.settled()
    sofia.page.get_by_label("A word to the other side").fill("For November.")
    sofia.is_accessible()
    sofia.page.get_by_role("button", name="Make the draft").click()
    sofia.settled()
    expect(sofia.page.get_by_text("A draft, which only you see")).to_be_visible()
    expect(sofia.page.get_by_role("link", name=invoice["number"]).first).to_be_visible()
    sofia.is_accessible()
    sofia.page.get_by_role("button", name="Send", exact=True).click()
    sofia.page.get_by_role("dialog").get_by_role("button", name="Send the statement").click()
    expect(sofia.page.get_by_text("Waits for Wheelers to confirm it")).to_be_visible()
    number = sofia.page.get_by_role("heading", level=1).inner_text()
    assert number.startswith("RS-")

    maria.page.get_by_role("link", name=number).click(timeout=LIVE)
    maria.settled()
    expect(maria.page.get_by_text("Spokes asks you to confirm it")).to_be_visible()
    maria.page.get_by_role("link", name="Contest").click()
    maria.settled()
    maria.page.get_by_label("What you say of line 1,").select_option(label="Another amount")
    maria.page.get_by_label("Your amount for line 1").fill("100")
    maria.page.get_by_label("Day, 1").fill("2026-11-20")
    maria.page.get_by_label("Number of the document, 1").fill("P-9")
    maria.page.get_by_label("Amount, EUR, 1").fill("-20")
    maria.is_accessible()
    maria.page.get_by_role("button", name="Contest 2 points").click()
    maria.settled()
    expect(maria.page.get_by_text("has contested 2 points")).to_be_visible()
    maria.is_accessible()

    expect(sofia.page.get_by_text("Another amount: 100.00 EUR")).to_be_visible(timeout=LIVE)
    sofia.is_accessible()
    sofia.page.get_by_role("button", name="Answer", exact=True).click()
    dialog = sofia.page.get_by_role("dialog")
    for answer in dialog.get_by_label("Your answer about").all():
        answer.fill("It is as we say.")
    sofia.is_accessible()
    dialog.get_by_role("button", name="Send it again").click()
    expect(sofia.page.get_by_text("It is as we say.").first).to_be_visible()

    maria.page.get_by_role("button", name="Confirm", exact=True).click(timeout=LIVE)
    maria.page.get_by_role("dialog").get_by_role("button", name="Our books say the same").click()
    expect(maria.page.get_by_text("Confirmed by Maria Danylko")).to_be_visible()
    maria.in_scheme("dark")
    maria.is_accessible()
    expect(sofia.page.get_by_text("Confirmed by Maria Danylko")).to_be_visible(timeout=LIVE)


@pytest.mark.requirement("S-214")
def test_a_table_out_of_another_program_is_compared_with_the_account(sit: Sit, trade: Trade) -> None:
    invoice = trade.invoice()
    today = invoice["issue_date"]
    table = (
        "Date,Document number,Debit,Credit,Text\n"
        f"{today},{invoice['number'].lower()},,120.00,Goods\n{today},NOT-HERE,,7,\n{today},X,ten,,\n"
    )
    maria = sit(PAYER)

    maria.go(f"/balances/{trade.supplier}/compare")
    maria.is_accessible()
    maria.page.get_by_label("Table to compare").set_input_files(
        {"name": "ledger.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )
    expect(maria.page.get_by_text("1 the same · 0 with another amount")).to_be_visible()
    expect(maria.page.get_by_text("Row 4, debit:")).to_be_visible()
    expect(maria.page.get_by_role("cell", name="NOT-HERE")).to_be_visible()
    expect(maria.page.get_by_role("link", name=invoice["number"], exact=True)).to_be_visible()
    maria.is_accessible()
    with maria.page.expect_download() as saved:
        maria.page.get_by_role("button", name="Save as XLSX").click()
    assert saved.value.suggested_filename.endswith(".xlsx")
    maria.in_scheme("dark")
    maria.is_accessible()


def test_whoever_holds_a_pdf_sees_whether_it_is_genuine_and_still_true(sit: Sit, trade: Trade) -> None:
    invoice = trade.invoice()
    made = trade.sofia.download(f"/invoices/{invoice['id']}/document.pdf")
    [address] = links_of(made)
    visitor = sit(size=PHONE)

    visitor.go(urlsplit(address).path)
    expect(visitor.page.get_by_text("Genuine, and still true")).to_be_visible()
    expect(visitor.page.get_by_text("Wheelers")).to_be_visible()
    expect(visitor.page.get_by_text("120.00 EUR")).to_be_visible()
    visitor.is_accessible()
    visitor.page.get_by_role("link", name="Українською").click()
    expect(visitor.page.get_by_text("Справжній і чинний")).to_be_visible()
    visitor.is_accessible()

    trade.maria.post(f"/invoices/{invoice['id']}/payments", {"amount": "20", "reference": "SEPA 9"})
    visitor.go(urlsplit(address).path)
    expect(visitor.page.get_by_text("Genuine, but no longer up to date")).to_be_visible()
    visitor.is_accessible()
    visitor.go(urlsplit(address).path[:-3])
    expect(visitor.page.get_by_text("Not from this portal")).to_be_visible()
    visitor.page.emulate_media(color_scheme="dark")
    visitor.is_accessible()


@pytest.mark.requirement("S-210", "S-211")
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("email", [PAYER, SELLER], ids=["customer", "supplier"])
def test_every_page_about_money_can_be_read_by_everybody(
    sit: Sit, trade: Trade, email: str, size: tuple[int, int]
) -> None:
    trade.invoice()
    partner = trade.supplier if email == PAYER else trade.customer
    desk = sit(email, size=size)

    for page in (
        "/balances", f"/balances/{partner}", f"/balances/{partner}/orders", f"/balances/{partner}/statement",
        "/ageing", "/payments", "/credit-notes",
    ):  # fmt: skip
        desk.go(page)
        desk.is_accessible()

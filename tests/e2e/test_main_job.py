"""The main job, whole: a buyer orders, the supplier confirms and invoices, the invoice is matched, decided, paid."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from deploy.local.caller import Caller, CallRefused
from tests.e2e.portal import LiveStream, Portal, eventually


@dataclass
class Trade:
    """A customer and a supplier who trade, and their people."""

    portal: Portal
    customer: str
    supplier: str
    anna: Caller
    boss: Caller
    maria: Caller
    sven: Caller
    partnership: str

    def line(self, quantity: str = "10", price: str = "500") -> dict[str, str]:
        return {
            "item_number": "BK-1", "description": "Touring tyre", "unit": "C62", "quantity": quantity,
            "unit_price": price, "tax_rate": "20",
        }  # fmt: skip

    def confirmed_order(self, *lines: dict[str, str]) -> Any:
        wish = {"supplier_id": self.supplier, "lines": list(lines) or [self.line()], "submit": True}
        order = self.anna.post("/orders", wish)
        return self.sven.post(f"/orders/{order['id']}/confirm")

    def invoice(self, order: Any, number: str, *lines: dict[str, Any]) -> Any:
        content = {"order_id": order["id"], "number": number}
        return self.sven.post("/invoices", {**content, "lines": list(lines)} if lines else content)

    def decided(self, invoice: Any) -> Any:
        return eventually(lambda: self._settled(invoice["id"]))

    def _settled(self, id: str) -> Any:
        seen = self.sven.get(f"/invoices/{id}")
        return None if seen["status"] == "matching" else seen


@pytest.fixture(scope="module")
def trade(portal: Portal) -> Iterator[Trade]:
    customer = portal.organisation("customer", "Northwind Bikes", "office@northwind.example")
    supplier = portal.organisation("supplier", "Allenson Cycles", "sales@allenson.example")
    boss = portal.invited(customer, "Bob Boss", "bob@northwind.example", "buyer-admin", "supplier-manager")
    anna = portal.invited(customer, "Anna Buyer", "anna@northwind.example", "initiator")
    maria = portal.invited(customer, "Maria Money", "maria@northwind.example", "buyer-accounting")
    sven = portal.invited(supplier, "Sven Seller", "sven@allenson.example", "supplier-admin", "supplier-user")
    terms = {"currency": "EUR", "tolerance_rate": "5", "payment_days": 30}
    linked = boss.post("/partnerships", {"supplier_id": supplier, "terms": terms})
    return Trade(portal, customer, supplier, anna, boss, maria, sven, linked["id"])


@pytest.mark.requirement("S-020")
@pytest.mark.requirement("S-040")
@pytest.mark.requirement("S-047")
@pytest.mark.requirement("S-055")
def test_an_order_is_confirmed_invoiced_approved_by_itself_and_paid_and_each_side_sees_the_others_steps(
    trade: Trade,
) -> None:
    buyers_browser, sellers_browser = LiveStream(trade.anna), LiveStream(trade.sven)

    wish = {"supplier_id": trade.supplier, "lines": [trade.line()], "submit": True}
    order = trade.anna.post("/orders", wish)
    assert sellers_browser.hears("order-submitted")["subject"] == order["id"]
    eventually(lambda: _said(trade.portal.subjects_to("sales@allenson.example"), order["number"]))

    trade.sven.post(f"/orders/{order['id']}/confirm")
    assert buyers_browser.hears("order-confirmed")["subject"] == order["id"]

    invoice = trade.decided(trade.invoice(order, "INV-1"))
    assert (invoice["status"], invoice["net"], invoice["gross"]) == ("approved", "5000", "6000")
    assert buyers_browser.hears("invoice-approved")["subject"] == invoice["id"]
    assert sellers_browser.hears("invoice-approved")["subject"] == invoice["id"]

    trade.maria.post(f"/invoices/{invoice['id']}/payments", {"amount": "1000"})
    assert trade.sven.get(f"/invoices/{invoice['id']}")["status"] == "partly-paid"
    trade.maria.post(f"/invoices/{invoice['id']}/payments", {"amount": "5000", "reference": "SEPA 1"})
    assert trade.sven.get(f"/invoices/{invoice['id']}")["status"] == "paid"
    assert sellers_browser.hears("invoice-paid")["subject"] == invoice["id"]
    eventually(lambda: _said(trade.portal.subjects_to("sales@allenson.example"), "INV-1", "paid"))
    buyers_browser.close()
    sellers_browser.close()


def _said(subjects: list[str], *words: str) -> list[str]:
    return [subject for subject in subjects if all(word in subject for word in words)]


@pytest.mark.requirement("S-043")
@pytest.mark.requirement("S-045")
def test_an_invoice_a_cent_over_the_tolerance_waits_for_the_initiator_with_the_reason_in_plain_words(
    trade: Trade,
) -> None:
    at_the_limit = trade.confirmed_order()
    inside = trade.decided(
        trade.invoice(at_the_limit, "INV-2", {"order_line": 1, "quantity": "1", "unit_price": "5250"})
    )
    assert inside["status"] == "approved"

    order = trade.confirmed_order()
    held = trade.decided(
        trade.invoice(order, "INV-3", {"order_line": 1, "quantity": "1", "unit_price": "5250.01"})
    )
    assert held["status"] == "pending"
    told = " ".join(_sentences(trade.anna.get(f"/invoices/{held['id']}/matches")))
    assert "5,250.01" in told
    assert "5,250.00" in told
    assert "5,000.00" in told
    mail = eventually(lambda: _mails(trade, "anna@northwind.example", "INV-3"))[0]
    assert "5,250.01" in trade.portal.mail(mail["id"])["text"]

    for other in (trade.boss, trade.maria):
        with pytest.raises(CallRefused) as refused:
            other.post(f"/invoices/{held['id']}/approve")
        assert refused.value.status == 403
        assert "Anna Buyer" in str(refused.value)
    trade.anna.post(f"/invoices/{held['id']}/approve")

    assert trade.sven.get(f"/invoices/{held['id']}")["status"] == "approved"


def _sentences(found: Any) -> list[str]:
    if isinstance(found, dict):
        return [part for value in found.values() for part in _sentences(value)]
    if isinstance(found, list):
        return [part for value in found for part in _sentences(value)]
    return [found] if isinstance(found, str) else []


def _mails(trade: Trade, email: str, word: str) -> list[dict[str, Any]]:
    return [mail for mail in trade.portal.mails_to(email) if word in mail["subject"]]


@pytest.mark.requirement("S-044")
def test_an_item_that_was_not_ordered_is_held_even_when_the_total_is_lower(trade: Trade) -> None:
    order = trade.confirmed_order()
    unordered = {"description": "Express freight", "unit": "C62", "quantity": "1", "unit_price": "5"}

    held = trade.decided(trade.invoice(order, "INV-4", {"order_line": 1, "quantity": "1"}, unordered))

    assert held["status"] == "pending"
    assert any(
        "Express freight" in said for said in _sentences(trade.anna.get(f"/invoices/{held['id']}/matches"))
    )


@pytest.mark.requirement("S-072")
def test_a_rejected_invoice_frees_what_it_billed_and_a_returned_one_is_a_draft_again(trade: Trade) -> None:
    order = trade.confirmed_order()
    first = trade.decided(
        trade.invoice(order, "INV-5", {"order_line": 1, "quantity": "10", "unit_price": "600"})
    )
    trade.anna.post(f"/invoices/{first['id']}/reject", {"reason": "The price is 500."})
    assert trade.sven.get(f"/invoices/{first['id']}")["status"] == "rejected"

    second = trade.decided(
        trade.invoice(order, "INV-6", {"order_line": 1, "quantity": "10", "unit_price": "560"})
    )
    trade.anna.post(f"/invoices/{second['id']}/return", {"reason": "Still too dear."})
    draft = trade.sven.get(f"/invoices/{second['id']}")
    assert draft["status"] == "draft"

    mended = {
        "number": "INV-6",
        "issue_date": draft["issue_date"],
        "lines": [{"order_line": 1, "quantity": "10"}],
    }
    trade.sven.put(f"/invoices/{draft['id']}", mended, sequence=draft["sequence"])
    trade.sven.post(f"/invoices/{draft['id']}/send")

    settled = trade.decided(draft)
    assert (settled["status"], settled["net"]) == ("approved", "5000")


@pytest.mark.requirement("S-058")
def test_nothing_is_paid_that_is_not_approved(trade: Trade) -> None:
    order = trade.confirmed_order()
    held = trade.decided(
        trade.invoice(order, "INV-8", {"order_line": 1, "quantity": "10", "unit_price": "700"})
    )

    with pytest.raises(CallRefused) as refused:
        trade.maria.post(f"/invoices/{held['id']}/payments", {"amount": "100"})

    assert refused.value.status == 409


@pytest.mark.requirement("S-011")
@pytest.mark.requirement("S-024")
def test_both_sides_talk_on_the_order_and_hear_of_it_by_mail_once(trade: Trade) -> None:
    order = trade.confirmed_order()
    trade.sven.post(f"/orders/{order['id']}/comments", {"text": "The tyres come in two boxes."})
    trade.anna.post(f"/orders/{order['id']}/comments", {"text": "Fine."})

    said = trade.sven.get(f"/orders/{order['id']}/comments")["items"]

    assert [comment["text"] for comment in said] == ["The tyres come in two boxes.", "Fine."]
    assert len(eventually(lambda: _mails(trade, "anna@northwind.example", order["number"]))) >= 1


@pytest.mark.requirement("S-012")
@pytest.mark.requirement("S-023")
def test_a_file_goes_to_the_other_side_unchanged(trade: Trade) -> None:
    order = trade.confirmed_order()
    content = b"item;quantity\nBK-1;10\n" * 1000

    file = trade.anna.upload(f"/orders/{order['id']}/attachments", "packing list.csv", content, "text/csv")

    assert trade.sven.download(f"/attachments/{file['id']}/content") == content


@pytest.mark.requirement("S-022")
def test_an_order_is_had_as_pdf_and_as_xlsx(trade: Trade) -> None:
    order = trade.confirmed_order()

    assert trade.sven.download(f"/orders/{order['id']}/document.pdf").startswith(b"%PDF-")
    assert trade.sven.download(f"/orders/{order['id']}/document.xlsx").startswith(b"PK")


@pytest.mark.requirement("S-100")
@pytest.mark.requirement("S-101")
@pytest.mark.requirement("S-102")
def test_a_portal_that_is_switched_off_loses_its_drafts_and_comes_back_with_everything_else(
    trade: Trade,
) -> None:
    order = trade.confirmed_order()
    draft = trade.sven.post("/invoice-drafts", {"order_id": order["id"], "number": "INV-9"})
    sent = trade.decided(trade.invoice(order, "INV-10", {"order_line": 1, "quantity": "1"}))

    trade.boss.post(f"/partnerships/{trade.partnership}/disable-portal")
    eventually(lambda: _refused(lambda: trade.invoice(order, "INV-11", {"order_line": 1, "quantity": "1"})))
    trade.boss.post(f"/partnerships/{trade.partnership}/enable-portal")

    eventually(lambda: trade.sven.get(f"/invoices/{sent['id']}")["status"] == "approved" or None)
    eventually(lambda: _refused(lambda: trade.sven.get(f"/invoices/{draft['id']}")))
    seen = eventually(lambda: _seen(trade, order))
    assert seen["status"] == "confirmed"


def _refused(ask: Any) -> bool:
    try:
        ask()
    except CallRefused as refused:
        return refused.status in (403, 404, 409)
    return False


def _seen(trade: Trade, order: Any) -> Any:
    try:
        return trade.sven.get(f"/orders/{order['id']}")
    except CallRefused:
        return None


@pytest.mark.requirement("S-208")
def test_a_neighbour_sees_nothing_of_it(trade: Trade) -> None:
    order = trade.confirmed_order()
    invoice = trade.decided(trade.invoice(order, "INV-12"))
    elsewhere = trade.portal.organisation("customer", "Elsewhere", "office@elsewhere.example")
    eve = trade.portal.invited(elsewhere, "Eve Else", "eve@elsewhere.example", "initiator", "buyer-admin")

    for path in (
        f"/orders/{order['id']}", f"/orders/{order['id']}/history", f"/orders/{order['id']}/comments",
        f"/orders/{order['id']}/document.pdf", f"/invoices/{invoice['id']}", f"/invoices/{invoice['id']}/matches",
        f"/invoices/{invoice['id']}/payments", f"/partnerships/{trade.partnership}",
    ):  # fmt: skip
        with pytest.raises(CallRefused) as refused:
            eve.get(path)
        assert refused.value.status == 404, path
    assert eve.get("/orders")["items"] == []
    assert eve.get("/invoices")["items"] == []
    assert Decimal(eve.get("/feed/unread")["unread"]) == 0

"""Held invoices wait for people: how long and with whom is seen, and a deputy decides while somebody is away."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.desk import PHONE
from tests.e2e.portal import Portal

ANNA, BORIS, SOFIA = "anna@quay.example", "boris@quay.example", "sofia@ropes.example"

# The first of them starts the system.
pytestmark = pytest.mark.timeout(900)

#: How long a step of one side may take to show on the other on a busy machine.
LIVE = 40_000


@pytest.fixture(scope="module")
def held(portal: Portal) -> str:
    """An invoice of Ropes to Quay that is held."""
    quay = portal.organisation("customer", "Quay", "office@quay.example")
    ropes = portal.organisation("supplier", "Ropes", "office@ropes.example")
    anna = portal.invited(quay, "Anna Kovalenko", ANNA, "initiator", "supplier-manager")
    portal.invited(quay, "Boris Boyko", BORIS, "initiator", "buyer-admin")
    sofia = portal.invited(ropes, "Sofia Melnyk", SOFIA, "supplier-admin", "supplier-user")
    terms = {"currency": "EUR", "tolerance_rate": "0", "payment_days": 30}
    anna.post("/partnerships", {"supplier_id": ropes, "terms": terms})
    line = {
        "item_number": "ROPE-8", "description": "Rope, 8 mm", "quantity": "10", "unit_price": "5",
        "tax_rate": "20", "unit": "MTR",
    }  # fmt: skip
    order = anna.post("/orders", {"supplier_id": ropes, "lines": [line], "submit": True})
    sofia.post(f"/orders/{order['id']}/confirm")
    lines = [{"order_line": 1, "quantity": "10", "unit_price": "6"}]
    sent = sofia.post("/invoices", {"order_id": order["id"], "number": "W-1", "lines": lines})
    return str(sent["id"])


@pytest.mark.requirement("S-043", "S-063", "S-064")
def test_a_deputy_decides_while_the_initiator_is_away_and_the_supplier_sees_who(sit: Sit, held: str) -> None:
    anna, boris, sofia = sit(ANNA), sit(BORIS), sit(SOFIA)

    sofia.go(f"/invoices/{held}")
    expect(sofia.page.get_by_text("Waits less than an hour")).to_be_visible()
    expect(sofia.page.get_by_text("You can ask for the decision from")).to_be_visible()
    expect(sofia.page.get_by_role("link", name=ANNA)).to_be_visible()
    sofia.is_accessible()
    boris.go(f"/invoices/{held}")
    expect(boris.page.get_by_role("button", name="Approve")).to_have_count(0)

    anna.go("/settings/absence")
    expect(anna.page.get_by_text("Nobody is away")).to_be_visible()
    anna.page.get_by_role("button", name="Name a deputy").click()
    dialog = anna.page.get_by_role("dialog")
    anna.is_accessible()
    dialog.get_by_label("Deputy").select_option(label="Boris Boyko")
    dialog.get_by_label("Last day").fill("2099-12-31")
    dialog.get_by_role("button", name="Name a deputy").click()
    expect(anna.page.get_by_role("row").filter(has_text="Boris Boyko")).to_contain_text("Stands in now")
    anna.is_accessible()

    expect(sofia.page.get_by_text("Anna Kovalenko is away: Boris Boyko may decide too.")).to_be_visible(
        timeout=LIVE
    )
    boris.go("/")
    boris.page.get_by_role("link", name="Look and decide: W-1").click(timeout=LIVE)
    boris.page.get_by_role("button", name="Approve").click()
    boris.page.get_by_role("dialog").get_by_role("button", name="Approve").click()
    title = "Approved by Boris Boyko for Anna Kovalenko"
    expect(boris.page.get_by_role("heading", name=title)).to_be_visible()
    expect(sofia.page.get_by_role("heading", name=title)).to_be_visible(timeout=LIVE)
    anna.go("/")
    expect(anna.page.get_by_role("link", name="In the promised time: 1")).to_be_visible()


@pytest.mark.requirement("S-063")
def test_the_working_calendar_is_kept_on_a_phone_too(sit: Sit, held: str) -> None:
    boris = sit(BORIS, size=PHONE, scheme="dark")
    boris.go("/settings/waiting")

    boris.page.get_by_label("Time zone").fill("Mars/Olympus")
    boris.page.get_by_role("button", name="Add a holiday").click()
    boris.page.get_by_label("Day of holiday 1").fill("2026-12-25")
    boris.page.get_by_label("Name of holiday 1").fill("Christmas")
    boris.page.get_by_role("button", name="Save").click()
    expect(boris.page.get_by_text("is no time zone of the IANA database")).to_be_visible()
    boris.page.get_by_label("Time zone").fill("Europe/Kyiv")
    boris.page.get_by_role("button", name="Save").click()

    expect(boris.page.get_by_text("Last changed by Boris Boyko")).to_be_visible()
    boris.is_accessible()
    boris.page.reload()
    expect(boris.page.get_by_label("Name of holiday 1")).to_have_value("Christmas")

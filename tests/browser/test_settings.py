"""An organisation's own settings: profile, addresses for news, users; by a supplier, a customer, and who may not."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Sit
from tests.browser.desk import LOOKS
from tests.e2e.portal import PASSWORD, Portal, eventually

SOFIA, IVAN = "sofia@spokes.example", "ivan@spokes.example"
#: The supplier's menu begins with these, in this order, as far as they exist.
S_006 = ("purchase orders", "invoices", "request for proposals", "supplier settings")
LINK = re.compile(r"http.*/links/activation#\S+")
PARTS = ("/settings", "/settings/notifications", "/settings/users", "/settings/undelivered")


@pytest.fixture(scope="module", autouse=True)
def spokes(portal: Portal) -> str:
    """Spokes, a supplier: Sofia administers it, Ivan works there."""
    made = portal.organisation("supplier", "Spokes", "office@spokes.example")
    portal.invited(made, "Sofia Melnyk", SOFIA, "supplier-admin")
    portal.invited(made, "Ivan Petrenko", IVAN, "supplier-user")
    return made


@pytest.mark.requirement("S-006", "S-007")
def test_supplier_settings_is_the_entry_after_the_documents_and_opens_by_keyboard(sit: Sit) -> None:
    desk = sit(SOFIA)
    page = desk.page
    menu = page.get_by_role("navigation", name="Main menu")
    desk.go("/orders")

    # Home is the way back to the beginning; the four come first after it.
    home, *labels = menu.get_by_role("link").all_inner_texts()
    first = labels[: labels.index("Supplier Settings") + 1]

    assert home == "Home"
    assert [label.lower() for label in first] == [
        one for one in S_006 if one in {label.lower() for label in first}
    ]
    entry = menu.get_by_role("link", name="Supplier Settings")
    entry.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Supplier Settings")


@pytest.mark.parametrize("look", LOOKS)
def test_every_part_of_the_settings_is_accessible(sit: Sit, look: dict[str, Any]) -> None:
    desk = sit(SOFIA, **look)
    for part in PARTS:
        desk.go(part)
        desk.is_accessible()


@pytest.mark.requirement("S-007")
def test_an_administrator_changes_the_profile_and_faults_stand_at_their_fields(sit: Sit) -> None:
    desk = sit(SOFIA)
    page = desk.page
    desk.go("/settings")

    page.get_by_label("Telephone").fill("call me")
    page.get_by_label("City").fill("Lviv")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_label("Telephone")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Telephone")).to_have_value("call me")
    page.get_by_label("Telephone").fill("+380 32 123 4567")
    page.get_by_label("Street and number").fill("Shevchenka 1")
    page.get_by_label("Web site").fill("spokes.example")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("The profile is saved")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Web site")).to_have_value("https://spokes.example")
    expect(page.get_by_label("City")).to_have_value("Lviv")


def test_who_changes_what_another_has_changed_meanwhile_is_told_and_loses_nothing(sit: Sit) -> None:
    quick, slow = sit(SOFIA), sit(SOFIA)
    for desk in (quick, slow):
        desk.go("/settings")
    slow.page.get_by_label("Contact person").fill("Sofia")

    quick.page.get_by_label("Telephone").fill("+380 44 765 4321")
    quick.page.get_by_role("button", name="Save").click()

    expect(slow.page.get_by_text("Somebody has changed this meanwhile")).to_be_visible(timeout=15_000)
    expect(slow.page.get_by_label("Contact person")).to_have_value("Sofia")
    slow.is_accessible()
    slow.page.get_by_role("button", name="Drop mine and show theirs").click()
    expect(slow.page.get_by_label("Telephone")).to_have_value("+380 44 765 4321")


def test_who_may_not_change_the_settings_reads_them_and_is_told_who_could(sit: Sit) -> None:
    desk = sit(IVAN)
    page = desk.page

    desk.go("/settings")
    expect(page.get_by_text("The profile can be changed by Sofia Melnyk")).to_be_visible()
    expect(page.get_by_role("button", name="Save")).to_have_count(0)
    desk.go("/settings/users")
    expect(page.get_by_text("Users and their roles can be changed by Sofia Melnyk")).to_be_visible()
    expect(page.get_by_role("button", name="Invite")).to_have_count(0)
    desk.is_accessible()


@pytest.mark.requirement("S-008")
def test_a_new_address_counts_once_it_is_confirmed_and_the_old_one_is_told(sit: Sit, portal: Portal) -> None:
    desk = sit(SOFIA)
    page = desk.page
    desk.go("/settings/notifications")

    page.get_by_role("button", name="Change office@spokes.example").click()
    page.get_by_label("New address").fill("orders@spokes.example")
    desk.is_accessible()
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text("A link is on its way to orders@spokes.example")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="orders@spokes.example")).to_contain_text(
        "Waits for confirmation"
    )
    assert eventually(lambda: portal.subjects_to("office@spokes.example"))

    stranger = sit()
    stranger.page.goto(f"/links/email-confirmation#{portal.token_mailed_to('orders@spokes.example')}")
    stranger.page.get_by_role("button", name="Confirm").click()
    expect(stranger.page.get_by_role("heading", name="Confirmed")).to_be_visible()

    # Without reloading: the page of the administrator follows.
    expect(page.get_by_role("row").filter(has_text="orders@spokes.example")).to_contain_text(
        "In use", timeout=15_000
    )
    expect(page.get_by_role("row").filter(has_text="office@spokes.example")).to_have_count(0)

    page.get_by_role("button", name="Remove orders@spokes.example").click()
    expect(page.get_by_role("dialog")).to_contain_text("This is the only address in use")
    page.get_by_role("dialog").get_by_role("button", name="Go back").click()
    expect(page.get_by_role("row").filter(has_text="orders@spokes.example")).to_be_visible()


@pytest.mark.requirement("S-009", "S-010")
def test_a_person_is_invited_joins_gets_another_role_is_suspended_and_leaves(
    sit: Sit, portal: Portal
) -> None:
    email = "olha@spokes.example"
    desk = sit(SOFIA)
    page = desk.page
    desk.go("/settings/users")

    page.get_by_role("button", name="Invite", exact=True).click()
    page.get_by_label("Name").fill("Olha Bilyk")
    page.get_by_label("E-mail").fill(email)
    desk.is_accessible()
    page.get_by_role("button", name="Send the invitation").click()
    invited = page.get_by_role("row").filter(has_text="Olha Bilyk")
    expect(invited).to_contain_text(email)
    first = portal.token_mailed_to(email)
    page.get_by_role("button", name="Send the invitation of Olha Bilyk again").click()
    expect(page.get_by_text("the earlier one no longer works")).to_be_visible()
    eventually(lambda: len(portal.mails_to(email)) == 2)

    olha = sit()
    olha.page.goto(f"/links/invitation#{first}")
    expect(olha.page.get_by_role("heading", name="This link does not work")).to_be_visible()
    olha.page.goto("/sign-in")
    olha.page.goto(f"/links/invitation#{portal.token_mailed_to(email)}")
    olha.page.get_by_label("New password").fill(PASSWORD)
    olha.page.get_by_role("button", name="Join").click()
    expect(olha.page.get_by_role("heading", name="That is all")).to_be_visible()
    olha.sign_in(email)

    expect(page.get_by_role("heading", name="Open invitations")).to_have_count(0, timeout=15_000)
    row = page.get_by_role("row").filter(has_text="Olha Bilyk")
    expect(row).to_contain_text("Active")
    act(page, "Olha Bilyk", "Change roles …")
    page.get_by_role("dialog").get_by_label("Administrator").check()
    desk.is_accessible()
    page.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("Administrator")

    act(page, "Olha Bilyk", "Suspend")
    page.get_by_role("dialog").get_by_role("button", name="Suspend").click()
    expect(row).to_contain_text("Suspended")
    olha.page.goto("/orders")
    expect(olha.page.get_by_label("E-mail or username")).to_be_visible()
    act(page, "Olha Bilyk", "Resume")
    expect(row).to_contain_text("Active")

    act(page, "Olha Bilyk", "Remove")
    expect(page.get_by_role("dialog")).to_contain_text("must be invited again")
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_the_last_administrator_cannot_give_the_office_away(sit: Sit) -> None:
    desk = sit(SOFIA)
    page = desk.page
    desk.go("/settings/users")

    act(page, "Sofia Melnyk", "Change roles …")
    page.get_by_role("dialog").get_by_label("Supplier user").check()
    page.get_by_role("dialog").get_by_label("Administrator").uncheck()
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("last active user")


@pytest.mark.requirement("S-153", "S-223")
def test_an_account_with_a_username_is_activated_by_the_link_that_is_handed_over(sit: Sit) -> None:
    desk = sit(SOFIA)
    page = desk.page
    desk.go("/settings/users")

    page.get_by_role("button", name="Account with a username").click()
    page.get_by_label("Name", exact=True).fill("Danylo Koval")
    page.get_by_role("textbox", name="Username").fill("danylo.spokes")
    page.get_by_role("button", name="Make the account").click()
    link = page.get_by_label("Activation link", exact=True)
    expect(link).to_have_value(LINK)
    desk.is_accessible()
    address = link.input_value()
    page.keyboard.press("Escape")
    row = page.get_by_role("row").filter(has_text="danylo.spokes")
    expect(row).to_contain_text("Not activated yet")

    danylo = sit()
    danylo.page.goto(address)
    danylo.page.get_by_label("New password").fill(PASSWORD)
    danylo.page.get_by_role("button", name="Join").click()
    danylo.sign_in("danylo.spokes")

    expect(row).to_contain_text("Active", timeout=15_000)


def act(page: Page, name: str, deed: str) -> None:
    """Choose something from the menu of a user."""
    page.get_by_role("button", name=f"Actions for {name}").click()
    page.get_by_role("menuitem", name=deed, exact=True).click()

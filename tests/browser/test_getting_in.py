"""How people get in: mailed links, forgotten and first passwords, several organisations, a lost connection."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Sit
from tests.browser.desk import DESK, PHONE, Desk
from tests.e2e.portal import PASSWORD, Portal, eventually

BOTH = [pytest.param(DESK, "en-GB", id="desk"), pytest.param(PHONE, "uk-UA", id="phone")]


@pytest.fixture(scope="module")
def house(portal: Portal) -> str:
    """The organisation people get into."""
    return portal.organisation("customer", "Pedals", "office@pedals.example")


def signs_in(desk: Desk, name: str, password: str) -> None:
    """On the page where they are."""
    page = desk.page
    page.locator("input[autocomplete=username]").fill(name)
    page.locator("input[autocomplete=current-password]").fill(password)
    page.locator("button[type=submit]").click()


def looks_good(desk: Desk) -> None:
    """In both schemes."""
    desk.is_accessible()
    desk.in_scheme("dark")
    desk.is_accessible()
    desk.in_scheme("light")


@pytest.mark.parametrize(("size", "language"), BOTH)
def test_who_is_invited_sets_a_password_and_begins(
    sit: Sit, portal: Portal, house: str, size: tuple[int, int], language: str
) -> None:
    email = f"invited-{size[0]}@pedals.example"
    wish = {"email": email, "name": "Ihor Invited", "roles": ["initiator"]}
    portal.operator.post(f"/organisations/{house}/invitations", wish)
    desk = sit(size=size, language=language)
    page = desk.page

    page.goto(f"/links/invitation#{portal.token_mailed_to(email)}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pedals")
    expect(page).to_have_url("/links/invitation")
    looks_good(desk)
    page.locator("input[autocomplete=new-password]").fill("short")
    page.locator("button[type=submit]").click()
    expect(page.locator("input[autocomplete=new-password]")).to_have_attribute("aria-invalid", "true")
    page.locator("input[autocomplete=new-password]").fill("a sentence of my own")
    page.locator("button[type=submit]").click()
    expect(page.get_by_text(email)).to_be_visible()
    page.get_by_role("link").click()

    signs_in(desk, email, "a sentence of my own")
    expect(page.locator("main#main")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ihor Invited")


@pytest.mark.parametrize(("size", "language"), BOTH)
def test_a_link_that_was_used_says_so(
    sit: Sit, portal: Portal, house: str, size: tuple[int, int], language: str
) -> None:
    email = f"used-{size[0]}@pedals.example"
    portal.invited(house, "Uliana Used", email, "initiator")
    desk = sit(size=size, language=language)

    desk.page.goto(f"/links/invitation#{portal.token_mailed_to(email)}")
    expect(
        desk.page.get_by_role("heading", name="This link does not work").or_(
            desk.page.get_by_role("heading", name="Це посилання не працює")
        )
    ).to_be_visible()
    looks_good(desk)
    desk.page.goto("/links/invitation")

    expect(desk.page.get_by_role("heading", level=1)).to_be_visible()
    looks_good(desk)


@pytest.mark.parametrize(("size", "language"), BOTH)
def test_a_forgotten_password_is_set_anew_by_mail(
    sit: Sit, portal: Portal, house: str, size: tuple[int, int], language: str
) -> None:
    email = f"forgetful-{size[0]}@pedals.example"
    portal.invited(house, "Fedir Forgetful", email, "initiator")
    mails = len(portal.mails_to(email))
    desk = sit(size=size, language=language)
    page = desk.page

    page.goto("/")
    page.locator("a[href='/forgotten-password']").click()
    expect(page.locator("input[autocomplete=username]")).to_be_visible()
    looks_good(desk)
    page.locator("input[autocomplete=username]").fill(email)
    page.locator("button[type=submit]").click()
    expect(page.locator("form")).to_have_count(0)
    looks_good(desk)
    assert mails == 1
    page.goto(f"/links/password-reset#{_newest_token(portal, email, mails)}")
    expect(page.locator("input[autocomplete=new-password]")).to_be_visible()
    looks_good(desk)
    page.locator("input[autocomplete=new-password]").fill("this one I remember")
    page.locator("button[type=submit]").click()
    expect(page.locator("form")).to_have_count(0)
    page.get_by_role("link").click()

    signs_in(desk, email, "this one I remember")
    expect(page.locator("main#main")).to_be_visible()


def _newest_token(portal: Portal, email: str, known: int) -> str:
    mails = eventually(lambda: found if len(found := portal.mails_to(email)) > known else None)
    return portal.token_in(mails[0]["id"])


def test_an_account_with_a_username_is_activated_with_the_link_handed_over(
    sit: Sit, portal: Portal, house: str
) -> None:
    wish = {"username": "mykola.pedals", "name": "Mykola Store", "roles": ["initiator"]}
    made = portal.operator.post(f"/organisations/{house}/members", wish)
    user = made["user_id"]
    link = portal.operator.get(f"/organisations/{house}/members/{user}/activation-link")
    desk = sit()
    page = desk.page

    page.goto(f"/links/activation#{link['token']}")
    expect(page.get_by_text("mykola.pedals")).to_be_visible()
    looks_good(desk)
    page.get_by_label("New password").fill("a sentence of my own")
    page.get_by_role("button", name="Join").click()
    page.get_by_role("link", name="Sign in").click()

    signs_in(desk, "mykola.pedals", "a sentence of my own")
    expect(page.locator("main#main")).to_be_visible()


@pytest.mark.parametrize(("size", "language"), BOTH)
def test_a_first_password_set_by_somebody_else_is_changed_before_anything(
    sit: Sit, portal: Portal, house: str, size: tuple[int, int], language: str
) -> None:
    name = f"nadia.{size[0]}"
    wish = {"username": name, "name": "Nadia New", "roles": ["initiator"], "password": PASSWORD}
    portal.operator.post(f"/organisations/{house}/members", wish)
    desk = sit(size=size, language=language)
    page = desk.page
    page.goto("/orders")

    signs_in(desk, name, PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nadia New")
    looks_good(desk)
    page.locator("input[autocomplete=current-password]").fill(PASSWORD)
    page.locator("input[autocomplete=new-password]").fill("a sentence of my own")
    page.locator("button[type=submit]").click()

    expect(page.locator("main#main")).to_be_visible()
    expect(page).to_have_url("/orders")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_somebody_of_two_organisations_switches_between_them_in_each_tab(
    sit: Sit, portal: Portal, house: str, size: tuple[int, int]
) -> None:
    email = f"twofold-{size[0]}@pedals.example"
    other = portal.organisation("supplier", f"Cranks {size[0]}", f"office@cranks{size[0]}.example")
    portal.invited(house, "Teodor Twofold", email, "initiator")
    wish = {"email": email, "name": "Teodor Twofold", "roles": ["supplier-admin"]}
    portal.operator.post(f"/organisations/{other}/invitations", wish)
    stranger = sit(size=size)
    stranger.page.goto(f"/links/invitation#{_newest_token(portal, email, 1)}")
    expect(
        stranger.page.get_by_text("keep its password").or_(stranger.page.get_by_text("keeps"))
    ).to_be_visible()
    looks_good(stranger)
    stranger.page.get_by_role("button", name="Join").click()
    expect(stranger.page.get_by_role("link", name="Sign in")).to_be_visible()

    desk = sit(email, size=size)
    page = desk.page
    desk.go("/orders")
    switcher = page.get_by_role("button", name="Act for another organisation; now")
    before = "Pedals" if "Pedals" in switcher.inner_text() else f"Cranks {size[0]}"
    after = f"Cranks {size[0]}" if before == "Pedals" else "Pedals"
    switcher.click()
    desk.is_accessible()
    page.get_by_role("menuitem", name=after).click()

    expect(page.get_by_role("button", name=f"now {after}")).to_be_visible()
    expect(page).to_have_url("/")
    desk.settled()
    page.reload()
    expect(page.get_by_role("button", name=f"now {after}")).to_be_visible()


def test_a_lost_connection_is_shown_and_repaired_by_itself(sit: Sit, portal: Portal, house: str) -> None:
    email = "lost@pedals.example"
    portal.invited(house, "Larysa Lost", email, "initiator")
    desk = sit(email)
    page = desk.page
    desk.go("/orders")
    banner = page.get_by_text("The connection is lost.")

    page.context.set_offline(True)
    expect(banner).to_be_visible(timeout=15_000)
    desk.is_accessible()
    desk.in_scheme("dark")
    desk.is_accessible()
    page.context.set_offline(False)

    expect(banner).to_be_hidden(timeout=30_000)

"""My account: what a person sees and changes of themselves, and how a second factor guards it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from playwright.sync_api import expect

from deploy.local.caller import Caller, CallRefused
from tests.browser.conftest import Sit
from tests.browser.desk import DESK, PHONE, Desk
from tests.e2e.portal import PASSWORD, Portal

Person = Callable[[str], str]


@pytest.fixture(scope="module")
def house(portal: Portal) -> str:
    """A customer whose people change their accounts here."""
    return portal.organisation("customer", "Bells & Horns", "office@bells.example")


@pytest.fixture
def person(portal: Portal, house: str) -> Person:
    """`person("ada")` is somebody new of that house; answers their e-mail."""

    def of_name(name: str) -> str:
        email = f"{name}@bells.example"
        portal.invited(house, f"{name.title()} Ivanenko", email, "initiator", "buyer-admin")
        return email

    return of_name


@pytest.mark.parametrize(("size", "language"), [(DESK, "en-GB"), (PHONE, "uk-UA")], ids=["desk", "phone"])
def test_the_account_can_be_read_by_everybody(
    sit: Sit, person: Person, size: tuple[int, int], language: str
) -> None:
    desk = sit(person(f"reader-{size[0]}"), size=size, language=language)

    desk.go("/account")

    expect(desk.page.get_by_role("region")).to_have_count(7)
    desk.is_accessible()
    desk.in_scheme("dark")
    desk.is_accessible()


def test_a_name_and_a_telephone_are_changed_and_faults_stand_at_their_fields(
    sit: Sit, person: Person
) -> None:
    desk = sit(person("ada"))
    page = desk.page
    desk.go("/account")
    profile = page.get_by_role("region", name="Name and telephone")

    profile.get_by_label("Telephone").fill("call me")
    profile.get_by_role("button", name="Save").click()
    expect(profile.get_by_label("Telephone")).to_have_attribute("aria-invalid", "true")
    profile.get_by_label("Telephone").fill("+380 44 123 4567")
    profile.get_by_label("Name").fill("Ada Lovelace")
    profile.get_by_role("button", name="Save").click()

    expect(profile.get_by_role("status")).to_have_text("Saved.")
    expect(page.get_by_role("button", name="Ada Lovelace:")).to_be_visible()
    page.reload()
    expect(profile.get_by_label("Telephone")).to_have_value("+380 44 123 4567")


def test_changing_the_password_signs_out_every_other_window_at_once(sit: Sit, person: Person) -> None:
    email = person("bohdan")
    desk, other = sit(email), sit(email)
    desk.go("/account")
    other.go("/orders")
    password = desk.page.get_by_role("region", name="Password", exact=True)

    password.get_by_label("Current password").fill("not my password")
    password.get_by_label("New password").fill("green hills and bells")
    password.get_by_role("button", name="Change the password").click()
    expect(password.get_by_label("Current password")).to_have_attribute("aria-invalid", "true")
    password.get_by_label("Current password").fill(PASSWORD)
    password.get_by_role("button", name="Change the password").click()

    expect(password.get_by_role("status")).to_contain_text("Your password is changed")
    expect(other.page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=15_000)
    other.page.get_by_label("E-mail or username").fill(email)
    other.page.get_by_label("Password", exact=True).fill("green hills and bells")
    other.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(other.page).to_have_url("/orders")
    expect(other.page.locator("main#main")).to_be_visible()


def test_sessions_elsewhere_are_ended_one_and_all(sit: Sit, person: Person) -> None:
    email = person("vira")
    desk = sit(email)
    others = [sit(email), sit(email)]
    for other in others:
        other.go("/orders")
    desk.go("/account")
    sessions = desk.page.get_by_role("region", name="Where you are signed in")
    expect(sessions.get_by_role("listitem").filter(has_text="this browser")).to_have_count(1)
    rows = sessions.get_by_role("listitem")
    before = rows.count()

    sessions.get_by_role("button", name="End the session").first.click()
    expect(rows).to_have_count(before - 1)
    sessions.get_by_role("button", name="other session").click()

    expect(rows).to_have_count(1)
    expect(sessions.get_by_role("status")).to_have_text("You are signed in here only.")
    for other in others:
        expect(other.page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=15_000)


# ------------------------------------------------------------------------------------- the second factor


def sign_in_with(desk: Desk, email: str, password: str = PASSWORD) -> None:
    """Name and password, and no more."""
    desk.page.goto("/")
    desk.page.get_by_label("E-mail or username").fill(email)
    desk.page.get_by_label("Password", exact=True).fill(password)
    desk.page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_second_factor_is_switched_on_asked_for_and_switched_off(
    sit: Sit, person: Person, size: tuple[int, int]
) -> None:
    email = person(f"halyna-{size[0]}")
    desk = sit(email, size=size)
    page = desk.page
    desk.go("/account")
    factor = page.get_by_role("region", name="Two-factor sign-in")

    # Switched on: password, picture, code, recovery codes.
    factor.get_by_role("button", name="Switch on").click()
    factor.get_by_label("Your password").fill(PASSWORD)
    factor.get_by_role("button", name="Next").click()
    expect(factor.get_by_role("img", name="QR code")).to_be_visible()
    desk.is_accessible()
    app = pyotp.TOTP(factor.get_by_test_id("secret").inner_text())
    factor.get_by_label("Code of the app").fill("000000")
    factor.get_by_role("button", name="Switch on").click()
    expect(factor.get_by_label("Code of the app")).to_have_attribute("aria-invalid", "true")
    # A code counts once: the one before the present one still does, and leaves this one for later.
    factor.get_by_label("Code of the app").fill(app.at(datetime.now(UTC) - timedelta(seconds=30)))
    factor.get_by_role("button", name="Switch on").click()
    codes = factor.get_by_role("list", name="Your recovery codes").get_by_role("listitem")
    expect(codes).to_have_count(10)
    desk.is_accessible()
    kept = codes.all_inner_texts()
    factor.get_by_role("button", name="I have kept them").click()
    expect(factor.get_by_role("status")).to_have_text("Two-factor sign-in is on.")
    expect(factor).to_contain_text("10 recovery codes left")

    # Asked for: the password alone does not open.
    stranger = sit(size=size)
    sign_in_with(stranger, email)
    expect(stranger.page.get_by_role("heading", name="One more step")).to_be_visible()
    stranger.is_accessible()
    stranger.page.get_by_label("Code of the app").fill("000000")
    stranger.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(stranger.page.get_by_role("alert")).not_to_be_empty()
    stranger.page.get_by_label("Code of the app").fill(app.now())
    stranger.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(stranger.page.locator("main#main")).to_be_visible()

    # The telephone is lost: a recovery code opens.
    without_telephone = sit(size=size)
    sign_in_with(without_telephone, email)
    without_telephone.page.get_by_role("button", name="use a recovery code").click()
    without_telephone.page.get_by_label("Recovery code").fill(kept[0])
    without_telephone.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(without_telephone.page.locator("main#main")).to_be_visible()

    # Switched off, with another of them.
    factor.get_by_role("button", name="Switch off").click()
    factor.get_by_label("Your password").fill(PASSWORD)
    factor.get_by_label("Code of the app, or a recovery code").fill(kept[1])
    factor.get_by_role("button", name="Switch off").click()
    expect(factor.get_by_role("status")).to_have_text("Two-factor sign-in is off.")


def test_other_recovery_codes_take_the_place_of_those_before(
    sit: Sit, person: Person, portal: Portal
) -> None:
    email = person("roksolana")
    caller = portal.signed_in(email)
    secret = caller.post("/profile/second-factor/begin", {"password": PASSWORD})["secret"]
    code = pyotp.TOTP(secret).at(datetime.now(UTC) - timedelta(seconds=30))
    kept = caller.post("/profile/second-factor/confirm", {"code": code})["codes"]
    desk = sit()
    sign_in_with(desk, email)
    desk.page.get_by_role("button", name="use a recovery code").click()
    desk.page.get_by_label("Recovery code").fill(kept[0])
    desk.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(desk.page.locator("main#main")).to_be_visible()
    desk.go("/account")
    factor = desk.page.get_by_role("region", name="Two-factor sign-in")

    factor.get_by_role("button", name="New recovery codes").click()
    factor.get_by_label("Your password").fill(PASSWORD)
    factor.get_by_label("Code of the app, or a recovery code").fill(kept[1])
    factor.get_by_role("button", name="New recovery codes").click()

    codes = factor.get_by_role("list", name="Your recovery codes").get_by_role("listitem")
    expect(codes).to_have_count(10)
    assert not set(codes.all_inner_texts()) & set(kept)


# ---------------------------------------------------------------------------------------------- API keys


def test_a_key_is_shown_once_works_and_is_revoked(sit: Sit, person: Person, portal: Portal) -> None:
    desk = sit(person("olha"))
    page = desk.page
    desk.go("/account")
    keys = page.get_by_role("region", name="API keys")

    keys.get_by_role("button", name="Create a key").click()
    keys.get_by_role("button", name="Create a key").click()
    expect(keys.get_by_text("Write what the key is for.")).to_be_visible()
    keys.get_by_label("What it is for").fill("The shop's computer")
    keys.get_by_label("Administration of the customer").uncheck()
    desk.is_accessible()
    keys.get_by_role("button", name="Create a key").click()
    secret = keys.get_by_test_id("key").inner_text()
    desk.is_accessible()
    program = Caller(portal.url, api_key=secret)
    assert program.get("/orders")["items"] == []

    keys.get_by_role("button", name="I have kept it").click()
    expect(keys.get_by_test_id("key")).to_be_hidden()
    row = keys.get_by_role("listitem").filter(has_text="The shop's computer")
    expect(row).to_contain_text("Placing orders, deciding on invoices")
    expect(row).not_to_contain_text("Administration")
    row.get_by_role("button", name="Revoke the key The shop's computer").click()
    expect(row).to_contain_text("stop working at once")
    row.get_by_role("button", name="Revoke", exact=True).click()
    expect(row).to_be_hidden()

    with pytest.raises(CallRefused):
        program.get("/orders")
    program.close()


# ------------------------------------------------------------------------------------ another e-mail


def test_another_e_mail_counts_once_its_link_was_opened(sit: Sit, person: Person, portal: Portal) -> None:
    desk = sit(person("yaryna"))
    page = desk.page
    desk.go("/account")
    email = page.get_by_role("region", name="E-mail")

    email.get_by_label("New e-mail").fill("yaryna@other.example")
    email.get_by_label("Your password").fill(PASSWORD)
    email.get_by_role("button", name="Change the e-mail").click()
    expect(email.get_by_role("status")).to_contain_text("yaryna@other.example")
    expect(email.get_by_text("yaryna@bells.example")).to_be_visible()
    token = portal.token_mailed_to("yaryna@other.example")
    page.goto(f"/links/email-confirmation#{token}")
    expect(page.get_by_role("heading", name="Confirm your address")).to_be_visible()
    desk.is_accessible()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Confirmed")).to_be_visible()

    desk.go("/account")
    expect(email.get_by_text("yaryna@other.example")).to_be_visible()

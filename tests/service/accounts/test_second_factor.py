"""Two-factor sign-in: switched on, asked for, never bypassed (ASVS 5.0 V6.5, V6.4.3, V6.3.1)."""

from uuid import UUID

import pyotp
import pytest
from sqlalchemy import select

from services.accounts.tables import recovery_codes, second_factors
from services.contracts.accounts import commands, views
from services.contracts.actors import Actor
from tests.service.accounts.conftest import ADDRESS, PASSWORD, Accounts

OLHA = "olha@dnipro.example"


class Phone:
    """An authenticator app, and the person it belongs to."""

    def __init__(self, accounts: Accounts, name: str = OLHA) -> None:
        self.accounts = accounts
        self.name = name
        self.inside = accounts.sign_in(name)
        begun = accounts.call(
            commands.BeginSecondFactor(session_token=self.inside.session_token, password=PASSWORD)
        )
        self.secret: str = begun.secret
        self.uri: str = begun.uri
        self.recovery: tuple[str, ...] = accounts.call(self.confirming()).codes
        self.next_step()

    def code(self) -> str:
        return pyotp.TOTP(self.secret).at(self.accounts.clock.now)

    def wrong(self) -> str:
        return f"{(int(self.code()) + 1) % 10**6:06}"

    def next_step(self) -> None:
        self.accounts.clock.wait(seconds=30)

    def confirming(self) -> commands.ConfirmSecondFactor:
        return commands.ConfirmSecondFactor(session_token=self.inside.session_token, code=self.code())

    def signing_in(self, code: str | None, password: str = PASSWORD, **more: str) -> commands.SignIn:
        return commands.SignIn(name=self.name, password=password, code=code, address=ADDRESS, **more)

    def state(self) -> views.SecondFactor:
        found: views.SecondFactor = self.accounts.call(
            commands.GetSecondFactor(session_token=self.inside.session_token)
        )
        return found


@pytest.fixture
def phone(accounts: Accounts, supplier: Actor) -> Phone:
    """Olha's app, confirmed."""
    return Phone(accounts)


def test_without_it_a_password_is_enough(accounts: Accounts, supplier: Actor) -> None:
    token = accounts.sign_in(OLHA).session_token

    state = accounts.call(commands.GetSecondFactor(session_token=token))

    assert state == views.SecondFactor(enabled=False, since=None, recovery_codes_left=0)


def test_a_secret_that_was_not_confirmed_changes_nothing(accounts: Accounts, supplier: Actor) -> None:
    token = accounts.sign_in(OLHA).session_token
    begin = commands.BeginSecondFactor(session_token=token, password=PASSWORD)

    one, other = accounts.call(begin), accounts.call(begin)
    refused = accounts.refused(commands.ConfirmSecondFactor(session_token=token, code="000000"))

    assert one.secret != other.secret
    assert refused.problem_faults[0]["field"] == "/code"
    accounts.sign_in(OLHA)


def test_the_password_alone_is_told_that_a_code_is_needed(phone: Phone) -> None:
    refused = phone.accounts.refused(phone.signing_in(None))

    assert (refused.status, refused.code) == (401, "second-factor-needed")
    signed_in = phone.accounts.call(phone.signing_in(phone.code()))
    phone.accounts.call(commands.Authenticate(session_token=signed_in.session_token))
    assert phone.state().enabled


def test_a_wrong_password_is_not_told_that_a_code_is_needed(phone: Phone) -> None:
    for code in (None, phone.code()):
        assert phone.accounts.refused(phone.signing_in(code, "a wrong guess")).code == "unauthenticated"


def test_a_code_opens_once(phone: Phone) -> None:
    code = phone.code()
    phone.accounts.call(phone.signing_in(code))

    assert phone.accounts.refused(phone.signing_in(code)).code == "second-factor-wrong"
    phone.next_step()
    assert phone.accounts.refused(phone.signing_in(code)).code == "second-factor-wrong"
    phone.accounts.call(phone.signing_in(phone.code()))


def test_the_code_that_switched_it_on_does_not_open(accounts: Accounts, supplier: Actor) -> None:
    phone = Phone(accounts)
    accounts.clock.wait(seconds=-30)

    assert accounts.refused(phone.signing_in(phone.code())).code == "second-factor-wrong"


def test_a_recovery_code_opens_once(phone: Phone) -> None:
    first, *others = phone.recovery

    phone.accounts.call(phone.signing_in(first.lower()))

    assert phone.accounts.refused(phone.signing_in(first)).code == "second-factor-wrong"
    assert phone.state().recovery_codes_left == len(others) == 9


def test_renewed_recovery_codes_replace_the_old_ones(phone: Phone) -> None:
    renew = commands.RenewRecoveryCodes(
        session_token=phone.inside.session_token, password=PASSWORD, code=phone.code()
    )

    renewed = phone.accounts.call(renew).codes

    assert phone.accounts.refused(phone.signing_in(phone.recovery[0])).code == "second-factor-wrong"
    phone.accounts.call(phone.signing_in(renewed[0]))


def test_wrong_codes_make_the_next_one_wait_even_the_right_one(phone: Phone) -> None:
    for _ in range(5):
        assert phone.accounts.refused(phone.signing_in(phone.wrong())).code == "second-factor-wrong"

    assert phone.accounts.refused(phone.signing_in(phone.code())).status == 429
    # Asking without a code, which the right password may do, forgives nothing.
    phone.accounts.refused(phone.signing_in(None))
    assert phone.accounts.refused(phone.signing_in(phone.code())).status == 429
    phone.accounts.clock.wait(seconds=31)
    phone.accounts.call(phone.signing_in(phone.code()))


def test_whoever_knows_the_password_does_not_keep_the_owner_out_of_a_known_device(phone: Phone) -> None:
    device = phone.accounts.call(phone.signing_in(phone.code())).device_token
    phone.next_step()
    for _ in range(6):
        phone.accounts.refused(phone.signing_in(phone.wrong()))

    assert phone.accounts.refused(phone.signing_in(phone.code())).status == 429
    phone.accounts.call(phone.signing_in(phone.code(), device_token=device))


def test_a_reset_password_does_not_open_without_the_code(phone: Phone) -> None:
    accounts = phone.accounts
    accounts.call(commands.RequestPasswordReset(name=OLHA, address=ADDRESS))
    another = "another long sentence of mine"
    accounts.call(commands.ResetPassword(token=accounts.token("password-reset-requested"), password=another))

    assert accounts.refused(phone.signing_in(None, another)).code == "second-factor-needed"
    session = accounts.call(phone.signing_in(phone.code(), another))
    state = accounts.call(commands.GetSecondFactor(session_token=session.session_token))
    assert state.enabled


def test_switching_it_off_takes_password_and_code(phone: Phone) -> None:
    accounts, token = phone.accounts, phone.inside.session_token

    def off(password: str, code: str) -> commands.DisableSecondFactor:
        return commands.DisableSecondFactor(session_token=token, password=password, code=code)

    assert accounts.refused(off("a wrong guess", phone.code())).problem_faults[0]["field"] == "/password"
    assert accounts.refused(off(PASSWORD, phone.wrong())).problem_faults[0]["field"] == "/code"
    accounts.call(off(PASSWORD, phone.code()))

    accounts.sign_in(OLHA)
    assert not phone.state().enabled
    assert accounts.refused(off(PASSWORD, phone.code())).code == "second-factor-off"
    assert [data["enabled"] for data in accounts.told("second-factor-changed")] == [True, False]


def test_a_session_alone_gets_no_secret_and_one_that_is_on_is_not_replaced(phone: Phone) -> None:
    begin = commands.BeginSecondFactor(session_token=phone.inside.session_token, password="a wrong guess")
    again = commands.BeginSecondFactor(session_token=phone.inside.session_token, password=PASSWORD)

    assert phone.accounts.refused(begin).problem_faults[0]["field"] == "/password"
    assert phone.accounts.refused(again).code == "second-factor-on"
    assert phone.accounts.refused(phone.confirming()).code == "second-factor-on"


def test_what_is_stored_makes_no_code_and_is_no_code(phone: Phone) -> None:
    with phone.accounts.database.transaction() as tx:
        [kept] = tx.execute(select(second_factors)).all()
        hashes = [bytes(row.code_hash) for row in tx.execute(select(recovery_codes))]

    assert kept.user_id == UUID(str(phone.inside.session.user.id))
    assert phone.secret.encode() not in bytes(kept.sealed)
    assert not any(code.encode() in hashed for code in phone.recovery for hashed in hashes)
    told = str(phone.accounts.facts())
    assert phone.secret not in told
    assert not any(code in told for code in phone.recovery)


def test_another_persons_code_opens_nothing(phone: Phone, customer: Actor) -> None:
    other = Phone(phone.accounts, "anna@lviv.example")

    assert phone.accounts.refused(phone.signing_in(other.code())).code == "second-factor-wrong"
    assert phone.accounts.refused(phone.signing_in(other.recovery[0])).code == "second-factor-wrong"

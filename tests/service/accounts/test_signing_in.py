"""Signing in and out, patience, sessions, passwords: S-001, S-154, S-156, ASVS 5.0 V6 and V7."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from services.accounts.tables import attempts, sessions
from services.contracts.accounts import commands
from services.contracts.actors import Actor, OrganisationKind, Role
from tests.service.accounts.conftest import ADDRESS, PASSWORD, Accounts

OTHER = "another long sentence of mine"


def guess(name: str, address: str = ADDRESS, **more: object) -> commands.SignIn:
    return commands.SignIn(name=name, password="a wrong guess", address=address, **more)  # type: ignore[arg-type]


@pytest.mark.requirement("S-001")
def test_a_supplier_signs_in_and_acts_for_its_own_organisation_only(
    accounts: Accounts, supplier: Actor
) -> None:
    session = accounts.sign_in("olha@dnipro.example").session

    assert [standing.organisation.id for standing in session.standings] == [supplier.organisation_id]
    assert session.standings[0].roles == {Role.SUPPLIER_ADMIN}
    assert session.acting_for == supplier.organisation_id


def test_the_name_is_found_in_capital_letters_too(accounts: Accounts, supplier: Actor) -> None:
    assert accounts.sign_in("OLHA@Dnipro.Example").session.user.id == supplier.user_id


def test_a_wrong_password_and_an_unknown_name_are_refused_alike(accounts: Accounts, supplier: Actor) -> None:
    wrong = accounts.refused(guess("olha@dnipro.example"))
    unknown = accounts.refused(guess("nobody@example.com"))

    assert (wrong.code, wrong.detail) == (unknown.code, unknown.detail) == ("unauthenticated", wrong.detail)


def test_what_is_stored_of_a_session_does_not_open_it(accounts: Accounts, supplier: Actor) -> None:
    token = accounts.sign_in("olha@dnipro.example").session_token

    with accounts.database.transaction() as tx:
        kept = [bytes(row.token_hash) for row in tx.execute(select(sessions.c.token_hash))]

    assert token.encode() not in kept
    assert all(len(hashed) == 32 for hashed in kept)


def test_every_sign_in_begins_a_session_of_its_own(accounts: Accounts, supplier: Actor) -> None:
    one, other = accounts.sign_in("olha@dnipro.example"), accounts.sign_in("olha@dnipro.example")

    assert one.session_token != other.session_token
    assert one.session.csrf_token != other.session.csrf_token


def test_the_gateway_learns_who_a_session_belongs_to(accounts: Accounts, supplier: Actor) -> None:
    signed_in = accounts.sign_in("olha@dnipro.example")

    session = accounts.call(commands.Authenticate(session_token=signed_in.session_token))

    assert session == signed_in.session


@pytest.mark.parametrize("token", ["x", "a" * 43])
def test_a_token_nobody_was_given_opens_nothing(accounts: Accounts, token: str) -> None:
    assert accounts.refused(commands.Authenticate(session_token=token)).status == 401


def test_a_session_ends_after_an_idle_hour(accounts: Accounts, supplier: Actor) -> None:
    token = accounts.sign_in("olha@dnipro.example").session_token
    accounts.clock.wait(minutes=59)
    accounts.call(commands.Authenticate(session_token=token))

    accounts.clock.wait(minutes=59)
    accounts.call(commands.Authenticate(session_token=token))
    accounts.clock.wait(minutes=60)

    assert accounts.refused(commands.Authenticate(session_token=token)).status == 401


def test_a_session_ends_after_twelve_hours_however_busy_it_is(accounts: Accounts, supplier: Actor) -> None:
    token = accounts.sign_in("olha@dnipro.example").session_token
    for _ in range(23):
        accounts.clock.wait(minutes=30)
        accounts.call(commands.Authenticate(session_token=token))

    accounts.clock.wait(minutes=30)

    assert accounts.refused(commands.Authenticate(session_token=token)).status == 401


def test_after_signing_out_the_session_is_over_and_gateways_are_told(
    accounts: Accounts, supplier: Actor
) -> None:
    signed_in = accounts.sign_in("olha@dnipro.example")

    accounts.call(commands.SignOut(session_token=signed_in.session_token))

    assert accounts.refused(commands.Authenticate(session_token=signed_in.session_token)).status == 401
    assert accounts.told("session-ended")[-1]["session_id"] == str(signed_in.session.id)


def test_one_sees_where_one_is_signed_in_and_ends_one_of_the_sessions(
    accounts: Accounts, supplier: Actor
) -> None:
    here = accounts.sign_in("olha@dnipro.example", user_agent="Firefox")
    there = accounts.sign_in("olha@dnipro.example", user_agent="Chromium")

    listed = accounts.call(commands.ListMySessions(session_token=here.session_token)).items
    accounts.call(commands.EndSession(session_token=here.session_token, session_id=there.session.id))

    assert {entry.user_agent: entry.current for entry in listed if entry.user_agent} == {
        "Firefox": True,
        "Chromium": False,
    }
    assert accounts.refused(commands.Authenticate(session_token=there.session_token)).status == 401
    accounts.call(commands.Authenticate(session_token=here.session_token))


def test_nobody_ends_the_session_of_somebody_else(
    accounts: Accounts, supplier: Actor, customer: Actor
) -> None:
    mine, theirs = accounts.sign_in("olha@dnipro.example"), accounts.sign_in("anna@lviv.example")

    wish = commands.EndSession(session_token=mine.session_token, session_id=theirs.session.id)

    assert accounts.refused(wish).status == 404
    accounts.call(commands.Authenticate(session_token=theirs.session_token))


def test_all_other_sessions_end_at_once(accounts: Accounts, supplier: Actor) -> None:
    here, there = accounts.sign_in("olha@dnipro.example"), accounts.sign_in("olha@dnipro.example")

    accounts.call(commands.EndOtherSessions(session_token=here.session_token))

    assert accounts.refused(commands.Authenticate(session_token=there.session_token)).status == 401
    accounts.call(commands.Authenticate(session_token=here.session_token))


# ------------------------------------------------------------------------------------------ patience


def test_failures_are_remembered_although_the_call_was_refused(accounts: Accounts, supplier: Actor) -> None:
    for _ in range(5):
        assert accounts.refused(guess("olha@dnipro.example")).status == 401

    refusal = accounts.refused(guess("olha@dnipro.example"))

    assert (refusal.status, refusal.code) == (429, "too-many")
    assert "Try again in 30 seconds, at 12:00:30 UTC." in refusal.detail


def test_not_even_the_right_password_is_heard_too_early_and_then_it_is(
    accounts: Accounts, supplier: Actor
) -> None:
    for _ in range(5):
        accounts.refused(guess("olha@dnipro.example"))
    right = commands.SignIn(name="olha@dnipro.example", password=PASSWORD, address="198.51.100.1")
    assert accounts.refused(right).status == 429

    accounts.clock.wait(seconds=30)

    accounts.call(right)


def test_after_success_the_failures_are_forgotten(accounts: Accounts, supplier: Actor) -> None:
    for _ in range(4):
        accounts.refused(guess("olha@dnipro.example"))
    accounts.sign_in("olha@dnipro.example")

    for _ in range(5):
        assert accounts.refused(guess("olha@dnipro.example")).status == 401


def test_an_unknown_name_is_made_to_wait_just_like_a_known_one(accounts: Accounts) -> None:
    for _ in range(5):
        assert accounts.refused(guess("nobody@example.com")).status == 401

    assert accounts.refused(guess("nobody@example.com")).status == 429


def test_e_mail_and_username_of_one_account_share_its_patience(accounts: Accounts, supplier: Actor) -> None:
    accounts.call(
        commands.CreateUser(
            organisation_id=supplier.organisation_id,
            username="petro",
            name="Petro",
            roles=frozenset({Role.SUPPLIER_USER}),
            password=OTHER,
        ),
        supplier,
    )
    for name in ("petro", "PETRO", "petro", "Petro", "petro"):
        assert accounts.refused(guess(name)).status == 401

    assert accounts.refused(guess("petro")).status == 429


def test_many_names_from_one_address_make_the_address_wait_but_not_others(
    accounts: Accounts, supplier: Actor
) -> None:
    for number in range(50):
        assert accounts.refused(guess(f"nobody{number}@example.com", "203.0.113.9")).status == 401

    assert accounts.refused(guess("one.more@example.com", "203.0.113.9")).status == 429
    accounts.sign_in("olha@dnipro.example")


def test_a_stranger_who_keeps_guessing_does_not_keep_the_owner_out_of_a_known_device(
    accounts: Accounts, supplier: Actor
) -> None:
    device = accounts.sign_in("olha@dnipro.example").device_token
    for _ in range(5):
        accounts.refused(guess("olha@dnipro.example", "203.0.113.9"))
    assert accounts.refused(guess("olha@dnipro.example", "203.0.113.9")).status == 429

    accounts.sign_in("olha@dnipro.example", device_token=device)


def test_a_stolen_device_mark_has_a_patience_of_its_own(accounts: Accounts, supplier: Actor) -> None:
    device = accounts.sign_in("olha@dnipro.example").device_token
    for _ in range(10):
        assert accounts.refused(guess("olha@dnipro.example", device_token=device)).status == 401

    assert accounts.refused(guess("olha@dnipro.example", device_token=device)).status == 429


def test_the_device_of_one_user_is_no_known_device_of_another(
    accounts: Accounts, supplier: Actor, customer: Actor
) -> None:
    device = accounts.sign_in("olha@dnipro.example").device_token
    for _ in range(5):
        accounts.refused(guess("anna@lviv.example"))

    assert accounts.refused(guess("anna@lviv.example", device_token=device)).status == 429


# ----------------------------------------------------------------------------------------- passwords


@pytest.mark.requirement("S-156")
def test_a_changed_password_ends_all_other_sessions(accounts: Accounts, supplier: Actor) -> None:
    here, there = accounts.sign_in("olha@dnipro.example"), accounts.sign_in("olha@dnipro.example")

    accounts.call(
        commands.ChangePassword(
            session_token=here.session_token, current_password=PASSWORD, new_password=OTHER
        )
    )

    assert accounts.refused(commands.Authenticate(session_token=there.session_token)).status == 401
    accounts.call(commands.Authenticate(session_token=here.session_token))
    accounts.sign_in("olha@dnipro.example", OTHER)
    assert accounts.told("password-changed")[-1]["email"] == "olha@dnipro.example"


def test_the_old_password_is_worthless_after_the_change(accounts: Accounts, supplier: Actor) -> None:
    token = accounts.sign_in("olha@dnipro.example").session_token
    accounts.call(commands.ChangePassword(session_token=token, current_password=PASSWORD, new_password=OTHER))

    wish = commands.SignIn(name="olha@dnipro.example", password=PASSWORD, address=ADDRESS)

    assert accounts.refused(wish).status == 401


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("not mine at all", OTHER, "/current_password"),
        (PASSWORD, "short", "/new_password"),
        (PASSWORD, PASSWORD, "/new_password"),
        (PASSWORD, "olha@dnipro.example", "/new_password"),
    ],
)
def test_a_change_of_password_is_refused_with_the_field_that_is_wrong(
    accounts: Accounts, supplier: Actor, current: str, new: str, field: str
) -> None:
    token = accounts.sign_in("olha@dnipro.example").session_token

    refusal = accounts.refused(
        commands.ChangePassword(session_token=token, current_password=current, new_password=new)
    )

    assert (refusal.status, refusal.problem_faults[0]["field"]) == (422, field)


def test_a_stolen_session_does_not_guess_the_password_without_end(
    accounts: Accounts, supplier: Actor
) -> None:
    token = accounts.sign_in("olha@dnipro.example").session_token
    wish = commands.ChangePassword(session_token=token, current_password="wrong guess", new_password=OTHER)
    for _ in range(5):
        assert accounts.refused(wish).status == 422

    assert accounts.refused(wish).status == 429


def test_a_stranger_who_guesses_at_the_door_does_not_disturb_who_is_inside(
    accounts: Accounts, supplier: Actor
) -> None:
    token = accounts.sign_in("olha@dnipro.example").session_token
    for _ in range(6):
        accounts.refused(guess("olha@dnipro.example", "203.0.113.9"))

    accounts.call(commands.ChangePassword(session_token=token, current_password=PASSWORD, new_password=OTHER))


def test_a_forgotten_password_is_set_anew_by_the_link_that_was_mailed(
    accounts: Accounts, supplier: Actor
) -> None:
    before = accounts.sign_in("olha@dnipro.example")
    accounts.call(commands.RequestPasswordReset(name="olha@dnipro.example", address=ADDRESS))

    accounts.call(commands.ResetPassword(token=accounts.token("password-reset-requested"), password=OTHER))

    accounts.sign_in("olha@dnipro.example", OTHER)
    assert accounts.refused(commands.Authenticate(session_token=before.session_token)).status == 401


def test_a_link_to_reset_works_once(accounts: Accounts, supplier: Actor) -> None:
    accounts.call(commands.RequestPasswordReset(name="olha@dnipro.example", address=ADDRESS))
    wish = commands.ResetPassword(token=accounts.token("password-reset-requested"), password=OTHER)
    accounts.call(wish)

    assert accounts.refused(wish).code == "link-used"


def test_a_link_to_reset_works_for_ten_minutes(accounts: Accounts, supplier: Actor) -> None:
    accounts.call(commands.RequestPasswordReset(name="olha@dnipro.example", address=ADDRESS))
    accounts.clock.wait(minutes=10)

    wish = commands.ResetPassword(token=accounts.token("password-reset-requested"), password=OTHER)

    assert accounts.refused(wish).code == "link-expired"


def test_a_link_is_still_good_after_a_password_that_was_refused(accounts: Accounts, supplier: Actor) -> None:
    accounts.call(commands.RequestPasswordReset(name="olha@dnipro.example", address=ADDRESS))
    token = accounts.token("password-reset-requested")
    assert accounts.refused(commands.ResetPassword(token=token, password="short")).status == 422

    accounts.call(commands.ResetPassword(token=token, password=OTHER))


def test_a_newer_link_makes_the_older_one_worthless(accounts: Accounts, supplier: Actor) -> None:
    accounts.call(commands.RequestPasswordReset(name="olha@dnipro.example", address=ADDRESS))
    older = accounts.token("password-reset-requested")
    accounts.call(commands.RequestPasswordReset(name="olha@dnipro.example", address=ADDRESS))

    assert accounts.refused(commands.ResetPassword(token=older, password=OTHER)).code == "link-used"


def test_asking_for_a_link_never_tells_whether_there_is_such_an_account(
    accounts: Accounts, supplier: Actor
) -> None:
    known = accounts.call(commands.RequestPasswordReset(name="olha@dnipro.example", address=ADDRESS))
    unknown = accounts.call(commands.RequestPasswordReset(name="nobody@example.com", address=ADDRESS))

    assert known == unknown
    assert len(accounts.told("password-reset-requested")) == 1


def test_a_mailbox_is_not_flooded_with_links_and_the_answer_does_not_tell(
    accounts: Accounts, supplier: Actor
) -> None:
    for number in range(6):
        accounts.call(commands.RequestPasswordReset(name="olha@dnipro.example", address=f"192.0.2.{number}"))

    assert len(accounts.told("password-reset-requested")) == 3


def test_one_address_does_not_ask_for_links_without_end(accounts: Accounts, supplier: Actor) -> None:
    for number in range(10):
        accounts.call(commands.RequestPasswordReset(name=f"nobody{number}@example.com", address=ADDRESS))

    wish = commands.RequestPasswordReset(name="nobody@example.com", address=ADDRESS)

    assert accounts.refused(wish).status == 429


def test_a_link_of_another_kind_sets_no_password(accounts: Accounts, supplier: Actor) -> None:
    invitation = accounts.token("user-invited")

    wish = commands.ResetPassword(token=invitation, password=OTHER)

    assert accounts.refused(wish).code == "link-not-valid"


# -------------------------------------------------------------------------------------- memberships


def test_a_user_of_two_organisations_chooses_for_which_to_act(
    accounts: Accounts, customer: Actor, supplier: Actor
) -> None:
    accounts.call(
        commands.InviteUser(
            organisation_id=supplier.organisation_id,
            email="anna@lviv.example",
            name="Anna",
            roles=frozenset({Role.SUPPLIER_USER}),
        ),
        supplier,
    )
    accounts.accept(password=None)
    token = accounts.sign_in("anna@lviv.example").session_token

    session = accounts.call(commands.ActFor(session_token=token, organisation_id=customer.organisation_id))

    assert len(session.standings) == 2
    assert session.acting_for == customer.organisation_id
    assert accounts.call(commands.Authenticate(session_token=token)).acting_for == customer.organisation_id
    assert accounts.told("session-changed")[-1]["acting_for"] == str(customer.organisation_id)
    stranger = commands.ActFor(session_token=token, organisation_id=uuid4())
    assert accounts.refused(stranger).status == 403


def test_a_suspended_member_is_out_at_once_and_cannot_sign_in(accounts: Accounts, supplier: Actor) -> None:
    member = accounts.member(supplier, "petro@dnipro.example", Role.SUPPLIER_USER)
    token = accounts.sign_in("petro@dnipro.example").session_token

    accounts.call(
        commands.SuspendMember(organisation_id=supplier.organisation_id, user_id=member.user_id), supplier
    )

    assert accounts.refused(commands.Authenticate(session_token=token)).status == 401
    wish = commands.SignIn(name="petro@dnipro.example", password=PASSWORD, address=ADDRESS)
    assert accounts.refused(wish).status == 403
    ended = {fact["user_id"] for fact in accounts.told("session-ended")}
    assert ended == {str(member.user_id)}


def test_housekeeping_forgets_what_is_long_over_and_nothing_else(accounts: Accounts, supplier: Actor) -> None:
    accounts.refused(guess("nobody@example.com"))
    accounts.clock.wait(days=31)
    accounts.refused(guess("somebody@example.com"))
    token = accounts.sign_in("olha@dnipro.example").session_token

    accounts.service.forget_what_is_over()

    with accounts.database.transaction() as tx:
        assert len(tx.execute(select(attempts)).all()) == 2
        assert len(tx.execute(select(sessions)).all()) == 1
    accounts.call(commands.Authenticate(session_token=token))


def test_a_repeated_sign_in_under_the_same_key_is_not_answered_with_a_stored_secret(
    accounts: Accounts, supplier: Actor
) -> None:
    wish = commands.SignIn(name="olha@dnipro.example", password=PASSWORD, address=ADDRESS)
    accounts.call(wish, command_id="once")

    assert accounts.refused(wish, command_id="once").code == "key-reused"


def test_the_kinds_of_organisation_sign_in_by_the_same_door(accounts: Accounts) -> None:
    for kind in (OrganisationKind.CUSTOMER, OrganisationKind.SUPPLIER):
        actor = accounts.register(kind, f"A {kind.value}", f"admin@{kind.value}.example")

        assert actor.kind is kind

"""Users of an organisation on the real database: S-009, S-010, S-150, S-153, D-7."""

import threading
from typing import Any

import pytest

from services.chassis.testing import RefusedCall
from services.contracts.accounts import commands
from services.contracts.accounts.views import InvitationStatus, LinkPurpose, MembershipStatus
from services.contracts.actors import Actor, OrganisationKind, Role
from tests.service.accounts.conftest import ADDRESS, PASSWORD, Accounts

OTHER = "another long sentence of mine"


def invite(actor: Actor, email: str = "petro@dnipro.example", *roles: Role) -> commands.InviteUser:
    return commands.InviteUser(
        organisation_id=actor.organisation_id,
        email=email,
        name="Petro",
        roles=frozenset(roles or {Role.SUPPLIER_USER}),
    )


def create(actor: Actor, **more: Any) -> commands.CreateUser:
    given: dict[str, Any] = {
        "organisation_id": actor.organisation_id,
        "username": "petro",
        "name": "Petro",
        "roles": frozenset({Role.SUPPLIER_USER}),
    }
    return commands.CreateUser(**(given | more))


# --------------------------------------------------------------------------------------- invitations


@pytest.mark.requirement("S-009")
def test_an_invited_person_sets_a_password_and_acts_for_the_organisation(
    accounts: Accounts, supplier: Actor
) -> None:
    accounts.call(invite(supplier), supplier)
    token = accounts.token("user-invited")
    form = accounts.call(commands.ReadInvitation(token=token))

    accounts.call(commands.AcceptInvitation(token=token, password=PASSWORD, name="Petro Melnyk"))

    assert (form.organisation.name, form.sign_in_name, form.needs_password) == (
        "Dnipro Paper",
        "petro@dnipro.example",
        True,
    )
    petro = accounts.actor("petro@dnipro.example")
    assert (petro.user_name, petro.roles) == ("Petro Melnyk", {Role.SUPPLIER_USER})
    changed = accounts.told("contact-changed")[-1]["user"]
    assert changed["standings"][0]["organisation"]["id"] == str(supplier.organisation_id)


def test_an_invitation_is_accepted_once(accounts: Accounts, supplier: Actor) -> None:
    accounts.call(invite(supplier), supplier)
    accounts.accept()

    wish = commands.AcceptInvitation(token=accounts.token("user-invited"), password=PASSWORD)

    assert accounts.refused(wish).code == "link-used"


def test_an_invitation_ends_after_a_week_and_can_be_sent_again(accounts: Accounts, supplier: Actor) -> None:
    invitation = accounts.call(invite(supplier), supplier)
    old = accounts.token("user-invited")
    accounts.clock.wait(days=7)
    assert accounts.refused(commands.ReadInvitation(token=old)).code == "link-expired"

    accounts.call(commands.ResendInvitation(invitation_id=invitation.id), supplier)
    accounts.accept()

    assert accounts.actor("petro@dnipro.example").roles == {Role.SUPPLIER_USER}


def test_of_two_links_for_one_invitation_only_the_newer_works(accounts: Accounts, supplier: Actor) -> None:
    invitation = accounts.call(invite(supplier), supplier)
    old = accounts.token("user-invited")

    accounts.call(commands.ResendInvitation(invitation_id=invitation.id), supplier)

    assert accounts.refused(commands.AcceptInvitation(token=old, password=PASSWORD)).code == "link-used"


def test_a_withdrawn_invitation_opens_nothing_and_stays_on_the_list(
    accounts: Accounts, supplier: Actor
) -> None:
    invitation = accounts.call(invite(supplier), supplier)

    accounts.call(commands.WithdrawInvitation(invitation_id=invitation.id), supplier)

    wish = commands.AcceptInvitation(token=accounts.token("user-invited"), password=PASSWORD)
    assert accounts.refused(wish).code == "link-used"
    listed = accounts.call(commands.ListInvitations(organisation_id=supplier.organisation_id), supplier).items
    assert {one.email: one.status for one in listed} == {
        "petro@dnipro.example": InvitationStatus.WITHDRAWN,
        "olha@dnipro.example": InvitationStatus.ACCEPTED,
    }


def test_the_list_of_invitations_is_filtered_and_paged(accounts: Accounts, supplier: Actor) -> None:
    for number in range(3):
        accounts.call(invite(supplier, f"a{number}@dnipro.example"), supplier)
    ask = {"organisation_id": supplier.organisation_id, "status": InvitationStatus.OPEN, "limit": 2}

    first = accounts.call(commands.ListInvitations(**ask), supplier)  # type: ignore[arg-type]
    second = accounts.call(commands.ListInvitations(**ask, after=first.next), supplier)  # type: ignore[arg-type]

    assert [one.email for one in first.items + second.items] == [f"a{n}@dnipro.example" for n in (2, 1, 0)]
    assert second.next is None


def test_a_weak_password_leaves_the_invitation_open(accounts: Accounts, supplier: Actor) -> None:
    accounts.call(invite(supplier), supplier)
    wish = commands.AcceptInvitation(token=accounts.token("user-invited"), password="password1")
    assert accounts.refused(wish).problem_faults[0]["field"] == "/password"

    accounts.accept()

    assert accounts.actor("petro@dnipro.example")


def test_a_new_user_cannot_do_without_a_password(accounts: Accounts, supplier: Actor) -> None:
    accounts.call(invite(supplier), supplier)

    refusal = accounts.refused(commands.AcceptInvitation(token=accounts.token("user-invited")))

    assert (refusal.status, refusal.problem_faults[0]["field"]) == (422, "/password")


def test_who_has_an_account_keeps_its_password_when_accepting(
    accounts: Accounts, supplier: Actor, customer: Actor
) -> None:
    accounts.call(invite(supplier, "anna@lviv.example"), supplier)
    token = accounts.token("user-invited")
    assert not accounts.call(commands.ReadInvitation(token=token)).needs_password

    accounts.call(commands.AcceptInvitation(token=token, password=OTHER))

    standings = accounts.sign_in("anna@lviv.example", PASSWORD).session.standings
    assert {standing.organisation.id for standing in standings} == {
        supplier.organisation_id,
        customer.organisation_id,
    }


def test_inviting_does_not_tell_whether_an_address_has_an_account(
    accounts: Accounts, supplier: Actor, customer: Actor
) -> None:
    known = accounts.call(invite(supplier, "anna@lviv.example"), supplier)
    unknown = accounts.call(invite(supplier, "nobody@lviv.example"), supplier)

    assert (known.name, known.status) == (unknown.name, unknown.status)


def test_nobody_is_invited_twice_or_into_an_organisation_they_belong_to(
    accounts: Accounts, supplier: Actor
) -> None:
    accounts.call(invite(supplier), supplier)

    assert accounts.refused(invite(supplier, "Petro@Dnipro.example"), supplier).code == "already-invited"
    assert accounts.refused(invite(supplier, "OLHA@dnipro.example"), supplier).code == "already-member"


@pytest.mark.requirement("S-010")
def test_roles_of_another_kind_of_organisation_are_refused(accounts: Accounts, supplier: Actor) -> None:
    refusal = accounts.refused(invite(supplier, "x@dnipro.example", Role.BUYER_ADMIN), supplier)

    assert refusal.code == "role-not-for-this-organisation"


@pytest.mark.requirement("S-010")
def test_only_an_administrator_or_the_operators_desk_manages_users(
    accounts: Accounts, supplier: Actor
) -> None:
    member = accounts.member(supplier, "petro@dnipro.example", Role.SUPPLIER_USER)
    accounting = accounts.member(accounts.operator, "acc@cp.example", Role.OPERATOR_ACCOUNTING)
    wish = invite(supplier, "x@dnipro.example")

    assert accounts.refused(wish, member).status == 403
    assert accounts.refused(wish, accounting).status == 403
    accounts.call(wish, accounts.operator)


def test_operator_support_does_not_administer_the_operator_itself(accounts: Accounts) -> None:
    support = accounts.member(accounts.operator, "support@cp.example", Role.OPERATOR_SUPPORT)

    wish = invite(support, "mole@cp.example", Role.OPERATOR_MANAGEMENT)

    assert accounts.refused(wish, support).status == 403


# ------------------------------------------------------------------------- accounts with a username


@pytest.mark.requirement("S-153")
def test_an_account_with_a_username_only_is_activated_through_a_link_that_is_handed_over(
    accounts: Accounts, supplier: Actor
) -> None:
    member = accounts.call(create(supplier), supplier)
    before = commands.SignIn(name="petro", password=PASSWORD, address=ADDRESS)
    assert accounts.refused(before).status == 401

    link = accounts.call(
        commands.GetActivationLink(organisation_id=supplier.organisation_id, user_id=member.user_id), supplier
    )
    form = accounts.call(commands.ReadInvitation(token=link.token))
    accounts.call(commands.ActivateAccount(token=link.token, password=PASSWORD))

    assert (form.purpose, form.sign_in_name) == (LinkPurpose.ACTIVATION, "petro")
    assert accounts.sign_in("petro").session.must_change_password is False
    again = commands.ActivateAccount(token=link.token, password=OTHER)
    assert accounts.refused(again).code == "link-used"


def test_an_activation_link_is_mailed_where_there_is_an_address_and_shown_to_nobody(
    accounts: Accounts, supplier: Actor
) -> None:
    member = accounts.call(create(supplier, email="petro@dnipro.example"), supplier)
    ask = commands.GetActivationLink(organisation_id=supplier.organisation_id, user_id=member.user_id)
    assert accounts.refused(ask, supplier).code == "link-is-mailed"

    token = accounts.token("activation-requested")
    accounts.call(commands.ActivateAccount(token=token, password=PASSWORD))

    assert accounts.sign_in("petro@dnipro.example").session.user.id == member.user_id


def test_an_address_an_administrator_typed_is_nobodys_sign_in_name_until_proven(
    accounts: Accounts, supplier: Actor
) -> None:
    accounts.call(create(supplier, email="victim@example.com", password=OTHER), supplier)

    wish = commands.SignIn(name="victim@example.com", password=OTHER, address=ADDRESS)

    assert accounts.refused(wish).status == 401


@pytest.mark.requirement("S-153")
def test_a_password_given_by_somebody_else_lets_in_only_to_choose_ones_own(
    accounts: Accounts, supplier: Actor
) -> None:
    accounts.call(create(supplier, password=OTHER), supplier)
    signed_in = accounts.sign_in("petro", OTHER)
    assert signed_in.session.must_change_password
    assert signed_in.session.standings == ()

    accounts.call(
        commands.ChangePassword(
            session_token=signed_in.session_token, current_password=OTHER, new_password=PASSWORD
        )
    )

    session = accounts.call(commands.Authenticate(session_token=signed_in.session_token))
    assert not session.must_change_password
    assert session.acting_for == supplier.organisation_id


def test_a_username_is_given_once_in_any_letters(
    accounts: Accounts, supplier: Actor, customer: Actor
) -> None:
    accounts.call(create(supplier), supplier)

    taken = create(customer, username="PETRO", roles=frozenset({Role.INITIATOR}))

    assert accounts.refused(taken, customer).code == "username-taken"


def test_an_activation_that_came_too_late_is_renewed(accounts: Accounts, supplier: Actor) -> None:
    member = accounts.call(create(supplier), supplier)
    ids = {"organisation_id": supplier.organisation_id, "user_id": member.user_id}
    accounts.clock.wait(days=3)
    assert accounts.refused(commands.GetActivationLink(**ids), supplier).code == "link-expired"

    accounts.call(commands.RenewActivation(**ids), supplier)

    link = accounts.call(commands.GetActivationLink(**ids), supplier)
    accounts.call(commands.ActivateAccount(token=link.token, password=PASSWORD))
    assert accounts.refused(commands.RenewActivation(**ids), supplier).code == "already-activated"


def test_no_password_is_reset_before_the_account_was_activated(accounts: Accounts, supplier: Actor) -> None:
    accounts.call(create(supplier, email="petro@dnipro.example"), supplier)

    accounts.call(commands.RequestPasswordReset(name="petro", address=ADDRESS))

    assert accounts.told("password-reset-requested") == []


# ------------------------------------------------------------------------------------------- members


@pytest.mark.requirement("S-010")
def test_other_roles_hold_from_the_next_request_on(accounts: Accounts, supplier: Actor) -> None:
    petro = accounts.member(supplier, "petro@dnipro.example", Role.SUPPLIER_USER)
    token = accounts.sign_in("petro@dnipro.example").session_token

    accounts.call(
        commands.ChangeRoles(
            organisation_id=supplier.organisation_id,
            user_id=petro.user_id,
            roles=frozenset({Role.SUPPLIER_ADMIN}),
        ),
        supplier,
    )

    session = accounts.call(commands.Authenticate(session_token=token))
    assert session.standings[0].roles == {Role.SUPPLIER_ADMIN}
    assert accounts.told("membership-changed")[-1]["member"]["roles"] == ["supplier-admin"]


def test_facts_about_a_user_name_all_their_organisations_whoever_changes_one_of_them(
    accounts: Accounts, supplier: Actor, customer: Actor
) -> None:
    accounts.call(invite(supplier, "anna@lviv.example"), supplier)
    accounts.accept(password=None)

    accounts.call(
        commands.ChangeRoles(
            organisation_id=supplier.organisation_id,
            user_id=customer.user_id,
            roles=frozenset({Role.SUPPLIER_ADMIN}),
        ),
        supplier,
    )

    standings = accounts.told("contact-changed")[-1]["user"]["standings"]
    assert {one["organisation"]["id"] for one in standings} == {
        str(supplier.organisation_id),
        str(customer.organisation_id),
    }


def test_a_suspended_member_acts_again_when_resumed(accounts: Accounts, supplier: Actor) -> None:
    petro = accounts.member(supplier, "petro@dnipro.example", Role.SUPPLIER_USER)
    ids = {"organisation_id": supplier.organisation_id, "user_id": petro.user_id}
    accounts.call(commands.SuspendMember(**ids), supplier)

    accounts.call(commands.ResumeMember(**ids), supplier)

    assert accounts.actor("petro@dnipro.example").roles == {Role.SUPPLIER_USER}


def test_who_is_suspended_in_one_organisation_still_acts_for_the_other(
    accounts: Accounts, supplier: Actor, customer: Actor
) -> None:
    accounts.call(invite(supplier, "anna@lviv.example"), supplier)
    accounts.accept(password=None)
    token = accounts.sign_in("anna@lviv.example").session_token
    accounts.call(commands.ActFor(session_token=token, organisation_id=customer.organisation_id))

    accounts.call(
        commands.SuspendMember(organisation_id=supplier.organisation_id, user_id=customer.user_id), supplier
    )

    session = accounts.call(commands.Authenticate(session_token=token))
    assert [standing.organisation.id for standing in session.standings] == [customer.organisation_id]


def test_who_was_removed_is_gone_from_the_list_and_can_be_invited_again(
    accounts: Accounts, supplier: Actor
) -> None:
    petro = accounts.member(supplier, "petro@dnipro.example", Role.SUPPLIER_USER)
    accounts.call(
        commands.RemoveMember(organisation_id=supplier.organisation_id, user_id=petro.user_id), supplier
    )
    listed = accounts.call(commands.ListMembers(organisation_id=supplier.organisation_id), supplier)
    assert [member.user_id for member in listed.items] == [supplier.user_id]

    accounts.call(invite(supplier), supplier)
    accounts.accept(password=None)

    assert accounts.actor("petro@dnipro.example").user_id == petro.user_id


@pytest.mark.parametrize("wish", [commands.SuspendMember, commands.RemoveMember])
def test_the_last_administrator_is_neither_suspended_nor_removed(
    accounts: Accounts, supplier: Actor, wish: Any
) -> None:
    accounts.member(supplier, "petro@dnipro.example", Role.SUPPLIER_USER)

    refusal = accounts.refused(
        wish(organisation_id=supplier.organisation_id, user_id=supplier.user_id), supplier
    )

    assert (refusal.status, refusal.code) == (409, "last-administrator")


def test_two_administrators_who_remove_each_other_at_once_do_not_leave_the_organisation_alone(
    accounts: Accounts, supplier: Actor
) -> None:
    other = accounts.member(supplier, "petro@dnipro.example", Role.SUPPLIER_ADMIN)
    barrier = threading.Barrier(2)
    outcomes: list[str] = []

    def remove(actor: Actor, victim: Actor) -> None:
        barrier.wait()
        wish = commands.RemoveMember(organisation_id=supplier.organisation_id, user_id=victim.user_id)
        try:
            outcomes.append(accounts.call(wish, actor).status.value)
        except RefusedCall as refusal:
            outcomes.append(refusal.code)

    threads = [threading.Thread(target=remove, args=pair) for pair in ((supplier, other), (other, supplier))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["last-administrator", "removed"]


def test_members_are_listed_by_name_filtered_and_paged(accounts: Accounts, supplier: Actor) -> None:
    for number in range(4):
        accounts.call(create(supplier, username=f"user{number}", name=f"User {number}"), supplier)
    ask = {"organisation_id": supplier.organisation_id}

    first = accounts.call(commands.ListMembers(**ask, limit=3), supplier)
    rest = accounts.call(commands.ListMembers(**ask, limit=3, after=first.next), supplier)
    admins = accounts.call(commands.ListMembers(**ask, role=Role.SUPPLIER_ADMIN), supplier)
    found = accounts.call(commands.ListMembers(**ask, search="user3"), supplier)
    suspended = accounts.call(commands.ListMembers(**ask, status=MembershipStatus.SUSPENDED), supplier)

    names = [member.name for member in first.items + rest.items]
    assert names == ["Admin of Dnipro Paper", "User 0", "User 1", "User 2", "User 3"]
    assert [member.name for member in admins.items] == ["Admin of Dnipro Paper"]
    assert [member.username for member in found.items] == ["user3"]
    assert suspended.items == ()


def test_a_member_that_has_changed_meanwhile_is_not_overwritten(accounts: Accounts, supplier: Actor) -> None:
    petro = accounts.member(supplier, "petro@dnipro.example", Role.SUPPLIER_USER)
    ids = {"organisation_id": supplier.organisation_id, "user_id": petro.user_id}
    seen = accounts.call(commands.GetMember(**ids), supplier)
    accounts.call(commands.SuspendMember(**ids), supplier, expected=seen.sequence)

    assert accounts.refused(commands.RemoveMember(**ids), supplier, expected=seen.sequence).status == 412


# ------------------------------------------------------------------------------------- one's own data


def test_one_changes_ones_own_name_and_telephone(accounts: Accounts, supplier: Actor) -> None:
    changed = accounts.call(commands.ChangeMyProfile(name="Olha Bondar", phone="+380 56 2"), supplier)

    assert changed == accounts.call(commands.GetMyProfile(), supplier)
    assert (changed.name, changed.phone) == ("Olha Bondar", "+380 56 2")
    assert accounts.told("contact-changed")[-1]["user"]["name"] == "Olha Bondar"


@pytest.mark.requirement("S-008")
def test_ones_own_new_address_becomes_the_sign_in_name_once_confirmed(
    accounts: Accounts, supplier: Actor
) -> None:
    token = accounts.sign_in("olha@dnipro.example").session_token
    accounts.call(commands.ChangeMyEmail(session_token=token, password=PASSWORD, email="olha@new.example"))
    accounts.sign_in("olha@dnipro.example")

    accounts.call(commands.ConfirmEmail(token=accounts.token("email-change-requested")))

    assert accounts.sign_in("olha@new.example").session.user.id == supplier.user_id
    old = commands.SignIn(name="olha@dnipro.example", password=PASSWORD, address=ADDRESS)
    assert accounts.refused(old).status == 401
    assert accounts.told("email-changed")[-1]["removed"] == "olha@dnipro.example"


def test_an_address_somebody_else_signs_in_with_is_not_taken_over(
    accounts: Accounts, supplier: Actor, customer: Actor
) -> None:
    token = accounts.sign_in("olha@dnipro.example").session_token
    accounts.call(commands.ChangeMyEmail(session_token=token, password=PASSWORD, email="anna@lviv.example"))

    wish = commands.ConfirmEmail(token=accounts.token("email-change-requested"))

    assert accounts.refused(wish).code == "address-taken"
    assert accounts.actor("anna@lviv.example").user_id == customer.user_id


def test_an_unattended_screen_does_not_move_the_account_to_another_address(
    accounts: Accounts, supplier: Actor
) -> None:
    token = accounts.sign_in("olha@dnipro.example").session_token

    wish = commands.ChangeMyEmail(session_token=token, password="a wrong guess", email="thief@example.com")

    assert accounts.refused(wish).problem_faults[0]["field"] == "/password"
    assert accounts.told("email-change-requested") == []


@pytest.mark.requirement("S-150")
def test_several_persons_act_for_one_customer(accounts: Accounts, customer: Actor) -> None:
    accounts.member(customer, "b@lviv.example", Role.INITIATOR)
    accounts.member(customer, "c@lviv.example", Role.BUYER_ACCOUNTING, Role.INITIATOR)

    listed = accounts.call(commands.ListMembers(organisation_id=customer.organisation_id), customer)

    assert len(listed.items) == 3
    assert customer.kind is OrganisationKind.CUSTOMER

"""Users, roles, memberships: S-009, S-010, S-150, S-153, D-7."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.domain.links import Link
from services.accounts.domain.users import (
    AlreadyActivated,
    AlreadyMember,
    LastAdministrator,
    NotActiveMember,
    RoleNotForThisOrganisation,
    SameAddress,
    User,
    check_not_last,
    check_roles,
)
from services.chassis.errors import NotFound
from services.contracts.accounts.views import LinkPurpose, MembershipStatus
from services.contracts.actors import ROLES_OF, OrganisationKind, Role
from services.contracts.parties import Party
from tests.unit.accounts.builders import NOON, a_user, an_organisation, names

KINDS = st.sampled_from(list(OrganisationKind))


def a_link(purpose: LinkPurpose, user: User) -> Link:
    return Link.make(id=uuid4(), purpose=purpose, subject_id=user.id, at=NOON)


@pytest.mark.requirement("S-010")
@given(KINDS, st.sets(st.sampled_from(list(Role)), min_size=1))
def test_roles_are_those_of_the_organisations_kind(kind: OrganisationKind, roles: set[Role]) -> None:
    if roles <= ROLES_OF[kind]:
        check_roles(kind, roles)
    else:
        with pytest.raises(RoleNotForThisOrganisation, match=f"A {kind.value} has no role"):
            check_roles(kind, roles)


def test_every_role_belongs_to_exactly_one_kind_of_organisation() -> None:
    counted = [role for kind in OrganisationKind for role in ROLES_OF[kind]]

    assert sorted(counted) == sorted(Role)


@pytest.mark.requirement("S-150")
def test_a_user_acts_for_several_organisations_each_with_roles_of_its_own() -> None:
    supplier, customer = an_organisation(), an_organisation(OrganisationKind.CUSTOMER)
    user = a_user(supplier, Role.SUPPLIER_ADMIN)

    user.join(customer.party, customer.kind, frozenset({Role.INITIATOR}), at=NOON)

    roles = {standing.organisation.id: standing.roles for standing in user.view().standings}
    assert roles == {supplier.id: {Role.SUPPLIER_ADMIN}, customer.id: {Role.INITIATOR}}


def test_nobody_joins_twice() -> None:
    supplier = an_organisation()
    user = a_user(supplier, Role.SUPPLIER_USER)

    with pytest.raises(AlreadyMember):
        user.join(supplier.party, supplier.kind, frozenset({Role.SUPPLIER_ADMIN}), at=NOON)


def test_a_suspended_member_cannot_come_back_through_an_invitation() -> None:
    supplier = an_organisation()
    user = a_user(supplier, Role.SUPPLIER_USER)
    user.suspend(supplier.id, other_admins=1)

    with pytest.raises(AlreadyMember, match="suspended"):
        user.join(supplier.party, supplier.kind, frozenset({Role.SUPPLIER_ADMIN}), at=NOON)


def test_who_was_removed_can_join_again() -> None:
    supplier = an_organisation()
    user = a_user(supplier, Role.SUPPLIER_USER)
    user.leave(supplier.id, other_admins=1)
    assert user.view().standings == ()

    user.join(supplier.party, supplier.kind, frozenset({Role.SUPPLIER_USER}), at=NOON)

    assert user.memberships[supplier.id].status is MembershipStatus.ACTIVE


def test_a_changed_membership_is_told_to_replicas_and_to_gateways() -> None:
    supplier = an_organisation()
    user = a_user(supplier, Role.SUPPLIER_USER)
    user.facts.clear()

    user.change_roles(supplier.id, frozenset({Role.SUPPLIER_ADMIN}), other_admins=0)

    assert names(user) == ["contact-changed", "membership-changed"]
    assert user.facts[1].event.member.sequence == user.facts[1].sequence == user.sequence


CHANGES: dict[str, Callable[[User, UUID], None]] = {
    "other roles": lambda user, at: user.change_roles(at, frozenset({Role.SUPPLIER_USER}), other_admins=0),
    "suspension": lambda user, at: user.suspend(at, other_admins=0),
    "removal": lambda user, at: user.leave(at, other_admins=0),
}


@pytest.mark.parametrize("change", list(CHANGES))
def test_the_last_administrator_stays(change: str) -> None:
    supplier = an_organisation()
    user = a_user(supplier, Role.SUPPLIER_ADMIN)
    before = user.view()

    with pytest.raises(LastAdministrator, match="Give the role to somebody else first"):
        CHANGES[change](user, supplier.id)

    assert user.view() == before


@pytest.mark.parametrize("others", [0, 1])
def test_one_of_two_administrators_may_go_and_so_may_anyone_who_is_none(others: int) -> None:
    supplier = an_organisation()
    role = Role.SUPPLIER_ADMIN if others else Role.SUPPLIER_USER
    user = a_user(supplier, role)

    user.leave(supplier.id, other_admins=others)

    assert user.memberships[supplier.id].status is MembershipStatus.REMOVED


@given(KINDS, st.integers(1, 5))
def test_with_another_administrator_no_change_of_roles_leaves_an_organisation_alone(
    kind: OrganisationKind, others: int
) -> None:
    check_not_last(kind, (), others)


def test_only_who_is_active_is_suspended_and_only_who_is_suspended_resumes() -> None:
    supplier = an_organisation()
    user = a_user(supplier, Role.SUPPLIER_USER)
    with pytest.raises(NotActiveMember):
        user.resume(supplier.id)

    user.suspend(supplier.id, other_admins=1)
    with pytest.raises(NotActiveMember):
        user.suspend(supplier.id, other_admins=1)
    user.resume(supplier.id)

    assert user.membership(supplier.id).active


def test_a_membership_elsewhere_is_not_there() -> None:
    with pytest.raises(NotFound):
        a_user(an_organisation(), Role.SUPPLIER_USER).membership(uuid4())


@pytest.mark.requirement("S-153")
def test_an_account_without_password_and_address_waits_for_its_link_to_be_handed_over() -> None:
    user = User.with_username(
        id=uuid4(), name="Petro", username="petro", email=None, activated=False, at=NOON
    )

    user.ask_for_activation(Party(id=uuid4(), name="Dnipro Paper"), a_link(LinkPurpose.ACTIVATION, user))

    assert names(user) == []
    assert user.sign_in_name == "petro"


def test_an_activation_link_is_mailed_where_there_is_an_address_which_it_proves_when_used() -> None:
    user = User.with_username(
        id=uuid4(), name="Petro", username="petro", email="petro@dnipro.example", activated=False, at=NOON
    )

    user.ask_for_activation(Party(id=uuid4(), name="Dnipro Paper"), a_link(LinkPurpose.ACTIVATION, user))
    assert not user.email_confirmed
    user.activate(mailed_to="petro@dnipro.example")

    assert names(user)[0] == "activation-requested"
    assert user.activated
    assert user.email_confirmed


def test_an_address_that_was_changed_meanwhile_is_not_proved_by_the_link() -> None:
    user = User.with_username(
        id=uuid4(), name="Petro", username="petro", email="new@dnipro.example", activated=False, at=NOON
    )

    user.activate(mailed_to="old@dnipro.example")

    assert not user.email_confirmed


def test_an_account_is_activated_once() -> None:
    user = a_user()

    with pytest.raises(AlreadyActivated):
        user.activate(mailed_to=None)
    with pytest.raises(AlreadyActivated):
        user.ask_for_activation(Party(id=uuid4(), name="Any"), a_link(LinkPurpose.ACTIVATION, user))


@pytest.mark.requirement("S-008")
def test_ones_own_new_address_counts_when_confirmed_and_the_old_one_is_told_twice() -> None:
    user = a_user(email="old@dnipro.example")

    user.ask_for_email("new@dnipro.example", a_link(LinkPurpose.EMAIL_CONFIRMATION, user))
    assert user.email == "old@dnipro.example"
    user.change_email("new@dnipro.example")

    assert user.email == "new@dnipro.example"
    asked, _, told = (fact.event for fact in user.facts)
    assert asked.old_emails == ("old@dnipro.example",)
    assert (told.added, told.removed) == ("new@dnipro.example", "old@dnipro.example")


def test_the_address_one_has_is_not_asked_for_again() -> None:
    user = a_user(email="olha@dnipro.example")

    with pytest.raises(SameAddress):
        user.ask_for_email("Olha@dnipro.example", a_link(LinkPurpose.EMAIL_CONFIRMATION, user))


def test_a_reset_is_mailed_to_nobody_where_there_is_no_address() -> None:
    user = User.with_username(id=uuid4(), name="Petro", username="petro", email=None, activated=True, at=NOON)

    user.ask_for_reset(a_link(LinkPurpose.PASSWORD_RESET, user))

    assert names(user) == []


def test_events_name_a_link_but_never_hold_what_opens_it() -> None:
    user = a_user()
    link = a_link(LinkPurpose.PASSWORD_RESET, user)

    user.ask_for_reset(link)

    assert user.facts[-1].event.link == link.view()
    assert user.facts[-1].event.participants() == ()

"""Organisations and their notification addresses: S-007, S-008, S-155."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.domain.links import Link
from services.accounts.domain.organisations import (
    MOST_ADDRESSES,
    AddressAlreadyThere,
    OnlyOneOperator,
    Organisation,
    Profile,
    TooManyAddresses,
    card,
    check_may_administer,
    check_may_read,
    check_registrable,
)
from services.chassis.errors import CounterpartError, Forbidden, NotFound
from services.contracts.accounts.views import EmailStatus, LinkPurpose
from services.contracts.actors import OrganisationKind, Role
from tests.unit.accounts.builders import ANNA, NOON, an_actor_of, an_organisation, names


def a_link(organisation: Organisation, email: str) -> Link:
    return Link.make(
        id=uuid4(),
        purpose=LinkPurpose.EMAIL_CONFIRMATION,
        subject_id=organisation.id,
        organisation_id=organisation.id,
        email=email,
        at=NOON,
    )


def ask(organisation: Organisation, email: str, replaces: str | None = None) -> None:
    organisation.ask_for_email(email, replaces=replaces, asked_by=ANNA, link=a_link(organisation, email))


def in_use(organisation: Organisation) -> set[str]:
    return {
        email for email, status in organisation.notification_emails.items() if status is EmailStatus.CONFIRMED
    }


def test_an_organisation_begins_with_the_address_it_was_registered_with() -> None:
    organisation = an_organisation(first_email="first@dnipro.example")

    assert in_use(organisation) == {"first@dnipro.example"}
    assert names(organisation) == ["organisation-registered"]


@pytest.mark.requirement("S-007")
def test_a_profile_is_replaced_as_a_whole() -> None:
    organisation = an_organisation()

    organisation.change_profile(Profile(name="Dnipro Paper Mill", country="UA"))

    assert organisation.view().name == "Dnipro Paper Mill"
    assert organisation.view().tax_number is None
    assert names(organisation)[-1] == "organisation-changed"


@pytest.mark.requirement("S-008")
def test_a_new_address_is_not_used_before_it_is_confirmed_and_the_old_ones_are_told() -> None:
    organisation = an_organisation(first_email="old@dnipro.example")

    ask(organisation, "new@dnipro.example")

    assert in_use(organisation) == {"old@dnipro.example"}
    asked = organisation.facts[-1].event
    assert asked.new_email == "new@dnipro.example"
    assert asked.old_emails == ("old@dnipro.example",)


@pytest.mark.requirement("S-008")
def test_a_confirmed_address_is_used_besides_the_old_one_and_both_are_told() -> None:
    organisation = an_organisation(first_email="old@dnipro.example")
    ask(organisation, "new@dnipro.example")

    organisation.confirm_email("new@dnipro.example", replaces=None)

    assert in_use(organisation) == {"old@dnipro.example", "new@dnipro.example"}
    told = organisation.facts[-1].event
    assert (told.added, told.removed, told.others) == ("new@dnipro.example", None, ("old@dnipro.example",))


@pytest.mark.requirement("S-008")
def test_an_address_that_replaces_another_takes_its_place_only_when_confirmed() -> None:
    organisation = an_organisation(first_email="old@dnipro.example")
    ask(organisation, "new@dnipro.example", replaces="OLD@dnipro.example")
    assert in_use(organisation) == {"old@dnipro.example"}

    organisation.confirm_email("new@dnipro.example", replaces="OLD@dnipro.example")

    assert in_use(organisation) == {"new@dnipro.example"}
    told = organisation.facts[-1].event
    assert (told.added, told.removed) == ("new@dnipro.example", "old@dnipro.example")


def test_an_address_removed_before_it_was_confirmed_cannot_be_confirmed_any_more() -> None:
    organisation = an_organisation()
    ask(organisation, "new@dnipro.example")
    organisation.remove_email("new@dnipro.example")

    with pytest.raises(NotFound, match="taken off the list"):
        organisation.confirm_email("new@dnipro.example", replaces=None)


def test_the_same_address_in_other_letters_is_the_same_address() -> None:
    organisation = an_organisation(first_email="orders@dnipro.example")

    with pytest.raises(AddressAlreadyThere):
        ask(organisation, "Orders@Dnipro.example")


def test_what_is_not_on_the_list_is_neither_removed_nor_replaced() -> None:
    organisation = an_organisation()

    with pytest.raises(NotFound):
        organisation.remove_email("stranger@example.com")
    with pytest.raises(NotFound):
        ask(organisation, "new@dnipro.example", replaces="stranger@example.com")


def test_a_removed_address_is_told_that_it_was_removed() -> None:
    organisation = an_organisation(first_email="old@dnipro.example")

    organisation.remove_email("old@dnipro.example")

    assert organisation.facts[-1].event.removed == "old@dnipro.example"


def test_the_list_of_addresses_has_an_end() -> None:
    organisation = an_organisation()
    for number in range(MOST_ADDRESSES - 1):
        ask(organisation, f"a{number}@dnipro.example")

    with pytest.raises(TooManyAddresses):
        ask(organisation, "one.more@dnipro.example")


ADDRESSES = st.sampled_from([f"a{number}@dnipro.example" for number in range(4)])
STEPS = st.lists(
    st.tuples(st.sampled_from(["ask", "replace", "confirm", "remove"]), ADDRESSES, ADDRESSES), max_size=25
)


@given(STEPS)
def test_whatever_is_asked_only_confirmed_addresses_are_used_and_sequences_have_no_gap(
    steps: list[tuple[str, str, str]],
) -> None:
    organisation = an_organisation(first_email=None)
    confirmed: set[str] = set()

    for step, email, other in steps:
        try:
            if step == "ask":
                ask(organisation, email)
            elif step == "replace":
                ask(organisation, email, replaces=other)
            elif step == "confirm":
                organisation.confirm_email(email, replaces=None)
                confirmed.add(email)
            else:
                organisation.remove_email(email)
                confirmed.discard(email)
        except CounterpartError:
            continue

    assert in_use(organisation) == confirmed
    assert [fact.sequence for fact in organisation.facts] == list(range(1, len(organisation.facts) + 1))


def test_a_second_operator_cannot_be_registered() -> None:
    check_registrable(OrganisationKind.CUSTOMER)
    check_registrable(OrganisationKind.SUPPLIER)

    with pytest.raises(OnlyOneOperator):
        check_registrable(OrganisationKind.OPERATOR)


@pytest.mark.requirement("S-155")
def test_partners_see_how_to_reach_each_other_but_not_the_notification_addresses() -> None:
    seen = card(an_organisation())

    assert seen.name == "Dnipro Paper"
    assert not hasattr(seen, "notification_emails")


ADMINS = [
    (OrganisationKind.CUSTOMER, Role.BUYER_ADMIN),
    (OrganisationKind.SUPPLIER, Role.SUPPLIER_ADMIN),
    (OrganisationKind.OPERATOR, Role.OPERATOR_MANAGEMENT),
]


@pytest.mark.parametrize(("kind", "role"), ADMINS)
def test_an_organisation_is_administered_by_its_own_administrator(kind: OrganisationKind, role: Role) -> None:
    organisation = an_organisation(kind)

    check_may_administer(an_actor_of(organisation, role), organisation.id)


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (OrganisationKind.CUSTOMER, Role.SUPPLIER_MANAGER),
        (OrganisationKind.SUPPLIER, Role.SUPPLIER_USER),
        (OrganisationKind.OPERATOR, Role.OPERATOR_SUPPORT),
    ],
)
def test_other_roles_are_told_who_administers_the_organisation(kind: OrganisationKind, role: Role) -> None:
    organisation = an_organisation(kind)

    with pytest.raises(Forbidden, match="administers"):
        check_may_administer(an_actor_of(organisation, role), organisation.id)


def test_another_organisation_is_not_there_for_anyone_but_the_operator() -> None:
    stranger = an_actor_of(an_organisation(), Role.SUPPLIER_ADMIN)
    support = an_actor_of(an_organisation(OrganisationKind.OPERATOR), Role.OPERATOR_SUPPORT)
    organisation = an_organisation()

    for check in (check_may_read, check_may_administer):
        check(support, organisation.id)
        with pytest.raises(NotFound):
            check(stranger, organisation.id)

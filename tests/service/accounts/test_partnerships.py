"""Partnerships, their terms and the portal switch on the real database: S-004, S-046, S-100…S-102, D-6."""

from decimal import Decimal
from typing import Any

import pytest

from services.contracts.accounts import commands
from services.contracts.accounts.views import Terms, ToleranceBase
from services.contracts.actors import Actor, OrganisationKind, Role
from tests.service.accounts.conftest import Accounts

TERMS = Terms(
    currency="EUR",
    tolerance_rate=Decimal("7.25"),
    tolerance_base=ToleranceBase.GROSS,
    lead_time_days=3,
    minimum_order=Decimal("150.50"),
    payment_days=14,
)


def link(accounts: Accounts, customer: Actor, supplier: Actor, terms: Terms = TERMS) -> Any:
    return accounts.call(commands.LinkSupplier(supplier_id=supplier.organisation_id, terms=terms), customer)


@pytest.mark.requirement("S-004")
def test_a_customer_links_a_supplier_and_both_see_the_partnership(
    accounts: Accounts, customer: Actor, supplier: Actor
) -> None:
    linked = link(accounts, customer, supplier)

    ask = commands.GetPartnership(partnership_id=linked.id)
    by_customer, by_supplier = accounts.call(ask, customer), accounts.call(ask, supplier)

    assert linked.enabled
    assert by_customer.supplier.name == "Dnipro Paper"
    assert by_supplier.customer.name == "Lviv Print House"
    assert (by_customer.tolerance_rate, by_customer.tolerance_base) == (Decimal("7.25"), ToleranceBase.GROSS)
    assert (by_supplier.tolerance_rate, by_supplier.tolerance_base) == (None, None)
    assert by_supplier.minimum_order == Decimal("150.50")


def test_the_announced_partnership_carries_what_other_services_go_by(
    accounts: Accounts, customer: Actor, supplier: Actor
) -> None:
    linked = link(accounts, customer, supplier)

    announced = accounts.told("partnership-changed")[-1]["partnership"]

    assert announced["id"] == str(linked.id)
    assert (announced["tolerance_rate"], announced["tolerance_base"], announced["sequence"]) == (
        "7.25",
        "gross",
        1,
    )


def test_two_are_linked_once(accounts: Accounts, customer: Actor, supplier: Actor) -> None:
    link(accounts, customer, supplier)

    wish = commands.LinkSupplier(supplier_id=supplier.organisation_id, terms=TERMS)

    assert accounts.refused(wish, customer).code == "already-linked"


def test_only_suppliers_of_the_directory_are_linked(accounts: Accounts, customer: Actor) -> None:
    for other in (customer.organisation_id, accounts.operator.organisation_id, customer.user_id):
        assert accounts.refused(commands.LinkSupplier(supplier_id=other, terms=TERMS), customer).status == 404


@pytest.mark.requirement("S-010")
def test_only_the_employee_responsible_for_suppliers_and_the_administrator_link(
    accounts: Accounts, customer: Actor, supplier: Actor
) -> None:
    initiator = accounts.member(customer, "i@lviv.example", Role.INITIATOR)
    manager = accounts.member(customer, "m@lviv.example", Role.SUPPLIER_MANAGER)
    wish = commands.LinkSupplier(supplier_id=supplier.organisation_id, terms=TERMS)

    assert accounts.refused(wish, initiator).status == 403
    assert accounts.refused(wish, supplier).status == 403
    assert accounts.refused(wish, accounts.operator).status == 403
    accounts.call(wish, manager)


@pytest.mark.requirement("S-046")
def test_changed_terms_are_announced_and_hold_exactly(
    accounts: Accounts, customer: Actor, supplier: Actor
) -> None:
    linked = link(accounts, customer, supplier)
    terms = Terms(currency="EUR", tolerance_rate=Decimal("0.0001"), minimum_order=Decimal("0.000001"))

    changed = accounts.call(commands.ChangeTerms(partnership_id=linked.id, terms=terms), customer)

    read = accounts.call(commands.GetPartnership(partnership_id=linked.id), customer)
    assert (read.tolerance_rate, read.minimum_order) == (Decimal("0.0001"), Decimal("0.000001"))
    assert changed.sequence == read.sequence == 2
    assert accounts.told("partnership-changed")[-1]["partnership"]["tolerance_rate"] == "0.0001"


def test_terms_that_have_changed_meanwhile_are_not_overwritten(
    accounts: Accounts, customer: Actor, supplier: Actor
) -> None:
    linked = link(accounts, customer, supplier)
    wish = commands.ChangeTerms(partnership_id=linked.id, terms=TERMS)
    accounts.call(wish, customer, expected=1)

    assert accounts.refused(wish, customer, expected=1).status == 412


@pytest.mark.requirement("S-112")
def test_the_supplier_sees_whom_the_customer_made_responsible(
    accounts: Accounts, customer: Actor, supplier: Actor
) -> None:
    manager = accounts.member(customer, "m@lviv.example", Role.SUPPLIER_MANAGER)
    accounts.call(commands.ChangeMyProfile(name="Mariia", phone="+380 32 1"), manager)

    linked = link(accounts, customer, supplier, Terms(currency="EUR", customer_contact_id=manager.user_id))

    contact = accounts.call(commands.GetPartnership(partnership_id=linked.id), supplier).customer_contact
    assert (contact.name, contact.email, contact.phone) == ("Mariia", "m@lviv.example", "+380 32 1")


def test_nobody_is_responsible_who_has_no_such_role_or_belongs_elsewhere(
    accounts: Accounts, customer: Actor, supplier: Actor
) -> None:
    initiator = accounts.member(customer, "i@lviv.example", Role.INITIATOR)
    for user_id in (initiator.user_id, supplier.user_id, supplier.organisation_id):
        wish = commands.LinkSupplier(
            supplier_id=supplier.organisation_id, terms=Terms(currency="EUR", customer_contact_id=user_id)
        )

        refusal = accounts.refused(wish, customer)

        assert (refusal.status, refusal.problem_faults[0]["field"]) == (422, "/terms/customer_contact_id")


@pytest.mark.requirement("S-100")
@pytest.mark.requirement("S-101")
def test_switching_a_portal_off_announces_the_moment_before_which_drafts_go(
    accounts: Accounts, customer: Actor, supplier: Actor
) -> None:
    linked = link(accounts, customer, supplier)
    accounts.clock.wait(hours=1)

    disabled = accounts.call(commands.DisableSupplierPortal(partnership_id=linked.id), customer)

    assert not disabled.enabled
    switched = accounts.told("supplier-portal-disabled")[-1]
    assert switched["at"] == "2026-11-22T13:00:00Z"
    assert switched["supplier"]["id"] == str(supplier.organisation_id)
    assert switched["by"]["id"] == str(customer.user_id)
    assert accounts.told("partnership-changed")[-1]["partnership"]["enabled"] is False


@pytest.mark.requirement("S-102")
def test_the_same_switch_turns_the_portal_on_again(
    accounts: Accounts, customer: Actor, supplier: Actor
) -> None:
    linked = link(accounts, customer, supplier)
    accounts.call(commands.DisableSupplierPortal(partnership_id=linked.id), customer)
    again = commands.DisableSupplierPortal(partnership_id=linked.id)
    assert accounts.refused(again, customer).code == "portal-already-disabled"

    enabled = accounts.call(commands.EnableSupplierPortal(partnership_id=linked.id), customer)

    assert enabled.enabled
    assert len(accounts.told("supplier-portal-enabled")) == 1


@pytest.mark.requirement("S-100")
def test_a_supplier_does_not_switch_its_own_portal_or_change_its_terms(
    accounts: Accounts, customer: Actor, supplier: Actor
) -> None:
    linked = link(accounts, customer, supplier)

    for wish in (
        commands.DisableSupplierPortal(partnership_id=linked.id),
        commands.EnableSupplierPortal(partnership_id=linked.id),
        commands.ChangeTerms(partnership_id=linked.id, terms=TERMS),
    ):
        assert accounts.refused(wish, supplier).status == 403


def test_the_journal_shows_the_supplier_no_fact_that_carries_the_tolerance(
    accounts: Accounts, customer: Actor, supplier: Actor
) -> None:
    link(accounts, customer, supplier)

    assert [fact for fact in accounts.told("partnership-changed") if fact["partnership"]["tolerance_rate"]]
    assert "tolerance" not in str(accounts.known_to(supplier))
    assert "tolerance" in str(accounts.known_to(customer))


def test_partnerships_are_listed_by_the_other_sides_name_for_each_side(
    accounts: Accounts, customer: Actor, supplier: Actor
) -> None:
    other = accounts.register(OrganisationKind.SUPPLIER, "Azov Steel", "a@azov.example")
    third = accounts.register(OrganisationKind.CUSTOMER, "Kyiv Books", "k@kyiv.example")
    linked = link(accounts, customer, supplier)
    link(accounts, customer, other)
    link(accounts, third, supplier)
    accounts.call(commands.DisableSupplierPortal(partnership_id=linked.id), customer)

    def listed(actor: Actor, **filters: Any) -> list[tuple[str, str]]:
        page = accounts.call(commands.ListPartnerships(**filters), actor)
        return [(one.customer.name, one.supplier.name) for one in page.items]

    assert listed(customer) == [("Lviv Print House", "Azov Steel"), ("Lviv Print House", "Dnipro Paper")]
    assert listed(supplier) == [("Kyiv Books", "Dnipro Paper"), ("Lviv Print House", "Dnipro Paper")]
    assert len(listed(accounts.operator)) == 3
    assert listed(customer, enabled=True) == [("Lviv Print House", "Azov Steel")]
    assert listed(supplier, search="kyiv") == [("Kyiv Books", "Dnipro Paper")]


def test_a_list_of_partnerships_is_paged(accounts: Accounts, customer: Actor) -> None:
    for number in range(5):
        accounts.call(
            commands.RegisterSupplier(name=f"Supplier {number}", country="UA", terms=TERMS), customer
        )

    names, after = [], None
    while True:
        page = accounts.call(commands.ListPartnerships(limit=2, after=after), customer)
        names += [one.supplier.name for one in page.items]
        if page.next is None:
            break
        after = page.next

    assert names == [f"Supplier {number}" for number in range(5)]

"""Organisations on the real database: registration, profile, notification addresses, the directory."""

import pytest

from services.contracts.accounts import commands
from services.contracts.accounts.views import Address, ContactData, EmailStatus, Terms
from services.contracts.actors import Actor, OrganisationKind, Role
from tests.service.accounts.conftest import Accounts

TERMS = Terms(currency="EUR")


def register(**more: object) -> commands.RegisterOrganisation:
    given = {"kind": OrganisationKind.SUPPLIER, "name": "Odesa Glass", "country": "UA"} | more
    return commands.RegisterOrganisation(**given)  # type: ignore[arg-type]


def test_what_is_registered_is_what_is_read(accounts: Accounts) -> None:
    registered = accounts.call(
        register(
            tax_number="UA77",
            address=Address(street="Sadova 1", city="Odesa", postal_code="65000"),
            contact=ContactData(
                person="Ivan", email="ivan@odesa.example", phone="+380 48 1", website="https://o.example"
            ),
        ),
        accounts.operator,
    )

    read = accounts.call(commands.GetOrganisation(organisation_id=registered.id), accounts.operator)

    assert read == registered
    assert read.address.city == "Odesa"
    assert [entry.email for entry in read.notification_emails] == ["ivan@odesa.example"]


@pytest.mark.requirement("S-152")
def test_nobody_registers_an_organisation_but_the_operator(
    accounts: Accounts, supplier: Actor, customer: Actor
) -> None:
    for stranger, status in ((None, 401), (supplier, 403), (customer, 403)):
        assert accounts.refused(register(), stranger).status == status


def test_a_tax_number_is_registered_once_for_its_country_and_kind(accounts: Accounts) -> None:
    accounts.call(register(tax_number="77"), accounts.operator)
    accounts.call(register(tax_number="77", country="PL"), accounts.operator)
    accounts.call(register(tax_number="77", kind=OrganisationKind.CUSTOMER), accounts.operator)

    refusal = accounts.refused(register(tax_number="77", name="Another"), accounts.operator)

    assert (refusal.status, refusal.code) == (409, "already-registered")


def test_a_second_operator_is_refused(accounts: Accounts) -> None:
    assert (
        accounts.refused(register(kind=OrganisationKind.OPERATOR), accounts.operator).code
        == "only-one-operator"
    )


@pytest.mark.requirement("S-007")
def test_an_administrator_changes_the_profile_and_what_is_left_out_is_emptied(
    accounts: Accounts, supplier: Actor
) -> None:
    wish = commands.ChangeOrganisation(
        organisation_id=supplier.organisation_id,
        name="Dnipro Paper Mill",
        country="UA",
        contact=ContactData(phone="+380 56 1"),
    )

    changed = accounts.call(wish, supplier)

    assert (changed.name, changed.contact.phone, changed.address) == ("Dnipro Paper Mill", "+380 56 1", None)
    assert accounts.told("organisation-changed")[-1]["organisation"]["name"] == "Dnipro Paper Mill"


def test_a_profile_that_has_changed_meanwhile_is_not_overwritten(accounts: Accounts, supplier: Actor) -> None:
    wish = commands.ChangeOrganisation(organisation_id=supplier.organisation_id, name="New", country="UA")
    seen = accounts.call(commands.GetOrganisation(organisation_id=supplier.organisation_id), supplier)
    accounts.call(wish, supplier, expected=seen.sequence)

    assert accounts.refused(wish, supplier, expected=seen.sequence).status == 412


def test_a_changed_name_and_city_stand_in_the_directory(
    accounts: Accounts, supplier: Actor, customer: Actor
) -> None:
    accounts.call(
        commands.ChangeOrganisation(
            organisation_id=supplier.organisation_id,
            name="Zaporizhzhia Paper",
            country="UA",
            address=Address(street="Sobornyi 1", city="Zaporizhzhia"),
        ),
        supplier,
    )

    found = accounts.call(commands.FindSuppliers(search="zaporizh"), customer).items

    assert [(entry.name, entry.city) for entry in found] == [("Zaporizhzhia Paper", "Zaporizhzhia")]


@pytest.mark.requirement("S-008")
def test_a_new_notification_address_is_used_once_its_owner_has_confirmed_it(
    accounts: Accounts, supplier: Actor
) -> None:
    wish = commands.AddNotificationEmail(
        organisation_id=supplier.organisation_id, email="new@dnipro.example", replaces="olha@dnipro.example"
    )
    waiting = accounts.call(wish, supplier).notification_emails
    asked = accounts.told("email-change-requested")[-1]

    accounts.call(commands.ConfirmEmail(token=accounts.token("email-change-requested")))

    assert {entry.email: entry.status for entry in waiting} == {
        "olha@dnipro.example": EmailStatus.CONFIRMED,
        "new@dnipro.example": EmailStatus.WAITING,
    }
    assert (asked["new_email"], asked["old_emails"]) == ("new@dnipro.example", ["olha@dnipro.example"])
    now = accounts.told("organisation-changed")[-1]["organisation"]["notification_emails"]
    assert now == [{"email": "new@dnipro.example", "status": "confirmed"}]
    told = accounts.told("email-changed")[-1]
    assert (told["added"], told["removed"]) == ("new@dnipro.example", "olha@dnipro.example")


def test_an_address_is_confirmed_once(accounts: Accounts, supplier: Actor) -> None:
    accounts.call(
        commands.AddNotificationEmail(organisation_id=supplier.organisation_id, email="new@dnipro.example"),
        supplier,
    )
    confirm = commands.ConfirmEmail(token=accounts.token("email-change-requested"))
    accounts.call(confirm)

    assert accounts.refused(confirm).code == "link-used"


def test_several_addresses_wait_side_by_side(accounts: Accounts, supplier: Actor) -> None:
    tokens = []
    for number in range(3):
        accounts.call(
            commands.AddNotificationEmail(
                organisation_id=supplier.organisation_id, email=f"a{number}@dnipro.example"
            ),
            supplier,
        )
        tokens.append(accounts.token("email-change-requested"))

    for token in tokens:
        accounts.call(commands.ConfirmEmail(token=token))

    now = accounts.call(commands.GetOrganisation(organisation_id=supplier.organisation_id), supplier)
    assert {entry.status for entry in now.notification_emails} == {EmailStatus.CONFIRMED}
    assert len(now.notification_emails) == 4


def test_a_removed_address_is_told(accounts: Accounts, supplier: Actor) -> None:
    accounts.call(
        commands.RemoveNotificationEmail(
            organisation_id=supplier.organisation_id, email="olha@dnipro.example"
        ),
        supplier,
    )

    assert accounts.told("email-changed")[-1]["removed"] == "olha@dnipro.example"


@pytest.mark.requirement("S-155")
def test_linked_partners_see_each_others_contact_data_and_everyone_the_operators(
    accounts: Accounts, supplier: Actor, customer: Actor
) -> None:
    ask = commands.GetContactCard(organisation_id=supplier.organisation_id)
    assert accounts.refused(ask, customer).status == 404

    accounts.call(commands.LinkSupplier(supplier_id=supplier.organisation_id, terms=TERMS), customer)

    assert accounts.call(ask, customer).name == "Dnipro Paper"
    back = commands.GetContactCard(organisation_id=customer.organisation_id)
    assert accounts.call(back, supplier).name == "Lviv Print House"
    assert accounts.call(commands.GetOperatorCard(), supplier).name == "Counterpart"


def test_even_partners_do_not_see_each_others_settings(
    accounts: Accounts, supplier: Actor, customer: Actor
) -> None:
    accounts.call(commands.LinkSupplier(supplier_id=supplier.organisation_id, terms=TERMS), customer)

    ask = commands.GetOrganisation(organisation_id=supplier.organisation_id)

    assert accounts.refused(ask, customer).status == 404


def test_the_operators_list_is_paged_by_name_whatever_the_letters(accounts: Accounts) -> None:
    names = ["alpha", "Beta", "äther", "Ätna", "Єва", "яблуко", "Zeta", "zeta"]
    for name in names:
        accounts.call(register(name=name), accounts.operator)

    listed, after = [], None
    while True:
        page = accounts.call(
            commands.ListOrganisations(kind=OrganisationKind.SUPPLIER, after=after, limit=3),
            accounts.operator,
        )
        listed += [one.name for one in page.items]
        after = page.next
        if after is None:
            break

    assert sorted(listed) == sorted(names)
    assert len(listed) == len(names)


@pytest.mark.parametrize(("search", "found"), [("glas", 1), ("UA7", 1), ("100%", 0), ("_", 0), ("", 2)])
def test_a_search_takes_what_is_typed_literally(accounts: Accounts, search: str, found: int) -> None:
    accounts.call(register(tax_number="UA77"), accounts.operator)
    accounts.call(register(name="Kharkiv Steel"), accounts.operator)

    page = accounts.call(
        commands.ListOrganisations(kind=OrganisationKind.SUPPLIER, search=search or None), accounts.operator
    )

    assert len(page.items) == found


@pytest.mark.requirement("S-122")
def test_a_customer_registers_and_links_a_supplier_that_nobody_knows_yet(
    accounts: Accounts, customer: Actor
) -> None:
    linked = accounts.call(
        commands.RegisterSupplier(
            name="Odesa Glass",
            country="UA",
            tax_number="UA77",
            admin_name="Ivan",
            admin_email="ivan@odesa.example",
            terms=Terms(currency="UAH", payment_days=14),
        ),
        customer,
    )
    accounts.accept()

    ivan = accounts.actor("ivan@odesa.example")
    seen = accounts.call(commands.GetPartnership(partnership_id=linked.id), ivan)
    assert (ivan.roles, ivan.organisation_id) == ({Role.SUPPLIER_ADMIN}, linked.supplier.id)
    assert (seen.customer.id, seen.payment_days) == (customer.organisation_id, 14)
    facts = [name for name, _ in accounts.facts()]
    assert facts.index("organisation-registered") < facts.index("partnership-changed")


def test_a_customer_does_not_administer_the_supplier_it_has_registered(
    accounts: Accounts, customer: Actor
) -> None:
    linked = accounts.call(commands.RegisterSupplier(name="Odesa Glass", country="UA", terms=TERMS), customer)
    supplier_id = linked.supplier.id

    refused = [
        commands.ChangeOrganisation(organisation_id=supplier_id, name="Mine", country="UA"),
        commands.InviteUser(
            organisation_id=supplier_id, email="x@y.example", name="X", roles=frozenset({Role.SUPPLIER_ADMIN})
        ),
        commands.GetOrganisation(organisation_id=supplier_id),
    ]

    assert [accounts.refused(wish, customer).status for wish in refused] == [404, 404, 404]


def test_a_supplier_known_by_its_tax_number_is_linked_rather_than_registered_again(
    accounts: Accounts, customer: Actor
) -> None:
    wish = commands.RegisterSupplier(name="Odesa Glass", country="UA", tax_number="UA77", terms=TERMS)
    accounts.call(wish, customer)

    refusal = accounts.refused(wish, customer)

    assert refusal.code == "already-registered"
    assert len(accounts.told("organisation-registered")) == 3


@pytest.mark.requirement("S-152")
def test_a_supplier_gives_a_new_customer_access_and_leaves_the_tolerance_to_it(
    accounts: Accounts, supplier: Actor
) -> None:
    linked = accounts.call(
        commands.RegisterCustomer(
            name="Kyiv Books",
            country="UA",
            admin_name="Taras",
            admin_email="taras@kyiv.example",
            currency="UAH",
            lead_time_days=3,
        ),
        supplier,
    )
    accounts.accept()

    taras = accounts.actor("taras@kyiv.example")
    assert linked.tolerance_rate is None
    seen = accounts.call(commands.GetPartnership(partnership_id=linked.id), taras)
    assert (seen.tolerance_rate, seen.lead_time_days) == (0, 3)


def test_a_repeated_command_registers_once(accounts: Accounts) -> None:
    first = accounts.call(register(), accounts.operator, command_id="once")

    again = accounts.call(register(), accounts.operator, command_id="once")

    assert again == first
    assert len(accounts.told("organisation-registered")) == 2

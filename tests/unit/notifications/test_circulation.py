"""The table that says who is told of what, and the sentences it is told with."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.chassis.errors import Later
from services.contracts.accounts import events as accounts
from services.contracts.invoicing import events as invoicing
from services.contracts.invoicing.reconciliations import (
    AccountSide,
    Objection,
    ObjectionReason,
    Reconciliation,
    ReconciliationStatus,
)
from services.contracts.invoicing.reports import AccountStanding
from services.contracts.notifications import events as own
from services.contracts.orders import events as orders
from services.contracts.orders.views import OrderStatus
from services.contracts.shapes import Event, EventType
from services.notifications.domain import announcements
from services.notifications.domain.circulation import (
    NOTICES,
    Audience,
    Contacts,
    Doer,
    OrganisationContact,
    PersonContact,
    addresses,
    feed_entries,
)
from services.notifications.domain.mails import Language
from services.notifications.domain.wording import ENGLISH, WORDINGS
from services.notifications.service import NotificationsService
from tests.builders.papers import a_consolidated
from tests.unit.notifications.builders import a_party, a_person, an_invoice, an_order

NOBODY = Doer(None, None)
#: What a service tells itself to do next; there is no news in it.
TO_THEMSELVES = {"consolidation-due"}


def declared_in(*modules: object) -> dict[str, EventType]:
    return {
        value.__event__.name: value.__event__
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Event) and hasattr(value, "__event__")
    }


ALL = declared_in(accounts, orders, invoicing, own)


def test_every_notice_is_about_an_event_that_exists_and_has_a_queue() -> None:
    assert set(NOTICES) <= {name for name, declared in ALL.items() if not declared.live_only}


def test_every_lasting_event_of_orders_and_invoicing_and_ourselves_is_subscribed() -> None:
    lasting = {
        name for name, declared in declared_in(orders, invoicing, own).items() if not declared.live_only
    }
    wanted = lasting - TO_THEMSELVES

    consumed = {
        method.consumes.__event__.name
        for method in vars(NotificationsService).values()
        if hasattr(method, "consumes")
    }

    assert wanted <= consumed


def test_nobody_is_mailed_who_does_not_also_find_it_in_the_feed() -> None:
    for name, notice in NOTICES.items():
        assert set(notice.mail) <= set(notice.feed), name


@pytest.mark.requirement("S-050")
@pytest.mark.requirement("S-057")
def test_every_change_of_an_invoice_that_is_not_the_suppliers_own_is_mailed_to_the_supplier() -> None:
    not_told = {
        "invoice-drafted", "invoice-draft-deleted", "invoice-drafts-deleted", "invoice-submitted",
        # One mail, that of the payment, tells of all invoices it has opened again.
        "invoice-reopened",
        # A credit note is the supplier's own.
        "invoice-credited", "credit-note-issued",
        # So is a tax invoice; that its delivery is dated later, the changed invoice tells.
        "tax-invoice-issued", "supplier-tax-invoice-registered", "delivery-date-asked", "delivery-date-adjusted",
        # Who at the customer is asked, and how often, is no change of the invoice.
        "approval-delegated", "approval-reminded", "approval-nudged",
        # Between the operator and the customer.
        "consolidated-invoice-issued", "tax-invoice-registered", *TO_THEMSELVES,
    }  # fmt: skip
    changes = {name for name, declared in declared_in(invoicing).items() if not declared.live_only} - not_told

    for name in changes:
        mail = NOTICES[name].mail
        assert Audience.SUPPLIER in mail or Audience.OTHER_SIDE in mail, name


def test_every_language_says_everything() -> None:
    for language in Language:
        wording = WORDINGS[language]
        assert set(wording.sentences) == set(ENGLISH.sentences)
        assert set(wording.labels) == set(ENGLISH.labels)
        assert set(wording.buttons) == set(ENGLISH.buttons)
        assert set(wording.footnotes) == set(ENGLISH.footnotes)


ABOUT_OUR_OWN = {"comment-posted", "file-attached", "delivery-failed"}


def test_every_notice_about_a_document_has_its_sentence() -> None:
    assert set(NOTICES) - ABOUT_OUR_OWN <= set(ENGLISH.sentences)


# --------------------------------------------------------------------------------- who exactly


CUSTOMER, SUPPLIER = a_party("Nordwind"), a_party("Baltic")
ANNA, SVEN, SARA = a_person("Anna"), a_person("Sven"), a_person("Sara")


def contacts(*notification_emails: str, anna_in: frozenset[UUID] = frozenset({CUSTOMER.id})) -> Contacts:
    return Contacts(
        [
            OrganisationContact(CUSTOMER.id, CUSTOMER.name, ()),
            OrganisationContact(SUPPLIER.id, SUPPLIER.name, notification_emails),
        ],
        [
            PersonContact(ANNA.id, "Anna", "anna@nordwind.example", anna_in),
            PersonContact(SVEN.id, "Sven", "sven@baltic.example", frozenset({SUPPLIER.id})),
            PersonContact(SARA.id, "Sara", None, frozenset({SUPPLIER.id})),
        ],
    )


def told_of(event: type[Event]) -> announcements.Announcement:
    order = an_order(customer=CUSTOMER, supplier=SUPPLIER, initiator=ANNA)
    return announcements.of_order(event(order=order))  # type: ignore[call-arg, arg-type]


def test_people_without_an_address_have_the_feed_only() -> None:
    told = told_of(orders.OrderSubmitted)

    assert {entry.user_id for entry in feed_entries(told, NOBODY, contacts())} == {SVEN.id, SARA.id}
    assert [address.email for address in addresses(told, NOBODY, contacts())] == ["sven@baltic.example"]


def test_an_organisation_not_known_yet_must_be_waited_for() -> None:
    with pytest.raises(Later, match="organisation"):
        feed_entries(told_of(orders.OrderSubmitted), NOBODY, Contacts((), ()))


def test_an_initiator_not_known_yet_must_be_waited_for() -> None:
    known = Contacts([OrganisationContact(CUSTOMER.id, CUSTOMER.name, ())], ())

    with pytest.raises(Later, match="user"):
        feed_entries(told_of(orders.OrderConfirmed), NOBODY, known)


def test_somebody_on_both_sides_is_told_once() -> None:
    both = frozenset({CUSTOMER.id, SUPPLIER.id})
    invoice = an_invoice(customer=CUSTOMER, supplier=SUPPLIER, initiator=ANNA)
    told = announcements.of_invoice(invoicing.ApprovalRequested(invoice=invoice))  # type: ignore[arg-type]

    entries = feed_entries(told, NOBODY, contacts(anna_in=both))
    mailed = addresses(told, NOBODY, contacts(anna_in=both))

    assert [entry.user_id for entry in entries].count(ANNA.id) == 1
    assert [address.email for address in mailed].count("anna@nordwind.example") == 1


@pytest.mark.parametrize(
    ("organisation_id", "audience"),
    [(CUSTOMER.id, {SVEN.id, SARA.id}), (SUPPLIER.id, {ANNA.id}), (None, {ANNA.id, SVEN.id, SARA.id})],
)
def test_the_other_side_is_the_one_that_did_not_act(
    organisation_id: UUID | None, audience: set[UUID]
) -> None:
    invoice = an_invoice(customer=CUSTOMER, supplier=SUPPLIER, initiator=ANNA)
    told = announcements.of_invoice(invoicing.InvoiceCancelled(invoice=invoice))  # type: ignore[arg-type]

    entries = feed_entries(told, Doer(uuid4(), organisation_id), contacts())

    assert {entry.user_id for entry in entries} == audience


def test_a_sentence_is_one_line_whatever_names_it_holds() -> None:
    order = an_order(customer=a_party("Nord\r\nwind\u2028{number}"), number="PO-1")

    sentence = announcements.sentence(
        announcements.of_order(orders.OrderSubmitted(order=order)), Language.ENGLISH
    )

    assert sentence == "Nord wind {number} has sent order PO-1"


def test_a_letter_leads_to_its_document_and_names_the_amount() -> None:
    invoice = an_invoice()

    letter = announcements.letter(
        announcements.of_invoice(invoicing.InvoiceRejected(invoice=invoice)),  # type: ignore[arg-type]
        Language.ENGLISH,
        "Baltic Bearings",
    )

    assert letter.link == f"/invoices/{invoice.id}"
    assert ("Total", "118.80 EUR") in letter.facts
    assert letter.footnote.endswith("news of Baltic Bearings.")
    assert "INV-7" in letter.subject


@pytest.mark.requirement("S-083")
def test_the_customer_is_told_of_a_consolidated_invoice_and_the_operator_is_not() -> None:
    issued = a_consolidated().summary
    told = announcements.of_consolidated(invoicing.ConsolidatedInvoiceIssued(consolidation=issued))
    known = Contacts(
        [
            OrganisationContact(issued.customer.id, "Northwind Bakery", ("books@northwind.example",)),
            OrganisationContact(issued.operator.id, "The Operator", ()),
        ],
        [PersonContact(uuid4(), "Clara", "clara@northwind.example", frozenset({issued.customer.id}))],
    )

    [entry] = feed_entries(told, NOBODY, known)
    [address] = addresses(told, NOBODY, known)
    written = announcements.letter(told, Language.ENGLISH, "Northwind Bakery")

    assert entry.organisation_id == issued.customer.id
    assert address.email == "books@northwind.example"
    assert written.subject == "The Operator has sent consolidated invoice CI-2026-00007"
    assert written.link == f"/consolidated-invoices/{issued.id}"
    assert ("Total", "1,500.60 EUR") in written.facts


@pytest.mark.requirement("S-200")
def test_a_contested_statement_is_told_to_its_author_with_what_the_other_books_say() -> None:
    zero = Decimal(0)
    contested = Reconciliation(
        id=uuid4(),
        number="RS-2026-00007",
        revision=1,
        status=ReconciliationStatus.CONTESTED,
        partnership_id=uuid4(),
        customer=CUSTOMER,
        supplier=SUPPLIER,
        author=SUPPLIER,
        currency="EUR",
        date_from=date(2026, 11, 1),
        date_to=date(2026, 11, 22),
        note="",
        opening=AccountStanding(receivable=zero, payable=zero),
        charged=Decimal("120.00"),
        credited=zero,
        paid=zero,
        closing=AccountStanding(receivable=Decimal("120.00"), payable=zero),
        lines=1,
        objections=(
            Objection(
                number=1,
                line=1,
                reason=ObjectionReason.AMOUNT,
                side=AccountSide.RECEIVABLE,
                day=date(2026, 11, 5),
                document="INV-7",
                stated=Decimal("120.00"),
                own=Decimal("100.00"),
                note="See the delivery note.",
                answer=None,
            ),
        ),
        claimed=AccountStanding(receivable=Decimal("100.00"), payable=zero),
        made_by=SVEN,
        made_at=datetime(2026, 11, 22, 9, tzinfo=UTC),
        sent_at=datetime(2026, 11, 22, 9, tzinfo=UTC),
        decided_by=ANNA,
        decided_at=datetime(2026, 11, 22, 10, tzinfo=UTC),
        remark="Please look.",
        sequence=3,
    )
    event: Any = invoicing.ReconciliationContested(reconciliation=contested)
    told = announcements.of_reconciliation(event)
    anna = Doer(ANNA.id, CUSTOMER.id)

    letter = announcements.letter(told, Language.ENGLISH, "Baltic")

    assert {entry.user_id for entry in feed_entries(told, anna, contacts())} == {SVEN.id, SARA.id}
    assert [each.email for each in addresses(told, anna, contacts("books@baltic.example"))] == [
        "books@baltic.example"
    ]
    assert letter.subject == "Nordwind has contested reconciliation statement RS-2026-00007, points: 1"
    assert letter.link == f"/reconciliations/{contested.id}"
    assert letter.paragraphs == (
        "Please look.",
        "2026-11-05, INV-7: 120.00 EUR → 100.00 EUR · See the delivery note.",
    )
    assert ("Owed by the customer, by the other books", "100.00 EUR") in letter.facts


def test_a_document_in_its_draft_is_shown_to_its_owner_only() -> None:
    draft = announcements.order_document(an_order(status=OrderStatus.DRAFT))

    assert draft.shown_to == (draft.customer.id,)
    assert draft.draft_of == draft.customer.id


def test_a_deleted_draft_is_shown_to_nobody() -> None:
    gone = announcements.order_document(an_order(status=OrderStatus.DRAFT), deleted=True)

    assert gone.shown_to == ()
    assert gone.status == "deleted"


# ------------------------------------------------------------------------------ while an invoice is held

BORIS, OLGA = a_person("Boris"), a_person("Olga")
OPERATOR = a_party("Counterpart")


def with_the_operator() -> Contacts:
    return Contacts(
        [
            OrganisationContact(CUSTOMER.id, CUSTOMER.name, ()),
            OrganisationContact(SUPPLIER.id, SUPPLIER.name, ("orders@baltic.example",)),
            OrganisationContact(OPERATOR.id, OPERATOR.name, ("support@counterpart.example",), operates=True),
        ],
        [
            PersonContact(ANNA.id, "Anna", "anna@nordwind.example", frozenset({CUSTOMER.id})),
            PersonContact(BORIS.id, "Boris", "boris@nordwind.example", frozenset({CUSTOMER.id})),
            PersonContact(SVEN.id, "Sven", "sven@baltic.example", frozenset({SUPPLIER.id})),
            PersonContact(OLGA.id, "Olga", "olga@counterpart.example", frozenset({OPERATOR.id})),
        ],
    )


def of_held(event: type[Event], **more: object) -> announcements.Announcement:
    invoice = an_invoice(customer=CUSTOMER, supplier=SUPPLIER, initiator=ANNA, deputy=BORIS)
    return announcements.of_invoice(event(invoice=invoice, **more))  # type: ignore[call-arg, arg-type]


@pytest.mark.requirement("S-064")
def test_a_reminder_goes_to_the_initiator_and_to_whoever_stands_in() -> None:
    told = of_held(invoicing.ApprovalReminded)

    mailed = {address.email for address in addresses(told, NOBODY, with_the_operator())}
    assert mailed == {"anna@nordwind.example", "boris@nordwind.example"}
    read = {entry.user_id for entry in feed_entries(told, NOBODY, with_the_operator())}
    assert read == {ANNA.id, BORIS.id}


@pytest.mark.requirement("S-065")
def test_an_escalation_puts_the_operator_into_copy() -> None:
    told = of_held(invoicing.ApprovalEscalated, note="We cannot deliver")
    sven = Doer(SVEN.id, SUPPLIER.id)

    mailed = {address.email for address in addresses(told, sven, with_the_operator())}
    assert "support@counterpart.example" in mailed
    assert {"anna@nordwind.example", "boris@nordwind.example"} <= mailed
    assert OLGA.id in {entry.user_id for entry in feed_entries(told, sven, with_the_operator())}
    letter = announcements.letter(told, Language.ENGLISH, "Counterpart")
    assert letter.paragraphs[0] == "We cannot deliver"
    assert letter.link == f"/invoices/{told.document.id}"  # type: ignore[union-attr]

"""The life of an invoice: who may do what, when, and what is said when they may not."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from services.chassis.errors import Invalid
from services.contracts.actors import Role
from services.contracts.invoicing.views import Approval, InvoiceStatus
from services.contracts.orders.views import OrderStatus
from services.contracts.parties import Party, Person
from services.contracts.shapes import event_type
from services.invoicing.domain.book import Book
from services.invoicing.domain.invoice import TRANSITIONS, Invoice, number_key
from services.invoicing.domain.lines import Content
from services.invoicing.domain.order import NEVER_BILLED
from services.invoicing.domain.refusals import (
    IssuedInTheFuture,
    MoreThanOpen,
    NotADraft,
    NotCancellable,
    NotPayable,
    NotPending,
    NotTheInitiator,
    NumberMissing,
    OrderNotBillable,
    PaidInTheFuture,
    PlannedInThePast,
    PortalSwitchedOff,
    WaitsForAnother,
)
from tests.unit.invoicing.builders import (
    ANNA,
    CUSTOMER,
    NOON,
    a_buyer,
    a_draft,
    a_payment,
    a_supplier,
    an_id,
    an_order,
    billing,
    counted,
    names,
    submitted,
    terms,
)

S = InvoiceStatus


def a_pending_invoice() -> Invoice:
    return submitted(billing("5000.01"))


def a_waiting_invoice() -> Invoice:
    return submitted(billing("10.00"), book=Book([counted("INV-0", "9000.00", S.PENDING)]))


def an_approved_invoice() -> Invoice:
    return submitted(billing("100.00"))


def a_rejected_invoice() -> Invoice:
    invoice = a_pending_invoice()
    invoice.reject(by=a_buyer(), reason="Not agreed", at=NOON)
    return invoice


def a_cancelled_invoice() -> Invoice:
    invoice = a_pending_invoice()
    invoice.cancel(by=a_supplier(), reason="A mistake", at=NOON)
    return invoice


def a_partly_paid_invoice() -> Invoice:
    invoice = an_approved_invoice()
    invoice.pay(a_payment("40.00", invoice), at=NOON)
    return invoice


def a_paid_invoice() -> Invoice:
    invoice = an_approved_invoice()
    invoice.pay(a_payment("100.00", invoice), at=NOON)
    return invoice


IN_EVERY_STATUS = {
    S.DRAFT: a_draft,
    S.MATCHING: a_waiting_invoice,
    S.PENDING: a_pending_invoice,
    S.APPROVED: an_approved_invoice,
    S.PARTLY_PAID: a_partly_paid_invoice,
    S.PAID: a_paid_invoice,
    S.REJECTED: a_rejected_invoice,
    S.CANCELED: a_cancelled_invoice,
}


def test_there_is_an_invoice_in_every_status_and_each_is_reached_by_the_table() -> None:
    assert {status: make().status for status, make in IN_EVERY_STATUS.items()} == {s: s for s in S}
    assert set(TRANSITIONS.values()) == set(S)


# --------------------------------------------------------------------------------------------------- sending


@pytest.mark.requirement("S-040")
def test_a_draft_is_sent_matched_and_approved_in_one_breath() -> None:
    invoice = submitted(billing("100.00"))

    assert names(invoice) == ["invoice-drafted", "invoice-submitted", "invoice-matched", "invoice-approved"]
    assert [fact.sequence for fact in invoice.facts] == [1, 2, 3, 4]
    assert invoice.approval is Approval.AUTOMATIC
    assert invoice.decided_by is None


@pytest.mark.requirement("S-042")
@pytest.mark.parametrize("amount", ["100.00", "5000.01"])
def test_no_invoice_is_approved_or_held_without_a_recorded_decision(amount: str) -> None:
    invoice = submitted(billing(amount))

    assert "invoice-matched" in names(invoice)
    [match] = invoice.new_matches
    assert match.invoice_id == invoice.id


@pytest.mark.requirement("S-043")
@pytest.mark.requirement("S-051")
@pytest.mark.requirement("S-063")
def test_a_held_invoice_asks_the_initiator_and_shows_since_when_it_waits() -> None:
    invoice = a_pending_invoice()

    assert invoice.status is S.PENDING
    assert names(invoice)[-1] == "approval-requested"
    assert invoice.view().waiting_since == NOON
    assert invoice.view().initiator == ANNA


def test_the_due_date_follows_from_the_agreed_payment_days() -> None:
    invoice = a_draft(issue_date=date(2026, 11, 1))

    assert invoice.due_date == date(2026, 12, 1)


def test_an_invoice_without_a_number_is_not_sent() -> None:
    draft = a_draft(number=None)

    with pytest.raises(NumberMissing, match="Give the invoice the number it has in your books"):
        draft.submit(order=an_order(), terms=terms(), at=NOON)


@pytest.mark.parametrize("number", ["-", " / ", "§§"])
def test_a_number_needs_a_letter_or_a_digit(number: str) -> None:
    with pytest.raises(Invalid):
        a_draft(number=number)


@pytest.mark.parametrize("other", ["inv-17", "INV 17", "Inv/17", "ＩＮＶ１７", " I N V . 1 7 "])
def test_spelling_does_not_make_another_number(other: str) -> None:
    assert number_key(other) == number_key("INV17")


def test_leading_zeros_make_another_number() -> None:
    assert number_key("INV-017") != number_key("INV-17")


@pytest.mark.parametrize("status", [OrderStatus.REFUSED, OrderStatus.CANCELLED])
def test_an_order_that_was_refused_or_cancelled_cannot_be_invoiced(status: OrderStatus) -> None:
    with pytest.raises(
        OrderNotBillable, match=r"PO-1 was (refused|cancelled): nothing of it can be invoiced"
    ):
        a_draft(order=an_order(status=status))


@pytest.mark.requirement("S-035")
@pytest.mark.parametrize("status", [s for s in OrderStatus if s not in NEVER_BILLED])
def test_any_other_order_the_supplier_has_can_be_invoiced(status: OrderStatus) -> None:
    assert a_draft(order=an_order(status=status)).status is S.DRAFT


@pytest.mark.requirement("S-100")
def test_a_supplier_whose_portal_is_off_can_neither_draft_nor_change_nor_send() -> None:
    off = terms(enabled=False)
    draft = a_draft()

    with pytest.raises(
        PortalSwitchedOff, match="Northwind Bakery has switched the portal off for Mill & Sons"
    ):
        a_draft(agreed=off)
    with pytest.raises(PortalSwitchedOff):
        _change(draft, agreed=off)
    with pytest.raises(PortalSwitchedOff):
        draft.submit(order=an_order(), terms=off, at=NOON)


def test_an_invoice_may_bear_the_date_of_the_first_islands_where_it_is_tomorrow_already() -> None:
    late = NOON.replace(hour=11)

    assert a_draft(at=late, issue_date=late.date() + timedelta(days=1)).issue_date > late.date()
    with pytest.raises(IssuedInTheFuture, match="has not come yet"):
        a_draft(at=late, issue_date=late.date() + timedelta(days=2))


def test_sums_beyond_what_any_document_may_hold_are_refused() -> None:
    with pytest.raises(Invalid):
        a_draft(billing("999999999999", quantity="1000001"))


# --------------------------------------------------------------------------------------------------- drafts


def _change(invoice: Invoice, *, agreed: object = None) -> None:
    invoice.change(
        order=an_order(),
        terms=agreed or terms(),  # type: ignore[arg-type]
        number="INV-2",
        issue_date=NOON.date(),
        note="changed",
        content=Content([billing("7.00")]),
        at=NOON,
    )


@pytest.mark.requirement("S-053")
@pytest.mark.requirement("S-071")
def test_a_draft_can_be_changed() -> None:
    draft = a_draft(billing("5.00"))

    _change(draft)

    assert (draft.number, draft.note, draft.net) == ("INV-2", "changed", Decimal("7.00"))
    assert names(draft) == ["invoice-drafted", "invoice-draft-changed"]


@pytest.mark.requirement("S-071")
@pytest.mark.parametrize("status", [status for status in S if status is not S.DRAFT])
def test_only_a_draft_can_be_changed_deleted_or_sent(status: InvoiceStatus) -> None:
    invoice = IN_EVERY_STATUS[status]()
    before = invoice.view()

    with pytest.raises(NotADraft, match="only a draft can be changed"):
        _change(invoice)
    with pytest.raises(NotADraft, match="only a draft can be deleted"):
        invoice.delete()
    with pytest.raises(NotADraft, match="only a draft can be sent"):
        invoice.submit(order=an_order(), terms=terms(), at=NOON)

    assert invoice.view() == before


@pytest.mark.requirement("S-020")
def test_what_happens_to_a_draft_is_told_to_its_supplier_alone() -> None:
    draft = a_draft()
    _change(draft)
    draft.delete()

    assert {fact.event.participants() for fact in draft.facts} == {(draft.supplier.id,)}


def test_the_decision_with_its_tolerance_is_told_to_the_customer_alone() -> None:
    invoice = a_pending_invoice()

    told = {event_type(fact.event).name: fact.event.participants() for fact in invoice.facts}
    assert told["invoice-matched"] == (CUSTOMER.id,)
    assert told["approval-requested"] == (CUSTOMER.id, invoice.supplier.id)


# ------------------------------------------------------------------------------- the initiator's decision


@pytest.mark.requirement("S-043")
@pytest.mark.requirement("S-054")
def test_the_initiator_releases_a_held_invoice() -> None:
    invoice = a_pending_invoice()

    invoice.approve(by=a_buyer(), remark="Agreed by phone", at=NOON)

    assert invoice.status is S.APPROVED
    assert (invoice.approval, invoice.decided_by, invoice.remark) == (
        Approval.INITIATOR,
        ANNA,
        "Agreed by phone",
    )
    assert invoice.view().waiting_since is None
    assert names(invoice)[-1] == "invoice-approved"


BORIS = Person(id=an_id("boris"), name="Boris Lead")


@pytest.mark.requirement("S-043")
@pytest.mark.parametrize(
    "role", [Role.INITIATOR, Role.SUPPLIER_MANAGER, Role.BUYER_ACCOUNTING, Role.BUYER_ADMIN]
)
def test_nobody_else_decides_whatever_their_role(role: Role) -> None:
    invoice = a_pending_invoice()
    somebody = a_buyer(BORIS, role)
    sentence = "Only Anna Kovalenko, who placed order PO-1, decides on its invoices."

    with pytest.raises(NotTheInitiator, match=sentence):
        invoice.approve(by=somebody, remark=None, at=NOON)
    with pytest.raises(NotTheInitiator, match=sentence):
        invoice.reject(by=somebody, reason="no", at=NOON)
    with pytest.raises(NotTheInitiator, match=sentence):
        invoice.give_back(terms=terms(), by=somebody, reason="no", at=NOON)

    assert invoice.status is S.PENDING


@pytest.mark.requirement("S-043")
def test_the_initiator_acting_for_another_organisation_is_somebody_else() -> None:
    elsewhere = a_buyer(ANNA, organisation=Party(id=an_id("elsewhere"), name="Elsewhere"))

    with pytest.raises(NotTheInitiator):
        a_pending_invoice().approve(by=elsewhere, remark=None, at=NOON)


@pytest.mark.requirement("S-052")
@pytest.mark.requirement("S-072")
def test_a_rejected_invoice_carries_the_reason() -> None:
    invoice = a_rejected_invoice()

    assert (invoice.status, invoice.remark, invoice.decided_by) == (S.REJECTED, "Not agreed", ANNA)
    assert names(invoice)[-1] == "invoice-rejected"


@pytest.mark.requirement("S-053")
@pytest.mark.requirement("S-072")
def test_an_invoice_given_back_is_a_draft_again_and_can_be_sent_anew() -> None:
    invoice = a_pending_invoice()

    invoice.give_back(terms=terms(), by=a_buyer(), reason="One tyre too many", at=NOON)
    assert (invoice.status, invoice.remark) == (S.DRAFT, "One tyre too many")
    _change(invoice)
    invoice.submit(order=an_order(), terms=terms(), at=NOON + timedelta(hours=1))

    assert invoice.status is S.MATCHING
    assert (invoice.remark, invoice.decided_by) == (None, None)


def test_an_invoice_is_not_given_back_to_a_supplier_who_cannot_rework_it() -> None:
    invoice = a_pending_invoice()

    with pytest.raises(PortalSwitchedOff, match="approve or reject the invoice"):
        invoice.give_back(terms=terms(enabled=False), by=a_buyer(), reason="x", at=NOON)


@pytest.mark.parametrize("status", [s for s in S if s not in (S.PENDING, S.MATCHING)])
def test_there_is_nothing_to_decide_on_an_invoice_that_is_not_held(status: InvoiceStatus) -> None:
    invoice = IN_EVERY_STATUS[status]()

    with pytest.raises(NotPending, match="there is nothing to decide"):
        invoice.approve(by=a_buyer(), remark=None, at=NOON)
    with pytest.raises(NotPending):
        invoice.reject(by=a_buyer(), reason="x", at=NOON)
    with pytest.raises(NotPending):
        invoice.give_back(terms=terms(), by=a_buyer(), reason="x", at=NOON)


@pytest.mark.requirement("S-072")
def test_the_earlier_invoice_is_decided_first() -> None:
    invoice = a_waiting_invoice()

    with pytest.raises(WaitsForAnother, match=r"waits for INV-0 of the same order.* Decide that one first"):
        invoice.approve(by=a_buyer(), remark=None, at=NOON)


@pytest.mark.requirement("S-052")
@pytest.mark.parametrize("make", [a_pending_invoice, a_waiting_invoice])
def test_the_supplier_takes_back_what_is_not_decided(make: object) -> None:
    invoice = make()  # type: ignore[operator]

    invoice.cancel(by=a_supplier(), reason="Wrong order", at=NOON)

    assert (invoice.status, invoice.remark) == (S.CANCELED, "Wrong order")
    assert names(invoice)[-1] == "invoice-cancelled"


@pytest.mark.parametrize("status", [s for s in S if s not in (S.PENDING, S.MATCHING)])
def test_what_is_decided_or_was_never_sent_is_not_taken_back(status: InvoiceStatus) -> None:
    with pytest.raises(NotCancellable):
        IN_EVERY_STATUS[status]().cancel(by=a_supplier(), reason="x", at=NOON)


# ------------------------------------------------------------------------------------------------ payments


@pytest.mark.requirement("S-055")
def test_a_part_payment_and_the_rest() -> None:
    invoice = an_approved_invoice()

    invoice.pay(a_payment("40.00", invoice), at=NOON)
    assert (invoice.status, invoice.paid, invoice.open) == (S.PARTLY_PAID, Decimal(40), Decimal(60))
    invoice.pay(a_payment("60.00", invoice, name="second"), at=NOON)

    assert (invoice.status, invoice.open) == (S.PAID, 0)
    assert names(invoice)[-4:] == [
        "payment-registered",
        "invoice-partly-paid",
        "payment-registered",
        "invoice-paid",
    ]


@pytest.mark.requirement("S-058")
@pytest.mark.parametrize("status", [s for s in S if s not in (S.APPROVED, S.PARTLY_PAID)])
def test_only_an_approved_invoice_is_paid(status: InvoiceStatus) -> None:
    invoice = IN_EVERY_STATUS[status]()

    with pytest.raises(NotPayable):
        invoice.pay(a_payment("1.00", invoice), at=NOON)
    with pytest.raises(NotPayable):
        invoice.plan_payment(on=NOON.date(), at=NOON)


def test_nothing_is_open_before_an_invoice_is_approved() -> None:
    assert a_pending_invoice().view().open == 0


@pytest.mark.parametrize("amount", ["100.01", "100.000001"])
def test_a_payment_is_never_more_than_what_is_open(amount: str) -> None:
    invoice = an_approved_invoice()

    with pytest.raises(MoreThanOpen, match=r"more than what is open of invoice INV-1: 100\.00 EUR"):
        invoice.pay(a_payment(amount, invoice), at=NOON)


def test_a_payment_is_registered_once_it_was_made() -> None:
    invoice = an_approved_invoice()

    with pytest.raises(PaidInTheFuture):
        invoice.pay(a_payment("1.00", invoice, paid_on=NOON.date() + timedelta(days=2)), at=NOON)


@pytest.mark.requirement("S-057")
def test_the_supplier_hears_when_it_will_be_paid_and_hears_it_once() -> None:
    invoice = an_approved_invoice()

    invoice.plan_payment(on=date(2026, 12, 20), at=NOON)
    invoice.plan_payment(on=date(2026, 12, 20), at=NOON)

    assert names(invoice).count("invoice-changed") == 1
    [change] = invoice.facts[-1].event.changes  # type: ignore[attr-defined]
    assert (change.field, change.before, change.after) == ("planned_on", None, "2026-12-20")


def test_no_payment_is_planned_for_a_day_that_is_over() -> None:
    with pytest.raises(PlannedInThePast):
        an_approved_invoice().plan_payment(on=NOON.date() - timedelta(days=1), at=NOON)

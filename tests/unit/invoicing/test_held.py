"""While an invoice is held: deputies, reminders, the supplier's nudge, and the operator in copy."""

from datetime import UTC, datetime, timedelta

import pytest

from services.contracts.actors import Role
from services.contracts.invoicing.views import InvoiceStatus
from services.contracts.invoicing.waiting import WaitingTerms
from services.contracts.parties import Person
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.refusals import (
    AskedTooOften,
    AskFirst,
    EscalatedAlready,
    NothingToAskFor,
    NotTheInitiator,
)
from services.invoicing.domain.waiting import WaitingRules
from tests.unit.invoicing.builders import (
    ANNA,
    CUSTOMER,
    NOON,
    a_buyer,
    an_id,
    billing,
    names,
    submitted,
    terms,
)

BORIS = Person(id=an_id("boris"), name="Boris Boyko")
# NOON is a Monday's; working days have eight hours from nine to five, UTC.
RULES = WaitingRules(id=CUSTOMER.id, customer=CUSTOMER, terms=WaitingTerms())
TUESDAY_NOON, FRIDAY_NOON = (datetime(2026, 11, day, 12, tzinfo=UTC) for day in (24, 27))


def a_held_invoice() -> Invoice:
    invoice = submitted(billing("5000.01"))
    invoice.facts.clear()
    return invoice


def look_on(invoice: Invoice, *moments: datetime, deputy: Person | None = None) -> list[str]:
    invoice.facts.clear()
    for moment in moments:
        invoice.look_after(RULES, deputy, moment)
    return names(invoice)


def test_a_held_invoice_is_looked_at_at_once_and_then_when_something_is_due() -> None:
    invoice = a_held_invoice()
    assert invoice.watch_at == invoice.asked_at == NOON

    assert look_on(invoice, NOON) == []

    assert invoice.watch_at == datetime(2026, 11, 24, tzinfo=UTC)  # midnight: somebody's absence may begin
    assert invoice.answer_by == datetime(2026, 11, 26, 12, tzinfo=UTC)


@pytest.mark.requirement("S-064")
def test_whoever_must_decide_is_reminded_after_a_working_day_and_once_each_day_after_that() -> None:
    invoice = a_held_invoice()

    assert look_on(invoice, TUESDAY_NOON - timedelta(minutes=1)) == []
    assert look_on(invoice, TUESDAY_NOON, TUESDAY_NOON, TUESDAY_NOON + timedelta(hours=7)) == [
        "approval-reminded"
    ]
    assert look_on(invoice, TUESDAY_NOON + timedelta(days=1)) == ["approval-reminded"]
    assert invoice.reminders == 2


@pytest.mark.requirement("S-064")
def test_after_an_outage_of_the_portal_there_is_one_reminder_and_not_one_for_each_day() -> None:
    invoice = a_held_invoice()

    assert look_on(invoice, TUESDAY_NOON + timedelta(days=2)) == ["approval-reminded"]


@pytest.mark.requirement("S-065")
def test_after_further_time_the_operator_is_told_once() -> None:
    invoice = a_held_invoice()
    assert "approval-escalated" not in look_on(invoice, FRIDAY_NOON - timedelta(minutes=1))

    assert look_on(invoice, FRIDAY_NOON, FRIDAY_NOON + timedelta(minutes=5)) == ["approval-escalated"]

    assert invoice.escalated_at == FRIDAY_NOON
    assert look_on(invoice, FRIDAY_NOON + timedelta(days=30)) == ["approval-reminded"]


def test_an_invoice_that_is_decided_is_watched_no_longer() -> None:
    invoice = a_held_invoice()
    look_on(invoice, FRIDAY_NOON)
    invoice.approve(by=a_buyer(), remark=None, at=FRIDAY_NOON)

    assert look_on(invoice, FRIDAY_NOON + timedelta(days=30)) == []

    told = (invoice.watch_at, invoice.asked_at, invoice.answer_by, invoice.escalated_at, invoice.reminders)
    assert told == (None, None, None, None, 0)


# ------------------------------------------------------------------------------------------------ absence


@pytest.mark.requirement("S-043")
def test_a_deputy_decides_and_the_records_tell_for_whom() -> None:
    invoice = a_held_invoice()
    assert look_on(invoice, NOON, NOON, deputy=BORIS) == ["approval-delegated"]

    invoice.approve(by=a_buyer(BORIS), remark="Agreed", at=NOON, stands_in=True)

    view = invoice.view()
    assert (view.decided_by, view.decided_for, view.deputy) == (BORIS, ANNA, None)


@pytest.mark.requirement("S-043")
@pytest.mark.parametrize("step", ["approve", "reject", "give_back"])
def test_a_colleague_who_does_not_stand_in_decides_nothing(step: str) -> None:
    invoice = a_held_invoice()
    words = {
        "approve": {"remark": None},
        "reject": {"reason": "x"},
        "give_back": {"reason": "x", "terms": terms()},
    }

    with pytest.raises(NotTheInitiator, match="Anna Kovalenko"):
        getattr(invoice, step)(by=a_buyer(BORIS, Role.BUYER_ADMIN), at=NOON, **words[step])

    assert invoice.status is InvoiceStatus.PENDING


def test_when_the_deputy_changes_or_the_absence_is_over_that_is_told() -> None:
    invoice = a_held_invoice()
    look_on(invoice, NOON, deputy=BORIS)

    assert look_on(invoice, NOON) == ["approval-delegated"]
    assert invoice.view().deputy is None


def test_the_initiator_decides_for_themselves_even_while_somebody_stands_in() -> None:
    invoice = a_held_invoice()
    look_on(invoice, NOON, deputy=BORIS)

    invoice.reject(by=a_buyer(), reason="No", at=NOON)

    assert (invoice.decided_by, invoice.decided_for) == (ANNA, None)


# ------------------------------------------------------------------------------------- nudge and escalation


@pytest.mark.requirement("S-063")
def test_a_supplier_asks_once_a_working_day_and_is_told_when_it_may_again() -> None:
    invoice = a_held_invoice()
    with pytest.raises(AskedTooOften, match="2026-11-24 12:00"):
        invoice.nudge(RULES, note=None, at=TUESDAY_NOON - timedelta(seconds=1))

    invoice.nudge(RULES, note="Please", at=TUESDAY_NOON)

    with pytest.raises(AskedTooOften, match=r"Anna Kovalenko of Northwind Bakery .* 2026-11-25 12:00"):
        invoice.nudge(RULES, note="Please!", at=TUESDAY_NOON + timedelta(hours=20))
    invoice.nudge(RULES, note=None, at=TUESDAY_NOON + timedelta(days=1))
    assert names(invoice) == ["approval-nudged", "approval-nudged"]


@pytest.mark.requirement("S-065")
def test_the_operator_is_put_into_copy_once_asking_did_not_help() -> None:
    invoice = a_held_invoice()
    with pytest.raises(AskFirst, match="Ask Anna Kovalenko first"):
        invoice.escalate(RULES, note="Urgent", at=TUESDAY_NOON)
    invoice.nudge(RULES, note=None, at=TUESDAY_NOON)
    with pytest.raises(AskFirst):
        invoice.escalate(RULES, note="Urgent", at=TUESDAY_NOON + timedelta(hours=23))

    invoice.escalate(RULES, note="Urgent", at=TUESDAY_NOON + timedelta(days=1))

    assert names(invoice)[-1] == "approval-escalated"
    with pytest.raises(EscalatedAlready):
        invoice.escalate(RULES, note="Urgent", at=TUESDAY_NOON + timedelta(days=2))


@pytest.mark.requirement("S-063")
def test_nobody_is_asked_about_an_invoice_that_is_not_held() -> None:
    invoice = submitted(billing("100.00"))

    with pytest.raises(NothingToAskFor, match="is approved"):
        invoice.nudge(RULES, note=None, at=FRIDAY_NOON)
    with pytest.raises(NothingToAskFor):
        invoice.escalate(RULES, note="x", at=FRIDAY_NOON)

"""Held invoices wait for people: who may be away, must be reminded, can be asked, and is measured."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.chassis.testing import RefusedCall
from services.contracts.actors import Actor
from services.contracts.invoicing import commands, views, waiting
from services.contracts.invoicing.views import Answered, InvoiceStatus, InvoiceWaiting, WorkedTime
from services.invoicing.domain.invoice import Invoice
from tests.service.invoicing.world import World, billing

MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WORKDAY = timedelta(days=1)


@pytest.fixture
def held(world: World) -> views.Invoice:
    """An invoice that is held since Monday noon."""
    world.at(MONDAY)
    return world.send(billing("5250.01"), number="H-1")


def wait_of(world: World, invoice: views.Invoice, actor: Actor) -> Any:
    return world.call(waiting.GetInvoiceWait(invoice_id=invoice.id), actor)


def name_admin_deputy(world: World, last: date | None = None) -> Any:
    today = MONDAY.date()
    wish = waiting.NameDeputy(deputy_id=world.admin.user_id, first_day=today, last_day=last or today)
    return world.call(wish, world.buyer)


@pytest.mark.requirement("S-063")
def test_both_sides_see_how_long_it_waits_in_working_time_and_with_whom(
    world: World, held: views.Invoice
) -> None:
    world.at(MONDAY + timedelta(days=1, hours=2))

    for actor in (world.buyer, world.supplier, world.operator):
        told = wait_of(world, held, actor)
        assert told.waited == WorkedTime(days=1, hours=2)
        [decider] = told.deciders
        assert (decider.person.name, decider.email, decider.phone) == (
            "Anna Buyer", "anna@example.com", "+380 44 123 4567",
        )  # fmt: skip
        assert told.may_decide is (actor is world.buyer)
        [listed] = world.call(commands.ListInvoices(), actor).items
        assert listed.waited == told.waited


@pytest.mark.requirement("S-043")
def test_a_deputy_decides_while_the_initiator_is_away_and_the_records_say_for_whom(
    world: World, held: views.Invoice
) -> None:
    approve = commands.ApproveInvoice(invoice_id=held.id)
    with pytest.raises(RefusedCall) as refusal:
        world.call(approve, world.admin)
    assert refusal.value.code == "not-the-initiator"

    name_admin_deputy(world)
    world.watch()

    assert world.get(held.id).deputy.name == "Boris Boss"
    waits = world.call(commands.ListInvoices(waiting_for=InvoiceWaiting.DECISION), world.admin)
    assert [item.id for item in waits.items] == [held.id]
    assert wait_of(world, held, world.admin).may_decide
    decided = world.call(approve, world.admin)
    assert (decided.decided_by.name, decided.decided_for.name) == ("Boris Boss", "Anna Buyer")
    assert decided.deputy is None
    history = world.call(commands.GetInvoiceHistory(invoice_id=held.id), world.supplier)
    assert history.entries[-1].state.decided_for.name == "Anna Buyer"


@pytest.mark.requirement("S-043")
def test_a_deputyship_ends_by_itself_or_when_somebody_ends_it(world: World, held: views.Invoice) -> None:
    deputyship = name_admin_deputy(world, last=MONDAY.date() + WORKDAY)
    world.watch()
    world.call(waiting.EndDeputyship(deputyship_id=deputyship.id), world.buyer)
    world.watch()
    assert world.get(held.id).deputy is None

    name_admin_deputy(world)
    world.watch()
    assert world.get(held.id).deputy is not None
    world.at(MONDAY + timedelta(hours=12))
    world.watch()
    assert world.get(held.id).deputy is None
    with pytest.raises(RefusedCall):
        world.call(commands.ApproveInvoice(invoice_id=held.id), world.admin)


def test_one_person_stands_in_at_a_time_and_only_a_colleague(world: World) -> None:
    world.at(MONDAY)
    name_admin_deputy(world)

    with pytest.raises(RefusedCall) as refusal:
        name_admin_deputy(world, last=MONDAY.date() + 3 * WORKDAY)
    assert refusal.value.code == "already-away"
    wish = waiting.NameDeputy(
        deputy_id=world.supplier.user_id, first_day=date(2027, 1, 1), last_day=date(2027, 1, 2)
    )
    with pytest.raises(RefusedCall) as refusal:
        world.call(wish, world.buyer)
    assert refusal.value.status == 404
    colleagues = world.call(waiting.ListDeputyships(), world.buyer).colleagues
    assert [person.name for person in colleagues] == ["Anna Buyer", "Boris Boss", "Clara Count"]


@pytest.mark.requirement("S-064")
def test_several_processes_that_watch_at_once_remind_once(world: World, held: views.Invoice) -> None:
    world.at(MONDAY + WORKDAY)

    with ThreadPoolExecutor(4) as processes:
        for each in [processes.submit(world.watch) for _ in range(8)]:
            each.result()
    world.watch()

    assert world.facts().count("approval-reminded") == 1
    assert world.get(held.id).reminders == 1


@pytest.mark.requirement("S-064")
def test_a_watch_that_dies_in_the_middle_has_done_nothing_and_the_next_one_does_it(
    world: World, held: views.Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.at(MONDAY + WORKDAY)

    class Killed(BaseException):
        pass

    def killed(*_: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("services.chassis.database.Transaction.commit", killed)
        with pytest.raises(Killed):
            world.watch()
    assert "approval-reminded" not in world.facts()

    world.watch()

    assert world.facts().count("approval-reminded") == 1


@pytest.mark.requirement("S-064")
def test_an_invoice_that_cannot_be_looked_after_keeps_no_other_waiting(
    world: World, held: views.Invoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = world.send(billing("5250.02"), number="H-2", order=world.announce(world.an_order()))
    world.at(MONDAY + WORKDAY)
    look_after = Invoice.look_after

    def faulty(invoice: Invoice, *rest: Any) -> None:
        if invoice.id == held.id:
            raise ZeroDivisionError
        look_after(invoice, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(Invoice, "look_after", faulty)
        with pytest.raises(ExceptionGroup) as raised:
            world.watch()

    [fault] = raised.value.exceptions
    assert fault.__notes__ == [f"invoice {held.id}"]
    assert (world.get(held.id).reminders, world.get(other.id).reminders) == (0, 1)

    world.watch()

    assert world.get(held.id).reminders == 1


@pytest.mark.requirement("S-063")
@pytest.mark.requirement("S-065")
def test_a_supplier_asks_and_then_puts_the_operator_into_copy(world: World, held: views.Invoice) -> None:
    world.at(MONDAY + WORKDAY)
    world.call(waiting.NudgeInvoice(invoice_id=held.id, note="Please"), world.supplier)
    assert not wait_of(world, held, world.supplier).may_escalate
    with pytest.raises(RefusedCall) as refusal:
        world.call(waiting.NudgeInvoice(invoice_id=held.id), world.supplier)
    assert refusal.value.code == "asked-too-often"
    escalations = commands.ListInvoices(waiting_for=InvoiceWaiting.ESCALATION)
    assert world.call(escalations, world.operator).items == ()

    world.at(MONDAY + 2 * WORKDAY)
    assert wait_of(world, held, world.supplier).may_escalate
    world.call(waiting.EscalateInvoice(invoice_id=held.id, note="Urgent"), world.supplier)

    [waits] = world.call(escalations, world.operator).items
    assert (waits.id, waits.waited) == (held.id, WorkedTime(days=2, hours=0))
    [counted] = world.call(commands.GetInvoicesDashboard(), world.operator).waiting
    assert (counted.waiting_for, counted.count) == (InvoiceWaiting.ESCALATION, 1)


@pytest.mark.requirement("S-068")
def test_how_soon_the_first_answer_came_is_measured_and_each_number_opens_its_list(
    world: World, held: views.Invoice
) -> None:
    world.at(MONDAY + 3 * WORKDAY)
    world.call(commands.RejectInvoice(invoice_id=held.id, reason="No"), world.buyer)
    late = world.send(billing("5250.01"), number="H-2")
    overdue = world.send(
        billing("6250.01", order_line=1), number="H-3", order=world.announce(world.an_order())
    )
    world.at(MONDAY + 14 * WORKDAY)
    world.watch()
    world.call(commands.ApproveInvoice(invoice_id=late.id), world.buyer)

    for actor in (world.buyer, world.supplier, world.operator):
        answers = world.call(commands.GetInvoicesDashboard(), actor).answers
        assert (answers.in_time, answers.late, answers.overdue) == (1, 1, 1)
        for how, expected in ((Answered.IN_TIME, held), (Answered.LATE, late), (Answered.OVERDUE, overdue)):
            listed = world.call(commands.ListInvoices(answered=how), actor).items
            assert [item.id for item in listed] == [expected.id]
    minutes = world.rows("select worked_minutes from answers order by answered_at")
    assert minutes[0].worked_minutes == 3 * 8 * 60


def test_a_changed_calendar_holds_for_what_waits_already(world: World, held: views.Invoice) -> None:
    customer = world.buyer.organisation_id
    tuesday = waiting.Holiday(day=MONDAY.date() + WORKDAY, name="Flour Day")
    world.watch()

    rules = world.call(waiting.GetWaitingRules(customer_id=customer), world.supplier)
    terms = waiting.WaitingTerms(holidays=(tuesday,))
    changed = world.call(
        waiting.ChangeWaitingRules(customer_id=customer, terms=terms), world.admin, expected=rules.sequence
    )

    assert (changed.sequence, changed.changed_by.name) == (1, "Boris Boss")
    world.at(MONDAY + WORKDAY + timedelta(hours=1))
    world.watch()
    assert world.get(held.id).reminders == 0
    world.at(MONDAY + 2 * WORKDAY)
    world.watch()
    assert world.get(held.id).reminders == 1


def test_only_those_who_keep_suppliers_change_the_rules(world: World) -> None:
    wish = waiting.ChangeWaitingRules(customer_id=world.buyer.organisation_id, terms=waiting.WaitingTerms())

    with pytest.raises(RefusedCall) as refusal:
        world.call(wish, world.accountant, expected=0)

    assert refusal.value.status == 403


def test_an_invoice_that_is_given_back_and_sent_again_is_asked_about_anew(
    world: World, held: views.Invoice
) -> None:
    world.at(MONDAY + WORKDAY)
    world.watch()
    world.call(commands.ReturnInvoice(invoice_id=held.id, reason="Check"), world.buyer)
    world.watch()

    again = world.call(commands.SendInvoiceDraft(invoice_id=held.id), world.supplier)

    assert (again.status, again.reminders, again.asked_at) == (InvoiceStatus.PENDING, 0, MONDAY + WORKDAY)

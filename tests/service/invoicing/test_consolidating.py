"""Consolidated invoices on the real database: once each, whoever starts, however often, at whatever instant."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.chassis.database import Call
from services.chassis.ids import new_id
from services.chassis.testing import RefusedCall, an_actor
from services.contracts.accounts.events import OrganisationRegistered
from services.contracts.accounts.views import ContactData, Organisation
from services.contracts.actors import Actor, OrganisationKind, Role
from services.contracts.invoicing import consolidation as asked
from services.contracts.invoicing import events, replacing
from services.contracts.invoicing.consolidation import ConsolidatedStatus, RunStatus
from services.contracts.invoicing.replacing import ReplacementRoute
from services.contracts.parties import Party
from tests.service.invoicing.world import World, a_line, billing, party

LINE_AGAIN = """
    insert into consolidated_lines select consolidated_id, 9, invoice_id, invoice_number, issue_date, supplier_id,
    supplier_name, order_id, order_number, net, tax, gross from consolidated_lines"""
FIFTEENTH = datetime(2026, 11, 15, 9, tzinfo=UTC)


class Office:
    """The operator's bookkeeping in a world, and what the broker would do for it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.keeper = an_actor(Role.OPERATOR_ACCOUNTING, name="Olena", organisation_name="The Operator")
        self.delivered = 0
        self.at(FIFTEENTH)

    def at(self, moment: datetime) -> None:
        self.world.harness.database.clock = lambda: moment

    def known_since(self, moment: datetime) -> None:
        self.world.harness.must_deliver(
            OrganisationRegistered(
                organisation=Organisation(
                    id=self.keeper.organisation_id,
                    sequence=1,
                    kind=OrganisationKind.OPERATOR,
                    name="The Operator",
                    country="UA",
                    tax_number=None,
                    address=None,
                    contact=ContactData(),
                    notification_emails=(),
                    registered_at=moment,
                )
            )
        )
        self.world.rows_changed(f"update operators set known_since = '{moment.isoformat()}'")

    def start(self, day: date | None = None) -> asked.ConsolidationRun:
        answer: asked.ConsolidationRun = self.world.call(asked.StartConsolidation(day=day), self.keeper)
        return answer

    def waiting(self) -> list[events.ConsolidationDue]:
        told = [data for name, data in self.world.harness.facts() if name == "consolidation-due"]
        return [
            events.ConsolidationDue(
                run_id=UUID(data["run_id"]),
                day=date.fromisoformat(data["day"]),
                until=datetime.fromisoformat(data["until"]),
                operator=_party(data["operator"]),
                customer=_party(data["customer"]),
            )
            for data in told
        ]

    def work_off(self) -> None:
        """What the broker does: hand invoicing its own events, each once."""
        for due in self.waiting()[self.delivered :]:
            self.delivered += 1
            self.world.harness.must_deliver(due)

    def run(self, day: date | None = None) -> asked.ConsolidationRun:
        run = self.start(day)
        self.work_off()
        answer: asked.ConsolidationRun = self.world.call(
            asked.GetConsolidationRun(run_id=run.id), self.keeper
        )
        return answer

    def documents(self, actor: Actor | None = None, **what: Any) -> tuple[asked.ConsolidatedSummary, ...]:
        page = self.world.call(asked.ListConsolidatedInvoices(**what), actor or self.keeper)
        items: tuple[asked.ConsolidatedSummary, ...] = page.items
        return items

    def document(self, id: UUID, actor: Actor | None = None) -> asked.ConsolidatedInvoice:
        answer: asked.ConsolidatedInvoice = self.world.call(
            asked.GetConsolidatedInvoice(consolidated_id=id), actor or self.keeper
        )
        return answer


def _party(data: dict[str, str]) -> Party:
    return Party(id=UUID(data["id"]), name=data["name"])


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)


@pytest.mark.requirement("S-083")
def test_each_approved_invoice_stands_on_exactly_one_document_and_a_repetition_issues_nothing(
    world: World, office: Office
) -> None:
    first, second = world.send(billing("1000.00")), world.send(billing("200.50"))
    held = world.send(billing("9000.00"))
    foreseen = world.call(asked.PreviewConsolidation(), office.keeper)

    run = office.run()

    assert (run.status, run.day, run.started_by.name) == (RunStatus.FINISHED, FIFTEENTH.date(), "Olena")
    [document] = office.documents()
    shown = office.document(document.id)
    assert (document.number, document.invoices, document.gross) == ("CI-2026-00001", 2, Decimal("1200.50"))
    assert [line.invoice_id for line in shown.lines] == [first.id, second.id]
    assert document.due_date == date(2026, 12, 15)
    assert run.totals == foreseen.totals
    assert held.id not in {line.invoice_id for line in shown.lines}

    again = office.run()
    assert (again.id, again.sequence, len(office.documents())) == (run.id, run.sequence, 1)
    assert world.call(asked.PreviewConsolidation(), office.keeper).shares == ()


@pytest.mark.requirement("S-083")
def test_what_is_approved_later_waits_for_the_next_run(world: World, office: Office) -> None:
    world.send(billing("100.00"))
    office.run()
    office.at(datetime(2026, 11, 15, 10, tzinfo=UTC))
    late = world.send(billing("50.00"))

    office.run()
    assert len(office.documents()) == 1

    office.at(datetime(2026, 11, 30, 9, tzinfo=UTC))
    office.run()
    [newest, _] = office.documents()
    assert [line.invoice_id for line in office.document(newest.id).lines] == [late.id]
    assert newest.number == "CI-2026-00002"


@pytest.mark.requirement("S-083")
def test_a_crash_between_two_customers_is_made_good_and_nothing_is_doubled(
    world: World, office: Office
) -> None:
    world.send(billing("100.00"))
    stranger = replace(world.a_partnership(), id=new_id(), customer=party(world.stranger))
    world.heard_partnership(stranger)
    theirs = world.announce(world.an_order(a_line(), customer=party(world.stranger)))
    world.send(billing("300.00"), order=theirs)
    run = office.start()
    one, other = office.waiting()

    # The process dies before the second customer; the broker hands the first one's message out twice.
    world.harness.must_deliver(one)
    world.harness.must_deliver(one)
    halfway = world.call(asked.GetConsolidationRun(run_id=run.id), office.keeper)
    assert (halfway.status, halfway.waiting, len(office.documents())) == (RunStatus.RUNNING, 1, 1)

    # Somebody starts it again, and then both messages of the rest arrive.
    office.start()
    [_, _, repeated] = office.waiting()
    assert repeated.customer == other.customer
    world.harness.must_deliver(repeated)
    world.harness.must_deliver(other)

    finished = world.call(asked.GetConsolidationRun(run_id=run.id), office.keeper)
    assert (finished.status, finished.waiting) == (RunStatus.FINISHED, 0)
    assert sorted(document.gross for document in office.documents()) == [Decimal("100.00"), Decimal("300.00")]
    assert [(each.documents, each.gross) for each in finished.totals] == [(2, Decimal("400.00"))]


@pytest.mark.requirement("S-083")
def test_two_who_start_at_the_same_instant_start_one_run(world: World, office: Office) -> None:
    for _ in range(5):
        world.send(billing("10.00"))

    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: office.start(), range(4)))
        assert len({run.id for run in runs}) == 1
        list(pool.map(world.harness.deliver, office.waiting()))

    [document] = office.documents()
    assert (document.invoices, document.gross) == (5, Decimal("50.00"))
    [row] = world.rows(
        "select count(*) as lines, count(distinct invoice_id) as invoices from consolidated_lines"
    )
    assert (row.lines, row.invoices) == (5, 5)


@pytest.mark.requirement("S-083")
def test_it_starts_by_itself_on_the_day_once_in_any_number_of_processes(world: World, office: Office) -> None:
    world.send(billing("10.00"))
    tick: Callable[[], None] = world.harness.service.consolidate_on_the_day
    tick()
    assert office.waiting() == [], "nobody has told who the operator is"

    office.known_since(datetime(2026, 11, 1, tzinfo=UTC))
    office.at(datetime(2026, 11, 14, 23, 59, tzinfo=UTC))
    tick()
    assert office.waiting() == []

    office.at(FIFTEENTH)
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: tick(), range(3)))
    assert len(office.waiting()) == 1
    office.work_off()
    tick()

    page = world.call(asked.ListConsolidationRuns(), office.keeper)
    assert [(run.day, run.started_by, run.status) for run in page.items] == [
        (date(2026, 11, 15), None, RunStatus.FINISHED)
    ]


@pytest.mark.requirement("S-083")
def test_days_on_which_nothing_ran_are_made_good_one_after_the_other(world: World, office: Office) -> None:
    office.known_since(datetime(2026, 10, 20, tzinfo=UTC))
    office.at(datetime(2026, 12, 1, tzinfo=UTC))
    tick: Callable[[], None] = world.harness.service.consolidate_on_the_day

    for _ in range(5):
        tick()

    page = world.call(asked.ListConsolidationRuns(), office.keeper)
    assert [run.day for run in page.items] == [date(2026, 11, 30), date(2026, 11, 15), date(2026, 10, 30)]


@pytest.mark.requirement("S-083")
def test_a_customer_that_cannot_be_billed_does_not_keep_the_others_from_the_next_run(
    world: World, office: Office
) -> None:
    world.send(billing("10.00"))
    tick: Callable[[], None] = world.harness.service.consolidate_on_the_day
    office.known_since(datetime(2026, 11, 1, tzinfo=UTC))
    office.at(FIFTEENTH)
    tick()
    # Its message becomes a dead letter: nobody hands it out.
    [lost] = office.waiting()
    office.delivered = 1

    office.at(datetime(2026, 11, 30, 1, tzinfo=UTC))
    tick()
    office.work_off()
    [document] = office.documents()
    assert document.day == date(2026, 11, 30)

    # Replayed at last, it finds nothing left to bill, and its run ends too.
    world.harness.must_deliver(lost)
    assert office.documents() == (document,)
    page = world.call(asked.ListConsolidationRuns(), office.keeper)
    assert [run.status for run in page.items] == [RunStatus.FINISHED, RunStatus.FINISHED]


def test_it_is_paid_as_the_invoices_behind_it_are(world: World, office: Office) -> None:
    first, second = world.send(billing("100.00")), world.send(billing("50.00"))
    world.pay(first.id, "100.00")
    office.run()

    [document] = office.documents(status=(ConsolidatedStatus.PARTLY_PAID,))
    assert (document.paid, document.open) == (Decimal("100.00"), Decimal("50.00"))

    world.pay(second.id, "50.00")
    [document] = office.documents(status=(ConsolidatedStatus.PAID,))
    assert (document.status, document.open) == (ConsolidatedStatus.PAID, Decimal("0.00"))
    assert office.documents(status=(ConsolidatedStatus.ISSUED,)) == ()


@pytest.mark.requirement("S-208")
def test_a_customer_sees_its_own_and_nobody_elses(world: World, office: Office) -> None:
    world.send(billing("100.00"))
    office.run()
    [document] = office.documents(world.accountant)

    assert office.document(document.id, world.accountant).lines[0].gross == Decimal("100.00")
    assert office.documents(world.stranger) == ()
    with pytest.raises(RefusedCall) as refusal:
        office.document(document.id, world.stranger)
    assert (refusal.value.status, refusal.value.code) == (404, "not-found")
    for wish in (asked.ListConsolidatedInvoices(), asked.GetConsolidatedInvoice(consolidated_id=document.id)):
        with pytest.raises(RefusedCall) as refusal:
            world.call(wish, world.supplier)
        assert refusal.value.status == 403
    for actor in (world.admin, world.operator):
        with pytest.raises(RefusedCall) as refusal:
            world.call(asked.StartConsolidation(), actor)
        assert refusal.value.status == 403


@pytest.mark.parametrize(
    "wish",
    [
        asked.StartConsolidation(),
        asked.ChangeConsolidationTerms(time_zone="UTC", payment_days=1),
        asked.RegisterTaxInvoice(consolidated_id=new_id(), registration="1", registered_on=date(2026, 11, 1)),
        asked.PreviewConsolidation(),
        asked.GetConsolidationTerms(),
        asked.ListConsolidationRuns(),
        asked.GetConsolidationRun(run_id=new_id()),
    ],
    ids=lambda wish: type(wish).__name__,
)
def test_runs_terms_and_registrations_are_the_operators_alone(
    world: World, office: Office, wish: Any
) -> None:
    for actor in (world.accountant, world.admin, world.buyer, world.supplier, world.stranger):
        with pytest.raises(RefusedCall) as refusal:
            world.call(wish, actor)
        assert refusal.value.status == 403


def test_row_level_security_hides_a_document_from_everybody_else(world: World, office: Office) -> None:
    world.send(billing("100.00"))
    office.run()

    for actor, seen in ((world.accountant, 1), (world.stranger, 0), (world.supplier, 0), (world.operator, 1)):
        with world.harness.database.transaction(Call(actor=actor)) as tx:
            for table in ("consolidated_invoices", "consolidated_lines"):
                assert tx.execute(text(f"select count(*) from {table}")).scalar() == seen, (actor, table)
            runs = tx.execute(text("select count(*) from consolidation_runs")).scalar()
            assert runs == (1 if actor is world.operator else 0)


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("update invoices set approval = null, status = 'canceled'", "invoices_consolidated_approved"),
        (LINE_AGAIN, "consolidated_lines_once"),
        ("update consolidated_invoices set gross = gross + 1", None),
        ("delete from consolidated_lines", None),
    ],
)  # fmt: skip
def test_the_database_refuses_what_the_rules_refuse(
    world: World, office: Office, statement: str, constraint: str | None
) -> None:
    world.send(billing("100.00"))
    office.run()

    with pytest.raises(DBAPIError) as refusal:
        world.rows_changed(statement)

    if constraint is not None:
        assert refusal.value.orig.diag.constraint_name == constraint


def test_the_terms_are_the_operators_choice(world: World, office: Office) -> None:
    told = world.call(asked.GetConsolidationTerms(), office.keeper)
    assert (told.time_zone, told.sequence, told.next_day) == ("UTC", 0, date(2026, 11, 30))

    world.call(
        asked.ChangeConsolidationTerms(time_zone="Europe/Kyiv", payment_days=10), office.keeper, expected=0
    )
    world.send(billing("100.00"))
    office.run()

    assert office.documents()[0].due_date == date(2026, 11, 25)
    with pytest.raises(RefusedCall) as refusal:
        world.call(asked.ChangeConsolidationTerms(time_zone="UTC", payment_days=1), office.keeper, expected=0)
    assert refusal.value.code == "stale"


def test_what_was_told_can_be_read_again(world: World, office: Office) -> None:
    world.send(billing("100.00"))
    office.run()

    told = [name for name, _ in world.harness.facts()]
    assert told[-5:] == [
        "consolidation-due",
        "consolidation-started",
        "consolidated-invoice-issued",
        "consolidation-advanced",
        "consolidation-finished",
    ]


@pytest.mark.requirement("S-082", "S-087")
def test_its_supplier_is_told_the_day_of_the_document_and_nothing_else_of_it(
    world: World, office: Office
) -> None:
    invoice = world.send(billing("100.00"))
    question = replacing.GetReplacementAdvice(invoice_id=invoice.id)
    assert world.call(question, world.supplier).route is ReplacementRoute.REPLACE

    office.run()

    for actor in (world.supplier, world.accountant, world.operator):
        told = world.call(question, actor)
        assert (told.route, told.consolidated_on) == (ReplacementRoute.RETURN_NOTE, FIFTEENTH.date())
    for actor in (world.rival, world.stranger):
        with pytest.raises(RefusedCall) as refusal:
            world.call(question, actor)
        assert refusal.value.status == 404


@pytest.mark.requirement("S-085")
def test_the_operator_receives_every_invoice_once_it_was_sent(world: World, office: Office) -> None:
    draft, sent = world.draft(billing("5.00")), world.send(billing("100.00"))

    assert world.get(sent.id, office.keeper).gross == Decimal("100.00")
    with pytest.raises(RefusedCall) as refusal:
        world.get(draft.id, office.keeper)
    assert refusal.value.status == 404


@pytest.mark.requirement("S-086")
def test_every_document_has_a_tax_invoice_whose_registration_the_customer_reads(
    world: World, office: Office
) -> None:
    world.send(billing("100.00"))
    office.run()
    [document] = office.documents()
    wish = asked.RegisterTaxInvoice(
        consolidated_id=document.id, registration="9087", registered_on=FIFTEENTH.date()
    )

    for actor in (world.accountant, world.operator):
        with pytest.raises(RefusedCall) as refusal:
            world.call(wish, actor)
        assert refusal.value.status == 403
    world.call(wish, office.keeper)

    told = office.document(document.id, world.accountant).summary.tax_invoice
    assert told is not None
    assert (told.number, told.registration, told.registered_by.name) == ("TI-2026-00001", "9087", "Olena")
    assert world.facts()[-1] == "tax-invoice-registered"
    with pytest.raises(DBAPIError):
        world.rows_changed("update consolidated_invoices set tax_registration = '1', net = net")
    with pytest.raises(DBAPIError):
        world.rows_changed("update consolidated_invoices set due_date = due_date + 1")

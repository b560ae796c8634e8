"""Whoever is not a party to an invoice finds nothing and changes nothing, by any operation."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from services.chassis.database import Call
from services.chassis.ids import new_id
from services.chassis.testing import RefusedCall
from services.contracts.actors import BUYERS, SUPPLIERS, Actor
from services.contracts.invoicing import (
    audits,
    bulk,
    bulk_files,
    commands,
    comparing,
    consolidation,
    credit_notes,
    decisions,
    discrepancies,
    payments,
    reconciliations,
    replacing,
    reports,
    tax_invoices,
    waiting,
)
from services.contracts.invoicing.tolerances import MatchingWay, Tolerance
from services.contracts.invoicing.views import DisputeOutcome, DisputeReason, Invoice
from services.contracts.shapes import operation
from tests.service.invoicing.world import World, billing


@dataclass(frozen=True)
class Documents:
    """One of everything that a stranger might name."""

    draft: Invoice
    held: Invoice
    approved: Invoice
    payment: payments.PaymentDocument
    credit_note: credit_notes.CreditNote
    tolerance: Tolerance
    deputyship: waiting.Deputyship
    statement: reconciliations.Reconciliation
    tax_invoice: tax_invoices.TaxInvoice


@pytest.fixture
def documents(world: World) -> Documents:
    approved = world.send(billing("10.00"), number="A-1")
    world.pay(approved.id, "1.00")
    world.call(
        commands.DescribeItem(partnership_id=world.partnership.id, item_number="IT-1", category="Flour"),
        world.admin,
    )
    world.call(
        commands.ChangeMatching(partnership_id=world.partnership.id, way=MatchingWay.TWO, tells_limit=False),
        world.admin,
        expected=0,
    )
    rejected = world.send(billing("9000.00"), number="R-1")
    world.call(commands.RejectInvoice(invoice_id=rejected.id, reason="Too much"), world.buyer)
    world.call(
        waiting.ChangeWaitingRules(
            customer_id=world.buyer.organisation_id, terms=waiting.WaitingTerms(time_zone="Europe/Kyiv")
        ),
        world.admin,
        expected=0,
    )
    return Documents(
        deputyship=world.call(
            waiting.NameDeputy(
                deputy_id=world.admin.user_id, first_day=date(2099, 1, 1), last_day=date(2099, 1, 9)
            ),
            world.buyer,
        ),
        tolerance=world.set_tolerance(percent=Decimal(5)),
        draft=world.draft(billing("10.00"), number="D-1"),
        held=world.send(billing("5250.01"), number="H-1"),
        approved=approved,
        payment=world.pay_many("2.00", (approved, "1.00")),
        credit_note=world.call(_credit_of(approved, "CN-1"), world.supplier),
        statement=_statement_of(world),
        tax_invoice=world.call(
            tax_invoices.IssueTaxInvoice(invoice_id=approved.id, number="TI-1"), world.supplier
        ),
    )


def _statement_of(world: World) -> reconciliations.Reconciliation:
    drafted = world.call(_reconciling(world), world.supplier).reconciliation
    sent = reconciliations.SendReconciliation(reconciliation_id=drafted.id)
    answer: reconciliations.Reconciliation = world.call(sent, world.supplier).reconciliation
    return answer


def _reconciling(world: World) -> reconciliations.DraftReconciliation:
    return reconciliations.DraftReconciliation(
        partner_id=world.buyer.organisation_id,
        currency="EUR",
        date_from=date(2026, 1, 1),
        date_to=world.now().date(),
    )


def _credit_of(invoice: Invoice, number: str) -> credit_notes.IssueCreditNote:
    return credit_notes.IssueCreditNote(
        invoice_id=invoice.id,
        number=number,
        basis=credit_notes.CreditBasis.VALUE,
        reason="x",
        lines=(credit_notes.CreditContent(line=1, amount=Decimal("0.10")),),
    )


Wish = Callable[[World, Documents], Any]

OF_ONE_DOCUMENT: dict[str, Wish] = {
    "draft_invoice": lambda w, _: commands.DraftInvoice(order_id=w.order.id),
    "change_invoice_draft": lambda _, d: commands.ChangeInvoiceDraft(
        invoice_id=d.draft.id, issue_date=date(2026, 11, 1), lines=(billing("1.00"),)
    ),
    "delete_invoice_draft": lambda _, d: commands.DeleteInvoiceDraft(invoice_id=d.draft.id),
    "send_invoice_draft": lambda _, d: commands.SendInvoiceDraft(invoice_id=d.draft.id),
    "send_invoice": lambda w, _: commands.SendInvoice(order_id=w.order.id, number="X-1"),
    "cancel_invoice": lambda _, d: commands.CancelInvoice(invoice_id=d.held.id, reason="x"),
    "approve_invoice": lambda _, d: commands.ApproveInvoice(invoice_id=d.held.id),
    "reject_invoice": lambda _, d: commands.RejectInvoice(invoice_id=d.held.id, reason="x"),
    "return_invoice": lambda _, d: commands.ReturnInvoice(invoice_id=d.held.id, reason="x"),
    "note_originals": lambda _, d: commands.NoteOriginals(invoice_id=d.approved.id, received=True),
    "plan_payment": lambda _, d: commands.PlanPayment(invoice_id=d.approved.id, planned_on=date(2030, 1, 1)),
    "register_payment": lambda _, d: commands.RegisterPayment(invoice_id=d.approved.id, amount=Decimal(1)),
    "record_payment": lambda w, _: payments.RecordPayment(
        supplier_id=w.supplier.organisation_id, currency="EUR", amount=Decimal(1)
    ),
    "allocate_payment": lambda w, d: payments.AllocatePayment(
        payment_id=d.payment.id, allocations=w.parts((d.approved, "1.00"))
    ),
    "reverse_payment": lambda _, d: payments.ReversePayment(payment_id=d.payment.id, reason="x"),
    "get_payment": lambda _, d: payments.GetPayment(payment_id=d.payment.id),
    "issue_credit_note": lambda _, d: _credit_of(d.approved, "CN-2"),
    "get_credit_note": lambda _, d: credit_notes.GetCreditNote(credit_note_id=d.credit_note.id),
    "get_open_quantities": lambda w, _: commands.GetOpenQuantities(order_id=w.order.id),
    "get_invoice": lambda _, d: commands.GetInvoice(invoice_id=d.approved.id),
    "preflight_invoice": lambda w, _: commands.PreflightInvoice(order_id=w.order.id),
    "preflight_invoice_draft": lambda _, d: commands.PreflightInvoiceDraft(invoice_id=d.draft.id),
    "get_invoice_matches": lambda _, d: commands.GetInvoiceMatches(invoice_id=d.approved.id),
    "get_invoice_decisions": lambda _, d: decisions.GetInvoiceDecisions(invoice_id=d.approved.id),
    "get_invoice_history": lambda _, d: commands.GetInvoiceHistory(invoice_id=d.approved.id),
    "list_payments": lambda _, d: commands.ListPayments(invoice_id=d.approved.id),
    "dispute_line": lambda _, d: commands.DisputeLine(
        invoice_id=d.approved.id, line=1, reason=DisputeReason.PRICE, note="x"
    ),
    "settle_dispute": lambda _, d: commands.SettleDispute(
        invoice_id=d.approved.id, dispute_id=d.approved.id, outcome=DisputeOutcome.RELEASED
    ),
    "set_tolerance": lambda w, d: commands.SetTolerance(
        supplier_id=w.supplier.organisation_id, terms=d.tolerance.terms
    ),
    "end_tolerance": lambda _, d: commands.EndTolerance(tolerance_id=d.tolerance.id),
    "get_tolerance": lambda _, d: commands.GetTolerance(tolerance_id=d.tolerance.id),
    "change_matching": lambda w, _: commands.ChangeMatching(
        partnership_id=w.partnership.id, way=MatchingWay.TWO, tells_limit=True
    ),
    "get_matching_policy": lambda w, _: commands.GetMatchingPolicy(partnership_id=w.partnership.id),
    "change_order_matching": lambda w, _: commands.ChangeOrderMatching(order_id=w.order.id, way=None),
    "get_order_matching": lambda w, _: commands.GetOrderMatching(order_id=w.order.id),
    "describe_item": lambda w, _: commands.DescribeItem(partnership_id=w.partnership.id, item_number="IT-1"),
    "get_invoice_wait": lambda _, d: waiting.GetInvoiceWait(invoice_id=d.held.id),
    "nudge_invoice": lambda _, d: waiting.NudgeInvoice(invoice_id=d.held.id),
    "escalate_invoice": lambda _, d: waiting.EscalateInvoice(invoice_id=d.held.id, note="x"),
    "get_waiting_rules": lambda w, _: waiting.GetWaitingRules(customer_id=w.buyer.organisation_id),
    "change_waiting_rules": lambda w, _: waiting.ChangeWaitingRules(
        customer_id=w.buyer.organisation_id, terms=waiting.WaitingTerms()
    ),
    "name_deputy": lambda w, _: waiting.NameDeputy(
        deputy_id=w.admin.user_id, first_day=date(2098, 1, 1), last_day=date(2098, 1, 9)
    ),
    "get_deputyship": lambda _, d: waiting.GetDeputyship(deputyship_id=d.deputyship.id),
    "end_deputyship": lambda _, d: waiting.EndDeputyship(deputyship_id=d.deputyship.id),
    "compare_ledger": lambda w, _: comparing.CompareLedger(
        partner_id=w.buyer.organisation_id, currency="EUR", rows=()
    ),
    "draft_reconciliation": lambda w, _: _reconciling(w),
    "change_reconciliation_draft": lambda _, d: reconciliations.ChangeReconciliationDraft(
        reconciliation_id=d.statement.id, date_from=date(2026, 1, 1), date_to=date(2026, 1, 2)
    ),
    "send_reconciliation": lambda _, d: reconciliations.SendReconciliation(reconciliation_id=d.statement.id),
    "revise_reconciliation": lambda _, d: reconciliations.ReviseReconciliation(
        reconciliation_id=d.statement.id,
        answers=(reconciliations.ObjectionAnswer(objection=1, answer="x"),),
    ),
    "withdraw_reconciliation": lambda _, d: reconciliations.WithdrawReconciliation(
        reconciliation_id=d.statement.id, reason="x"
    ),
    "confirm_reconciliation": lambda _, d: reconciliations.ConfirmReconciliation(
        reconciliation_id=d.statement.id
    ),
    "contest_reconciliation": lambda _, d: reconciliations.ContestReconciliation(
        reconciliation_id=d.statement.id,
        objections=(
            reconciliations.ObjectionContent(line=1, reason=reconciliations.ObjectionReason.UNKNOWN),
        ),
    ),
    "get_reconciliation": lambda _, d: reconciliations.GetReconciliation(reconciliation_id=d.statement.id),
    "get_reconciliation_history": lambda _, d: reconciliations.GetReconciliationHistory(
        reconciliation_id=d.statement.id
    ),
    "issue_tax_invoice": lambda _, d: tax_invoices.IssueTaxInvoice(invoice_id=d.held.id, number="TI-2"),
    "register_supplier_tax_invoice": lambda _, d: tax_invoices.RegisterSupplierTaxInvoice(
        tax_invoice_id=d.tax_invoice.id, registration="9", registered_on=date(2030, 1, 1)
    ),
    "ask_for_delivery_date": lambda _, d: tax_invoices.AskForDeliveryDate(
        tax_invoice_id=d.tax_invoice.id,
        delivery_note_number="DN-1",
        delivery_note_date=date(2026, 1, 1),
        wanted_date=date(2026, 1, 2),
        reason="x",
    ),
    "grant_delivery_date": lambda _, d: tax_invoices.GrantDeliveryDate(
        tax_invoice_id=d.tax_invoice.id, request_id=d.approved.id
    ),
    "refuse_delivery_date": lambda _, d: tax_invoices.RefuseDeliveryDate(
        tax_invoice_id=d.tax_invoice.id, request_id=d.approved.id, answer="x"
    ),
    "get_tax_invoice": lambda _, d: tax_invoices.GetTaxInvoice(tax_invoice_id=d.tax_invoice.id),
    "get_tax_invoice_history": lambda _, d: tax_invoices.GetTaxInvoiceHistory(
        tax_invoice_id=d.tax_invoice.id
    ),
    "list_item_facts": lambda w, _: commands.ListItemFacts(partnership_id=w.partnership.id),
}
NAMES = (
    "tax_invoice_id", "credit_note_id", "payment_id", "order_id", "invoice_id", "partnership_id",
    "tolerance_id", "supplier_id", "deputyship_id", "deputy_id", "customer_id", "reconciliation_id", "partner_id",
)  # fmt: skip
OF_MANY = {
    "list_billable_orders",  # see test_bulk
    "preflight_invoices",  # see test_bulk
    "send_invoices",  # see test_bulk
    "list_billable_lines",  # these three: see test_bulk_files
    "preflight_invoice_file",
    "send_invoice_file",
    "replay_matching",  # see test_replaying
    "list_tolerances",
    "get_discrepancies",  # these three: see test_discrepancy_rates
    "list_discrepant_lines",
    "set_discrepancy_advice",
    "list_deputyships",
    "list_tax_invoices",  # see test_taxing
    "list_invoices",
    "list_payment_documents",
    "list_credit_notes",
    "list_reconciliations",
    "list_balances",  # these four: see test_accounts
    "get_balances_by_order",
    "get_account_statement",
    "get_ageing",
    "check_ledger",  # for operators alone: see test_books
    "list_ledger_checks",
    "start_consolidation",  # for operators alone, or of one customer; these ten: see test_consolidating
    "change_consolidation_terms",
    "register_tax_invoice",
    "preview_consolidation",
    "get_consolidation_terms",
    "list_consolidation_runs",
    "get_consolidation_run",
    "list_consolidated_invoices",
    "get_consolidated_invoice",
    "get_replacement_advice",
    "get_invoices_dashboard",
    "get_partner_balance",
    "search_invoices",  # see test_search
    "count_drafts",  # see test_replicas
}


def test_every_operation_is_among_these_tests() -> None:
    declared = {
        operation(wish).name
        for module in (
            audits,
            bulk,
            bulk_files,
            commands,
            comparing,
            consolidation,
            credit_notes,
            decisions,
            discrepancies,
            payments,
            reconciliations,
            replacing,
            reports,
            tax_invoices,
            waiting,
        )
        for wish in vars(module).values()
        if isinstance(wish, type) and hasattr(wish, "__operation__")
    }

    assert declared == set(OF_ONE_DOCUMENT) | OF_MANY


def _foreigners(world: World, wish: Any) -> list[Actor]:
    allowed = operation(type(wish)).allowed or frozenset()
    return [actor for actor in (world.rival, world.stranger) if actor.has_any(allowed)]


@pytest.mark.requirement("S-234")
@pytest.mark.parametrize("name", sorted(OF_ONE_DOCUMENT))
def test_a_stranger_is_told_that_there_is_no_such_thing_and_changes_nothing(
    world: World, documents: Documents, name: str
) -> None:
    wish = OF_ONE_DOCUMENT[name](world, documents)
    before = world.fingerprint()

    foreigners = _foreigners(world, wish)
    for actor in foreigners:
        with pytest.raises(RefusedCall) as refusal:
            world.call(wish, actor)
        assert (refusal.value.status, refusal.value.code) == (404, "not-found")

    assert foreigners
    assert world.fingerprint() == before


@pytest.mark.requirement("S-208")
@pytest.mark.parametrize("name", sorted(OF_ONE_DOCUMENT))
def test_a_foreign_document_looks_like_one_that_does_not_exist(
    world: World, documents: Documents, name: str
) -> None:
    wish = OF_ONE_DOCUMENT[name](world, documents)
    [field] = [name for name in NAMES if getattr(wish, name, None) is not None]
    nowhere = dataclasses.replace(wish, **{field: new_id()})

    for actor in _foreigners(world, wish):
        told = []
        for asked in (wish, nowhere):
            with pytest.raises(RefusedCall) as refusal:
                world.call(asked, actor)
            told.append(refusal.value.detail.replace(str(getattr(asked, field)), "…"))
        assert told[0] == told[1]


@pytest.mark.requirement("S-208")
def test_lists_and_balances_hold_nothing_of_others(world: World, documents: Documents) -> None:
    for actor in (world.rival, world.stranger):
        if actor.has_any(BUYERS):
            assert world.call(commands.ListTolerances(), actor).items == ()
            assert world.call(waiting.ListDeputyships(), actor).items == ()
        assert world.call(commands.ListInvoices(), actor).items == ()
        assert world.call(payments.ListPaymentDocuments(), actor).items == ()
        assert world.call(credit_notes.ListCreditNotes(), actor).items == ()
        assert world.call(reconciliations.ListReconciliations(), actor).items == ()
        assert world.call(commands.ListInvoices(order_id=world.order.id), actor).items == ()
        assert world.call(commands.ListInvoices(search="A-1"), actor).items == ()
        numbers = world.call(commands.GetInvoicesDashboard(), actor)
        assert (numbers.by_status, numbers.ageing) == ((), ())
        assert all(waiting.count == 0 for waiting in numbers.waiting)
        for partner in (world.buyer, world.supplier):
            with pytest.raises(RefusedCall) as refusal:
                world.call(commands.GetPartnerBalance(partner_id=partner.organisation_id), actor)
            assert refusal.value.status == 404


@pytest.mark.requirement("S-020")
def test_a_draft_exists_for_its_supplier_alone(world: World, documents: Documents) -> None:
    for actor in (world.buyer, world.admin, world.operator):
        for wish in (
            commands.GetInvoice(invoice_id=documents.draft.id),
            commands.GetInvoiceHistory(invoice_id=documents.draft.id),
            commands.ListPayments(invoice_id=documents.draft.id),
        ):
            with pytest.raises(RefusedCall) as refusal:
                world.call(wish, actor)
            assert refusal.value.status == 404
        listed = {item.id for item in world.call(commands.ListInvoices(), actor).items}
        assert {documents.held.id, documents.approved.id} <= listed
        assert documents.draft.id not in listed
    mine = {item.id for item in world.call(commands.ListInvoices(), world.supplier).items}
    assert documents.draft.id in mine


@pytest.mark.requirement("S-234")
@pytest.mark.parametrize(
    "table",
    [
        "orders",
        "partnerships",
        "invoices",
        "invoice_lines",
        "matches",
        "credit_notes",
        "tax_invoices",
        "payment_documents",
        "payments",
        "ledger",
        "journal",
        "tolerances",
        "policies",
        "matching_choices",
        "items",
        "waiting_rules",
        "deputyships",
        "answers",
        "reconciliations",
        "reconciliation_lines",
        "number_series",
    ],
)
def test_the_database_itself_hides_the_rows_of_others(world: World, documents: Documents, table: str) -> None:
    def seen_by(actor: Actor) -> int:
        with world.harness.database.transaction(Call(actor=actor)) as tx:
            return int(tx.execute(text(f"select count(*) from {table}")).scalar_one())

    [everything] = world.rows(f"select count(*) from {table}")
    assert everything.count > 0
    assert seen_by(world.rival) == seen_by(world.stranger) == 0
    assert seen_by(world.supplier) + seen_by(world.buyer) > 0
    if table == "matches":
        assert seen_by(world.supplier) == 0


@pytest.mark.requirement("S-234")
@pytest.mark.parametrize(
    "statement",
    [
        "update invoices set note = 'mine'",
        "update orders set approved_net = 0",
        "update payment_documents set allocated = 0",
        "delete from invoices",
        "delete from invoice_lines",
        "update tolerances set valid_to = valid_from",
        "update policies set version = 0",
        "update matching_choices set tells_limit = true",
        "update items set category = 'Sand'",
        "update waiting_rules set terms = '{}'",
        "update deputyships set last_day = '2100-01-01'",
        "update people set name = 'Mallory'",
    ],
)
def test_the_database_itself_lets_nobody_write_the_rows_of_others(
    world: World, documents: Documents, statement: str
) -> None:
    before = world.fingerprint()

    for actor in (world.rival, world.stranger, world.operator):
        with world.harness.database.transaction(Call(actor=actor)) as tx:
            assert tx.execute(text(statement)).rowcount == 0

    assert world.fingerprint() == before


def test_no_customer_is_shown_how_a_supplier_is_matched_elsewhere(world: World, documents: Documents) -> None:
    with pytest.raises(RefusedCall) as refusal:
        world.call(commands.GetInvoiceMatches(invoice_id=documents.held.id), world.supplier)

    assert refusal.value.status == 403
    assert not operation(commands.GetInvoiceMatches).allowed & SUPPLIERS  # type: ignore[operator]

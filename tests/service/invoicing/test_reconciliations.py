"""Reconciliation statements on the real database: frozen, seen by whom they concern, with numbers of their own."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.chassis.ids import new_id
from services.chassis.testing import RefusedCall
from services.contracts.accounts.events import SupplierPortalDisabled
from services.contracts.actors import Actor
from services.contracts.invoicing import commands, comparing
from services.contracts.invoicing import reconciliations as wishes
from services.contracts.invoicing.reconciliations import (
    ObjectionReason,
    ReconciliationStatement,
    ReconciliationStatus,
)
from services.contracts.parties import Person
from tests.service.invoicing.world import World, billing

S = ReconciliationStatus


def _draft(world: World, actor: Actor | None = None) -> ReconciliationStatement:
    actor = actor or world.supplier
    partner = world.buyer if actor is world.supplier else world.supplier
    today = world.now().date()
    wish = wishes.DraftReconciliation(
        partner_id=partner.organisation_id,
        currency="EUR",
        date_from=today - timedelta(days=30),
        date_to=today,
    )
    answer: ReconciliationStatement = world.call(wish, actor)
    return answer


def _sent(world: World, actor: Actor | None = None) -> ReconciliationStatement:
    drafted = _draft(world, actor)
    wish = wishes.SendReconciliation(reconciliation_id=drafted.reconciliation.id)
    answer: ReconciliationStatement = world.call(wish, actor or world.supplier)
    return answer


def _read(world: World, statement: ReconciliationStatement, actor: Actor) -> ReconciliationStatement:
    wish = wishes.GetReconciliation(reconciliation_id=statement.reconciliation.id)
    answer: ReconciliationStatement = world.call(wish, actor)
    return answer


def _listed(world: World, actor: Actor, **asked: Any) -> list[Any]:
    return [each.id for each in world.call(wishes.ListReconciliations(**asked), actor).items]


@pytest.mark.requirement("S-200", "S-213")
def test_a_sent_statement_stays_as_it_was_and_tells_what_was_booked_since(world: World) -> None:
    world.send(billing("1000.00"))
    world.pay_many("1200.00")
    statement = _sent(world)
    head = statement.reconciliation
    assert (head.number, head.status) == (f"RS-{world.now().year}-00001", S.SENT)
    assert (head.closing.receivable, head.closing.payable) == (1000, 1200)
    assert [(line.movement.receivable, line.movement.payable) for line in statement.lines] == [
        (1000, 0),
        (0, 1200),
    ]

    world.send(billing("500.00"))

    for actor in (world.supplier, world.accountant, world.operator):
        read = _read(world, statement, actor)
        assert read.lines == statement.lines
        assert read.reconciliation == head
        assert read.current.receivable == 1500


@pytest.mark.requirement("S-200", "S-214")
def test_a_draft_is_its_authors_own_and_follows_the_ledger(world: World) -> None:
    drafted = _draft(world, world.accountant)
    world.send(billing("70.00"))

    assert _read(world, drafted, world.accountant).reconciliation.closing.receivable == 70
    assert _listed(world, world.accountant) == [drafted.reconciliation.id]
    for actor in (world.supplier, world.operator):
        assert _listed(world, actor) == []
        with pytest.raises(RefusedCall) as refusal:
            _read(world, drafted, actor)
        assert refusal.value.status == 404


@pytest.mark.requirement("S-200")
def test_it_is_contested_answered_and_confirmed(world: World) -> None:
    invoice = world.send(billing("1000.00"))
    statement = _sent(world)
    one = statement.reconciliation.id
    contest = wishes.ContestReconciliation(
        reconciliation_id=one,
        objections=(
            wishes.ObjectionContent(line=1, reason=ObjectionReason.AMOUNT, amount=Decimal("990.00")),
        ),
        remark="See the delivery note.",
    )

    contested = world.call(contest, world.accountant)
    assert contested.reconciliation.claimed.receivable == 990
    assert _listed(world, world.supplier, status=(S.CONTESTED,)) == [one]

    world.pay(invoice.id, "10.00")
    answers = (wishes.ObjectionAnswer(objection=1, answer="You have paid it by now."),)
    revised = world.call(wishes.ReviseReconciliation(reconciliation_id=one, answers=answers), world.supplier)
    assert (revised.reconciliation.closing.receivable, len(revised.lines)) == (990, 2)

    world.call(wishes.ConfirmReconciliation(reconciliation_id=one), world.accountant)
    history = world.call(wishes.GetReconciliationHistory(reconciliation_id=one), world.accountant).entries
    assert [entry.event for entry in history] == [
        "reconciliation-sent",
        "reconciliation-contested",
        "reconciliation-revised",
        "reconciliation-confirmed",
    ]
    kept = world.rows(
        "select revision, jsonb_array_length(lines) as lines from reconciliation_lines order by 1"
    )
    assert [(row.revision, row.lines) for row in kept] == [(1, 1), (2, 2)]


def test_numbers_have_no_gaps_and_each_side_has_its_own(world: World) -> None:
    mine = [_sent(world).reconciliation.number for _ in range(2)]
    again = wishes.SendReconciliation(reconciliation_id=_sent(world).reconciliation.id)
    with pytest.raises(RefusedCall, match="not contested"):
        world.call(again, world.supplier)

    year = world.now().year
    assert mine == [f"RS-{year}-00001", f"RS-{year}-00002"]
    assert _sent(world).reconciliation.number == f"RS-{year}-00004"
    assert _sent(world, world.accountant).reconciliation.number == f"RS-{year}-00001"
    assert len(_listed(world, world.supplier, search=f"rs {year} 00002")) == 1


def test_what_was_sent_is_never_changed_in_the_database(world: World) -> None:
    _sent(world)

    with pytest.raises(Exception, match="only ever added"):
        world.rows_changed("update reconciliation_lines set lines = '[]'")


@pytest.mark.requirement("S-100", "S-101")
def test_with_the_portal_go_the_suppliers_drafts_and_what_was_sent_stays(world: World) -> None:
    sent, drafted, theirs = _sent(world), _draft(world), _draft(world, world.accountant)
    asked = commands.CountDrafts(partnership_id=world.partnership.id)
    assert world.call(asked, world.admin).statements == 1

    world.change_terms(enabled=False)
    world.harness.must_deliver(
        SupplierPortalDisabled(
            partnership_id=world.partnership.id,
            customer=world.partnership.customer,
            supplier=world.partnership.supplier,
            at=world.now(),
            by=Person(id=world.admin.user_id, name=world.admin.user_name),
        ),
        sequence=world.partnership.sequence,
        subject=new_id(),
    )

    assert _listed(world, world.supplier) == [sent.reconciliation.id]
    assert set(_listed(world, world.accountant)) == {theirs.reconciliation.id, sent.reconciliation.id}
    with pytest.raises(RefusedCall, match="switched the portal off"):
        _draft(world)
    assert drafted.reconciliation.status is S.DRAFT


@pytest.mark.requirement("S-214")
def test_a_table_is_compared_with_the_documents_of_the_account_on_either_side(world: World) -> None:
    invoice = world.send(billing("1000.00"), number="INV-77")
    world.pay_many("1200.00", (invoice, "1000.00"))
    today = world.now().date()
    rows = (
        comparing.LedgerRow(row=2, day=today, number="inv 77", amount=Decimal("1000.00")),
        comparing.LedgerRow(row=3, day=today, number="", amount=Decimal("-1200.00"), text="Bank"),
        comparing.LedgerRow(row=4, day=today - timedelta(days=400), number="OLD", amount=Decimal(1)),
    )
    turned = tuple(replace(row, amount=-row.amount) for row in rows)

    for actor, partner, table in (
        (world.supplier, world.buyer, rows),
        (world.accountant, world.supplier, turned),
    ):
        wish = comparing.CompareLedger(
            partner_id=partner.organisation_id,
            currency="EUR",
            date_from=today - timedelta(days=30),
            rows=table,
        )
        found = world.call(wish, actor)
        assert [(pair.theirs.row, pair.basis.value) for pair in found.matched] == [
            (2, "number"),
            (3, "nearness"),
        ]
        assert (found.turned, found.outside) == (table is turned, 1)
        assert found.ours_total == found.theirs_total == -200

"""The schema states the rules once more."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.chassis.database import Call
from tests.service.invoicing.world import World, billing

ANOTHER_ENTRY = """
    insert into ledger select 'approval', id, 9, partnership_id, customer_id, supplier_id, order_id, id,
    'receivable', 1, currency, issue_date, submitted_at from invoices"""
PASSED_ABOVE_THE_LIMIT = """
    insert into matches select gen_random_uuid(), invoice_id, customer_id, supplier_id, 'passes',
    2, 1, document from matches"""


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        ("update orders set limit_net = approved_net - 0.01", "orders_approved_net"),
        ("update orders set limit_gross = approved_gross - 0.01", "orders_approved_gross"),
        ("update invoices set gross = gross + 0.01", "invoices_sums"),
        ("update invoices set paid = gross + 0.01", "invoices_paid"),
        ("update invoices set credited = gross + 0.01", "invoices_credited"),
        ("update invoice_lines set credited_quantity = quantity + 1", "invoice_lines_credited"),
        ("update invoices set disputed = gross - paid + 0.01", "invoices_disputed"),
        ("update invoices set status = 'paid'", "invoices_payment_status"),
        ("update invoices set status = 'pending'", "invoices_approval"),
        ("update invoices set number = null", "invoices_sent"),
        (ANOTHER_ENTRY, "ledger_sums_to_zero"),
        ("insert into ledger select * from ledger", "ledger_pkey"),
        ("update payment_documents set allocated = amount + 0.01", "payment_documents_allocated"),
        ("update payment_documents set reversed_at = now()", "payment_documents_reversed"),
        (PASSED_ABOVE_THE_LIMIT, "matches_passed_within_limit"),
    ],
)
def test_the_database_refuses_what_the_rules_refuse(world: World, statement: str, constraint: str) -> None:
    invoice = world.send(billing("10.00"))
    world.pay_many("1.00", (world.send(billing("1.00")), "1.00"))
    assert invoice.paid == 0
    before = world.fingerprint()

    with pytest.raises(DBAPIError) as refusal:
        world.rows_changed(statement)

    assert refusal.value.orig.diag.constraint_name == constraint  # type: ignore[union-attr]
    assert world.fingerprint() == before


@pytest.mark.requirement("S-230")
@pytest.mark.parametrize("table", ["matches", "payments", "ledger"])
@pytest.mark.parametrize("how", ["update {0} set customer_id = customer_id", "delete from {0}"])
def test_what_is_only_added_to_is_never_changed(world: World, table: str, how: str) -> None:
    invoice = world.send(billing("10.00"))
    world.pay(invoice.id, "1.00")

    with pytest.raises(DBAPIError):
        world.rows_changed(how.format(table))


@pytest.mark.requirement("S-230")
@pytest.mark.parametrize(
    "statement", ["update payment_documents set amount = amount + 1", "delete from payment_documents"]
)
def test_a_payment_is_taken_back_and_never_changed(world: World, statement: str) -> None:
    world.pay_many("5.00")

    with pytest.raises(DBAPIError):
        world.rows_changed(statement)


def test_only_the_system_writes_the_replica_of_partnerships(world: World) -> None:
    with world.harness.database.transaction(Call(actor=world.admin)) as tx:
        changed = tx.execute(text("update partnerships set tolerance_rate = 100")).rowcount

    assert changed == 0

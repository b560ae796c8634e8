"""The books recomputed: everything that is kept twice, once as an entry and once on a document, must agree.

Each rule is one statement that answers what disagrees: where, what the documents say, what the books say.
"""

from datetime import UTC, datetime, time
from time import perf_counter

from sqlalchemy import func, insert, select, text

from services.chassis import logs, metrics, wire
from services.chassis.database import Transaction
from services.contracts.invoicing.audits import AuditRule, Difference, LedgerCheck, LedgerChecks
from services.invoicing.tables import invoices, ledger, ledger_checks

log = logs.logger(__name__)

MOST_KEPT = 100
SHOWN = 30
_LOCK = 7_210

RULES: dict[AuditRule, str] = {
    AuditRule.POSTINGS: """
        select source_type || ' ' || source_id as subject, 0 as expected, sum(amount) as found
        from ledger group by source_type, source_id, currency having sum(amount) <> 0""",
    AuditRule.RECEIVABLES: """
        select 'invoice ' || i.id as subject,
            case when i.approval is not null then i.gross - i.paid - i.deducted else 0 end as expected,
            coalesce(l.sum, 0) as found
        from invoices i left join (
            select invoice_id, sum(amount) as sum from ledger where account = 'receivable' group by invoice_id
        ) l on l.invoice_id = i.id
        where coalesce(l.sum, 0) <> case when i.approval is not null then i.gross - i.paid - i.deducted else 0 end""",
    AuditRule.ADVANCES: """
        select 'account ' || customer_id || ' ' || supplier_id || ' ' || currency as subject,
            sum(expected) as expected, sum(found) as found
        from (
            select customer_id, supplier_id, currency, amount - allocated as expected, 0 as found
            from payment_documents where reversed_at is null
            union all
            select customer_id, supplier_id, currency, 0, -amount from ledger where account = 'advance'
        ) both_sides group by customer_id, supplier_id, currency having sum(expected) <> sum(found)""",
    AuditRule.PAID: """
        select 'invoice ' || i.id as subject, coalesce(p.sum, 0) as expected, i.paid as found
        from invoices i left join (
            select a.invoice_id, sum(a.amount) as sum from payments a
            join payment_documents d on d.id = a.payment_id and d.reversed_at is null group by a.invoice_id
        ) p on p.invoice_id = i.id
        where i.paid <> coalesce(p.sum, 0)""",
    AuditRule.ALLOCATED: """
        select 'payment ' || d.id as subject,
            case when d.reversed_at is null then coalesce(p.sum, 0) else 0 end as expected, d.allocated as found
        from payment_documents d left join (
            select payment_id, sum(amount) as sum from payments group by payment_id
        ) p on p.payment_id = d.id
        where d.allocated <> case when d.reversed_at is null then coalesce(p.sum, 0) else 0 end""",
    AuditRule.CREDITED: """
        select 'invoice ' || i.id as subject, coalesce(c.sum, 0) as expected, i.credited as found
        from invoices i left join (
            select invoice_id, sum(gross) as sum from credit_notes group by invoice_id
        ) c on c.invoice_id = i.id
        where i.credited <> coalesce(c.sum, 0)""",
    AuditRule.STATUS: """
        select 'invoice ' || i.id as subject, expected, i.status as found
        from invoices i cross join lateral (
            select case when i.paid + i.deducted = i.gross and i.gross > 0 then 'paid'
                when i.paid > 0 then 'partly-paid' else 'approved' end as expected
        ) told
        where i.approval is not null and i.status <> expected""",
}


def check(tx: Transaction) -> LedgerCheck:
    """Recompute everything, keep what was found, and tell it: a number to watch, a line for each difference."""
    began = perf_counter()
    tx.execute(text("set local statement_timeout = '600s'"))
    found: list[Difference] = []
    for rule, statement in RULES.items():
        rows = tx.execute(text(statement)).all()
        metrics.ledger_differences.labels(rule.name.lower()).set(len(rows))
        found += [
            Difference(rule=rule, subject=row.subject, expected=str(row.expected), found=str(row.found))
            for row in rows
        ]
    for difference in found[:MOST_KEPT]:
        log.error(
            "the books differ", rule=difference.rule.value, subject=difference.subject,
            expected=difference.expected, found=difference.found,
        )  # fmt: skip
    checked = LedgerCheck(
        id=tx.new_id(),
        at=tx.at,
        entries=tx.execute(select(func.count()).select_from(ledger)).scalar_one(),
        invoices=tx.execute(select(func.count()).select_from(invoices)).scalar_one(),
        milliseconds=round(1000 * (perf_counter() - began)),
        count=len(found),
        differences=tuple(found[:MOST_KEPT]),
    )
    tx.execute(insert(ledger_checks), {"id": checked.id, "at": tx.at, "document": wire.encode(checked)})
    metrics.ledger_checked.set(tx.at.timestamp())
    log.info("the books were checked", entries=checked.entries, differences=checked.count)
    return checked


def check_once_a_night(tx: Transaction) -> LedgerCheck | None:
    """Check unless it was done today already; of many processes one does it."""
    if not tx.execute(select(func.pg_try_advisory_xact_lock(_LOCK))).scalar_one():
        return None
    midnight = datetime.combine(tx.at.date(), time(), UTC)
    if tx.execute(select(ledger_checks.c.id).where(ledger_checks.c.at >= midnight)).first():
        return None
    return check(tx)


def last_checks(tx: Transaction) -> LedgerChecks:
    """The last checks, the newest first."""
    wanted = select(ledger_checks.c.document).order_by(ledger_checks.c.at.desc()).limit(SHOWN)
    documents = tx.execute(wanted).scalars()
    return LedgerChecks(items=tuple(wire.decode(LedgerCheck, document) for document in documents))

"""Our side of a comparison: the documents of an account, each with all that it moves."""

from collections.abc import Sequence
from dataclasses import replace

from services.chassis.database import Transaction
from services.chassis.errors import Fault, Invalid
from services.contracts.invoicing.comparing import (
    MOST_ENTRIES,
    CompareLedger,
    LedgerComparison,
    OurEntry,
)
from services.contracts.invoicing.reports import AccountMovement, GetAccountStatement
from services.contracts.money import EXACT, total
from services.invoicing import reports
from services.invoicing.domain.comparing import compared, counted


def compare(tx: Transaction, question: CompareLedger) -> LedgerComparison:
    """Compare a table with the ledger of a time."""
    statement = reports.statement(
        tx,
        GetAccountStatement(
            partner_id=question.partner_id,
            currency=question.currency,
            date_from=question.date_from,
            date_to=question.date_to,
        ),
    )
    ours = entries_of(statement.movements)
    if len(ours) > MOST_ENTRIES:
        fault = Fault("/date_from", f"leaves more than {MOST_ENTRIES:,} documents; choose a shorter time")
        raise Invalid("Too much is to be compared.", [fault])
    theirs = [row for row in question.rows if statement.date_from <= row.day <= statement.date_to]
    made = compared(ours, theirs)
    return LedgerComparison(
        customer=statement.customer,
        supplier=statement.supplier,
        currency=statement.currency,
        date_from=statement.date_from,
        date_to=statement.date_to,
        rows=len(question.rows),
        outside=len(question.rows) - len(theirs),
        turned=made.turned,
        matched=made.matched,
        differing=made.differing,
        ours_only=made.ours_only,
        theirs_only=made.theirs_only,
        ours_total=total(entry.amount for entry in ours),
        theirs_total=total(counted(row, turned=made.turned) for row in theirs),
        faults=question.faults,
    )


def entries_of(movements: Sequence[AccountMovement]) -> list[OurEntry]:
    """The documents behind movements, each once; what moves nothing all in all, as using an advance, is none."""
    found: dict[tuple[object, object, object], OurEntry] = {}
    for movement in movements:
        amount = EXACT.subtract(movement.receivable, movement.payable)
        key = (movement.kind, movement.source_id, movement.day)
        known = found.get(key)
        if known is not None:
            found[key] = replace(known, amount=EXACT.add(known.amount, amount))
            continue
        found[key] = OurEntry(
            kind=movement.kind,
            source_id=movement.source_id,
            day=movement.day,
            number=movement.number,
            invoice_id=movement.invoice_id,
            invoice_number=movement.invoice_number,
            amount=amount,
        )
    return [entry for entry in found.values() if entry.amount]

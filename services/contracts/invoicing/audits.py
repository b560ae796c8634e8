"""Whether the books agree with the documents: what the nightly check recomputed, and where it found a difference."""

from enum import StrEnum
from typing import Annotated

from services.contracts.actors import OPERATORS, Role
from services.contracts.kinds import Count, Id, Instant, Text
from services.contracts.shapes import Command, Query, command, query, shape

AUDITORS = frozenset({Role.OPERATOR_ACCOUNTING, Role.OPERATOR_MANAGEMENT, Role.OPERATOR_DEVELOPMENT})


class AuditRule(StrEnum):
    """What must be true of the books."""

    POSTINGS = "every posting sums to zero"
    RECEIVABLES = "what an invoice owes is what its entries say"
    ADVANCES = "the advances of an account are what is left of its payments"
    PAID = "what is paid of an invoice is the sum of its payments that hold"
    ALLOCATED = "what a payment has paid is the sum of its allocations"
    CREDITED = "what is credited of an invoice is the sum of its credit notes"
    STATUS = "the status of an invoice is that of its sums"


@shape
class Difference:
    """One thing that is not as it must be."""

    rule: Annotated[AuditRule, "What was checked."]
    subject: Annotated[Text, "Where: the posting, invoice, payment or account."]
    expected: Annotated[Text, "What the documents say."]
    found: Annotated[Text, "What the books say."]


@shape
class LedgerCheck:
    """One recomputation of all books."""

    id: Annotated[Id, "The check."]
    at: Annotated[Instant, "When."]
    entries: Annotated[Count, "Entries of the ledger that were summed."]
    invoices: Annotated[Count, "Invoices that were recomputed."]
    milliseconds: Annotated[Count, "How long it took."]
    count: Annotated[Count, "How many differences there are."]
    differences: Annotated[tuple[Difference, ...], "The first hundred of them."]


@shape
class LedgerChecks:
    """The last checks, the newest first."""

    items: Annotated[tuple[LedgerCheck, ...], "The checks."]


@command("invoicing", answers=LedgerCheck, allowed=AUDITORS)
class CheckLedger(Command):
    """Recompute balances and states from the entries now, as every night."""


@query("invoicing", answers=LedgerChecks, allowed=OPERATORS)
class ListLedgerChecks(Query):
    """What the last checks of the books found."""

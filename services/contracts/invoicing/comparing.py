"""A ledger of another program compared with ours: which entries are the same, and which stand on one side only."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from services.contracts.actors import PARTIES
from services.contracts.invoicing.reports import AccountMovementKind
from services.contracts.kinds import (
    Amount,
    Count,
    CurrencyCode,
    Day,
    DocumentNumber,
    Id,
    Reason,
    Sum,
    Text,
)
from services.contracts.parties import Party
from services.contracts.shapes import Example, Length, Query, Range, query, shape

MOST_ENTRIES = 5_000
"""Rows of one table, and entries of ours in its time."""

RowNumber = Annotated[int, Range(least=1, most=1_000_000), Example(2)]
Score = Annotated[int, Range(least=0, most=100), Example(100)]
EntryNumber = Annotated[str, Length(0, 100), Example("INV-0042")]


class LedgerColumn(StrEnum):
    """The columns of a table of ledger entries."""

    DAY = "day"
    NUMBER = "number"
    DEBIT = "debit"
    CREDIT = "credit"
    AMOUNT = "amount"
    TEXT = "text"


class MatchBasis(StrEnum):
    """By what two entries were taken for the same."""

    NUMBER = "number"
    """The number of the document, spelling aside."""
    TEXT = "text"
    """The number stands in the text of the row."""
    NEARNESS = "nearness"
    """The same amount on a day that is near."""


@shape
class LedgerRow:
    """An entry of the other ledger."""

    row: Annotated[RowNumber, "Its row in the table."]
    day: Annotated[Day, "Its day."]
    number: Annotated[EntryNumber, "The number of its document; empty when the table has none."] = ""
    amount: Annotated[Amount, "Debit less credit, as the table has it."]
    text: Annotated[Text, "What else it says."] = ""


@shape
class LedgerFault:
    """What could not be read in a table."""

    row: Annotated[RowNumber, "The row."]
    column: Annotated[LedgerColumn, "The column."]
    detail: Annotated[Reason, "What is wrong, and what to do."]


@shape
class OurEntry:
    """A document in our ledger, with all that it moves on the account."""

    kind: Annotated[AccountMovementKind, "What it is."]
    source_id: Annotated[Id, "The invoice, payment or credit note."]
    day: Annotated[Day, "The day it counts on."]
    number: Annotated[Text, "Its number, or the reference of the payment."]
    invoice_id: Annotated[Id | None, "The invoice it concerns."]
    invoice_number: Annotated[DocumentNumber | None, "That invoice's number."]
    amount: Annotated[Sum, "What it adds to what the customer owes, all in all."]


@shape
class LedgerPair:
    """An entry of each ledger that are the same document."""

    ours: Annotated[OurEntry, "Ours."]
    theirs: Annotated[LedgerRow, "The other ledger's."]
    basis: Annotated[MatchBasis, "By what they were found."]
    score: Annotated[Score, "How sure that is, in percent."]
    difference: Annotated[
        Sum, "What the other ledger has more, counted as ours; nothing of pairs that agree."
    ]


@shape
class LedgerComparison:
    """Every entry of both ledgers, once: in a pair, or alone."""

    customer: Annotated[Party, "Who buys."]
    supplier: Annotated[Party, "Who sells."]
    currency: Annotated[CurrencyCode, "Currency of all sums."]
    date_from: Annotated[Day, "The first day."]
    date_to: Annotated[Day, "The last day."]
    rows: Annotated[Count, "Rows of the table that could be read."]
    outside: Annotated[Count, "Rows among them of other days, which were left aside."]
    turned: Annotated[bool, "Whether the table counts the other way round: what is owed is its credit."]
    matched: Annotated[tuple[LedgerPair, ...], "The same in both."]
    differing: Annotated[tuple[LedgerPair, ...], "The same document with another amount."]
    ours_only: Annotated[tuple[OurEntry, ...], "Only in our ledger."]
    theirs_only: Annotated[tuple[LedgerRow, ...], "Only in the other one; amounts as the table has them."]
    ours_total: Annotated[Sum, "Sum of our entries."]
    theirs_total: Annotated[Sum, "Sum of the other ledger's entries, counted as ours."]
    faults: Annotated[tuple[LedgerFault, ...], "Rows that could not be read, and why."]


@query("invoicing", answers=LedgerComparison, allowed=PARTIES)
class CompareLedger(Query):
    """Compare a table of entries, out of whatever program, with our ledger of a time (S-214)."""

    partner_id: Annotated[Id, "The customer or supplier on the other side."]
    currency: Annotated[CurrencyCode, "In this currency."]
    date_from: Annotated[date | None, "The first day; that of this month when left out."] = None
    date_to: Annotated[date | None, "The last day; today when left out."] = None
    rows: Annotated[tuple[LedgerRow, ...], Length(0, MOST_ENTRIES), "The rows of the table."]
    faults: Annotated[tuple[LedgerFault, ...], Length(0, 20_000), "What of it could not be read."] = ()

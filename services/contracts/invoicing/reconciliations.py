"""Reconciliation statements: one side's account of a time, which the other side confirms or contests by line."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from services.contracts.actors import EVERYONE, SUPPLIERS
from services.contracts.history import Step
from services.contracts.invoicing.commands import PAYERS
from services.contracts.invoicing.reports import AccountMovement, AccountStanding
from services.contracts.kinds import (
    After,
    Amount,
    Count,
    CurrencyCode,
    Day,
    DocumentNumber,
    Id,
    Instant,
    Limit,
    LineNumber,
    Next,
    Reason,
    Remark,
    Sequence,
    Sum,
    Text,
)
from services.contracts.parties import Party, Person
from services.contracts.shapes import Command, Length, Query, command, query, shape

BOOKKEEPERS = PAYERS | SUPPLIERS
"""Who speaks for the books of either side."""

MOST_LINES = 5_000
"""Lines of one statement; a longer time is sent in parts."""

MOST_OBJECTIONS = 500


class ReconciliationStatus(StrEnum):
    """Where a reconciliation statement stands."""

    DRAFT = "draft"
    SENT = "sent"
    CONFIRMED = "confirmed"
    CONTESTED = "contested"
    WITHDRAWN = "withdrawn"


class ObjectionReason(StrEnum):
    """Why a line is contested."""

    AMOUNT = "amount"
    """The other side has another amount."""
    UNKNOWN = "unknown"
    """It has no such document."""
    PERIOD = "period"
    """It has it at another time."""
    MISSING = "missing"
    """It has a document that the statement has not."""
    OTHER = "other"


class AccountSide(StrEnum):
    """Which side of the account a figure stands on."""

    RECEIVABLE = "receivable"
    PAYABLE = "payable"


@shape
class ReconciliationLine:
    """A line of a statement: a movement of the account, with its number."""

    number: Annotated[LineNumber, "Position in the statement, from 1."]
    movement: Annotated[AccountMovement, "What has moved the account, and the documents behind it."]


@shape
class ObjectionContent:
    """What the other side says of one line, or of one that is missing."""

    line: Annotated[LineNumber | None, "The line; left out when it is one that the statement has not."] = None
    reason: Annotated[ObjectionReason, "Why; `missing` exactly when there is no line."]
    amount: Annotated[
        Amount | None,
        "What it has instead, on the side on which the line stands; of a missing line what that adds to what the "
        "customer owes, so that a payment is negative. Needed for `amount` and `missing`.",
    ] = None
    day: Annotated[date | None, "The day of a missing line; needed for it."] = None
    document: Annotated[DocumentNumber | None, "The number of a missing document; needed for it."] = None
    note: Annotated[Text, "More about it; needed for `other`."] = ""


@shape
class Objection:
    """A contested line, and what its author has answered."""

    number: Annotated[LineNumber, "Position among the objections, from 1."]
    line: Annotated[LineNumber | None, "The line; null when it is one that the statement has not."]
    reason: Annotated[ObjectionReason, "Why."]
    side: Annotated[AccountSide, "On which side of the account the figures stand."]
    day: Annotated[Day, "The day of the line, or of the missing one."]
    document: Annotated[Text, "The number of the document."]
    stated: Annotated[Sum, "What the statement says; nothing of a missing line."]
    own: Annotated[Sum | None, "What the other side has instead; null when the amount is not in question."]
    note: Annotated[Text, "What it says about it."]
    answer: Annotated[Remark | None, "What the author of the statement has answered."]


@shape
class Reconciliation:
    """A reconciliation statement without its lines: what is announced of it."""

    id: Annotated[Id, "The statement."]
    number: Annotated[DocumentNumber | None, "Its number, given when it is sent; null for a draft."]
    revision: Annotated[Count, "How often it was sent: 1 the first time, 0 for a draft."]
    status: Annotated[ReconciliationStatus, "Where it stands."]
    partnership_id: Annotated[Id, "The link between customer and supplier."]
    customer: Annotated[Party, "Who buys."]
    supplier: Annotated[Party, "Who sells."]
    author: Annotated[Party, "Which of the two has made it. The other one confirms or contests."]
    currency: Annotated[CurrencyCode, "Currency of all sums."]
    date_from: Annotated[Day, "The first day."]
    date_to: Annotated[Day, "The last day."]
    note: Annotated[Text, "What its author says with it."]
    opening: Annotated[AccountStanding, "Before the first day."]
    charged: Annotated[Sum, "Invoices of the time."]
    credited: Annotated[Sum, "Credit notes of the time."]
    paid: Annotated[Sum, "Payments of the time, less those that were taken back."]
    closing: Annotated[AccountStanding, "After the last day: opening + lines."]
    lines: Annotated[Count, "How many lines it has."]
    objections: Annotated[tuple[Objection, ...], "What the other side has contested last."]
    claimed: Annotated[
        AccountStanding | None, "The closing by the other side's books; null if it is the same."
    ]
    made_by: Annotated[Person, "Who made it."]
    made_at: Annotated[Instant, "When."]
    sent_at: Annotated[Instant | None, "When it was sent last; null for a draft."]
    decided_by: Annotated[Person | None, "Who confirmed, contested or withdrew it last."]
    decided_at: Annotated[Instant | None, "When."]
    remark: Annotated[Text, "What they said with it."]
    sequence: Annotated[Sequence, "Grows with every change; the ETag."]


@shape
class ReconciliationStatement:
    """A reconciliation statement: opening + lines = closing, receivables and payables apart (S-200, S-213).

    Once it is sent its lines stay as they were sent, whatever the ledger says later.
    """

    reconciliation: Annotated[Reconciliation, "What stands above and below the lines."]
    lines: Annotated[tuple[ReconciliationLine, ...], Length(0, MOST_LINES), "In the order of their days."]
    current: Annotated[AccountStanding, "After the last day as the ledger has it now."]
    sequence: Annotated[Sequence, "Grows with every change; the ETag."]


@shape
class ReconciliationSummary:
    """A reconciliation statement in a list."""

    id: Annotated[Id, "The statement."]
    number: Annotated[DocumentNumber | None, "Its number; null for a draft."]
    status: Annotated[ReconciliationStatus, "Where it stands."]
    customer: Annotated[Party, "Who buys."]
    supplier: Annotated[Party, "Who sells."]
    author: Annotated[Party, "Which of the two has made it."]
    currency: Annotated[CurrencyCode, "Currency."]
    date_from: Annotated[Day, "The first day."]
    date_to: Annotated[Day, "The last day."]
    receivable: Annotated[Sum, "What the customer owes after the last day."]
    payable: Annotated[Sum, "What the supplier owes after the last day: advances."]
    contested: Annotated[Count, "How many lines are contested."]
    sequence: Annotated[Sequence, "Grows with every change."]


@shape
class ReconciliationPage:
    """A page of reconciliation statements."""

    items: Annotated[tuple[ReconciliationSummary, ...], "The statements."]
    next: Next


class ReconciliationSort(StrEnum):
    """How reconciliation statements are sorted; with a minus the last or greatest first."""

    NEWEST = "-created"
    OLDEST = "created"
    DATE = "date"
    DATE_FALLING = "-date"
    RECEIVABLE = "receivable"
    RECEIVABLE_FALLING = "-receivable"


@shape
class ReconciliationEntry(Step):
    """One step in the life of a reconciliation statement."""

    state: Annotated[Reconciliation, "How it stood after it."]


@shape
class ReconciliationHistory:
    """What has happened to a reconciliation statement."""

    entries: Annotated[tuple[ReconciliationEntry, ...], "Oldest first."]


@shape
class ObjectionAnswer:
    """What the author answers to one objection."""

    objection: Annotated[LineNumber, "The objection."]
    answer: Annotated[Remark, "What to say; the other side reads it."]


# ------------------------------------------------------------------------------------------- its author


@command("invoicing", answers=ReconciliationStatement, allowed=BOOKKEEPERS)
class DraftReconciliation(Command):
    """Begin a reconciliation statement. Nobody else sees it, and its lines follow the ledger, until it is sent."""

    partner_id: Annotated[Id, "The customer or supplier on the other side."]
    currency: Annotated[CurrencyCode, "In this currency."]
    date_from: Annotated[Day, "The first day."]
    date_to: Annotated[Day, "The last day; today at the latest."]
    note: Annotated[Text, "What to say with it."] = ""


@command("invoicing", answers=ReconciliationStatement, allowed=BOOKKEEPERS)
class ChangeReconciliationDraft(Command):
    """Choose another time for a draft, or say something else with it."""

    reconciliation_id: Annotated[Id, "The draft."]
    date_from: Annotated[Day, "The first day."]
    date_to: Annotated[Day, "The last day; today at the latest."]
    note: Annotated[Text, "What to say with it."] = ""


@command("invoicing", answers=ReconciliationStatement, allowed=BOOKKEEPERS)
class SendReconciliation(Command):
    """Send a draft to the other side: it gets its number, and its lines are what they are now (S-200)."""

    reconciliation_id: Annotated[Id, "The draft."]


@command("invoicing", answers=ReconciliationStatement, allowed=BOOKKEEPERS)
class ReviseReconciliation(Command):
    """Answer every objection and send the statement again, with the lines as the ledger has them by now."""

    reconciliation_id: Annotated[Id, "The contested statement."]
    answers: Annotated[
        tuple[ObjectionAnswer, ...], Length(1, MOST_OBJECTIONS), "One answer for each objection."
    ]


@command("invoicing", answers=ReconciliationStatement, allowed=BOOKKEEPERS)
class WithdrawReconciliation(Command):
    """Take back a statement that is not confirmed; a draft is thrown away."""

    reconciliation_id: Annotated[Id, "The statement."]
    reason: Annotated[Reason, "Why; the other side reads it if it was sent."]


# ------------------------------------------------------------------------------------------ the other side


@command("invoicing", answers=ReconciliationStatement, allowed=BOOKKEEPERS)
class ConfirmReconciliation(Command):
    """Agree with a statement: both sides have the same in their books. It is never changed again."""

    reconciliation_id: Annotated[Id, "The statement."]
    remark: Annotated[Remark | None, "What to say with it."] = None


@command("invoicing", answers=ReconciliationStatement, allowed=BOOKKEEPERS)
class ContestReconciliation(Command):
    """Disagree with a statement, line by line."""

    reconciliation_id: Annotated[Id, "The statement."]
    objections: Annotated[
        tuple[ObjectionContent, ...], Length(1, MOST_OBJECTIONS), "Each line once, and what is missing."
    ]
    remark: Annotated[Remark | None, "What to say with it."] = None


# ------------------------------------------------------------------------------------------------- reading


@query("invoicing", answers=ReconciliationStatement, allowed=EVERYONE)
class GetReconciliation(Query):
    """One reconciliation statement (S-200)."""

    reconciliation_id: Annotated[Id, "The statement."]


@query("invoicing", answers=ReconciliationHistory, allowed=EVERYONE)
class GetReconciliationHistory(Query):
    """What has happened to a reconciliation statement."""

    reconciliation_id: Annotated[Id, "The statement."]


@query("invoicing", answers=ReconciliationPage, allowed=EVERYONE)
class ListReconciliations(Query):
    """Reconciliation statements, the newest first unless sorted (S-200, S-214)."""

    partner_id: Annotated[Id | None, "Only with this customer or supplier."] = None
    status: Annotated[tuple[ReconciliationStatus, ...], Length(0, 5), "Only in one of these statuses."] = ()
    currency: Annotated[CurrencyCode | None, "Only in this currency."] = None
    date_from: Annotated[date | None, "Of a time that ends on this day or later."] = None
    date_to: Annotated[date | None, "Of a time that ends on this day or earlier."] = None
    search: Annotated[Text | None, "How the number begins; case, blanks and dashes do not matter."] = None
    sort: Annotated[ReconciliationSort, "In which order."] = ReconciliationSort.NEWEST
    after: After = None
    limit: Limit = 50

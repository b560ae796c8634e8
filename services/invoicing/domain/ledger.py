"""Which entries a fact posts: double entry, in the supplier's view, debits positive.

Entries are only ever added, those of one fact sum to zero, and a balance is their sum: no row holds one.
What each fact posts is written here once; a check can compare the ledger with the documents.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID


class Account(StrEnum):
    """Where an entry stands."""

    RECEIVABLE = "receivable"
    REVENUE = "revenue"
    TAX = "tax"
    MONEY = "money"


class Source(StrEnum):
    """What kind of fact an entry comes from."""

    APPROVAL = "approval"
    PAYMENT = "payment"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger; unique by source type, source and number."""

    source_type: Source
    source_id: UUID
    number: int
    account: Account
    amount: Decimal
    posted_on: date


def of_approval(invoice_id: UUID, net: Decimal, tax: Decimal, gross: Decimal, on: date) -> tuple[Entry, ...]:
    """The customer owes the gross sum: revenue and tax on the other side."""
    return _entries(
        Source.APPROVAL,
        invoice_id,
        on,
        ((Account.RECEIVABLE, gross), (Account.REVENUE, -net), (Account.TAX, -tax)),
    )


def of_payment(payment_id: UUID, amount: Decimal, on: date) -> tuple[Entry, ...]:
    """The customer owes less by what came in."""
    return _entries(Source.PAYMENT, payment_id, on, ((Account.MONEY, amount), (Account.RECEIVABLE, -amount)))


def _entries(
    source: Source, source_id: UUID, on: date, amounts: tuple[tuple[Account, Decimal], ...]
) -> tuple[Entry, ...]:
    # Numbered before the empty ones are left out: an account has the same number in every posting.
    return tuple(
        Entry(source, source_id, number, account, amount, on)
        for number, (account, amount) in enumerate(amounts, start=1)
        if amount != 0
    )

"""Which entries a fact posts: double entry, in the supplier's view, debits positive.

Entries are only ever added, those of one fact sum to zero, and a balance is their sum: no row holds one.
What each fact posts is written here once; a check can compare the ledger with the documents.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.contracts.money import EXACT, total


class Account(StrEnum):
    """Where an entry stands."""

    RECEIVABLE = "receivable"
    REVENUE = "revenue"
    TAX = "tax"
    MONEY = "money"
    ADVANCE = "advance"
    """What the customer has paid and no invoice has used up: owed to the customer, hence negative."""


OWED_BY_EITHER = (Account.RECEIVABLE, Account.ADVANCE)
"""The accounts a statement between the two sides shows. They are never netted (S-210)."""


class Source(StrEnum):
    """What kind of fact an entry comes from."""

    APPROVAL = "approval"
    PAYMENT = "payment"
    ALLOCATION = "allocation"
    REVERSAL = "reversal"
    CREDIT = "credit-note"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger; unique by source type, source and number."""

    source_type: Source
    source_id: UUID
    number: int
    account: Account
    amount: Decimal
    posted_on: date
    invoice_id: UUID | None = None
    order_id: UUID | None = None
    """The documents it belongs to; money and advances belong to no invoice."""


@dataclass(frozen=True, slots=True)
class Share:
    """What of some money goes to one invoice."""

    invoice_id: UUID
    order_id: UUID
    amount: Decimal


Posted = tuple[Account, Decimal, Share | None]


def of_approval(
    invoice_id: UUID, order_id: UUID, net: Decimal, tax: Decimal, gross: Decimal, on: date
) -> tuple[Entry, ...]:
    """The customer owes the gross sum: revenue and tax on the other side."""
    invoice = Share(invoice_id, order_id, gross)
    return _entries(
        Source.APPROVAL,
        invoice_id,
        on,
        (
            (Account.RECEIVABLE, gross, invoice),
            (Account.REVENUE, -net, invoice),
            (Account.TAX, -tax, invoice),
        ),
    )


def of_payment(payment_id: UUID, amount: Decimal, shares: Sequence[Share], on: date) -> tuple[Entry, ...]:
    """The customer owes less on each invoice by its share; what is left of the money is an advance."""
    return _entries(Source.PAYMENT, payment_id, on, _paid(amount, shares))


def of_allocation(allocation_id: UUID, share: Share, on: date) -> tuple[Entry, ...]:
    """An advance is used up by an invoice."""
    return _entries(
        Source.ALLOCATION,
        allocation_id,
        on,
        ((Account.ADVANCE, share.amount, None), (Account.RECEIVABLE, -share.amount, share)),
    )


def of_credit(
    credit_note_id: UUID, deducted: Share, net: Decimal, tax: Decimal, on: date
) -> tuple[Entry, ...]:
    """Less was sold than invoiced: the customer owes less, and what it has paid already is an advance."""
    advance = EXACT.subtract(EXACT.add(net, tax), deducted.amount)
    return _entries(
        Source.CREDIT,
        credit_note_id,
        on,
        (
            (Account.RECEIVABLE, -deducted.amount, deducted),
            (Account.REVENUE, net, deducted),
            (Account.TAX, tax, deducted),
            (Account.ADVANCE, -advance, None),
        ),
    )


def of_reversal(payment_id: UUID, amount: Decimal, shares: Sequence[Share], on: date) -> tuple[Entry, ...]:
    """A payment is taken back with everything it had become by then."""
    posted = tuple((account, -posted, share) for account, posted, share in _paid(amount, shares))
    return _entries(Source.REVERSAL, payment_id, on, posted)


def _paid(amount: Decimal, shares: Sequence[Share]) -> tuple[Posted, ...]:
    left = EXACT.subtract(amount, total(share.amount for share in shares))
    return (
        (Account.MONEY, amount, None),
        *((Account.RECEIVABLE, -share.amount, share) for share in shares),
        (Account.ADVANCE, -left, None),
    )


def _entries(source: Source, source_id: UUID, on: date, posted: Sequence[Posted]) -> tuple[Entry, ...]:
    # Numbered before the empty ones are left out: an account has the same number in every posting of its kind.
    return tuple(
        Entry(
            source,
            source_id,
            number,
            account,
            amount,
            on,
            None if share is None else share.invoice_id,
            None if share is None else share.order_id,
        )
        for number, (account, amount, share) in enumerate(posted, start=1)
        if amount != 0
    )

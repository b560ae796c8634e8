"""How accounts stand, derived from the ledger: no row holds a balance, and every sum is made of its entries.

The entries of an account lie together in an index that holds their amounts too, so that the balance of a partner
is one short scan however large the ledger is.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, bindparam, case, func, literal_column, select

from services.chassis.database import Transaction
from services.chassis.errors import Fault, Invalid, NotFound
from services.contracts.actors import OrganisationKind
from services.contracts.invoicing.reports import (
    AccountBalance,
    AccountMovement,
    AccountMovementKind,
    AccountStanding,
    AccountStatement,
    Ageing,
    Balances,
    BalancesByOrder,
    BalanceTotal,
    GetAccountStatement,
    OrderBalance,
    PartnerAge,
)
from services.contracts.invoicing.views import AgeTotal
from services.contracts.money import EXACT, total
from services.contracts.parties import Party
from services.invoicing.domain.ageing import buckets
from services.invoicing.domain.amounts import ZERO
from services.invoicing.domain.invoice import PAYABLE
from services.invoicing.domain.ledger import Account, Source
from services.invoicing.tables import (
    credit_notes,
    invoices,
    ledger,
    partnerships,
    payment_documents,
    payments,
)

MOST_MOVEMENTS = 20_000
"""Of one statement; a longer time is asked for in parts."""

_L = ledger.c
_BETWEEN = _L.account.in_([Account.RECEIVABLE.value, Account.ADVANCE.value])
_RECEIVABLE = func.coalesce(func.sum(_L.amount).filter(_L.account == Account.RECEIVABLE.value), 0)
_ADVANCES = -func.coalesce(func.sum(_L.amount).filter(_L.account == Account.ADVANCE.value), 0)
_OUTSTANDING = invoices.c.status.in_([status.value for status in PAYABLE])
_OPEN = invoices.c.gross - invoices.c.paid - invoices.c.deducted


def _supplies(tx: Transaction) -> bool:
    return tx.actor.kind is OrganisationKind.SUPPLIER


def _own(tx: Transaction, table: Any) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """The columns of one's own side, and of the partner's."""
    sides = (table.c.customer_id, table.c.supplier_id)
    return (sides[1], sides[0]) if _supplies(tx) else sides


def _partners(tx: Transaction, partner_id: UUID | None) -> dict[UUID, Party]:
    own, partner = _own(tx, partnerships)
    name = partnerships.c.customer_name if _supplies(tx) else partnerships.c.supplier_name
    wanted = select(partner.label("id"), name.label("name")).where(own == tx.actor.organisation_id)
    if partner_id is not None:
        wanted = wanted.where(partner == partner_id)
    found = {row.id: Party(id=row.id, name=row.name) for row in tx.execute(wanted)}
    if partner_id is not None and not found:
        raise NotFound(f"There is no partner {partner_id} here.")
    return found


def _me(tx: Transaction) -> Party:
    return Party(id=tx.actor.organisation_id, name=tx.actor.organisation_name)


def _sides(tx: Transaction, partner_id: UUID) -> tuple[Party, Party]:
    """Customer and supplier of the account with a partner."""
    partner, me = _partners(tx, partner_id)[partner_id], _me(tx)
    return (partner, me) if _supplies(tx) else (me, partner)


# ------------------------------------------------------------------------------------------------- balances


def balances(tx: Transaction, partner_id: UUID | None) -> Balances:
    """How accounts stand, by partner and currency (S-210)."""
    partners = _partners(tx, partner_id)
    late = _overdue(tx, partner_id)
    items = [
        AccountBalance(
            partner=partners[row.partner],
            currency=row.currency,
            due=row.due,
            overdue=late.get((row.partner, row.currency), ZERO),
            advances=row.advances,
        )
        for row in tx.execute(_by_partner(tx, partner_id))
        if row.partner in partners
    ]
    items.sort(key=lambda item: (item.partner.name.casefold(), item.currency))
    return Balances(at=tx.at, owner=_me(tx), items=tuple(items), totals=_totals(items))


def _by_partner(tx: Transaction, partner_id: UUID | None) -> Select[Any]:
    own, partner = _own(tx, ledger)
    wanted = (
        select(partner.label("partner"), _L.currency, _RECEIVABLE.label("due"), _ADVANCES.label("advances"))
        .where(own == tx.actor.organisation_id, _BETWEEN)
        .group_by(partner, _L.currency)
    )
    return wanted if partner_id is None else wanted.where(partner == partner_id)


def _overdue(tx: Transaction, partner_id: UUID | None) -> dict[tuple[UUID, str], Decimal]:
    own, partner = _own(tx, invoices)
    wanted = (
        select(partner.label("partner"), invoices.c.currency, func.sum(_OPEN).label("late"))
        .where(own == tx.actor.organisation_id, _OUTSTANDING, invoices.c.due_date < tx.at.date())
        .group_by(partner, invoices.c.currency)
    )
    if partner_id is not None:
        wanted = wanted.where(partner == partner_id)
    return {(row.partner, row.currency): row.late for row in tx.execute(wanted)}


def _totals(items: Sequence[AccountBalance]) -> tuple[BalanceTotal, ...]:
    return tuple(
        BalanceTotal(
            currency=currency,
            due=total(item.due for item in items if item.currency == currency),
            overdue=total(item.overdue for item in items if item.currency == currency),
            advances=total(item.advances for item in items if item.currency == currency),
        )
        for currency in sorted({item.currency for item in items})
    )


def by_order(tx: Transaction, partner_id: UUID) -> BalancesByOrder:
    """The account of one partner by orders; advances belong to none of them (S-211)."""
    customer, supplier = _sides(tx, partner_id)
    charged = _L.source_type.in_([Source.APPROVAL.value, Source.CREDIT.value])
    sums = (
        select(
            _L.order_id,
            _L.currency,
            _RECEIVABLE.label("due"),
            func.coalesce(
                -func.sum(_L.amount).filter(
                    _L.account.in_([Account.REVENUE.value, Account.TAX.value]) & charged
                ),
                0,
            ).label("invoiced"),
            _ADVANCES.label("advances"),
        )
        .where(_L.customer_id == customer.id, _L.supplier_id == supplier.id)
        .group_by(_L.order_id, _L.currency)
        .subquery()
    )
    number = (
        select(invoices.c.order_number)
        .where(invoices.c.order_id == sums.c.order_id)
        .limit(1)
        .scalar_subquery()
    )
    wanted = (
        select(sums, number.label("number"))
        .where((sums.c.due != 0) | (sums.c.advances != 0))
        .order_by(sums.c.order_id.nulls_last(), sums.c.currency)
    )
    items = tuple(
        OrderBalance(
            order_id=row.order_id,
            order_number=row.number,
            currency=row.currency,
            invoiced=row.invoiced,
            due=row.due,
            advances=row.advances,
        )
        for row in tx.execute(wanted)
    )
    return BalancesByOrder(
        at=tx.at, customer=customer, supplier=supplier, items=items, totals=balances(tx, partner_id).totals
    )


# ------------------------------------------------------------------------------------------------ statement

_KINDS = {
    Source.APPROVAL.value: AccountMovementKind.INVOICE,
    Source.PAYMENT.value: AccountMovementKind.PAYMENT,
    Source.ALLOCATION.value: AccountMovementKind.ALLOCATION,
    Source.REVERSAL.value: AccountMovementKind.REVERSAL,
    Source.CREDIT.value: AccountMovementKind.CREDIT_NOTE,
}
_ACCOUNT = (
    (_L.customer_id == bindparam("customer"))
    & (_L.supplier_id == bindparam("supplier"))
    & (_L.currency == bindparam("currency"))
    & _BETWEEN
)
_BEFORE = select(_RECEIVABLE.label("receivable"), _ADVANCES.label("payable")).where(
    _ACCOUNT, _L.posted_on < bindparam("first")
)
# An allocation is found by the payment it belongs to.
_DOCUMENT = case((_L.source_type == Source.ALLOCATION.value, payments.c.payment_id), else_=_L.source_id)
_MOVEMENTS = (
    select(
        _L.posted_on,
        _L.source_type,
        _DOCUMENT.label("document"),
        _L.invoice_id,
        _L.account,
        _L.amount,
        invoices.c.number.label("invoice_number"),
        func.coalesce(payment_documents.c.reference, credit_notes.c.number).label("number"),
    )
    .select_from(ledger)
    .outerjoin(invoices, invoices.c.id == _L.invoice_id)
    .outerjoin(payments, (payments.c.id == _L.source_id) & (_L.source_type == Source.ALLOCATION.value))
    .outerjoin(payment_documents, payment_documents.c.id == _DOCUMENT)
    .outerjoin(credit_notes, credit_notes.c.id == _L.source_id)
    .where(_ACCOUNT, _L.posted_on.between(bindparam("first"), bindparam("last")))
    .order_by(_L.posted_on, _L.posted_at, _L.source_id, _L.entry)
    .limit(literal_column(str(MOST_MOVEMENTS + 1)))
)


def statement(tx: Transaction, question: GetAccountStatement) -> AccountStatement:
    """The account of one partner over a time (S-212)."""
    last = question.date_to or tx.at.date()
    first = question.date_from or last.replace(day=1)
    if first > last:
        raise Invalid("The time ends before it begins.", [Fault("/date_to", f"is before {first}")])
    customer, supplier = _sides(tx, question.partner_id)
    values = {
        "customer": customer.id, "supplier": supplier.id, "currency": question.currency, "first": first,
        "last": last,
    }  # fmt: skip
    before = tx.execute(_BEFORE, values).one()
    rows = tx.execute(_MOVEMENTS, values).all()
    if len(rows) > MOST_MOVEMENTS:
        fault = Fault("/date_from", f"leaves more than {MOST_MOVEMENTS:,} movements; ask for a shorter time")
        raise Invalid("The statement is too long.", [fault])
    movements, moved = _movements(rows)
    opening = AccountStanding(receivable=before.receivable, payable=before.payable)
    return AccountStatement(
        customer=customer,
        supplier=supplier,
        currency=question.currency,
        date_from=first,
        date_to=last,
        opening=opening,
        movements=movements,
        charged=_net_of(moved, AccountMovementKind.INVOICE),
        credited=-_net_of(moved, AccountMovementKind.CREDIT_NOTE),
        paid=-_net_of(moved, AccountMovementKind.PAYMENT, AccountMovementKind.REVERSAL),
        closing=AccountStanding(
            receivable=EXACT.add(opening.receivable, total(each[0] for each in moved.values())),
            payable=EXACT.add(opening.payable, total(each[1] for each in moved.values())),
        ),
    )


_AFTER = select(_RECEIVABLE.label("receivable"), _ADVANCES.label("payable")).where(
    _ACCOUNT, _L.posted_on <= bindparam("last")
)


def standing(tx: Transaction, customer: UUID, supplier: UUID, currency: str, last: date) -> AccountStanding:
    """Both sides of an account after a day, as the ledger has it now."""
    values = {"customer": customer, "supplier": supplier, "currency": currency, "last": last}
    row = tx.execute(_AFTER, values).one()
    return AccountStanding(receivable=row.receivable, payable=row.payable)


Moved = dict[AccountMovementKind, tuple[Decimal, Decimal]]
"""What each kind of movement adds to what the customer owes, and to what the supplier owes."""


def _net_of(moved: Moved, *kinds: AccountMovementKind) -> Decimal:
    chosen = [moved[kind] for kind in kinds if kind in moved]
    return EXACT.subtract(total(each[0] for each in chosen), total(each[1] for each in chosen))


def _movements(rows: Sequence[Row[Any]]) -> tuple[tuple[AccountMovement, ...], Moved]:
    """The movements, and their sums by kind, in one pass: of a long statement this is half of the work."""
    made: list[AccountMovement] = []
    moved: Moved = {}
    add, invoice, receivable = EXACT.add, AccountMovementKind.INVOICE, Account.RECEIVABLE.value
    for day, source, document, invoice_id, account, amount, invoice_number, number in rows:
        kind = _KINDS[source]
        owed, held = (amount, ZERO) if account == receivable else (ZERO, -amount)
        before = moved.get(kind, (ZERO, ZERO))
        moved[kind] = (add(before[0], owed), add(before[1], held))
        made.append(
            AccountMovement(
                day=day,
                kind=kind,
                source_id=document,
                number=(invoice_number if kind is invoice else number) or "",
                invoice_id=invoice_id,
                invoice_number=invoice_number,
                receivable=owed,
                payable=held,
            )
        )
    return tuple(made), moved


# ---------------------------------------------------------------------------------------------------- ageing


def ageing(tx: Transaction, partner_id: UUID | None) -> Ageing:
    """What is outstanding by partner, currency and age; the buckets sum to it."""
    partners = _partners(tx, partner_id)
    own, partner = _own(tx, invoices)
    wanted = (
        select(
            partner.label("partner"),
            invoices.c.currency,
            invoices.c.due_date,
            func.count().label("documents"),
            func.sum(_OPEN).label("open"),
        )
        .where(own == tx.actor.organisation_id, _OUTSTANDING)
        .group_by(partner, invoices.c.currency, invoices.c.due_date)
    )
    if partner_id is not None:
        wanted = wanted.where(partner == partner_id)
    days: dict[tuple[UUID, str], list[Row[Any]]] = {}
    for row in tx.execute(wanted):
        days.setdefault((row.partner, row.currency), []).append(row)
    today = tx.at.date()
    items = [_age(partners[key[0]], key[1], rows, today) for key, rows in days.items() if key[0] in partners]
    items.sort(key=lambda item: (item.partner.name.casefold(), item.currency))
    return Ageing(on=today, owner=_me(tx), items=tuple(items))


def _age(partner: Party, currency: str, days: Sequence[Row[Any]], today: date) -> PartnerAge:
    found = tuple(
        AgeTotal(
            age=bucket.age,
            due_from=bucket.due_from,
            due_to=bucket.due_to,
            currency=currency,
            count=sum(row.documents for row in days if bucket.holds(row.due_date)),
            open=total(row.open for row in days if bucket.holds(row.due_date)),
        )
        for bucket in buckets(today)
    )
    return PartnerAge(
        partner=partner, currency=currency, outstanding=total(row.open for row in days), buckets=found
    )

"""Lists of invoices, and the numbers of the dashboard: each of them is what a list of the same filters holds."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Text, any_, exists, false, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.chassis import paging
from services.chassis.database import Transaction
from services.chassis.sorting import Sorting, both_ways
from services.contracts.actors import OrganisationKind
from services.contracts.invoicing import commands, views
from services.contracts.invoicing.views import Answered, InvoiceSort, InvoiceStatus, InvoiceWaiting
from services.contracts.money import EXACT
from services.contracts.parties import Party, Person
from services.invoicing import waiting
from services.invoicing.domain.ageing import Bucket, buckets
from services.invoicing.domain.invoice import PAYABLE, number_key, still_open
from services.invoicing.domain.workdays import WorkingCalendar
from services.invoicing.queries import my_invoices
from services.invoicing.tables import answers, invoices

_SUMMARY = select(
    invoices.c.id,
    invoices.c.number,
    invoices.c.status,
    invoices.c.order_id,
    invoices.c.order_number,
    invoices.c.supplier_id,
    invoices.c.supplier_name,
    invoices.c.customer_id,
    invoices.c.customer_name,
    invoices.c.initiator_id,
    invoices.c.initiator_name,
    invoices.c.currency,
    invoices.c.issue_date,
    invoices.c.due_date,
    invoices.c.net,
    invoices.c.gross,
    invoices.c.paid,
    invoices.c.credited,
    invoices.c.deducted,
    invoices.c.waiting_since,
    invoices.c.submitted_at,
    invoices.c.created_at,
    invoices.c.sequence,
    invoices.c.disputed,
    invoices.c.deputy_id,
    invoices.c.deputy_name,
    invoices.c.answer_by,
    invoices.c.escalated_at,
)

#: How far back first answers are counted.
COUNTED_ANSWERS = timedelta(days=90)

# ------------------------------------------------------------------------------------- what waits for whom


def _one_of(statuses: Iterable[InvoiceStatus]) -> ColumnElement[bool]:
    values = sorted(status.value for status in statuses)
    return invoices.c.status == any_(literal(values, ARRAY(Text)))


def _waits(tx: Transaction) -> dict[InvoiceWaiting, ColumnElement[bool]]:
    """What may wait for the actor, and how it is recognised."""
    actor, draft = tx.actor, invoices.c.status == InvoiceStatus.DRAFT.value
    if actor.kind is OrganisationKind.SUPPLIER:
        never_sent = invoices.c.submitted_at.is_(None)
        return {
            InvoiceWaiting.REWORK: draft & ~never_sent,
            InvoiceWaiting.DRAFT: draft & never_sent & (invoices.c.created_by_id == actor.user_id),
        }
    if actor.kind is OrganisationKind.OPERATOR:
        return {InvoiceWaiting.ESCALATION: invoices.c.escalated_at.is_not(None)}
    found = {
        InvoiceWaiting.DECISION: (invoices.c.status == InvoiceStatus.PENDING.value)
        & ((invoices.c.initiator_id == actor.user_id) | (invoices.c.deputy_id == actor.user_id))
    }
    if actor.has_any(commands.PAYERS):
        found[InvoiceWaiting.PAYMENT] = _one_of(PAYABLE) & (invoices.c.due_date <= tx.at.date())
    return found


def _waiting(tx: Transaction, what: InvoiceWaiting) -> ColumnElement[bool]:
    possible = _waits(tx)
    if what is InvoiceWaiting.ME:
        return or_(false(), *possible.values())
    return possible.get(what, false())


# -------------------------------------------------------------------------------------------------- lists

_SORTINGS: dict[str, Sorting] = {
    **both_ways("created", invoices.c.id),
    **both_ways("number", invoices.c.id, func.coalesce(invoices.c.number, "")),
    **both_ways("date", invoices.c.id, invoices.c.issue_date, paging.day),
    **both_ways("gross", invoices.c.id, invoices.c.gross, Decimal),
    **both_ways("due", invoices.c.id, invoices.c.due_date, paging.day),
}
_BY_CUSTOMER = both_ways("partner", invoices.c.id, invoices.c.customer_name)
_BY_SUPPLIER = both_ways("partner", invoices.c.id, invoices.c.supplier_name)


def _sorting(kind: OrganisationKind, sort: InvoiceSort) -> Sorting:
    partners = _BY_CUSTOMER if kind is OrganisationKind.SUPPLIER else _BY_SUPPLIER
    return partners[sort.value] if sort.value in partners else _SORTINGS[sort.value]


def list_invoices(tx: Transaction, question: commands.ListInvoices) -> views.InvoicePage:
    """A page of invoices."""
    sorting = _sorting(tx.actor.kind, question.sort)
    wanted = _SUMMARY.where(my_invoices(tx), *_conditions(tx, question))
    values: dict[str, Any] = {"me": tx.actor.organisation_id}
    if question.after is not None:
        wanted = wanted.where(sorting.behind)
        values |= sorting.place(question.after)
    rows = list(tx.execute(sorting.sorted(wanted).limit(question.limit + 1), values))
    shown, following = paging.page(rows, question.limit, sorting.key)
    calendars = waiting.calendars(tx, (row.customer_id for row in shown if row.waiting_since is not None))
    items = tuple(_summary(row, calendars.get(row.customer_id), tx.at) for row in shown)
    return views.InvoicePage(items=items, next=following)


def _conditions(tx: Transaction, question: commands.ListInvoices) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if question.status:
        found.append(_one_of(question.status))
    if question.waiting_for is not None:
        found.append(_waiting(tx, question.waiting_for))
    if question.partner_id is not None:
        found.append(_with_partner(tx, question.partner_id))
    if question.order_id is not None:
        found.append(invoices.c.order_id == question.order_id)
    if question.currency is not None:
        found.append(invoices.c.currency == question.currency)
    found += _between(invoices.c.issue_date, question.date_from, question.date_to)
    found += _between(invoices.c.due_date, question.due_from, question.due_to)
    if question.answered is not None:
        found.append(_answered(tx, question.answered))
    if question.search is not None:
        found.append(_number_begins(question.search))
    return found


def _between(day: ColumnElement[Any], first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    found = [] if first is None else [day >= first]
    return found if last is None else [*found, day <= last]


def _answered(tx: Transaction, how: Answered) -> ColumnElement[bool]:
    if how is Answered.OVERDUE:
        return invoices.c.asked_at.is_not(None) & (invoices.c.answer_by < tx.at)
    return exists().where(
        answers.c.invoice_id == invoices.c.id,
        answers.c.answered_at >= _counted_since(tx),
        answers.c.in_time.is_(how is Answered.IN_TIME),
    )


def _counted_since(tx: Transaction) -> date:
    return (tx.at - COUNTED_ANSWERS).date()


def _number_begins(search: str) -> ColumnElement[bool]:
    # A key has letters and digits only: nothing in it means anything to `like`.
    key = number_key(search)
    return invoices.c.number_key.like(f"{key}%") if key else false()


def _with_partner(tx: Transaction, partner_id: UUID) -> ColumnElement[bool]:
    as_customer, as_supplier = invoices.c.customer_id == partner_id, invoices.c.supplier_id == partner_id
    return {
        OrganisationKind.SUPPLIER: as_customer,
        OrganisationKind.CUSTOMER: as_supplier,
        OrganisationKind.OPERATOR: or_(as_customer, as_supplier),
    }[tx.actor.kind]


def _summary(row: Row[Any], calendar: WorkingCalendar | None, now: datetime) -> views.InvoiceSummary:
    status = InvoiceStatus(row.status)
    return views.InvoiceSummary(
        id=row.id,
        number=row.number,
        status=status,
        order_id=row.order_id,
        order_number=row.order_number,
        supplier=Party(id=row.supplier_id, name=row.supplier_name),
        customer=Party(id=row.customer_id, name=row.customer_name),
        initiator=Person(id=row.initiator_id, name=row.initiator_name),
        currency=row.currency,
        issue_date=row.issue_date,
        due_date=row.due_date,
        net=row.net,
        gross=row.gross,
        paid=row.paid,
        credited=row.credited,
        open=still_open(status, row.gross, row.paid, row.deducted),
        waiting_since=row.waiting_since,
        submitted_at=row.submitted_at,
        created_at=row.created_at,
        sequence=row.sequence,
        disputed=row.disputed,
        waited=None
        if calendar is None or row.waiting_since is None
        else calendar.told(row.waiting_since, now),
        deputy=row.deputy_id and Person(id=row.deputy_id, name=row.deputy_name),
        answer_by=row.answer_by,
        escalated_at=row.escalated_at,
    )


# ---------------------------------------------------------------------------------------------- dashboard

_OPEN = invoices.c.gross - invoices.c.paid - invoices.c.deducted


def dashboard(tx: Transaction) -> views.InvoicesDashboard:
    """The numbers of the start page (S-005)."""
    return views.InvoicesDashboard(
        at=tx.at,
        waiting=tuple(_how_much_waits(tx, what, condition) for what, condition in _waits(tx).items()),
        by_status=_by_status(tx),
        ageing=_ageing(tx),
        outstanding=tuple(sorted(PAYABLE, key=list(InvoiceStatus).index)),
        answers=waiting.first_answers(tx, _counted_since(tx)),
    )


def _mine(tx: Transaction, wanted: Select[Any]) -> Any:
    return tx.execute(wanted.where(my_invoices(tx)), {"me": tx.actor.organisation_id})


def _how_much_waits(
    tx: Transaction, what: InvoiceWaiting, condition: ColumnElement[bool]
) -> views.InvoicesWaiting:
    wanted = select(func.count().label("count"), func.min(invoices.c.issue_date).label("oldest"))
    row = _mine(tx, wanted.where(condition)).one()
    return views.InvoicesWaiting(waiting_for=what, count=row.count, oldest=row.oldest)


def _by_status(tx: Transaction) -> tuple[views.InvoiceTotal, ...]:
    wanted = select(
        invoices.c.status,
        invoices.c.currency,
        func.count().label("count"),
        func.sum(invoices.c.net).label("net"),
        func.sum(invoices.c.gross).label("gross"),
        func.sum(invoices.c.paid).label("paid"),
        func.sum(invoices.c.deducted).label("deducted"),
    ).group_by(invoices.c.status, invoices.c.currency)
    order = list(InvoiceStatus)
    totals = [_total(row) for row in _mine(tx, wanted)]
    return tuple(sorted(totals, key=lambda total: (order.index(total.status), total.currency)))


def _total(row: Row[Any]) -> views.InvoiceTotal:
    status = InvoiceStatus(row.status)
    return views.InvoiceTotal(
        status=status,
        currency=row.currency,
        count=row.count,
        net=row.net,
        gross=row.gross,
        open=still_open(status, row.gross, row.paid, row.deducted),
    )


def _ageing(tx: Transaction) -> tuple[views.AgeTotal, ...]:
    """By due date from the database, which is few rows, and from there into the buckets."""
    wanted = (
        select(
            invoices.c.currency,
            invoices.c.due_date,
            func.count().label("count"),
            func.sum(_OPEN).label("open"),
        )
        .where(_one_of(PAYABLE))
        .group_by(invoices.c.currency, invoices.c.due_date)
    )
    days = _mine(tx, wanted).all()
    return tuple(
        _age_total(bucket, currency, [day for day in days if day.currency == currency])
        for currency in sorted({day.currency for day in days})
        for bucket in buckets(tx.at.date())
    )


def _age_total(bucket: Bucket, currency: str, days: list[Row[Any]]) -> views.AgeTotal:
    count, amount = 0, Decimal(0)
    for day in days:
        if bucket.holds(day.due_date):
            count, amount = count + day.count, EXACT.add(amount, day.open)
    return views.AgeTotal(
        age=bucket.age,
        due_from=bucket.due_from,
        due_to=bucket.due_to,
        currency=currency,
        count=count,
        open=amount,
    )

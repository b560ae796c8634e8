"""Lists of orders, and the numbers of the dashboard: each of them is what a list of the same filters holds."""

from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Row,
    Select,
    Text,
    any_,
    bindparam,
    cast,
    false,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.chassis import paging
from services.chassis.database import Transaction
from services.chassis.sorting import Sorting, both_ways
from services.contracts.actors import OrganisationKind
from services.contracts.orders import commands, views
from services.contracts.orders.views import OrderSort, OrderStatus, OrderWaiting
from services.contracts.parties import Party, Person
from services.orders.domain import OPEN
from services.orders.months import Month, last_months
from services.orders.tables import orders

#: An order without a delivery date is wanted later than any other.
NO_DAY = date(9999, 12, 31)
#: Months on the dashboard, the present one included.
MONTHS = 12
#: What counts as ordered in a month: neither drafts nor what came to nothing.
ORDERED = (OrderStatus.SUBMITTED, OrderStatus.CONFIRMED, OrderStatus.IN_PROGRESS, OrderStatus.CLOSED)

_SUMMARY = select(
    orders.c.id,
    orders.c.number,
    orders.c.status,
    orders.c.customer_id,
    orders.c.customer_name,
    orders.c.supplier_id,
    orders.c.supplier_name,
    orders.c.initiator_id,
    orders.c.initiator_name,
    orders.c.order_date,
    orders.c.delivery_date,
    orders.c.currency,
    orders.c.net,
    orders.c.gross,
    orders.c.line_count,
    (func.jsonb_array_length(orders.c.flags) > 0).label("flagged"),
    orders.c.sequence,
)


def _one_of(name: str) -> ColumnElement[bool]:
    return orders.c.status == any_(bindparam(name, type_=ARRAY(Text)))


# By the name of the value they compare with.
_FILTERS = {
    "customer": orders.c.customer_id == bindparam("customer"),
    "supplier": orders.c.supplier_id == bindparam("supplier"),
    "either": or_(orders.c.customer_id == bindparam("either"), orders.c.supplier_id == bindparam("either")),
    "hidden": orders.c.status != bindparam("hidden"),
    "statuses": _one_of("statuses"),
    "currency": orders.c.currency == bindparam("currency"),
    "initiator": orders.c.initiator_id == bindparam("initiator"),
    "date_from": orders.c.order_date >= bindparam("date_from"),
    "date_to": orders.c.order_date <= bindparam("date_to"),
    "delivery_from": orders.c.delivery_date >= bindparam("delivery_from"),
    "delivery_to": orders.c.delivery_date <= bindparam("delivery_to"),
    "pattern": orders.c.number.ilike(bindparam("pattern"), escape="\\"),
}

# ------------------------------------------------------------------------------------- what waits for whom

_MINE = orders.c.initiator_id == bindparam("me")
_WAITING: dict[OrganisationKind, dict[OrderWaiting, ColumnElement[bool]]] = {
    OrganisationKind.SUPPLIER: {
        OrderWaiting.CONFIRMATION: orders.c.status == OrderStatus.SUBMITTED.value,
    },
    OrganisationKind.CUSTOMER: {
        OrderWaiting.DATE_DECISION: _MINE
        & orders.c.date_proposal.is_not(None)
        & orders.c.status.in_(sorted(status.value for status in OPEN)),
        OrderWaiting.DRAFT: _MINE & (orders.c.status == OrderStatus.DRAFT.value),
    },
    OrganisationKind.OPERATOR: {},
}


def _waiting(kind: OrganisationKind, what: OrderWaiting) -> ColumnElement[bool]:
    possible = _WAITING[kind]
    if what is OrderWaiting.ME:
        return or_(false(), *possible.values())
    return possible.get(what, false())


# -------------------------------------------------------------------------------------------------- lists

_SORTINGS: dict[str, Sorting] = {
    **both_ways("created", orders.c.id),
    **both_ways("number", orders.c.id, orders.c.number),
    **both_ways("date", orders.c.id, orders.c.order_date, paging.day),
    **both_ways("gross", orders.c.id, orders.c.gross, Decimal),
    **both_ways(
        "delivery",
        orders.c.id,
        func.coalesce(orders.c.delivery_date, cast(literal(NO_DAY.isoformat()), Date)),
        paging.day,
    ),
}
_BY_CUSTOMER = both_ways("partner", orders.c.id, orders.c.customer_name)
_BY_SUPPLIER = both_ways("partner", orders.c.id, orders.c.supplier_name)


def _sorting(kind: OrganisationKind, sort: OrderSort) -> Sorting:
    partners = _BY_CUSTOMER if kind is OrganisationKind.SUPPLIER else _BY_SUPPLIER
    return partners[sort.value] if sort.value in partners else _SORTINGS[sort.value]


@lru_cache(maxsize=500)
def _listed(
    kind: OrganisationKind,
    asked: frozenset[str],
    waiting: OrderWaiting | None,
    sort: OrderSort,
    onwards: bool,
) -> Select[Any]:
    """The list narrowed down and sorted so; the combinations in use are few, and each is built once."""
    sorting = _sorting(kind, sort)
    wanted = _SUMMARY.where(*(_FILTERS[name] for name in sorted(asked)))
    if waiting is not None:
        wanted = wanted.where(_waiting(kind, waiting))
    if onwards:
        wanted = wanted.where(sorting.behind)
    return sorting.sorted(wanted).limit(bindparam("most"))


def list_orders(tx: Transaction, question: commands.ListOrders) -> views.OrderPage:
    """A page of orders."""
    kind = tx.actor.kind
    sorting = _sorting(kind, question.sort)
    asked = _asked(tx, question)
    place = sorting.place(question.after) if question.after else {}
    wanted = _listed(kind, frozenset(asked), question.waiting_for, question.sort, bool(place))
    values = {**asked, **place, "most": question.limit + 1}
    if question.waiting_for is not None:
        values["me"] = tx.actor.user_id
    rows = list(tx.execute(wanted, values))
    shown, following = paging.page(rows, question.limit, sorting.key)
    return views.OrderPage(items=tuple(_summary(row) for row in shown), next=following)


def _asked(tx: Transaction, question: commands.ListOrders) -> dict[str, Any]:
    """What each filter that applies compares with."""
    values = {
        **sides(tx, question.partner_id),
        "statuses": [status.value for status in question.status] or None,
        "currency": question.currency,
        "initiator": question.initiator_id,
        "date_from": question.date_from,
        "date_to": question.date_to,
        "delivery_from": question.delivery_from,
        "delivery_to": question.delivery_to,
        "pattern": containing(question.search) if question.search else None,
    }
    return {name: value for name, value in values.items() if value is not None}


def sides(tx: Transaction, partner_id: UUID | None) -> dict[str, Any]:
    """Keeps to the actor's own documents; row-level security would hide the others anyway."""
    me = tx.actor.organisation_id
    match tx.actor.kind:
        case OrganisationKind.CUSTOMER:
            return {"customer": me, "supplier": partner_id}
        case OrganisationKind.SUPPLIER:
            return {"supplier": me, "customer": partner_id, "hidden": OrderStatus.DRAFT.value}
    return {"either": partner_id}


def containing(text: str) -> str:
    """A pattern for `like`: the text anywhere, nothing in it meaning anything."""
    return f"%{beginning(text)}"


def beginning(text: str) -> str:
    """A pattern for `like`: the text at the beginning, nothing in it meaning anything."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"{escaped}%"


def _summary(row: Row[Any]) -> views.OrderSummary:
    return views.OrderSummary(
        id=row.id,
        number=row.number,
        status=OrderStatus(row.status),
        customer=Party(id=row.customer_id, name=row.customer_name),
        supplier=Party(id=row.supplier_id, name=row.supplier_name),
        initiator=Person(id=row.initiator_id, name=row.initiator_name),
        order_date=row.order_date,
        delivery_date=row.delivery_date,
        currency=row.currency,
        net=row.net,
        gross=row.gross,
        line_count=row.line_count,
        flagged=row.flagged,
        sequence=row.sequence,
    )


# ---------------------------------------------------------------------------------------------- dashboard

_TOTALS = (
    func.count().label("count"),
    func.sum(orders.c.net).label("net"),
    func.sum(orders.c.gross).label("gross"),
)
_MONTH = cast(func.date_trunc("month", orders.c.order_date), Date)


def _narrowed(wanted: Select[Any], asked: dict[str, Any]) -> Select[Any]:
    return wanted.where(*(_FILTERS[name] for name in sorted(asked)))


def dashboard(tx: Transaction) -> views.OrdersDashboard:
    """The numbers of the start page (S-005)."""
    mine = {name: value for name, value in sides(tx, None).items() if value is not None}
    today = tx.at.date()
    months = last_months(today, MONTHS)
    return views.OrdersDashboard(
        at=tx.at,
        waiting=tuple(_how_much_waits(tx, mine, what) for what in _WAITING[tx.actor.kind]),
        by_status=_by_status(tx, mine),
        by_month=_by_month(tx, mine, months),
        ordered=ORDERED,
    )


def _how_much_waits(tx: Transaction, mine: dict[str, Any], what: OrderWaiting) -> views.OrdersWaiting:
    wanted = select(func.count().label("count"), func.min(orders.c.order_date).label("oldest"))
    wanted = _narrowed(wanted, mine).where(_waiting(tx.actor.kind, what))
    row = tx.execute(wanted, {**mine, "me": tx.actor.user_id}).one()
    return views.OrdersWaiting(waiting_for=what, count=row.count, oldest=row.oldest)


def _by_status(tx: Transaction, mine: dict[str, Any]) -> tuple[views.OrderTotal, ...]:
    wanted = select(orders.c.status, orders.c.currency, *_TOTALS).group_by(orders.c.status, orders.c.currency)
    order = list(OrderStatus)
    totals = [
        views.OrderTotal(
            status=OrderStatus(row.status),
            currency=row.currency,
            count=row.count,
            net=row.net,
            gross=row.gross,
        )
        for row in tx.execute(_narrowed(wanted, mine), mine)
    ]
    return tuple(sorted(totals, key=lambda total: (order.index(total.status), total.currency)))


def _by_month(
    tx: Transaction, mine: dict[str, Any], months: tuple[Month, ...]
) -> tuple[views.OrderMonth, ...]:
    asked = {
        **mine,
        "statuses": [status.value for status in ORDERED],
        "date_from": months[0].first,
        "date_to": months[-1].last,
    }
    wanted = select(_MONTH.label("month"), orders.c.currency, *_TOTALS).group_by(_MONTH, orders.c.currency)
    rows = {(row.month, row.currency): row for row in tx.execute(_narrowed(wanted, asked), asked)}
    currencies = sorted({currency for _, currency in rows})
    return tuple(
        _month(month, currency, rows.get((month.first, currency)))
        for currency in currencies
        for month in months
    )


def _month(month: Month, currency: str, row: Row[Any] | None) -> views.OrderMonth:
    return views.OrderMonth(
        first=month.first,
        last=month.last,
        currency=currency,
        count=0 if row is None else row.count,
        net=Decimal(0) if row is None else row.net,
        gross=Decimal(0) if row is None else row.gross,
    )

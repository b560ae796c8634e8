"""Which orders of a supplier are not invoiced in full, and what of them is open."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT

from services.chassis import paging
from services.chassis.database import Transaction
from services.contracts.invoicing import bulk, bulk_files
from services.contracts.invoicing.views import InvoiceStatus
from services.contracts.money import rounded
from services.contracts.orders.views import OrderStatus
from services.contracts.parties import Party
from services.invoicing.domain.order import NEVER_BILLED
from services.invoicing.tables import ID

# Line by line, as `Order.open_quantities` says it: confirmed or else ordered, less what is on invoices that count
# and was not credited by quantity.
_LINES = """
    select
        line.number, line.quantity, line.unit_price, billed.quantity as billed,
        line.quantity - coalesce(billed.quantity, 0) as open
    from (
        select
            (l ->> 'number')::integer as number,
            coalesce(l ->> 'confirmed_quantity', l ->> 'quantity')::numeric as quantity,
            (l ->> 'unit_price')::numeric as unit_price
        from jsonb_array_elements(o.document -> 'lines') l
    ) line
    left join (
        select il.order_line, sum(il.quantity - il.credited_quantity) as quantity
        from invoices i join invoice_lines il on il.invoice_id = i.id
        where i.order_id = o.id and i.status <> all(:given_up)
        group by il.order_line
    ) billed on billed.order_line = line.number
"""
_MINE = """
    o.supplier_id = :me
        and not (o.document ->> 'status') = any(:never)
        and (cast(:partner as uuid) is null or o.customer_id = :partner)
"""
_GIVEN = (
    bindparam("me", type_=ID),
    bindparam("partner", type_=ID),
    bindparam("last", type_=ID),
    bindparam("given_up", [s.value for s in (InvoiceStatus.REJECTED, InvoiceStatus.CANCELED)], ARRAY(TEXT)),
    bindparam("never", sorted({s.value for s in NEVER_BILLED} | {OrderStatus.DRAFT.value}), ARRAY(TEXT)),
)

# Put together from what is written above, and nothing else.
_BILLABLE = text(
    f"""
    select o.id, o.document, open.net, open.begun
    from orders o
    cross join lateral (
        select
            sum(greatest(open, 0) * unit_price) as net,
            bool_or(open > 0) as some,
            bool_or(billed > 0) as begun
        from ({_LINES}) lines
    ) open
    where {_MINE}
        and open.some
        and (cast(:last as uuid) is null or o.id < :last)
    order by o.id desc
    limit :limit
    """  # noqa: S608
).bindparams(*_GIVEN)

_BILLABLE_LINES = text(
    f"""
    select o.id, o.document, lines.number, lines.open
    from orders o
    cross join lateral ({_LINES}) lines
    where {_MINE}
        and lines.open > 0
        and (cast(:last as uuid) is null or (o.id, -lines.number) < (:last, -cast(:line as integer)))
    order by o.id desc, lines.number
    limit :limit
    """  # noqa: S608
).bindparams(*_GIVEN)


def billable_orders(tx: Transaction, question: bulk.ListBillableOrders) -> bulk.BillableOrders:
    """A page of the caller's orders of which something is open."""
    last = None if question.after is None else paging.key_of(question.after, paging.identifier)[0]
    values = {
        "me": tx.actor.organisation_id,
        "partner": question.partner_id,
        "last": last,
        "limit": question.limit + 1,
    }
    rows = list(tx.execute(_BILLABLE, values))
    shown, following = paging.page(rows, question.limit, lambda row: (row.id,))
    return bulk.BillableOrders(items=tuple(_billable(row) for row in shown), next=following)


def _billable(row: Row[Any]) -> bulk.BillableOrder:
    document = row.document
    customer = document["customer"]
    return bulk.BillableOrder(
        order_id=row.id,
        order_number=document["number"],
        customer=Party(id=UUID(customer["id"]), name=customer["name"]),
        order_date=date.fromisoformat(document["order_date"]),
        currency=document["currency"],
        amount_places=document["amount_places"],
        open_net=rounded(Decimal(row.net), document["amount_places"]),
        begun=bool(row.begun),
    )


def billable_lines(tx: Transaction, question: bulk_files.ListBillableLines) -> bulk_files.BillableLines:
    """A page of the caller's order lines of which something is open."""
    last = (None, None) if question.after is None else paging.key_of(question.after, paging.identifier, int)
    values = {
        "me": tx.actor.organisation_id,
        "partner": question.partner_id,
        "last": last[0],
        "line": last[1],
        "limit": question.limit + 1,
    }
    rows = list(tx.execute(_BILLABLE_LINES, values))
    shown, following = paging.page(rows, question.limit, lambda row: (row.id, row.number))
    return bulk_files.BillableLines(items=tuple(_billable_line(row) for row in shown), next=following)


def _billable_line(row: Row[Any]) -> bulk_files.BillableLine:
    document = row.document
    customer = document["customer"]
    line = next(each for each in document["lines"] if each["number"] == row.number)
    return bulk_files.BillableLine(
        order_id=row.id,
        order_number=document["number"],
        customer=Party(id=UUID(customer["id"]), name=customer["name"]),
        order_date=date.fromisoformat(document["order_date"]),
        currency=document["currency"],
        order_line=row.number,
        item_number=line["item_number"],
        description=line["description"],
        unit=line["unit"],
        quantity=Decimal(row.open),
        unit_price=Decimal(line["unit_price"]),
        tax_rate=Decimal(line["tax_rate"]),
    )

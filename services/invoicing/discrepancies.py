"""How often what is billed differs from what was ordered, counted out of the invoices and their orders."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, bindparam, select, text
from sqlalchemy.dialects.postgresql import ARRAY, TEXT, insert

from services.chassis import paging
from services.chassis.database import Transaction
from services.chassis.errors import Fault, Invalid
from services.contracts.actors import OrganisationKind
from services.contracts.invoicing import discrepancies as views
from services.contracts.invoicing.discrepancies import DiscrepancyBy, DiscrepancyKind
from services.contracts.invoicing.views import InvoiceStatus
from services.contracts.parties import Party
from services.invoicing.domain.discrepancy import DEFAULT_DAYS, MOST_DAYS, is_advised, rate
from services.invoicing.tables import ID, operators

GIVEN_UP = [status.value for status in (InvoiceStatus.REJECTED, InvoiceStatus.CANCELED)]
#: Rows of one answer.
MOST = 200

# Every line of the invoices of a time beside its order's line. What was billed before is counted over all invoices
# of the same orders, whenever they are from; what was given up counts for itself alone.
_LINES = """
    with chosen as (
        select i.* from invoices i
        where i.status not in ('draft', 'canceled')
            and i.submitted_at is not null
            and i.issue_date between :date_from and :date_to
            and (cast(:me as uuid) is null or :me in (i.supplier_id, i.customer_id))
            and (cast(:supplier as uuid) is null or i.supplier_id = :supplier)
            and (cast(:customer as uuid) is null or i.customer_id = :customer)
    ),
    counted as (
        select i.id as invoice_id, il.number as line,
            sum(il.quantity - il.credited_quantity) over (
                partition by i.order_id, il.order_line order by i.submitted_at, i.id, il.number
            ) as so_far
        from invoices i join invoice_lines il on il.invoice_id = i.id
        where i.order_id in (select order_id from chosen)
            and il.order_line is not null
            and i.status <> 'draft' and i.status <> all(:given_up)
    ),
    compared as (
        select
            i.id as invoice_id, i.number as invoice_number, i.issue_date, i.status, i.order_id, i.order_number,
            i.supplier_id, i.supplier_name, i.customer_id, i.customer_name, i.currency,
            il.number as line, il.item_number, il.description, il.unit, il.quantity, il.unit_price,
            ordered.quantity as ordered, ordered.unit_price as ordered_price,
            case when ordered.quantity is not null then coalesce(counted.so_far, il.quantity) end as so_far,
            il.order_line is null as other_item,
            coalesce(ordered.unit = il.unit and ordered.unit_price <> il.unit_price, false) as other_price,
            coalesce(
                ordered.unit = il.unit and coalesce(counted.so_far, il.quantity) > ordered.quantity, false
            ) as other_quantity
        from chosen i
        join invoice_lines il on il.invoice_id = i.id
        join orders o on o.id = i.order_id
        left join lateral (
            select
                l ->> 'unit' as unit,
                coalesce(l ->> 'confirmed_quantity', l ->> 'quantity')::numeric as quantity,
                (l ->> 'unit_price')::numeric as unit_price
            from jsonb_array_elements(o.document -> 'lines') l
            where (l ->> 'number')::integer = il.order_line
        ) ordered on true
        left join counted on counted.invoice_id = i.id and counted.line = il.number
    )
"""
_FIGURES = """
    count(distinct invoice_id) as invoices,
    count(distinct invoice_id) filter (where other_item or other_price or other_quantity) as differing,
    count(*) as lines,
    count(*) filter (where other_item or other_price or other_quantity) as differing_lines,
    count(*) filter (where other_price) as price,
    count(*) filter (where other_quantity) as quantity,
    count(*) filter (where other_item) as item
"""
_GIVEN = (
    bindparam("me", type_=ID),
    bindparam("supplier", type_=ID),
    bindparam("customer", type_=ID),
    bindparam("given_up", GIVEN_UP, ARRAY(TEXT)),
)
_GROUPS = {
    DiscrepancyBy.SUPPLIER: "supplier_id",
    DiscrepancyBy.CUSTOMER: "supplier_id, customer_id",
    DiscrepancyBy.ITEM: "supplier_id, item_number",
}


# Put together from what is written above, and nothing else.
def _counted(group: str) -> Any:
    return text(
        f"""
        {_LINES}
        select {group}, max(supplier_name) as supplier_name, max(customer_name) as customer_name,
            max(description) as description, {_FIGURES}
        from compared group by {group}
        """  # noqa: S608
    ).bindparams(*_GIVEN)


_BY = {by: _counted(group) for by, group in _GROUPS.items()}
_ALL = text(f"{_LINES} select {_FIGURES} from compared").bindparams(*_GIVEN)  # noqa: S608
_BEHIND = text(
    f"""
    {_LINES}
    select * from compared
    where (other_item or other_price or other_quantity)
        and (cast(:item as text) is null or item_number = :item)
        and (cast(:kind as text) is null or case :kind
            when 'price' then other_price when 'quantity' then other_quantity else other_item end)
        and (cast(:last as uuid) is null or (invoice_id, -line) < (:last, -cast(:line as integer)))
    order by invoice_id desc, line
    limit :limit
    """  # noqa: S608
).bindparams(
    *_GIVEN, bindparam("item", type_=TEXT), bindparam("kind", type_=TEXT), bindparam("last", type_=ID)
)


def _asked(tx: Transaction, question: views.GetDiscrepancies | views.ListDiscrepantLines) -> dict[str, Any]:
    until = question.date_to or tx.at.date()
    since = question.date_from or until - timedelta(days=DEFAULT_DAYS)
    if since > until:
        raise Invalid("The time ends before it begins.", [Fault("/date_from", f"is after {until}")])
    if (until - since).days > MOST_DAYS:
        raise Invalid(
            "That is a long time: ask for less.", [Fault("/date_from", f"is more than {MOST_DAYS} days back")]
        )
    operator = tx.actor.kind is OrganisationKind.OPERATOR
    return {
        "me": None if operator else tx.actor.organisation_id,
        "supplier": question.supplier_id,
        "customer": question.customer_id,
        "date_from": since,
        "date_to": until,
    }


def threshold(tx: Transaction) -> Decimal:
    """Above which rate work on the catalogue is advised."""
    chosen = tx.execute(
        select(operators.c.discrepancy_threshold).order_by(operators.c.known_since).limit(1)
    ).scalar_one_or_none()
    return views.DEFAULT_THRESHOLD if chosen is None else Decimal(chosen)


def set_threshold(tx: Transaction, chosen: Decimal) -> None:
    """Keep the operator's choice; accounts tells the operator's name later, if it has not yet."""
    written = insert(operators).values(
        id=tx.actor.organisation_id,
        sequence=0,
        name=tx.actor.organisation_name,
        discrepancy_threshold=chosen,
    )
    tx.execute(written.on_conflict_do_update(index_elements=["id"], set_={"discrepancy_threshold": chosen}))


def discrepancies(tx: Transaction, question: views.GetDiscrepancies) -> views.Discrepancies:
    """The rates, the worst first."""
    values = _asked(tx, question)
    limit = threshold(tx)
    by = question.by
    found = [_rate(row, by, limit) for row in tx.execute(_BY[by], values)]
    found.sort(key=lambda each: (-each.rate, -each.differing_lines, each.item_number or ""))
    return views.Discrepancies(
        date_from=values["date_from"],
        date_to=values["date_to"],
        by=by,
        threshold=limit,
        total=_rate(tx.execute(_ALL, values).one(), None, limit),
        items=tuple(found[:MOST]),
    )


def _rate(row: Row[Any], by: DiscrepancyBy | None, limit: Decimal) -> views.DiscrepancyRate:
    of_lines = by is DiscrepancyBy.ITEM
    percent = rate(row.differing_lines, row.lines) if of_lines else rate(row.differing, row.invoices)
    return views.DiscrepancyRate(
        supplier=None if by is None else Party(id=row.supplier_id, name=row.supplier_name),
        customer=Party(id=row.customer_id, name=row.customer_name) if by is DiscrepancyBy.CUSTOMER else None,
        item_number=row.item_number if of_lines else None,
        description=row.description if of_lines else None,
        invoices=row.invoices,
        differing=row.differing,
        lines=row.lines,
        differing_lines=row.differing_lines,
        price=row.price,
        quantity=row.quantity,
        item=row.item,
        rate=percent,
        advised=is_advised(percent, limit),
    )


def lines_behind(tx: Transaction, question: views.ListDiscrepantLines) -> views.DiscrepantLinePage:
    """The lines behind the figures."""
    last = (None, None) if question.after is None else paging.key_of(question.after, paging.identifier, int)
    values = _asked(tx, question) | {
        "item": question.item_number,
        "kind": question.kind and question.kind.value,
        "last": last[0],
        "line": last[1],
        "limit": question.limit + 1,
    }
    rows = list(tx.execute(_BEHIND, values))
    shown, following = paging.page(rows, question.limit, lambda row: (row.invoice_id, row.line))
    return views.DiscrepantLinePage(items=tuple(_line(row) for row in shown), next=following)


def _line(row: Row[Any]) -> views.DiscrepantLine:
    kinds = (
        (DiscrepancyKind.PRICE, row.other_price),
        (DiscrepancyKind.QUANTITY, row.other_quantity),
        (DiscrepancyKind.ITEM, row.other_item),
    )
    return views.DiscrepantLine(
        invoice_id=row.invoice_id,
        invoice_number=row.invoice_number,
        issue_date=row.issue_date,
        status=InvoiceStatus(row.status),
        order_id=row.order_id,
        order_number=row.order_number,
        supplier=Party(id=row.supplier_id, name=row.supplier_name),
        customer=Party(id=row.customer_id, name=row.customer_name),
        currency=row.currency,
        line=row.line,
        item_number=row.item_number,
        description=row.description,
        unit=row.unit,
        quantity=row.quantity,
        billed_so_far=row.so_far,
        ordered=row.ordered,
        unit_price=row.unit_price,
        ordered_price=row.ordered_price,
        kinds=tuple(kind for kind, differs in kinds if differs),
    )

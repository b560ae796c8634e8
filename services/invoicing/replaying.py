"""What the time machine reads: the invoices of a time with what they were matched with, in a few statements."""

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, text

from services.chassis import wire
from services.chassis.database import Transaction
from services.chassis.errors import Fault, Invalid
from services.contracts.invoicing import commands
from services.contracts.invoicing.charges import DocumentAdjustment
from services.contracts.invoicing.tolerances import (
    AppliedTolerance,
    Replay,
    ReplayedRate,
    ToleranceTerms,
    UnitFactor,
)
from services.contracts.invoicing.views import (
    AmountBase,
    Approval,
    BilledLine,
    InvoiceStatus,
    OrderedLine,
    TaxedAmount,
)
from services.contracts.money import EXACT, product
from services.invoicing.domain.amounts import ZERO
from services.invoicing.domain.charges import adjusted_by_rate
from services.invoicing.domain.timemachine import Past, Policy, decided_anew, in_truth
from services.invoicing.domain.tolerance import in_force, wanted

A_YEAR = timedelta(days=365)
ONE_DAY = timedelta(days=1)

# The newest decision of each invoice says what its order came to at that moment, and whether all was ordered.
# Each document is taken apart once: by `#>>` it would be unpacked anew for every value.
_INVOICES = text("""
with asked as (
    select distinct order_id from invoices
    where customer_id = :me and submitted_at >= :first and submitted_at < :after
        and (cast(:supplier as uuid) is null or supplier_id = :supplier)
)
select i.id, i.order_id, coalesce(i.order_currency, i.currency) as currency, i.amount_places, i.status, i.approval,
    i.net * rate as net, i.gross * rate as gross, i.tax * rate as tax, rate,
    (i.charged - i.returned_charges) * rate as charges, i.adjustments,
    i.submitted_at >= :first and i.submitted_at < :after as asked,
    d.inputs ->> 'base' as base, d.inputs ->> 'order_amount' as order_amount,
    (d.findings #>> '{0,passed}')::boolean as all_ordered, ordered.net as order_net, ordered.gross as order_gross
from asked
join invoices i using (order_id)
join orders o on o.id = i.order_id
cross join lateral (select coalesce(i.exchange_rate, 1) as rate) r
cross join lateral (
    select document from matches where invoice_id = i.id order by id desc limit 1
) m
cross join lateral jsonb_to_record(m.document) as d (inputs jsonb, findings jsonb)
cross join lateral jsonb_to_record(o.document) as ordered (net numeric, gross numeric)
where i.submitted_at is not null and i.status <> 'draft'
order by i.order_id, i.submitted_at, i.id
""")

_LINES = text("""
select l.invoice_id, l.number, l.order_line, l.item_number, l.unit, l.quantity, l.tax_rate,
    l.unit_price * coalesce(i.exchange_rate, 1) as unit_price, l.net * coalesce(i.exchange_rate, 1) as net
from invoice_lines l join invoices i on i.id = l.invoice_id
where i.order_id = any(:orders) and i.submitted_at is not null and i.status <> 'draft'
order by l.invoice_id, l.number
""").bindparams(bindparam("orders"))

_ORDERED = text("""
select o.id, o.document -> 'lines' as lines, (o.document ->> 'amount_places')::int as places,
    (select jsonb_object_agg(t.item_number, jsonb_build_object('category', t.category, 'units', t.units))
        from items t where t.customer_id = o.customer_id and t.supplier_id = o.supplier_id
        and o.document -> 'lines' @> jsonb_build_array(jsonb_build_object('item_number', t.item_number))) as items
from orders o where o.id = any(:orders)
""")


def replay(tx: Transaction, question: commands.ReplayMatching) -> Replay:
    """The invoices of a time decided anew."""
    last = question.date_to or tx.at.date()
    first = question.date_from or last - A_YEAR
    if last < first:
        raise Invalid("The days do not fit.", [Fault("/date_to", "is before the first day")])
    tried = tuple(_applied(terms) for terms in question.terms)
    with_lines = wanted((*tried, *_policy(question, tried, ZERO)("EUR"))).lines
    if with_lines and len(question.rates) > 1:
        raise Invalid(
            "Tolerances about lines are tried with one rate at a time.",
            [Fault("/rates", "must be one where a tolerance is about lines")],
        )
    past = _past(tx, question.supplier_id, first, last, with_lines=with_lines)
    return Replay(
        date_from=first,
        date_to=last,
        in_truth=in_truth(past),
        by_rate=tuple(
            ReplayedRate(rate=rate, by_currency=decided_anew(past, _policy(question, tried, rate)))
            for rate in question.rates
        ),
    )


def _policy(question: commands.ReplayMatching, tried: tuple[AppliedTolerance, ...], rate: Decimal) -> Policy:
    def of_currency(currency: str) -> tuple[AppliedTolerance, ...]:
        return in_force(tried, currency=currency, rate=rate, base=AmountBase.NET, way=question.way)

    return of_currency


def _applied(terms: ToleranceTerms) -> AppliedTolerance:
    return AppliedTolerance(
        id=UUID(int=0),
        scope=terms.scope,
        category=terms.category,
        item_number=terms.item_number,
        measure=terms.measure,
        direction=terms.direction,
        percent=terms.percent,
        amount=terms.amount,
        combine=terms.combine,
        currency=terms.currency,
    )


def _past(
    tx: Transaction, supplier_id: UUID | None, first: date, last: date, *, with_lines: bool
) -> list[Past]:
    values = {
        "me": tx.actor.organisation_id, "first": first, "after": last + ONE_DAY, "supplier": supplier_id
    }  # fmt: skip
    rows = tx.execute(_INVOICES, values).all()
    if not with_lines:
        return [_invoice(row, (), ()) for row in rows]
    orders = list({row.order_id for row in rows})
    billed, ordered = _billed(tx, orders), _ordered(tx, orders)
    return [_invoice(row, ordered[row.order_id], tuple(billed[row.id])) for row in rows]


def _invoice(row: Any, ordered: tuple[OrderedLine, ...], billed: tuple[BilledLine, ...]) -> Past:
    net, gross = row.order_net, row.order_gross
    if row.base == AmountBase.NET.value:
        net = Decimal(row.order_amount)
    else:
        gross = Decimal(row.order_amount)
    return Past(
        id=row.id,
        order_id=row.order_id,
        currency=row.currency,
        amount_places=row.amount_places,
        net=row.net,
        gross=row.gross,
        tax=row.tax,
        order_net=net,
        order_gross=gross,
        status=InvoiceStatus(row.status),
        approval=None if row.approval is None else Approval(row.approval),
        all_ordered=row.all_ordered,
        asked=row.asked,
        ordered=ordered,
        billed=billed,
        charges=row.charges,
        adjusted=_adjusted(row),
    )


def _adjusted(row: Any) -> tuple[TaxedAmount, ...]:
    told = adjusted_by_rate(wire.decode(DocumentAdjustment, each) for each in row.adjustments)
    return tuple(replace(each, amount=EXACT.multiply(each.amount, row.rate)) for each in told)


def _billed(tx: Transaction, orders: list[UUID]) -> dict[UUID, list[BilledLine]]:
    found: dict[UUID, list[BilledLine]] = defaultdict(list)
    for row in tx.execute(_LINES, {"orders": orders}):
        line = BilledLine(
            number=row.number,
            order_line=row.order_line,
            item_number=row.item_number,
            description="-",
            unit=row.unit,
            quantity=row.quantity,
            unit_price=row.unit_price,
            net=row.net,
            tax_rate=row.tax_rate,
        )
        found[row.invoice_id].append(line)
    return found


def _ordered(tx: Transaction, orders: list[UUID]) -> dict[UUID, tuple[OrderedLine, ...]]:
    return {
        row.id: tuple(_line(line, row.places, row.items or {}) for line in row.lines)
        for row in tx.execute(_ORDERED, {"orders": orders})
    }


def _line(line: dict[str, Any], places: int, items: dict[str, Any]) -> OrderedLine:
    confirmed = line.get("confirmed_quantity")
    quantity = Decimal(line["quantity"] if confirmed is None else confirmed)
    received, price = Decimal(line["received_quantity"]), Decimal(line["unit_price"])
    known = items.get(line["item_number"]) or {"category": None, "units": ()}
    return OrderedLine(
        number=line["number"],
        item_number=line["item_number"],
        description="-",
        category=known["category"],
        unit=line["unit"],
        quantity=quantity,
        received=received,
        accepted=received - Decimal(line["rejected_quantity"]),
        unit_price=price,
        net=product(quantity, price, places),
        tax_rate=Decimal(line["tax_rate"]),
        units=tuple(wire.decode(UnitFactor, each) for each in known["units"]),
    )

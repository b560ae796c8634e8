"""Invoices found by what people remember of them: a number, its order's number, a partner, an item."""

from typing import Any

from sqlalchemy import ColumnElement, false, func, or_, select

from services.chassis.database import Transaction
from services.contracts.actors import OrganisationKind
from services.contracts.invoicing import commands
from services.contracts.parties import Party
from services.contracts.search import FoundBy, Hit, HitKind, Hits
from services.invoicing.domain.invoice import number_key
from services.invoicing.queries import my_invoices
from services.invoicing.tables import invoice_lines, invoices, partnerships


def search(tx: Transaction, question: commands.SearchInvoices) -> Hits:
    """The closest hits: each way to find is asked only while there is room."""
    found: dict[Any, Hit] = {}
    for found_by, condition in _ways(tx, question.text):
        if len(found) < question.limit:
            for hit in _hits(tx, found_by, condition, question.limit):
                found.setdefault(hit.id, hit)
    return Hits(items=tuple(found.values())[: question.limit])


def _ways(tx: Transaction, text: str) -> list[tuple[FoundBy, ColumnElement[bool]]]:
    pattern = f"%{_plain(text)}%"
    key = number_key(text)
    by_number = invoices.c.number_key.like(f"%{key}%") if key else false()
    return [
        (FoundBy.NUMBER, or_(by_number, invoices.c.order_number.ilike(pattern, escape="\\"))),
        (FoundBy.PARTNER, _partner_name(tx).ilike(pattern, escape="\\")),
        (FoundBy.ITEM, _has_item(tx, text)),
    ]


def _plain(text: str) -> str:
    """The text with nothing in it that means something to `like`."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _partner_name(tx: Transaction) -> ColumnElement[str]:
    at_supplier = tx.actor.kind is OrganisationKind.SUPPLIER
    return invoices.c.customer_name if at_supplier else invoices.c.supplier_name


def _has_item(tx: Transaction, text: str) -> ColumnElement[bool]:
    """By how the item's number begins; its supplier is named so that the index is of use to both sides."""
    key = func.lower(invoice_lines.c.item_number).like(f"{_plain(text.lower())}%", escape="\\")
    lines = select(invoice_lines.c.invoice_id).where(key)
    me = tx.actor.organisation_id
    if tx.actor.kind is OrganisationKind.SUPPLIER:
        lines = lines.where(invoice_lines.c.supplier_id == me)
    elif tx.actor.kind is OrganisationKind.CUSTOMER:
        suppliers = select(partnerships.c.supplier_id).where(partnerships.c.customer_id == me)
        lines = lines.where(invoice_lines.c.supplier_id.in_(suppliers))
    return invoices.c.id.in_(lines)


def _hits(tx: Transaction, found_by: FoundBy, condition: ColumnElement[bool], most: int) -> list[Hit]:
    wanted = select(invoices).where(my_invoices(tx), condition).order_by(invoices.c.id.desc()).limit(most)
    at_supplier = tx.actor.kind is OrganisationKind.SUPPLIER
    return [
        Hit(
            kind=HitKind.INVOICE,
            id=row.id,
            number=row.number,
            found_by=found_by,
            partner=(
                Party(id=row.customer_id, name=row.customer_name)
                if at_supplier
                else Party(id=row.supplier_id, name=row.supplier_name)
            ),
            status=row.status,
            day=row.issue_date,
            currency=row.currency,
            gross=row.gross,
        )
        for row in tx.execute(wanted, {"me": tx.actor.organisation_id})
    ]

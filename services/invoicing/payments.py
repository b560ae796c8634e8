"""How payments are read and written: the document, what of it went to which invoice, and their lists."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, any_, bindparam, case, literal, or_, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from services.chassis import paging
from services.chassis.database import Transaction
from services.chassis.errors import NotFound
from services.chassis.sorting import Sorting, both_ways
from services.contracts.actors import OrganisationKind
from services.contracts.invoicing import views
from services.contracts.invoicing.payments import (
    Allocation,
    InvoicePart,
    ListPaymentDocuments,
    PaymentPage,
    PaymentStatus,
    PaymentSummary,
)
from services.contracts.money import total
from services.contracts.parties import Party, Person
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.payment import Part, PaymentDocument, each_once
from services.invoicing.posting import Sides, post
from services.invoicing.tables import invoices, partnerships, payment_documents, payments


class PaymentStore:
    """Loads and saves payments; allocations and entries are only added."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> PaymentDocument | None:
        """The payment with what it paid."""
        wanted = select(payment_documents).where(payment_documents.c.id == id, mine(tx))
        if lock:
            wanted = wanted.with_for_update(key_share=True)
        row = tx.execute(wanted, {"me": _me(tx)}).one_or_none()
        return None if row is None else _document(row, _allocations(tx, id))

    def insert(self, tx: Transaction, payment: PaymentDocument) -> None:
        """Write a new payment."""
        tx.execute(payment_documents.insert(), _row(payment))
        _add_what_is_new(tx, payment)

    def update(self, tx: Transaction, payment: PaymentDocument, loaded_sequence: int) -> int:
        """Write a changed payment."""
        changed = update(payment_documents).where(
            payment_documents.c.id == payment.id, payment_documents.c.sequence == loaded_sequence
        )
        count = tx.execute(changed, _row(payment)).rowcount
        _add_what_is_new(tx, payment)
        return count


def _me(tx: Transaction) -> UUID | None:
    return tx.maybe_actor.organisation_id if tx.maybe_actor else None


def mine(tx: Transaction) -> ColumnElement[bool]:
    """The condition that keeps to the payments the actor may know of; `me` is its organisation."""
    if tx.maybe_actor is None or tx.maybe_actor.kind is OrganisationKind.OPERATOR:
        return true()
    side = (
        payment_documents.c.supplier_id
        if tx.maybe_actor.kind is OrganisationKind.SUPPLIER
        else payment_documents.c.customer_id
    )
    return side == bindparam("me", type_=side.type)


def _row(payment: PaymentDocument) -> dict[str, Any]:
    reversed_by = payment.reversed_by
    return {
        "id": payment.id,
        "sequence": payment.sequence,
        "partnership_id": payment.partnership_id,
        "customer_id": payment.customer.id,
        "customer_name": payment.customer.name,
        "supplier_id": payment.supplier.id,
        "supplier_name": payment.supplier.name,
        "currency": payment.currency,
        "amount": payment.amount,
        "allocated": payment.allocated,
        "paid_on": payment.paid_on,
        "reference": payment.reference,
        "registered_by_id": payment.registered_by.id,
        "registered_by_name": payment.registered_by.name,
        "registered_at": payment.registered_at,
        "reversed_by_id": None if reversed_by is None else reversed_by.id,
        "reversed_by_name": None if reversed_by is None else reversed_by.name,
        "reversed_at": payment.reversed_at,
        "reversal_reason": payment.reversal_reason,
        "credit_note_id": payment.credit_note_id,
    }


def _document(row: Row[Any], allocations: tuple[Allocation, ...]) -> PaymentDocument:
    payment = PaymentDocument(
        id=row.id,
        partnership_id=row.partnership_id,
        customer=Party(id=row.customer_id, name=row.customer_name),
        supplier=Party(id=row.supplier_id, name=row.supplier_name),
        currency=row.currency,
        amount=row.amount,
        paid_on=row.paid_on,
        reference=row.reference,
        registered_by=Person(id=row.registered_by_id, name=row.registered_by_name),
        registered_at=row.registered_at,
        allocations=allocations,
        reversed_by=row.reversed_by_id and Person(id=row.reversed_by_id, name=row.reversed_by_name),
        reversed_at=row.reversed_at,
        reversal_reason=row.reversal_reason,
        credit_note_id=row.credit_note_id,
    )
    payment.sequence = row.sequence
    return payment


def _allocations(tx: Transaction, payment_id: UUID) -> tuple[Allocation, ...]:
    rows = tx.execute(
        select(payments, invoices.c.number, invoices.c.order_id)
        .join(invoices, invoices.c.id == payments.c.invoice_id)
        .where(payments.c.payment_id == payment_id)
        .order_by(payments.c.registered_at, payments.c.id)
    )
    return tuple(
        Allocation(
            id=row.id,
            invoice_id=row.invoice_id,
            invoice_number=row.number,
            order_id=row.order_id,
            amount=row.amount,
            allocated_on=row.paid_on,
            allocated_by=Person(id=row.registered_by_id, name=row.registered_by_name),
            allocated_at=row.registered_at,
        )
        for row in rows
    )


def _add_what_is_new(tx: Transaction, payment: PaymentDocument) -> None:
    if payment.new_allocations:
        tx.execute(payments.insert(), [_allocation_row(payment, each) for each in payment.new_allocations])
    sides = Sides(payment.partnership_id, payment.customer.id, payment.supplier.id, payment.currency)
    post(tx, payment.new_entries, sides)
    # Written now: a second flush of the same transaction must not write them again.
    payment.new_allocations, payment.new_entries = [], []


def _allocation_row(payment: PaymentDocument, allocation: Allocation) -> dict[str, Any]:
    return {
        "id": allocation.id,
        "payment_id": payment.id,
        "invoice_id": allocation.invoice_id,
        "customer_id": payment.customer.id,
        "supplier_id": payment.supplier.id,
        "amount": allocation.amount,
        "currency": payment.currency,
        "paid_on": allocation.allocated_on,
        "reference": payment.reference,
        "registered_by_id": allocation.allocated_by.id,
        "registered_by_name": allocation.allocated_by.name,
        "registered_at": allocation.allocated_at,
    }


# ------------------------------------------------------------------------------------------- what is needed


def parts_of(tx: Transaction, wanted: Sequence[InvoicePart]) -> list[Part]:
    """The invoices to be paid, locked in the order of their ids."""
    return [Part(tx.new_id(), tx.get(Invoice, part.invoice_id), part.amount) for part in each_once(wanted)]


def partnership_with(tx: Transaction, supplier_id: UUID) -> tuple[UUID, Party, Party]:
    """The customer's partnership with a supplier: its id, customer and supplier."""
    link = tx.execute(
        select(partnerships).where(
            partnerships.c.customer_id == tx.actor.organisation_id, partnerships.c.supplier_id == supplier_id
        )
    ).one_or_none()
    if link is None:
        raise NotFound(f"There is no supplier {supplier_id} here.")
    return (
        link.id,
        Party(id=link.customer_id, name=link.customer_name),
        Party(id=link.supplier_id, name=link.supplier_name),
    )


def payments_of(tx: Transaction, invoice_id: UUID) -> views.Payments:
    """What was paid of an invoice, in the order in which it was registered."""
    rows = tx.execute(
        select(payments, payment_documents.c.reversed_at)
        .join(payment_documents, payment_documents.c.id == payments.c.payment_id)
        .where(payments.c.invoice_id == invoice_id)
        .order_by(payments.c.id)
    )
    items = tuple(_payment(row) for row in rows)
    return views.Payments(items=items, total=total(each.amount for each in items if each.reversed_at is None))


def _payment(row: Row[Any]) -> views.Payment:
    return views.Payment(
        id=row.id,
        invoice_id=row.invoice_id,
        amount=row.amount,
        currency=row.currency,
        paid_on=row.paid_on,
        reference=row.reference,
        registered_by=Person(id=row.registered_by_id, name=row.registered_by_name),
        registered_at=row.registered_at,
        payment_id=row.payment_id,
        reversed_at=row.reversed_at,
    )


# ------------------------------------------------------------------------------------------------- the list

_D = payment_documents.c
_STATUS = case(
    (_D.reversed_at.is_not(None), PaymentStatus.REVERSED.value),
    (_D.allocated < _D.amount, PaymentStatus.ADVANCE.value),
    else_=PaymentStatus.ALLOCATED.value,
)
_SUMMARY = select(payment_documents, _STATUS.label("status"))
_SORTINGS: dict[str, Sorting] = {
    **both_ways("created", _D.id),
    **both_ways("day", _D.id, _D.paid_on, paging.day),
    **both_ways("amount", _D.id, _D.amount, Decimal),
}


def list_documents(tx: Transaction, question: ListPaymentDocuments) -> PaymentPage:
    """A page of payments."""
    sorting = _SORTINGS[question.sort.value]
    wanted = _SUMMARY.where(mine(tx), *_conditions(question))
    values: dict[str, Any] = {"me": tx.actor.organisation_id}
    if question.after is not None:
        wanted = wanted.where(sorting.behind)
        values |= sorting.place(question.after)
    rows = list(tx.execute(sorting.sorted(wanted).limit(question.limit + 1), values))
    shown, following = paging.page(rows, question.limit, sorting.key)
    return PaymentPage(items=tuple(_summary(row) for row in shown), next=following)


def _conditions(question: ListPaymentDocuments) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if question.status:
        found.append(any_(literal([each.value for each in question.status], ARRAY(Text))) == _STATUS)
    if question.partner_id is not None:
        found.append(or_(_D.customer_id == question.partner_id, _D.supplier_id == question.partner_id))
    if question.currency is not None:
        found.append(_D.currency == question.currency)
    if question.date_from is not None:
        found.append(_D.paid_on >= question.date_from)
    if question.date_to is not None:
        found.append(_D.paid_on <= question.date_to)
    if question.search is not None:
        found.append(_D.reference.icontains(question.search, autoescape=True))
    return found


def _summary(row: Row[Any]) -> PaymentSummary:
    taken_back = row.reversed_at is not None
    return PaymentSummary(
        id=row.id,
        customer=Party(id=row.customer_id, name=row.customer_name),
        supplier=Party(id=row.supplier_id, name=row.supplier_name),
        status=PaymentStatus(row.status),
        currency=row.currency,
        amount=row.amount,
        allocated=row.allocated,
        advance=Decimal(0) if taken_back else row.amount - row.allocated,
        paid_on=row.paid_on,
        reference=row.reference,
        credit_note_id=row.credit_note_id,
        sequence=row.sequence,
    )

"""How suppliers' tax invoices are read and written, and the list of them."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, bindparam, false, not_, or_, select, true, update

from services.chassis import history, paging, wire
from services.chassis.database import Transaction
from services.contracts.actors import OrganisationKind
from services.contracts.invoicing import tax_invoices as views
from services.contracts.invoicing.tax_invoices import DateRequest, ListTaxInvoices, TaxInvoiceStatus
from services.contracts.invoicing.views import TaxAmount
from services.contracts.parties import Party, Person
from services.invoicing.domain.invoice import number_key
from services.invoicing.domain.refusals import HasTaxInvoice, NumberTaken
from services.invoicing.domain.tax_invoice import TaxInvoice
from services.invoicing.tables import orders, tax_invoices

_C = tax_invoices.c


class TaxInvoiceStore:
    """Loads and saves tax invoices; a trigger keeps what they tax as it is."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> TaxInvoice | None:
        """The tax invoice."""
        wanted = select(tax_invoices).where(_C.id == id, _mine(tx))
        row = tx.execute(wanted.with_for_update() if lock else wanted, {"me": _me(tx)}).one_or_none()
        return None if row is None else _tax_invoice(row, tx.at.date())

    def insert(self, tx: Transaction, tax: TaxInvoice) -> None:
        """Write a new one."""
        tx.refuse_when_violated(
            "tax_invoices_number_once",
            NumberTaken(
                f"You have used the number {tax.number} for a tax invoice to {tax.customer.name} before, "
                "spelling aside. Give this one another."
            ),
        )
        tx.refuse_when_violated(
            "tax_invoices_one_of_invoice",
            HasTaxInvoice(f"Invoice {tax.invoice_number} has its tax invoice already."),
        )
        tx.execute(tax_invoices.insert(), _row(tax))

    def update(self, tx: Transaction, tax: TaxInvoice, loaded_sequence: int) -> int:
        """Write what may change of it."""
        changed = update(tax_invoices).where(_C.id == tax.id, _C.sequence == loaded_sequence)
        return tx.execute(changed.values(_changing(tax))).rowcount


def _me(tx: Transaction) -> UUID | None:
    return tx.maybe_actor.organisation_id if tx.maybe_actor else None


def _mine(tx: Transaction) -> ColumnElement[bool]:
    """The condition that keeps to the tax invoices the actor may know of; `me` is its organisation."""
    if tx.maybe_actor is None or tx.maybe_actor.kind is OrganisationKind.OPERATOR:
        return true()
    side = _C.supplier_id if tx.maybe_actor.kind is OrganisationKind.SUPPLIER else _C.customer_id
    return side == bindparam("me", type_=side.type)


def _changing(tax: TaxInvoice) -> dict[str, Any]:
    by = tax.registered_by
    return {
        "sequence": tax.sequence,
        "day": tax.day,
        "register_by": tax.register_by,
        "registration": tax.registration,
        "registered_on": tax.registered_on,
        "registered_by_id": by and by.id,
        "registered_by_name": by and by.name,
        "requests": wire.encode(tax.requests),
        "asked": tax.open_request is not None,
    }


def _row(tax: TaxInvoice) -> dict[str, Any]:
    return {
        "id": tax.id,
        "number": tax.number,
        "number_key": number_key(tax.number),
        "invoice_id": tax.invoice_id,
        "invoice_number": tax.invoice_number,
        "order_id": tax.order_id,
        "order_number": tax.order_number,
        "customer_id": tax.customer.id,
        "customer_name": tax.customer.name,
        "supplier_id": tax.supplier.id,
        "supplier_name": tax.supplier.name,
        "initiator_id": tax.initiator.id,
        "initiator_name": tax.initiator.name,
        "currency": tax.currency,
        "amount_places": tax.amount_places,
        "taxes": wire.encode(tax.taxes),
        "net": tax.net,
        "tax": tax.tax,
        "gross": tax.gross,
        "issued_by_id": tax.issued_by.id,
        "issued_by_name": tax.issued_by.name,
        "issued_at": tax.issued_at,
        **_changing(tax),
    }


def _tax_invoice(row: Row[Any], today: date) -> TaxInvoice:
    by = row.registered_by_id
    tax = TaxInvoice(
        id=row.id,
        number=row.number,
        day=row.day,
        invoice_id=row.invoice_id,
        invoice_number=row.invoice_number,
        order_id=row.order_id,
        order_number=row.order_number,
        supplier=Party(id=row.supplier_id, name=row.supplier_name),
        customer=Party(id=row.customer_id, name=row.customer_name),
        initiator=Person(id=row.initiator_id, name=row.initiator_name),
        currency=row.currency,
        amount_places=row.amount_places,
        taxes=tuple(wire.decode(TaxAmount, each) for each in row.taxes),
        net=row.net,
        tax=row.tax,
        gross=row.gross,
        issued_by=Person(id=row.issued_by_id, name=row.issued_by_name),
        issued_at=row.issued_at,
        today=today,
        registration=row.registration,
        registered_on=row.registered_on,
        registered_by=None if by is None else Person(id=by, name=row.registered_by_name),
        requests=tuple(wire.decode(DateRequest, each) for each in row.requests),
    )
    tax.sequence = row.sequence
    return tax


def delivery_date_of_order(tx: Transaction, order_id: UUID) -> date | None:
    """The delivery date that the order has."""
    wanted = select(orders.c.document["delivery_date"].astext).where(orders.c.id == order_id)
    day = tx.execute(wanted).scalar_one_or_none()
    return None if day is None else date.fromisoformat(day)


def history_of(tx: Transaction, id: UUID) -> views.TaxInvoiceHistory:
    """Everything that happened to a tax invoice that the actor may know of."""
    tx.peek(TaxInvoice, id)
    return views.TaxInvoiceHistory(
        entries=tuple(
            views.TaxInvoiceStep(
                **history.told(step), state=wire.decode(views.TaxInvoice, step.data["tax_invoice"])
            )
            for step in history.steps(tx, TaxInvoice.noun, id)
        )
    )


# ------------------------------------------------------------------------------------------------- the list


def list_tax_invoices(tx: Transaction, question: ListTaxInvoices) -> views.TaxInvoicePage:
    """A page of tax invoices, the newest first."""
    today = tx.at.date()
    wanted = select(tax_invoices).where(_mine(tx), *_conditions(question, today)).order_by(_C.id.desc())
    if question.after is not None:
        wanted = wanted.where(_C.id < paging.key_of(question.after, paging.identifier)[0])
    rows = list(tx.execute(wanted.limit(question.limit + 1), {"me": _me(tx)}))
    shown, following = paging.page(rows, question.limit, lambda row: (row.id,))
    return views.TaxInvoicePage(items=tuple(_summary(row, today) for row in shown), next=following)


def _conditions(question: ListTaxInvoices, today: date) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if question.partner_id is not None:
        found.append(or_(_C.customer_id == question.partner_id, _C.supplier_id == question.partner_id))
    if question.invoice_id is not None:
        found.append(_C.invoice_id == question.invoice_id)
    if question.status is not None:
        registered = _C.registration.is_not(None)
        found.append(registered if question.status is TaxInvoiceStatus.REGISTERED else not_(registered))
    if question.overdue is not None:
        overdue = _C.registration.is_(None) & (_C.register_by < today)
        found.append(overdue if question.overdue else not_(overdue))
    if question.asked is not None:
        found.append(_C.asked.is_(question.asked))
    if question.date_from is not None:
        found.append(_C.day >= question.date_from)
    if question.date_to is not None:
        found.append(_C.day <= question.date_to)
    if question.search is not None:
        key = number_key(question.search)
        # A key has letters and digits only: nothing in it means anything to `like`.
        found.append(_C.number_key.like(f"{key}%") if key else false())
    return found


def _summary(row: Row[Any], today: date) -> views.TaxInvoiceSummary:
    registered = row.registration is not None
    return views.TaxInvoiceSummary(
        id=row.id,
        number=row.number,
        day=row.day,
        status=TaxInvoiceStatus.REGISTERED if registered else TaxInvoiceStatus.ISSUED,
        invoice_id=row.invoice_id,
        invoice_number=row.invoice_number,
        supplier=Party(id=row.supplier_id, name=row.supplier_name),
        customer=Party(id=row.customer_id, name=row.customer_name),
        currency=row.currency,
        tax=row.tax,
        gross=row.gross,
        register_by=row.register_by,
        overdue=not registered and row.register_by < today,
        registered_on=row.registered_on,
        late=registered and row.registered_on > row.register_by,
        asked=row.asked,
        sequence=row.sequence,
    )

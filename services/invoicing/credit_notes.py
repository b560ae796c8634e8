"""How credit notes are read and written: the document as a whole, and the columns that lists are made from."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, bindparam, false, or_, select, true

from services.chassis import paging, wire
from services.chassis.database import Transaction
from services.chassis.sorting import Sorting, both_ways
from services.contracts.actors import OrganisationKind
from services.contracts.invoicing import credit_notes as views
from services.contracts.invoicing.credit_notes import (
    CreditBasis,
    CreditNotePage,
    CreditNoteSummary,
    ListCreditNotes,
)
from services.contracts.parties import Party
from services.invoicing.domain.credit import CreditNote
from services.invoicing.domain.invoice import number_key
from services.invoicing.domain.refusals import NumberTaken
from services.invoicing.posting import Sides, post
from services.invoicing.tables import credit_notes

_C = credit_notes.c


class CreditNoteStore:
    """Loads and adds credit notes; they are never changed."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> CreditNote | None:
        """The credit note."""
        wanted = select(_C.document).where(_C.id == id, mine(tx))
        document = tx.execute(wanted, {"me": _me(tx)}).scalar_one_or_none()
        return None if document is None else _note(wire.decode(views.CreditNote, document))

    def insert(self, tx: Transaction, note: CreditNote) -> None:
        """Write a new credit note."""
        tx.refuse_when_violated(
            "credit_notes_number_once",
            NumberTaken(
                f"You have used the number {note.number} for a credit note to {note.customer.name} before, "
                "spelling aside. Give this one another."
            ),
        )
        tx.execute(credit_notes.insert(), _row(note))
        post(
            tx,
            note.new_entries,
            Sides(note.partnership_id, note.customer.id, note.supplier.id, note.currency),
        )
        note.new_entries = []

    def update(self, tx: Transaction, note: CreditNote, loaded_sequence: int) -> int:
        """There is nothing to change."""
        raise TypeError("a credit note is never changed")


def _me(tx: Transaction) -> UUID | None:
    return tx.maybe_actor.organisation_id if tx.maybe_actor else None


def mine(tx: Transaction) -> ColumnElement[bool]:
    """The condition that keeps to the credit notes the actor may know of; `me` is its organisation."""
    if tx.maybe_actor is None or tx.maybe_actor.kind is OrganisationKind.OPERATOR:
        return true()
    side = _C.supplier_id if tx.maybe_actor.kind is OrganisationKind.SUPPLIER else _C.customer_id
    return side == bindparam("me", type_=side.type)


def _row(note: CreditNote) -> dict[str, Any]:
    return {
        "id": note.id,
        "number": note.number,
        "number_key": number_key(note.number),
        "invoice_id": note.invoice_id,
        "invoice_number": note.invoice_number,
        "customer_id": note.customer.id,
        "customer_name": note.customer.name,
        "supplier_id": note.supplier.id,
        "supplier_name": note.supplier.name,
        "basis": note.basis.value,
        "currency": note.currency,
        "issue_date": note.issue_date,
        "net": note.net,
        "gross": note.gross,
        "deducted": note.deducted,
        "document": wire.encode(note.view()),
    }


def _note(view: views.CreditNote) -> CreditNote:
    note = CreditNote(
        id=view.id,
        number=view.number,
        invoice_id=view.invoice_id,
        invoice_number=view.invoice_number,
        order_id=view.order_id,
        order_number=view.order_number,
        partnership_id=view.partnership_id,
        supplier=view.supplier,
        customer=view.customer,
        initiator=view.initiator,
        basis=view.basis,
        reason=view.reason,
        dispute_id=view.dispute_id,
        currency=view.currency,
        amount_places=view.amount_places,
        issue_date=view.issue_date,
        lines=view.lines,
        adjustments=view.adjustments,
        taxes=view.taxes,
        net=view.net,
        tax=view.tax,
        gross=view.gross,
        deducted=view.deducted,
        issued_by=view.issued_by,
        issued_at=view.issued_at,
    )
    note.sequence = view.sequence
    return note


# ------------------------------------------------------------------------------------------------- the list

_SORTINGS: dict[str, Sorting] = {
    **both_ways("created", _C.id),
    **both_ways("date", _C.id, _C.issue_date, paging.day),
    **both_ways("gross", _C.id, _C.gross, Decimal),
}


def list_credit_notes(tx: Transaction, question: ListCreditNotes) -> CreditNotePage:
    """A page of credit notes."""
    sorting = _SORTINGS[question.sort.value]
    wanted = select(credit_notes).where(mine(tx), *_conditions(question))
    values: dict[str, Any] = {"me": tx.actor.organisation_id}
    if question.after is not None:
        wanted = wanted.where(sorting.behind)
        values |= sorting.place(question.after)
    rows = list(tx.execute(sorting.sorted(wanted).limit(question.limit + 1), values))
    shown, following = paging.page(rows, question.limit, sorting.key)
    return CreditNotePage(items=tuple(_summary(row) for row in shown), next=following)


def _conditions(question: ListCreditNotes) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if question.partner_id is not None:
        found.append(or_(_C.customer_id == question.partner_id, _C.supplier_id == question.partner_id))
    for column, value in (
        (_C.invoice_id, question.invoice_id),
        (_C.basis, question.basis and question.basis.value),
        (_C.currency, question.currency),
    ):
        if value is not None:
            found.append(column == value)
    if question.date_from is not None:
        found.append(_C.issue_date >= question.date_from)
    if question.date_to is not None:
        found.append(_C.issue_date <= question.date_to)
    if question.search is not None:
        key = number_key(question.search)
        # A key has letters and digits only: nothing in it means anything to `like`.
        found.append(_C.number_key.like(f"{key}%") if key else false())
    return found


def _summary(row: Row[Any]) -> CreditNoteSummary:
    return CreditNoteSummary(
        id=row.id,
        number=row.number,
        invoice_id=row.invoice_id,
        invoice_number=row.invoice_number,
        supplier=Party(id=row.supplier_id, name=row.supplier_name),
        customer=Party(id=row.customer_id, name=row.customer_name),
        basis=CreditBasis(row.basis),
        currency=row.currency,
        issue_date=row.issue_date,
        net=row.net,
        gross=row.gross,
        deducted=row.deducted,
        advance=row.gross - row.deducted,
        sequence=1,
    )

"""How reconciliation statements are read and written: the document, its lines each time it is sent, and lists."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from prometheus_client import Counter
from sqlalchemy import ColumnElement, Row, and_, any_, bindparam, false, literal, or_, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from services.chassis import history, paging, wire
from services.chassis.database import Transaction
from services.chassis.errors import NotFound
from services.chassis.journal import journal
from services.chassis.sorting import Sorting, both_ways
from services.contracts.actors import OrganisationKind
from services.contracts.invoicing import reconciliations as views
from services.contracts.invoicing.reconciliations import (
    ListReconciliations,
    ReconciliationLine,
    ReconciliationPage,
    ReconciliationStatus,
    ReconciliationSummary,
)
from services.contracts.invoicing.reports import AccountStatement, GetAccountStatement
from services.contracts.parties import Party
from services.invoicing import reports
from services.invoicing.domain.invoice import number_key
from services.invoicing.domain.reconciliation import Reconciliation
from services.invoicing.domain.refusals import PortalSwitchedOff
from services.invoicing.tables import partnerships, reconciliation_lines, reconciliations

SERIES = "RS"

steps = Counter(
    "counterpart_reconciliations_total",
    "Reconciliation statements, by step: sent, revised, confirmed, contested, withdrawn, discarded.",
    ("step",),
)

_R = reconciliations.c


class ReconciliationStore:
    """Loads and saves reconciliation statements; the lines are added each time one is sent."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> Reconciliation | None:
        """The statement without its lines."""
        wanted = select(_R.document).where(_R.id == id, mine(tx))
        document = tx.execute(wanted.with_for_update() if lock else wanted, _me(tx)).scalar_one_or_none()
        return None if document is None else _statement(wire.decode(views.Reconciliation, document))

    def insert(self, tx: Transaction, statement: Reconciliation) -> None:
        """Write a new one."""
        tx.execute(reconciliations.insert(), _row(statement))
        _keep_lines(tx, statement)

    def update(self, tx: Transaction, statement: Reconciliation, loaded_sequence: int) -> int:
        """Write a changed one."""
        changed = update(reconciliations).where(_R.id == statement.id, _R.sequence == loaded_sequence)
        count = tx.execute(changed, _row(statement)).rowcount
        _keep_lines(tx, statement)
        return count


def _me(tx: Transaction) -> dict[str, UUID]:
    return {"me": tx.actor.organisation_id} if tx.maybe_actor else {}


def mine(tx: Transaction) -> ColumnElement[bool]:
    """The condition that keeps to what the actor may know of; `me` is its organisation.

    A draft is its author's own, and one that was thrown away is nobody's.
    """
    if tx.maybe_actor is None:
        return true()
    sent = _R.sent_at.is_not(None)
    if tx.actor.kind is OrganisationKind.OPERATOR:
        return sent
    side = _R.supplier_id if tx.actor.kind is OrganisationKind.SUPPLIER else _R.customer_id
    me = bindparam("me", type_=side.type)
    own_draft = and_(_R.author_id == me, _R.status == ReconciliationStatus.DRAFT.value)
    return and_(side == me, or_(sent, own_draft))


def _row(statement: Reconciliation) -> dict[str, Any]:
    return {
        "id": statement.id,
        "sequence": statement.sequence,
        "number": statement.number,
        "number_key": statement.number and number_key(statement.number),
        "status": statement.status.value,
        "partnership_id": statement.partnership_id,
        "customer_id": statement.customer.id,
        "customer_name": statement.customer.name,
        "supplier_id": statement.supplier.id,
        "supplier_name": statement.supplier.name,
        "author_id": statement.author.id,
        "currency": statement.currency,
        "date_from": statement.date_from,
        "date_to": statement.date_to,
        "receivable": statement.closing.receivable,
        "payable": statement.closing.payable,
        "contested": len(statement.objections) if statement.status is ReconciliationStatus.CONTESTED else 0,
        "revision": statement.revision,
        "made_at": statement.made_at,
        "sent_at": statement.sent_at,
        "document": wire.encode(statement.view()),
    }


def _statement(view: views.Reconciliation) -> Reconciliation:
    statement = Reconciliation(
        id=view.id,
        number=view.number,
        revision=view.revision,
        status=view.status,
        partnership_id=view.partnership_id,
        customer=view.customer,
        supplier=view.supplier,
        author=view.author,
        currency=view.currency,
        date_from=view.date_from,
        date_to=view.date_to,
        note=view.note,
        opening=view.opening,
        charged=view.charged,
        credited=view.credited,
        paid=view.paid,
        closing=view.closing,
        line_count=view.lines,
        objections=view.objections,
        made_by=view.made_by,
        made_at=view.made_at,
        sent_at=view.sent_at,
        decided_by=view.decided_by,
        decided_at=view.decided_at,
        remark=view.remark,
    )
    statement.sequence = view.sequence
    return statement


def _keep_lines(tx: Transaction, statement: Reconciliation) -> None:
    """Keep the lines of a statement that was just sent; what was sent before stays beside it."""
    if statement.sent_at != tx.at:
        return
    row = {
        "reconciliation_id": statement.id,
        "revision": statement.revision,
        "customer_id": statement.customer.id,
        "supplier_id": statement.supplier.id,
        "author_id": statement.author.id,
        "lines": wire.encode(statement.lines or ()),
    }
    tx.execute(reconciliation_lines.insert(), row)


# ------------------------------------------------------------------------------------------- what is needed


def partnership_with(tx: Transaction, partner_id: UUID) -> UUID:
    """The link with a partner; raises NotFound, and PortalSwitchedOff for a supplier who may not act (S-100)."""
    supplies = tx.actor.kind is OrganisationKind.SUPPLIER
    sides = (partnerships.c.supplier_id, partnerships.c.customer_id)
    own, partner = sides if supplies else sides[::-1]
    link = tx.execute(
        select(partnerships).where(own == tx.actor.organisation_id, partner == partner_id)
    ).one_or_none()
    if link is None:
        raise NotFound(f"There is no partner {partner_id} here.")
    if supplies and not link.enabled:
        raise PortalSwitchedOff(
            f"{link.customer_name} has switched the portal off for {link.supplier_name}. "
            "What was sent before stays; ask them to switch it on again."
        )
    link_id: UUID = link.id
    return link_id


def partner_of(tx: Transaction, statement: Reconciliation) -> UUID:
    """The side of a statement that is not the actor's."""
    sides = (statement.customer.id, statement.supplier.id)
    return sides[0] if tx.actor.organisation_id == sides[1] else sides[1]


def account(tx: Transaction, statement: Reconciliation, **changed: Any) -> AccountStatement:
    """The account that a statement is of, as the ledger has it now."""
    question = GetAccountStatement(
        partner_id=partner_of(tx, statement),
        currency=statement.currency,
        date_from=changed.get("date_from", statement.date_from),
        date_to=changed.get("date_to", statement.date_to),
    )
    return reports.statement(tx, question)


def lines_of(tx: Transaction, statement: Reconciliation) -> tuple[ReconciliationLine, ...]:
    """The lines of a statement as it was sent last; none of a draft that was thrown away."""
    kept = tx.execute(
        select(reconciliation_lines.c.lines).where(
            reconciliation_lines.c.reconciliation_id == statement.id,
            reconciliation_lines.c.revision == statement.revision,
        )
    ).scalar()
    return tuple(wire.decode(ReconciliationLine, line) for line in kept or ())


def drafts_made_before(tx: Transaction, partnership_id: UUID, moment: datetime) -> list[UUID]:
    """The supplier's drafts for a customer made before `moment`, locked (D-6)."""
    rows = tx.execute(
        select(_R.id)
        .where(
            _R.partnership_id == partnership_id,
            _R.author_id == _R.supplier_id,
            _R.status == ReconciliationStatus.DRAFT.value,
            _R.made_at < moment,
        )
        .order_by(_R.id)
        .with_for_update()
    )
    return list(rows.scalars())


# ------------------------------------------------------------------------------------------------- reading


def shown(tx: Transaction, statement: Reconciliation) -> views.ReconciliationStatement:
    """The whole statement; a draft as the ledger is now."""
    if statement.status is ReconciliationStatus.DRAFT:
        statement.take(account(tx, statement))
    elif statement.lines is None:
        statement.lines = lines_of(tx, statement)
    current = reports.standing(
        tx, statement.customer.id, statement.supplier.id, statement.currency, statement.date_to
    )
    return views.ReconciliationStatement(
        reconciliation=statement.view(),
        lines=statement.lines or (),
        current=current,
        sequence=statement.sequence,
    )


def history_of(tx: Transaction, id: UUID) -> views.ReconciliationHistory:
    """What has happened to a statement, as far as the actor may know it."""
    statement = tx.peek(Reconciliation, id)
    both = [statement.customer.id, statement.supplier.id]
    own = [tx.actor.organisation_id]
    # Operators, who take no part, see what both sides have seen.
    seen = journal.c.participants.contains(both if tx.actor.kind is OrganisationKind.OPERATOR else own)
    entries = tuple(
        views.ReconciliationEntry(
            **history.told(step), state=wire.decode(views.Reconciliation, step.data["reconciliation"])
        )
        for step in history.steps(tx, Reconciliation.noun, id, seen)
    )
    return views.ReconciliationHistory(entries=entries)


_SORTINGS: dict[str, Sorting] = {
    **both_ways("created", _R.id),
    **both_ways("date", _R.id, _R.date_to, paging.day),
    **both_ways("receivable", _R.id, _R.receivable, Decimal),
}


def list_reconciliations(tx: Transaction, question: ListReconciliations) -> ReconciliationPage:
    """A page of statements."""
    sorting = _SORTINGS[question.sort.value]
    wanted = select(reconciliations).where(mine(tx), *_conditions(question))
    values: dict[str, Any] = _me(tx)
    if question.after is not None:
        wanted = wanted.where(sorting.behind)
        values |= sorting.place(question.after)
    rows = list(tx.execute(sorting.sorted(wanted).limit(question.limit + 1), values))
    listed, following = paging.page(rows, question.limit, sorting.key)
    return ReconciliationPage(items=tuple(_summary(row) for row in listed), next=following)


def _conditions(question: ListReconciliations) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if question.status:
        found.append(any_(literal([each.value for each in question.status], ARRAY(Text))) == _R.status)
    if question.partner_id is not None:
        found.append(or_(_R.customer_id == question.partner_id, _R.supplier_id == question.partner_id))
    if question.currency is not None:
        found.append(_R.currency == question.currency)
    if question.date_from is not None:
        found.append(_R.date_to >= question.date_from)
    if question.date_to is not None:
        found.append(_R.date_to <= question.date_to)
    if question.search is not None:
        key = number_key(question.search)
        # A key has letters and digits only: nothing in it means anything to `like`.
        found.append(_R.number_key.like(f"{key}%") if key else false())
    return found


def _summary(row: Row[Any]) -> ReconciliationSummary:
    customer = Party(id=row.customer_id, name=row.customer_name)
    supplier = Party(id=row.supplier_id, name=row.supplier_name)
    return ReconciliationSummary(
        id=row.id,
        number=row.number,
        status=ReconciliationStatus(row.status),
        customer=customer,
        supplier=supplier,
        author=supplier if row.author_id == supplier.id else customer,
        currency=row.currency,
        date_from=row.date_from,
        date_to=row.date_to,
        receivable=row.receivable,
        payable=row.payable,
        contested=row.contested,
        sequence=row.sequence,
    )

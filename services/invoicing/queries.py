"""How invoices and what hangs on them are read and written: explicit statements, one per table."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Row,
    Select,
    Table,
    any_,
    bindparam,
    delete,
    func,
    literal_column,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by

from services.chassis import history, wire
from services.chassis.database import Transaction
from services.chassis.errors import Later, NotFound, NotHereYet
from services.chassis.journal import journal
from services.chassis.statements import Prepared, none_of, prepared
from services.contracts.actors import OrganisationKind
from services.contracts.invoicing import events, views
from services.contracts.invoicing.charges import Adjustment, DocumentAdjustment, TaxCategory
from services.contracts.invoicing.responses import StatusAction, StatusReason
from services.contracts.invoicing.tolerances import AppliedTolerance, MatchingWay, UnitFactor
from services.contracts.invoicing.views import AmountBase, Approval, InvoiceStatus
from services.contracts.orders.views import OrderStatus
from services.contracts.parties import Party, Person
from services.contracts.shapes import event_type
from services.invoicing.domain import matching
from services.invoicing.domain.book import Book, Counted
from services.invoicing.domain.invoice import Alike, Invoice, number_key
from services.invoicing.domain.ledger import OWED_BY_EITHER, Account
from services.invoicing.domain.order import Order, OrderLine, Terms
from services.invoicing.domain.refusals import NumberTaken
from services.invoicing.domain.tolerance import wanted
from services.invoicing.posting import Sides, post
from services.invoicing.tables import (
    invoice_lines,
    invoices,
    items,
    ledger,
    matches,
    matching_choices,
    orders,
    partnerships,
    policies,
    tolerances,
)

GIVEN_UP = (InvoiceStatus.REJECTED.value, InvoiceStatus.CANCELED.value)
DRAFT_FACTS = tuple(
    event_type(event).name
    for event in (events.InvoiceDrafted, events.InvoiceDraftChanged, events.InvoiceDraftDeleted)
)


class InvoiceStore:
    """Loads and saves invoices with their lines; match decisions and entries are only added."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> Invoice | None:
        """The invoice with its lines."""
        wanted = (_ONE_LOCKED if lock else _ONE)[_side(tx)]
        row = tx.execute(wanted, {"id": id, "me": _me(tx)}).one_or_none()
        if row is None:
            return None
        lines = tx.execute(_LINES, {"id": id})
        return _invoice(row, tuple(_line(line) for line in lines))

    def insert(self, tx: Transaction, invoice: Invoice) -> None:
        """Write a new invoice."""
        tx.refuse_when_violated("invoices_number_once", _number_taken(invoice))
        tx.write(invoices, [_row(invoice)])
        tx.write(invoice_lines, _line_rows(invoice))
        _add_what_is_new(tx, invoice)

    def update(self, tx: Transaction, invoice: Invoice, loaded_sequence: int) -> int:
        """Write a changed invoice, or remove a deleted draft."""
        if invoice.deleted:
            return tx.execute(_DELETE, {"this": invoice.id, "loaded": loaded_sequence}).rowcount
        tx.refuse_when_violated("invoices_number_once", _number_taken(invoice))
        count = tx.overwrite(invoices, _row(invoice), invoice.id, loaded_sequence)
        if any(isinstance(fact.event, events.InvoiceDraftChanged) for fact in invoice.facts):
            tx.execute(_DELETE_LINES, {"id": invoice.id})
            tx.write(invoice_lines, _line_rows(invoice))
        if any(isinstance(fact.event, events.InvoiceCredited) for fact in invoice.facts):
            tx.execute(_CREDIT_LINES, _credited_rows(invoice))
        _add_what_is_new(tx, invoice)
        return count


def _number_taken(invoice: Invoice) -> NumberTaken:
    return NumberTaken(
        f"You have used the number {invoice.number} for {invoice.customer.name} before, spelling aside. "
        "Give this invoice another one."
    )


def number_is_taken(tx: Transaction, invoice: Invoice) -> bool:
    """Whether another invoice of the supplier to this customer has the number, spelling aside."""
    if invoice.number is None:
        return False
    others = select(invoices.c.id).where(
        invoices.c.supplier_id == invoice.supplier.id,
        invoices.c.number_key == number_key(invoice.number),
        invoices.c.customer_id == invoice.customer.id,
        invoices.c.id != invoice.id,
    )
    return tx.execute(others).first() is not None


_ALIKE = prepared(
    select(invoices.c.number, invoices.c.order_id, invoices.c.order_number, invoices.c.issue_date)
    .where(
        invoices.c.supplier_id == bindparam("supplier_id"),
        invoices.c.customer_id == bindparam("customer_id"),
        invoices.c.gross == bindparam("gross"),
        invoices.c.currency == bindparam("currency"),
        none_of(invoices.c.status, (*GIVEN_UP, InvoiceStatus.DRAFT.value)),
        invoices.c.id != bindparam("id"),
        (invoices.c.order_id == bindparam("order_id")) | (invoices.c.issue_date == bindparam("issue_date")),
    )
    .order_by(invoices.c.id.desc())
    .limit(5)
)


def alike(tx: Transaction, invoice: Invoice) -> list[Alike]:
    """Other invoices that it may be a second copy of: the same amount, and the same order or date."""
    names = ("id", "order_id", "gross", "currency", "issue_date")
    values = {name: getattr(invoice, name) for name in names}
    sides = {"supplier_id": invoice.supplier.id, "customer_id": invoice.customer.id}
    return [
        Alike(row.number, row.order_id, row.order_number, row.issue_date)
        for row in tx.execute(_ALIKE, values | sides)
    ]


# Which invoices and orders an actor may know of; row-level security would hide the others anyway. Statements that
# every sent invoice needs are written out once for each side: to build one costs more than to send it.
_ME: BindParameter[UUID] = bindparam("me", type_=invoices.c.id.type)
_SENT = invoices.c.submitted_at.is_not(None)
_MY_INVOICES: dict[OrganisationKind | None, ColumnElement[bool]] = {
    OrganisationKind.SUPPLIER: invoices.c.supplier_id == _ME,
    OrganisationKind.CUSTOMER: (invoices.c.customer_id == _ME) & _SENT,
    OrganisationKind.OPERATOR: _SENT,
    None: true(),
}
_MY_ORDERS: dict[OrganisationKind | None, ColumnElement[bool]] = {
    OrganisationKind.SUPPLIER: orders.c.supplier_id == _ME,
    OrganisationKind.CUSTOMER: orders.c.customer_id == _ME,
    OrganisationKind.OPERATOR: true(),
    None: true(),
}
_THIS = invoices.c.id == bindparam("id")


def my_invoices(tx: Transaction) -> ColumnElement[bool]:
    """The condition that keeps to what the actor may know of; `me` is its organisation."""
    return _MY_INVOICES[_side(tx)]


def _by_side(
    write: Callable[[OrganisationKind | None], Select[Any]],
) -> dict[OrganisationKind | None, Select[Any]]:
    return {side: write(side) for side in _MY_INVOICES}


def _planned(
    statements: dict[OrganisationKind | None, Select[Any]],
) -> dict[OrganisationKind | None, Prepared]:
    return {side: prepared(wanted) for side, wanted in statements.items()}


def _locked(
    statements: dict[OrganisationKind | None, Select[Any]], of: Table
) -> dict[OrganisationKind | None, Select[Any]]:
    # Not against being referred to: a draft may be written while an invoice of its order is at the gate.
    return {side: wanted.with_for_update(of=of, key_share=True) for side, wanted in statements.items()}


def _side(tx: Transaction) -> OrganisationKind | None:
    return tx.maybe_actor.kind if tx.maybe_actor else None


def _me(tx: Transaction) -> UUID | None:
    return tx.maybe_actor.organisation_id if tx.maybe_actor else None


# ------------------------------------------------------------------------------------------------ the invoice

_THE_ONE = _by_side(lambda side: select(invoices).where(_THIS, _MY_INVOICES[side]))
_ONE = _planned(_THE_ONE)
_ONE_LOCKED = _planned(_locked(_THE_ONE, invoices))
_AS_LOADED = (invoices.c.id == bindparam("this")) & (invoices.c.sequence == bindparam("loaded"))
_DELETE = delete(invoices).where(_AS_LOADED)
_CREDIT_LINES = (
    update(invoice_lines)
    .where(invoice_lines.c.invoice_id == bindparam("of"), invoice_lines.c.number == bindparam("line"))
    .values(credited_quantity=bindparam("returned"), credited_net=bindparam("given_back"))
)
_DELETE_LINES = delete(invoice_lines).where(invoice_lines.c.invoice_id == bindparam("id"))
_LINES = prepared(
    select(invoice_lines)
    .where(invoice_lines.c.invoice_id == bindparam("id"))
    .order_by(invoice_lines.c.number)
)


def _row(invoice: Invoice) -> dict[str, Any]:
    return {
        "id": invoice.id,
        "sequence": invoice.sequence,
        "number": invoice.number,
        "number_key": None if invoice.number is None else number_key(invoice.number),
        "status": invoice.status.value,
        "order_id": invoice.order_id,
        "order_number": invoice.order_number,
        "partnership_id": invoice.partnership_id,
        "supplier_id": invoice.supplier.id,
        "supplier_name": invoice.supplier.name,
        "customer_id": invoice.customer.id,
        "customer_name": invoice.customer.name,
        "initiator_id": invoice.initiator.id,
        "initiator_name": invoice.initiator.name,
        "currency": invoice.currency,
        "amount_places": invoice.amount_places,
        "order_currency": invoice.order_currency if invoice.exchange else None,
        "exchange_rate": invoice.exchange and invoice.exchange.rate,
        "exchange_source": invoice.exchange and invoice.exchange.source,
        "exchange_day": invoice.exchange and invoice.exchange.day,
        "issue_date": invoice.issue_date,
        "due_date": invoice.due_date,
        "note": invoice.note,
        "adjustments": wire.encode(invoice.adjustments),
        "charged": invoice.charged,
        "returned_charges": invoice.returned_charges,
        "taxes": wire.encode(invoice.taxes),
        "net": invoice.net,
        "tax": invoice.tax,
        "gross": invoice.gross,
        "paid": invoice.paid,
        "credited": invoice.credited,
        "deducted": invoice.deducted,
        "returned_net": invoice.returned_net,
        "returned_gross": invoice.returned_gross,
        "planned_on": invoice.planned_on,
        "reasons": list(invoice.reasons),
        "waiting_since": invoice.waiting_since,
        "approval": None if invoice.approval is None else invoice.approval.value,
        "decided_by_id": None if invoice.decided_by is None else invoice.decided_by.id,
        "decided_by_name": None if invoice.decided_by is None else invoice.decided_by.name,
        "decided_at": invoice.decided_at,
        "remark": invoice.remark,
        "created_by_id": invoice.created_by.id,
        "created_by_name": invoice.created_by.name,
        "created_at": invoice.created_at,
        "drafted_at": invoice.drafted_at,
        "submitted_at": invoice.submitted_at,
        "warnings": list(invoice.warnings),
        "disputes": wire.encode(invoice.disputes),
        "disputed": invoice.disputed,
        "asked_at": invoice.asked_at,
        "deputy_id": None if invoice.deputy is None else invoice.deputy.id,
        "deputy_name": None if invoice.deputy is None else invoice.deputy.name,
        "decided_for_id": None if invoice.decided_for is None else invoice.decided_for.id,
        "decided_for_name": None if invoice.decided_for is None else invoice.decided_for.name,
        "reminders": invoice.reminders,
        "reminded_at": invoice.reminded_at,
        "nudged_at": invoice.nudged_at,
        "escalated_at": invoice.escalated_at,
        "answer_by": invoice.answer_by,
        "watch_at": invoice.watch_at,
        "originals_at": None if invoice.originals is None else invoice.originals.received_at,
        "delivery_date": invoice.delivery_date,
        "originals_by_id": None if invoice.originals is None else invoice.originals.received_by.id,
        "originals_by_name": None if invoice.originals is None else invoice.originals.received_by.name,
        "reason_code": invoice.reason_code and invoice.reason_code.value,
        "action_code": invoice.action_code and invoice.action_code.value,
    }


def _invoice(row: Row[Any], lines: tuple[views.InvoiceLine, ...]) -> Invoice:
    decided_by = row.decided_by_id and Person(id=row.decided_by_id, name=row.decided_by_name)
    invoice = Invoice(
        id=row.id,
        order_id=row.order_id,
        order_number=row.order_number,
        partnership_id=row.partnership_id,
        supplier=Party(id=row.supplier_id, name=row.supplier_name),
        customer=Party(id=row.customer_id, name=row.customer_name),
        initiator=Person(id=row.initiator_id, name=row.initiator_name),
        currency=row.currency,
        amount_places=row.amount_places,
        exchange=_exchange(row),
        order_currency=row.order_currency or row.currency,
        number=row.number,
        issue_date=row.issue_date,
        due_date=row.due_date,
        note=row.note,
        lines=lines,
        adjustments=tuple(wire.decode(DocumentAdjustment, each) for each in row.adjustments),
        returned_charges=row.returned_charges,
        taxes=tuple(wire.decode(views.TaxAmount, tax) for tax in row.taxes),
        net=row.net,
        tax=row.tax,
        gross=row.gross,
        created_by=Person(id=row.created_by_id, name=row.created_by_name),
        created_at=row.created_at,
        drafted_at=row.drafted_at,
        status=InvoiceStatus(row.status),
        paid=row.paid,
        credited=row.credited,
        deducted=row.deducted,
        returned_net=row.returned_net,
        returned_gross=row.returned_gross,
        planned_on=row.planned_on,
        reasons=tuple(row.reasons),
        waiting_since=row.waiting_since,
        approval=None if row.approval is None else Approval(row.approval),
        decided_by=decided_by,
        decided_at=row.decided_at,
        remark=row.remark,
        submitted_at=row.submitted_at,
        warnings=tuple(row.warnings),
        disputes=tuple(wire.decode(views.Dispute, each) for each in row.disputes),
        asked_at=row.asked_at,
        deputy=row.deputy_id and Person(id=row.deputy_id, name=row.deputy_name),
        decided_for=row.decided_for_id and Person(id=row.decided_for_id, name=row.decided_for_name),
        reminders=row.reminders,
        reminded_at=row.reminded_at,
        nudged_at=row.nudged_at,
        escalated_at=row.escalated_at,
        answer_by=row.answer_by,
        watch_at=row.watch_at,
        originals=_originals(row),
        delivery_date=row.delivery_date,
        reason_code=None if row.reason_code is None else StatusReason(row.reason_code),
        action_code=None if row.action_code is None else StatusAction(row.action_code),
    )
    invoice.sequence = row.sequence
    return invoice


def _exchange(row: Row[Any]) -> views.Exchange | None:
    if row.exchange_rate is None:
        return None
    return views.Exchange(rate=row.exchange_rate, source=row.exchange_source, day=row.exchange_day)


def _originals(row: Row[Any]) -> views.Originals | None:
    if row.originals_at is None:
        return None
    by = Person(id=row.originals_by_id, name=row.originals_by_name)
    return views.Originals(received_at=row.originals_at, received_by=by)


def _line_rows(invoice: Invoice) -> list[dict[str, Any]]:
    return [
        {
            "invoice_id": invoice.id,
            "number": line.number,
            "supplier_id": invoice.supplier.id,
            "order_line": line.order_line,
            "item_number": line.item_number,
            "description": line.description,
            "unit": line.unit,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "tax_rate": line.tax_rate,
            "tax_category": line.tax_category.value,
            "adjustments": wire.encode(line.adjustments),
            "net": line.net,
            "buyer_item_number": line.buyer_item_number,
            "gtin": line.gtin,
            "credited_quantity": line.credited_quantity,
            "credited_net": line.credited_net,
            "matched_by": None if line.matched_by is None else line.matched_by.value,
        }
        for line in invoice.lines
    ]


def _credited_rows(invoice: Invoice) -> list[dict[str, Any]]:
    return [
        {
            "of": invoice.id,
            "line": line.number,
            "returned": line.credited_quantity,
            "given_back": line.credited_net,
        }
        for line in invoice.lines
        if line.credited_net or line.credited_quantity
    ]


def _line(row: Row[Any]) -> views.InvoiceLine:
    return views.InvoiceLine(
        number=row.number,
        order_line=row.order_line,
        item_number=row.item_number,
        description=row.description,
        unit=row.unit,
        quantity=row.quantity,
        unit_price=row.unit_price,
        tax_rate=row.tax_rate,
        tax_category=TaxCategory(row.tax_category),
        adjustments=tuple(wire.decode(Adjustment, each) for each in row.adjustments),
        net=row.net,
        buyer_item_number=row.buyer_item_number,
        gtin=row.gtin,
        credited_quantity=row.credited_quantity,
        credited_net=row.credited_net,
        matched_by=None if row.matched_by is None else views.MatchedBy(row.matched_by),
    )


def _add_what_is_new(tx: Transaction, invoice: Invoice) -> None:
    if invoice.new_matches:
        tx.write(matches, [_match_row(invoice, match) for match in invoice.new_matches])
    sides = Sides(invoice.partnership_id, invoice.customer.id, invoice.supplier.id, invoice.currency)
    post(tx, invoice.new_entries, sides)
    # Written now: a second flush of the same transaction must not write them again.
    invoice.new_matches, invoice.new_entries = [], []


def _match_row(invoice: Invoice, match: views.Match) -> dict[str, Any]:
    return {
        "id": match.id,
        "invoice_id": match.invoice_id,
        "customer_id": invoice.customer.id,
        "supplier_id": invoice.supplier.id,
        "verdict": match.verdict.value,
        "compared": matching.compared(match),
        "allowed": matching.limit_of(match),
        "document": wire.encode(match),
    }


# ------------------------------------------------------------------------------------- the gate of an order

_TERMS = (partnerships.c.customer_id == orders.c.customer_id) & (
    partnerships.c.supplier_id == orders.c.supplier_id
)
_OF_PARTNER, _OF_ORDER_ALONE = matching_choices.alias("of_partner"), matching_choices.alias("of_order")
_HOLDING = (
    (tolerances.c.customer_id == orders.c.customer_id)
    & (tolerances.c.supplier_id.is_(None) | (tolerances.c.supplier_id == orders.c.supplier_id))
    & (tolerances.c.valid_from <= bindparam("day"))
    & (tolerances.c.valid_to.is_(None) | (tolerances.c.valid_to >= bindparam("day")))
)
_TOLERANCES = (
    select(
        func.jsonb_agg(
            aggregate_order_by(
                tolerances.c.terms.op("||")(func.jsonb_build_object("id", tolerances.c.id)),
                tolerances.c.version,
            )
        )
    )
    .where(_HOLDING)
    .correlate(orders)
    .scalar_subquery()
)
_VERSION = select(policies.c.version).where(policies.c.customer_id == orders.c.customer_id).scalar_subquery()
_ITEMS = (
    select(
        func.jsonb_object_agg(
            items.c.item_number,
            func.jsonb_build_object(
                "buyer_item_number", items.c.buyer_item_number, "gtin", items.c.gtin,
                "category", items.c.category, "units", items.c.units,
            ),
        )
    )
    .where(
        items.c.customer_id == orders.c.customer_id,
        items.c.supplier_id == orders.c.supplier_id,
        orders.c.document["lines"].op("@>")(
            func.jsonb_build_array(func.jsonb_build_object("item_number", items.c.item_number))
        ),
    )
    .correlate(orders)
    .scalar_subquery()
)  # fmt: skip
_ORDER = (
    select(
        orders.c.document,
        partnerships.c.id.label("partnership_id"),
        partnerships.c.enabled,
        partnerships.c.tolerance_rate,
        partnerships.c.tolerance_base,
        _OF_PARTNER.c.way.label("way_of_partner"),
        _OF_PARTNER.c.tells_limit,
        _OF_ORDER_ALONE.c.way.label("way_of_order"),
        _TOLERANCES.label("tolerances"),
        _VERSION.label("policy_version"),
        _ITEMS.label("items"),
    )
    .outerjoin_from(orders, partnerships, _TERMS)
    .outerjoin(_OF_PARTNER, _OF_PARTNER.c.id == partnerships.c.id)
    .outerjoin(_OF_ORDER_ALONE, _OF_ORDER_ALONE.c.id == orders.c.id)
)
_THE_ORDER = _by_side(lambda side: _ORDER.where(orders.c.id == bindparam("id"), _MY_ORDERS[side]))
_THE_ORDER_BILLED = _by_side(
    lambda side: _ORDER.where(
        orders.c.id == select(invoices.c.order_id).where(_THIS, _MY_INVOICES[side]).scalar_subquery(),
        _MY_ORDERS[side],
    )
)
_ORDER_BY_ID = _planned(_THE_ORDER)
_ORDER_BY_ID_LOCKED = _planned(_locked(_THE_ORDER, orders))
_ORDER_BILLED_LOCKED = _planned(_locked(_THE_ORDER_BILLED, orders))


def order_with_terms(
    tx: Transaction, order_id: UUID, *, lock: bool, at_least: int | None = None
) -> tuple[Order, Terms]:
    """The order and what its two sides have agreed. Locked, it lets one invoice of it through at a time.

    `at_least` is the state of the order the caller has seen; Later is raised until it has arrived here.
    """
    wanted = (_ORDER_BY_ID_LOCKED if lock else _ORDER_BY_ID)[_side(tx)]
    row = tx.execute(wanted, {"id": order_id, "me": _me(tx), "day": tx.at.date()}).one_or_none()
    if at_least is not None and (row is None or row.document["sequence"] < at_least):
        # Who names a state has read it: it is on its way here, however long a broker's outage delays it.
        raise Later("This state of the order has not arrived here yet. Try again in a moment.")
    if row is None:
        raise NotHereYet(f"There is no order {order_id} here.")
    return _order(row), _terms(row)


def order_of_invoice(tx: Transaction, invoice_id: UUID) -> tuple[Order, Terms]:
    """The order that an invoice bills, and its terms; the order is locked before the invoice, always."""
    values = {"id": invoice_id, "me": _me(tx), "day": tx.at.date()}
    row = tx.execute(_ORDER_BILLED_LOCKED[_side(tx)], values).one_or_none()
    if row is None:
        raise NotFound(f"There is no invoice {invoice_id} here.")
    return _order(row), _terms(row)


def _order(row: Row[Any]) -> Order:
    document, known = row.document, row.items or {}
    return Order(
        id=UUID(document["id"]),
        number=document["number"],
        sequence=document["sequence"],
        status=OrderStatus(document["status"]),
        customer=_party(document["customer"]),
        supplier=_party(document["supplier"]),
        initiator=Person(id=UUID(document["initiator"]["id"]), name=document["initiator"]["name"]),
        currency=document["currency"],
        amount_places=document["amount_places"],
        payment_days=document["payment_days"],
        net=Decimal(document["net"]),
        gross=Decimal(document["gross"]),
        lines=tuple(_order_line(line, known.get(line["item_number"])) for line in document["lines"]),
        way=None if row.way_of_order is None else MatchingWay(row.way_of_order),
    )


def _party(data: dict[str, str]) -> Party:
    return Party(id=UUID(data["id"]), name=data["name"])


def _order_line(line: dict[str, Any], known: dict[str, Any] | None) -> OrderLine:
    confirmed = line.get("confirmed_quantity")
    received = Decimal(line["received_quantity"])
    facts: dict[str, Any] = {} if known is None else _item_facts(known)
    return OrderLine(
        number=line["number"],
        item_number=line["item_number"],
        description=line["description"],
        unit=line["unit"],
        quantity=Decimal(line["quantity"] if confirmed is None else confirmed),
        unit_price=Decimal(line["unit_price"]),
        tax_rate=Decimal(line["tax_rate"]),
        received=received,
        accepted=received - Decimal(line["rejected_quantity"]),
        **facts,
    )


def _item_facts(known: dict[str, Any]) -> dict[str, Any]:
    return {**known, "units": tuple(wire.decode(UnitFactor, each) for each in known["units"])}


def _terms(row: Row[Any]) -> Terms:
    if row.partnership_id is None:
        raise Later("What the two sides have agreed has not arrived here yet. Try again in a moment.")
    return Terms(
        row.partnership_id,
        row.enabled,
        row.tolerance_rate,
        AmountBase(row.tolerance_base),
        way=MatchingWay.TWO if row.way_of_partner is None else MatchingWay(row.way_of_partner),
        tells_limit=bool(row.tells_limit),
        policy_version=row.policy_version or 0,
        tolerances=tuple(wire.decode(AppliedTolerance, each) for each in row.tolerances or ()),
    )


_RATE = func.coalesce(invoices.c.exchange_rate, literal_column("1"))


def _counting(amount: ColumnElement[Decimal]) -> ColumnElement[Decimal]:
    """An amount in the order's currency with six decimals, as `Invoice.counting` has it."""
    return func.round(amount * _RATE, literal_column("6"))


_OF_ORDER = prepared(
    select(
        invoices.c.id,
        invoices.c.number,
        invoices.c.status,
        _counting(invoices.c.net - invoices.c.returned_net).label("net"),
        _counting(invoices.c.gross - invoices.c.returned_gross).label("gross"),
        invoices.c.submitted_at,
        _counting(invoices.c.charged - invoices.c.returned_charges).label("charges"),
    ).where(invoices.c.order_id == bindparam("order_id"), none_of(invoices.c.status, GIVEN_UP))
)


def book_of(tx: Transaction, order: Order, terms: Terms) -> Book:
    """Every invoice of the order that counts, in detail where a rule asks for it, and the number of drafts."""
    rows = tx.execute(_OF_ORDER, {"order_id": order.id}).all()
    sent = [row for row in rows if row.status != InvoiceStatus.DRAFT.value]
    asked = sent and wanted(terms.applied_to(order)).lines
    lines = _billed_lines(tx, order.id) if asked else {}
    return Book(
        [
            Counted(
                row.id,
                row.number,
                InvoiceStatus(row.status),
                row.net,
                row.gross,
                row.submitted_at,
                tuple(lines.get(row.id, ())),
                row.charges,
            )
            for row in sent
        ],
        drafts=len(rows) - len(sent),
    )


_BILLED_LINES = (
    select(
        invoice_lines.c.invoice_id,
        invoice_lines.c.order_line,
        invoice_lines.c.unit,
        (invoice_lines.c.quantity - invoice_lines.c.credited_quantity).label("quantity"),
        _counting(invoice_lines.c.net - invoice_lines.c.credited_net).label("net"),
    )
    .join(invoices, invoices.c.id == invoice_lines.c.invoice_id)
    .where(
        invoices.c.order_id == bindparam("order_id"),
        invoices.c.status.not_in((*GIVEN_UP, InvoiceStatus.DRAFT.value)),
        invoice_lines.c.order_line.is_not(None),
        # What was credited in full does not count any more.
        invoice_lines.c.quantity > invoice_lines.c.credited_quantity,
    )
    .order_by(invoice_lines.c.invoice_id, invoice_lines.c.number)
)


def _billed_lines(tx: Transaction, order_id: UUID) -> dict[UUID, list[views.EarlierLine]]:
    found: dict[UUID, list[views.EarlierLine]] = {}
    for row in tx.execute(_BILLED_LINES, {"order_id": order_id}):
        line = views.EarlierLine(order_line=row.order_line, unit=row.unit, quantity=row.quantity, net=row.net)
        found.setdefault(row.invoice_id, []).append(line)
    return found


_COUNT_APPROVAL = prepared(
    update(orders)
    .where(orders.c.id == bindparam("order_id"))
    .values(
        approved_net=orders.c.approved_net + bindparam("net"),
        approved_gross=orders.c.approved_gross + bindparam("gross"),
        limit_net=bindparam("by_net"),
        limit_gross=bindparam("by_gross"),
    )
)


def count_approval(tx: Transaction, invoice: Invoice, match: views.Match | None) -> None:
    """Count an approved invoice on its order; `match` when it passed by itself, and by which limit."""
    base = match.inputs.base if match else None
    limit = matching.limit_of(match) if match else None
    tx.also(
        _COUNT_APPROVAL,
        {
            "order_id": invoice.order_id,
            "net": invoice.counting(invoice.net),
            "gross": invoice.counting(invoice.gross),
            "by_net": limit if base is AmountBase.NET else None,
            "by_gross": limit if base is AmountBase.GROSS else None,
        },
    )


_COUNT_RETURN = (
    update(orders)
    .where(orders.c.id == bindparam("order"))
    .values(
        approved_net=orders.c.approved_net - bindparam("net"),
        approved_gross=orders.c.approved_gross - bindparam("gross"),
    )
)


def count_return(tx: Transaction, order_id: UUID, net: Decimal, gross: Decimal) -> None:
    """Count no longer, on its locked order, what was credited by quantity: it may be invoiced anew."""
    tx.execute(_COUNT_RETURN, {"order": order_id, "net": net, "gross": gross})


def orders_by_number(tx: Transaction, numbers: Sequence[str]) -> dict[str, list[UUID]]:
    """The caller's orders that have one of these numbers; of several customers' perhaps more than one."""
    found: dict[str, list[UUID]] = {}
    if not numbers:
        return found
    number = orders.c.document["number"].astext
    wanted = select(orders.c.id, number.label("number")).where(
        number.in_(sorted(set(numbers))), _MY_ORDERS[_side(tx)]
    )
    for row in tx.execute(wanted, {"me": _me(tx)}):
        found.setdefault(row.number, []).append(row.id)
    return found


_INVOICED = _planned(
    _by_side(
        lambda side: (
            select(
                invoice_lines.c.order_line,
                func.sum(invoice_lines.c.quantity - invoice_lines.c.credited_quantity).label("quantity"),
            )
            .join(invoices, invoices.c.id == invoice_lines.c.invoice_id)
            .where(
                invoices.c.order_id == bindparam("order_id"),
                none_of(invoices.c.status, GIVEN_UP),
                invoice_lines.c.order_line.is_not(None),
                # Not by supplier: an order has few invoices, a supplier many, and the planner might take the many.
                true() if side is OrganisationKind.SUPPLIER else _SENT,
            )
            .group_by(invoice_lines.c.order_line)
        )
    )
)


def invoiced_quantities(tx: Transaction, order_id: UUID) -> dict[int, Decimal]:
    """What of each order line is on invoices that are not given up, drafts included (S-025)."""
    rows = tx.execute(_INVOICED[_side(tx)], {"order_id": order_id})
    return {row.order_line: row.quantity for row in rows}


_DRAFTS_THAT_WOULD_GO = select(
    func.drafts_of_partnership(bindparam("id"), type_=Integer).label("invoices"),
    func.statement_drafts_of_partnership(bindparam("id"), type_=Integer).label("statements"),
)


def drafts_that_would_go(tx: Transaction, partnership_id: UUID) -> views.DraftCount:
    """How many drafts a partnership has, which its customer may know although it sees none of them."""
    known = select(partnerships.c.id).where(
        partnerships.c.id == partnership_id, partnerships.c.customer_id == tx.actor.organisation_id
    )
    if tx.execute(known).first() is None:
        raise NotFound(f"There is no partnership {partnership_id} here.")
    row = tx.execute(_DRAFTS_THAT_WOULD_GO, {"id": partnership_id}).one()
    return views.DraftCount(partnership_id=partnership_id, invoices=row.invoices, statements=row.statements)


def drafts_made_before(tx: Transaction, partnership_id: UUID, moment: datetime) -> Sequence[UUID]:
    """The drafts of a partnership made before `moment`, locked (D-6)."""
    rows = tx.execute(
        select(invoices.c.id)
        .where(
            invoices.c.partnership_id == partnership_id,
            invoices.c.status == InvoiceStatus.DRAFT.value,
            invoices.c.drafted_at < moment,
        )
        .order_by(invoices.c.id)
        .with_for_update()
    )
    return rows.scalars().all()


def held_of_orders(tx: Transaction, order_ids: Iterable[UUID]) -> list[tuple[UUID, UUID]]:
    """The held invoices of these orders, each with its order, in the order in which they were sent."""
    rows = tx.execute(
        select(invoices.c.order_id, invoices.c.id)
        .where(
            invoices.c.order_id == any_(bindparam("orders", type_=ARRAY(invoices.c.order_id.type))),
            invoices.c.status == InvoiceStatus.PENDING.value,
        )
        .order_by(invoices.c.order_id, invoices.c.submitted_at, invoices.c.id),
        {"orders": list(order_ids)},
    )
    return [(row.order_id, row.id) for row in rows]


def last_match_of(tx: Transaction, invoice_id: UUID) -> views.Match | None:
    """The decision an invoice stands by."""
    document = tx.execute(
        select(matches.c.document)
        .where(matches.c.invoice_id == invoice_id)
        .order_by(matches.c.id.desc())
        .limit(1)
    ).scalar()
    return None if document is None else wire.decode(views.Match, document)


# --------------------------------------------------------------------------- what was decided, paid and owed


def matches_of(tx: Transaction, invoice_id: UUID) -> views.Matches:
    """The match decisions of an invoice, newest first."""
    rows = tx.execute(
        select(matches.c.document).where(matches.c.invoice_id == invoice_id).order_by(matches.c.id.desc())
    )
    return views.Matches(items=tuple(wire.decode(views.Match, document) for document in rows.scalars()))


_MATCHES_OF_SUPPLIER = select(func.matches_of_supplier(bindparam("id"), type_=matches.c.document.type))


def matches_of_supplier(tx: Transaction, invoice_id: UUID) -> tuple[views.Match, ...]:
    """The same of a supplier's own invoice, from which row-level security keeps the supplier: see `preflight`."""
    rows = tx.execute(_MATCHES_OF_SUPPLIER, {"id": invoice_id})
    return tuple(wire.decode(views.Match, document) for document in rows.scalars())


def partner_balance(tx: Transaction, partner_id: UUID) -> views.PartnerBalance:
    """What is due between the actor's organisation and a partner, summed from the ledger now."""
    me = tx.actor.organisation_id
    customer, supplier = (partner_id, me) if tx.actor.kind is OrganisationKind.SUPPLIER else (me, partner_id)
    pair = tx.execute(
        select(partnerships.c.customer_name, partnerships.c.supplier_name).where(
            partnerships.c.customer_id == customer, partnerships.c.supplier_id == supplier
        )
    ).one_or_none()
    if pair is None:
        raise NotFound(f"There is no partner {partner_id} here.")
    rows = tx.execute(_due_between(customer, supplier))
    name = pair.customer_name if partner_id == customer else pair.supplier_name
    return views.PartnerBalance(
        partner=Party(id=partner_id, name=name),
        balances=tuple(
            views.Balance(currency=row.currency, due=row.due, advances=row.advances) for row in rows
        ),
    )


_RECEIVABLE = ledger.c.account == Account.RECEIVABLE.value


def _due_between(customer: UUID, supplier: UUID) -> Select[Any]:
    return (
        select(
            ledger.c.currency,
            func.coalesce(func.sum(ledger.c.amount).filter(_RECEIVABLE), 0).label("due"),
            (-func.coalesce(func.sum(ledger.c.amount).filter(~_RECEIVABLE), 0)).label("advances"),
        )
        .where(
            ledger.c.customer_id == customer,
            ledger.c.supplier_id == supplier,
            ledger.c.account.in_([account.value for account in OWED_BY_EITHER]),
        )
        .group_by(ledger.c.currency)
        .order_by(ledger.c.currency)
    )


def invoice_history(tx: Transaction, invoice_id: UUID) -> views.InvoiceHistory:
    """What the journal knows of an invoice, as far as the actor may know it; also of one that is gone."""
    shown = (
        journal.c.name.not_in(DRAFT_FACTS)
        if tx.actor.kind is OrganisationKind.OPERATOR
        else journal.c.participants.contains([tx.actor.organisation_id])
    )
    entries = tuple(
        views.HistoryEntry(**history.told(step), state=wire.decode(views.Invoice, step.data["invoice"]))
        for step in history.steps(tx, Invoice.noun, invoice_id, shown)
    )
    return views.InvoiceHistory(entries=entries)

"""Orders, terms, actors and invoices to begin a test with."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from services.chassis.aggregate import Aggregate
from services.contracts.actors import Actor, OrganisationKind, Role
from services.contracts.invoicing.charges import DocumentAdjustmentContent, TaxExemption
from services.contracts.invoicing.commands import LineContent
from services.contracts.invoicing.tolerances import (
    AppliedTolerance,
    Direction,
    MatchingWay,
    Measure,
    ToleranceScope,
)
from services.contracts.invoicing.views import AmountBase, Exchange, InvoiceStatus, Match, Payment
from services.contracts.money import percentage, product, rounded
from services.contracts.orders.views import OrderStatus
from services.contracts.parties import Party, Person
from services.contracts.shapes import event_type
from services.invoicing.domain import matching
from services.invoicing.domain.book import Book, Counted
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.lines import Content
from services.invoicing.domain.order import Order, OrderLine, Terms
from services.invoicing.domain.payment import Part, PaymentDocument

HOME = UUID("6f3c1f0e-7f7a-4d0a-9d3f-2b0c4c1c9a11")
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TODAY = NOON.date()


def an_id(name: str) -> UUID:
    """The id of the thing with this name; always the same."""
    return uuid5(HOME, name)


CUSTOMER = Party(id=an_id("customer"), name="Northwind Bakery")
SUPPLIER = Party(id=an_id("supplier"), name="Mill & Sons")
ANNA = Person(id=an_id("anna"), name="Anna Kovalenko")


def a_buyer(person: Person = ANNA, *roles: Role, organisation: Party = CUSTOMER) -> Actor:
    return Actor(
        user_id=person.id,
        user_name=person.name,
        organisation_id=organisation.id,
        organisation_name=organisation.name,
        kind=OrganisationKind.CUSTOMER,
        roles=frozenset(roles or {Role.INITIATOR}),
    )


def a_supplier(organisation: Party = SUPPLIER) -> Actor:
    return Actor(
        user_id=an_id("sam"),
        user_name="Sam Mill",
        organisation_id=organisation.id,
        organisation_name=organisation.name,
        kind=OrganisationKind.SUPPLIER,
        roles=frozenset({Role.SUPPLIER_USER}),
    )


def an_order_line(
    number: int = 1,
    quantity: str = "10",
    unit_price: str = "500.00",
    *,
    item_number: str | None = None,
    description: str | None = None,
    tax_rate: str = "0",
    **more: Any,
) -> OrderLine:
    return OrderLine(
        number=number,
        item_number=item_number or f"IT-{number}",
        description=description or f"Item {number}",
        quantity=Decimal(quantity),
        unit_price=Decimal(unit_price),
        tax_rate=Decimal(tax_rate),
        **{"unit": "C62", **more},
    )


def an_order(
    *lines: OrderLine, status: OrderStatus = OrderStatus.CONFIRMED, places: int = 2, currency: str = "EUR"
) -> Order:
    """An order over 5,000.00 unless other lines are given."""
    ordered = lines or (an_order_line(),)
    nets = [product(line.quantity, line.unit_price, places) for line in ordered]
    taxes = [percentage(net, line.tax_rate) for net, line in zip(nets, ordered, strict=True)]
    return Order(
        id=an_id("order"),
        number="PO-1",
        sequence=3,
        status=status,
        customer=CUSTOMER,
        supplier=SUPPLIER,
        initiator=ANNA,
        currency=currency,
        amount_places=places,
        payment_days=30,
        net=sum(nets, Decimal(0)),
        gross=rounded(sum(nets, Decimal(0)) + sum(taxes, Decimal(0)), places),
        lines=tuple(ordered),
    )


def terms(
    rate: str = "0",
    *tolerances: AppliedTolerance,
    base: AmountBase = AmountBase.NET,
    enabled: bool = True,
    way: MatchingWay = MatchingWay.TWO,
    tells_limit: bool = False,
) -> Terms:
    return Terms(
        an_id("partnership"),
        enabled,
        Decimal(rate),
        base,
        way=way,
        tells_limit=tells_limit,
        policy_version=len(tolerances),
        tolerances=tolerances,
    )


def billing(amount: str, *, order_line: int | None = 1, quantity: str = "1", **more: object) -> LineContent:
    """A line over `amount`, for an order line unless told otherwise."""
    if order_line is None:
        more = {"description": "Touring tyre", "unit": "C62", **more}
    return LineContent(
        order_line=order_line,
        quantity=Decimal(quantity),
        unit_price=Decimal(amount),
        **more,  # type: ignore[arg-type]
    )


def a_draft(
    *contents: LineContent,
    order: Order | None = None,
    number: str | None = "INV-1",
    at: datetime = NOON,
    issue_date: date | None = None,
    agreed: Terms | None = None,
    name: str = "",
    adjustments: Sequence[DocumentAdjustmentContent] = (),
    exemptions: Sequence[TaxExemption] = (),
    currency: str | None = None,
    exchange: Exchange | None = None,
) -> Invoice:
    invoice = Invoice.write(
        invoice_id=an_id(name or f"invoice {number}"),
        order=order or an_order(),
        terms=agreed or terms(),
        number=number,
        issue_date=issue_date,
        note="",
        content=Content(contents or (billing("5000.00"),), adjustments, exemptions, currency, exchange),
        by=a_supplier(),
        at=at,
    )
    invoice.begin()
    return invoice


def submitted(
    *contents: LineContent,
    order: Order | None = None,
    agreed: Terms | None = None,
    book: Book | None = None,
    number: str = "INV-1",
    at: datetime = NOON,
    **more: Any,
) -> Invoice:
    """An invoice that was sent and matched against its order and what the book says came before."""
    order, agreed, book = order or an_order(), agreed or terms(), book or Book(())
    invoice = a_draft(*contents, order=order, number=number, at=at, agreed=agreed, **more)
    invoice.submit(order=order, terms=agreed, at=at)
    match_again(invoice, order=order, agreed=agreed, book=book, at=at)
    return invoice


def match_again(invoice: Invoice, *, order: Order, agreed: Terms, book: Book, at: datetime = NOON) -> Match:
    book.put(invoice.counted())
    match = matching.decide(
        match_id=an_id(f"match {invoice.number} {invoice.sequence}"),
        invoice_id=invoice.id,
        invoice_sequence=invoice.sequence,
        at=at,
        inputs=invoice.inputs(order, agreed, book),
    )
    invoice.take(match)
    book.put(invoice.counted())
    return match


def counted(number: str, amount: str, status: InvoiceStatus, *, minutes: int = -1) -> Counted:
    """An invoice in the book, sent so many minutes after noon."""
    sent = NOON + timedelta(minutes=minutes)
    return Counted(an_id(f"invoice {number}"), number, status, Decimal(amount), Decimal(amount), sent)


def a_payment(amount: str, invoice: Invoice, *, name: str = "payment", paid_on: date = TODAY) -> Payment:
    return Payment(
        id=an_id(name),
        invoice_id=invoice.id,
        amount=Decimal(amount),
        currency=invoice.currency,
        paid_on=paid_on,
        reference="",
        registered_by=ANNA,
        registered_at=NOON,
    )


def a_payment_of(
    amount: str, *parts: tuple[Invoice, str], name: str = "payment", **more: Any
) -> PaymentDocument:
    """A payment of the customer to the supplier, for these invoices with these amounts."""
    values: dict[str, Any] = {"currency": "EUR", "paid_on": TODAY, "reference": "SEPA 1", **more}
    return PaymentDocument.record_for(
        payment_id=an_id(name),
        partnership_id=an_id("partnership"),
        customer=CUSTOMER,
        supplier=SUPPLIER,
        amount=Decimal(amount),
        parts=some_parts(name, *parts),
        by=a_payer(),
        at=NOON,
        **values,
    )


def some_parts(name: str, *parts: tuple[Invoice, str]) -> list[Part]:
    return [
        Part(an_id(f"{name} {place}"), invoice, Decimal(amount))
        for place, (invoice, amount) in enumerate(parts)
    ]


def a_payer() -> Actor:
    return a_buyer(Person(id=an_id("maria"), name="Maria Danylko"), Role.BUYER_ACCOUNTING)


def names(document: Aggregate) -> Sequence[str]:
    """The facts the document has recorded, by their names on the bus."""
    return [event_type(fact.event).name for fact in document.facts]


def a_tolerance(measure: Measure = Measure.TOTAL_NET, **terms: Any) -> AppliedTolerance:
    """A tolerance for all of the customer's invoices unless told otherwise; percent and amount as text."""
    for name in ("percent", "amount"):
        if isinstance(terms.get(name), str):
            terms[name] = Decimal(terms[name])
    terms = {"scope": ToleranceScope.CUSTOMER, "direction": Direction.OVER, **terms}
    return AppliedTolerance(
        id=an_id(f"tolerance {sorted(map(str, terms.items()))}"), measure=measure, **terms
    )

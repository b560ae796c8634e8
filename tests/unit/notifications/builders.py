"""Orders, invoices, people and organisations to tell of, each valid as it is."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from services.contracts.accounts import views as accounts
from services.contracts.actors import Actor, OrganisationKind, Role
from services.contracts.invoicing import views as invoicing
from services.contracts.orders import views as orders
from services.contracts.parties import Party, Person

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def a_party(name: str = "Nordwind Trading") -> Party:
    return Party(id=uuid4(), name=name)


def a_person(name: str = "Anna Buyer") -> Person:
    return Person(id=uuid4(), name=name)


def an_order(**changes: Any) -> orders.Order:
    """A submitted order over 118.80 EUR."""
    values: dict[str, Any] = {
        "id": uuid4(),
        "number": "PO-2026-00042",
        "status": orders.OrderStatus.SUBMITTED,
        "customer": a_party("Nordwind Trading"),
        "supplier": a_party("Baltic Bearings"),
        "initiator": a_person(),
        "currency": "EUR",
        "amount_places": 2,
        "order_date": date(2026, 11, 20),
        "delivery_date": date(2026, 12, 1),
        "date_proposal": None,
        "delivery_address": "Pier 4, Riga",
        "note": "",
        "payment_days": 30,
        "lines": (),
        "net": Decimal("99.00"),
        "tax": Decimal("19.80"),
        "gross": Decimal("118.80"),
        "flags": (),
        "revision": 0,
        "submitted_at": NOON,
        "closing_reason": None,
        "sequence": 2,
    }
    return orders.Order(**{**values, **changes})


def an_invoice(**changes: Any) -> invoicing.Invoice:
    """A submitted invoice over 118.80 EUR, waiting for its initiator."""
    values: dict[str, Any] = {
        "id": uuid4(),
        "number": "INV-7",
        "status": invoicing.InvoiceStatus.PENDING,
        "order_id": uuid4(),
        "order_number": "PO-2026-00042",
        "partnership_id": uuid4(),
        "supplier": a_party("Baltic Bearings"),
        "customer": a_party("Nordwind Trading"),
        "initiator": a_person(),
        "currency": "EUR",
        "amount_places": 2,
        "issue_date": date(2026, 11, 20),
        "due_date": date(2026, 12, 20),
        "note": "",
        "lines": (),
        "taxes": (),
        "net": Decimal("99.00"),
        "tax": Decimal("19.80"),
        "gross": Decimal("118.80"),
        "paid": Decimal(0),
        "open": Decimal(0),
        "planned_on": None,
        "reasons": (),
        "waiting_since": None,
        "approval": None,
        "decided_by": None,
        "decided_at": None,
        "remark": None,
        "created_by": a_person("Sven Supplier"),
        "created_at": NOON,
        "submitted_at": NOON,
        "sequence": 3,
    }
    return invoicing.Invoice(**{**values, **changes})


def a_payment(invoice: invoicing.Invoice, amount: str = "50.00") -> invoicing.Payment:
    return invoicing.Payment(
        id=uuid4(),
        invoice_id=invoice.id,
        amount=Decimal(amount),
        currency=invoice.currency,
        paid_on=date(2026, 11, 22),
        reference="SEPA 4711",
        registered_by=a_person("Berta Books"),
        registered_at=NOON,
    )


def a_movement(order: orders.Order, kind: orders.MovementKind) -> orders.GoodsMovement:
    return orders.GoodsMovement(
        id=uuid4(),
        kind=kind,
        number="GI-1",
        order_id=order.id,
        order_number=order.number,
        customer=order.customer,
        supplier=order.supplier,
        day=date(2026, 11, 25),
        note="By road.",
        recorded_by=a_person("Sven Supplier"),
        recorded_at=NOON,
        lines=(),
    )


def an_organisation(
    party: Party,
    kind: OrganisationKind = OrganisationKind.SUPPLIER,
    confirmed: tuple[str, ...] = (),
    waiting: tuple[str, ...] = (),
    sequence: int = 1,
) -> accounts.Organisation:
    """An organisation with these notification addresses."""
    addresses = [(email, accounts.EmailStatus.CONFIRMED) for email in confirmed]
    addresses += [(email, accounts.EmailStatus.WAITING) for email in waiting]
    return accounts.Organisation(
        id=party.id,
        sequence=sequence,
        kind=kind,
        name=party.name,
        country="DE",
        tax_number=None,
        address=None,
        contact=accounts.ContactData(),
        notification_emails=tuple(
            accounts.NotificationEmail(email=email, status=status) for email, status in addresses
        ),
        registered_at=NOON,
    )


def a_user(
    person: Person,
    organisation: Party,
    email: str | None,
    role: Role = Role.SUPPLIER_USER,
    status: accounts.MembershipStatus = accounts.MembershipStatus.ACTIVE,
    sequence: int = 1,
) -> accounts.User:
    """A user who acts for one organisation."""
    kind = OrganisationKind.SUPPLIER if role.value.startswith("supplier-u") else OrganisationKind.CUSTOMER
    return accounts.User(
        id=person.id,
        sequence=sequence,
        name=person.name,
        email=email,
        username=None,
        phone=None,
        standings=(
            accounts.Standing(organisation=organisation, kind=kind, roles=frozenset({role}), status=status),
        ),
    )


def a_partnership(
    customer: Party, supplier: Party, *, enabled: bool = True, sequence: int = 1, id: UUID | None = None
) -> accounts.Partnership:
    """The link between a customer and a supplier."""
    return accounts.Partnership(
        id=id or uuid4(),
        sequence=sequence,
        customer=customer,
        supplier=supplier,
        enabled=enabled,
        tolerance_rate=Decimal(5),
        tolerance_base=accounts.ToleranceBase.NET,
        currency="EUR",
        lead_time_days=3,
        minimum_order=Decimal(0),
        payment_days=30,
        customer_contact=None,
        since=NOON,
    )


def a_link(purpose: accounts.LinkPurpose) -> accounts.Link:
    return accounts.Link(id=uuid4(), purpose=purpose, expires_at=NOON + timedelta(days=3))


def acting(person: Person, organisation: Party, role: Role) -> Actor:
    """`person` at work for `organisation`."""
    kind = OrganisationKind.CUSTOMER
    if role in (Role.SUPPLIER_USER, Role.SUPPLIER_ADMIN):
        kind = OrganisationKind.SUPPLIER
    if role.value.startswith("operator-"):
        kind = OrganisationKind.OPERATOR
    return Actor(
        user_id=person.id,
        user_name=person.name,
        organisation_id=organisation.id,
        organisation_name=organisation.name,
        kind=kind,
        roles=frozenset({role}),
    )

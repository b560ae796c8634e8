"""Who trades with whom in the tests of this folder, and what their neighbours' events look like."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.chassis.ids import new_id
from services.chassis.testing import ServiceHarness, an_actor
from services.contracts.accounts.events import ContactChanged, PartnershipChanged
from services.contracts.accounts.views import MembershipStatus, Partnership, Standing, ToleranceBase, User
from services.contracts.actors import Actor, Role
from services.contracts.invoicing import commands, payments, views
from services.contracts.invoicing.commands import LineContent
from services.contracts.invoicing.tolerances import Measure, Tolerance, ToleranceScope, ToleranceTerms
from services.contracts.orders import events as orders
from services.contracts.orders.views import Order, OrderLine, OrderStatus
from services.contracts.parties import Party, Person
from services.invoicing.service import InvoicingService


def party(actor: Actor) -> Party:
    return Party(id=actor.organisation_id, name=actor.organisation_name)


def a_line(
    number: int = 1, quantity: str = "10", unit_price: str = "500.00", tax_rate: str = "0"
) -> OrderLine:
    return OrderLine(
        number=number,
        item_number=f"IT-{number}",
        description=f"Item {number}",
        unit="C62",
        quantity=Decimal(quantity),
        unit_price=Decimal(unit_price),
        tax_rate=Decimal(tax_rate),
        net=(Decimal(quantity) * Decimal(unit_price)).quantize(Decimal("0.01")),
        confirmed_quantity=Decimal(quantity),
        shipped_quantity=Decimal(0),
        received_quantity=Decimal(0),
        rejected_quantity=Decimal(0),
        pending_quantity=Decimal(quantity),
    )


def billing(amount: str, order_line: int | None = 1, quantity: str = "1") -> LineContent:
    strange = {} if order_line else {"description": "Touring tyre", "unit": "C62"}
    return LineContent(
        order_line=order_line,
        quantity=Decimal(quantity),
        unit_price=Decimal(amount),
        **strange,  # type: ignore[arg-type]
    )


class World:
    """The service under test, and shortcuts for what its neighbours announce."""

    def __init__(self, url: str) -> None:
        self.harness = ServiceHarness(InvoicingService, url)
        self.buyer = an_actor(Role.INITIATOR, name="Anna Buyer", organisation_name="Northwind Bakery")
        self.admin = self.colleague(Role.BUYER_ADMIN, "Boris Boss")
        self.accountant = self.colleague(Role.BUYER_ACCOUNTING, "Clara Count")
        self.supplier = an_actor(Role.SUPPLIER_USER, name="Sam Mill", organisation_name="Mill & Sons")
        self.operator = an_actor(
            Role.OPERATOR_SUPPORT, name="Olga Operator", organisation_name="The Operator"
        )
        self.rival = an_actor(Role.SUPPLIER_ADMIN, name="Rob Rival", organisation_name="Rival Mills")
        self.stranger = an_actor(Role.BUYER_ADMIN, Role.INITIATOR, name="Eve Else", organisation_name="Else")
        self.numbers = 0
        self.introduce(self.buyer, self.admin, self.accountant, self.supplier, self.stranger)
        self.partnership = self.link()
        self.order = self.announce(self.an_order())

    def colleague(self, role: Role, name: str) -> Actor:
        return an_actor(
            role, name=name, organisation_id=self.buyer.organisation_id, organisation_name="Northwind Bakery"
        )

    def close(self) -> None:
        self.harness.close()

    # ----------------------------------------------------------------------------------------- neighbours

    def a_partnership(self, **changes: Any) -> Partnership:
        partnership = Partnership(
            id=new_id(),
            sequence=1,
            customer=party(self.buyer),
            supplier=party(self.supplier),
            enabled=True,
            tolerance_rate=Decimal(5),
            tolerance_base=ToleranceBase.NET,
            currency="EUR",
            lead_time_days=0,
            minimum_order=Decimal(0),
            payment_days=30,
            customer_contact=None,
            since=datetime(2026, 1, 1, tzinfo=UTC),
        )
        return replace(partnership, **changes)

    def link(self, **changes: Any) -> Partnership:
        partnership = self.a_partnership(**changes)
        self.heard_partnership(partnership)
        return partnership

    def heard_partnership(self, partnership: Partnership) -> None:
        self.harness.must_deliver(
            PartnershipChanged(partnership=partnership), sequence=partnership.sequence, subject=partnership.id
        )

    def introduce(self, *people: Actor) -> None:
        """Accounts tells of people, and of the organisation they act for."""
        for sequence, actor in enumerate(people, 1):
            known = User(
                id=actor.user_id,
                sequence=sequence,
                name=actor.user_name,
                email=f"{actor.user_name.split()[0].lower()}@example.com",
                username=None,
                phone="+380 44 123 4567",
                standings=(
                    Standing(
                        organisation=party(actor),
                        kind=actor.kind,
                        roles=actor.roles,
                        status=MembershipStatus.ACTIVE,
                    ),
                ),
            )
            self.harness.must_deliver(ContactChanged(user=known), sequence=sequence, subject=known.id)

    def at(self, moment: datetime) -> None:
        """Let it be another time from now on."""
        self.harness.database.clock = lambda: moment

    def watch(self) -> None:
        """What every process does again and again."""
        self.harness.service.watch_what_waits()

    def change_terms(self, **changes: Any) -> None:
        self.partnership = replace(self.partnership, sequence=self.partnership.sequence + 1, **changes)
        self.heard_partnership(self.partnership)

    def an_order(self, *lines: OrderLine, **changes: Any) -> Order:
        self.numbers += 1
        lines = lines or (a_line(),)
        net = sum((line.net for line in lines), Decimal(0))
        tax = sum((line.net * line.tax_rate / 100 for line in lines), Decimal(0)).quantize(Decimal("0.01"))
        order = Order(
            id=new_id(),
            number=f"PO-{self.numbers}",
            status=OrderStatus.CONFIRMED,
            customer=party(self.buyer),
            supplier=party(self.supplier),
            initiator=Person(id=self.buyer.user_id, name=self.buyer.user_name),
            currency="EUR",
            amount_places=2,
            order_date=date(2026, 11, 2),
            delivery_date=None,
            date_proposal=None,
            delivery_address="Mill Lane 1",
            note="",
            payment_days=30,
            lines=lines,
            net=net,
            tax=tax,
            gross=net + tax,
            flags=(),
            revision=0,
            submitted_at=datetime(2026, 11, 2, 9, tzinfo=UTC),
            closing_reason=None,
            sequence=3,
        )
        return replace(order, **changes)

    def announce(self, order: Order, event: type[Any] = orders.OrderConfirmed) -> Order:
        self.harness.must_deliver(event(order=order), sequence=order.sequence, subject=order.id)
        return order

    # --------------------------------------------------------------------------------------------- doing

    def send(
        self, *lines: LineContent, number: str | None = None, order: Order | None = None, **more: Any
    ) -> views.Invoice:
        self.numbers += 1
        wish = commands.SendInvoice(
            order_id=(order or self.order).id,
            number=number or f"INV-{self.numbers}",
            lines=lines or None,
        )
        answer: views.Invoice = self.harness.call(wish, self.supplier, **more)
        return answer

    def draft(self, *lines: LineContent, order: Order | None = None, **what: Any) -> views.Invoice:
        wish = commands.DraftInvoice(order_id=(order or self.order).id, lines=lines or None, **what)
        answer: views.Invoice = self.harness.call(wish, self.supplier)
        return answer

    def get(self, invoice_id: UUID, actor: Actor | None = None) -> views.Invoice:
        answer: views.Invoice = self.harness.call(
            commands.GetInvoice(invoice_id=invoice_id), actor or self.supplier
        )
        return answer

    def call(self, wish: Any, actor: Actor, **more: Any) -> Any:
        return self.harness.call(wish, actor, **more)

    def pay(self, invoice_id: UUID, amount: str, **more: Any) -> views.Invoice:
        wish = commands.RegisterPayment(invoice_id=invoice_id, amount=Decimal(amount))
        answer: views.Invoice = self.harness.call(wish, self.accountant, **more)
        return answer

    def pay_many(
        self, amount: str, *parts: tuple[views.Invoice, str], actor: Actor | None = None, **more: Any
    ) -> payments.PaymentDocument:
        """One payment for these invoices; what is over is an advance."""
        wish = payments.RecordPayment(
            supplier_id=self.supplier.organisation_id,
            currency="EUR",
            amount=Decimal(amount),
            reference="SEPA 77",
            allocations=self.parts(*parts),
        )
        answer: payments.PaymentDocument = self.harness.call(wish, actor or self.accountant, **more)
        return answer

    def parts(self, *parts: tuple[views.Invoice, str]) -> tuple[payments.InvoicePart, ...]:
        return tuple(
            payments.InvoicePart(invoice_id=invoice.id, amount=Decimal(amount)) for invoice, amount in parts
        )

    def set_tolerance(
        self,
        *,
        supplier: bool = True,
        valid_from: date | None = None,
        valid_to: date | None = None,
        actor: Actor | None = None,
        **terms: Any,
    ) -> Tolerance:
        """Set a tolerance, on the net total of this supplier's invoices unless told otherwise."""
        terms = {
            "scope": ToleranceScope.SUPPLIER if supplier else ToleranceScope.CUSTOMER,
            "measure": Measure.TOTAL_NET,
            **terms,
        }
        wish = commands.SetTolerance(
            supplier_id=self.supplier.organisation_id if supplier else None,
            terms=ToleranceTerms(**terms),
            valid_from=valid_from,
            valid_to=valid_to,
        )
        answer: Tolerance = self.harness.call(wish, actor or self.admin)
        return answer

    # -------------------------------------------------------------------------------------------- looking

    def facts(self) -> list[str]:
        return [name for name, _ in self.harness.facts()]

    def rows(self, statement: str, **parameters: Any) -> list[Any]:
        with self.harness.database.transaction() as tx:
            return list(tx.execute(text(statement), parameters))

    def rows_changed(self, statement: str) -> int:
        """Run a statement as the system, whom no row is hidden from."""
        with self.harness.database.transaction() as tx:
            return tx.execute(text(statement)).rowcount

    def now(self) -> datetime:
        return datetime.now(UTC)

    def fingerprint(self) -> list[Any]:
        """Everything the service has written, to compare."""
        tables = (
            "orders",
            "partnerships",
            "invoices",
            "invoice_lines",
            "matches",
            "credit_notes",
            "tax_invoices",
            "payment_documents",
            "payments",
            "ledger",
            "journal",
            "tolerances",
            "policies",
            "matching_choices",
            "items",
            "waiting_rules",
            "deputyships",
            "answers",
            "reconciliations",
            "reconciliation_lines",
            "number_series",
        )
        return [
            self.rows(f"select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from {table} t")
            for table in tables
        ]

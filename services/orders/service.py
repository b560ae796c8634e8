"""The orders service: its commands, its queries, and what it hears from accounts."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.chassis.commands import command, query
from services.chassis.consuming import Incoming, consumes
from services.chassis.database import Transaction
from services.chassis.errors import Fault, Invalid, Later, NotFound, NotKnownYet, Refused
from services.chassis.servicebase import ServiceBase
from services.contracts.accounts.events import PartnershipChanged
from services.contracts.actors import Actor, OrganisationKind
from services.contracts.money import minor_unit
from services.contracts.orders import commands, events, views
from services.contracts.parties import Party, Person
from services.contracts.search import Hits
from services.orders import lists, queries, replicas, searching
from services.orders.domain import (
    Answer,
    Issued,
    Order,
    PortalSwitchedOff,
    Received,
    Terms,
    WishedLine,
    order_number,
)


class NumberTaken(Refused):
    """The document number is in use already."""


class OrdersService(ServiceBase):
    """Purchase orders from draft to closing, with what was shipped and received on them."""

    name = "orders"
    stores = {Order: queries.OrderStore()}

    # ----------------------------------------------------------------------------------- products

    @command(commands.SaveProduct)
    def save_product(self, tx: Transaction, wish: commands.SaveProduct) -> views.Product:
        """See the command."""
        known = queries.product_with_number(tx, tx.actor.organisation_id, wish.number)
        product = views.Product(
            id=known.id if known else tx.new_id(),
            supplier=_organisation(tx.actor),
            number=wish.number,
            name=wish.name,
            unit=wish.unit,
            unit_price=wish.unit_price,
            currency=wish.currency,
            tax_rate=wish.tax_rate,
            active=wish.active,
            sequence=known.sequence + 1 if known else 1,
        )
        queries.save_product(tx, product)
        tx.announce(
            events.ProductSaved(product=product),
            aggregate="product", aggregate_id=product.id, sequence=product.sequence,
        )  # fmt: skip
        return product

    @query(commands.ListProducts)
    def list_products(self, tx: Transaction, question: commands.ListProducts) -> views.ProductPage:
        """See the query."""
        if tx.actor.kind is OrganisationKind.SUPPLIER:
            return queries.list_products(tx, tx.actor.organisation_id, question)
        if question.supplier_id is None:
            raise Invalid("Say whose products.", [Fault("/supplier_id", "is needed")])
        return queries.list_products(tx, question.supplier_id, question)

    # ------------------------------------------------------------------------------- the buyer

    @command(commands.DraftOrder)
    def draft_order(self, tx: Transaction, wish: commands.DraftOrder) -> views.Order:
        """See the command."""
        terms = _terms_with(tx, wish.supplier_id)
        currency = wish.currency or terms.currency
        wished = _completed(tx, wish.supplier_id, currency, wish.lines)
        order_date = wish.order_date or tx.at.date()
        order = Order(
            id=tx.new_id(),
            number=wish.number or order_number(order_date.year, _count(tx, order_date.year)),
            customer=_organisation(tx.actor),
            supplier=terms.supplier,
            initiator=_person(tx.actor),
            currency=currency,
            amount_places=minor_unit(currency) if wish.amount_places is None else wish.amount_places,
            order_date=order_date,
            payment_days=terms.payment_days,
            lines=[],
        )
        order.write(
            wished, terms, delivery_date=wish.delivery_date, address=wish.delivery_address, note=wish.note
        )
        if wish.submit:
            order.submit(terms, at=tx.at)
        else:
            order.draft()
        taken = NumberTaken(f"You have an order with the number {order.number} already.")
        tx.refuse_when_violated("orders_number_once", taken)
        tx.add(order)
        return order.view()

    @command(commands.ChangeDraftOrder)
    def change_draft_order(self, tx: Transaction, wish: commands.ChangeDraftOrder) -> views.Order:
        """See the command."""
        order = _own(tx, wish.order_id)
        order.change_draft(
            _completed(tx, order.supplier.id, order.currency, wish.lines),
            _terms(tx, order.customer.id, order.supplier.id),
            delivery_date=wish.delivery_date,
            address=wish.delivery_address,
            note=wish.note,
        )
        return order.view()

    @command(commands.DeleteDraftOrder)
    def delete_draft_order(self, tx: Transaction, wish: commands.DeleteDraftOrder) -> views.Deleted:
        """See the command."""
        order = _own(tx, wish.order_id)
        order.delete_draft()
        return views.Deleted(id=order.id)

    @command(commands.SubmitOrder)
    def submit_order(self, tx: Transaction, wish: commands.SubmitOrder) -> views.Order:
        """See the command."""
        order = _own(tx, wish.order_id)
        order.submit(_terms(tx, order.customer.id, order.supplier.id), at=tx.at)
        return order.view()

    @command(commands.ReviseOrder)
    def revise_order(self, tx: Transaction, wish: commands.ReviseOrder) -> views.Order:
        """See the command."""
        order = _own(tx, wish.order_id)
        order.revise(
            _completed(tx, order.supplier.id, order.currency, wish.lines),
            _terms(tx, order.customer.id, order.supplier.id),
            by=_person(tx.actor),
            note=wish.note,
        )
        return order.view()

    @command(commands.ChangeDeliveryDate)
    def change_delivery_date(self, tx: Transaction, wish: commands.ChangeDeliveryDate) -> views.Order:
        """See the command."""
        order = _as_reader_or_writer(tx, wish.order_id)
        order.change_delivery_date(
            wish.date, _terms(tx, order.customer.id, order.supplier.id), by=_person(tx.actor)
        )
        return order.view()

    @command(commands.DeclineDeliveryDate)
    def decline_delivery_date(self, tx: Transaction, wish: commands.DeclineDeliveryDate) -> views.Order:
        """See the command."""
        order = _as_reader_or_writer(tx, wish.order_id)
        order.decline_delivery_date(wish.reason, by=_person(tx.actor))
        return order.view()

    @command(commands.CancelOrder)
    def cancel_order(self, tx: Transaction, wish: commands.CancelOrder) -> views.Order:
        """See the command."""
        order = _own(tx, wish.order_id)
        order.cancel(wish.reason)
        return order.view()

    @command(commands.CloseOrder)
    def close_order(self, tx: Transaction, wish: commands.CloseOrder) -> views.Order:
        """See the command."""
        order = _own(tx, wish.order_id)
        order.close()
        return order.view()

    @command(commands.ReceiveGoods)
    def receive_goods(self, tx: Transaction, wish: commands.ReceiveGoods) -> views.GoodsMovement:
        """See the command."""
        order = _own(tx, wish.order_id)
        lines = [
            Received(line.order_line, line.quantity, line.rejected_quantity, line.reason)
            for line in wish.lines
        ]
        movement = order.receive(
            tx.new_id(), wish.number, wish.day, lines, wish.note, by=_person(tx.actor), at=tx.at
        )
        return _moved(tx, movement)

    # ---------------------------------------------------------------------------- the supplier

    @command(commands.ConfirmOrder)
    def confirm_order(self, tx: Transaction, wish: commands.ConfirmOrder) -> views.Order:
        """See the command."""
        order = _addressed(tx, wish.order_id)
        order.confirm([Answer(line.number, line.quantity, line.note) for line in wish.lines])
        return order.view()

    @command(commands.RefuseOrder)
    def refuse_order(self, tx: Transaction, wish: commands.RefuseOrder) -> views.Order:
        """See the command."""
        order = _addressed(tx, wish.order_id)
        order.refuse(wish.reason)
        return order.view()

    @command(commands.StartOrder)
    def start_order(self, tx: Transaction, wish: commands.StartOrder) -> views.Order:
        """See the command."""
        order = _addressed(tx, wish.order_id)
        order.start()
        return order.view()

    @command(commands.ProposeDeliveryDate)
    def propose_delivery_date(self, tx: Transaction, wish: commands.ProposeDeliveryDate) -> views.Order:
        """See the command."""
        order = _addressed(tx, wish.order_id)
        order.propose_delivery_date(wish.date, wish.reason, by=_person(tx.actor), at=tx.at)
        return order.view()

    @command(commands.IssueGoods)
    def issue_goods(self, tx: Transaction, wish: commands.IssueGoods) -> views.GoodsMovement:
        """See the command."""
        order = _addressed(tx, wish.order_id)
        lines = [Issued(line.order_line, line.quantity) for line in wish.lines]
        movement = order.issue(
            tx.new_id(), wish.number, wish.day, lines, wish.note, by=_person(tx.actor), at=tx.at
        )
        return _moved(tx, movement)

    # ------------------------------------------------------------------------------- questions

    @query(commands.GetOrder)
    def get_order(self, tx: Transaction, question: commands.GetOrder) -> views.Order:
        """See the query."""
        return tx.peek(Order, question.order_id).view()

    @query(commands.ListOrders)
    def list_orders(self, tx: Transaction, question: commands.ListOrders) -> views.OrderPage:
        """See the query."""
        return lists.list_orders(tx, question)

    @query(commands.GetOrdersDashboard)
    def get_orders_dashboard(
        self, tx: Transaction, question: commands.GetOrdersDashboard
    ) -> views.OrdersDashboard:
        """See the query."""
        return lists.dashboard(tx)

    @query(commands.SearchOrders)
    def search_orders(self, tx: Transaction, question: commands.SearchOrders) -> Hits:
        """See the query."""
        return searching.search(tx, question)

    @query(commands.GetOrderHistory)
    def get_order_history(self, tx: Transaction, question: commands.GetOrderHistory) -> views.OrderHistory:
        """See the query."""
        tx.peek(Order, question.order_id)
        return queries.order_history(tx, question.order_id)

    @query(commands.ListGoodsMovements)
    def list_goods_movements(
        self, tx: Transaction, question: commands.ListGoodsMovements
    ) -> views.GoodsMovementPage:
        """See the query."""
        return queries.list_movements(tx, question)

    @query(commands.GetOrdersStatement)
    def get_orders_statement(
        self, tx: Transaction, question: commands.GetOrdersStatement
    ) -> views.OrdersStatement:
        """See the query."""
        return queries.orders_statement(tx, question)

    # ---------------------------------------------------------------------------- what it hears

    @consumes(PartnershipChanged, whole_group=True)
    def on_partnerships_changed(
        self, tx: Transaction, changed: Sequence[Incoming[PartnershipChanged]]
    ) -> None:
        """Remember partnerships as they stand now."""
        replicas.remember_partnerships(tx, changed)


def _organisation(actor: Actor) -> Party:
    return Party(id=actor.organisation_id, name=actor.organisation_name)


def _person(actor: Actor) -> Person:
    return Person(id=actor.user_id, name=actor.user_name)


def _terms_with(tx: Transaction, supplier_id: UUID) -> Terms:
    """What the actor's organisation has agreed with the supplier that a request names."""
    terms = queries.terms_between(tx, tx.actor.organisation_id, supplier_id)
    if terms is None:
        # Linked a moment ago perhaps: the gateway asks again for as long as the event may be on its way.
        raise NotKnownYet(
            "Choose one of your suppliers.",
            [Fault("/supplier_id", "is no supplier that is linked to your organisation")],
        )
    return terms


def _terms(tx: Transaction, customer_id: UUID, supplier_id: UUID) -> Terms:
    """What the two sides of an order that is here have agreed."""
    terms = queries.terms_between(tx, customer_id, supplier_id)
    if terms is None:
        # They had agreed when the order was placed; only a replica that is being filled anew can lack it.
        raise Later("What the two sides have agreed has not arrived here yet. Try again in a moment.")
    return terms


def _as_reader_or_writer(tx: Transaction, order_id: UUID) -> Order:
    # An operator may not lock an order, and is to hear who could change it rather than that it isn't there.
    take = tx.peek if tx.actor.kind is OrganisationKind.OPERATOR else tx.get
    return take(Order, order_id)


def _own(tx: Transaction, order_id: UUID) -> Order:
    """An order of the actor's organisation, for its buyers."""
    order = tx.get(Order, order_id)
    if order.customer.id != tx.actor.organisation_id:
        raise NotFound(f"There is no order {order_id} here.")
    return order


def _addressed(tx: Transaction, order_id: UUID) -> Order:
    """An order sent to the actor's organisation, which may act while its portal is on (S-100)."""
    order = tx.get(Order, order_id)
    if order.supplier.id != tx.actor.organisation_id:
        raise NotFound(f"There is no order {order_id} here.")
    if not _terms(tx, order.customer.id, order.supplier.id).enabled:
        raise PortalSwitchedOff(f"{order.customer.name} has switched your portal off. Write or call them.")
    return order


def _count(tx: Transaction, year: int) -> int:
    return queries.next_number(tx, tx.actor.organisation_id, year)


def _completed(
    tx: Transaction, supplier_id: UUID, currency: str, lines: Sequence[commands.DraftLine]
) -> list[WishedLine]:
    """The lines with what was left out taken from the supplier's products."""
    lacking = [line.item_number for line in lines if _lacks_something(line)]
    known = queries.products_by_number(tx, supplier_id, lacking) if lacking else {}
    faults: list[Fault] = []
    wished: list[WishedLine] = []
    for place, line in enumerate(lines):
        if not _lacks_something(line):
            wished.append(_wished(line))
            continue
        product = known.get(line.item_number)
        if product is None:
            faults.append(
                Fault(f"/lines/{place}/item_number", "is no product of this supplier; give description, unit, "
                      "unit_price and tax_rate for it, or choose another number")
            )  # fmt: skip
        elif line.unit_price is None and product.currency != currency:
            faults.append(
                Fault(f"/lines/{place}/unit_price", f"is needed: the price list is in {product.currency}")
            )
        else:
            wished.append(_wished(_filled(line, product)))
    if faults:
        raise Invalid("Some lines can't be ordered as they are.", faults)
    return wished


def _lacks_something(line: commands.DraftLine) -> bool:
    return None in (line.description, line.unit, line.unit_price, line.tax_rate)


def _filled(line: commands.DraftLine, product: views.Product) -> commands.DraftLine:
    return replace(
        line,
        description=line.description or product.name,
        unit=line.unit or product.unit,
        unit_price=product.unit_price if line.unit_price is None else line.unit_price,
        tax_rate=product.tax_rate if line.tax_rate is None else line.tax_rate,
    )


def _wished(line: commands.DraftLine) -> WishedLine:
    assert line.description is not None
    assert line.unit is not None
    assert line.unit_price is not None
    assert line.tax_rate is not None
    return WishedLine(
        item_number=line.item_number,
        description=line.description,
        unit=line.unit,
        quantity=line.quantity,
        unit_price=line.unit_price,
        tax_rate=line.tax_rate,
        delivery_date=line.delivery_date,
    )


def _moved(tx: Transaction, movement: views.GoodsMovement) -> views.GoodsMovement:
    taken = NumberTaken(f"The order has a document with the number {movement.number} already.")
    tx.refuse_when_violated("goods_movements_number_once", taken)
    queries.insert_movement(tx, movement)
    return movement


Service = OrdersService

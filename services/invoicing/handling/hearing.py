"""What invoicing hears from orders and accounts."""

from collections.abc import Sequence
from typing import Any

from services.chassis.consuming import Incoming, consumes
from services.chassis.database import Transaction
from services.contracts.accounts.events import ContactChanged, PartnershipChanged, SupplierPortalDisabled
from services.contracts.invoicing import events, views
from services.contracts.orders import events as orders
from services.invoicing import queries, reconciliations, replicas
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.reconciliation import Reconciliation
from services.invoicing.handling import matching

PORTAL_SWITCHED_OFF = "The supplier's portal was switched off."


class Hearing:
    """Replicas of orders, partnerships and people, and the switched-off portal."""

    @consumes(PartnershipChanged, whole_group=True)
    def on_partnerships_changed(
        self, tx: Transaction, changed: Sequence[Incoming[PartnershipChanged]]
    ) -> None:
        """Remember partnerships as they stand now."""
        replicas.remember_partnerships(tx, changed)

    @consumes(ContactChanged, whole_group=True)
    def on_contacts_changed(self, tx: Transaction, changed: Sequence[Incoming[ContactChanged]]) -> None:
        """Remember people as they stand now."""
        replicas.remember_people(tx, changed)

    @consumes(SupplierPortalDisabled)
    def on_supplier_portal_disabled(self, tx: Transaction, event: Incoming[SupplierPortalDisabled]) -> None:
        """Delete the drafts made before the portal was switched off, whenever this is heard (S-101, D-6)."""
        link = event.data
        for draft_id in reconciliations.drafts_made_before(tx, link.partnership_id, link.at):
            tx.get(Reconciliation, draft_id).withdraw(PORTAL_SWITCHED_OFF, by=None, at=tx.at)
        made_before = queries.drafts_made_before(tx, link.partnership_id, link.at)
        drafts = [tx.get(Invoice, draft_id) for draft_id in made_before]
        if not drafts:
            return
        for draft in drafts:
            draft.delete()
        tx.announce(
            events.InvoiceDraftsDeleted(
                partnership_id=link.partnership_id,
                customer=link.customer,
                supplier=link.supplier,
                switched_off_at=link.at,
                drafts=tuple(views.DeletedDraft(id=draft.id, number=draft.number) for draft in drafts),
            ),
            aggregate="partnership",
            aggregate_id=link.partnership_id,
            sequence=event.sequence,
        )

    def _remember_orders(self, tx: Transaction, heard: Sequence[Incoming[Any]]) -> None:
        """Remember orders as they stand now."""
        replicas.remember_orders(tx, heard)

    # Every fact of an order that both sides know of carries the whole order; drafts are the buyer's own.
    on_order_submitted = consumes(orders.OrderSubmitted, whole_group=True)(_remember_orders)
    on_order_revised = consumes(orders.OrderRevised, whole_group=True)(_remember_orders)
    on_order_confirmed = consumes(orders.OrderConfirmed, whole_group=True)(_remember_orders)
    on_order_refused = consumes(orders.OrderRefused, whole_group=True)(_remember_orders)
    on_order_started = consumes(orders.OrderStarted, whole_group=True)(_remember_orders)
    on_order_cancelled = consumes(orders.OrderCancelled, whole_group=True)(_remember_orders)
    on_order_closed = consumes(orders.OrderClosed, whole_group=True)(_remember_orders)
    on_delivery_date_proposed = consumes(orders.DeliveryDateProposed, whole_group=True)(_remember_orders)
    on_delivery_date_declined = consumes(orders.DeliveryDateDeclined, whole_group=True)(_remember_orders)
    on_delivery_date_changed = consumes(orders.DeliveryDateChanged, whole_group=True)(_remember_orders)
    on_goods_issued = consumes(orders.GoodsIssued, whole_group=True)(_remember_orders)

    @consumes(orders.GoodsReceived, whole_group=True)
    def on_goods_received(self, tx: Transaction, heard: Sequence[Incoming[orders.GoodsReceived]]) -> None:
        """Remember the orders, and decide anew what was held only because the goods had not come."""
        replicas.remember_orders(tx, heard)
        matching.match_held_for_receipts(tx, {event.data.order.id for event in heard})

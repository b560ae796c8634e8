"""The facts the orders service announces. Each carries the whole order as it stands after the fact."""

from typing import Annotated
from uuid import UUID

from services.contracts.kinds import Reason
from services.contracts.orders.views import GoodsMovement, Order, Product
from services.contracts.shapes import Event, event


class _OfOrder(Event):
    """Known to both sides of the order."""

    __slots__ = ()
    order: Order

    def participants(self) -> tuple[UUID, ...]:
        return (self.order.customer.id, self.order.supplier.id)


class _OfDraft(_OfOrder):
    """Known to the buyer alone: a draft does not exist for the supplier (S-020)."""

    __slots__ = ()

    def participants(self) -> tuple[UUID, ...]:
        return (self.order.customer.id,)


TheOrder = Annotated[Order, "The order as it stands now."]


@event("orders")
class OrderDrafted(_OfDraft):
    """A buyer has begun an order."""

    order: TheOrder


@event("orders")
class OrderDraftChanged(_OfDraft):
    """A buyer has changed a draft."""

    order: TheOrder


@event("orders")
class OrderDraftDeleted(_OfDraft):
    """A buyer has thrown a draft away."""

    order: TheOrder


@event("orders")
class OrderSubmitted(_OfOrder):
    """A buyer has sent an order to its supplier (S-020)."""

    order: TheOrder


@event("orders")
class OrderRevised(_OfOrder):
    """The initiator has changed a submitted order; the supplier is asked to confirm anew."""

    order: TheOrder


@event("orders")
class OrderConfirmed(_OfOrder):
    """The supplier has said what it will deliver (S-029)."""

    order: TheOrder


@event("orders")
class OrderRefused(_OfOrder):
    """The supplier will not deliver."""

    order: TheOrder


@event("orders")
class OrderStarted(_OfOrder):
    """The supplier is at work on the order."""

    order: TheOrder


@event("orders")
class OrderCancelled(_OfOrder):
    """The buyer has called a submitted order off."""

    order: TheOrder


@event("orders")
class OrderClosed(_OfOrder):
    """Nothing more will be delivered on the order."""

    order: TheOrder


@event("orders")
class DeliveryDateProposed(_OfOrder):
    """The supplier asks for another delivery date (S-026). The date has not changed."""

    order: TheOrder


@event("orders")
class DeliveryDateDeclined(_OfOrder):
    """The initiator keeps the delivery date as it is."""

    order: TheOrder
    reason: Annotated[Reason, "Why."]


@event("orders")
class DeliveryDateChanged(_OfOrder):
    """The initiator has changed the delivery date (S-027)."""

    order: TheOrder


@event("orders")
class GoodsIssued(_OfOrder):
    """The supplier has shipped goods of the order (S-202)."""

    order: TheOrder
    movement: Annotated[GoodsMovement, "What was shipped."]


@event("orders")
class GoodsReceived(_OfOrder):
    """The customer has recorded what arrived, and what of it was not accepted."""

    order: TheOrder
    movement: Annotated[GoodsMovement, "What arrived."]


@event("orders", live_only=True)
class ProductSaved(Event):
    """A supplier has added or changed a product."""

    product: Annotated[Product, "The product as it stands now."]

    def participants(self) -> tuple[UUID, ...]:
        return (self.product.supplier.id,)

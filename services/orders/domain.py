"""The rules of purchase orders.

Statuses move by `MOVES`; every other step is refused with the sentence that says what is possible. What the
supplier owes, has shipped, and what the customer has received is kept on the order's lines.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import ClassVar, Protocol
from uuid import UUID

from services.chassis.aggregate import Aggregate
from services.chassis.errors import Fault, Forbidden, Invalid, Refused
from services.contracts.money import (
    GREATEST_AMOUNT,
    GREATEST_QUANTITY,
    Money,
    percentage,
    plain,
    product,
    rounded,
    total,
)
from services.contracts.orders import events
from services.contracts.orders.views import (
    DateProposal,
    Flag,
    GoodsMovement,
    MovedLine,
    MovementKind,
    OrderStatus,
)
from services.contracts.orders.views import Order as OrderView
from services.contracts.orders.views import OrderLine as LineView
from services.contracts.parties import Party, Person

ZERO = Decimal(0)


class StepNotPossible(Refused):
    """The order's status does not allow this step."""


class NotTheInitiator(Forbidden):
    """Only the person who ordered may do this (S-027)."""


class ShippedAlready(Refused):
    """Goods of the order are on their way or delivered."""


class TooMuch(Refused):
    """More would be shipped or received than the order allows."""


class NothingToDeliver(Refused):
    """A confirmation of nothing is a refusal, and a refusal has a reason."""


class NoProposal(Refused):
    """There is no open proposal to decide on."""


class PortalSwitchedOff(Refused):
    """The customer has switched the supplier's portal off (S-100)."""


# Which step leads from which status to which.
MOVES: dict[str, tuple[frozenset[OrderStatus], OrderStatus]] = {
    "submitted": (frozenset({OrderStatus.DRAFT}), OrderStatus.SUBMITTED),
    "confirmed": (frozenset({OrderStatus.SUBMITTED}), OrderStatus.CONFIRMED),
    "refused": (frozenset({OrderStatus.SUBMITTED}), OrderStatus.REFUSED),
    "revised": (frozenset({OrderStatus.SUBMITTED, OrderStatus.CONFIRMED}), OrderStatus.SUBMITTED),
    "started": (frozenset({OrderStatus.CONFIRMED}), OrderStatus.IN_PROGRESS),
    "cancelled": (frozenset({OrderStatus.SUBMITTED, OrderStatus.CONFIRMED}), OrderStatus.CANCELLED),
    "closed": (frozenset({OrderStatus.CONFIRMED, OrderStatus.IN_PROGRESS}), OrderStatus.CLOSED),
}

OPEN = frozenset({OrderStatus.SUBMITTED, OrderStatus.CONFIRMED, OrderStatus.IN_PROGRESS})
DELIVERABLE = frozenset({OrderStatus.CONFIRMED, OrderStatus.IN_PROGRESS})


@dataclass(frozen=True, slots=True)
class Terms:
    """What customer and supplier have agreed, as far as an order needs it."""

    customer: Party
    supplier: Party
    enabled: bool
    currency: str
    lead_time_days: int
    minimum_order: Decimal
    payment_days: int


@dataclass(frozen=True, slots=True)
class WishedLine:
    """A line as the buyer wishes it, complete."""

    item_number: str
    description: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    delivery_date: date | None = None


@dataclass(slots=True)
class Line:
    """A line of an order, with what has become of it."""

    number: int
    item_number: str
    description: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    net: Decimal
    delivery_date: date | None = None
    confirmed_quantity: Decimal | None = None
    confirmation_note: str | None = None
    shipped_quantity: Decimal = ZERO
    received_quantity: Decimal = ZERO
    rejected_quantity: Decimal = ZERO

    @property
    def due_quantity(self) -> Decimal:
        """What the supplier owes: what it confirmed, or all of it while it has not answered."""
        return self.quantity if self.confirmed_quantity is None else self.confirmed_quantity

    @property
    def pending_quantity(self) -> Decimal:
        """Still to be shipped (S-171)."""
        return max(ZERO, self.due_quantity - self.shipped_quantity)

    def view(self) -> LineView:
        """The line as both sides see it."""
        return LineView(
            number=self.number,
            item_number=self.item_number,
            description=self.description,
            unit=self.unit,
            quantity=self.quantity,
            unit_price=self.unit_price,
            tax_rate=self.tax_rate,
            net=self.net,
            delivery_date=self.delivery_date,
            confirmed_quantity=self.confirmed_quantity,
            confirmation_note=self.confirmation_note,
            shipped_quantity=self.shipped_quantity,
            received_quantity=self.received_quantity,
            rejected_quantity=self.rejected_quantity,
            pending_quantity=self.pending_quantity,
        )


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of an order; tax is computed per rate and rounded once, as EN 16931 asks (BR-CO-17)."""

    net: Decimal
    tax: Decimal
    gross: Decimal


class Taxed(Protocol):
    """Anything with a net amount and a tax rate."""

    net: Decimal
    tax_rate: Decimal


def totals(lines: Iterable[Taxed], places: int) -> Totals:
    """Net, tax and gross of `lines`."""
    per_rate: dict[Decimal, Decimal] = {}
    for line in lines:
        per_rate[line.tax_rate] = total((per_rate.get(line.tax_rate, ZERO), line.net))
    net = total(per_rate.values())
    tax = total(rounded(percentage(base, rate), places) for rate, base in per_rate.items())
    return Totals(net, tax, total((net, tax)))


def numbered(wished: Sequence[WishedLine], places: int) -> list[Line]:
    """The wished lines, numbered from 1, with their net amounts."""
    return [
        Line(
            number=place,
            item_number=line.item_number,
            description=line.description,
            unit=line.unit,
            quantity=line.quantity,
            unit_price=line.unit_price,
            tax_rate=line.tax_rate,
            net=product(line.quantity, line.unit_price, places),
            delivery_date=line.delivery_date,
        )
        for place, line in enumerate(wished, start=1)
    ]


# ------------------------------------------------------------------------------- what to look at (flags)


def delivery_too_early(order: "Order", terms: Terms) -> Flag | None:
    """S-030: the delivery date leaves the supplier less time than agreed."""
    earliest = _days_after(order.order_date, terms.lead_time_days)
    if order.delivery_date is None or order.delivery_date >= earliest:
        return None
    return Flag(
        code="delivery-too-early",
        detail=f"Delivery is wanted on {order.delivery_date}, but {terms.supplier.name} needs "
        f"{terms.lead_time_days} days: {earliest} at the earliest.",
    )


def below_minimum_order(order: "Order", terms: Terms) -> Flag | None:
    """S-031: the order is smaller than agreed."""
    missing = terms.minimum_order - order.net
    if missing <= 0:
        return None
    return Flag(
        code="below-minimum-order",
        detail=f"The order is {Money(missing, order.currency)} below the minimum of "
        f"{Money(terms.minimum_order, order.currency)} agreed with {terms.supplier.name}.",
    )


def _days_after(day: date, days: int) -> date:
    """Never after the last day that there is."""
    return min(day, date.max - timedelta(days=days)) + timedelta(days=days)


FLAGS: tuple[Callable[["Order", Terms], Flag | None], ...] = (delivery_too_early, below_minimum_order)


# ------------------------------------------------------------------------------------------ the order


@dataclass
class Order(Aggregate):
    """A purchase order."""

    noun: ClassVar[str] = "order"

    id: UUID
    number: str
    customer: Party
    supplier: Party
    initiator: Person
    currency: str
    amount_places: int
    order_date: date
    payment_days: int
    lines: list[Line]
    delivery_date: date | None = None
    delivery_address: str = ""
    note: str = ""
    status: OrderStatus = OrderStatus.DRAFT
    date_proposal: DateProposal | None = None
    flags: tuple[Flag, ...] = ()
    revision: int = 0
    submitted_at: datetime | None = None
    closing_reason: str | None = None
    net: Decimal = ZERO
    tax: Decimal = ZERO
    gross: Decimal = ZERO

    # -------------------------------------------------------------------------------------- the buyer

    def write(
        self,
        wished: Sequence[WishedLine],
        terms: Terms,
        *,
        delivery_date: date | None,
        address: str,
        note: str,
    ) -> None:
        """Say what the order says."""
        self.lines = numbered(wished, self.amount_places)
        self._check_sums()
        self.delivery_date = delivery_date
        self.delivery_address = address
        self.note = note
        self._reckon(terms)

    def draft(self) -> None:
        """Begin it as a draft."""
        self.record(events.OrderDrafted)

    def change_draft(
        self,
        wished: Sequence[WishedLine],
        terms: Terms,
        *,
        delivery_date: date | None,
        address: str,
        note: str,
    ) -> None:
        """Replace what the draft says."""
        self._must_be("be changed as a draft", frozenset({OrderStatus.DRAFT}))
        self.write(wished, terms, delivery_date=delivery_date, address=address, note=note)
        self.record(events.OrderDraftChanged)

    def delete_draft(self) -> None:
        """Throw it away."""
        self._must_be("be deleted", frozenset({OrderStatus.DRAFT}))
        self.record(events.OrderDraftDeleted)

    def submit(self, terms: Terms, *, at: datetime) -> None:
        """Send it to the supplier (S-020)."""
        if not terms.enabled:
            raise PortalSwitchedOff(
                f"The portal of {terms.supplier.name} is switched off. Switch it on in the supplier's "
                "settings, then submit the order."
            )
        self._move("submitted", "be submitted")
        self._reckon(terms)
        self.submitted_at = at
        self.record(events.OrderSubmitted)

    def revise(self, wished: Sequence[WishedLine], terms: Terms, *, by: Person, note: str) -> None:
        """Change an order the supplier has; it is asked to confirm anew."""
        self._only_initiator(by, "revise the order")
        self._nothing_moved("revised")
        self._move("revised", "be revised")
        self.write(wished, terms, delivery_date=self.delivery_date, address=self.delivery_address, note=note)
        self.revision += 1
        self.record(events.OrderRevised)

    def change_delivery_date(self, day: date, terms: Terms, *, by: Person) -> None:
        """Set another delivery date: the initiator and nobody else (S-027, S-028)."""
        self._only_initiator(by, "change the delivery date")
        self._must_be("get another delivery date", OPEN | {OrderStatus.DRAFT})
        self.delivery_date = day
        self.date_proposal = None
        self._reckon(terms)
        self.record(events.DeliveryDateChanged if self.submitted_at else events.OrderDraftChanged)

    def decline_delivery_date(self, reason: str, *, by: Person) -> None:
        """Keep the date against the supplier's proposal."""
        self._only_initiator(by, "decide on the delivery date")
        if self.date_proposal is None:
            raise NoProposal("The supplier has proposed no other delivery date.")
        self.date_proposal = None
        self.record(events.DeliveryDateDeclined, reason=reason)

    def cancel(self, reason: str) -> None:
        """Call it off while nothing was shipped."""
        self._nothing_moved("cancelled")
        self._move("cancelled", "be cancelled")
        self.closing_reason = reason
        self.record(events.OrderCancelled)

    def close(self) -> None:
        """Await nothing more."""
        self._move("closed", "be closed")
        self.record(events.OrderClosed)

    def receive(
        self,
        id: UUID,
        number: str,
        day: date,
        wished: Sequence["Received"],
        note: str,
        *,
        by: Person,
        at: datetime,
    ) -> GoodsMovement:
        """Record what arrived, and what of it is not accepted."""
        self._must_be("receive goods", DELIVERABLE | {OrderStatus.CLOSED})
        moved = []
        for receipt in wished:
            line = self._line(receipt.order_line)
            if receipt.rejected > receipt.quantity:
                raise Invalid(
                    "More is rejected than arrived.",
                    [
                        Fault(
                            "/lines", f"line {line.number}: at most {plain(receipt.quantity)} can be rejected"
                        )
                    ],
                )
            if line.received_quantity + receipt.quantity > GREATEST_QUANTITY:
                raise TooMuch(
                    f"Line {line.number}: no more than {plain(GREATEST_QUANTITY)} {line.unit} can be received."
                )
            line.received_quantity += receipt.quantity
            line.rejected_quantity += receipt.rejected
            moved.append(_moved(line, receipt.quantity, receipt.rejected, receipt.reason))
        if self.status is OrderStatus.CONFIRMED:
            self.status = OrderStatus.IN_PROGRESS
        movement = self._movement(MovementKind.RECEIPT, id, number, day, note, by, at, moved)
        self.record(events.GoodsReceived, movement=movement)
        return movement

    # ----------------------------------------------------------------------------------- the supplier

    def confirm(self, answers: Sequence["Answer"]) -> None:
        """Say what will be delivered; lines without an answer are confirmed as ordered (S-029)."""
        self._move("confirmed", "be confirmed")
        by_number = {answer.number: answer for answer in answers}
        for unknown in by_number.keys() - {line.number for line in self.lines}:
            raise Invalid(
                "The order has no such line.", [Fault("/lines", f"line {unknown} is not in the order")]
            )
        for line in self.lines:
            self._confirm_line(line, by_number.get(line.number))
        if all(line.confirmed_quantity == 0 for line in self.lines):
            raise NothingToDeliver("Nothing would be delivered. Refuse the order and say why instead.")
        self.record(events.OrderConfirmed)

    def _confirm_line(self, line: Line, answer: "Answer | None") -> None:
        if answer is not None and answer.quantity > line.quantity:
            raise TooMuch(
                f"Line {line.number} was ordered {plain(line.quantity)} {line.unit}; no more can be confirmed."
            )
        line.confirmed_quantity = line.quantity if answer is None else answer.quantity
        line.confirmation_note = None if answer is None else answer.note

    def refuse(self, reason: str) -> None:
        """Deliver nothing."""
        self._move("refused", "be refused")
        self.closing_reason = reason
        self.record(events.OrderRefused)

    def start(self) -> None:
        """Begin the work (S-172)."""
        self._move("started", "be started")
        self.record(events.OrderStarted)

    def propose_delivery_date(self, day: date, reason: str, *, by: Person, at: datetime) -> None:
        """Ask for another date; the date itself stays (S-026)."""
        self._must_be("get a proposal of another date", OPEN)
        self.date_proposal = DateProposal(date=day, reason=reason, proposed_by=by, proposed_at=at)
        self.record(events.DeliveryDateProposed)

    def issue(
        self,
        id: UUID,
        number: str,
        day: date,
        wished: Sequence["Issued"],
        note: str,
        *,
        by: Person,
        at: datetime,
    ) -> GoodsMovement:
        """Record what was shipped; never more than is owed."""
        self._must_be("have goods issued", DELIVERABLE)
        moved = []
        for issue in wished:
            line = self._line(issue.order_line)
            if issue.quantity > line.pending_quantity:
                raise TooMuch(
                    f"Line {line.number}, {line.description}: {plain(line.pending_quantity)} {line.unit} are still to "
                    f"be shipped, not {plain(issue.quantity)}."
                )
            line.shipped_quantity += issue.quantity
            moved.append(_moved(line, issue.quantity, ZERO, ""))
        self.status = OrderStatus.IN_PROGRESS
        movement = self._movement(MovementKind.ISSUE, id, number, day, note, by, at, moved)
        self.record(events.GoodsIssued, movement=movement)
        return movement

    # ------------------------------------------------------------------------------------------ inside

    def _check_sums(self) -> None:
        greatest = plain(GREATEST_AMOUNT)
        faults = [
            Fault(f"/lines/{place}", f"comes to more than {greatest}")
            for place, line in enumerate(self.lines)
            if line.net > GREATEST_AMOUNT
        ]
        if not faults and totals(self.lines, self.amount_places).gross > GREATEST_AMOUNT:
            faults = [Fault("/lines", f"come to more than {greatest} together, with tax")]
        if faults:
            raise Invalid("The sums are too large.", faults)

    def _reckon(self, terms: Terms) -> None:
        sums = totals(self.lines, self.amount_places)
        self.net, self.tax, self.gross = sums.net, sums.tax, sums.gross
        self.flags = tuple(flag for rule in FLAGS if (flag := rule(self, terms)) is not None)

    def _move(self, step: str, what: str) -> None:
        allowed, target = MOVES[step]
        self._must_be(what, allowed)
        self.status = target

    def _must_be(self, what: str, allowed: frozenset[OrderStatus]) -> None:
        if self.status not in allowed:
            possible = " or ".join(sorted(status.value.replace("-", " ") for status in allowed))
            raise StepNotPossible(
                f"Order {self.number} is {self.status.value.replace('-', ' ')}; only an order that is "
                f"{possible} can {what}."
            )

    def _only_initiator(self, by: Person, what: str) -> None:
        if by.id != self.initiator.id:
            raise NotTheInitiator(f"Only {self.initiator.name}, who placed the order, can {what}.")

    def _nothing_moved(self, what: str) -> None:
        if any(line.shipped_quantity or line.received_quantity for line in self.lines):
            raise ShippedAlready(
                f"Goods of order {self.number} were shipped already, so it can't be {what}. Close it when "
                "nothing more is awaited, or return the goods."
            )

    def _line(self, number: int) -> Line:
        for line in self.lines:
            if line.number == number:
                return line
        raise Invalid("The order has no such line.", [Fault("/lines", f"line {number} is not in the order")])

    def _movement(
        self,
        kind: MovementKind,
        id: UUID,
        number: str,
        day: date,
        note: str,
        by: Person,
        at: datetime,
        lines: Sequence[MovedLine],
    ) -> GoodsMovement:
        return GoodsMovement(
            id=id,
            kind=kind,
            number=number,
            order_id=self.id,
            order_number=self.number,
            customer=self.customer,
            supplier=self.supplier,
            day=day,
            note=note,
            recorded_by=by,
            recorded_at=at,
            lines=tuple(lines),
        )

    def view(self) -> OrderView:
        """The order as both sides see it."""
        return OrderView(
            id=self.id,
            number=self.number,
            status=self.status,
            customer=self.customer,
            supplier=self.supplier,
            initiator=self.initiator,
            currency=self.currency,
            amount_places=self.amount_places,
            order_date=self.order_date,
            delivery_date=self.delivery_date,
            date_proposal=self.date_proposal,
            delivery_address=self.delivery_address,
            note=self.note,
            payment_days=self.payment_days,
            lines=tuple(line.view() for line in self.lines),
            net=self.net,
            tax=self.tax,
            gross=self.gross,
            flags=self.flags,
            revision=self.revision,
            submitted_at=self.submitted_at,
            closing_reason=self.closing_reason,
            sequence=self.sequence,
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What the supplier says of one line."""

    number: int
    quantity: Decimal
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """What is shipped of one line."""

    order_line: int
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Received:
    """What arrived of one line."""

    order_line: int
    quantity: Decimal
    rejected: Decimal
    reason: str = ""


def _moved(line: Line, quantity: Decimal, rejected: Decimal, reason: str) -> MovedLine:
    return MovedLine(
        order_line=line.number,
        item_number=line.item_number,
        description=line.description,
        unit=line.unit,
        quantity=quantity,
        rejected_quantity=rejected,
        reason=reason,
    )


def order_number(year: int, count: int) -> str:
    """The portal's own number for a customer's order: the `count`-th of the year."""
    return f"PO-{year}-{count:05d}"

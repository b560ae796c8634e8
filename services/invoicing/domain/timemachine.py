"""The invoices of the past decided anew under other tolerances: the same checks, without a word.

The invoices of an order are taken in the order in which they were sent. Which earlier one counts follows from
what it would have come to; of one that would be held it follows from what was decided in truth.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Protocol
from uuid import UUID

from services.contracts.invoicing.tolerances import (
    AppliedTolerance,
    CountedSum,
    Direction,
    Measure,
    Replayed,
    Side,
)
from services.contracts.invoicing.views import (
    AmountBase,
    Approval,
    BilledLine,
    EarlierInvoice,
    EarlierLine,
    InvoiceStatus,
    MatchInputs,
    OrderedLine,
    TaxedAmount,
)
from services.contracts.money import EXACT, total
from services.contracts.parties import Person
from services.invoicing.domain.amounts import ZERO
from services.invoicing.domain.checks import UNDECIDED, Comparison, Result
from services.invoicing.domain.tolerance import Tolerances, allowance, base_of

NOBODY = Person(id=UUID(int=0), name="nobody")
GIVEN_UP = frozenset({InvoiceStatus.REJECTED, InvoiceStatus.CANCELED})


@dataclass(frozen=True, slots=True)
class Past:
    """An invoice of the past, and what of its order it was matched with."""

    id: UUID
    order_id: UUID
    currency: str
    amount_places: int
    net: Decimal
    gross: Decimal
    tax: Decimal
    order_net: Decimal
    order_gross: Decimal
    status: InvoiceStatus
    approval: Approval | None
    all_ordered: bool
    asked: bool
    """Whether it was sent in the time that is asked about; others only count for those that were."""
    ordered: tuple[OrderedLine, ...] = ()
    billed: tuple[BilledLine, ...] = ()
    charges: Decimal = ZERO
    adjusted: tuple[TaxedAmount, ...] = ()


Outcome = tuple[Past, bool, Decimal]
"""An invoice, whether it passes, and how much of its order was approved before it."""


@dataclass(slots=True)
class _Sums:
    approved: list[Decimal] = field(default_factory=list)
    held: list[Decimal] = field(default_factory=list)
    unseen: list[Decimal] = field(default_factory=list)
    beyond: Decimal = ZERO

    def told(self, currency: str) -> Replayed:
        return Replayed(
            currency=currency,
            approved=_counted(self.approved),
            held=_counted(self.held),
            beyond_order=self.beyond,
            unseen=_counted(self.unseen),
        )


def _counted(nets: Sequence[Decimal]) -> CountedSum:
    return CountedSum(count=len(nets), net=total(nets))


def in_truth(past: Iterable[Past]) -> tuple[Replayed, ...]:
    """What was decided: approved by itself, or held first."""
    return _summed((each, each.approval is Approval.AUTOMATIC, before) for each, before in _with_before(past))


def _with_before(past: Iterable[Past]) -> Iterator[tuple[Past, Decimal]]:
    """Each invoice, and how much of its order was approved before it."""
    for _, invoices in groupby(past, attrgetter("order_id")):
        before = ZERO
        for each in invoices:
            yield each, before
            if each.approval is not None:
                before = EXACT.add(before, each.net)


Policy = Callable[[str], tuple[AppliedTolerance, ...]]
"""By currency the tolerances that hold."""


def decided_anew(past: Iterable[Past], policy: Policy) -> tuple[Replayed, ...]:
    """What would have been decided by `policy`. `past` is sorted by order, then as it was sent."""
    judges: dict[str, _Judge] = {}
    return _summed(
        outcome
        for _, invoices in groupby(past, attrgetter("order_id"))
        for outcome in _judged(list(invoices), policy, judges)
    )


def _judged(invoices: list[Past], policy: Policy, judges: "dict[str, _Judge]") -> Iterable[Outcome]:
    currency = invoices[0].currency
    if currency not in judges:
        tolerances = policy(currency)
        judges[currency] = (_Total if _about_one_total(tolerances) else _Everything)(tolerances)
    return judges[currency].of_order(invoices)


def _summed(outcomes: Iterable[Outcome]) -> tuple[Replayed, ...]:
    by_currency: dict[str, _Sums] = defaultdict(_Sums)
    for invoice, passes, before in outcomes:
        if not invoice.asked:
            continue
        sums = by_currency[invoice.currency]
        if not passes:
            sums.held.append(invoice.net)
            continue
        sums.approved.append(invoice.net)
        after = EXACT.add(before, invoice.net)
        if after > invoice.order_net:
            more = EXACT.subtract(after, max(before, invoice.order_net))
            sums.beyond = EXACT.add(sums.beyond, more)
        if invoice.status is InvoiceStatus.REJECTED:
            sums.unseen.append(invoice.net)
    return tuple(sums.told(currency) for currency, sums in sorted(by_currency.items()))


def _about_one_total(tolerances: Sequence[AppliedTolerance]) -> bool:
    return all(each.measure is Measure.TOTAL_NET and each.direction is Direction.OVER for each in tolerances)


class _Judge(Protocol):
    def of_order(self, invoices: Iterable[Past]) -> Iterator[Outcome]:
        """What becomes of each invoice of one order."""


class _Total:
    """By the net total alone: no more than an addition and a comparison for each invoice."""

    def __init__(self, tolerances: Sequence[AppliedTolerance]) -> None:
        self._tolerance = Tolerances(tolerances).of(Measure.TOTAL_NET, Side.OVER)

    def of_order(self, invoices: Iterable[Past]) -> Iterator[Outcome]:
        decided = undecided = ZERO
        for each in invoices:
            sum_ = EXACT.add(EXACT.add(decided, undecided), each.net)
            passes = each.all_ordered and (
                self._tolerance is None
                or sum_ <= EXACT.add(each.order_net, allowance(self._tolerance, each.order_net))
            )
            yield each, passes, decided
            if passes or (each.status not in GIVEN_UP and each.status not in UNDECIDED):
                decided = EXACT.add(decided, each.net)
            elif each.status in UNDECIDED:
                undecided = EXACT.add(undecided, each.net)


class _Everything:
    """By all that the tolerances ask: the checks of the engine itself."""

    def __init__(self, tolerances: Sequence[AppliedTolerance]) -> None:
        self._own = tuple(tolerances)
        self._base = base_of(self._own)

    def of_order(self, invoices: Iterable[Past]) -> Iterator[Outcome]:
        earlier: list[EarlierInvoice] = []
        before = ZERO
        for each in invoices:
            passes = each.all_ordered and self._passes(each, tuple(earlier))
            yield each, passes, before
            if passes or each.status not in GIVEN_UP:
                status = InvoiceStatus.APPROVED if passes else each.status
                earlier.append(self._as_earlier(each, status))
                if status not in UNDECIDED:
                    before = EXACT.add(before, each.net)

    def _as_earlier(self, invoice: Past, status: InvoiceStatus) -> EarlierInvoice:
        net_first = self._base is AmountBase.NET
        return EarlierInvoice(
            id=invoice.id,
            number="-",
            status=status,
            amount=invoice.net if net_first else invoice.gross,
            other_amount=invoice.gross if net_first else invoice.net,
            charges=invoice.charges,
            lines=tuple(
                EarlierLine(order_line=line.order_line, unit=line.unit, quantity=line.quantity, net=line.net)
                for line in invoice.billed
                if line.order_line is not None
                and line.unit is not None
                and line.quantity is not None
                and line.net is not None
            ),
        )

    def _passes(self, invoice: Past, earlier: tuple[EarlierInvoice, ...]) -> bool:
        net_first = self._base is AmountBase.NET
        case = Comparison(
            MatchInputs(
                order_number="-",
                order_sequence=0,
                currency=invoice.currency,
                amount_places=invoice.amount_places,
                base=self._base,
                tolerance_rate=ZERO,
                order_amount=invoice.order_net if net_first else invoice.order_gross,
                ordered=invoice.ordered,
                invoice_amount=invoice.net if net_first else invoice.gross,
                billed=invoice.billed,
                earlier=earlier,
                initiator=NOBODY,
                tolerances=self._own,
                order_other_amount=invoice.order_gross if net_first else invoice.order_net,
                invoice_other_amount=invoice.gross if net_first else invoice.net,
                invoice_tax=invoice.tax,
                adjusted=invoice.adjusted,
                charges=invoice.charges,
            )
        )
        of_total = case.of_total()
        if of_total is not None and of_total.result is not Result.PASSES:
            return False
        further = case.further()
        return not (case.pairs is not None and case.incomparable()) and all(
            check.result is Result.PASSES for checks in further for check in checks
        )

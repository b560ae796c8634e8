"""Pure matching: one invoice of ten lines, decided in memory, beside a fixed loop of exact arithmetic."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from uuid import UUID

from services.contracts.invoicing.tolerances import (
    AppliedTolerance,
    Direction,
    MatchingWay,
    Measure,
    ToleranceScope,
)
from services.contracts.invoicing.views import AmountBase, BilledLine, MatchInputs, OrderedLine
from services.contracts.money import EXACT
from services.contracts.parties import Person
from services.invoicing.domain.matching import decide
from services.invoicing.domain.tolerance import in_force, the_agreed_rate

LINES = 10
AT = datetime(2026, 1, 1, tzinfo=UTC)
NOBODY = UUID(int=0)

FIXED_LOOP = 2_000
"""Exact additions to compare with: the ratio says the same on a slow machine and on a busy one."""

FIXED_LOOP_SHARE = 0.5
"""How much of the fixed loop a decision under the agreed rate alone may cost at most."""


@dataclass(frozen=True)
class Cost:
    """CPU of one decision and of the fixed loop, in milliseconds."""

    decision: float
    loop: float

    @property
    def ratio(self) -> float:
        """The decision to the loop."""
        return self.decision / self.loop


def cost_of_matching(*, rounds: int, every_measure: bool = False) -> Cost:
    """What one decision costs here and now; with all measures checked on both sides if asked."""
    inputs = ten_lines(every_measure=every_measure)

    def once() -> None:
        decide(match_id=NOBODY, invoice_id=NOBODY, invoice_sequence=1, at=AT, inputs=inputs)

    once()
    return Cost(_each(once, rounds), _each(_fixed_loop, rounds))


def _each(work: Callable[[], None], rounds: int) -> float:
    began = time.process_time()
    for _ in range(rounds):
        work()
    return 1000 * (time.process_time() - began) / rounds


def _fixed_loop() -> None:
    amount, step, add = Decimal("0.01"), Decimal("12.34"), EXACT.add
    for _ in range(FIXED_LOOP):
        amount = add(amount, step)


def ten_lines(*, every_measure: bool) -> MatchInputs:
    """An invoice for all of an order of ten lines."""
    ten = Decimal(10)
    price, net = Decimal("12.50"), Decimal("125.00")
    tolerances: tuple[AppliedTolerance, ...] = (the_agreed_rate(Decimal(5), AmountBase.NET),)
    if every_measure:
        set_by_customer = [
            AppliedTolerance(
                id=NOBODY, scope=ToleranceScope.CUSTOMER, measure=measure, direction=Direction.BOTH,
                percent=Decimal(2), amount=Decimal(5),
            )
            for measure in Measure
        ]  # fmt: skip
        tolerances = in_force(
            set_by_customer, currency="EUR", rate=Decimal(5), base=AmountBase.NET, way=MatchingWay.FOUR
        )
    return MatchInputs(
        order_number="PO-1",
        order_sequence=3,
        currency="EUR",
        amount_places=2,
        base=AmountBase.NET,
        tolerance_rate=Decimal(5),
        order_amount=net * LINES,
        ordered=tuple(
            OrderedLine(
                number=number, item_number=f"IT-{number}", description=f"Item {number}", unit="C62",
                quantity=ten, received=ten, accepted=ten, unit_price=price, net=net, tax_rate=Decimal(20),
            )
            for number in range(1, LINES + 1)
        ),
        invoice_amount=net * LINES,
        billed=tuple(
            BilledLine(
                number=number, order_line=number, item_number=f"IT-{number}", description=f"Item {number}",
                unit="C62", quantity=ten, unit_price=price, net=net, tax_rate=Decimal(20),
            )
            for number in range(1, LINES + 1)
        ),
        earlier=(),
        initiator=Person(id=NOBODY, name="Anna"),
        tolerances=tolerances,
        order_other_amount=net * LINES,
        invoice_other_amount=net * LINES,
        invoice_tax=Decimal("250.00"),
    )  # fmt: skip

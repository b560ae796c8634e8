"""The past decided anew: the quick way and the engine's way agree, and ten thousand invoices are no matter."""

import time
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.invoicing.tolerances import AppliedTolerance, Direction, MatchingWay, Measure
from services.contracts.invoicing.views import AmountBase, Approval, BilledLine, InvoiceStatus, OrderedLine
from services.invoicing.domain.timemachine import Past, Policy, decided_anew, in_truth
from services.invoicing.domain.tolerance import in_force
from tests.unit.invoicing.builders import a_tolerance, an_id

APPROVED, REJECTED, PENDING = InvoiceStatus.APPROVED, InvoiceStatus.REJECTED, InvoiceStatus.PENDING


def past(
    net: str,
    *,
    order: int = 1,
    name: str = "",
    status: InvoiceStatus = APPROVED,
    asked: bool = True,
    **more: object,
) -> Past:
    amount = Decimal(net)
    made = Past(
        id=an_id(f"past {order} {name}"),
        order_id=an_id(f"order {order}"),
        currency="EUR",
        amount_places=2,
        net=amount,
        gross=amount,
        tax=Decimal(0),
        order_net=Decimal(1000),
        order_gross=Decimal(1000),
        status=status,
        approval=Approval.AUTOMATIC if status is APPROVED else None,
        all_ordered=True,
        asked=asked,
    )
    return replace(made, **more)  # type: ignore[arg-type]


def by(rate: str, *tolerances: AppliedTolerance, way: MatchingWay = MatchingWay.TWO) -> Policy:
    return lambda currency: in_force(
        tolerances, currency=currency, rate=Decimal(rate), base=AmountBase.NET, way=way
    )


@pytest.mark.requirement("S-046")
def test_a_wider_tolerance_lets_more_pass_and_tells_what_is_at_risk() -> None:
    were = [
        past("1000", order=1),
        past("1040", order=2, approval=Approval.INITIATOR),
        past("1090", order=3, status=REJECTED),
        past("900", order=4, status=REJECTED, all_ordered=False),
    ]

    [truth] = in_truth(were)
    [[at_five], [at_ten]] = [decided_anew(were, by(rate)) for rate in ("5", "10")]

    assert (truth.approved.count, truth.held.count, truth.unseen.count) == (1, 3, 0)
    assert (at_five.approved.count, at_five.approved.net) == (2, 2040)
    assert (at_five.held.count, at_five.beyond_order, at_five.unseen.count) == (2, 40, 0)
    assert (at_ten.approved.count, at_ten.beyond_order) == (3, 130)
    assert (at_ten.unseen.count, at_ten.unseen.net) == (1, 1090)


@pytest.mark.requirement("S-048")
def test_the_invoices_of_an_order_count_one_after_the_other() -> None:
    were = [past("600", name="a"), past("500", name="b", status=REJECTED), past("400", name="c")]

    [strict], [wide] = decided_anew(were, by("0")), decided_anew(were, by("10"))

    assert (strict.approved.net, strict.held.net) == (1000, 500)
    assert (wide.approved.net, wide.held.net) == (1100, 400)


def test_an_invoice_of_before_counts_and_is_not_told() -> None:
    were = [past("600", name="a", asked=False), past("500", name="b", status=REJECTED)]

    [told] = decided_anew(were, by("0"))

    assert (told.approved.count, told.held.count) == (0, 1)


def lines(quantity: str, price: str) -> dict[str, object]:
    number = Decimal(quantity)
    billed = BilledLine(
        number=1, order_line=1, item_number="IT-1", description="-", unit="C62", quantity=number,
        unit_price=Decimal(price), net=number * Decimal(price), tax_rate=Decimal(0),
    )  # fmt: skip
    ordered = OrderedLine(
        number=1, item_number="IT-1", description="-", unit="C62", quantity=Decimal(10), received=Decimal(6),
        accepted=Decimal(5), unit_price=Decimal(100), net=Decimal(1000), tax_rate=Decimal(0),
    )  # fmt: skip
    return {"billed": (billed,), "ordered": (ordered,)}


@pytest.mark.parametrize(
    ("policy", "passing"),
    [
        (by("100"), 3),
        (by("100", a_tolerance(Measure.LINE_PRICE, percent="5")), 2),
        (by("100", a_tolerance(Measure.LINE_PRICE, percent="5", direction=Direction.BOTH)), 1),
        (by("100", way=MatchingWay.THREE), 1),
    ],
)
def test_prices_and_receipts_can_be_tried_too(policy: Policy, passing: int) -> None:
    were = [
        past("400", name="a", **lines("4", "100")),
        past("180", name="b", **lines("3", "60")),
        past("120", name="c", **lines("1", "120")),
    ]

    [told] = decided_anew(were, policy)

    assert told.approved.count == passing


statuses = st.sampled_from([APPROVED, REJECTED, PENDING, InvoiceStatus.PAID, InvoiceStatus.MATCHING])
histories = st.lists(
    st.builds(
        past,
        st.decimals(1, 1500, places=2).map(str),
        order=st.integers(1, 4),
        name=st.uuids().map(str),
        status=statuses,
        asked=st.booleans(),
        all_ordered=st.booleans(),
    ),
    max_size=12,
).map(lambda each: sorted(each, key=lambda one: one.order_id))


@given(histories, st.decimals(0, 100, places=2))
def test_the_quick_way_says_what_the_engine_says(were: list[Past], rate: Decimal) -> None:
    # A tolerance that never refuses anything sends the second through the whole engine.
    harmless = a_tolerance(Measure.CHARGES, percent="100")

    assert decided_anew(were, by(str(rate))) == decided_anew(were, by(str(rate), harmless))


@given(histories, st.decimals(0, 50, places=2))
def test_every_invoice_that_is_asked_about_is_told_once(were: list[Past], rate: Decimal) -> None:
    for told in (in_truth(were), decided_anew(were, by(str(rate)))):
        counted = sum(each.approved.count + each.held.count for each in told)
        assert counted == sum(each.asked for each in were)


def test_ten_thousand_invoices_at_twenty_rates_cost_less_than_as_many_exact_additions() -> None:
    were = [past("990", order=number // 2, name=str(number)) for number in range(10_000)]
    rates = [str(rate) for rate in range(20)]

    def spent(work: Iterable[object]) -> float:
        began = time.process_time()
        for _ in work:
            pass
        return time.process_time() - began

    anew = min(spent(decided_anew(were, by(rate)) for rate in rates) for _ in range(2))
    step = Decimal("12.34")
    additions = min(spent(step + each.net for _ in range(20) for each in were) for _ in range(2))

    assert anew < 60 * additions

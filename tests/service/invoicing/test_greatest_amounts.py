"""Invoices at the limits of what may be written: exact up to the greatest amount, and refused above it."""

from decimal import Decimal

import pytest

from services.chassis.testing import RefusedCall
from services.contracts.invoicing.views import InvoiceStatus
from tests.service.invoicing.world import World, a_line, billing

MOST = "1000000000000"
LONGEST = "999999999999.999999"


@pytest.mark.requirement("S-232")
@pytest.mark.parametrize(("quantity", "unit_price"), [(MOST, MOST), (LONGEST, LONGEST), (MOST, "1000.01")])
def test_a_line_above_the_greatest_amount_is_refused_by_its_place(
    world: World, quantity: str, unit_price: str
) -> None:
    with pytest.raises(RefusedCall) as refused:
        world.send(billing("1.00"), billing(unit_price, quantity=quantity))

    assert refused.value.status == 422
    assert refused.value.problem_faults == [
        {"field": "/lines/1", "detail": "comes to more than 1,000,000,000,000,000"}
    ]
    assert world.facts() == []


def test_lines_that_are_too_much_only_together_are_refused(world: World) -> None:
    with pytest.raises(RefusedCall) as refused:
        world.send(billing("600", quantity=MOST), billing("600", quantity=MOST))

    assert refused.value.problem_faults == [
        {"field": "/lines", "detail": "come to more than 1,000,000,000,000,000 together"}
    ]


@pytest.mark.requirement("S-232")
def test_the_greatest_amount_is_matched_approved_and_paid_to_the_last_digit(world: World) -> None:
    order = world.announce(world.an_order(a_line(quantity=MOST, unit_price="1000")))

    invoice = world.send(order=order)
    world.pay(invoice.id, "0.01")
    paid = world.pay(invoice.id, "999999999999999.99")

    assert invoice.gross == Decimal(10) ** 15
    assert invoice.status is InvoiceStatus.APPROVED
    assert (paid.status, paid.open) == (InvoiceStatus.PAID, Decimal(0))


def test_the_longest_numbers_that_fit_are_held_with_their_exact_sum(world: World) -> None:
    order = world.announce(world.an_order(amount_places=6))

    invoice = world.send(billing(LONGEST, quantity="1.000001"), order=order)

    assert invoice.status is InvoiceStatus.PENDING
    assert invoice.net == Decimal("1000000999999.999999")

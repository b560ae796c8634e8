"""The supplier reads how its invoices were decided: without the limits, or with them where the customer says so."""

from decimal import Decimal

import pytest

from services.chassis import wire
from services.chassis.testing import RefusedCall
from services.contracts.invoicing import commands
from services.contracts.invoicing.decisions import GetInvoiceDecisions, ToldDecisions
from services.contracts.invoicing.tolerances import MatchingWay, Measure
from services.contracts.invoicing.views import Invoice, Verdict
from tests.service.invoicing.world import World, billing

pytestmark = pytest.mark.requirement("S-046")


def told(world: World, invoice: Invoice, actor: object = None) -> ToldDecisions:
    wish = GetInvoiceDecisions(invoice_id=invoice.id)
    answer: ToldDecisions = world.call(wish, actor or world.supplier)  # type: ignore[arg-type]
    return answer


def tell_limits(world: World, *, told: bool, expected: int) -> None:
    wish = commands.ChangeMatching(partnership_id=world.partnership.id, way=MatchingWay.TWO, tells_limit=told)
    world.call(wish, world.admin, expected=expected)


@pytest.mark.parametrize("amount", ["5250.01", "100.00", "5249.99"])
def test_the_supplier_reads_the_verdict_and_no_limit(world: World, amount: str) -> None:
    world.set_tolerance(percent=Decimal(5), measure=Measure.LINE_PRICE)
    invoice = world.send(billing(amount))

    [decision] = told(world, invoice).items

    assert decision.verdict is (Verdict.PASSES if amount == "100.00" else Verdict.HELD)
    assert not decision.limits_told
    assert decision.findings
    assert all(finding.limit is None for finding in decision.findings)
    written = wire.dumps(decision)
    for secret in ("5250.00", "5,250.00", "525.00", "5 %", "+5"):
        assert secret not in written, written
    assert not any("tolerance" in sentence for each in decision.findings for sentence in each.sentences)


def test_both_sides_read_the_same_where_the_customer_tells_its_limits(world: World) -> None:
    tell_limits(world, told=True, expected=0)
    invoice = world.send(billing("5250.01"))

    assert told(world, invoice) == told(world, invoice, world.buyer)
    assert any(finding.limit == Decimal("5250.00") for finding in told(world, invoice).items[0].findings)


def test_what_was_decided_in_silence_stays_so_and_what_was_told_is_told_no_more(world: World) -> None:
    silent = world.send(billing("5250.01"))
    tell_limits(world, told=True, expected=0)
    assert not told(world, silent).items[0].limits_told
    other = world.announce(world.an_order())
    open_one = world.send(billing("5250.01"), order=other)
    assert told(world, open_one).items[0].limits_told

    tell_limits(world, told=False, expected=1)

    assert not told(world, open_one).items[0].limits_told


def test_every_decision_is_told_newest_first(world: World) -> None:
    first = world.send(billing("6000.00"), number="E-1")
    second = world.send(billing("1.00"), number="E-2")
    world.call(commands.RejectInvoice(invoice_id=first.id, reason="x"), world.buyer)

    assert [one.verdict for one in told(world, second).items] == [Verdict.PASSES, Verdict.WAITS]


def test_the_whole_record_stays_the_customers(world: World) -> None:
    invoice = world.send(billing("5250.01"))

    with pytest.raises(RefusedCall):
        world.call(commands.GetInvoiceMatches(invoice_id=invoice.id), world.supplier)
    with pytest.raises(RefusedCall) as refusal:
        told(world, invoice, world.rival)
    assert refusal.value.status == 404

"""Before it is sent: what the pre-flight says is what sending decides, and nothing is changed to find out."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.chassis.testing import RefusedCall
from services.contracts.accounts.views import ToleranceBase
from services.contracts.actors import Actor
from services.contracts.invoicing import commands
from services.contracts.invoicing.commands import LineContent
from services.contracts.invoicing.views import Invoice, InvoiceStatus, Match, Preflight, Verdict
from services.contracts.orders import events as orders
from services.contracts.orders.views import Order, OrderStatus
from tests.service.invoicing.world import World, a_line, billing


def asked(
    world: World,
    *lines: LineContent,
    order: Order | None = None,
    number: str | None = "ASKED-1",
    invoice_id: UUID | None = None,
) -> Preflight:
    wish = commands.PreflightInvoice(
        order_id=(order or world.order).id, number=number, lines=lines or None, invoice_id=invoice_id
    )
    answer: Preflight = world.call(wish, world.supplier)
    return answer


def asked_of_draft(world: World, draft: Invoice, actor: Actor | None = None) -> Preflight:
    wish = commands.PreflightInvoiceDraft(invoice_id=draft.id)
    answer: Preflight = world.call(wish, actor or world.supplier)
    return answer


def decision_on(world: World, invoice: Invoice) -> Match:
    newest: Match = world.call(commands.GetInvoiceMatches(invoice_id=invoice.id), world.buyer).items[0]
    return newest


@pytest.mark.requirement("S-045")
def test_what_fits_is_foreseen_as_approved(world: World) -> None:
    foreseen = asked(world)

    assert foreseen.verdict is Verdict.PASSES
    assert foreseen.sentence == "It will be approved at once."
    assert (foreseen.net, foreseen.reasons, foreseen.obstacles) == (Decimal("5000.00"), (), ())
    assert world.facts() == []


@pytest.mark.requirement("S-043")
@pytest.mark.requirement("S-046")
def test_a_cent_above_the_limit_goes_to_the_initiator_and_the_supplier_reads_no_limit(world: World) -> None:
    foreseen = asked(world, billing("5250.01"))

    assert foreseen.verdict is Verdict.HELD
    assert foreseen.decided_by is not None
    assert foreseen.decided_by.name == "Anna Buyer"
    assert foreseen.reasons == (
        "The invoices for order PO-1 come to 5,250.01 net, 250.01 more than the 5,000.00 ordered.",
    )
    total = foreseen.findings[1]
    assert (total.expected, total.actual, total.limit) == ("5,000.00 ordered", "5,250.01", None)
    assert (total.difference, total.passed) == (Decimal("250.01"), False)
    assert "5,250.00" not in str(foreseen)


@pytest.mark.requirement("S-045")
def test_the_smallest_change_that_would_pass_leads_the_supplier_to_what_was_ordered(world: World) -> None:
    foreseen = asked(world, billing("530.00", 1, "10"), billing("1.00", None))

    sentences = [remedy.sentence for remedy in foreseen.remedies]
    assert sentences == ["Line 1, Item 1: bill 9.433962 instead of 10.", "Leave out line 2, Touring tyre."]
    changed = asked(world, billing("530.00", 1, "9.433962"))
    assert (changed.verdict, changed.remedies) == (Verdict.PASSES, ())


@pytest.mark.requirement("S-046")
def test_inside_the_tolerance_the_supplier_reads_that_it_is_accepted_and_not_how_much_would_be(
    world: World,
) -> None:
    foreseen = asked(world, billing("5100.00"))

    assert foreseen.verdict is Verdict.PASSES
    assert foreseen.findings[1].sentences == (
        (
            "The invoices for order PO-1 come to 5,100.00 net, 100.00 more than the 5,000.00 ordered. "
            "That is within what the customer accepts."
        ),
    )
    assert "5,250" not in str(foreseen)
    assert "5 %" not in str(foreseen)


def test_the_customer_reads_the_limit_of_what_it_has_returned(world: World) -> None:
    invoice = world.send(billing("5250.01"))
    world.call(commands.ReturnInvoice(invoice_id=invoice.id, reason="A cent less"), world.buyer)

    foreseen = asked_of_draft(world, invoice, world.buyer)

    assert foreseen.findings == tuple(
        type(foreseen.findings[0])(
            **{name: getattr(finding, name) for name in type(foreseen.findings[0]).__dataclass_fields__}
        )
        for finding in decision_on(world, invoice).findings
    )
    assert foreseen.findings[1].limit == Decimal("5250.00")


def test_what_waits_for_an_earlier_invoice_is_foreseen_as_waiting(world: World) -> None:
    held = world.send(billing("100.00", None))

    foreseen = asked(world, billing("5200.00"))

    assert foreseen.verdict is Verdict.WAITS
    assert foreseen.decided_by is None
    assert held.number is not None
    assert held.number in foreseen.reasons[0]


def test_a_missing_and_a_used_number_are_told_beside_the_verdict(world: World) -> None:
    world.send(billing("10.00"), number="INV 7")

    missing = asked(world, billing("10.00"), number=None)
    used = asked(world, billing("10.00"), number="inv-7")

    assert [(one.code, one.field) for one in missing.obstacles] == [("number-missing", "/number")]
    assert [(one.code, one.field) for one in used.obstacles] == [("number-taken", "/number")]
    assert missing.verdict is used.verdict is Verdict.PASSES


def test_a_draft_may_keep_its_own_number(world: World) -> None:
    draft = world.draft(billing("10.00"), number="INV-7")

    foreseen = asked(world, billing("11.00"), number="INV-7", invoice_id=draft.id)

    assert foreseen.obstacles == ()
    assert foreseen.net == Decimal("11.00")
    assert world.get(draft.id) == draft


def test_a_draft_is_not_asked_about_in_the_name_of_another_order(world: World) -> None:
    draft = world.draft(billing("10.00"))
    other = world.announce(world.an_order())

    with pytest.raises(RefusedCall) as refused:
        asked(world, billing("11.00"), order=other, invoice_id=draft.id)

    assert refused.value.status == 422


@pytest.mark.requirement("S-100")
def test_what_sending_would_be_refused_for_is_refused_here_too(world: World) -> None:
    draft = world.draft(billing("10.00"), number="INV-7")
    sent = world.send(billing("10.00"))
    cancelled = world.an_order(status=OrderStatus.CANCELLED)
    world.announce(cancelled, orders.OrderCancelled)

    with pytest.raises(RefusedCall, match="only a draft can be sent"):
        asked_of_draft(world, sent)
    with pytest.raises(RefusedCall, match="nothing of it can be invoiced"):
        asked(world, billing("1.00"), order=cancelled)
    world.change_terms(enabled=False)
    with pytest.raises(RefusedCall, match="switched the portal off"):
        asked_of_draft(world, draft)


amounts = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(3000), places=2)
steps = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from((1, 2, None)), amounts), min_size=1, max_size=3),
        st.sampled_from(("leave", "approve", "reject")),
    ),
    min_size=1,
    max_size=5,
)


@pytest.mark.requirement("S-042")
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=steps, rate=st.sampled_from(("0", "5", "12.5")), base=st.sampled_from(tuple(ToleranceBase)))
def test_sending_decides_what_was_foreseen(
    world: World, steps: list[tuple[list[tuple[int | None, Decimal]], str]], rate: str, base: ToleranceBase
) -> None:
    world.change_terms(tolerance_rate=Decimal(rate), tolerance_base=base)
    order = world.announce(
        world.an_order(a_line(1, "4", "500.00", "20"), replace(a_line(2, "3", "333.33", "7")))
    )

    for bills, afterwards in steps:
        lines = [billing(str(amount), line) for line, amount in bills]
        draft = world.draft(*lines, order=order, number=f"P-{world.numbers}-{len(world.facts())}")
        of_content = asked(world, *lines, order=order, number=None)
        of_draft = asked_of_draft(world, draft)
        before = world.fingerprint()
        assert asked_of_draft(world, draft) == of_draft
        assert world.fingerprint() == before

        sent: Invoice = world.call(commands.SendInvoiceDraft(invoice_id=draft.id), world.supplier)

        match = decision_on(world, sent)
        for foreseen in (of_content, of_draft):
            assert foreseen.verdict is match.verdict
            assert foreseen.reasons == sent.reasons
            assert foreseen.decided_by == match.released_by
            assert foreseen.order_sequence == match.inputs.order_sequence
            assert (foreseen.lines, foreseen.taxes) == (sent.lines, sent.taxes)
            assert (foreseen.net, foreseen.tax, foreseen.gross) == (sent.net, sent.tax, sent.gross)
            assert [(f.rule, f.passed, f.value) for f in foreseen.findings] == [
                (f.rule, f.passed, f.value) for f in match.findings
            ]
            assert all(foreseen.limit is None for foreseen in foreseen.findings)
        if sent.status is InvoiceStatus.PENDING and afterwards != "leave":
            wish = {
                "approve": commands.ApproveInvoice(invoice_id=sent.id),
                "reject": commands.RejectInvoice(invoice_id=sent.id, reason="No"),
            }[afterwards]
            world.call(wish, world.buyer)

"""Charges, allowances and tax categories on the real database: kept, counted on the order, given back, replayed."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from services.chassis.migrations import migrate
from services.chassis.testing import RefusedCall
from services.contracts.invoicing import commands
from services.contracts.invoicing import credit_notes as crediting
from services.contracts.invoicing.charges import (
    AdjustmentContent,
    AdjustmentKind,
    DocumentAdjustmentContent,
    TaxCategory,
    TaxExemption,
)
from services.contracts.invoicing.commands import LineContent
from services.contracts.invoicing.credit_notes import ChargeCredit, CreditBasis, CreditContent
from services.contracts.invoicing.tolerances import Measure, ToleranceScope, ToleranceTerms
from services.contracts.invoicing.views import Invoice, InvoiceStatus
from tests.conftest import Database
from tests.service.invoicing.world import World, a_line, billing

C, S = TaxCategory, InvoiceStatus
FREIGHT = DocumentAdjustmentContent(kind=AdjustmentKind.CHARGE, amount=Decimal("40.00"), code="FC")
REBATE = DocumentAdjustmentContent(
    kind=AdjustmentKind.ALLOWANCE, percent=Decimal(10), reason="Loyal customer", tax_category=C.ZERO
)


def exempt_line() -> LineContent:
    packing = AdjustmentContent(kind=AdjustmentKind.CHARGE, amount=Decimal(5), code="PC")
    return LineContent(order_line=1, quantity=Decimal(2), tax_category=C.EXEMPT, adjustments=(packing,))


def send(world: World, *lines: LineContent, **more: Any) -> Invoice:
    world.numbers += 1
    wish = commands.SendInvoice(order_id=world.order.id, number=f"INV-{world.numbers}", lines=lines, **more)
    answer: Invoice = world.call(wish, world.supplier)
    return answer


@pytest.mark.requirement("S-232")
def test_a_draft_keeps_what_was_written_of_charges_and_taxes_and_says_it_to_both_sides(world: World) -> None:
    draft = world.draft(billing("500.00"), number="INV-1", adjustments=(FREIGHT, REBATE))
    changed = world.call(
        commands.ChangeInvoiceDraft(
            invoice_id=draft.id,
            number="INV-1",
            issue_date=draft.issue_date,
            lines=(billing("500.00"), exempt_line()),
            adjustments=(REBATE,),
            exemptions=(TaxExemption(category=C.EXEMPT, reason="Education", code="VATEX-EU-132-1I"),),
        ),
        world.supplier,
    )
    sent = world.call(commands.SendInvoiceDraft(invoice_id=draft.id), world.supplier)

    assert (draft.net, draft.charges, draft.allowances) == (490, 40, 50)
    assert (changed.lines_net, changed.net) == (1505, 1455)
    assert [(tax.category, tax.base, tax.exemption_reason) for tax in changed.taxes] == [
        (C.ZERO, 450, None),
        (C.EXEMPT, 1005, "Education"),
    ]
    assert world.get(sent.id, world.buyer) == sent
    assert (sent.lines, sent.adjustments, sent.taxes) == (changed.lines, changed.adjustments, changed.taxes)


def test_what_does_not_fit_is_refused_at_its_field(world: World) -> None:
    with pytest.raises(RefusedCall) as refusal:
        world.draft(exempt_line())

    assert (refusal.value.code, refusal.value.problem_faults[0]["field"]) == ("invalid", "/exemptions")


@pytest.mark.requirement("S-045")
def test_freight_is_held_against_the_policy_order_by_order_and_foreseen_and_tried_in_the_time_machine(
    world: World,
) -> None:
    terms = {"measure": Measure.CHARGES, "amount": Decimal(60), "currency": "EUR"}
    world.set_tolerance(**terms)
    first = send(world, billing("500.00"), adjustments=(FREIGHT,))

    second = send(world, billing("500.00"), adjustments=(FREIGHT,))

    assert (first.status, second.status) == (S.APPROVED, S.PENDING)
    assert second.reasons == ("Freight and other charges 80.00, above the 0.00 ordered.",)
    told = world.call(
        commands.PreflightInvoice(order_id=world.order.id, lines=(billing("1.00"),), adjustments=(FREIGHT,)),
        world.supplier,
    )
    assert (told.verdict.value, told.charges, told.net) == ("held", 40, 41)
    replay = world.call(
        commands.ReplayMatching(
            rates=(Decimal(5),),
            terms=(ToleranceTerms(scope=ToleranceScope.CUSTOMER, **(terms | {"amount": Decimal(80)})),),
        ),
        world.admin,
    )
    assert replay.by_rate[0].by_currency[0].approved.count == 2


@pytest.mark.requirement("S-206")
def test_a_credit_note_gives_freight_back_and_takes_the_rebate_back_with_the_goods(world: World) -> None:
    world.order = world.announce(world.an_order(a_line(tax_rate="20")))
    rebate = DocumentAdjustmentContent(kind=AdjustmentKind.ALLOWANCE, percent=Decimal(10), code="95")
    invoice = send(world, billing("100.00", quantity="10"), adjustments=(FREIGHT, rebate))

    def credit(**what: Any) -> crediting.CreditNote:
        world.numbers += 1
        wish = crediting.IssueCreditNote(
            invoice_id=invoice.id,
            number=f"CN-{world.numbers}",
            basis=CreditBasis.QUANTITY,
            reason="Came back.",
            **what,
        )
        answer: crediting.CreditNote = world.call(wish, world.supplier)
        return answer

    goods = credit(lines=(CreditContent(line=1),))
    freight = credit(charges=(ChargeCredit(number=1),))

    assert (invoice.net, invoice.gross) == (940, 1128)
    assert (goods.net + freight.net, goods.gross + freight.gross) == (940, 1128)
    assert world.call(crediting.GetCreditNote(credit_note_id=goods.id), world.buyer) == goods
    after = world.get(invoice.id)
    assert (after.open, after.status, after.adjustments[0].credited) == (0, S.PAID, 40)
    [row] = world.rows(f"select charged, returned_charges from invoices where id = '{invoice.id}'")
    assert (row.charged, row.returned_charges) == (40, 40)


BEFORE = (
    "alter table invoice_lines drop column tax_category, drop column adjustments",
    "alter table invoices drop column adjustments, drop column charged, drop column returned_charges",
    "create table now as select version_num from alembic_version",
    "update alembic_version set version_num = 'invoicing_0017'",
)
AFTERWARDS = "update alembic_version set version_num = (select version_num from now)"


def test_what_was_billed_before_is_standard_or_zero_rated_after_the_upgrade(
    fresh_database: Callable[[str], Database],
) -> None:
    database = fresh_database("invoicing")
    world = World(database.url)
    world.order = world.announce(world.an_order(a_line(), a_line(2, tax_rate="20")))
    sent = send(world, billing("1.00"), billing("2.00", order_line=2))
    engine = create_engine(database.owner_url)
    with engine.begin() as owner:
        for statement in BEFORE:
            owner.execute(text(statement))

    migrate("invoicing", database.owner_url, to="invoicing_0018")

    with engine.begin() as owner:
        owner.execute(text(AFTERWARDS))
    assert world.get(sent.id) == sent
    assert [line.tax_category for line in world.get(sent.id).lines] == [C.ZERO, C.STANDARD]
    engine.dispose()
    world.close()

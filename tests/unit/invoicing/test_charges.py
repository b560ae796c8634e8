"""Charges and allowances by line and of the whole, tax by category, and what credit notes give back of them."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.chassis.errors import Invalid
from services.contracts.invoicing.charges import (
    AdjustmentContent,
    AdjustmentKind,
    DocumentAdjustmentContent,
    TaxCategory,
    TaxExemption,
)
from services.contracts.invoicing.credit_notes import ChargeCredit, CreditBasis, CreditContent
from services.contracts.invoicing.tolerances import Direction, Measure
from services.contracts.invoicing.views import InvoiceStatus, TaxAmount
from services.invoicing.domain.book import Book
from services.invoicing.domain.credit import CreditNote
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.refusals import CreditedTooMuch
from tests.unit.invoicing.builders import (
    NOON,
    a_draft,
    a_supplier,
    a_tolerance,
    an_id,
    an_order,
    an_order_line,
    billing,
    submitted,
    terms,
)

C, S = TaxCategory, InvoiceStatus
ORDER = an_order(
    an_order_line(1, "10", "100.00", tax_rate="20"), an_order_line(2, "10", "50.00", tax_rate="7")
)


def adjusted(kind: AdjustmentKind, amount: str | None, **more: Any) -> dict[str, Any]:
    values = {"kind": kind, "amount": None if amount is None else Decimal(amount), "reason": "Agreed"}
    for name in ("percent", "base", "tax_rate"):
        if name in more:
            more[name] = Decimal(more[name])
    return {**values, **more}


def charge(amount: str | None = None, **more: Any) -> DocumentAdjustmentContent:
    return DocumentAdjustmentContent(**adjusted(AdjustmentKind.CHARGE, amount, **more))


def allowance(amount: str | None = None, **more: Any) -> DocumentAdjustmentContent:
    return DocumentAdjustmentContent(**adjusted(AdjustmentKind.ALLOWANCE, amount, **more))


def of_line(kind: AdjustmentKind, amount: str | None = None, **more: Any) -> AdjustmentContent:
    return AdjustmentContent(**adjusted(kind, amount, **more))


def faults_of(*contents: Any, **more: Any) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refusal:
        a_draft(*contents, order=ORDER, **more)
    return [(fault.field, fault.detail) for fault in refusal.value.faults]


def parts(taxes: tuple[TaxAmount, ...]) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    return [(tax.category.value, tax.rate, tax.base, tax.amount) for tax in taxes]


# ------------------------------------------------------------------------------------------------- the sums


@pytest.mark.requirement("S-232")
def test_a_line_is_its_amount_with_its_charges_and_less_its_allowances() -> None:
    ten_percent = of_line(AdjustmentKind.ALLOWANCE, percent="10", code="95", reason=None)
    packing = of_line(AdjustmentKind.CHARGE, "3.333")

    invoice = a_draft(billing("33.35", quantity="3", adjustments=(ten_percent, packing)), order=ORDER)

    [line] = invoice.lines
    assert [(each.amount, each.base) for each in line.adjustments] == [
        (Decimal("10.01"), Decimal("100.05")),
        (Decimal("3.33"), None),
    ]
    assert line.net == Decimal("100.05") - Decimal("10.01") + Decimal("3.33")
    assert (invoice.net, invoice.lines_net) == (line.net, line.net)


@pytest.mark.requirement("S-232")
def test_the_whole_is_the_lines_less_allowances_with_charges_and_each_is_taxed_as_it_says() -> None:
    invoice = a_draft(
        billing("100.00", quantity="10"),
        billing("50.00", order_line=2, quantity="10"),
        order=ORDER,
        adjustments=(
            allowance(percent="5", tax_rate="20", tax_category=C.STANDARD),
            charge("80.00", code="FC", tax_category=C.STANDARD, tax_rate="7"),
            charge("12.00", tax_category=C.ZERO),
        ),
    )

    view = invoice.view()
    assert (view.lines_net, view.allowances, view.charges) == (1500, 50, 92)
    assert (view.net, view.tax, view.gross) == (1542, Decimal("230.60"), Decimal("1772.60"))
    assert parts(view.taxes) == [
        ("Z", 0, 12, 0),
        ("S", 7, 580, Decimal("40.60")),
        ("S", 20, 950, 190),
    ]
    assert invoice.adjustments[0].base == 1000


def test_a_charge_is_taxed_like_the_lines_when_all_of_them_are_taxed_alike() -> None:
    invoice = a_draft(billing("100.00"), order=ORDER, adjustments=(charge("10.00"),))

    assert (invoice.adjustments[0].tax_category, invoice.adjustments[0].tax_rate) == (C.STANDARD, 20)
    assert (invoice.net, invoice.tax) == (110, 22)


@pytest.mark.requirement("S-232")
@pytest.mark.parametrize(
    ("category", "code"),
    [
        (C.REVERSE_CHARGE, "VATEX-EU-AE"),
        (C.INTRA_COMMUNITY, "VATEX-EU-IC"),
        (C.EXPORT, "VATEX-EU-G"),
        (C.NOT_SUBJECT, "VATEX-EU-O"),
    ],
)
def test_where_no_tax_is_due_the_standard_reason_stands_unless_another_is_given(
    category: TaxCategory, code: str
) -> None:
    line = billing("100.00", tax_category=category)

    [tax] = a_draft(line, order=ORDER).taxes
    [own] = a_draft(line, order=ORDER, exemptions=(TaxExemption(category=category, reason="§ 3"),)).taxes

    assert (tax.category, tax.rate, tax.amount, tax.exemption_code) == (category, 0, 0, code)
    assert tax.exemption_reason
    assert (own.exemption_reason, own.exemption_code) == ("§ 3", code)


def test_what_is_exempt_says_why() -> None:
    line = billing("100.00", tax_category=C.EXEMPT)

    assert faults_of(line)[0][0] == "/exemptions"
    exemption = TaxExemption(category=C.EXEMPT, code="VATEX-EU-132-1I")
    [tax] = a_draft(line, order=ORDER, exemptions=(exemption,)).taxes
    assert (tax.category, tax.exemption_reason, tax.exemption_code) == (C.EXEMPT, None, "VATEX-EU-132-1I")


def test_a_rate_tells_the_category_where_none_is_told_and_old_invoices_are_read_so() -> None:
    invoice = a_draft(billing("1.00"), billing("1.00", order_line=2, tax_rate=Decimal(0)), order=ORDER)

    assert [line.tax_category for line in invoice.lines] == [C.STANDARD, C.ZERO]
    assert TaxAmount(rate=Decimal(0), base=Decimal(1), amount=Decimal(0)).category is C.ZERO


@pytest.mark.parametrize(
    ("lines", "more", "field", "detail"),
    [
        ({"tax_category": C.STANDARD, "tax_rate": Decimal(0)}, {}, "/lines/0/tax_rate", "must be above 0"),
        ({"tax_category": C.EXPORT, "tax_rate": Decimal(7)}, {}, "/lines/0/tax_rate", "must be 0"),
        ({}, {"exemptions": (TaxExemption(category=C.STANDARD),)}, "/exemptions/0/category", "is not exempt"),
        ({}, {"exemptions": (TaxExemption(category=C.EXPORT),)}, "/exemptions/0/category", "is not on the"),
        (
            {"tax_category": C.EXPORT},
            {"exemptions": (TaxExemption(category=C.EXPORT, code="VATEX-EU-AE"),)},
            "/exemptions/0/code",
            "must be VATEX-EU-G in the category G",
        ),
        (
            {"adjustments": (of_line(AdjustmentKind.ALLOWANCE, "100.01"),)},
            {},
            "/lines/0/adjustments",
            "take off more than the 100.00 of the line",
        ),
        (
            {"adjustments": (of_line(AdjustmentKind.CHARGE, "1.00", reason=None),)},
            {},
            "/lines/0/adjustments/0/reason",
            "is needed, or a code",
        ),
        ({}, {"adjustments": (charge("1.00", code="95"),)}, "/adjustments/0/code", "no code of UNTDID 7161"),
        (
            {},
            {"adjustments": (allowance("1.00", code="FC"),)},
            "/adjustments/0/code",
            "no code of UNTDID 5189",
        ),
        ({}, {"adjustments": (charge(),)}, "/adjustments/0/amount", "is needed, or a percentage"),
        ({}, {"adjustments": (charge("0.001"),)}, "/adjustments/0/amount", "comes to nothing"),
        (
            {},
            {"adjustments": (charge("9.00", percent="10"),)},
            "/adjustments/0/amount",
            "is not 10 % of 100.00: that is 10.00",
        ),
        ({}, {"adjustments": (charge("9.00", base="10"),)}, "/adjustments/0/base", "goes with a percentage"),
        (
            {},
            {"adjustments": (charge("9.00"), allowance("110.00"))},
            "/adjustments/1/amount",
            "takes off 1.00 more than is billed at its tax",
        ),
    ],
)
def test_what_en_16931_does_not_admit_is_refused_at_its_field(
    lines: dict[str, Any], more: dict[str, Any], field: str, detail: str
) -> None:
    [(told, why)] = faults_of(billing("100.00", **lines), **more)

    assert told == field
    assert detail in why


def test_nothing_else_stands_beside_what_is_not_subject_to_tax() -> None:
    [(field, why)] = faults_of(billing("1.00", tax_category=C.NOT_SUBJECT), billing("1.00", order_line=2))

    assert field == "/lines"
    assert why.endswith("some are S")


def test_where_lines_are_taxed_differently_a_charge_says_how_it_is() -> None:
    lines = billing("1.00"), billing("1.00", order_line=2)

    assert faults_of(*lines, adjustments=(charge("1.00"),))[0][0] == "/adjustments/0/tax_category"
    [(field, _)] = faults_of(*lines, adjustments=(charge("1.00", tax_category=C.STANDARD),))
    assert field == "/adjustments/0/tax_rate"


# -------------------------------------------------------------------------------------------------- matching


@pytest.mark.requirement("S-045")
def test_charges_count_in_the_total_that_is_compared() -> None:
    full = billing("100.00", quantity="10"), billing("50.00", order_line=2, quantity="10")
    freight = charge("0.01", tax_category=C.STANDARD, tax_rate="20")

    assert submitted(*full, order=ORDER).status is S.APPROVED
    held = submitted(*full, order=ORDER, adjustments=(freight,))
    assert (held.status, held.reasons) == (
        S.PENDING,
        ("The invoices for order PO-1 come to 1,500.01 net, 0.01 more than the 1,500.00 ordered.",),
    )


FREIGHT = a_tolerance(Measure.CHARGES, amount="50.00", currency="EUR")


@pytest.mark.requirement("S-045")
@pytest.mark.parametrize(("freight", "status"), [("50.00", S.APPROVED), ("50.01", S.PENDING)])
def test_freight_is_compared_with_nothing_agreed(freight: str, status: InvoiceStatus) -> None:
    invoice = submitted(
        billing("100.00"), order=ORDER, agreed=terms("5", FREIGHT), adjustments=(charge(freight),)
    )

    assert invoice.status is status
    if status is S.PENDING:
        assert invoice.reasons == ("Freight and other charges 50.01, above the 0.00 ordered.",)


def test_freight_of_all_invoices_of_an_order_is_compared_together_and_discounts_do_not_hide_it() -> None:
    agreed, book = terms("5", FREIGHT), Book(())
    rebate = of_line(AdjustmentKind.ALLOWANCE, "20.00")
    packing = of_line(AdjustmentKind.CHARGE, "20.00")
    first = submitted(
        billing("100.00", adjustments=(rebate, packing)),
        order=ORDER, agreed=agreed, book=book, adjustments=(charge("20.00"),),
    )  # fmt: skip

    second = submitted(
        billing("100.00"), order=ORDER, agreed=agreed, book=book, number="INV-2",
        adjustments=(charge("10.01"),),
    )  # fmt: skip

    assert (first.status, first.charged) == (S.APPROVED, 40)
    assert second.status is S.PENDING
    assert second.new_matches[0].inputs.earlier[0].charges == 40


@pytest.mark.requirement("S-045")
def test_tax_is_expected_on_charges_too_and_at_the_ordered_rate_on_goods() -> None:
    exactly = a_tolerance(Measure.TAX, percent="0", direction=Direction.BOTH)
    agreed = terms("5", exactly)

    as_ordered = submitted(
        billing("100.00", quantity="2"), order=ORDER, agreed=agreed,
        adjustments=(charge("10.00"), allowance("30.00")),
    )  # fmt: skip
    reverse = submitted(
        billing("100.00", tax_category=C.REVERSE_CHARGE), order=ORDER, agreed=agreed, number="INV-2"
    )

    assert (as_ordered.status, as_ordered.tax) == (S.APPROVED, 36)
    assert reverse.reasons == ("Tax 0.00, below the 20.00 at the ordered rates.",)


def test_what_no_tolerance_asks_for_is_not_put_into_a_record() -> None:
    [match] = submitted(billing("100.00"), order=ORDER, adjustments=(charge("1.00"),)).new_matches

    assert (match.inputs.charges, match.inputs.adjusted) == (None, ())


# --------------------------------------------------------------------------------------------- credit notes


def credited(invoice: Invoice, number: str, basis: CreditBasis, **what: Any) -> CreditNote:
    return CreditNote.issue(
        invoice, credit_note_id=an_id(number), number=number, basis=basis, reason="Agreed.", issue_date=None,
        dispute_id=None, by=a_supplier(), at=NOON, contents=what.pop("contents", ()), **what,
    )  # fmt: skip


def with_freight_and_discount() -> Invoice:
    """Ten for 100.00 with a packing of 5.00 on the line, 10 % off the whole, and freight of 20.05."""
    packing = of_line(AdjustmentKind.CHARGE, "5.00")
    return submitted(
        billing("10.00", quantity="10", adjustments=(packing,)),
        order=ORDER,
        adjustments=(allowance(percent="10"), charge("20.05")),
    )


def test_goods_take_their_share_of_charges_and_allowances_back_with_them() -> None:
    invoice = with_freight_and_discount()

    note = credited(
        invoice, "CN-1", CreditBasis.QUANTITY, contents=(CreditContent(line=1, quantity=Decimal(5)),)
    )

    [line] = note.lines
    assert (line.net, line.adjusted) == (Decimal("52.50"), Decimal("2.50"))
    # 10.50 were taken off 125.05 billed; of 52.50 of those it is 4.41.
    assert [(each.kind, each.amount) for each in note.adjustments] == [
        (AdjustmentKind.ALLOWANCE, Decimal("4.41"))
    ]
    assert (note.net, note.tax) == (Decimal("48.09"), Decimal("9.62"))
    assert invoice.counted().charges == Decimal("22.55")


def test_a_charge_is_given_back_by_itself_and_never_more_of_it() -> None:
    invoice = with_freight_and_discount()

    note = credited(
        invoice, "CN-1", CreditBasis.VALUE, charges=(ChargeCredit(number=2, amount=Decimal("10.05")),)
    )

    assert note.net == Decimal("10.05") - Decimal("0.84")
    assert invoice.adjustments[1].credited == Decimal("10.05")
    with pytest.raises(CreditedTooMuch, match=r"10\.00 of 20.05 EUR net are not credited yet"):
        credited(invoice, "CN-2", CreditBasis.VALUE, charges=(ChargeCredit(number=2, amount=Decimal(11)),))
    with pytest.raises(Invalid):
        credited(invoice, "CN-2", CreditBasis.VALUE, charges=(ChargeCredit(number=1),))
    with pytest.raises(Invalid):
        credited(invoice, "CN-2", CreditBasis.VALUE)


def test_credited_bit_by_bit_it_is_exactly_what_was_invoiced() -> None:
    invoice = with_freight_and_discount()

    for turn in range(10):
        one = (CreditContent(line=1, quantity=Decimal(1)),)
        credited(invoice, f"CN-{turn}", CreditBasis.QUANTITY, contents=one)
    credited(invoice, "CN-last", CreditBasis.VALUE, charges=(ChargeCredit(number=2),))

    assert (invoice.credited, invoice.open, invoice.status) == (invoice.gross, 0, S.PAID)
    assert invoice.counted().charges == 0


# --------------------------------------------------------------------------------------------- any invoice

MONEY = st.decimals(min_value="0.01", max_value=10**6, places=2)
KINDS = st.sampled_from(list(AdjustmentKind))
RATES = st.sampled_from([Decimal(0), Decimal("7.7"), Decimal(20)])


@st.composite
def invoices(draw: st.DrawFn) -> Invoice:
    """Invoices with charges and allowances of any kind that can be drafted."""
    places = draw(st.integers(0, 4))
    lines = [
        billing(
            str(draw(MONEY)),
            order_line=None,
            quantity=str(draw(st.decimals(min_value="0.01", max_value=1000, places=3))),
            tax_rate=draw(RATES),
            adjustments=tuple(
                of_line(draw(KINDS), percent=str(draw(st.integers(1, 25))))
                for _ in range(draw(st.integers(0, 2)))
            ),
        )
        for _ in range(draw(st.integers(1, 4)))
    ]
    whole = [
        DocumentAdjustmentContent(
            **adjusted(draw(KINDS), None, percent=str(draw(st.integers(1, 30))), base="100"),
            tax_rate=draw(RATES),
        )
        for _ in range(draw(st.integers(0, 4)))
    ]
    try:
        return submitted(*lines, order=an_order(places=places), adjustments=whole)
    except Invalid:
        # Of what cannot be drafted nothing is claimed.
        return submitted(billing("1.00"), order=an_order(places=places))


@pytest.mark.requirement("S-232")
@given(invoices())
def test_the_sums_of_en_16931_are_exact(invoice: Invoice) -> None:
    view = invoice.view()

    assert view.lines_net == sum(line.net for line in view.lines)  # BR-CO-10
    for kind, told in ((AdjustmentKind.ALLOWANCE, view.allowances), (AdjustmentKind.CHARGE, view.charges)):
        assert told == sum(each.amount for each in view.adjustments if each.kind is kind)  # BR-CO-11, -12
    assert view.net == (view.lines_net or 0) - view.allowances + view.charges  # BR-CO-13
    assert view.net == sum(tax.base for tax in view.taxes)
    assert view.tax == sum(tax.amount for tax in view.taxes)  # BR-CO-14
    assert view.gross == view.net + view.tax  # BR-CO-15
    assert len({(tax.category, tax.rate) for tax in view.taxes}) == len(view.taxes)
    for tax in view.taxes:  # BR-CO-17
        assert tax.base >= 0
        assert abs(tax.amount - tax.base * tax.rate / 100) * 2 <= Decimal(1).scaleb(-view.amount_places)


@given(invoices(), st.data())
def test_whatever_is_credited_in_whatever_order_is_never_more_and_in_the_end_all(
    invoice: Invoice, data: st.DataObject
) -> None:
    invoice.status = S.APPROVED
    left: list[CreditContent | ChargeCredit] = [CreditContent(line=line.number) for line in invoice.lines]
    left += [
        ChargeCredit(number=each.number) for each in invoice.adjustments if each.kind is AdjustmentKind.CHARGE
    ]
    for turn, one in enumerate(data.draw(st.permutations(left))):
        what = {"contents": (one,)} if isinstance(one, CreditContent) else {"charges": (one,)}
        note = credited(invoice, f"CN-{turn}", CreditBasis.QUANTITY, **what)
        assert note.net >= 0
        assert sum(entry.amount for entry in note.new_entries) == 0
        assert 0 <= invoice.credited <= invoice.gross
    assert (invoice.credited, invoice.counted().net, invoice.counted().charges) == (invoice.gross, 0, 0)

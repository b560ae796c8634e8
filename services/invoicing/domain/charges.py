"""Charges and allowances: what is added to a line or a whole invoice or taken off it (EN 16931 BG-20 … BG-28)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from services.chassis.errors import Fault
from services.contracts.invoicing.charges import (
    Adjustment,
    AdjustmentContent,
    AdjustmentKind,
    DocumentAdjustment,
    DocumentAdjustmentContent,
    TaxCategory,
)
from services.contracts.invoicing.credit_notes import CreditNote
from services.contracts.invoicing.views import InvoiceLine, TaxedAmount
from services.contracts.money import EXACT, GREATEST_AMOUNT, percentage, product, rounded, total
from services.invoicing.domain.amounts import ZERO, plain, spoken
from services.invoicing.domain.taxes import Key, key_of, taxed

A = TypeVar("A", bound=Adjustment)

# UNTDID 5189 as EN 16931 admits it: why something is taken off (BR-CL-19).
_ALLOWANCES = "41 42 60 62 63 64 65 66 67 68 70 71 88 95 100 102 103 104 105"

# UNTDID 7161: why something is added (BR-CL-20).
_CHARGES = """
    AA AAA AAC AAD AAE AAF AAH AAI AAS AAT AAV AAY AAZ ABA ABB ABC ABD ABF ABK ABL ABN ABR ABS ABT ABU ACF ACG ACH
    ACI ACJ ACK ACL ACM ACS ADC ADE ADJ ADK ADL ADM ADN ADO ADP ADQ ADR ADT ADW ADY ADZ AEA AEB AEC AED AEF AEH AEI
    AEJ AEK AEL AEM AEN AEO AEP AES AET AEU AEV AEW AEX AEY AEZ AJ AU CA CAB CAD CAE CAF CAI CAJ CAK CAL CAM CAN CAO
    CAP CAQ CAR CAS CAT CAU CAV CAW CAX CAY CAZ CD CG CS CT DAB DAC DAD DAF DAG DAH DAI DAJ DAK DAL DAM DAN DAO DAP
    DAQ DL EG EP ER FAA FAB FAC FC FH FI GAA HAA HD HH IAA IAB ID IF IR IS KO L1 LA LAA LAB LF MAE MI ML NAA OA PA
    PAA PC PL PRV RAB RAC RAD RAF RE RF RH RV SA SAA SAD SAE SAI SG SH SM SU TAB TAC TT TV V1 V2 WH XAA YY ZZZ
"""
_CODES = {
    AdjustmentKind.ALLOWANCE: (frozenset(_ALLOWANCES.split()), "UNTDID 5189, for allowances"),
    AdjustmentKind.CHARGE: (frozenset(_CHARGES.split()), "UNTDID 7161, for charges"),
}


def signed(each: Adjustment) -> Decimal:
    """What it adds: less than 0 when it is taken off."""
    return each.amount if each.kind is AdjustmentKind.CHARGE else -each.amount


def sum_of(adjustments: Iterable[Adjustment], kind: AdjustmentKind) -> Decimal:
    """The sum of those of one kind."""
    return total(each.amount for each in adjustments if each.kind is kind)


def all_charges(lines: Iterable[InvoiceLine], adjustments: Iterable[Adjustment]) -> Decimal:
    """Freight and other charges of an invoice, by line and of the whole; what is taken off does not lower them."""
    every = (each for line in lines for each in line.adjustments)
    return EXACT.add(sum_of(every, AdjustmentKind.CHARGE), sum_of(adjustments, AdjustmentKind.CHARGE))


def adjusted_by_rate(adjustments: Iterable[DocumentAdjustment]) -> tuple[TaxedAmount, ...]:
    """What charges and allowances of the whole add to what is taxed at each rate."""
    found: dict[Decimal, Decimal] = {}
    for each in adjustments:
        found[each.tax_rate] = EXACT.add(found.get(each.tax_rate, ZERO), signed(each))
    return tuple(TaxedAmount(rate=rate, amount=amount) for rate, amount in sorted(found.items()))


def returned_charges(lines: Iterable[InvoiceLine], note: CreditNote) -> Decimal:
    """What of an invoice's charges a credit note gives back: of a line, as much of them as of its quantity."""
    own = total(one.amount for one in note.adjustments if one.kind is AdjustmentKind.CHARGE)
    by_line = {one.invoice_line: one.quantity for one in note.lines if one.quantity}
    for line in lines:
        charges = sum_of(line.adjustments, AdjustmentKind.CHARGE)
        if charges and line.number in by_line:
            before = line.credited_quantity
            shares = [
                rounded(EXACT.divide(EXACT.multiply(charges, part), line.quantity), note.amount_places)
                for part in (before, EXACT.add(before, by_line[line.number]))
            ]
            own = EXACT.add(own, EXACT.subtract(shares[1], shares[0]))
    return own


# ------------------------------------------------------------------------------------------------ of one line


def of_line(
    contents: Sequence[AdjustmentContent], amount: Decimal, places: int, at: str, faults: list[Fault]
) -> tuple[Adjustment, ...]:
    """The charges and allowances of a line over `amount`; they may not take off more than it comes to."""
    found = tuple(
        Adjustment(
            kind=content.kind,
            amount=_amount(content, amount, places, f"{at}/{place}", faults),
            percent=content.percent,
            base=_base(content, amount),
            reason=content.reason,
            code=content.code,
        )
        for place, content in enumerate(contents)
    )
    if EXACT.add(amount, total(map(signed, found))) < 0:
        faults.append(Fault(at, f"take off more than the {spoken(amount, places)} of the line"))
    return found


def changed_line(line: InvoiceLine, quantity: Decimal, unit_price: Decimal, places: int) -> InvoiceLine:
    """The line over another quantity or price. What is a percentage of its amount goes with it."""
    before = product(line.quantity, line.unit_price, places)
    amount = product(quantity, unit_price, places)
    adjustments = tuple(_of_another(each, before, amount, places) for each in line.adjustments)
    return replace(
        line,
        quantity=quantity,
        unit_price=unit_price,
        adjustments=adjustments,
        net=EXACT.add(amount, total(map(signed, adjustments))),
    )


# ----------------------------------------------------------------------------------------- of the whole invoice


def of_document(
    contents: Sequence[DocumentAdjustmentContent],
    lines: Sequence[InvoiceLine],
    places: int,
    faults: list[Fault],
) -> tuple[DocumentAdjustment, ...]:
    """The charges and allowances of the whole; allowances may not exceed what is billed at their tax."""
    billed = _billed(lines)
    found: list[DocumentAdjustment] = []
    for place, content in enumerate(contents):
        at = f"/adjustments/{place}"
        category, rate = _tax(content, billed, at, faults)
        base = billed.get((category, rate), ZERO)
        found.append(
            DocumentAdjustment(
                number=place + 1,
                kind=content.kind,
                amount=_amount(content, base, places, at, faults),
                percent=content.percent,
                base=_base(content, base),
                reason=content.reason,
                code=content.code,
                tax_category=category,
                tax_rate=rate,
            )
        )
    _check_sums(found, billed, places, faults)
    return tuple(found)


def changed_document(
    adjustments: Sequence[DocumentAdjustment],
    before: Sequence[InvoiceLine],
    after: Sequence[InvoiceLine],
    places: int,
) -> tuple[DocumentAdjustment, ...]:
    """Those of an invoice with other lines: what is a percentage of them goes with them."""
    old, new = _billed(before), _billed(after)
    return tuple(
        _of_another(each, old.get(key_of(each), ZERO), new.get(key_of(each), ZERO), places)
        for each in adjustments
    )


def _billed(lines: Iterable[InvoiceLine]) -> dict[Key, Decimal]:
    found: dict[Key, Decimal] = {}
    for line in lines:
        found[key_of(line)] = EXACT.add(found.get(key_of(line), ZERO), line.net)
    return found


def _tax(content: DocumentAdjustmentContent, billed: dict[Key, Decimal], at: str, faults: list[Fault]) -> Key:
    """How it is taxed: as it says, or else as the lines are when all of them are taxed alike."""
    category, rate = content.tax_category, content.tax_rate
    fitting = [key for key in billed if category in (None, key[0]) and (rate is None or rate == key[1])]
    if rate is None and len(fitting) == 1:
        return fitting[0]
    if category is None and rate is None:
        faults.append(Fault(f"{at}/tax_category", "is needed: the lines are not taxed alike"))
    elif category is TaxCategory.STANDARD and rate is None:
        faults.append(Fault(f"{at}/tax_rate", "is needed: the lines have more than one rate, or none"))
        return category, ZERO
    return taxed(category, rate, None, at, faults)


def _check_sums(
    found: Sequence[DocumentAdjustment], billed: dict[Key, Decimal], places: int, faults: list[Fault]
) -> None:
    sums = dict(billed)
    for each in found:
        sums[key_of(each)] = EXACT.add(sums.get(key_of(each), ZERO), signed(each))
    for each in reversed(found):
        if each.kind is AdjustmentKind.ALLOWANCE and sums[key_of(each)] < 0:
            too_much = spoken(-sums[key_of(each)], places)
            at = f"/adjustments/{each.number - 1}/amount"
            faults.append(Fault(at, f"takes off {too_much} more than is billed at its tax"))
            sums[key_of(each)] = ZERO


# ---------------------------------------------------------------------------------------------------- amounts


def _amount(content: AdjustmentContent, whole: Decimal, places: int, at: str, faults: list[Fault]) -> Decimal:
    """What it comes to: the amount that is told, or the percentage; both only when they agree."""
    _check_reason(content, at, faults)
    told = None if content.amount is None else rounded(content.amount, places)
    amount = told
    if content.percent is not None:
        base = content.base or whole
        amount = rounded(percentage(base, content.percent), places)
        if told is not None and told != amount:
            percent, of = plain(content.percent), spoken(base, places)
            detail = f"is not {percent} % of {of}: that is {spoken(amount, places)}"
            faults.append(Fault(f"{at}/amount", detail))
    elif content.base is not None:
        faults.append(Fault(f"{at}/base", "goes with a percentage"))
    if amount is None:
        faults.append(Fault(f"{at}/amount", "is needed, or a percentage"))
        return ZERO
    if amount == ZERO:
        faults.append(Fault(f"{at}/amount", "comes to nothing"))
    elif amount > GREATEST_AMOUNT:
        faults.append(Fault(f"{at}/amount", f"is more than {spoken(GREATEST_AMOUNT, 0)}"))
    return amount


def _check_reason(content: AdjustmentContent, at: str, faults: list[Fault]) -> None:
    if content.code is None and (content.reason is None or not content.reason.strip()):
        faults.append(Fault(f"{at}/reason", "is needed, or a code"))
    codes, listed = _CODES[content.kind]
    if content.code is not None and content.code not in codes:
        faults.append(Fault(f"{at}/code", f"is no code of {listed}"))


def _base(content: AdjustmentContent, whole: Decimal) -> Decimal | None:
    return None if content.percent is None else content.base or whole


def _of_another(each: A, before: Decimal, after: Decimal, places: int) -> A:
    if each.percent is None or each.base != before:
        return each
    return replace(each, base=after, amount=rounded(percentage(after, each.percent), places))

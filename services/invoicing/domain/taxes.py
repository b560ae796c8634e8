"""How things are taxed: the categories of EN 16931 with their rules, and the sums at the foot of an invoice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from services.chassis.errors import Fault
from services.contracts.invoicing.charges import (
    AdjustmentKind,
    DocumentAdjustment,
    TaxCategory,
    TaxExemption,
)
from services.contracts.invoicing.views import InvoiceLine, TaxAmount
from services.contracts.money import EXACT, percentage, rounded, total
from services.invoicing.domain.amounts import ZERO

C = TaxCategory
Key = tuple[TaxCategory, Decimal]
"""Category and rate: what tax is computed by, once for each (BR-CO-17, BR-S-8 … BR-O-8)."""

# What stands where the supplier says nothing itself (BR-AE-10, BR-IC-10, BR-G-10, BR-O-10): there is but one code.
_STANDING = {
    C.REVERSE_CHARGE: ("Reverse charge", "VATEX-EU-AE"),
    C.INTRA_COMMUNITY: ("Intra-community supply", "VATEX-EU-IC"),
    C.EXPORT: ("Export outside the EU", "VATEX-EU-G"),
    C.NOT_SUBJECT: ("Not subject to VAT", "VATEX-EU-O"),
}
_TAXED = frozenset({C.STANDARD, C.ZERO})


class Taxed(Protocol):
    """Whatever says how it is taxed."""

    @property
    def tax_category(self) -> TaxCategory:
        """The category."""

    @property
    def tax_rate(self) -> Decimal:
        """In percent."""


def key_of(each: Taxed) -> Key:
    """By what its tax is computed."""
    return each.tax_category, each.tax_rate


def taxed(
    category: TaxCategory | None,
    rate: Decimal | None,
    ordered: Decimal | None,
    at: str,
    faults: list[Fault],
) -> Key:
    """Category and rate as they are told, the rest as ordered; only what is standard has a rate above 0."""
    if rate is None:
        rate = (ordered or ZERO) if category in (None, C.STANDARD) else ZERO
    if category is None:
        category = C.STANDARD if rate > 0 else C.ZERO
    if category is C.STANDARD and rate == 0:
        faults.append(Fault(f"{at}/tax_rate", "must be above 0 in the category S; goods at 0 % are in Z"))
    elif category is not C.STANDARD and rate > 0:
        faults.append(Fault(f"{at}/tax_rate", f"must be 0 in the category {category.value}"))
    return category, rate


# ------------------------------------------------------------------------------------------------- exemptions


def check_categories(used: Iterable[Taxed], exemptions: Sequence[TaxExemption], faults: list[Fault]) -> None:
    """Where no tax is due it is told why, and nothing that is taxed stands beside what is not subject to it."""
    categories = {each.tax_category for each in used}
    if C.NOT_SUBJECT in categories and len(categories) > 1:
        others = ", ".join(sorted(each.value for each in categories - {C.NOT_SUBJECT}))
        faults.append(Fault("/lines", f"must all be not subject to tax (O), or none; some are {others}"))
    told: set[TaxCategory] = set()
    for place, each in enumerate(exemptions):
        faults.extend(
            Fault(f"/exemptions/{place}/{field}", detail) for field, detail in _wrong(each, categories, told)
        )
        told.add(each.category)
    if C.EXEMPT in categories and C.EXEMPT not in told:
        faults.append(
            Fault("/exemptions", "must say why what is exempt (E) is exempt, in words or as a code")
        )


def _wrong(
    each: TaxExemption, categories: set[TaxCategory], told: set[TaxCategory]
) -> Iterable[tuple[str, str]]:
    if each.category in _TAXED:
        yield "category", f"is not exempt: what is {each.category.value} is taxed"
        return
    if each.category not in categories:
        yield "category", f"is not on the invoice: nothing there is {each.category.value}"
    elif each.category in told:
        yield "category", "stands here twice"
    standing = _STANDING.get(each.category)
    if standing is None and each.code is None and not (each.reason or "").strip():
        yield "reason", "is needed, or a code"
    if standing is not None and each.code not in (None, standing[1]):
        yield "code", f"must be {standing[1]} in the category {each.category.value}"


def exemptions_of(taxes: Iterable[TaxAmount]) -> tuple[TaxExemption, ...]:
    """Why no tax is due, as an invoice says it."""
    return tuple(
        TaxExemption(category=tax.category, reason=tax.exemption_reason, code=tax.exemption_code)
        for tax in taxes
        if tax.category not in _TAXED
    )


def _exemption(category: TaxCategory, exemptions: Sequence[TaxExemption]) -> tuple[str | None, str | None]:
    told = next((each for each in exemptions if each.category is category), None)
    reason, code = (None, None) if told is None else (told.reason, told.code)
    standing = _STANDING.get(category)
    if standing is None:
        return reason, code
    return reason or standing[0], code or standing[1]


# ----------------------------------------------------------------------------------------------------- totals


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums at the foot of an invoice (EN 16931 BG-22, BG-23)."""

    taxes: tuple[TaxAmount, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal


def totals_of(
    lines: Sequence[InvoiceLine],
    places: int,
    adjustments: Sequence[DocumentAdjustment] = (),
    exemptions: Sequence[TaxExemption] = (),
) -> Totals:
    """The sums; tax is computed once per category and rate, on the sum of what it taxes (BR-CO-10 … BR-CO-15)."""
    bases: dict[Key, Decimal] = {}
    for line in lines:
        bases[key_of(line)] = bases.get(key_of(line), ZERO) + line.net
    for each in adjustments:
        added = each.amount if each.kind is AdjustmentKind.CHARGE else -each.amount
        bases[key_of(each)] = EXACT.add(bases.get(key_of(each), ZERO), added)
    taxes = tuple(_tax(key, bases[key], places, exemptions) for key in sorted(bases, key=_place))
    net = rounded(total(bases.values()), places)
    tax = rounded(total(tax.amount for tax in taxes), places)
    return Totals(taxes, net, tax, total((net, tax)))


def _place(key: Key) -> tuple[Decimal, int]:
    return key[1], tuple(C).index(key[0])


def _tax(key: Key, base: Decimal, places: int, exemptions: Sequence[TaxExemption]) -> TaxAmount:
    category, rate = key
    reason, code = _exemption(category, exemptions)
    return TaxAmount(
        category=category,
        rate=rate,
        base=base,
        amount=rounded(percentage(base, rate), places),
        exemption_reason=reason,
        exemption_code=code,
    )

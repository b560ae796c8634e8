"""Charges, allowances and tax categories of an invoice, as EN 16931 tells them."""

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from services.contracts.kinds import Amount, LineNumber, Name, Percent, PositiveAmount, Reason
from services.contracts.shapes import Example, Length, Pattern, shape

AdjustmentCode = Annotated[
    str,
    Length(1, 3),
    Pattern(r"[A-Z0-9]{1,3}", "a code of UNTDID 5189 for an allowance, of UNTDID 7161 for a charge"),
    Example("FC"),
]
ExemptionCode = Annotated[
    str,
    Length(10, 35),
    Pattern(r"VATEX-[A-Z]{2}-[A-Z0-9-]{1,26}", "a VATEX code, such as VATEX-EU-AE"),
    Example("VATEX-EU-132-1I"),
]


class TaxCategory(StrEnum):
    """How something is taxed: the codes of UNTDID 5305 that EN 16931 admits."""

    STANDARD = "S"
    ZERO = "Z"
    EXEMPT = "E"
    REVERSE_CHARGE = "AE"
    INTRA_COMMUNITY = "K"
    EXPORT = "G"
    NOT_SUBJECT = "O"


def category_of(category: TaxCategory, rate: object) -> TaxCategory:
    """The category as it is: what says standard at 0 % is from before there were others, and was zero rated."""
    return TaxCategory.ZERO if category is TaxCategory.STANDARD and rate == 0 else category


class AdjustmentKind(StrEnum):
    """Whether it is added or taken off."""

    CHARGE = "charge"
    ALLOWANCE = "allowance"


@shape
class Adjustment:
    """A charge or an allowance of one line, in its net amount already (EN 16931 BG-28, BG-27)."""

    kind: Annotated[AdjustmentKind, "Whether it is added or taken off."]
    amount: Annotated[Amount, "How much, rounded half up to the amount places; above 0 (BT-141, BT-136)."]
    percent: Annotated[Percent | None, "Percent of the base, where it was told so (BT-143, BT-138)."] = None
    base: Annotated[Amount | None, "What it is a percentage of (BT-142, BT-137)."] = None
    reason: Annotated[Name | None, "Why, in words (BT-144, BT-139)."] = None
    code: Annotated[AdjustmentCode | None, "Why, as a code (BT-145, BT-140)."] = None


@shape
class DocumentAdjustment(Adjustment):
    """A charge or an allowance of a whole invoice, taxed by itself (EN 16931 BG-21, BG-20)."""

    number: Annotated[LineNumber, "Position among those of the invoice, from 1."]
    tax_category: Annotated[TaxCategory, "How it is taxed (BT-102, BT-95)."]
    tax_rate: Annotated[Percent, "Tax in percent (BT-103, BT-96)."]
    credited: Annotated[Amount, "What of a charge credit notes have given back."] = Decimal(0)


# ------------------------------------------------------------------------------------ as the supplier writes it


@shape
class AdjustmentContent:
    """A charge or an allowance as the supplier writes it: an amount, or a percentage. Reason or code is needed."""

    kind: Annotated[AdjustmentKind, "Whether it is added or taken off."]
    amount: Annotated[PositiveAmount | None, "How much."] = None
    percent: Annotated[Percent | None, "Or how many percent of the base."] = None
    base: Annotated[PositiveAmount | None, "Of what; when left out, of what it belongs to."] = None
    reason: Annotated[Name | None, "Why, in words."] = None
    code: Annotated[AdjustmentCode | None, "Why, as a code."] = None


@shape
class DocumentAdjustmentContent(AdjustmentContent):
    """One of the whole invoice; it is taxed like the lines unless it says otherwise."""

    tax_category: Annotated[TaxCategory | None, "How it is taxed; needed when the lines differ."] = None
    tax_rate: Annotated[Percent | None, "Tax in percent."] = None


@shape
class TaxExemption:
    """Why no tax is due in one category (EN 16931 BT-120, BT-121)."""

    category: Annotated[TaxCategory, "The category."]
    reason: Annotated[Reason | None, "Why, in words."] = None
    code: Annotated[ExemptionCode | None, "Why, as a code of the list VATEX."] = None


LineAdjustments = Annotated[
    tuple[AdjustmentContent, ...], Length(0, 20), "Charges and allowances of the line."
]
Adjustments = Annotated[
    tuple[DocumentAdjustmentContent, ...], Length(0, 50), "Charges and allowances of the whole invoice."
]
Exemptions = Annotated[
    tuple[TaxExemption, ...],
    Length(0, 7),
    "Why no tax is due, by category; needed of E. Of AE, K, G and O the standard words stand when left out.",
]

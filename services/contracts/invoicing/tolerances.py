"""What callers see of the rules an invoice is matched by: tolerances, the way of matching, facts of items."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from services.contracts.kinds import (
    Count,
    CurrencyCode,
    Day,
    Id,
    Instant,
    ItemNumber,
    Next,
    Percent,
    Sequence,
    Sum,
    UnitCode,
)
from services.contracts.parties import Party, Person
from services.contracts.shapes import Example, Length, Pattern, Places, Range, shape

ToleranceAmount = Annotated[Decimal, Range(least=0, most=Decimal(10) ** 15), Places(6), Example("100.00")]
# GS1: 8, 12, 13 or 14 digits.
Gtin = Annotated[
    str,
    Length(8, 14),
    Pattern(r"\d{8}|\d{12,14}", "a GTIN of 8, 12, 13 or 14 digits"),
    Example("4006381333931"),
]
Factor = Annotated[Decimal, Range(above=0, most=Decimal(10) ** 9), Places(12), Example("12")]
Category = Annotated[str, Length(1, 100), Example("Office supplies")]
PolicyVersion = Annotated[int, Range(least=0), Example(7)]


class Measure(StrEnum):
    """What of an invoice a tolerance is about."""

    TOTAL_NET = "total-net"
    TOTAL_GROSS = "total-gross"
    LINE_PRICE = "line-price"
    LINE_AMOUNT = "line-amount"
    QUANTITY_ORDERED = "quantity-ordered"
    QUANTITY_RECEIVED = "quantity-received"
    QUANTITY_ACCEPTED = "quantity-accepted"
    TAX = "tax"
    CHARGES = "charges"


class Direction(StrEnum):
    """Which way a value may differ before somebody is asked."""

    OVER = "over"
    UNDER = "under"
    BOTH = "both"


class Combination(StrEnum):
    """How percent and amount go together when a tolerance has both.

    `and`: within both of them; `or`: within one of them is enough; `lower` and `higher`: the two give one limit.
    """

    AND = "and"
    OR = "or"
    LOWER = "lower"
    HIGHER = "higher"


class ToleranceScope(StrEnum):
    """For what a tolerance holds; the narrower one wins."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    CATEGORY = "category"
    ITEM = "item"


class MatchingWay(StrEnum):
    """With what an invoice is compared: the order, also the goods received, also the goods accepted."""

    TWO = "two-way"
    THREE = "three-way"
    FOUR = "four-way"


class Side(StrEnum):
    """Above or below what is expected."""

    OVER = "over"
    UNDER = "under"


@shape
class ToleranceTerms:
    """What one tolerance says: how far which measure may differ, which way, in which currency.

    A limit of zero means zero. Neither percent nor amount means that the measure is not checked.
    """

    scope: Annotated[ToleranceScope, "For what it holds."]
    category: Annotated[Category | None, "The category, of a tolerance for one."] = None
    item_number: Annotated[ItemNumber | None, "The supplier's item number, of a tolerance for an item."] = (
        None
    )
    measure: Annotated[Measure, "What it is about."]
    direction: Annotated[Direction, "Which way it limits."] = Direction.OVER
    percent: Annotated[Percent | None, "Percent of what is expected; null: not limited by percent."] = None
    amount: Annotated[
        ToleranceAmount | None, "Amount, or quantity in the order's unit; null: not limited by amount."
    ] = None
    combine: Annotated[Combination, "How percent and amount go together."] = Combination.LOWER
    currency: Annotated[
        CurrencyCode | None, "Only for orders in this currency; an amount of money needs one."
    ] = None


@shape
class Tolerance:
    """A tolerance as it was set, with the days on which it holds; never changed, only ended (S-046)."""

    id: Annotated[Id, "The tolerance."]
    customer: Annotated[Party, "Whose rule it is."]
    supplier: Annotated[Party | None, "Only for invoices of this supplier; null: of all."]
    terms: Annotated[ToleranceTerms, "What it says."]
    checked: Annotated[bool, "False when it says that the measure is not checked."]
    sentence: Annotated[str, Length(1, 400), "The same in words."]
    valid_from: Annotated[Day, "The first day on which it holds."]
    valid_to: Annotated[
        date | None,
        "The last day; null: until it is ended. The day before the first: it was replaced at once.",
    ]
    version: Annotated[PolicyVersion, "The version of the customer's policy that it came with."]
    set_by: Annotated[Person, "Who set it."]
    set_at: Annotated[Instant, "When."]
    ended_by: Annotated[Person | None, "Who ended or replaced it."]
    ended_at: Annotated[Instant | None, "When."]
    sequence: Annotated[Sequence, "Grows when it is ended; the ETag."]


@shape
class TolerancePage:
    """A page of tolerances, the newest first, those that no longer hold included."""

    items: Annotated[tuple[Tolerance, ...], "The tolerances."]
    next: Next


@shape
class AppliedTolerance:
    """A tolerance as a decision keeps it."""

    id: Annotated[Id | None, "The tolerance; null: the rate that was agreed with the supplier."]
    scope: Annotated[ToleranceScope, "For what it holds."]
    category: Annotated[Category | None, "The category."] = None
    item_number: Annotated[ItemNumber | None, "The item."] = None
    measure: Annotated[Measure, "What it is about."]
    direction: Annotated[Direction, "Which way it limits."]
    percent: Annotated[Percent | None, "Percent of what is expected."] = None
    amount: Annotated[ToleranceAmount | None, "Amount."] = None
    combine: Annotated[Combination, "How the two go together."] = Combination.LOWER
    currency: Annotated[CurrencyCode | None, "Only for orders in this currency."] = None


@shape
class EffectiveTolerance:
    """What holds today for one measure in one direction."""

    measure: Annotated[Measure, "The measure."]
    side: Annotated[Side, "Above or below what is expected."]
    checked: Annotated[bool, "Whether it is checked at all: zero means zero, empty means not checked."]
    tolerance: Annotated[AppliedTolerance | None, "The tolerance that holds; null when none was ever set."]
    sentence: Annotated[str, Length(1, 400), "The same in words."]


@shape
class MatchingPolicy:
    """By what the invoices of one supplier are matched today."""

    partnership_id: Annotated[Id, "The link between customer and supplier."]
    customer: Annotated[Party, "Whose policy it is."]
    supplier: Annotated[Party, "Whose invoices are matched."]
    version: Annotated[PolicyVersion, "Grows with every change of the customer's tolerances."]
    way: Annotated[MatchingWay, "With what invoices are compared unless the order says otherwise."]
    tells_limit: Annotated[bool, "Whether the supplier is told the limit, or the verdict only."]
    in_general: Annotated[tuple[EffectiveTolerance, ...], "Every measure and direction, for any item."]
    narrower: Annotated[tuple[Tolerance, ...], "Those for single categories and items."]
    sequence: Annotated[Sequence, "Grows when way or openness change; the ETag."]


@shape
class OrderMatching:
    """With what the invoices of one order are compared."""

    order_id: Annotated[Id, "The order."]
    way: Annotated[MatchingWay | None, "As chosen for the order; null: as for its supplier."]
    in_force: Annotated[MatchingWay, "What holds."]
    sequence: Annotated[Sequence, "Grows with every change; the ETag."]


@shape
class UnitFactor:
    """How many of the unit an item is sold in are in one of another unit."""

    unit: Annotated[UnitCode, "The other unit, UN/ECE Rec 20."]
    base: Annotated[UnitCode, "The unit that is counted."]
    factor: Annotated[Factor, "How many of `base` are in one of it."]


@shape
class ItemFacts:
    """What a customer knows of a supplier's item that orders do not tell."""

    customer: Annotated[Party, "Whose knowledge it is."]
    supplier: Annotated[Party, "Who sells the item."]
    item_number: Annotated[ItemNumber, "The supplier's item number."]
    buyer_item_number: Annotated[ItemNumber | None, "The customer's own number (BT-156)."]
    gtin: Annotated[Gtin | None, "The GTIN (BT-157)."]
    category: Annotated[Category | None, "The category, for tolerances."]
    units: Annotated[
        tuple[UnitFactor, ...], "Units that only this item makes comparable, such as a box of 12."
    ]
    changed_by: Annotated[Person, "Who said so last."]
    changed_at: Annotated[Instant, "When."]
    sequence: Annotated[Sequence, "Grows with every change; the ETag."]


@shape
class ItemFactsPage:
    """A page of items, by number."""

    items: Annotated[tuple[ItemFacts, ...], "The items."]
    next: Next


# ------------------------------------------------------------------------------------- the time machine


@shape
class CountedSum:
    """How many invoices, and the sum of their net totals."""

    count: Annotated[Count, "How many."]
    net: Annotated[Sum, "Sum of their net totals."]


@shape
class Replayed:
    """What would have become of the invoices of one currency under one policy."""

    currency: Annotated[CurrencyCode, "Currency of the sums."]
    approved: Annotated[CountedSum, "Approved by themselves."]
    held: Annotated[CountedSum, "Held for the initiator, or waiting for another that is held."]
    beyond_order: Annotated[Sum, "Of those approved by themselves, what is more than was ordered."]
    unseen: Annotated[
        CountedSum, "Money at risk: approved by themselves here, and rejected by the initiator in truth."
    ]


@shape
class ReplayedRate:
    """All invoices decided anew with one rate."""

    rate: Annotated[Percent, "The rate in percent."]
    by_currency: Annotated[tuple[Replayed, ...], "By currency."]


@shape
class Replay:
    """The invoices of a time decided anew under other tolerances, beside what was decided in truth."""

    date_from: Annotated[Day, "First day on which the invoices were sent."]
    date_to: Annotated[Day, "Last day."]
    in_truth: Annotated[tuple[Replayed, ...], "As they were decided, by currency."]
    by_rate: Annotated[tuple[ReplayedRate, ...], "As they would have been, for each rate asked for."]

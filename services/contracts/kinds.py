"""The limited values that shapes are made of. A limit is written here once and holds at every border."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from services.contracts.money import GREATEST_AMOUNT, GREATEST_QUANTITY
from services.contracts.shapes import Example, Length, Pattern, Places, Range

Id = Annotated[UUID, Example("018f6b7e-3c1a-7c4e-9a51-2f5f0a7b9d10")]
Name = Annotated[str, Length(1, 200)]
Text = Annotated[str, Length(0, 4000)]
Remark = Annotated[str, Length(1, 4000)]
Reason = Annotated[str, Length(1, 1000)]
DocumentNumber = Annotated[str, Length(1, 35), Example("PO-2026-00042")]
ItemNumber = Annotated[str, Length(1, 50), Example("AR-5381")]
UnitCode = Annotated[
    str,
    Length(1, 3),
    Pattern(r"[A-Z0-9]{1,3}", "a UN/ECE Recommendation 20 code, such as C62 or KGM"),
    Example("C62"),
]
CurrencyCode = Annotated[
    str, Length(3, 3), Pattern(r"[A-Z]{3}", "an ISO 4217 code, such as EUR"), Example("EUR")
]
CountryCode = Annotated[
    str, Length(2, 2), Pattern(r"[A-Z]{2}", "an ISO 3166-1 code, such as UA"), Example("UA")
]
Email = Annotated[
    str,
    Length(3, 254),
    Pattern(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]+", "an e-mail address, such as anna@example.com"),
    Example("anna@example.com"),
]
LineNumber = Annotated[int, Range(least=1, most=10_000), Example(1)]
Quantity = Annotated[Decimal, Range(above=0, most=GREATEST_QUANTITY), Places(6), Example("12.5")]
QuantityOrZero = Annotated[Decimal, Range(least=0, most=GREATEST_QUANTITY), Places(6), Example("0")]
UnitPrice = Annotated[Decimal, Range(least=0, most=Decimal(10) ** 12), Places(6), Example("9.90")]
Amount = Annotated[Decimal, Range(least=-GREATEST_AMOUNT, most=GREATEST_AMOUNT), Places(6), Example("118.80")]
PositiveAmount = Annotated[Decimal, Range(above=0, most=GREATEST_AMOUNT), Places(6), Example("118.80")]
# Of as many amounts as there are.
Sum = Annotated[
    Decimal, Range(least=-(Decimal(10) ** 24), most=Decimal(10) ** 24), Places(6), Example("118.80")
]
Count = Annotated[int, Range(least=0), Example(3)]
Percent = Annotated[Decimal, Range(least=0, most=100), Places(4), Example("20")]
AmountPlaces = Annotated[int, Range(least=0, most=6), Example(2)]
Days = Annotated[int, Range(least=0, most=3650), Example(30)]
Sequence = Annotated[int, Range(least=0), Example(3)]
Day = Annotated[date, Example("2026-11-30")]
Instant = Annotated[datetime, Example("2026-11-22T09:30:00Z")]
PageSize = Annotated[int, Range(least=1, most=200), Example(50)]
Cursor = Annotated[str, Length(1, 500)]

# What every list is asked with, and how it goes on. `after` and `limit` have defaults where they stand.
After = Annotated[Cursor | None, "`next` of the page before; null for the first page."]
Limit = Annotated[PageSize, "How many at most."]
Next = Annotated[Cursor | None, "Send it as `after` for the next page; null on the last one."]

"""Many invoices in one action: what is told of each, and of all of them together."""

from collections.abc import Iterable
from decimal import Decimal

from services.chassis.errors import CounterpartError, Fault
from services.contracts.invoicing.bulk import (
    ForeseenMany,
    ForeseenOne,
    ForeseenSum,
    Hindrance,
    SentMany,
    SentOne,
)
from services.contracts.invoicing.views import Preflight, Verdict
from services.contracts.money import EXACT
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.order import Order


def hindrances(refusal: CounterpartError) -> tuple[Hindrance, ...]:
    """A refusal as what stands in the way of one invoice: one for each fault, or one for the whole of it."""
    code = refusal.code
    if not refusal.faults:
        return (Hindrance(code=code, detail=refusal.detail[:1000], field=None),)
    return tuple(
        Hindrance(code=code, detail=fault.detail[:1000], field=fault.field[:200]) for fault in refusal.faults
    )


def as_faults(items: Iterable[SentOne]) -> list[Fault]:
    """What stands in the way, as faults of the whole request."""
    return [
        Fault(f"/invoices/{item.place}{each.field or ''}", each.detail)
        for item in items
        for each in item.hindrances
    ]


def foreseen(place: int, order: Order, number: str | None, told: Preflight) -> ForeseenOne:
    """What would come of one invoice."""
    return ForeseenOne(
        place=place,
        order_id=order.id,
        order_number=order.number,
        customer=order.customer,
        number=number,
        currency=told.currency,
        net=told.net,
        gross=told.gross,
        verdict=told.verdict,
        reasons=told.reasons,
        warnings=told.warnings,
        hindrances=tuple(
            Hindrance(code=each.code, detail=each.detail, field=each.field) for each in told.obstacles
        ),
        sentence=told.sentence,
    )


def not_foreseen(
    place: int, number: str | None, order: Order | None, why: tuple[Hindrance, ...]
) -> ForeseenOne:
    """Of one that could not even be asked about."""
    return ForeseenOne(
        place=place,
        order_id=order.id if order else None,
        order_number=order.number if order else None,
        customer=order.customer if order else None,
        number=number,
        currency=order.currency if order else None,
        net=None,
        gross=None,
        verdict=None,
        reasons=(),
        warnings=(),
        hindrances=why,
    )


def all_foreseen(items: Iterable[ForeseenOne]) -> ForeseenMany:
    """The whole preview: the sums are of those that can be sent."""
    told = tuple(sorted(items, key=lambda item: item.place))
    sums: dict[tuple[str, Verdict], list[ForeseenOne]] = {}
    for item in told:
        if item.currency is not None and item.verdict is not None and not item.hindrances:
            sums.setdefault((item.currency, item.verdict), []).append(item)
    return ForeseenMany(
        items=told,
        sums=tuple(
            ForeseenSum(
                currency=currency,
                verdict=verdict,
                count=len(of_it),
                net=_total(item.net for item in of_it),
                gross=_total(item.gross for item in of_it),
            )
            for (currency, verdict), of_it in sorted(sums.items())
        ),
        hindered=sum(1 for item in told if item.hindrances),
    )


def _total(amounts: Iterable[Decimal | None]) -> Decimal:
    whole = Decimal(0)
    for amount in amounts:
        whole = EXACT.add(whole, amount or Decimal(0))
    return whole


def sent(place: int, invoice: Invoice) -> SentOne:
    """What became of one that was sent."""
    return SentOne(
        place=place,
        invoice_id=invoice.id,
        number=invoice.number,
        order_number=invoice.order_number,
        status=invoice.status,
        currency=invoice.currency,
        gross=invoice.gross,
        hindrances=(),
    )


def not_sent(place: int, number: str | None, order: Order | None, why: tuple[Hindrance, ...]) -> SentOne:
    """What is told of one that was not."""
    return SentOne(
        place=place,
        invoice_id=None,
        number=number,
        order_number=order.number if order else None,
        status=None,
        currency=None,
        gross=None,
        hindrances=why,
    )


def all_sent(items: Iterable[SentOne]) -> SentMany:
    """The whole answer."""
    told = tuple(sorted(items, key=lambda item: item.place))
    hindered = sum(1 for item in told if item.hindrances)
    return SentMany(items=told, sent=len(told) - hindered, hindered=hindered)

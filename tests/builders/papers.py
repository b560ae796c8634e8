"""Orders and invoices to set on paper, by hand and by hypothesis."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.contracts.invoicing.consolidation import (
    ConsolidatedInvoice,
    ConsolidatedLine,
    ConsolidatedStatus,
    ConsolidatedSummary,
    ConsolidatedTax,
    OperatorTaxInvoice,
)
from services.contracts.invoicing.views import Approval, Invoice, InvoiceLine, InvoiceStatus, TaxAmount
from services.contracts.money import rounded
from services.contracts.orders.views import Order, OrderLine, OrderStatus
from services.contracts.parties import Party, Person

AT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def an_id(number: int) -> UUID:
    return UUID(int=number)


def a_line(
    number: int = 1,
    *,
    quantity: str | Decimal = "12.5",
    unit_price: str | Decimal = "1249.9075",
    tax_rate: str | Decimal = "20",
    places: int = 2,
    description: str = "Touring tyre 28″, reflective",
    item_number: str | None = None,
    unit: str = "C62",
    delivery_date: date | None = None,
) -> OrderLine:
    quantity, unit_price = Decimal(quantity), Decimal(unit_price)
    return OrderLine(
        number=number,
        item_number=item_number or f"AR-{5380 + number}",
        description=description,
        unit=unit,
        quantity=quantity,
        unit_price=unit_price,
        tax_rate=Decimal(tax_rate),
        net=rounded(quantity * unit_price, places),
        delivery_date=delivery_date,
        shipped_quantity=Decimal(0),
        received_quantity=Decimal(0),
        rejected_quantity=Decimal(0),
        pending_quantity=quantity,
    )


def _taxes(lines: tuple[Any, ...], places: int) -> tuple[TaxAmount, ...]:
    bases: dict[Decimal, Decimal] = {}
    for line in lines:
        bases[line.tax_rate] = bases.get(line.tax_rate, Decimal(0)) + line.net
    return tuple(
        TaxAmount(rate=rate, base=base, amount=rounded(base * rate / 100, places))
        for rate, base in sorted(bases.items())
    )


def an_order(lines: tuple[OrderLine, ...] | None = None, *, places: int = 2, **changes: Any) -> Order:
    lines = lines if lines is not None else (a_line(1, places=places), a_line(2, places=places, unit="KGM"))
    net = sum((line.net for line in lines), Decimal(0))
    tax = sum((tax.amount for tax in _taxes(lines, places)), Decimal(0))
    values: dict[str, Any] = {
        "id": an_id(1),
        "number": "PO-2026-00042",
        "status": OrderStatus.SUBMITTED,
        "customer": Party(id=an_id(2), name="Північний Вітер, ТОВ"),
        "supplier": Party(id=an_id(3), name="Heidelberger Fahrradteile GmbH"),
        "initiator": Person(id=an_id(4), name="Олена Ґудзь"),
        "currency": "EUR",
        "amount_places": places,
        "order_date": date(2026, 11, 22),
        "delivery_date": date(2026, 12, 1),
        "date_proposal": None,
        "delivery_address": "Warehouse 3\n12 Harbour Road\n65000 Одеса",
        "note": "Please deliver before noon.",
        "payment_days": 30,
        "lines": lines,
        "net": net,
        "tax": tax,
        "gross": net + tax,
        "flags": (),
        "revision": 0,
        "submitted_at": AT,
        "closing_reason": None,
        "sequence": 3,
    }
    return Order(**{**values, **changes})


def an_invoice(order: Order | None = None, *, paid: str = "0", **changes: Any) -> Invoice:
    order = order or an_order((a_line(1), a_line(2, tax_rate="7", quantity="3")))
    lines = tuple(
        InvoiceLine(
            number=line.number,
            order_line=line.number,
            item_number=line.item_number,
            description=line.description,
            unit=line.unit,
            quantity=line.quantity or Decimal(1),
            unit_price=line.unit_price,
            tax_rate=line.tax_rate,
            net=line.net,
        )
        for line in order.lines
    )
    taxes = _taxes(lines, order.amount_places)
    net = sum((line.net for line in lines), Decimal(0))
    tax = sum((one.amount for one in taxes), Decimal(0))
    values: dict[str, Any] = {
        "id": an_id(10),
        "number": "INV-881",
        "status": InvoiceStatus.APPROVED,
        "order_id": order.id,
        "order_number": order.number,
        "partnership_id": an_id(5),
        "supplier": order.supplier,
        "customer": order.customer,
        "initiator": order.initiator,
        "currency": order.currency,
        "amount_places": order.amount_places,
        "issue_date": date(2026, 12, 5),
        "due_date": date(2027, 1, 4),
        "note": "Thank you.",
        "lines": lines,
        "taxes": taxes,
        "net": net,
        "tax": tax,
        "gross": net + tax,
        "paid": Decimal(paid),
        "open": net + tax - Decimal(paid),
        "planned_on": None,
        "reasons": (),
        "waiting_since": None,
        "approval": Approval.AUTOMATIC,
        "decided_by": None,
        "decided_at": AT,
        "remark": None,
        "created_by": order.initiator,
        "created_at": AT,
        "submitted_at": AT,
        "sequence": 4,
    }
    return Invoice(**{**values, **changes})


def decimals(whole: int, places: int) -> st.SearchStrategy[Decimal]:
    """Exact decimals above 0 with up to `whole` digits before and `places` after the point."""
    return st.integers(1, 10 ** (whole + places) - 1).map(lambda number: Decimal(number).scaleb(-places))


TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=40
) | st.sampled_from(
    ['#read("/etc/passwd")', "$x^2$", "[*bold*]", "\\", "=1+1", "@SUM(A1)", "-3", "+3", "Ґудзь"]
)
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@st.composite
def orders(draw: st.DrawFn, *, texts: st.SearchStrategy[str] = TEXTS, most_lines: int = 6) -> Order:
    """Orders of any content the published language allows."""
    places = draw(st.integers(0, 6))
    rates = st.sampled_from(["0", "7", "19.5", "20"])
    lines = tuple(
        a_line(
            number,
            quantity=draw(decimals(6, 6)),
            unit_price=draw(decimals(6, 6)),
            tax_rate=draw(rates),
            places=places,
            description=draw(texts),
            item_number=draw(texts),
            unit=draw(st.sampled_from(["C62", "KGM", "XPK"])),
            delivery_date=draw(st.none() | DAYS),
        )
        for number in range(1, draw(st.integers(1, most_lines)) + 1)
    )
    return an_order(
        lines,
        places=places,
        number=draw(texts)[:35],
        customer=Party(id=an_id(2), name=draw(texts)),
        supplier=Party(id=an_id(3), name=draw(texts)),
        initiator=Person(id=an_id(4), name=draw(texts)),
        order_date=draw(DAYS),
        delivery_date=draw(st.none() | DAYS),
        note=draw(texts),
        delivery_address=draw(texts),
        status=draw(st.sampled_from(list(OrderStatus))),
    )


def a_consolidated(**changes: Any) -> ConsolidatedInvoice:
    """A consolidated invoice of two suppliers' invoices, part of it paid."""
    lines = tuple(
        ConsolidatedLine(
            number=number,
            invoice_id=an_id(20 + number),
            invoice_number=f"INV-{880 + number}",
            issue_date=date(2026, 11, number),
            supplier=Party(id=an_id(30 + number), name=supplier),
            order_id=an_id(40 + number),
            order_number=f"PO-2026-0004{number}",
            net=net,
            tax=net / 5,
            gross=net + net / 5,
        )
        for number, (supplier, net) in enumerate(
            [("Mill & Sons", Decimal("1000.00")), ("Гончарня", Decimal("250.50"))], 1
        )
    )
    net, tax = sum((line.net for line in lines), Decimal(0)), sum((line.tax for line in lines), Decimal(0))
    summary = ConsolidatedSummary(
        id=an_id(50),
        number="CI-2026-00007",
        status=ConsolidatedStatus.PARTLY_PAID,
        run_id=an_id(51),
        day=date(2026, 11, 15),
        due_date=date(2026, 12, 15),
        operator=Party(id=an_id(52), name="The Operator"),
        customer=Party(id=an_id(53), name="Northwind Bakery"),
        currency="EUR",
        amount_places=2,
        invoices=2,
        net=net,
        tax=tax,
        gross=net + tax,
        paid=Decimal("100.00"),
        open=net + tax - 100,
        issued_at=datetime(2026, 11, 15, 9, tzinfo=UTC),
        sequence=1,
        tax_invoice=OperatorTaxInvoice(
            number="TI-2026-00007",
            day=date(2026, 11, 15),
            registration="9087654321",
            registered_on=date(2026, 11, 20),
            registered_by=None,
        ),
    )
    taxes = (ConsolidatedTax(rate=Decimal(20), base=net, amount=tax),)
    return replace(ConsolidatedInvoice(summary=summary, lines=lines, taxes=taxes, sequence=1), **changes)

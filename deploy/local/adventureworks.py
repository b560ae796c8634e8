"""Decides the purchasing of AdventureWorks with the product's own engine, and counts what comes of it.

The data is Microsoft's sample (MIT licence) and no part of the project: the folder is named by who asks. Every order is
invoiced in full, at the ordered prices, on the day its goods were shipped; each invoice is decided two-, three- and
four-way with no tolerance at all; all of them are consolidated on the 15th or 30th that follows. Nothing is started and
nothing is kept.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid5

from deploy.local.problems import Problem
from services.contracts.actors import Actor, OrganisationKind, Role
from services.contracts.invoicing.commands import LineContent
from services.contracts.invoicing.tolerances import MatchingWay
from services.contracts.invoicing.views import AmountBase, Match, Verdict
from services.contracts.money import EXACT, product, total
from services.contracts.orders.views import OrderStatus
from services.contracts.parties import Party, Person
from services.invoicing.domain import matching
from services.invoicing.domain.book import Book
from services.invoicing.domain.consolidation import ONE_DAY, Approved, Consolidated, bundles, next_run_day
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.lines import Content
from services.invoicing.domain.order import Order, OrderLine, Terms

FILES = ("PurchaseOrderHeader.csv", "PurchaseOrderDetail.csv", "Vendor.csv")
#: The prices have four digits after the point.
PLACES = 4
HOME = UUID("5a1e0c7c-4a4b-4d1f-8f0e-3d2f7f0f5b11")
CUSTOMER = Party(id=uuid5(HOME, "customer"), name="Adventure Works Cycles")
OPERATOR = Party(id=uuid5(HOME, "operator"), name="The operator")


@dataclass
class Purchase:
    """An order as it was placed, with what came of it."""

    order: Order
    shipped: date


@dataclass
class Count:
    """How many lines and whole orders pass one way of matching."""

    lines: int = 0
    orders: int = 0


@dataclass
class Outcome:
    """Everything that is counted."""

    orders: int = 0
    lines: int = 0
    invoiced: Decimal = Decimal(0)
    passed: dict[MatchingWay, Count] = field(default_factory=lambda: {way: Count() for way in MatchingWay})
    short: Decimal = Decimal(0)
    rejected: Decimal = Decimal(0)
    documents: int = 0
    consolidated: Decimal = Decimal(0)


def read(folder: Path) -> list[Purchase]:
    """The orders of the folder. Raises Problem when a file is missing."""
    missing = [name for name in FILES if not (folder / name).is_file()]
    if missing:
        raise Problem(f"The purchasing data is not in {folder}: {', '.join(missing)} is missing there.")
    vendors = {
        row[0]: Party(id=uuid5(HOME, f"vendor {row[0]}"), name=row[2]) for row in _rows(folder, FILES[2])
    }
    lines: dict[str, list[OrderLine]] = defaultdict(list)
    for row in _rows(folder, FILES[1]):
        lines[row[0]].append(_line(len(lines[row[0]]) + 1, row))
    return [_purchase(row, vendors[row[4]], tuple(lines[row[0]])) for row in _rows(folder, FILES[0])]


def _rows(folder: Path, name: str) -> Iterator[list[str]]:
    with (folder / name).open(encoding="utf-8", newline="") as text:
        yield from csv.reader(text, delimiter="\t")


def _line(number: int, row: Sequence[str]) -> OrderLine:
    received, rejected = Decimal(row[7]), Decimal(row[8])
    return OrderLine(
        number=number,
        item_number=row[4],
        description=f"Product {row[4]}",
        unit="C62",
        quantity=Decimal(row[3]),
        unit_price=Decimal(row[5]),
        tax_rate=Decimal(0),
        received=received,
        accepted=received - rejected,
    )


def _purchase(row: Sequence[str], vendor: Party, lines: tuple[OrderLine, ...]) -> Purchase:
    net = total(product(line.quantity, line.unit_price, PLACES) for line in lines)
    order = Order(
        id=uuid5(HOME, f"order {row[0]}"),
        number=f"AW-{row[0]}",
        sequence=1,
        status=OrderStatus.CONFIRMED,
        customer=CUSTOMER,
        supplier=vendor,
        initiator=Person(id=uuid5(HOME, f"employee {row[3]}"), name=f"Employee {row[3]}"),
        currency="USD",
        amount_places=PLACES,
        payment_days=30,
        net=net,
        gross=net,
        lines=lines,
    )
    return Purchase(order, date.fromisoformat(row[7][:10]))


def decided(purchases: Sequence[Purchase]) -> Outcome:
    """All of them invoiced in full, decided in each way, and consolidated."""
    outcome = Outcome(orders=len(purchases))
    invoices = [(purchase, _invoice(purchase)) for purchase in purchases]
    for purchase, invoice in invoices:
        outcome.lines += len(invoice.lines)
        outcome.invoiced = EXACT.add(outcome.invoiced, invoice.gross)
        for way in MatchingWay:
            _count(outcome.passed[way], invoice, _match(purchase.order, invoice, way))
        for line in purchase.order.lines:
            short = max(line.quantity - line.received, Decimal(0))
            outcome.short += short * line.unit_price
            outcome.rejected += (line.received - line.accepted) * line.unit_price
    for document in _consolidated(invoices):
        outcome.documents += 1
        outcome.consolidated = EXACT.add(outcome.consolidated, document.gross)
    return outcome


def _terms(way: MatchingWay) -> Terms:
    return Terms(uuid5(HOME, "partnership"), True, Decimal(0), AmountBase.NET, way=way)


def _invoice(purchase: Purchase) -> Invoice:
    order = purchase.order
    at = datetime.combine(purchase.shipped, time(12), UTC)
    invoice = Invoice.write(
        invoice_id=uuid5(order.id, "invoice"),
        order=order,
        terms=_terms(MatchingWay.TWO),
        number=f"INV-{order.number}",
        issue_date=purchase.shipped,
        note="",
        content=Content(
            [LineContent(order_line=line.number, quantity=line.quantity) for line in order.lines]
        ),
        by=Actor(
            user_id=order.supplier.id,
            user_name=order.supplier.name,
            organisation_id=order.supplier.id,
            organisation_name=order.supplier.name,
            kind=OrganisationKind.SUPPLIER,
            roles=frozenset({Role.SUPPLIER_USER}),
        ),
        at=at,
    )
    invoice.submit(order=order, terms=_terms(MatchingWay.TWO), at=at)
    return invoice


def _match(order: Order, invoice: Invoice, way: MatchingWay) -> Match:
    at = invoice.submitted_at
    assert at is not None
    return matching.decide(
        match_id=uuid5(invoice.id, way.value),
        invoice_id=invoice.id,
        invoice_sequence=invoice.sequence,
        at=at,
        inputs=invoice.inputs(order, _terms(way), Book(())),
    )


def _count(count: Count, invoice: Invoice, match: Match) -> None:
    held = {check.line for finding in match.findings for check in finding.checks if not check.passed}
    count.lines += len(invoice.lines) - len(held)
    count.orders += match.verdict is Verdict.PASSES


def _consolidated(invoices: Sequence[tuple[Purchase, Invoice]]) -> Iterator[Consolidated]:
    """By the run that follows the day of shipping, that day included."""
    by_day: dict[date, list[Approved]] = defaultdict(list)
    for purchase, invoice in invoices:
        by_day[next_run_day(purchase.shipped - ONE_DAY)].append(_approved(invoice))
    count = 0
    for day, approved in sorted(by_day.items()):
        for bundle in bundles(approved):
            count += 1
            yield Consolidated.issue(
                id=uuid5(HOME, f"document {count}"),
                number=f"CI-{count:05}",
                tax_number=f"TI-{count:05}",
                run_id=uuid5(HOME, day.isoformat()),
                day=day,
                due_date=day,
                operator=OPERATOR,
                customer=CUSTOMER,
                bundle=bundle,
                at=datetime.combine(day, time(), UTC),
            )


def _approved(invoice: Invoice) -> Approved:
    assert invoice.number is not None
    return Approved(
        id=invoice.id,
        number=invoice.number,
        issue_date=invoice.issue_date,
        supplier=invoice.supplier,
        order_id=invoice.order_id,
        order_number=invoice.order_number,
        currency=invoice.currency,
        amount_places=invoice.amount_places,
        taxes=invoice.taxes,
        net=invoice.net,
        tax=invoice.tax,
        gross=invoice.gross,
        paid=invoice.paid,
    )


def told(outcome: Outcome) -> list[str]:
    """The counts, each with its definition."""
    two, three, four = (outcome.passed[way] for way in MatchingWay)
    return [
        f"{outcome.orders:>12,}  orders, each invoiced in full at the ordered prices on the day of shipping",
        f"{outcome.lines:>12,}  lines on them",
        f"{outcome.invoiced:>12,.4f}  USD invoiced: quantity × price of every line, to four digits",
        f"{two.lines:>12,}  lines pass two-way: no more is billed than ordered, at no higher price",
        f"{two.orders:>12,}  whole orders pass two-way: all of their lines do, and the total",
        f"{three.lines:>12,}  lines pass three-way: no more is billed than was received, rejected goods included",
        f"{three.orders:>12,}  whole orders pass three-way",
        f"{four.lines:>12,}  lines pass four-way: no more is billed than was received and not rejected",
        f"{four.orders:>12,}  whole orders pass four-way",
        f"{outcome.short:>12,.4f}  USD short: (ordered − received) × price, of lines of which less came than ordered",
        f"{outcome.rejected:>12,.4f}  USD rejected: rejected × price, of all lines",
        f"{outcome.documents:>12,}  consolidated invoices: by the 15th or 30th on or after the day of shipping",
        f"{outcome.consolidated:>12,.4f}  USD on them: the same as invoiced, to the last digit",
    ]

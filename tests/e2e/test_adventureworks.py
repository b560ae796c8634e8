"""Four years of a bicycle maker's real-looking purchasing, fed through the public API: nothing is lost.

The data is not part of the project (see its README under `shared/material/adventureworks`); where it is not
present the test says so and is skipped. Vendors become suppliers, orders are placed by the employees who placed
them, confirmed by one agent who acts for all vendors, receipts are recorded, and one invoice an order is sent.
"""

import csv
import os
from collections import defaultdict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deploy.local.caller import Caller
from deploy.local.places import CHECKOUT
from tests.e2e.portal import Portal, eventually

FOLDER = (
    Path(os.environ.get("COUNTERPART_MATERIAL", CHECKOUT.parent / "shared" / "material")) / "adventureworks"
)
CLIENTS = 8
AGENT = "alex@agents.example"

pytestmark = [
    pytest.mark.skipif(not FOLDER.is_dir(), reason=f"the AdventureWorks purchasing data is not at {FOLDER}"),
    pytest.mark.timeout(1500),
    pytest.mark.long,
]


@dataclass(frozen=True)
class Line:
    """A line of PurchaseOrderDetail.csv."""

    product: str
    due: str
    ordered: Decimal
    price: Decimal
    total: Decimal
    received: Decimal
    rejected: Decimal


@dataclass
class PurchaseOrder:
    """A row of PurchaseOrderHeader.csv, with its lines."""

    id: str
    employee: str
    vendor: str
    ordered_on: str
    shipped_on: str
    subtotal: Decimal
    lines: list[Line] = field(default_factory=list)


def rows(file: str) -> Iterator[list[str]]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
        yield from csv.reader(lines, delimiter="\t")


def purchase_orders() -> dict[str, PurchaseOrder]:
    orders = {
        row[0]: PurchaseOrder(row[0], row[3], row[4], row[6][:10], row[7][:10], Decimal(row[8]))
        for row in rows("PurchaseOrderHeader.csv")
    }
    for row in rows("PurchaseOrderDetail.csv"):
        line = Line(
            row[4], row[2][:10], *(Decimal(value) for value in (row[3], row[5], row[6], row[7], row[8]))
        )
        orders[row[0]].lines.append(line)
    return orders


class Feed:
    """Makes the organisations, and sends every order through its life."""

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        self.products = {row[0]: (row[2], row[1]) for row in rows("Product.csv")}
        self.suppliers: dict[str, str] = {}
        self.agents: dict[str, Caller] = {}
        self.employees: dict[str, Caller] = {}

    def prepare(self, orders: dict[str, PurchaseOrder]) -> None:
        customer = self.portal.organisation("customer", "Adventure Works Cycles", "office@aw.example")
        for employee in sorted({order.employee for order in orders.values()}):
            email = f"employee.{employee}@aw.example"
            self.employees[employee] = self.portal.invited(
                customer, f"Employee {employee}", email, "initiator"
            )
        buyer = self.portal.invited(customer, "Buyer", "buyer@aw.example", "buyer-admin", "supplier-manager")
        agent = self._agent()
        self._register_vendors()
        for vendor, supplier in self.suppliers.items():
            self.agents[vendor] = agent.acting_for(supplier)
            buyer.post("/partnerships", {"supplier_id": supplier, "terms": {"currency": "USD"}})

    def _agent(self) -> Caller:
        own = self.portal.organisation("supplier", "Agents for Vendors", "office@agents.example")
        return self.portal.invited(own, "Alex Agent", AGENT, "supplier-user")

    def _register_vendors(self) -> None:
        """Each invites the agent, who takes all the links from the mail together."""
        for vendor, _, name, *_rest in rows("Vendor.csv"):
            wish = {
                "kind": "supplier",
                "name": name,
                "country": "US",
                "admin_name": "Alex Agent",
                "admin_email": AGENT,
            }
            self.suppliers[vendor] = self.portal.operator.post("/organisations", wish)["id"]
        mails = eventually(lambda: self._invitations(1 + len(self.suppliers)), 120)
        stranger = Caller(self.portal.url)
        for mail in mails[: len(self.suppliers)]:
            stranger.post("/invitations/accept", {"token": self.portal.token_in(mail["id"])})
        stranger.close()

    def _invitations(self, awaited: int) -> list[dict[str, Any]]:
        mails = [mail for mail in self.portal.mails_to(AGENT) if "nvit" in mail["subject"]]
        return mails if len(mails) >= awaited else []

    def live(self, purchase: PurchaseOrder) -> tuple[Any, Any]:
        """One order from draft to invoice; the same keys each time, so that it may be repeated."""
        buyer, seller = self.employees[purchase.employee], self.agents[purchase.vendor]
        order = buyer.post("/orders", self._order(purchase), key=f"adventureworks-order-{purchase.id}")
        seller.post(f"/orders/{order['id']}/confirm", key=f"adventureworks-confirm-{purchase.id}")
        receipt = self._receipt(purchase)
        if receipt["lines"]:
            buyer.post(
                f"/orders/{order['id']}/goods-receipts", receipt, key=f"adventureworks-receipt-{purchase.id}"
            )
        invoice = {
            "order_id": order["id"], "number": f"INV-{purchase.id}", "issue_date": purchase.shipped_on,
            "currency": "USD",
        }  # fmt: skip
        return order, seller.post("/invoices", invoice, key=f"adventureworks-invoice-{purchase.id}")

    def _order(self, purchase: PurchaseOrder) -> dict[str, Any]:
        return {
            "supplier_id": self.suppliers[purchase.vendor],
            "number": f"AW-{purchase.id}",
            "currency": "USD",
            "amount_places": 4,
            "order_date": purchase.ordered_on,
            "submit": True,
            "lines": [
                {
                    "item_number": self.products[line.product][0], "description": self.products[line.product][1],
                    "unit": "C62", "quantity": str(line.ordered), "unit_price": str(line.price), "tax_rate": "0",
                    "delivery_date": line.due,
                }
                for line in purchase.lines
            ],
        }  # fmt: skip

    def _receipt(self, purchase: PurchaseOrder) -> dict[str, Any]:
        return {
            "number": f"GR-{purchase.id}",
            "day": purchase.shipped_on,
            "lines": [
                {"order_line": place, "quantity": str(line.received), "rejected_quantity": str(line.rejected)}
                for place, line in enumerate(purchase.lines, start=1)
                if line.received
            ],
        }


@pytest.mark.requirement("S-232")
@pytest.mark.requirement("S-233")
def test_every_order_line_receipt_and_amount_arrives_and_sums_to_the_last_digit(portal: Portal) -> None:
    orders = purchase_orders()
    feed = Feed(portal)
    feed.prepare(orders)

    with ThreadPoolExecutor(CLIENTS) as clients:
        made = dict(zip(orders, clients.map(feed.live, orders.values()), strict=True))

    total = sum((order.subtotal for order in orders.values()), Decimal(0))
    assert sum(Decimal(order["net"]) for order, _ in made.values()) == total
    for purchase in orders.values():
        order, invoice = made[purchase.id]
        assert Decimal(order["net"]) == purchase.subtotal, purchase.id
        assert [Decimal(line["net"]) for line in order["lines"]] == [line.total for line in purchase.lines]
        assert Decimal(invoice["net"]) == purchase.subtotal
        assert invoice["status"] == "approved", "invoices of exactly what was ordered need nobody"
    _check_lists(feed, orders, total)
    _check_receipts(feed, orders)


def _check_lists(feed: Feed, orders: dict[str, PurchaseOrder], total: Decimal) -> None:
    buyer = next(iter(feed.employees.values()))
    listed = list(buyer.all("/orders"))
    assert {item["number"] for item in listed} == {f"AW-{id}" for id in orders}
    assert len(listed) == len(orders)
    assert sum(item["line_count"] for item in listed) == sum(len(order.lines) for order in orders.values())
    assert sum(Decimal(item["net"]) for item in listed) == total
    invoices = list(buyer.all("/invoices"))
    assert len(invoices) == len(orders)
    assert {item["number"] for item in invoices} == {f"INV-{id}" for id in orders}
    assert sum(Decimal(item["net"]) for item in invoices) == total


def _check_receipts(feed: Feed, orders: dict[str, PurchaseOrder]) -> None:
    moved: dict[str, Decimal] = defaultdict(Decimal)
    for movement in next(iter(feed.employees.values())).all("/goods-movements", kind="goods-receipt"):
        for line in movement["lines"]:
            moved["received"] += Decimal(line["quantity"])
            moved["rejected"] += Decimal(line["rejected_quantity"])
    lines = [line for order in orders.values() for line in order.lines]
    assert moved["received"] == sum(line.received for line in lines)
    assert moved["rejected"] == sum(line.rejected for line in lines)

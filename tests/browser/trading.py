"""A buyer, her colleague and a supplier who trade: the people of the stories about orders."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from deploy.local.caller import Caller
from tests.e2e.portal import Portal

BUYER, COLLEAGUE, SELLER = "anna@velos.example", "taras@velos.example", "sofia@hubs.example"
LIVE = 15_000
WANTED = datetime.now(UTC).date() + timedelta(days=20)
LATER = WANTED + timedelta(days=7)


@dataclass(frozen=True)
class Cast:
    """Anna of Velos orders, Taras is her colleague; Sofia of Hubs takes the orders."""

    anna: Caller
    sofia: Caller
    supplier: str
    numbers: Any

    def order(self, *, submit: bool = True) -> tuple[str, str]:
        """Anna has ordered hubs and spokes; its id and number."""
        lines = [
            {"item_number": "HUB-32", "description": "Hub 32 holes", "quantity": "40", "unit_price": "18.40",
             "tax_rate": "20", "unit": "C62"},
            {"item_number": "SPO-2", "description": "Spoke 2 mm", "quantity": "1000", "unit_price": "0.25",
             "tax_rate": "20", "unit": "C62"},
        ]  # fmt: skip
        placed = self.anna.post(
            "/orders",
            {
                "supplier_id": self.supplier, "lines": lines, "submit": submit,
                "delivery_date": WANTED.isoformat(), "number": f"V-{next(self.numbers):04}",
            },
        )  # fmt: skip
        return placed["id"], placed["number"]


@pytest.fixture(scope="session")
def cast(portal: Portal) -> Cast:
    """The people of the story."""
    velos = portal.organisation("customer", "Velos", "office@velos.example")
    hubs = portal.organisation("supplier", "Hubs", "office@hubs.example")
    anna = portal.invited(velos, "Anna Kovalenko", BUYER, "initiator", "supplier-manager")
    portal.invited(velos, "Taras Hrytsenko", COLLEAGUE, "initiator")
    sofia = portal.invited(hubs, "Sofia Melnyk", SELLER, "supplier-admin")
    terms = {"currency": "EUR", "tolerance_rate": "5", "lead_time_days": 14, "minimum_order": "500"}
    anna.post("/partnerships", {"supplier_id": hubs, "terms": terms})
    for number, name, price in (("HUB-32", "Hub 32 holes", "18.40"), ("SPO-2", "Spoke 2 mm", "0.25")):
        sofia.post(
            "/products",
            {"number": number, "name": name, "unit_price": price, "currency": "EUR", "tax_rate": "20"},
        )
    return Cast(anna, sofia, hubs, count(1))


def shown(day: date) -> str:
    """A day as the English pages write it."""
    return f"{day.day} {day:%b %Y}"

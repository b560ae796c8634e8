"""The companies the measures work with: two customers and two suppliers, eight API keys."""

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from deploy.local.caller import Caller
from deploy.local.places import CHECKOUT
from deploy.local.problems import Problem
from deploy.local.stack import Stack

OPERATOR = "operator@bench.example"
PASSWORD = "nothing-but-a-measure"
FIRST_PASSWORD = "to-be-changed-at-once"
BUYER_ROLES = ["initiator", "buyer-admin", "buyer-accounting"]
SELLER_ROLES = ["supplier-admin", "supplier-user"]
LINES = 10


@dataclass(frozen=True)
class Member:
    """A person with the API key of a program that acts for them."""

    organisation_id: str
    caller: Caller
    key: str


@dataclass(frozen=True)
class World:
    """Who orders from whom: the buyers of a customer order from the supplier of the same place."""

    buyers: list[list[Member]]
    sellers: list[list[Member]]

    def order(self, pair: int, *, submit: bool = True) -> dict[str, Any]:
        """A ten-line order of one pair; what is not said is taken from the supplier's products."""
        return {
            "supplier_id": self.sellers[pair][0].organisation_id,
            "delivery_date": "2099-12-01",
            "delivery_address": "Gate 3, Harbour Road 12, 65000 Odesa",
            "note": "Please deliver before noon.",
            "lines": [{"item_number": f"A-{n:03}", "quantity": f"{n + 1}.5"} for n in range(LINES)],
            "submit": submit,
        }


def made(stack: Stack) -> World:
    """The world, in an empty stack."""
    operator = _operator(stack)
    customers = [_organisation(operator, "customer", f"Buyer {n}") for n in range(2)]
    suppliers = [_organisation(operator, "supplier", f"Seller {n}") for n in range(2)]
    buyers = [_members(stack, operator, id, f"buyer{n}", BUYER_ROLES) for n, id in enumerate(customers)]
    sellers = [_members(stack, operator, id, f"seller{n}", SELLER_ROLES) for n, id in enumerate(suppliers)]
    for pair, supplier in enumerate(suppliers):
        for number in range(LINES):
            product = {"number": f"A-{number:03}", "name": f"Ball bearing 6{number:03}-2RS, sealed"}
            price = {"unit_price": f"{number + 3}.85", "currency": "EUR", "tax_rate": "20"}
            sellers[pair][0].caller.post("/products", {**product, **price})
        terms = {"currency": "EUR", "tolerance_rate": "5", "payment_days": 30}
        buyers[pair][0].caller.post("/partnerships", {"supplier_id": supplier, "terms": terms})
    world = World(buyers, sellers)
    for pair in range(2):
        # A caller repeats what is refused with "later", so this also waits for the partnership to arrive.
        buyers[pair][0].caller.post("/orders", world.order(pair))
    return world


def _operator(stack: Stack) -> Caller:
    done = subprocess.run(
        [
            sys.executable, "-m", "services.accounts.bootstrap", "--organisation", "Bench", "--country", "UA",
            "--name", "Operator", "--email", OPERATOR,
        ],
        cwd=CHECKOUT,
        env={**os.environ, **stack.environment(), "COUNTERPART_BOOTSTRAP_PASSWORD": PASSWORD},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        raise Problem(f"The operator's first user could not be made: {(done.stderr or done.stdout).strip()}")
    return Caller.signed_in(stack.url, OPERATOR, PASSWORD)


def _organisation(operator: Caller, kind: str, name: str) -> str:
    return str(operator.post("/organisations", {"kind": kind, "name": name, "country": "UA"})["id"])


def _members(stack: Stack, operator: Caller, organisation: str, word: str, roles: list[str]) -> list[Member]:
    """One person with four keys: a company's programs, as four of eight clients."""
    operator.post(
        f"/organisations/{organisation}/members",
        {
            "username": f"{word}.bench", "name": word.capitalize(), "roles": roles,
            "password": FIRST_PASSWORD,
        },
    )  # fmt: skip
    first = Caller.signed_in(stack.url, f"{word}.bench", FIRST_PASSWORD)
    first.post("/profile/change-password", {"current_password": FIRST_PASSWORD, "new_password": PASSWORD})
    first.close()
    person = Caller.signed_in(stack.url, f"{word}.bench", PASSWORD)
    keys = [person.post("/api-keys", {"name": f"client {n}", "roles": roles}) for n in range(4)]
    return [Member(organisation, person, key["secret"]) for key in keys]

"""Accounts measured: a partner's balance and statements among few entries of the ledger and among many.

Entries are written by plain SQL; the questions go through the whole service, everything but the broker.
"""

import json
import time
from datetime import date
from typing import Any
from uuid import UUID

from deploy.local.benching.house import House
from services.chassis import wire
from services.chassis.database import Database
from services.chassis.testing import an_actor
from services.contracts.actors import Actor, Role
from services.contracts.invoicing.commands import GetPartnerBalance
from services.contracts.invoicing.reports import GetAccountStatement
from services.contracts.shapes import operation

FIRST, DAY = date(2020, 1, 1), date(2026, 6, 15)
#: Lines of the statement of the small account, and of the great one.
FEW_LINES, MANY_LINES = 200, 10_000

# An invoice of 100.00 and 20 % tax, and its payment: two lines in the account, five entries.
_FILL = """
insert into ledger (source_type, source_id, entry, partnership_id, customer_id, supplier_id, order_id, invoice_id,
    account, amount, currency, posted_on, posted_at)
select e.source, case e.source when 'approval' then t.invoice else t.payment end, e.entry, t.link, t.customer,
    t.supplier, case when e.account <> 'money' then t.invoice end, case when e.account <> 'money' then t.invoice end,
    e.account, e.amount, 'EUR', %(day)s::date - (t.n %% 300)::int, now()
from (
    select n, gen_random_uuid() as invoice, gen_random_uuid() as payment, gen_random_uuid() as link,
        coalesce(%(customer)s::uuid, md5('c' || n %% 500)::uuid) as customer,
        coalesce(%(supplier)s::uuid, md5('s' || n %% 500)::uuid) as supplier
    from generate_series(1, %(invoices)s) n
) t cross join (values
    ('approval', 1, 'receivable', 120.00), ('approval', 2, 'revenue', -100.00), ('approval', 3, 'tax', -20.00),
    ('payment', 1, 'money', 120.00), ('payment', 2, 'receivable', -120.00)
) e (source, entry, account, amount)"""


class Books:
    """Two accounts in a ledger that can grow, and somebody who asks about them."""

    def __init__(self, house: House) -> None:
        from services.invoicing.service import InvoicingService

        self._house = house
        self._service = InvoicingService()
        self._service.database = Database(
            house.stack.postgres.url("invoicing"), stores=InvoicingService.stores, pool_size=1
        )
        self.few, self.many = (self._account(pair) for pair in (0, 1))
        self._fill(*self.few, FEW_LINES // 2)
        self._fill(*self.many, MANY_LINES // 2)
        self._settle()

    def close(self) -> None:
        """Close the connection."""
        self._service.database.dispose()

    def grow(self, entries: int) -> None:
        """Entries of other people's accounts, until there are so many in all."""
        there = self._house.value("invoicing", "select count(*) from ledger")
        self._fill(None, None, max(0, entries - there) // 5)
        self._settle()

    def balance(self, account: tuple[str, str], rounds: int) -> float:
        """Milliseconds of a partner's balance, the best of some rounds."""
        return self._took(account, GetPartnerBalance(partner_id=UUID(account[1])), rounds)

    def statement(self, account: tuple[str, str], rounds: int) -> float:
        """Milliseconds of a statement of everything, the best of some rounds."""
        wish = GetAccountStatement(partner_id=UUID(account[1]), currency="EUR", date_from=FIRST, date_to=DAY)
        return self._took(account, wish, rounds)

    def _account(self, pair: int) -> tuple[str, str]:
        world = self._house.world
        return world.buyers[pair][0].organisation_id, world.sellers[pair][0].organisation_id

    def _fill(self, customer: str | None, supplier: str | None, invoices: int) -> None:
        values = {"customer": customer, "supplier": supplier, "invoices": invoices, "day": DAY}
        with self._house.database("invoicing").cursor() as cursor:
            cursor.execute(_FILL, values)

    def _settle(self) -> None:
        with self._house.database("invoicing").cursor() as cursor:
            cursor.execute("vacuum analyze ledger")

    def _took(self, account: tuple[str, str], wish: Any, rounds: int) -> float:
        declared = operation(type(wish))
        request = {
            "actor": wire.encode(_asker(account[0])), "command_id": None, "expected": None,
            "correlation_id": "bench", "payload": json.loads(wire.dumps(wish)),
        }  # fmt: skip
        answer = getattr(self._service, declared.name)
        best = float("inf")
        for _ in range(rounds):
            began = time.perf_counter()
            reply = answer(request)
            best = min(best, time.perf_counter() - began)
            if not reply.startswith('{"ok"'):
                raise RuntimeError(f"{declared.name} was refused: {reply[:500]}")
        return 1000 * best


def _asker(customer: str) -> Actor:
    return an_actor(Role.BUYER_ACCOUNTING, organisation_id=UUID(customer), organisation_name="Bench")

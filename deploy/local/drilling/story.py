"""The life of one order, from draft to payment, as two organisations live it.

A story asks for things and looks at the answers. Which turns it takes is settled by the seed; what the system
makes of it (an invoice held or approved) decides the rest.
"""

import random
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Protocol
from uuid import UUID

from deploy.local.drilling.calls import Who
from deploy.local.drilling.cast import Partnership
from deploy.local.drilling.plan import Mix
from services.contracts.invoicing import commands as invoicing
from services.contracts.orders import commands as orders
from services.contracts.shapes import Command, Query

PRICE = Decimal("0.0001")
CENT = Decimal("0.01")

#: What a rival may be told who came second.
BEATEN = frozenset({"more-than-open", "not-payable", "nothing-open", "number-taken"})


class Broken(Exception):
    """The story cannot go on: something was refused that should not have been, or nobody answers any more."""


@dataclass(frozen=True)
class Wanted:
    """A command a story wants carried out, and how its effect is recognised."""

    wish: Command
    who: Who
    fact: str
    target: str | None = None
    expected: int | None = None
    may_be: frozenset[str] = frozenset()
    """Refusals that are right as well."""
    amounts: tuple[tuple[str, str], ...] = ()


class Client(Protocol):
    """Who lives through a story."""

    def do(self, wanted: Wanted, key: str) -> Any | None:
        """The answer, or None when it was refused as it may be; raises Broken."""

    def race(self, rivals: Sequence[tuple[Wanted, str]]) -> list[Any | None]:
        """All at the same moment."""

    def look(self, question: Query, who: Who) -> Any:
        """The answer to a question; raises Broken."""

    def saw(self, kind: str, id: str) -> None:
        """A document of this kind is there, for the foreigners to try."""


class Story:
    """One order and everything that follows from it."""

    def __init__(
        self, number: int, client: Client, link: Partnership, rng: random.Random, mix: Mix, *, invoices: bool
    ) -> None:
        self._number, self._client, self._link, self._rng, self._mix = number, client, link, rng, mix
        self._invoices = invoices
        self._order: Any = None
        self._invoice_count = 0
        self._buyer = link.customer.people["buyer"]
        self._accountant = link.customer.people["accountant"]
        self._seller = link.supplier.people["seller"]

    def live(self) -> None:
        """All of it; raises Broken."""
        self._place()
        if self._chance(self._mix.refused):
            self._of_order(
                orders.RefuseOrder(order_id=self._id, reason="Out of stock."), "order-refused", self._seller
            )
            return
        if self._chance(self._mix.cancelled):
            self._of_order(
                orders.CancelOrder(order_id=self._id, reason="Not needed."), "order-cancelled", self._buyer
            )
            return
        self._talk_about_it()
        self._confirm()
        self._deliver()
        if self._invoices:
            self._bill()
        if self._chance(self._mix.closed):
            self._of_order(orders.CloseOrder(order_id=self._id), "order-closed", self._buyer)

    # ------------------------------------------------------------------------------------- the order

    def _place(self) -> None:
        submit = self._chance(0.6)
        wish = orders.DraftOrder(
            supplier_id=self._link.supplier.id,
            lines=self._some_lines(),
            amount_places=2,
            delivery_date=date.today() + timedelta(days=self._rng.randint(1, 60)),  # noqa: DTZ011 - any day will do
            note=f"order {self._number} of the drill",
            submit=submit,
        )
        fact = "order-submitted" if submit else "order-drafted"
        self._order = self._do(Wanted(wish, self._buyer, fact))
        self._client.saw("order", self._order["id"])
        if not submit:
            self._of_order(orders.SubmitOrder(order_id=self._id), "order-submitted", self._buyer)

    def _talk_about_it(self) -> None:
        if self._chance(self._mix.revised):
            wish = orders.ReviseOrder(order_id=self._id, lines=self._some_lines(), note="Changed our minds.")
            self._of_order(wish, "order-revised", self._buyer)
        if self._chance(self._mix.dates):
            day = date.today() + timedelta(days=90)  # noqa: DTZ011
            proposal = orders.ProposeDeliveryDate(order_id=self._id, date=day, reason="The ship is late.")
            self._of_order(proposal, "delivery-date-proposed", self._seller)
            if self._chance(0.5):
                change = orders.ChangeDeliveryDate(order_id=self._id, date=day)
                self._of_order(change, "delivery-date-changed", self._buyer)
            else:
                no = orders.DeclineDeliveryDate(order_id=self._id, reason="We cannot wait.")
                self._of_order(no, "delivery-date-declined", self._buyer)

    def _confirm(self) -> None:
        answers: tuple[orders.LineAnswer, ...] = ()
        first = self._order["lines"][0]
        if self._chance(0.2) and Decimal(first["quantity"]) > 1:
            less = orders.LineAnswer(number=first["number"], quantity=Decimal(first["quantity"]) - 1)
            answers = (less,)
        self._of_order(orders.ConfirmOrder(order_id=self._id, lines=answers), "order-confirmed", self._seller)

    def _deliver(self) -> None:
        if not self._chance(self._mix.shipped):
            return
        if self._chance(0.5):
            self._of_order(orders.StartOrder(order_id=self._id), "order-started", self._seller)
        today = date.today()  # noqa: DTZ011
        line = self._order["lines"][0]
        quantity = Decimal(line["confirmed_quantity"])
        issue = orders.IssueGoods(
            order_id=self._id, number=f"DN-{self._number}", day=today,
            lines=(orders.IssuedLine(order_line=line["number"], quantity=quantity),),
        )  # fmt: skip
        self._do(Wanted(issue, self._seller, "goods-issued", target=str(self._id)))
        if self._chance(0.5):
            received = orders.ReceivedLine(
                order_line=line["number"], quantity=quantity, rejected_quantity=Decimal(0)
            )
            receipt = orders.ReceiveGoods(
                order_id=self._id, number=f"GR-{self._number}", day=today, lines=(received,)
            )
            self._do(Wanted(receipt, self._buyer, "goods-received", target=str(self._id)))
        self._order = self._client.look(orders.GetOrder(order_id=self._id), self._buyer)

    @property
    def _id(self) -> UUID:
        return UUID(self._order["id"])

    def _of_order(self, wish: Command, fact: str, who: Who) -> None:
        self._order = self._do(Wanted(wish, who, fact, target=str(self._id)))

    def _some_lines(self) -> tuple[orders.DraftLine, ...]:
        return tuple(
            orders.DraftLine(
                item_number=f"A-{place}",
                quantity=Decimal(self._rng.randint(1, 40)),
                description=f"Article {place}",
                unit="C62",
                unit_price=Decimal(self._rng.randint(50, 200_000)) / 100,
                tax_rate=Decimal(self._rng.choice((0, 7, 19))),
            )
            for place in range(1, self._rng.randint(1, 4) + 1)
        )

    # ---------------------------------------------------------------------------------- the invoices

    def _bill(self) -> None:
        rivals = self._chance(self._mix.rivals)
        sent = self._rival_invoices() if rivals else [self._one_invoice()]
        for invoice in sent:
            self._settle(invoice)

    def _one_invoice(self) -> Any:
        kind = self._rng.choices(("exact", "within", "over", "stranger", "part"), (45, 15, 18, 10, 12))[0]
        return self._do(self._invoice(self._contents(kind)))

    def _rival_invoices(self) -> list[Any]:
        contents = self._contents("exact")
        rivals = [(self._invoice(contents), self._key()) for _ in range(self._mix.rival_count)]
        sent = [invoice for invoice in self._client.race(rivals) if invoice is not None]
        for invoice in sent:
            self._client.saw("invoice", invoice["id"])
        # Later ones may wait until earlier ones are decided: as they were sent is the order to decide in.
        return sorted(sent, key=lambda invoice: invoice["submitted_at"])

    def _invoice(self, contents: tuple[invoicing.LineContent, ...] | None) -> Wanted:
        self._invoice_count += 1
        wish = invoicing.SendInvoice(
            order_id=self._id,
            number=f"INV-{self._number}-{self._invoice_count}",
            lines=contents,
            note=f"invoice for order {self._number}",
            order_sequence=self._order["sequence"],
        )
        return Wanted(wish, self._seller, "invoice-submitted")

    def _contents(self, kind: str) -> tuple[invoicing.LineContent, ...]:
        rate = self._link.tolerance_rate / 100
        factor = {"within": 1 + rate / 2, "over": 1 + rate + Decimal("0.2")}.get(kind, Decimal(1))
        share = Decimal("0.5") if kind == "part" else Decimal(1)
        lines = [
            invoicing.LineContent(
                order_line=line["number"],
                quantity=Decimal(line["confirmed_quantity"] if factor == 1 else line["quantity"]) * share,
                unit_price=(Decimal(line["unit_price"]) * factor).quantize(PRICE, ROUND_HALF_UP),
            )
            for line in self._order["lines"]
            if Decimal(line["confirmed_quantity"]) > 0
        ]
        if kind == "stranger":
            lines.append(
                invoicing.LineContent(
                    item_number="X-99",
                    description="A thing nobody ordered",
                    unit="C62",
                    quantity=Decimal(1),
                    unit_price=Decimal("1.5"),
                )
            )
        return tuple(lines)

    def _settle(self, invoice: Any) -> None:
        self._client.saw("invoice", invoice["id"])
        # An invoice that waited was matched anew when the one before it was decided.
        invoice = self._client.look(invoicing.GetInvoice(invoice_id=UUID(invoice["id"])), self._buyer)
        if invoice["status"] in ("pending", "matching"):
            invoice = self._decide(invoice)
        if invoice["status"] == "approved":
            self._pay(invoice)

    def _decide(self, invoice: Any) -> Any:
        id = UUID(invoice["id"])
        if invoice["status"] == "matching":
            cancel = invoicing.CancelInvoice(invoice_id=id, reason="Sent once too often.")
            return self._of_invoice(cancel, "invoice-cancelled", self._seller, invoice)
        roll = self._rng.random()
        if roll < 0.5:
            wish: Command = invoicing.ApproveInvoice(invoice_id=id, remark="All right.")
            return self._of_invoice(wish, "invoice-approved", self._buyer, invoice)
        if roll < 0.7:
            wish = invoicing.RejectInvoice(invoice_id=id, reason="Too much.")
            return self._of_invoice(wish, "invoice-rejected", self._buyer, invoice)
        if roll < 0.8:
            wish = invoicing.CancelInvoice(invoice_id=id, reason="Our mistake.")
            return self._of_invoice(wish, "invoice-cancelled", self._seller, invoice)
        return self._rework(invoice)

    def _rework(self, invoice: Any) -> Any:
        id = UUID(invoice["id"])
        back = invoicing.ReturnInvoice(invoice_id=id, reason="Bill what we ordered.")
        invoice = self._of_invoice(back, "invoice-returned-for-rework", self._buyer, invoice)
        change = invoicing.ChangeInvoiceDraft(
            invoice_id=id, number=invoice["number"], issue_date=date.fromisoformat(invoice["issue_date"]),
            lines=self._contents("exact"),
        )  # fmt: skip
        wanted = Wanted(
            change, self._seller, "invoice-draft-changed", target=str(id), expected=invoice["sequence"]
        )
        self._do(wanted)
        again = invoicing.SendInvoiceDraft(invoice_id=id)
        return self._of_invoice(again, "invoice-submitted", self._seller, invoice)

    def _pay(self, invoice: Any) -> None:
        gross = Decimal(invoice["gross"])
        roll = self._rng.random()
        if gross == 0 or roll < 0.1:
            return
        if roll < 0.55 or gross < 1:
            self._do(self._payment(invoice, gross))
        elif roll < 0.9:
            part = (gross * Decimal("0.3")).quantize(CENT)
            self._do(self._payment(invoice, part))
            self._do(self._payment(invoice, gross - part))
        else:
            rivals = [(self._payment(invoice, gross, BEATEN), self._key()) for _ in range(2)]
            self._client.race(rivals)

    def _payment(self, invoice: Any, amount: Decimal, may_be: frozenset[str] = frozenset()) -> Wanted:
        wish = invoicing.RegisterPayment(
            invoice_id=UUID(invoice["id"]), amount=amount, reference=f"for {invoice['number']}"
        )
        amounts = (("amount", str(amount)),)
        return Wanted(
            wish, self._accountant, "payment-registered", target=invoice["id"], may_be=may_be, amounts=amounts
        )

    def _of_invoice(self, wish: Command, fact: str, who: Who, invoice: Any) -> Any:
        return self._do(Wanted(wish, who, fact, target=invoice["id"]))

    # ---------------------------------------------------------------------------------------- inside

    def _do(self, wanted: Wanted) -> Any:
        answer = self._client.do(wanted, self._key())
        if answer is None:
            raise Broken(f"{type(wanted.wish).__name__} was refused")
        return answer

    def _key(self) -> str:
        return str(uuid.UUID(int=self._rng.getrandbits(128), version=4))

    def _chance(self, probability: float) -> bool:
        return self._rng.random() < probability

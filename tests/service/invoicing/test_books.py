"""The check of the books: finds nothing where nothing is wrong, whatever was done, and everything that is."""

import contextlib
from collections.abc import Callable
from decimal import Decimal
from random import Random

import pytest

from services.chassis.testing import RefusedCall, an_actor
from services.contracts.actors import Role
from services.contracts.invoicing import audits, credit_notes, payments, reports
from services.contracts.invoicing.audits import AuditRule
from services.contracts.invoicing.credit_notes import CreditBasis, CreditContent
from services.contracts.invoicing.views import Invoice
from services.invoicing import auditing
from tests.service.invoicing.world import World, billing

R = AuditRule
FORGETS_MONEY = (
    "alter table ledger disable trigger user; delete from ledger where account = 'money';"
    " alter table ledger enable trigger user"
)
AUDITOR = an_actor(Role.OPERATOR_ACCOUNTING, name="Olena Audit", organisation_name="The Operator")


def _found(world: World) -> list[audits.AuditRule]:
    return [each.rule for each in world.call(audits.CheckLedger(), AUDITOR).differences]


class Trader:
    """Does whatever may be done with money, by dice; what is refused changes nothing."""

    def __init__(self, world: World, seed: int) -> None:
        self.world, self.dice = world, Random(seed)
        self.invoices: list[Invoice] = []
        self.payments: list[payments.PaymentDocument] = []

    def act(self) -> None:
        acts: list[Callable[[], None]] = [
            self.invoice, self.pay, self.pay, self.allocate, self.reverse, self.credit, self.credit,
        ]  # fmt: skip
        # IndexError: nothing there yet to do it to.
        with contextlib.suppress(RefusedCall, IndexError):
            self.dice.choice(acts)()

    def invoice(self) -> None:
        price = Decimal(self.dice.randint(1, 30000)) / 100
        order = self.world.announce(self.world.an_order())
        line = billing(str(price), quantity=str(self.dice.randint(1, 5)))
        self.invoices.append(self.world.send(line, order=order))

    def _amount(self, most: Decimal) -> str:
        return str(max(Decimal("0.01"), (most * self.dice.randint(1, 110) / 100).quantize(Decimal("0.01"))))

    def pay(self) -> None:
        chosen = self.dice.sample(self.invoices, min(len(self.invoices), self.dice.randint(0, 2)))
        parts = [(one, self._amount(self.world.get(one.id).open)) for one in chosen]
        whole = sum((Decimal(amount) for _, amount in parts), Decimal(self.dice.randint(0, 50)))
        self.payments.append(self.world.pay_many(str(whole), *parts))

    def allocate(self) -> None:
        payment, invoice = self.dice.choice(self.payments), self.dice.choice(self.invoices)
        part = self.world.parts((invoice, self._amount(payment.amount)))
        self.world.call(
            payments.AllocatePayment(payment_id=payment.id, allocations=part), self.world.accountant
        )

    def reverse(self) -> None:
        payment = self.dice.choice(self.payments)
        self.world.call(payments.ReversePayment(payment_id=payment.id, reason="x"), self.world.accountant)

    def credit(self) -> None:
        invoice = self.world.get(self.dice.choice(self.invoices).id)
        [line] = invoice.lines
        by_value = self.dice.random() < 0.5
        content = (
            CreditContent(line=1, amount=Decimal(self._amount(line.net)))
            if by_value
            else CreditContent(line=1, quantity=Decimal(self.dice.randint(1, 5)))
        )
        self.world.numbers += 1
        wish = credit_notes.IssueCreditNote(
            invoice_id=invoice.id,
            number=f"CN-{self.world.numbers}",
            basis=CreditBasis.VALUE if by_value else CreditBasis.QUANTITY,
            reason="x",
            lines=(content,),
        )
        self.world.call(wish, self.world.supplier)


@pytest.mark.requirement("S-232")
def test_whatever_was_done_the_books_agree_and_statements_equal_the_balances(world: World) -> None:
    # That any sequence adds up is shown in memory (tests/unit/invoicing/test_any_sequence.py); this one walk
    # shows that the statements of SQL say the same.
    trader = Trader(world, seed=1)
    trader.invoice()
    for _ in range(40):
        trader.act()

    assert _found(world) == []
    assert len(trader.invoices) > 1
    assert trader.payments
    wish = reports.GetAccountStatement(partner_id=world.supplier.organisation_id, currency="EUR")
    closing = world.call(wish, world.accountant).closing
    [balance] = world.call(reports.ListBalances(), world.accountant).items
    assert (closing.receivable, closing.payable) == (balance.due, balance.advances)
    now = [world.get(one.id) for one in trader.invoices]
    assert sum(one.open for one in now) == balance.due
    assert all(line.credited_net <= line.net for one in now for line in one.lines)
    assert all(line.credited_quantity <= line.quantity for one in now for line in one.lines)


@pytest.mark.parametrize(
    ("statement", "rules"),
    [
        ("update payment_documents set allocated = 0", [R.ADVANCES, R.ALLOCATED]),
        ("update invoices set paid = 0, status = 'approved'", [R.RECEIVABLES, R.PAID]),
        ("update invoices set credited = 1", [R.CREDITED]),
        (FORGETS_MONEY, [R.POSTINGS]),
    ],
)  # fmt: skip
def test_what_does_not_agree_is_found(
    world: World, owner: object, statement: str, rules: list[AuditRule]
) -> None:
    world.pay(world.send(billing("100.00")).id, "40.00")
    assert _found(world) == []

    with owner.begin() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("select set_config('app.scope', 'system', true)")
        connection.exec_driver_sql(statement)

    assert _found(world) == rules
    [last, first] = world.call(audits.ListLedgerChecks(), world.operator).items
    assert (last.count, first.count) == (len(rules), 0)


def test_the_books_are_checked_once_a_day_by_themselves(world: World) -> None:
    checks = []
    for _ in range(2):
        with world.harness.database.transaction() as tx:
            checks.append(auditing.check_once_a_night(tx))

    assert [check is not None for check in checks] == [True, False]
    assert len(world.call(audits.ListLedgerChecks(), world.operator).items) == 1


def test_only_operators_check_the_books(world: World) -> None:
    for actor in (world.admin, world.supplier):
        for wish in (audits.CheckLedger(), audits.ListLedgerChecks()):
            with pytest.raises(RefusedCall) as refusal:
                world.call(wish, actor)
            assert refusal.value.status == 403

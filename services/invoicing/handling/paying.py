"""What is paid, and what is due."""

from services.chassis.commands import command, query
from services.chassis.database import Transaction
from services.contracts.invoicing import commands, views
from services.invoicing import queries
from services.invoicing.domain.invoice import Invoice, person


class Paying:
    """Payments and balances."""

    @command(commands.PlanPayment)
    def plan_payment(self, tx: Transaction, wish: commands.PlanPayment) -> views.Invoice:
        """See the command."""
        invoice = tx.get(Invoice, wish.invoice_id)
        invoice.plan_payment(on=wish.planned_on, at=tx.at)
        return invoice.view()

    @command(commands.RegisterPayment)
    def register_payment(self, tx: Transaction, wish: commands.RegisterPayment) -> views.Invoice:
        """See the command."""
        invoice = tx.get(Invoice, wish.invoice_id)
        payment = views.Payment(
            id=tx.new_id(),
            invoice_id=invoice.id,
            amount=wish.amount,
            currency=invoice.currency,
            paid_on=wish.paid_on or tx.at.date(),
            reference=wish.reference,
            registered_by=person(tx.actor),
            registered_at=tx.at,
        )
        invoice.pay(payment, at=tx.at)
        return invoice.view()

    @query(commands.ListPayments)
    def list_payments(self, tx: Transaction, question: commands.ListPayments) -> views.Payments:
        """See the query."""
        tx.peek(Invoice, question.invoice_id)
        return queries.payments_of(tx, question.invoice_id)

    @query(commands.GetPartnerBalance)
    def get_partner_balance(
        self, tx: Transaction, question: commands.GetPartnerBalance
    ) -> views.PartnerBalance:
        """See the query."""
        return queries.partner_balance(tx, question.partner_id)

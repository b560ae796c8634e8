"""What is paid, and what is due."""

from services.chassis.commands import command, query
from services.chassis.database import Transaction
from services.contracts.invoicing import commands, views
from services.contracts.invoicing import payments as wishes
from services.invoicing import payments, queries
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.payment import Part, PaymentDocument


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
        payment_id = tx.new_id()
        payment = PaymentDocument.record_for(
            payment_id=payment_id,
            partnership_id=invoice.partnership_id,
            customer=invoice.customer,
            supplier=invoice.supplier,
            currency=invoice.currency,
            amount=wish.amount,
            paid_on=wish.paid_on,
            reference=wish.reference,
            # One payment of one invoice: the two are the same thing, and have the same id.
            parts=[Part(payment_id, invoice, wish.amount)],
            by=tx.actor,
            at=tx.at,
        )
        tx.add(payment)
        return invoice.view()

    @command(wishes.RecordPayment)
    def record_payment(self, tx: Transaction, wish: wishes.RecordPayment) -> wishes.PaymentDocument:
        """See the command."""
        partnership_id, customer, supplier = payments.partnership_with(tx, wish.supplier_id)
        payment = PaymentDocument.record_for(
            payment_id=tx.new_id(),
            partnership_id=partnership_id,
            customer=customer,
            supplier=supplier,
            currency=wish.currency,
            amount=wish.amount,
            paid_on=wish.paid_on,
            reference=wish.reference,
            parts=payments.parts_of(tx, wish.allocations),
            by=tx.actor,
            at=tx.at,
        )
        tx.add(payment)
        return payment.view()

    @command(wishes.AllocatePayment)
    def allocate_payment(self, tx: Transaction, wish: wishes.AllocatePayment) -> wishes.PaymentDocument:
        """See the command."""
        payment = tx.get(PaymentDocument, wish.payment_id)
        payment.allocate(payments.parts_of(tx, wish.allocations), by=tx.actor, at=tx.at)
        return payment.view()

    @command(wishes.ReversePayment)
    def reverse_payment(self, tx: Transaction, wish: wishes.ReversePayment) -> wishes.PaymentDocument:
        """See the command."""
        payment = tx.get(PaymentDocument, wish.payment_id)
        paid = sorted({allocation.invoice_id for allocation in payment.allocations})
        invoices = [tx.get(Invoice, invoice_id) for invoice_id in paid]
        payment.reverse(invoices, reason=wish.reason, by=tx.actor, at=tx.at)
        return payment.view()

    @query(wishes.GetPayment)
    def get_payment(self, tx: Transaction, question: wishes.GetPayment) -> wishes.PaymentDocument:
        """See the query."""
        return tx.peek(PaymentDocument, question.payment_id).view()

    @query(wishes.ListPaymentDocuments)
    def list_payment_documents(
        self, tx: Transaction, question: wishes.ListPaymentDocuments
    ) -> wishes.PaymentPage:
        """See the query."""
        return payments.list_documents(tx, question)

    @query(commands.ListPayments)
    def list_payments(self, tx: Transaction, question: commands.ListPayments) -> views.Payments:
        """See the query."""
        tx.peek(Invoice, question.invoice_id)
        return payments.payments_of(tx, question.invoice_id)

    @query(commands.GetPartnerBalance)
    def get_partner_balance(
        self, tx: Transaction, question: commands.GetPartnerBalance
    ) -> views.PartnerBalance:
        """See the query."""
        return queries.partner_balance(tx, question.partner_id)

"""The buyer's part: what comes of an invoice that is held, and of a line that is contested."""

from services.chassis.commands import command, query
from services.chassis.database import Transaction
from services.contracts.invoicing import commands, views
from services.invoicing import queries, waiting
from services.invoicing.domain.invoice import Invoice, person
from services.invoicing.handling import matching


class Deciding:
    """Approve, reject, give back; disputes."""

    @command(commands.ApproveInvoice)
    def approve_invoice(self, tx: Transaction, wish: commands.ApproveInvoice) -> views.Invoice:
        """See the command."""
        order, terms = queries.order_of_invoice(tx, wish.invoice_id)
        invoice = tx.get(Invoice, wish.invoice_id)
        stands_in, asked_at = waiting.stands_in(tx, invoice), invoice.asked_at
        invoice.approve(by=tx.actor, remark=wish.remark, at=tx.at, stands_in=stands_in)
        waiting.measure_answer(tx, invoice, asked_at)
        queries.count_approval(tx, invoice, None)
        matching.match_those_waiting(tx, order, terms, invoice)
        return invoice.view()

    @command(commands.RejectInvoice)
    def reject_invoice(self, tx: Transaction, wish: commands.RejectInvoice) -> views.Invoice:
        """See the command."""
        order, terms = queries.order_of_invoice(tx, wish.invoice_id)
        invoice = tx.get(Invoice, wish.invoice_id)
        stands_in, asked_at = waiting.stands_in(tx, invoice), invoice.asked_at
        invoice.reject(
            by=tx.actor, reason=wish.reason, at=tx.at, stands_in=stands_in, codes=(wish.code, wish.action)
        )
        waiting.measure_answer(tx, invoice, asked_at)
        matching.match_those_waiting(tx, order, terms, invoice)
        return invoice.view()

    @command(commands.ReturnInvoice)
    def return_invoice(self, tx: Transaction, wish: commands.ReturnInvoice) -> views.Invoice:
        """See the command."""
        order, terms = queries.order_of_invoice(tx, wish.invoice_id)
        invoice = tx.get(Invoice, wish.invoice_id)
        stands_in, asked_at = waiting.stands_in(tx, invoice), invoice.asked_at
        invoice.give_back(
            terms=terms,
            by=tx.actor,
            reason=wish.reason,
            at=tx.at,
            stands_in=stands_in,
            codes=(wish.code, wish.action),
        )
        waiting.measure_answer(tx, invoice, asked_at)
        matching.match_those_waiting(tx, order, terms, invoice)
        return invoice.view()

    @command(commands.DisputeLine)
    def dispute_line(self, tx: Transaction, wish: commands.DisputeLine) -> views.Invoice:
        """See the command."""
        invoice = tx.get(Invoice, wish.invoice_id)
        net, held = invoice.part_of(wish.line, wish.quantity, wish.amount)
        raised = views.Dispute(
            id=tx.new_id(),
            line=wish.line,
            reason=wish.reason,
            note=wish.note,
            net=net,
            held=held,
            raised_by=person(tx.actor),
            raised_at=tx.at,
        )
        invoice.dispute(raised, by=tx.actor)
        return invoice.view()

    @command(commands.SettleDispute)
    def settle_dispute(self, tx: Transaction, wish: commands.SettleDispute) -> views.Invoice:
        """See the command."""
        invoice = tx.get(Invoice, wish.invoice_id)
        invoice.settle(wish.dispute_id, wish.outcome, note=wish.note, by=tx.actor, at=tx.at)
        return invoice.view()

    @query(commands.GetInvoiceMatches)
    def get_invoice_matches(self, tx: Transaction, question: commands.GetInvoiceMatches) -> views.Matches:
        """See the query."""
        tx.peek(Invoice, question.invoice_id)
        return queries.matches_of(tx, question.invoice_id)

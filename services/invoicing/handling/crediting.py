"""What is given back of invoices."""

from services.chassis.commands import command, query
from services.chassis.database import Transaction
from services.contracts.invoicing import credit_notes as wishes
from services.contracts.invoicing.credit_notes import CreditBasis
from services.invoicing import credit_notes, queries
from services.invoicing.domain.credit import CreditNote
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.payment import PaymentDocument


class Crediting:
    """Credit notes."""

    @command(wishes.IssueCreditNote)
    def issue_credit_note(self, tx: Transaction, wish: wishes.IssueCreditNote) -> wishes.CreditNote:
        """See the command."""
        order, terms = queries.order_of_invoice(tx, wish.invoice_id)
        invoice = tx.get(Invoice, wish.invoice_id)
        terms.check_enabled(order)
        note = CreditNote.issue(
            invoice,
            credit_note_id=tx.new_id(),
            number=wish.number,
            basis=wish.basis,
            reason=wish.reason,
            issue_date=wish.issue_date,
            dispute_id=wish.dispute_id,
            contents=wish.lines,
            charges=wish.charges,
            by=tx.actor,
            at=tx.at,
        )
        tx.add(note)
        advance = PaymentDocument.from_credit(note.view(), payment_id=tx.new_id())
        if advance is not None:
            tx.add(advance)
        if note.basis is CreditBasis.QUANTITY:
            net, gross = (invoice.counting(amount) for amount in (note.net, note.gross))
            queries.count_return(tx, order.id, net, gross)
        return note.view()

    @query(wishes.GetCreditNote)
    def get_credit_note(self, tx: Transaction, question: wishes.GetCreditNote) -> wishes.CreditNote:
        """See the query."""
        return tx.peek(CreditNote, question.credit_note_id).view()

    @query(wishes.ListCreditNotes)
    def list_credit_notes(self, tx: Transaction, question: wishes.ListCreditNotes) -> wishes.CreditNotePage:
        """See the query."""
        return credit_notes.list_credit_notes(tx, question)

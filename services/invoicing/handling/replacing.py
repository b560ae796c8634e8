"""What becomes of the documents when goods come back."""

from services.chassis.commands import query
from services.chassis.database import Transaction
from services.contracts.invoicing import replacing as asked
from services.invoicing import consolidating
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.replacing import replacement_advice


class Replacing:
    """The rule of A6, for whoever asks."""

    @query(asked.GetReplacementAdvice)
    def get_replacement_advice(
        self, tx: Transaction, question: asked.GetReplacementAdvice
    ) -> asked.ReplacementAdvice:
        """See the query."""
        return replacement_advice(
            tx.peek(Invoice, question.invoice_id),
            consolidated_on=consolidating.consolidated_on(tx, question.invoice_id),
            today=consolidating.day_of_portal(tx),
        )

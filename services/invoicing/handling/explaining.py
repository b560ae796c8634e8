"""Stored decisions, told to whoever asks as far as they may know them."""

from services.chassis.commands import query
from services.chassis.database import Transaction
from services.contracts.actors import OrganisationKind
from services.contracts.invoicing import decisions as asked
from services.contracts.invoicing.decisions import GetInvoiceDecisions, ToldDecisions
from services.invoicing import queries
from services.invoicing.domain import preflight
from services.invoicing.domain.invoice import Invoice


class Explaining:
    """Why an invoice stands where it stands."""

    @query(GetInvoiceDecisions)
    def get_invoice_decisions(self, tx: Transaction, question: asked.GetInvoiceDecisions) -> ToldDecisions:
        """See the query."""
        invoice = tx.peek(Invoice, question.invoice_id)
        if tx.actor.kind is not OrganisationKind.SUPPLIER:
            kept = queries.matches_of(tx, invoice.id).items
            return ToldDecisions(items=tuple(preflight.decided(match, openly=False) for match in kept))
        _, terms = queries.order_with_terms(tx, invoice.order_id, lock=False)
        return ToldDecisions(
            items=tuple(
                preflight.decided(match, openly=not (terms.tells_limit and match.inputs.tells_limit))
                for match in queries.matches_of_supplier(tx, invoice.id)
            )
        )

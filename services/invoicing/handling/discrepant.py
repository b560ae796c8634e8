"""How often what is billed differs from what was ordered."""

from services.chassis.commands import command, query
from services.chassis.database import Transaction
from services.contracts.invoicing import discrepancies as asked
from services.contracts.invoicing.events import DiscrepancyAdviceSet
from services.contracts.parties import Party
from services.invoicing import discrepancies


class Discrepant:
    """Discrepancy rates."""

    @query(asked.GetDiscrepancies)
    def get_discrepancies(self, tx: Transaction, question: asked.GetDiscrepancies) -> asked.Discrepancies:
        """See the query."""
        return discrepancies.discrepancies(tx, question)

    @query(asked.ListDiscrepantLines)
    def list_discrepant_lines(
        self, tx: Transaction, question: asked.ListDiscrepantLines
    ) -> asked.DiscrepantLinePage:
        """See the query."""
        return discrepancies.lines_behind(tx, question)

    @command(asked.SetDiscrepancyAdvice)
    def set_discrepancy_advice(
        self, tx: Transaction, wish: asked.SetDiscrepancyAdvice
    ) -> asked.DiscrepancyAdvice:
        """See the command."""
        discrepancies.set_threshold(tx, wish.threshold)
        advice = asked.DiscrepancyAdvice(threshold=wish.threshold)
        operator = Party(id=tx.actor.organisation_id, name=tx.actor.organisation_name)
        tx.announce(
            DiscrepancyAdviceSet(advice=advice, operator=operator),
            aggregate="discrepancy_advice",
            aggregate_id=tx.new_id(),
            sequence=1,
        )
        return advice

"""How accounts stand."""

from services.chassis.commands import query
from services.chassis.database import Transaction
from services.contracts.invoicing import comparing as comparisons
from services.contracts.invoicing import reports as questions
from services.invoicing import comparing, reports


class Reporting:
    """Balances, statements and ageing."""

    @query(questions.ListBalances)
    def list_balances(self, tx: Transaction, question: questions.ListBalances) -> questions.Balances:
        """See the query."""
        return reports.balances(tx, question.partner_id)

    @query(questions.GetBalancesByOrder)
    def get_balances_by_order(
        self, tx: Transaction, question: questions.GetBalancesByOrder
    ) -> questions.BalancesByOrder:
        """See the query."""
        return reports.by_order(tx, question.partner_id)

    @query(questions.GetAccountStatement)
    def get_account_statement(
        self, tx: Transaction, question: questions.GetAccountStatement
    ) -> questions.AccountStatement:
        """See the query."""
        return reports.statement(tx, question)

    @query(questions.GetAgeing)
    def get_ageing(self, tx: Transaction, question: questions.GetAgeing) -> questions.Ageing:
        """See the query."""
        return reports.ageing(tx, question.partner_id)

    @query(comparisons.CompareLedger)
    def compare_ledger(
        self, tx: Transaction, question: comparisons.CompareLedger
    ) -> comparisons.LedgerComparison:
        """See the query."""
        return comparing.compare(tx, question)

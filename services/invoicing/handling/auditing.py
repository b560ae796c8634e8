"""Whether the books agree with the documents."""

from services.chassis.commands import command, query
from services.chassis.database import Transaction
from services.contracts.invoicing import audits
from services.invoicing import auditing


class Auditing:
    """The check of the books, and what it found."""

    @command(audits.CheckLedger)
    def check_ledger(self, tx: Transaction, wish: audits.CheckLedger) -> audits.LedgerCheck:
        """See the command."""
        return auditing.check(tx)

    @query(audits.ListLedgerChecks)
    def list_ledger_checks(self, tx: Transaction, question: audits.ListLedgerChecks) -> audits.LedgerChecks:
        """See the query."""
        return auditing.last_checks(tx)

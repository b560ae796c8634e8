"""Reconciliation statements: made by one side, confirmed or contested by the other."""

from uuid import UUID

from services.chassis.commands import command, query
from services.chassis.database import Transaction
from services.contracts.invoicing import reconciliations as wishes
from services.contracts.invoicing.reconciliations import ReconciliationStatement
from services.contracts.invoicing.reports import GetAccountStatement
from services.invoicing import reconciliations, reports
from services.invoicing.domain.reconciliation import Reconciliation, check_period
from services.invoicing.numbering import next_number


class Reconciling:
    """Reconciliation statements."""

    @command(wishes.DraftReconciliation)
    def draft_reconciliation(
        self, tx: Transaction, wish: wishes.DraftReconciliation
    ) -> ReconciliationStatement:
        """See the command."""
        check_period(wish.date_from, wish.date_to, at=tx.at)
        question = GetAccountStatement(
            partner_id=wish.partner_id,
            currency=wish.currency,
            date_from=wish.date_from,
            date_to=wish.date_to,
        )
        statement = Reconciliation.draft(
            reports.statement(tx, question),
            id=tx.new_id(),
            partnership_id=reconciliations.partnership_with(tx, wish.partner_id),
            note=wish.note,
            by=tx.actor,
            at=tx.at,
        )
        tx.add(statement)
        return reconciliations.shown(tx, statement)

    @command(wishes.ChangeReconciliationDraft)
    def change_reconciliation_draft(
        self, tx: Transaction, wish: wishes.ChangeReconciliationDraft
    ) -> ReconciliationStatement:
        """See the command."""
        statement = self._in_hand(tx, wish.reconciliation_id)
        check_period(wish.date_from, wish.date_to, at=tx.at)
        account = reconciliations.account(tx, statement, date_from=wish.date_from, date_to=wish.date_to)
        statement.change(account, note=wish.note, by=tx.actor)
        return reconciliations.shown(tx, statement)

    @command(wishes.SendReconciliation)
    def send_reconciliation(
        self, tx: Transaction, wish: wishes.SendReconciliation
    ) -> ReconciliationStatement:
        """See the command."""
        statement = self._in_hand(tx, wish.reconciliation_id)
        number = next_number(tx, statement.author.id, reconciliations.SERIES, tx.at.year)
        statement.send(reconciliations.account(tx, statement), number=number, by=tx.actor, at=tx.at)
        return self._done(tx, statement, "sent")

    @command(wishes.ReviseReconciliation)
    def revise_reconciliation(
        self, tx: Transaction, wish: wishes.ReviseReconciliation
    ) -> ReconciliationStatement:
        """See the command."""
        statement = self._in_hand(tx, wish.reconciliation_id)
        statement.revise(reconciliations.account(tx, statement), wish.answers, by=tx.actor, at=tx.at)
        return self._done(tx, statement, "revised")

    @command(wishes.WithdrawReconciliation)
    def withdraw_reconciliation(
        self, tx: Transaction, wish: wishes.WithdrawReconciliation
    ) -> ReconciliationStatement:
        """See the command."""
        statement = tx.get(Reconciliation, wish.reconciliation_id)
        statement.withdraw(wish.reason, by=tx.actor, at=tx.at)
        return self._done(tx, statement, "discarded" if statement.sent_at is None else "withdrawn")

    @command(wishes.ConfirmReconciliation)
    def confirm_reconciliation(
        self, tx: Transaction, wish: wishes.ConfirmReconciliation
    ) -> ReconciliationStatement:
        """See the command."""
        statement = self._in_hand(tx, wish.reconciliation_id)
        statement.confirm(remark=wish.remark, by=tx.actor, at=tx.at)
        return self._done(tx, statement, "confirmed")

    @command(wishes.ContestReconciliation)
    def contest_reconciliation(
        self, tx: Transaction, wish: wishes.ContestReconciliation
    ) -> ReconciliationStatement:
        """See the command."""
        statement = self._in_hand(tx, wish.reconciliation_id)
        lines = reconciliations.lines_of(tx, statement)
        statement.contest(wish.objections, lines, remark=wish.remark, by=tx.actor, at=tx.at)
        return self._done(tx, statement, "contested")

    @query(wishes.GetReconciliation)
    def get_reconciliation(
        self, tx: Transaction, question: wishes.GetReconciliation
    ) -> ReconciliationStatement:
        """See the query."""
        return reconciliations.shown(tx, tx.peek(Reconciliation, question.reconciliation_id))

    @query(wishes.GetReconciliationHistory)
    def get_reconciliation_history(
        self, tx: Transaction, question: wishes.GetReconciliationHistory
    ) -> wishes.ReconciliationHistory:
        """See the query."""
        return reconciliations.history_of(tx, question.reconciliation_id)

    @query(wishes.ListReconciliations)
    def list_reconciliations(
        self, tx: Transaction, question: wishes.ListReconciliations
    ) -> wishes.ReconciliationPage:
        """See the query."""
        return reconciliations.list_reconciliations(tx, question)

    @staticmethod
    def _in_hand(tx: Transaction, id: UUID) -> Reconciliation:
        statement = tx.get(Reconciliation, id)
        reconciliations.partnership_with(tx, reconciliations.partner_of(tx, statement))
        return statement

    @staticmethod
    def _done(tx: Transaction, statement: Reconciliation, step: str) -> ReconciliationStatement:
        reconciliations.steps.labels(step).inc()
        return reconciliations.shown(tx, statement)

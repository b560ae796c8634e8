"""Consolidated invoices: their runs, by hand and by themselves, and what was issued."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from services.chassis.amqp import every
from services.chassis.commands import command, query
from services.chassis.consuming import Incoming, consumes
from services.chassis.database import Database, Transaction
from services.contracts.accounts.events import OrganisationChanged, OrganisationRegistered
from services.contracts.invoicing import consolidation as asked
from services.contracts.invoicing.events import ConsolidationDue
from services.invoicing import consolidating
from services.invoicing.domain.consolidation import Calendar, Consolidated, Run
from services.invoicing.domain.invoice import person


class Consolidating:
    """The operator's runs, and its documents as the operator and its customers see them."""

    if TYPE_CHECKING:
        database: Database

    @every(60)
    def consolidate_on_the_day(self) -> None:
        """Start the run that is due and was not started yet; every process asks, one of them starts it."""
        with self.database.transaction() as tx:
            consolidating.start_what_is_due(tx)
            tx.stage()

    @consumes(ConsolidationDue, group=1)
    def on_consolidation_due(self, tx: Transaction, event: Incoming[ConsolidationDue]) -> None:
        """Issue one customer's documents."""
        consolidating.bill(tx, event.data)

    @consumes(OrganisationRegistered, whole_group=True)
    def on_organisations_registered(
        self, tx: Transaction, group: Sequence[Incoming[OrganisationRegistered]]
    ) -> None:
        """Know who runs the portal."""
        consolidating.remember_operator(tx, [event.data.organisation for event in group])

    @consumes(OrganisationChanged, whole_group=True)
    def on_organisations_changed(
        self, tx: Transaction, group: Sequence[Incoming[OrganisationChanged]]
    ) -> None:
        """Know what the operator is called now."""
        consolidating.remember_operator(tx, [event.data.organisation for event in group])

    # ----------------------------------------------------------------------------------------- the operator

    @command(asked.StartConsolidation)
    def start_consolidation(self, tx: Transaction, wish: asked.StartConsolidation) -> asked.ConsolidationRun:
        """See the command."""
        calendar = tx.peek(Calendar, tx.actor.organisation_id)
        return consolidating.start(tx, calendar, wish.day, by=person(tx.actor)).view()

    @command(asked.ChangeConsolidationTerms)
    def change_consolidation_terms(
        self, tx: Transaction, wish: asked.ChangeConsolidationTerms
    ) -> asked.ConsolidationTerms:
        """See the command."""
        calendar = tx.get(Calendar, tx.actor.organisation_id)
        calendar.choose(time_zone=wish.time_zone, payment_days=wish.payment_days)
        return calendar.view()

    @command(asked.RegisterTaxInvoice)
    def register_tax_invoice(
        self, tx: Transaction, wish: asked.RegisterTaxInvoice
    ) -> asked.ConsolidatedInvoice:
        """See the command."""
        document = tx.get(Consolidated, wish.consolidated_id)
        document.register(
            wish.registration,
            on=wish.registered_on,
            today=consolidating.day_of_portal(tx),
            by=person(tx.actor),
        )
        return consolidating.with_lines(tx, document)

    @query(asked.GetConsolidationTerms)
    def get_consolidation_terms(
        self, tx: Transaction, question: asked.GetConsolidationTerms
    ) -> asked.ConsolidationTerms:
        """See the query."""
        return tx.peek(Calendar, tx.actor.organisation_id).view()

    @query(asked.PreviewConsolidation)
    def preview_consolidation(
        self, tx: Transaction, question: asked.PreviewConsolidation
    ) -> asked.ConsolidationPreview:
        """See the query."""
        return consolidating.preview(tx, tx.peek(Calendar, tx.actor.organisation_id), question.day)

    @query(asked.ListConsolidationRuns)
    def list_consolidation_runs(
        self, tx: Transaction, question: asked.ListConsolidationRuns
    ) -> asked.ConsolidationRunPage:
        """See the query."""
        return consolidating.list_runs(tx, question)

    @query(asked.GetConsolidationRun)
    def get_consolidation_run(
        self, tx: Transaction, question: asked.GetConsolidationRun
    ) -> asked.ConsolidationRun:
        """See the query."""
        return tx.peek(Run, question.run_id).view()

    # --------------------------------------------------------------------------- the operator and customers

    @query(asked.ListConsolidatedInvoices)
    def list_consolidated_invoices(
        self, tx: Transaction, question: asked.ListConsolidatedInvoices
    ) -> asked.ConsolidatedPage:
        """See the query."""
        return consolidating.list_documents(tx, question)

    @query(asked.GetConsolidatedInvoice)
    def get_consolidated_invoice(
        self, tx: Transaction, question: asked.GetConsolidatedInvoice
    ) -> asked.ConsolidatedInvoice:
        """See the query."""
        return consolidating.with_lines(tx, tx.peek(Consolidated, question.consolidated_id))

"""While an invoice is held: who stands in, who is reminded, and when the operator is told."""

from uuid import UUID

from services.chassis.amqp import every
from services.chassis.commands import command, query
from services.chassis.database import Database, Transaction
from services.contracts.invoicing import views
from services.contracts.invoicing import waiting as shapes
from services.contracts.parties import Person
from services.invoicing import waiting
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.waiting import Deputyship, WaitingRules

#: How often a process looks for invoices that somebody must be told of, and how many it takes in hand then.
WATCH = 20
MOST_AT_ONCE = 500
#: With more than these something else is wrong, such as the database.
MOST_FAULTS = 5


class Waiting:
    """Calendars, deputies, reminders, nudges and escalations."""

    database: Database

    @command(shapes.ChangeWaitingRules)
    def change_waiting_rules(self, tx: Transaction, wish: shapes.ChangeWaitingRules) -> shapes.WaitingRules:
        """See the command."""
        waiting.only_ones_own(tx, wish.customer_id)
        rules = tx.get(WaitingRules, wish.customer_id)
        rules.change(wish.terms, by=tx.actor, at=tx.at)
        waiting.look_again(tx, rules.id)
        return rules.view()

    @query(shapes.GetWaitingRules)
    def get_waiting_rules(self, tx: Transaction, question: shapes.GetWaitingRules) -> shapes.WaitingRules:
        """See the query."""
        return tx.peek(WaitingRules, question.customer_id).view()

    @command(shapes.NameDeputy)
    def name_deputy(self, tx: Transaction, wish: shapes.NameDeputy) -> shapes.Deputyship:
        """See the command."""
        me = Person(id=tx.actor.user_id, name=tx.actor.user_name)
        own = wish.principal_id is None or wish.principal_id == me.id
        named = Deputyship.name(
            deputyship_id=tx.new_id(),
            principal=me if own or wish.principal_id is None else waiting.colleague(tx, wish.principal_id),
            deputy=waiting.colleague(tx, wish.deputy_id),
            first_day=wish.first_day,
            last_day=wish.last_day,
            note=wish.note,
            today=waiting.today(tx),
            by=tx.actor,
            at=tx.at,
        )
        waiting.refuse_when_away_already(tx, named)
        tx.add(named)
        waiting.look_again(tx, named.customer.id, named.principal.id)
        return named.view()

    @command(shapes.EndDeputyship)
    def end_deputyship(self, tx: Transaction, wish: shapes.EndDeputyship) -> shapes.Deputyship:
        """See the command."""
        deputyship = tx.get(Deputyship, wish.deputyship_id)
        deputyship.end(today=waiting.today(tx), by=tx.actor, at=tx.at)
        waiting.look_again(tx, deputyship.customer.id, deputyship.principal.id)
        return deputyship.view()

    @query(shapes.GetDeputyship)
    def get_deputyship(self, tx: Transaction, question: shapes.GetDeputyship) -> shapes.Deputyship:
        """See the query."""
        return tx.peek(Deputyship, question.deputyship_id).view()

    @query(shapes.ListDeputyships)
    def list_deputyships(self, tx: Transaction, question: shapes.ListDeputyships) -> shapes.Deputyships:
        """See the query."""
        return waiting.deputyships_here(tx, waiting.today(tx), question.on)

    @query(shapes.GetInvoiceWait)
    def get_invoice_wait(self, tx: Transaction, question: shapes.GetInvoiceWait) -> shapes.InvoiceWait:
        """See the query."""
        return waiting.wait_of(tx, tx.peek(Invoice, question.invoice_id))

    @command(shapes.NudgeInvoice)
    def nudge_invoice(self, tx: Transaction, wish: shapes.NudgeInvoice) -> views.Invoice:
        """See the command."""
        invoice = tx.get(Invoice, wish.invoice_id)
        invoice.nudge(tx.peek(WaitingRules, invoice.customer.id), note=wish.note, at=tx.at)
        return invoice.view()

    @command(shapes.EscalateInvoice)
    def escalate_invoice(self, tx: Transaction, wish: shapes.EscalateInvoice) -> views.Invoice:
        """See the command."""
        invoice = tx.get(Invoice, wish.invoice_id)
        invoice.escalate(tx.peek(WaitingRules, invoice.customer.id), note=wish.note, at=tx.at)
        return invoice.view()

    @every(WATCH)
    def watch_what_waits(self) -> None:
        """Tell whoever must be told of an invoice that waits. Every process does; each invoice is one's at a time.

        One that cannot be looked after keeps nobody else waiting: it is left for the next round, and what went
        wrong is raised once the others are done.
        """
        faults: dict[UUID, Exception] = {}
        for _ in range(MOST_AT_ONCE):
            watched = None
            try:
                with self.database.transaction() as tx:
                    watched = waiting.next_to_watch(tx, faults)
                    if watched is None:
                        break
                    waiting.look_after(tx, watched)
            except Exception as fault:
                if watched is None or len(faults) == MOST_FAULTS:
                    raise
                fault.add_note(f"invoice {watched}")
                faults[watched] = fault
        if faults:
            raise ExceptionGroup("some held invoices could not be looked after", list(faults.values()))

"""The invoicing service: its commands, its queries, and what it hears from orders and accounts."""

from collections.abc import Sequence
from typing import Any

from services.chassis.commands import command, query
from services.chassis.consuming import Incoming, consumes
from services.chassis.database import Transaction
from services.chassis.servicebase import ServiceBase
from services.contracts.accounts.events import PartnershipChanged, SupplierPortalDisabled
from services.contracts.actors import OrganisationKind
from services.contracts.invoicing import commands, events, tolerances, views
from services.contracts.invoicing.views import InvoiceStatus
from services.contracts.orders import events as orders
from services.contracts.parties import Party
from services.contracts.search import Hits
from services.invoicing import lists, policies, queries, replaying, replicas, searching
from services.invoicing.domain import matching, preflight
from services.invoicing.domain.book import Book
from services.invoicing.domain.choices import Item, OneOrderMatching, PartnerMatching
from services.invoicing.domain.invoice import Invoice, person
from services.invoicing.domain.lines import all_that_is_open
from services.invoicing.domain.order import Order, Terms
from services.invoicing.domain.refusals import CurrencyDiffers
from services.invoicing.domain.remedy import remedies
from services.invoicing.domain.tolerance import ToleranceRule


class InvoicingService(ServiceBase):
    """Invoices from draft to payment, each matched with its order."""

    name = "invoicing"
    stores = {
        Invoice: queries.InvoiceStore(),
        ToleranceRule: policies.ToleranceStore(),
        PartnerMatching: policies.PartnerMatchingStore(),
        OneOrderMatching: policies.OrderMatchingStore(),
        Item: policies.ItemStore(),
    }

    # ------------------------------------------------------------------------------------- the supplier

    @command(commands.DraftInvoice)
    def draft_invoice(self, tx: Transaction, wish: commands.DraftInvoice) -> views.Invoice:
        """See the command."""
        order, terms = queries.order_with_terms(tx, wish.order_id, lock=False, at_least=wish.order_sequence)
        invoice = _written(tx, order, terms, wish, queries.book_of(tx, order, terms))
        invoice.begin()
        return invoice.view()

    @command(commands.ChangeInvoiceDraft)
    def change_invoice_draft(self, tx: Transaction, wish: commands.ChangeInvoiceDraft) -> views.Invoice:
        """See the command."""
        invoice = tx.get(Invoice, wish.invoice_id)
        order, terms = queries.order_with_terms(tx, invoice.order_id, lock=False)
        invoice.change(
            order=order,
            terms=terms,
            number=wish.number,
            issue_date=wish.issue_date,
            note=wish.note,
            contents=wish.lines,
            at=tx.at,
        )
        return invoice.view()

    @command(commands.DeleteInvoiceDraft)
    def delete_invoice_draft(self, tx: Transaction, wish: commands.DeleteInvoiceDraft) -> views.DeletedDraft:
        """See the command."""
        invoice = tx.get(Invoice, wish.invoice_id)
        invoice.delete()
        return views.DeletedDraft(id=invoice.id, number=invoice.number)

    @command(commands.SendInvoiceDraft)
    def send_invoice_draft(self, tx: Transaction, wish: commands.SendInvoiceDraft) -> views.Invoice:
        """See the command."""
        order, terms = queries.order_of_invoice(tx, wish.invoice_id)
        invoice = tx.get(Invoice, wish.invoice_id)
        invoice.submit(order=order, terms=terms, alike=queries.alike(tx, invoice), at=tx.at)
        _match(tx, order, terms, queries.book_of(tx, order, terms), invoice)
        return invoice.view()

    @command(commands.SendInvoice)
    def send_invoice(self, tx: Transaction, wish: commands.SendInvoice) -> views.Invoice:
        """See the command."""
        order, terms = queries.order_with_terms(tx, wish.order_id, lock=True, at_least=wish.order_sequence)
        _check_currency(order, wish.currency)
        book = queries.book_of(tx, order, terms)
        invoice = _written(tx, order, terms, wish, book)
        invoice.submit(order=order, terms=terms, alike=queries.alike(tx, invoice), at=tx.at)
        _match(tx, order, terms, book, invoice)
        return invoice.view()

    @command(commands.CancelInvoice)
    def cancel_invoice(self, tx: Transaction, wish: commands.CancelInvoice) -> views.Invoice:
        """See the command."""
        order, terms = queries.order_of_invoice(tx, wish.invoice_id)
        invoice = tx.get(Invoice, wish.invoice_id)
        invoice.cancel(by=tx.actor, reason=wish.reason, at=tx.at)
        _match_those_waiting(tx, order, terms, invoice)
        return invoice.view()

    # ---------------------------------------------------------------------------------------- the buyer

    @command(commands.ApproveInvoice)
    def approve_invoice(self, tx: Transaction, wish: commands.ApproveInvoice) -> views.Invoice:
        """See the command."""
        order, terms = queries.order_of_invoice(tx, wish.invoice_id)
        invoice = tx.get(Invoice, wish.invoice_id)
        invoice.approve(by=tx.actor, remark=wish.remark, at=tx.at)
        queries.count_approval(tx, invoice, None)
        _match_those_waiting(tx, order, terms, invoice)
        return invoice.view()

    @command(commands.RejectInvoice)
    def reject_invoice(self, tx: Transaction, wish: commands.RejectInvoice) -> views.Invoice:
        """See the command."""
        order, terms = queries.order_of_invoice(tx, wish.invoice_id)
        invoice = tx.get(Invoice, wish.invoice_id)
        invoice.reject(by=tx.actor, reason=wish.reason, at=tx.at)
        _match_those_waiting(tx, order, terms, invoice)
        return invoice.view()

    @command(commands.ReturnInvoice)
    def return_invoice(self, tx: Transaction, wish: commands.ReturnInvoice) -> views.Invoice:
        """See the command."""
        order, terms = queries.order_of_invoice(tx, wish.invoice_id)
        invoice = tx.get(Invoice, wish.invoice_id)
        invoice.give_back(terms=terms, by=tx.actor, reason=wish.reason, at=tx.at)
        _match_those_waiting(tx, order, terms, invoice)
        return invoice.view()

    @command(commands.PlanPayment)
    def plan_payment(self, tx: Transaction, wish: commands.PlanPayment) -> views.Invoice:
        """See the command."""
        invoice = tx.get(Invoice, wish.invoice_id)
        invoice.plan_payment(on=wish.planned_on, at=tx.at)
        return invoice.view()

    @command(commands.RegisterPayment)
    def register_payment(self, tx: Transaction, wish: commands.RegisterPayment) -> views.Invoice:
        """See the command."""
        invoice = tx.get(Invoice, wish.invoice_id)
        payment = views.Payment(
            id=tx.new_id(),
            invoice_id=invoice.id,
            amount=wish.amount,
            currency=invoice.currency,
            paid_on=wish.paid_on or tx.at.date(),
            reference=wish.reference,
            registered_by=person(tx.actor),
            registered_at=tx.at,
        )
        invoice.pay(payment, at=tx.at)
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

    # --------------------------------------------------------------------------- the rules of matching

    @command(commands.SetTolerance)
    def set_tolerance(self, tx: Transaction, wish: commands.SetTolerance) -> tolerances.Tolerance:
        """See the command."""
        rule = ToleranceRule.establish(
            tolerance_id=tx.new_id(),
            customer=Party(id=tx.actor.organisation_id, name=tx.actor.organisation_name),
            supplier=None if wish.supplier_id is None else policies.supplier_of(tx, wish.supplier_id),
            terms=wish.terms,
            valid_from=wish.valid_from,
            valid_to=wish.valid_to,
            version=policies.next_version(tx),
            by=tx.actor,
            at=tx.at,
        )
        for other in [tx.get(ToleranceRule, id) for id in policies.not_over_yet(tx, rule)]:
            if other.same_thing(rule):
                other.give_way(rule, by=tx.actor, at=tx.at)
        tx.add(rule)
        return rule.view()

    @command(commands.EndTolerance)
    def end_tolerance(self, tx: Transaction, wish: commands.EndTolerance) -> tolerances.Tolerance:
        """See the command."""
        rule = tx.get(ToleranceRule, wish.tolerance_id)
        rule.end(last_day=wish.last_day, by=tx.actor, at=tx.at)
        policies.next_version(tx)
        return rule.view()

    @command(commands.ChangeMatching)
    def change_matching(self, tx: Transaction, wish: commands.ChangeMatching) -> tolerances.MatchingPolicy:
        """See the command."""
        policy = tx.get(PartnerMatching, wish.partnership_id)
        policy.choose(way=wish.way, tells_limit=wish.tells_limit)
        return policy.view()

    @command(commands.ChangeOrderMatching)
    def change_order_matching(
        self, tx: Transaction, wish: commands.ChangeOrderMatching
    ) -> tolerances.OrderMatching:
        """See the command."""
        matching_of_order = tx.get(OneOrderMatching, wish.order_id)
        matching_of_order.choose(wish.way)
        return matching_of_order.view()

    @command(commands.DescribeItem)
    def describe_item(self, tx: Transaction, wish: commands.DescribeItem) -> tolerances.ItemFacts:
        """See the command."""
        item = policies.item_to_describe(tx, wish.partnership_id, wish.item_number)
        item.describe(
            buyer_item_number=wish.buyer_item_number,
            gtin=wish.gtin,
            category=wish.category,
            units=wish.units,
            by=tx.actor,
            at=tx.at,
        )
        return item.view()

    @query(commands.GetTolerance)
    def get_tolerance(self, tx: Transaction, question: commands.GetTolerance) -> tolerances.Tolerance:
        """See the query."""
        return tx.peek(ToleranceRule, question.tolerance_id).view()

    @query(commands.ListTolerances)
    def list_tolerances(self, tx: Transaction, question: commands.ListTolerances) -> tolerances.TolerancePage:
        """See the query."""
        return policies.list_tolerances(tx, question)

    @query(commands.GetMatchingPolicy)
    def get_matching_policy(
        self, tx: Transaction, question: commands.GetMatchingPolicy
    ) -> tolerances.MatchingPolicy:
        """See the query."""
        return tx.peek(PartnerMatching, question.partnership_id).view()

    @query(commands.ReplayMatching)
    def replay_matching(self, tx: Transaction, question: commands.ReplayMatching) -> tolerances.Replay:
        """See the query."""
        return replaying.replay(tx, question)

    @query(commands.GetOrderMatching)
    def get_order_matching(
        self, tx: Transaction, question: commands.GetOrderMatching
    ) -> tolerances.OrderMatching:
        """See the query."""
        return tx.peek(OneOrderMatching, question.order_id).view()

    @query(commands.ListItemFacts)
    def list_item_facts(self, tx: Transaction, question: commands.ListItemFacts) -> tolerances.ItemFactsPage:
        """See the query."""
        return policies.list_items(tx, question)

    # ---------------------------------------------------------------------------------------- questions

    @query(commands.GetOpenQuantities)
    def get_open_quantities(
        self, tx: Transaction, question: commands.GetOpenQuantities
    ) -> views.OpenQuantities:
        """See the query."""
        order, _ = queries.order_with_terms(tx, question.order_id, lock=False)
        return order.open_quantities(queries.invoiced_quantities(tx, order.id))

    @query(commands.PreflightInvoice)
    def preflight_invoice(self, tx: Transaction, question: commands.PreflightInvoice) -> views.Preflight:
        """See the query."""
        order, terms = queries.order_with_terms(
            tx, question.order_id, lock=False, at_least=question.order_sequence
        )
        _check_currency(order, question.currency)
        book = queries.book_of(tx, order, terms)
        invoice = _composed(tx, order, terms, question, book)
        if question.invoice_id is not None:
            invoice.stand_for(tx.peek(Invoice, question.invoice_id))
        return _foreseen(tx, order, terms, book, invoice)

    @query(commands.PreflightInvoiceDraft)
    def preflight_invoice_draft(
        self, tx: Transaction, question: commands.PreflightInvoiceDraft
    ) -> views.Preflight:
        """See the query."""
        invoice = tx.peek(Invoice, question.invoice_id)
        order, terms = queries.order_with_terms(tx, invoice.order_id, lock=False)
        return _foreseen(tx, order, terms, queries.book_of(tx, order, terms), invoice)

    @query(commands.GetInvoice)
    def get_invoice(self, tx: Transaction, question: commands.GetInvoice) -> views.Invoice:
        """See the query."""
        return tx.peek(Invoice, question.invoice_id).view()

    @query(commands.ListInvoices)
    def list_invoices(self, tx: Transaction, question: commands.ListInvoices) -> views.InvoicePage:
        """See the query."""
        return lists.list_invoices(tx, question)

    @query(commands.GetInvoicesDashboard)
    def get_invoices_dashboard(
        self, tx: Transaction, question: commands.GetInvoicesDashboard
    ) -> views.InvoicesDashboard:
        """See the query."""
        return lists.dashboard(tx)

    @query(commands.SearchInvoices)
    def search_invoices(self, tx: Transaction, question: commands.SearchInvoices) -> Hits:
        """See the query."""
        return searching.search(tx, question)

    @query(commands.GetInvoiceMatches)
    def get_invoice_matches(self, tx: Transaction, question: commands.GetInvoiceMatches) -> views.Matches:
        """See the query."""
        tx.peek(Invoice, question.invoice_id)
        return queries.matches_of(tx, question.invoice_id)

    @query(commands.GetInvoiceHistory)
    def get_invoice_history(
        self, tx: Transaction, question: commands.GetInvoiceHistory
    ) -> views.InvoiceHistory:
        """See the query."""
        return queries.invoice_history(tx, question.invoice_id)

    @query(commands.ListPayments)
    def list_payments(self, tx: Transaction, question: commands.ListPayments) -> views.Payments:
        """See the query."""
        tx.peek(Invoice, question.invoice_id)
        return queries.payments_of(tx, question.invoice_id)

    @query(commands.GetPartnerBalance)
    def get_partner_balance(
        self, tx: Transaction, question: commands.GetPartnerBalance
    ) -> views.PartnerBalance:
        """See the query."""
        return queries.partner_balance(tx, question.partner_id)

    @query(commands.CountDrafts)
    def count_drafts(self, tx: Transaction, question: commands.CountDrafts) -> views.DraftCount:
        """See the query."""
        count = queries.drafts_that_would_go(tx, question.partnership_id)
        return views.DraftCount(partnership_id=question.partnership_id, invoices=count)

    # ----------------------------------------------------------------------------------- what it hears

    @consumes(PartnershipChanged, whole_group=True)
    def on_partnerships_changed(
        self, tx: Transaction, changed: Sequence[Incoming[PartnershipChanged]]
    ) -> None:
        """Remember partnerships as they stand now."""
        replicas.remember_partnerships(tx, changed)

    @consumes(SupplierPortalDisabled)
    def on_supplier_portal_disabled(self, tx: Transaction, event: Incoming[SupplierPortalDisabled]) -> None:
        """Delete the drafts made before the portal was switched off, whenever this is heard (S-101, D-6)."""
        link = event.data
        made_before = queries.drafts_made_before(tx, link.partnership_id, link.at)
        drafts = [tx.get(Invoice, draft_id) for draft_id in made_before]
        if not drafts:
            return
        for draft in drafts:
            draft.delete()
        tx.announce(
            events.InvoiceDraftsDeleted(
                partnership_id=link.partnership_id,
                customer=link.customer,
                supplier=link.supplier,
                switched_off_at=link.at,
                drafts=tuple(views.DeletedDraft(id=draft.id, number=draft.number) for draft in drafts),
            ),
            aggregate="partnership",
            aggregate_id=link.partnership_id,
            sequence=event.sequence,
        )

    def _remember_orders(self, tx: Transaction, heard: Sequence[Incoming[Any]]) -> None:
        """Remember orders as they stand now."""
        replicas.remember_orders(tx, heard)

    # Every fact of an order that both sides know of carries the whole order; drafts are the buyer's own.
    on_order_submitted = consumes(orders.OrderSubmitted, whole_group=True)(_remember_orders)
    on_order_revised = consumes(orders.OrderRevised, whole_group=True)(_remember_orders)
    on_order_confirmed = consumes(orders.OrderConfirmed, whole_group=True)(_remember_orders)
    on_order_refused = consumes(orders.OrderRefused, whole_group=True)(_remember_orders)
    on_order_started = consumes(orders.OrderStarted, whole_group=True)(_remember_orders)
    on_order_cancelled = consumes(orders.OrderCancelled, whole_group=True)(_remember_orders)
    on_order_closed = consumes(orders.OrderClosed, whole_group=True)(_remember_orders)
    on_delivery_date_proposed = consumes(orders.DeliveryDateProposed, whole_group=True)(_remember_orders)
    on_delivery_date_declined = consumes(orders.DeliveryDateDeclined, whole_group=True)(_remember_orders)
    on_delivery_date_changed = consumes(orders.DeliveryDateChanged, whole_group=True)(_remember_orders)
    on_goods_issued = consumes(orders.GoodsIssued, whole_group=True)(_remember_orders)
    on_goods_received = consumes(orders.GoodsReceived, whole_group=True)(_remember_orders)


def _written(
    tx: Transaction,
    order: Order,
    terms: Terms,
    wish: commands.DraftInvoice | commands.SendInvoice,
    book: Book,
) -> Invoice:
    invoice = _composed(tx, order, terms, wish, book)
    tx.add(invoice)
    return invoice


def _composed(
    tx: Transaction,
    order: Order,
    terms: Terms,
    wish: commands.DraftInvoice | commands.SendInvoice | commands.PreflightInvoice,
    book: Book,
) -> Invoice:
    contents = wish.lines
    if contents is None:
        invoiced = {} if book.untouched else queries.invoiced_quantities(tx, order.id)
        contents = all_that_is_open(order, invoiced)
    return Invoice.write(
        invoice_id=tx.new_id(),
        order=order,
        terms=terms,
        number=wish.number,
        issue_date=wish.issue_date,
        note=wish.note,
        contents=contents,
        by=tx.actor,
        at=tx.at,
    )


def _check_currency(order: Order, currency: str | None) -> None:
    if currency not in (None, order.currency):
        raise CurrencyDiffers(
            f"Order {order.number} is in {order.currency}, and so are its invoices; this one is in {currency}."
        )


def _decision(tx: Transaction, order: Order, terms: Terms, book: Book, invoice: Invoice) -> views.Match:
    return matching.decide(
        match_id=tx.new_id(),
        invoice_id=invoice.id,
        invoice_sequence=invoice.sequence,
        at=tx.at,
        inputs=invoice.inputs(order, terms, book),
    )


def _foreseen(tx: Transaction, order: Order, terms: Terms, book: Book, invoice: Invoice) -> views.Preflight:
    """What sending would decide. The invoice is a copy: it is never given to the transaction."""
    in_the_way = preflight.obstacles(invoice, number_taken=queries.number_is_taken(tx, invoice))
    invoice.rehearse(order=order, terms=terms, alike=queries.alike(tx, invoice), at=tx.at)
    match = _decision(tx, order, terms, book, invoice)
    openly = tx.actor.kind is OrganisationKind.SUPPLIER and not terms.tells_limit

    def judged(lines: tuple[views.InvoiceLine, ...]) -> views.Match:
        return _decision(tx, order, terms, book, invoice.with_lines(lines))

    changes = remedies(invoice.lines, match, judged, openly=openly)
    return preflight.told(invoice, order, match, in_the_way, changes, openly=openly)


def _match(tx: Transaction, order: Order, terms: Terms, book: Book, invoice: Invoice) -> None:
    """Decide on an invoice while its order is locked, and count it there if it passes."""
    match = _decision(tx, order, terms, book, invoice)
    invoice.take(match)
    book.put(invoice.counted())
    if invoice.status is InvoiceStatus.APPROVED:
        queries.count_approval(tx, invoice, match)


def _match_those_waiting(tx: Transaction, order: Order, terms: Terms, decided: Invoice) -> None:
    """One invoice of the order is decided: match those anew that waited for it (S-072)."""
    book = queries.book_of(tx, order, terms)
    book.put(decided.counted())
    for invoice_id in book.waiting():
        _match(tx, order, terms, book, tx.get(Invoice, invoice_id))


Service = InvoicingService

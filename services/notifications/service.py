"""The notifications service: a thin shell around its domain."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

from services.chassis.commands import command, query
from services.chassis.consuming import Incoming, consumes
from services.chassis.database import Transaction
from services.chassis.servicebase import ServiceBase
from services.contracts.accounts import events as accounts
from services.contracts.invoicing import events as invoicing
from services.contracts.notifications import commands, events, views
from services.contracts.orders import events as orders
from services.contracts.shapes import Event
from services.notifications import queries, replicas
from services.notifications.domain import account_mails, announcements
from services.notifications.domain.attachments import Attachment, StoredFile
from services.notifications.domain.comments import Comment

E = TypeVar("E", bound=Event)
Group = Sequence[Incoming[E]]

REMOVED_FILES_REST = timedelta(days=1)


class NotificationsService(ServiceBase):
    """Comments, attached files, the in-app feed, and who is mailed what."""

    name: ClassVar[str] = "notifications"
    stores: ClassVar[Mapping[type, Any]] = {
        Comment: queries.CommentStore(),
        Attachment: queries.AttachmentStore(),
    }

    # -------------------------------------------------------------------------------------- comments

    @command(commands.PostComment)
    def post_comment(self, tx: Transaction, wish: commands.PostComment) -> views.Comment:
        """See the command."""
        document = queries.document_here(tx, wish.document_kind, wish.document_id)
        comment = Comment.posted(document, by=tx.actor, text=wish.text, at=tx.at, id=tx.new_id())
        tx.add(comment)
        return comment.view()

    @command(commands.RecordPhoneAgreement)
    def record_phone_agreement(self, tx: Transaction, wish: commands.RecordPhoneAgreement) -> views.Comment:
        """See the command."""
        document = queries.document_here(tx, wish.document_kind, wish.document_id)
        comment = Comment.of_a_call(
            document,
            by=tx.actor,
            text=wish.text,
            agreed_with=wish.agreed_with,
            agreed_at=wish.agreed_at,
            at=tx.at,
            id=tx.new_id(),
        )
        tx.add(comment)
        return comment.view()

    @query(commands.ListComments)
    def list_comments(self, tx: Transaction, question: commands.ListComments) -> views.CommentPage:
        """See the query."""
        return queries.comments_on(tx, question)

    # ----------------------------------------------------------------------------------------- files

    @command(commands.AttachFile)
    def attach_file(self, tx: Transaction, wish: commands.AttachFile) -> views.Attachment:
        """See the command."""
        document = queries.document_here(tx, wish.document_kind, wish.document_id)
        file = StoredFile(name=wish.name, media_type=wish.media_type, size=wish.size, sha256=wish.sha256)
        already = queries.files_on(tx, document)
        attachment = Attachment.to(document, file, by=tx.actor, already=already, at=tx.at, id=tx.new_id())
        tx.add(attachment)
        return attachment.view()

    @query(commands.ListAttachments)
    def list_attachments(self, tx: Transaction, question: commands.ListAttachments) -> views.AttachmentPage:
        """See the query."""
        return queries.attachments_on(tx, question)

    @query(commands.GetAttachment)
    def get_attachment(self, tx: Transaction, question: commands.GetAttachment) -> views.Attachment:
        """See the query."""
        return tx.peek(Attachment, question.attachment_id).view()

    @query(commands.FindUnusedFiles)
    def find_unused_files(self, tx: Transaction, question: commands.FindUnusedFiles) -> views.UnusedFiles:
        """See the query."""
        return queries.unused_files(tx, question.sha256, removed_before=tx.at - REMOVED_FILES_REST)

    @command(commands.RemoveAttachment)
    def remove_attachment(self, tx: Transaction, wish: commands.RemoveAttachment) -> views.Attachment:
        """See the command."""
        attachment = tx.get(Attachment, wish.attachment_id)
        document = queries.document_here(tx, attachment.document.kind, attachment.document.id)
        attachment.remove(document, by=tx.actor, at=tx.at)
        return attachment.view()

    # ------------------------------------------------------------------------------------------ feed

    @query(commands.ListFeed)
    def list_feed(self, tx: Transaction, question: commands.ListFeed) -> views.FeedPage:
        """See the query."""
        return queries.feed_of_actor(tx, question)

    @query(commands.CountUnread)
    def count_unread(self, tx: Transaction, question: commands.CountUnread) -> views.Unread:
        """See the query."""
        return views.Unread(unread=queries.unread(tx))

    @command(commands.MarkRead)
    def mark_read(self, tx: Transaction, wish: commands.MarkRead) -> views.FeedItem:
        """See the command."""
        item = queries.mark_read(tx, wish.item_id)
        replicas.announce_feeds(tx, {(tx.actor.organisation_id, tx.actor.user_id)})
        return item

    @command(commands.MarkAllRead)
    def mark_all_read(self, tx: Transaction, wish: commands.MarkAllRead) -> views.Unread:
        """See the command."""
        if queries.mark_all_read(tx, wish):
            replicas.announce_feeds(tx, {(tx.actor.organisation_id, tx.actor.user_id)})
        return views.Unread(unread=queries.unread(tx))

    @query(commands.ListFailedDeliveries)
    def list_failed_deliveries(
        self, tx: Transaction, question: commands.ListFailedDeliveries
    ) -> views.FailedDeliveryPage:
        """See the query."""
        return queries.failed_deliveries(tx, question)

    # ------------------------------------------------------------------------ who can be reached where

    @consumes(accounts.OrganisationRegistered, whole_group=True)
    def on_organisation_registered(
        self, tx: Transaction, group: Group[accounts.OrganisationRegistered]
    ) -> None:
        """Know its name and addresses."""
        replicas.remember_organisations(tx, [event.data.organisation for event in group])

    @consumes(accounts.OrganisationChanged, whole_group=True)
    def on_organisation_changed(self, tx: Transaction, group: Group[accounts.OrganisationChanged]) -> None:
        """Know its name and addresses as they are now."""
        replicas.remember_organisations(tx, [event.data.organisation for event in group])

    @consumes(accounts.ContactChanged, whole_group=True)
    def on_contact_changed(self, tx: Transaction, group: Group[accounts.ContactChanged]) -> None:
        """Know the person's name, e-mail and memberships."""
        replicas.remember_people(tx, [event.data.user for event in group])

    @consumes(accounts.PartnershipChanged, whole_group=True)
    def on_partnership_changed(self, tx: Transaction, group: Group[accounts.PartnershipChanged]) -> None:
        """Know whether the supplier's portal is switched on."""
        replicas.remember_partnerships(tx, [event.data.partnership for event in group])

    # -------------------------------------------------------------------- mails that accounts asks for

    @consumes(accounts.UserInvited)
    def on_user_invited(self, tx: Transaction, event: Incoming[accounts.UserInvited]) -> None:
        """Mail the link of an invitation."""
        organisation = event.data.invitation.organisation
        replicas.put_in_line(tx, event, account_mails.of_invitation(event.data), organisation.name)

    @consumes(accounts.ActivationRequested)
    def on_activation_requested(self, tx: Transaction, event: Incoming[accounts.ActivationRequested]) -> None:
        """Mail the link that activates an account."""
        organisation = event.data.organisation
        replicas.put_in_line(tx, event, account_mails.of_activation(event.data), organisation.name)

    @consumes(accounts.PasswordResetRequested)
    def on_password_reset_requested(
        self, tx: Transaction, event: Incoming[accounts.PasswordResetRequested]
    ) -> None:
        """Mail the link that sets a new password."""
        replicas.put_in_line(tx, event, account_mails.of_password_reset(event.data), None)

    @consumes(accounts.PasswordChanged)
    def on_password_changed(self, tx: Transaction, event: Incoming[accounts.PasswordChanged]) -> None:
        """Tell the owner of the account."""
        replicas.put_in_line(tx, event, account_mails.of_password_change(event.data), None)

    @consumes(accounts.SecondFactorChanged)
    def on_second_factor_changed(
        self, tx: Transaction, event: Incoming[accounts.SecondFactorChanged]
    ) -> None:
        """Tell the owner of the account."""
        replicas.put_in_line(tx, event, account_mails.of_second_factor_change(event.data), None)

    @consumes(accounts.EmailChangeRequested)
    def on_email_change_requested(
        self, tx: Transaction, event: Incoming[accounts.EmailChangeRequested]
    ) -> None:
        """Mail the link to the new address, and tell the old ones."""
        organisation = event.data.organisation
        mailings = account_mails.of_email_change_request(event.data)
        replicas.put_in_line(tx, event, mailings, organisation.name if organisation else None)

    @consumes(accounts.EmailChanged)
    def on_email_changed(self, tx: Transaction, event: Incoming[accounts.EmailChanged]) -> None:
        """Tell the addresses of before and of now."""
        organisation = event.data.organisation
        mailings = account_mails.of_email_change(event.data)
        replicas.put_in_line(tx, event, mailings, organisation.name if organisation else None)

    # ---------------------------------------------------------------------------------------- orders
    # What a fact means, and whom it is told, is said in `announcements` and `circulation`.

    @consumes(orders.OrderDrafted, whole_group=True)
    def on_order_drafted(self, tx: Transaction, group: Group[orders.OrderDrafted]) -> None:
        self._orders_have_moved(tx, group)

    @consumes(orders.OrderDraftChanged, whole_group=True)
    def on_order_draft_changed(self, tx: Transaction, group: Group[orders.OrderDraftChanged]) -> None:
        self._orders_have_moved(tx, group)

    @consumes(orders.OrderSubmitted, whole_group=True)
    def on_order_submitted(self, tx: Transaction, group: Group[orders.OrderSubmitted]) -> None:
        self._orders_have_moved(tx, group)

    @consumes(orders.OrderRevised, whole_group=True)
    def on_order_revised(self, tx: Transaction, group: Group[orders.OrderRevised]) -> None:
        self._orders_have_moved(tx, group)

    @consumes(orders.OrderConfirmed, whole_group=True)
    def on_order_confirmed(self, tx: Transaction, group: Group[orders.OrderConfirmed]) -> None:
        self._orders_have_moved(tx, group)

    @consumes(orders.OrderRefused, whole_group=True)
    def on_order_refused(self, tx: Transaction, group: Group[orders.OrderRefused]) -> None:
        self._orders_have_moved(tx, group)

    @consumes(orders.OrderStarted, whole_group=True)
    def on_order_started(self, tx: Transaction, group: Group[orders.OrderStarted]) -> None:
        self._orders_have_moved(tx, group)

    @consumes(orders.OrderCancelled, whole_group=True)
    def on_order_cancelled(self, tx: Transaction, group: Group[orders.OrderCancelled]) -> None:
        self._orders_have_moved(tx, group)

    @consumes(orders.OrderClosed, whole_group=True)
    def on_order_closed(self, tx: Transaction, group: Group[orders.OrderClosed]) -> None:
        self._orders_have_moved(tx, group)

    @consumes(orders.DeliveryDateProposed, whole_group=True)
    def on_delivery_date_proposed(self, tx: Transaction, group: Group[orders.DeliveryDateProposed]) -> None:
        self._orders_have_moved(tx, group)

    @consumes(orders.DeliveryDateDeclined, whole_group=True)
    def on_delivery_date_declined(self, tx: Transaction, group: Group[orders.DeliveryDateDeclined]) -> None:
        self._orders_have_moved(tx, group)

    @consumes(orders.DeliveryDateChanged, whole_group=True)
    def on_delivery_date_changed(self, tx: Transaction, group: Group[orders.DeliveryDateChanged]) -> None:
        self._orders_have_moved(tx, group)

    @consumes(orders.GoodsIssued, whole_group=True)
    def on_goods_issued(self, tx: Transaction, group: Group[orders.GoodsIssued]) -> None:
        self._orders_have_moved(tx, group)

    @consumes(orders.GoodsReceived, whole_group=True)
    def on_goods_received(self, tx: Transaction, group: Group[orders.GoodsReceived]) -> None:
        self._orders_have_moved(tx, group)

    @consumes(orders.OrderDraftDeleted, whole_group=True)
    def on_order_draft_deleted(self, tx: Transaction, group: Group[orders.OrderDraftDeleted]) -> None:
        gone = [announcements.order_document(event.data.order, deleted=True) for event in group]
        replicas.remember_documents(tx, gone)

    def _orders_have_moved(self, tx: Transaction, group: Group[Any]) -> None:
        replicas.tell_of_documents(
            tx, group, lambda event: announcements.order_document(event.order), announcements.of_order
        )

    # -------------------------------------------------------------------------------------- invoices

    @consumes(invoicing.InvoiceDrafted, whole_group=True)
    def on_invoice_drafted(self, tx: Transaction, group: Group[invoicing.InvoiceDrafted]) -> None:
        self._invoices_have_moved(tx, group)

    @consumes(invoicing.InvoiceSubmitted, whole_group=True)
    def on_invoice_submitted(self, tx: Transaction, group: Group[invoicing.InvoiceSubmitted]) -> None:
        self._invoices_have_moved(tx, group)

    @consumes(invoicing.ApprovalRequested, whole_group=True)
    def on_approval_requested(self, tx: Transaction, group: Group[invoicing.ApprovalRequested]) -> None:
        self._invoices_have_moved(tx, group)

    @consumes(invoicing.ApprovalDelegated, whole_group=True)
    def on_approval_delegated(self, tx: Transaction, group: Group[invoicing.ApprovalDelegated]) -> None:
        self._invoices_have_moved(tx, group)

    @consumes(invoicing.ApprovalReminded, whole_group=True)
    def on_approval_reminded(self, tx: Transaction, group: Group[invoicing.ApprovalReminded]) -> None:
        self._invoices_have_moved(tx, group)

    @consumes(invoicing.ApprovalNudged, whole_group=True)
    def on_approval_nudged(self, tx: Transaction, group: Group[invoicing.ApprovalNudged]) -> None:
        self._invoices_have_moved(tx, group)

    @consumes(invoicing.ApprovalEscalated, whole_group=True)
    def on_approval_escalated(self, tx: Transaction, group: Group[invoicing.ApprovalEscalated]) -> None:
        self._invoices_have_moved(tx, group)

    @consumes(invoicing.InvoiceApproved, whole_group=True)
    def on_invoice_approved(self, tx: Transaction, group: Group[invoicing.InvoiceApproved]) -> None:
        self._invoices_have_moved(tx, group)

    @consumes(invoicing.InvoiceRejected, whole_group=True)
    def on_invoice_rejected(self, tx: Transaction, group: Group[invoicing.InvoiceRejected]) -> None:
        self._invoices_have_moved(tx, group)

    @consumes(invoicing.InvoiceReturnedForRework, whole_group=True)
    def on_invoice_returned_for_rework(
        self, tx: Transaction, group: Group[invoicing.InvoiceReturnedForRework]
    ) -> None:
        self._invoices_have_moved(tx, group)

    @consumes(invoicing.InvoiceCancelled, whole_group=True)
    def on_invoice_cancelled(self, tx: Transaction, group: Group[invoicing.InvoiceCancelled]) -> None:
        self._invoices_have_moved(tx, group)

    @consumes(invoicing.InvoiceChanged, whole_group=True)
    def on_invoice_changed(self, tx: Transaction, group: Group[invoicing.InvoiceChanged]) -> None:
        self._invoices_have_moved(tx, group)

    @consumes(invoicing.InvoicePartlyPaid, whole_group=True)
    def on_invoice_partly_paid(self, tx: Transaction, group: Group[invoicing.InvoicePartlyPaid]) -> None:
        self._invoices_have_moved(tx, group)

    @consumes(invoicing.InvoicePaid, whole_group=True)
    def on_invoice_paid(self, tx: Transaction, group: Group[invoicing.InvoicePaid]) -> None:
        self._invoices_have_moved(tx, group)

    @consumes(invoicing.InvoiceReopened, whole_group=True)
    def on_invoice_reopened(self, tx: Transaction, group: Group[invoicing.InvoiceReopened]) -> None:
        self._invoices_have_moved(tx, group)

    @consumes(invoicing.InvoiceCredited, whole_group=True)
    def on_invoice_credited(self, tx: Transaction, group: Group[invoicing.InvoiceCredited]) -> None:
        self._invoices_have_moved(tx, group)

    @consumes(invoicing.CreditNoteIssued, whole_group=True)
    def on_credit_note_issued(self, tx: Transaction, group: Group[invoicing.CreditNoteIssued]) -> None:
        replicas.tell_of_documents(
            tx,
            group,
            lambda event: announcements.credit_note_document(event.credit_note),
            announcements.of_credit_note,
        )

    @consumes(invoicing.AdvancePaid, whole_group=True)
    def on_advance_paid(self, tx: Transaction, group: Group[invoicing.AdvancePaid]) -> None:
        self._payments_have_moved(tx, group)

    @consumes(invoicing.PaymentReversed, whole_group=True)
    def on_payment_reversed(self, tx: Transaction, group: Group[invoicing.PaymentReversed]) -> None:
        self._payments_have_moved(tx, group)

    def _payments_have_moved(self, tx: Transaction, group: Group[Any]) -> None:
        replicas.tell_of_documents(
            tx, group, lambda event: announcements.payment_document(event.payment), announcements.of_payment
        )

    @consumes(invoicing.InvoiceDraftDeleted, whole_group=True)
    def on_invoice_draft_deleted(self, tx: Transaction, group: Group[invoicing.InvoiceDraftDeleted]) -> None:
        gone = [announcements.invoice_document(event.data.invoice, deleted=True) for event in group]
        replicas.remember_documents(tx, gone)

    @consumes(invoicing.InvoiceDraftsDeleted)
    def on_invoice_drafts_deleted(
        self, tx: Transaction, event: Incoming[invoicing.InvoiceDraftsDeleted]
    ) -> None:
        replicas.forget_drafts(tx, event.data)

    def _invoices_have_moved(self, tx: Transaction, group: Group[Any]) -> None:
        replicas.tell_of_documents(
            tx, group, lambda event: announcements.invoice_document(event.invoice), announcements.of_invoice
        )

    @consumes(invoicing.ConsolidatedInvoiceIssued, whole_group=True)
    def on_consolidated_invoice_issued(
        self, tx: Transaction, group: Group[invoicing.ConsolidatedInvoiceIssued]
    ) -> None:
        self._consolidated_have_moved(tx, group)

    @consumes(invoicing.TaxInvoiceRegistered, whole_group=True)
    def on_tax_invoice_registered(
        self, tx: Transaction, group: Group[invoicing.TaxInvoiceRegistered]
    ) -> None:
        self._consolidated_have_moved(tx, group)

    def _consolidated_have_moved(self, tx: Transaction, group: Group[Any]) -> None:
        replicas.tell_of_documents(
            tx,
            group,
            lambda event: announcements.consolidated_document(event.consolidation),
            announcements.of_consolidated,
        )

    def _reconciliations_have_moved(self, tx: Transaction, group: Group[Any]) -> None:
        replicas.tell_of_documents(
            tx,
            group,
            lambda event: announcements.reconciliation_document(event.reconciliation),
            announcements.of_reconciliation,
        )

    on_reconciliation_sent = consumes(invoicing.ReconciliationSent, whole_group=True)(
        _reconciliations_have_moved
    )
    on_reconciliation_revised = consumes(invoicing.ReconciliationRevised, whole_group=True)(
        _reconciliations_have_moved
    )
    on_reconciliation_confirmed = consumes(invoicing.ReconciliationConfirmed, whole_group=True)(
        _reconciliations_have_moved
    )
    on_reconciliation_contested = consumes(invoicing.ReconciliationContested, whole_group=True)(
        _reconciliations_have_moved
    )
    on_reconciliation_withdrawn = consumes(invoicing.ReconciliationWithdrawn, whole_group=True)(
        _reconciliations_have_moved
    )

    @consumes(invoicing.TaxInvoiceIssued, whole_group=True)
    def on_tax_invoice_issued(self, tx: Transaction, group: Group[invoicing.TaxInvoiceIssued]) -> None:
        self._tax_invoices_have_moved(tx, group)

    @consumes(invoicing.SupplierTaxInvoiceRegistered, whole_group=True)
    def on_supplier_tax_invoice_registered(
        self, tx: Transaction, group: Group[invoicing.SupplierTaxInvoiceRegistered]
    ) -> None:
        self._tax_invoices_have_moved(tx, group)

    @consumes(invoicing.DeliveryDateAsked, whole_group=True)
    def on_delivery_date_asked(self, tx: Transaction, group: Group[invoicing.DeliveryDateAsked]) -> None:
        self._tax_invoices_have_moved(tx, group)

    @consumes(invoicing.DeliveryDateAdjusted, whole_group=True)
    def on_delivery_date_adjusted(
        self, tx: Transaction, group: Group[invoicing.DeliveryDateAdjusted]
    ) -> None:
        self._tax_invoices_have_moved(tx, group)

    @consumes(invoicing.DeliveryDateKept, whole_group=True)
    def on_delivery_date_kept(self, tx: Transaction, group: Group[invoicing.DeliveryDateKept]) -> None:
        self._tax_invoices_have_moved(tx, group)

    def _tax_invoices_have_moved(self, tx: Transaction, group: Group[Any]) -> None:
        replicas.tell_of_documents(
            tx,
            group,
            lambda event: announcements.tax_invoice_document(event.tax_invoice),
            announcements.of_tax_invoice,
        )

    # ------------------------------------------------------- remarks, files, and mails that came back

    @consumes(events.CommentPosted, whole_group=True)
    def on_comment_posted(self, tx: Transaction, group: Group[events.CommentPosted]) -> None:
        known = queries.documents_by_id(tx, [event.data.comment.document.id for event in group])
        replicas.tell(
            tx,
            [
                (event, announcements.of_comment(event.data, known[event.data.comment.document.id]))
                for event in group
            ],
        )

    @consumes(events.FileAttached, whole_group=True)
    def on_file_attached(self, tx: Transaction, group: Group[events.FileAttached]) -> None:
        known = queries.documents_by_id(tx, [event.data.attachment.document.id for event in group])
        replicas.tell(
            tx,
            [
                (event, announcements.of_file(event.data, known[event.data.attachment.document.id]))
                for event in group
            ],
        )

    @consumes(events.DeliveryFailed, whole_group=True)
    def on_delivery_failed(self, tx: Transaction, group: Group[events.DeliveryFailed]) -> None:
        replicas.tell(tx, [(event, announcements.of_failed_delivery(event.data)) for event in group])


Service = NotificationsService

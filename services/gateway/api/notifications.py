"""HTTP resources of the notifications service.

What hangs on a document lives under the document's address.
"""

from services.contracts.notifications import commands as notifications
from services.contracts.notifications.kinds import DocumentKind
from services.gateway.files import handlers as files
from services.gateway.routes import Internal, Route


def _on(collection: str, kind: DocumentKind) -> tuple[Route, ...]:
    """The resources of the documents of one kind."""
    fixed = {"document_kind": kind.value}
    document = f"/{collection}/{{document_id}}"
    return (
        Route("GET", f"{document}/comments", notifications.ListComments, fixed=fixed),
        Route("POST", f"{document}/comments", notifications.PostComment, status=201, fixed=fixed),
        Route(
            "POST",
            f"{document}/phone-agreements",
            notifications.RecordPhoneAgreement,
            status=201,
            fixed=fixed,
        ),
        Route("GET", f"{document}/attachments", notifications.ListAttachments, fixed=fixed),
        Route(
            "POST",
            f"{document}/attachments",
            notifications.AttachFile,
            status=201,
            location="/attachments/{id}",
            fixed=fixed,
            handler=files.attach,
            filled=frozenset({"media_type", "size", "sha256"}),
            accepts=files.ACCEPTED,
            refusals=frozenset({507}),
        ),
    )


ROUTES = (
    *_on("orders", DocumentKind.ORDER),
    *_on("invoices", DocumentKind.INVOICE),
    Route("GET", "/attachments/{attachment_id}", notifications.GetAttachment),
    Route(
        "GET",
        "/attachments/{attachment_id}/content",
        notifications.GetAttachment,
        handler=files.download,
        produces=files.PRODUCED,
        partial=True,
        refusals=frozenset({416}),
    ),
    Route("DELETE", "/attachments/{attachment_id}", notifications.RemoveAttachment),
    Route("GET", "/feed", notifications.ListFeed),
    Route("GET", "/feed/unread", notifications.CountUnread),
    Route("POST", "/feed/{item_id}/read", notifications.MarkRead),
    Route("POST", "/feed/read-all", notifications.MarkAllRead),
    Route("GET", "/failed-deliveries", notifications.ListFailedDeliveries),
)

INTERNAL = (Internal(notifications.FindUnusedFiles, "The gateway asks it before it sweeps its file store."),)

"""HTTP resources of the notifications service.

What hangs on a document lives under the document's address.
"""

from services.contracts.notifications import commands as notifications
from services.contracts.notifications.kinds import DocumentKind
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
    )


ROUTES = (
    *_on("orders", DocumentKind.ORDER),
    *_on("invoices", DocumentKind.INVOICE),
    Route("GET", "/attachments/{attachment_id}", notifications.GetAttachment),
    Route("DELETE", "/attachments/{attachment_id}", notifications.RemoveAttachment),
    Route("GET", "/feed", notifications.ListFeed),
    Route("GET", "/feed/unread", notifications.CountUnread),
    Route("POST", "/feed/{item_id}/read", notifications.MarkRead),
    Route("POST", "/feed/read-all", notifications.MarkAllRead),
    Route("GET", "/failed-deliveries", notifications.ListFailedDeliveries),
)

INTERNAL = (Internal(notifications.AttachFile, "The gateway asks it once the bytes are in the file store."),)

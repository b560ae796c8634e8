"""HTTP resources of reconciliation statements."""

from services.contracts.invoicing import reconciliations as asked
from services.gateway.documents import routes as files
from services.gateway.routes import Route

ONE = "/reconciliations/{reconciliation_id}"

ROUTES = (
    Route("GET", "/reconciliations", asked.ListReconciliations),
    Route(
        "POST", "/reconciliations", asked.DraftReconciliation,
        status=201, location="/reconciliations/{reconciliation[id]}",
    ),
    Route("GET", ONE, asked.GetReconciliation),
    Route("PUT", ONE, asked.ChangeReconciliationDraft),
    Route("GET", f"{ONE}/history", asked.GetReconciliationHistory),
    Route("POST", f"{ONE}/send", asked.SendReconciliation),
    Route("POST", f"{ONE}/revise", asked.ReviseReconciliation),
    Route("POST", f"{ONE}/withdraw", asked.WithdrawReconciliation),
    Route("POST", f"{ONE}/confirm", asked.ConfirmReconciliation),
    Route("POST", f"{ONE}/contest", asked.ContestReconciliation),
    *files.of_document(ONE, asked.GetReconciliation, "reconciliation"),
    *files.of_list("/reconciliations", asked.ListReconciliations, "reconciliations"),
)  # fmt: skip

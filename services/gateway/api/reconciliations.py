"""HTTP resources of reconciliation: statements of both sides, and ledgers of other programs."""

from services.contracts.invoicing import reconciliations as asked
from services.contracts.invoicing.comparing import CompareLedger
from services.gateway.documents import routes as files
from services.gateway.documents.handlers import produced
from services.gateway.routes import Route
from services.gateway.tables import handlers as tables

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
    # Questions with a body: the table that is asked about is kept nowhere.
    Route(
        "POST", "/balances/{partner_id}/comparison", CompareLedger,
        handler=tables.ledger, filled=tables.FILLED, accepts=tables.ACCEPTED, localised=True,
    ),
    Route(
        "POST", "/balances/{partner_id}/comparison.xlsx", CompareLedger,
        handler=tables.ledger_as_file, filled=tables.FILLED, accepts=tables.ACCEPTED,
        produces=produced("xlsx"), localised=True,
    ),
    *files.of_list("/reconciliations", asked.ListReconciliations, "reconciliations"),
)  # fmt: skip

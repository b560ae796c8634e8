"""HTTP resources of consolidated invoices, and of what they mean for replacing an invoice."""

from services.contracts.invoicing import consolidation as asked
from services.contracts.invoicing import replacing
from services.gateway.documents import routes as files
from services.gateway.routes import Route

ROUTES = (
    Route("GET", "/consolidation/terms", asked.GetConsolidationTerms),
    Route("PUT", "/consolidation/terms", asked.ChangeConsolidationTerms),
    Route("GET", "/consolidation/preview", asked.PreviewConsolidation),
    Route("GET", "/consolidation/runs", asked.ListConsolidationRuns),
    Route("POST", "/consolidation/runs", asked.StartConsolidation),
    Route("GET", "/consolidation/runs/{run_id}", asked.GetConsolidationRun),
    Route("GET", "/consolidated-invoices", asked.ListConsolidatedInvoices),
    Route("GET", "/consolidated-invoices/{consolidated_id}", asked.GetConsolidatedInvoice),
    *files.of_document(
        "/consolidated-invoices/{consolidated_id}", asked.GetConsolidatedInvoice, "consolidated-invoice"
    ),
    Route("POST", "/consolidated-invoices/{consolidated_id}/register-tax-invoice", asked.RegisterTaxInvoice),
    *files.of_document(
        "/consolidated-invoices/{consolidated_id}",
        asked.GetConsolidatedInvoice,
        "tax-invoice",
        file="tax-invoice",
    ),
    Route("GET", "/invoices/{invoice_id}/replacement", replacing.GetReplacementAdvice),
    *files.of_list("/consolidated-invoices", asked.ListConsolidatedInvoices, "consolidated-invoices"),
)

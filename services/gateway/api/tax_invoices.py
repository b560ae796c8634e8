"""HTTP resources of suppliers' tax invoices."""

from services.contracts.invoicing import tax_invoices as asked
from services.gateway.documents import routes as files
from services.gateway.routes import Route

_ONE = "/tax-invoices/{tax_invoice_id}"
_REQUEST = f"{_ONE}/date-requests/{{request_id}}"

ROUTES = (
    Route(
        "POST",
        "/invoices/{invoice_id}/tax-invoices",
        asked.IssueTaxInvoice,
        status=201,
        location="/tax-invoices/{id}",
    ),
    Route("GET", "/tax-invoices", asked.ListTaxInvoices),
    *files.of_list("/tax-invoices", asked.ListTaxInvoices, "tax-invoices"),
    Route("GET", _ONE, asked.GetTaxInvoice),
    Route("GET", f"{_ONE}/history", asked.GetTaxInvoiceHistory),
    Route("POST", f"{_ONE}/register", asked.RegisterSupplierTaxInvoice),
    Route("POST", f"{_ONE}/date-requests", asked.AskForDeliveryDate),
    Route("POST", f"{_REQUEST}/grant", asked.GrantDeliveryDate),
    Route("POST", f"{_REQUEST}/refuse", asked.RefuseDeliveryDate),
)

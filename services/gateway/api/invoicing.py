"""HTTP resources of the invoicing service."""

from services.contracts.invoicing import bulk, payments, waiting
from services.contracts.invoicing import commands as invoicing
from services.gateway.documents import routes as files
from services.gateway.routes import Internal, Route

ROUTES = (
    Route("GET", "/invoices", invoicing.ListInvoices),
    Route("POST", "/invoices", invoicing.SendInvoice, status=201, location="/invoices/{id}"),
    Route("POST", "/invoice-drafts", invoicing.DraftInvoice, status=201, location="/invoices/{id}"),
    Route("GET", "/invoices/{invoice_id}", invoicing.GetInvoice),
    Route("PUT", "/invoices/{invoice_id}", invoicing.ChangeInvoiceDraft),
    Route("DELETE", "/invoices/{invoice_id}", invoicing.DeleteInvoiceDraft),
    # A question with a body: what is asked about does not exist yet.
    Route("POST", "/invoices/preflight", invoicing.PreflightInvoice),
    Route("GET", "/billable-orders", bulk.ListBillableOrders),
    Route("POST", "/invoice-batches/preflight", bulk.PreflightInvoices),
    Route("POST", "/invoice-batches", bulk.SendInvoices),
    Route("GET", "/invoices/{invoice_id}/preflight", invoicing.PreflightInvoiceDraft),
    Route("GET", "/invoices/{invoice_id}/history", invoicing.GetInvoiceHistory),
    Route("GET", "/invoices/{invoice_id}/matches", invoicing.GetInvoiceMatches),
    Route("POST", "/invoices/{invoice_id}/send", invoicing.SendInvoiceDraft),
    Route("POST", "/invoices/{invoice_id}/cancel", invoicing.CancelInvoice),
    Route("POST", "/invoices/{invoice_id}/approve", invoicing.ApproveInvoice),
    Route("POST", "/invoices/{invoice_id}/reject", invoicing.RejectInvoice),
    Route("POST", "/invoices/{invoice_id}/return", invoicing.ReturnInvoice),
    Route("GET", "/invoices/{invoice_id}/wait", waiting.GetInvoiceWait),
    Route("POST", "/invoices/{invoice_id}/nudge", waiting.NudgeInvoice),
    Route("POST", "/invoices/{invoice_id}/escalate", waiting.EscalateInvoice),
    Route("GET", "/customers/{customer_id}/waiting-rules", waiting.GetWaitingRules),
    Route("PUT", "/customers/{customer_id}/waiting-rules", waiting.ChangeWaitingRules),
    Route("GET", "/deputyships", waiting.ListDeputyships),
    Route("POST", "/deputyships", waiting.NameDeputy, status=201, location="/deputyships/{id}"),
    Route("GET", "/deputyships/{deputyship_id}", waiting.GetDeputyship),
    Route("POST", "/deputyships/{deputyship_id}/end", waiting.EndDeputyship),
    Route("POST", "/invoices/{invoice_id}/plan-payment", invoicing.PlanPayment),
    Route("GET", "/invoices/{invoice_id}/payments", invoicing.ListPayments),
    Route("POST", "/invoices/{invoice_id}/payments", invoicing.RegisterPayment),
    Route("GET", "/payments", payments.ListPaymentDocuments),
    Route("POST", "/payments", payments.RecordPayment, status=201, location="/payments/{id}"),
    Route("GET", "/payments/{payment_id}", payments.GetPayment),
    Route("POST", "/payments/{payment_id}/allocate", payments.AllocatePayment),
    Route("POST", "/payments/{payment_id}/reverse", payments.ReversePayment),
    *files.of_document("/payments/{payment_id}", payments.GetPayment, "payment"),
    *files.of_list("/payments", payments.ListPaymentDocuments, "payments"),
    Route("POST", "/invoices/{invoice_id}/disputes", invoicing.DisputeLine),
    Route("POST", "/invoices/{invoice_id}/disputes/{dispute_id}/settle", invoicing.SettleDispute),
    *files.of_document("/invoices/{invoice_id}", invoicing.GetInvoice, "invoice"),
    *files.of_list("/invoices", invoicing.ListInvoices, "invoices"),
    Route("GET", "/dashboard/invoices", invoicing.GetInvoicesDashboard),
    Route("GET", "/orders/{order_id}/open-quantities", invoicing.GetOpenQuantities),
    Route("GET", "/partnerships/{partnership_id}/drafts", invoicing.CountDrafts),
    Route("GET", "/tolerances", invoicing.ListTolerances),
    Route("POST", "/tolerances", invoicing.SetTolerance, status=201, location="/tolerances/{id}"),
    Route("GET", "/tolerances/{tolerance_id}", invoicing.GetTolerance),
    Route("POST", "/tolerances/{tolerance_id}/end", invoicing.EndTolerance),
    # A question with a body: what is asked about is a list of what might be.
    Route("POST", "/tolerances/replay", invoicing.ReplayMatching),
    Route("GET", "/partnerships/{partnership_id}/matching", invoicing.GetMatchingPolicy),
    Route("PUT", "/partnerships/{partnership_id}/matching", invoicing.ChangeMatching),
    Route("GET", "/partnerships/{partnership_id}/items", invoicing.ListItemFacts),
    Route("POST", "/partnerships/{partnership_id}/items", invoicing.DescribeItem),
    Route("GET", "/orders/{order_id}/matching", invoicing.GetOrderMatching),
    Route("PUT", "/orders/{order_id}/matching", invoicing.ChangeOrderMatching),
    Route("GET", "/balances/{partner_id}", invoicing.GetPartnerBalance),
)

INTERNAL = (Internal(invoicing.SearchInvoices, "The gateway asks it together with orders, for /search."),)

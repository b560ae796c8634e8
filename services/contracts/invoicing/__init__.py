"""The published language of the invoicing service: invoices, how they were matched, payments, balances."""

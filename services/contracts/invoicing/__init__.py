"""Invoices, how they were matched, payments, balances."""

"""Invoices of a supplier for a customer's orders: drafted, sent, matched, decided, paid.

Owns: invoices, match decisions, payments, the ledger. Events in: every change of an order that both
sides know of (replica `orders`), the terms and the portal switch of a partnership (replica
`partnerships`). Events out: see `services.contracts.invoicing.events`.

The row of the order is the gate: whoever sends or decides an invoice holds it, so that the invoices of one
order are compared with it one after the other (S-048), and a constraint on it states the limit once more.
"""

"""Orders: suppliers' products, purchase orders and their revisions, goods issues and receipts.

Announces: order-drafted, order-draft-changed, order-draft-deleted, order-submitted, order-revised,
order-confirmed, order-refused, order-started, order-cancelled, order-closed, delivery-date-proposed,
delivery-date-declined, delivery-date-changed, goods-issued, goods-received, product-saved (live only).
Remembers: partnerships (from accounts).
"""

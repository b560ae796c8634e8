"""Products, purchase orders, goods issues and receipts."""

"""The published language of the orders service: products, purchase orders, goods issues and receipts."""

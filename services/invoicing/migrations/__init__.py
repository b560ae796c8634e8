"""The history of the invoicing service's schema."""

"""Invoices by their date and by their due date, for lists and for the ages of what is outstanding."""

import sqlalchemy as sa
from alembic import op

revision = "invoicing_0002"
down_revision = "invoicing_0001"


def upgrade() -> None:
    """Add two indexes for each side; a customer has those that were sent."""
    for by, day in (("date", "issue_date"), ("due_date", "due_date")):
        op.create_index(f"invoices_of_supplier_by_{by}", "invoices", ["supplier_id", day, "id"])
        op.create_index(
            f"invoices_of_customer_by_{by}",
            "invoices",
            ["customer_id", day, "id"],
            postgresql_where=sa.text("submitted_at is not null"),
        )

"""The tables of the invoicing service."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

metadata = MetaData()

ID = UUID(as_uuid=True)
INSTANT = DateTime(timezone=True)
# Without a scale, so that 12.50 comes back as 12.50; how large and how fine is said by the contracts.
NUMBER = Numeric()

# A replica, fed by orders; the last four columns are our own and no event touches them. They are the gate of
# the order's invoices: what was approved is counted here, and whoever is approved by itself writes down the
# limit it was measured by, so that no race and no mistake ever approves more than that by itself.
orders = Table(
    "orders",
    metadata,
    Column("id", ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("customer_id", ID, nullable=False),
    Column("supplier_id", ID, nullable=False),
    Column("document", JSONB, nullable=False),
    Column("approved_net", NUMBER, nullable=False, server_default=text("0")),
    Column("approved_gross", NUMBER, nullable=False, server_default=text("0")),
    Column("limit_net", NUMBER),
    Column("limit_gross", NUMBER),
    Index("orders_by_number", "supplier_id", text("(document ->> 'number')")),
    CheckConstraint("approved_net <= limit_net", name="orders_approved_net"),
    CheckConstraint("approved_gross <= limit_gross", name="orders_approved_gross"),
)

# A replica, fed by accounts.
partnerships = Table(
    "partnerships",
    metadata,
    Column("id", ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("customer_id", ID, nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("supplier_id", ID, nullable=False),
    Column("supplier_name", Text, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("tolerance_rate", NUMBER, nullable=False),
    Column("tolerance_base", Text, nullable=False),
    Index("partnerships_pair", "customer_id", "supplier_id", unique=True),
)

SENT = "submitted_at is not null"

invoices = Table(
    "invoices",
    metadata,
    Column("id", ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("number", Text),
    Column("number_key", Text),
    Column("status", Text, nullable=False),
    Column("order_id", ID, ForeignKey("orders.id"), nullable=False),
    Column("order_number", Text, nullable=False),
    Column("partnership_id", ID, nullable=False),
    Column("supplier_id", ID, nullable=False),
    Column("supplier_name", Text, nullable=False),
    Column("customer_id", ID, nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("initiator_id", ID, nullable=False),
    Column("initiator_name", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount_places", SmallInteger, nullable=False),
    # At which rate it is compared with its order; null: in the order's own currency.
    Column("order_currency", Text),
    Column("exchange_rate", NUMBER),
    Column("exchange_source", Text),
    Column("exchange_day", Date),
    Column("issue_date", Date, nullable=False),
    Column("due_date", Date, nullable=False),
    Column("note", Text, nullable=False),
    # Charges and allowances of the whole; `charged` counts those of lines too, for the order's later invoices.
    Column("adjustments", JSONB, nullable=False, server_default=text("'[]'")),
    Column("charged", NUMBER, nullable=False, server_default=text("0")),
    Column("returned_charges", NUMBER, nullable=False, server_default=text("0")),
    Column("taxes", JSONB, nullable=False),
    Column("net", NUMBER, nullable=False),
    Column("tax", NUMBER, nullable=False),
    Column("gross", NUMBER, nullable=False),
    Column("paid", NUMBER, nullable=False),
    Column("credited", NUMBER, nullable=False, server_default=text("0")),
    Column("deducted", NUMBER, nullable=False, server_default=text("0")),
    # What was credited by quantity: its goods can be invoiced anew, so it no longer counts on the order.
    Column("returned_net", NUMBER, nullable=False, server_default=text("0")),
    Column("returned_gross", NUMBER, nullable=False, server_default=text("0")),
    Column("planned_on", Date),
    Column("reasons", JSONB, nullable=False),
    Column("waiting_since", INSTANT),
    Column("approval", Text),
    Column("decided_by_id", ID),
    Column("decided_by_name", Text),
    Column("decided_at", INSTANT),
    Column("remark", Text),
    Column("created_by_id", ID, nullable=False),
    Column("created_by_name", Text, nullable=False),
    Column("created_at", INSTANT, nullable=False),
    Column("drafted_at", INSTANT, nullable=False),
    Column("submitted_at", INSTANT),
    Column("warnings", JSONB, nullable=False, server_default=text("'[]'")),
    Column("disputes", JSONB, nullable=False, server_default=text("'[]'")),
    Column("disputed", NUMBER, nullable=False, server_default=text("0")),
    # Of invoices that are held: `watch_at` is when somebody must be told of something next.
    Column("asked_at", INSTANT),
    Column("deputy_id", ID),
    Column("deputy_name", Text),
    Column("decided_for_id", ID),
    Column("decided_for_name", Text),
    Column("reminders", Integer, nullable=False, server_default=text("0")),
    Column("reminded_at", INSTANT),
    Column("nudged_at", INSTANT),
    Column("escalated_at", INSTANT),
    Column("answer_by", INSTANT),
    Column("watch_at", INSTANT),
    Column("reason_code", Text),
    Column("action_code", Text),
    Column("delivery_date", Date),
    Column("originals_at", INSTANT),
    Column("originals_by_id", ID),
    Column("originals_by_name", Text),
    CheckConstraint("(asked_at is not null) = (status = 'pending')", name="invoices_asked"),
    # The consolidated invoice it stands on. There is room for one, so it can never stand on two.
    Column("consolidated_id", ID, ForeignKey("consolidated_invoices.id")),
    # That document's day: all that its supplier is told of it.
    Column("consolidated_on", Date),
    CheckConstraint("(consolidated_id is null) = (consolidated_on is null)", name="invoices_consolidated_on"),
    CheckConstraint("consolidated_id is null or approval is not null", name="invoices_consolidated_approved"),
    CheckConstraint("gross = net + tax", name="invoices_sums"),
    CheckConstraint(
        "exchange_rate > 0 and num_nulls(order_currency, exchange_rate, exchange_source, exchange_day) in (0, 4)",
        name="invoices_exchange",
    ),
    CheckConstraint("returned_charges between 0 and charged", name="invoices_charged"),
    CheckConstraint("disputed between 0 and greatest(gross - paid - deducted, 0)", name="invoices_disputed"),
    CheckConstraint("paid between 0 and gross - deducted", name="invoices_paid"),
    CheckConstraint(
        "credited between 0 and gross and deducted between 0 and credited"
        " and returned_gross between 0 and credited and returned_net between 0 and net",
        name="invoices_credited",
    ),
    CheckConstraint(
        "case status when 'paid' then paid + deducted = gross"
        " when 'partly-paid' then paid > 0 and paid + deducted < gross else paid = 0 end",
        name="invoices_payment_status",
    ),
    CheckConstraint(
        "(approval is not null) = (status in ('approved', 'partly-paid', 'paid'))", name="invoices_approval"
    ),
    CheckConstraint(
        "status = 'draft' or (number is not null and submitted_at is not null)", name="invoices_sent"
    ),
    # Serves the search by number too: hence the supplier alone before the number.
    Index(
        "invoices_number_once", "supplier_id", "number_key", "customer_id",
        unique=True, postgresql_ops={"number_key": "text_pattern_ops"},
    ),
    Index(
        "invoices_number_of_customer", "customer_id", "number_key",
        postgresql_ops={"number_key": "text_pattern_ops"}, postgresql_where=text(SENT),
    ),
    Index("invoices_of_order", "order_id"),
    Index("invoices_of_supplier", "supplier_id", "id"),
    Index("invoices_of_supplier_by_status", "supplier_id", "status", "id"),
    Index("invoices_of_customer", "customer_id", "id", postgresql_where=text(SENT)),
    Index("invoices_of_customer_by_status", "customer_id", "status", "id", postgresql_where=text(SENT)),
    Index("invoices_of_supplier_by_date", "supplier_id", "issue_date", "id"),
    Index("invoices_of_customer_by_date", "customer_id", "issue_date", "id", postgresql_where=text(SENT)),
    Index("invoices_of_supplier_by_due_date", "supplier_id", "due_date", "id"),
    Index("invoices_of_customer_by_due_date", "customer_id", "due_date", "id", postgresql_where=text(SENT)),
    Index("invoices_of_pair", "supplier_id", "customer_id", "id"),
    Index("invoices_to_watch", "watch_at", postgresql_where=text("watch_at is not null")),
    Index("invoices_held", "customer_id", "initiator_id", postgresql_where=text("asked_at is not null")),
    Index("invoices_of_pair_by_gross", "supplier_id", "customer_id", "gross"),
    Index(
        "invoices_to_consolidate", "customer_id", "decided_at",
        postgresql_where=text("consolidated_id is null and approval is not null"),
    ),
    Index("invoices_consolidated", "consolidated_id", postgresql_where=text("consolidated_id is not null")),
)  # fmt: skip

invoice_lines = Table(
    "invoice_lines",
    metadata,
    Column("invoice_id", ID, ForeignKey("invoices.id", ondelete="cascade"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("supplier_id", ID, nullable=False),
    Column("order_line", Integer),
    Column("item_number", Text),
    Column("description", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("quantity", NUMBER, nullable=False),
    Column("unit_price", NUMBER, nullable=False),
    Column("tax_rate", NUMBER, nullable=False),
    Column("tax_category", Text, nullable=False, server_default=text("'S'")),
    Column("adjustments", JSONB, nullable=False, server_default=text("'[]'")),
    Column("net", NUMBER, nullable=False),
    Column("buyer_item_number", Text),
    Column("gtin", Text),
    Column("matched_by", Text),
    Column("credited_quantity", NUMBER, nullable=False, server_default=text("0")),
    Column("credited_net", NUMBER, nullable=False, server_default=text("0")),
    CheckConstraint(
        "credited_quantity between 0 and quantity and credited_net between 0 and net",
        name="invoice_lines_credited",
    ),
    CheckConstraint("(tax_category = 'S') = (tax_rate > 0)", name="invoice_lines_taxed"),
)
Index(
    "invoice_lines_by_item",
    invoice_lines.c.supplier_id,
    func.lower(invoice_lines.c.item_number).label("item_key"),
    invoice_lines.c.invoice_id,
    postgresql_ops={"item_key": "text_pattern_ops"},
)

# Only ever added to.
matches = Table(
    "matches",
    metadata,
    Column("id", ID, primary_key=True),
    Column("invoice_id", ID, nullable=False),
    Column("customer_id", ID, nullable=False),
    Column("supplier_id", ID, nullable=False),
    Column("verdict", Text, nullable=False),
    Column("compared", NUMBER, nullable=False),
    Column("allowed", NUMBER),
    Column("document", JSONB, nullable=False),
    CheckConstraint("verdict <> 'passes' or compared <= allowed", name="matches_passed_within_limit"),
    Index("matches_of_invoice", "invoice_id", "id"),
)

# Only ever added to; its lines are part of the document.
credit_notes = Table(
    "credit_notes",
    metadata,
    Column("id", ID, primary_key=True),
    Column("number", Text, nullable=False),
    Column("number_key", Text, nullable=False),
    Column("invoice_id", ID, ForeignKey("invoices.id"), nullable=False),
    Column("invoice_number", Text, nullable=False),
    Column("customer_id", ID, nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("supplier_id", ID, nullable=False),
    Column("supplier_name", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("issue_date", Date, nullable=False),
    Column("net", NUMBER, nullable=False),
    Column("gross", NUMBER, nullable=False),
    Column("deducted", NUMBER, nullable=False),
    Column("document", JSONB, nullable=False),
    CheckConstraint("deducted between 0 and gross", name="credit_notes_deducted"),
    Index("credit_notes_number_once", "supplier_id", "number_key", "customer_id", unique=True),
    Index("credit_notes_of_customer", "customer_id", "id"),
    Index("credit_notes_of_invoice", "invoice_id", "id"),
)

# What was paid. Only how much of it is allocated changes, and whether it was taken back.
payment_documents = Table(
    "payment_documents",
    metadata,
    Column("id", ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("partnership_id", ID, nullable=False),
    Column("customer_id", ID, nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("supplier_id", ID, nullable=False),
    Column("supplier_name", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount", NUMBER, nullable=False),
    Column("allocated", NUMBER, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("reference", Text, nullable=False),
    Column("registered_by_id", ID, nullable=False),
    Column("registered_by_name", Text, nullable=False),
    Column("registered_at", INSTANT, nullable=False),
    Column("reversed_by_id", ID),
    Column("reversed_by_name", Text),
    Column("reversed_at", INSTANT),
    Column("reversal_reason", Text, nullable=False),
    # An advance that no money but a credit note has made.
    Column("credit_note_id", ID, ForeignKey("credit_notes.id")),
    CheckConstraint("amount > 0", name="payment_documents_positive"),
    CheckConstraint("allocated between 0 and amount", name="payment_documents_allocated"),
    CheckConstraint("reversed_at is null or allocated = 0", name="payment_documents_reversed"),
    Index("payment_documents_of_customer", "customer_id", "id"),
    Index("payment_documents_of_supplier", "supplier_id", "id"),
)

# What of a payment went to an invoice. Only ever added to.
payments = Table(
    "payments",
    metadata,
    Column("id", ID, primary_key=True),
    Column("payment_id", ID, ForeignKey("payment_documents.id"), nullable=False),
    Column("invoice_id", ID, ForeignKey("invoices.id"), nullable=False),
    Column("customer_id", ID, nullable=False),
    Column("supplier_id", ID, nullable=False),
    Column("amount", NUMBER, nullable=False),
    Column("currency", Text, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("reference", Text, nullable=False),
    Column("registered_by_id", ID, nullable=False),
    Column("registered_by_name", Text, nullable=False),
    Column("registered_at", INSTANT, nullable=False),
    CheckConstraint("amount > 0", name="payments_positive"),
    Index("payments_of_invoice", "invoice_id", "id"),
    Index("payments_of_document", "payment_id", "id"),
)

# Only ever added to; the entries of one statement sum to zero by source and currency, or a trigger refuses.
ledger = Table(
    "ledger",
    metadata,
    Column("source_type", Text, primary_key=True),
    Column("source_id", ID, primary_key=True),
    Column("entry", SmallInteger, primary_key=True),
    Column("partnership_id", ID, nullable=False),
    Column("customer_id", ID, nullable=False),
    Column("supplier_id", ID, nullable=False),
    # Money and advances belong to no invoice.
    Column("order_id", ID),
    Column("invoice_id", ID),
    Column("account", Text, nullable=False),
    Column("amount", NUMBER, nullable=False),
    Column("currency", Text, nullable=False),
    Column("posted_on", Date, nullable=False),
    Column("posted_at", INSTANT, nullable=False),
    CheckConstraint("amount <> 0", name="ledger_not_empty"),
    Index("ledger_of_pair", "customer_id", "supplier_id", "account", "currency"),
    # A balance is one scan of these alone, a statement a part of it.
    Index(
        "ledger_of_account",
        "customer_id",
        "supplier_id",
        "currency",
        "posted_on",
        postgresql_include=["account", "amount"],
        postgresql_where=text("account in ('receivable', 'advance')"),
    ),
    Index(
        "ledger_of_supplier",
        "supplier_id",
        "customer_id",
        "currency",
        postgresql_include=["account", "amount"],
        postgresql_where=text("account in ('receivable', 'advance')"),
    ),
)

# One side's statement of an account; the columns beside the document are what lists are made from. Its author
# alone sees it until it is sent.
reconciliations = Table(
    "reconciliations",
    metadata,
    Column("id", ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("number", Text),
    Column("number_key", Text),
    Column("status", Text, nullable=False),
    Column("partnership_id", ID, nullable=False),
    Column("customer_id", ID, nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("supplier_id", ID, nullable=False),
    Column("supplier_name", Text, nullable=False),
    Column("author_id", ID, nullable=False),
    Column("currency", Text, nullable=False),
    Column("date_from", Date, nullable=False),
    Column("date_to", Date, nullable=False),
    Column("receivable", NUMBER, nullable=False),
    Column("payable", NUMBER, nullable=False),
    Column("contested", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("made_at", INSTANT, nullable=False),
    Column("sent_at", INSTANT),
    Column("document", JSONB, nullable=False),
    CheckConstraint("author_id in (customer_id, supplier_id)", name="reconciliations_author"),
    CheckConstraint(
        "(number is null) = (sent_at is null) and (sent_at is null) = (revision = 0)"
        " and (status in ('draft', 'withdrawn') or number is not null)",
        name="reconciliations_sent",
    ),
    Index("reconciliations_number_once", "author_id", "number_key", unique=True),
    Index("reconciliations_of_customer", "customer_id", "id"),
    Index("reconciliations_of_supplier", "supplier_id", "id"),
)

# The lines of a statement as they were sent, each time. Only ever added to.
reconciliation_lines = Table(
    "reconciliation_lines",
    metadata,
    Column("reconciliation_id", ID, ForeignKey("reconciliations.id"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("customer_id", ID, nullable=False),
    Column("supplier_id", ID, nullable=False),
    Column("author_id", ID, nullable=False),
    Column("lines", JSONB, nullable=False),
)

# What the nightly check of the books has found. For operators alone.
ledger_checks = Table(
    "ledger_checks",
    metadata,
    Column("id", ID, primary_key=True),
    Column("at", INSTANT, nullable=False),
    Column("document", JSONB, nullable=False),
    Index("ledger_checks_by_time", "at"),
)

# How often a customer has changed its tolerances; the row is locked while it does.
policies = Table(
    "policies",
    metadata,
    Column("customer_id", ID, primary_key=True),
    Column("version", Integer, nullable=False),
)

# Set and ended, never deleted: its own history.
tolerances = Table(
    "tolerances",
    metadata,
    Column("id", ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("customer_id", ID, nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("supplier_id", ID),
    Column("supplier_name", Text),
    Column("measure", Text, nullable=False),
    Column("terms", JSONB, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("version", Integer, nullable=False),
    Column("set_by_id", ID, nullable=False),
    Column("set_by_name", Text, nullable=False),
    Column("set_at", INSTANT, nullable=False),
    Column("ended_by_id", ID),
    Column("ended_by_name", Text),
    Column("ended_at", INSTANT),
    CheckConstraint("valid_to >= valid_from - 1", name="tolerances_days"),
    Index("tolerances_of_customer", "customer_id", "id"),
    Index("tolerances_once_a_version", "customer_id", "version", unique=True),
)

# By partnership, and by order where one is to be matched in another way.
matching_choices = Table(
    "matching_choices",
    metadata,
    Column("id", ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("customer_id", ID, nullable=False),
    Column("supplier_id", ID, nullable=False),
    Column("way", Text),
    Column("tells_limit", Boolean),
)

# What orders do not tell of an item; its id follows from customer, supplier and number.
items = Table(
    "items",
    metadata,
    Column("id", ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("customer_id", ID, nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("supplier_id", ID, nullable=False),
    Column("supplier_name", Text, nullable=False),
    Column("item_number", Text, nullable=False),
    Column("buyer_item_number", Text),
    Column("gtin", Text),
    Column("category", Text),
    Column("units", JSONB, nullable=False),
    Column("changed_by_id", ID, nullable=False),
    Column("changed_by_name", Text, nullable=False),
    Column("changed_at", INSTANT, nullable=False),
    Index("items_once", "customer_id", "supplier_id", "item_number", unique=True),
)

# Who runs the portal: one row, fed by accounts; the last columns are the operator's own choice here.
operators = Table(
    "operators",
    metadata,
    Column("id", ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("known_since", INSTANT, nullable=False, server_default=func.now()),
    Column("time_zone", Text, nullable=False, server_default="UTC"),
    Column("payment_days", Integer, nullable=False, server_default="30"),
    Column("terms_sequence", Integer, nullable=False, server_default="0"),
    Column("discrepancy_threshold", NUMBER, nullable=False, server_default="10"),
    CheckConstraint("discrepancy_threshold between 0 and 100", name="operators_discrepancy_threshold"),
)

# The last number of each series of an organisation in each year (the first column is older than those of others
# than the operator); the row is locked while a document takes the next one.
number_series = Table(
    "number_series",
    metadata,
    Column("operator_id", ID, primary_key=True),
    Column("series", Text, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("last", Integer, nullable=False),
)

consolidation_runs = Table(
    "consolidation_runs",
    metadata,
    Column("id", ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("operator_id", ID, nullable=False),
    Column("operator_name", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("until", INSTANT, nullable=False),
    Column("started_by_id", ID),
    Column("started_by_name", Text),
    Column("started_at", INSTANT, nullable=False),
    Column("finished_at", INSTANT),
    Column("waiting", JSONB, nullable=False),
    Column("totals", JSONB, nullable=False),
    Index("consolidation_runs_once_a_day", "operator_id", "day", unique=True),
)

# What is paid of one is asked of the invoices behind it, never written down here.
consolidated_invoices = Table(
    "consolidated_invoices",
    metadata,
    Column("id", ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("number", Text, nullable=False),
    Column("run_id", ID, ForeignKey("consolidation_runs.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("due_date", Date, nullable=False),
    Column("operator_id", ID, nullable=False),
    Column("operator_name", Text, nullable=False),
    Column("customer_id", ID, nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount_places", SmallInteger, nullable=False),
    Column("invoices", Integer, nullable=False),
    Column("taxes", JSONB, nullable=False),
    Column("net", NUMBER, nullable=False),
    Column("tax", NUMBER, nullable=False),
    Column("gross", NUMBER, nullable=False),
    Column("issued_at", INSTANT, nullable=False),
    Column("tax_number", Text),
    Column("tax_registration", Text),
    Column("tax_registered_on", Date),
    Column("tax_registered_by_id", ID),
    Column("tax_registered_by_name", Text),
    CheckConstraint("gross = net + tax", name="consolidated_invoices_sums"),
    CheckConstraint(
        "(tax_registration is null) = (tax_registered_on is null)"
        " and (tax_registration is null or tax_number is not null)",
        name="consolidated_invoices_tax_registration",
    ),
    Index("consolidated_invoices_tax_number_once", "operator_id", "tax_number", unique=True),
    Index("consolidated_invoices_number_once", "operator_id", "number", unique=True),
    Index("consolidated_invoices_of_customer", "customer_id", "id"),
    Index("consolidated_invoices_of_run", "run_id", "id"),
)

# Only ever added to; the lines of a document sum to its totals, or a trigger refuses.
consolidated_lines = Table(
    "consolidated_lines",
    metadata,
    Column("consolidated_id", ID, ForeignKey("consolidated_invoices.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("invoice_id", ID, ForeignKey("invoices.id"), nullable=False),
    Column("invoice_number", Text, nullable=False),
    Column("issue_date", Date, nullable=False),
    Column("supplier_id", ID, nullable=False),
    Column("supplier_name", Text, nullable=False),
    Column("order_id", ID, nullable=False),
    Column("order_number", Text, nullable=False),
    Column("net", NUMBER, nullable=False),
    Column("tax", NUMBER, nullable=False),
    Column("gross", NUMBER, nullable=False),
    Index("consolidated_lines_once", "invoice_id", unique=True),
)

# Of suppliers; the operator's stand with its consolidated invoices. A trigger keeps what it taxes.
tax_invoices = Table(
    "tax_invoices",
    metadata,
    Column("id", ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("number", Text, nullable=False),
    Column("number_key", Text, nullable=False),
    Column("day", Date, nullable=False),
    Column("invoice_id", ID, ForeignKey("invoices.id"), nullable=False),
    Column("invoice_number", Text, nullable=False),
    Column("order_id", ID, nullable=False),
    Column("order_number", Text, nullable=False),
    Column("customer_id", ID, nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("supplier_id", ID, nullable=False),
    Column("supplier_name", Text, nullable=False),
    Column("initiator_id", ID, nullable=False),
    Column("initiator_name", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount_places", SmallInteger, nullable=False),
    Column("taxes", JSONB, nullable=False),
    Column("net", NUMBER, nullable=False),
    Column("tax", NUMBER, nullable=False),
    Column("gross", NUMBER, nullable=False),
    Column("register_by", Date, nullable=False),
    Column("registration", Text),
    Column("registered_on", Date),
    Column("registered_by_id", ID),
    Column("registered_by_name", Text),
    Column("requests", JSONB, nullable=False),
    Column("asked", Boolean, nullable=False),
    Column("issued_by_id", ID, nullable=False),
    Column("issued_by_name", Text, nullable=False),
    Column("issued_at", INSTANT, nullable=False),
    CheckConstraint("gross = net + tax", name="tax_invoices_sums"),
    CheckConstraint(
        "(registration is null) = (registered_on is null) and not (asked and registration is not null)",
        name="tax_invoices_registration",
    ),
    Index("tax_invoices_one_of_invoice", "invoice_id", unique=True),
    Index("tax_invoices_number_once", "supplier_id", "number_key", "customer_id", unique=True),
    Index("tax_invoices_of_customer", "customer_id", "id"),
    Index("tax_invoices_of_supplier", "supplier_id", "id"),
)

# A replica, fed by accounts: who can stand in for whom, and how initiators are reached.
people = Table(
    "people",
    metadata,
    Column("id", ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("phone", Text),
    Column("organisations", ARRAY(ID), nullable=False),
    Index("people_of_organisations", "organisations", postgresql_using="gin"),
)

# By customer; what nobody has changed is not here.
waiting_rules = Table(
    "waiting_rules",
    metadata,
    Column("id", ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("terms", JSONB, nullable=False),
    Column("changed_by_id", ID, nullable=False),
    Column("changed_by_name", Text, nullable=False),
    Column("changed_at", INSTANT, nullable=False),
)

deputyships = Table(
    "deputyships",
    metadata,
    Column("id", ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("customer_id", ID, nullable=False),
    Column("customer_name", Text, nullable=False),
    Column("principal_id", ID, nullable=False),
    Column("principal_name", Text, nullable=False),
    Column("deputy_id", ID, nullable=False),
    Column("deputy_name", Text, nullable=False),
    Column("first_day", Date, nullable=False),
    Column("last_day", Date, nullable=False),
    Column("note", Text, nullable=False),
    Column("named_by_id", ID, nullable=False),
    Column("named_by_name", Text, nullable=False),
    Column("named_at", INSTANT, nullable=False),
    Column("ended_by_id", ID),
    Column("ended_by_name", Text),
    Column("ended_at", INSTANT),
    CheckConstraint("last_day >= first_day", name="deputyships_days"),
    CheckConstraint("deputy_id <> principal_id", name="deputyships_of_others"),
    Index("deputyships_of_principal", "customer_id", "principal_id", "last_day"),
)

# Only ever added to: how soon held invoices were answered, measured as the calendar stood then.
answers = Table(
    "answers",
    metadata,
    Column("invoice_id", ID, primary_key=True),
    Column("asked_at", INSTANT, primary_key=True),
    Column("customer_id", ID, nullable=False),
    Column("supplier_id", ID, nullable=False),
    Column("answered_at", INSTANT, nullable=False),
    Column("answered_by_id", ID, nullable=False),
    Column("worked_minutes", Integer, nullable=False),
    Column("in_time", Boolean, nullable=False),
    Index("answers_of_customer", "customer_id", "answered_at"),
    Index("answers_of_supplier", "supplier_id", "answered_at"),
)

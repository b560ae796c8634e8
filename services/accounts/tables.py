"""The tables of accounts. `migrations/` makes them; who may see which row is said there."""

from sqlalchemy import Boolean, Column, DateTime, Integer, LargeBinary, MetaData, Numeric, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, UUID

metadata = MetaData()

_ID = UUID(as_uuid=True)
_AT = DateTime(timezone=True)

organisations = Table(
    "organisations",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("tax_number", Text),
    Column("street", Text),
    Column("city", Text),
    Column("postal_code", Text),
    Column("region", Text),
    Column("contact_person", Text),
    Column("contact_email", Text),
    Column("contact_phone", Text),
    Column("contact_website", Text),
    Column("registered_at", _AT, nullable=False),
    Column("registered_by", _ID),
)

notification_emails = Table(
    "notification_emails",
    metadata,
    Column("organisation_id", _ID, primary_key=True),
    Column("email", Text, primary_key=True),
    Column("status", Text, nullable=False),
)

# What any customer may know of any supplier, in a table of its own so that the rest stays out of reach.
supplier_directory = Table(
    "supplier_directory",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("tax_number", Text),
    Column("city", Text),
)

users = Table(
    "users",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("email_confirmed", Boolean, nullable=False),
    Column("username", Text),
    Column("phone", Text),
    Column("activated", Boolean, nullable=False),
    Column("created_at", _AT, nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("user_id", _ID, primary_key=True),
    Column("organisation_id", _ID, primary_key=True),
    Column("roles", ARRAY(Text), nullable=False),
    Column("status", Text, nullable=False),
    Column("since", _AT, nullable=False),
)

credentials = Table(
    "credentials",
    metadata,
    Column("user_id", _ID, primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("changed_at", _AT, nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("organisation_id", _ID, nullable=False),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("invited_by", _ID, nullable=False),
    Column("invited_by_name", Text, nullable=False),
    Column("invited_at", _AT, nullable=False),
    Column("link_id", _ID, nullable=False),
    Column("expires_at", _AT, nullable=False),
    Column("status", Text, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("subject_id", _ID, nullable=False),
    Column("organisation_id", _ID),
    Column("email", Text),
    Column("replaces", Text),
    Column("expires_at", _AT, nullable=False),
    Column("used_at", _AT),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("user_id", _ID, nullable=False),
    Column("token_hash", LargeBinary, nullable=False),
    Column("acting_for", _ID),
    Column("address", Text, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("signed_in_at", _AT, nullable=False),
    Column("last_seen_at", _AT, nullable=False),
    Column("ended_at", _AT),
)

attempts = Table(
    "attempts",
    metadata,
    Column("key", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_failed_at", _AT),
    Column("blocked_until", _AT),
)

partnerships = Table(
    "partnerships",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("customer_id", _ID, nullable=False),
    Column("supplier_id", _ID, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("currency", Text, nullable=False),
    Column("tolerance_rate", Numeric, nullable=False),
    Column("tolerance_base", Text, nullable=False),
    Column("lead_time_days", Integer, nullable=False),
    Column("minimum_order", Numeric, nullable=False),
    Column("payment_days", Integer, nullable=False),
    Column("customer_contact_id", _ID),
    Column("since", _AT, nullable=False),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("organisation_id", _ID, nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("owner_id", _ID, nullable=False),
    Column("owner_name", Text, nullable=False),
    Column("created_at", _AT, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("expires_at", _AT),
    Column("last_used_at", _AT),
    Column("revoked_at", _AT),
)

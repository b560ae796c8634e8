"""The tables of accounts. `migrations/` makes them; who may see which row is said there."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    text,
)
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
    CheckConstraint("kind in ('customer', 'supplier', 'operator')", name="organisations_kind"),
    UniqueConstraint("kind", "country", "tax_number", name="organisations_tax_number"),
    Index("organisations_operator", "kind", unique=True, postgresql_where=text("kind = 'operator'")),
    Index("organisations_by_name", text('(lower(name) collate "C")'), "id"),
)

notification_emails = Table(
    "notification_emails",
    metadata,
    Column("organisation_id", _ID, ForeignKey("organisations.id"), primary_key=True),
    Column("email", Text, primary_key=True),
    Column("status", Text, nullable=False),
)

# What any customer may know of any supplier, in a table of its own so that the rest stays out of reach.
supplier_directory = Table(
    "supplier_directory",
    metadata,
    Column("id", _ID, ForeignKey("organisations.id"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("country", Text, nullable=False),
    Column("tax_number", Text),
    Column("city", Text),
    Index("supplier_directory_by_name", text('(lower(name) collate "C")'), "id"),
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
    CheckConstraint("email is not null or username is not null", name="users_can_sign_in"),
    Index("users_username", text("lower(username)"), unique=True),
    Index("users_email", text("lower(email)"), unique=True, postgresql_where=text("email_confirmed")),
)

memberships = Table(
    "memberships",
    metadata,
    Column("user_id", _ID, ForeignKey("users.id"), primary_key=True),
    Column("organisation_id", _ID, ForeignKey("organisations.id"), primary_key=True),
    Column("roles", ARRAY(Text), nullable=False),
    Column("status", Text, nullable=False),
    Column("since", _AT, nullable=False),
    Index("memberships_of_organisation", "organisation_id"),
)

credentials = Table(
    "credentials",
    metadata,
    Column("user_id", _ID, ForeignKey("users.id"), primary_key=True),
    Column("password_hash", Text, nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("changed_at", _AT, nullable=False),
)

second_factors = Table(
    "second_factors",
    metadata,
    Column("user_id", _ID, ForeignKey("users.id"), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("begun_at", _AT, nullable=False),
    Column("confirmed_at", _AT),
    Column("last_step", BigInteger),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("user_id", _ID, ForeignKey("users.id"), primary_key=True),
    Column("code_hash", LargeBinary, primary_key=True),
    Column("used_at", _AT),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("organisation_id", _ID, ForeignKey("organisations.id"), nullable=False),
    Column("email", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("invited_by", _ID, nullable=False),
    Column("invited_by_name", Text, nullable=False),
    Column("invited_at", _AT, nullable=False),
    Column("link_id", _ID, nullable=False),
    Column("expires_at", _AT, nullable=False),
    Column("status", Text, nullable=False),
    Index("invitations_of_organisation", "organisation_id", "id"),
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
    Index("links_open", "subject_id", "purpose", postgresql_where=text("used_at is null")),
    Index("links_by_end", "expires_at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("user_id", _ID, ForeignKey("users.id"), nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    Column("acting_for", _ID),
    Column("address", Text, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("signed_in_at", _AT, nullable=False),
    Column("last_seen_at", _AT, nullable=False),
    Column("ended_at", _AT),
    Index("sessions_of_user", "user_id", postgresql_where=text("ended_at is null")),
    Index("sessions_by_start", "signed_in_at"),
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
    Column("customer_id", _ID, ForeignKey("organisations.id"), nullable=False),
    Column("supplier_id", _ID, ForeignKey("organisations.id"), nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("currency", Text, nullable=False),
    Column("tolerance_rate", Numeric, nullable=False),
    Column("tolerance_base", Text, nullable=False),
    Column("lead_time_days", Integer, nullable=False),
    Column("minimum_order", Numeric, nullable=False),
    Column("payment_days", Integer, nullable=False),
    Column("customer_contact_id", _ID, ForeignKey("users.id")),
    Column("since", _AT, nullable=False),
    CheckConstraint("tolerance_rate >= 0", name="partnerships_tolerance"),
    UniqueConstraint("customer_id", "supplier_id", name="partnerships_once"),
    Index("partnerships_of_supplier", "supplier_id"),
    Index("partnerships_of_contact", "customer_contact_id"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("sequence", Integer, nullable=False),
    Column("organisation_id", _ID, ForeignKey("organisations.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", ARRAY(Text), nullable=False),
    Column("owner_id", _ID, ForeignKey("users.id"), nullable=False),
    Column("owner_name", Text, nullable=False),
    Column("created_at", _AT, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    Column("expires_at", _AT),
    Column("last_used_at", _AT),
    Column("revoked_at", _AT),
    Index("api_keys_of_organisation", "organisation_id", "id"),
)

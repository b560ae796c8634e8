"""Organisations, users, invitations, links, sessions, partnerships, API keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from services.chassis.migrations import chassis_tables, protect

revision = "0001"
down_revision = None

_ID = UUID(as_uuid=True)
_AT = sa.DateTime(timezone=True)

# The operator's desk serves every organisation; the domain says which roles of it may.
_OPERATOR = "(select scope() = 'operator')"
# Who registers an organisation writes its first rows, and no others.
_REGISTERED = "registered_here({})"
# A user whom an administrator has just made gets a first password; nobody can read or change one.
_OR_OF_MEMBER = (
    " or exists (select 1 from memberships m"
    " where m.user_id = credentials.user_id and m.organisation_id = organisation())"
)


def upgrade() -> None:
    """Make the tables and say who sees and writes which row."""
    _organisations()
    _users()
    _sessions()
    _partnerships()
    chassis_tables(op)
    _functions()
    _protection()


def _organisations() -> None:
    op.create_table(
        "organisations",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("tax_number", sa.Text),
        sa.Column("street", sa.Text),
        sa.Column("city", sa.Text),
        sa.Column("postal_code", sa.Text),
        sa.Column("region", sa.Text),
        sa.Column("contact_person", sa.Text),
        sa.Column("contact_email", sa.Text),
        sa.Column("contact_phone", sa.Text),
        sa.Column("contact_website", sa.Text),
        sa.Column("registered_at", _AT, nullable=False),
        sa.Column("registered_by", _ID),
        sa.CheckConstraint("kind in ('customer', 'supplier', 'operator')", name="organisations_kind"),
        sa.UniqueConstraint("kind", "country", "tax_number", name="organisations_tax_number"),
    )
    op.execute("create unique index organisations_operator on organisations (kind) where kind = 'operator'")
    op.execute('create index organisations_by_name on organisations ((lower(name) collate "C"), id)')
    op.create_table(
        "notification_emails",
        sa.Column("organisation_id", _ID, sa.ForeignKey("organisations.id"), primary_key=True),
        sa.Column("email", sa.Text, primary_key=True),
        sa.Column("status", sa.Text, nullable=False),
    )
    op.create_table(
        "supplier_directory",
        sa.Column("id", _ID, sa.ForeignKey("organisations.id"), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("tax_number", sa.Text),
        sa.Column("city", sa.Text),
    )
    op.execute(
        'create index supplier_directory_by_name on supplier_directory ((lower(name) collate "C"), id)'
    )


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text),
        sa.Column("email_confirmed", sa.Boolean, nullable=False),
        sa.Column("username", sa.Text),
        sa.Column("phone", sa.Text),
        sa.Column("activated", sa.Boolean, nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.CheckConstraint("email is not null or username is not null", name="users_can_sign_in"),
    )
    op.execute("create unique index users_username on users (lower(username))")
    op.execute("create unique index users_email on users (lower(email)) where email_confirmed")
    op.create_table(
        "memberships",
        sa.Column("user_id", _ID, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("organisation_id", _ID, sa.ForeignKey("organisations.id"), primary_key=True),
        sa.Column("roles", ARRAY(sa.Text), nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("since", _AT, nullable=False),
    )
    op.create_index("memberships_of_organisation", "memberships", ["organisation_id"])
    op.create_table(
        "credentials",
        sa.Column("user_id", _ID, sa.ForeignKey("users.id"), primary_key=True),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("changed_at", _AT, nullable=False),
    )
    op.create_table(
        "invitations",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("organisation_id", _ID, sa.ForeignKey("organisations.id"), nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("roles", ARRAY(sa.Text), nullable=False),
        sa.Column("invited_by", _ID, nullable=False),
        sa.Column("invited_by_name", sa.Text, nullable=False),
        sa.Column("invited_at", _AT, nullable=False),
        sa.Column("link_id", _ID, nullable=False),
        sa.Column("expires_at", _AT, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
    )
    op.create_index("invitations_of_organisation", "invitations", ["organisation_id", "id"])
    op.create_table(
        "links",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("subject_id", _ID, nullable=False),
        sa.Column("organisation_id", _ID),
        sa.Column("email", sa.Text),
        sa.Column("replaces", sa.Text),
        sa.Column("expires_at", _AT, nullable=False),
        sa.Column("used_at", _AT),
    )
    op.create_index(
        "links_open", "links", ["subject_id", "purpose"], postgresql_where=sa.text("used_at is null")
    )
    op.create_index("links_by_end", "links", ["expires_at"])


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("user_id", _ID, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("token_hash", sa.LargeBinary, nullable=False, unique=True),
        sa.Column("acting_for", _ID),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("user_agent", sa.Text, nullable=False),
        sa.Column("signed_in_at", _AT, nullable=False),
        sa.Column("last_seen_at", _AT, nullable=False),
        sa.Column("ended_at", _AT),
    )
    op.create_index("sessions_of_user", "sessions", ["user_id"], postgresql_where=sa.text("ended_at is null"))
    op.create_index("sessions_by_start", "sessions", ["signed_in_at"])
    op.create_table(
        "attempts",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_failed_at", _AT),
        sa.Column("blocked_until", _AT),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("organisation_id", _ID, sa.ForeignKey("organisations.id"), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("roles", ARRAY(sa.Text), nullable=False),
        sa.Column("owner_id", _ID, sa.ForeignKey("users.id"), nullable=False),
        sa.Column("owner_name", sa.Text, nullable=False),
        sa.Column("created_at", _AT, nullable=False),
        sa.Column("secret_hash", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", _AT),
        sa.Column("last_used_at", _AT),
        sa.Column("revoked_at", _AT),
    )
    op.create_index("api_keys_of_organisation", "api_keys", ["organisation_id", "id"])


def _partnerships() -> None:
    op.create_table(
        "partnerships",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("customer_id", _ID, sa.ForeignKey("organisations.id"), nullable=False),
        sa.Column("supplier_id", _ID, sa.ForeignKey("organisations.id"), nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("currency", sa.Text, nullable=False),
        sa.Column("tolerance_rate", sa.Numeric, nullable=False),
        sa.Column("tolerance_base", sa.Text, nullable=False),
        sa.Column("lead_time_days", sa.Integer, nullable=False),
        sa.Column("minimum_order", sa.Numeric, nullable=False),
        sa.Column("payment_days", sa.Integer, nullable=False),
        sa.Column("customer_contact_id", _ID, sa.ForeignKey("users.id")),
        sa.Column("since", _AT, nullable=False),
        sa.CheckConstraint("tolerance_rate >= 0", name="partnerships_tolerance"),
        sa.UniqueConstraint("customer_id", "supplier_id", name="partnerships_once"),
    )
    op.create_index("partnerships_of_supplier", "partnerships", ["supplier_id"])
    op.create_index("partnerships_of_contact", "partnerships", ["customer_contact_id"])


def _functions() -> None:
    # A function, because the policies of organisations and partnerships may not name each other.
    op.execute(
        """
        create function registered_here(in_organisation uuid) returns boolean language plpgsql stable as $$
            begin
                return exists (
                    select 1 from organisations o
                    where o.id = in_organisation and o.registered_by = organisation()
                );
            end $$;
        """
    )
    # Two narrow ways through row-level security. The first completes a user whom the caller has already been
    # shown, because the facts about a user name all their organisations. The second ends sessions of a user
    # who may no longer act for the caller's organisation, without showing the caller anyone's sessions.
    op.execute(
        """
        create function standings_of(in_user uuid)
            returns table (
                organisation_id uuid, organisation_name text, kind text, roles text[], status text,
                since timestamptz
            )
            language plpgsql as $$
            #variable_conflict use_column
            declare before text := scope();
            begin
                perform set_config('app.scope', 'system', true);
                return query
                    select m.organisation_id, o.name, o.kind, m.roles, m.status, m.since
                    from memberships m join organisations o on o.id = m.organisation_id
                    where m.user_id = in_user;
                perform set_config('app.scope', before, true);
            end $$;
        create function end_sessions_acting_for(in_user uuid, in_organisation uuid, in_at timestamptz)
            returns table (session_id uuid, session_sequence int)
            language plpgsql as $$
            declare before text := scope();
            begin
                perform set_config('app.scope', 'system', true);
                return query
                    update sessions set ended_at = in_at, sequence = sequence + 1
                    where user_id = in_user and acting_for = in_organisation and ended_at is null
                    returning id, sequence;
                perform set_config('app.scope', before, true);
            end $$;
        """
    )


def _protection() -> None:
    own = "organisation_id = organisation()"
    own_or_operator = f"{own} or {_OPERATOR}"

    protect(
        op,
        "organisations",
        sees="id = organisation() or kind = 'operator' or registered_by = organisation()"
        " or exists (select 1 from partnerships p"
        " where p.customer_id = organisations.id or p.supplier_id = organisations.id)",
        writes=f"id = organisation() or {_OPERATOR}",
        deletes=False,
    )
    _only_adds("organisations", "registered_by = (select organisation())")

    protect(op, "notification_emails", sees=own, writes=own_or_operator)
    _only_adds("notification_emails", f"{_owned(own_or_operator)} or {_REGISTERED.format('organisation_id')}")

    protect(
        op, "supplier_directory", sees="true", writes=f"id = organisation() or {_OPERATOR}", deletes=False
    )
    _only_adds("supplier_directory", f"{_OPERATOR} or {_REGISTERED.format('supplier_directory.id')}")

    protect(
        op,
        "users",
        sees="id = acting_user() or exists (select 1 from memberships m where m.user_id = users.id)"
        " or exists (select 1 from partnerships p where p.customer_contact_id = users.id)",
        writes="id = acting_user() or exists (select 1 from memberships m where m.user_id = users.id)",
        deletes=False,
    )
    # A user nobody has a membership of is nobody's secret and of no use to anybody.
    _only_adds("users", "true")

    protect(
        op,
        "memberships",
        sees=f"{own} or user_id = acting_user()",
        writes=own_or_operator,
        deletes=False,
    )

    protect(
        op,
        "credentials",
        sees="false",
        writes=_OPERATOR + _OR_OF_MEMBER,
        operators=False,
        deletes=False,
    )

    protect(op, "invitations", sees=own, writes=own_or_operator, deletes=False)
    _only_adds("invitations", f"{_owned(own_or_operator)} or {_REGISTERED.format('organisation_id')}")

    protect(op, "links", sees=own, writes=own_or_operator)
    _only_adds("links", f"{_owned(own_or_operator)} or {_REGISTERED.format('organisation_id')}")

    protect(op, "sessions", sees="false", operators=False)
    protect(op, "attempts", sees="false", operators=False)
    protect(op, "api_keys", sees=own, operators=False, deletes=False)

    protect(
        op,
        "partnerships",
        sees="customer_id = organisation() or supplier_id = organisation()",
        writes="customer_id = organisation()",
        deletes=False,
    )
    _only_adds(
        "partnerships",
        "customer_id = (select organisation()) or (supplier_id = (select organisation()) and "
        + _REGISTERED.format("customer_id")
        + ")",
    )


def _owned(condition: str) -> str:
    return condition.replace("organisation()", "(select organisation())")


def _only_adds(table: str, condition: str) -> None:
    op.execute(f"alter policy adds on {table} with check ((select scope() = 'system') or {condition})")

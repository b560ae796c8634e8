"""Makes the operator and its first user in a fresh installation:

    python -m services.accounts.bootstrap --organisation "Counterpart" --country UA \\
        --name "Iryna Shevchenko" --email iryna@example.com

With COUNTERPART_BOOTSTRAP_PASSWORD in the environment the user has that password; otherwise the link of
their invitation is printed, once more each time this is called until it was accepted. On an installation
that has its operator already nothing is changed.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.accounts import queries
from services.accounts.domain import password_rules
from services.accounts.domain.invitations import Invitation
from services.accounts.domain.links import Link
from services.accounts.domain.organisations import Organisation, Profile
from services.accounts.domain.users import User
from services.accounts.passwords import Passwords
from services.chassis.config import Config, ConfigError
from services.chassis.database import Database, Transaction
from services.chassis.errors import CounterpartError
from services.chassis.links import Links
from services.contracts.accounts.views import LinkPurpose
from services.contracts.actors import OrganisationKind, Role
from services.contracts.parties import Person

FIRST_ROLES = frozenset({Role.OPERATOR_MANAGEMENT, Role.OPERATOR_SUPPORT})
STORES = {
    Organisation: queries.OrganisationStore(),
    User: queries.UserStore(),
    Invitation: queries.InvitationStore(),
}


@dataclass(frozen=True, kw_only=True)
class FirstUser:
    """The operator, and the person who begins."""

    organisation: str
    country: str
    name: str
    email: str
    password: str | None = None


@dataclass(frozen=True)
class Installed:
    """What there is afterwards: the operator, whether it is new, and the link its first user still needs."""

    organisation_id: UUID
    new: bool
    link_id: UUID | None


def install(database: Database, wish: FirstUser, passwords: Passwords) -> Installed:
    """Make the operator and its first user, unless there is one. Raises Invalid for a weak password."""
    with database.transaction() as tx:
        there = queries.operator_id(tx)
        if there is not None:
            return Installed(there, False, queries.open_invitation_link(tx, there, wish.email))
        operator = Organisation.register(
            id=tx.new_id(),
            kind=OrganisationKind.OPERATOR,
            profile=Profile(name=wish.organisation, country=wish.country),
            first_email=wish.email,
            by=None,
            at=tx.at,
        )
        tx.add(operator)
        tx.flush()
        if wish.password is not None:
            _add_user(tx, operator, wish, passwords.hash(_checked(wish)))
            return Installed(operator.id, True, None)
        return Installed(operator.id, True, _invite(tx, operator, wish))


def _checked(wish: FirstUser) -> str:
    password = wish.password or ""
    password_rules.check(password, [wish.name, wish.email])
    return password


def _add_user(tx: Transaction, operator: Organisation, wish: FirstUser, password_hash: str) -> None:
    user = User.with_email(id=tx.new_id(), name=wish.name, email=wish.email, at=tx.at)
    user.join(operator.party, operator.kind, FIRST_ROLES, at=tx.at)
    tx.add(user)
    tx.flush()
    queries.add_password(tx, user.id, password_hash, must_change=False)


def _invite(tx: Transaction, operator: Organisation, wish: FirstUser) -> UUID:
    link = Link.make(
        id=tx.new_id(),
        purpose=LinkPurpose.INVITATION,
        subject_id=tx.new_id(),
        organisation_id=operator.id,
        at=tx.at,
    )
    invitation = Invitation.write(
        organisation=operator.party,
        kind=operator.kind,
        email=wish.email,
        name=wish.name,
        roles=FIRST_ROLES,
        invited_by=Person(id=operator.id, name=operator.profile.name),
        link=link,
        at=tx.at,
    )
    tx.add(invitation)
    queries.add_link(tx, link)
    return link.id


def main(arguments: Sequence[str]) -> int:
    """The command line; answers its exit code."""
    parser = argparse.ArgumentParser(prog="python -m services.accounts.bootstrap", description=__doc__)
    parser.add_argument("--organisation", required=True, help="name of the operator")
    parser.add_argument("--country", required=True, help="its country, ISO 3166-1, such as UA")
    parser.add_argument("--name", required=True, help="name of its first user")
    parser.add_argument("--email", required=True, help="e-mail of its first user")
    given = parser.parse_args(arguments)
    config = Config.from_env()
    try:
        wish = FirstUser(
            organisation=given.organisation,
            country=given.country,
            name=given.name,
            email=given.email,
            password=config.environ.get("COUNTERPART_BOOTSTRAP_PASSWORD") or None,
        )
        database = Database(config.database_url("accounts"), stores=STORES, pool_size=1)
        installed = install(database, wish, Passwords())
        database.dispose()
        sys.stdout.write(_told(installed, wish, config))
    except (ConfigError, CounterpartError) as fault:
        sys.stderr.write(f"{fault}\n")
        return 1
    return 0


def _told(installed: Installed, wish: FirstUser, config: Config) -> str:
    what = "made" if installed.new else "there already"
    lines = [f"Operator {what}: {installed.organisation_id}"]
    if installed.link_id is not None:
        purpose = LinkPurpose.INVITATION.value
        url = Links(config.secret_key).url(config.public_url, purpose, installed.link_id)
        lines.append(f"{wish.name} chooses a password here: {url}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Who acts: kinds of organisation, the roles of S-010, and the actor every operation is told of."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class OrganisationKind(StrEnum):
    """The three sides of the portal."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    OPERATOR = "operator"


class Role(StrEnum):
    """What a person may do for an organisation (S-010).

    The initiator *of an order* is a relation, checked on the order; the role only allows placing orders.
    """

    SUPPLIER_USER = "supplier-user"
    SUPPLIER_ADMIN = "supplier-admin"
    INITIATOR = "initiator"
    SUPPLIER_MANAGER = "supplier-manager"
    BUYER_ACCOUNTING = "buyer-accounting"
    BUYER_ADMIN = "buyer-admin"
    OPERATOR_SUPPORT = "operator-support"
    OPERATOR_CATALOGUE = "operator-catalogue"
    OPERATOR_ACCOUNTING = "operator-accounting"
    OPERATOR_MANAGEMENT = "operator-management"
    OPERATOR_DEVELOPMENT = "operator-development"


SUPPLIERS = frozenset({Role.SUPPLIER_USER, Role.SUPPLIER_ADMIN})
BUYERS = frozenset({Role.INITIATOR, Role.SUPPLIER_MANAGER, Role.BUYER_ACCOUNTING, Role.BUYER_ADMIN})
OPERATORS = frozenset(
    {
        Role.OPERATOR_SUPPORT,
        Role.OPERATOR_CATALOGUE,
        Role.OPERATOR_ACCOUNTING,
        Role.OPERATOR_MANAGEMENT,
        Role.OPERATOR_DEVELOPMENT,
    }
)
PARTIES = SUPPLIERS | BUYERS
EVERYONE = PARTIES | OPERATORS

ROLES_OF: dict[OrganisationKind, frozenset[Role]] = {
    OrganisationKind.CUSTOMER: BUYERS,
    OrganisationKind.SUPPLIER: SUPPLIERS,
    OrganisationKind.OPERATOR: OPERATORS,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Actor:
    """The person who asks, and the organisation they ask for. Decided by the gateway, never by the client."""

    user_id: UUID
    user_name: str
    organisation_id: UUID
    organisation_name: str
    kind: OrganisationKind
    roles: frozenset[Role]
    #: Whether it is a program that acts, with one of this person's API keys.
    by_key: bool = False

    def has_any(self, allowed: frozenset[Role]) -> bool:
        """Whether one of the actor's roles is among `allowed`."""
        return not self.roles.isdisjoint(allowed)

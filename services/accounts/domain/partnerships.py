"""Partnerships: a customer and a supplier who trade, their terms, the portal switch (S-004, S-100…S-102)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from services.chassis.aggregate import Aggregate, Fact
from services.chassis.errors import Fault, Invalid, Refused
from services.contracts.accounts import events, views
from services.contracts.accounts.views import ToleranceBase
from services.contracts.actors import OrganisationKind, Role
from services.contracts.parties import Party, Person

# Whom a customer may make responsible for a supplier (S-112, S-113).
RESPONSIBLE = frozenset({Role.SUPPLIER_MANAGER, Role.BUYER_ADMIN})


class AlreadyLinked(Refused):
    """The customer and the supplier are linked."""


class PortalAlreadyDisabled(Refused):
    """The portal is switched off."""


class PortalAlreadyEnabled(Refused):
    """The portal is switched on."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What customer and supplier have agreed, and the tolerance the customer grants."""

    currency: str
    tolerance_rate: Decimal = Decimal(0)
    tolerance_base: ToleranceBase = ToleranceBase.NET
    lead_time_days: int = 0
    minimum_order: Decimal = Decimal(0)
    payment_days: int = 30
    customer_contact: views.Contact | None = None


@dataclass(kw_only=True)
class Partnership(Aggregate):
    """One customer and one supplier."""

    noun: ClassVar[str] = "partnership"

    id: UUID
    customer: Party
    supplier: Party
    terms: Terms
    since: datetime
    enabled: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()

    @classmethod
    def link(cls, *, id: UUID, customer: Party, supplier: Party, terms: Terms, at: datetime) -> "Partnership":
        """A new partnership; the supplier's portal is on."""
        linked = cls(id=id, customer=customer, supplier=supplier, terms=terms, since=at)
        linked.record(events.PartnershipChanged)
        return linked

    def change_terms(self, terms: Terms) -> None:
        """Other terms from now on; what was decided by the old ones stays (S-046)."""
        self.terms = terms
        self.record(events.PartnershipChanged)

    def disable(self, *, by: Person, at: datetime) -> None:
        """Switch the supplier's portal off; drafts made before `at` are to be deleted (S-100, S-101, D-6)."""
        if not self.enabled:
            raise PortalAlreadyDisabled(f"The portal of {self.supplier.name} is switched off already.")
        self.enabled = False
        self.record(events.PartnershipChanged)
        self._switched(events.SupplierPortalDisabled, by=by, at=at)

    def enable(self, *, by: Person, at: datetime) -> None:
        """Switch the supplier's portal on again (S-102)."""
        if self.enabled:
            raise PortalAlreadyEnabled(f"The portal of {self.supplier.name} is switched on already.")
        self.enabled = True
        self.record(events.PartnershipChanged)
        self._switched(events.SupplierPortalEnabled, by=by, at=at)

    def _switched(
        self,
        switched: type[events.SupplierPortalDisabled] | type[events.SupplierPortalEnabled],
        *,
        by: Person,
        at: datetime,
    ) -> None:
        self.sequence += 1
        fact = switched(partnership_id=self.id, customer=self.customer, supplier=self.supplier, at=at, by=by)
        self.facts.append(Fact(self.sequence, fact))

    def view(self) -> views.Partnership:
        """The partnership as the customer and the other services know it."""
        return views.Partnership(
            id=self.id,
            sequence=self.sequence,
            customer=self.customer,
            supplier=self.supplier,
            enabled=self.enabled,
            tolerance_rate=self.terms.tolerance_rate,
            tolerance_base=self.terms.tolerance_base,
            currency=self.terms.currency,
            lead_time_days=self.terms.lead_time_days,
            minimum_order=self.terms.minimum_order,
            payment_days=self.terms.payment_days,
            customer_contact=self.terms.customer_contact,
            since=self.since,
        )

    def seen_by(self, kind: OrganisationKind) -> views.PartnershipTerms:
        """The partnership as one side sees it. A supplier that knew the tolerance would use it up."""
        told = kind is not OrganisationKind.SUPPLIER
        return views.PartnershipTerms(
            id=self.id,
            sequence=self.sequence,
            customer=self.customer,
            supplier=self.supplier,
            enabled=self.enabled,
            tolerance_rate=self.terms.tolerance_rate if told else None,
            tolerance_base=self.terms.tolerance_base if told else None,
            currency=self.terms.currency,
            lead_time_days=self.terms.lead_time_days,
            minimum_order=self.terms.minimum_order,
            payment_days=self.terms.payment_days,
            customer_contact=self.terms.customer_contact,
            since=self.since,
        )


def nobody_responsible() -> Invalid:
    """The refusal of a contact who is not one of the customer's employees responsible for suppliers."""
    sentence = (
        "The employee responsible for a supplier must be an active user of the customer with the role "
        + " or ".join(sorted(f"«{role.value}»" for role in RESPONSIBLE))
        + "."
    )
    return Invalid(sentence, [Fault("/terms/customer_contact_id", sentence)])

"""What is done about invoices that wait: a customer's rules for it, and who stands in for whom."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from services.chassis.aggregate import Aggregate
from services.chassis.errors import Fault, Forbidden, Invalid
from services.contracts.actors import Actor, Role
from services.contracts.invoicing import events, waiting
from services.contracts.parties import Party, Person
from services.invoicing.domain import workdays
from services.invoicing.domain.refusals import DeputyshipOver
from services.invoicing.domain.workdays import WorkingCalendar

NAMES_FOR_OTHERS = frozenset({Role.BUYER_ADMIN})


@dataclass(eq=False, kw_only=True)
class WaitingRules(Aggregate):
    """A customer's working calendar and its deadlines; there is one for every customer, changed or not."""

    noun: ClassVar[str] = "rules"

    id: UUID
    customer: Party
    terms: waiting.WaitingTerms
    changed_by: Person | None = None
    changed_at: datetime | None = None

    @property
    def calendar(self) -> WorkingCalendar:
        """By which calendar the customer works."""
        return workdays.calendar_of(self.terms)

    def change(self, terms: waiting.WaitingTerms, *, by: Actor, at: datetime) -> None:
        """From now on work by these."""
        workdays.check(terms)
        self.terms = terms
        self.changed_by, self.changed_at = Person(id=by.user_id, name=by.user_name), at
        self.record(events.WaitingRulesChanged)

    def view(self) -> waiting.WaitingRules:
        """The rules as everybody concerned sees them."""
        return waiting.WaitingRules(
            customer=self.customer,
            terms=self.terms,
            changed_by=self.changed_by,
            changed_at=self.changed_at,
            sequence=self.sequence,
        )


@dataclass(eq=False, kw_only=True)
class Deputyship(Aggregate):
    """Somebody is away for some days, and a colleague decides on their invoices."""

    noun: ClassVar[str] = "deputyship"

    id: UUID
    customer: Party
    principal: Person
    deputy: Person
    first_day: date
    last_day: date
    note: str
    named_by: Person
    named_at: datetime
    ended_by: Person | None = None
    ended_at: datetime | None = None

    @classmethod
    def name(
        cls,
        *,
        deputyship_id: UUID,
        principal: Person,
        deputy: Person,
        first_day: date,
        last_day: date,
        note: str,
        today: date,
        by: Actor,
        at: datetime,
    ) -> "Deputyship":
        """Name a deputy, for oneself or, as an administrator, for somebody who cannot."""
        if principal.id != by.user_id and not by.has_any(NAMES_FOR_OTHERS):
            raise Forbidden("You name your own deputy; for somebody else an administrator does.")
        faults = []
        if deputy.id == principal.id:
            faults.append(Fault("/deputy_id", "is the one who is away"))
        if last_day < first_day:
            faults.append(Fault("/last_day", "comes before the first day"))
        elif last_day < today:
            faults.append(Fault("/last_day", "is over"))
        if faults:
            raise Invalid("Nobody can stand in like this.", faults)
        named = cls(
            id=deputyship_id,
            customer=Party(id=by.organisation_id, name=by.organisation_name),
            principal=principal,
            deputy=deputy,
            first_day=first_day,
            last_day=last_day,
            note=note,
            named_by=Person(id=by.user_id, name=by.user_name),
            named_at=at,
        )
        named.record(events.DeputyNamed)
        return named

    def end(self, *, today: date, by: Actor, at: datetime) -> None:
        """Let it hold no longer: whoever was away is back, or the deputy cannot either."""
        concerned = by.user_id in (self.principal.id, self.deputy.id)
        if not concerned and not by.has_any(NAMES_FOR_OTHERS):
            raise Forbidden(
                f"{self.principal.name}, {self.deputy.name} or an administrator ends this deputyship."
            )
        if self.ended_at is not None or self.last_day < today:
            raise DeputyshipOver(f"{self.deputy.name} does not stand in for {self.principal.name} any more.")
        self.ended_by, self.ended_at = Person(id=by.user_id, name=by.user_name), at
        self.record(events.DeputyshipEnded)

    def view(self) -> waiting.Deputyship:
        """The deputyship as colleagues see it."""
        return waiting.Deputyship(
            id=self.id,
            customer=self.customer,
            principal=self.principal,
            deputy=self.deputy,
            first_day=self.first_day,
            last_day=self.last_day,
            note=self.note,
            named_by=self.named_by,
            named_at=self.named_at,
            ended_by=self.ended_by,
            ended_at=self.ended_at,
            sequence=self.sequence,
        )

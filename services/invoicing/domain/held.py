"""What becomes of an invoice while it is held: deputies, reminders, the supplier's nudge, the operator in copy."""

from dataclasses import dataclass
from datetime import datetime

from services.chassis.aggregate import Aggregate
from services.chassis.errors import Refused
from services.contracts.invoicing import events
from services.contracts.invoicing.views import InvoiceStatus
from services.contracts.parties import Party, Person
from services.invoicing.domain.refusals import AskedTooOften, AskFirst, EscalatedAlready, NothingToAskFor
from services.invoicing.domain.waiting import WaitingRules


def word(status: InvoiceStatus) -> str:
    """A status as it stands in a sentence."""
    return status.value.replace("-", " ")


@dataclass(eq=False, kw_only=True)
class Held(Aggregate):
    """The part of an invoice that is about waiting for somebody's decision."""

    number: str | None
    customer: Party
    initiator: Person
    status: InvoiceStatus = InvoiceStatus.DRAFT

    asked_at: datetime | None = None
    deputy: Person | None = None
    decided_for: Person | None = None
    reminders: int = 0
    reminded_at: datetime | None = None
    nudged_at: datetime | None = None
    escalated_at: datetime | None = None
    answer_by: datetime | None = None
    watch_at: datetime | None = None
    """When it must be looked at next because somebody waits; None: nobody does."""

    def ask(self, at: datetime) -> None:
        """From now on somebody must decide. It is looked at at once: perhaps a deputy stands in."""
        self.asked_at = self.watch_at = at

    def wait_no_longer(self) -> None:
        """It is decided: nobody is asked any more."""
        self.asked_at = self.deputy = self.reminded_at = self.nudged_at = self.escalated_at = None
        self.answer_by = self.watch_at = None
        self.reminders = 0

    def look_after(self, rules: WaitingRules, deputy: Person | None, at: datetime) -> None:
        """Do what time asks for: pass it to who stands in, remind, tell the operator; and know when again."""
        if self.status is not InvoiceStatus.PENDING or self.asked_at is None:
            self.watch_at = None
            return
        calendar, terms = rules.calendar, rules.terms
        self.answer_by = calendar.after(self.asked_at, terms.answer_within)
        if deputy != self.deputy:
            self.deputy = deputy
            self.record(events.ApprovalDelegated)
        if self.escalated_at is None and at >= calendar.after(self.asked_at, terms.escalate_after):
            self.escalated_at = at
            self.record(events.ApprovalEscalated, note=None)
        if at >= self.next_reminder(rules):
            self.reminders, self.reminded_at = self.reminders + 1, at
            self.record(events.ApprovalReminded)
        # At midnight somebody's absence may begin or end.
        moments = [self.next_reminder(rules), calendar.midnight_after(at)]
        if self.escalated_at is None:
            moments.append(calendar.after(self.asked_at, terms.escalate_after))
        self.watch_at = min(moments)

    def next_reminder(self, rules: WaitingRules) -> datetime:
        """When whoever must decide is reminded next."""
        if self.reminded_at is None:
            return rules.calendar.after(self._asked(), rules.terms.remind_after)
        return rules.calendar.after(self.reminded_at, rules.terms.remind_every)

    def nudge_from(self, rules: WaitingRules) -> datetime:
        """From when on the supplier may ask for the decision: not at once, and not again and again."""
        return rules.calendar.after(self.nudged_at or self._asked(), rules.terms.nudge_every)

    def nudge(self, rules: WaitingRules, *, note: str | None, at: datetime) -> None:
        """Ask whoever must decide to do so (S-063)."""
        possible = self.nudge_from(rules)
        if at < possible:
            local = possible.astimezone(rules.calendar.zone)
            raise AskedTooOften(
                f"{self._deciders()} of {self.customer.name} can be asked again from {local:%Y-%m-%d %H:%M} "
                f"({rules.terms.time_zone}) on; until then the system reminds them by itself."
            )
        self.nudged_at = at
        self.record(events.ApprovalNudged, note=note)

    def escalation_refusal(self, rules: WaitingRules, at: datetime) -> Refused | None:
        """Why the supplier cannot put the operator into copy now, if it cannot."""
        if self.asked_at is None:
            return self._nothing_to_ask_for()
        if self.escalated_at is not None:
            return EscalatedAlready("The operator is in copy already.")
        if self.nudged_at is None or at < self.nudge_from(rules):
            return AskFirst(
                f"Ask {self._deciders()} first. When that is not answered within {rules.terms.nudge_every} "
                "working days, put the operator into copy."
            )
        return None

    def escalate(self, rules: WaitingRules, *, note: str, at: datetime) -> None:
        """Put the operator into copy (S-065)."""
        refusal = self.escalation_refusal(rules, at)
        if refusal is not None:
            raise refusal
        self.escalated_at = at
        self.record(events.ApprovalEscalated, note=note)

    def _deciders(self) -> str:
        return self.initiator.name if self.deputy is None else f"{self.initiator.name} or {self.deputy.name}"

    def _asked(self) -> datetime:
        if self.asked_at is None:
            raise self._nothing_to_ask_for()
        return self.asked_at

    def _nothing_to_ask_for(self) -> Refused:
        return NothingToAskFor(f"Invoice {self.number} is {word(self.status)}: nobody has to decide on it.")

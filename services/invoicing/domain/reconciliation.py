"""A reconciliation statement: what one side has in its books, and what the other side says of it, line by line.

A draft follows the ledger and is its author's own. Sent, it is frozen under its number: what is booked into the
same time later shows beside it and never in it. Contested, its author answers every objection and sends it
again, with the lines as they are by then; every state that was sent stays as it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from services.chassis.aggregate import Aggregate
from services.chassis.errors import Fault, Invalid
from services.contracts.actors import Actor
from services.contracts.invoicing import events
from services.contracts.invoicing import reconciliations as views
from services.contracts.invoicing.reconciliations import (
    MOST_LINES,
    AccountSide,
    Objection,
    ObjectionAnswer,
    ObjectionContent,
    ObjectionReason,
    ReconciliationLine,
    ReconciliationStatus,
)
from services.contracts.invoicing.reports import AccountStanding, AccountStatement
from services.contracts.money import EXACT, total
from services.contracts.parties import Party, Person
from services.invoicing.domain.amounts import ZERO, plain
from services.invoicing.domain.invoice import FIRST_MIDNIGHT, person
from services.invoicing.domain.refusals import NotTheirStatement, StatementSettled

S, R = ReconciliationStatus, ObjectionReason

TRANSITIONS: dict[tuple[ReconciliationStatus, str], ReconciliationStatus] = {
    (S.DRAFT, "send"): S.SENT,
    (S.DRAFT, "withdraw"): S.WITHDRAWN,
    (S.SENT, "confirm"): S.CONFIRMED,
    (S.SENT, "contest"): S.CONTESTED,
    (S.SENT, "withdraw"): S.WITHDRAWN,
    (S.CONTESTED, "contest"): S.CONTESTED,
    (S.CONTESTED, "confirm"): S.CONFIRMED,
    (S.CONTESTED, "revise"): S.SENT,
    (S.CONTESTED, "withdraw"): S.WITHDRAWN,
}
"""(status, step) → status after it. What is not here does not happen."""

NOTHING = AccountStanding(receivable=ZERO, payable=ZERO)

NOT_HERE = frozenset({R.UNKNOWN, R.PERIOD})
"""The other side has nothing of it in this time."""


def check_period(date_from: date, date_to: date, *, at: datetime) -> None:
    """Raise Invalid unless the time begins before it ends, and is over or under way somewhere on earth."""
    if date_from > date_to:
        raise Invalid("The time ends before it begins.", [Fault("/date_to", f"is before {date_from}")])
    if date_to > (at + FIRST_MIDNIGHT).date():
        fault = Fault("/date_to", "has not come yet; choose today or an earlier day")
        raise Invalid("What has not happened yet cannot be reconciled.", [fault])


@dataclass(eq=False, kw_only=True)
class Reconciliation(Aggregate):
    """One side's statement of an account over a time."""

    noun: ClassVar[str] = "reconciliation"

    id: UUID
    number: str | None = None
    revision: int = 0
    status: ReconciliationStatus = S.DRAFT
    partnership_id: UUID
    customer: Party
    supplier: Party
    author: Party
    currency: str
    date_from: date
    date_to: date
    note: str
    opening: AccountStanding = NOTHING
    charged: Decimal = ZERO
    credited: Decimal = ZERO
    paid: Decimal = ZERO
    closing: AccountStanding = NOTHING
    line_count: int = 0
    objections: tuple[Objection, ...] = ()
    made_by: Person
    made_at: datetime
    sent_at: datetime | None = None
    decided_by: Person | None = None
    decided_at: datetime | None = None
    remark: str = ""
    lines: tuple[ReconciliationLine, ...] | None = field(default=None, repr=False)
    """Of one that was just taken from the ledger; of one that was loaded they are asked for by themselves."""

    # ------------------------------------------------------------------------------------- its author

    @classmethod
    def draft(
        cls,
        statement: AccountStatement,
        *,
        id: UUID,
        partnership_id: UUID,
        note: str,
        by: Actor,
        at: datetime,
    ) -> "Reconciliation":
        """Begin one from a statement of account."""
        made = cls(
            id=id,
            partnership_id=partnership_id,
            customer=statement.customer,
            supplier=statement.supplier,
            author=Party(id=by.organisation_id, name=by.organisation_name),
            currency=statement.currency,
            date_from=statement.date_from,
            date_to=statement.date_to,
            note=note,
            made_by=person(by),
            made_at=at,
        )
        made.take(statement)
        made.record(events.ReconciliationDrafted)
        return made

    def take(self, statement: AccountStatement) -> None:
        """Say what the ledger says by now."""
        if len(statement.movements) > MOST_LINES:
            fault = Fault("/date_from", f"leaves more than {MOST_LINES:,} lines; choose a shorter time")
            raise Invalid("The statement is too long.", [fault])
        self.date_from, self.date_to = statement.date_from, statement.date_to
        self.opening, self.closing = statement.opening, statement.closing
        self.charged, self.credited, self.paid = statement.charged, statement.credited, statement.paid
        lines = tuple(
            ReconciliationLine(number=number, movement=movement)
            for number, movement in enumerate(statement.movements, 1)
        )
        self.lines, self.line_count = lines, len(lines)

    def change(self, statement: AccountStatement, *, note: str, by: Actor) -> None:
        """Another time, or other words."""
        self._check_author(by)
        if self.status is not S.DRAFT:
            raise StatementSettled(f"{self.number} was sent. Withdraw it, and make another one.")
        self.note = note
        self.take(statement)
        self.record(events.ReconciliationDraftChanged)

    def send(self, statement: AccountStatement, *, number: str, by: Actor, at: datetime) -> None:
        """Freeze it under its number, for the other side to see."""
        self._check_author(by)
        self._move("send")
        self.number = number
        self._send(statement, at=at)
        self.record(events.ReconciliationSent)

    def revise(
        self, statement: AccountStatement, answers: Sequence[ObjectionAnswer], *, by: Actor, at: datetime
    ) -> None:
        """Answer the objections, and send it again as the ledger is by now."""
        self._check_author(by)
        self._move("revise")
        self.objections = _answered(self.objections, answers)
        self._send(statement, at=at)
        self.record(events.ReconciliationRevised)

    def withdraw(self, reason: str, *, by: Actor | None, at: datetime) -> None:
        """Take it back; `by` is None when the supplier's portal was switched off."""
        if by is not None:
            self._check_author(by)
        sent = self.status is not S.DRAFT
        self._move("withdraw")
        self._decided(by, reason, at=at)
        self.record(events.ReconciliationWithdrawn if sent else events.ReconciliationDraftDeleted)

    # ------------------------------------------------------------------------------------ the other side

    def confirm(self, *, remark: str | None, by: Actor, at: datetime) -> None:
        """Both sides have the same."""
        self._check_other(by)
        self._move("confirm")
        self._decided(by, remark or "", at=at)
        self.record(events.ReconciliationConfirmed)

    def contest(
        self,
        contents: Sequence[ObjectionContent],
        lines: Sequence[ReconciliationLine],
        *,
        remark: str | None,
        by: Actor,
        at: datetime,
    ) -> None:
        """The other side has something else; `lines` are those that were sent."""
        self._check_other(by)
        self._move("contest")
        self.objections = _objections(contents, {line.number: line for line in lines})
        self._decided(by, remark or "", at=at)
        self.record(events.ReconciliationContested)

    # ---------------------------------------------------------------------------------------------- both

    @property
    def claimed(self) -> AccountStanding | None:
        """The closing by the other side's books, as long as it contests; None when it is the same."""
        if self.status is not S.CONTESTED:
            return None
        differing = [each for each in self.objections if each.own is not None and each.own != each.stated]
        if not differing:
            return None
        return AccountStanding(
            receivable=EXACT.add(self.closing.receivable, _more(differing, AccountSide.RECEIVABLE)),
            payable=EXACT.add(self.closing.payable, _more(differing, AccountSide.PAYABLE)),
        )

    def view(self) -> views.Reconciliation:
        """What is announced of it."""
        return views.Reconciliation(
            id=self.id,
            number=self.number,
            revision=self.revision,
            status=self.status,
            partnership_id=self.partnership_id,
            customer=self.customer,
            supplier=self.supplier,
            author=self.author,
            currency=self.currency,
            date_from=self.date_from,
            date_to=self.date_to,
            note=self.note,
            opening=self.opening,
            charged=self.charged,
            credited=self.credited,
            paid=self.paid,
            closing=self.closing,
            lines=self.line_count,
            objections=self.objections,
            claimed=self.claimed,
            made_by=self.made_by,
            made_at=self.made_at,
            sent_at=self.sent_at,
            decided_by=self.decided_by,
            decided_at=self.decided_at,
            remark=self.remark,
            sequence=self.sequence,
        )

    def _send(self, statement: AccountStatement, *, at: datetime) -> None:
        self.take(statement)
        self.revision += 1
        self.sent_at = at

    def _decided(self, by: Actor | None, remark: str, *, at: datetime) -> None:
        self.decided_by, self.decided_at, self.remark = None if by is None else person(by), at, remark

    def _move(self, step: str) -> None:
        after = TRANSITIONS.get((self.status, step))
        if after is None:
            raise StatementSettled(_why_not(self.status, self.number or "The statement"))
        self.status = after

    def _check_author(self, by: Actor) -> None:
        if by.organisation_id != self.author.id:
            raise NotTheirStatement(f"The statement is of {self.author.name}, who alone changes it.")

    def _check_other(self, by: Actor) -> None:
        if by.organisation_id == self.author.id:
            other = self.supplier if self.author.id == self.customer.id else self.customer
            raise NotTheirStatement(f"The statement is your own: {other.name} confirms or contests it.")


def _why_not(status: ReconciliationStatus, name: str) -> str:
    return {
        S.DRAFT: f"{name} was not sent yet.",
        S.SENT: f"{name} is sent, and the other side has not contested it.",
        S.CONFIRMED: (
            f"{name} is confirmed, and stays as it is. Make another statement of the same time instead."
        ),
        S.CONTESTED: f"{name} is contested: its objections are to be answered.",
        S.WITHDRAWN: f"{name} was withdrawn; nothing comes of it any more.",
    }[status]


def _more(objections: Sequence[Objection], side: AccountSide) -> Decimal:
    """What the other side has more than is stated."""
    return total(EXACT.subtract(each.own or ZERO, each.stated) for each in objections if each.side is side)


def _answered(objections: Sequence[Objection], answers: Sequence[ObjectionAnswer]) -> tuple[Objection, ...]:
    told: dict[int, str] = {}
    known = {objection.number for objection in objections}
    faults: list[Fault] = []
    for place, answer in enumerate(answers):
        if answer.objection not in known or answer.objection in told:
            why = "stands here twice" if answer.objection in told else "there is no such objection"
            faults.append(Fault(f"/answers/{place}/objection", why))
        told[answer.objection] = answer.answer
    silent = [str(number) for number in sorted(known - told.keys())]
    if silent:
        faults.append(Fault("/answers", f"has none to objection {', '.join(silent[:20])}"))
    if faults:
        raise Invalid("Answer every objection once.", faults)
    return tuple(replace(objection, answer=told[objection.number]) for objection in objections)


def _objections(
    contents: Sequence[ObjectionContent], lines: Mapping[int, ReconciliationLine]
) -> tuple[Objection, ...]:
    faults: list[Fault] = []
    seen: set[int] = set()
    made: list[Objection] = []
    for place, content in enumerate(contents):
        line = None if content.line is None else lines.get(content.line)
        found = _faults(content, line, seen)
        faults += [Fault(f"/objections/{place}/{name}", why) for name, why in found]
        if content.line is not None:
            seen.add(content.line)
        if not found:
            made.append(_objection(len(made) + 1, content, line))
    if faults:
        raise Invalid("The objections have faults; each is named below.", faults)
    return tuple(made)


def _faults(
    content: ObjectionContent, line: ReconciliationLine | None, seen: set[int]
) -> list[tuple[str, str]]:
    """What is wrong with one objection, by field."""
    if content.line is None:
        return _faults_of_missing(content)
    if line is None:
        return [("line", "the statement has no such line")]
    if content.line in seen:
        return [("line", "stands here twice")]
    if content.reason is R.MISSING:
        return [("reason", "is for what the statement has not; leave out the line")]
    found: list[tuple[str, str]] = []
    if content.reason is R.AMOUNT:
        stated = _stated(line)[1]
        if content.amount is None:
            found.append(("amount", "is needed: what do you have instead?"))
        elif content.amount == stated:
            found.append(("amount", f"is {plain(stated)}, as the statement says"))
    elif content.amount is not None:
        found.append(("amount", "is for another amount only; choose that reason"))
    if content.reason is R.OTHER and not content.note.strip():
        found.append(("note", "is needed: say what is wrong with it"))
    return found


def _faults_of_missing(content: ObjectionContent) -> list[tuple[str, str]]:
    if content.reason is not R.MISSING:
        return [("line", "is needed: which one?")]
    needed = (("amount", content.amount), ("day", content.day), ("document", content.document))
    return [(name, "is needed of what is missing") for name, value in needed if not value]


def _stated(line: ReconciliationLine) -> tuple[AccountSide, Decimal]:
    """On which side a line stands, and with what."""
    movement = line.movement
    if movement.receivable:
        return AccountSide.RECEIVABLE, movement.receivable
    return AccountSide.PAYABLE, movement.payable


def _objection(number: int, content: ObjectionContent, line: ReconciliationLine | None) -> Objection:
    if line is None:
        assert content.day is not None
        return Objection(
            number=number,
            line=None,
            reason=R.MISSING,
            side=AccountSide.RECEIVABLE,
            day=content.day,
            document=content.document or "",
            stated=ZERO,
            own=content.amount,
            note=content.note.strip(),
            answer=None,
        )
    side, stated = _stated(line)
    return Objection(
        number=number,
        line=line.number,
        reason=content.reason,
        side=side,
        day=line.movement.day,
        document=line.movement.number,
        stated=stated,
        own=ZERO if content.reason in NOT_HERE else content.amount,
        note=content.note.strip(),
        answer=None,
    )

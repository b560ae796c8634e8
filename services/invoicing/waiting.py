"""How what concerns waiting is read and written: rules, deputyships, people, and how soon answers came."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, bindparam, func, literal, select, update
from sqlalchemy.dialects.postgresql import array, insert

from services.chassis import wire
from services.chassis.database import Transaction
from services.chassis.errors import NotFound, NotHereYet
from services.contracts.actors import OrganisationKind
from services.contracts.invoicing import views
from services.contracts.invoicing import waiting as shapes
from services.contracts.invoicing.views import InvoiceStatus
from services.contracts.parties import Party, Person
from services.invoicing import measures
from services.invoicing.domain.invoice import Invoice
from services.invoicing.domain.refusals import AlreadyAway
from services.invoicing.domain.waiting import Deputyship, WaitingRules
from services.invoicing.domain.workdays import WorkingCalendar, calendar_of
from services.invoicing.queries import my_invoices
from services.invoicing.tables import answers, deputyships, invoices, partnerships, people, waiting_rules

# ---------------------------------------------------------------------------------------------- the rules


class RulesStore:
    """Loads and saves how a customer works; what nobody has changed is as it comes."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> WaitingRules | None:
        """The rules of a customer, for itself, its suppliers and the operator."""
        wanted = select(waiting_rules).where(waiting_rules.c.id == id)
        row = tx.execute(wanted.with_for_update() if lock else wanted).one_or_none()
        if row is not None:
            return _rules(row)
        name = _name_of_customer(tx, id)
        if name is None:
            return None
        return WaitingRules(id=id, customer=Party(id=id, name=name), terms=shapes.WaitingTerms())

    def insert(self, tx: Transaction, rules: WaitingRules) -> None:
        """There are rules for every customer already."""
        raise TypeError("rules are changed, never added")

    def update(self, tx: Transaction, rules: WaitingRules, loaded_sequence: int) -> int:
        """Write what holds now; whoever else changed them first at the same instant wins."""
        if loaded_sequence == 0:
            added = insert(waiting_rules).values(**_rules_row(rules))
            return tx.execute(added.on_conflict_do_nothing()).rowcount
        changed = update(waiting_rules).where(
            waiting_rules.c.id == rules.id, waiting_rules.c.sequence == loaded_sequence
        )
        return tx.execute(changed, _rules_row(rules)).rowcount


def _name_of_customer(tx: Transaction, id: UUID) -> str | None:
    actor = tx.maybe_actor
    if actor is not None and actor.organisation_id == id:
        return actor.organisation_name if actor.kind is OrganisationKind.CUSTOMER else None
    names = select(partnerships.c.customer_name).where(partnerships.c.customer_id == id).limit(1)
    name: str | None = tx.execute(names).scalar()
    return name


def _rules_row(rules: WaitingRules) -> dict[str, Any]:
    assert rules.changed_by is not None
    return {
        "id": rules.id,
        "sequence": rules.sequence,
        "customer_name": rules.customer.name,
        "terms": wire.encode(rules.terms),
        "changed_by_id": rules.changed_by.id,
        "changed_by_name": rules.changed_by.name,
        "changed_at": rules.changed_at,
    }


def _rules(row: Row[Any]) -> WaitingRules:
    rules = WaitingRules(
        id=row.id,
        customer=Party(id=row.id, name=row.customer_name),
        terms=wire.decode(shapes.WaitingTerms, row.terms),
        changed_by=Person(id=row.changed_by_id, name=row.changed_by_name),
        changed_at=row.changed_at,
    )
    rules.sequence = row.sequence
    return rules


_TERMS_OF = select(waiting_rules.c.id, waiting_rules.c.terms).where(
    waiting_rules.c.id.in_(bindparam("ids", expanding=True))
)


def calendars(tx: Transaction, customer_ids: Iterable[UUID]) -> dict[UUID, WorkingCalendar]:
    """By which calendar each of these customers works."""
    ids = set(customer_ids)
    if not ids:
        return {}
    known = {
        row.id: wire.decode(shapes.WaitingTerms, row.terms)
        for row in tx.execute(_TERMS_OF, {"ids": sorted(ids)})
    }
    return {id: calendar_of(known.get(id, shapes.WaitingTerms())) for id in ids}


def look_again(tx: Transaction, customer_id: UUID, principal_id: UUID | None = None) -> None:
    """Have the invoices that wait at a customer looked at anew: something that counts for them has changed."""
    changed = update(invoices).where(
        invoices.c.customer_id == customer_id,
        invoices.c.asked_at.is_not(None),
    )
    if principal_id is not None:
        changed = changed.where(invoices.c.initiator_id == principal_id)
    tx.execute(changed.values(watch_at=tx.at))


# ------------------------------------------------------------------------------------------ deputyships


class DeputyshipStore:
    """Loads and saves who stands in for whom."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> Deputyship | None:
        """The deputyship; only colleagues and the operator know of it."""
        wanted = select(deputyships).where(deputyships.c.id == id)
        row = tx.execute(wanted.with_for_update() if lock else wanted).one_or_none()
        return None if row is None else _deputyship(row)

    def insert(self, tx: Transaction, deputyship: Deputyship) -> None:
        """Write a new deputyship."""
        tx.execute(deputyships.insert(), _deputyship_row(deputyship))

    def update(self, tx: Transaction, deputyship: Deputyship, loaded_sequence: int) -> int:
        """Write how it was ended."""
        changed = update(deputyships).where(
            deputyships.c.id == deputyship.id, deputyships.c.sequence == loaded_sequence
        )
        return tx.execute(changed, _deputyship_row(deputyship)).rowcount


def _deputyship_row(deputyship: Deputyship) -> dict[str, Any]:
    return {
        "id": deputyship.id,
        "sequence": deputyship.sequence,
        "customer_id": deputyship.customer.id,
        "customer_name": deputyship.customer.name,
        "principal_id": deputyship.principal.id,
        "principal_name": deputyship.principal.name,
        "deputy_id": deputyship.deputy.id,
        "deputy_name": deputyship.deputy.name,
        "first_day": deputyship.first_day,
        "last_day": deputyship.last_day,
        "note": deputyship.note,
        "named_by_id": deputyship.named_by.id,
        "named_by_name": deputyship.named_by.name,
        "named_at": deputyship.named_at,
        "ended_by_id": None if deputyship.ended_by is None else deputyship.ended_by.id,
        "ended_by_name": None if deputyship.ended_by is None else deputyship.ended_by.name,
        "ended_at": deputyship.ended_at,
    }


def _deputyship(row: Row[Any]) -> Deputyship:
    deputyship = Deputyship(
        id=row.id,
        customer=Party(id=row.customer_id, name=row.customer_name),
        principal=Person(id=row.principal_id, name=row.principal_name),
        deputy=Person(id=row.deputy_id, name=row.deputy_name),
        first_day=row.first_day,
        last_day=row.last_day,
        note=row.note,
        named_by=Person(id=row.named_by_id, name=row.named_by_name),
        named_at=row.named_at,
        ended_by=row.ended_by_id and Person(id=row.ended_by_id, name=row.ended_by_name),
        ended_at=row.ended_at,
    )
    deputyship.sequence = row.sequence
    return deputyship


def colleague(tx: Transaction, id: UUID) -> Person:
    """Somebody who acts for the caller's organisation."""
    row = tx.execute(_COLLEAGUES.where(people.c.id == id), {"me": tx.actor.organisation_id}).one_or_none()
    if row is None:
        raise NotHereYet(f"There is no colleague {id} here.")
    return Person(id=row.id, name=row.name)


_COLLEAGUES = select(people.c.id, people.c.name).where(
    people.c.organisations.contains(array([bindparam("me", type_=people.c.id.type)]))
)


def refuse_when_away_already(tx: Transaction, named: Deputyship) -> None:
    """One person stands in for another at a time. Two who name deputies at once do so one after the other."""
    key = f"{named.customer.id}/{named.principal.id}"
    tx.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    other = tx.execute(
        _HOLDING.where(
            deputyships.c.customer_id == named.customer.id,
            deputyships.c.principal_id == named.principal.id,
            deputyships.c.first_day <= named.last_day,
            deputyships.c.last_day >= named.first_day,
        )
    ).first()
    if other is not None:
        raise AlreadyAway(
            f"{other.deputy_name} stands in for {other.principal_name} from {other.first_day} to "
            f"{other.last_day}. End that first, or choose other days."
        )


_HOLDING = select(deputyships).where(deputyships.c.ended_at.is_(None))


def deputyships_here(tx: Transaction, today: date, on: date | None) -> shapes.Deputyships:
    """Who stands in for whom in the caller's organisation, now or later, and who could."""
    me = tx.actor.organisation_id
    wanted = _HOLDING.where(deputyships.c.customer_id == me, deputyships.c.last_day >= today)
    if on is not None:
        wanted = wanted.where(deputyships.c.first_day <= on, deputyships.c.last_day >= on)
    rows = tx.execute(wanted.order_by(deputyships.c.first_day, deputyships.c.id))
    colleagues = tx.execute(_COLLEAGUES.order_by(people.c.name, people.c.id), {"me": me})
    return shapes.Deputyships(
        items=tuple(_deputyship(row).view() for row in rows),
        colleagues=tuple(Person(id=row.id, name=row.name) for row in colleagues),
    )


def deputy_of(tx: Transaction, invoice: Invoice, rules: WaitingRules) -> Person | None:
    """Who stands in today for the initiator of an invoice, as long as they act for the customer."""
    today = rules.calendar.today(tx.at)
    row = tx.execute(
        select(deputyships.c.deputy_id, deputyships.c.deputy_name)
        .join(people, people.c.id == deputyships.c.deputy_id)
        .where(
            deputyships.c.ended_at.is_(None),
            deputyships.c.customer_id == invoice.customer.id,
            deputyships.c.principal_id == invoice.initiator.id,
            deputyships.c.first_day <= today,
            deputyships.c.last_day >= today,
            people.c.organisations.contains(array([literal(invoice.customer.id, people.c.id.type)])),
        )
        .limit(1)
    ).one_or_none()
    return None if row is None else Person(id=row.deputy_id, name=row.deputy_name)


def stands_in(tx: Transaction, invoice: Invoice) -> bool:
    """Whether the caller decides for the initiator of an invoice today."""
    if tx.actor.user_id == invoice.initiator.id or tx.actor.organisation_id != invoice.customer.id:
        return False
    deputy = deputy_of(tx, invoice, tx.peek(WaitingRules, invoice.customer.id))
    return deputy is not None and deputy.id == tx.actor.user_id


# ------------------------------------------------------------------------------------------ the watch

_NEXT_TO_WATCH = (
    select(invoices.c.id)
    .where(
        invoices.c.watch_at <= bindparam("now"),
        invoices.c.id.not_in(bindparam("but", expanding=True)),
    )
    .order_by(invoices.c.watch_at)
    .limit(1)
    .with_for_update(skip_locked=True)
)


def next_to_watch(tx: Transaction, but: Collection[UUID]) -> UUID | None:
    """The invoice that waits longest to be looked at, except some; None when there is no other.

    Its row stays locked until what is done about it is true: another process takes another one, and a process
    that dies has done nothing.
    """
    found: UUID | None = tx.execute(_NEXT_TO_WATCH, {"now": tx.at, "but": list(but)}).scalar()
    return found


def look_after(tx: Transaction, invoice_id: UUID) -> None:
    """Tell whoever must be told of an invoice that waits, and remember when to look at it again."""
    invoice = tx.get(Invoice, invoice_id)
    rules = tx.peek(WaitingRules, invoice.customer.id)
    invoice.look_after(rules, deputy_of(tx, invoice, rules), tx.at)
    kept = {"watch_at": invoice.watch_at, "answer_by": invoice.answer_by}
    tx.execute(update(invoices).where(invoices.c.id == invoice_id).values(**kept))


# -------------------------------------------------------------------------------- how long, and with whom


def wait_of(tx: Transaction, invoice: Invoice) -> shapes.InvoiceWait:
    """How long an invoice waits, with whom, and what comes next."""
    rules = tx.peek(WaitingRules, invoice.customer.id)
    since, asked = invoice.waiting_since, invoice.asked_at is not None
    decide = [invoice.initiator, *([invoice.deputy] if invoice.deputy else [])] if asked else []
    answer_by = None
    if invoice.asked_at is not None:
        answer_by = rules.calendar.after(invoice.asked_at, rules.terms.answer_within)
    escalates = asked and invoice.escalated_at is None
    return shapes.InvoiceWait(
        invoice_id=invoice.id,
        since=since,
        waited=None if since is None else rules.calendar.told(since, tx.at),
        deciders=_contacts(tx, decide, invoice),
        may_decide=asked and (tx.actor.user_id == invoice.initiator.id or stands_in(tx, invoice)),
        answer_by=answer_by,
        late=answer_by is not None and tx.at > answer_by,
        reminders=invoice.reminders,
        reminded_at=invoice.reminded_at,
        next_reminder_at=invoice.next_reminder(rules) if asked else None,
        nudged_at=invoice.nudged_at,
        nudge_from=invoice.nudge_from(rules) if asked else None,
        escalated_at=invoice.escalated_at,
        escalates_at=(
            rules.calendar.after(invoice.asked_at, rules.terms.escalate_after)
            if escalates and invoice.asked_at
            else None
        ),
        may_escalate=(
            tx.actor.kind is OrganisationKind.SUPPLIER and invoice.escalation_refusal(rules, tx.at) is None
        ),
    )


def _contacts(
    tx: Transaction, persons: Sequence[Person], invoice: Invoice
) -> tuple[shapes.DeciderContact, ...]:
    if not persons:
        return ()
    rows = tx.execute(
        select(people.c.id, people.c.email, people.c.phone).where(
            people.c.id.in_([person.id for person in persons]),
            people.c.organisations.contains(array([literal(invoice.customer.id, people.c.id.type)])),
        )
    )
    known = {row.id: row for row in rows}
    return tuple(
        shapes.DeciderContact(
            person=person,
            stands_in=person.id != invoice.initiator.id,
            email=known[person.id].email if person.id in known else None,
            phone=known[person.id].phone if person.id in known else None,
        )
        for person in persons
    )


# ------------------------------------------------------------------------------------- how soon answers come


def measure_answer(tx: Transaction, invoice: Invoice, asked_at: datetime | None) -> None:
    """Keep how much working time passed until the first answer, by the rules of this moment."""
    if asked_at is None or invoice.status is InvoiceStatus.PENDING:
        return
    rules = tx.peek(WaitingRules, invoice.customer.id)
    worked = rules.calendar.worked(asked_at, tx.at)
    in_time = worked <= rules.terms.answer_within * rules.calendar.day_length
    tx.write(
        answers,
        [
            {
                "invoice_id": invoice.id,
                "asked_at": asked_at,
                "customer_id": invoice.customer.id,
                "supplier_id": invoice.supplier.id,
                "answered_at": tx.at,
                "answered_by_id": tx.actor.user_id,
                "worked_minutes": int(worked.total_seconds() // 60),
                "in_time": in_time,
            }
        ],
    )
    measures.answered(worked / rules.calendar.day_length, in_time=in_time)


def first_answers(tx: Transaction, since: date) -> views.FirstAnswers:
    """How soon the held invoices that the caller may know of were answered, and how many should have been."""
    mine = {
        OrganisationKind.CUSTOMER: answers.c.customer_id == tx.actor.organisation_id,
        OrganisationKind.SUPPLIER: answers.c.supplier_id == tx.actor.organisation_id,
    }
    counted = select(
        func.count().filter(answers.c.in_time).label("in_time"),
        func.count().filter(~answers.c.in_time).label("late"),
    ).where(answers.c.answered_at >= since)
    if tx.actor.kind in mine:
        counted = counted.where(mine[tx.actor.kind])
    row = tx.execute(counted).one()
    overdue = select(func.count()).where(
        my_invoices(tx), invoices.c.asked_at.is_not(None), invoices.c.answer_by < tx.at
    )
    return views.FirstAnswers(
        since=since,
        in_time=row.in_time,
        late=row.late,
        overdue=tx.execute(overdue, {"me": tx.actor.organisation_id}).scalar_one(),
    )


# --------------------------------------------------------------------------------------------- the caller


def today(tx: Transaction) -> date:
    """The day that is written at the caller's organisation."""
    return tx.peek(WaitingRules, tx.actor.organisation_id).calendar.today(tx.at)


def only_ones_own(tx: Transaction, customer_id: UUID) -> None:
    """Refuse to speak of another organisation's rules as if they could be changed."""
    if customer_id != tx.actor.organisation_id:
        raise NotFound(f"There are no rules {customer_id} here.")

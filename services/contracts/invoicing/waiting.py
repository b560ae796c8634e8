"""How long held invoices wait and with whom: working calendar, deputies, reminders, nudges, escalation."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from services.contracts.actors import BUYERS, EVERYONE, OPERATORS, SUPPLIERS, Role
from services.contracts.invoicing import views
from services.contracts.invoicing.views import WorkedTime
from services.contracts.kinds import Day, Email, Id, Instant, Name, Remark, Sequence, Text
from services.contracts.parties import Party, Person
from services.contracts.shapes import Command, Example, Length, Pattern, Query, Range, command, query, shape

TimeZone = Annotated[
    str,
    Length(1, 64),
    Pattern(r"[A-Za-z0-9_+\-/]+", "a time zone of the IANA database, such as Europe/Kyiv"),
    Example("Europe/Kyiv"),
]
TimeOfDay = Annotated[
    str,
    Length(5, 5),
    Pattern(r"([01][0-9]|2[0-3]):[0-5][0-9]", "hours and minutes, such as 09:00"),
    Example("09:00"),
]
WorkingDays = Annotated[int, Range(least=1, most=60), Example(3)]

RULE_KEEPERS = frozenset({Role.SUPPLIER_MANAGER, Role.BUYER_ADMIN})


class Weekday(StrEnum):
    """The days of a week."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


@shape
class Holiday:
    """A day on which nobody works."""

    day: Annotated[Day, "The day."]
    name: Annotated[Name, "What is celebrated, or why nobody works.", Example("Independence Day")]


@shape
class WaitingTerms:
    """By which calendar an organisation works, and after how many of its working days something is done."""

    time_zone: Annotated[TimeZone, "Where its clocks stand."] = "UTC"
    working_days: Annotated[
        tuple[Weekday, ...],
        Length(1, 7),
        "The days of the week on which it works; the others are its weekend.",
    ] = (
        Weekday.MONDAY,
        Weekday.TUESDAY,
        Weekday.WEDNESDAY,
        Weekday.THURSDAY,
        Weekday.FRIDAY,
    )
    opens: Annotated[TimeOfDay, "When a working day begins."] = "09:00"
    closes: Annotated[TimeOfDay, "When it ends."] = "17:00"
    holidays: Annotated[tuple[Holiday, ...], Length(0, 400), "Days on which it does not work."] = ()
    remind_after: Annotated[WorkingDays, "After how long whoever must decide is first reminded."] = 1
    remind_every: Annotated[WorkingDays, "How long after that, each time again."] = 1
    answer_within: Annotated[WorkingDays, "Within which time a first answer is promised."] = 3
    escalate_after: Annotated[WorkingDays, "After how long the operator is told."] = 4
    nudge_every: Annotated[WorkingDays, "How long a supplier waits before it may ask again."] = 1


@shape
class WaitingRules:
    """The working calendar of a customer, and what is done about invoices that wait."""

    customer: Annotated[Party, "Whose rules they are."]
    terms: Annotated[WaitingTerms, "What they say; as they come until somebody changes them."]
    changed_by: Annotated[Person | None, "Who changed them last; null: nobody yet."]
    changed_at: Annotated[Instant | None, "When."]
    sequence: Annotated[Sequence, "Grows with every change; the ETag."]


@shape
class Deputyship:
    """Who decides on somebody's invoices while they are away."""

    id: Annotated[Id, "The deputyship."]
    customer: Annotated[Party, "Where both of them work."]
    principal: Annotated[Person, "Who is away."]
    deputy: Annotated[Person, "Who decides for them."]
    first_day: Annotated[Day, "From which day on, by the customer's clocks."]
    last_day: Annotated[Day, "To which day, that day included."]
    note: Annotated[Text, "Why, for colleagues to read."]
    named_by: Annotated[Person, "Who named the deputy."]
    named_at: Annotated[Instant, "When."]
    ended_by: Annotated[Person | None, "Who ended it early; null if nobody did."]
    ended_at: Annotated[Instant | None, "When."]
    sequence: Annotated[Sequence, "Grows when it is ended; the ETag."]


@shape
class Deputyships:
    """Who stands in for whom, and who could."""

    items: Annotated[tuple[Deputyship, ...], "Those that hold or are to come, by first day."]
    colleagues: Annotated[tuple[Person, ...], "Who can be named, by name."]


@shape
class DeciderContact:
    """Somebody who may decide, and how they are reached (S-064)."""

    person: Annotated[Person, "Who."]
    stands_in: Annotated[bool, "Whether for the initiator, who is away."]
    email: Annotated[Email | None, "Their e-mail."]
    phone: Annotated[Name | None, "Their telephone."]


@shape
class InvoiceWait:
    """How long an invoice waits, with whom, and what comes next (S-063)."""

    invoice_id: Annotated[Id, "The invoice."]
    since: Annotated[Instant | None, "Since when it waits for a decision; null: it does not."]
    waited: Annotated[WorkedTime | None, "How long that is, in the customer's working time."]
    deciders: Annotated[tuple[DeciderContact, ...], "Who may decide; empty when nobody must."]
    may_decide: Annotated[bool, "Whether the caller is one of them."]
    answer_by: Annotated[Instant | None, "Until when a first answer is promised."]
    late: Annotated[bool, "Whether that is over."]
    reminders: Annotated[int, Range(least=0), "How often whoever must decide was reminded."]
    reminded_at: Annotated[Instant | None, "When last."]
    next_reminder_at: Annotated[Instant | None, "When next."]
    nudged_at: Annotated[Instant | None, "When the supplier asked last."]
    nudge_from: Annotated[
        Instant | None, "From when on the supplier may ask again; null when it may not at all."
    ]
    escalated_at: Annotated[Instant | None, "Since when the operator knows."]
    escalates_at: Annotated[Instant | None, "When the operator will be told."]
    may_escalate: Annotated[bool, "Whether the supplier may ask the operator for help now (S-065)."]


# ------------------------------------------------------------------------------------------------- commands


@command("invoicing", answers=WaitingRules, allowed=RULE_KEEPERS)
class ChangeWaitingRules(Command):
    """Say by which calendar one works and when reminders and escalations are due."""

    customer_id: Annotated[Id, "The organisation; only one's own."]
    terms: Annotated[WaitingTerms, "What holds from now on, for invoices that wait already too."]


@command("invoicing", answers=Deputyship, allowed=BUYERS)
class NameDeputy(Command):
    """Name a colleague who decides on one's invoices for a time. An administrator may do it for others."""

    principal_id: Annotated[Id | None, "Who is away; the caller when left out."] = None
    deputy_id: Annotated[Id, "Who decides for them."]
    first_day: Annotated[Day, "From which day on."]
    last_day: Annotated[Day, "To which day, that day included."]
    note: Annotated[Text, "Why, for colleagues to read."] = ""


@command("invoicing", answers=Deputyship, allowed=BUYERS)
class EndDeputyship(Command):
    """End a deputyship early: from now on only the initiator decides again."""

    deputyship_id: Annotated[Id, "The deputyship."]


@command("invoicing", answers=views.Invoice, allowed=SUPPLIERS)
class NudgeInvoice(Command):
    """Ask whoever must decide on a held invoice to do so (S-063). Not more often than the customer allows."""

    invoice_id: Annotated[Id, "The invoice."]
    note: Annotated[Remark | None, "What to say with it."] = None


@command("invoicing", answers=views.Invoice, allowed=SUPPLIERS)
class EscalateInvoice(Command):
    """Put the operator into copy: an invoice was asked about and is still not decided (S-065)."""

    invoice_id: Annotated[Id, "The invoice."]
    note: Annotated[Remark, "Why it is urgent; the operator and the customer read it."]


# ------------------------------------------------------------------------------------------------- questions


@query("invoicing", answers=WaitingRules, allowed=EVERYONE)
class GetWaitingRules(Query):
    """By which calendar a customer works: for itself, its suppliers and the operator."""

    customer_id: Annotated[Id, "The customer."]


@query("invoicing", answers=Deputyships, allowed=BUYERS)
class ListDeputyships(Query):
    """Who stands in for whom in one's own organisation."""

    on: Annotated[date | None, "Only those that hold on this day."] = None


@query("invoicing", answers=Deputyship, allowed=BUYERS | OPERATORS)
class GetDeputyship(Query):
    """One deputyship, also one that is over."""

    deputyship_id: Annotated[Id, "The deputyship."]


@query("invoicing", answers=InvoiceWait, allowed=EVERYONE)
class GetInvoiceWait(Query):
    """How long an invoice waits, with whom, and what comes next (S-063)."""

    invoice_id: Annotated[Id, "The invoice."]

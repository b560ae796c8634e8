"""Consolidated invoices: when runs are due, what a run is, and how invoices become one document (S-083, D-5)."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from itertools import groupby
from typing import ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from services.chassis.aggregate import Aggregate
from services.chassis.errors import Fault, Invalid
from services.contracts.invoicing import consolidation as views
from services.contracts.invoicing import events
from services.contracts.invoicing.charges import TaxCategory
from services.contracts.invoicing.consolidation import MOST_INVOICES, ConsolidatedStatus, RunStatus
from services.contracts.invoicing.views import TaxAmount
from services.contracts.money import EXACT, total
from services.contracts.parties import Party, Person
from services.invoicing.domain.amounts import ZERO
from services.invoicing.domain.refusals import NoTaxInvoice, RunInTheFuture, RunTooEarly
from services.invoicing.domain.registration import is_new

FIRST_RUN, SECOND_RUN = 15, 30
ONE_DAY = timedelta(days=1)

# ---------------------------------------------------------------------------------------------- the calendar


def is_run_day(day: date) -> bool:
    """Whether a run starts by itself: on the 15th and the 30th, in February on its last day (D-5)."""
    last_of_month = monthrange(day.year, day.month)[1]
    return day.day in (FIRST_RUN, min(SECOND_RUN, last_of_month))


def run_days(after: date, until: date) -> list[date]:
    """The days of runs after one day, up to another."""
    days = (after + timedelta(days=count) for count in range(1, (until - after).days + 1))
    return [day for day in days if is_run_day(day)]


def next_run_day(after: date) -> date:
    """The first day of a run after `after`."""
    return run_days(after, after + timedelta(days=31))[0]


@dataclass(eq=False, kw_only=True)
class Calendar(Aggregate):
    """By whose day the operator's runs begin, and how long customers have to pay."""

    noun: ClassVar[str] = "terms"

    id: UUID
    operator: Party
    time_zone: str = "UTC"
    payment_days: int = 30
    read_at: datetime

    def choose(self, *, time_zone: str, payment_days: int) -> None:
        """Choose anew. Choosing the same again changes nothing."""
        if (time_zone, payment_days) == (self.time_zone, self.payment_days):
            return
        _zone(time_zone)
        self.time_zone, self.payment_days = time_zone, payment_days
        self.record(events.ConsolidationTermsChanged)

    def today(self, at: datetime) -> date:
        """The operator's day at a moment."""
        return at.astimezone(_zone(self.time_zone)).date()

    def until(self, day: date, at: datetime) -> datetime:
        """Up to when a run of `day` that is started at `at` looks: to the end of the day, or to now."""
        midnight = datetime.combine(day + ONE_DAY, time(), _zone(self.time_zone))
        return min(at, midnight.astimezone(at.tzinfo))

    def due_date(self, day: date) -> date:
        """When a consolidated invoice of `day` is to be paid."""
        return day + timedelta(days=self.payment_days)

    def view(self) -> views.ConsolidationTerms:
        """The terms as the operator sees them."""
        return views.ConsolidationTerms(
            operator=self.operator,
            time_zone=self.time_zone,
            payment_days=self.payment_days,
            next_day=next_run_day(self.today(self.read_at)),
            sequence=self.sequence,
        )


def _zone(name: str) -> tzinfo:
    # What nobody has chosen must work on a machine without the time zone database, too.
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        fault = Fault("/time_zone", "is no name of the time zone database, such as Europe/Kyiv")
        raise Invalid("The time zone is not known.", [fault]) from error


# ------------------------------------------------------------------------------------------------------ runs


@dataclass(eq=False, kw_only=True)
class Run(Aggregate):
    """The run of one day."""

    noun: ClassVar[str] = "run"

    id: UUID
    operator: Party
    day: date
    until: datetime
    started_by: Person | None
    started_at: datetime
    waiting: frozenset[UUID] = frozenset()
    """The customers that do not have theirs yet."""
    totals: tuple[views.ConsolidatedTotal, ...] = ()
    finished_at: datetime | None = None

    @classmethod
    def begin(
        cls,
        *,
        run_id: UUID,
        day: date,
        calendar: Calendar,
        last_day: date | None,
        by: Person | None,
        at: datetime,
    ) -> "Run":
        """A new run. `last_day` is that of the latest run there was."""
        today = calendar.today(at)
        if day > today:
            raise RunInTheFuture(f"{day} has not come yet: it is {today} in {calendar.time_zone}.")
        if last_day is not None and day < last_day:
            raise RunTooEarly(
                f"There was a run of {last_day} already, and what was approved before it is on its documents. "
                f"Choose {last_day} or a later day."
            )
        return cls(
            id=run_id,
            operator=calendar.operator,
            day=day,
            until=calendar.until(day, at),
            started_by=by,
            started_at=at,
        )

    def expect(self, customers: Sequence[Party], *, at: datetime) -> None:
        """Go on with these customers; with none of them there is nothing left to do."""
        if self.sequence and not customers and not self.waiting:
            return
        self.waiting = frozenset(customer.id for customer in customers)
        self.finished_at = None
        self.record(events.ConsolidationStarted)
        self._finish_if_done(at)

    def has_billed(self, customer_id: UUID, documents: Sequence["Consolidated"], *, at: datetime) -> None:
        """One customer has its documents. Hearing it again adds nothing."""
        if customer_id not in self.waiting and not documents:
            return
        self.waiting -= {customer_id}
        self.totals = _together((*self.totals, *(document.total() for document in documents)))
        self.record(events.ConsolidationAdvanced)
        self._finish_if_done(at)

    def _finish_if_done(self, at: datetime) -> None:
        if not self.waiting:
            self.finished_at = at
            self.record(events.ConsolidationFinished)

    def view(self) -> views.ConsolidationRun:
        """The run as the operator sees it."""
        return views.ConsolidationRun(
            id=self.id,
            day=self.day,
            until=self.until,
            status=RunStatus.RUNNING if self.finished_at is None else RunStatus.FINISHED,
            operator=self.operator,
            started_by=self.started_by,
            started_at=self.started_at,
            finished_at=self.finished_at,
            waiting=len(self.waiting),
            totals=self.totals,
            sequence=self.sequence,
        )


def _together(totals: Sequence[views.ConsolidatedTotal]) -> tuple[views.ConsolidatedTotal, ...]:
    """Totals of the same currency as one; different currencies never mix."""
    by_currency = groupby(sorted(totals, key=lambda each: each.currency), key=lambda each: each.currency)
    return tuple(_sum_of(currency, list(each)) for currency, each in by_currency)


def _sum_of(currency: str, totals: Sequence[views.ConsolidatedTotal]) -> views.ConsolidatedTotal:
    return views.ConsolidatedTotal(
        currency=currency,
        documents=sum(each.documents for each in totals),
        invoices=sum(each.invoices for each in totals),
        net=total(each.net for each in totals),
        tax=total(each.tax for each in totals),
        gross=total(each.gross for each in totals),
    )


def totals_of(shares: Sequence[views.ConsolidationShare]) -> tuple[views.ConsolidatedTotal, ...]:
    """What a run would issue altogether, by currency."""
    return _together(
        [
            views.ConsolidatedTotal(
                currency=share.currency,
                documents=share.documents,
                invoices=share.invoices,
                net=share.net,
                tax=share.tax,
                gross=share.gross,
            )
            for share in shares
        ]
    )


# ------------------------------------------------------------------------------------------------- documents


@dataclass(frozen=True, kw_only=True, slots=True)
class Approved:
    """An approved invoice that stands on no consolidated invoice yet."""

    id: UUID
    number: str
    issue_date: date
    supplier: Party
    order_id: UUID
    order_number: str
    currency: str
    amount_places: int
    taxes: tuple[TaxAmount, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    paid: Decimal
    deducted: Decimal = ZERO
    """What credit notes took off it."""


def bundles(approved: Sequence[Approved]) -> list[list[Approved]]:
    """What goes on one document together: one currency, by date, and never more than one document takes."""
    ordered = sorted(approved, key=lambda each: (each.currency, each.issue_date, each.number, each.id))
    found: list[list[Approved]] = []
    for _, group in groupby(ordered, key=lambda each: each.currency):
        same = list(group)
        found += [same[at : at + MOST_INVOICES] for at in range(0, len(same), MOST_INVOICES)]
    return found


@dataclass(eq=False, kw_only=True)
class Consolidated(Aggregate):
    """A consolidated invoice. It bundles invoices, changes none of them, and adds no debt."""

    noun: ClassVar[str] = "consolidation"

    id: UUID
    number: str
    run_id: UUID
    day: date
    due_date: date
    operator: Party
    customer: Party
    currency: str
    amount_places: int
    invoices: int
    taxes: tuple[views.ConsolidatedTax, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    paid: Decimal
    issued_at: datetime
    deducted: Decimal = ZERO
    tax_invoice: views.OperatorTaxInvoice | None = None
    lines: tuple[views.ConsolidatedLine, ...] = ()
    """Of a new one; of one that was loaded they are asked for by themselves."""

    @classmethod
    def issue(
        cls,
        *,
        id: UUID,
        number: str,
        tax_number: str,
        run_id: UUID,
        day: date,
        due_date: date,
        operator: Party,
        customer: Party,
        bundle: Sequence[Approved],
        at: datetime,
    ) -> "Consolidated":
        """A new one, of invoices of one currency. Its sums are theirs, to the last digit."""
        made = cls(
            id=id,
            number=number,
            run_id=run_id,
            day=day,
            due_date=due_date,
            operator=operator,
            customer=customer,
            currency=bundle[0].currency,
            amount_places=max(each.amount_places for each in bundle),
            invoices=len(bundle),
            taxes=_taxes(bundle),
            net=total(each.net for each in bundle),
            tax=total(each.tax for each in bundle),
            gross=total(each.gross for each in bundle),
            paid=total(each.paid for each in bundle),
            deducted=total(each.deducted for each in bundle),
            issued_at=at,
            tax_invoice=views.OperatorTaxInvoice(
                number=tax_number, day=day, registration=None, registered_on=None, registered_by=None
            ),
            lines=tuple(_line(number, each) for number, each in enumerate(bundle, 1)),
        )
        made.record(events.ConsolidatedInvoiceIssued)
        return made

    def register(self, registration: str, *, on: date, today: date, by: Person) -> None:
        """Note where its tax invoice is registered. Noting the same again changes nothing."""
        tax = self.tax_invoice
        if tax is None:
            raise NoTaxInvoice(f"{self.number} has no tax invoice: it is from before there were any.")
        if not is_new(tax, registration, on, today):
            return
        self.tax_invoice = replace(tax, registration=registration, registered_on=on, registered_by=by)
        self.record(events.TaxInvoiceRegistered)

    @property
    def status(self) -> ConsolidatedStatus:
        """Paid as the invoices behind it are; of one over nothing there is nothing to pay."""
        settled = EXACT.add(self.paid, self.deducted)
        if settled == self.gross:
            return ConsolidatedStatus.PAID
        return ConsolidatedStatus.PARTLY_PAID if settled > ZERO else ConsolidatedStatus.ISSUED

    def total(self) -> views.ConsolidatedTotal:
        """What it adds to the totals of its run."""
        return views.ConsolidatedTotal(
            currency=self.currency,
            documents=1,
            invoices=self.invoices,
            net=self.net,
            tax=self.tax,
            gross=self.gross,
        )

    def view(self) -> views.ConsolidatedSummary:
        """What stands above and below its lines."""
        return views.ConsolidatedSummary(
            id=self.id,
            number=self.number,
            status=self.status,
            run_id=self.run_id,
            day=self.day,
            due_date=self.due_date,
            operator=self.operator,
            customer=self.customer,
            currency=self.currency,
            amount_places=self.amount_places,
            invoices=self.invoices,
            net=self.net,
            tax=self.tax,
            gross=self.gross,
            paid=self.paid,
            open=EXACT.subtract(self.gross, EXACT.add(self.paid, self.deducted)),
            deducted=self.deducted,
            issued_at=self.issued_at,
            sequence=self.sequence,
            tax_invoice=self.tax_invoice,
        )


def _line(number: int, approved: Approved) -> views.ConsolidatedLine:
    return views.ConsolidatedLine(
        number=number,
        invoice_id=approved.id,
        invoice_number=approved.number,
        issue_date=approved.issue_date,
        supplier=approved.supplier,
        order_id=approved.order_id,
        order_number=approved.order_number,
        net=approved.net,
        tax=approved.tax,
        gross=approved.gross,
    )


def _taxes(bundle: Sequence[Approved]) -> tuple[views.ConsolidatedTax, ...]:
    """By category and rate, each the sum of what the invoices say: computed anew it could differ by roundings."""
    alike: dict[tuple[Decimal, TaxCategory], list[TaxAmount]] = {}
    for tax in (tax for each in bundle for tax in each.taxes):
        alike.setdefault((tax.rate, tax.category), []).append(tax)
    return tuple(
        views.ConsolidatedTax(
            category=category,
            rate=rate,
            base=total(tax.base for tax in same),
            amount=total(tax.amount for tax in same),
            exemption_reason=_reasons(same),
        )
        for (rate, category), same in sorted(alike.items())
    )


def _reasons(taxes: Sequence[TaxAmount]) -> str | None:
    told = dict.fromkeys(tax.exemption_reason or tax.exemption_code for tax in taxes)
    return "; ".join(each for each in told if each)[:4000] or None

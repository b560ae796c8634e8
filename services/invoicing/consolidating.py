"""How consolidated invoices and their runs are read and written.

A run is a row and one event for each customer (`ConsolidationDue`). Whoever hears such an event issues that
customer's documents in one transaction: a crash undoes it whole, and the event comes again. An invoice has room
for one document (`invoices.consolidated_id`), so that no repetition, however late, puts it on a second one.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from prometheus_client import Counter, Histogram
from sqlalchemy import ColumnElement, Row, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from services.chassis import paging, wire
from services.chassis.database import Transaction
from services.contracts.accounts.views import Organisation
from services.contracts.actors import OrganisationKind
from services.contracts.invoicing import consolidation as views
from services.contracts.invoicing import events
from services.contracts.invoicing.consolidation import MOST_INVOICES, ConsolidatedStatus
from services.contracts.invoicing.views import TaxAmount
from services.contracts.parties import Party, Person
from services.invoicing.domain.consolidation import (
    ONE_DAY,
    Approved,
    Calendar,
    Consolidated,
    Run,
    bundles,
    run_days,
    totals_of,
)
from services.invoicing.numbering import next_number
from services.invoicing.tables import (
    consolidated_invoices,
    consolidated_lines,
    consolidation_runs,
    invoices,
    operators,
)

#: How long the next run waits for the one before; one customer that cannot be billed must not stop all others.
PATIENCE = timedelta(days=1)
SERIES = "CI"
TAX_SERIES = "TI"

issued = Counter("counterpart_consolidated_invoices_total", "Consolidated invoices issued.")
run_seconds = Histogram(
    "counterpart_consolidation_run_seconds",
    "From the start of a consolidation run until its last customer had its documents.",
    buckets=(1, 5, 15, 60, 300, 900, 3600, 14400, 86400),
)

# ---------------------------------------------------------------------------------------------- the operator


def remember_operator(tx: Transaction, organisations: Sequence[Organisation]) -> None:
    """Know who runs the portal."""
    tx.upsert_newer(
        operators,
        [
            {"id": each.id, "sequence": each.sequence, "name": each.name}
            for each in organisations
            if each.kind is OrganisationKind.OPERATOR
        ],
    )


class CalendarStore:
    """Loads and saves by whose day runs begin; there is one for every operator already."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> Calendar | None:
        """The operator's calendar; as long as nobody has chosen, the days are those of UTC."""
        wanted = select(operators).where(operators.c.id == id)
        row = tx.execute(wanted.with_for_update() if lock else wanted).one_or_none()
        if row is not None:
            return _calendar(row, tx.at)
        if tx.actor.organisation_id != id:
            return None
        operator = Party(id=id, name=tx.actor.organisation_name)
        return Calendar(id=id, operator=operator, read_at=tx.at)

    def insert(self, tx: Transaction, calendar: Calendar) -> None:
        """There is one for every operator already."""
        raise TypeError("a calendar is chosen, never added")

    def update(self, tx: Transaction, calendar: Calendar, loaded_sequence: int) -> int:
        """Write the choice; accounts tells the operator's name later, if it has not yet."""
        chosen = {
            "time_zone": calendar.time_zone,
            "payment_days": calendar.payment_days,
            "terms_sequence": calendar.sequence,
        }
        known = {"id": calendar.id, "sequence": 0, "name": calendar.operator.name}
        written = insert(operators).values(**known, **chosen)
        statement = written.on_conflict_do_update(
            index_elements=["id"], set_=chosen, where=operators.c.terms_sequence == loaded_sequence
        )
        return tx.execute(statement).rowcount


def _calendar(row: Row[Any], at: datetime) -> Calendar:
    calendar = Calendar(
        id=row.id,
        operator=Party(id=row.id, name=row.name),
        time_zone=row.time_zone,
        payment_days=row.payment_days,
        read_at=at,
    )
    calendar.sequence = row.terms_sequence
    return calendar


def calendar_of_portal(tx: Transaction) -> Calendar | None:
    """The calendar of the operator, whoever asks; None while nobody has told who that is."""
    row = tx.execute(select(operators).order_by(operators.c.known_since).limit(1)).one_or_none()
    return None if row is None else _calendar(row, tx.at)


def day_of_portal(tx: Transaction) -> date:
    """The operator's day now; that of UTC while nobody has told who the operator is."""
    calendar = calendar_of_portal(tx)
    return tx.at.date() if calendar is None else calendar.today(tx.at)


def consolidated_on(tx: Transaction, invoice_id: UUID) -> date | None:
    """The day of the consolidated invoice that an invoice stands on."""
    day: date | None = tx.execute(
        select(invoices.c.consolidated_on).where(invoices.c.id == invoice_id)
    ).scalar()
    return day


# ------------------------------------------------------------------------------------------------------ runs


class RunStore:
    """Loads and saves runs."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> Run | None:
        """The run."""
        wanted = select(consolidation_runs).where(consolidation_runs.c.id == id)
        row = tx.execute(wanted.with_for_update() if lock else wanted).one_or_none()
        return None if row is None else _run(row)

    def insert(self, tx: Transaction, run: Run) -> None:
        """Write a new run."""
        tx.execute(consolidation_runs.insert(), _run_row(run))

    def update(self, tx: Transaction, run: Run, loaded_sequence: int) -> int:
        """Write how far it is."""
        changed = update(consolidation_runs).where(
            consolidation_runs.c.id == run.id, consolidation_runs.c.sequence == loaded_sequence
        )
        return tx.execute(changed, _run_row(run)).rowcount


def _run_row(run: Run) -> dict[str, Any]:
    return {
        "id": run.id,
        "sequence": run.sequence,
        "operator_id": run.operator.id,
        "operator_name": run.operator.name,
        "day": run.day,
        "until": run.until,
        "started_by_id": None if run.started_by is None else run.started_by.id,
        "started_by_name": None if run.started_by is None else run.started_by.name,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "waiting": sorted(str(each) for each in run.waiting),
        "totals": wire.encode(run.totals),
    }


def _run(row: Row[Any]) -> Run:
    run = Run(
        id=row.id,
        operator=Party(id=row.operator_id, name=row.operator_name),
        day=row.day,
        until=row.until,
        started_by=row.started_by_id and Person(id=row.started_by_id, name=row.started_by_name),
        started_at=row.started_at,
        waiting=frozenset(UUID(each) for each in row.waiting),
        totals=tuple(wire.decode(views.ConsolidatedTotal, each) for each in row.totals),
        finished_at=row.finished_at,
    )
    run.sequence = row.sequence
    return run


_LOCK = select(func.pg_advisory_xact_lock(func.hashtextextended("consolidation", 0)))


def start(tx: Transaction, calendar: Calendar, day: date | None, *, by: Person | None) -> Run:
    """Start the run of a day, or go on with it; who starts at the same instant does so one after the other."""
    tx.execute(_LOCK)
    # Whoever starts by hand an installation that was there before this service listened to accounts.
    known_by_now = insert(operators).values(id=calendar.id, sequence=0, name=calendar.operator.name)
    tx.execute(known_by_now.on_conflict_do_nothing())
    day = day or calendar.today(tx.at)
    known = _run_of(tx, calendar, day)
    if known is None:
        run = Run.begin(
            run_id=tx.new_id(),
            day=day,
            calendar=calendar,
            last_day=_last_day(tx, calendar),
            by=by,
            at=tx.at,
        )
        tx.add(run)
    else:
        run = tx.get(Run, known.id)
    customers = _customers_due(tx, run.until)
    run.expect(customers, at=tx.at)
    for customer in customers:
        due = events.ConsolidationDue(
            run_id=run.id, day=run.day, until=run.until, operator=run.operator, customer=customer
        )
        tx.announce(due, aggregate="due", aggregate_id=tx.new_id(), sequence=1)
    return run


def start_what_is_due(tx: Transaction) -> Run | None:
    """Start the run of the earliest day that is due and had none; the next one waits for it, a day at most."""
    tx.execute(_LOCK)
    calendar = calendar_of_portal(tx)
    if calendar is None or _one_is_running(tx):
        return None
    last = _last_day(tx, calendar)
    since = calendar.today(_known_since(tx, calendar)) - ONE_DAY
    due = run_days(since if last is None else max(last, since), calendar.today(tx.at))
    return start(tx, calendar, due[0], by=None) if due else None


def _run_of(tx: Transaction, calendar: Calendar, day: date) -> Run | None:
    row = tx.execute(
        select(consolidation_runs).where(
            consolidation_runs.c.operator_id == calendar.id, consolidation_runs.c.day == day
        )
    ).one_or_none()
    return None if row is None else _run(row)


def _last_day(tx: Transaction, calendar: Calendar) -> date | None:
    last: date | None = tx.execute(
        select(func.max(consolidation_runs.c.day)).where(consolidation_runs.c.operator_id == calendar.id)
    ).scalar()
    return last


def _one_is_running(tx: Transaction) -> bool:
    running = select(consolidation_runs.c.id).where(
        consolidation_runs.c.finished_at.is_(None), consolidation_runs.c.started_at > tx.at - PATIENCE
    )
    return tx.execute(running.limit(1)).first() is not None


def _known_since(tx: Transaction, calendar: Calendar) -> datetime:
    since: datetime = tx.execute(
        select(operators.c.known_since).where(operators.c.id == calendar.id)
    ).scalar_one()
    return since


def _due(until: datetime) -> ColumnElement[bool]:
    """What stands on no consolidated invoice yet and was approved in time."""
    return (
        invoices.c.consolidated_id.is_(None)
        & invoices.c.approval.is_not(None)
        & (invoices.c.decided_at <= until)
    )


def _customers_due(tx: Transaction, until: datetime) -> list[Party]:
    rows = tx.execute(
        select(invoices.c.customer_id, func.max(invoices.c.customer_name).label("name"))
        .where(_due(until))
        .group_by(invoices.c.customer_id)
        .order_by(invoices.c.customer_id)
    )
    return [Party(id=row.customer_id, name=row.name) for row in rows]


def preview(tx: Transaction, calendar: Calendar, day: date | None) -> views.ConsolidationPreview:
    """What starting the run of a day would issue now."""
    day = day or calendar.today(tx.at)
    known = _run_of(tx, calendar, day)
    run = known or Run.begin(
        run_id=tx.new_id(), day=day, calendar=calendar, last_day=_last_day(tx, calendar), by=None, at=tx.at
    )
    shares = tuple(_shares(tx, run.until))
    return views.ConsolidationPreview(
        day=day,
        until=run.until,
        run=None if known is None else known.view(),
        shares=shares,
        totals=totals_of(shares),
    )


def _shares(tx: Transaction, until: datetime) -> list[views.ConsolidationShare]:
    rows = tx.execute(
        select(
            invoices.c.customer_id,
            func.max(invoices.c.customer_name).label("customer_name"),
            invoices.c.currency,
            func.count().label("invoices"),
            func.min(invoices.c.issue_date).label("oldest"),
            func.sum(invoices.c.net).label("net"),
            func.sum(invoices.c.tax).label("tax"),
            func.sum(invoices.c.gross).label("gross"),
        )
        .where(_due(until))
        .group_by(invoices.c.customer_id, invoices.c.currency)
        .order_by("customer_name", invoices.c.customer_id, invoices.c.currency)
    )
    return [
        views.ConsolidationShare(
            customer=Party(id=row.customer_id, name=row.customer_name),
            currency=row.currency,
            documents=-(-row.invoices // MOST_INVOICES),
            invoices=row.invoices,
            oldest=row.oldest,
            net=row.net,
            tax=row.tax,
            gross=row.gross,
        )
        for row in rows
    ]


def list_runs(tx: Transaction, question: views.ListConsolidationRuns) -> views.ConsolidationRunPage:
    """A page of runs, the latest day first."""
    wanted = select(consolidation_runs).order_by(consolidation_runs.c.day.desc())
    if question.after is not None:
        [last] = paging.key_of(question.after, paging.day)
        wanted = wanted.where(consolidation_runs.c.day < last)
    rows = list(tx.execute(wanted.limit(question.limit + 1)))
    shown, following = paging.page(rows, question.limit, lambda row: (row.day,))
    return views.ConsolidationRunPage(items=tuple(_run(row).view() for row in shown), next=following)


# ------------------------------------------------------------------------------------------------- documents


def bill(tx: Transaction, due: events.ConsolidationDue) -> None:
    """Issue one customer's documents of a run."""
    calendar = tx.peek(Calendar, due.operator.id)
    documents = [
        Consolidated.issue(
            id=tx.new_id(),
            number=next_number(tx, due.operator.id, SERIES, due.day.year),
            tax_number=next_number(tx, due.operator.id, TAX_SERIES, due.day.year),
            run_id=due.run_id,
            day=due.day,
            due_date=calendar.due_date(due.day),
            operator=due.operator,
            customer=due.customer,
            bundle=bundle,
            at=tx.at,
        )
        for bundle in bundles(_claimed(tx, due))
    ]
    for document in documents:
        tx.add(document)
    run = tx.get(Run, due.run_id)
    run.has_billed(due.customer.id, documents, at=tx.at)
    issued.inc(len(documents))
    if run.facts and run.finished_at is not None:
        run_seconds.observe((run.finished_at - run.started_at) / timedelta(seconds=1))


def _claimed(tx: Transaction, due: events.ConsolidationDue) -> list[Approved]:
    """The customer's invoices, locked: none of them can be cancelled or stand on another document meanwhile."""
    rows = tx.execute(
        select(invoices)
        .where(invoices.c.customer_id == due.customer.id, _due(due.until))
        .order_by(invoices.c.id)
        .with_for_update(key_share=True)
    )
    return [
        Approved(
            id=row.id,
            number=row.number,
            issue_date=row.issue_date,
            supplier=Party(id=row.supplier_id, name=row.supplier_name),
            order_id=row.order_id,
            order_number=row.order_number,
            currency=row.currency,
            amount_places=row.amount_places,
            taxes=tuple(wire.decode(TaxAmount, tax) for tax in row.taxes),
            net=row.net,
            tax=row.tax,
            gross=row.gross,
            paid=row.paid,
            deducted=row.deducted,
        )
        for row in rows
    ]


class ConsolidatedStore:
    """Loads and saves consolidated invoices."""

    def load(self, tx: Transaction, id: UUID, *, lock: bool) -> Consolidated | None:
        """The document without its lines."""
        wanted = _DOCUMENTS.where(consolidated_invoices.c.id == id, *_mine(tx))
        locked = wanted.with_for_update(of=consolidated_invoices) if lock else wanted
        row = tx.execute(locked).one_or_none()
        return None if row is None else _document(row)

    def insert(self, tx: Transaction, document: Consolidated) -> None:
        """Write a new document with its lines, and mark the invoices behind it."""
        tx.execute(consolidated_invoices.insert(), _document_row(document))
        tx.write(consolidated_lines, _line_rows(document))
        behind = [line.invoice_id for line in document.lines]
        marked = update(invoices).where(invoices.c.id.in_(behind))
        tx.execute(marked.values(consolidated_id=document.id, consolidated_on=document.day))

    def update(self, tx: Transaction, document: Consolidated, loaded_sequence: int) -> int:
        """Write where the tax invoice is registered; nothing else of what was issued ever changes."""
        changed = update(consolidated_invoices).where(
            consolidated_invoices.c.id == document.id, consolidated_invoices.c.sequence == loaded_sequence
        )
        return tx.execute(changed, {"sequence": document.sequence, **_tax_row(document)}).rowcount


def _of_its_invoices(amount: ColumnElement[Any]) -> ColumnElement[Any]:
    summed = select(func.coalesce(func.sum(amount), 0))
    mine = summed.where(invoices.c.consolidated_id == consolidated_invoices.c.id)
    return mine.correlate(consolidated_invoices).scalar_subquery()


_SETTLED = _of_its_invoices(invoices.c.paid + invoices.c.deducted)
_DOCUMENTS = select(
    consolidated_invoices,
    _of_its_invoices(invoices.c.paid).label("paid"),
    _of_its_invoices(invoices.c.deducted).label("deducted"),
)
_STANDS: dict[ConsolidatedStatus, ColumnElement[bool]] = {
    ConsolidatedStatus.PAID: consolidated_invoices.c.gross == _SETTLED,
    ConsolidatedStatus.PARTLY_PAID: (_SETTLED > 0) & (consolidated_invoices.c.gross > _SETTLED),
    ConsolidatedStatus.ISSUED: (_SETTLED == 0) & (consolidated_invoices.c.gross != 0),
}


def _mine(tx: Transaction) -> list[ColumnElement[bool]]:
    """A customer's own; the operator may look at all, and the system too."""
    if tx.maybe_actor is None or tx.actor.kind is OrganisationKind.OPERATOR:
        return []
    return [consolidated_invoices.c.customer_id == tx.actor.organisation_id]


def _document_row(document: Consolidated) -> dict[str, Any]:
    return {
        "id": document.id,
        "sequence": document.sequence,
        "number": document.number,
        "run_id": document.run_id,
        "day": document.day,
        "due_date": document.due_date,
        "operator_id": document.operator.id,
        "operator_name": document.operator.name,
        "customer_id": document.customer.id,
        "customer_name": document.customer.name,
        "currency": document.currency,
        "amount_places": document.amount_places,
        "invoices": document.invoices,
        "taxes": wire.encode(document.taxes),
        "net": document.net,
        "tax": document.tax,
        "gross": document.gross,
        "issued_at": document.issued_at,
        **_tax_row(document),
    }


def _tax_row(document: Consolidated) -> dict[str, Any]:
    tax = document.tax_invoice
    return {
        "tax_number": None if tax is None else tax.number,
        "tax_registration": None if tax is None else tax.registration,
        "tax_registered_on": None if tax is None else tax.registered_on,
        "tax_registered_by_id": None if tax is None or tax.registered_by is None else tax.registered_by.id,
        "tax_registered_by_name": None
        if tax is None or tax.registered_by is None
        else tax.registered_by.name,
    }


def _tax_invoice(row: Row[Any]) -> views.OperatorTaxInvoice | None:
    if row.tax_number is None:
        return None
    by = row.tax_registered_by_id
    return views.OperatorTaxInvoice(
        number=row.tax_number,
        day=row.day,
        registration=row.tax_registration,
        registered_on=row.tax_registered_on,
        registered_by=None if by is None else Person(id=by, name=row.tax_registered_by_name),
    )


def _line_rows(document: Consolidated) -> list[dict[str, Any]]:
    return [
        {
            "consolidated_id": document.id,
            "number": line.number,
            "invoice_id": line.invoice_id,
            "invoice_number": line.invoice_number,
            "issue_date": line.issue_date,
            "supplier_id": line.supplier.id,
            "supplier_name": line.supplier.name,
            "order_id": line.order_id,
            "order_number": line.order_number,
            "net": line.net,
            "tax": line.tax,
            "gross": line.gross,
        }
        for line in document.lines
    ]


def _document(row: Row[Any]) -> Consolidated:
    document = Consolidated(
        id=row.id,
        number=row.number,
        run_id=row.run_id,
        day=row.day,
        due_date=row.due_date,
        operator=Party(id=row.operator_id, name=row.operator_name),
        customer=Party(id=row.customer_id, name=row.customer_name),
        currency=row.currency,
        amount_places=row.amount_places,
        invoices=row.invoices,
        taxes=tuple(wire.decode(views.ConsolidatedTax, each) for each in row.taxes),
        net=row.net,
        tax=row.tax,
        gross=row.gross,
        paid=row.paid,
        deducted=row.deducted,
        issued_at=row.issued_at,
        tax_invoice=_tax_invoice(row),
    )
    document.sequence = row.sequence
    return document


def with_lines(tx: Transaction, document: Consolidated) -> views.ConsolidatedInvoice:
    """A consolidated invoice with the invoices behind it."""
    rows = tx.execute(
        select(consolidated_lines)
        .where(consolidated_lines.c.consolidated_id == document.id)
        .order_by(consolidated_lines.c.number)
    )
    return views.ConsolidatedInvoice(
        summary=document.view(),
        lines=tuple(_line(row) for row in rows),
        taxes=document.taxes,
        sequence=document.sequence,
    )


def _line(row: Row[Any]) -> views.ConsolidatedLine:
    return views.ConsolidatedLine(
        number=row.number,
        invoice_id=row.invoice_id,
        invoice_number=row.invoice_number,
        issue_date=row.issue_date,
        supplier=Party(id=row.supplier_id, name=row.supplier_name),
        order_id=row.order_id,
        order_number=row.order_number,
        net=row.net,
        tax=row.tax,
        gross=row.gross,
    )


def list_documents(tx: Transaction, question: views.ListConsolidatedInvoices) -> views.ConsolidatedPage:
    """A page of consolidated invoices, the newest first."""
    wanted = _DOCUMENTS.where(*_mine(tx), *_conditions(question)).order_by(consolidated_invoices.c.id.desc())
    if question.after is not None:
        [last] = paging.key_of(question.after, paging.identifier)
        wanted = wanted.where(consolidated_invoices.c.id < last)
    rows = list(tx.execute(wanted.limit(question.limit + 1)))
    shown, following = paging.page(rows, question.limit, lambda row: (row.id,))
    return views.ConsolidatedPage(items=tuple(_document(row).view() for row in shown), next=following)


def _conditions(question: views.ListConsolidatedInvoices) -> list[ColumnElement[bool]]:
    table = consolidated_invoices.c
    equal = {"customer_id": question.customer_id, "run_id": question.run_id, "currency": question.currency}
    found = [table[name] == value for name, value in equal.items() if value is not None]
    if question.status:
        found.append(or_(*(_STANDS[status] for status in question.status)))
    if question.date_from is not None:
        found.append(table.day >= question.date_from)
    if question.date_to is not None:
        found.append(table.day <= question.date_to)
    if question.search is not None:
        found.append(func.starts_with(func.lower(table.number), question.search.strip().lower()))
    return found

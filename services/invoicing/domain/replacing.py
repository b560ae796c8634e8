"""Which way documents go when goods come back: one function, asked by everybody (A6, S-080 … S-088, D-4)."""

from calendar import monthrange
from datetime import date, timedelta

from services.contracts.invoicing.replacing import (
    ReplacementAdvice,
    ReplacementCheck,
    ReplacementRoute,
    ReplacementRule,
)
from services.contracts.invoicing.views import InvoiceStatus
from services.invoicing.domain.amounts import ZERO, spoken
from services.invoicing.domain.consolidation import ONE_DAY, next_run_day
from services.invoicing.domain.invoice import OWED, Invoice

OLDEST = 15
"""Days since the date of an invoice after which it is no longer replaced; the 15th day still counts (D-4)."""

S = InvoiceStatus


def replacement_advice(invoice: Invoice, *, consolidated_on: date | None, today: date) -> ReplacementAdvice:
    """The way of an invoice's documents on a day, why, and until when. `today` is the operator's day."""
    checks = _checks(invoice, consolidated_on, today) if invoice.status in OWED else ()
    route = _route(invoice, checks)
    return ReplacementAdvice(
        invoice_id=invoice.id,
        invoice_number=invoice.number,
        today=today,
        route=route,
        why=_why(invoice, checks),
        next_step=_next_step(invoice, route),
        last_day=_last_day(invoice, today) if route is ReplacementRoute.REPLACE else None,
        consolidated_on=consolidated_on,
        checks=checks,
    )


def _checks(invoice: Invoice, consolidated_on: date | None, today: date) -> tuple[ReplacementCheck, ...]:
    issued, age = invoice.issue_date, (today - invoice.issue_date).days
    same_month = (issued.year, issued.month) == (today.year, today.month)
    paid = f"{spoken(invoice.paid, invoice.amount_places)} {invoice.currency}"
    return (
        ReplacementCheck(
            rule=ReplacementRule.SAME_MONTH,
            holds=same_month,
            sentence=f"Its date, {issued}, is {'in' if same_month else 'not in'} the month of {today}.",
        ),
        ReplacementCheck(
            rule=ReplacementRule.FIFTEEN_DAYS,
            holds=age <= OLDEST,
            sentence=f"Its date is {max(age, 0)} days ago; at most {OLDEST} are allowed.",
        ),
        ReplacementCheck(
            rule=ReplacementRule.NOT_CONSOLIDATED,
            holds=consolidated_on is None,
            sentence="It stands on no consolidated invoice yet."
            if consolidated_on is None
            else f"It stands on the consolidated invoice of {consolidated_on}.",
        ),
        ReplacementCheck(
            rule=ReplacementRule.NOTHING_PAID,
            holds=invoice.paid == ZERO,
            sentence="Nothing of it is paid." if invoice.paid == ZERO else f"{paid} of it are paid.",
        ),
    )


def _route(invoice: Invoice, checks: tuple[ReplacementCheck, ...]) -> ReplacementRoute:
    if invoice.status in (S.DRAFT, S.MATCHING, S.PENDING):
        return ReplacementRoute.CORRECT
    if invoice.status not in OWED:
        return ReplacementRoute.NOTHING
    return ReplacementRoute.REPLACE if all(check.holds for check in checks) else ReplacementRoute.RETURN_NOTE


def _last_day(invoice: Invoice, today: date) -> date:
    """The last day on which all rules can still hold: the next run takes the invoice onto its document."""
    issued = invoice.issue_date
    end_of_month = issued.replace(day=monthrange(issued.year, issued.month)[1])
    before_next_run = next_run_day(today) - ONE_DAY
    return max(today, min(issued + timedelta(days=OLDEST), end_of_month, before_next_run))


def _why(invoice: Invoice, checks: tuple[ReplacementCheck, ...]) -> str:
    if not checks:
        word = invoice.status.value.replace("-", " ")
        return f"Invoice {invoice.number or 'without number'} is {word}: nothing is owed on it."
    failed = [check.sentence for check in checks if not check.holds]
    return " ".join(failed or [check.sentence for check in checks])


def _next_step(invoice: Invoice, route: ReplacementRoute) -> str:
    customer, supplier = invoice.customer.name, invoice.supplier.name
    return {
        ReplacementRoute.CORRECT: f"{supplier} corrects it: a draft is changed, a sent one is cancelled and sent anew.",
        ReplacementRoute.REPLACE: (
            f"{supplier} asks the operator, naming the invoice and attaching the new document; the operator asks "
            f"{customer} to cancel the invoice, and {supplier} then sends a new one."
        ),
        ReplacementRoute.RETURN_NOTE: (
            "The invoice stays as it is, and a goods-return note is issued for what came back."
        ),
        ReplacementRoute.NOTHING: f"{supplier} sends a new invoice for what {customer} keeps.",
    }[route]

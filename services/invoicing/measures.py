"""What invoicing counts beside what every process counts."""

from collections.abc import Collection

from prometheus_client import Counter, Histogram

_answers = Histogram(
    "counterpart_invoice_answer_working_days",
    "Working days from the moment an initiator was asked to the first answer.",
    buckets=(0.125, 0.25, 0.5, 1, 2, 3, 4, 5, 10, 20),
)
_in_time = Counter(
    "counterpart_invoice_answers_total",
    "First answers to held invoices, by outcome: in-time, late.",
    ("outcome",),
)

_from_tables = Counter(
    "counterpart_invoices_from_tables_total",
    "Invoices in tables that suppliers sent, by outcome: sent, hindered.",
    ("outcome",),
)

_taxed = Counter(
    "counterpart_tax_invoices_total",
    "Steps of suppliers' tax invoices: issued, registered, registered-late, date-asked, date-granted, date-refused.",
    ("step",),
)

_matched = Counter(
    "counterpart_matched_invoices_total",
    "Invoices that were matched, by how their lines differ from the order: agrees, price, quantity, item.",
    ("outcome",),
)


def answered(working_days: float, *, in_time: bool) -> None:
    """Count one first answer."""
    _answers.observe(working_days)
    _in_time.labels("in-time" if in_time else "late").inc()


def table_sent(*, invoices: int, hindered: int) -> None:
    """Count the invoices of one table."""
    _from_tables.labels("sent").inc(invoices)
    _from_tables.labels("hindered").inc(hindered)


def taxed(step: str) -> None:
    """Count a step of a tax invoice."""
    _taxed.labels(step).inc()


def matched(ways: Collection[str]) -> None:
    """Count one invoice that was matched, once for each way in which it differs."""
    for way in ways or ("agrees",):
        _matched.labels(way).inc()

"""What every process counts. Labels name operations and queues, never tenants (cardinality, secrecy)."""

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

operations = Histogram(
    "counterpart_operation_seconds",
    "Time a command or query took in its service, by outcome: ok, or the code of the refusal.",
    ("service", "operation", "outcome"),
    buckets=_SECONDS,
)
consumed = Counter(
    "counterpart_events_consumed_total",
    "Events handled, by outcome: done, duplicate, retry, dead.",
    ("queue", "outcome"),
)
event_age = Histogram(
    "counterpart_event_age_seconds",
    "From the moment a fact was recorded to the moment a subscriber committed it.",
    ("queue",),
    buckets=(*_SECONDS, 60, 600, 3600),
)
published = Counter("counterpart_events_published_total", "Events confirmed by RabbitMQ.", ("service",))
unroutable = Counter(
    "counterpart_events_unroutable_total",
    "Events RabbitMQ handed back because no queue is bound; they stay in the journal and are sent again.",
    ("service",),
)
unpublished = Gauge("counterpart_journal_unpublished", "Facts not yet published.", ("service",))
unpublished_age = Gauge(
    "counterpart_journal_unpublished_age_seconds", "Age of the oldest fact not yet published.", ("service",)
)
relay_active = Gauge("counterpart_relay_active", "1 while this relay holds the journal's lock.", ("service",))
ledger_differences = Gauge(
    "counterpart_ledger_differences",
    "Where the last check of the books found them to differ from the documents, by rule.",
    ("rule",),
)
ledger_checked = Gauge(
    "counterpart_ledger_checked_timestamp_seconds", "When the books were last checked here."
)
dead_letters = Counter("counterpart_dead_letters_total", "Messages that ended as dead letters.", ("service",))

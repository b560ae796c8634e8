"""What the gateway counts. Labels are templates of paths and names of operations, never ids or tenants."""

from functools import cache
from typing import Any

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

requests = Counter(
    "counterpart_http_requests_total",
    "Requests answered; 499: the client left first.",
    ("method", "route", "status"),
)
request_seconds = Histogram(
    "counterpart_http_request_seconds",
    "From the head of a request to the end of its answer.",
    ("route",),
    buckets=_SECONDS,
)
in_flight = Gauge("counterpart_http_requests_in_flight", "Requests being answered, streams included.")
calls = Counter(
    "counterpart_rpc_calls_made_total",
    "Calls to services, by outcome: ok, refused, failed, timeout, absent, lost, open, full.",
    ("service", "operation", "outcome"),
)
call_seconds = Histogram(
    "counterpart_rpc_call_seconds",
    "From a call's publishing to its answer.",
    ("service", "operation"),
    buckets=_SECONDS,
)
streams = Gauge("counterpart_live_streams", "Browsers that follow what happens.")
notices = Counter("counterpart_live_notices_total", "Notices received from the stream.")
dropped_streams = Counter(
    "counterpart_live_streams_dropped_total", "Streams ended because their reader was too slow."
)
connections = Gauge("counterpart_http_connections", "Open connections.")
refused_connections = Counter(
    "counterpart_http_connections_ended_total",
    "Connections ended by us: head too slow, head too large, or too many at once.",
    ("reason",),
)

swept_files = Counter(
    "counterpart_files_swept_total", "Stored files deleted because no document referred to them."
)
swept_bytes = Counter("counterpart_files_swept_bytes_total", "Bytes of those files.")

verified = Counter(
    "counterpart_documents_verified_total",
    "Links of documents that were followed, by what was found: current, changed, forged, gone.",
    ("outcome",),
)

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})


# prometheus_client looks a child up under a lock and by building a tuple of strings; these are few.
@cache
def _request(method: str, route: str, status: int) -> tuple[Any, Any]:
    return requests.labels(method, route, str(status)), request_seconds.labels(route)


def request(method: str, route: str, status: int, seconds: float) -> None:
    """One request has been answered."""
    counter, histogram = _request(method if method in _METHODS else "other", route, status)
    counter.inc()
    histogram.observe(seconds)


@cache
def _call(service: str, operation: str, outcome: str) -> tuple[Any, Any]:
    return calls.labels(service, operation, outcome), call_seconds.labels(service, operation)


def swept(size: int) -> None:
    """A stored file of `size` bytes has been deleted."""
    swept_files.inc()
    swept_bytes.inc(size)


class BusMeter:
    """Counts the calls of the bus."""

    def call_ended(self, service: str, method: str, outcome: str, seconds: float) -> None:
        """One call has ended."""
        counter, histogram = _call(service, method, outcome)
        counter.inc()
        histogram.observe(seconds)

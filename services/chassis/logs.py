"""JSON logs, one object a line, with the correlation id of the request or event being worked on."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars


def configure(process: str, level: str = "INFO") -> None:
    """Send every log line of this process to standard error as JSON."""
    shared: list[Any] = [
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _said_by(process),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("pika", "amqp", "nameko", "kombu"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, root.level))


def _said_by(process: str) -> Any:
    def add(_logger: Any, _method: str, line: dict[str, Any]) -> dict[str, Any]:
        line["process"] = process
        return line

    return add


def logger(name: str) -> Any:
    """A logger; `log.info("order submitted", order=...)`: the sentence first, values as fields."""
    return structlog.stdlib.get_logger(name)


@contextmanager
def context(**values: Any) -> Iterator[None]:
    """Add `values` to every line logged inside."""
    with bound_contextvars(**values):
        yield

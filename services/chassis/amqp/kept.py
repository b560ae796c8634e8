"""A connection that is kept: opened in the background, and opened again whenever it is lost."""

import logging
import random
from collections.abc import Callable

import eventlet
from eventlet.event import Event
from nameko.extensions import SharedExtension
from prometheus_client import Counter

from services.chassis.amqp.link import BROKER_ERRORS, Link

log = logging.getLogger(__name__)

_reconnects = Counter(
    "counterpart_amqp_connections_lost_total",
    "Connections to the broker that were lost",
    ["service", "purpose"],
)


class Backoff:
    """Growing pauses: each twice the one before up to `longest` seconds, a quarter of it at random."""

    def __init__(self, first: float, longest: float) -> None:
        self._first, self._longest = first, longest
        self._next = first

    def reset(self) -> None:
        self._next = self._first

    def pause(self) -> float:
        pause, self._next = self._next, min(self._next * 2, self._longest)
        return pause * random.uniform(0.75, 1)


class KeptLink(SharedExtension):  # type: ignore[misc]  # nameko is untyped
    """One link per process and purpose. Never raises for a broker that is away: it tries again for ever."""

    purpose = "link"

    def __init__(self) -> None:
        self.link: Link | None = None
        self.fault: str | None = "not connected to the broker yet"
        self._up = Event()
        self._closing = False

    def start(self) -> None:
        self.container.spawn_managed_thread(self._keep, identifier=f"amqp {self.purpose}")

    def stop(self) -> None:
        self._closing = True
        if self.link is not None:
            self.link.close_politely()

    def kill(self) -> None:
        self._closing = True
        if self.link is not None:
            self.link.shut()

    def prepare(self, link: Link) -> None:
        """Open what this purpose needs on a fresh link, before anybody may use it."""

    def wait_for_link(self, patience: float | None = None) -> Link | None:
        """The open link; waits for it, `patience` seconds at most, then returns None."""
        if self.link is None:
            with eventlet.Timeout(patience, False):
                self._up.wait()
        return self.link

    def _keep(self) -> None:
        backoff = Backoff(first=0.2, longest=5)
        while not self._closing:
            link = self._open()
            if link is None:
                eventlet.sleep(backoff.pause())
                continue
            backoff.reset()
            self.link, self.fault = link, None
            self._up.send()
            error = link.ended.wait()
            self.link, self._up = None, Event()
            self.fault = "the connection to the broker is lost"
            if not self._closing:
                _reconnects.labels(self.container.service_name, self.purpose).inc()
                log.warning(
                    "%s: the connection to the broker is lost (%s), connecting again", self.purpose, error
                )

    def _open(self) -> Link | None:
        link = None
        try:
            link = Link.open(
                self.container.config["AMQP_URI"], f"{self.container.service_name} {self.purpose}"
            )
            self.prepare(link)
        except BROKER_ERRORS as error:
            self.fault = f"the broker cannot be used: {sentence(error)}"
            log.warning("%s: %s", self.purpose, self.fault)
        except Exception:
            # A fault of ours or of the library in connecting must not end the process; the log has it.
            self.fault = "the broker cannot be used: an unexpected error, see the log"
            log.exception("%s: connecting to the broker failed", self.purpose)
        else:
            return link
        if link is not None:
            link.shut()
        return None


def sentence(error: BaseException) -> str:
    """What a broker error says, also when it says nothing."""
    if isinstance(error, eventlet.Timeout):
        return "no answer in time"
    return str(error) or type(error).__name__


class Doorbell:
    """Lets one greenlet sleep until another has something for it."""

    def __init__(self) -> None:
        self._rung = Event()

    def ring(self) -> None:
        if not self._rung.ready():
            self._rung.send()

    def wait(self, patience: float | None = None) -> None:
        with eventlet.Timeout(patience, False):
            self._rung.wait()
        self._rung = Event()

    def wait_until(self, condition: Callable[[], bool], patience: float) -> bool:
        """Whether the condition came true within so many seconds; looked at whenever the bell rings."""
        with eventlet.Timeout(patience, False):
            while not condition():
                self.wait()
        return condition()

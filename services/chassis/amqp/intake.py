"""The connection on which a process receives, and the queues it receives from.

Every queue has a channel and a greenlet of its own, so an error on one (it is missing, it was declared with
other arguments) leaves the others at work. A queue never gives up: it says what is wrong (`fault`), waits and
tries again. Deliveries belong to the channel they came on; when it ends they are forgotten, because the
broker gives them out again.
"""

import logging
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

import eventlet
from amqp.exceptions import NotFound, PreconditionFailed
from eventlet.event import Event

from services.chassis.amqp.kept import Backoff, Doorbell, KeptLink, sentence
from services.chassis.amqp.link import BROKER_ERRORS, PATIENCE, Channel, Incoming, Link

log = logging.getLogger(__name__)

#: Seconds between two looks at a queue that cannot be consumed from.
LONGEST_PAUSE: Final = 10


class UnusableQueue(Exception):
    """The queue is missing or is not the one the code expects; the text says which, and the remedy."""


class Tap:
    """One open consumer: its channel, and what has arrived on it and is not yet in work."""

    def __init__(self, link: Link, queue: str, prefetch: int) -> None:
        self._link = link
        self._bell = Doorbell()
        self._cancelled = False
        self.arrived: deque[Incoming] = deque()
        self.channel: Channel = link.channel()
        self.channel.on_message = self._arrive
        self.channel.on_end = self._end
        self.channel.basic_qos(0, prefetch, False)
        self.consumer_tag: str = self.channel.basic_consume(queue)

    @property
    def open(self) -> bool:
        return not self._cancelled and self.channel.is_open and self._link.alive

    def wait(self) -> None:
        """Sleep until something has arrived, the tap ends, or somebody rings."""
        if not self.arrived:
            self._bell.wait()

    def ring(self) -> None:
        self._bell.ring()

    def ack(self, tag: int, *, all_before: bool = False) -> None:
        self._settle(lambda: self.channel.basic_ack(tag, multiple=all_before))

    def requeue(self, tag: int) -> None:
        self._settle(lambda: self.channel.basic_reject(tag, requeue=True))

    def cancel(self) -> None:
        """Ask for no more deliveries; those in work can still be settled."""
        self._settle(lambda: self.channel.basic_cancel(self.consumer_tag, nowait=True))

    def close(self) -> None:
        """Give the channel up; the broker takes back what was not settled."""
        self._cancelled = True
        if self.channel.is_open and self._link.alive:
            try:
                self.channel.close()
            except BROKER_ERRORS as error:
                self._link.shut(error)

    def _settle(self, write: Callable[[], object]) -> None:
        # On an ended channel there is nothing to settle: the message is already back in its queue.
        if not (self.channel.is_open and self._link.alive):
            return
        try:
            with eventlet.Timeout(PATIENCE):
                write()
        except BROKER_ERRORS as error:
            self._link.shut(error)

    def _arrive(self, message: Incoming) -> None:
        self.arrived.append(message)
        self._bell.ring()

    def _end(self) -> None:
        self._cancelled = True
        self._bell.ring()


class Source(ABC):
    """One queue that the process consumes from, for as long as the process lives."""

    def __init__(self, queue: str, arguments: Mapping[str, str | int], prefetch: int) -> None:
        self.queue, self.arguments, self.prefetch = queue, dict(arguments), prefetch
        self.fault: str | None = f"queue {queue}: not consumed yet"
        self.busy = False
        self.stopping = Event()
        self._tap: Tap | None = None

    @abstractmethod
    def take(self, tap: Tap) -> None:
        """Handle the next of what has arrived (there is something)."""

    def stop(self) -> None:
        """Take nothing more; what is in work goes on."""
        if not self.stopping.ready():
            self.stopping.send()
        if self._tap is not None:
            self._tap.cancel()
            self._tap.ring()

    def pause(self, seconds: float) -> None:
        """Sleep, but not into a stop."""
        with eventlet.Timeout(seconds, False):
            self.stopping.wait()

    def run(self, intake: "Intake") -> None:
        backoff = Backoff(first=0.2, longest=LONGEST_PAUSE)
        while not self.stopping.ready():
            link = intake.wait_for_link()
            if link is None or not link.alive:
                self.pause(0.05)
                continue
            try:
                tap = self._open(link)
            except (UnusableQueue, *BROKER_ERRORS) as error:
                self._complain(error)
                self.pause(backoff.pause())
                continue
            self._tap, self.fault = tap, None
            log.info("consuming from %s", self.queue)
            self._serve(tap)
            if not self.stopping.ready():
                self.fault = f"queue {self.queue}: the consumer has ended ({tap.channel.closed_because})"
                tap.close()
                self.pause(backoff.pause())

    def _serve(self, tap: Tap) -> None:
        while not self.stopping.ready():
            tap.wait()
            while tap.arrived and tap.open and not self.stopping.ready():
                self.busy = True
                try:
                    self.take(tap)
                except Exception:
                    # A fault of the chassis. Nothing was acknowledged: with the channel's end all comes back.
                    log.exception("queue %s: what was in work goes back to the queue", self.queue)
                    return
                finally:
                    self.busy = False
            if not tap.open:
                return

    def _open(self, link: Link) -> Tap:
        probe: Channel = link.channel()
        try:
            probe.queue_declare(self.queue, passive=True)
            # With the queue known to exist this changes nothing: the broker compares the arguments.
            probe.queue_declare(self.queue, durable=True, auto_delete=False, arguments=self.arguments)
        except NotFound:
            raise UnusableQueue(
                f"queue {self.queue} does not exist: declare the topology (./counterpart topology)"
            ) from None
        except PreconditionFailed as error:
            raise UnusableQueue(
                f"queue {self.queue} was declared with other arguments than the code expects "
                f"({error.reply_text}): empty and delete it, then declare the topology "
                "(./counterpart topology)"
            ) from None
        probe.close()
        return Tap(link, self.queue, self.prefetch)

    def _complain(self, error: BaseException) -> None:
        fault = str(error) if isinstance(error, UnusableQueue) else f"queue {self.queue}: {sentence(error)}"
        if fault != self.fault:
            log.error("%s", fault)
        self.fault = fault


class Intake(KeptLink):
    """The sources of a process on their common connection."""

    purpose = "consuming"

    def __init__(self) -> None:
        super().__init__()
        self.sources: list[Source] = []

    def start(self) -> None:
        super().start()
        for source in self.sources:
            self.container.spawn_managed_thread(
                lambda source=source: source.run(self), identifier=source.queue
            )

    def faults(self) -> list[str]:
        """What keeps this process from receiving, a sentence each; empty when every consumer is there."""
        if self.fault is not None:
            return [self.fault]
        return [source.fault for source in self.sources if source.fault is not None]

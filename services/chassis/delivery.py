"""What the broker hands to a consumer, and what a consumer may answer.

Plain values, free of nameko and of eventlet, so that what a service does with its messages can be tested
without a broker. The AMQP layer makes a `Delivery` of every message and turns every `Outcome` into exactly
one settlement with the broker.
"""

from collections.abc import Mapping
from dataclasses import dataclass

#: Header of ours that counts the attempts already made with a message. The only header that is read.
ATTEMPT_HEADER = "x-attempt"

#: An `x-attempt` above this is not ours: the message is taken as new.
GREATEST_ATTEMPT = 100


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message as it arrived: nothing is decoded, nothing is trusted.

    `attempt` is the number of attempts made before this one (0 for a new message). `redelivered` says that
    the broker has given out this message before, for example to a process that died.
    """

    body: bytes
    content_type: str | None
    attempt: int
    redelivered: bool
    queue: str


@dataclass(frozen=True, slots=True)
class DeadDelivery(Delivery):
    """A dead letter: the message, and the headers that say why it died.

    `headers` holds JSON values only. The headers `x-reason`, `x-handler`, `x-attempts`, `x-queue`,
    `x-trace-id` and `x-died-at` were written by ourselves; `x-death` was written by the broker when a message
    came back more often than the queue's delivery limit allows.
    """

    headers: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Done:
    """The effect is committed: the message is acknowledged."""


@dataclass(frozen=True, slots=True)
class Retry:
    """It may work later: the message waits in a delay queue, and dies when the delays are used up.

    `after_attempt` is the attempt that has just failed (the `attempt` of the delivery). `handler` and
    `trace_id` describe the dead letter that a last failure becomes.
    """

    reason: str
    after_attempt: int
    handler: str = ""
    trace_id: str = ""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """It will never work: the message is kept as a dead letter, with the reason."""

    reason: str
    handler: str = ""
    trace_id: str = ""


@dataclass(frozen=True, slots=True)
class Requeue:
    """Not handled, for no fault of the message (a shutdown, say): it goes back to its queue."""


Outcome = Done | Retry | DeadLetter | Requeue

"""Everything that touches nameko, py-amqp and eventlet: how a service process talks with RabbitMQ.

`Subscription` receives events in groups, `DeadLetterKeeper` what died, `Operation` answers calls, `every`
runs housekeeping; `Container` runs them all. nameko's container, entrypoints, workers and dependencies stay
in use; its consumers, publishers, timer and stop do not, because each of them loses messages or dies in a way
that `tests/service/chassis` shows next to ours.

    link            one connection, read by one greenlet, that survives hostile messages
    kept            a link that is opened again whenever it is lost
    intake          the queues a process receives from
    outgoing        retries, dead letters and answers
    subscriptions   `Subscription`, `DeadLetterKeeper`
    rpc             `Operation`
    timers          `every`
    container       `Container`
"""

from services.chassis.amqp.container import Container
from services.chassis.amqp.rpc import Operation
from services.chassis.amqp.subscriptions import DeadLetterKeeper, Subscription, subscriptions_of
from services.chassis.amqp.timers import every

__all__ = ["Container", "DeadLetterKeeper", "Operation", "Subscription", "every", "subscriptions_of"]

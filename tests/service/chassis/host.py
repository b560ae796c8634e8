"""A small service for the tests to run, signal and kill as a process: on our entrypoints or stock nameko's.

    python tests/service/chassis/host.py ours|stock [option …]

Both variants do the same with a message and print the same lines, so that a test can be asked of either. The
service is `taker`; it takes the events `happened` and `also-happened` of `maker`, and answers the call `ask`.
"""

import sys
import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

import eventlet  # noqa: E402

eventlet.monkey_patch()

import argparse  # noqa: E402
import json  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import time  # noqa: E402
from typing import Any  # noqa: E402

from nameko.extensions import DependencyProvider  # noqa: E402

from services.chassis.delivery import DeadLetter, Delivery, Done, Outcome, Requeue, Retry  # noqa: E402

parser = argparse.ArgumentParser()
parser.add_argument("variant", choices=["ours", "stock"])
parser.add_argument("--requeue", action="store_true", help="stock only: requeue_on_error")
parser.add_argument("--timer", action="store_true", help="tick every half second")
parser.add_argument("--clock-goes-back", action="store_true", help="by a minute, once the service has ticked")
parser.add_argument("--failing-dependency", type=int, default=0, help="how often it fails before it works")
parser.add_argument("--committing-dependency", action="store_true", help="hang while the result is told")
parser.add_argument("--blocking-driver", action="store_true", help="wait for queries as psycopg 3 does")
parser.add_argument("--keep-dead-letters", action="store_true", help="ours only: consume them")
options = parser.parse_args()


def say(*words: object) -> None:
    print(*words, flush=True)  # noqa: T201 - the tests listen


def act(body: dict[str, Any]) -> Outcome:
    """Do what the message says; raises when it says so."""
    match body:
        case {"do": "note", "n": n}:
            say("noted", n)
        case {"do": "sleep", "seconds": seconds, "n": n}:
            say("began", n)
            eventlet.sleep(seconds)
            say("ended", n)
        case {"do": "sleep to the beat", "seconds": beat, "n": n}:
            say("began", n)
            eventlet.sleep(beat - time.monotonic() % beat)
            say("ended", n)
        case {"do": "raise"}:
            say("raised")
            raise RuntimeError("a fault of the handler")
        case {"do": "retry"}:
            say("failed for now")
            return Retry("not yet", body["attempt"])
        case {"do": "put back"}:
            say("put back")
            return Requeue()
        case {"do": "add", "n": n}:
            add_to_the_one_row(n)
        case _:
            return DeadLetter(f"nothing to do for {body}")
    return Done()


def add_to_the_one_row(n: int) -> None:
    """Lock the row that all handlers want, wait a moment while holding it, commit."""
    import psycopg2

    connection = psycopg2.connect(os.environ["TEST_DATABASE_URL"])
    with connection, connection.cursor() as cursor:
        cursor.execute("update counter set n = n + 1")
        eventlet.sleep(0.2)
    connection.close()
    say("added", n)


class Context(DependencyProvider):
    """Fails, hangs or tells what a worker is told, as the options say."""

    def __init__(self) -> None:
        self.failures = options.failing_dependency

    def get_dependency(self, worker_ctx: Any) -> None:
        if self.failures > 0:
            self.failures -= 1
            say("dependency failed")
            raise ConnectionError("the database is away")
        say("context", json.dumps(worker_ctx.data, default=str))

    def worker_result(self, worker_ctx: Any, result: Any = None, exc_info: Any = None) -> None:
        if options.committing_dependency:
            say("committing")
            eventlet.sleep(60)


def turn_the_clock_back() -> None:
    real = time.time
    time.time = lambda: real() - 60
    say("clock turned back")


class Ticking:
    """What the timer of either variant does."""

    ticks = 0

    def tick(self) -> None:
        Ticking.ticks += 1
        say("tick", Ticking.ticks)
        if options.clock_goes_back and Ticking.ticks == 2:
            turn_the_clock_back()


def our_service() -> type:  # noqa: C901 - a table of small methods
    from services.chassis import strictjson
    from services.chassis.amqp import DeadLetterKeeper, Operation, Subscription, every

    def handle(deliveries: list[Delivery]) -> list[Outcome]:
        return [handle_one(delivery) for delivery in deliveries]

    def handle_one(delivery: Delivery) -> Outcome:
        try:
            body = strictjson.loads(delivery.body)
        except ValueError as error:
            say("undecodable")
            return DeadLetter(str(error))
        if not isinstance(body, dict):
            return DeadLetter("not an object")
        return act({**body, "attempt": delivery.attempt})

    class Taker(Ticking):
        name = "taker"
        context = Context()

        @Subscription.decorator("happened", "maker", group=10)
        def on_happened(self, deliveries: list[Delivery]) -> list[Outcome]:
            return handle(deliveries)

        @Subscription.decorator("also-happened", "maker", group=10)
        def on_also_happened(self, deliveries: list[Delivery]) -> list[Outcome]:
            return handle(deliveries)

        @Operation.decorator
        def ask(self, request: dict[str, Any]) -> str:
            act(request)
            return json.dumps({"asked": request})

    if options.timer:
        Taker.tick = every(0.5)(Taker.tick)
    if options.keep_dead_letters:

        def on_dead_letters(self: Any, deliveries: list[Any]) -> list[Outcome]:
            for delivery in deliveries:
                say(
                    "dead", json.dumps({**delivery.headers, "body": delivery.body.decode("utf-8", "replace")})
                )
            return [Done() for _ in deliveries]

        Taker.on_dead_letters = DeadLetterKeeper.decorator(on_dead_letters)  # type: ignore[attr-defined]
    return Taker


def stock_service() -> type:
    from nameko.events import event_handler
    from nameko.rpc import rpc
    from nameko.timer import timer

    class Taker(Ticking):
        name = "taker"
        context = Context()

        @event_handler("maker", "happened", requeue_on_error=options.requeue)
        def on_happened(self, body: Any) -> None:
            act(body if isinstance(body, dict) else {})

        @event_handler("maker", "also-happened", requeue_on_error=options.requeue)
        def on_also_happened(self, body: Any) -> None:
            act(body if isinstance(body, dict) else {})

        @rpc
        def ask(self, **request: Any) -> dict[str, Any]:
            act(request)
            return {"asked": request}

    if options.timer:
        Taker.tick = timer(interval=0.5)(Taker.tick)
    return Taker


def run_ours() -> int:
    from services.chassis import run
    from services.chassis.config import Config

    if options.blocking_driver:
        import psycopg2.extensions

        # Starting our service has patched everything.
        psycopg2.extensions.set_wait_callback(None)
    config = Config.from_env()
    say("operations port", config.ops_port("taker"))
    return run.serve(our_service(), config, {})


def run_stock() -> int:
    """As `nameko run` does it."""
    import signal

    from nameko.runners import ServiceRunner

    runner = ServiceRunner({"AMQP_URI": os.environ["COUNTERPART_AMQP_URL"]})
    runner.add_service(stock_service())
    signal.signal(signal.SIGTERM, lambda number, frame: eventlet.spawn_n(runner.stop))
    runner.start()
    runner.wait()
    return 0


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    sys.exit(run_ours() if options.variant == "ours" else run_stock())

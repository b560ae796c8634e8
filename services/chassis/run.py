"""`python -m services.chassis.run <service>`: one service, one process.

Replaces `nameko run`, which needs a module that setuptools no longer has, and which knows neither our
container nor readiness. The process starts whether or not the broker and the database are there; it says
what is missing at `/readyz` and is ready as soon as they come. SIGTERM and SIGINT end it in order, with exit
code 0.
"""

# The first statements: what is imported before the patch keeps blocking the whole process. The warning says
# that eventlet is no choice for new projects; nameko is our client's choice (see docs/decisions).
import os
import warnings

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

# Threads for what only computes (password hashes). eventlet's twenty would each keep 19 MiB for good.
os.environ.setdefault("EVENTLET_THREADPOOL_SIZE", "2")

import eventlet  # noqa: E402

eventlet.monkey_patch()

import importlib  # noqa: E402
import importlib.util  # noqa: E402
import logging  # noqa: E402
import signal  # noqa: E402
import sys  # noqa: E402
from collections.abc import Mapping, Sequence  # noqa: E402
from typing import Any  # noqa: E402

from eventlet.hubs import trampoline  # noqa: E402

from services.chassis import health, logs  # noqa: E402
from services.chassis.amqp import Container  # noqa: E402
from services.chassis.config import Config, ConfigError  # noqa: E402
from services.chassis.health import Check  # noqa: E402

log = logging.getLogger(__name__)


def serve(service: type, config: Config, checks: Mapping[str, Check]) -> int:
    """Run the service until a signal asks to stop; returns the exit code.

    `checks` are added to the readiness of the consumers, for example "the database answers".
    """
    name: str = service.name  # type: ignore[attr-defined]
    container = Container(service, nameko_config(config))
    signals = _Signals(signal.SIGTERM, signal.SIGINT)
    ops = health.serve(
        config.ops_host, config.ops_port(name), {"consumers": container.consumers_ready, **checks}
    )
    log.info("%s: operations pages on %s:%d", name, config.ops_host, ops.port)
    container.start()
    eventlet.spawn(signals.wait).link(lambda _asked: container.stop())
    try:
        container.wait()
    except Exception:
        log.exception("%s: ended by an unexpected error", name)
        return 1
    finally:
        ops.close()
    return 0


def nameko_config(config: Config) -> dict[str, Any]:
    """What nameko's containers and extensions are told."""
    return {"AMQP_URI": config.amqp_url, "max_workers": config.workers}


def checks_of(service: type, config: Config) -> Mapping[str, Check]:
    """The readiness checks of a service class: what its `readiness(config)` returns, if it has that."""
    readiness = getattr(service, "readiness", None)
    return readiness(config) if readiness is not None else {}


class _Signals:
    """Turns signals into something a greenlet can wait for.

    A handler runs in whichever greenlet happens to be running, the hub included, and may wait for nothing; so
    it only wakes a pipe.
    """

    def __init__(self, *signals: signal.Signals) -> None:
        self._readable, writable = os.pipe()
        os.set_blocking(self._readable, False)
        os.set_blocking(writable, False)
        signal.set_wakeup_fd(writable)
        for each in signals:
            signal.signal(each, self._noted)

    def _noted(self, number: int, _frame: object) -> None:
        log.info("asked to stop by %s", signal.Signals(number).name)

    def wait(self) -> None:
        trampoline(self._readable, read=True)


def main(arguments: Sequence[str]) -> int:
    """Exit code 2 with one sentence when the process cannot be started as asked."""
    if len(arguments) != 1:
        return _refuse("usage: python -m services.chassis.run <service>")
    (name,) = arguments
    if not name.isidentifier() or importlib.util.find_spec(f"services.{name}.service") is None:
        return _refuse(f"there is no service {name!r}")
    config = Config.from_env()
    try:
        logs.configure(name, config.log_level)
        module = importlib.import_module(f"services.{name}.service")
        return serve(module.Service, config, checks_of(module.Service, config))
    except ConfigError as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(f"the operations pages of {name} cannot be served: {error}")


def _refuse(sentence: str) -> int:
    sys.stderr.write(f"{sentence}\n")
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

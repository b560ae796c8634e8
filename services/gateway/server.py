"""The gateway as a process: what it is made of, how it starts, and how it ends without cutting anyone off."""

import asyncio
import contextlib
import gc
import logging
import resource
import signal
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

import uvicorn
import uvloop

from services.chassis import health, logs
from services.chassis.config import Config, ConfigError
from services.gateway import apidocs, counts, errorpages
from services.gateway.api import ROUTES
from services.gateway.bus import Bus
from services.gateway.edge import Edge, Page, nowhere, security_headers
from services.gateway.files.attachments import Attachments
from services.gateway.files.store import FolderStore
from services.gateway.files.sweeping import Sweeping
from services.gateway.limiting import Limits, Rates
from services.gateway.live import Live
from services.gateway.portalsite import PortalSite
from services.gateway.protocol import Connections, GuardedProtocol
from services.gateway.resources import PREFIX, Context, Site
from services.gateway.routes import Table
from services.gateway.sessions import Sessions
from services.gateway.verifying.links import SheetLinks
from services.gateway.verifying.page import Verification
from services.gateway.workers import WORKERS, Workers

log = logging.getLogger(__name__)

#: Seconds that requests under way have to end when the process is told to stop.
FAREWELL = 15


@dataclass(frozen=True)
class Settings:
    """What a gateway is told by its environment."""

    amqp_url: str
    public_url: str
    host: str = "127.0.0.1"
    port: int = 8080
    ops_host: str = "127.0.0.1"
    ops_port: int = 0
    log_level: str = "INFO"
    most_connections: int = 4000
    patience: float = 5.0
    trusted_proxies: tuple[str, ...] = ()
    shared_port: bool = False
    files_dir: str = "var/files"
    portal_dir: str = ""
    workers: int = WORKERS
    rates: Rates = field(default_factory=Rates)
    secret_key: str = field(default="", repr=False)

    @classmethod
    def from_config(cls, config: Config) -> "Settings":
        """Read the environment; raises ConfigError with a sentence."""
        usual = Rates()
        return cls(
            amqp_url=config.amqp_url,
            public_url=config.public_url,
            host=config.text("GATEWAY_HOST", "127.0.0.1"),
            port=config.number("GATEWAY_PORT", 8080),
            ops_host=config.ops_host,
            ops_port=config.ops_port("gateway"),
            log_level=config.log_level,
            most_connections=config.number("GATEWAY_CONNECTIONS", 4000),
            patience=config.number("GATEWAY_PATIENCE_SECONDS", 5),
            # Only these may say in X-Forwarded-For whom they speak for.
            trusted_proxies=tuple(filter(None, config.text("GATEWAY_TRUSTED_PROXIES", ",").split(","))),
            # Several processes behind one port; off, so that a second one by mistake is told so.
            shared_port=config.text("GATEWAY_SHARED_PORT", "no") == "yes",
            files_dir=config.text("FILES_DIR", "var/files"),
            # The built portal; without one this gateway serves the API alone.
            portal_dir=config.text("PORTAL_DIR", ""),
            # Processes beside this one that set documents and look into files.
            workers=config.number("GATEWAY_WORKERS", WORKERS),
            rates=Rates(
                config.text("GATEWAY_REQUESTS_PER_USER", usual.requests_per_user),
                config.text("GATEWAY_SIGN_INS_PER_ADDRESS", usual.sign_ins_per_address),
                config.text("GATEWAY_SIGN_INS_PER_ACCOUNT", usual.sign_ins_per_account_there),
            ),
            # An installation from before documents had links may not tell its gateway the key.
            secret_key=config.secret_key if config.text("SECRET_KEY", "none") != "none" else "",
        )


class Gateway:
    """A gateway that can be started and stopped inside a running event loop, in tests too.

    Making one raises OSError when the folder of the portal is not there.
    """

    def __init__(self, settings: Settings, *, access_log: TextIO | None = None) -> None:
        self.settings = settings
        self.bus = Bus(settings.amqp_url, patience=settings.patience, meter=counts.BusMeter())
        self.sessions = Sessions(self.bus)
        site = Site(settings.public_url)
        self.workers = Workers(workers=settings.workers)
        self.store = FolderStore(Path(settings.files_dir))
        # Without a key, as in a gateway that serves the API to a test, documents have no link to check them by.
        links = SheetLinks(settings.secret_key, settings.public_url) if settings.secret_key else None
        self.context = Context(
            self.bus,
            self.sessions,
            Limits(settings.rates),
            site,
            self.workers,
            Attachments(self.store),
            links,
        )
        self.sweeping = Sweeping(self.store, self.bus)
        self.live = Live(settings.amqp_url, self.context)
        self.table = Table(ROUTES)
        pages: dict[str, Page] = {
            f"{PREFIX}/live": self.live.page,
            f"{PREFIX}/openapi.json": apidocs.document_page(self.table, site.session_cookie),
            **apidocs.PAGES,
            **errorpages.PAGES,
        }
        if links is not None:
            pages["/v/*"] = Verification(self.context, links).page
        portal = PortalSite(Path(settings.portal_dir)) if settings.portal_dir else None
        if portal is not None:
            # Without the portal a person is led to the description of the API.
            del pages["/"]
        self.app = Edge(
            self.context, self.table, pages, access_log=access_log,
            elsewhere=portal.page if portal is not None else nowhere,
        )  # fmt: skip
        self.connections = Connections(settings.most_connections)
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> int:
        """Listen and connect to the broker; returns the port. Raises OSError when the port is taken."""
        listener = _listener(self.settings)
        self.bus.start()
        self.live.start()
        self.sweeping.start()
        self._server = _Server(self._config())
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]), name="http")
        port: int = listener.getsockname()[1]
        return port

    async def ended(self) -> None:
        """Wait until the server has stopped by itself."""
        if self._serving is not None:
            await asyncio.wait((self._serving,))

    async def stop(self) -> None:
        """Stop accepting, let requests under way end, end the streams, leave the broker."""
        self.live.end_all()
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving
        await self.sweeping.stop()
        await self.workers.stop()
        await self.live.stop()
        await self.bus.stop()

    def not_ready(self) -> str | None:
        """Why this gateway cannot do its work now, if it cannot."""
        return None if self.bus.ready else "not connected to the message broker"

    def _config(self) -> uvicorn.Config:
        protocol = type(
            "Protocol",
            (GuardedProtocol,),
            {"shared": self.connections, "error_headers": security_headers(self.context.site.secure)},
        )
        trusted = list(self.settings.trusted_proxies)
        return uvicorn.Config(
            self.app,
            http=protocol,
            ws="none",
            lifespan="off",
            loop="none",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=True,
            proxy_headers=bool(trusted),
            forwarded_allow_ips=trusted,
            timeout_keep_alive=15,
            timeout_graceful_shutdown=FAREWELL,
            backlog=2048,
        )


class _Server(uvicorn.Server):
    """uvicorn, without its own handling of signals: the process has more to stop than this."""

    def install_signal_handlers(self) -> None:
        """Signals are the process's business."""

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        """The same, in the words of newer versions."""
        return contextlib.nullcontext()


def _listener(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if settings.shared_port:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listener.bind((settings.host, settings.port))
        listener.listen(2048)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


async def run(settings: Settings) -> int:
    """Serve until the process is told to stop; returns the exit code."""
    try:
        gateway = Gateway(settings)
    except OSError as error:
        log.error("cannot serve the portal in %s: %s", settings.portal_dir, error.strerror or error)  # noqa: TRY400
        return 1
    try:
        gateway.store.prepare()
    except OSError as error:
        log.error("cannot keep files in %s: %s", settings.files_dir, error.strerror or error)  # noqa: TRY400
        return 1
    try:
        port = await gateway.start()
    except OSError as error:
        log.error("cannot listen on %s:%s: %s", settings.host, settings.port, error.strerror or error)  # noqa: TRY400
        return 1
    ops = health.serve(
        settings.ops_host, settings.ops_port, {"broker": gateway.not_ready, "live": gateway.live.not_ready}
    )
    log.info("the gateway listens on http://%s:%d, operations on port %d", settings.host, port, ops.port)
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    stopped = asyncio.ensure_future(told.wait())
    ended = asyncio.ensure_future(gateway.ended())
    await asyncio.wait((stopped, ended), return_when=asyncio.FIRST_COMPLETED)
    unexpected = ended.done() and not told.is_set()
    await gateway.stop()
    ops.close()
    return 1 if unexpected else 0


def main() -> int:
    """`python -m services.gateway`."""
    try:
        settings = Settings.from_config(Config.from_env())
    except ConfigError as error:
        print(error, file=sys.stderr)  # noqa: T201 - there are no logs yet
        return 2
    logs.configure("gateway", settings.log_level)
    _raise_file_limit()
    # What is there at the start stays; the collector need not look at it again and again.
    gc.freeze()
    return uvloop.run(run(settings))


def _raise_file_limit() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else min(hard, 65_536)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))

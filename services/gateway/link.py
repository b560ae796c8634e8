"""A connection to RabbitMQ that comes back by itself.

pika's `AsyncioConnection` reports by callbacks and never reconnects. A `Link` keeps one connection with one
channel open for as long as it runs: after a loss it tries again, first after a tenth of a second, then with
growing pauses up to five seconds, so that a broker that restarts is found soon and not hammered.
"""

import asyncio
import contextlib
import logging
import random
from collections.abc import Callable, Coroutine
from typing import Any, Protocol

import pika
from pika.adapters.asyncio_connection import AsyncioConnection
from pika.channel import Channel
from pika.exceptions import AMQPError

log = logging.getLogger(__name__)

#: Seconds between two tries to connect: the first, and the greatest.
FIRST_PAUSE = 0.1
GREATEST_PAUSE = 5.0
#: Seconds. A broker that has been silent for two of them is taken for gone.
HEARTBEAT = 10
#: Seconds for a connection to open, from the first packet to the channel.
PATIENCE = 10.0


class LinkLost(ConnectionError):
    """The connection or its channel has ended; the link is on its way to another one."""


class User(Protocol):
    """Who uses a link."""

    async def on_up(self, channel: Channel) -> None:
        """The channel is open: declare, bind and consume. Raising ends the connection and tries again."""

    def on_down(self, reason: BaseException) -> None:
        """The channel is gone, and everything under way on it."""


class Link:
    """Keeps one channel to the broker open for its user. `name` is what the broker's lists show."""

    def __init__(self, url: str, name: str, user: User) -> None:
        self._parameters = pika.URLParameters(url)
        self._parameters.heartbeat = HEARTBEAT
        self._parameters.blocked_connection_timeout = 30
        self._parameters.socket_timeout = PATIENCE
        self._parameters.stack_timeout = PATIENCE
        self._parameters.connection_attempts = 1
        self._parameters.client_properties = {"connection_name": name}
        self._name = name
        self._user = user
        self._keeper: asyncio.Task[None] | None = None
        self.up = False

    def start(self) -> None:
        """Begin to connect, and go on until `stop`."""
        self._keeper = asyncio.create_task(self._keep(), name=f"link {self._name}")

    async def stop(self) -> None:
        """Close the connection with the protocol's farewell."""
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while True:
            connection = _Connection(self._parameters)
            try:
                channel = await connection.open()
                await connection.during(self._user.on_up(channel))
                self.up = True
                pause = FIRST_PAUSE
                log.info("connected to the broker", extra={"link": self._name})
                await connection.ended()
            except (AMQPError, OSError, TimeoutError) as failure:
                log.warning("not connected to the broker: %s", failure or type(failure).__name__)
                self._fell(failure)
            finally:
                if self.up:
                    self._fell(LinkLost("the gateway is closing its connection to the broker"))
                await connection.close()
            # Many gateways lose the broker at once; they should not all come back in the same instant.
            await asyncio.sleep(pause * random.uniform(0.7, 1.3))
            pause = min(pause * 2, GREATEST_PAUSE)

    def _fell(self, reason: BaseException) -> None:
        self.up = False
        self._user.on_down(reason)


class _OneWrite(AsyncioConnection):  # type: ignore[misc]  # pika is untyped
    """Sends the frames of a message with one system call instead of three: a quarter of a call's cost."""

    def _output_marshaled_frames(self, marshaled_frames: list[bytes]) -> None:
        super()._output_marshaled_frames([b"".join(marshaled_frames)])


class _Connection:
    """pika's callbacks as futures, for the life of one connection."""

    def __init__(self, parameters: pika.connection.Parameters) -> None:
        self._parameters = parameters
        self._loop = asyncio.get_running_loop()
        self._opened: asyncio.Future[Any] = self._loop.create_future()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._closed: asyncio.Future[None] = self._loop.create_future()
        self._connection: AsyncioConnection | None = None

    async def open(self) -> Channel:
        self._connection = _OneWrite(
            self._parameters,
            on_open_callback=lambda connection: connection.channel(on_open_callback=self._on_channel),
            on_open_error_callback=self._on_lost,
            on_close_callback=self._on_lost,
            custom_ioloop=self._loop,
        )
        async with asyncio.timeout(PATIENCE):
            channel: Channel = await self._opened
        return channel

    async def during(self, work: Coroutine[Any, Any, None]) -> None:
        """Do `work`, unless the connection ends first; then raise the reason."""
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait((task, self._ended), return_when=asyncio.FIRST_COMPLETED)
            if self._ended.done():
                self._ended.result()
            task.result()
        finally:
            if not task.done():
                task.cancel()
                await asyncio.wait((task,))

    async def ended(self) -> None:
        """Wait for the end of the connection or of its channel, and raise the reason."""
        await self._ended

    async def close(self) -> None:
        connection = self._connection
        if connection is not None and not (connection.is_closed or connection.is_closing):
            with contextlib.suppress(AMQPError):
                connection.close()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2):
                    await self._closed
        for future in (self._opened, self._ended):
            if future.done() and not future.cancelled():
                future.exception()  # seen; asyncio need not tell anyone
            else:
                future.cancel()

    def _on_channel(self, channel: Channel) -> None:
        channel.add_on_close_callback(lambda _, reason: self._fail(reason))
        channel.add_on_cancel_callback(
            lambda _: self._fail(LinkLost("the broker has cancelled the consumer"))
        )
        if not self._opened.done():
            self._opened.set_result(channel)

    def _on_lost(self, _: object, reason: BaseException | str) -> None:
        if not self._closed.done():
            self._closed.set_result(None)
        self._fail(reason if isinstance(reason, BaseException) else LinkLost(str(reason)))

    def _fail(self, reason: BaseException) -> None:
        # AMQPError and OSError are what the keeper expects; pika also reports timeouts of its own making.
        error = reason if isinstance(reason, AMQPError | OSError | TimeoutError) else LinkLost(str(reason))
        for future in (self._opened, self._ended):
            if not future.done():
                future.set_exception(error)


async def done(ask: Callable[[Callable[[Any], None]], Any]) -> Any:
    """The broker's answer to a method: `await done(lambda then: channel.basic_qos(…, callback=then))`."""
    answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def on_answer(frame: Any) -> None:
        if not answer.done():
            answer.set_result(frame)

    ask(on_answer)
    async with asyncio.timeout(PATIENCE):
        return await answer

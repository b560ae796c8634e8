"""The configuration, read from the environment in one place and told plainly when it is wrong."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit


class ConfigError(Exception):
    """A variable is missing or wrong; the sentence names it and says what it should be."""


@dataclass(frozen=True)
class Config:
    """What a process is told by its environment. Each value is checked when it is asked for."""

    environ: Mapping[str, str]

    @classmethod
    def from_env(cls) -> "Config":
        """The configuration of this process."""
        return cls(os.environ)

    def text(self, name: str, default: str | None = None) -> str:
        """The variable `COUNTERPART_<name>`."""
        value = self.environ.get(f"COUNTERPART_{name}") or default
        if value is None:
            raise ConfigError(f"COUNTERPART_{name} is not set. See README.md, «Configuration».")
        return value

    def number(self, name: str, default: int) -> int:
        """A whole number."""
        value = self.text(name, str(default))
        if not value.isdecimal():
            raise ConfigError(f"COUNTERPART_{name} must be a whole number, not {value!r}.")
        return int(value)

    def url(self, name: str, schemes: tuple[str, ...], default: str | None = None) -> str:
        """A URL with one of `schemes`."""
        value = self.text(name, default)
        parts = urlsplit(value)
        if parts.scheme not in schemes or not parts.hostname:
            raise ConfigError(f"COUNTERPART_{name} must be a URL such as {schemes[0]}://host/…")
        return value

    @property
    def amqp_url(self) -> str:
        """Where RabbitMQ is."""
        return self.url("AMQP_URL", ("amqp", "amqps"))

    def database_url(self, service: str) -> str:
        """The database of a service, as the role it works with."""
        return self.url(f"{service.upper()}_DATABASE_URL", ("postgresql+psycopg2",))

    def owner_database_url(self, service: str) -> str:
        """The database of a service, as the role that owns the tables; for migrations only."""
        return self.url(f"{service.upper()}_OWNER_DATABASE_URL", ("postgresql+psycopg2",))

    @property
    def ops_host(self) -> str:
        """The address /metrics, /healthz and /readyz listen on."""
        return self.text("OPS_HOST", "127.0.0.1")

    def ops_port(self, process: str) -> int:
        """The port /metrics, /healthz and /readyz of `process` listen on; 0 picks a free one."""
        return self.number(f"{process.upper()}_OPS_PORT", 0)

    @property
    def workers(self) -> int:
        """How many calls one service process works on at a time; also the size of its connection pool."""
        return self.number("WORKERS", 20)

    @property
    def retry_delays(self) -> tuple[int, ...]:
        """Seconds before the second, third, … attempt at an event; after the last one it is a dead letter.

        Each has a queue of its own: a change takes a run of the topology step, and all processes started anew.
        """
        told = self.text("RETRY_DELAYS", "5,60,600")
        delays = told.split(",")
        if not all(delay.isdecimal() and int(delay) > 0 for delay in delays) or len({*delays}) < len(delays):
            raise ConfigError(
                f"COUNTERPART_RETRY_DELAYS must be different whole seconds such as 5,60,600, not {told!r}."
            )
        return tuple(map(int, delays))

    @property
    def public_url(self) -> str:
        """Where people reach the portal; links in mails begin with it."""
        return self.url("PUBLIC_URL", ("http", "https"), "http://127.0.0.1:8080").rstrip("/")

    @property
    def secret_key(self) -> str:
        """What signs links and keys the hashes of requests. At least 32 characters, the same everywhere."""
        value = self.text("SECRET_KEY")
        if len(value) < 32:
            raise ConfigError("COUNTERPART_SECRET_KEY must have at least 32 characters.")
        return value

    @property
    def log_level(self) -> str:
        """Lowest level that is logged."""
        return self.text("LOG_LEVEL", "INFO").upper()

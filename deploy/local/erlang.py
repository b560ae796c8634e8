"""Finds RabbitMQ's program on this machine, or brings it here.

In this order: a RabbitMQ that is installed; as root on Debian and its relatives, `apt-get install`; otherwise
`apt-get download` and unpacking into a folder of our own, for which nobody needs to be root.
"""

import contextlib
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.local import debian
from deploy.local.debian import SYSTEM_PATH, Wanted
from deploy.local.problems import Problem

RABBITMQ = Wanted("RabbitMQ", "or set COUNTERPART_AMQP_URL to a RabbitMQ that runs elsewhere")
_INSTALLED = (
    "/usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server",
    "/opt/rabbitmq*/sbin/rabbitmq-server",
    "/usr/local/lib/rabbitmq*/sbin/rabbitmq-server",
    "/opt/homebrew/opt/rabbitmq/libexec/sbin/rabbitmq-server",
    "/opt/homebrew/opt/rabbitmq/sbin/rabbitmq-server",
    "/usr/local/opt/rabbitmq/sbin/rabbitmq-server",
)
# What `apt-get install` would bring along for the packaged service and a private node does not use.
_NOT_NEEDED = {"adduser", "logrotate", "socat", "procps", "openssl", "init-system-helpers", "erlang-doc"}
_POLICY = Path("/usr/sbin/policy-rc.d")

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Program:
    """A RabbitMQ on this machine: `server` and `ctl` are its own scripts, not a packager's wrapper around
    them.
    """

    server: Path
    environment: dict[str, str]

    @property
    def ctl(self) -> Path:
        return self.server.with_name("rabbitmqctl")

    @property
    def epmd(self) -> str:
        found = shutil.which("epmd", path=self.environment["PATH"])
        if found is None:
            raise Problem("Erlang is here but its program epmd is not: install Erlang/OTP completely.")
        return found


def find_or_install(software: Path, tell: Tell) -> Program:
    """The RabbitMQ to start nodes of; `software` is the folder into which one may be unpacked.

    Raises Problem when there is none and none can be had, with the remedy.
    """
    found = _installed() or _unpacked(software)
    if found:
        return found
    if debian.is_here():
        with debian.alone(software):
            found = _installed() or _unpacked(software) or _brought(software, tell)
    if found:
        return found
    raise Problem(
        "RabbitMQ is not on this machine and cannot be installed from here: install it (Debian: "
        "rabbitmq-server, Homebrew: rabbitmq), or start one elsewhere (docker run -p 5672:5672 rabbitmq:4) "
        "and set COUNTERPART_AMQP_URL to its address, such as amqp://guest:guest@127.0.0.1:5672/."
    )


def _brought(software: Path, tell: Tell) -> Program | None:
    if os.geteuid() == 0:
        tell("installing RabbitMQ (apt-get install rabbitmq-server)")
        _apt_install()
        return _installed()
    tell("fetching RabbitMQ (apt-get download, unpacked beside the data)")
    _apt_unpack(software)
    return _unpacked(software)


def _installed() -> Program | None:
    candidates = [path for pattern in _INSTALLED for path in Path("/").glob(pattern.lstrip("/"))]
    on_path = shutil.which("rabbitmq-server")
    if on_path and (Path(on_path).resolve().parent / "rabbitmq-env").exists():
        candidates.insert(0, Path(on_path).resolve())
    path = f"{os.environ.get('PATH', '')}:/opt/homebrew/bin:{SYSTEM_PATH}"
    if not candidates or shutil.which("erl", path=path) is None:
        return None
    return Program(max(candidates, key=_version), {"PATH": path})


def _version(server: Path) -> tuple[int, ...]:
    numbers = re.findall(r"\d+", server.parent.parent.name)
    return tuple(int(number) for number in numbers)


def _unpacked(software: Path) -> Program | None:
    root = software / "rabbitmq"
    servers = list(root.glob("usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server"))
    if not servers:
        return None
    libraries = [str(path) for path in root.glob("usr/lib/*-linux-*")] + [str(root / "usr/lib")]
    return Program(
        max(servers, key=_version),
        {
            "PATH": f"{root}/usr/lib/erlang/bin:{root}/usr/bin:{SYSTEM_PATH}",
            "LD_LIBRARY_PATH": ":".join([*libraries, *filter(None, [os.environ.get("LD_LIBRARY_PATH")])]),
        },
    )


def _apt_install() -> None:
    with _no_service_starts():
        debian.install("rabbitmq-server", RABBITMQ)
    # The package is here for private nodes only; its own service shall not appear at the next boot either.
    systemctl = shutil.which("systemctl", path=SYSTEM_PATH)
    if systemctl:
        subprocess.run(
            [systemctl, "disable", "rabbitmq-server"],
            stdin=subprocess.DEVNULL, capture_output=True, check=False,
        )  # fmt: skip


@contextlib.contextmanager
def _no_service_starts() -> Iterator[None]:
    """Debian starts what it installs, unless /usr/sbin/policy-rc.d says no; one that exists is left alone."""
    if _POLICY.exists():
        yield
        return
    _POLICY.write_text("#!/bin/sh\nexit 101\n")
    _POLICY.chmod(0o755)
    try:
        yield
    finally:
        _POLICY.unlink(missing_ok=True)


def _apt_unpack(software: Path) -> None:
    debian.unpack(
        "rabbitmq-server",
        RABBITMQ,
        software,
        software / "rabbitmq",
        besides=_NOT_NEEDED,
        mend=_point_erlang_at,
    )


def _point_erlang_at(draft: Path, target: Path) -> None:
    """Debian writes the place of Erlang into its start scripts; ours is another."""
    for script in [*draft.glob("usr/lib/erlang/bin/*"), *draft.glob("usr/lib/erlang/erts-*/bin/*")]:
        if script.is_symlink() or not script.is_file():
            continue
        content = script.read_bytes()
        if content.startswith(b"#!") and b"/usr/lib/erlang" in content:
            script.write_bytes(content.replace(b"/usr/lib/erlang", str(target / "usr/lib/erlang").encode()))

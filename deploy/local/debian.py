"""Debian's packages: installed as root, or unpacked into a folder of our own, for which nobody needs to be."""

import contextlib
import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.local.places import make
from deploy.local.problems import Problem

SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True)
class Wanted:
    """What a package is fetched for, in a person's words, and what they can do when that fails."""

    name: str
    remedy: str


def is_here() -> bool:
    """Whether this system has Debian's tools."""
    return all(shutil.which(tool, path=SYSTEM_PATH) for tool in ("apt-get", "dpkg-deb"))


@contextlib.contextmanager
def alone(software: Path) -> Iterator[None]:
    """One of our processes at a time: apt refuses a second caller, where ours had better wait.

    Look again, inside, whether what was missing is still missing.
    """
    with (make(software, 0o711) / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def install(package: str, wanted: Wanted) -> None:
    """Install a package for the whole machine; for root only."""
    _update(wanted)
    _apt(wanted, "install", "--no-install-recommends", package)


def unpack(
    package: str,
    wanted: Wanted,
    software: Path,
    target: Path,
    *,
    besides: Collection[str] = (),
    mend: Callable[[Path, Path], None] = lambda _draft, _target: None,
) -> None:
    """Unpack a package, and what it needs and this machine has not, into `target`, a folder of `software`.

    Packages named in `besides` are left out. `mend(draft, target)` corrects what names its own place.
    """
    lists, packages = make(software / "apt" / "lists"), make(software / "apt" / "packages")
    make(lists / "partial")
    make(software / "apt" / "cache" / "archives" / "partial")
    # Package lists of our own, since the system's may be missing and cannot be renewed.
    own = [
        "-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={software / 'apt' / 'cache'}",
        "-o", "Debug::NoLocking=true", "-o", "APT::Sandbox::User=",
    ]  # fmt: skip
    _update(wanted, *own)
    plan = _apt(wanted, *own, "install", "--simulate", "--no-install-recommends", package)
    names = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
    _apt(wanted, *own, "download", *[name for name in names if name not in besides], cwd=packages)
    draft = software / f"{target.name}.{os.getpid()}"
    for archive in sorted(packages.glob("*.deb")):
        unpacked = subprocess.run(
            ["dpkg-deb", "-x", str(archive), str(draft)],
            env={**os.environ, "PATH": SYSTEM_PATH}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if unpacked.returncode:
            raise Problem(f"Could not unpack {archive.name} ({unpacked.stderr.strip()}): is the disk full?")
    mend(draft, target)
    try:
        draft.rename(target)
    except OSError:
        # Another start was quicker; its copy is as good as ours.
        shutil.rmtree(draft)
    shutil.rmtree(software / "apt")


def _update(wanted: Wanted, *options: str) -> None:
    """Renews the package lists as far as possible: one dead source need not matter, and what does shows
    later.
    """
    for _attempt in range(2):
        with contextlib.suppress(Problem):
            _apt(wanted, *options, "update")
            return


def _apt(wanted: Wanted, *arguments: str, cwd: Path | None = None) -> str:
    """Runs apt-get; its complaint becomes the reason of a Problem."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    environment["PATH"] = f"{os.environ.get('PATH', '')}:{SYSTEM_PATH}"
    done = subprocess.run(
        ["apt-get", "-q", "-y", "-o", "Acquire::Retries=3", *arguments],
        cwd=cwd, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        complaints = [line for line in done.stderr.splitlines() if line.startswith("E:")]
        reason = complaints[0].removeprefix("E: ") if complaints else f"exit code {done.returncode}"
        raise Problem(
            f"apt-get could not provide {wanted.name} ({reason.rstrip('.')}): check the network and the free "
            f"disk space, {wanted.remedy}."
        )
    return done.stdout

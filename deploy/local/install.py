"""Makes the virtual environment; the only module that the machine's own Python runs, so standard library
only.

    python3 deploy/local/install.py requirements.lock

The environment lives in a folder named for the lock file and the Python it was made with; the link `current`
names the one in use, so that a running system keeps the files it started with when the lock changes.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
NEEDED_BYTES = 1_500_000_000


class CannotInstallError(Exception):
    """One sentence with the remedy."""


def var() -> Path:
    """The folder for everything that is not source."""
    return Path(os.environ.get("COUNTERPART_VAR") or CHECKOUT / "var").absolute()


def tell(sentence: str) -> None:
    """Progress goes to standard error: standard output belongs to what was asked for."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def main(arguments: list[str]) -> int:
    """Exit code 1 and one sentence when it cannot be done."""
    try:
        install(CHECKOUT / arguments[0])
    except CannotInstallError as problem:
        tell(f"counterpart: {problem}")
        return 1
    except KeyboardInterrupt:
        tell("counterpart: interrupted; start again and it goes on.")
        return 130
    return 0


def install(lock: Path) -> None:
    """Makes `var/venv/current` hold exactly what the lock file names; quick when it does."""
    home = var() / "venv"
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotInstallError(
            f"cannot write to {var()} ({error.strerror}): make it writable, or set COUNTERPART_VAR to a "
            "folder that is."
        ) from error
    with _alone(home / "lock"):
        wanted = _wanted(home, lock)
        if not _stamp(wanted, lock).exists():
            _make(wanted, lock)
        _make_current(home, wanted)
        _forget_old_ones(home, wanted)


def add(lock: Path) -> None:
    """Adds what a second lock file names, which must agree with the first, to the environment in use."""
    home = var() / "venv"
    with _alone(home / "lock"):
        current = (home / "current").resolve()
        if not _stamp(current, lock).exists():
            _pip(current, lock)


def _wanted(home: Path, lock: Path) -> Path:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return home / f"python{version}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"


def _stamp(environment: Path, lock: Path) -> Path:
    """A copy of the lock file, written last; the start script compares it with the checkout's."""
    return environment / lock.name


@contextlib.contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Two starts at once: the second waits for the first."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            tell("another start is installing; waiting for it")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make(environment: Path, lock: Path) -> None:
    free = shutil.disk_usage(environment.parent).free
    if free < NEEDED_BYTES:
        raise CannotInstallError(
            f"{free // 1_000_000} MB are free at {environment.parent} and installing takes "
            f"{NEEDED_BYTES // 1_000_000}: make room, or set COUNTERPART_VAR to a folder on another disk."
        )
    _need_venv()
    if environment.exists():
        shutil.rmtree(environment)
    tell(f"making a virtual environment with Python {sys.version.split()[0]}")
    # The real file rather than a link like /usr/bin/python3: when the system moves on to the next version,
    # the link would silently mean another Python, while a missing file is noticed and the environment made
    # anew.
    python = str(Path(sys.executable).resolve())
    done = subprocess.run(
        [python, "-m", "venv", str(environment)],
        env=_environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines() or ["no reason given"]
        raise CannotInstallError(f"python3 -m venv failed ({said[-1]}): install the package python3-venv.")
    _pip(environment, lock)


def _need_venv() -> None:
    """Debian's python3 comes without the modules that make environments."""
    if _has_venv():
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if os.geteuid() == 0 and shutil.which("apt-get"):
        tell(f"installing {package} (apt-get)")
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
        for command in (["update"], ["install", "--no-install-recommends", package]):
            done = subprocess.run(
                ["apt-get", "-q", "-y", *command],
                env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
            )  # fmt: skip
        if done.returncode == 0 and _has_venv():
            return
        errors = [line for line in done.stderr.splitlines() if line.startswith("E:")]
        reason = errors[0] if errors else "it did not say why"
        raise CannotInstallError(
            f"apt-get could not install {package} ({reason}): install it, then start again."
        )
    raise CannotInstallError(
        f"this Python cannot make virtual environments: run apt-get install {package} as root."
    )


def _has_venv() -> bool:
    done = subprocess.run([sys.executable, "-c", "import venv, ensurepip"], capture_output=True, check=False)
    return done.returncode == 0


def _environment() -> dict[str, str]:
    """The person's settings of pip (mirror, proxy, certificates) stay; those that change the target go."""
    unwanted = ("PIP_TARGET", "PIP_PREFIX", "PIP_USER", "PIP_REQUIRE_VIRTUALENV", "PIP_ROOT", "PYTHONPATH",
                "PYTHONHOME")  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if name not in unwanted}
    cache = Path(
        kept.get("PIP_CACHE_DIR") or kept.get("XDG_CACHE_HOME") or kept.get("HOME") or "/nonexistent"
    )
    if not os.access(cache, os.W_OK):
        kept["PIP_NO_CACHE_DIR"] = "1"
    return {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PYTHONNOUSERSITE": "1",
            "PIP_ROOT_USER_ACTION": "ignore", "PIP_NO_COLOR": "1"}  # fmt: skip


def _pip(environment: Path, lock: Path) -> None:
    total = len(re.findall(r"^[a-z0-9].*==", lock.read_text(), re.MULTILINE))
    tell(f"installing the packages of {lock.name}")
    command = [
        str(environment / "bin" / "python"), "-m", "pip", "install", "--no-deps", "--require-hashes",
        "--progress-bar", "off", "-r", str(lock),
    ]  # fmt: skip
    with subprocess.Popen(
        command,
        env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True,
    ) as pip:  # fmt: skip
        said = list(_followed(pip, total))
    if pip.returncode:
        raise CannotInstallError(
            f"the packages could not be installed ({_reason(said)}): check the "
            "network and the free disk space, then start again."
        )
    shutil.copyfile(lock, _stamp(environment, lock))


def _reason(said: list[str]) -> str:
    """The line of pip's that names the cause: what it says last is only that it found nothing."""
    unreached = re.compile(r"connection broken by '(.*?)\(|Caused by (.*?)\(|: (No space left on device)")
    for line in said:
        found = unreached.search(line)
        if found:
            kind = next(group for group in found.groups() if group)
            if "SSL" in line:
                kind = "the certificate of the package index is not trusted here, see PIP_CERT"
            return kind
    errors = [line for line in said if line.startswith("ERROR")] or said[-1:] or ["pip said nothing"]
    return errors[-1].removeprefix("ERROR: ")[:300]


def _followed(pip: "subprocess.Popen[str]", total: int) -> Iterator[str]:
    """pip's lines, with a line of progress every two seconds."""
    done, last = 0, time.monotonic()
    assert pip.stdout is not None
    for line in pip.stdout:
        yield line.strip()
        if line.startswith(("Collecting ", "Requirement already satisfied")):
            done += 1
            if time.monotonic() - last > 2:
                last = time.monotonic()
                tell(f"  {done} of about {total}: {line.split()[1].split('==')[0]}")
        elif line.startswith("Installing collected"):
            tell("  unpacking")


def _make_current(home: Path, wanted: Path) -> None:
    link = home / "current"
    if link.is_symlink() and link.resolve() == wanted.resolve():
        return
    draft = home / f".current.{os.getpid()}"
    draft.symlink_to(wanted.name)
    draft.replace(link)


def _forget_old_ones(home: Path, wanted: Path) -> None:
    """Keeps the one before, which a running system may still use."""
    others = [path for path in home.glob("python*-*") if path != wanted]
    for path in sorted(others, key=lambda path: path.stat().st_mtime)[:-1]:
        shutil.rmtree(path, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

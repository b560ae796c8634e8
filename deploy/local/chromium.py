"""Finds the browser that the tests drive, or brings it here: Debian's Chromium."""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import debian
from deploy.local.debian import Wanted
from deploy.local.places import make
from deploy.local.problems import Problem

CHROMIUM = Wanted("Chromium", "or name a Chromium in COUNTERPART_CHROMIUM")
_NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


@dataclass(frozen=True)
class Browser:
    """A Chromium on this machine, and what it needs in its environment."""

    program: Path
    environment: dict[str, str] = field(default_factory=dict)


def find_or_install(software: Path) -> Browser:
    """The browser; `software` is the folder into which one may be unpacked. Raises Problem with the remedy."""
    found = _installed() or _unpacked(software)
    if found is None and debian.is_here():
        if os.geteuid() == 0:
            debian.install("chromium", CHROMIUM)
        else:
            debian.unpack("chromium", CHROMIUM, make(software, 0o711), software / "chromium")
        found = _installed() or _unpacked(software)
    if found is None:
        raise Problem(
            "There is no Chromium on this machine and none can be installed from here: install one, or name "
            "its program in COUNTERPART_CHROMIUM."
        )
    return found


def _installed() -> Browser | None:
    given = os.environ.get("COUNTERPART_CHROMIUM")
    names = [given] if given else _NAMES
    path = f"{os.environ.get('PATH', '')}:{debian.SYSTEM_PATH}"
    programs = [found for name in names if (found := shutil.which(name, path=path))]
    return Browser(Path(programs[0])) if programs else None


def _unpacked(software: Path) -> Browser | None:
    root = software / "chromium"
    program = root / "usr" / "lib" / "chromium" / "chromium"
    if not program.exists():
        return None
    libraries = [str(path) for path in root.glob("usr/lib/*-linux-*")]
    environment = {"LD_LIBRARY_PATH": ":".join([*libraries, *(f"{path}/pulseaudio" for path in libraries)])}
    if not Path("/etc/fonts/fonts.conf").exists():
        environment["FONTCONFIG_SYSROOT"] = str(root)
    return Browser(program, environment)

"""Finds the browser that the tests drive, or brings it here: Debian's Chromium.

Preferred is the one that has no windows. The other keeps its side panels and menus ready beside every page,
which costs the tests as much again as the pages themselves.
"""

import os
import shutil
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import debian
from deploy.local.debian import Wanted
from deploy.local.problems import Problem

CHROMIUM = Wanted("Chromium", "or name a Chromium in COUNTERPART_CHROMIUM")
_PACKAGES = ("chromium-headless-shell", "chromium")
_NAMES = (*_PACKAGES, "chromium-browser", "google-chrome-stable", "google-chrome")


@dataclass(frozen=True)
class Browser:
    """A Chromium on this machine, and what it needs in its environment."""

    program: Path
    environment: dict[str, str] = field(default_factory=dict)


def find_or_install(software: Path) -> Browser:
    """The browser; `software` is the folder into which one may be unpacked. Raises Problem with the remedy."""
    found = _installed() or _unpacked(software)
    if found is None and debian.is_here():
        with debian.alone(software):
            found = _installed() or _unpacked(software) or _brought(software)
    if found is None:
        raise Problem(
            "There is no Chromium on this machine and none can be installed from here: install one, or name "
            "its program in COUNTERPART_CHROMIUM."
        )
    return found


def _brought(software: Path) -> Browser | None:
    try:
        _bring(_PACKAGES[0], software)
    except Problem:  # an older Debian, perhaps, or Ubuntu: the other package says what is wrong
        _bring(_PACKAGES[1], software)
    return _installed() or _unpacked(software)


def _bring(package: str, software: Path) -> None:
    if os.geteuid() == 0:
        debian.install(package, CHROMIUM)
    else:
        debian.unpack(package, CHROMIUM, software, software / "chromium")


def _installed() -> Browser | None:
    given = os.environ.get("COUNTERPART_CHROMIUM")
    names = [given] if given else _NAMES
    path = f"{os.environ.get('PATH', '')}:{debian.SYSTEM_PATH}"
    programs = [found for name in names if (found := shutil.which(name, path=path))]
    return Browser(Path(programs[0])) if programs else None


def _unpacked(software: Path) -> Browser | None:
    root = software / "chromium"
    programs = [
        program for name in _PACKAGES if (program := root / "usr" / "lib" / "chromium" / name).exists()
    ]
    if not programs:
        return None
    libraries = [str(path) for path in root.glob("usr/lib/*-linux-*")]
    environment = {"LD_LIBRARY_PATH": ":".join([*libraries, *(f"{path}/pulseaudio" for path in libraries)])}
    if not Path("/etc/fonts/fonts.conf").exists():
        environment["FONTCONFIG_SYSROOT"] = str(root)
    return Browser(programs[0], environment)

"""What the clients asked and what they were told: the history the checker compares the databases with.

Written line by line to a file that is on disk before the client goes on, so that it outlives whatever happens
to the drill itself.
"""

import json
import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO


@dataclass
class Deed:
    """One command of one client: what it is meant to do, and what became of it.

    `fact` is the fact that its effect records, `target` the document if it is known beforehand, and `amounts`
    what it is about. `outcome` is "ok", "fail" or "unknown".
    """

    key: str
    what: str
    service: str
    fact: str
    organisation: str
    target: str | None = None
    amounts: Mapping[str, str] = field(default_factory=dict)
    outcome: str = "unknown"
    attempts: int = 0
    was_unknown: bool = False
    document: str | None = None
    """Which document the answer speaks of, once there is one."""
    sequence: int | None = None
    """The state of it that the answer told."""


class History:
    """All deeds, and what else the clients noticed that should not be."""

    def __init__(self, path: Path) -> None:
        self.deeds: dict[str, Deed] = {}
        self.oddities: list[str] = []
        """Answers that no fault excuses: a defect, a refusal nobody expected, a repetition answered otherwise."""
        self._file: TextIO = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()
        self._began = time.monotonic()
        self.last_answer = self._began
        """When somebody was told anything (`time.monotonic`)."""

    def invoke(self, deed: Deed) -> None:
        """A client is about to send it (again)."""
        deed.attempts += 1
        with self._lock:
            self.deeds[deed.key] = deed
        self._write(
            "invoke",
            {"key": deed.key, "what": deed.what, "target": deed.target, "amounts": dict(deed.amounts)},
        )

    def settle(self, deed: Deed, outcome: str, detail: str = "") -> None:
        """What a client was told: "ok", "fail", "unknown", or "later" (nothing was done, ask again)."""
        if outcome != "later":
            deed.outcome = outcome
        if outcome == "unknown":
            deed.was_unknown = True
        if outcome in ("ok", "fail"):
            self.last_answer = time.monotonic()
        self._write(outcome, {"key": deed.key, "detail": detail})

    def odd(self, sentence: str) -> None:
        """Something no fault excuses."""
        with self._lock:
            self.oddities.append(sentence)
        self._write("odd", {"detail": sentence})

    def close(self) -> None:
        """Nothing more will come."""
        self._file.close()

    def _write(self, kind: str, more: Mapping[str, Any]) -> None:
        entry = {"at": round(time.monotonic() - self._began, 4), "type": kind, **more}
        line = json.dumps(entry, separators=(",", ":")) + "\n"
        with self._lock:
            self._file.write(line)
            self._file.flush()
        # Outside the lock: waiting clients share one trip to the disk.
        os.fdatasync(self._file.fileno())

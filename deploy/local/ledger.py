"""The list of requirements, and what the tests said of each."""

import csv
import json
import os
from pathlib import Path
from typing import TypedDict

from deploy.local.places import CHECKOUT, var


class Outcome(TypedDict):
    """What is known of one marked test."""

    requirements: list[str]
    outcome: str


def requirements() -> dict[str, tuple[str, str]]:
    """Section and statement of every requirement, by number."""
    with (CHECKOUT / "docs" / "requirements.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: (row["section"], row["statement"]) for row in csv.DictReader(file)}


def results_file() -> Path:
    """Where outcomes are kept; the test command, whose other traces vanish, names the real one."""
    return Path(os.environ.get("COUNTERPART_REQUIREMENTS_FILE") or var() / "requirements.json")


def known_outcomes() -> dict[str, Outcome]:
    """What earlier runs found, by test."""
    path = results_file()
    outcomes: dict[str, Outcome] = json.loads(path.read_text()) if path.exists() else {}
    return outcomes

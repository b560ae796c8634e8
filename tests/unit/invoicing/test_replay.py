"""A decision says the same for ever: those of every engine, kept as they were stored, are made again."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.chassis import wire
from services.contracts.invoicing.views import Match
from services.invoicing.domain import matching

GOLDEN = Path(__file__).parent / "golden"
STORED: list[Any] = [
    pytest.param(record, id=f"{path.stem}-{number}")
    for path in sorted(GOLDEN.glob("decisions-of-engine-*.json"))
    for number, record in enumerate(json.loads(path.read_text(encoding="utf-8")), start=1)
]


@pytest.mark.requirement("S-042")
@pytest.mark.parametrize("record", STORED)
def test_a_stored_decision_is_made_again_as_it_was(record: dict[str, Any]) -> None:
    match = wire.decode(Match, record)

    again = wire.encode(matching.recompute(match))

    assert again == _with_what_came_later(record, again)


def _with_what_came_later(kept: Any, again: Any) -> Any:
    """What was stored, with the fields that were added to the shapes since; every stored value must stay."""
    if isinstance(kept, dict):
        later = {name: value for name, value in again.items() if name not in kept}
        return {name: _with_what_came_later(value, again[name]) for name, value in kept.items()} | later
    if isinstance(kept, list):
        return [_with_what_came_later(*pair) for pair in zip(kept, again, strict=True)]
    return kept


def test_every_engine_that_ever_decided_has_kept_records() -> None:
    assert {record.values[0].get("engine", 1) for record in STORED} == set(matching.ENGINES)

"""The history of a document, read from the journal: nothing is written down twice for it (S-230)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, select

from services.chassis.database import Transaction
from services.chassis.errors import NotFound
from services.chassis.journal import journal


def steps(tx: Transaction, noun: str, id: UUID, *shown: ColumnElement[bool]) -> Sequence[Row[Any]]:
    """The facts of a document, oldest first, as far as row-level security and `shown` let them be seen.

    Raises NotFound when there are none; a document that is gone still has its history.
    """
    wanted = select(journal).where(journal.c.aggregate_id == id, journal.c.aggregate == noun, *shown)
    found = tx.execute(wanted.order_by(journal.c.sequence)).all()
    if not found:
        raise NotFound(f"There is no {noun} {id} here.")
    return found


def told(step: Row[Any]) -> dict[str, Any]:
    """What every entry of a history says, whatever the document is (`services.contracts.history.Step`)."""
    return {
        "sequence": step.sequence,
        "event": step.name,
        "at": step.occurred_at,
        "user_id": step.actor_user,
        "user_name": step.actor_name,
        "organisation_id": step.actor_organisation,
    }

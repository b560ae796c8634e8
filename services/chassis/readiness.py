"""When a service is ready: its database answers with the newest schema, and its journal is being published."""

from collections.abc import Callable, Mapping

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from services.chassis import migrations
from services.chassis.database import Database, Transient
from services.chassis.errors import CounterpartError
from services.chassis.journal import journal

# Facts older than this that nobody has published: the relay is away, or cannot get rid of them.
PATIENCE_SECONDS = 60


def checks(database: Database, service: str) -> Mapping[str, Callable[[], str | None]]:
    """The checks of a service, by name; each answers None, or the sentence that says what is wrong."""

    def schema() -> str | None:
        try:
            if migrations.is_current(database.engine, service):
                return None
        except SQLAlchemyError as fault:
            return f"the database does not answer: {fault.__class__.__name__}"
        return "the database has another schema than the code: run ./counterpart migrate"

    def published() -> str | None:
        try:
            with database.transaction() as tx:
                oldest = tx.execute(
                    select(func.min(journal.c.occurred_at)).where(journal.c.published_at.is_(None))
                ).scalar_one()
                age = 0.0 if oldest is None else (tx.at - oldest).total_seconds()
        except (Transient, SQLAlchemyError, CounterpartError) as fault:
            return f"the journal cannot be read: {fault.__class__.__name__}"
        if age <= PATIENCE_SECONDS:
            return None
        return f"the oldest unpublished fact is {age:.0f} s old: is the relay running?"

    return {"database": schema, "journal": published}

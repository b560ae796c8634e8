"""Numbers without gaps: each is taken in the transaction that uses it."""

from uuid import UUID

from sqlalchemy.dialects.postgresql import insert

from services.chassis.database import Transaction
from services.invoicing.tables import number_series


def next_number(tx: Transaction, owner_id: UUID, series: str, year: int) -> str:
    """The next number of a series of an organisation; its row is locked until the transaction ends."""
    first = insert(number_series).values(operator_id=owner_id, series=series, year=year, last=1)
    taken = first.on_conflict_do_update(
        index_elements=["operator_id", "series", "year"], set_={"last": number_series.c.last + 1}
    ).returning(number_series.c.last)
    return f"{series}-{year}-{tx.execute(taken).scalar_one():05}"

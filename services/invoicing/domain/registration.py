"""The registration of tax invoices with the tax office: until when, and that it is noted once.

The operator's tax invoices (S-086) and the suppliers' (S-204) are registered alike.
"""

from calendar import monthrange
from datetime import date, timedelta
from typing import Protocol

from services.chassis.errors import Fault, Invalid
from services.invoicing.domain.refusals import RegisteredAlready

HALF = 15


def register_by(day: date) -> date:
    """The last day to register a tax invoice of `day` in time (Tax Code of Ukraine, 201.10).

    Of the first half of a month by its last day, of the second half by the 15th of the next one.
    """
    last = date(day.year, day.month, monthrange(day.year, day.month)[1])
    return last if day.day <= HALF else last + timedelta(days=HALF)


class Registrable(Protocol):
    """What is asked of a tax invoice, whosever it is."""

    @property
    def number(self) -> str:
        """Its number."""

    @property
    def day(self) -> date:
        """Its date."""

    @property
    def registration(self) -> str | None:
        """The number it is registered under."""

    @property
    def registered_on(self) -> date | None:
        """When it was registered."""


def is_new(tax: Registrable, registration: str, on: date, today: date) -> bool:
    """Whether this registration is to be noted; False when it is noted already. Raises for any other one."""
    if (tax.registration, tax.registered_on) == (registration, on):
        return False
    if tax.registration is not None:
        raise RegisteredAlready(
            f"Tax invoice {tax.number} is registered under {tax.registration} since {tax.registered_on}."
        )
    if not tax.day <= on <= today:
        fault = Fault("/registered_on", f"must be a day from {tax.day} to {today}")
        raise Invalid("It cannot have been registered on that day.", [fault])
    return True

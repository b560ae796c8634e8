"""A supplier's tax invoice: issued for a sent invoice, registered once, dated anew with the delivery (S-070)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from services.chassis.aggregate import Aggregate
from services.chassis.errors import Fault, Invalid, NotFound
from services.contracts.actors import Actor, OrganisationKind, Role
from services.contracts.invoicing import events
from services.contracts.invoicing import tax_invoices as views
from services.contracts.invoicing.tax_invoices import DateRequest, DateRequestStatus, TaxInvoiceStatus
from services.contracts.invoicing.views import InvoiceStatus, TaxAmount
from services.contracts.parties import Party, Person
from services.invoicing.domain.invoice import FIRST_MIDNIGHT, Invoice, number_key, person
from services.invoicing.domain.refusals import (
    DateAnswered,
    DateAskedAlready,
    IssuedInTheFuture,
    NotTaxable,
    NotTheResolver,
    RegisteredAlready,
)
from services.invoicing.domain.registration import is_new, register_by

#: Nothing is taxed of what is not with the customer, or never will be owed.
NOT_TAXABLE = frozenset({InvoiceStatus.DRAFT, InvoiceStatus.REJECTED, InvoiceStatus.CANCELED})


@dataclass(eq=False, kw_only=True)
class TaxInvoice(Aggregate):
    """A tax invoice. What it taxes never changes; its date moves with the delivery until it is registered."""

    noun: ClassVar[str] = "tax_invoice"

    id: UUID
    number: str
    day: date
    invoice_id: UUID
    invoice_number: str
    order_id: UUID
    order_number: str
    supplier: Party
    customer: Party
    initiator: Person
    currency: str
    amount_places: int
    taxes: tuple[TaxAmount, ...]
    net: Decimal
    tax: Decimal
    gross: Decimal
    issued_by: Person
    issued_at: datetime
    today: date
    """The day on which it is looked at: the days left are counted from it."""
    registration: str | None = None
    registered_on: date | None = None
    registered_by: Person | None = None
    requests: tuple[DateRequest, ...] = ()

    @classmethod
    def issue(
        cls, invoice: Invoice, *, id: UUID, number: str, day: date | None, by: Actor, at: datetime
    ) -> "TaxInvoice":
        """The tax invoice of an invoice, with its sums."""
        if invoice.status in NOT_TAXABLE or invoice.number is None:
            raise NotTaxable(
                "A tax invoice is issued for an invoice that is sent and neither rejected nor cancelled."
            )
        if not number_key(number):
            raise Invalid("The number is not usable.", [Fault("/number", "needs a letter or a digit")])
        dated = day or at.date()
        if dated > (at + FIRST_MIDNIGHT).date():
            raise IssuedInTheFuture(f"{dated} has not come yet. Date the tax invoice today or earlier.")
        made = cls(
            id=id,
            number=number,
            day=dated,
            invoice_id=invoice.id,
            invoice_number=invoice.number,
            order_id=invoice.order_id,
            order_number=invoice.order_number,
            supplier=invoice.supplier,
            customer=invoice.customer,
            initiator=invoice.initiator,
            currency=invoice.currency,
            amount_places=invoice.amount_places,
            taxes=tuple(replace(tax, credited=Decimal(0)) for tax in invoice.taxes),
            net=invoice.net,
            tax=invoice.tax,
            gross=invoice.gross,
            issued_by=person(by),
            issued_at=at,
            today=at.date(),
        )
        made.record(events.TaxInvoiceIssued)
        return made

    # -------------------------------------------------------------------------------------- the supplier

    def register(self, registration: str, *, on: date, by: Actor, at: datetime) -> bool:
        """Note where it is registered; answers whether that was new. A request for time has lost its reason."""
        if not is_new(self, registration, on, (at + FIRST_MIDNIGHT).date()):
            return False
        if self.open_request is not None:
            raise DateAskedAlready(
                "A request for another delivery date is open, and the date of the tax invoice with it. "
                "Register it once that is answered."
            )
        self.registration, self.registered_on, self.registered_by = registration, on, person(by)
        self.record(events.SupplierTaxInvoiceRegistered)
        return True

    def ask(
        self,
        wish: views.AskForDeliveryDate,
        *,
        request_id: UUID,
        delivery_date: date | None,
        by: Actor,
        at: datetime,
    ) -> None:
        """Ask for a later delivery date; `delivery_date` is the one that stands."""
        self._check_unregistered()
        if self.open_request is not None:
            raise DateAskedAlready(
                "A request for another delivery date is open already. Wait for its answer."
            )
        today = (at + FIRST_MIDNIGHT).date()
        faults = []
        if wish.delivery_note_date > today:
            faults.append(Fault("/delivery_note_date", "has not come yet"))
        faults += self._faults_of(wish.wanted_date, "/wanted_date", today)
        if faults:
            raise Invalid("The request has faults; each is named below.", faults)
        asked = DateRequest(
            id=request_id,
            status=DateRequestStatus.OPEN,
            delivery_note_number=wish.delivery_note_number,
            delivery_note_date=wish.delivery_note_date,
            tax_invoice_number=self.number,
            tax_invoice_date=self.day,
            delivery_date=delivery_date,
            wanted_date=wish.wanted_date,
            reason=wish.reason,
            asked_by=person(by),
            asked_at=at,
        )
        self.requests = (*self.requests, asked)
        self.record(events.DeliveryDateAsked, request=asked)

    # ---------------------------------------------------------- the initiator and the operator's accounting

    def grant(self, request_id: UUID, *, on: date | None, answer: str, by: Actor, at: datetime) -> None:
        """Date the delivery later, and this tax invoice with it: it is to be registered later too."""
        asked = self._to_answer(request_id, by)
        granted = on or asked.wanted_date
        faults = self._faults_of(granted, "/delivery_date", (at + FIRST_MIDNIGHT).date())
        if faults:
            raise Invalid("The delivery cannot be dated so.", faults)
        self.day = granted
        done = self._answered(asked, DateRequestStatus.ACCEPTED, answer, by, at, granted)
        self.record(events.DeliveryDateAdjusted, request=done)

    def refuse(self, request_id: UUID, *, answer: str, by: Actor, at: datetime) -> None:
        """Leave everything as it is."""
        asked = self._to_answer(request_id, by)
        done = self._answered(asked, DateRequestStatus.REFUSED, answer, by, at, None)
        self.record(events.DeliveryDateKept, request=done)

    def _to_answer(self, request_id: UUID, by: Actor) -> DateRequest:
        accounting = by.kind is OrganisationKind.OPERATOR and Role.OPERATOR_ACCOUNTING in by.roles
        initiator = by.organisation_id == self.customer.id and by.user_id == self.initiator.id
        if not (accounting or initiator):
            raise NotTheResolver(
                f"Only {self.initiator.name}, who placed order {self.order_number}, and the operator's accounting "
                "answer requests for another delivery date."
            )
        found = next((each for each in self.requests if each.id == request_id), None)
        if found is None:
            raise NotFound(f"There is no request {request_id} here.")
        if found.status is not DateRequestStatus.OPEN:
            raise DateAnswered(f"This request is {found.status.value} already.")
        return found

    def _answered(
        self,
        asked: DateRequest,
        status: DateRequestStatus,
        answer: str,
        by: Actor,
        at: datetime,
        granted: date | None,
    ) -> DateRequest:
        done = replace(
            asked,
            status=status,
            granted_date=granted,
            answer=answer,
            resolved_by=person(by),
            resolved_for=Party(id=by.organisation_id, name=by.organisation_name),
            resolved_at=at,
        )
        self.requests = tuple(done if each.id == asked.id else each for each in self.requests)
        return done

    def _faults_of(self, wanted: date, field: str, today: date) -> list[Fault]:
        """Time is won by a later date only, and nothing is delivered tomorrow."""
        if self.day < wanted <= today:
            return []
        if wanted > today:
            return [Fault(field, "has not come yet")]
        return [Fault(field, f"must be later than {self.day}, the date of the tax invoice")]

    def _check_unregistered(self) -> None:
        if self.registration is not None:
            raise RegisteredAlready(
                f"Tax invoice {self.number} is registered under {self.registration} since {self.registered_on}."
            )

    # ---------------------------------------------------------------------------------------------- to see

    @property
    def open_request(self) -> DateRequest | None:
        """The request that waits for an answer."""
        return next((each for each in self.requests if each.status is DateRequestStatus.OPEN), None)

    @property
    def register_by(self) -> date:
        """The last day to register it in time."""
        return register_by(self.day)

    def view(self) -> views.TaxInvoice:
        """It as both sides and the operator see it."""
        registered = self.registration is not None
        return views.TaxInvoice(
            id=self.id,
            number=self.number,
            day=self.day,
            status=TaxInvoiceStatus.REGISTERED if registered else TaxInvoiceStatus.ISSUED,
            invoice_id=self.invoice_id,
            invoice_number=self.invoice_number,
            order_id=self.order_id,
            order_number=self.order_number,
            supplier=self.supplier,
            customer=self.customer,
            initiator=self.initiator,
            currency=self.currency,
            amount_places=self.amount_places,
            taxes=self.taxes,
            net=self.net,
            tax=self.tax,
            gross=self.gross,
            register_by=self.register_by,
            days_left=None if registered else (self.register_by - self.today).days,
            registration=self.registration,
            registered_on=self.registered_on,
            registered_by=self.registered_by,
            requests=self.requests,
            issued_by=self.issued_by,
            issued_at=self.issued_at,
            sequence=self.sequence,
        )

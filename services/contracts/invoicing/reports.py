"""How accounts stand: balances, by order, statements for a period, ageing. Due and advances are never netted."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from services.contracts.actors import PARTIES
from services.contracts.invoicing.views import AgeTotal
from services.contracts.kinds import CurrencyCode, Day, DocumentNumber, Id, Instant, Sum, Text
from services.contracts.parties import Party
from services.contracts.shapes import Query, query, shape


@shape
class AccountBalance:
    """How the account of one partner stands in one currency (S-210)."""

    partner: Annotated[Party, "The other side."]
    currency: Annotated[CurrencyCode, "Currency of the sums."]
    due: Annotated[Sum, "Approved and not paid: the customer owes it."]
    overdue: Annotated[Sum, "What of it was to be paid before today."]
    advances: Annotated[Sum, "Paid or credited and not used up by invoices: the supplier owes it."]


@shape
class BalanceTotal:
    """All partners together in one currency."""

    currency: Annotated[CurrencyCode, "Currency of the sums."]
    due: Annotated[Sum, "Approved and not paid."]
    overdue: Annotated[Sum, "What of it was to be paid before today."]
    advances: Annotated[Sum, "Paid and not used up."]


@shape
class Balances:
    """How every account stands, derived from the ledger at this moment (S-210)."""

    at: Annotated[Instant, "When."]
    owner: Annotated[Party, "Whose accounts they are."]
    items: Annotated[tuple[AccountBalance, ...], "By partner and currency; those that ever had an entry."]
    totals: Annotated[tuple[BalanceTotal, ...], "By currency."]


@shape
class OrderBalance:
    """How one order stands in an account (S-211)."""

    order_id: Annotated[Id | None, "The order; null: advances, which belong to no order."]
    order_number: Annotated[DocumentNumber | None, "Its number."]
    currency: Annotated[CurrencyCode, "Currency of the sums."]
    invoiced: Annotated[Sum, "Approved invoices, less credit notes."]
    due: Annotated[Sum, "What of that is not paid."]
    advances: Annotated[Sum, "Paid and not used up."]


@shape
class BalancesByOrder:
    """The account of one partner by orders; the sums are those of the account (S-211)."""

    at: Annotated[Instant, "When."]
    customer: Annotated[Party, "Who buys."]
    supplier: Annotated[Party, "Who sells."]
    items: Annotated[tuple[OrderBalance, ...], "By order; what is settled is left out."]
    totals: Annotated[tuple[BalanceTotal, ...], "By currency."]


class AccountMovementKind(StrEnum):
    """What has moved an account."""

    INVOICE = "invoice"
    PAYMENT = "payment"
    ALLOCATION = "allocation"
    REVERSAL = "reversal"
    CREDIT_NOTE = "credit-note"


@shape
class AccountStanding:
    """Both sides of an account at one moment; they are never netted (S-213)."""

    receivable: Annotated[Sum, "What the customer owes the supplier."]
    payable: Annotated[Sum, "What the supplier owes the customer: advances."]


@shape
class AccountMovement:
    """One movement of an account, with the documents behind it."""

    day: Annotated[Day, "The day it counts on."]
    kind: Annotated[AccountMovementKind, "What it was."]
    source_id: Annotated[Id, "The invoice, payment or credit note itself."]
    number: Annotated[Text, "Its number, or the reference of the payment."]
    invoice_id: Annotated[Id | None, "The invoice it concerns."]
    invoice_number: Annotated[DocumentNumber | None, "That invoice's number."]
    receivable: Annotated[Sum, "What it adds to what the customer owes."]
    payable: Annotated[Sum, "What it adds to what the supplier owes."]


@shape
class AccountStatement:
    """An account over a time: opening + movements = closing, both sides apart (S-200, S-212, S-213)."""

    customer: Annotated[Party, "Who buys."]
    supplier: Annotated[Party, "Who sells."]
    currency: Annotated[CurrencyCode, "Currency of all sums."]
    date_from: Annotated[Day, "The first day."]
    date_to: Annotated[Day, "The last day."]
    opening: Annotated[AccountStanding, "Before the first day."]
    movements: Annotated[tuple[AccountMovement, ...], "In the order of their days."]
    charged: Annotated[Sum, "Invoices of the time."]
    credited: Annotated[Sum, "Credit notes of the time."]
    paid: Annotated[Sum, "Payments of the time, less those that were taken back."]
    closing: Annotated[AccountStanding, "After the last day."]


@shape
class PartnerAge:
    """What is outstanding with one partner in one currency, by how long it is overdue."""

    partner: Annotated[Party, "The other side."]
    currency: Annotated[CurrencyCode, "Currency of the sums."]
    outstanding: Annotated[Sum, "All of it; the sum of the buckets."]
    buckets: Annotated[tuple[AgeTotal, ...], "The least overdue first; empty ones included."]


@shape
class Ageing:
    """What is outstanding by age, each document in its own currency."""

    on: Annotated[Day, "The day whose ages these are, UTC."]
    owner: Annotated[Party, "Whose accounts they are."]
    items: Annotated[tuple[PartnerAge, ...], "By partner and currency."]


@query("invoicing", answers=Balances, allowed=PARTIES)
class ListBalances(Query):
    """How every account of the caller's organisation stands: due and advances, never netted (S-210)."""

    partner_id: Annotated[Id | None, "Only with this customer or supplier."] = None


@query("invoicing", answers=BalancesByOrder, allowed=PARTIES)
class GetBalancesByOrder(Query):
    """The account of one partner by orders (S-211)."""

    partner_id: Annotated[Id, "The customer or supplier on the other side."]


@query("invoicing", answers=AccountStatement, allowed=PARTIES)
class GetAccountStatement(Query):
    """The account of one partner over a time: opening, movements, closing (S-212)."""

    partner_id: Annotated[Id, "The customer or supplier on the other side."]
    currency: Annotated[CurrencyCode, "In this currency."]
    date_from: Annotated[date | None, "The first day; that of this month when left out."] = None
    date_to: Annotated[date | None, "The last day; today when left out."] = None


@query("invoicing", answers=Ageing, allowed=PARTIES)
class GetAgeing(Query):
    """What is outstanding, by partner, currency and age."""

    partner_id: Annotated[Id | None, "Only with this customer or supplier."] = None

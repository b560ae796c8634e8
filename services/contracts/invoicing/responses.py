"""What an invoice's status means to other systems: Peppol's Invoice Response (BIS 63, code lists of UN/CEFACT 4343)."""

from enum import StrEnum
from typing import Annotated

from services.contracts.kinds import Name
from services.contracts.shapes import Length, shape


class ResponseCode(StrEnum):
    """How the buyer answers an invoice (UNCL4343, the subset of Peppol's Invoice Response)."""

    ACKNOWLEDGED = "AB"
    IN_PROCESS = "IP"
    UNDER_QUERY = "UQ"
    CONDITIONALLY_ACCEPTED = "CA"
    REJECTED = "RE"
    ACCEPTED = "AP"
    PAID = "PD"


class StatusReason(StrEnum):
    """Why an invoice is where it is (OPStatusReason)."""

    NO_ISSUE = "NON"
    REFERENCES = "REF"
    LEGAL = "LEG"
    RECEIVER = "REC"
    QUALITY = "QUA"
    DELIVERY = "DEL"
    PRICES = "PRI"
    QUANTITY = "QTY"
    ITEMS = "ITM"
    PAYMENT_TERMS = "PAY"
    NOT_RECOGNISED = "UNR"
    FINANCE = "FIN"
    PARTIALLY_PAID = "PPD"
    OTHER = "OTH"


class StatusAction(StrEnum):
    """What the buyer asks the seller to do (OPStatusAction)."""

    NONE = "NOA"
    PROVIDE_INFORMATION = "PIN"
    NEW_INVOICE = "NIN"
    CREDIT_FULLY = "CNF"
    CREDIT_PARTIALLY = "CNP"
    CREDIT_AMOUNT = "CNA"
    OTHER = "OTH"


@shape
class Reasoned:
    """A reason by its code, and in words."""

    code: Annotated[StatusReason, "The reason (OPStatusReason)."]
    name: Annotated[Name, "Its name in the code list."]


@shape
class Asked:
    """An action by its code, and in words."""

    code: Annotated[StatusAction, "The action (OPStatusAction)."]
    name: Annotated[Name, "Its name in the code list."]


@shape
class InvoiceResponse:
    """How the buyer answers the invoice at this moment, in the codes of Peppol's Invoice Response."""

    code: Annotated[ResponseCode, "Where it stands (UNCL4343)."]
    name: Annotated[Name, "The code's name."]
    reasons: Annotated[tuple[Reasoned, ...], Length(0, 20), "Why."]
    action: Annotated[Asked, "What the seller is asked to do."]

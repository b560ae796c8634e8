"""The buyer's answer to an invoice in the codes of Peppol's Invoice Response: one table, read from the status."""

from collections.abc import Iterable, Sequence

from services.chassis.errors import Fault, Invalid
from services.contracts.invoicing.responses import (
    Asked,
    InvoiceResponse,
    Reasoned,
    ResponseCode,
    StatusAction,
    StatusReason,
)
from services.contracts.invoicing.views import DisputeReason, InvoiceStatus

S, R, A, C = InvoiceStatus, StatusReason, StatusAction, ResponseCode

CODES: dict[InvoiceStatus, ResponseCode] = {
    S.DRAFT: C.UNDER_QUERY,  # once it was sent and given back; before that nobody has been answered
    S.MATCHING: C.ACKNOWLEDGED,
    S.PENDING: C.IN_PROCESS,
    S.APPROVED: C.ACCEPTED,  # conditionally, while a part of it is disputed
    S.PARTLY_PAID: C.PAID,
    S.PAID: C.PAID,
    S.REJECTED: C.REJECTED,
    S.CANCELED: C.REJECTED,
}
"""Every status has its code."""

OF_DISPUTES: dict[DisputeReason, StatusReason] = {
    DisputeReason.PRICE: R.PRICES,
    DisputeReason.QUANTITY: R.QUANTITY,
    DisputeReason.ITEM: R.ITEMS,
    DisputeReason.QUALITY: R.QUALITY,
    DisputeReason.DELIVERY: R.DELIVERY,
    DisputeReason.OTHER: R.OTHER,
}

NEVER_CHOSEN = frozenset({R.NO_ISSUE, R.PARTIALLY_PAID})
"""Reasons that follow from the status and are no reason to refuse."""

CHOICES: dict[str, frozenset[StatusAction]] = {
    "reject": frozenset({A.NEW_INVOICE, A.NONE, A.PROVIDE_INFORMATION, A.OTHER}),
    "return": frozenset({A.NEW_INVOICE, A.PROVIDE_INFORMATION, A.OTHER}),
}
"""What a supplier can be asked for with a decision. Nothing is owed of it, so nothing needs a credit note."""

CODE_NAMES: dict[ResponseCode, str] = {
    C.ACKNOWLEDGED: "Message acknowledged",
    C.IN_PROCESS: "In process",
    C.UNDER_QUERY: "Under query",
    C.CONDITIONALLY_ACCEPTED: "Conditionally accepted",
    C.REJECTED: "Rejected",
    C.ACCEPTED: "Accepted",
    C.PAID: "Paid",
}
REASON_NAMES: dict[StatusReason, str] = {
    R.NO_ISSUE: "No issue",
    R.REFERENCES: "References incorrect",
    R.LEGAL: "Legal information incorrect",
    R.RECEIVER: "Receiver unknown",
    R.QUALITY: "Item quality insufficient",
    R.DELIVERY: "Delivery issues",
    R.PRICES: "Prices incorrect",
    R.QUANTITY: "Quantity incorrect",
    R.ITEMS: "Items incorrect",
    R.PAYMENT_TERMS: "Payment terms incorrect",
    R.NOT_RECOGNISED: "Not recognized",
    R.FINANCE: "Finance incorrect",
    R.PARTIALLY_PAID: "Partially paid",
    R.OTHER: "Other",
}
ACTION_NAMES: dict[StatusAction, str] = {
    A.NONE: "No action required",
    A.PROVIDE_INFORMATION: "Provide information",
    A.NEW_INVOICE: "Issue new invoice",
    A.CREDIT_FULLY: "Credit fully",
    A.CREDIT_PARTIALLY: "Credit partially",
    A.CREDIT_AMOUNT: "Credit the amount",
    A.OTHER: "Other",
}


def check_choice(step: str, reason: StatusReason, action: StatusAction) -> None:
    """Refuse codes that do not go with the decision."""
    faults = []
    if reason in NEVER_CHOSEN:
        faults.append(Fault("/code", f"{REASON_NAMES[reason]} is no reason to {step} an invoice"))
    if action not in CHOICES[step]:
        names = ", ".join(sorted(each.value for each in CHOICES[step]))
        faults.append(Fault("/action", f"choose one of {names}"))
    if faults:
        raise Invalid("These codes do not go with the decision.", faults)


def response(
    status: InvoiceStatus,
    *,
    sent: bool,
    reason: StatusReason | None,
    action: StatusAction | None,
    disputed: Iterable[DisputeReason] = (),
) -> InvoiceResponse | None:
    """The answer that an invoice has at this moment; None for a draft that was never sent."""
    if not sent:
        return None
    contested = sorted({OF_DISPUTES[each] for each in disputed})
    if status is S.APPROVED and contested:
        return _told(C.CONDITIONALLY_ACCEPTED, contested, A.CREDIT_PARTIALLY)
    if status is S.PARTLY_PAID:
        return _told(C.PAID, [R.PARTIALLY_PAID, *contested], A.CREDIT_PARTIALLY if contested else A.NONE)
    if status is S.CANCELED:
        return _told(C.REJECTED, [R.OTHER], A.NONE)
    if status in (S.REJECTED, S.DRAFT):
        return _told(CODES[status], [reason or R.OTHER], action or A.NEW_INVOICE)
    return _told(CODES[status], [], A.NONE)


def _told(code: ResponseCode, reasons: Sequence[StatusReason], action: StatusAction) -> InvoiceResponse:
    return InvoiceResponse(
        code=code,
        name=CODE_NAMES[code],
        reasons=tuple(Reasoned(code=each, name=REASON_NAMES[each]) for each in reasons),
        action=Asked(code=action, name=ACTION_NAMES[action]),
    )

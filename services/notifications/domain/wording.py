"""What people read, by language: sentences, labels and buttons, nothing else.

A further language is a further `Wording` and its key in `WORDINGS`, and a folder of mail layouts beside
`templates/en`. The names in braces are filled in by `announcements`.
"""

from dataclasses import dataclass

from services.notifications.domain.mails import Language


@dataclass(frozen=True)
class Wording:
    """All texts of one language."""

    sentences: dict[str, str]
    labels: dict[str, str]
    buttons: dict[str, str]
    footnotes: dict[str, str]
    draft: str


ENGLISH = Wording(
    draft="(draft)",
    sentences={
        "order-submitted": "{customer} has sent order {number}",
        "order-revised": "{customer} has changed order {number}",
        "order-confirmed": "{supplier} has confirmed order {number}",
        "order-refused": "{supplier} has refused order {number}",
        "order-started": "{supplier} is at work on order {number}",
        "order-cancelled": "{customer} has cancelled order {number}",
        "order-closed": "Order {number} of {customer} is closed",
        "delivery-date-proposed": "{supplier} proposes another delivery date for order {number}",
        "delivery-date-declined": "{customer} keeps the delivery date of order {number}",
        "delivery-date-changed": "{customer} has changed the delivery date of order {number}",
        "goods-issued": "{supplier} has shipped goods of order {number}",
        "goods-received": "{customer} has recorded the receipt of goods of order {number}",
        "invoice-submitted": "{supplier} has sent invoice {number}",
        "approval-requested": "Invoice {number} of {supplier} is held until {initiator} decides",
        "approval-delegated": "{deputy} stands in for {initiator} and decides on invoice {number} of {supplier}",
        "approval-delegated-back": "{initiator} alone decides on invoice {number} of {supplier} again",
        "approval-reminded": "Invoice {number} of {supplier} still waits for {initiator} to decide",
        "approval-nudged": "{supplier} asks {initiator} to decide on invoice {number}",
        "approval-escalated": "Invoice {number} of {supplier} to {customer} waits too long for {initiator}",
        "invoice-approved": "{customer} has approved invoice {number}",
        "invoice-approved-by-itself": "Invoice {number} agrees with its order and is approved",
        "invoice-rejected": "{customer} has rejected invoice {number}",
        "invoice-returned-for-rework": "{customer} asks for changes to invoice {number}",
        "invoice-cancelled": "Invoice {number} of {supplier} is cancelled",
        "invoice-changed": "{customer} has changed invoice {number}",
        "invoice-partly-paid": "{customer} has paid a part of invoice {number}",
        "invoice-paid": "{customer} has paid invoice {number}",
        "credit-note-issued": "{supplier} has credited {amount} of invoice {invoice}",
        "consolidated-invoice-issued": "{supplier} has sent consolidated invoice {number}",
        "tax-invoice-registered": "{supplier} has registered the tax invoice of {number}",
        "tax-invoice-issued": "{supplier} has issued tax invoice {number} for invoice {invoice}",
        "supplier-tax-invoice-registered": "{supplier} has registered tax invoice {number}",
        "delivery-date-asked": "{supplier} asks for a later delivery date of invoice {invoice}",
        "delivery-date-adjusted": "The delivery of invoice {invoice} of {supplier} is dated later",
        "delivery-date-kept": "The delivery date of invoice {invoice} stays",
        "advance-paid": "{customer} has paid {amount} in advance",
        "payment-reversed": "{customer} has taken back the payment {number} of {amount}",
        "reconciliation-sent": "{author} has sent reconciliation statement {number}",
        "reconciliation-revised": "{author} has answered, and sent reconciliation statement {number} again",
        "reconciliation-confirmed": "{other} has confirmed reconciliation statement {number}",
        "reconciliation-contested": "{other} has contested reconciliation statement {number}, points: {count}",
        "reconciliation-withdrawn": "{author} has withdrawn reconciliation statement {number}",
        "comment-posted-on-order": "{author} of {organisation} has commented on order {number}",
        "comment-posted-on-invoice": "{author} of {organisation} has commented on invoice {number}",
        "agreement-noted-on-order": (
            "{author} of {organisation} has noted an agreement by phone on order {number}"
        ),
        "agreement-noted-on-invoice": (
            "{author} of {organisation} has noted an agreement by phone on invoice {number}"
        ),
        "file-attached-to-order": "{author} of {organisation} has attached a file to order {number}",
        "file-attached-to-invoice": "{author} of {organisation} has attached a file to invoice {number}",
        "delivery-failed": "An e-mail to {recipient} could not be delivered",
        "user-invited": "{inviter} invites you to act for {organisation}",
        "activation-requested": "{organisation} has made an account for you",
        "password-reset-requested": "Set a new password",
        "password-changed": "Your password was changed",
        "second-factor-on": "Two-factor sign-in was switched on for your account",
        "second-factor-off": "Two-factor sign-in was switched off for your account",
        "email-change-requested": "Confirm this e-mail address",
        "email-change-requested-warning": "Another e-mail address was asked for",
        "email-changed": "The e-mail addresses of {name} have changed",
    },
    labels={
        "order": "Order",
        "invoice": "Invoice",
        "consolidated-invoice": "Consolidated invoice",
        "issuer": "Issued by",
        "tax-invoice": "Tax invoice",
        "registration": "Registered under",
        "register-by": "Register by",
        "delivery-note": "Delivery note",
        "invoices": "Invoices on it",
        "customer": "Customer",
        "supplier": "Supplier",
        "delivery-date": "Delivery date",
        "proposed-date": "Proposed date",
        "net": "Net",
        "gross": "Total",
        "paid": "Paid so far",
        "open": "Still open",
        "due": "Due",
        "payment": "Payment",
        "paid-on": "Paid on",
        "advance": "Left as an advance",
        "credit-note": "Credit note",
        "deducted": "Taken off what is due",
        "reference": "Reference",
        "planned-on": "Payment planned for",
        "file": "File",
        "agreed-with": "Agreed with",
        "agreed-at": "Agreed at",
        "goods": "Delivery",
        "username": "Username",
        "valid-until": "The link works until",
        "added": "In use from now on",
        "removed": "No longer in use",
        "new-address": "Address asked for",
        "asked-by": "Asked for by",
        "recipient": "Recipient",
        "reason": "Reason",
        "waits-since": "Waits since",
        "decided-by": "Decided by (for)",
        "reconciliation": "Reconciliation statement",
        "period": "Of the time",
        "closing-receivable": "Owed by the customer",
        "closing-payable": "Owed by the supplier",
        "claimed-receivable": "Owed by the customer, by the other books",
        "claimed-payable": "Owed by the supplier, by the other books",
    },
    buttons={
        "order": "Open the order",
        "invoice": "Open the invoice",
        "consolidated-invoice": "Open the consolidated invoice",
        "payment": "Open the payment",
        "tax-invoice": "Open the tax invoice",
        "credit-note": "Open the credit note",
        "reconciliation": "Open the statement",
        "invitation": "Accept the invitation",
        "activation": "Activate the account",
        "password-reset": "Set a new password",
        "email-confirmation": "Confirm the address",
    },
    footnotes={
        "document": "You get this mail because your address is registered for news of {organisation}.",
        "user-invited": "If you do not know {organisation}, ignore this mail; nothing happens then.",
        "activation-requested": "If you do not know {organisation}, ignore it; the account stays closed.",
        "password-reset-requested": "If you have not asked for this, ignore it; nothing has changed.",
        "second-factor-on": "If this was not you, set a new password at once and tell your administrator.",
        "second-factor-off": "If this was not you, set a new password at once and tell your administrator.",
        "password-changed": "If this was not you, set a new password at once and tell your administrator.",
        "email-change-requested": "If you do not know {name}, ignore this mail; the address stays unused.",
        "email-change-requested-warning": (
            "The change needs the consent of the new address. If you do not want it, change your password."
        ),
        "email-changed": "If you did not expect this, tell your administrator.",
    },
)

WORDINGS: dict[Language, Wording] = {Language.ENGLISH: ENGLISH}

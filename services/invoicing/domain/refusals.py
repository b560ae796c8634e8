"""The rules that say no. Each sentence tells what to do instead."""

from services.chassis.errors import Forbidden, Refused


class NotTheInitiator(Forbidden):
    """Somebody else than the initiator of the order wants to decide on its invoice (S-043)."""


class OrderNotBillable(Refused):
    """The order was refused or cancelled: nothing of it is owed."""


class NothingOpen(Refused):
    """All of the order is on invoices already."""


class CurrencyDiffers(Refused):
    """The invoice is in another currency than its order."""


class PortalSwitchedOff(Refused):
    """The customer has switched this supplier's portal off (S-100)."""


class NumberMissing(Refused):
    """An invoice is sent without a number."""


class NumberTaken(Refused):
    """The supplier has used this number for this customer before."""


class IssuedInTheFuture(Refused):
    """The date of the invoice has not come yet anywhere on earth."""


class NotADraft(Refused):
    """The supplier may change drafts only (S-071)."""


class NotPending(Refused):
    """There is nothing to decide: the invoice is not held."""


class WaitsForAnother(Refused):
    """An earlier invoice of the same order is to be decided first (S-072)."""


class NotCancellable(Refused):
    """The invoice is decided already, or was never sent."""


class NotPayable(Refused):
    """Only approved invoices are paid (S-058)."""


class MoreThanOpen(Refused):
    """A payment is larger than what is open."""


class PartDisputed(Refused):
    """A payment is larger than what is open and not disputed."""


class NothingToDispute(Refused):
    """Nothing of the line is open any more, or all of it is disputed already."""


class NotTheirDispute(Forbidden):
    """Somebody else than the initiator, or who registers payments, wants to dispute or settle."""


class DisputeSettled(Refused):
    """The dispute has ended already."""


class PaidInTheFuture(Refused):
    """The day of the payment has not come yet anywhere on earth."""


class NotCreditable(Refused):
    """Only what was approved is credited: what was not is rejected, canceled or reworked instead."""


class CreditedTooMuch(Refused):
    """More is credited of a line than was invoiced."""


class DisputeAnswered(Refused):
    """The dispute was released, or another credit note has answered it."""


class AllocatedTooMuch(Refused):
    """The invoices come to more than there is to pay them with."""


class AnotherPartnership(Refused):
    """A payment to one supplier does not pay another one's invoices."""


class NoMoney(Refused):
    """What a credit note has left as an advance was never paid: there is nothing to take back."""


class ReversedAlready(Refused):
    """The payment was taken back; nothing comes of it any more."""


class PlannedInThePast(Refused):
    """A payment is planned for a day that is over everywhere on earth."""


class BeginsInThePast(Refused):
    """A tolerance is to hold from a day that is over everywhere on earth: decisions of that day are made."""


class AnotherFollows(Refused):
    """A tolerance for the same thing is set for a later day already."""


class EndedAlready(Refused):
    """The tolerance no longer holds."""


class DeputyshipOver(Refused):
    """The deputyship has ended: there is nothing more to end."""


class AlreadyAway(Refused):
    """Somebody stands in for the same person on some of these days already."""


class NothingToAskFor(Refused):
    """Nobody has to decide on the invoice: it is not held."""


class AskedTooOften(Refused):
    """The supplier has asked for the decision not long ago."""


class AskFirst(Refused):
    """The operator is put into copy once whoever must decide was asked and has not answered."""


class EscalatedAlready(Refused):
    """The operator knows of it already."""


class NotSentYet(Refused):
    """The invoice is with its supplier: it was not sent, or was given back."""


class NotTheirOriginals(Forbidden):
    """Somebody else than the initiator and who registers payments notes that the originals have arrived."""


class SeveralOrders(Refused):
    """Orders of several customers have the number."""


class RunInTheFuture(Refused):
    """The day of a consolidation has not come yet where the operator is."""


class NoTaxInvoice(Refused):
    """The document is from before there were tax invoices."""


class RegisteredAlready(Refused):
    """The tax invoice was registered under another number or on another day."""


class RunTooEarly(Refused):
    """There was a consolidation of a later day already."""


class NotTheirStatement(Forbidden):
    """A side does what the other side alone may do with a reconciliation statement."""


class StatementSettled(Refused):
    """A reconciliation statement stands where this cannot be done with it."""


class NotTaxable(Refused):
    """Of this invoice no tax invoice can be issued."""


class HasTaxInvoice(Refused):
    """The invoice has its tax invoice already."""


class DateAskedAlready(Refused):
    """A request for another delivery date waits for its answer."""


class DateAnswered(Refused):
    """The request for another delivery date is answered already."""


class NotTheResolver(Forbidden):
    """Somebody else than the initiator or the operator's accounting wants to grant a delivery date (S-070)."""

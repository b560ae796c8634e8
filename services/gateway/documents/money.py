"""Money on paper: the remittance advice that tells a supplier which invoices were paid, and the credit note."""

from services.contracts.invoicing.charges import AdjustmentKind
from services.contracts.invoicing.credit_notes import CreditAdjustment, CreditNote
from services.contracts.invoicing.payments import PaymentDocument
from services.contracts.money import minor_unit
from services.gateway.documents.content import (
    Column,
    Document,
    Fact,
    Line,
    Sort,
    columns,
    exemptions,
    line_of_text,
    parties,
    taxes,
    texts,
)
from services.gateway.documents.wording import WORDS, status_word


def of_payment(payment: PaymentDocument, language: str) -> Document:
    """A payment with the invoices it paid, and what is left of it as an advance."""
    words = WORDS[language]
    return Document(
        kind="payment",
        language=language,
        title=words["payment"],
        number=line_of_text(payment.reference) or payment.paid_on.isoformat(),
        status=status_word(language, payment.status.value),
        currency=payment.currency,
        places=minor_unit(payment.currency),
        draft=False,
        day=payment.paid_on,
        parties=parties(payment.customer.name, payment.supplier.name, language),
        facts=(
            Fact(words["paid_on"], payment.paid_on, Sort.DAY),
            Fact(words["registered_by"], line_of_text(payment.registered_by.name)),
        ),
        columns=(
            Column(words["line"], Sort.COUNT),
            Column(words["invoice"], Sort.WIDE),
            Column(words["allocated_on"], Sort.DAY),
            Column(words["amount"], Sort.AMOUNT),
        ),
        lines=tuple(
            Line((place, line_of_text(each.invoice_number), each.allocated_on, each.amount))
            for place, each in enumerate(payment.allocations, 1)
        ),
        totals=(
            Fact(words["allocated"], payment.allocated, Sort.AMOUNT),
            Fact(words["advance"], payment.advance, Sort.AMOUNT),
            Fact(words["gross"], payment.amount, Sort.AMOUNT),
        ),
        texts=texts((words["reversal_reason"], payment.reversal_reason)),
    )


def of_credit_note(note: CreditNote, language: str) -> Document:
    """A credit note with its lines and taxes, and what becomes of it."""
    words = WORDS[language]
    places = note.amount_places
    return Document(
        kind="credit-note",
        language=language,
        title=words["credit-note"],
        number=line_of_text(note.number),
        status=words[f"by-{note.basis}"],
        currency=note.currency,
        places=places,
        draft=False,
        day=note.issue_date,
        parties=parties(note.customer.name, note.supplier.name, language),
        facts=(
            Fact(words["date"], note.issue_date, Sort.DAY),
            Fact(words["invoice"], line_of_text(note.invoice_number)),
            Fact(words["order_number"], line_of_text(note.order_number)),
            Fact(words["initiator"], line_of_text(note.initiator.name)),
        ),
        columns=columns(language),
        lines=tuple(
            Line(
                (
                    line.number,
                    line_of_text(line.item_number or ""),
                    line_of_text(line.description),
                    "–" if line.quantity is None else line.quantity,
                    line.unit,
                    line.unit_price,
                    line.tax_rate,
                    line.net,
                )
            )
            for line in note.lines
        ),
        totals=(
            *(_adjustment(each, language) for each in note.adjustments),
            Fact(words["net_total"], note.net, Sort.AMOUNT),
            *taxes(note.taxes, places, language),
            Fact(words["tax"], note.tax, Sort.AMOUNT),
            Fact(words["gross"], note.gross, Sort.AMOUNT),
            Fact(words["deducted"], note.deducted, Sort.AMOUNT),
            Fact(words["advance"], note.advance, Sort.AMOUNT),
        ),
        texts=texts(*exemptions(note.taxes, language), (words["reason"], note.reason)),
    )


def _adjustment(each: CreditAdjustment, language: str) -> Fact:
    words = WORDS[language]
    if each.kind is AdjustmentKind.ALLOWANCE:
        return Fact(words["allowances_share"], -each.amount, Sort.AMOUNT)
    return Fact(
        f"{words['charge']}: {line_of_text(each.reason or each.code or '')}", each.amount, Sort.AMOUNT
    )

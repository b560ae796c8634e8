"""Payments on paper: the remittance advice that tells a supplier which invoices were paid."""

from services.contracts.invoicing.payments import PaymentDocument
from services.contracts.money import minor_unit
from services.gateway.documents.content import (
    Column,
    Document,
    Fact,
    Line,
    Sort,
    line_of_text,
    parties,
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

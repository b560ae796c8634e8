"""What stands on a document: the same for its PDF and its XLSX, with values still typed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, Protocol

from services.chassis.errors import NotFound
from services.contracts.invoicing.charges import Adjustment, AdjustmentKind, TaxCategory
from services.contracts.invoicing.consolidation import ConsolidatedInvoice
from services.contracts.invoicing.views import Invoice
from services.contracts.money import minor_unit
from services.contracts.orders.views import Order
from services.gateway.documents.wording import WORDS, day, number, status_word

Value = str | Decimal | int | date


class Sort(Enum):
    """What a column or a fact holds, and so how it is set."""

    TEXT = "text"
    WIDE = "wide"
    UNIT = "unit"
    COUNT = "count"
    QUANTITY = "quantity"
    PRICE = "price"
    PERCENT = "percent"
    AMOUNT = "amount"
    DAY = "day"


@dataclass(frozen=True)
class Fact:
    """One labelled value: the order's date, its total."""

    label: str
    value: Value
    sort: Sort = Sort.TEXT


@dataclass(frozen=True)
class Column:
    """One column of the table of lines."""

    label: str
    sort: Sort


@dataclass(frozen=True)
class Line:
    """One line: its cells, and what is said below it."""

    cells: tuple[Value, ...]
    remarks: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Document:
    """An order or an invoice as it is to be set. Texts have no characters a page or a sheet cannot hold."""

    kind: str
    language: str
    title: str
    number: str
    status: str
    currency: str
    places: int
    draft: bool
    day: date
    parties: tuple[Fact, ...]
    facts: tuple[Fact, ...]
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    totals: tuple[Fact, ...]
    texts: tuple[Fact, ...]


#: The sums a document is known by: its total, or how an account closes.
_SUMS = ("gross", "closing_receivable", "closing_payable")


def summary(document: Document) -> dict[str, Any]:
    """What tells a document from others: who stands on it, its number, day, sum and status, as they are read."""
    words, language = WORDS[document.language], document.language
    sums = {words[name] for name in _SUMS}
    return {
        "title": document.title,
        "number": document.number,
        "date": day(language, document.day),
        "status": document.status,
        "facts": [
            *([fact.label, str(fact.value)] for fact in document.parties),
            *(
                [fact.label, f"{number(language, fact.value, document.places)} {document.currency}"]
                for fact in document.totals
                if fact.label in sums and isinstance(fact.value, Decimal)
            ),
        ],
    }


# What XML cannot hold or a reader cannot see: controls, halves of surrogate pairs, non-characters, and the
# characters that turn the direction of reading, with which a name could change how the sum beside it reads.
_UNSHOWABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)


def shown(text: str) -> str:
    """`text` with a visible mark for each character that cannot be shown."""
    return _UNSHOWABLE.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


def line_of_text(text: str) -> str:
    """`text` as it stands in one line."""
    return shown(text).replace("\n", " ").replace("\t", " ")


def of_order(order: Order, language: str) -> Document:
    """A purchase order (S-022)."""
    words = WORDS[language]
    facts = [
        Fact(words["order_date"], order.order_date, Sort.DAY),
        *_optional(words["delivery_date"], order.delivery_date, Sort.DAY),
        Fact(words["initiator"], line_of_text(order.initiator.name)),
        Fact(words["payment_days"], order.payment_days, Sort.COUNT),
    ]
    if order.revision:
        facts.append(Fact(words["revision"], order.revision, Sort.COUNT))
    return Document(
        kind="order",
        language=language,
        title=words["order"],
        number=line_of_text(order.number),
        status=status_word(language, order.status.value),
        currency=order.currency,
        places=order.amount_places,
        draft=order.status.value == "draft",
        day=order.order_date,
        parties=parties(order.customer.name, order.supplier.name, language),
        facts=tuple(facts),
        columns=columns(language),
        lines=tuple(
            Line(
                (
                    line.number,
                    line_of_text(line.item_number),
                    line_of_text(line.description),
                    line.quantity,
                    line.unit,
                    line.unit_price,
                    line.tax_rate,
                    line.net,
                ),
                _optional(words["delivery_date"], line.delivery_date, Sort.DAY),
            )
            for line in order.lines
        ),
        totals=(
            Fact(words["net_total"], order.net, Sort.AMOUNT),
            Fact(words["tax"], order.tax, Sort.AMOUNT),
            Fact(words["gross"], order.gross, Sort.AMOUNT),
        ),
        texts=texts(
            (words["delivery_address"], order.delivery_address),
            (words["note"], order.note),
            (words["closing_reason"], order.closing_reason or ""),
        ),
    )


def of_invoice(invoice: Invoice, language: str) -> Document:
    """A supplier's invoice, with its taxes by rate (EN 16931 BG-23) and what is left to pay."""
    words, places = WORDS[language], invoice.amount_places
    settled = (
        (
            *((Fact(words["credited"], invoice.credited, Sort.AMOUNT),) if invoice.credited else ()),
            Fact(words["paid"], invoice.paid, Sort.AMOUNT),
            Fact(words["open"], invoice.open, Sort.AMOUNT),
        )
        if invoice.paid or invoice.credited
        else ()
    )
    return Document(
        kind="invoice",
        language=language,
        title=words["invoice"],
        number=line_of_text(invoice.number or ""),
        status=status_word(language, invoice.status.value),
        currency=invoice.currency,
        places=invoice.amount_places,
        draft=invoice.status.value == "draft",
        day=invoice.issue_date,
        parties=parties(invoice.customer.name, invoice.supplier.name, language),
        facts=(
            Fact(words["issue_date"], invoice.issue_date, Sort.DAY),
            Fact(words["due_date"], invoice.due_date, Sort.DAY),
            Fact(words["order_number"], line_of_text(invoice.order_number)),
            Fact(words["initiator"], line_of_text(invoice.initiator.name)),
            *_exchange(invoice, language),
        ),
        columns=columns(language),
        lines=tuple(
            Line(
                (
                    line.number,
                    line_of_text(line.item_number or ""),
                    line_of_text(line.description),
                    line.quantity,
                    line.unit,
                    line.unit_price,
                    line.tax_rate,
                    line.net,
                ),
                (
                    *(_adjustment(each, places, language) for each in line.adjustments),
                    *_category(line.tax_category, language),
                ),
            )
            for line in invoice.lines
        ),
        totals=(
            *_lines_net(invoice, language),
            *(_adjustment(each, places, language) for each in invoice.adjustments),
            Fact(words["net_total"], invoice.net, Sort.AMOUNT),
            *taxes(invoice.taxes, places, language),
            Fact(words["tax"], invoice.tax, Sort.AMOUNT),
            Fact(words["gross"], invoice.gross, Sort.AMOUNT),
            *settled,
        ),
        texts=texts(*exemptions(invoice.taxes, language), (words["note"], invoice.note)),
    )


class TaxLine(Protocol):
    """The tax of one category and rate, on whatever document."""

    @property
    def category(self) -> TaxCategory:
        """The category."""

    @property
    def rate(self) -> Decimal:
        """In percent."""

    @property
    def base(self) -> Decimal:
        """What is taxed."""

    @property
    def amount(self) -> Decimal:
        """The tax."""

    @property
    def exemption_reason(self) -> str | None:
        """Why none is due."""


def taxes(told: Iterable[TaxLine], places: int, language: str) -> tuple[Fact, ...]:
    """The tax by category and rate; the category is named where the rate does not tell it."""
    words = WORDS[language]
    return tuple(
        Fact(
            words["tax_at" if tax.category in _PLAIN else "tax_of"].format(
                rate=number(language, tax.rate),
                base=number(language, tax.base, places),
                category=words[f"tax-{tax.category.value}"],
            ),
            tax.amount,
            Sort.AMOUNT,
        )
        for tax in told
    )


def exemptions(told: Iterable[TaxLine], language: str) -> Iterable[tuple[str, str]]:
    """Why no tax is due (EN 16931 BT-120, BT-121), as texts below a document."""
    words = WORDS[language]
    for tax in told:
        code = getattr(tax, "exemption_code", None)
        why = " · ".join(each for each in (tax.exemption_reason, code) if each)
        yield words["exemption"].format(category=words[f"tax-{tax.category.value}"]), why


_PLAIN = frozenset({TaxCategory.STANDARD, TaxCategory.ZERO})


def _category(category: TaxCategory, language: str) -> tuple[Fact, ...]:
    words = WORDS[language]
    return () if category in _PLAIN else (Fact(words["tax"], words[f"tax-{category.value}"]),)


def _exchange(invoice: Invoice, language: str) -> tuple[Fact, ...]:
    """The rate it is compared with its order at, and its tax in that currency (EN 16931 BT-111)."""
    words, exchange = WORDS[language], invoice.exchange
    if exchange is None:
        return ()
    told = words["exchange_told"].format(
        currency=invoice.currency,
        rate=number(language, exchange.rate),
        order=exchange.currency,
        source=line_of_text(exchange.source),
        day=day(language, exchange.day),
    )
    tax = number(language, exchange.tax, minor_unit(exchange.currency))
    return (
        Fact(words["exchange"], told),
        Fact(words["tax_in"].format(currency=exchange.currency), tax),
    )


def _lines_net(invoice: Invoice, language: str) -> tuple[Fact, ...]:
    if not invoice.adjustments or invoice.lines_net is None:
        return ()
    return (Fact(WORDS[language]["lines_net"], invoice.lines_net, Sort.AMOUNT),)


def _adjustment(each: Adjustment, places: int, language: str) -> Fact:
    """A charge or an allowance with its reason; what is taken off is below 0."""
    words = WORDS[language]
    said = [line_of_text(each.reason or each.code or "")]
    if each.percent is not None and each.base is not None:
        base = number(language, each.base, places)
        said.append(words["percent_of"].format(percent=number(language, each.percent), base=base))
    sign = 1 if each.kind is AdjustmentKind.CHARGE else -1
    return Fact(f"{words[each.kind.value]}: {', '.join(said)}", sign * each.amount, Sort.AMOUNT)


def of_consolidated(document: ConsolidatedInvoice, language: str) -> Document:
    """The operator's consolidated invoice: the invoices behind it, and their taxes by rate (S-083)."""
    words, summary = WORDS[language], document.summary
    places = summary.amount_places
    return Document(
        kind="consolidated-invoice",
        language=language,
        title=words["consolidated-invoice"],
        number=line_of_text(summary.number),
        status=status_word(language, summary.status.value),
        currency=summary.currency,
        places=places,
        draft=False,
        day=summary.day,
        parties=(
            Fact(words["customer"], line_of_text(summary.customer.name)),
            Fact(words["issuer"], line_of_text(summary.operator.name)),
        ),
        facts=(
            Fact(words["issue_date"], summary.day, Sort.DAY),
            Fact(words["due_date"], summary.due_date, Sort.DAY),
            Fact(words["invoices"], summary.invoices, Sort.COUNT),
        ),
        columns=(
            Column(words["line"], Sort.COUNT),
            Column(words["invoice"], Sort.TEXT),
            Column(words["supplier"], Sort.WIDE),
            Column(words["issue_date"], Sort.DAY),
            Column(words["order_number"], Sort.TEXT),
            Column(words["net"], Sort.AMOUNT),
            Column(words["tax"], Sort.AMOUNT),
            Column(words["gross"], Sort.AMOUNT),
        ),
        lines=tuple(
            Line(
                (
                    line.number,
                    line_of_text(line.invoice_number),
                    line_of_text(line.supplier.name),
                    line.issue_date,
                    line_of_text(line.order_number),
                    line.net,
                    line.tax,
                    line.gross,
                )
            )
            for line in document.lines
        ),
        totals=(
            Fact(words["net_total"], summary.net, Sort.AMOUNT),
            *taxes(document.taxes, places, language),
            Fact(words["tax"], summary.tax, Sort.AMOUNT),
            Fact(words["gross"], summary.gross, Sort.AMOUNT),
            *(
                (
                    Fact(words["paid"], summary.paid, Sort.AMOUNT),
                    Fact(words["open"], summary.open, Sort.AMOUNT),
                )
                if summary.paid
                else ()
            ),
        ),
        texts=texts(*exemptions(document.taxes, language)),
    )


def of_tax_invoice(document: ConsolidatedInvoice, language: str) -> Document:
    """The operator's tax invoice of a consolidated invoice: its sums by tax rate (S-086)."""
    words, summary = WORDS[language], document.summary
    tax = summary.tax_invoice
    if tax is None:
        raise NotFound(f"{summary.number} has no tax invoice.")
    registered = tax.registration is not None
    what = words["goods_by_invoice"].format(number=line_of_text(summary.number))
    return Document(
        kind="tax-invoice",
        language=language,
        title=words["tax-invoice"],
        number=line_of_text(tax.number),
        status=status_word(language, "registered" if registered else "issued"),
        currency=summary.currency,
        places=summary.amount_places,
        draft=False,
        day=tax.day,
        parties=(
            Fact(words["customer"], line_of_text(summary.customer.name)),
            Fact(words["issuer"], line_of_text(summary.operator.name)),
        ),
        facts=(
            Fact(words["date"], tax.day, Sort.DAY),
            Fact(words["consolidated-invoice"], line_of_text(summary.number)),
            *_optional(words["registration"], tax.registration and line_of_text(tax.registration), Sort.TEXT),
            *_optional(words["registered_on"], tax.registered_on, Sort.DAY),
        ),
        columns=(
            Column(words["line"], Sort.COUNT),
            Column(words["description"], Sort.WIDE),
            Column(words["tax_rate"], Sort.PERCENT),
            Column(words["net"], Sort.AMOUNT),
            Column(words["tax"], Sort.AMOUNT),
        ),
        lines=tuple(
            Line(
                (
                    at,
                    what,
                    one.rate,
                    one.base,
                    one.amount,
                )
            )
            for at, one in enumerate(document.taxes, 1)
        ),
        totals=(
            Fact(words["net_total"], summary.net, Sort.AMOUNT),
            Fact(words["tax"], summary.tax, Sort.AMOUNT),
            Fact(words["gross"], summary.gross, Sort.AMOUNT),
        ),
        texts=texts(*exemptions(document.taxes, language)),
    )


def parties(customer: str, supplier: str, language: str) -> tuple[Fact, ...]:
    """Who stands on a document."""
    words = WORDS[language]
    return (
        Fact(words["customer"], line_of_text(customer)),
        Fact(words["supplier"], line_of_text(supplier)),
    )


def columns(language: str) -> tuple[Column, ...]:
    """The columns of goods that are bought, billed or credited."""
    words = WORDS[language]
    return (
        Column(words["line"], Sort.COUNT),
        Column(words["item_number"], Sort.TEXT),
        Column(words["description"], Sort.WIDE),
        Column(words["quantity"], Sort.QUANTITY),
        Column(words["unit"], Sort.UNIT),
        Column(words["unit_price"], Sort.PRICE),
        Column(words["tax_rate"], Sort.PERCENT),
        Column(words["net"], Sort.AMOUNT),
    )


def _optional(label: str, value: Value | None, sort: Sort) -> tuple[Fact, ...]:
    return () if value is None else (Fact(label, value, sort),)


def texts(*pairs: tuple[str, str]) -> tuple[Fact, ...]:
    """What is said below it; what is empty is left out."""
    return tuple(_said(pairs))


def _said(pairs: Iterable[tuple[str, str]]) -> Iterable[Fact]:
    for label, text in pairs:
        if text.strip():
            yield Fact(label, shown(text).strip())

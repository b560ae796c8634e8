"""The words on documents, and how each language writes numbers and dates."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from babel.dates import format_date
from babel.numbers import format_decimal

ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "order": "Purchase order",
        "invoice": "Invoice",
        "consolidated-invoice": "Consolidated invoice",
        "consolidated-invoices": "Consolidated invoices",
        "issuer": "Issued by",
        "tax-invoices": "Tax invoices",
        "register_by": "Register by",
        "tax-invoice": "Tax invoice",
        "date": "Date",
        "registration": "Registered under",
        "registered_on": "Registered on",
        "registered": "registered",
        "goods_by_invoice": "Goods and services by {number}",
        "issued": "issued",
        "orders": "Purchase orders",
        "invoices": "Invoices",
        "billable-lines": "Open order lines",
        "invoice_number": "Invoice number",
        "order_line": "Order line",
        "customer": "Customer",
        "supplier": "Supplier",
        "number": "Number",
        "status": "Status",
        "revision": "Revision",
        "order_date": "Order date",
        "delivery_date": "Delivery date",
        "initiator": "Ordered by",
        "payment_days": "Days to pay",
        "currency": "Currency",
        "delivery_address": "Delivery address",
        "note": "Note",
        "closing_reason": "Reason",
        "issue_date": "Invoice date",
        "due_date": "Due date",
        "order_number": "Purchase order",
        "line": "No.",
        "item_number": "Item",
        "description": "Description",
        "quantity": "Quantity",
        "unit": "Unit",
        "unit_price": "Unit price",
        "tax_rate": "Tax %",
        "net": "Net amount",
        "net_total": "Net amount",
        "tax": "Tax",
        "tax_at": "Tax {rate} % of {base}",
        "tax_of": "Tax {rate} % of {base} ({category})",
        "tax-S": "S, standard rate",
        "tax-Z": "Z, zero rated",
        "tax-E": "E, exempt",
        "tax-AE": "AE, reverse charge",
        "tax-K": "K, intra-community supply",
        "tax-G": "G, export",
        "tax-O": "O, not subject to tax",
        "exemption": "No tax is due ({category})",
        "lines_net": "Sum of the lines",
        "exchange": "Exchange rate",
        "exchange_told": "1 {currency} = {rate} {order}, {source}, {day}",
        "tax_in": "Tax in {currency}",
        "charge": "Charge",
        "allowance": "Allowance",
        "percent_of": "{percent} % of {base}",
        "allowances_share": "Share of the allowances",
        "gross": "Total",
        "paid": "Paid",
        "open": "Still to be paid",
        "line_count": "Lines",
        "credit-note": "Credit note",
        "credit-notes": "Credit notes",
        "reason": "Reason",
        "basis": "Credited",
        "by-quantity": "by quantity",
        "by-value": "by value",
        "credited": "Credited",
        "deducted": "Taken off what was due",
        "payment": "Payment",
        "statement": "Statement of account",
        "balances": "Balances",
        "balances-by-order": "Balances by orders",
        "ageing": "Outstanding by age",
        "comparison": "Comparison of ledgers",
        "result": "Result",
        "ours": "Our amount",
        "theirs": "Amount of the table",
        "row": "Row",
        "their_date": "Date in the table",
        "their_document": "Document in the table",
        "difference": "Difference",
        "score": "Sure, %",
        "text": "Text",
        "matched": "the same",
        "differing": "another amount",
        "ours-only": "only here",
        "theirs-only": "only in the table",
        "check": "Is this document genuine?",
        "check_text": "Scan the code or open the address: there you see whether it is ours, and still true.",
        "reconciliation": "Reconciliation statement",
        "reconciliations": "Reconciliation statements",
        "made_by": "Made by",
        "objection": "Objection",
        "remark": "Remark",
        "claimed_receivable": "Owed by the customer, by the other side's books",
        "claimed_payable": "Owed by the supplier, by the other side's books",
        "objection-amount": "another amount",
        "objection-unknown": "not known to the other side",
        "objection-period": "belongs to another time",
        "objection-missing": "missing here",
        "objection-other": "other",
        "sent": "sent",
        "contested": "contested",
        "withdrawn": "withdrawn",
        "from_day": "From",
        "to_day": "To",
        "document": "Document",
        "receivable": "Owed by the customer",
        "payable": "Owed by the supplier",
        "opening_receivable": "Owed by the customer before",
        "opening_payable": "Owed by the supplier before",
        "closing_receivable": "Owed by the customer after",
        "closing_payable": "Owed by the supplier after",
        "charged": "Invoiced",
        "partner": "Partner",
        "owner": "Accounts of",
        "due": "Due",
        "overdue": "Overdue",
        "advances": "Advances",
        "invoiced": "Invoiced",
        "no_order": "Advances, of no order",
        "age-current": "Not overdue",
        "age-1-30": "1–30 days",
        "age-31-60": "31–60 days",
        "age-61-90": "61–90 days",
        "age-over-90": "Over 90 days",
        "moved-invoice": "Invoice",
        "moved-payment": "Payment",
        "moved-allocation": "Advance used",
        "moved-reversal": "Payment taken back",
        "moved-credit-note": "Credit note",
        "payments": "Payments",
        "paid_on": "Paid on",
        "reference": "Reference",
        "registered_by": "Registered by",
        "allocated_on": "Paid on",
        "amount": "Amount",
        "allocated": "Paid on invoices",
        "advance": "Advance",
        "reversal_reason": "Taken back because",
        "allocated-status": "paid on invoices",
        "advance-status": "advance left",
        "reversed": "taken back",
        "count": "Documents",
        "totals": "Totals",
        "page": "Page {page} of {pages}",
        "draft": "draft",
        "submitted": "submitted",
        "confirmed": "confirmed",
        "refused": "refused",
        "in-progress": "in progress",
        "closed": "closed",
        "cancelled": "cancelled",
        "matching": "matching",
        "pending": "pending",
        "approved": "approved",
        "partly-paid": "partly paid",
        "paid-status": "paid",
        "rejected": "rejected",
        "canceled": "canceled",
    }
)

UKRAINIAN: Mapping[str, str] = MappingProxyType(
    {
        "order": "Замовлення на закупівлю",
        "invoice": "Рахунок-фактура",
        "consolidated-invoice": "Зведений рахунок",
        "consolidated-invoices": "Зведені рахунки",
        "issuer": "Виставив",
        "tax-invoices": "Податкові накладні",
        "register_by": "Зареєструвати до",
        "tax-invoice": "Податкова накладна",
        "date": "Дата",
        "registration": "Реєстраційний номер",
        "registered_on": "Дата реєстрації",
        "registered": "зареєстровано",
        "goods_by_invoice": "Товари й послуги за {number}",
        "issued": "виставлено",
        "orders": "Замовлення",
        "invoices": "Рахунки",
        "billable-lines": "Відкриті рядки замовлень",
        "invoice_number": "Номер рахунку",
        "order_line": "Рядок замовлення",
        "customer": "Замовник",
        "supplier": "Постачальник",
        "number": "Номер",
        "status": "Стан",
        "revision": "Редакція",
        "order_date": "Дата замовлення",
        "delivery_date": "Дата постачання",
        "initiator": "Замовив(-ла)",
        "payment_days": "Днів на оплату",
        "currency": "Валюта",
        "delivery_address": "Адреса доставки",
        "note": "Примітка",
        "closing_reason": "Причина",
        "issue_date": "Дата рахунку",
        "due_date": "Сплатити до",
        "order_number": "Замовлення",
        "line": "№",
        "item_number": "Артикул",
        "description": "Найменування",
        "quantity": "Кількість",
        "unit": "Од.",
        "unit_price": "Ціна",
        "tax_rate": "Под. %",
        "net": "Сума",
        "net_total": "Сума без податку",
        "tax": "Податок",
        "tax_at": "Податок {rate} % від {base}",
        "tax_of": "Податок {rate} % від {base} ({category})",
        "tax-S": "S, звичайна ставка",
        "tax-Z": "Z, нульова ставка",
        "tax-E": "E, звільнено від податку",
        "tax-AE": "AE, податок сплачує покупець",
        "tax-K": "K, постачання всередині ЄС",
        "tax-G": "G, експорт",
        "tax-O": "O, не є об’єктом оподаткування",
        "exemption": "Податку немає ({category})",
        "lines_net": "Сума рядків",
        "exchange": "Курс валюти",
        "exchange_told": "1 {currency} = {rate} {order}, {source}, {day}",
        "tax_in": "Податок, {currency}",
        "charge": "Доплата",
        "allowance": "Знижка",
        "percent_of": "{percent} % від {base}",
        "allowances_share": "Частка знижок",
        "gross": "Разом",
        "paid": "Сплачено",
        "open": "Залишилося сплатити",
        "line_count": "Рядків",
        "credit-note": "Кредит-нота",
        "credit-notes": "Кредит-ноти",
        "reason": "Причина",
        "basis": "Зараховано",
        "by-quantity": "за кількістю",
        "by-value": "за вартістю",
        "credited": "Зараховано кредит-нотами",
        "deducted": "Зменшено борг",
        "payment": "Платіж",
        "statement": "Виписка з рахунку",
        "balances": "Сальдо",
        "balances-by-order": "Сальдо за замовленнями",
        "ageing": "Заборгованість за строками",
        "comparison": "Порівняння обліку",
        "result": "Результат",
        "ours": "Наша сума",
        "theirs": "Сума в таблиці",
        "row": "Рядок",
        "their_date": "Дата в таблиці",
        "their_document": "Документ у таблиці",
        "difference": "Різниця",
        "score": "Певність, %",
        "text": "Текст",
        "matched": "те саме",
        "differing": "інша сума",
        "ours-only": "лише тут",
        "theirs-only": "лише в таблиці",
        "check": "Чи справжній цей документ?",
        "check_text": "Скануйте код або відкрийте адресу: там видно, чи він наш і чи досі чинний.",
        "reconciliation": "Акт звіряння",
        "reconciliations": "Акти звіряння",
        "made_by": "Склав(-ла)",
        "objection": "Розбіжність",
        "remark": "Зауваження",
        "claimed_receivable": "Борг замовника за обліком іншої сторони",
        "claimed_payable": "Борг постачальника за обліком іншої сторони",
        "objection-amount": "інша сума",
        "objection-unknown": "невідомо іншій стороні",
        "objection-period": "належить до іншого періоду",
        "objection-missing": "тут відсутнє",
        "objection-other": "інше",
        "sent": "надіслано",
        "contested": "заперечено",
        "withdrawn": "відкликано",
        "from_day": "З",
        "to_day": "По",
        "document": "Документ",
        "receivable": "Борг замовника",
        "payable": "Борг постачальника",
        "opening_receivable": "Борг замовника на початок",
        "opening_payable": "Борг постачальника на початок",
        "closing_receivable": "Борг замовника на кінець",
        "closing_payable": "Борг постачальника на кінець",
        "charged": "Виставлено",
        "partner": "Партнер",
        "owner": "Чиї рахунки",
        "due": "До сплати",
        "overdue": "Прострочено",
        "advances": "Аванси",
        "invoiced": "Виставлено",
        "no_order": "Аванси, без замовлення",
        "age-current": "Не прострочено",
        "age-1-30": "1–30 днів",
        "age-31-60": "31–60 днів",
        "age-61-90": "61–90 днів",
        "age-over-90": "Понад 90 днів",
        "moved-invoice": "Рахунок",
        "moved-payment": "Платіж",
        "moved-allocation": "Використано аванс",
        "moved-reversal": "Платіж сторновано",
        "moved-credit-note": "Кредит-нота",
        "payments": "Платежі",
        "paid_on": "Сплачено",
        "reference": "Призначення",
        "registered_by": "Зареєстрував(-ла)",
        "allocated_on": "Сплачено",
        "amount": "Сума",
        "allocated": "Сплачено за рахунками",
        "advance": "Аванс",
        "reversal_reason": "Причина сторнування",
        "allocated-status": "сплачено за рахунками",
        "advance-status": "є аванс",
        "reversed": "сторновано",
        "count": "Документів",
        "totals": "Підсумки",
        "page": "Сторінка {page} з {pages}",
        "draft": "чернетка",
        "submitted": "надіслано",
        "confirmed": "підтверджено",
        "refused": "відхилено",
        "in-progress": "виконується",
        "closed": "закрито",
        "cancelled": "скасовано",
        "matching": "звіряється",
        "pending": "очікує рішення",
        "approved": "погоджено",
        "partly-paid": "сплачено частково",
        "paid-status": "сплачено",
        "rejected": "відхилено",
        "canceled": "скасовано",
    }
)

WORDS: Mapping[str, Mapping[str, str]] = MappingProxyType({"en": ENGLISH, "uk": UKRAINIAN})
LANGUAGES = tuple(WORDS)

#: The commonest codes of UN/ECE Recommendation 20, as people write them. Others are shown as they are.
UNITS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "C62": "pcs", "H87": "pcs", "EA": "each", "KGM": "kg", "GRM": "g", "TNE": "t", "LTR": "l",
            "MTR": "m", "CMT": "cm", "MMT": "mm", "MTK": "m²", "MTQ": "m³", "HUR": "h", "DAY": "days",
            "MON": "months",
            "SET": "sets", "PR": "pairs", "KWH": "kWh", "NPR": "pairs", "BX": "boxes", "DZN": "dozen",
        },
        "uk": {
            "C62": "шт.", "H87": "шт.", "EA": "шт.", "KGM": "кг", "GRM": "г", "TNE": "т", "LTR": "л",
            "MTR": "м", "CMT": "см", "MMT": "мм", "MTK": "м²", "MTQ": "м³", "HUR": "год", "DAY": "дн.",
            "MON": "міс.",
            "SET": "компл.", "PR": "пар", "KWH": "кВт·год", "NPR": "пар", "BX": "кор.", "DZN": "дюж.",
        },
    }
)  # fmt: skip


def language_of(accept_language: str) -> str:
    """The language to write in, by a browser's `Accept-Language` (RFC 9110), or English."""
    best, weight = "en", 0.0
    for choice in accept_language[:1000].split(","):
        tag, _, parameters = choice.partition(";")
        name = tag.strip().lower().split("-", 1)[0]
        wanted = _weight(parameters)
        if name in WORDS and wanted > weight:
            best, weight = name, wanted
    return best


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(value) if name.strip().lower() == "q" else 1.0
    except ValueError:
        return 0.0


def status_word(language: str, status: str) -> str:
    """A status as people read it. Some are also the names of amounts, hence entries of their own."""
    words = WORDS[language]
    return words.get(f"{status}-status") or words[status]


def unit_word(language: str, code: str) -> str:
    """A unit of measure as people read it."""
    return UNITS[language].get(code, code)


def digits_after_point(value: Decimal) -> int:
    """How many digits after the point say something: 2.50 → 1."""
    exponent = value.normalize().as_tuple().exponent
    assert isinstance(exponent, int)
    return max(0, -exponent)


def number(language: str, value: Decimal, places: int = 0) -> str:
    """`value` in full, never rounded, with thousands separated and at least `places` digits after the point.

    A real minus sign stands before a negative one, as the typesetting of numbers asks.
    """
    shown = max(places, digits_after_point(value))
    pattern = "#,##0." + "0" * shown if shown else "#,##0"
    text = format_decimal(value, format=pattern, locale=language, decimal_quantization=False)
    return text.replace("-", "−")


def day(language: str, value: date) -> str:
    """A day with the name of its month, so that nobody takes it for another one."""
    return format_date(value, format="d MMM y", locale=language)

"""Accounts on paper: balances, balances by orders, the statement of a time, ageing."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from services.contracts.invoicing.comparing import LedgerComparison, LedgerPair, LedgerRow, OurEntry
from services.contracts.invoicing.reconciliations import (
    Objection,
    ObjectionReason,
    Reconciliation,
    ReconciliationStatement,
    ReconciliationStatus,
)
from services.contracts.invoicing.reports import (
    AccountMovement,
    AccountStatement,
    Ageing,
    Balances,
    BalancesByOrder,
    BalanceTotal,
)
from services.contracts.money import minor_unit
from services.contracts.parties import Party
from services.gateway.documents.content import (
    Column,
    Document,
    Fact,
    Line,
    Sort,
    Value,
    line_of_text,
    parties,
    texts,
)
from services.gateway.documents.wording import WORDS, number, status_word
from services.gateway.documents.wording import day as day_of


def of_statement(statement: AccountStatement, language: str) -> Document:
    """The statement of an account: opening, movements, closing; what each side owes stands apart."""
    words = WORDS[language]
    opening, closing = statement.opening, statement.closing
    return _report(
        "statement",
        language,
        day=statement.date_to,
        currency=statement.currency,
        of=parties(statement.customer.name, statement.supplier.name, language),
        facts=(
            Fact(words["from_day"], statement.date_from, Sort.DAY),
            Fact(words["to_day"], statement.date_to, Sort.DAY),
        ),
        columns=(
            Column(words["date"], Sort.DAY),
            Column(words["document"], Sort.WIDE),
            Column(words["invoice"], Sort.TEXT),
            Column(words["receivable"], Sort.AMOUNT),
            Column(words["payable"], Sort.AMOUNT),
        ),
        lines=[_moved(each, language) for each in statement.movements],
        totals=(
            Fact(words["opening_receivable"], opening.receivable, Sort.AMOUNT),
            Fact(words["opening_payable"], opening.payable, Sort.AMOUNT),
            Fact(words["charged"], statement.charged, Sort.AMOUNT),
            Fact(words["credited"], statement.credited, Sort.AMOUNT),
            Fact(words["paid"], statement.paid, Sort.AMOUNT),
            Fact(words["closing_receivable"], closing.receivable, Sort.AMOUNT),
            Fact(words["closing_payable"], closing.payable, Sort.AMOUNT),
        ),
    )


def of_reconciliation(statement: ReconciliationStatement, language: str) -> Document:
    """A reconciliation statement as it was sent, with what the other side says of its lines."""
    words, head = WORDS[language], statement.reconciliation
    said: dict[int | None, list[Objection]] = {}
    contested = head.status is ReconciliationStatus.CONTESTED
    for objection in head.objections if contested else ():
        said.setdefault(objection.line, []).append(objection)
    # An objection to a line stands below it; what is missing, and what was answered, below all of them.
    apart = said.get(None, []) if contested else head.objections
    places = minor_unit(head.currency)
    return Document(
        kind="reconciliation",
        language=language,
        title=words["reconciliation"],
        number=line_of_text(head.number or ""),
        status=status_word(language, head.status.value),
        currency=head.currency,
        places=places,
        draft=head.status is ReconciliationStatus.DRAFT,
        day=head.date_to,
        parties=parties(head.customer.name, head.supplier.name, language),
        facts=(
            Fact(words["from_day"], head.date_from, Sort.DAY),
            Fact(words["to_day"], head.date_to, Sort.DAY),
            Fact(words["made_by"], line_of_text(head.author.name)),
            *((Fact(words["revision"], head.revision, Sort.COUNT),) if head.revision > 1 else ()),
        ),
        columns=(
            Column(words["line"], Sort.COUNT),
            Column(words["date"], Sort.DAY),
            Column(words["document"], Sort.WIDE),
            Column(words["invoice"], Sort.TEXT),
            Column(words["receivable"], Sort.AMOUNT),
            Column(words["payable"], Sort.AMOUNT),
        ),
        lines=tuple(
            Line(
                (line.number, *_moved(line.movement, language).cells),
                tuple(_objection(each, language, places) for each in said.get(line.number, ())),
            )
            for line in statement.lines
        ),
        totals=(
            Fact(words["opening_receivable"], head.opening.receivable, Sort.AMOUNT),
            Fact(words["opening_payable"], head.opening.payable, Sort.AMOUNT),
            Fact(words["charged"], head.charged, Sort.AMOUNT),
            Fact(words["credited"], head.credited, Sort.AMOUNT),
            Fact(words["paid"], head.paid, Sort.AMOUNT),
            Fact(words["closing_receivable"], head.closing.receivable, Sort.AMOUNT),
            Fact(words["closing_payable"], head.closing.payable, Sort.AMOUNT),
            *_claimed(head, language),
        ),
        texts=texts(
            (words["note"], head.note),
            *((words["objection"], _told(each, language, places)) for each in apart),
            (words["remark"], head.remark),
        ),
    )


def _claimed(head: Reconciliation, language: str) -> tuple[Fact, ...]:
    if head.claimed is None:
        return ()
    words = WORDS[language]
    return (
        Fact(words["claimed_receivable"], head.claimed.receivable, Sort.AMOUNT),
        Fact(words["claimed_payable"], head.claimed.payable, Sort.AMOUNT),
    )


def _objection(objection: Objection, language: str, places: int) -> Fact:
    return Fact(WORDS[language]["contested"], line_of_text(_reasons(objection, language, places)))


def _reasons(objection: Objection, language: str, places: int) -> str:
    words = WORDS[language]
    said = [words[f"objection-{objection.reason}"]]
    if objection.own is not None and objection.reason in (ObjectionReason.AMOUNT, ObjectionReason.MISSING):
        said.append(number(language, objection.own, places))
    return " · ".join(filter(None, (*said, objection.note)))


def _told(objection: Objection, language: str, places: int) -> str:
    """An objection that stands by itself: which document, what is said of it, what was answered."""
    subject = f"{day_of(language, objection.day)}, {objection.document}: "
    return "\n".join(filter(None, (subject + _reasons(objection, language, places), objection.answer)))


def of_comparison(comparison: LedgerComparison, language: str) -> Document:
    """A ledger of another program beside ours: the pairs, what differs, what stands on one side only."""
    words = WORDS[language]
    pairs = (("matched", comparison.matched), ("differing", comparison.differing))
    turned = comparison.turned
    return _report(
        "comparison",
        language,
        day=comparison.date_to,
        currency=comparison.currency,
        of=parties(comparison.customer.name, comparison.supplier.name, language),
        facts=(
            Fact(words["from_day"], comparison.date_from, Sort.DAY),
            Fact(words["to_day"], comparison.date_to, Sort.DAY),
        ),
        columns=(
            Column(words["result"], Sort.TEXT),
            Column(words["date"], Sort.DAY),
            Column(words["document"], Sort.TEXT),
            Column(words["ours"], Sort.AMOUNT),
            Column(words["row"], Sort.COUNT),
            Column(words["their_date"], Sort.DAY),
            Column(words["their_document"], Sort.TEXT),
            Column(words["theirs"], Sort.AMOUNT),
            Column(words["difference"], Sort.AMOUNT),
            Column(words["score"], Sort.COUNT),
            Column(words["text"], Sort.WIDE),
        ),
        lines=[
            *(
                _compared(words, kind, pair.ours, pair.theirs, pair, turned)
                for kind, of in pairs
                for pair in of
            ),
            *(_compared(words, "ours-only", entry, None, None, turned) for entry in comparison.ours_only),
            *(_compared(words, "theirs-only", None, row, None, turned) for row in comparison.theirs_only),
        ],
        totals=(
            Fact(words["ours"], comparison.ours_total, Sort.AMOUNT),
            Fact(words["theirs"], comparison.theirs_total, Sort.AMOUNT),
        ),
        below=texts(*((f"{words['row']} {fault.row}", fault.detail) for fault in comparison.faults[:1000])),
    )


def _compared(
    words: Mapping[str, str],
    result: str,
    ours: OurEntry | None,
    theirs: LedgerRow | None,
    pair: LedgerPair | None,
    turned: bool,
) -> Line:
    nothing: tuple[Value, ...] = ("", "", "")
    own: tuple[Value, ...] = nothing
    if ours is not None:
        named = f"{words[f'moved-{ours.kind}']} {ours.number}".strip()
        own = (ours.day, line_of_text(named), ours.amount)
    other: tuple[Value, ...] = ("", *nothing)
    if theirs is not None:
        amount = -theirs.amount if turned else theirs.amount
        other = (theirs.row, theirs.day, line_of_text(theirs.number), amount)
    sure: tuple[Value, ...] = ("", "") if pair is None else (pair.difference, pair.score)
    return Line((words[result], *own, *other, *sure, line_of_text(theirs.text if theirs else "")))


def of_balances(balances: Balances, language: str) -> Document:
    """What is due and what was paid in advance, by partner and currency."""
    words = WORDS[language]
    return _report(
        "balances",
        language,
        day=balances.at.date(),
        of=_owner(balances.owner, language),
        columns=(
            Column(words["partner"], Sort.WIDE),
            Column(words["currency"], Sort.TEXT),
            Column(words["due"], Sort.AMOUNT),
            Column(words["overdue"], Sort.AMOUNT),
            Column(words["advances"], Sort.AMOUNT),
        ),
        lines=[
            Line((line_of_text(each.partner.name), each.currency, each.due, each.overdue, each.advances))
            for each in balances.items
        ],
        totals=_totals(balances.totals, language),
    )


def of_orders(balances: BalancesByOrder, language: str) -> Document:
    """The account of one partner by orders; advances belong to none."""
    words = WORDS[language]
    return _report(
        "balances-by-order",
        language,
        day=balances.at.date(),
        of=parties(balances.customer.name, balances.supplier.name, language),
        columns=(
            Column(words["order"], Sort.WIDE),
            Column(words["currency"], Sort.TEXT),
            Column(words["invoiced"], Sort.AMOUNT),
            Column(words["due"], Sort.AMOUNT),
            Column(words["advances"], Sort.AMOUNT),
        ),
        lines=[
            Line(
                (
                    line_of_text(each.order_number or words["no_order"]),
                    each.currency,
                    each.invoiced,
                    each.due,
                    each.advances,
                )
            )
            for each in balances.items
        ],
        totals=_totals(balances.totals, language),
    )


def of_ageing(ageing: Ageing, language: str) -> Document:
    """What is outstanding by age; the ages sum to it."""
    words = WORDS[language]
    ages = [bucket.age for bucket in ageing.items[0].buckets] if ageing.items else []
    return _report(
        "ageing",
        language,
        day=ageing.on,
        of=_owner(ageing.owner, language),
        columns=(
            Column(words["partner"], Sort.WIDE),
            Column(words["currency"], Sort.TEXT),
            *(Column(words[f"age-{age}"], Sort.AMOUNT) for age in ages),
            Column(words["due"], Sort.AMOUNT),
        ),
        lines=[
            Line(
                (
                    line_of_text(each.partner.name),
                    each.currency,
                    *(bucket.open for bucket in each.buckets),
                    each.outstanding,
                )
            )
            for each in ageing.items
        ],
    )


def _report(
    kind: str,
    language: str,
    *,
    day: date,
    of: tuple[Fact, ...],
    columns: tuple[Column, ...],
    lines: Iterable[Line],
    facts: tuple[Fact, ...] = (),
    totals: tuple[Fact, ...] = (),
    currency: str = "",
    below: tuple[Fact, ...] = (),
) -> Document:
    facts = facts or (Fact(WORDS[language]["date"], day, Sort.DAY),)
    return Document(
        kind=kind,
        language=language,
        title=WORDS[language][kind],
        number=day.isoformat(),
        status="",
        currency=currency,
        places=minor_unit(currency) if currency else 2,
        draft=False,
        day=day,
        parties=of,
        facts=facts,
        columns=columns,
        lines=tuple(lines),
        totals=totals,
        texts=below,
    )


def _owner(owner: Party, language: str) -> tuple[Fact, ...]:
    return (Fact(WORDS[language]["owner"], line_of_text(owner.name)),)


def _totals(totals: Sequence[BalanceTotal], language: str) -> tuple[Fact, ...]:
    words = WORDS[language]
    return tuple(
        Fact(f"{words[name]}, {each.currency}", getattr(each, name), Sort.AMOUNT)
        for each in totals
        for name in ("due", "overdue", "advances")
    )


def _moved(movement: AccountMovement, language: str) -> Line:
    named = f"{WORDS[language][f'moved-{movement.kind}']} {movement.number}".strip()
    invoice = line_of_text(movement.invoice_number or "")
    return Line((movement.day, line_of_text(named), invoice, movement.receivable, movement.payable))

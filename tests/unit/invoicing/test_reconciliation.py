"""Reconciliation statements: frozen when sent, contested line by line, answered, settled by the table alone."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from services.chassis.errors import Invalid
from services.contracts.actors import Actor
from services.contracts.invoicing.reconciliations import (
    ObjectionAnswer,
    ObjectionContent,
    ObjectionReason,
    ReconciliationStatus,
)
from services.contracts.invoicing.reports import (
    AccountMovement,
    AccountMovementKind,
    AccountStanding,
    AccountStatement,
)
from services.invoicing.domain.reconciliation import TRANSITIONS, Reconciliation, check_period
from services.invoicing.domain.refusals import NotTheirStatement, StatementSettled
from tests.unit.invoicing.builders import CUSTOMER, NOON, SUPPLIER, a_payer, a_supplier, an_id, names

S, R = ReconciliationStatus, ObjectionReason
NOVEMBER = (date(2026, 11, 1), date(2026, 11, 22))
ZERO = Decimal(0)


def moved(number: str, receivable: str = "0", payable: str = "0") -> AccountMovement:
    return AccountMovement(
        day=date(2026, 11, 5),
        kind=AccountMovementKind.INVOICE,
        source_id=an_id(number),
        number=number,
        invoice_id=an_id(number),
        invoice_number=number,
        receivable=Decimal(receivable),
        payable=Decimal(payable),
    )


def an_account(*movements: AccountMovement) -> AccountStatement:
    movements = movements or (moved("S-1", "60"), moved("S-2", "40"), moved("P-1", "0", "10"))
    return AccountStatement(
        customer=CUSTOMER,
        supplier=SUPPLIER,
        currency="EUR",
        date_from=NOVEMBER[0],
        date_to=NOVEMBER[1],
        opening=AccountStanding(receivable=Decimal(5), payable=ZERO),
        movements=movements,
        charged=sum((each.receivable for each in movements), ZERO),
        credited=ZERO,
        paid=ZERO,
        closing=AccountStanding(
            receivable=sum((each.receivable for each in movements), Decimal(5)),
            payable=sum((each.payable for each in movements), ZERO),
        ),
    )


def a_draft(by: Actor | None = None) -> Reconciliation:
    return Reconciliation.draft(
        an_account(),
        id=an_id("rs"),
        partnership_id=an_id("link"),
        note="Please.",
        by=by or a_supplier(),
        at=NOON,
    )


def a_sent() -> Reconciliation:
    statement = a_draft()
    statement.send(an_account(), number="RS-2026-00001", by=a_supplier(), at=NOON)
    return statement


def says(line: int | None, reason: ObjectionReason, **more: Any) -> ObjectionContent:
    if "amount" in more:
        more["amount"] = Decimal(more["amount"])
    return ObjectionContent(line=line, reason=reason, **more)


def contested(*contents: ObjectionContent) -> Reconciliation:
    statement = a_sent()
    statement.contest(contents, statement.lines, remark=None, by=a_payer(), at=NOON)
    return statement


@pytest.mark.requirement("S-200")
def test_what_is_sent_has_a_number_its_lines_and_adds_up() -> None:
    statement = a_sent()

    view = statement.view()
    assert (view.number, view.status, view.revision, view.lines) == ("RS-2026-00001", S.SENT, 1, 3)
    assert [line.number for line in statement.lines] == [1, 2, 3]
    owed = sum((line.movement.receivable for line in statement.lines), view.opening.receivable)
    held = sum((line.movement.payable for line in statement.lines), view.opening.payable)
    assert (owed, held) == (view.closing.receivable, view.closing.payable) == (105, 10)
    assert names(statement) == ["reconciliation-drafted", "reconciliation-sent"]


def test_a_draft_concerns_its_author_alone_and_what_is_sent_both() -> None:
    statement = a_sent()

    drafted, sent = (fact.event for fact in statement.facts)
    assert drafted.participants() == (SUPPLIER.id,)
    assert set(sent.participants()) == {CUSTOMER.id, SUPPLIER.id}


def test_the_other_side_confirms_and_nothing_more_happens_to_it() -> None:
    statement = a_sent()

    statement.confirm(remark="Agreed.", by=a_payer(), at=NOON)

    assert (statement.status, statement.remark) == (S.CONFIRMED, "Agreed.")
    for step in (
        lambda: statement.withdraw("x", by=a_supplier(), at=NOON),
        lambda: statement.revise(an_account(), [], by=a_supplier(), at=NOON),
        lambda: statement.confirm(remark=None, by=a_payer(), at=NOON),
        lambda: statement.contest([], [], remark=None, by=a_payer(), at=NOON),
    ):
        with pytest.raises(StatementSettled, match="is confirmed, and stays as it is"):
            step()


def test_each_side_does_its_own_part() -> None:
    statement = a_sent()

    with pytest.raises(NotTheirStatement, match="your own: Northwind Bakery confirms"):
        statement.confirm(remark=None, by=a_supplier(), at=NOON)
    with pytest.raises(NotTheirStatement, match="of Mill & Sons, who alone changes it"):
        statement.withdraw("x", by=a_payer(), at=NOON)


def test_the_closing_by_the_other_books_follows_from_what_is_contested() -> None:
    statement = contested(
        says(1, R.AMOUNT, amount="55.50"),
        says(2, R.UNKNOWN),
        says(3, R.AMOUNT, amount="8"),
        says(None, R.MISSING, amount="-20", day=date(2026, 11, 7), document="P-9"),
    )

    assert statement.status is S.CONTESTED
    assert statement.claimed == AccountStanding(receivable=Decimal("40.50"), payable=Decimal(8))
    assert [(each.number, each.line, each.stated, each.own) for each in statement.objections] == [
        (1, 1, 60, Decimal("55.50")),
        (2, 2, 40, 0),
        (3, 3, 10, 8),
        (4, None, 0, -20),
    ]


def test_a_question_alone_claims_nothing_else() -> None:
    assert contested(says(2, R.OTHER, note="Whose is it?")).claimed is None


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (says(9, R.UNKNOWN), "line"),
        (says(1, R.AMOUNT), "amount"),
        (says(1, R.AMOUNT, amount="60.00"), "amount"),
        (says(1, R.UNKNOWN, amount="3"), "amount"),
        (says(1, R.MISSING), "reason"),
        (says(1, R.OTHER, note="  "), "note"),
        (says(None, R.UNKNOWN), "line"),
        (says(None, R.MISSING, day=NOVEMBER[0], document="X"), "amount"),
        (says(None, R.MISSING, amount="1", document="X"), "day"),
        (says(None, R.MISSING, amount="1", day=NOVEMBER[0]), "document"),
    ],
)
def test_a_faulty_objection_is_named_by_its_field(content: ObjectionContent, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        contested(says(3, R.UNKNOWN), content)

    assert [fault.field for fault in refusal.value.faults] == [f"/objections/1/{field}"]


def test_a_line_is_contested_once() -> None:
    with pytest.raises(Invalid, match="faults") as refusal:
        contested(says(1, R.UNKNOWN), says(1, R.PERIOD))

    assert refusal.value.faults[0].detail == "stands here twice"


def test_every_objection_is_answered_and_it_is_sent_again_as_the_ledger_is_by_then() -> None:
    statement = contested(says(1, R.UNKNOWN), says(2, R.PERIOD))
    later = an_account(moved("S-1", "60"), moved("S-3", "1"))

    with pytest.raises(Invalid) as refusal:
        statement.revise(
            later, [ObjectionAnswer(objection=1, answer="It is there.")], by=a_supplier(), at=NOON
        )
    assert [fault.detail for fault in refusal.value.faults] == ["has none to objection 2"]


def test_a_revised_statement_keeps_number_and_answers() -> None:
    statement = contested(says(1, R.UNKNOWN), says(2, R.PERIOD))
    later = an_account(moved("S-1", "60"), moved("S-3", "1"))
    answers = [ObjectionAnswer(objection=n, answer=f"Answer {n}") for n in (2, 1)]

    statement.revise(later, answers, by=a_supplier(), at=NOON + timedelta(days=1))

    view = statement.view()
    assert (view.number, view.revision, view.status, view.lines) == ("RS-2026-00001", 2, S.SENT, 2)
    assert (view.closing.receivable, view.claimed) == (66, None)
    assert [objection.answer for objection in view.objections] == ["Answer 1", "Answer 2"]


def test_answers_name_objections_that_are_there() -> None:
    statement = contested(says(1, R.UNKNOWN))
    answers = [ObjectionAnswer(objection=n, answer="x") for n in (1, 1, 7)]

    with pytest.raises(Invalid) as refusal:
        statement.revise(an_account(), answers, by=a_supplier(), at=NOON)

    assert [(fault.field, fault.detail) for fault in refusal.value.faults] == [
        ("/answers/1/objection", "stands here twice"),
        ("/answers/2/objection", "there is no such objection"),
    ]


def test_a_draft_is_thrown_away_without_a_word_to_the_other_side() -> None:
    statement = a_draft()

    statement.withdraw("No need.", by=a_supplier(), at=NOON)

    assert (statement.status, statement.number) == (S.WITHDRAWN, None)
    assert statement.facts[-1].event.participants() == (SUPPLIER.id,)


def test_only_a_draft_is_changed() -> None:
    statement = a_draft()
    october = replace(an_account(), date_from=date(2026, 10, 1))
    statement.change(october, note="Of both months.", by=a_supplier())
    assert (statement.date_from, statement.note) == (date(2026, 10, 1), "Of both months.")

    sent = a_sent()
    with pytest.raises(StatementSettled, match="was sent"):
        sent.change(october, note="", by=a_supplier())


def test_no_time_ends_before_it_begins_or_in_the_future() -> None:
    for first, last in ((date(2026, 11, 2), date(2026, 11, 1)), (date(2026, 11, 1), date(2026, 11, 26))):
        with pytest.raises(Invalid) as refusal:
            check_period(first, last, at=NOON)
        assert refusal.value.faults[0].field == "/date_to"
    check_period(*NOVEMBER, at=NOON)


def test_whatever_is_over_stays_over() -> None:
    ends = {S.CONFIRMED, S.WITHDRAWN}

    assert not {status for status, _ in TRANSITIONS} & ends
    assert set(S) == ends | {status for status, _ in TRANSITIONS}

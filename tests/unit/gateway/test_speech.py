"""Refusals in the language of whoever asked, and catalogues that have all of them."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from marshmallow import Schema, fields

from services.chassis.errors import CounterpartError, Fault
from services.gateway import problems, speech

SERVICES = Path(__file__).parents[3] / "services"
GAP = re.compile(r"\{\w*\}")
#: What is said between programs only: it never reaches a person.
BETWEEN_PROGRAMS = ("chassis/amqp/", "chassis/testing.py")


def in_ukrainian(sentence: str) -> str:
    return re.sub(r"\s", " ", speech.in_language("uk")(sentence))


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Sign in first.", "Спершу увійдіть."),
        (
            "300.00 EUR is more than what is open of invoice R-1200: 1,250.50 EUR.",
            "300,00 EUR — більше, ніж не оплачено за рахунком R-1200: 1 250,50 EUR.",
        ),
        # A number of a document is no amount, even where it looks like one.
        ("Invoice 1,200 is paid in full already.", "Рахунок 1,200 вже оплачено повністю."),
        (
            "Order PO-7 is draft; only an order that is confirmed or in progress can have goods issued.",
            "Замовлення PO-7 — чернетка; відвантажити товари можна лише, коли воно: підтверджено або виконується.",
        ),
        (
            "2026-11-30 has not come yet. Register it once it is made.",
            "30 лист. 2026 ще не настало. Зареєструйте платіж, коли його здійснено.",
        ),
        ("must be an ISO 4217 code, such as EUR", "має бути: код ISO 4217, наприклад EUR"),
        (
            "Invoice A-2: It waits for A-1 of the same order, which is not decided yet. Decide that one first.",
            "Рахунок A-2: він чекає на рішення щодо A-1 за тим самим замовленням. Спершу вирішіть щодо того.",
        ),
        ("Something nobody has foreseen.", "Something nobody has foreseen."),
    ],
)
def test_a_sentence_is_recognised_with_what_stands_in_it(sentence: str, said: str) -> None:
    assert in_ukrainian(sentence) == said


def test_a_problem_is_told_in_the_language_asked_for_and_its_fields_too() -> None:
    error = CounterpartError(
        "The request has faults; each is named below.", [Fault("/number", "must not be blank")]
    )

    def told(language: str) -> dict[str, object]:
        return problems.body(error, instance="/", request_id="1", parameters=None, language=language)

    assert told("uk")["detail"] == "У запиті є помилки; кожну названо нижче."
    assert told("uk")["errors"] == [{"parameter": "number", "detail": "не може бути порожнім"}]
    assert told("en")["detail"] == error.detail


@pytest.mark.parametrize("long", ["x" * 100_000, "Line " * 20_000, "is " * 30_000])
def test_what_is_very_long_is_told_as_it_came(long: str) -> None:
    assert in_ukrainian(long.strip()) == long.strip()


@pytest.mark.parametrize("language", speech.CATALOGUES)
def test_a_catalogue_has_what_the_code_says(language: str) -> None:
    known = {GAP.sub("{}", said) for said, _ in speech.catalogue(language)}
    missing = sorted(f"{said}   ({place})" for said, place in _said() if said not in known)
    assert not missing, "say these too: " + "\n".join(missing)


@pytest.mark.parametrize("language", speech.CATALOGUES)
def test_a_catalogue_has_nothing_else_and_every_gap_is_filled(language: str) -> None:
    plain, forms = _everything_written()
    for said, text in speech.catalogue(language):
        gaps = GAP.findall(said)
        assert sorted(gaps) == sorted(set(GAP.findall(text))), f"other gaps in the translation of: {said}"
        written = GAP.sub("{}", said)
        there = (
            written in plain or said in _by_marshmallow() or any(form.fullmatch(written) for form in forms)
        )
        assert there, f"nobody says this any more: {said}"


def _said() -> Iterator[tuple[str, str]]:
    """Every sentence that stands in the code where an error or a fault is made, its values as gaps."""
    classes = _kinds_of_error()
    for path, tree in _sources():
        if path.startswith(BETWEEN_PROGRAMS):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) in classes:
                place = 1 if _name(node.func) == "Fault" else 0
                sentence = _text(node.args[place]) if len(node.args) > place else None
                if sentence is not None and GAP.sub("", sentence).strip(" ;:"):
                    yield sentence, path


def _kinds_of_error() -> set[str]:
    classes = {"Fault", "CounterpartError"}
    defined = [
        (node.name, {_name(base) for base in node.bases})
        for _, tree in _sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    ]
    while more := {name for name, bases in defined if bases & classes} - classes:
        classes |= more
    return classes - {"_Unanswered"}  # its first argument is a word for the metrics


def _everything_written() -> tuple[str, list[re.Pattern[str]]]:
    """All texts of the code one after the other, also with words for dashes; and those with gaps, as forms."""
    texts = [
        text
        for _, tree in _sources()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr | ast.BinOp) and (text := _text(node)) is not None
    ]
    forms = {text for text in texts if "{}" in text and len(text) > 8}
    patterns = [re.compile(".+?".join(map(re.escape, form.split("{}"))), re.DOTALL) for form in sorted(forms)]
    plain = "\n".join(texts)
    return plain + plain.replace("-", " "), patterns


@cache
def _sources() -> tuple[tuple[str, ast.Module], ...]:
    rooms = [room for room in SERVICES.glob("*") if room.name != "gateway"]
    rooms += [room for room in (SERVICES / "gateway").glob("*") if room.name != "portal"]
    found = sorted(path for room in rooms for path in (room.rglob("*.py") if room.is_dir() else [room]))
    return tuple(
        (str(path.relative_to(SERVICES)), ast.parse(path.read_text("utf-8")))
        for path in found
        if path.suffix == ".py"
    )


@cache
def _by_marshmallow() -> frozenset[str]:
    """What the library says by itself of a field that is missing or of another kind."""
    kinds = [fields.Raw, fields.UUID, fields.Date, fields.AwareDateTime, fields.Dict, fields.String]
    kinds += [fields.List, fields.Nested]
    said = {text for kind in kinds for text in kind.default_error_messages.values()} | {
        text.format(obj_type=kind.OBJ_TYPE, awareness="aware", input="{}")
        for kind in (fields.Date, fields.AwareDateTime)
        for text in kind().error_messages.values()
    }
    general = {**fields.Field.default_error_messages, **Schema().error_messages}
    return frozenset(said) | frozenset(general.values())


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _text(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return "".join("{}" if (part := _text(side)) is None else part for side in (node.left, node.right))
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None

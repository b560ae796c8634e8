"""The mutants of the drill still fit the code they are made from."""

import ast

import pytest

from deploy.local.drilling.mutants import MUTANTS, Edit, Mutant, changed
from deploy.local.places import CHECKOUT
from deploy.local.problems import Problem

SAFEGUARDS = {
    "inbox", "publisher confirms", "mandatory flag", "ack after commit", "row lock", "command id",
    "journal in the same transaction", "sequence guard", "unique ledger key", "retry classes", "header whitelist",
    "tenant scope",
}  # fmt: skip


def test_there_is_a_mutant_for_every_safeguard() -> None:
    assert {mutant.name for mutant in MUTANTS} == SAFEGUARDS


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_fits_the_code_and_leaves_it_readable_for_python(mutant: Mutant) -> None:
    texts = changed(mutant)

    assert texts
    for file, text in texts.items():
        assert ast.parse(text, file).body
        assert text != (CHECKOUT / file).read_text(encoding="utf-8")


def test_a_mutant_that_does_not_fit_says_so() -> None:
    with pytest.raises(Problem, match="is there 0 times"):
        Edit("services/chassis/database.py", "no such text", "").applied("some text")

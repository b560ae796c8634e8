"""What a refusal says, in the language of whoever asked.

The services say everything in English, once, where they refuse it: an API's callers, logs and tests read it
there. A catalogue (`uk.po`, gettext's format, which translators' tools know) has the same sentences with a
gap for each value. A sentence is recognised by its form, and what stands in its gaps is said in the other
language too: numbers and days as it writes them, statuses and other words that the catalogue knows. A sentence
of no known form is told as it came. A test compares the catalogues with what the code says.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from importlib import resources

from babel.messages.pofile import read_po

from services.gateway.documents import wording

_GAP = re.compile(r"\{(\w+)\}")
_NUMBER = re.compile(r"[−-]?\d{1,3}(,\d{3})+(\.\d+)?|[−-]?\d+(\.\d+)?").fullmatch
_DAY = re.compile(r"\d{4}-\d\d-\d\d").fullmatch
#: Between the members of a list in a sentence.
_BETWEEN = re.compile(r"(, | or | and )")
#: Gaps for names that people and documents have: they are never said in another way.
NAMES = frozenset(
    {
        "customer", "deciders", "deputy", "email", "error", "id", "initiator", "member", "moment", "name", "names",
        "number", "order", "organisation", "principal", "registration", "supplier", "zone",
    }
)  # fmt: skip
#: A sentence is rarely longer; looking at one takes time that grows with its length.
LONGEST = 2000
#: A word in a gap may have gaps of its own, hardly more than that.
DEEPEST = 3


def in_language(language: str) -> Callable[[str], str]:
    """Says a sentence in `language`; in English, as it is."""
    return _speech(language).say if language in CATALOGUES else str


class Speech:
    """A catalogue of sentences, ready to recognise them."""

    def __init__(self, language: str, catalogue: Mapping[str, str]) -> None:
        self._language = language
        self._plain = {said: text for said, text in catalogue.items() if not _GAP.search(said)}
        forms = sorted((said for said in catalogue if _GAP.search(said)), key=_literal, reverse=True)
        self._forms = [(re.compile(_pattern(said), re.DOTALL), catalogue[said]) for said in forms]
        self._between = {
            text: self._plain.get(text.strip(), text.strip()).join(
                (" " if text[0] == " " else "", " " if text[-1] == " " else "")
            )
            for text in (", ", " or ", " and ")
        }

    def say(self, sentence: str) -> str:
        """`sentence` in this language, or as it came where its form is not known."""
        return self._said(sentence, 0) or sentence

    def _said(self, sentence: str, depth: int) -> str | None:
        plain = self._plain.get(sentence)
        if plain is not None or depth > DEEPEST or len(sentence) > LONGEST:
            return plain
        for pattern, text in self._forms:
            found = pattern.fullmatch(sentence)
            if found is not None:
                words = {
                    gap: value if gap in NAMES else self._word(value, depth + 1)
                    for gap, value in found.groupdict().items()
                }
                return _GAP.sub(lambda gap, words=words: words[gap[1]], text)  # type: ignore[misc]
        return None

    def _word(self, value: str, depth: int) -> str:
        if _NUMBER(value):
            number = Decimal(value.replace(",", "").replace("−", "-"))
            return wording.number(self._language, number, len(value.partition(".")[2]))
        if _DAY(value):
            try:
                return wording.day(self._language, date.fromisoformat(value))
            except ValueError:
                return value  # looks like a day, and is part of a number
        known = self._said(value, depth)
        if known is not None:
            return known
        parts = _BETWEEN.split(value)
        if len(parts) == 1:
            return value
        return "".join(self._between.get(part) or self._plain.get(part, part) for part in parts)


def _literal(said: str) -> int:
    return len(_GAP.sub("", said))


def _pattern(said: str) -> str:
    places = _GAP.split(said)
    return "".join(f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(places))


def catalogue(language: str) -> Iterator[tuple[str, str]]:
    """The sentences of a language, each with its translation."""
    with (resources.files(__name__) / f"{language}.po").open("rb") as file:
        for message in read_po(file, locale=language):
            if message.id:
                yield str(message.id), str(message.string)


#: Languages besides English.
CATALOGUES = ("uk",)


@cache
def _speech(language: str) -> Speech:
    return Speech(language, dict(catalogue(language)))

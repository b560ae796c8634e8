"""JSON as RFC 8259 and I-JSON (RFC 7493) mean it, for everything that comes from outside the process.

Python's reader accepts more than JSON: `NaN`, numbers that overflow to infinity, the same name twice, lone
surrogates that no database stores. And kombu's reader turns `{"__type__": …}` into objects. All of that is
refused here with a `ValueError` that says what is wrong.
"""

import json
import math
from collections import Counter
from collections.abc import Iterator
from typing import NoReturn


def loads(text: bytes | str) -> object:
    """The value written in `text`; raises `ValueError` with a sentence when it is not strict JSON in UTF-8."""
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            raise ValueError(f"not UTF-8 at byte {error.start}") from None
    try:
        value = _decoder.decode(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    # Only an escape can smuggle in what the strict UTF-8 decoding above would have refused.
    if "\\u" in text:
        _refuse_unstorable_text(value)
    return value


def _refuse_unstorable_text(value: object) -> None:
    for text in _strings(value):
        if "\0" in text:
            raise ValueError("text may not contain the character NUL")
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise ValueError("a lone surrogate is not text")


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for name, item in value.items():
            yield name
            yield from _strings(item)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise ValueError(f"the name {twice!r} appears twice in one object")
    if "__type__" in made:
        raise ValueError("the name '__type__' is not allowed")
    return made


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError("a number is too large")
    return number


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_float=_finite, parse_constant=_no_constant)

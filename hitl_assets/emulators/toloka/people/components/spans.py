"""Marked pieces of a text as Template Builder writes them, and what is wrong with some.

Offsets and lengths count as browsers do, in UTF-16: most characters are one, those beyond the first 65,536 are two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from hitl_assets.emulators.toloka.people.components.areas import check_label


def complain_of_spans(value: Any, content: str, labels: Sequence[str]) -> str | None:
    """What is wrong with a list of marked pieces of `content`, None if nothing is."""
    if not isinstance(value, list):
        return "This is no list of marked pieces."
    units = content.encode("utf-16-le", errors="surrogatepass")
    for number, span in enumerate(value, 1):
        wrong = _wrong(span, units, labels)
        if wrong is not None:
            return f"Marked piece {number} {wrong}."
    ordered = sorted(value, key=lambda span: span["offset"])
    if any(one["offset"] + one["length"] > following["offset"] for one, following in pairwise(ordered)):
        return "Marked pieces overlap."
    return None


def _wrong(span: Any, units: bytes, labels: Sequence[str]) -> str | None:
    if not isinstance(span, Mapping):
        return "is none"
    for name in ("offset", "length"):
        value = span.get(name)
        if isinstance(value, bool) or not isinstance(value, int):
            return f"has no whole number as its {name}"
    begin, end = 2 * span["offset"], 2 * (span["offset"] + span["length"])
    if span["length"] < 1:
        return "is empty"
    if begin < 0 or end > len(units):
        return "reaches outside of the text"
    if _is_inside_of_a_character(units, begin) or _is_inside_of_a_character(units, end):
        return "cuts a character in two"
    return check_label(span, labels)


def _is_inside_of_a_character(units: bytes, at: int) -> bool:
    """Whether the place is between the two halves of a pair: a high surrogate before it, a low one after it."""
    return 0 < at < len(units) and 0xD8 <= units[at - 1] <= 0xDB and 0xDC <= units[at + 1] <= 0xDF

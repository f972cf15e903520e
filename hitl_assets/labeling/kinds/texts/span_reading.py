"""Reading marked pieces of a text: our own form and that of Toloka's `field.text-annotation`, with named complaints.

Our own form counts characters. Toloka's counts as browsers do, in UTF-16: most characters are one, those beyond the
first 65,536 are two.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from hitl_assets.labeling.kinds.parts.reading import read_class, read_each
from hitl_assets.labeling.values.values import BadValueError

# Nobody marks more in one text.
MOST_SPANS = 1000
LARGEST_UNIT = 0xFFFF


class Span(NamedTuple):
    """A piece of a text: from `start` up to, but not with, `end`, in characters; and its class."""

    start: int
    end: int
    name: str


def read_spans(value: Any, classes: Sequence[str], text: str | None) -> list[Span]:
    """The pieces in reading order. `text`: in which they are; None: not known, so that nobody can say whether they are
    inside of it.

    Raises:
        BadValueError: something is wrong with one of them, by its number.
    """
    spans = read_each(value, "span", MOST_SPANS, lambda span: read_span(span, classes, text))
    found = sorted((span, number) for number, span in enumerate(spans, 1))
    for (one, first), (other, second) in pairwise(found):
        if other.start < one.end:
            raise BadValueError(f"spans {min(first, second)} and {max(first, second)} overlap")
    return [span for span, _ in found]


def read_span(span: Mapping[str, Any], classes: Sequence[str], text: str | None) -> Span:
    """One piece.

    Raises:
        BadValueError: it is none; the message is the rest of a sentence about it.
    """
    name = read_class(span, classes)
    if "offset" in span or "length" in span:
        start, length = read_place(span, "offset"), read_place(span, "length")
        start, end = from_units(start, start + length, text)
    else:
        start, end = read_place(span, "start"), read_place(span, "end")
    if start >= end:
        raise BadValueError(f"is empty: it starts at {start} and ends at {end}")
    if start < 0 or (text is not None and end > len(text)):
        size = "" if text is None else f", which has {len(text)} characters"
        raise BadValueError(f"reaches outside of the text: it is from {start} to {end}{size}")
    return Span(start, end, name)


def read_place(span: Mapping[str, Any], name: str) -> int:
    """A place in a text, or a length."""
    value = span.get(name)
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadValueError(f"has no whole number as its {name}: {value!r:.40}")
    return value


def from_units(start: int, end: int, text: str | None) -> tuple[int, int]:
    """Places in UTF-16 as places in characters."""
    if text is None:
        raise BadValueError("counts in UTF-16 (offset, length), and its text is not known: write start and end")
    units = units_before(text)
    if not 0 <= start <= end <= units[-1]:
        raise BadValueError(f"reaches outside of the text: it is from {start} to {end} of {units[-1]} in UTF-16")
    found = places_of(text)
    if start not in found or end not in found:
        raise BadValueError("cuts a character in two")
    return found[start], found[end]


@lru_cache(maxsize=1000)
def units_before(text: str) -> tuple[int, ...]:
    """For each place in a text, its end included, how many units of UTF-16 are before it."""
    return tuple(accumulate((1 + (ord(each) > LARGEST_UNIT) for each in text), initial=0))


@lru_cache(maxsize=1000)
def places_of(text: str) -> Mapping[int, int]:
    """The place in characters of each unit of UTF-16 at which a character begins, and of the end."""
    return {unit: place for place, unit in enumerate(units_before(text))}

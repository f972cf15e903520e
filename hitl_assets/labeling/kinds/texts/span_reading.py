"""Reading marked pieces of a text: our own form and that of Toloka's `field.text-annotation`, with named complaints.

Our own form counts characters. Toloka's counts as browsers do, in UTF-16: most characters are one, those beyond the
first 65,536 are two.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from hitl_assets.labeling.values.characters import show
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
    if not isinstance(value, list | tuple):
        raise BadValueError(f"{value!r:.80} is no list of spans")
    if len(value) > MOST_SPANS:
        raise BadValueError(f"there are {len(value)} spans, more than {MOST_SPANS}")
    found = []
    for number, each in enumerate(value, 1):
        try:
            found.append((read_span(each, classes, text), number))
        except BadValueError as error:
            raise BadValueError(f"span {number} {error}") from None
    found.sort()
    for (one, first), (other, second) in pairwise(found):
        if other.start < one.end:
            raise BadValueError(f"spans {min(first, second)} and {max(first, second)} overlap")
    return [span for span, _ in found]


def read_span(span: Any, classes: Sequence[str], text: str | None) -> Span:
    """One piece.

    Raises:
        BadValueError: it is none; the message is the rest of a sentence about it.
    """
    if not isinstance(span, Mapping):
        raise BadValueError("is no object")
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


def read_class(span: Mapping[str, Any], classes: Sequence[str]) -> str:
    """The class of a piece: `class` in our own form, `label` in Toloka's. A single one needs not be said."""
    name = span.get("class", span.get("label"))
    if name is None and len(classes) == 1:
        return classes[0]
    if name is None:
        raise BadValueError("has no class")
    if not isinstance(name, str) or name not in classes:
        raise BadValueError(f"has the class {show(str(name))}, which is none of {', '.join(classes)}")
    return name


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

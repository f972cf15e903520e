"""`spans`: a label is marked pieces of a text, with classes. Each piece is a question to all who saw the text."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Literal

from pydantic import Field

from hitl_assets.labeling.engine.bayesian_dawid_skene import Array
from hitl_assets.labeling.kinds.kind import Draft
from hitl_assets.labeling.kinds.parts.grouping import Alike
from hitl_assets.labeling.kinds.parts.parts import Classes, Parts
from hitl_assets.labeling.kinds.parts.questions import Place
from hitl_assets.labeling.kinds.terms import LabelTerms, Name
from hitl_assets.labeling.kinds.texts.span_edges import decide_edges, share_within
from hitl_assets.labeling.kinds.texts.span_groups import LEAST, find_alike
from hitl_assets.labeling.kinds.texts.span_reading import Span, read_spans, units_before

# What an example of a new project says if there is nothing to mark in it.
UNMARKED = "none"


class SpansTerms(LabelTerms):
    """Marked pieces of a text, each with its class, as `field.text-annotation` answers them."""

    kind: Literal["spans"] = Field(description="what a label is")
    text: Name = Field(description="the input field with the text that people mark")
    classes: Classes
    same: float = Field(
        1.0, gt=0, le=1, description="two spans say the same if what both cover is this share of what either covers"
    )

    @property
    def reads(self) -> Sequence[str]:
        """The field with the text."""
        return (self.text,)


@dataclass(frozen=True)
class Spans(Parts):
    """Marked pieces of a text. A label is as sure as its pieces, and the edges of these, are together."""

    text: str = ""
    classes: Sequence[str] = ()
    same: float = 1.0

    name: ClassVar[str] = "spans"
    terms: ClassVar[type[LabelTerms]] = SpansTerms
    works_on: ClassVar[str] = "fields of type json, as field.text-annotation answers them"
    usual_classes: ClassVar[tuple[str, ...]] = ("person", "place")

    # The field.

    @classmethod
    def draft(cls, field: str, names: Sequence[str]) -> Draft:
        """A text to mark in, which is the first input."""
        return Draft(
            {"type": "json", "required": False},
            {"kind": "spans", "field": field, "classes": list(names)},
            {
                "type": "field.text-annotation",
                "labels": [{"value": each, "label": each.capitalize()} for each in names],
            },
            [*names, UNMARKED],
            f"mark every {' and '.join(names)}",
            names,
            shows="content",
            reads={"text": 0},
            fit=mark_word,
        )

    # Reading.

    def receive(self, value: Any, inputs: Mapping[str, Any]) -> Any:
        """The spans in characters of the item's text, in reading order; None stays what it is."""
        text = inputs.get(self.text)
        known = text if isinstance(text, str) else None
        return None if value is None else list(map(self.write, read_spans(value, self.classes, known)))

    def send(self, value: Any, inputs: Mapping[str, Any]) -> Any:
        """The spans as `field.text-annotation` has them, which counts in UTF-16."""
        text = str(inputs.get(self.text) or "")
        units = units_before(text)
        return [
            {"offset": units[span.start], "length": units[span.end] - units[span.start], "label": span.name}
            for span in read_spans(value or [], self.classes, text)
        ]

    def read(self, value: Any) -> list[Span]:
        """The spans in reading order."""
        return read_spans(value, self.classes, None)

    def write(self, part: Span) -> dict[str, Any]:
        """Its class, and where it is."""
        return {"class": part.name, "start": part.start, "end": part.end}

    def order(self, part: Span) -> tuple[Any, ...]:
        """By where they begin."""
        return part

    def parts_in(self, cell: str) -> tuple[Span, ...] | None:
        """The spans of a cell."""
        return spans_in(cell)

    # Comparing and deciding.

    @property
    def loosest(self) -> float:
        """One may be cut off, and the other go on too long."""
        return LEAST

    @property
    def recognized(self) -> float:
        """Wherever its edges are."""
        return LEAST

    def find_near(self, parts: Sequence[Span], least: float) -> Alike:
        """By the characters that they have in common."""
        return find_alike(parts, least)

    def settle(self, groups: Sequence[Place], classes: Sequence[str], sure: Array) -> Sequence[Span | None]:
        """Each with the edges that most votes speak for. Of spans that overlap only the surest one is there."""
        edges = decide_edges([place.marks for place in groups], [place.workers for place in groups])
        found: dict[int, list[tuple[Span, float, int]]] = {}
        for place, name, (starts, ends) in zip(groups, classes, edges, strict=True):
            span = Span(starts.best, ends.best, name)
            if span.start >= span.end:
                sure[place.number] = 0.0
                continue
            near = share_within(starts, ends, lambda s, e, span=span: self.is_near(span, s, e))  # type: ignore[misc]
            sure[place.number] *= near
            found.setdefault(place.task, []).append((span, float(sure[place.number]), place.number))
        settled: dict[int, Span] = {}
        for spans in found.values():
            own, lost = apart(spans)
            settled |= {number: span for span, _, number in own}
            sure[lost] = 1 - sure[lost]
        return [settled.get(place.number) for place in groups]

    def is_near(self, span: Span, start: int, end: int) -> bool:
        """Whether a span with these edges says the same."""
        both, either = min(span.end, end) - max(span.start, start), max(span.end, end) - min(span.start, start)
        return both >= self.same * either

    # Telling.

    is_shown_in_item: ClassVar[bool] = True

    def show(self, cell: str, inputs: Mapping[str, Any]) -> str:
        """The text with its spans in brackets, each with its class."""
        spans, text = spans_in(cell), inputs.get(self.text)
        if spans is None or not isinstance(text, str):
            return cell
        at, shown = 0, []
        for span in spans:
            shown += [text[at : span.start], f"[{text[span.start : span.end]} {span.name}]"]
            at = span.end
        return "".join([*shown, text[at:]])

    def describe(self) -> str:
        """What is marked, and in what."""
        return f"spans of {self.text}: {', '.join(self.classes)}"


def apart(spans: Sequence[tuple[Span, float, int]]) -> tuple[list[tuple[Span, float, int]], list[int]]:
    """The spans, each with its probability and number, in reading order without those that overlap a surer one; and
    the numbers of these."""
    kept: list[tuple[Span, float, int]] = []
    lost: list[int] = []
    for span, sure, number in sorted(spans, key=lambda each: (-each[1], each[0])):
        if any(span.start < other.end and other.start < span.end for other, *_ in kept):
            lost.append(number)
        else:
            kept.append((span, sure, number))
    return sorted(kept), lost


def mark_word(name: Any, text: str) -> list[dict[str, Any]]:
    """The last place of a word in a text, marked as what it says; nothing if it says that there is nothing."""
    if name == UNMARKED:
        return []
    start = text.rindex(name)
    return [{"class": name, "start": start, "end": start + len(name)}]


@lru_cache(maxsize=5000)
def spans_in(cell: str) -> tuple[Span, ...] | None:
    """The spans of a cell, whatever their classes are; None if it has none but something else."""
    try:
        return tuple(sorted(Span(each["start"], each["end"], each["class"]) for each in json.loads(cell or "[]")))
    except (ValueError, TypeError, KeyError):
        return None

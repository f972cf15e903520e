"""`spans`: a label is marked pieces of a text, with classes. Each piece is a question to all who saw the text."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import AfterValidator, Field, StringConstraints

from hitl_assets.labeling.engine.bayesian_dawid_skene import Beliefs
from hitl_assets.labeling.kinds.claims import Claim, hold
from hitl_assets.labeling.kinds.kind import Ask, Draft, Judged, Kind, Names, Questions
from hitl_assets.labeling.kinds.pictures.mark_questions import Places, ask_about, chance_to_meet, with_left_alone
from hitl_assets.labeling.kinds.terms import LabelTerms
from hitl_assets.labeling.kinds.texts.span_edges import decide_edges, share_within
from hitl_assets.labeling.kinds.texts.span_groups import LEAST, find_alike, group_spans, match_spans
from hitl_assets.labeling.kinds.texts.span_reading import Span, read_spans, units_before
from hitl_assets.labeling.values.identity import canonical_json
from hitl_assets.labeling.values.values import BadValueError, check_typed, parse_json

if TYPE_CHECKING:
    import pandas as pd

# What a worker says of a piece that they did not mark.
NOTHING = "nothing"
# What an example of a new project says if there is nothing to mark in it.
UNMARKED = "none"
Name = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


def check_classes(classes: list[str]) -> list[str]:
    """Refuse names that cannot be told apart."""
    if len(set(classes)) < len(classes) or NOTHING in classes:
        raise ValueError(f"name each class once, and none of them {NOTHING}")
    return classes


class SpansTerms(LabelTerms):
    """Marked pieces of a text, each with its class, as `field.text-annotation` answers them."""

    kind: Literal["spans"] = Field(description="what a label is")
    text: Name = Field(description="the input field with the text that people mark")
    classes: Annotated[list[Name], Field(min_length=1), AfterValidator(check_classes)] = Field(
        description="all classes that there are"
    )
    same: float = Field(
        1.0, gt=0, le=1, description="two spans say the same if what both cover is this share of what either covers"
    )

    @property
    def reads(self) -> Sequence[str]:
        """The field with the text."""
        return (self.text,)


@dataclass(frozen=True)
class Spans(Kind):
    """Marked pieces of a text. A label is as sure as all of its pieces together, those decided to be nothing among
    them, and the edges of the others."""

    text: str = ""
    classes: Sequence[str] = ()
    same: float = 1.0

    name: ClassVar[str] = "spans"
    terms: ClassVar[type[LabelTerms]] = SpansTerms
    works_on: ClassVar[str] = "fields of type json, as field.text-annotation answers them"
    has_parts: ClassVar[bool] = True
    usual_classes: ClassVar[tuple[str, ...]] = ("person", "place")

    # The field.

    @classmethod
    def refuse(cls, spec: Mapping[str, Any], terms: LabelTerms) -> str:
        """A list of objects is JSON."""
        return "" if spec.get("type") == "json" else f"Values of type {spec.get('type')} are no spans."

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

    @property
    def outcomes(self) -> tuple[str, ...]:  # type: ignore[override]  # a project names its classes
        """The classes, or that there is nothing."""
        return (*self.classes, NOTHING)

    @property
    def counted(self) -> Sequence[str]:
        """The classes."""
        return self.classes

    # Reading.

    def receive(self, value: Any, inputs: Mapping[str, Any]) -> Any:
        """The spans in characters of the item's text, in reading order; None stays what it is."""
        text = inputs.get(self.text)
        known = text if isinstance(text, str) else None
        return None if value is None else self.write(read_spans(value, self.classes, known))

    def send(self, value: Any, inputs: Mapping[str, Any]) -> Any:
        """The spans as `field.text-annotation` has them, which counts in UTF-16."""
        text = str(inputs.get(self.text) or "")
        units = units_before(text)
        return [
            {"offset": units[span.start], "length": units[span.end] - units[span.start], "label": span.name}
            for span in read_spans(value or [], self.classes, text)
        ]

    def check(self, value: Any) -> None:
        """Refuse what is no list of spans."""
        check_typed(value, self.spec)
        read_spans(value, self.classes, None)

    def is_label(self, value: Any) -> bool:
        """Whether a value can be a label. Where an answer may be left out, nothing marked is the empty list."""
        return super().is_label(value) if value is not None else not self.spec.get("required", True)

    def plain(self, value: Any) -> Any:
        """The spans in our own form, in reading order. What is no list of spans stays as it is."""
        try:
            return self.write(read_spans([] if value is None else value, self.classes, None))
        except BadValueError:
            return value

    def write(self, spans: Iterable[Span]) -> list[dict[str, Any]]:
        """Spans in our own form."""
        return [{"class": each.name, "start": each.start, "end": each.end} for each in spans]

    def cell(self, value: Any) -> str:
        """The spans as JSON; what is a cell already stays."""
        return value if isinstance(value, str) else canonical_json(self.plain(value))

    def read_cell(self, text: str) -> str:
        """The cell of a label that somebody wrote into a file; an empty one is the empty list, if it may be."""
        if not text and not self.spec.get("required", True):
            return self.cell([])
        value = parse_json(text)
        self.check(value)
        return self.cell(value)

    # Comparing.

    def likeness(self, one: str, other: str) -> float:
        """The share of the spans of either that both have."""
        first, second = spans_in(one), spans_in(other)
        if one == other or first is None or second is None:
            return float(one == other)
        both = [p for p in match_spans(first, second, self.same) if first[p[0]].name == second[p[1]].name]
        return len(both) / max(1, len(first) + len(second) - len(both))

    def is_same(self, one: str, other: str) -> bool:
        """Whether each span of either is one of the other's, too."""
        return self.likeness(one, other) == 1

    def is_right(self, given: Any, known: Any) -> bool:
        """Whether both have the same spans."""
        return self.is_label(given) and self.is_label(known) and self.is_same(self.cell(given), self.cell(known))

    # Deciding.

    def decide(self, votes: "pd.DataFrame", names: Names, beliefs: Beliefs, ask: Ask) -> Judged:
        """Spans are grouped; who saw the text and has none in a group said that there is nothing."""
        codes = {name: code for code, name in enumerate(self.outcomes)}
        given = [spans_in(names[code]) or () for code in votes["label"]]
        places = Places.of(votes, given, group_spans)
        chance = chance_to_meet(given, places.task, lambda spans: find_alike(spans, LEAST))
        judged, asked, unseen = ask_about(places, codes, with_left_alone(beliefs, votes), ask, chance)
        kept = [place for place in places.groups if self.outcomes[judged.labels[place.number]] != NOTHING]
        edges = decide_edges([place.marks for place in kept], [place.workers for place in kept])
        tasks = np.unique(votes["task"].to_numpy())
        sure = judged.stated[:, 0].copy()
        claims = [Claim(place.marks[0], False) for place in places.groups]
        claims += [Claim(None, False)] * (len(places.empty) + len(tasks))
        found: dict[int, list[tuple[Span, float, int]]] = {}
        for each, (starts, ends) in zip(kept, edges, strict=True):
            start, end = starts.best, ends.best
            if start >= end:
                sure[each.number] = 0.0
                continue
            span = Span(start, end, self.outcomes[judged.labels[each.number]])
            near = share_within(starts, ends, lambda s, e, span=span: self.is_near(span, s, e))  # type: ignore[misc]
            sure[each.number] *= near
            found.setdefault(each.task, []).append((span, float(sure[each.number]), each.number))
        labels, parts = [], []
        for task in tasks.tolist():
            own, lost = apart(found.get(task, ()))
            for span, _, number in own:
                claims[number] = Claim(span, True)
            sure[lost] = 1 - sure[lost]
            labels.append(names.code(canonical_json(self.write(span for span, *_ in own))))
            parts.append(tuple(round(each, 4) for _, each, _ in own))
        owners = np.concatenate([np.searchsorted(tasks, asked), np.arange(len(tasks))])
        questions = Questions(owners, np.concatenate([sure, 1 - unseen[tasks]]), claims)
        return Judged.composed(tasks, np.array(labels, dtype=np.int64), questions, tuple(parts))

    def holds(self, right: str, claims: Sequence[Claim]) -> Sequence[bool]:
        """Whether each span is there, nothing is where nothing was decided to be, and nothing was overlooked."""
        return hold(
            claims,
            spans_in(right) or (),
            lambda one, other: match_spans(one, other, self.same),
            lambda one, other: match_spans(one, other, LEAST),
        )

    def is_near(self, span: Span, start: int, end: int) -> bool:
        """Whether a span with these edges says the same."""
        both, either = min(span.end, end) - max(span.start, start), max(span.end, end) - min(span.start, start)
        return both >= self.same * either

    def pairs(self, right: str, answer: str) -> Iterable[tuple[str, str]]:
        """Of each span what it is and what it was taken for, wherever its edges are; of each one beside, that there is
        nothing."""
        true, given = spans_in(right), spans_in(answer)
        if true is None or given is None:
            return
        taken = dict(match_spans(true, given, LEAST))
        for place, span in enumerate(true):
            yield span.name, given[taken[place]].name if place in taken else NOTHING
        for place in set(range(len(given))) - set(taken.values()):
            yield NOTHING, given[place].name
        if not true and not given:
            yield NOTHING, NOTHING

    # Telling.

    is_shown_in_item: ClassVar[bool] = True

    def count(self, cells: Iterable[str]) -> Counter[str]:
        """How many spans there are of each class."""
        return Counter(span.name for cell in cells for span in spans_in(cell) or ())

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

    def is_graded_alike(self) -> bool:
        """Toloka compares the list as it is, in the order in which people marked."""
        return False


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

"""`tags`: a label is a set of names, none of them or several. Whether a name holds is a question of its own."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from hitl_assets.labeling.engine.bayesian_dawid_skene import Array, Beliefs
from hitl_assets.labeling.engine.crowd_matrix import FIRST_ACCURACY
from hitl_assets.labeling.engine.shares import cautious_shares
from hitl_assets.labeling.kinds.kind import Ask, Draft, Judged, Kind, Names, Questions
from hitl_assets.labeling.kinds.terms import LabelTerms, Name
from hitl_assets.labeling.tables.tables import format_value
from hitl_assets.labeling.values.characters import is_blank, normalize_text, show
from hitl_assets.labeling.values.values import BadValueError, check_typed

if TYPE_CHECKING:
    import pandas as pd

NO, YES = "no", "yes"
LIST, OBJECT = "array_string", "json"


class TagsTerms(LabelTerms):
    """A set of names: a list of texts, or an object of true and false as `field.checkbox-group` answers."""

    kind: Literal["tags"] = Field(description="what a label is")
    classes: list[Name] | None = Field(
        None, min_length=1, description="all tags that there are; allowed_values of the field if not given"
    )


@dataclass(frozen=True)
class Tags(Kind):
    """A set of names. A label is as sure as all of its questions together."""

    classes: Sequence[str] | None = None

    name: ClassVar[str] = "tags"
    terms: ClassVar[type[LabelTerms]] = TagsTerms
    works_on: ClassVar[str] = "fields of type array_string, or json with an object of true and false"
    outcomes: ClassVar[tuple[str, ...]] = (NO, YES)

    @classmethod
    def refuse(cls, spec: Mapping[str, Any], terms: LabelTerms) -> str:
        """Names are in a list, or are the names of boxes that are ticked."""
        if spec.get("type") not in (LIST, OBJECT) or (spec.get("type") == OBJECT and spec.get("allowed_values")):
            return f"Values of type {spec.get('type')} are no sets of tags."
        classes = terms.settings.get("classes")
        allowed = spec.get("allowed_values")
        if classes and allowed and sorted(set(classes)) != sorted(set(allowed)):
            return f"Its classes are {', '.join(classes)}, and the field's allowed_values {', '.join(allowed)}."
        return ""

    @classmethod
    def is_told_by(cls, spec: Mapping[str, Any]) -> bool:
        """A list of texts."""
        return spec.get("type") == LIST

    @classmethod
    def draft(cls, field: str, names: Sequence[str]) -> Draft:
        """A box for each tag."""
        sets = [*([name] for name in names), *(list(pair) for pair in pairwise(names))]
        return Draft(
            {"type": "json", "required": False},
            {"kind": "tags", "field": field, "classes": list(names)},
            {"type": "field.checkbox-group", "options": [{"value": n, "label": n.capitalize()} for n in names]},
            [dict.fromkeys(each, True) for each in sets],
            f"choose all that fit of: {', '.join(names)}",
            names,
        )

    @property
    def counted(self) -> Sequence[str]:
        """The tags that there are."""
        return self.classes or self.spec.get("allowed_values") or ()

    def check(self, value: Any) -> None:
        """Refuse what is no set of the tags that there are."""
        check_typed(value, self.spec)
        for tag in ticked(value):
            if is_blank(tag):
                raise BadValueError("a tag is empty")
            if self.counted and normalize_text(tag) not in self.counted:
                raise BadValueError(f"{show(tag)} is not one of {', '.join(self.counted)}")

    def is_label(self, value: Any) -> bool:
        """Whether a value can be a label. Where an answer may be left out, nothing ticked is the empty set."""
        return super().is_label(value) if value is not None else not self.spec.get("required", True)

    def plain(self, value: Any) -> Any:
        """The tags in alphabetical order, each once. What is no set of tags stays as it is."""
        try:
            return sorted({normalize_text(tag) for tag in ticked(value)})
        except BadValueError:
            return value

    def cell(self, value: Any) -> str:
        """The tags as a list in JSON."""
        return format_value(self.plain(value))

    def prefill(self, cell: str, inputs: Mapping[str, Any]) -> Any:
        """The tags as `field.checkbox-group` has them, where the field holds objects."""
        found = sorted(tags_in(cell))
        return dict.fromkeys(found, True) if self.spec.get("type") == "json" else found

    def likeness(self, one: str, other: str) -> float:
        """The share of the tags of either that both have (Jaccard)."""
        first, second = tags_in(one), tags_in(other)
        return len(first & second) / len(first | second) if first | second else 1.0

    def is_right(self, given: Any, known: Any) -> bool:
        """Whether both are the same tags."""
        return self.is_label(given) and self.cell(given) == self.cell(known)

    def decide(self, votes: "pd.DataFrame", names: Names, beliefs: Beliefs, ask: Ask) -> Judged:
        """Each tag is asked about, of each item: whoever did not name it said no."""
        import pandas as pd

        sets = [tags_in(text) for text in names.texts]
        tags = list(self.counted) or sorted(frozenset().union(*sets)) or [""]
        has = np.array([[tag in each for tag in tags] for each in sets], dtype=np.int64)
        task, worker, label = (votes[column].to_numpy() for column in ("task", "worker", "label"))
        asked = pd.DataFrame(
            {
                "task": (task[:, None] * len(tags) + np.arange(len(tags))).ravel(),
                "worker": np.repeat(worker, len(tags)),
                "label": has[label].ravel(),
            }
        )
        judged = ask(asked, replace(beliefs, priors=priors_of(asked, len(tags))))
        order = np.argsort(judged.tasks)
        shape = (-1, len(tags))
        holds = judged.labels[order].reshape(shape) == self.outcomes.index(YES)
        rows, places = np.unique(holds, axis=0, return_inverse=True)
        codes = [
            names.code(format_value(sorted(tag for tag, is_it in zip(tags, row, strict=True) if is_it))) for row in rows
        ]
        items = judged.tasks[order].reshape(shape)[:, 0] // len(tags)
        claims = [(tag, bool(is_it)) for row in holds for tag, is_it in zip(tags, row, strict=True)]
        questions = Questions(np.arange(holds.size) // len(tags), judged.stated[order, 0], claims)
        return Judged.composed(items, np.array(codes, dtype=np.int64)[places.ravel()], questions)

    def holds(self, right: str, claims: Sequence[tuple[str, bool]]) -> Sequence[bool]:
        """Whether each tag is there, or is not, as was decided."""
        true = tags_in(right)
        return [(tag in true) == is_there for tag, is_there in claims]

    def pairs(self, right: str, answer: str) -> Iterable[tuple[str, str]]:
        """Of each tag whether it holds, and whether it was named; of those that there are, or that either has."""
        true, given = tags_in(right), tags_in(answer)
        for tag in self.counted or sorted(true | given):
            yield self.outcomes[tag in true], self.outcomes[tag in given]

    def count(self, cells: Iterable[str]) -> Counter[str]:
        """How often there is which tag."""
        return Counter(tag for cell in cells for tag in tags_in(cell))

    def describe(self) -> str:
        """The tags, or that people write them."""
        return f"any of {', '.join(self.counted)}" if self.counted else "tags that people write"

    def caution(self) -> tuple[str, str] | None:
        """Tags that people write freely."""
        advice = f"Write label: {{kind: tags, field: {self.field}, classes: [...]}} with all tags that there are."
        return None if self.counted else ("sets of texts, in any order", advice)


def ticked(value: Any) -> list[str]:
    """The names in a list, or those that are true in an object.

    Raises:
        BadValueError: it is neither.
    """
    if isinstance(value, Mapping) and all(isinstance(each, bool) for each in value.values()):
        return [str(name) for name, is_it in value.items() if is_it]
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return list(value)
    if value is None:
        return []
    raise BadValueError(f"{value!r:.80} is no list of texts, and no object of true and false")


def priors_of(asked: "pd.DataFrame", tags: int) -> dict[int, Array]:
    """How probable no and yes are before anybody's answers are weighed: by how frequent each of so many tags is at a
    first look, as far as so many answers can tell. A lone answer is left to who gave it."""
    answers = np.bincount(asked["task"])
    yes = np.bincount(asked["task"], weights=asked["label"])
    first = 1 / (1 + (FIRST_ACCURACY / (1 - FIRST_ACCURACY)) ** (answers - 2 * yes))
    found: dict[int, Array] = {}
    for tag in range(tags):
        own = np.flatnonzero(answers[tag::tags]) * tags + tag
        share = (first[own].sum() + 1) / (len(own) + 2)
        prior = cautious_shares(np.array([1 - share, share]), answers[own].mean())
        found |= dict.fromkeys(own[answers[own] > 1].tolist(), prior)
    return found


@lru_cache(maxsize=100_000)
def tags_in(cell: str) -> frozenset[str]:
    """The tags of a cell; of what is no list the text as a whole, which is like itself alone."""
    try:
        found = json.loads(cell) if cell else []
    except ValueError:
        found = cell
    is_list = isinstance(found, list) and all(isinstance(each, str) for each in found)
    return frozenset(found) if is_list else frozenset({cell})

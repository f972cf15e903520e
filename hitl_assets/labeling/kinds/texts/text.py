"""`text`: a label is what people write down, as good as another that differs in little: the one that is most like all,
with the words that most of them have."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from hitl_assets.labeling.engine.bayesian_dawid_skene import Array, Beliefs, Codes
from hitl_assets.labeling.engine.crowd_matrix import FIRST_ACCURACY, FIRST_WEIGHT
from hitl_assets.labeling.kinds.chance import with_chance
from hitl_assets.labeling.kinds.kind import Ask, Draft, Judged, Kind, Names
from hitl_assets.labeling.kinds.terms import LabelTerms
from hitl_assets.labeling.kinds.texts.text_votes import put_together
from hitl_assets.labeling.values.characters import normalize_text

if TYPE_CHECKING:
    import pandas as pd

UNLIKE, LIKE = "unlike", "like"
SAME = 0.9
LIBRARY = "rapidfuzz"
ROUNDS = 3
# The voice of who writes nothing like the others: still one of those who were asked.
LEAST_WEIGHT = 0.1
# That texts of people who erred are alike is rare.
CHANCE = 0.05


class TextTerms(LabelTerms):
    """What people write down: a transcript, a translation of a few words, a name."""

    kind: Literal["text"] = Field(description="what a label is")
    same: float = Field(
        SAME, gt=0, le=1, description="two texts say the same if they are so alike: 1 less the share of other letters"
    )


@dataclass(frozen=True)
class Text(Kind):
    """A text. The one question is whether the one that is most like all others is right, and who wrote something like
    it says so."""

    same: float = SAME

    name: ClassVar[str] = "text"
    terms: ClassVar[type[LabelTerms]] = TextTerms
    works_on: ClassVar[str] = "fields of type string without allowed_values"
    outcomes: ClassVar[tuple[str, ...]] = (UNLIKE, LIKE)

    @classmethod
    def refuse(cls, spec: Mapping[str, Any], terms: LabelTerms) -> str:
        """Texts, of which people write any; and the library that compares them."""
        if spec.get("type", "string") != "string" or spec.get("allowed_values"):
            chosen = " that are chosen" if spec.get("allowed_values") else ""
            return f"Values of type {spec.get('type')}{chosen} are no texts that people write."
        if find_spec(LIBRARY) is None:
            return f"Texts are compared by {LIBRARY}, which is not installed: pip install 'hitl-assets[text]'."
        return ""

    @classmethod
    def draft(cls, field: str, names: Sequence[str]) -> Draft:
        """A field to write in. The example is to write down the text itself."""
        return Draft(
            {"type": "string", "required": True},
            {"kind": "text", "field": field, "same": SAME},
            {"type": "field.textarea"},
            ("all that is written here", "what this says", "this, word by word"),
            "write down what it says",
            ("the text",),
            fit=lambda answer, text: text,
        )

    # Reading.

    def plain(self, value: Any) -> Any:
        """The text without what nobody sees in it."""
        return normalize_text(value) if isinstance(value, str) else value

    # Comparing.

    def likeness(self, one: str, other: str) -> float:
        """1 less the letters to change, to add and to leave out, as a share of the longer text."""
        return alike(one, other)

    def is_same(self, one: str, other: str) -> bool:
        """Whether both are as alike as `same` says."""
        return alike(one, other) >= self.same

    def is_right(self, given: Any, known: Any) -> bool:
        """Whether an answer is like enough to the known one."""
        both = self.is_label(given) and self.is_label(known)
        return both and self.is_same(self.cell(self.plain(given)), self.cell(self.plain(known)))

    # Deciding.

    def decide(self, votes: "pd.DataFrame", names: Names, beliefs: Beliefs, ask: Ask) -> Judged:
        """Of each item's texts the one that is most like all, each weighed by what is known of who wrote it, with the
        words that most votes speak for; as sure as the method is that it is right."""
        label, worker = votes["label"].to_numpy(), votes["worker"].to_numpy()
        order = np.argsort(votes["task"].to_numpy(), kind="stable")
        tasks, starts = np.unique(votes["task"].to_numpy()[order], return_index=True)
        parts = np.split(order, starts[1:])
        tables = [likeness_of([names[code] for code in label[part]]) for part in parts]
        chosen, weights = choose(tables, [worker[part] for part in parts], beliefs, self.same)
        like, texts = np.zeros(len(votes), dtype=np.int64), []
        for part, at in zip(parts, chosen, strict=True):
            given = [names[code] for code in label[part]]
            text = put_together(given, weights[worker[part]].tolist(), at)
            like[part] = [self.is_same(text, each) for each in given]
            texts.append(names.code(text))
        judged = ask(votes.assign(label=like), with_chance(beliefs, worker.tolist(), CHANCE))
        sure = np.where(judged.labels == self.outcomes.index(LIKE), judged.stated[:, 0], 1 - judged.stated[:, 0])
        made = np.array(texts, dtype=np.int64)[np.searchsorted(tasks, judged.tasks)]
        return Judged(judged.tasks, made, np.column_stack([sure, 1 - sure]))

    def pairs(self, right: str, answer: str) -> Iterable[tuple[str, str]]:
        """Whether the answer was like what is right."""
        return ((LIKE, LIKE if self.is_same(right, answer) else UNLIKE),)

    # Telling.

    is_shown_in_item: ClassVar[bool] = True

    def count(self, cells: Iterable[str]) -> Counter[str]:
        """How many texts have how many words."""
        return Counter(words_in(cell) for cell in cells)

    def describe(self) -> str:
        """A text, and which are the same."""
        return f"a text that people write, the same from a likeness of {self.same} on"

    def is_graded_alike(self) -> bool:
        """Toloka compares to the letter."""
        return False


@lru_cache(maxsize=100_000)
def alike(one: str, other: str) -> float:
    """How alike two texts are, by Levenshtein: 1 if they are the same."""
    from rapidfuzz.distance import Levenshtein

    return 1.0 if one == other else float(Levenshtein.normalized_similarity(one, other))


def likeness_of(texts: Sequence[str]) -> Array:
    """How alike each text is to each."""
    found = np.ones((len(texts), len(texts)))
    for place, one in enumerate(texts):
        for other in range(place):
            found[place, other] = found[other, place] = alike(one, texts[other])
    return found


def choose(tables: Sequence[Array], workers: Sequence[Codes], beliefs: Beliefs, same: float) -> tuple[list[int], Array]:
    """Which text of each item is most like all, by likeness (text x text) and by who (code) wrote them; and the weight
    of each worker: that of how often the worker's texts are like the chosen ones, here and where it was known."""
    size = 1 + max(int(own.max()) for own in workers)
    known, total = np.full(size, FIRST_ACCURACY * FIRST_WEIGHT), np.full(size, FIRST_WEIGHT)
    for worker, record in beliefs.workers.items():
        if worker < size:
            known[worker] += record[1, 1]
            total[worker] += record[1].sum()
    near = known / total
    for _ in range(ROUNDS):
        weights = np.maximum(np.log(near / (1 - near)), LEAST_WEIGHT)
        chosen = [most_like(table, weights[own]) for table, own in zip(tables, workers, strict=True)]
        seen, of = np.zeros(size), np.zeros(size)
        for table, own, at in zip(tables, workers, chosen, strict=True):
            if len(own) > 2:
                like = table[at] >= same
                # Whose text it is is right if somebody else says so.
                like[at] = like.sum() > 1
                seen[own] += like
                of[own] += 1
        near = (known + seen) / (total + of)
    return chosen, weights


def most_like(table: Array, weights: Array) -> int:
    """The text that all others, each by its weight, are most like."""
    return int(np.argmax(np.round(table @ weights, 9)))


def words_in(text: str) -> str:
    """How many words a text has, roughly."""
    words = len(text.split())
    if words < 2:
        return "1 word"
    low = next(each for each in (100, 50, 20, 10, 5, 2) if words >= each)
    return {2: "2 to 4 words", 5: "5 to 9 words", 10: "10 to 19 words", 20: "20 to 49 words",
            50: "50 to 99 words", 100: "100 words and more"}[low]  # fmt: skip

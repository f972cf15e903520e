"""`number`: a label is a number, as good as another within a tolerance. It is the median of what people say."""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BeforeValidator, Field

from hitl_assets.labeling.engine.bayesian_dawid_skene import Array, Beliefs
from hitl_assets.labeling.engine.crowd_matrix import FIRST_ACCURACY, FIRST_WEIGHT
from hitl_assets.labeling.kinds.chance import with_chance
from hitl_assets.labeling.kinds.kind import Ask, Draft, Judged, Kind, Names
from hitl_assets.labeling.kinds.terms import LabelTerms

if TYPE_CHECKING:
    import pandas as pd

PERCENT = re.compile(r"\s*(\d+(?:\.\d+)?)\s*%\s*")
FAR, NEAR = "far", "near"
NUMBERS = ("integer", "float", "number")
# What a sum of binary fractions may be off by.
ROUNDING = 1e-9
# The voice of who is worse than chance: still one of those who were asked.
LEAST_WEIGHT = 0.1
# How often answers meet by chance is counted on so many pairs.
PAIRS, LEAST_CHANCE = 4000, 0.05


def read_same(value: Any) -> Any:
    """A tolerance: a number, or a share of the number like `2%`."""
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    if (is_number and 0 <= value < math.inf) or (isinstance(value, str) and PERCENT.fullmatch(value)):
        return float(value) if is_number else value
    raise ValueError("write a number that is not negative, for example 0.5, or a share of the number, for example 2%")


class NumberTerms(LabelTerms):
    """A number, which several answers become by their median."""

    kind: Literal["number"] = Field(description="what a label is")
    same: Annotated[float | str, BeforeValidator(read_same)] = Field(
        0.0, description="two numbers say the same if they are so far apart at most: 0.5, or a share of them like 2%"
    )


@dataclass(frozen=True)
class Number(Kind):
    """A number. The one question is whether the median of the answers is right, and who is near it says so."""

    same: float | str = 0.0

    name: ClassVar[str] = "number"
    terms: ClassVar[type[LabelTerms]] = NumberTerms
    works_on: ClassVar[str] = "fields of type integer, float or number"
    outcomes: ClassVar[tuple[str, ...]] = (FAR, NEAR)

    @classmethod
    def refuse(cls, spec: Mapping[str, Any], terms: LabelTerms) -> str:
        """Only numbers have a median."""
        return "" if spec.get("type") in NUMBERS else f"Values of type {spec.get('type')} are no numbers."

    @classmethod
    def is_told_by(cls, spec: Mapping[str, Any]) -> bool:
        """A whole number may as well be a class, one with a fraction may not."""
        return spec.get("type") in ("float", "number") and not spec.get("allowed_values")

    @classmethod
    def draft(cls, field: str, names: Sequence[str]) -> Draft:
        """A field for a number."""
        spec = {"type": "integer", "required": True}
        section = {"kind": "number", "field": field, "same": 0}
        return Draft(spec, section, {"type": "field.number"}, (3, 12, 40, 250), "write a number", ("the number",))

    @cached_property
    def share(self) -> float:
        """How far apart two numbers may be, as a share of the larger one."""
        percent = PERCENT.fullmatch(self.same) if isinstance(self.same, str) else None
        return float(percent[1]) / 100 if percent else 0.0

    @cached_property
    def distance(self) -> float:
        """How far apart two numbers may be, whatever they are."""
        return 0.0 if isinstance(self.same, str) else float(self.same)

    def tolerance(self, larger: Any) -> Any:
        """How far apart two numbers may be of which this is the larger one (or arrays of such)."""
        return self.distance + (self.share + ROUNDING) * larger

    def is_near(self, one: Any, other: Any) -> Any:
        """Whether numbers (or arrays of them) say the same."""
        return np.abs(np.subtract(one, other)) <= self.tolerance(np.maximum(np.abs(one), np.abs(other)))

    def likeness(self, one: str, other: str) -> float:
        """1 within the tolerance."""
        return float(self.is_same(one, other))

    def is_same(self, one: str, other: str) -> bool:
        """Whether both are within the tolerance."""
        first, second = read_number(one), read_number(other)
        if first is None or second is None:
            return one == other
        return abs(first - second) <= self.tolerance(max(abs(first), abs(second)))

    def is_right(self, given: Any, known: Any) -> bool:
        """Whether an answer is within the tolerance of the known one."""
        return self.is_label(given) and self.is_label(known) and bool(self.is_near(float(given), float(known)))

    def decide(self, votes: "pd.DataFrame", names: Names, beliefs: Beliefs, ask: Ask) -> Judged:
        """The median of each item's answers, weighed by what is known of those who gave them; as sure as the method is
        that it is right."""
        numbers = np.array([read_number(text) for text in names.texts], dtype=float)[votes["label"].to_numpy()]
        weights = weights_of(beliefs, int(votes["worker"].max()) + 1)[votes["worker"].to_numpy()]
        order = np.lexsort((numbers, votes["task"].to_numpy()))
        tasks, starts = np.unique(votes["task"].to_numpy()[order], return_index=True)
        parts = np.split(order, starts[1:])
        centres = np.array([self.centre(numbers[part], weights[part]) for part in parts])
        near = self.is_near(numbers, centres[np.searchsorted(tasks, votes["task"].to_numpy())])
        known = with_chance(beliefs, votes["worker"].tolist(), self.chance_to_meet(votes.assign(number=numbers)))
        judged = ask(votes.assign(label=near.astype(np.int64)), known)
        sure = np.where(judged.labels == self.outcomes.index(NEAR), judged.stated[:, 0], 1 - judged.stated[:, 0])
        found = centres[np.searchsorted(tasks, judged.tasks)]
        labels = np.array([names.code(self.cell(each)) for each in found.tolist()], dtype=np.int64)
        return Judged(judged.tasks, labels, np.column_stack([sure, 1 - sure]))

    def chance_to_meet(self, votes: "pd.DataFrame") -> float:
        """How often somebody is near a wrong number by chance: as often as answers to other items are (column
        `number`), and not less than LEAST_CHANCE, as people make the same slips."""
        drawn = np.random.default_rng(0).integers(len(votes), size=(2, PAIRS))
        task, number = votes["task"].to_numpy()[drawn], votes["number"].to_numpy()[drawn]
        meet = self.is_near(*number[:, task[0] != task[1]])
        return float(max(LEAST_CHANCE, meet.sum() / max(1, len(meet))))

    def centre(self, numbers: Array, weights: Array) -> float:
        """The weighted median of numbers in rising order. Between two that are not the same it is the one that more
        say: nobody means what lies between them."""
        halves = np.cumsum(weights) - weights.sum() / 2
        at = int(np.argmax(halves > -ROUNDING))
        low = float(numbers[at])
        if halves[at] > ROUNDING or at + 1 == len(numbers):
            return low
        high = float(numbers[at + 1])
        if self.is_near(low, high):
            return low if self.spec.get("type") == "integer" else float(f"{low + (high - low) / 2:.12g}")
        for_low, for_high = (weights[self.is_near(numbers, each)].sum() for each in (low, high))
        return high if for_high > for_low + ROUNDING else low

    def pairs(self, right: str, answer: str) -> Iterable[tuple[str, str]]:
        """Whether the answer was near what is right."""
        return ((NEAR, NEAR if self.is_same(right, answer) else FAR),)

    def count(self, cells: Iterable[str]) -> Counter[str]:
        """Numbers in bands: 0, from 1 to 2, from 2 to 5, from 5 to 10, from 10 to 20 and so on."""
        return Counter(map(band_of, cells))

    def describe(self) -> str:
        """A number, and which are the same."""
        return f"a number, the same within {self.same}"

    def caution(self) -> tuple[str, str] | None:
        """Numbers with a fraction that have to be equal."""
        is_exact = self.same == 0 and self.spec.get("type") != "integer"
        advice = f"Write label: {{kind: number, field: {self.field}, same: ...}} with what is near enough."
        return ("numbers, to the last digit", advice) if is_exact else None

    def is_graded_alike(self) -> bool:
        """Toloka knows no tolerance."""
        return self.same == 0


def read_number(text: str) -> float | None:
    """The number that a cell holds, if it is one."""
    try:
        return float(text)
    except ValueError:
        return None


def weights_of(beliefs: Beliefs, workers: int) -> Array:
    """What each worker's number weighs: the logarithm of the odds that it is right, by what is known."""
    near = np.full(workers, FIRST_ACCURACY * FIRST_WEIGHT)
    total = np.full(workers, FIRST_WEIGHT)
    for worker, record in beliefs.workers.items():
        if worker < workers:
            near[worker] += record[1, 1]
            total[worker] += record[1].sum()
    weights: Array = np.maximum(np.log(near / (total - near)), LEAST_WEIGHT)
    return weights


def band_of(cell: str) -> str:
    """In which band a number lies."""
    number = read_number(cell)
    if not number:
        return cell
    size, sign = abs(number), "-" if number < 0 else ""
    step = 10.0 ** math.floor(math.log10(size))
    low, high = next((low, high) for low, high in ((1, 2), (2, 5), (5, 10)) if size < high * step * (1 - 1e-12))
    return f"from {sign}{low * step:g} to {sign}{high * step:g}"

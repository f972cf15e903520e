"""`preference`: a label is which of two is better. What was compared in several pairs gets scores."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, Field

from hitl_assets.labeling.kinds.kind import Draft, OneOf
from hitl_assets.labeling.kinds.scores import Comparison, score
from hitl_assets.labeling.kinds.terms import LabelTerms
from hitl_assets.labeling.tables.tables import format_value

SIDES = 2


def check_pair(fields: list[str]) -> list[str]:
    """Refuse what is no pair."""
    if len(fields) != SIDES or len(set(fields)) != SIDES:
        raise ValueError(
            "name the two input fields that are compared, the one that is preferred by the first value first"
        )
    return fields


class PreferenceTerms(LabelTerms):
    """Which of two is better. The field has two allowed_values, for example left and right."""

    kind: Literal["preference"] = Field(description="what a label is")
    between: Annotated[list[str], AfterValidator(check_pair)] | None = Field(
        None, description="the two input fields that are compared, in the order of allowed_values: these get scores"
    )

    @property
    def reads(self) -> Sequence[str]:
        """What is compared."""
        return self.between or ()


@dataclass(frozen=True)
class Preference(OneOf):
    """One of two values an item, which is a pair: itself the question that decides it."""

    between: Sequence[str] | None = None

    name: ClassVar[str] = "preference"
    terms: ClassVar[type[LabelTerms]] = PreferenceTerms
    works_on: ClassVar[str] = "fields of two allowed_values"
    usual_inputs: ClassVar[tuple[str, ...]] = ("one", "other")
    usual_classes: ClassVar[tuple[str, ...]] = ("left", "right")

    @classmethod
    def refuse(cls, spec: Mapping[str, Any], terms: LabelTerms) -> str:
        """Two values, no more."""
        allowed = spec.get("allowed_values") or ()
        is_list = str(spec.get("type", "string")).startswith("array_")
        if is_list or len(allowed) != SIDES:
            return f"A preference is one of two allowed_values, and the field has {len(allowed) or 'none'}."
        return ""

    @classmethod
    def draft(cls, field: str, names: Sequence[str]) -> Draft:
        """Two buttons, with a key for each."""
        two = tuple(names[:SIDES])
        return Draft(
            {"type": "string", "required": True, "allowed_values": list(two)},
            {"kind": "preference", "field": field},
            {"type": "field.button-radio-group", "options": [{"value": n, "label": n.capitalize()} for n in two]},
            two,
            f"choose the better one: {' or '.join(two)}",
            two,
            two,
            reads={"between": (0, 1)},
        )

    def score(self, votes: Iterable[tuple[str, Mapping[str, Any], str]]) -> Mapping[str, float]:
        """How good what was compared is, by all who compared it; that a worker always prefers one side is learned."""
        if not self.between:
            return {}
        compared = []
        for worker, inputs, cell in votes:
            pair = [format_value(inputs.get(name)) for name in self.between]
            if cell in self.labels:
                compared.append(Comparison(worker, pair[0], pair[1], pair[self.labels.index(cell)]))
        return score(compared)

    @property
    def is_scored(self) -> bool:
        """If it is known what is compared."""
        return bool(self.between)

    def describe(self) -> str:
        """The two values, and between what."""
        which = f" ({' or '.join(self.between)})" if self.between else ""
        return f"the better one, {' or '.join(map(str, self.counted))}{which}"

"""Labels that say which of two is better, and what that makes of all that was compared."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hitl_assets.labeling.aggregation.aggregation import aggregate_answers
from hitl_assets.labeling.aggregation.knowledge import Knowledge, golden_records
from hitl_assets.labeling.answers.answers import counted, find_unreadable
from hitl_assets.labeling.kinds.preference import Preference
from hitl_assets.labeling.project.declaration import Aggregation

from .crowds import answer, answers

SPEC = {"type": "string", "allowed_values": ["left", "right"]}
KIND = Preference("label", SPEC, ("one", "other"))


def test_who_always_says_left_is_found_out() -> None:
    """By golden tasks: against them a single other one is right."""
    golden = {f"g{n}": {"ann": ("left", "right")[n % 2], "bob": "left", "cid": "left"} for n in range(20)}
    known = {key: own["ann"] for key, own in golden.items()}
    given = {str(n): {"ann": "right", "bob": "left", "cid": "left"} for n in range(10)}
    every = answers({**given, **golden}, known)
    votes, knowledge = counted(every, KIND), Knowledge(golden_records(every, KIND), {}, KIND.labels)
    values: dict[str, dict[str, Any]] = {key: {} for key in given}
    assert {each.label for each in aggregate_answers(votes, values, KIND, Aggregation(), knowledge)} == {"right"}


def test_what_was_compared_gets_scores() -> None:
    """In their order, though every third judge always says left; nothing where the project does not say what is
    compared."""
    chance = np.random.default_rng(3)
    votes = []
    for _number in range(60):
        one, other = chance.choice(5, 2, replace=False).tolist()
        better = "left" if one < other else "right"
        votes += [(f"w{w}", {"one": f"t{one}", "other": f"t{other}"}, better) for w in range(2)]
        votes.append(("lazy", {"one": f"t{one}", "other": f"t{other}"}, "left"))
    assert list(KIND.score(votes)) == ["t0", "t1", "t2", "t3", "t4"]
    assert Preference("label", SPEC).score(votes) == {}
    assert KIND.score([]) == KIND.score([("ann", {"one": "a", "other": "a"}, "left")]) == {}


@pytest.mark.parametrize(
    ("value", "reason"), [("both", "'both' is not one of left, right"), (["left"], "is not of type")]
)
def test_what_is_neither_counts_for_nothing(value: Any, reason: str) -> None:
    """And is named."""
    assignment = {"id": "1", "user_id": "ann", "pool_id": "7", "status": "ACCEPTED"}
    given = {**assignment, "tasks": [{"input_values": {"t": 1}}], "solutions": [{"output_values": {"label": value}}]}
    assert reason in next(each.reason for each in find_unreadable([given], KIND))
    assert counted([replace(answer("a", "ann", value), inputs={"t": 1})], KIND) == []

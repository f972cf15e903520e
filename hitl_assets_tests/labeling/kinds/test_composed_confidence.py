"""How sure labels are that are composed of questions: of all of them together, and that nothing was overlooked."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hitl_assets.labeling.aggregation.aggregation import aggregate_answers
from hitl_assets.labeling.aggregation.batch_calibration import read_trials, write_trials
from hitl_assets.labeling.aggregation.calibration import Trial, calibrate, confidence_of
from hitl_assets.labeling.aggregation.knowledge import Knowledge, Record, golden_records
from hitl_assets.labeling.aggregation.trials import golden_trials, settled_trials
from hitl_assets.labeling.answers.answers import counted
from hitl_assets.labeling.kinds.parts.claims import Claim
from hitl_assets.labeling.kinds.pictures.boxes import Boxes
from hitl_assets.labeling.kinds.pictures.marks import Mark
from hitl_assets.labeling.kinds.tags import Tags
from hitl_assets.labeling.kinds.texts.span_reading import Span
from hitl_assets.labeling.kinds.texts.spans import Spans
from hitl_assets.labeling.project.declaration import Aggregation
from hitl_assets.labeling.records import Label

from .crowds import answers

BOXES = Boxes("label", {"type": "json", "required": False}, ("apple", "pear"))
SPANS = Spans("label", {"type": "json", "required": False}, classes=("PER", "ORG"), text="text")
TAGS = Tags("label", {"type": "array_string", "allowed_values": ["ripe", "red", "big"]})
CAREFUL: Record = {
    ("apple", "apple"): 58, ("apple", "nothing"): 2, ("pear", "pear"): 58, ("pear", "nothing"): 2,
    ("nothing", "apple"): 2,
}  # fmt: skip
HASTY: Record = {**CAREFUL, ("apple", "nothing"): 25, ("pear", "nothing"): 25}


def box(left: float, top: float, name: str = "apple") -> dict[str, Any]:
    """A box of a tenth of the picture's sides."""
    return {"class": name, "left": left, "top": top, "width": 0.1, "height": 0.1}


def picture(seed: int, count: int = 5) -> list[dict[str, Any]]:
    """Some boxes, in other places in each picture."""
    chance = np.random.default_rng(seed)
    rows = chance.permutation(6)[:count]
    return [box(float(chance.uniform(0, 0.9)), 0.15 * int(row), str(chance.choice(["apple", "pear"]))) for row in rows]


def label(given: dict[str, dict[str, Any]], records: dict[str, Record]) -> dict[str, Label]:
    """The labels by item, as the method states how sure they are."""
    votes = counted(answers(given), BOXES)
    found = aggregate_answers(votes, {key: {} for key in given}, BOXES, Aggregation(), Knowledge(records))
    return {each.item_key: each for each in found}


def agreed(records: dict[str, Record], count: int = 5) -> float:
    """How sure a picture is in which two people agree on so many boxes."""
    given = {str(seed): dict.fromkeys(records, picture(seed, count)) for seed in range(12)}
    return label(given, records)["0"].confidence


def test_two_who_are_known_to_be_careful_and_agree_on_every_box_are_enough() -> None:
    """That both invent the same box is much rarer than that either invents one."""
    assert agreed({"ann": CAREFUL, "bob": CAREFUL}) >= 0.95


def test_what_hasty_people_saw_may_not_be_all_there_is() -> None:
    """A picture is right if nothing was overlooked, too: each box is sure, and the picture is not."""
    given = {str(seed): dict.fromkeys(("ann", "bob"), picture(seed, 2)) for seed in range(12)}
    found = label(given, {"ann": HASTY, "bob": HASTY})["0"]
    assert min(found.part_confidences) > 0.95
    assert found.confidence < 0.9


def test_a_place_where_everybody_marks_something_tells_less() -> None:
    """Who always draws the same box meets others who do."""
    usual = {str(seed): {"ann": [box(0.4, 0.4)], "bob": [box(0.4, 0.4)]} for seed in range(12)}
    other = {str(seed): dict.fromkeys(("ann", "bob"), picture(seed, 1)) for seed in range(12)}
    records = {"ann": CAREFUL, "bob": CAREFUL}
    same, different = (label(each, records)["0"].part_confidences[0] for each in (usual, other))
    assert same < different


APPLE, PEAR, AWAY = (
    Mark(name, (left, left, 0.1, 0.1)) for name, left in (("apple", 0.1), ("pear", 0.5), ("apple", 0.8))
)


@pytest.mark.parametrize(
    ("claims", "held"),
    [
        ([Claim(APPLE, True), Claim(PEAR, True), Claim(None, False)], [True, True, True]),
        ([Claim(APPLE, True), Claim(AWAY, False), Claim(None, False)], [True, True, False]),
        ([Claim(APPLE, True), Claim(PEAR, False), Claim(None, False)], [True, False, True]),
        ([Claim(APPLE._replace(name="pear"), True), Claim(AWAY, True), Claim(PEAR, True)], [False, False, True]),
        ([Claim(APPLE, False), Claim(APPLE, True), Claim(PEAR, True)], [True, True, True]),
    ],
)
def test_each_box_holds_or_not_by_itself(claims: list[Claim], held: list[bool]) -> None:
    """What is there, what is not, and that nothing was overlooked."""
    right = BOXES.cell([BOXES.write(APPLE), BOXES.write(PEAR)])
    assert list(BOXES.holds(right, claims)) == held


def test_each_tag_holds_or_not_by_itself() -> None:
    """Those that were not given, too."""
    assert TAGS.holds('["red"]', [("ripe", True), ("red", True), ("big", False)]) == [False, True, True]


def test_each_span_holds_or_not_by_itself() -> None:
    """A span with another edge is not there."""
    right = SPANS.cell([{"class": "PER", "start": 0, "end": 5}, {"class": "ORG", "start": 9, "end": 12}])
    claims = [Claim(Span(0, 5, "PER"), True), Claim(Span(9, 11, "ORG"), True), Claim(Span(6, 8, "PER"), False)]
    assert list(SPANS.holds(right, [*claims, Claim(None, False)])) == [True, False, True, True]


def composed(number: int, sure: tuple[float, ...], right: tuple[float, ...]) -> Trial:
    """A golden item whose label was composed of questions as sure as these."""
    whole = float(np.prod(sure))
    return Trial(
        str(number), 2, (whole, 1 - whole), float(all(right)), "golden", parts=tuple(zip(sure, right, strict=True))
    )


def test_boxes_that_are_right_in_pictures_that_are_wrong_are_evidence() -> None:
    """Half of the pictures have one box too many, which nobody was sure of; all others are right."""
    sure, unsure = (0.999,) * 4, (0.999,) * 4 + (0.6,)
    trials = [composed(each, sure, (1.0,) * 4) for each in range(20)]
    trials += [composed(20 + each, unsure, (1.0,) * 4 + (float(each % 5 < 3),)) for each in range(20)]
    worth, alone = calibrate(trials), calibrate([replace(each, parts=()) for each in trials])
    assert confidence_of(trials[:1], worth)[0] >= 0.95
    assert alone.highest_limit < 0.9
    assert worth.highest_limit >= 0.93
    assert worth.items == {"golden": 40}


def test_what_was_stated_of_parts_is_read_back() -> None:
    """Calibration is the same with evidence of batches before."""
    trials = [composed(each, (0.9, 0.75), (1.0, float(each % 4 > 0))) for each in range(8)]
    trials.append(Trial("8", 3, (0.7, 0.2, 0.1), 1.0, "golden"))
    read = read_trials(write_trials(trials, "engine"), "engine")
    assert [each.parts for each in read] == [each.parts for each in trials]
    assert calibrate(read) == calibrate(trials)


def test_golden_pictures_and_those_with_many_answers_tell_of_their_parts() -> None:
    """As many as questions decide the label, each by itself."""
    truth = {str(seed): picture(seed) for seed in range(24)}
    given = {
        key: {worker: true[1:] if worker == "dan" else true for worker in ("ann", "bob", "cid", "dan")}
        for key, true in truth.items()
    }
    every = answers(given, {key: truth[key] for key in list(truth)[:12]})
    votes = [each for each in counted(every, BOXES) if int(each.item_key) % 2 or each.worker_id < "c"]
    known = Knowledge(golden_records(every, BOXES))
    golden = golden_trials(every, votes, BOXES, Aggregation(), known)
    worth = calibrate(golden)
    settled = settled_trials(votes, BOXES, Aggregation(), known, worth)
    assert all(len(trial.parts) >= 5 for trial in [*golden, *settled])
    assert all(trial.right == min(right for _, right in trial.parts) for trial in golden)

"""Labels that are sets of tags: each tag is a question, and the label is as sure as all of them."""

from typing import Any

import numpy as np
import pytest

from hitl_assets.labeling.aggregation.aggregation import aggregate_answers, agreement
from hitl_assets.labeling.aggregation.calibration import calibrate
from hitl_assets.labeling.aggregation.knowledge import Knowledge, golden_records, settled_records
from hitl_assets.labeling.aggregation.trials import golden_trials
from hitl_assets.labeling.answers.answers import counted, find_unreadable, is_right
from hitl_assets.labeling.kinds.tags import Tags
from hitl_assets.labeling.labels.concatenation import Delta, LabeledRow, compare, read_labeled
from hitl_assets.labeling.labels.quality import measure_alpha
from hitl_assets.labeling.project.declaration import Aggregation
from hitl_assets.labeling.records import Label

from .crowds import answer, answers

FRUIT = ["apple", "pear", "plum"]
LIST: dict[str, Any] = {"type": "array_string", "allowed_values": FRUIT}
TAGS = Tags("label", LIST)
BOXES = Tags("label", {"type": "json", "required": False}, FRUIT)


def label(given: dict[str, dict[str, Any]], kind: Tags = TAGS, known: Any = None, method: str = "") -> dict[str, Label]:
    """The labels by item."""
    every = answers(given, known)
    votes = counted(every, kind)
    aggregation = Aggregation.model_validate({"method": method} if method else {})
    found = aggregate_answers(
        votes, {v.item_key: {} for v in votes}, kind, aggregation, Knowledge(golden_records(every, kind))
    )
    return {each.item_key: each for each in found}


def test_a_label_is_put_together_from_its_tags() -> None:
    """Nobody needs to have said it as a whole."""
    given = {"a": {"ann": ["apple"], "bob": ["apple", "pear"], "cid": ["pear"]}, "b": {"ann": [], "bob": [], "cid": []}}
    found = label(given)
    assert (found["a"].label, found["b"].label) == ('["apple", "pear"]', "[]")
    assert found["a"].votes == {'["apple"]': 1, '["apple", "pear"]': 1, '["pear"]': 1}
    assert found["a"].confidence < found["b"].confidence


@pytest.mark.parametrize(
    ("kind", "value", "cell"),
    [
        (TAGS, ["pear", "apple", "pear"], '["apple", "pear"]'),
        (BOXES, {" apple ": True}, '["apple"]'),
        (BOXES, {"pear": True, "apple": False}, '["pear"]'),
        (BOXES, {"pear": False}, "[]"),
        (BOXES, ["pear"], '["pear"]'),
        (BOXES, None, "[]"),
    ],
)
def test_order_and_form_make_no_difference(kind: Tags, value: Any, cell: str) -> None:
    """Lists, and the objects of `field.checkbox-group`, which leaves out what nobody ticked."""
    assert [each.values["label"] for each in counted([answer("a", "ann", value)], kind)] == [kind.plain(value)]
    assert kind.cell(value) == cell


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        (TAGS, ["fig"], "'fig' is not one of apple, pear, plum"),
        (TAGS, "apple", "'apple' is not of type array_string"),
        (BOXES, {"fig": True}, "label: 'fig' is not one of apple, pear, plum"),
        (BOXES, {"apple": 1}, "no object of true and false"),
        (BOXES, 7, "7 is no list of texts"),
        (Tags("label", {"type": "json"}), ["apple", ""], "a tag is empty"),
    ],
)
def test_what_is_no_set_of_tags_counts_for_nothing(kind: Tags, value: Any, reason: str) -> None:
    """And is named."""
    assignment = {"id": "1", "user_id": "ann", "pool_id": "7", "status": "ACCEPTED"}
    given = {**assignment, "tasks": [{"input_values": {"t": 1}}], "solutions": [{"output_values": {"label": value}}]}
    assert reason in next(each.reason for each in find_unreadable([given], kind))
    assert counted([answer("a", "ann", value)], kind) == []


def test_who_forgets_is_found_out() -> None:
    """By golden tasks: what the lazy one leaves out says little."""
    golden = {f"g{number}": {"ann": ["apple"], "bob": []} for number in range(20)}
    known = {key: ["apple"] for key in golden}
    given = {str(number): {"ann": ["pear"], "bob": []} for number in range(10)}
    assert {each.label for each in label({**given, **golden}, known=known).values()} == {'["pear"]'}


@pytest.mark.parametrize("method", ["majority_vote", "dawid_skene", "wawa", "kos"])
def test_other_methods_answer_the_questions_too(method: str) -> None:
    """Each is a yes or a no."""
    given = {str(number): {"ann": ["apple"], "bob": ["apple", "pear"], "cid": ["apple"]} for number in range(4)}
    assert {each.label for each in label(given, method=method).values()} == {'["apple"]'}


def test_how_frequent_a_tag_is_tells_between_two() -> None:
    """Of two people who disagree, whoever says what is usual is right."""
    usual = {str(n): {"ann": ["apple"], "bob": ["apple"], "cid": ["apple"]} for n in range(30)}
    found = label({**usual, "a": {"ann": ["apple", "plum"], "bob": []}})
    assert found["a"].label == '["apple"]'


def test_tags_that_nobody_listed_are_those_that_people_gave() -> None:
    """Where the project names none."""
    found = label({"a": {"ann": ["x", "y"], "bob": ["y", "x"], "cid": ["z"]}}, Tags("label", {"type": "array_string"}))
    assert found["a"].label == '["x", "y"]'


def test_what_is_known_of_workers_is_yes_and_no() -> None:
    """Whichever tag it is: so it carries over to other batches."""
    golden = answers({"g": {"ann": ["apple", "plum"]}}, {"g": ["apple", "pear"]})
    assert golden_records(golden, TAGS) == {"ann": {("yes", "yes"): 1, ("yes", "no"): 1, ("no", "yes"): 1}}
    labels = [Label("a", {}, '["apple"]', 0.5, {}, (), "7")]
    assert settled_records(answers({"a": {"ann": []}}), labels, TAGS) == {
        "ann": {("yes", "no"): 0.5, ("no", "no"): 1.0}
    }


def test_what_was_known_of_workers_as_classes_says_nothing_of_tags() -> None:
    """A label may become another kind in a project that has batches."""
    every = answers({"a": {"ann": ["apple"], "bob": ["apple"]}})
    earlier = Knowledge({"ann": {("apple", "pear"): 3.0}})
    (found,) = aggregate_answers(counted(every, TAGS), {"a": {}}, TAGS, Aggregation(), earlier)
    assert found.label == '["apple"]'


def test_likeness_is_what_both_have() -> None:
    """In agreement and alpha a forgotten tag is half of the way to nothing in common."""
    assert [TAGS.likeness('["a", "b"]', other) for other in ('["b", "a"]', '["a"]', '["c"]', "[]")] == [1, 0.5, 0, 0]
    assert TAGS.likeness("[]", "[]") == 1.0
    votes = {"a": {"ann": ["apple", "pear"], "bob": ["apple"]}, "b": {"ann": ["plum"], "bob": ["plum"]}}
    assert agreement([Label("a", {}, '["apple"]', 1.0, {'["apple"]': 1, '["apple", "pear"]': 1}, (), "")], TAGS) == 0.75
    assert 0 < (measure_alpha(answers(votes), TAGS) or 0) < 1


def test_a_golden_task_is_right_if_all_tags_are() -> None:
    """In any order, and in either form."""
    assert is_right(answer("g", "ann", ["pear", "apple"], known=["apple", "pear"]), TAGS)
    assert is_right(answer("g", "ann", {"apple": True, "pear": False}, known={"apple": True}), BOXES)
    assert not is_right(answer("g", "ann", ["apple"], known=["apple", "pear"]), TAGS)


def test_labels_of_before_are_compared_as_sets() -> None:
    """However they were written."""
    files = {"/a.jsonl": b'{"text": "x", "label": ["pear", "apple"]}\n'}
    rows, rejected = read_labeled(files, {"text": {"type": "string"}}, TAGS)
    assert ([row.label for row in rows], rejected) == (['["apple", "pear"]'], ())
    later = [LabeledRow({"text": "x"}, '["apple", "pear"]', "before")]
    assert compare(rows, later, TAGS) == Delta(0, 0, 0)


def test_tags_are_counted_one_by_one() -> None:
    """The share of a tag is that of the labels that have it."""
    assert TAGS.count(['["apple", "pear"]', '["apple"]', "[]"]) == {"apple": 2, "pear": 1}
    assert TAGS.counted == FRUIT


@pytest.mark.slow
def test_confidence_holds_where_golden_tasks_calibrate_it() -> None:
    """Of labels at 0.95 and more at least so many are right, on a crowd of which a third is careless."""
    chance = np.random.default_rng(5)
    truth = {str(item): [tag for tag in FRUIT if chance.random() < 0.4] for item in range(300)}
    slips = {f"w{number}": 0.3 if number % 3 == 0 else 0.04 for number in range(9)}
    given = {
        item: {
            worker: [tag for tag in FRUIT if (tag in right) != (chance.random() < slips[worker])]
            for worker in chance.choice(list(slips), 4, replace=False)
        }
        for item, right in truth.items()
    }
    every = answers(given, {item: truth[item] for item in list(truth)[:60]})
    votes, records = counted(every, TAGS), Knowledge(golden_records(every, TAGS))
    calibration = calibrate(golden_trials(every, votes, TAGS, Aggregation(), records))
    values: dict[str, dict[str, Any]] = {vote.item_key: {} for vote in votes}
    found = aggregate_answers(votes, values, TAGS, Aggregation(), records, calibration)
    sure = [TAGS.is_same(each.label, TAGS.cell(truth[each.item_key])) for each in found if each.confidence >= 0.95]
    assert len(sure) > 50
    assert sum(sure) / len(sure) >= 0.95

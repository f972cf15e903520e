"""Answers to labels, by each method."""

from dataclasses import replace
from typing import Any

import pytest

from hitl_assets.labeling.aggregation.aggregation import AGGREGATORS, AggregationError, aggregate_answers, agreement
from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.project.declaration import Aggregation
from hitl_assets.labeling.records import Answer, Label

# crowd-kit 1.4.2 uses arguments that pandas 3 is going to drop; constraints.txt holds both.
pytestmark = pytest.mark.filterwarnings("ignore:The (inplace|copy) keyword")

TRUTH = {"a": "apple", "b": "pear", "c": "apple", "d": "pear", "e": "apple", "f": "pear"}
VALUES = {key: {"text": f"text of {key}"} for key in TRUTH}
# Who is wrong about what: every item has a majority of four to one at least.
WRONG = {"ann": "", "bob": "a", "cem": "d", "dan": "", "eva": "ce"}
MAJORITY = Aggregation(method="majority_vote")


def answer(key: str, worker: str, kind: Any) -> Answer:
    """What a worker said of an item."""
    return Answer(key, {"kind": kind}, worker, f"suite-{worker}", f"task-{key}", "7", "ACCEPTED", False, "", "")


def crowd() -> list[Answer]:
    """Five workers' answers to six items."""
    other = {"apple": "pear", "pear": "apple"}
    return [
        answer(key, worker, other[kind] if key in wrong else kind)
        for key, kind in TRUTH.items()
        for worker, wrong in WRONG.items()
    ]


def aggregate(answers: list[Answer], aggregation: Aggregation = MAJORITY, values: Any = VALUES) -> tuple[Label, ...]:
    """The labels of the field `kind`."""
    return aggregate_answers(answers, values, Class("kind"), aggregation)


@pytest.mark.slow
@pytest.mark.parametrize("method", sorted(AGGREGATORS))
def test_every_method_finds_a_clear_majority(method: Any) -> None:
    """Whatever it makes of skills; and its confidence is a probability."""
    labels = aggregate(crowd(), Aggregation(method=method, iterations=5))
    assert {label.item_key: label.label for label in labels} == TRUTH
    assert all(0.5 < label.confidence <= 1 for label in labels)


@pytest.mark.slow
@pytest.mark.parametrize("method", sorted(AGGREGATORS))
def test_every_method_gives_the_same_labels_again(method: Any) -> None:
    """A rerun must not make a new commit."""
    aggregation = Aggregation(method=method, iterations=5)
    assert aggregate(crowd(), aggregation) == aggregate(crowd(), aggregation)


def test_iterations_are_passed_on() -> None:
    """To the methods that have them: one step of Dawid-Skene is less sure than many."""
    few, many = (aggregate(crowd(), Aggregation(iterations=n)) for n in (1, 50))
    assert [label.confidence for label in few] != [label.confidence for label in many]


@pytest.mark.parametrize("method", ["majority_vote", "kos", "mmsr"])
def test_confidence_is_the_share_of_votes_where_a_method_has_no_probability(method: Any) -> None:
    """Four of five; and all of them where all agree."""
    labels = {label.item_key: label.confidence for label in aggregate(crowd(), Aggregation(method=method))}
    assert (labels["a"], labels["b"]) == (0.8, 1.0)


def test_a_label_has_its_lineage() -> None:
    """Who voted for what, on which values, in which pool."""
    assert aggregate(crowd())[0] == Label(
        item_key="a",
        values={"text": "text of a"},
        label="apple",
        confidence=0.8,
        votes={"apple": 4, "pear": 1},
        workers=("ann", "bob", "cem", "dan", "eva"),
        pool_id="7",
    )


def test_labels_come_in_the_order_of_the_items() -> None:
    """However the answers came in."""
    order = ["d", "a", "f", "c", "b", "e"]
    labels = aggregate(list(reversed(crowd())), values={key: VALUES[key] for key in order})
    assert [label.item_key for label in labels] == order


def test_the_order_of_answers_does_not_matter() -> None:
    """Toloka may list assignments in another one."""
    assert aggregate(list(reversed(crowd())), Aggregation()) == aggregate(crowd(), Aggregation())


@pytest.mark.slow
@pytest.mark.parametrize("method", ["dawid_skene", "majority_vote", "glad"])
def test_other_ids_make_no_other_labels(method: Any) -> None:
    """Hashes, names with any characters and numbers in texts are all just ids."""
    renamed = [replace(one, item_key=f"{ord(one.item_key)}", worker_id=f"{one.worker_id}, 'é'") for one in crowd()]
    values = {f"{ord(key)}": VALUES[key] for key in VALUES}
    aggregation = Aggregation(method=method, iterations=5)
    plain, other = aggregate(crowd(), aggregation), aggregate(renamed, aggregation, values)
    assert [(label.label, label.confidence, label.votes) for label in plain] == [
        (label.label, label.confidence, label.votes) for label in other
    ]


@pytest.mark.parametrize("method", ["dawid_skene", "majority_vote"])
def test_string_ids_give_what_integer_ids_give(method: Any) -> None:
    """Ids are only told apart, never counted with."""
    numbers = {key: number for number, key in enumerate(TRUTH)}
    workers = {worker: number for number, worker in enumerate(WRONG)}
    counted: list[Any] = [
        replace(one, item_key=numbers[one.item_key], worker_id=workers[one.worker_id])  # type: ignore[arg-type]
        for one in crowd()
    ]
    aggregation = Aggregation(method=method)
    by_number = aggregate(counted, aggregation, {numbers[key]: VALUES[key] for key in VALUES})
    by_text = aggregate(crowd(), aggregation)
    assert [(label.label, label.confidence) for label in by_text] == [
        (label.label, label.confidence) for label in by_number
    ]


def test_an_answer_to_another_item_is_left_out() -> None:
    """A task that somebody added in Toloka is no item of the batch, and makes no worker better or worse."""
    foreign = [answer("x", worker, "plum") for worker in WRONG]
    assert aggregate([*crowd(), *foreign], Aggregation()) == aggregate(crowd(), Aggregation())


def test_an_item_without_answers_has_no_label() -> None:
    """The pool may have closed before anybody came to it."""
    labels = aggregate(crowd(), values={**VALUES, "z": {"text": "nobody saw it"}})
    assert [label.item_key for label in labels] == list(TRUTH)


def test_no_answers_make_no_labels() -> None:
    """A batch may bring nothing new."""
    assert aggregate([]) == ()


def test_one_answer_makes_a_label() -> None:
    """With an overlap of one there is nothing to compare."""
    (label,) = aggregate([answer("a", "ann", "apple")], Aggregation())
    assert (label.label, label.votes) == ("apple", {"apple": 1})


@pytest.mark.parametrize(
    ("kinds", "label"),
    [
        ([True, True, False], "true"),
        ([2, 2, 10], "2"),
        ([["a"], ["a"], []], '["a"]'),
        (["=1+1", "=1+1", "two\nlines, and a comma"], "=1+1"),
    ],
)
def test_a_label_is_text(kinds: list[Any], label: str) -> None:
    """As it stands in a cell, whatever type the answers have."""
    answers = [answer("a", worker, kind) for worker, kind in zip(("ann", "bob", "cem"), kinds, strict=True)]
    assert aggregate(answers)[0].label == label
    assert aggregate(answers)[0].votes[label] == 2


@pytest.mark.parametrize(
    ("method", "answers", "reason"),
    [
        ("kos", [*crowd(), answer("a", "fay", "plum")], "binary classification only"),
        ("kos", [answer("a", "ann", "apple"), answer("b", "ann", "apple")], "binary classification only"),
        ("mmsr", [answer(key, worker, "apple") for key in "abc" for worker in WRONG], "division by zero"),
    ],
)
def test_answers_that_a_method_cannot_aggregate_say_so(method: Any, answers: list[Answer], reason: str) -> None:
    """The answers are paid and kept: another method is all that is needed, and the message says how."""
    with pytest.raises(AggregationError) as refused:
        aggregate(answers, Aggregation(method=method))
    assert f"{method} cannot aggregate {len(answers)} answers: " in str(refused.value)
    assert reason in str(refused.value)
    assert "Choose another aggregation.method, for example majority_vote" in str(refused.value)


def test_agreement_is_the_mean_share_of_votes() -> None:
    """0.8, 1, 0.8, 0.8, 0.8 and 1."""
    assert agreement(aggregate(crowd()), Class("kind")) == pytest.approx(5.2 / 6)


def test_agreement_is_about_votes_and_not_about_confidence() -> None:
    """A method may be sure of what few said."""
    label = Label("a", {}, "pear", 0.99, {"apple": 3, "pear": 1}, ("ann",), "7")
    assert agreement([label], Class("kind")) == 0.25


def test_without_labels_there_is_no_agreement() -> None:
    """And no division by zero."""
    assert agreement([], Class("kind")) == 0

"""240 sets of answers that somebody broke: what is good becomes labels, what is not is named with its assignment."""

import copy
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hitl_assets.labeling.aggregation.aggregation import AggregationError, aggregate_answers
from hitl_assets.labeling.answers.answers import count_statuses, counted, find_unreadable, golden_accuracy, read_answers
from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.project.declaration import Aggregation
from hitl_assets.labeling.records import Answer
from hitl_assets.labeling.storage.files import StoredAnswers, restore
from hitl_assets.labeling.tables.tables import UnreadableFileError

ANSWERS = settings(
    max_examples=120, derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
KIND = {"type": "string", "allowed_values": ["apple", "pear"]}
KEYS = ("k1", "k2", "k3")
ODD: list[Any] = [
    None, "", "x", 0, 7, -1.5, True, [], {}, ["x"], {"x": 1}, [None], [[]], "FROZEN", "a\0b", "\ud800", float("nan"),
    10**30, "=1+1", "y" * 2_000, {"output_values": None}, {"output_values": {"kind": "plum"}}, {"kind": ["apple"]},
]  # fmt: skip


def task(key: str, known: str | None = None) -> dict[str, Any]:
    """A task as Toloka gives it back."""
    solutions = [{"output_values": {"kind": known}, "correctness_weight": 1}] if known else None
    return {"id": f"task-{key}", "input_values": {"item_key": key, "text": key}, "known_solutions": solutions}


def good(number: int, status: str = "ACCEPTED") -> dict[str, Any]:
    """An assignment that is as it should be: an answer to each of three tasks, and to a golden one."""
    return {
        "id": f"assignment{number}",
        "pool_id": "7",
        "user_id": f"worker{number % 3}",
        "status": status,
        "reward": 0.05,
        "created": "2026-01-01T10:00:00",
        "tasks": [*map(task, KEYS), task("g", "pear")],
        "solutions": [{"output_values": {"kind": kind}} for kind in ("apple", "pear", "apple", "pear")],
    }


def places(value: Any, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to each member of an assignment."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way for name, each in members for way in ((*above, name), *places(each, (*above, name)))]


@st.composite
def broken(draw: st.DrawFn) -> dict[str, Any]:
    """An assignment in which one to three things are odd."""
    assignment = good(
        draw(st.integers(10, 99)), draw(st.sampled_from(["ACCEPTED", "SUBMITTED", "REJECTED", "SKIPPED"]))
    )
    for _ in range(draw(st.integers(1, 3))):
        *way, name = draw(st.sampled_from(places(assignment) or [("id",)]))
        section: Any = assignment
        for step in way:
            section = section[step]
        if draw(st.booleans()) or name not in section:
            section[name] = copy.deepcopy(draw(st.sampled_from(ODD)))
        else:
            del section[name]
    return assignment


def check_answers(given_: list[Any], answers: list[Answer]) -> None:
    """What is read is what was given: a worker's own answer to that task, of a type that everything later counts on."""
    assignments = [each for each in given_ if isinstance(each, dict)]
    for answer in answers:
        own = [each for each in assignments if each.get("id") == answer.assignment_id]
        lists = [each["solutions"] for each in own if isinstance(each.get("solutions"), list)]
        solutions = [each for every in lists for each in every if isinstance(each, dict)]
        texts = [answer.item_key, answer.worker_id, answer.assignment_id, answer.task_id, answer.pool_id, answer.status]
        assert all(isinstance(text, str) for text in texts)
        assert answer.values in [solution.get("output_values") or {} for solution in solutions]


@pytest.mark.slow
@ANSWERS
@given(st.lists(broken(), max_size=4), st.lists(st.sampled_from(ODD), max_size=1))
def test_what_cannot_be_read_is_named_and_the_rest_becomes_labels(odd: list[Any], no_objects: list[Any]) -> None:
    """Two good assignments stay whole, whatever stands beside them."""
    every = [good(1), *odd, *no_objects, good(2, "SUBMITTED")]
    answers = list(read_answers(every))
    check_answers(every, answers)
    assert [a for a in answers if a.assignment_id in ("assignment1", "assignment2")] == list(
        read_answers([good(1), good(2, "SUBMITTED")])
    )
    for unreadable in find_unreadable(every, Class("kind", KIND)):
        assert unreadable.assignment_id in str(unreadable)
        assert unreadable.assignment_id.startswith("number ") or unreadable.assignment_id in [
            each.get("id") for each in odd
        ]
    right, total = golden_accuracy(every, Class("kind"))
    assert 2 <= right <= total
    assert sum(count_statuses(every).values()) == len(every)
    votes = counted(answers, Class("kind", KIND))
    labels = aggregate_answers(
        votes, {key: {"text": key} for key in KEYS}, Class("kind"), Aggregation(method="majority_vote")
    )
    assert {label.item_key for label in labels} == set(KEYS)
    assert {label.label for label in labels} <= {"apple", "pear"}
    StoredAnswers(tuple(each for each in every if isinstance(each, dict))).to_files()


@pytest.mark.slow
@ANSWERS
@given(
    st.lists(broken(), max_size=2),
    st.integers(0, 2_000),
    st.sampled_from([b"", b"", b"{", b"\n[]\n", b"\xff", b"null"]),
)
def test_a_damaged_file_of_answers_is_refused_by_its_line(odd: list[Any], at: int, stray: bytes) -> None:
    """Half a file must not pass for all the answers that were paid."""
    content = StoredAnswers((good(1), *odd, good(2))).to_files()["assignments.jsonl"]
    damaged = content[:at] + stray + content[at:]
    try:
        read = restore(StoredAnswers, {"assignments.jsonl": damaged}, "repo@1:/batch").assignments
    except UnreadableFileError as error:
        assert "repo@1:/batch" in str(error)
        assert "assignments.jsonl line" in str(error)
    else:
        lines = [json.loads(line) for line in damaged.split(b"\n") if line]
        assert json.dumps(read) == json.dumps(lines)


@pytest.mark.slow
@pytest.mark.parametrize(
    "method", ["dawid_skene", "one_coin_dawid_skene", "glad", "mace", "wawa", "zero_based_skill", "kos", "mmsr"]
)
@pytest.mark.parametrize(
    "votes",
    [
        [("k1", "ann", "apple")],
        [("k1", "ann", "apple"), ("k1", "ann", "pear")],
        [("k1", "ann", ""), ("k2", "bob", "\0"), ("k3", "ann", "y" * 100_000)],
        [(key, worker, worker) for key in KEYS for worker in ("ann", "bob", "eve")],
    ],
)
def test_any_votes_become_labels_or_are_refused(method: Any, votes: list[tuple[str, str, str]]) -> None:
    """One answer, one worker twice, everybody at odds: no method fails but with its name."""
    answers = [
        Answer(key, {"kind": kind}, worker, "a", "t", "7", "ACCEPTED", False, "", "") for key, worker, kind in votes
    ]
    values = {key: {"text": key} for key in KEYS}
    try:
        labels = aggregate_answers(answers, values, Class("kind"), Aggregation(method=method, iterations=3))
    except AggregationError as error:
        assert method in str(error)
    else:
        assert {label.item_key for label in labels} == {key for key, _, _ in votes}
        assert all(0 <= label.confidence <= 1 for label in labels)

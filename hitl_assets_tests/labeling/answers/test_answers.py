"""Assignments in, answers out."""

from typing import Any

import pytest

from hitl_assets.labeling.answers.answers import count_statuses, counted, find_unreadable, golden_accuracy, read_answers
from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.records import Answer, item_key
from hitl_assets.labeling.tables.tables import format_value

ANY = {"type": "json"}
KIND = {"type": "string", "allowed_values": ["apple", "pear"]}
WRITTEN = Class("kind")


def task(key: str, known: str | None = None, **values: Any) -> dict[str, Any]:
    """A task as Toloka gives it back; with a known answer it is a golden one."""
    solutions = [{"output_values": {"kind": known}, "correctness_weight": 1.0}] if known else None
    return {
        "id": f"task-{key}",
        "input_values": {"item_key": key, "text": key, **values},
        **({"known_solutions": solutions} if solutions else {}),
    }


def assignment(tasks: list[dict[str, Any]], kinds: list[Any] | None, status: str = "ACCEPTED") -> dict[str, Any]:
    """An assignment as Toloka gives it; no kinds, no solutions."""
    return {
        "id": "suite--1",
        "pool_id": "7",
        "user_id": "ann",
        "status": status,
        "created": "2026-01-01T10:00:00",
        "tasks": tasks,
        **({"solutions": [{"output_values": {"kind": kind}} for kind in kinds]} if kinds is not None else {}),
    }


def test_an_answer_has_what_toloka_said_of_it() -> None:
    """Who, when, where, and how it ended."""
    given = assignment([task("a")], ["apple"]) | {"submitted": "2026-01-01T10:05:00"}
    assert list(read_answers([given])) == [
        Answer(
            item_key="a",
            values={"kind": "apple"},
            worker_id="ann",
            assignment_id="suite--1",
            task_id="task-a",
            pool_id="7",
            status="ACCEPTED",
            is_golden=False,
            created="2026-01-01T10:00:00",
            submitted="2026-01-01T10:05:00",
            inputs={"text": "a"},
        )
    ]


def test_the_first_solution_is_for_the_first_task() -> None:
    """Toloka pairs them by their place alone."""
    answers = read_answers([assignment([task("a"), task("b")], ["apple", "pear"])])
    assert [(answer.item_key, answer.values["kind"]) for answer in answers] == [("a", "apple"), ("b", "pear")]


@pytest.mark.parametrize("status", ["ACTIVE", "SKIPPED", "EXPIRED"])
@pytest.mark.parametrize("solutions", [{}, {"solutions": None}, {"solutions": []}])
def test_an_unfinished_assignment_has_no_answers(status: str, solutions: dict[str, Any]) -> None:
    """Its tasks are listed, and nobody answered them."""
    assert list(read_answers([assignment([task("a")], None, status) | solutions])) == []


def test_an_answer_to_a_task_with_a_known_answer_is_golden() -> None:
    """It says something about the worker and nothing about the item."""
    answers = read_answers([assignment([task("a"), task("g", known="pear")], ["apple", "pear"])])
    assert [answer.is_golden for answer in answers] == [False, True]


@pytest.mark.parametrize(
    "values", [{"text": "Cox"}, {"text": "Cox", "item_key": ""}, {"text": "Cox", "item_key": None}]
)
def test_a_task_without_our_key_has_the_key_of_its_values(values: dict[str, Any]) -> None:
    """Somebody may have added it in Toloka's own interface."""
    added = {"id": "t", "input_values": values}
    assert next(read_answers([assignment([added], ["apple"])])).item_key == item_key({"text": "Cox"})


def test_reading_leaves_the_assignment_as_it_was() -> None:
    """It is stored, and the key in it is the only link to the item."""
    given = assignment([task("a")], ["apple"])
    list(read_answers([given]))
    assert given == assignment([task("a")], ["apple"])


def test_accepted_and_submitted_answers_count() -> None:
    """Under manual review the labels need not wait for the payment."""
    every = ("ACCEPTED", "SUBMITTED")
    given = [assignment([task("a")], ["apple"], status) | {"user_id": f"of {status}"} for status in every]
    assert len(counted(read_answers(given), Class("kind", ANY))) == 2


def test_a_rejected_answer_does_not_count() -> None:
    """Somebody found it wrong, and it isn't paid."""
    given = [assignment([task("a")], ["apple"], "REJECTED")]
    assert len(list(read_answers(given))) == 1
    assert counted(read_answers(given), Class("kind", ANY)) == []


def test_a_golden_answer_does_not_count() -> None:
    """Its label is known."""
    assert counted(read_answers([assignment([task("g", known="pear")], ["pear"])]), Class("kind", ANY)) == []


@pytest.mark.parametrize("label", ["kind", "colour"])
def test_an_answer_without_the_label_does_not_count(label: str) -> None:
    """An optional field may be empty, or not be there."""
    assert counted(read_answers([assignment([task("a")], [None])]), Class(label, ANY)) == []


@pytest.mark.parametrize("kind", [False, 0, 0.0])
def test_a_label_that_python_takes_for_false_counts(kind: Any) -> None:
    """No is an answer."""
    assert len(counted(read_answers([assignment([task("a")], [kind])]), Class("kind", ANY))) == 1


@pytest.mark.parametrize("kind", ["plum", 5, ["apple"], {"kind": "apple"}])
def test_a_label_that_its_field_does_not_allow_does_not_count(kind: Any) -> None:
    """It counts as no answer, and is named with its assignment and task; the others stay."""
    given = [assignment([task("a"), task("b")], [kind, "apple"])]
    assert [answer.item_key for answer in counted(read_answers(given), Class("kind", KIND))] == ["b"]
    (unreadable,) = find_unreadable(given, Class("kind", KIND))
    assert str(unreadable).startswith("assignment suite--1 task task-a: kind: ")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"user_id": None}, "has no user_id"),
        ({"status": 5}, "has no status"),
        ({"tasks": {"a": 1}}, "its tasks and solutions are no lists"),
        ({"solutions": [{}, {}]}, "has 1 task and 2 solutions: which is for which?"),
        ({"solutions": [None]}, "task 0: the task or its solution is no object"),
        ({"solutions": [{"output_values": "apple"}]}, "task 0: input_values or output_values is no object"),
        ({"tasks": [{"input_values": {"item_key": ["a"]}}]}, "task 0: item_key ['a'] is no text"),
        ({"tasks": [{"known_solutions": [{}]}]}, "task 0: known_solutions is no list of solutions"),
    ],
)
def test_an_assignment_that_cannot_be_read_is_named_and_stops_no_other(change: dict[str, Any], reason: str) -> None:
    """It was paid like the others, which are good."""
    bad, good = {**assignment([task("a")], ["apple"]), **change}, assignment([task("b")], ["pear"])
    assert [answer.item_key for answer in read_answers([bad, good])] == ["b"]
    (unreadable,) = find_unreadable([bad, good], Class("kind", KIND))
    assert str(unreadable).startswith("assignment suite--1 ") or str(unreadable).startswith("assignment suite--1: ")
    assert str(unreadable).endswith(reason)


def test_an_assignment_without_an_id_is_named_by_its_number() -> None:
    """So that it can be found in the file."""
    given = [assignment([task("a")], ["apple"]), {**assignment([task("b")], ["pear"]), "id": None}, 5]
    assert [str(each) for each in find_unreadable(given, Class("kind", KIND))] == [  # type: ignore[list-item]  # it is bad
        "assignment number 2: has no id",
        "assignment number 3: is no object",
    ]


def test_a_status_that_we_do_not_know_is_reported() -> None:
    """Its answers don't count, and somebody should know why."""
    (unreadable,) = find_unreadable([assignment([task("a")], ["apple"], "FROZEN")], Class("kind", KIND))
    assert str(unreadable) == "assignment suite--1: its status FROZEN is unknown"


def test_golden_accuracy_counts_golden_answers_only() -> None:
    """Right ones, and all of them."""
    given = [
        assignment([task("a"), task("g", known="pear")], ["apple", "pear"]),
        assignment([task("g", known="pear"), task("b")], ["apple", "pear"]),
        assignment([task("g", known="pear")], None, "SKIPPED"),
    ]
    assert golden_accuracy(given, Class("kind")) == (1, 2)


def test_any_of_several_known_answers_is_right() -> None:
    """Toloka takes more than one."""
    golden = task("g", known="pear")
    golden["known_solutions"].append({"output_values": {"kind": "quince"}, "correctness_weight": 1.0})
    assert golden_accuracy([assignment([golden], [kind]) for kind in ("pear", "quince", "plum")], Class("kind")) == (
        2,
        3,
    )


def test_statuses_are_counted() -> None:
    """How a pool went, at a glance."""
    given = [assignment([], None, status) for status in ("ACCEPTED", "SKIPPED", "ACCEPTED")]
    assert count_statuses(given) == {"ACCEPTED": 2, "SKIPPED": 1}


def vote(worker: str, kind: Any, submitted: str = "2026-01-01T10:05:00") -> dict[str, Any]:
    """An assignment with an answer to the item `a`."""
    return assignment([task("a")], [kind]) | {"user_id": worker, "submitted": submitted}


def votes(*given: dict[str, Any], spec: Any = ANY) -> list[Any]:
    """The labels that are counted."""
    return [answer.values["kind"] for answer in counted(read_answers(given), Class("kind", spec))]


def test_a_worker_has_one_vote_for_an_item() -> None:
    """Three times the same answer by one person is no agreement; the one that was handed in last counts."""
    first, last = vote("ann", "apple", "2026-01-01T10:05:00"), vote("ann", "pear", "2026-01-01T10:06:00")
    assert votes(first, last, vote("bob", "apple")) == votes(last, first, vote("bob", "apple")) == ["pear", "apple"]


@pytest.mark.parametrize("empty", ["", " ", "\u200b", "\u00a0\n"])
def test_an_empty_text_is_no_answer(empty: str) -> None:
    """It would become the label; it is listed among what counts for nothing."""
    text = {"type": "string"}
    assert votes(vote("ann", empty), vote("bob", "apple"), spec=text) == ["apple"]
    assert [each.reason for each in find_unreadable([vote("ann", empty)], Class("kind", text))] == ["kind is empty"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        ({"a": {"x": 1.0, "y": [2.0]}}, {"a": {"y": [2], "x": 1}}),
        (1, 1.0),
        ("NYC", "NYC "),
        ("caf\u00e9", "cafe\u0301"),
        (["NYC"], ["NYC\u00a0"]),
    ],
)
def test_equal_labels_are_one_label(one: Any, other: Any) -> None:
    """However they are written; also for golden tasks."""
    assert format_value(WRITTEN.plain(one)) == format_value(WRITTEN.plain(other))
    assert WRITTEN.is_right(one, other)


@pytest.mark.parametrize(("one", "other"), [("1", 1), (True, 1), ("NYC", "nyc"), (["a", "b"], ["b", "a"]), (None, "")])
def test_other_labels_are_other_labels(one: Any, other: Any) -> None:
    """Lists have an order, texts have cases, and a number is no text."""
    assert not WRITTEN.is_right(one, other)


def test_a_golden_task_is_right_whatever_nobody_sees() -> None:
    """Honest workers were banned for a space."""
    assert golden_accuracy([assignment([task("a", known="New York")], ["New York "])], Class("kind")) == (1, 1)

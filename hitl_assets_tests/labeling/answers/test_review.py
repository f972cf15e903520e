"""Who is paid, who is asked again, and what a person decides."""

from typing import Any

import pytest

from hitl_assets.labeling.answers.review import decide, rejected_answers, settle, suggest
from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.project.declaration import Review

REVIEW = Review()


def assignment(worker: str, answers: dict[str, str], golden: str | None, status: str = "SUBMITTED") -> dict[str, Any]:
    """A suite: a real task for each answer, and a golden one whose answer is `yes` (None: without)."""
    tasks = [{"id": f"task {name}", "input_values": {"item_key": name}} for name in answers]
    solutions = [{"output_values": {"kind": answer}} for answer in answers.values()]
    if golden is not None:
        known = [{"output_values": {"kind": "yes"}}]
        tasks.append({"id": "golden", "input_values": {"item_key": "golden"}, "known_solutions": known})
        solutions.append({"output_values": {"kind": golden}})
    return {
        "id": f"suite of {worker}",
        "user_id": worker,
        "pool_id": "7",
        "status": status,
        "tasks": tasks,
        "solutions": solutions,
    }


CROWD = [
    assignment("ann", {"a": "yes", "b": "no"}, "yes"),
    assignment("bob", {"a": "yes", "b": "no"}, "yes"),
    assignment("eve", {"a": "no", "b": "yes"}, "no"),
    assignment("joe", {"a": "yes", "b": "no"}, "no"),
]


def decisions(crowd: list[dict[str, Any]]) -> dict[str, str]:
    """What is suggested for each worker."""
    return {verdict.worker_id: verdict.decision for verdict in suggest(crowd, REVIEW, Class("kind"))}


# Eve has missed four more golden tasks, in suites without real ones.
CAUGHT = [*CROWD, *({**assignment("eve", {}, "no"), "id": f"more {number}"} for number in range(4))]


def test_good_is_paid_bad_is_not_and_the_rest_waits() -> None:
    """Joe agrees with the others and missed the golden task: a person looks."""
    assert decisions(CAUGHT) == {"ann": "accept", "bob": "accept", "eve": "reject", "joe": "wait"}


def test_one_wrong_answer_to_a_golden_task_rejects_nobody() -> None:
    """Eve disagrees with all others, too; but a careful worker misses one now and then."""
    assert decisions(CROWD)["eve"] == "wait"


@pytest.mark.parametrize(
    ("right", "total", "agreement", "decision"),
    [
        (8, 10, 0.5, "accept"),
        (1, 1, 0.5, "accept"),
        (7, 9, 1.0, "wait"),
        (10, 10, 0.49, "wait"),
        (0, 5, 0.39, "reject"),
        (0, 4, 0.39, "wait"),
        (3, 20, 0.1, "reject"),
        (7, 20, 0.1, "wait"),
        (0, 5, 0.4, "wait"),
        (9, 10, None, "accept"),
        (0, 10, None, "reject"),
        (0, 0, 0.9, "accept"),
        (0, 0, 0.0, "wait"),
        (0, 0, None, "wait"),
    ],
)
def test_marks_decide(right: int, total: int, agreement: float | None, decision: str) -> None:
    """Both measures must be good, or both bad, and bad beyond chance; nobody is rejected for being alone with an
    opinion."""
    assert decide(right, total, agreement, REVIEW) == decision


def suites(accuracy: dict[str, int]) -> list[dict[str, Any]]:
    """Suites of workers who answered `yes` to so many of ten golden tasks, and `no` to the rest."""
    answered = [
        (worker, number, "yes" if number < right else "no")
        for worker, right in accuracy.items()
        for number in range(10)
    ]
    return [{**assignment(worker, {}, said), "id": f"{worker} {number}"} for worker, number, said in answered]


def test_agreement_is_with_those_who_are_right_and_not_with_the_most() -> None:
    """Two careless ones against one careful one: it is more probable that he is right."""
    answers = [assignment("eve", {"a": "no"}, None), assignment("joe", {"a": "no"}, None)]
    answers += [assignment("ann", {"a": "yes"}, None), assignment("bob", {"a": "yes"}, None)]
    crowd = [*suites({"ann": 10, "bob": 10, "eve": 3, "joe": 3}), *answers]
    found = {each.assignment_id: each.agreement for each in suggest(crowd, REVIEW, Class("kind"))}
    assert (found["suite of bob"] or 0) > 0.8 > 0.2 > (found["suite of eve"] or 0)


def test_agreement_is_no_more_than_others_make_probable() -> None:
    """One other who says the same may be wrong; two are wrong less often."""
    one = suggest([assignment(name, {"a": "yes"}, None) for name in ("ann", "bob")], REVIEW, Class("kind"))
    two = suggest([assignment(name, {"a": "yes"}, None) for name in ("ann", "bob", "joe")], REVIEW, Class("kind"))
    assert 0.75 < (one[0].agreement or 0) < (two[0].agreement or 0) < 1


def test_golden_tasks_of_the_whole_pool_count() -> None:
    """One suite has too few of them."""
    twice = [*CROWD[:2], {**assignment("joe", {"c": "yes"}, "no"), "id": "1"}]
    twice += [{**assignment("joe", {"d": "yes"}, "yes"), "id": str(n)} for n in range(2, 6)]
    verdicts = {each.assignment_id: each for each in suggest(twice, REVIEW, Class("kind"))}
    assert {(verdicts[str(n)].golden_right, verdicts[str(n)].golden_total) for n in range(1, 6)} == {(4, 5)}


def test_what_is_decided_in_toloka_stays() -> None:
    """Somebody accepted by hand, or the time for a review was over."""
    crowd = [*CROWD[:2], {**CROWD[2], "status": "ACCEPTED"}, {**CROWD[3], "status": "EXPIRED", "solutions": []}]
    assert decisions(crowd) == {"ann": "accept", "bob": "accept", "eve": "accept"}


def test_a_person_has_the_last_word() -> None:
    """About single assignments, or about all that wait."""
    suggested = suggest(CAUGHT, REVIEW, Class("kind"))[:4]
    by_hand = settle(suggested, {"suite of eve": "accept"}, rest="wait")
    assert [each.decision for each in by_hand] == ["accept", "accept", "accept", "wait"]
    assert by_hand[2].reason.startswith("decided by a person")
    assert [each.decision for each in settle(suggested, {}, rest="reject")] == ["accept", "accept", "reject", "reject"]


def test_a_decision_needs_its_assignment() -> None:
    """A typing error must not be taken for a decision."""
    with pytest.raises(ValueError, match="no assignment nonsense"):
        settle(suggest(CROWD, REVIEW, Class("kind")), {"nonsense": "accept"}, rest="wait")


def test_what_is_paid_cannot_be_taken_back() -> None:
    """Toloka allows it in one direction only."""
    paid = suggest([{**CROWD[0], "status": "ACCEPTED"}], REVIEW, Class("kind"))
    with pytest.raises(ValueError, match="is ACCEPTED in Toloka; it stays so"):
        settle(paid, {"suite of ann": "reject"}, rest="wait")


def test_rejected_answers_are_asked_for_again() -> None:
    """Each real task as often as it was rejected, golden tasks never."""
    assert rejected_answers(CROWD, ["suite of eve", "suite of joe"]) == {"task a": 2, "task b": 2}

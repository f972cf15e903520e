"""Workers as their answers show them."""

from typing import Any

from hitl_assets.labeling.answers.workers import describe_workers
from hitl_assets.labeling.kinds.classes import Class


def suite(worker: str, *answers: str, known: str = "") -> dict[str, Any]:
    """A suite of real tasks with these answers; with `known`, the last one is a golden task."""
    tasks: list[dict[str, Any]] = [{"id": f"t{n}", "input_values": {"item_key": f"k{n}"}} for n in range(len(answers))]
    if known:
        tasks[-1]["known_solutions"] = [{"output_values": {"kind": known}}]
    solutions = [{"output_values": {"kind": each}} for each in answers]
    about = {"id": worker, "pool_id": "7", "user_id": worker, "status": "ACCEPTED"}
    times = {"created": "2026-01-01T00:00:00", "submitted": "2026-01-01T00:00:30"}
    return {**about, **times, "tasks": tasks, "solutions": solutions}


def test_a_worker_s_share_is_of_real_answers() -> None:
    """Golden tasks show care and take time, but are no share of the batch."""
    ann, bob = describe_workers([suite("bob", "a"), suite("ann", "a", "b", "a", "b", known="a")], Class("kind"))
    assert (ann.worker_id, ann.answers, ann.share, bob.share) == ("ann", 3, 0.75, 0.25)
    assert (ann.golden_right, ann.golden_total, ann.golden_accuracy, bob.golden_accuracy) == (0, 1, 0.0, None)
    assert (ann.seconds_per_task, bob.seconds_per_task) == (7.5, 30)


def test_nobody_answered() -> None:
    """A pool may end before anybody came."""
    assert describe_workers([], Class("kind")) == ()

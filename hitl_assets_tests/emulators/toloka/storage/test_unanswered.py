"""What cannot be handed in: nobody hands it in, and the requester is told why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from hitl_assets.emulators.toloka.answers.answering import submit
from hitl_assets.emulators.toloka.http.errors import ApiError
from hitl_assets.emulators.toloka.storage.state import State
from hitl_assets_tests.emulators.toloka.conftest import Desk
from hitl_assets_tests.emulators.toloka.floors import Floor

CHOICE = {"type": "field.radio-group", "data": {"type": "data.output", "path": "answer"}}
FROM_TASK = {**CHOICE, "options": {"type": "data.input", "path": "options"}}


def specification(*views: dict[str, Any], **outputs: dict[str, Any]) -> dict[str, Any]:
    """A project's fields, and an interface that shows these components."""
    return {
        "input_spec": {"text": {"type": "string"}, "options": {"type": "json", "required": False}},
        "output_spec": outputs,
        "view_spec": {"type": "tb", "config": json.dumps({"view": {"type": "view.list", "items": views}}), "lock": {}},
    }


def unanswered(desk: Desk, pool: Any) -> str | None:
    """What the emulator says about the pool."""
    told = httpx.get(f"{desk.emulator.url}/emulator/pools/{pool.id}/unanswered", timeout=30).json()
    return None if told["reason"] is None else str(told["reason"])


@pytest.mark.slow
def test_a_pool_that_nobody_can_answer_says_why(shared: Desk) -> None:
    """All who come skip it, after a while nobody comes any more, and nothing was paid."""
    options = [{"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"}]
    fields = {"answer": {"type": "string"}, "note": {"type": "string"}}
    pool = shared.filled(4, project=shared.project(task_spec=specification({**CHOICE, "options": options}, **fields)))
    shared.client.open_pool(pool.id)
    reason = "note: May not be empty. Nothing on the page asks for it."
    shared.until(lambda: unanswered(shared, pool), lambda told: told is not None and told.endswith(reason))
    shared.until(lambda: len(shared.assignments(pool, status="SKIPPED")), lambda skipped: skipped >= 100)
    assert shared.assignments(pool, status=["SUBMITTED", "ACCEPTED"]) == []
    page = httpx.get(f"{shared.emulator.url}/requester/project/{pool.project_id}/pool/{pool.id}", timeout=30).text
    assert reason in page
    shared.client.close_pool(pool.id)
    assert len(shared.assignments(pool, status="SKIPPED")) < 200


@pytest.mark.slow
def test_other_tasks_of_the_pool_are_answered(shared: Desk) -> None:
    """One task offers nothing to choose from; whoever skipped it goes on with the others."""
    fields = {"answer": {"type": "string"}}
    mixer = {"real_tasks_count": 1, "golden_tasks_count": 0, "training_tasks_count": 0}
    pool = shared.pool(shared.project(task_spec=specification(FROM_TASK, **fields)), mixer_config=mixer)
    offered = [[]] + [[{"value": f"{side}{number}", "label": side} for side in "ab"] for number in range(4)]
    tasks = shared.real(pool.id, len(offered))
    for task, options in zip(tasks, offered, strict=True):
        task.input_values["options"] = options
    shared.client.create_tasks(tasks, allow_defaults=True)
    shared.client.open_pool(pool.id)
    accepted = shared.until(lambda: shared.assignments(pool, status="ACCEPTED"), lambda found: len(found) == 12)
    for one in accepted:
        allowed = {option["value"] for option in one.tasks[0].input_values["options"]}
        assert one.solutions[0].output_values["answer"] in allowed
    assert str(unanswered(shared, pool)).endswith("Nothing that can be given there is allowed.")
    shared.client.close_pool(pool.id)


@pytest.mark.parametrize("output", [{"answer": "maybe"}, {}, {"answer": "OK", "other": 1}, {"answer": ["OK"]}])
def test_nothing_is_taken_that_the_project_does_not_declare(tmp_path: Path, output: dict[str, Any]) -> None:
    """Whoever hands it in, and by whatever page: one check for all."""
    floor = Floor.build(tmp_path)
    pool = floor.pool(real=1)
    assignment = floor.take(pool, "worker")
    state: State = floor.state
    with pytest.raises(ApiError, match=r"0\.output_values"), state.store.transaction():
        submit(state, str(assignment), [output], 60)
    assert floor.work(pool, "another", "OK")

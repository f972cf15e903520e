"""What a worker answers to a task."""

from __future__ import annotations

from typing import Any

from hitl_assets.emulators.crowd.mistakes import is_right, other
from hitl_assets.emulators.crowd.suites import Suite, Task
from hitl_assets.emulators.crowd.truth import AnswerKey, name_of, options_of, truth_of
from hitl_assets.emulators.crowd.workers import Worker


def answer_suite(worker: Worker, seed: int, key: AnswerKey, suite: Suite) -> list[dict[str, Any]]:
    """The output values for every task, in the order of the tasks."""
    return [_answer(worker, seed, key, suite, task) for task in suite.tasks]


def _answer(worker: Worker, seed: int, key: AnswerKey, suite: Suite, task: Task) -> dict[str, Any]:
    truth, item = truth_of(suite.questionnaire, key, seed, task), name_of(task)
    options = {name: options_of(suite.questionnaire, key, name) for name in truth}
    # One draw for the whole task: who misreads a question gets all of it wrong.
    if is_right(worker, seed, item, list(truth.values()), next(iter(options.values()), ())):
        return truth
    return {
        name: _as_declared(suite, name, other(worker, seed, options[name], right, name, item))
        for name, right in truth.items()
    }


def _as_declared(suite: Suite, name: str, chosen: Any) -> Any:
    is_array = suite.questionnaire.output_spec[name]["type"].startswith("array_")
    return [chosen] if is_array and not isinstance(chosen, list) else chosen

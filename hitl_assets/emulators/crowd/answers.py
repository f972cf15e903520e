"""What a worker answers to a task."""

from __future__ import annotations

from typing import Any

from hitl_assets.emulators.crowd.chance import chance, choose, pick
from hitl_assets.emulators.crowd.suites import Suite, Task
from hitl_assets.emulators.crowd.truth import AnswerKey, name_of, options_of, truth_of
from hitl_assets.emulators.crowd.workers import Worker


def answer_suite(worker: Worker, seed: int, key: AnswerKey, suite: Suite) -> list[dict[str, Any]]:
    """The output values for every task, in the order of the tasks."""
    return [_answer(worker, seed, key, suite, task) for task in suite.tasks]


def _answer(worker: Worker, seed: int, key: AnswerKey, suite: Suite, task: Task) -> dict[str, Any]:
    truth = truth_of(suite.questionnaire, key, seed, task)
    # One draw for the whole task: who misreads a question gets all of it wrong.
    is_right = chance(seed, worker.number, name_of(task), "right") < worker.accuracy_for(list(truth.values()))
    return {
        name: right if is_right and worker.spam is None else _other(worker, seed, key, suite, task, name, right)
        for name, right in truth.items()
    }


def _other(worker: Worker, seed: int, key: AnswerKey, suite: Suite, task: Task, name: str, right: Any) -> Any:
    options = options_of(suite.questionnaire, key, name)
    is_array = suite.questionnaire.output_spec[name]["type"].startswith("array_")
    if worker.spam == "constant":
        chosen = pick(options, seed, worker.number, name) if options else "ok"
    elif worker.spam == "random":
        chosen = pick(options, seed, worker.number, name, name_of(task)) if options else "ok"
    elif worker.spam == "fast":
        chosen = options[0] if options else "ok"
    else:
        chosen = _mistake(worker, seed, options, right, name, name_of(task))
    return [chosen] if is_array and not isinstance(chosen, list) else chosen


def _mistake(worker: Worker, seed: int, options: tuple[Any, ...], right: Any, *task: str) -> Any:
    wrong = [option for option in options if option != right and [option] != right]
    weights = worker.group.confusion.get(str(right), {})
    likely = {index: weights[str(option)] for index, option in enumerate(wrong) if str(option) in weights}
    if likely:
        return wrong[choose(likely, seed, worker.number, *task)]
    return pick(wrong, seed, worker.number, *task) if wrong else _misread(options, right)


def _misread(options: tuple[Any, ...], right: Any) -> Any:
    return options[0] if options else f"not {right}"

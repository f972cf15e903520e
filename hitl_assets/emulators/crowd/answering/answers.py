"""What a worker answers to a task."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hitl_assets.emulators.crowd.answering.drawing import hands, misdraw, redraw
from hitl_assets.emulators.crowd.answering.filling import Filled, fill
from hitl_assets.emulators.crowd.answering.inventing import declared_at, is_list, listed
from hitl_assets.emulators.crowd.answering.mistakes import decider, is_right, other
from hitl_assets.emulators.crowd.answering.pages import Asked, Page
from hitl_assets.emulators.crowd.answering.slips import mistick, slip
from hitl_assets.emulators.crowd.answering.truth import (
    AnswerKey,
    choices_of,
    find_truth,
    invent_for,
    name_of,
    page_of,
    place_of,
)
from hitl_assets.emulators.crowd.suites import Questionnaire, Suite, Task
from hitl_assets.emulators.crowd.workers import Worker


def answer_suite(worker: Worker, seed: int, key: AnswerKey, suite: Suite) -> list[dict[str, Any]]:
    """The output values for every task, in the order of the tasks.

    Raises:
        UnanswerableError: nothing that a worker could answer to a task can be handed in.
    """
    return [_answer(worker, seed, key, suite.questionnaire, task) for task in suite.tasks]


def _answer(worker: Worker, seed: int, key: AnswerKey, asks: Questionnaire, task: Task) -> dict[str, Any]:
    truth = find_truth(asks, key, seed, task)
    right = {name: truth.output[name] for name in asks.output_spec if name in truth.output}
    hand = _Hand(worker, seed, key, asks, task, page_of(asks, task), truth)
    first = next((hand.options(asked) for asked in truth.look.asked if asked.path[:1] == tuple(right)[:1]), ())
    # One draw for the whole task: who misreads a question gets all of it wrong.
    if not is_right(worker, seed, name_of(task), list(right.values()), first):
        return fill(hand.page, hand.mistakes).output
    # No two people draw alike; what is compared with a known solution is drawn as that is.
    if task.solution is None and any(asked.kind == "regions" for asked in truth.look.asked):
        return fill(hand.page, hand.by_hand).output
    return truth.output


@dataclass(frozen=True)
class _Hand:
    """A worker with a task and the right answers to it."""

    worker: Worker
    seed: int
    key: AnswerKey
    asks: Questionnaire
    task: Task
    page: Page
    truth: Filled

    def by_hand(self, asked: Asked) -> Iterator[Any]:
        """What is right, as this worker draws it."""
        if asked.kind == "regions":
            # Who errs as others do still has a hand of their own.
            name = (self.worker.number, place_of(asked), name_of(self.task))
            yield from (redraw(self._right(asked), hand, self.seed, *name) for hand in hands(self.worker.accuracy))
        yield self._right(asked)
        yield from self._others(asked)

    def options(self, asked: Asked) -> tuple[Any, ...]:
        """What can be chosen in a control."""
        return choices_of(self.asks, self.key, self.page, asked)

    def mistakes(self, asked: Asked) -> Iterator[Any]:
        """What this worker answers in error, and at last what is right: something has to be handed in."""
        options = self.options(asked)
        right, place, item = self._right(asked), place_of(asked), name_of(self.task)
        declared = declared_at(self.asks.output_spec, asked.path)
        if options and isinstance(right, list) and is_list(asked, declared) and self.worker.spam is None:
            yield from mistick(right, options, self.seed, *self._who, place, item)
        elif options:
            chosen = other(self.worker, self.seed, options, right, place, item)
            is_wrapped = is_list(asked, declared) and not isinstance(chosen, list)
            yield listed(chosen, options, declared) if is_wrapped else chosen
        elif self.worker.spam is None and asked.kind == "regions":
            spreads = hands(self.worker.accuracy)
            yield from misdraw(right, asked.traits, spreads, self.seed, *self._who, place, item)
        elif self.worker.spam is None:
            yield from slip(asked, right, self.seed, *self._who, place, item)
        elif asked.kind in ("text", "lines"):
            yield "ok"
        yield from self._others(asked)
        yield right

    @property
    def _who(self) -> tuple[object, ...]:
        return decider(self.worker, self.seed, name_of(self.task))

    def _right(self, asked: Asked) -> Any:
        """What is right in a control; in one that appears only after a mistake, anything."""
        if asked.name in self.truth.given:
            return self.truth.given[asked.name]
        return next(self._invented(asked, name_of(self.task)), None)

    def _others(self, asked: Asked) -> Iterator[Any]:
        yield from self._invented(asked, name_of(self.task), *self._who)

    def _invented(self, asked: Asked, *name: object) -> Iterator[Any]:
        return invent_for(self.asks, self.key, self.page, asked, self.seed, *name)

"""Answers of Pachyderm's that many requests share for some seconds, so that a crowd asks it no more than one person."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")
Known = TypeVar("Known")
Question = TypeVar("Question", bound=Hashable)

SECONDS = 5.0
# What is known of so many questions, or files, is remembered.
MOST = 10_000


class Answers(Generic[Answer]):
    """Keeps what was answered, the newest `MOST` of it. One question is asked once at a time, in a thread."""

    def __init__(self, seconds: float = SECONDS, now: Callable[[], float] = time.monotonic) -> None:
        self.seconds, self.now = seconds, now
        self._kept: OrderedDict[Hashable, tuple[float, Answer]] = OrderedDict()
        self._asking: dict[Hashable, asyncio.Task[Answer]] = {}

    async def get(self, question: Hashable, ask: Callable[[], Answer]) -> Answer:
        """What was answered a moment ago, or is answered now. What goes wrong is not kept."""
        known = self._kept.get(question)
        if known is not None and self.now() < known[0]:
            return known[1]
        if question not in self._asking:
            task = self._asking[question] = asyncio.create_task(asyncio.to_thread(ask))
            task.add_done_callback(lambda done: self._keep(question, done))
        # Who goes away doesn't take the answer from the others.
        return await asyncio.shield(self._asking[question])

    def _keep(self, question: Hashable, done: "asyncio.Task[Answer]") -> None:
        """Take what was answered."""
        self._asking.pop(question, None)
        if not done.cancelled() and done.exception() is None:
            remember(self._kept, question, (self.now() + self.seconds, done.result()))


def remember(known: OrderedDict[Question, Known], question: Question, found: Known) -> None:
    """Keep something, and forget the oldest of what is too much."""
    known[question] = found
    known.move_to_end(question)
    while len(known) > MOST:
        known.popitem(last=False)

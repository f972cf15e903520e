"""The crowd at work: who sits where, and what happens next. It sleeps until then."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import replace

from hitl_assets.emulators.crowd.answers import answer_suite
from hitl_assets.emulators.crowd.chance import between, chance
from hitl_assets.emulators.crowd.truth import AnswerKey
from hitl_assets.emulators.crowd.workers import Worker, foresee, meet
from hitl_assets.emulators.crowd.workplace import Seat, Workplace

SEATS = 30
SHARE_OF_RETURNS = 0.25
MOST_TO_MEET = 20
# One transaction holds at most this much work, so that requests get their turn.
SLICE_SECONDS = 0.05
PAUSE_SECONDS = 0.005
# Wall seconds between visits in vain, and without any visit.
LONGEST_PAUSE = 10.0
LONGEST_SLEEP = 3600.0


class Crowd:
    """Workers on a few dozen seats. What happens follows from the seed and from what the platform offers."""

    def __init__(self, workplace: Workplace, seed: int, speed: float, key: AnswerKey) -> None:
        self._workplace = workplace
        self._seed = seed
        self._speed = speed
        self._key = key
        self._seats: list[Seat] = []
        self._started = self._offset = 0.0
        self._news = threading.Event()
        self._is_over = False

    def wake(self) -> None:
        """Something changed: look again."""
        self._news.set()

    def stop(self) -> None:
        """Go home after the current slice. Suites that are being answered wait for the next start."""
        self._is_over = True
        self._news.set()

    def run(self) -> None:
        """Work until stopped."""
        self._resume()
        while not self._is_over:
            has_news = self._news.is_set()
            self._news.clear()
            with self._workplace.transaction():
                if has_news:
                    self._look_again()
                self._workplace.keep_time()
                following = self._work()
                # Only now: the work itself starts delays and reviews.
                moment = self._workplace.keep_time()
            moments = [one for one in (moment, following) if one is not None]
            pause = min(moments, default=math.inf) - self._workplace.now()
            # A short pause even when late: the store's lock is not fair, and requests wait for it.
            time.sleep(PAUSE_SECONDS)
            self._news.wait(max(0.0, min(pause, LONGEST_SLEEP) - PAUSE_SECONDS))

    def _resume(self) -> None:
        kept = {seat.seat: seat for seat in self._workplace.seats()}
        self._seats = [kept.get(number, Seat(number)) for number in range(SEATS)]
        # The crowd's time stood still while the server was off: it goes on where somebody is due.
        self._started = self._workplace.now()
        self._offset = min((seat.due for seat in self._seats if seat.due is not None), default=0.0)

    def _now(self) -> float:
        return self._offset + (self._workplace.now() - self._started) * self._speed

    def _on_the_wall(self, moment: float) -> float:
        return self._started + (moment - self._offset) / self._speed

    def _look_again(self) -> None:
        # Who found nothing so far need not wait for the end of the pause: there may be something now.
        for seat in self._seats:
            if seat.number is None and seat.misses > 0:
                self._keep(Seat(seat.seat))

    def _work(self) -> float | None:
        """Handle what is due, in the order in which it is due; when the next thing is."""
        end = time.monotonic() + SLICE_SECONDS
        self._call_in(self._now())
        while True:
            due = [(seat.due, seat.seat) for seat in self._seats if seat.due is not None]
            if not due:
                return None
            moment, number = min(due)
            if moment > self._now() or time.monotonic() > end or self._is_over:
                return self._on_the_wall(moment)
            self._handle(self._seats[number], moment)
            # What a worker gave back, or was banned from, is work for those who wait: from this moment on.
            self._call_in(moment)

    def _call_in(self, moment: float) -> None:
        waiting = [seat for seat in self._seats if seat.due is None]
        if waiting and self._workplace.has_work():
            for seat in waiting:
                gap = between(0, 10, self._seed, seat.seat, "arrival")
                self._keep(replace(seat, due=moment + gap, misses=0))

    def _handle(self, seat: Seat, moment: float) -> None:
        if seat.assignment_id is not None and seat.number is not None:
            self._finish(meet(self._seed, seat.number), seat.assignment_id)
        worker = self._next_worker(seat)
        assignment_id = None if worker is None else self._workplace.take(worker)
        if worker is None or assignment_id is None:
            self._leave(seat, moment)
            return
        suite = self._workplace.read(assignment_id)
        if suite is None:
            raise RuntimeError(f"assignment {assignment_id} was issued and is not active")
        outcome = foresee(worker, self._seed, assignment_id, len(suite.tasks), suite.seconds_to_answer)
        self._keep(Seat(seat.seat, moment + outcome.seconds, worker.number, assignment_id))

    def _finish(self, worker: Worker, assignment_id: str) -> None:
        suite = self._workplace.read(assignment_id)
        if suite is None:
            return
        outcome = foresee(worker, self._seed, assignment_id, len(suite.tasks), suite.seconds_to_answer)
        if outcome.status == "SUBMITTED":
            outputs = answer_suite(worker, self._seed, self._key, suite)
            self._workplace.submit(assignment_id, outputs, outcome.seconds)
        else:
            self._workplace.drop(assignment_id, outcome.status)

    def _next_worker(self, seat: Seat) -> Worker | None:
        """Who sits here already, or somebody who came before, or a newcomer whom a pool would let in."""
        if seat.number is not None:
            return meet(self._seed, seat.number)
        visit = self._workplace.next_number("visit")
        seated = {one.number for one in self._seats}
        newest = max((number for number in seated if number is not None), default=0)
        if seat.misses == 0 and newest and chance(self._seed, visit, "returns") < SHARE_OF_RETURNS:
            number = 1 + int(chance(self._seed, visit, "who") * newest)
            if number not in seated:
                return meet(self._seed, number)
        for _ in range(MOST_TO_MEET):
            worker = meet(self._seed, self._workplace.next_number("worker"))
            if self._workplace.suits(worker.profile):
                return worker
        return None

    def _leave(self, seat: Seat, moment: float) -> None:
        if not self._workplace.has_work():
            self._keep(Seat(seat.seat))
            return
        # Somebody who worked here makes room at once; visits in vain come ever more slowly.
        misses = 0 if seat.number is not None else seat.misses + 1
        gap = between(1, 10, self._seed, seat.seat, misses, "arrival")
        pause = min(LONGEST_PAUSE, 0.005 * 2 ** min(misses, 20)) * self._speed if misses > 2 else 0.0
        self._keep(Seat(seat.seat, moment + max(gap, pause), misses=misses))

    def _keep(self, seat: Seat) -> None:
        self._seats[seat.seat] = seat
        self._workplace.keep(seat)

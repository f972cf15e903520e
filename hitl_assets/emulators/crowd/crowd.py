"""The crowd at work: who sits where, and what happens next. It sleeps until then."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Set
from dataclasses import replace

from hitl_assets.emulators.crowd.answering.answers import answer_suite
from hitl_assets.emulators.crowd.answering.filling import UnanswerableError
from hitl_assets.emulators.crowd.answering.truth import AnswerKey, is_known
from hitl_assets.emulators.crowd.chance import between, chance
from hitl_assets.emulators.crowd.clock import WALL_PAUSES, Clock
from hitl_assets.emulators.crowd.workers import Worker, Workers, foresee, leaves
from hitl_assets.emulators.crowd.workplace import Due, Seat, Workplace

MOST_TO_MEET = 20
# The share of visits, after one in vain, by somebody who may do what newcomers may not.
ASKED_BACK = 0.5
# One transaction holds at most this much work, and less if a request waits.
SLICE_SECONDS = 0.25
LONGEST_SLEEP = 3600.0


class Crowd:
    """Workers on as many seats as may be taken at once. What happens follows from seed and platform.

    What the key does not know they make up and keep to.
    """

    def __init__(self, workplace: Workplace, clock: Clock, workers: Workers, key: AnswerKey) -> None:
        self._workplace = workplace
        self._clock = clock
        self._workers = workers
        self._seed = workers.seed
        self._arrival, self._size = workers.population.arrival, workers.population.size
        self._key = key
        self._seats: list[Seat] = []
        self._due = Due()
        self._rounds_in_vain = 0
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
        kept = {seat.seat: seat for seat in self._workplace.seats()}
        self._seats = [kept.get(number, Seat(number)) for number in range(self._arrival.at_once)]
        while not self._is_over:
            has_news = self._news.is_set()
            self._news.clear()
            with self._workplace.transaction():
                if has_news:
                    self._look_again()
                following = self._work()
                self._clock.rest(following)
                self._workplace.keep_moment(self._clock.now())
            self._workplace.step_back()
            self._news.wait(self._pause(following))

    def _pause(self, following: float) -> float:
        """Wall seconds until something is due. At full speed those who come in vain come ever more seldom."""
        seconds = min(self._due.wall - self._clock.wall(), self._clock.seconds_until(following), LONGEST_SLEEP)
        if self._clock.leaps and self._rounds_in_vain and math.isinf(self._next_success()):
            shortest, longest = WALL_PAUSES
            seconds = max(seconds, min(shortest * 2 ** min(self._rounds_in_vain, 20), longest))
        return max(0.0, seconds)

    def _look_again(self) -> None:
        # Who found nothing so far need not wait for the end of the pause: there may be something now.
        self._rounds_in_vain = 0
        for seat in self._seats:
            if seat.number is None and seat.misses > 0:
                self._keep(Seat(seat.seat))

    def _work(self) -> float:
        """Let happen what is due, in the order in which it is due; when the next thing is."""
        end = time.monotonic() + SLICE_SECONDS
        self._keep_time()
        self._call_in(self._clock.now())
        visits_in_vain = 0
        while True:
            seat = min(self._seats, key=_order, default=NOBODY)
            of_platform = min(self._due.simulated, self._clock.alarm)
            moment = min(_order(seat)[0], of_platform)
            if moment > self._clock.limit() or math.isinf(moment) or self._is_over:
                return moment
            if time.monotonic() > end or self._workplace.is_wanted() or visits_in_vain > len(self._seats):
                return moment
            self._clock.come_to(moment)
            if of_platform <= moment:
                self._keep_time()
            elif self._handle(seat, moment):
                visits_in_vain = self._rounds_in_vain = 0
            else:
                visits_in_vain += 1
                self._rounds_in_vain += visits_in_vain > len(self._seats)
            # What a worker gave back, or was banned from, is work for those who wait: from this moment on.
            self._call_in(moment)

    def _keep_time(self) -> None:
        self._clock.take_alarm()
        self._due = self._workplace.keep_time()

    def _next_success(self) -> float:
        """When something is due other than visits of those who found nothing so far."""
        working = [seat.due for seat in self._seats if seat.due is not None and not seat.misses]
        return min([*working, self._due.simulated, self._clock.alarm])

    def _call_in(self, moment: float) -> None:
        waiting = [seat for seat in self._seats if seat.due is None]
        if waiting and self._workplace.has_work():
            for seat in waiting:
                gap = between(0, self._arrival.within, self._seed, seat.seat, "arrival")
                self._keep(replace(seat, due=moment + gap, misses=0))

    def _handle(self, seat: Seat, moment: float) -> bool:
        """What happens on a seat now; False if somebody came and found nothing."""
        has_worked = seat.assignment_id is not None and seat.number is not None
        if seat.assignment_id is not None and seat.number is not None:
            worker = self._workers.meet(seat.number)
            self._finish(worker, seat.assignment_id)
            if leaves(worker, self._seed, seat.assignment_id, self._arrival):
                seat = replace(seat, number=None)
        following = self._next_worker(seat)
        assignment_id = None if following is None else self._workplace.take(following)
        if following is None or assignment_id is None:
            self._leave(seat, moment)
            return has_worked
        suite = self._workplace.read(assignment_id)
        if suite is None:
            raise RuntimeError(f"assignment {assignment_id} was issued and is not active")
        outcome = foresee(following, self._seed, assignment_id, len(suite.tasks), suite.seconds_to_answer)
        self._keep(Seat(seat.seat, moment + outcome.seconds, following.number, assignment_id))
        return True

    def _finish(self, worker: Worker, assignment_id: str) -> None:
        suite = self._workplace.read(assignment_id)
        if suite is None:
            return
        outcome = foresee(worker, self._seed, assignment_id, len(suite.tasks), suite.seconds_to_answer)
        if outcome.status != "SUBMITTED":
            self._workplace.drop(assignment_id, outcome.status)
            return
        is_made_up = not all(is_known(suite.questionnaire, self._key, task) for task in suite.tasks)
        try:
            outputs = answer_suite(worker, self._seed, self._key, suite)
        except UnanswerableError as reason:
            self._workplace.give_up(assignment_id, str(reason))
        else:
            self._workplace.submit(assignment_id, outputs, replace(outcome, is_made_up=is_made_up))

    def _next_worker(self, seat: Seat) -> Worker | None:
        """Who sits here already, somebody who came before or is asked back, or a newcomer whom a pool would let in."""
        if seat.number is not None:
            return self._workers.meet(seat.number)
        visit = self._workplace.next_number("visit")
        seated = {one.number for one in self._seats}
        newest = max((number for number in seated if number is not None), default=0)
        if seat.misses == 0 and newest and chance(self._seed, visit, "returns") < self._arrival.returns:
            number = 1 + int(chance(self._seed, visit, "who") * newest)
            if number not in seated:
                return self._workers.meet(number)
        # A few who may do what others may not are hard to meet by chance in a crowd that grows.
        is_asked_first = seat.misses > 0 and chance(self._seed, visit, "asked back") < ASKED_BACK
        asked = self._ask_back(visit, seated) if is_asked_first else None
        if asked is not None:
            return asked
        for attempt in range(MOST_TO_MEET):
            number = self._somebody(visit, attempt)
            worker = self._workers.meet(number)
            if number not in seated and self._workplace.suits(worker.profile):
                return worker
        return None if is_asked_first else self._ask_back(visit, seated)

    def _ask_back(self, visit: int, seated: Set[int | None]) -> Worker | None:
        """Somebody who may do what newcomers may not."""
        number = self._workplace.ask_back(lambda number: chance(self._seed, visit, number, "ask"), MOST_TO_MEET)
        return None if number is None or number in seated else self._workers.meet(number)

    def _somebody(self, visit: int, attempt: int) -> int:
        """A newcomer; anybody once all of a small crowd have been here."""
        number = self._workplace.next_number("worker")
        if self._size is None or number <= self._size:
            return number
        return 1 + int(chance(self._seed, visit, attempt, "again") * self._size)

    def _leave(self, seat: Seat, moment: float) -> None:
        if not self._workplace.has_work():
            self._keep(Seat(seat.seat))
            return
        # Somebody who worked here makes room at once; visits in vain come ever more slowly.
        misses = 0 if seat.number is not None else seat.misses + 1
        gap = between(*self._arrival.gap, self._seed, seat.seat, misses, "arrival")
        shortest, longest = self._clock.pauses()
        pause = min(longest, shortest * 2 ** min(misses, 20)) if misses > 2 else 0.0
        self._keep(Seat(seat.seat, moment + max(gap, pause), misses=misses))

    def _keep(self, seat: Seat) -> None:
        self._seats[seat.seat] = seat
        self._workplace.keep(seat)


# Where nobody comes there is no seat, and nothing is ever due on it.
NOBODY = Seat(-1)


def _order(seat: Seat) -> tuple[float, int]:
    return (math.inf if seat.due is None else seat.due, seat.seat)

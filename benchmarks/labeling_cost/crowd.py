"""A pool as the Toloka emulator's crowds work in it, without the wire: who comes, what they answer, what is paid."""

import heapq
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import islice

import numpy as np

from hitl_assets.emulators.crowd.answering.mistakes import is_right, other
from hitl_assets.emulators.crowd.population import Population, read_population
from hitl_assets.emulators.crowd.workers import Worker, leaves, meet
from hitl_assets.labeling.records import Answer

LABELS = ("clickbait", "notclickbait")
FIELD = "category"
# The suite of the public example and of the shipped project: four real tasks and a golden one.
REAL, GOLDEN = 4, 1


def example_ban(right: int, total: int) -> bool:
    """The public example's rule: at most 90 % of the golden tasks right, from the first one on."""
    return right <= 0.9 * total


def no_ban(right: int, total: int) -> bool:
    """Nobody is banned."""
    return False


class Crowd:
    """A crowd of the emulator at work for one project: it remembers who was banned, and who came before.

    Args:
        crowd: a preset or a file by its name, or the description itself.
        seed: what the crowd's people, answers and visits follow from.
        ban: whether so many right golden answers of so many, of a worker's last ten, ban the worker.
        labels: what can be answered, in the order in which it is offered.
    """

    def __init__(
        self,
        crowd: str | Population,
        seed: int,
        ban: Callable[[int, int], bool] = example_ban,
        labels: Sequence[str] = LABELS,
    ) -> None:
        self.population = read_population(crowd) if isinstance(crowd, str) else crowd
        self.seed, self.ban, self.labels = seed, ban, labels
        self.chance = np.random.default_rng(seed)
        self.newest = self.suites = 0
        self.banned: set[int] = set()
        self.golden: dict[int, list[bool]] = {}

    @property
    def paid(self) -> int:
        """Paid answers, golden ones included: a suite is paid as a whole, full or not."""
        return self.suites * (REAL + GOLDEN)

    def answer(
        self, wanted: Mapping[str, int], truth: Mapping[str, str], before: Mapping[str, Collection[str]]
    ) -> list[Answer]:
        """So many more answers to each item (by key), from workers who have not answered it before, and theirs to
        golden tasks."""
        left = {item: count for item, count in wanted.items() if count}
        seen = {item: set(before.get(item, ())) for item in wanted}
        given: list[Answer] = []
        seats: list[tuple[float, int, int]] = []
        for seat in range(self.population.arrival.at_once):
            self.take_seat(seats, self.chance.uniform(0, self.population.arrival.within), seat)
        while left:
            now, seat, number = heapq.heappop(seats)
            worker = meet(self.seed, number, self.population)
            suite = list(islice((item for item in left if worker.user_id not in seen[item]), REAL))
            if not suite or number in self.banned:
                self.take_seat(seats, now + self.chance.uniform(*self.population.arrival.gap), seat)
                continue
            for item in suite:
                left[item] -= 1
                if not left[item]:
                    del left[item]
                seen[item].add(worker.user_id)
                given.append(self.give(worker, item, truth[item]))
            given.append(self.check(worker))
            self.suites += 1
            now += worker.pace * (len(suite) + GOLDEN) * self.chance.uniform(0.8, 1.2)
            if leaves(worker, self.seed, str(self.suites), self.population.arrival):
                self.take_seat(seats, now + self.chance.uniform(*self.population.arrival.gap), seat)
            else:
                heapq.heappush(seats, (now, seat, number))
        return given

    def take_seat(self, seats: list[tuple[float, int, int]], now: float, seat: int) -> None:
        """Somebody who was here before, or somebody new, sits down."""
        number = int(self.chance.integers(1, self.newest + 1)) if self.newest else 0
        is_back = self.chance.random() < self.population.arrival.returns
        if not (number and is_back) or number in self.banned or any(number == taken for _, _, taken in seats):
            self.newest += 1
            number = self.newest
        heapq.heappush(seats, (now, seat, number))

    def check(self, worker: Worker) -> Answer:
        """The golden task of a suite, another one each time, and what follows: the rule looks at the last ten."""
        truth = self.labels[int(self.chance.integers(len(self.labels)))]
        answer = self.give(worker, f"golden {self.suites} {truth}", truth, is_golden=True)
        last = [*self.golden.get(worker.number, ()), answer.values[FIELD] == truth][-10:]
        self.golden[worker.number] = last
        if self.ban(sum(last), len(last)):
            self.banned.add(worker.number)
        return answer

    def give(self, worker: Worker, item: str, truth: str, is_golden: bool = False) -> Answer:
        """A worker's answer to a task."""
        return Answer(
            item_key=item,
            values={FIELD: self.decide(worker, item, truth)},
            worker_id=worker.user_id,
            assignment_id=str(self.suites),
            task_id=item,
            pool_id="pool",
            status="ACCEPTED",
            is_golden=is_golden,
            created="",
            submitted="",
            known=({FIELD: truth},) if is_golden else (),
        )

    def decide(self, worker: Worker, item: str, truth: str) -> str:
        """What a worker answers, by the emulator's own rule."""
        if is_right(worker, self.seed, item, [truth], self.labels):
            return truth
        return str(other(worker, self.seed, self.labels, truth, FIELD, item))

"""A pool as the Toloka emulator's crowds work in it, without the wire: who comes, what they answer, what is paid."""

import heapq
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from hitl_assets.emulators.crowd.population import read_population
from hitl_assets.emulators.crowd.workers import Worker, meet

LABELS = ("clickbait", "notclickbait")
# The suite of the public example and of the shipped project: four real tasks and a golden one.
REAL, GOLDEN = 4, 1

# Whether somebody with so many right answers to so many golden tasks has to go.
Ban = Callable[[int, int], bool]


def example_ban(right: int, total: int) -> bool:
    """The public example's rule: at most 90 % of the golden tasks right, from the first one on."""
    return right <= 0.9 * total


def shipped_ban(right: int, total: int) -> bool:
    """The shipped project's rule: less than 60 % of at least four of the last ten."""
    return total >= 4 and right < 0.6 * total


@dataclass(frozen=True)
class Given:
    """One answer to a real task: codes of item and label, the worker's number."""

    item: int
    worker: int
    label: int


@dataclass
class Record:
    """What is known of a worker's golden tasks: the answers (columns) given to each label (rows), and the last ones."""

    counts: np.ndarray = field(default_factory=lambda: np.zeros((2, 2)))
    last: list[bool] = field(default_factory=list)


class Crowd:
    """A preset of the emulator's crowd at work for one project: it remembers who was banned, and who came before."""

    def __init__(self, preset: str, seed: int, ban: Ban) -> None:
        self.population = read_population(preset)
        self.seed, self.ban = seed, ban
        self.chance = np.random.default_rng([seed, len(preset)])
        self.newest = 0
        self.banned: set[int] = set()
        self.golden: dict[int, Record] = {}
        self.suites = 0

    @property
    def paid(self) -> int:
        """Paid answers, golden ones included: a suite is paid as a whole, full or not."""
        return self.suites * (REAL + GOLDEN)

    def answer(self, wanted: Mapping[int, int], truth: Sequence[int], before: Mapping[int, set[int]]) -> list[Given]:
        """So many more answers to each item (by code), from workers who have not answered it before."""
        left = dict(wanted)
        seen = {item: set(workers) for item, workers in before.items()}
        given: list[Given] = []
        seats: list[tuple[float, int, int]] = []
        for seat in range(self.population.arrival.at_once):
            self.take_seat(seats, self.chance.uniform(0, self.population.arrival.within), seat)
        while any(left.values()):
            now, seat, number = heapq.heappop(seats)
            worker = meet(self.seed, number, self.population)
            suite = [item for item, count in left.items() if count and number not in seen.setdefault(item, set())]
            if not suite or number in self.banned:
                self.take_seat(seats, now + self.chance.uniform(*self.population.arrival.gap), seat)
                continue
            for item in suite[:REAL]:
                left[item] -= 1
                seen[item].add(number)
                given.append(Given(item, number, self.decide(worker, truth[item])))
            self.check(worker)
            self.suites += 1
            pace = worker.pace * (len(suite[:REAL]) + GOLDEN) * self.chance.uniform(0.8, 1.2)
            heapq.heappush(seats, (now + pace, seat, number))
        return given

    def take_seat(self, seats: list[tuple[float, int, int]], now: float, seat: int) -> None:
        """Somebody who was here before, or somebody new, sits down."""
        if self.newest and self.chance.random() < self.population.arrival.returns:
            number = int(self.chance.integers(1, self.newest + 1))
        else:
            self.newest += 1
            number = self.newest
        if number in self.banned or any(number == taken for _, _, taken in seats):
            self.newest += 1
            number = self.newest
        heapq.heappush(seats, (now, seat, number))

    def check(self, worker: Worker) -> None:
        """The golden tasks of a suite, and what follows."""
        record = self.golden.setdefault(worker.number, Record())
        for _ in range(GOLDEN):
            truth = int(self.chance.integers(2))
            answer = self.decide(worker, truth)
            record.counts[truth, answer] += 1
            record.last = [*record.last, answer == truth][-10:]
        if self.ban(sum(record.last), len(record.last)):
            self.banned.add(worker.number)

    def decide(self, worker: Worker, truth: int) -> int:
        """What a worker answers, as in hitl_assets/emulators/crowd/answers.py."""
        if worker.spam == "random":
            return int(self.chance.integers(2))
        if worker.spam == "constant":
            return worker.number % 2
        if worker.spam == "fast":
            return 0
        return truth if self.chance.random() < worker.accuracy else 1 - truth

"""Who the simulated people of a rehearsal are: what no requester knows of real ones."""

from collections.abc import Iterator, Set
from typing import Any

from hitl_assets.emulators.crowd.population import CrowdError, read_population
from hitl_assets.emulators.crowd.workers import Worker, meet
from hitl_assets.emulators.toloka.admission.filters import admits

# Of so many people we look at the profile, to see how many a filter lets in.
SURVEYED = 500
MOST_TO_MEET = 50_000
CAREFUL = 0.75


class Crowd:
    """The people of one crowd, in the order in which they come.

    Raises:
        CrowdError: there is no such crowd, or nobody comes.
    """

    def __init__(self, name: str, seed: int) -> None:
        self.name, self.population, self.seed = name, read_population(name), seed
        if self.population.arrival.at_once == 0:
            raise CrowdError(f"Of the crowd {name} nobody comes: a rehearsal needs simulated people.")

    def people(self, most: int) -> Iterator[Worker]:
        """So many of them; all of a small crowd."""
        for number in range(1, min(most, self.population.size or most) + 1):
            yield meet(self.seed, number, self.population)

    def admitted(self, form: Any) -> float:
        """The share of newcomers, 0 to 1, whom a pool's filter lets in."""
        let_in = [admits(form, worker.profile, {}) for worker in self.people(SURVEYED)]
        return sum(let_in) / len(let_in)

    def careful(self, user_ids: Set[str]) -> set[str]:
        """Which of these are right three times in four or more."""
        left, found = set(user_ids), set()
        for worker in self.people(MOST_TO_MEET):
            if not left:
                break
            if worker.user_id in left:
                left.remove(worker.user_id)
                if worker.spam is None and worker.accuracy >= CAREFUL:
                    found.add(worker.user_id)
        return found

"""Simulated workers: profile, skill, pace and habits, all of them following from a seed and a number."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from hitl_assets.emulators.crowd.chance import between, chance, choose, normal, pick
from hitl_assets.emulators.crowd.population import HOMES, Arrival, Group, Mistakes, Population, read_population


@dataclass(frozen=True)
class Worker:
    """One person. `pace` is seconds for a task; `spam` is None, `random`, `constant` or `fast`."""

    number: int
    user_id: str
    accuracy: float
    pace: float
    spam: str | None
    profile: Mapping[str, Any]
    group: Group
    skills: Mapping[str, float] = field(default_factory=dict)
    mistakes: Mistakes = field(default_factory=Mistakes)

    def accuracy_for(self, answers: Sequence[Any]) -> float:
        """How likely this worker is right if these are the right answers: as at the hardest of them."""
        return min((self.skills.get(str(answer), self.accuracy) for answer in answers), default=self.accuracy)


@dataclass(frozen=True)
class Outcome:
    """What becomes of a suite: SUBMITTED, SKIPPED or EXPIRED, after so many seconds; late: once the pool is closed.
    Without an answer key for one of its tasks the truth is made up."""

    status: str
    seconds: float
    is_late: bool = False
    is_made_up: bool = False


class Workers:
    """The people of a population, by their number."""

    def __init__(self, population: Population, seed: int) -> None:
        self.population = population
        self.seed = seed
        self.meet = lru_cache(maxsize=4096)(self._make)

    def _make(self, number: int) -> Worker:
        return meet(self.seed, number, self.population)


def meet(seed: int, number: int, population: Population | None = None) -> Worker:
    """The worker with this number, of the crowd `mixed` if no other is given."""
    population = population or read_population("mixed")
    groups = population.groups
    group = choose({index: one.share for index, one in enumerate(groups)}, seed, number, "spammer")
    worker = _member(seed, number, groups[group])
    # What a platform might forecast of them: the share of all workers whom they surpass.
    profile = {**worker.profile, "quality_forecast": surpassed(groups, worker)}
    return replace(worker, profile=profile, mistakes=population.mistakes)


def surpassed(groups: Sequence[Group], worker: Worker) -> float:
    """The share of these groups' workers, 0 to 1, who are right less often than this one. Spammers are never right."""
    if worker.spam is not None:
        return 0.0
    total = sum(group.share for group in groups)
    return sum(group.share * _share_below(group, worker.accuracy) for group in groups) / total


def _share_below(group: Group, accuracy: float) -> float:
    low, high = group.accuracy
    if group.spam is not None or high <= low:
        return float(group.spam is not None or low < accuracy)
    return min(max((accuracy - low) / (high - low), 0.0), 1.0)


def foresee(worker: Worker, seed: int, suite: str, tasks: int, seconds_to_answer: float) -> Outcome:
    """What this worker will do with a suite of so many tasks."""
    fate, group = chance(seed, worker.number, suite, "fate"), worker.group
    if fate < group.skips:
        return Outcome("SKIPPED", min(between(2, 10, seed, worker.number, suite, "skip"), seconds_to_answer))
    seconds = sum(
        worker.pace * between(0.8, 1.2, seed, worker.number, suite, position, "pace") for position in range(tasks)
    )
    if fate < group.skips + group.expires or seconds > seconds_to_answer:
        return Outcome("EXPIRED", seconds_to_answer)
    return Outcome("SUBMITTED", seconds, group.late > 0 and chance(seed, worker.number, suite, "late") < group.late)


def leaves(worker: Worker, seed: int, suite: str, arrival: Arrival) -> bool:
    """Whether this worker goes after this suite, though there may be more."""
    if arrival.stays is None:
        return False
    suites = arrival.stays * math.exp(arrival.stays_spread * normal(seed, worker.number, "stays"))
    return chance(seed, worker.number, suite, "leaves") * max(suites, 1.0) < 1


def _member(seed: int, number: int, group: Group) -> Worker:
    return Worker(
        number=number,
        user_id=hashlib.blake2b(f"{seed}/{number}".encode(), digest_size=16).hexdigest(),
        accuracy=between(*group.accuracy, seed, number, "accuracy"),
        pace=between(*group.seconds_per_task, seed, number, "pace"),
        spam=group.spam,
        profile=_profile(seed, number, group),
        group=group,
        skills={name: between(*limits, seed, number, "accuracy", name) for name, limits in group.skills.items()},
    )


def _profile(seed: int, number: int, group: Group) -> dict[str, Any]:
    country = choose(group.countries, seed, number, "home")
    regions, language = HOMES[country]
    # Most of the crowd reads English; a filter on it must still have somebody to keep out.
    languages = ("EN", language) if chance(seed, number, "english") < group.english else (language,)
    on_phone = chance(seed, number, "client") < group.phones
    return {
        "country": country,
        "citizenship": country,
        "city": regions[0],
        "region_by_ip": regions,
        "region_by_phone": regions,
        "languages": languages,
        "gender": pick(("MALE", "FEMALE"), seed, number, "gender"),
        "education": pick(("BASIC", "MIDDLE", "HIGH"), seed, number, "education"),
        "date_of_birth": int(between(-157_766_400, 1_072_915_200, seed, number, "birth")),
        "adult_allowed": chance(seed, number, "adult") < 0.7,
        "verified": chance(seed, number, "verified") < 0.5,
        "client_type": "TOLOKA_APP" if on_phone else "BROWSER",
        **device_profile(on_phone),
    }


def device_profile(on_phone: bool) -> dict[str, Any]:
    """What filters can ask of a worker's device."""
    return {
        "device_category": "SMARTPHONE" if on_phone else "PERSONAL_COMPUTER",
        "os_family": "ANDROID" if on_phone else "WINDOWS",
        "os_version": 13.0 if on_phone else 10.0,
        "os_version_major": 13 if on_phone else 10,
        "os_version_minor": 0,
        "user_agent_type": "MOBILE_BROWSER" if on_phone else "BROWSER",
        "user_agent_family": "CHROME_MOBILE" if on_phone else "CHROME",
    }

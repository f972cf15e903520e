"""Simulated workers: profile, skill, pace and habits, all of them following from a seed and a number."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from hitl_assets.emulators.crowd.chance import between, chance, pick

SHARE_OF_SPAMMERS = 0.08
SKIP, EXPIRE = 0.02, 0.01

# Country, its region and the regions around that, the second language.
HOMES = (
    ("US", (84, 10001), "ES"), ("GB", (102, 10002), "FR"), ("IN", (994, 10003), "HI"), ("PH", (10108, 10003), "TL"),
    ("KE", (21223, 10004), "SW"), ("NG", (20741, 10004), "YO"), ("DE", (96, 10002), "DE"), ("BR", (94, 10001), "PT"),
    ("TR", (983, 10003), "TR"), ("RU", (225, 10002), "RU"),
)  # fmt: skip


@dataclass(frozen=True)
class Worker:
    """One person. `pace` is seconds for a task; `spam` is None, `random` or `constant`."""

    number: int
    user_id: str
    accuracy: float
    pace: float
    spam: str | None
    profile: Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What becomes of a suite: SUBMITTED, SKIPPED or EXPIRED, after so many seconds."""

    status: str
    seconds: float


@lru_cache(maxsize=4096)
def meet(seed: int, number: int) -> Worker:
    """The worker with this number."""
    spam = None
    if chance(seed, number, "spammer") < SHARE_OF_SPAMMERS:
        spam = pick(("random", "constant"), seed, number, "spam")
    return Worker(
        number=number,
        user_id=hashlib.blake2b(f"{seed}/{number}".encode(), digest_size=16).hexdigest(),
        accuracy=between(0.80, 0.98, seed, number, "accuracy"),
        pace=between(8, 20, seed, number, "pace") if spam is None else between(1, 3, seed, number, "pace"),
        spam=spam,
        profile=_profile(seed, number),
    )


def foresee(worker: Worker, seed: int, suite: str, tasks: int, seconds_to_answer: float) -> Outcome:
    """What this worker will do with a suite of so many tasks."""
    fate = chance(seed, worker.number, suite, "fate")
    if fate < SKIP:
        return Outcome("SKIPPED", min(between(2, 10, seed, worker.number, suite, "skip"), seconds_to_answer))
    seconds = sum(
        worker.pace * between(0.8, 1.2, seed, worker.number, suite, position, "pace") for position in range(tasks)
    )
    if fate < SKIP + EXPIRE or seconds > seconds_to_answer:
        return Outcome("EXPIRED", seconds_to_answer)
    return Outcome("SUBMITTED", seconds)


def _profile(seed: int, number: int) -> dict[str, Any]:
    country, regions, language = pick(HOMES, seed, number, "home")
    # Most of the crowd reads English; a filter on it must still have somebody to keep out.
    languages = ("EN", language) if chance(seed, number, "english") < 0.9 else (language,)
    on_phone = chance(seed, number, "client") < 0.4
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
        "device_category": "SMARTPHONE" if on_phone else "PERSONAL_COMPUTER",
        "os_family": "ANDROID" if on_phone else "WINDOWS",
        "os_version": 13.0 if on_phone else 10.0,
        "os_version_major": 13 if on_phone else 10,
        "os_version_minor": 0,
        "user_agent_type": "MOBILE_BROWSER" if on_phone else "BROWSER",
        "user_agent_family": "CHROME_MOBILE" if on_phone else "CHROME",
    }

"""Who works here: a secret in a cookie makes a worker, and a profile says which pools let them in."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hitl_assets.emulators.crowd.population import HOMES
from hitl_assets.emulators.crowd.workers import device_profile
from hitl_assets.emulators.toloka.storage.state import State, dump, load

SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
REGIONS = {country: regions for country, (regions, _) in HOMES.items()}
CLIENTS = {"BROWSER": "A computer's browser", "TOLOKA_APP": "The app on a phone"}
GENDERS = {"": "Not said", "FEMALE": "Female", "MALE": "Male"}
EDUCATIONS = {"": "Not said", "BASIC": "Basic", "MIDDLE": "Middle", "HIGH": "High"}
DEFAULTS: dict[str, Any] = {
    "name": "", "languages": ["EN"], "country": "US", "client_type": "BROWSER", "adult_allowed": True, "gender": "",
    "education": "", "born": "1990", "verified": True,
}  # fmt: skip


@dataclass(frozen=True)
class Person:
    """Somebody at a browser. The secret stays with them; others see the id that follows from it."""

    secret: str

    @classmethod
    def new(cls) -> Person:
        """Somebody nobody knows yet."""
        return cls(secrets.token_urlsafe(32))

    @classmethod
    def of(cls, cookie: str | None) -> Person | None:
        """Whoever has this cookie; None if it is none of ours."""
        return cls(cookie) if cookie and SECRET.fullmatch(cookie) else None

    @property
    def user_id(self) -> str:
        """The worker's id in assignments: 32 hexadecimal digits."""
        return hashlib.blake2b(self.secret.encode(), digest_size=16, person=b"worker").hexdigest()

    @property
    def form_token(self) -> str:
        """What a form must bring along: pages of other sites cannot know it."""
        return hashlib.blake2b(self.secret.encode(), digest_size=16, person=b"form").hexdigest()

    def owns_form(self, token: str) -> bool:
        """Whether a form came from a page that was made for this person."""
        return hmac.compare_digest(token.encode(), self.form_token.encode())


def read_answers(state: State, user_id: str) -> dict[str, Any]:
    """What somebody said about themselves, with defaults that let most pools admit them."""
    row = state.store.maybe("SELECT profile FROM people WHERE user_id = ?", user_id)
    return {**DEFAULTS, **(load(row["profile"]) if row else {})}


def keep_answers(state: State, user_id: str, posted: Mapping[str, list[str]]) -> None:
    """Keep a profile form. What is not on offer falls back to the default."""
    given = {name: values[0].strip() for name, values in posted.items() if values}
    country, born = given.get("country", "").upper(), given.get("born", "")
    answers = {
        "name": given.get("name", "")[:80],
        "languages": re.findall(r"[A-Z]{2,3}", given.get("languages", "").upper())[:20] or DEFAULTS["languages"],
        "country": country if re.fullmatch(r"[A-Z]{2}", country) else DEFAULTS["country"],
        "client_type": _offered(given, "client_type", CLIENTS),
        "gender": _offered(given, "gender", GENDERS),
        "education": _offered(given, "education", EDUCATIONS),
        "born": born if re.fullmatch(r"(19|20)\d\d", born) else DEFAULTS["born"],
        "adult_allowed": "adult_allowed" in given,
        "verified": "verified" in given,
    }
    state.store.run(
        "INSERT INTO people VALUES (?, ?, ?) ON CONFLICT (user_id) DO UPDATE SET profile = excluded.profile",
        user_id, dump(answers), state.clock.stamp(),
    )  # fmt: skip


def profile_of(state: State, user_id: str) -> dict[str, Any]:
    """A person's attributes as filters see them, of the same shape as a simulated worker's."""
    answers = read_answers(state, user_id)
    regions = REGIONS.get(answers["country"], ())
    on_phone = answers["client_type"] == "TOLOKA_APP"
    return {
        "country": answers["country"],
        "citizenship": answers["country"],
        "city": regions[0] if regions else None,
        "region_by_ip": regions,
        "region_by_phone": regions,
        "languages": tuple(answers["languages"]),
        "gender": answers["gender"] or None,
        "education": answers["education"] or None,
        # The first of January: filters ask for ages in years.
        "date_of_birth": (int(answers["born"]) - 1970) * 31_556_952,
        "adult_allowed": answers["adult_allowed"],
        "verified": answers["verified"],
        "client_type": answers["client_type"],
        **device_profile(on_phone),
    }


def _offered(given: Mapping[str, str], name: str, options: Mapping[str, str]) -> str:
    return given[name] if given.get(name) in options else DEFAULTS[name]

"""Skills that no requester makes: Toloka itself gives them to workers who passed a test in a language."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

# The ids that Toloka's clients know them by.
LANGUAGES = {
    "30724": "AR", "26377": "DE", "26366": "EN", "32346": "ES", "26711": "FR", "44954": "HE", "54378": "HU",
    "39821": "ID", "26513": "JA", "26714": "PT", "26296": "RU", "29789": "SV", "48836": "UK", "44742": "ZH-HANS",
}  # fmt: skip
PASSED = Decimal(100)


def global_skill(skill_id: str, profile: Mapping[str, Any]) -> Decimal | None:
    """A worker's value in a global skill. Whoever names a language in their profile has passed its test here."""
    language = LANGUAGES.get(skill_id)
    return PASSED if language is not None and language in (profile.get("languages") or ()) else None


def global_skill_view(skill_id: str) -> dict[str, Any]:
    """A global skill as the wire has it. It has no owner among requesters."""
    name = f"Verified language: {LANGUAGES[skill_id]}"
    return {
        "id": skill_id, "name": name, "public_name": {"EN": name}, "hidden": False, "global": True,
        "created": "2019-01-01T00:00:00.000",
    }  # fmt: skip

"""Which pachd the emulator looks like."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """What differs between servers for this client."""

    minor: int
    # Since 2.11 pachd erases Commit.branch from every response.
    has_commit_branch: bool


PROFILES = {"2.10": Profile(10, has_commit_branch=True), "2.12": Profile(12, has_commit_branch=False)}


def get_profile(name: str) -> Profile:
    """The profile with this name.

    Raises:
        ValueError: there is none.
    """
    if name not in PROFILES:
        raise ValueError(f"profile {name!r} is unknown; use one of {', '.join(PROFILES)}")
    return PROFILES[name]

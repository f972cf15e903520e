"""Which pachd the emulator looks like."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """What differs between servers for this client."""

    minor: int
    # Since 2.11 pachd erases Commit.branch from every response.
    has_commit_branch: bool
    # Since 2.11 pachd looks for colliding paths in all that it reads; before, only when a commit is finished.
    checks_reads: bool
    # Until 2.11 what lies before the first commit is not found; then it is refused.
    finds_nothing_before_the_first: bool


PROFILES = {
    "2.10": Profile(10, has_commit_branch=True, checks_reads=False, finds_nothing_before_the_first=True),
    "2.12": Profile(12, has_commit_branch=False, checks_reads=True, finds_nothing_before_the_first=False),
}


def get_profile(name: str) -> Profile:
    """The profile with this name.

    Raises:
        ValueError: there is none.
    """
    if name not in PROFILES:
        raise ValueError(f"profile {name!r} is unknown; use one of {', '.join(PROFILES)}")
    return PROFILES[name]

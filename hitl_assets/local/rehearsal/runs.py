"""What came of a rehearsal with one crowd, as records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from hitl_assets.labeling.money.budget_curve import UNKNOWN, Curve

# The ending of a pool of which nobody could take what was left.
STALLED = "STALLED"


@dataclass(frozen=True)
class People:
    """Who came. `admitted` is the share of the crowd, 0 to 1, that the filter lets in.

    Of those who `came`, `careful_came` are right three times in four or more; `trainees` did the training and
    `untrained` did not pass it. `workers` answered in the pool, `exhausted` of them saw every golden task, `careful` of
    them are as above. `banned` were banned, `banned_careful` of the careful workers; `bans` counts by rule.
    """

    admitted: float
    came: int
    careful_came: int
    trainees: int
    untrained: int
    workers: int
    exhausted: int
    banned: int
    careful: int
    banned_careful: int
    bans: Mapping[str, int]


@dataclass(frozen=True)
class Quality:
    """How right it is: answers to golden tasks, and labels, of which the answer key has `known`.

    `agreement` is the mean share of an item's votes that its label got.
    """

    golden_right: int
    golden_answers: int
    answers: int
    labels: int
    unlabeled: int
    right: int
    known: int
    agreement: float


@dataclass(frozen=True)
class Attempt:
    """Tasks that were filled in once by the page's own form: how many, and of how many each thing is wrong, what keeps
    them from being handed in as is right, and what may be wrong with their pages."""

    tried: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    notes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Run:
    """A rehearsal with one crowd. Times are the simulated people's, in seconds; money is with the fee, but for the
    `reward` of a suite. `ending` is the pool's close reason, or STALLED. `suites` were paid; `expired` ones were not
    done in time. `curve` says what fewer answers would have bought of these people, `unanswered` what they could not
    hand in, `attempt` what of the tasks nobody can."""

    crowd: str
    ending: str
    suites: int
    expired: int
    spent: Decimal
    reward: Decimal
    seconds: float
    seconds_a_suite: float
    people: People
    quality: Quality
    curve: Curve = UNKNOWN
    unanswered: str = ""
    attempt: Attempt = Attempt()

    @property
    def price_of_a_label(self) -> Decimal | None:
        """What a label cost."""
        return self.spent / self.quality.labels if self.quality.labels else None

    @property
    def pay_an_hour(self) -> float | None:
        """What a worker earns in an hour."""
        return float(self.reward) * 3600 / self.seconds_a_suite if self.seconds_a_suite else None


@dataclass(frozen=True)
class Finding:
    """Something to change, and how. `kind` is a word for it; `crowds` are those with which it came to light."""

    kind: str
    what: str
    change: str
    crowds: tuple[str, ...] = ()

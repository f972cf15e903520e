"""The nouns of the story as frozen records."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

# The identity of an item, from here for those who handle records.
from hitl_assets.labeling.values.identity import canonical_json as canonical_json
from hitl_assets.labeling.values.identity import digest as digest
from hitl_assets.labeling.values.identity import item_key as item_key

# The hidden input field in which an item's identity travels to Toloka and back.
KEY_FIELD = "item_key"

# The state of a pool that nobody has seen yet.
NOT_OPENED = "NOT OPENED"

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Item:
    """One thing to label: its input values and the place it came from (file, row as a spreadsheet counts)."""

    item_key: str
    values: Values
    file: str
    row: int


@dataclass(frozen=True)
class RejectedRow:
    """A row that cannot be published, and why. Row 0 is the whole file."""

    file: str
    row: int
    column: str
    reason: str


@dataclass(frozen=True)
class Task:
    """An item on its way to a label. File and row are the item's.

    `route` says by whom: `crowd` (people), `model`, or `audit` (people, about a label that the model is sure of).
    """

    item_key: str
    values: Values
    route: str = "crowd"
    file: str = ""
    row: int = 0


@dataclass(frozen=True)
class Prediction:
    """What a model says of an item: a label, how likely it is (0 to 1), and which model (the hash of its files)."""

    item_key: str
    label: str
    probability: float
    model: str


@dataclass(frozen=True)
class KnownTask:
    """A task whose answer is known: a golden task (honeypot), or with a hint a training task."""

    values: Values
    answer: Values
    hint: str = ""
    key: str = ""

    @property
    def item_key(self) -> str:
        """The same identity that an item with these values has, or `key`, where people get other values."""
        return self.key or item_key(self.values)


@dataclass(frozen=True)
class Answer:
    """What one worker answered to one task of one assignment; of a golden task also the `known` right answers.
    `inputs` are the input values that the worker saw."""

    item_key: str
    values: Values
    worker_id: str
    assignment_id: str
    task_id: str
    pool_id: str
    status: str
    is_golden: bool
    created: str
    submitted: str
    known: tuple[Values, ...] = ()
    inputs: Values = field(default_factory=dict)


@dataclass(frozen=True)
class Label:
    """The label of one item: what was decided, how surely, and by whom.

    `partial`: the pool ended before the item had all the answers that were planned. `source`: `crowd`, `model`, or
    `audit` (people, where the model was sure). `round`: in which round people were asked about it last, 0 if never.
    `model`: the hash of the model that predicted it, empty without one. `method`: how the answers were aggregated.
    `held_back`: a label by a model that failed its audit; it does not go into the dataset. `lower_bound`: of labels
    that are so sure, at least this share is right, by evidence; 0.0 means that the confidence is not calibrated.
    `part_confidences`: how probable each part of the label is right, in the label's order; empty where it is decided as
    a whole.
    """

    item_key: str
    values: Values
    label: str
    confidence: float
    votes: Mapping[str, int]
    workers: tuple[str, ...]
    pool_id: str
    partial: bool = False
    source: str = "crowd"
    round: int = 1
    model: str = ""
    method: str = ""
    held_back: bool = False
    lower_bound: float = 0.0
    part_confidences: tuple[float, ...] = ()


@dataclass(frozen=True)
class UnlabeledItem:
    """An item without a label: how many answers it has, and how many it needs."""

    item_key: str
    values: Values
    answers: int
    needed: int


@dataclass(frozen=True)
class Commit:
    """A finished commit of a Pachyderm repo."""

    repo: str
    id: str
    started: datetime
    description: str = ""
    error: str = ""

    def __str__(self) -> str:
        return f"{self.repo}@{self.id}"


@dataclass(frozen=True)
class Plan:
    """How much is asked for in a pool: tasks, suites at most, and answers."""

    tasks: int
    suites: int
    answers: int


@dataclass(frozen=True)
class Estimate(Plan):
    """What that will cost, in the account's currency, with the platform's fee."""

    minimum: Decimal
    maximum: Decimal


@dataclass(frozen=True)
class Terms:
    """What the price of a pool depends on: the rewards of a suite in the account's currency without the fee (`dearest`:
    the highest that a skilled worker gets), how many real tasks a suite has, and how many workers answer a new task
    (`most_answers`: at most)."""

    reward: Decimal
    dearest: Decimal
    per_suite: int
    overlap: int
    most_answers: int


@dataclass(frozen=True)
class PoolState:
    """What Toloka says of a pool of ours.

    `batch` (`project/batch`), `key` and `maximum` (what it may cost) are from our mark on it. `created`, `started`
    and `expires` are ISO times, empty when there is none. `form` is Toloka's JSON of the pool as it is now, whoever
    changed it; `terms` what its price depends on (None: not known). Where answers change after they were given,
    `revision` names the state in which they are.
    """

    id: str
    project_id: str
    batch: str
    key: str
    maximum: Decimal
    is_open: bool
    is_archived: bool
    started: str
    close_reason: str
    created: str
    expires: str
    link: str
    preview: str
    terms: Terms | None = None
    form: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)
    revision: str = ""

    @property
    def status(self) -> str:
        """Its state in a word or two."""
        if not self.was_started:
            return NOT_OPENED
        return "OPEN" if self.is_open else f"CLOSED: {self.close_reason}"

    @property
    def was_started(self) -> bool:
        """Whether it was ever open: somebody may have answered."""
        return bool(self.started)

    @property
    def has_ended(self) -> bool:
        """Whether it was open and is closed. Closed for an update it opens again by itself."""
        return self.was_started and not self.is_open and self.close_reason != "FOR_UPDATE"

    @property
    def training_id(self) -> str:
        """The training that workers must have passed; empty if there is none."""
        requirement = (self.form.get("quality_control") or {}).get("training_requirement") or {}
        return str(requirement.get("training_pool_id") or "")

    @property
    def ending(self) -> str:
        """This end of the pool, told from those before and after: reason, when it was last opened, and the state of its
        answers where these change."""
        return f"{self.close_reason} {self.started} {self.revision}".rstrip() if self.has_ended else ""

"""Who labels: what every labeling service does for us, and the records that come and go.

The verbs are those of the story. How a service does it is in its own folder; what it is like is told by its traits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from hitl_assets.labeling.answers.review import Decision, Verdict
from hitl_assets.labeling.money.budget import Account
from hitl_assets.labeling.pools.unsure import Unsure
from hitl_assets.labeling.pools.watched import Doubled, Stop, Watched
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import KnownTask, Plan, PoolState, RejectedRow, Task
from hitl_assets.services.errors import ServiceError


class PoolOpenError(ServiceError):
    """People are at work in a pool whose answers were asked for."""


@dataclass(frozen=True)
class Prepared:
    """Something that is created once: its id, what was done (`found`, `created`, `updated`), and where it is.
    `version` changes with what it is made from; empty: it says nothing."""

    id: str
    done: str
    link: str
    version: str = ""


@dataclass(frozen=True)
class Batch:
    """What a batch is published from."""

    name: str
    tasks: Sequence[Task]
    golden: Sequence[KnownTask] = ()


@dataclass(frozen=True)
class Published:
    """A batch's pool as it is after publishing, its plan, and what this run did.

    `estimate` is the plan of the whole batch. `done` is `filled`, `opened`, `reopened` or `found`; `was_there`: this
    run did not create the pool. A paid service says what it may cost as well: `Priced`.
    """

    pool: PoolState
    estimate: Plan
    done: str
    rejected: tuple[RejectedRow, ...] = ()
    was_there: bool = True


@dataclass(frozen=True)
class Looked:
    """What a look at a project's pools has seen.

    `pools` are all that were seen, by id; `watched` the watched batches as they are now, by name, but for those whose
    pool is gone. `turn` goes on to the next look. `doubled` are batches that people were asked about twice; `strays`
    open pools that nobody follows: of which batch, by id. `around`: what is not as it should be around the open pools.
    """

    pools: Mapping[str, PoolState]
    watched: Mapping[str, Watched]
    turn: int = 0
    doubled: tuple[Doubled, ...] = ()
    strays: Mapping[str, str] = field(default_factory=dict)
    around: tuple[str, ...] = ()


@dataclass(frozen=True)
class Collected:
    """A pool that ended, its assignments as the service gave them, and its account."""

    pool: PoolState
    assignments: tuple[dict[str, Any], ...]
    account: Account


@dataclass(frozen=True)
class Asked:
    """What came of the question whether to ask again.

    `items` are being asked about, `unsure` of the pool's have no label that is sure enough. `round` is the batch's,
    which will have `answers` answers, of which `missing` are still to be given; `spent` is what it has cost so far.
    `refused` says why nobody is asked although somebody should be, and what to do; where the caps allow a part of a
    round, it says why the others are `left_out`.
    """

    pool: PoolState
    items: int
    unsure: int
    round: int
    answers: int
    missing: int
    spent: Decimal
    refused: str = ""
    left_out: int = 0

    @property
    def is_over(self) -> bool:
        """Whether nobody is at work, and nobody is asked."""
        return self.items == 0 and self.pool.has_ended


@dataclass(frozen=True)
class Reviewed:
    """A batch after a review: the assignments as they are now, what was decided, and how many answers were asked for
    again."""

    assignments: tuple[dict[str, Any], ...]
    verdicts: tuple[Verdict, ...]
    asked_again: int

    @property
    def undecided(self) -> tuple[Verdict, ...]:
        """What waits for a person."""
        return tuple(verdict for verdict in self.verdicts if verdict.decision == "wait")


class LabelingService(Protocol):
    """A client of the service that a project's YAML names.

    All raise `ServiceError` or `TransientServiceError`, and nothing of a library. Doing something twice is doing it
    once: runs are killed anywhere, and begin anew.
    """

    def prepare(self, project: Project, part: str, tasks: Sequence[KnownTask] = ()) -> Prepared:
        """See that a part of the project's set-up (see `Part`) is there, and as the YAML says."""

    def knows(self, project: Project) -> bool:
        """Whether this account is one that the project was set up in. Of another one nothing can be concluded."""

    def publish(
        self,
        project: Project,
        batch: Batch,
        now: datetime,
        accounts: Mapping[str, Account] | None = None,
        resume: bool = False,
        stop: Stop | None = None,
        opens: bool = True,
        known: str = "",
    ) -> Published:
        """The batch's pool: found, or created, filled, and opened.

        `accounts`: of pools that ended, by batch; `resume`: open it again for what is missing; `stop`: where it was
        closed at its cap; `opens`: otherwise a new one stays closed; `known`: its id, if it was published before.
        """

    def look(
        self, project: Project, watched: Sequence[Watched], doubled: Sequence[Doubled], turn: int, is_wide: bool
    ) -> Looked:
        """See how far these batches are: a constant number of requests, however many there are. `is_wide`: also at what
        is around them."""

    def project_pools(self, project: Project) -> Sequence[PoolState]:
        """All pools of a project, oldest first."""

    def find_pool(self, pool_id: str) -> PoolState | None:
        """The pool of this id; None if there is none of ours."""

    def has_unfinished(self, pool_id: str, *statuses: str) -> bool:
        """Whether somebody still works on an ended pool (`ACTIVE`), or an answer waits for a review (`SUBMITTED`)."""

    def collect(self, project: Project, pool_id: str, before: Account | None = None) -> Collected:
        """Every assignment of a pool that is over. `before` is the batch's account as it was stored last.

        Raises:
            PoolOpenError: people are at work.
        """

    def ask(
        self,
        project: Project,
        pool_id: str,
        unsure: Unsure,
        accounts: Mapping[str, Account],
        instead: Sequence[Task] = (),
    ) -> Asked:
        """Ask again where a label is not sure enough; about `instead` people are asked after all."""

    def decide(
        self,
        project: Project,
        pool_id: str,
        decisions: Mapping[str, Decision],
        rest: Decision,
        accounts: Mapping[str, Account],
    ) -> Reviewed:
        """Accept what is good, ask again for what is not, leave the rest to a person (or to `rest`)."""

    def stop(self, pool_id: str) -> None:
        """See that nobody new begins; who has begun may finish."""

"""A loop on emulators of its own, with which things go wrong; the runs that its sensors ask for run in this process."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import dagster as dg
import httpx

from hitl_assets.events import key_of, published_batch, setup_names
from hitl_assets.io_managers import read_directory
from hitl_assets.labeling.labels.files import StoredDataset
from hitl_assets.local.status.progress import failure_of, read_batch
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka
from hitl_assets_tests.kill.outcome import Outcome, look
from hitl_assets_tests.loop.loops import Loop, commit, headlines

ITEMS = 8
PATIENCE, MOST_BY_HAND = 240.0, 5
# Every request that changes something at Toloka, in their order: once for a project, and for each batch.
OF_SETUP = {
    "project": ("POST", "/api/v1/projects"),
    "training": ("POST", "/api/v1/trainings"),
    "training's tasks": ("POST", "/api/v1/tasks"),
    "training opened": ("POST", "/api/v1/trainings/*/open"),
}
OF_BATCH = {
    "pool": ("POST", "/api/v1/pools"),
    "pool's tasks": ("POST", "/api/v1/tasks"),
    "pool opened": ("POST", "/api/v1/pools/*/open"),
}


@dataclass
class Rehearsal:
    """A loop with one batch of `ITEMS` items, and both services for whoever wants to interfere."""

    loop: Loop
    toloka: Toloka
    pachyderm: Pachyderm
    control: httpx.Client
    failed: list[str] = field(default_factory=list)  # what failed runs said
    by_hand: int = 0  # how often somebody had to run something again
    repair: Callable[[], None] = lambda: None  # what a person does first
    requested: dict[str, dg.RunRequest] = field(default_factory=dict)  # what sensors asked for last, by batch

    @property
    def truth(self) -> dict[str, str]:
        """All items with their labels."""
        return {f"Headline {number}": ("clickbait", "notclickbait")[number % 2] for number in range(ITEMS)}

    def ask(self, verb: str, where: str, **body: Any) -> Any:
        """Set something up at the control endpoint."""
        answer = self.control.request(verb, where, json=body).raise_for_status()
        return answer.json() if answer.content else None

    def fault(self, kind: str, **rule: Any) -> None:
        """Let something go wrong, once unless told otherwise."""
        self.ask("POST", "/faults", kind=kind, **{"times": 1, **rule})

    def struck(self) -> int:
        """How often something went wrong."""
        return sum(rule["fired"] for rule in self.ask("GET", "/faults")["items"])

    def commit(self, start: int = 0, end: int = ITEMS, file: str = "items.csv") -> str:
        """Commit items, all of them unless told otherwise; the batch."""
        return commit(self.pachyderm, self.loop.project, headlines(*list(self.truth)[start:end]), file)

    def set_up(self) -> None:
        """Materialize what is created once; again, if it failed."""
        keys = [key_of(self.loop.project, name) for name in setup_names(self.loop.project)]
        self.run_again(dg.RunRequest(asset_selection=keys))

    def run(self, request: dg.RunRequest) -> bool:
        """Run what was asked for; whether it succeeded."""
        result = self.loop.run(request)
        if not result.success:
            self.failed.append(explain(result))
        return result.success

    def run_again(self, request: dg.RunRequest) -> None:
        """Run, and again by hand as long as it fails for good."""
        while not self.run(request):
            self.by_hand += 1
            assert self.by_hand < MOST_BY_HAND, self.failed

    def advance(self) -> None:
        """A tick of each sensor, and the runs that they ask for."""
        for name in ("commits", "pools"):
            for request in self.loop.tick(name).run_requests or []:
                self.requested[str(request.partition_key)] = request
                self.run(request)

    def go_on(self, is_enough: Callable[[], bool]) -> None:
        """Advance until it is so; who fails for good is run again by hand."""
        deadline = time.monotonic() + PATIENCE
        while not is_enough():
            assert time.monotonic() < deadline, f"not so after {PATIENCE} seconds; failed: {self.failed}"
            self.advance()
            for batch, request in self.requested.items():
                if failure_of(self.loop.instance, batch):
                    self.by_hand += 1
                    self.repair()
                    self.run_again(request)

    def finish(self, batch: str) -> None:
        """Advance until the batch is in the dataset."""
        self.go_on(lambda: self.is_done(batch))

    def is_done(self, batch: str) -> bool:
        """Whether the batch is in the dataset."""
        return read_batch(self.loop.instance, self.loop.project, batch).is_done

    def resume(self, batch: str) -> None:
        """Let the pool go on as a person does, until all is labeled."""
        assert self.loop.materialize("pools", batch, resume=True).success
        self.go_on(lambda: len(self.labels(batch)) == ITEMS)

    def paid(self, batch: str) -> list[dict[str, Any]]:
        """The assignments of a batch that were accepted."""
        published = published_batch(self.loop.instance, self.loop.project, batch)
        assignments = self.toloka.assignments(published.pool_id) if published else ()
        return [each for each in assignments if each["status"] == "ACCEPTED"]

    def price_of(self, suites: int) -> Decimal:
        """What so many suites cost."""
        project = self.loop.project
        return suites * project.terms.reward_per_assignment * (1 + project.configuration.budget.fee)

    def labels(self, batch: str) -> list[str]:
        """The items of a batch that have a label in the dataset."""
        asset = key_of(self.loop.project, "concatenated_dataset")
        rows = read_directory(self.pachyderm, asset, asset.path[-1], StoredDataset).rows
        return [row.item_key for row in rows if row.batch == batch]

    def outcome(self, *batches: str) -> Outcome:
        """What it ended with."""
        return look(self.loop.instance, self.loop.project, self.pachyderm, self.toloka, list(batches), self.truth)


def explain(result: dg.ExecuteInProcessResult) -> str:
    """What the failed steps of a run said."""
    failures = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    return " ".join(
        (data.user_failure_data.description if data.user_failure_data else None) or str(data.error) for data in failures
    )


def right(batches: int = 1, items: int = ITEMS) -> Outcome:
    """What a loop must end with: a pool for each batch, five answers for each item, four items for each payment."""
    paid = items // 4 * 5
    return Outcome(batches=batches, pools=batches, planned=paid, paid=paid, labels_lost=0, problems=())

"""Manual review, on emulators: nobody is paid before somebody has looked, and rejected work is asked for again."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.answers.answers import count_statuses, read_answers
from hitl_assets.labeling.project.declaration import Marks, Review
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka

from .loops import Loop, collect, commit, dataset, failures, headlines

pytestmark = pytest.mark.slow
NAMES = [f"Headline {number}" for number in range(12)]
# Hardly anybody is in between.
STRICT = Review(accept=Marks(golden_accuracy=0.7, agreement=0.5), reject=Marks(golden_accuracy=0.7, agreement=1))


class Reviewing:
    """A loop whose project has a review, on a Toloka of its own where workers are quick and not kept out.

    Without `review` one worker answers each item, and no golden tasks: there is nothing to judge by, so a person
    decides everything.
    """

    def __init__(self, loop: Loop, address: str, url: str, review: Review | None = None) -> None:
        pool = {name: form for name, form in loop.project.pool.items() if name not in ("quality_control", "filter")}
        if review is None:
            review = Review()
            pool["defaults"] = {"default_overlap_for_new_tasks": 1, "default_overlap_for_new_task_suites": 1}
            pool["mixer_config"] = {"real_tasks_count": 4, "golden_tasks_count": 0, "training_tasks_count": 0}
        configuration = loop.project.configuration.model_copy(update={"review": review})
        self.loop = Loop(replace(loop.project, pool=pool, configuration=configuration), loop.instance, address, url)
        self.toloka = Toloka(url, "any token")

    def publish(self, pachyderm: Pachyderm) -> str:
        """A batch of twelve items; its name."""
        batch = commit(pachyderm, self.loop.project, headlines(*NAMES))
        (result,) = self.loop.publish()
        assert result.success, failures(result)
        return batch

    def go_on(self) -> tuple[str, dg.ExecuteInProcessResult]:
        """Tick until a run is asked for: what it is for, and the run."""
        (request,) = collect(self.loop)
        result = self.loop.run(request)
        assert result.success, failures(result)
        return str(request.run_key).split(":")[1], result

    def assignments(self, batch: str) -> list[dict[str, Any]]:
        """All assignments of a batch's pool."""
        return list(self.toloka.assignments(self.loop.pool_id(batch)))

    def labels_of(self, batch: str) -> Counter[str]:
        """How many accepted answers each item has."""
        accepted = [each for each in self.assignments(batch) if each["status"] == "ACCEPTED"]
        return Counter(answer.item_key for answer in read_answers(accepted) if not answer.is_golden)


@pytest.fixture
def toloka_of_its_own(tmp_path: Path) -> Iterator[str]:
    """A Toloka with quick workers."""
    with TolokaEmulator(tmp_path / "toloka", speed="max") as emulator:
        yield emulator.url


def test_nobody_is_paid_before_a_person_has_looked(
    loop: Loop, pachyderm: Pachyderm, pachyderm_address: str, toloka_of_its_own: str
) -> None:
    """All answers wait; the list says so; the decision is a materialization, and the loop goes on by itself."""
    reviewing = Reviewing(loop, pachyderm_address, toloka_of_its_own)
    batch = reviewing.publish(pachyderm)
    balance = reviewing.toloka.balance()
    step, _ = reviewing.go_on()
    waiting = reviewing.loop.materialized("reviewed_answers", batch)
    assert (step, waiting["accepted"], waiting["undecided"]) == ("review", 0, 3)
    assert reviewing.toloka.balance() == balance
    # Asked once, and not with every tick; and nothing is labeled yet.
    assert not reviewing.loop.tick("pools").run_requests
    assert pachyderm.head(f"{reviewing.loop.project.name}_aggregated_labels") is None
    decided = reviewing.loop.materialize("reviewed_answers", batch, rest="accept")
    assert decided.success, failures(decided)
    step, _ = reviewing.go_on()
    assert step == "collect"
    assert balance - reviewing.toloka.balance() == 3 * Decimal("0.039")
    assert dataset(reviewing.loop, pachyderm).count(batch) == 12
    assert not reviewing.loop.tick("pools").run_requests


def test_rejected_work_is_asked_for_again(
    loop: Loop, pachyderm: Pachyderm, pachyderm_address: str, toloka_of_its_own: str
) -> None:
    """By others, in the same pool; at the end every item has the answer that was planned, and paid."""
    reviewing = Reviewing(loop, pachyderm_address, toloka_of_its_own)
    batch = reviewing.publish(pachyderm)
    reviewing.go_on()
    bad = sorted(each["id"] for each in reviewing.assignments(batch) if each["status"] == "SUBMITTED")[:1]
    decided = reviewing.loop.materialize("reviewed_answers", batch, reject=bad, rest="accept")
    assert decided.success, failures(decided)
    step, _ = reviewing.go_on()
    assert step == "review"
    reviewing.loop.materialize("reviewed_answers", batch, rest="accept")
    step, _ = reviewing.go_on()
    assert step == "collect"
    statuses = count_statuses(reviewing.assignments(batch))
    assert (statuses["REJECTED"], statuses["ACCEPTED"]) == (1, 3)
    assert statuses.get("SUBMITTED", 0) == 0
    assert set(reviewing.labels_of(batch).values()) == {1}
    assert dataset(reviewing.loop, pachyderm).count(batch) == 12
    account = reviewing.loop.materialized("raw_answers", batch)
    assert account["spent"] == pytest.approx(statuses["ACCEPTED"] * 0.039)


def test_clear_cases_need_nobody(
    loop: Loop, pachyderm: Pachyderm, pachyderm_address: str, toloka_of_its_own: str
) -> None:
    """Good work is paid and bad work asked again, until every item has its answers."""
    reviewing = Reviewing(loop, pachyderm_address, toloka_of_its_own, STRICT)
    batch = reviewing.publish(pachyderm)
    steps = []
    while not steps or steps[-1] != "collect":
        step, _ = reviewing.go_on()
        if step == "review" and reviewing.loop.materialized("reviewed_answers", batch)["undecided"]:
            reviewing.loop.materialize("reviewed_answers", batch, rest="accept")
        steps.append(step)
        assert len(steps) < 20
    assert set(reviewing.labels_of(batch).values()) == {5}
    assert dataset(reviewing.loop, pachyderm).count(batch) == 12


def test_a_killed_review_is_taken_up_again(
    loop: Loop, pachyderm: Pachyderm, pachyderm_address: str, toloka_of_its_own: str
) -> None:
    """Between asking again and rejecting: the same decision is made once."""
    reviewing = Reviewing(loop, pachyderm_address, toloka_of_its_own)
    batch = reviewing.publish(pachyderm)
    reviewing.go_on()
    bad = next(each for each in reviewing.assignments(batch) if each["status"] == "SUBMITTED")
    tasks = {task["id"]: 2 for task in bad["tasks"] if not task.get("known_solutions")}
    # What a review does before it rejects; then it is killed.
    reviewing.toloka.raise_overlaps(reviewing.loop.pool_id(batch), tasks)
    decided = reviewing.loop.materialize("reviewed_answers", batch, reject=[bad["id"]], rest="accept")
    assert decided.success, failures(decided)
    reviewing.go_on()
    reviewing.loop.materialize("reviewed_answers", batch, rest="accept")
    reviewing.go_on()
    assert set(reviewing.labels_of(batch).values()) == {1}


def test_a_decision_about_nothing_is_refused(
    loop: Loop, pachyderm: Pachyderm, pachyderm_address: str, toloka_of_its_own: str
) -> None:
    """And nothing else is decided with it."""
    reviewing = Reviewing(loop, pachyderm_address, toloka_of_its_own)
    batch = reviewing.publish(pachyderm)
    reviewing.go_on()
    refused = reviewing.loop.materialize("reviewed_answers", batch, accept=["nonsense"], rest="accept")
    assert not refused.success
    assert "no assignment nonsense" in failures(refused)
    assert set(count_statuses(reviewing.assignments(batch))) <= {"SUBMITTED", "SKIPPED", "EXPIRED"}

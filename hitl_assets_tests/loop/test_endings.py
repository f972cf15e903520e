"""Pools that end before everything is answered, and caps, on emulators: what is paid is kept, and nothing is asked for
again by itself."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import httpx
import pytest

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.answers.answers import read_answers
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka

from .loops import Loop, collect, commit, dataset, failures, headlines, observed, verdicts

pytestmark = pytest.mark.slow
AT_ONCE, NOBODY_COMES = 1e6, 1e-3
NAMES = [f"Headline {number}" for number in range(20)]


class Rehearsal:
    """A loop on a Toloka of its own, and that Toloka's control endpoint."""

    def __init__(self, loop: Loop, url: str) -> None:
        self.loop = loop
        self.toloka = Toloka(url, "any token")
        self.control = httpx.Client(base_url=f"{url}/emulator", headers={"Authorization": "OAuth any"}, timeout=30)

    def ask(self, method: str, path: str, **body: Any) -> Any:
        """Set something up at the control endpoint."""
        answer = self.control.request(method, path, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def run_all(self) -> dg.ExecuteInProcessResult:
        """Tick until a run is asked for; that run."""
        (request,) = collect(self.loop)
        return self.loop.run(request)

    def balance(self) -> Decimal:
        """What is left on the account."""
        return self.toloka.balance()


@pytest.fixture
def rehearsal(tmp_path: Path, loop: Loop, pachyderm_address: str) -> Iterator[Rehearsal]:
    """Workers are quick, let in without a training, and never banned."""
    left_out = ("quality_control", "filter")
    pool = {name: value for name, value in loop.project.pool.items() if name not in left_out}
    with TolokaEmulator(tmp_path / "toloka", speed=AT_ONCE) as emulator:
        own = Loop(replace(loop.project, pool=pool), loop.instance, pachyderm_address, emulator.url)
        yield Rehearsal(own, emulator.url)


def with_configuration(loop: Loop, address: str, url: str, **changes: Any) -> Loop:
    """The same loop after somebody edited the YAML."""
    configuration = loop.project.configuration.model_copy(update=changes)
    edited = Loop(replace(loop.project, configuration=configuration), loop.instance, address, url)
    edited.cursors = loop.cursors
    return edited


def with_caps(loop: Loop, address: str, url: str, **caps: str) -> Loop:
    """The same loop with other caps."""
    budget = loop.project.configuration.budget.model_copy(update={name: Decimal(cap) for name, cap in caps.items()})
    return with_configuration(loop, address, url, budget=budget)


def broke(rehearsal: Rehearsal, pachyderm: Pachyderm, suites: int = 12) -> str:
    """A batch of 20 items (25 suites) whose money runs out after some suites; its name."""
    rehearsal.ask("POST", "/faults", kind="balance_exhausted", after=suites, times=1)
    batch = commit(pachyderm, rehearsal.loop.project, headlines(*NAMES))
    rehearsal.loop.publish()
    return batch


def test_what_was_paid_is_kept_and_the_rest_is_listed(rehearsal: Rehearsal, pachyderm: Pachyderm) -> None:
    """Labels with enough answers go into the dataset, marked; the check says what to do; nothing is asked again."""
    batch = broke(rehearsal, pachyderm)
    result = rehearsal.run_all()
    assert result.success, failures(result)
    labels = rehearsal.loop.materialized("aggregated_labels", batch)
    assert 0 < labels["labels"] < 20
    assert labels["labels"] + labels["items_without_label"] == 20
    assert dataset(rehearsal.loop, pachyderm).count(batch) == labels["labels"]
    assert not {"pool_ended_well", "every_item_has_a_label"} & {name for name, ok in verdicts(result).items() if ok}
    ended = next(each for each in result.get_asset_check_evaluations() if each.check_name == "pool_ended_well")
    assert "NOT_ENOUGH_BALANCE" in (ended.description or "")
    assert f"hitl resume {rehearsal.loop.project.name} {batch}" in (ended.description or "")
    assert not rehearsal.loop.tick("pools").run_requests
    assert not rehearsal.toloka.get_pool(rehearsal.loop.pool_id(batch)).is_open


def test_a_partial_batch_goes_on_when_a_person_says_so(rehearsal: Rehearsal, pachyderm: Pachyderm) -> None:
    """In the same pool, for what is missing; afterwards every item has its label, and was paid for once."""
    batch = broke(rehearsal, pachyderm)
    rehearsal.run_all()
    before = rehearsal.loop.materialized("raw_answers", batch)
    pool_id = rehearsal.loop.pool_id(batch)
    assert rehearsal.loop.materialize("pools", batch).success
    assert rehearsal.loop.materialized("pools", batch)["done"] == "found"
    rehearsal.ask("PUT", "/account", balance=100)
    resumed = rehearsal.loop.materialize("pools", batch, resume=True)
    assert resumed.success, failures(resumed)
    assert rehearsal.loop.materialized("pools", batch)["done"] == "reopened"
    result = rehearsal.run_all()
    assert result.success, failures(result)
    after = rehearsal.loop.materialized("raw_answers", batch)
    assert (rehearsal.loop.pool_id(batch), before["partial"], after["partial"]) == (pool_id, True, False)
    assert rehearsal.loop.materialized("aggregated_labels", batch)["partial_labels"] == 0
    assert dataset(rehearsal.loop, pachyderm).count(batch) == 20
    accepted = [each for each in rehearsal.toloka.assignments(pool_id) if each["status"] == "ACCEPTED"]
    counts = Counter(answer.item_key for answer in read_answers(accepted) if not answer.is_golden)
    assert set(counts.values()) == {5}
    assert len(rehearsal.toloka.find_pools(rehearsal.toloka.get_pool(pool_id).project_id)) == 1


@pytest.mark.parametrize("reason", ["MANUAL", "EXPIRED", "BLOCKED"])
def test_every_early_ending_can_be_resumed(rehearsal: Rehearsal, pachyderm: Pachyderm, reason: str) -> None:
    """Whoever closed it; an expired pool gets a new expiry."""
    rehearsal.ask("POST", "/faults", kind="pool_closed", reason=reason, after=6, times=1)
    batch = commit(pachyderm, rehearsal.loop.project, headlines(*NAMES))
    rehearsal.loop.publish()
    assert rehearsal.run_all().success
    assert rehearsal.loop.materialized("raw_answers", batch)["close_reason"] == reason
    resumed = rehearsal.loop.materialize("pools", batch, resume=True)
    assert resumed.success, failures(resumed)
    assert rehearsal.run_all().success
    assert rehearsal.loop.materialized("raw_answers", batch)["close_reason"] == "COMPLETED"
    assert dataset(rehearsal.loop, pachyderm).count(batch) == 20


def test_a_pool_that_was_not_opened_waits(rehearsal: Rehearsal, pachyderm: Pachyderm) -> None:
    """For whoever looks at its preview; the next materialization opens it."""
    batch = commit(pachyderm, rehearsal.loop.project, headlines("One"))
    rehearsal.loop.publish()
    other = commit(pachyderm, rehearsal.loop.project, headlines("Two"), "other.csv")
    rehearsal.loop.tick("commits")
    for name in ("raw_data", "tasks"):
        assert rehearsal.loop.materialize(name, other).success
    assert rehearsal.loop.materialize("pools", other, open=False).success
    assert rehearsal.loop.materialized("pools", other)["status_when_published"] == "NOT OPENED"
    (request,) = collect(rehearsal.loop)
    assert request.partition_key == batch
    assert "materialize pools" in observed(rehearsal.loop, other)[0]["what_to_do"]
    assert rehearsal.loop.materialize("pools", other).success
    (request,) = collect(rehearsal.loop)
    assert request.partition_key == other


def test_a_whole_batch_has_nothing_to_resume(rehearsal: Rehearsal, pachyderm: Pachyderm) -> None:
    """Nothing is opened, nothing is paid."""
    batch = commit(pachyderm, rehearsal.loop.project, headlines("One"))
    rehearsal.loop.publish()
    rehearsal.run_all()
    balance = rehearsal.balance()
    assert rehearsal.loop.materialize("pools", batch, resume=True).success
    assert rehearsal.loop.materialized("pools", batch)["done"] == "found"
    assert rehearsal.balance() == balance


def test_a_pool_that_is_being_changed_has_not_ended(
    rehearsal: Rehearsal, pachyderm: Pachyderm, until: Callable[..., Any]
) -> None:
    """Closed for an update it opens again by itself."""
    rehearsal.ask("POST", "/faults", kind="pool_closed", reason="FOR_UPDATE", after=6, times=1)
    batch = commit(pachyderm, rehearsal.loop.project, headlines(*NAMES))
    rehearsal.loop.publish()
    pool_id = rehearsal.loop.pool_id(batch)
    until(lambda: rehearsal.toloka.get_pool(pool_id), lambda pool: not pool.is_open)
    assert not rehearsal.loop.tick("pools").run_requests
    assert observed(rehearsal.loop, batch)[0]["status"] == "CLOSED: FOR_UPDATE"
    assert not rehearsal.loop.tick("pools").run_requests


def test_a_pool_is_closed_before_it_passes_its_cap(
    loop: Loop, pachyderm: Pachyderm, pachyderm_address: str, tmp_path: Path
) -> None:
    """Somebody raised the overlap in Toloka's interface; the batch costs its cap at most, and goes on under a higher
    one when it is materialized again."""
    pool = {name: value for name, value in loop.project.pool.items() if name not in ("quality_control", "filter")}
    open_to_all = replace(loop.project, pool=pool)
    with TolokaEmulator(tmp_path / "toloka", speed=NOBODY_COMES) as emulator:
        tight = Loop(open_to_all, loop.instance, pachyderm_address, emulator.url)
        batch = commit(pachyderm, tight.project, headlines(*NAMES))
        tight.publish()
        pool_id = tight.pool_id(batch)
        toloka = Toloka(emulator.url, "any token")
        tasks = toloka.reader.get_tasks(pool_id=pool_id)
        toloka.raise_overlaps(pool_id, {str(task.id): 200 for task in tasks if not task.known_solutions})
        port = int(emulator.url.rsplit(":", 1)[1])
    with TolokaEmulator(tmp_path / "toloka", port=port, speed=40) as emulator:
        tight = with_caps(tight, pachyderm_address, emulator.url, per_batch="6")
        (request,) = collect(tight)
        assert "closed at its cap" in observed(tight, batch)[0]["what_to_do"]
        assert tight.run(request).success
        assert 1 < tight.materialized("raw_answers", batch)["spent"] <= 6
        assert tight.materialize("pools", batch).success
        assert tight.materialized("pools", batch)["done"] == "found"
        wide = with_caps(tight, pachyderm_address, emulator.url, per_batch="60")
        assert wide.materialize("pools", batch).success
        assert wide.materialized("pools", batch)["done"] == "reopened"


def test_the_project_s_cap_counts_what_was_spent(
    rehearsal: Rehearsal, pachyderm: Pachyderm, pachyderm_address: str
) -> None:
    """A batch that ended early leaves what it did not spend to the next one."""
    batch = broke(rehearsal, pachyderm)
    rehearsal.run_all()
    rehearsal.ask("PUT", "/account", balance=100)
    spent = rehearsal.loop.materialized("raw_answers", batch)["spent"]
    assert spent < 0.6
    url = rehearsal.toloka.url
    # The first batch could have cost 0.975, as the second one can.
    tight = with_caps(rehearsal.loop, pachyderm_address, url, per_project="1.60")
    commit(pachyderm, tight.project, headlines(*[f"Other {number}" for number in range(20)]), "more.csv")
    (second,) = tight.publish()
    assert second.success, failures(second)


def test_money_that_does_not_add_up_is_seen(rehearsal: Rehearsal, pachyderm: Pachyderm) -> None:
    """The check compares what was planned, what the answers cost and what Toloka was paid."""
    batch = commit(pachyderm, rehearsal.loop.project, headlines("One", "Two"))
    rehearsal.loop.publish()
    result = rehearsal.run_all()
    (money,) = [each for each in result.get_asset_check_evaluations() if each.check_name == "money_adds_up"]
    metadata = {name: value.value for name, value in money.metadata.items()}
    assert (money.passed, money.description) == (True, "5 accepted suites cost 0.20 with the fee.")
    assert (metadata["spent"], metadata["paid"]) == (0.195, 0.195)
    assert metadata["planned_maximum"] == rehearsal.loop.materialized("pools", batch)["estimate_maximum"]

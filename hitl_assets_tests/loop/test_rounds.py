"""Asking again, on emulators: only about items whose label is not sure enough, never beyond the maximum or a cap."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import dagster as dg
import httpx
import pytest

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.answers.answers import read_answers
from hitl_assets.labeling.labels.decisions import decide_labels
from hitl_assets.labeling.pools.unsure import Unsure, find_unsure
from hitl_assets.labeling.project.automation import Overlap
from hitl_assets.labeling.project.declaration import Marks, Review
from hitl_assets.labeling.records import Task, item_key
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.rounds import ask
from hitl_assets.steps.decisions import calibrate_labels

from .loops import Loop, collect, dataset, failures, observed, verdicts
from .rounds import EARLIER, NAMES, Rounds, has_labels

pytestmark = pytest.mark.slow
TASKS = [Task(item_key({"headline": name}), {"headline": name}) for name in NAMES]
SUITE = Decimal("0.039")


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    """A Toloka with quick workers who are right as often as not: there is always something to ask again."""
    crowd = tmp_path / "crowd.yaml"
    crowd.write_text("groups: [{name: unsure, share: 1, accuracy: 0.7, english: 1, skips: 0, expires: 0}]\n")
    with TolokaEmulator(tmp_path / "toloka", speed="max", crowd=str(crowd)) as emulator:
        yield emulator.url


@pytest.fixture
def rounds(loop: Loop, pachyderm_address: str, url: str) -> Rounds:
    """A loop that asks about each item twice at first, and five times at most."""
    found = Rounds(loop, pachyderm_address, url)
    found.know()
    return found


def check_answers(rounds: Rounds, batch: str) -> None:
    """Each item was asked about until most agreed, and no more: two of two, three of four, or five in all."""
    answers = rounds.answers(batch)
    labels = rounds.labels(batch)
    assert set(labels) == {task.item_key for task in TASKS}
    for key, label in labels.items():
        votes = sorted(label.votes.values(), reverse=True)
        assert votes in ([2], [3, 1], [3, 2], [4, 1]), label
        assert answers[key] == sum(votes)
        assert label.round == sum(votes) - 1


def unsure_now(rounds: Rounds, batch: str) -> Unsure:
    """What a round would find."""
    project, assignments = rounds.loop.project, list(rounds.toloka.assignments(rounds.loop.pool_id(batch)))
    known = calibrate_labels(rounds.pachyderm, project, [EARLIER], TASKS, assignments, {})
    labels = decide_labels(project, TASKS, read_answers(assignments), {}, {}, known.calibration).labels.labels
    return find_unsure(project, TASKS, labels, assignments)


def test_only_what_is_unsure_is_asked_again(rounds: Rounds, pachyderm: Pachyderm) -> None:
    """In the same pool, one answer more in each round; every item has its label, its round and its place."""
    batch = rounds.publish()
    runs = rounds.finish()
    check_answers(rounds, batch)
    answers = sum(rounds.answers(batch).values())
    assert 2 * len(NAMES) < answers < 5 * len(NAMES)
    begun = rounds.begun(batch)
    assert [each["round"] for each in begun] == list(range(2, runs + 1))
    assert begun[-1]["answers_planned"] == answers
    told = rounds.rounds(batch)
    assert [each.items for each in told[1:]] == [each["items_asked"] for each in begun]
    assert sum(each.answers for each in told) == answers
    assert sum(each.finished for each in told) == len(NAMES)
    assert dataset(rounds.loop, pachyderm).count(batch) == len(NAMES)
    assert not rounds.loop.tick("pools").run_requests


def test_it_is_cheaper_than_as_many_answers_for_all(rounds: Rounds) -> None:
    """And never dearer than the estimate said."""
    batch = rounds.publish()
    rounds.finish()
    account, plan = rounds.loop.materialized("raw_answers", batch), rounds.loop.materialized("pools", batch)
    assert account["spent"] < 0.9 * plan["estimate_maximum"]
    assert plan["estimate_minimum"] == pytest.approx(float(12 * SUITE))
    assert plan["estimate_maximum"] == pytest.approx(float(30 * SUITE))


def test_progress_counts_what_is_planned_now(rounds: Rounds) -> None:
    """An open pool is not complete because the first round was."""
    batch = rounds.publish()
    rounds.go_on()
    first = observed(rounds.loop, batch)[1]
    assert (first["round"], first["answers_planned"], first["completed"]) == (1, 48, 1.0)
    (begun,) = rounds.begun(batch)
    assert (begun["answers"], begun["completed"] < 1) == (48, True)
    rounds.loop.tick("pools")
    second = observed(rounds.loop, batch)[0]
    assert (second["round"], second["answers_planned"]) == (2, begun["answers_planned"])
    assert begun["answers_planned"] == 48 + begun["items_asked"]


def test_a_cap_ends_the_rounds(rounds: Rounds, pachyderm: Pachyderm) -> None:
    """With the numbers; labels are made from what is there, and a higher cap lets it go on."""
    batch = rounds.publish()
    wide = rounds.loop.project.configuration.budget
    rounds.edit(budget=wide.model_copy(update={"per_batch": 12 * SUITE}))
    assert has_labels(rounds.go_on())
    told = rounds.loop.materialized("rounds", batch)
    assert "budget.per_batch is 0.468" in told["what_to_do"]
    assert (told["round"], told["items_unsure"] > 0) == (1, True)
    assert set(rounds.answers(batch).values()) == {2}
    assert dataset(rounds.loop, pachyderm).count(batch) == len(NAMES)
    rounds.loop.tick("pools")
    assert not rounds.loop.tick("pools").run_requests
    rounds.edit(budget=wide)
    assert rounds.loop.materialize("pools", batch).success
    rounds.finish()
    check_answers(rounds, batch)


def test_a_round_that_a_person_begins_is_watched(rounds: Rounds) -> None:
    """After overlap.max was raised: whoever opens the pool again, the loop goes on by itself."""
    rounds.edit(overlap=Overlap(start=2, max=2, confidence=0.7))
    batch = rounds.publish()
    assert has_labels(rounds.go_on())
    rounds.loop.tick("pools")
    assert "0 pools watched" in (rounds.loop.tick("pools").skip_message or "")
    rounds.edit(overlap=Overlap(start=2, max=5, confidence=0.7))
    begun = rounds.loop.materialize("rounds", batch)
    assert begun.success, failures(begun)
    pool = rounds.toloka.get_pool(rounds.loop.pool_id(batch))
    assert pool.maximum == 30 * SUITE
    rounds.finish()
    check_answers(rounds, batch)


def test_a_round_that_was_half_begun_is_begun_once(rounds: Rounds) -> None:
    """Killed when some tasks were raised and the pool was still closed: nobody is asked twice."""
    batch = rounds.publish()
    (request,) = collect(rounds.loop)
    pool_id = rounds.loop.pool_id(batch)
    unsure = unsure_now(rounds, batch)
    assert len(unsure.items) > 1
    tasks = [task for task in rounds.toloka.real_tasks(pool_id) if task.item_key in unsure.items]
    rounds.toloka.raise_overlaps(pool_id, {task.id: 3 for task in tasks[::2]})
    assert rounds.loop.run(request).success
    (begun,) = rounds.begun(batch)
    assert begun["items_asked"] == len(unsure.items)
    rounds.finish()
    check_answers(rounds, batch)


def test_a_run_that_finds_its_pool_open_again_ends_quietly(loop: Loop, pachyderm_address: str, tmp_path: Path) -> None:
    """Killed when it had opened the pool: the next ending starts the next run, and nothing is a failure."""
    crowd = tmp_path / "crowd.yaml"
    crowd.write_text("groups: [{name: unsure, share: 1, accuracy: 0.7, english: 1, skips: 0, expires: 0}]\n")
    with TolokaEmulator(tmp_path / "toloka", speed="max", crowd=str(crowd)) as emulator:
        rounds = Rounds(loop, pachyderm_address, emulator.url)
        rounds.know()
        batch = rounds.publish()
        (request,) = collect(rounds.loop)
        httpx.put(f"{emulator.url}/emulator/clock", json={"speed": "manual"}).raise_for_status()
        asked = ask(rounds.toloka, rounds.loop.project, rounds.loop.pool_id(batch), unsure_now(rounds, batch), {})
        assert (asked.items > 0, asked.pool.is_open) == (True, True)
        again = rounds.loop.run(request)
        assert (again.success, again.get_asset_materialization_events()) == (True, [])
        by_hand = rounds.loop.materialize("raw_answers", batch)
        assert "people are at work" in failures(by_hand)
        assert not rounds.loop.tick("pools").run_requests
        httpx.put(f"{emulator.url}/emulator/clock", json={"speed": "max"}).raise_for_status()
        rounds.finish()
        check_answers(rounds, batch)


def test_a_batch_is_watched_until_its_run_is_over(rounds: Rounds) -> None:
    """The run may open the pool again."""
    rounds.publish()
    (request,) = collect(rounds.loop)
    assert "1 pool watched" in (rounds.loop.tick("pools").skip_message or "")
    assert rounds.loop.run(request).success
    rounds.finish()
    rounds.loop.tick("pools")
    assert "0 pools watched" in (rounds.loop.tick("pools").skip_message or "")


def test_a_round_that_ends_early_leaves_the_rest_to_a_person(rounds: Rounds) -> None:
    """Labels are made from what is there; nothing is asked by itself; a resumed batch goes on with its rounds."""
    batch = rounds.publish()
    (request,) = collect(rounds.loop)
    httpx.post(
        f"{rounds.url}/emulator/faults", json={"kind": "pool_closed", "reason": "MANUAL", "after": 1, "times": 1}
    ).raise_for_status()
    assert rounds.loop.run(request).success
    result = rounds.go_on()
    assert has_labels(result)
    assert not verdicts(result)["pool_ended_well"]
    assert "hitl resume" in rounds.loop.materialized("rounds", batch)["what_to_do"]
    assert rounds.loop.materialized("aggregated_labels", batch)["labels"] == len(NAMES)
    assert not rounds.loop.tick("pools").run_requests
    assert rounds.loop.materialize("pools", batch, resume=True).success
    rounds.finish()
    check_answers(rounds, batch)


def test_rejected_answers_are_asked_for_again_beside_the_rounds(loop: Loop, pachyderm_address: str, url: str) -> None:
    """What was rejected does not count: neither for a label, nor against the maximum."""
    review = Review(accept=Marks(golden_accuracy=0.7, agreement=0.0), reject=Marks(golden_accuracy=0.5, agreement=1))
    rounds = Rounds(loop, pachyderm_address, url, review=review)
    rounds.know()
    batch = rounds.publish()
    rejected = 0
    while not has_labels(rounds.go_on()):
        every = rounds.toloka.assignments(rounds.loop.pool_id(batch))
        waiting = [each["id"] for each in every if each["status"] == "SUBMITTED"]
        if waiting:
            bad = waiting[:1] if rejected < 4 else []
            rejected += len(bad)
            decided = rounds.loop.materialize("reviewed_answers", batch, reject=bad, rest="accept")
            assert decided.success, failures(decided)
    check_answers(rounds, batch)
    assert rejected == 4


def test_a_rerun_says_the_same(rounds: Rounds) -> None:
    """The rounds of a batch that is labeled stay as they are, and nobody is asked."""
    batch = rounds.publish()
    rounds.finish()
    before = rounds.loop.materialized("rounds", batch)
    balance = rounds.toloka.balance()
    again = rounds.loop.materialize("rounds", batch)
    after = rounds.loop.materialized("rounds", batch)
    assert again.success
    assert (after["pachyderm/hash"], after["pachyderm/new_commit"]) == (before["pachyderm/hash"], False)
    assert rounds.toloka.balance() == balance


def test_old_answers_begin_no_round(rounds: Rounds, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody materializes it by hand when the next round is done, and not yet collected."""
    monkeypatch.setattr("hitl_assets.assets.story.RETRY_POLICY", dg.RetryPolicy(max_retries=0))
    batch = rounds.publish()
    rounds.go_on()
    (request,) = collect(rounds.loop)
    balance = rounds.toloka.balance()
    by_hand = rounds.loop.materialize("rounds", batch)
    assert "other answers than those that were collected" in failures(by_hand)
    assert rounds.toloka.balance() == balance
    assert rounds.loop.run(request).success


def test_one_answer_can_be_enough(loop: Loop, pachyderm_address: str, url: str) -> None:
    """With a start of one every label stands on an answer, and none is partial."""
    rounds = Rounds(loop, pachyderm_address, url, overlap=Overlap(start=1, max=3, confidence=0.9))
    rounds.know()
    batch = rounds.publish()
    assert has_labels(rounds.go_on())
    labels: dict[str, Any] = rounds.loop.materialized("aggregated_labels", batch)
    assert (labels["labels"], labels["partial_labels"], labels["items_without_label"]) == (len(NAMES), 0, 0)
    assert {label.round for label in rounds.labels(batch).values()} == {1}

"""The two waits, tick by tick, on emulators; the runs that they ask for are run in this process."""

import json

import dagster as dg
import pytest

from hitl_assets.events import key_of, published_batch
from hitl_assets.labeling.records import item_key
from hitl_assets.resources import TICK_SECONDS
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.steps.intake.changes import find_commit
from hitl_assets_tests.services.grpc_proxies import refusing_grpc

from .loops import Loop, collect, commit, dataset, headlines, observed, verdicts

pytestmark = pytest.mark.slow

PUBLISHING_CHECKS = {
    "items_fit_the_form",
    "every_file_brings_rows",
    "rows_are_usable",
    "enough_golden_tasks",
    "tasks_are_published",
    "estimate_is_under_the_cap",
    "no_pool_waits_for_you",
    "people_answer_in_time",
    "people_are_asked_once",
    "open_pools_are_as_the_yaml_says",
}
COLLECTING_CHECKS = {
    "pool_ended_well",
    "money_adds_up",
    "golden_tasks_answered_well",
    "no_worker_dominates",
    "answers_have_a_truth",
    "golden_tasks_are_as_in_the_file",
    "every_item_has_a_label",
    "no_item_is_lost",
    "people_agree",
    "labels_are_spread_as_before",
    "no_item_twice",
    "every_label_is_in_the_dataset",
}
UNREACHABLE = "127.0.0.1:9"


def test_a_commit_becomes_a_run_for_its_own_partition(loop: Loop, pachyderm: Pachyderm) -> None:
    """Its time and its id are the partition key, and the sensor adds the partition."""
    batch = commit(pachyderm, loop.project, headlines("One", "Two"))
    (request,) = loop.tick("commits").run_requests or []
    assert request.partition_key == batch
    assert loop.instance.has_dynamic_partition(f"{loop.project.name}_batches", batch)


def test_a_commit_is_taken_once(loop: Loop, pachyderm: Pachyderm) -> None:
    """The second tick has nothing to ask for, and says so."""
    commit(pachyderm, loop.project, headlines("One"))
    loop.publish()
    second = loop.tick("commits")
    assert not second.run_requests
    assert "no new commit" in (second.skip_message or "")


def test_what_is_created_once_comes_with_the_first_batch_only(loop: Loop, pachyderm: Pachyderm) -> None:
    """Later batches cost what they bring."""
    commit(pachyderm, loop.project, headlines("One"))
    (first,) = loop.tick("commits").run_requests or []
    loop.run(first)
    commit(pachyderm, loop.project, headlines("One", "Two"))
    (second,) = loop.tick("commits").run_requests or []
    assert key_of(loop.project, "toloka_project") in (first.asset_selection or [])
    assert {key.path[-1] for key in second.asset_selection or []} == {"raw_data", "tasks", "pools"}


def test_a_backlog_is_worked_off_in_order_over_several_ticks(loop: Loop, pachyderm: Pachyderm) -> None:
    """Making a run is what a tick costs."""
    batches = [commit(pachyderm, loop.project, headlines(f"Headline {n}"), f"{n}.csv") for n in range(12)]
    ticks = [[request.partition_key for request in loop.tick("commits").run_requests or []] for _ in range(3)]
    assert ticks == [batches[:10], batches[10:], []]


def test_a_loop_ends_with_every_item_labeled(loop: Loop, pachyderm: Pachyderm) -> None:
    """Commit, pool, answers, labels, dataset: on the real wire, with nobody waiting."""
    batch = commit(pachyderm, loop.project, headlines("One", "Two", "Three"))
    (published,) = loop.publish()
    assert published.success
    assert verdicts(published) == dict.fromkeys(PUBLISHING_CHECKS, True)
    requests = collect(loop)
    assert [request.partition_key for request in requests] == [batch]
    (result,) = [loop.run(request) for request in requests]
    assert result.success
    assert dataset(loop, pachyderm).count(batch) == 3
    # Whether workers did well and agree is chance with three items; that it was asked is not.
    chance = {"golden_tasks_answered_well": True, "people_agree": True}
    assert {**verdicts(result), **chance} == {**dict.fromkeys(COLLECTING_CHECKS, True), "answers_have_a_truth": False}
    assert set(verdicts(result)) == COLLECTING_CHECKS


def test_only_new_items_are_published(loop: Loop, pachyderm: Pachyderm) -> None:
    """A second commit that repeats rows and adds one costs one item."""
    commit(pachyderm, loop.project, headlines("One", "Two"))
    loop.publish()
    second = commit(pachyderm, loop.project, headlines("One", "Two", "Three"), "more.csv")
    loop.publish()
    published = published_batch(loop.instance, loop.project, second)
    assert published is not None
    assert published.answers == 5  # one item, overlap five


def test_a_batch_without_new_items_goes_through_without_a_pool(loop: Loop, pachyderm: Pachyderm) -> None:
    """Nobody is asked, and the dataset stays as it is."""
    first = commit(pachyderm, loop.project, headlines("One"))
    loop.publish()
    for request in collect(loop):
        loop.run(request)
    second = commit(pachyderm, loop.project, headlines("One"), "again.csv")
    loop.publish()
    (request,) = loop.tick("pools").run_requests or []
    assert loop.run(request).success
    assert (dataset(loop, pachyderm).count(first), dataset(loop, pachyderm).count(second)) == (1, 0)


def test_a_bad_file_fails_its_batch_and_no_other(loop: Loop, pachyderm: Pachyderm) -> None:
    """Nothing of it is published; the message names repo, commit and file; the next commit goes on."""
    bad = commit(pachyderm, loop.project, "title\nOne\n", "bad.csv")
    good = commit(pachyderm, loop.project, headlines("One"), "good.csv")
    results = loop.publish()
    assert [result.success for result in results] == [False, True]
    assert published_batch(loop.instance, loop.project, bad) is None
    assert published_batch(loop.instance, loop.project, good) is not None
    (failure,) = [event for event in results[0].all_events if event.is_step_failure]
    place = f"{loop.project.configuration.source.repo}@{find_commit(pachyderm, loop.project, bad)}:/bad.csv"
    assert place in str(failure.step_failure_data.user_failure_data)


def test_a_final_failure_is_not_repeated(loop: Loop, pachyderm: Pachyderm) -> None:
    """A rerun would read the same bad file."""
    commit(pachyderm, loop.project, "title\nOne\n", "bad.csv")
    loop.publish()
    assert json.loads(loop.tick("commits").cursor or "{}")["attempts"] == {}


def test_a_service_that_is_away_is_a_reason_to_skip(loop: Loop, pachyderm: Pachyderm, pachyderm_address: str) -> None:
    """The sensor says what it could not reach, keeps its cursor, and goes on when the service is back."""
    commit(pachyderm, loop.project, headlines("One"))
    loop.at(UNREACHABLE, "http://127.0.0.1:9")
    away = loop.tick("commits")
    assert UNREACHABLE in (away.skip_message or "")
    loop.at(pachyderm_address, "http://127.0.0.1:9")
    assert len(loop.tick("commits").run_requests or []) == 1


def test_a_transient_failure_is_asked_for_again(
    loop: Loop, pachyderm: Pachyderm, pachyderm_address: str, toloka_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Toloka was away during the run: after a pause the sensor asks for another run under a new key."""
    monkeypatch.setattr("hitl_assets.attempts.FIRST_PAUSE", 0.0)
    monkeypatch.setattr("hitl_assets.assets.story.RETRY_POLICY", dg.RetryPolicy(max_retries=0))
    commit(pachyderm, loop.project, headlines("One"))
    loop.at(pachyderm_address, "http://127.0.0.1:9")
    (first,) = loop.tick("commits").run_requests or []
    assert not loop.run(first).success
    loop.at(pachyderm_address, toloka_url)
    (second,) = loop.tick("commits").run_requests or []
    assert second.run_key != first.run_key
    assert loop.run(second).success


def test_progress_is_observed_when_it_changed_and_only_then(
    loop: Loop, pachyderm: Pachyderm, pachyderm_address: str, still_toloka_url: str
) -> None:
    """An open pool on which nobody works is reported once."""
    loop.at(pachyderm_address, still_toloka_url)
    batch = commit(pachyderm, loop.project, headlines("One"))
    loop.publish()
    for _ in range(3):
        loop.tick("pools")
    (progress,) = observed(loop, batch)
    assert (progress["status"], progress["answers"], progress["answers_planned"]) == ("OPEN", 0, 5)


def test_materializing_again_finds_the_same_pool(loop: Loop, pachyderm: Pachyderm, toloka: Toloka) -> None:
    """A batch that is published twice has one pool."""
    commit(pachyderm, loop.project, headlines("One", "Two"))
    (request,) = loop.tick("commits").run_requests or []
    pools = []
    for _ in range(2):
        assert loop.run(request).success
        published = published_batch(loop.instance, loop.project, request.partition_key or "")
        assert published is not None
        pools.append(published.pool_id)
    assert pools[0] == pools[1]
    assert len(toloka.find_pools(published.toloka_project_id)) == 1


def test_items_keep_their_identity(loop: Loop, pachyderm: Pachyderm) -> None:
    """The key in the dataset is the digest of the input values."""
    commit(pachyderm, loop.project, headlines("One"))
    loop.publish()
    for request in collect(loop):
        loop.run(request)
    assert item_key({"headline": "One"}) in dataset(loop, pachyderm)


def test_a_pachd_that_does_not_answer_is_told_before_dagster_cuts_the_tick_off(
    loop: Loop, pachyderm_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That comes after 60 s, with no word about pachd."""
    assert TICK_SECONDS < 60
    monkeypatch.setattr("hitl_assets.resources.TICK_SECONDS", 1.0)
    with refusing_grpc(pachyderm_address) as proxy:
        proxy.silent.add("ListCommit")
        loop.at(proxy.address, loop.addresses[1])
        assert "DEADLINE_EXCEEDED" in (loop.tick("commits").skip_message or "")

"""Where a batch stands, from records of its events."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import dagster as dg
import pytest

from hitl_assets.labeling.project.declaration import Project
from hitl_assets.local.status.decisions import describe, find_decisions
from hitl_assets.local.status.form import write_batch
from hitl_assets.local.status.history import Event, History, LastRun
from hitl_assets.local.status.screen import describe_rejections, draw_state
from hitl_assets.local.status.standing import Standing, judge, supersede
from hitl_assets.local.status.status import ProjectStatus

PLAN = {
    "pool_id": "7", "status": "OPEN", "answers_planned": 100, "estimate_maximum": 1.95, "cap": 50.0, "pool": "http://pool",
}  # fmt: skip
COMPLETED = {"answers": 100, "spent": 1.95, "close_reason": "COMPLETED"}
EXPIRED = {"answers": 40, "spent": 0.78, "close_reason": "EXPIRED"}
LABELS = {"labels": 20, "items_without_label": 0, "partial_labels": 0, "mean_confidence": 0.9}
FEW_LABELS = {"labels": 8, "items_without_label": 12, "partial_labels": 3}
FAILED = LastRun("run 1", is_under_way=False, failure="This batch can cost up to 60.", failed_step="pools", ended=99.0)

Judge = Callable[..., Standing]


@pytest.fixture
def stands(shipped_project: Project) -> Judge:
    """Judges a batch of events that happened in this order; `seen` is an observation, `dataset` the dataset."""

    def judge_events(
        *events: tuple[str, dict[str, Any]], run: LastRun | None = None, live: str | None = None
    ) -> Standing:
        stored = {name: Event(place, 10.0 * place, told) for place, (name, told) in enumerate(events, start=1)}
        seen, dataset = stored.pop("seen", None), stored.pop("dataset", None)
        return judge(shipped_project, History("abcdef0123456789", stored, seen, run), dataset, live)

    return judge_events


def open_at(answers: int) -> tuple[str, dict[str, Any]]:
    """An observation of an open pool."""
    return "seen", {"status": "OPEN", "answers": answers, "spent": answers * 0.01}


def test_a_batch_without_a_pool_is_being_published(stands: Judge) -> None:
    """Whether its run has begun or not."""
    assert stands().state == "publishing"
    assert stands(("raw_data", {"new_items": 20})).items == 20
    assert "waits for its run" in stands().text
    assert stands(run=LastRun("1", is_under_way=True)).text == ""


def test_a_batch_without_new_items_is_done(stands: Judge) -> None:
    """Nobody is asked."""
    assert stands(("raw_data", {"new_items": 0}), ("pools", {"pool_id": ""})).state == "nothing_new"


def test_rows_that_were_put_aside_are_told(stands: Judge) -> None:
    """How many, the first of them, and where all are: on the screen and for programs."""
    row = {"file": "new.csv", "row": 4, "column": "text", "reason": "empty"}
    columns = dg.TableSchema([dg.TableColumn(name) for name in row])
    rejected = dg.TableMetadataValue([dg.TableRecord(row)], columns)
    batch = stands(("raw_data", {"new_items": 20, "rejected_rows": 3, "rejected": rejected}), ("pools", PLAN))
    assert describe_rejections([batch]) == [
        "abcdef01: 3 rows put aside. The first: new.csv row 4 column text: empty. "
        "All of them: clickbait_raw_data@master:/abcdef0123456789/rejected.csv"
    ]
    told = write_batch(batch)["rejections"]
    assert [(each["count"], each["rows"]) for each in told] == [(3, (row,))]


def test_a_publication_tells_the_status_of_that_moment(stands: Judge) -> None:
    """It is known under its own name; versions before 0.2 called it the status."""
    plan = {name: value for name, value in PLAN.items() if name != "status"}
    assert stands(("pools", {**plan, "status_when_published": "OPEN"})).state == "open"
    assert stands(("pools", {**plan, "status": "OPEN"})).state == "open"


def test_a_batch_of_which_all_was_used_says_nothing(stands: Judge) -> None:
    """No line for nothing."""
    assert not stands(("raw_data", {"new_items": 20, "rejected_rows": 0}), ("pools", PLAN)).rejections


def test_a_batch_that_a_model_labeled_is_labeled(stands: Judge) -> None:
    """It was sure of everything: no pool, and yet labels."""
    published = [("raw_data", {"new_items": 5}), ("pools", {"pool_id": ""})]
    assert stands(*published).state == "collecting"
    found = stands(*published, ("aggregated_labels", {"labels": 5}), ("dataset", {}))
    assert (found.state, found.labels) == ("labeled", 5)


def test_an_open_pool_tells_how_far_it_is(stands: Judge) -> None:
    """By what was seen last; its publication is the beginning."""
    assert stands(("pools", PLAN)).completed == 0
    found = stands(("pools", PLAN), open_at(25))
    assert (found.state, found.completed, found.spent, found.since) == ("open", 0.25, 0.25, 20.0)


def test_an_open_pool_tells_when_it_is_done(stands: Judge) -> None:
    """If people go on as they do; one that has ended does not."""
    seen = ("seen", {"status": "OPEN", "answers": 50, "spent": 1, "expected_end": 7300.0})
    found = stands(("pools", PLAN), seen)
    assert draw_state(found, now=100.0).plain == "open ━━━━━━────── 50%, about 2.0 h left"
    assert draw_state(found, now=9000.0).plain == "open ━━━━━━────── 50%"
    assert stands(("pools", PLAN), seen, live="CLOSED: COMPLETED").expected_end is None


def test_a_round_tells_its_own_plan(stands: Judge) -> None:
    """Asking again makes more answers than were planned at first."""
    again = ("seen", {"status": "OPEN", "round": 2, "answers": 100, "answers_planned": 120, "spent": 1.95})
    found = stands(("pools", PLAN), ("raw_answers", COMPLETED), again)
    assert (found.state, found.round, found.answers_planned) == ("open", 2, 120)


def test_labels_that_are_left_unsure_are_told(stands: Judge) -> None:
    """The rounds are over, by their maximum or by a cap."""
    over = [("pools", PLAN), ("raw_answers", COMPLETED), ("rounds", {"round": 3, "items_unsure": 2})]
    found = stands(*over, ("aggregated_labels", LABELS), ("dataset", {}))
    assert (found.state, found.text, found.round) == ("labeled", "2 labels are not sure enough", 3)


def test_toloka_knows_better_than_the_log(stands: Judge) -> None:
    """When the daemon was away, the log is old."""
    assert stands(("pools", PLAN), open_at(25), live="CLOSED: COMPLETED").state == "collecting"
    assert stands(("pools", PLAN), open_at(25), live="GONE").state == "gone"


def test_a_pool_that_is_edited_is_open(stands: Judge) -> None:
    """It opens again by itself."""
    assert stands(("pools", PLAN), live="CLOSED: FOR_UPDATE").state == "open"


def test_a_pool_that_nobody_has_seen_waits_for_a_person(stands: Judge) -> None:
    """The preview is what it is for."""
    assert stands(("pools", {**PLAN, "status": "NOT OPENED"})).state == "not_opened"


def test_why_nobody_is_asked_again_is_told(stands: Judge) -> None:
    """With the reason, which has the numbers."""
    rounds = {"items_unsure": 3, "refused": "This batch can cost up to 60."}
    ended = [("pools", PLAN), ("raw_answers", COMPLETED), ("rounds", rounds), ("aggregated_labels", LABELS)]
    found = stands(*ended, ("dataset", {}))
    assert (found.state, found.text) == ("labeled", "3 labels are not sure enough")
    assert found.what_to_do == "This batch can cost up to 60."


def test_a_batch_is_labeled_when_the_dataset_has_it(stands: Judge) -> None:
    """Not before: labels alone are on their way."""
    answered = [("pools", PLAN), open_at(100), ("raw_answers", COMPLETED)]
    assert stands(*answered).state == "collecting"
    assert stands(*answered, ("aggregated_labels", LABELS)).state == "collecting"
    found = stands(*answered, ("aggregated_labels", LABELS), ("dataset", {}))
    assert (found.state, found.labels, found.spent) == ("labeled", 20, 1.95)
    assert found.price_of_a_label == pytest.approx(0.0975)


def test_a_batch_that_ended_early_says_why_and_what_is_missing(stands: Judge) -> None:
    """It waits, and the command goes on with it."""
    found = stands(("pools", PLAN), ("raw_answers", EXPIRED), ("aggregated_labels", FEW_LABELS), ("dataset", {}))
    assert (found.state, found.text) == ("partial", "EXPIRED; 15 items lack answers")
    assert "price, the filter or the training" in found.what_to_do


def test_an_early_end_after_the_last_answer_is_no_loss(stands: Judge) -> None:
    """There is nothing to resume."""
    closed = {**COMPLETED, "close_reason": "MANUAL"}
    found = stands(("pools", PLAN), ("raw_answers", closed), ("aggregated_labels", LABELS), ("dataset", {}))
    assert (found.state, found.text) == ("labeled", "the pool closed: MANUAL")


def test_a_pool_closed_at_its_cap_says_so(stands: Judge) -> None:
    """Somebody changed it: that is what to look at."""
    stopped = ("seen", {"status": "CLOSED: MANUAL", "answers": 40, "spent": 50.0, "stopped_at_cap": "2030-01-01"})
    ended = ("raw_answers", {**EXPIRED, "close_reason": "MANUAL"})
    found = stands(("pools", PLAN), stopped, ended, ("aggregated_labels", FEW_LABELS), ("dataset", {}))
    assert "closed at its cap" in found.what_to_do


def test_a_resumed_batch_is_open_again(stands: Judge) -> None:
    """What was labeled stays, what is new counts."""
    ended = [("raw_answers", EXPIRED), ("aggregated_labels", FEW_LABELS), ("dataset", {})]
    assert stands(*ended, ("pools", PLAN)).state == "open"


def test_assignments_that_are_not_decided_wait(stands: Judge) -> None:
    """Until somebody has; then the batch goes on by itself."""
    answered = [("pools", PLAN), ("raw_answers", COMPLETED)]
    found = stands(*answered, ("reviewed_answers", {"undecided": 3}))
    assert (found.state, found.text) == ("review", "3 assignments wait for you")
    assert stands(*answered, ("reviewed_answers", {"undecided": 0})).state == "collecting"


def test_a_run_that_failed_for_good_is_told(stands: Judge) -> None:
    """One that is tried again is no failure yet, and what a batch reached before stays."""
    found = stands(("raw_data", {"new_items": 3}), run=FAILED)
    assert (found.state, found.text, found.since) == ("failed", "This batch can cost up to 60.", 99.0)
    assert stands(run=replace(FAILED, will_repeat=True)).state == "publishing"
    assert stands(("pools", PLAN), run=FAILED).state == "open"


def test_what_a_later_batch_took_in_does_not_wait(stands: Judge) -> None:
    """The good files of a failed commit come with the next one; the newest failure waits."""
    failed, taken = Standing("a", "failed", "no column"), Standing("b", "open", items=3)
    first, _, last = supersede([failed, taken, failed], is_corrected=lambda _: True)
    assert (first.waits_for_a_person, last.waits_for_a_person) == (False, True)
    assert "later batch" in first.text


def test_files_that_cannot_be_read_wait_until_they_are_corrected() -> None:
    """A later batch took in what else there was, but not these."""
    failed, taken = Standing("a", "failed", "no column"), Standing("b", "open", items=3)
    (first, _) = supersede([failed, taken], is_corrected=lambda _: False)
    assert first.waits_for_a_person
    assert "hitl dismiss" in describe(first)


@pytest.mark.parametrize(
    ("standing", "command", "words"),
    [
        (
            Standing("abcdef0123456789", "partial", "EXPIRED; 3 items"),
            "hitl resume fruit abcdef0123456789 -x",
            "closed",
        ),
        (Standing("abcdef0123456789", "partial", "ASSIGNMENTS_LIMIT_EXCEEDED; 3"), "hitl commit FILE.csv", "closed"),
        (Standing("abcdef0123456789", "not_opened"), "hitl resume fruit abcdef0123456789 -x", ""),
        (Standing("abcdef0123456789", "review"), "hitl review fruit abcdef0123456789 -x", ""),
        (Standing("a", "failed", run_id="1", failed_step="pools"), "hitl resume fruit a -x", ""),
        (Standing("a", "failed", run_id="1", failed_step="raw_data"), "hitl commit FILE.csv --project fruit", ""),
        (Standing("a", "failed", "no", run_id="1", failed_step="aggregated_labels"), "", "rerun run 1"),
    ],
)
def test_each_decision_has_its_command(standing: Standing, command: str, words: str) -> None:
    """To be copied as it is."""
    (decision,) = find_decisions(ProjectStatus("fruit", batches=(standing, Standing("b", "labeled"))), " -x")
    assert decision.command.startswith(command)
    assert bool(decision.command) == bool(command)
    assert words in decision.what

"""A batch for which people were asked in two pools: stopped, told in every place, counted, and over when a person says
so."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from toloka.client import Task

from hitl_assets.notifiers import LogNotifier, Notifier, WebhookNotifier
from hitl_assets.sensors.observing import ONCE
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka

from .listeners import webhook
from .loops import Loop, commit, headlines
from .test_batches import Desk
from .test_status import told as told_by_status
from .test_waiting import told, verdict

pytestmark = pytest.mark.slow
Until = Callable[..., Any]
NAMES = ["One", "Two", "Three"]


def open_second_pool(toloka: Toloka, first_id: str) -> str:
    """What a run did that was taken for dead, before versions that look again: another pool of the batch; its id."""
    made = toloka.writer.create_pool(toloka.reader.get_pool(first_id))
    every = [task.unstructure() for task in toloka.reader.get_tasks(pool_id=first_id)]
    kept = ("input_values", "known_solutions", "overlap", "infinite_overlap")
    forms = [{name: form[name] for name in kept if name in form} for form in every]
    for form in forms:
        form.pop("overlap" if form.get("infinite_overlap") else "infinite_overlap", None)
    toloka.upload([Task.structure({**form, "pool_id": made.id}) for form in forms], made.id)
    toloka.writer.open_pool(made.id)
    return str(made.id)


def publish(loop: Loop, pachyderm: Pachyderm) -> str:
    """A batch; its name."""
    batch = commit(pachyderm, loop.project, headlines(*NAMES))
    (result,) = loop.publish()
    assert result.success
    return batch


def test_a_second_pool_is_closed_and_told_until_somebody_puts_it_away(
    loop: Loop, pachyderm: Pachyderm, pachyderm_address: str, still_toloka: Toloka
) -> None:
    """The older one goes on. A person is told once, the check says what to do."""
    loop.at(pachyderm_address, still_toloka.url)
    batch = publish(loop, pachyderm)
    assert ONCE in told(loop)
    first, second = loop.pool_id(batch), open_second_pool(still_toloka, loop.pool_id(batch))
    with webhook() as kept:
        loop.notifier = WebhookNotifier(ui="http://127.0.0.1:3000", url=kept.url)
        assert ONCE in told(loop)
        assert ONCE not in told(loop)
    (message,) = kept.messages
    assert all(text in message["text"] for text in (batch, first, second, "archive them"))
    assert [still_toloka.get_pool(each).is_open for each in (first, second)] == [True, False]
    said = verdict(loop, ONCE)
    assert said is not None
    assert (said.passed, said.severity, second in (said.description or "")) == (
        False,
        dg.AssetCheckSeverity.ERROR,
        True,
    )
    still_toloka.archive_pool(second)
    assert ONCE in told(loop)
    said = verdict(loop, ONCE)
    assert said is not None
    assert said.passed


def test_a_webhook_that_is_away_is_tried_again(
    loop: Loop, pachyderm: Pachyderm, pachyderm_address: str, still_toloka: Toloka
) -> None:
    """Nobody has been told by then; the sensor goes on meanwhile."""
    loop.at(pachyderm_address, still_toloka.url)
    open_second_pool(still_toloka, loop.pool_id(publish(loop, pachyderm)))
    quiet: Notifier = LogNotifier(ui="")
    with webhook(status=500) as away:
        loop.notifier = WebhookNotifier(ui="", url=away.url)
        assert ONCE in told(loop)
    with webhook() as kept:
        loop.notifier = WebhookNotifier(ui="", url=kept.url)
        told(loop)
    loop.notifier = quiet
    assert (len(away.messages), len(kept.messages)) == (1, 1)


def test_status_counts_what_both_have_cost(
    tmp_path: Path, prefix: str, pachyderm: Pachyderm, pachyderm_address: str, toloka: Toloka, until: Until
) -> None:
    """And names both, with what to do; an archived one counts for ever."""
    (tmp_path / "projects").mkdir()
    desk = Desk(tmp_path / "projects", prefix, pachyderm_address, toloka.url)
    with desk.instance:
        batch = publish(desk.loop, pachyderm)
        first = desk.loop.pool_id(batch)
        once = finished_cost(toloka, first, until)
        second = open_second_pool(toloka, first)
        twice = once + finished_cost(toloka, second, until)
        (project,) = told_by_status(desk)["projects"]
        (shown,) = project["batches"]
        assert (shown["state"], second in shown["what_to_do"]) == ("twice", True)
        # What the batch's own pool has cost is known when it was collected.
        assert shown["spent"] == pytest.approx(twice - once)
        (waiting,) = told_by_status(desk)["waits_for_you"]
        assert waiting["state"] == "twice"
        toloka.archive_pool(second)
        (project,) = told_by_status(desk)["projects"]
        assert project["batches"][0]["state"] != "twice"
        assert project["money"]["spent"] == pytest.approx(twice - once)


def finished_cost(toloka: Toloka, pool_id: str, until: Until) -> float:
    """What a pool has cost when nobody is at work in it any more."""
    until(lambda: toloka.get_pool(pool_id).is_open or toloka.has_unfinished(pool_id), lambda is_busy: not is_busy)
    rewards = [float(each["reward"]) for each in toloka.assignments(pool_id) if each["status"] == "ACCEPTED"]
    return sum(rewards) * 1.3

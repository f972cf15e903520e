"""What the sensor sees beside the pools that it follows: the project, trainings, pools that somebody opened again."""

from dataclasses import replace
from typing import Any

import dagster as dg
import pytest
from toloka.client import Project as TolokaProject
from toloka.client.exceptions import IncorrectActionsApiError

from hitl_assets.events import key_of
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.sensors.observing import find_changed
from hitl_assets.sensors.watching import Watch, look_at_pools
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.surroundings import look_around
from hitl_assets_tests.services.money.test_guard import watch
from hitl_assets_tests.services.toloka.publications import PRICE, pools, put, set_up


def told(toloka: Toloka, project: Project) -> str:
    """What the check says after a look, and the tick after it."""
    look, _ = look_at_pools(toloka, project, watch(toloka, project, cap="50"), (), 10, 100)
    assert Watch.from_json(look.to_json()).around == look.around
    return " ".join(each.what_to_do for each in find_changed(look))


@pytest.mark.slow
def test_a_project_that_was_edited_is_told(still_toloka: Toloka, project: Project) -> None:
    """With both values, and what to do: workers of open pools see it."""
    published = put(still_toloka, set_up(still_toloka, project))
    assert told(still_toloka, project) == ""
    project_id = published.pool.project_id
    form = {**still_toloka.project_form(project_id), "public_instructions": "Choose the first."}
    still_toloka.writer.update_project(project_id, TolokaProject.structure(form))
    assert 'public_instructions is "Choose the first." in Toloka' in told(still_toloka, project)
    assert "materialize toloka_project" in told(still_toloka, project)


@pytest.mark.slow
def test_a_training_that_was_closed_is_told(still_toloka: Toloka, project: Project) -> None:
    """Nobody new is let into the open pool: it would stand still until it expires. Toloka archives no training that a
    pool asks for."""
    published = put(still_toloka, set_up(still_toloka, project))
    training_id = still_toloka.get_pool(published.pool.id).training_id
    still_toloka.writer.close_training(training_id)
    assert f"training {training_id} is not open in Toloka, and pool {published.pool.id}" in told(still_toloka, project)
    with pytest.raises(IncorrectActionsApiError):
        still_toloka.writer.archive_training(training_id)
    still_toloka.writer.open_training(training_id)
    assert told(still_toloka, project) == ""


@pytest.mark.slow
def test_two_requests_are_enough_however_many_pools_there_are(still_toloka: Toloka, project: Project) -> None:
    """And none for pools that are closed."""
    set_up(still_toloka, project)
    made = [put(still_toloka, project, f"commit{number}", count=4).pool for number in range(3)]
    found = look_around(still_toloka, project, [still_toloka.get_pool(pool.id) for pool in made])
    assert found == ()


def published_event(project: Project, pool: Any) -> dg.AssetMaterialization:
    """What `pools` records of a batch."""
    metadata = {
        "pool_id": pool.id,
        "toloka_project_id": pool.project_id,
        "pool_created": pool.created,
        "answers_planned": 40,
        "cap": float(10 * PRICE),
    }
    return dg.AssetMaterialization(key_of(project, "pools"), partition="commit1", metadata=metadata)


@pytest.mark.slow
def test_a_pool_that_was_opened_again_is_followed_again(
    still_toloka: Toloka, project: Project, instance: dg.DagsterInstance
) -> None:
    """Its batch was whole, and left out: now its cap is guarded, and its answers are collected once more."""
    pool = put(still_toloka, set_up(still_toloka, project)).pool
    instance.report_runless_asset_event(published_event(project, pool))
    over = Watch(storage_id=99)
    look, seen = look_at_pools(still_toloka, project, over, (), 10, 100)
    assert seen.strays == {pool.id: "commit1"}
    (followed,) = look.taking_up(seen.strays, instance, project).batches.values()
    assert followed.published.pool_id == pool.id
    assert look.taking_up({"another": "commit1"}, instance, project).batches == {}


@pytest.mark.slow
def test_a_followed_pool_is_no_stray(still_toloka: Toloka, project: Project) -> None:
    """Nor is one that is closed."""
    put(still_toloka, set_up(still_toloka, project))
    _, seen = look_at_pools(still_toloka, project, watch(still_toloka, project), (), 10, 100)
    assert seen.strays == {}
    still_toloka.close_pool(pools(still_toloka, project)[0].id)
    _, seen = look_at_pools(still_toloka, project, replace(Watch(), storage_id=9), (), 10, 100)
    assert seen.strays == {}

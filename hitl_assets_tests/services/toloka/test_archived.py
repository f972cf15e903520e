"""What somebody archived in Toloka: it is found, and what it cost counts for ever."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from hitl_assets.labeling.money.budget import Account, OverBudgetError
from hitl_assets.labeling.pools.pools import project_mark
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.collection import collect
from hitl_assets.steps.intake.unpublished import started_pools
from hitl_assets_tests.services.toloka.publications import PRICE, capped, put, set_up

pytestmark = pytest.mark.slow


@pytest.fixture
def tidied(toloka: Toloka, project: Project, until: Callable[..., Any]) -> tuple[Project, str]:
    """A project with a batch that was answered, both archived in Toloka's interface; the batch's pool."""
    pool_id = put(toloka, set_up(toloka, project)).pool.id
    until(lambda: toloka.get_pool(pool_id).has_ended)
    account = collect(toloka, project, pool_id).account
    assert account.spent > 0
    toloka.archive_pool(pool_id)
    project_id = toloka.find_project(project_mark(project))
    for training in toloka.reader.get_trainings(project_id=project_id):
        if not training.is_closed():
            toloka.writer.close_training(training.id)
        toloka.writer.archive_training(training.id)
    toloka.writer.archive_project(project_id)
    return project, pool_id


def test_an_archived_project_is_told_and_nothing_is_made(toloka: Toloka, tidied: tuple[Project, str]) -> None:
    """With what to do, and that the money goes on counting."""
    project, _ = tidied
    with pytest.raises(ServiceError, match=r"is archived in Toloka .* Materialize toloka_project"):
        put(toloka, project, "commit2")
    assert len(toloka.pools_of(toloka.find_projects(project_mark(project)))) == 1


@pytest.mark.slow
def test_a_batch_keeps_its_pool_in_an_archived_project(toloka: Toloka, tidied: tuple[Project, str]) -> None:
    """Also when a new project is there, as the message says: nobody is asked, and paid, again."""
    project, pool_id = tidied
    assert put(toloka, project).pool.id == pool_id
    set_up(toloka, project)
    again = put(toloka, project)
    assert (again.pool.id, again.done) == (pool_id, "found")


def test_what_was_asked_in_an_archived_project_counts_against_the_cap(
    toloka: Toloka, tidied: tuple[Project, str]
) -> None:
    """Two batches of ten suites each."""
    project, _ = tidied
    set_up(toloka, project)
    with pytest.raises(OverBudgetError, match=r"other pools up to 0\.39"):
        put(toloka, capped(project, per_project=19 * PRICE), "commit2")
    assert put(toloka, capped(project, per_project=20 * PRICE), "commit2").done == "opened"


def test_an_account_counts_although_toloka_does_not_list_its_pool(still_toloka: Toloka, project: Project) -> None:
    """Somebody took our mark out of it, or out of its project."""
    accounts = {"commit0": Account("7", "COMPLETED 2026", Decimal(1), 10, 0, Decimal("0.5"))}
    published = put(still_toloka, set_up(still_toloka, project), accounts=accounts)
    assert published.funds.committed == Decimal("0.5")


def test_an_answered_batch_gets_no_pool_in_another_account(still_toloka: Toloka, project: Project) -> None:
    """The token is another one, or the address: its answers were paid there."""
    accounts = {"commit1": Account("7", "COMPLETED 2026", Decimal(1), 10, 0, Decimal("0.5"))}
    with pytest.raises(ServiceError, match=r"in pool 7, which .* does not have"):
        put(still_toloka, set_up(still_toloka, project), accounts=accounts)


def test_a_pool_whose_mark_was_taken_away_is_made_anew(still_toloka: Toloka, project: Project) -> None:
    """As the message says that tells how to ask and pay anew; what it has cost counts."""
    pool = put(still_toloka, set_up(still_toloka, project)).pool
    still_toloka.close_pool(pool.id)
    form = still_toloka.reader.get_pool(pool.id)
    form.private_comment = "not ours any more"
    still_toloka.writer.update_pool(pool.id, form)
    accounts = {"commit1": Account(pool.id, "MANUAL 2026", Decimal(1), 10, 0, Decimal("0.1"))}
    anew = put(still_toloka, project, accounts=accounts)
    assert (anew.done, anew.pool.id != pool.id, anew.funds.committed) == ("opened", True, Decimal("0.1"))


def test_a_batch_that_was_asked_in_an_archived_project_was_published(
    toloka: Toloka, tidied: tuple[Project, str]
) -> None:
    """Whatever became of the run: the next batch must not take its items over."""
    project, pool_id = tidied
    set_up(toloka, project)
    assert [pool.id for pools in started_pools(toloka, project).values() for pool in pools] == [pool_id]

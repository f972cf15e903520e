"""One batch becomes one pool, inside the caps, and is collected when it is over."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.money.budget import OverBudgetError
from hitl_assets.labeling.pools.pools import project_mark
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import PoolState, Task, item_key
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.labeling import Batch, Published
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.collection import collect
from hitl_assets.services.toloka.publication import publish
from hitl_assets.services.toloka.tasks import crowd_task
from hitl_assets_tests.services.toloka.publications import NOW, PRICE, capped, known, pools, put, set_up, tasks


@pytest.fixture
def ready(still_toloka: Toloka, project: Project) -> Project:
    """The project, set up where nobody answers."""
    return set_up(still_toloka, project)


@pytest.fixture
def poor_toloka(tmp_path: Path) -> Iterator[Toloka]:
    """A Toloka account with 1.00, where nobody answers."""
    with TolokaEmulator(tmp_path / "state", speed=1e-3, balance=Decimal(1)) as emulator:
        yield Toloka(emulator.url, "any token")


@pytest.mark.slow
def test_a_batch_becomes_an_open_pool(still_toloka: Toloka, ready: Project) -> None:
    """With its tasks and the golden ones, and with what it may cost."""
    golden = known(ready, "golden_tasks.csv")
    published = put(still_toloka, ready)
    assert (published.done, published.pool.is_open) == ("opened", True)
    identities = still_toloka.task_identities(published.pool.id)
    assert set(identities) == {(task.item_key, False) for task in tasks(8)} | {(task.item_key, True) for task in golden}
    # Two suites for each of five answers, at 0.03 and 30 %.
    assert published.pool.maximum == published.estimate.maximum == Decimal("0.3900")


@pytest.mark.slow
def test_a_pool_asks_for_the_training(still_toloka: Toloka, ready: Project) -> None:
    """Of this account; its id isn't known before."""
    pool = still_toloka.reader.get_pool(put(still_toloka, ready).pool.id)
    (training,) = still_toloka.reader.get_trainings(project_id=pool.project_id)
    assert pool.quality_control.training_requirement.training_pool_id == training.id


@pytest.mark.slow
def test_a_batch_opens_the_training_again(still_toloka: Toloka, ready: Project) -> None:
    """It closes when the pools that ask for it are done, and newcomers could not come to the next one."""
    pool = still_toloka.reader.get_pool(put(still_toloka, ready).pool.id)
    (training,) = still_toloka.reader.get_trainings(project_id=pool.project_id)
    still_toloka.writer.close_training(training.id)
    put(still_toloka, ready, "commit2")
    assert still_toloka.reader.get_training(training.id).is_open()


@pytest.mark.slow
def test_a_pool_can_be_looked_at_before_it_is_opened(still_toloka: Toloka, ready: Project) -> None:
    """Filled and closed, with a page that shows what workers will see; the next publication opens it."""
    filled = put(still_toloka, ready, opens=False)
    page = httpx.get(filled.pool.preview)
    assert (filled.done, filled.pool.is_open, filled.pool.was_started) == ("filled", False, False)
    assert (page.status_code, "Is it clickbait?" in page.text) == (200, True)
    opened = put(still_toloka, ready)
    assert (opened.done, opened.pool.id) == ("opened", filled.pool.id)


@pytest.mark.slow
def test_a_second_publication_finds_the_pool(still_toloka: Toloka, ready: Project) -> None:
    """And adds nothing to it, and spends nothing."""
    first = put(still_toloka, ready)
    second = put(still_toloka, ready)
    assert (second.pool, second.done) == (first.pool, "found")
    assert len(pools(still_toloka, ready)) == 1


@pytest.mark.slow
def test_each_batch_has_a_pool_of_its_own(still_toloka: Toloka, ready: Project) -> None:
    """A pool closes when its batch is done."""
    batches = [put(still_toloka, ready, batch).pool.batch for batch in ("commit1", "commit2")]
    assert batches == [pool.batch for pool in pools(still_toloka, ready)]
    assert batches == [f"{ready.name}/commit1", f"{ready.name}/commit2"]


@pytest.mark.slow
def test_an_unfinished_publication_is_completed(still_toloka: Toloka, ready: Project) -> None:
    """A process may be killed between creating and opening."""
    over = {"headline": "x" * 501}
    with pytest.raises(ServiceError, match=r"input_values\.headline"):
        publish(still_toloka, ready, Batch("commit1", [Task(item_key(over), over)], ()), NOW)
    (left,) = pools(still_toloka, ready)
    published = put(still_toloka, ready)
    assert (published.pool.id, published.done, left.was_started) == (left.id, "opened", False)


@pytest.mark.slow
def test_a_closed_pool_is_not_opened_again(still_toloka: Toloka, ready: Project) -> None:
    """Somebody closed it, or it ran out of money: opening it is a person's decision."""
    pool_id = put(still_toloka, ready).pool.id
    still_toloka.writer.close_pool(pool_id)
    again = put(still_toloka, ready)
    assert (again.pool.id, again.done, again.pool.is_open) == (pool_id, "found", False)


@pytest.mark.slow
@pytest.mark.parametrize("caps", [{"per_batch": Decimal("0.38")}, {"per_project": Decimal("0.38")}])
def test_nothing_is_made_over_a_cap(still_toloka: Toloka, ready: Project, caps: dict[str, Decimal]) -> None:
    """The message has the numbers."""
    with pytest.raises(OverBudgetError, match=rf"up to 0\.39.*budget\.{next(iter(caps))} is 0\.38"):
        put(still_toloka, capped(ready, **caps))
    assert pools(still_toloka, ready) == []


@pytest.mark.slow
def test_other_pools_count_against_the_project(still_toloka: Toloka, ready: Project) -> None:
    """What they may take is as good as spent; the batch's own pool doesn't count twice."""
    tight = capped(ready, per_project=Decimal("0.60"))
    put(still_toloka, tight, "commit1")
    with pytest.raises(OverBudgetError, match=r"other pools up to 0\.39"):
        put(still_toloka, tight, "commit2")
    assert put(still_toloka, tight, "commit1").done == "found"
    assert len(pools(still_toloka, tight)) == 1


def test_an_empty_account_opens_nothing(poor_toloka: Toloka, project: Project) -> None:
    """Toloka would close the pool in the middle, with some answers paid."""
    set_up(poor_toloka, project)
    with pytest.raises(OverBudgetError, match=r"up to 1\.17; the balance is 1\.00"):
        put(poor_toloka, project, count=24)
    assert pools(poor_toloka, project) == []


@pytest.mark.slow
def test_open_pools_reserve_the_balance(poor_toloka: Toloka, project: Project) -> None:
    """Two pools must not count on the same money."""
    set_up(poor_toloka, project)
    for batch in ("commit1", "commit2"):
        put(poor_toloka, project, batch)
    with pytest.raises(OverBudgetError, match=r"open pools may take 0\.78"):
        put(poor_toloka, project, "commit3")
    assert len(pools(poor_toloka, project)) == 2


@pytest.mark.slow
def test_another_configuration_is_refused(still_toloka: Toloka, ready: Project) -> None:
    """The batch has a pool and perhaps answers: a second one would pay for them again. A person can give it up."""
    pool_id = put(still_toloka, ready).pool.id
    dearer = replace(ready, pool={**ready.pool, "reward_per_assignment": Decimal("0.04")})
    with pytest.raises(ServiceError, match=f"Batch commit1 has pool {pool_id} already, .*take our mark out"):
        put(still_toloka, dearer)
    assert [pool.id for pool in pools(still_toloka, ready)] == [pool_id]
    still_toloka.writer.close_pool(pool_id)
    given_up = still_toloka.reader.get_pool(pool_id)
    given_up.private_comment = "given up"
    still_toloka.writer.update_pool(pool_id, given_up)
    assert put(still_toloka, dearer).done == "opened"


@pytest.mark.slow
def test_a_pool_that_was_never_open_makes_way(still_toloka: Toloka, ready: Project) -> None:
    """It has cost nothing: another configuration puts it away."""
    bad = replace(ready, pool={**ready.pool, "private_name": "first try"})
    over = {"headline": "x" * 501}
    with pytest.raises(ServiceError):
        publish(still_toloka, bad, Batch("commit1", [Task(item_key(over), over)], ()), NOW)
    published = put(still_toloka, ready)
    old, new = pools(still_toloka, ready)
    assert (old.is_archived, new.id, new.is_open) == (True, published.pool.id, True)
    assert put(still_toloka, ready).done == "found"


@pytest.mark.slow
def test_an_unopened_pool_whose_time_is_over_gets_more(still_toloka: Toloka, ready: Project) -> None:
    """It was made, and its budget was raised a month later."""
    over = {"headline": "x" * 501}
    with pytest.raises(ServiceError):
        publish(still_toloka, ready, Batch("commit1", [Task(item_key(over), over)], ()), NOW - timedelta(days=30))
    assert put(still_toloka, ready).pool.is_open


@pytest.mark.slow
def test_the_other_tasks_go_on_when_the_project_says_so(still_toloka: Toloka, ready: Project) -> None:
    """What Toloka refuses is listed by its row, now and when the batch is published again."""
    configuration = ready.configuration.model_copy(update={"invalid_tasks": "skip"})
    lenient = replace(ready, configuration=configuration)
    over = {"headline": "x" * 501}
    mixed = [*tasks(4), Task(item_key(over), over, file="/a.csv", row=7)]
    batch = Batch("commit1", mixed, known(ready, "golden_tasks.csv"))
    first = publish(still_toloka, lenient, batch, NOW)
    second = publish(still_toloka, lenient, batch, NOW)
    assert first.pool.is_open
    for published in (first, second):
        assert [(row.file, row.row) for row in published.rejected] == [("/a.csv", 7)]
    assert "headline" in first.rejected[0].reason
    assert {key for key, is_known in still_toloka.task_identities(first.pool.id) if not is_known} == {
        task.item_key for task in tasks(4)
    }


def test_a_reserve_is_left_on_the_account(poor_toloka: Toloka, project: Project) -> None:
    """The balance is 1: what the reserve leaves is not enough."""
    keeping = capped(set_up(poor_toloka, project), balance_reserve=Decimal("0.70"))
    with pytest.raises(OverBudgetError, match=r"balance_reserve keeps 0\.70"):
        put(poor_toloka, keeping)
    assert pools(poor_toloka, project) == []


@pytest.mark.slow
def test_open_pools_of_other_projects_reserve_too(poor_toloka: Toloka, project: Project) -> None:
    """The account is one."""
    renamed = project.configuration.model_copy(update={"name": f"{project.name}_b"})
    other = replace(project, configuration=renamed)
    for each in (project, other):
        set_up(poor_toloka, each)
    put(poor_toloka, project, count=16)
    with pytest.raises(OverBudgetError, match=r"open pools may take 0\.78"):
        put(poor_toloka, other)


@pytest.mark.slow
def test_two_publications_at_once_make_one_pool(still_toloka: Toloka, ready: Project, pachyderm: Pachyderm) -> None:
    """Whoever comes second waits, looks and finds."""
    repo = f"{ready.name}_pools"

    def work(number: int) -> Published:
        with pachyderm.held(repo, f"test {number}", lambda _: False):
            return put(still_toloka, ready)

    with ThreadPoolExecutor(3) as threads:
        done = sorted(each.done for each in threads.map(work, range(3)))
    assert done == ["found", "found", "opened"]
    assert len(pools(still_toloka, ready)) == 1


def test_a_lock_that_a_dead_run_left_is_taken_over(pachyderm: Pachyderm, project: Project) -> None:
    """And one of a run that lives is not."""
    repo = f"{project.name}_pools"
    hasty = Pachyderm(pachyderm.address, sleep=lambda _: None)
    with pachyderm.held(repo, "of a run that lives", lambda _: False):
        with pytest.raises(TransientServiceError, match="of a run that lives"), hasty.held(repo, "b", lambda _: False):
            pytest.fail("Two of them hold the lock.")
        third = hasty.held(repo, "of a third", lambda description: description == "of a run that lives")
        with third, pytest.raises(TransientServiceError, match="of a third"), hasty.held(repo, "d", lambda _: False):
            pytest.fail("Two of them hold the lock.")


def second_pool(toloka: Toloka, project: Project) -> PoolState:
    """Another pool of the batch that was published, which was never open, as a run may have left it."""
    (first,) = pools(toloka, project)
    toloka.writer.create_pool(toloka.reader.get_pool(first.id))
    return pools(toloka, project)[-1]


@pytest.mark.slow
def test_a_second_pool_that_was_never_open_gives_way(still_toloka: Toloka, ready: Project) -> None:
    """It has cost nothing: nobody has to decide."""
    pool_id = put(still_toloka, ready).pool.id
    second = second_pool(still_toloka, ready)
    assert (put(still_toloka, ready).pool.id, still_toloka.get_pool(second.id).is_archived) == (pool_id, True)


@pytest.fixture
def doubled(still_toloka: Toloka, ready: Project) -> list[PoolState]:
    """Two pools of a batch in which people were asked, as versions before this one could make them."""
    put(still_toloka, ready)
    second = second_pool(still_toloka, ready)
    still_toloka.upload([crowd_task(task, second.id) for task in tasks(8)], second.id)
    still_toloka.writer.open_pool(second.id)
    return pools(still_toloka, ready)


@pytest.mark.slow
def test_two_started_pools_are_for_a_person_to_decide(
    still_toloka: Toloka, ready: Project, doubled: list[PoolState]
) -> None:
    """Neither is picked, no third one is made, and the message says what to do; done, the loop goes on."""
    first, second = doubled
    with pytest.raises(ServiceError, match=f"has 2 pools in which people were asked: {first.id} .*{second.id}"):
        put(still_toloka, ready)
    assert len(pools(still_toloka, ready)) == 2
    still_toloka.close_pool(second.id)
    still_toloka.archive_pool(second.id)
    assert (put(still_toloka, ready).pool.id, put(still_toloka, ready).done) == (first.id, "found")


@pytest.mark.slow
def test_pools_of_the_same_batch_count_against_the_caps(
    still_toloka: Toloka, ready: Project, doubled: list[PoolState]
) -> None:
    """Both may be paid: 0.39 each. One that is closed counts with what it has cost: nobody has answered in it."""
    tight = capped(ready, per_project=Decimal("0.90"))
    with pytest.raises(OverBudgetError, match=r"other pools up to 0\.78"):
        put(still_toloka, tight, "commit2")
    still_toloka.close_pool(doubled[1].id)
    assert put(still_toloka, tight, "commit2").done == "opened"


def test_a_pool_is_not_made_before_its_project(still_toloka: Toloka, project: Project) -> None:
    """The message says what to materialize."""
    with pytest.raises(ServiceError, match="Materialize toloka_project first"):
        put(still_toloka, project)


def test_a_pool_is_not_made_before_its_training(still_toloka: Toloka, project: Project) -> None:
    """It would keep everybody out."""
    still_toloka.ensure_project(project.project, project_mark(project))
    with pytest.raises(ServiceError, match="Materialize toloka_training first"):
        put(still_toloka, project)
    assert pools(still_toloka, project) == []


def test_an_open_pool_is_not_collected(still_toloka: Toloka, ready: Project) -> None:
    """Half of the answers would look like all of them."""
    with pytest.raises(ServiceError, match="is open: people are at work"):
        collect(still_toloka, ready, put(still_toloka, ready).pool.id)


@pytest.mark.slow
def test_a_pool_that_is_being_changed_is_not_collected(still_toloka: Toloka, ready: Project) -> None:
    """Closed for an update, it opens again by itself."""
    pool_id = put(still_toloka, ready).pool.id
    still_toloka.writer.close_pool_for_update(pool_id)
    with pytest.raises(ServiceError, match="is open: people are at work"):
        collect(still_toloka, ready, pool_id)


@pytest.mark.slow
def test_a_done_pool_is_collected_whole(toloka: Toloka, project: Project, until: Callable[..., Any]) -> None:
    """Each item has its five answers; the money that was spent is what was estimated at most."""
    published = put(toloka, set_up(toloka, project))
    pool_id = published.pool.id
    until(lambda: toloka.get_pool(pool_id), lambda pool: not pool.is_open)
    collected = collect(toloka, project, pool_id)
    pool, assignments, account = collected.pool, collected.assignments, collected.account
    accepted = [each for each in assignments if each["status"] == "ACCEPTED"]
    keys = [task["input_values"]["item_key"] for each in accepted for task in each["tasks"]]
    assert pool.close_reason == "COMPLETED"
    assert {keys.count(task.item_key) for task in tasks(8)} == {5}
    assert [each["id"] for each in assignments] == [each["id"] for each in toloka.assignments(pool_id)]
    assert published.estimate.minimum <= account.spent <= account.planned == published.estimate.maximum
    assert (account.pool_id, account.suites, account.spent) == (pool_id, len(accepted), len(accepted) * PRICE)


@pytest.mark.slow
def test_unfinished_work_is_waited_for(tmp_path: Path, project: Project, until: Callable[..., Any]) -> None:
    """Who has begun before the pool was closed may finish, and is paid."""
    easy = replace(project, pool={name: value for name, value in project.pool.items() if name != "filter"})
    # Workers come within half a second, and take several to answer.
    with TolokaEmulator(tmp_path / "state", speed=20) as emulator:
        toloka = Toloka(emulator.url, "any token")
        pool_id = put(toloka, set_up(toloka, easy)).pool.id
        until(lambda: toloka.has_unfinished(pool_id))
        toloka.writer.close_pool(pool_id)
        with pytest.raises(TransientServiceError, match=r"is closed, but \d+ assignments are not finished yet"):
            collect(toloka, easy, pool_id)

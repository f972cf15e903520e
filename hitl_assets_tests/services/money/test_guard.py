"""What open pools cost as they are in Toloka, whoever changed them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from toloka.client import Pool
from toloka.client.pool import DynamicPricingConfig

from hitl_assets.labeling.money.budget import OverBudgetError
from hitl_assets.labeling.pools.watched import Cost, PublishedBatch, Watched
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import PoolState, Terms
from hitl_assets.sensors.observing import observe
from hitl_assets.sensors.watching import Watch, look_at_pools
from hitl_assets.services.money.funds import cost_of, costs_beside
from hitl_assets.services.money.guard import assess, cap_now
from hitl_assets.services.toloka.account import Toloka
from hitl_assets_tests.services.toloka.publications import PRICE, capped, pools, put, set_up

# Of a suite at 5.00, with 30 %.
DEAR = Decimal("6.5")
PUBLISHED = PublishedBatch("b1", "7", "1", "2026-01-01T00:00:00", 40, 1, Decimal(10), Decimal(10), at=1_767_225_600.0)


def pool(id_: str = "7", maximum: str = "1", created: str = "2025-12-31T00:00:00", **changes: Any) -> PoolState:
    """An open pool of suites at 0.10."""
    terms = Terms(Decimal("0.1"), Decimal("0.1"), 4, 3, 3)
    made = PoolState(id_, "1", f"p/{id_}", "k", Decimal(maximum), True, False, "2026", "", created, "", "", "", terms)
    return replace(made, **changes)


def edit(toloka: Toloka, pool_id: str, **changes: Any) -> None:
    """What somebody does in Toloka's interface: close the pool if it is open, change it, open it again."""
    form: Pool = toloka.reader.get_pool(pool_id)
    was_open = form.is_open()
    if was_open:
        toloka.close_pool(pool_id)
    for name, value in changes.items():
        setattr(form, name, value)
    toloka.writer.update_pool(pool_id, form)
    if was_open:
        toloka.writer.open_pool(pool_id)


def watch(toloka: Toloka, project: Project, cap: str = "0.39") -> Watch:
    """A watch of the project's pools, each published under this cap."""
    return Watch(
        batches={
            each.batch.split("/")[1]: Watched(
                PublishedBatch(each.batch.split("/")[1], each.id, each.project_id, each.created, 40, 1, Decimal(cap))
            )
            for each in pools(toloka, project)
        }
    )


@pytest.mark.slow
def test_a_pool_whose_price_was_raised_is_closed_at_the_first_look(still_toloka: Toloka, project: Project) -> None:
    """One more suite would pass the cap."""
    put(still_toloka, set_up(still_toloka, project))
    (open_pool,) = pools(still_toloka, project)
    edit(still_toloka, open_pool.id, reward_per_assignment=5.0)
    look, seen = look_at_pools(still_toloka, project, watch(still_toloka, project), (), 10, 0)
    assert not still_toloka.get_pool(open_pool.id).is_open
    assert look.batches["commit1"].stopped
    (changed,) = seen.changed
    told = observe(project, changed, 0).metadata
    assert "reward_per_assignment is 5.0 in Toloka, 0.03 in the YAML" in str(told["changed"].value)


@pytest.mark.slow
def test_a_pool_whose_price_may_rise_by_skill_is_closed_at_the_first_look(
    still_toloka: Toloka, project: Project
) -> None:
    """Nobody knows who comes: it is reckoned with the dearest."""
    put(still_toloka, set_up(still_toloka, project))
    (open_pool,) = pools(still_toloka, project)
    skill = still_toloka.writer.create_skill(name=f"careful {project.name}")
    dear = DynamicPricingConfig.Interval(from_=0, to=100, reward_per_assignment=5.0)
    edit(still_toloka, open_pool.id, dynamic_pricing_config=DynamicPricingConfig("SKILL", skill.id, [dear]))
    look, _ = look_at_pools(still_toloka, project, watch(still_toloka, project), (), 10, 0)
    assert not still_toloka.get_pool(open_pool.id).is_open
    assert any("dynamic_pricing_config" in each for each in look.batches["commit1"].changes)


@pytest.mark.slow
def test_a_pool_that_nobody_changed_stays_open(still_toloka: Toloka, project: Project) -> None:
    """It costs its plan at most."""
    put(still_toloka, set_up(still_toloka, project))
    look, _ = look_at_pools(still_toloka, project, watch(still_toloka, project), (), 10, 0)
    assert look.batches["commit1"].changes == ()
    assert pools(still_toloka, project)[0].is_open


def test_what_was_paid_is_what_toloka_says(shipped_project: Project) -> None:
    """Ten suites at another price than the YAML's; the two that are left cost what they cost now."""
    cost = assess(shipped_project, pool(), Cost(), 10, 12, 4.0)
    assert (Decimal(cost.spent), Decimal(cost.expected)) == (Decimal("5.2"), Decimal("5.2") + 2 * Decimal("0.13"))


def test_a_price_that_was_lowered_is_reckoned_with_until_its_suites_are_paid(shipped_project: Project) -> None:
    """They may have been given out before."""
    dear = assess(shipped_project, pool(terms=Terms(Decimal(5), Decimal(5), 4, 3, 3)), Cost(), 0, 2, 0)
    assert Decimal(assess(shipped_project, pool(), dear, 0, 2, 0).expected) == 2 * DEAR


def test_pools_that_were_opened_later_may_use_what_a_plan_leaves(shipped_project: Project) -> None:
    """Each was allowed to; together they keep the cap per project."""
    budget = shipped_project.configuration.budget.model_copy(update={"per_batch": Decimal(20)})
    project = replace(
        shipped_project, configuration=shipped_project.configuration.model_copy(update={"budget": budget})
    )
    later = pool("8", "6", created="2026-01-02T00:00:00")
    earlier = pool("6", "2", created="2025-12-30T00:00:00")
    assert cap_now(project, PUBLISHED, pool(), [pool(), earlier], {}) == 10
    assert cap_now(project, PUBLISHED, pool(), [pool(), later], {}) == 4
    assert cap_now(project, PUBLISHED, pool(), [pool(), earlier], {"6": Cost(expected="5")}) == 7
    assert cap_now(project, PUBLISHED, pool(maximum="5"), [pool(), later], {}) == 5


@pytest.mark.slow
def test_a_pool_that_was_changed_counts_with_what_it_costs_now(still_toloka: Toloka, project: Project) -> None:
    """Others are checked against the cap per project beside it."""
    put(still_toloka, set_up(still_toloka, project))
    (first,) = pools(still_toloka, project)
    edit(still_toloka, first.id, reward_per_assignment=0.06)
    every = pools(still_toloka, project)
    assert costs_beside(still_toloka, every, None, project, {}) == {first.id: 20 * PRICE}
    with pytest.raises(OverBudgetError, match="per_project"):
        put(still_toloka, capped(project, per_project=Decimal("1.1")), "commit2")


@pytest.mark.slow
def test_a_pool_that_was_changed_before_it_was_opened_is_checked_as_it_is(
    still_toloka: Toloka, project: Project
) -> None:
    """It was made and stayed closed; somebody raised its price while they looked at it."""
    tight = capped(set_up(still_toloka, project), per_batch=Decimal("0.39"))
    put(still_toloka, tight, opens=False)
    (waiting,) = pools(still_toloka, project)
    edit(still_toloka, waiting.id, reward_per_assignment=0.06)
    with pytest.raises(OverBudgetError, match="per_batch"):
        put(still_toloka, tight)
    assert not still_toloka.get_pool(waiting.id).is_open
    put(still_toloka, capped(project, per_batch=Decimal(1)))
    assert still_toloka.get_pool(waiting.id).maximum == 20 * PRICE


@pytest.mark.slow
def test_tasks_whose_overlap_was_raised_before_opening_count(still_toloka: Toloka, project: Project) -> None:
    """One by one, in Toloka's interface."""
    tight = capped(set_up(still_toloka, project), per_batch=Decimal("0.39"))
    put(still_toloka, tight, opens=False)
    (waiting,) = pools(still_toloka, project)
    still_toloka.raise_overlaps(waiting.id, {task.id: 50 for task in still_toloka.real_tasks(waiting.id)})
    with pytest.raises(OverBudgetError, match="per_batch"):
        put(still_toloka, tight)
    assert not still_toloka.get_pool(waiting.id).is_open


def test_each_suite_costs_what_it_was_given_for(shipped_project: Project) -> None:
    """Whatever the pool's price is by now; what was rejected or given up costs nothing."""
    given = [("ACCEPTED", 0.03), ("ACTIVE", 0.03), ("SUBMITTED", 5.0), ("REJECTED", 5.0), ("EXPIRED", 5.0)]
    assignments = [{"status": status, "reward": reward} for status, reward in given]
    assert cost_of(assignments, shipped_project) == (3, 2 * PRICE + DEAR)


def test_a_watch_of_an_older_version_goes_on() -> None:
    """Its cursor knew one number of a cost."""
    written = Watch(batches={"b1": Watched(PUBLISHED)}).to_json()
    each = written["batches"]["b1"]
    for name in ("cost", "per_suite", "changes"):
        del each[name]
    for name in ("room", "at"):
        del each["published"][name]
    each["exposure"] = "1.5"
    (read,) = Watch.from_json(written).batches.values()
    assert (read.cost.exposure, read.published.room, read.changes) == ("1.5", None, ())


def test_a_watch_comes_back_from_its_cursor() -> None:
    """Amounts stay exact."""
    kept = Watch(batches={"b1": Watched(PUBLISHED, cost=Cost("0.1", "0.2", "0.3", "0.4", "0.5"), changes=("a", "b"))})
    assert Watch.from_json(kept.to_json()) == kept

"""A pool with everything that toloka-kit can configure, worked in by the crowd."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from toloka.client import Pool, actions, collectors, conditions
from toloka.client.pool import DynamicOverlapConfig, DynamicPricingConfig, MixerConfig
from toloka.client.pool.speed_quality_balance_config import TopPercentageByQuality
from toloka.client.quality_control import QualityControl
from toloka.client.task_distribution_function import TaskDistributionFunction

from hitl_assets.emulators.crowd.workers import meet

Interval = TaskDistributionFunction.Interval


def everything(skill_id: str) -> QualityControl:
    """A rule for each collector of toloka-kit, and a check of every fifth task."""
    control = QualityControl()
    ban = actions.RestrictionV2(scope="PROJECT", duration=1, duration_unit="DAYS")
    again = actions.ChangeOverlap(delta=1, open_pool=True)
    from_answers = actions.SetSkillFromOutputField(skill_id=skill_id, from_field="correct_answers_rate")
    for collector, condition, action in (
        (collectors.GoldenSet(history_size=10), conditions.TotalAnswersCount > 0, from_answers),
        (collectors.MajorityVote(answer_threshold=2, history_size=10), conditions.CorrectAnswersRate < 10, ban),
        (collectors.AssignmentSubmitTime(fast_submit_threshold_seconds=5), conditions.FastSubmittedCount > 3, ban),
        (collectors.SkippedInRowAssignments(), conditions.SkippedInRowCount > 2, ban),
        (collectors.Income(), conditions.IncomeSumForLast24Hours > 20, ban),
        (collectors.AnswerCount(), conditions.AssignmentsAcceptedCount > 500, ban),
        (collectors.AcceptanceRate(), conditions.RejectedAssignmentsRate > 90, ban),
        (collectors.Captcha(history_size=5), conditions.FailRate > 80, ban),
        (collectors.AssignmentsAssessment(), conditions.AssessmentEvent == conditions.AssessmentEvent.REJECT, again),
        (
            collectors.UsersAssessment(),
            conditions.PoolAccessRevokedReason == conditions.PoolAccessRevokedReason.RESTRICTION,
            again,
        ),
    ):
        control.add_action(collector=collector, conditions=[condition], action=action)
    every = TaskDistributionFunction(
        scope="PROJECT", distribution="UNIFORM", window_days=7, intervals=[Interval(from_=1, to=1000, frequency=5)]
    )
    settings = QualityControl.CheckpointsConfig.Settings(target_overlap=4, task_distribution_function=every)
    control.checkpoints_config = QualityControl.CheckpointsConfig(real_settings=settings)
    control.captcha_frequency = "MEDIUM"
    return control


@pytest.mark.slow
def test_a_pool_with_everything_runs_to_its_end(desk: Any) -> None:
    """Every task has its answers, every cent is where it should be, and the form comes back as it went in."""
    skill = desk.client.create_skill(name="fruits")
    mixer = MixerConfig(
        real_tasks_count=5,
        golden_task_distribution_function=TaskDistributionFunction(
            scope="POOL", distribution="UNIFORM", window_days=30, intervals=[Interval(from_=1, to=1000, frequency=4)]
        ),
    )
    form = Pool.structure(desk.pool_form(desk.project().id, auto_close_after_complete_delay_seconds=1))
    form.mixer_config, form.quality_control = mixer, everything(skill.id)
    form.defaults.default_overlap_for_new_tasks = 2
    form.dynamic_overlap_config = DynamicOverlapConfig(
        type="BASIC", max_overlap=6, min_confidence=0.85, answer_weight_skill_id=skill.id,
        fields=[DynamicOverlapConfig.Field(name="answer")],
    )  # fmt: skip
    form.dynamic_pricing_config = DynamicPricingConfig(
        type="SKILL", skill_id=skill.id,
        intervals=[DynamicPricingConfig.Interval(from_=90, to=100, reward_per_assignment=0.08)],
    )  # fmt: skip
    form.speed_quality_balance = TopPercentageByQuality(percent=80)
    pool = desk.client.create_pool(form)
    assert pool.dynamic_overlap_config == form.dynamic_overlap_config
    assert pool.quality_control.checkpoints_config == form.quality_control.checkpoints_config
    desk.client.create_tasks(desk.real(pool.id, 60), allow_defaults=True)
    desk.client.create_tasks(desk.golden(pool.id, 40))
    pool = desk.run(pool)
    assert pool.last_close_reason.value == "COMPLETED"
    paid = desk.assignments(pool, status="ACCEPTED")
    assert {assignment.reward for assignment in paid} == {Decimal("0.05"), Decimal("0.08")}
    assert desk.balance == Decimal(1000) - sum(assignment.reward for assignment in paid) * Decimal("1.3")
    given = Counter(task.id for assignment in paid for task in assignment.tasks if not task.known_solutions)
    overlaps = {task.id: task.overlap for task in desk.client.get_tasks(pool_id=pool.id) if not task.infinite_overlap}
    assert given == overlaps
    assert {2, 3, 4} <= set(overlaps.values())


@pytest.mark.slow
def test_the_best_share_answers_better(desk: Any) -> None:
    """TOP_PERCENTAGE_BY_QUALITY lets in those of whom the crowd says that they surpass the others."""
    pool = desk.run(desk.filled(20, speed_quality_balance={"type": "TOP_PERCENTAGE_BY_QUALITY", "percent": 20}))
    assert pool.last_close_reason.value == "COMPLETED"
    members = {worker.user_id: worker for worker in (meet(0, number) for number in range(1, 2000))}
    came = [members[user_id] for user_id in {one.user_id for one in desk.assignments(pool)}]
    assert all(worker.profile["quality_forecast"] >= 0.8 for worker in came)
    better = [sum(other.accuracy > worker.accuracy for other in members.values() if not other.spam) for worker in came]
    assert max(better) < 0.25 * len(members)

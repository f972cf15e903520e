"""Search relevance: a training that counts, control tasks that keep a skill, and labels that Toloka aggregates."""

from __future__ import annotations

import pytest
import toloka.client as toloka
import toloka.client.project.template_builder as tb
from toloka.client.aggregation import AggregatedSolutionType, PoolAggregatedSolutionRequest
from toloka.client.project import StringSpec, UrlSpec

from hitl_assets_tests.foreign.conftest import Service
from hitl_assets_tests.foreign.programs import control_task, pool, project, training, wait

pytestmark = pytest.mark.slow  # a whole program each

LABELS = ("relevant", "partly", "irrelevant")
TRUTH = [
    {"query": f"query {number}", "url": f"https://shop.example.com/{number}", "relevance": LABELS[number % 3]}
    for number in range(45)
]


def create_project(client: toloka.TolokaClient) -> toloka.Project:
    """A query, a page that it found, and a question about both; a comment to who says partly."""
    is_partly = tb.EqualsConditionV1(data=tb.OutputData("relevance"), to="partly")
    why = tb.TextareaFieldV1(tb.OutputData("why"), validation=tb.RequiredConditionV1())
    return project(
        client,
        "Does it answer the query?",
        {"query": StringSpec(), "url": UrlSpec()},
        {"relevance": StringSpec(allowed_values=list(LABELS)), "why": StringSpec(required=False, max_length=60)},
        tb.LabeledListViewV1([tb.LabeledListViewV1.Item(label="Query", content=tb.TextViewV1(tb.InputData("query")))]),
        tb.LinkViewV1(url=tb.SearchQueryHelperV1(tb.InputData("query"), "google"), content="Look it up"),
        tb.IframeViewV1(tb.InputData("url")),
        tb.RadioGroupFieldV1(
            tb.OutputData("relevance"),
            options=[tb.fields.GroupFieldOption(label, label) for label in LABELS],
            validation=tb.RequiredConditionV1(),
        ),
        tb.IfHelperV1(is_partly, then=why),
    )


def with_rules(client: toloka.TolokaClient, searched: toloka.Pool, skill_id: str) -> toloka.Pool:
    """Too fast, too many skips, too many wrong control answers; and how good who stays is."""
    control = searched.quality_control
    for collector, condition in (
        (
            toloka.collectors.AssignmentSubmitTime(history_size=5, fast_submit_threshold_seconds=8),
            toloka.conditions.FastSubmittedCount >= 2,
        ),
        (toloka.collectors.SkippedInRowAssignments(), toloka.conditions.SkippedInRowCount >= 5),
    ):
        control.add_action(
            collector=collector,
            conditions=[condition],
            action=toloka.actions.RestrictionV2(scope="PROJECT", duration=2, duration_unit="DAYS", private_comment="?"),
        )
    control.add_action(
        collector=toloka.collectors.GoldenSet(history_size=20),
        conditions=[toloka.conditions.TotalAnswersCount >= 3],
        action=toloka.actions.SetSkillFromOutputField(skill_id=skill_id, from_field="correct_answers_rate"),
    )
    searched.set_captcha_frequency("LOW")
    return client.create_pool(searched)


def test_relevance_is_aggregated_by_skill(service: Service) -> None:
    """Two ways to aggregate agree with the truth, and with each other."""
    client = service(TRUTH)
    asked = create_project(client)
    first = training(client, asked, tasks=3, suites=2)
    lessons = [
        control_task(
            first.id,
            {"query": f"try {n}", "url": "https://example.com"},
            {"relevance": LABELS[n % 3]},
            "Look again",
        )
        for n in range(6)
    ]
    client.create_tasks(lessons, allow_defaults=True)
    client.open_training(first.id)
    skill = client.create_skill(name="Relevance", hidden=True, public_requester_description={"EN": "How often right"})
    searched = pool(
        client,
        asked,
        overlap=3,
        filter=(toloka.filter.Skill(skill.id) == None) | (toloka.filter.Skill(skill.id) > 50),  # noqa: E711 - builds a filter
    )
    searched.set_mixer_config(real_tasks_count=4, golden_tasks_count=1, training_tasks_count=0)
    searched.set_training_requirement(training_pool_id=first.id, training_passing_skill_value=50)
    searched = with_rules(client, searched, skill.id)
    golden = [
        control_task(searched.id, {"query": f"known {n}", "url": "https://example.com"}, {"relevance": LABELS[n % 3]})
        for n in range(15)
    ]
    real = [toloka.Task(pool_id=searched.id, input_values={"query": row["query"], "url": row["url"]}) for row in TRUTH]
    client.create_tasks(real + golden, allow_defaults=True)
    client.open_pool(searched.id)
    wait(client, searched.id)

    labels = {}
    for how in (AggregatedSolutionType.WEIGHTED_DYNAMIC_OVERLAP, AggregatedSolutionType.DAWID_SKENE):
        request = PoolAggregatedSolutionRequest(
            type=how, pool_id=searched.id, answer_weight_skill_id=skill.id,
            fields=[PoolAggregatedSolutionRequest.Field(name="relevance")],
        )  # fmt: skip
        done = client.wait_operation(client.aggregate_solutions_by_pool(request))
        found = {one.task_id: one for one in client.get_aggregated_solutions(done.id)}
        assert all(0 < one.confidence <= 1 for one in found.values())
        labels[how] = {
            task.input_values["query"]: found[task.id].output_values["relevance"]
            for task in client.get_tasks(pool_id=searched.id)
            if not task.known_solutions
        }
        assert sum(labels[how][row["query"]] == row["relevance"] for row in TRUTH) >= 0.8 * len(TRUTH)
    rows = [
        solution.output_values
        for one in client.get_assignments(pool_id=searched.id, status="ACCEPTED")
        for solution in one.solutions
    ]
    assert all(("why" in row) is (row["relevance"] == "partly") for row in rows)
    assert all(len(row.get("why", "")) <= 60 for row in rows)

"""Surveys: everybody answers the same page once, and there is nothing to be right about."""

from __future__ import annotations

from collections import Counter

import pytest
import toloka.client as toloka
import toloka.client.project.template_builder as tb
from toloka.client.project import BooleanSpec, IntegerSpec, JsonSpec, StringSpec

from hitl_assets_tests.foreign.conftest import Service
from hitl_assets_tests.foreign.programs import pool, project, wait

pytestmark = pytest.mark.slow  # a whole program each

PEOPLE = 25
AGES = ("under 25", "25 to 44", "45 and more")


def create_project(client: toloka.TolokaClient) -> toloka.Project:
    """Age, a score, what one eats, and if one has a pet, its name."""
    has_pet = tb.EqualsConditionV1(data=tb.OutputData("has_pet"), to=True)
    return project(
        client,
        "A short survey",
        {"page": StringSpec(required=False)},
        {
            "age": StringSpec(),
            "score": IntegerSpec(min_value=0, max_value=10),
            "meals": JsonSpec(),
            "has_pet": BooleanSpec(required=False),
            "pet": StringSpec(required=False, max_length=20),
            "comment": StringSpec(required=False),
        },
        tb.SelectFieldV1(
            tb.OutputData("age"),
            options=[tb.SelectFieldV1.Option(value=age, label=age) for age in AGES],
            validation=tb.RequiredConditionV1(),
        ),
        tb.NumberFieldV1(tb.OutputData("score"), minimum=0, maximum=10, validation=tb.RequiredConditionV1()),
        tb.CheckboxGroupFieldV1(
            tb.OutputData("meals"),
            options=[tb.fields.GroupFieldOption(meal, meal) for meal in ("breakfast", "lunch", "dinner")],
            validation=tb.RequiredConditionV1(),
        ),
        tb.CheckboxFieldV1(tb.OutputData("has_pet"), label="I have a pet"),
        tb.IfHelperV1(has_pet, then=tb.TextFieldV1(tb.OutputData("pet"), validation=tb.RequiredConditionV1())),
        tb.TextareaFieldV1(tb.OutputData("comment"), label="Anything else?"),
    )


@pytest.mark.parametrize("is_control", [False, True], ids=["a task", "a control task"])
def test_everybody_answers_once(service: Service, is_control: bool) -> None:
    """As many people as are asked, each once; also where the page is a control task, which counts whatever one says."""
    client = service()
    asked = create_project(client)
    survey = pool(client, asked, overlap=PEOPLE, reward=0.1)
    survey.set_mixer_config(real_tasks_count=int(not is_control), golden_tasks_count=int(is_control))
    survey = client.create_pool(survey)
    known = [toloka.task.BaseTask.KnownSolution(output_values={"age": AGES[0]})] if is_control else None
    page = toloka.Task(pool_id=survey.id, input_values={"page": "1"}, overlap=PEOPLE, known_solutions=known)
    client.create_task(page)
    client.open_pool(survey.id)
    wait(client, survey.id)

    answered = list(client.get_assignments(pool_id=survey.id, status="ACCEPTED"))
    rows = [one.solutions[0].output_values for one in answered]
    assert len({one.user_id for one in answered}) == len(answered) == PEOPLE
    assert len(Counter(row["age"] for row in rows)) > 1
    assert all(0 <= row["score"] <= 10 for row in rows)
    assert all(any(row["meals"].values()) for row in rows)
    assert all(("pet" in row) is (row.get("has_pet") is True) for row in rows)
    assert client.get_pool(survey.id).last_close_reason.value == "COMPLETED"

"""Image classification: a training, an exam that gives a skill, and a pool for those who have it."""

from __future__ import annotations

import pytest
import toloka.client as toloka
import toloka.client.project.template_builder as tb
from crowdkit.aggregation import DawidSkene, MajorityVote
from toloka.client.project import StringSpec, UrlSpec

from hitl_assets_tests.foreign.conftest import Service
from hitl_assets_tests.foreign.programs import answers, control_task, pool, project, training, wait

pytestmark = pytest.mark.slow  # a whole program each

CLASSES = ("cat", "dog", "other")
TRUTH = [{"image": f"https://example.com/{number}.jpg", "result": CLASSES[number % 3]} for number in range(60)]


def create_project(client: toloka.TolokaClient) -> toloka.Project:
    """Pictures, three buttons, and keys for them."""
    buttons = tb.ButtonRadioGroupFieldV1(
        data=tb.OutputData("result"),
        options=[tb.fields.GroupFieldOption(name, name.capitalize()) for name in CLASSES],
        validation=tb.RequiredConditionV1(),
    )
    shown = tb.ImageViewV1(tb.InputData("image"), ratio=[16, 9])
    return project(
        client,
        "Cat or dog?",
        {"image": UrlSpec()},
        {"result": StringSpec(allowed_values=list(CLASSES))},
        shown,
        buttons,
    )


def test_a_skill_from_an_exam_leads_to_labels(service: Service) -> None:
    """Who did not take the exam, or did badly, is not in the main pool; most labels are right."""
    client = service(TRUTH)
    asked = create_project(client)
    first = training(client, asked, tasks=3, suites=1)
    lessons = [
        control_task(first.id, {"image": f"https://example.com/lesson-{n}.jpg"}, {"result": name}, f"It is a {name}.")
        for n, name in enumerate(CLASSES)
    ]
    client.create_tasks(lessons, allow_defaults=True)
    client.open_training(first.id)
    skill = client.create_skill(name="Cats and dogs", hidden=True)

    exam = pool(client, asked, private_name="Exam", reward=0.01)
    exam.set_mixer_config(golden_tasks_count=6, real_tasks_count=0, training_tasks_count=0)
    exam.set_training_requirement(training_pool_id=first.id, training_passing_skill_value=30)
    exam.quality_control.add_action(
        collector=toloka.collectors.GoldenSet(),
        conditions=[toloka.conditions.GoldenSetAnswersCount >= 6],
        action=toloka.actions.SetSkillFromOutputField(skill_id=skill.id, from_field="correct_answers_rate"),
    )
    exam = client.create_pool(exam)
    questions = [
        control_task(exam.id, {"image": f"https://example.com/exam-{n}.jpg"}, {"result": CLASSES[n % 3]})
        for n in range(12)
    ]
    client.create_tasks(questions, allow_defaults=True)

    main = pool(client, asked, private_name="Main", filter=toloka.filter.Skill(skill.id) >= 60)
    main.set_mixer_config(real_tasks_count=5, golden_tasks_count=0, training_tasks_count=0)
    main = client.create_pool(main)
    client.create_tasks(
        [toloka.Task(pool_id=main.id, input_values={"image": row["image"]}) for row in TRUTH], allow_defaults=True
    )
    client.open_pool(exam.id)
    client.open_pool(main.id)
    wait(client, main.id)
    client.close_pool(exam.id)

    values = {one.user_id: float(one.exact_value) for one in client.get_user_skills(skill_id=skill.id)}
    table = answers(client, main.id, "result").rename(columns={"INPUT:image": "task"})
    assert set(table["worker"]) <= {user for user, value in values.items() if value >= 60}
    for method in (MajorityVote(), DawidSkene(n_iter=30)):
        labels = method.fit_predict(table[["task", "worker", "label"]])
        assert sum(labels[row["image"]] == row["result"] for row in TRUTH) >= 0.9 * len(TRUTH)

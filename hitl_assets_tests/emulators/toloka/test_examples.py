"""A program as people write them with toloka-kit: a script from a CSV to labels. Only its address is the emulator's."""

from __future__ import annotations

import csv
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import toloka.client as toloka
import toloka.client.project.template_builder as tb
from crowdkit.aggregation import MajorityVote
from toloka.client.analytics_request import CompletionPercentagePoolAnalytics, SpentBudgetPoolAnalytics

from hitl_assets.emulators.toloka import TolokaEmulator

ANIMALS, THINGS = ("cat", "dog", "owl", "horse"), ("chair", "lamp", "bridge", "spoon")


@dataclass(frozen=True)
class Outcome:
    """What the program ends with."""

    client: toloka.TolokaClient
    pool: toloka.Pool
    training: toloka.Training
    progress: list[int]
    spent: float
    answers: pd.DataFrame
    labels: pd.Series


def write_items(path: Path) -> dict[str, str]:
    """A CSV of picture addresses with their true labels, which the crowd mostly sees; the labels."""
    truth = {
        f"https://example.com/{name}-{number}.jpg": "animal" if name in ANIMALS else "thing"
        for number in range(5)
        for name in (*ANIMALS, *THINGS)
    }
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["INPUT:image", "GOLDEN:result"])
        writer.writerows(truth.items())
    return truth


def create_project(client: toloka.TolokaClient) -> toloka.Project:
    """Which of two is in the picture? With an interface from Template Builder."""
    interface = tb.TemplateBuilder(
        view=tb.ListViewV1(
            items=[
                tb.ImageViewV1(url=tb.InputData("image"), ratio=[4, 3]),
                tb.ButtonRadioGroupFieldV1(
                    data=tb.OutputData("result"),
                    label="What is it?",
                    options=[
                        tb.fields.GroupFieldOption(value="animal", label="An animal"),
                        tb.fields.GroupFieldOption(value="thing", label="A thing"),
                    ],
                    validation=tb.RequiredConditionV1(),
                ),
            ]
        ),
        plugins=[
            tb.HotkeysPluginV1(
                key_1=tb.SetActionV1(data=tb.OutputData("result"), payload="animal"),
                key_2=tb.SetActionV1(data=tb.OutputData("result"), payload="thing"),
            )
        ],
    )
    return client.create_project(
        toloka.Project(
            public_name="Animal or thing",
            public_description="Look at a picture and choose",
            public_instructions="<b>Look</b> at the picture.",
            task_spec=toloka.project.task_spec.TaskSpec(
                input_spec={"image": toloka.project.UrlSpec()},
                output_spec={"result": toloka.project.StringSpec(allowed_values=["animal", "thing"])},
                view_spec=toloka.project.TemplateBuilderViewSpec(settings={"showSkip": True}, config=interface),
            ),
        )
    )


def create_training(client: toloka.TolokaClient, project: toloka.Project) -> toloka.Training:
    """Six pictures with hints, three to a page, opened."""
    training = client.create_training(
        toloka.Training(
            project_id=project.id,
            private_name="Warm-up",
            may_contain_adult_content=False,
            inherited_instructions=True,
            assignment_max_duration_seconds=600,
            mix_tasks_in_creation_order=True,
            shuffle_tasks_in_task_suite=True,
            training_tasks_in_task_suite_count=3,
            task_suites_required_to_pass=2,
            retry_training_after_days=5,
        )
    )
    tasks = [
        toloka.Task(
            pool_id=training.id,
            input_values={"image": f"https://example.com/training-{number}.jpg"},
            known_solutions=[toloka.task.BaseTask.KnownSolution(output_values={"result": "animal"})],
            message_on_unknown_solution="It breathes.",
            infinite_overlap=True,
        )
        for number in range(6)
    ]
    client.create_tasks(tasks, allow_defaults=True)
    return client.open_training(training.id)


def create_pool(client: toloka.TolokaClient, project: toloka.Project, training: toloka.Training) -> toloka.Pool:
    """Who speaks English, passed the training, and answers neither too fast nor wrong."""
    skill = client.create_skill(name="Animals and things", hidden=True)
    pool = toloka.Pool(
        project_id=project.id,
        private_name="First pool",
        may_contain_adult_content=False,
        will_expire=datetime.utcnow() + timedelta(days=365),
        reward_per_assignment=0.01,
        assignment_max_duration_seconds=600,
        defaults=toloka.Pool.Defaults(default_overlap_for_new_task_suites=3, default_overlap_for_new_tasks=3),
        filter=(toloka.filter.Languages.in_("EN")) & (toloka.filter.AdultAllowed == True),  # noqa: E712 - builds a filter
    )
    pool.set_mixer_config(real_tasks_count=4, golden_tasks_count=1, training_tasks_count=0)
    pool.set_training_requirement(training_pool_id=training.id, training_passing_skill_value=50)
    pool.quality_control.add_action(
        collector=toloka.collectors.AssignmentSubmitTime(history_size=5, fast_submit_threshold_seconds=5),
        conditions=[toloka.conditions.FastSubmittedCount >= 3],
        action=toloka.actions.RestrictionV2(
            scope=toloka.user_restriction.UserRestriction.PROJECT, duration=1, duration_unit="DAYS",
            private_comment="Too fast",
        ),
    )  # fmt: skip
    pool.quality_control.add_action(
        collector=toloka.collectors.GoldenSet(history_size=10),
        conditions=[toloka.conditions.TotalAnswersCount > 0],
        action=toloka.actions.SetSkillFromOutputField(skill_id=skill.id, from_field="correct_answers_rate"),
    )
    return client.create_pool(pool)


def upload(client: toloka.TolokaClient, pool: toloka.Pool, items: Path) -> None:
    """The rows of the CSV, and ten control tasks."""
    rows = pd.read_csv(items)
    tasks = [toloka.Task(pool_id=pool.id, input_values={"image": image}) for image in rows["INPUT:image"]]
    control = [
        toloka.Task(
            pool_id=pool.id,
            input_values={"image": f"https://example.com/control-{number}.jpg"},
            known_solutions=[toloka.task.BaseTask.KnownSolution(output_values={"result": "thing"})],
            infinite_overlap=True,
        )
        for number in range(10)
    ]
    client.create_tasks(tasks + control, allow_defaults=True)


def wait_for(client: toloka.TolokaClient, pool_id: str) -> list[int]:
    """Look at how far the pool is until it is closed; the percentages."""
    progress = []
    while True:
        is_closed = client.get_pool(pool_id).is_closed()
        operation = client.get_analytics([CompletionPercentagePoolAnalytics(subject_id=pool_id)])
        operation = client.wait_operation(operation)
        progress.append(int(operation.details["value"][0]["result"]["value"]))
        if is_closed:
            return progress
        time.sleep(0.05)


def label(url: str, items: Path) -> Outcome:
    """The program."""
    client = toloka.TolokaClient("a token", url=url)
    project = create_project(client)
    training = create_training(client, project)
    pool = create_pool(client, project, training)
    upload(client, pool, items)
    client.open_pool(pool.id)
    progress = wait_for(client, pool.id)
    spent = client.wait_operation(client.get_analytics([SpentBudgetPoolAnalytics(subject_id=pool.id)]))
    answers = client.get_assignments_df(pool.id)
    answers = answers[answers["GOLDEN:result"].isna()]
    answers = answers.rename(
        columns={"INPUT:image": "task", "OUTPUT:result": "label", "ASSIGNMENT:worker_id": "worker"}
    )  # fmt: skip
    labels = MajorityVote(default_skill=1.0).fit_predict(answers)
    return Outcome(client, pool, training, progress, float(spent.details["value"][0]["result"]), answers, labels)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The truth, and what the program made of it."""
    directory = tmp_path_factory.mktemp("program")
    truth = write_items(directory / "items.csv")
    with TolokaEmulator(directory / "state", answer_key=directory / "items.csv", speed=1000.0) as emulator:
        yield truth, label(emulator.url, directory / "items.csv")


@pytest.mark.slow
def test_the_program_ends_with_labels(run) -> None:
    """Every row of the CSV has one, and the crowd was mostly right."""
    truth, outcome = run
    assert set(outcome.labels.index) == set(truth)
    right = sum(outcome.labels[image] == label for image, label in truth.items())
    assert right >= 0.8 * len(truth)


@pytest.mark.slow
def test_every_item_was_answered_by_three(run) -> None:
    """The pool's default overlap, by different workers."""
    truth, outcome = run
    assert outcome.answers.groupby("task")["worker"].nunique().to_dict() == dict.fromkeys(truth, 3)


def test_progress_grew_while_people_worked(run) -> None:
    """Percentages that never fall, up to 100."""
    _, outcome = run
    assert outcome.progress == sorted(outcome.progress)
    assert outcome.progress[0] < outcome.progress[-1] == 100


def test_the_program_was_charged_for_what_it_got(run) -> None:
    """The analytics, the account and the accepted suites agree."""
    _, outcome = run
    accepted = list(outcome.client.get_assignments(pool_id=outcome.pool.id, status="ACCEPTED"))
    # Analytics leave the fee out.
    assert outcome.spent == pytest.approx(len(accepted) * 0.01)
    assert float(outcome.client.get_requester().balance) == pytest.approx(1000 - outcome.spent * 1.3)


def test_only_admitted_workers_answered(run) -> None:
    """Whoever is in the pool was in the training before."""
    _, outcome = run
    trained = {one.user_id for one in outcome.client.get_assignments(pool_id=outcome.training.id)}
    assert set(outcome.answers["worker"]) <= trained

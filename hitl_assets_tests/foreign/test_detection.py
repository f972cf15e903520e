"""Detection in stages: some draw, others look at what was drawn, and what is rejected is drawn again."""

from __future__ import annotations

import time
from collections import defaultdict

import pytest
import toloka.client as toloka
import toloka.client.project.template_builder as tb
from crowdkit.aggregation import MajorityVote
from toloka.client.project import JsonSpec, StringSpec, UrlSpec

from hitl_assets_tests.foreign.conftest import Service
from hitl_assets_tests.foreign.programs import PATIENCE, answers, pool, project, wait

pytestmark = pytest.mark.slow  # a whole program each

IMAGES = [f"https://example.com/street-{number}.jpg" for number in range(12)]


def create_detection(client: toloka.TolokaClient) -> toloka.Pool:
    """Frame each sign. Nothing is paid before it was looked at, and what is rejected goes to somebody else."""
    canvas = tb.ImageAnnotationFieldV1(
        tb.OutputData("result"),
        tb.InputData("image"),
        shapes={"rectangle": True, "polygon": True},
        validation=tb.RequiredConditionV1(),
    )
    detection = pool(
        client,
        project(client, "Frame the signs", {"image": UrlSpec()}, {"result": JsonSpec()}, canvas),
        overlap=1,
        auto_accept=False,
        auto_accept_period_day=7,
    )
    detection.set_mixer_config(real_tasks_count=1)
    detection.quality_control.add_action(
        collector=toloka.collectors.AssignmentsAssessment(),
        conditions=[toloka.conditions.AssessmentEvent == toloka.conditions.AssessmentEvent.REJECT],
        action=toloka.actions.ChangeOverlap(delta=1, open_pool=True),
    )
    detection = client.create_pool(detection)
    tasks = [toloka.Task(pool_id=detection.id, input_values={"image": image}) for image in IMAGES]
    client.create_tasks(tasks, allow_defaults=True)
    return detection


def create_verification(client: toloka.TolokaClient) -> toloka.Pool:
    """What was drawn, to be looked at only, and two buttons."""
    drawn = tb.ImageAnnotationFieldV1(
        tb.InternalData("selection", default=tb.InputData("selection")), tb.InputData("image"), disabled=True
    )
    verdict = tb.RadioGroupFieldV1(
        tb.OutputData("verdict"),
        options=[tb.fields.GroupFieldOption("OK", "Well framed"), tb.fields.GroupFieldOption("BAD", "Not so")],
        validation=tb.RequiredConditionV1(),
    )
    asks = {"image": UrlSpec(), "selection": JsonSpec(), "assignment_id": StringSpec(hidden=True)}
    asked = project(client, "Well framed?", asks, {"verdict": StringSpec(allowed_values=["OK", "BAD"])}, drawn, verdict)
    verification = pool(client, asked, overlap=3, reward=0.01)
    verification.set_mixer_config(real_tasks_count=4)
    return client.create_pool(verification)


def judge(client: toloka.TolokaClient, detection: toloka.Pool, verification: toloka.Pool) -> dict[str, str]:
    """Have all that waits looked at, and decide by the majority; the verdicts by assignment."""
    waiting = list(client.get_assignments(pool_id=detection.id, status=toloka.Assignment.SUBMITTED))
    tasks = [
        toloka.Task(
            pool_id=verification.id,
            input_values={
                "image": one.tasks[0].input_values["image"],
                "selection": one.solutions[0].output_values["result"],
                "assignment_id": one.id,
            },
        )
        for one in waiting
    ]
    client.create_tasks(tasks, allow_defaults=True, open_pool=True)
    wait(client, verification.id)
    table = answers(client, verification.id, "verdict").rename(columns={"INPUT:assignment_id": "task"})
    verdicts = MajorityVote().fit_predict(table[["task", "worker", "label"]])
    for one in waiting:
        if verdicts[one.id] == "OK":
            client.accept_assignment(one.id, "Well done!")
        else:
            client.reject_assignment(one.id, "Some signs are not framed, or not well.")
    return {one.id: verdicts[one.id] for one in waiting}


def test_what_is_rejected_is_drawn_again_until_it_is_right(service: Service) -> None:
    """In the end each picture has one accepted answer, and each rejected one was followed by another worker's."""
    client = service()
    detection, verification = create_detection(client), create_verification(client)
    client.open_pool(detection.id)
    verdicts: dict[str, str] = {}
    deadline = time.monotonic() + PATIENCE
    while len([verdict for verdict in verdicts.values() if verdict == "OK"]) < len(IMAGES):
        assert time.monotonic() < deadline, verdicts
        wait(client, detection.id)
        verdicts |= judge(client, detection, verification)
    accepted = list(client.get_assignments(pool_id=detection.id, status=toloka.Assignment.ACCEPTED))
    rejected = list(client.get_assignments(pool_id=detection.id, status=toloka.Assignment.REJECTED))
    assert sorted(one.tasks[0].input_values["image"] for one in accepted) == sorted(IMAGES)
    assert len(rejected) == list(verdicts.values()).count("BAD") > 0
    workers = defaultdict(list)
    for one in (*accepted, *rejected):
        workers[one.tasks[0].input_values["image"]].append(one.user_id)
    assert all(len(set(users)) == len(users) for users in workers.values())
    shapes = {area["shape"] for one in accepted for area in one.solutions[0].output_values["result"]}
    assert shapes == {"rectangle", "polygon"}
    tasks = {one.input_values["assignment_id"] for one in client.get_tasks(pool_id=verification.id)}
    assert tasks == set(verdicts)

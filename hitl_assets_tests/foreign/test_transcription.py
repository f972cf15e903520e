"""Transcription of recordings, checked by others, and texts read from pictures."""

from __future__ import annotations

import pytest
import toloka.client as toloka
import toloka.client.project.template_builder as tb
from crowdkit.aggregation import ROVER, MajorityVote
from toloka.client.project import BooleanSpec, StringSpec, UrlSpec

from hitl_assets_tests.foreign.conftest import Service
from hitl_assets_tests.foreign.programs import answers, control_task, pool, project, wait

pytestmark = pytest.mark.slow  # a whole program each

WORDS = ["the", "red", "fox", "and", "a", "small", "owl", "sat", "under", "one", "old", "tree", "by", "every", "river"]
SPOKEN = {
    f"https://example.com/{number}.wav": " ".join(WORDS[(number * 3 + place * 5) % len(WORDS)] for place in range(6))
    for number in range(20)
}
PLATES = {f"https://example.com/plate-{number}.jpg": f"{number * 7919 % 10000:04} KX" for number in range(20)}


def create_transcription(client: toloka.TolokaClient) -> toloka.Pool:
    """Listen to the end, then write; or say that there is nothing to write."""
    broken = tb.EqualsConditionV1(data=tb.OutputData("is_broken"), to=True)
    text = tb.TextareaFieldV1(
        tb.OutputData("text"),
        label="What was said?",
        validation=tb.AnyConditionV1([tb.RequiredConditionV1(), broken], hint="Write it down"),
    )
    asked = project(
        client,
        "Write it down",
        {"audio": UrlSpec()},
        {"text": StringSpec(required=False), "is_broken": BooleanSpec(required=False)},
        tb.AudioViewV1(tb.InputData("audio"), validation=tb.PlayedFullyConditionV1(hint="Listen to the end")),
        tb.CheckboxFieldV1(tb.OutputData("is_broken"), label="It does not play"),
        text,
    )
    written = pool(client, asked, overlap=5, auto_accept=False, auto_accept_period_day=1)
    written.set_mixer_config(real_tasks_count=2)
    return client.create_pool(written)


def create_check(client: toloka.TolokaClient) -> toloka.Pool:
    """Hear and read: is it the same?"""
    verdict = tb.ButtonRadioGroupFieldV1(
        tb.OutputData("is_same"),
        options=[tb.fields.GroupFieldOption(True, "Yes"), tb.fields.GroupFieldOption(False, "No")],
        validation=tb.RequiredConditionV1(),
    )
    shown = (tb.AudioViewV1(tb.InputData("audio")), tb.TextViewV1(tb.InputData("text")))
    asks = {"audio": UrlSpec(), "text": StringSpec(max_length=200), "assignment": StringSpec(hidden=True)}
    checked = pool(client, project(client, "Is it the same?", asks, {"is_same": BooleanSpec()}, *shown, verdict))
    checked.set_mixer_config(real_tasks_count=5)
    return client.create_pool(checked)


def test_recordings_become_texts_that_others_checked(service: Service) -> None:
    """Several texts of each recording make one that is right; each text is checked before it is paid."""
    client = service([{"audio": audio, "text": text, "is_broken": False} for audio, text in SPOKEN.items()])
    written, checked = create_transcription(client), create_check(client)
    client.create_tasks(
        [toloka.Task(pool_id=written.id, input_values={"audio": audio}) for audio in SPOKEN], allow_defaults=True
    )
    client.open_pool(written.id)
    wait(client, written.id)
    submitted = list(client.get_assignments(pool_id=written.id, status="SUBMITTED"))
    pairs = [
        (one.id, task.input_values["audio"], solution.output_values["text"])
        for one in submitted
        for task, solution in zip(one.tasks, one.solutions, strict=True)
        if "text" in solution.output_values
    ]
    tasks = [
        toloka.Task(pool_id=checked.id, input_values={"audio": audio, "text": text, "assignment": key})
        for key, audio, text in pairs
    ]
    operation = client.wait_operation(client.create_tasks_async(tasks, allow_defaults=True))
    assert operation.details["success_count"] == len(pairs) >= 0.9 * 5 * len(SPOKEN)
    client.open_pool(checked.id)
    wait(client, checked.id)
    verdicts = answers(client, checked.id, "is_same").rename(columns={"INPUT:assignment": "task"})
    decided = MajorityVote().fit_predict(verdicts[["task", "worker", "label"]])
    for one in submitted:
        client.accept_assignment(one.id, "Thank you") if decided.get(one.id, True) else client.reject_assignment(
            one.id, "Not what was said"
        )
    counts = {one.status.value for one in client.get_assignments(pool_id=written.id)}
    assert {"ACCEPTED", "REJECTED"} <= counts <= {"ACCEPTED", "REJECTED", "SKIPPED", "EXPIRED"}

    table = client.get_assignments_df(written.id, status=["APPROVED", "REJECTED"])
    table = table.rename(columns={"INPUT:audio": "task", "OUTPUT:text": "text", "ASSIGNMENT:worker_id": "worker"})
    told = table[table["text"].notna()][["task", "worker", "text"]]
    texts = ROVER(tokenizer=str.split, detokenizer=" ".join).fit_predict(told)
    assert sum(texts[audio] == text for audio, text in SPOKEN.items()) >= 0.8 * len(SPOKEN)


def test_texts_are_read_from_pictures(service: Service) -> None:
    """With control tasks that ban who types anything, and a rule of the interface for how a plate looks."""
    client = service([{"image": image, "plate": plate} for image, plate in PLATES.items()], crowd="hostile")
    looks = tb.SchemaConditionV1({"type": "string", "pattern": "^[0-9]{4} [A-Z]{2}$"}, hint="Four digits, two letters")
    field = tb.TextFieldV1(tb.OutputData("plate"), validation=looks)
    shown = tb.ImageViewV1(tb.InputData("image"), rotatable=True)
    asked = project(client, "Read the plate", {"image": UrlSpec()}, {"plate": StringSpec(max_length=7)}, shown, field)
    read = pool(client, asked, overlap=5)
    read.set_mixer_config(real_tasks_count=3, golden_tasks_count=1)
    read.quality_control.add_action(
        collector=toloka.collectors.GoldenSet(history_size=10),
        conditions=[
            toloka.conditions.GoldenSetAnswersCount >= 2,
            toloka.conditions.GoldenSetCorrectAnswersRate < 60,
        ],
        action=toloka.actions.RestrictionV2(scope="POOL", duration_unit="PERMANENT", private_comment="Misreads"),
    )
    # What was read by somebody who is banned later is read once more.
    read.quality_control.add_action(
        collector=toloka.collectors.UsersAssessment(),
        conditions=[toloka.conditions.PoolAccessRevokedReason == toloka.conditions.PoolAccessRevokedReason.RESTRICTION],
        action=toloka.actions.ChangeOverlap(delta=1, open_pool=True),
    )
    read = client.create_pool(read)
    golden = [
        control_task(read.id, {"image": f"https://example.com/known-{n}.jpg"}, {"plate": f"{n:04} AB"})
        for n in range(8)
    ]
    real = [toloka.Task(pool_id=read.id, input_values={"image": image}) for image in PLATES]
    client.create_tasks(real + golden, allow_defaults=True, open_pool=True)
    wait(client, read.id)
    table = answers(client, read.id, "plate").rename(columns={"INPUT:image": "task"})
    assert table["label"].str.fullmatch("[0-9]{4} [A-Z]{2}").all()
    banned = {one.user_id for one in client.get_user_restrictions(scope="POOL", pool_id=read.id)}
    kept = table[~table["worker"].isin(banned)]
    labels = MajorityVote().fit_predict(kept[["task", "worker", "label"]])
    assert banned
    assert sum(labels.get(image) == plate for image, plate in PLATES.items()) >= 0.8 * len(PLATES)

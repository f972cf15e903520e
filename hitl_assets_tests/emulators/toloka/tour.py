"""A program that calls every method of toloka-kit, old or new: `python tour.py URL [async]`. Prints what it found.

It runs in an environment of its own, so it imports nothing of ours. Toloka Apps are not on the tour.
"""

import asyncio
import inspect
import io
import json
import sys
import time
import uuid
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import toloka.client as toloka
from toloka.client.analytics_request import CompletionPercentagePoolAnalytics

FOREVER = datetime(2090, 1, 1)
ANSWERS = ("no", "yes")
SPEC = {
    "input_spec": {"text": {"type": "string"}},
    "output_spec": {
        "answer": {"type": "string", "allowed_values": list(ANSWERS)},
        "proof": {"type": "file", "required": False},
    },
    "view_spec": {"type": "classic", "markup": "{{text}}", "script": "", "styles": ""},
}
PROJECT = {"public_name": "tour", "public_description": "d", "public_instructions": "i", "task_spec": SPEC}
POOL = {
    "may_contain_adult_content": False, "will_expire": FOREVER, "reward_per_assignment": 0.01,
    "assignment_max_duration_seconds": 600,
}  # fmt: skip


class Asynchronous:
    """The asynchronous client, called as the synchronous one is."""

    def __init__(self, client):
        """`client`: a synchronous one."""
        from toloka.async_client import AsyncTolokaClient  # noqa: PLC0415 - old clients have none

        self._client, self._loop = AsyncTolokaClient.from_sync_client(client), asyncio.new_event_loop()

    def __getattr__(self, name):
        """A method that waits; what it would yield one by one is a list."""

        async def finish(found):
            if hasattr(found, "__aiter__"):
                return [each async for each in found]
            found = await found
            return [each async for each in found] if hasattr(found, "__aiter__") else found

        method = getattr(self._client, name)
        return lambda *given, **named: self._loop.run_until_complete(finish(method(*given, **named)))


class Recorder:
    """A client that remembers which of its methods were called."""

    def __init__(self, client):
        """`client`: any."""
        self._client, self.called = client, set()

    def __getattr__(self, name):
        """The client's own, noted."""
        self.called.add(name)
        return getattr(self._client, name)


def until(read, is_it):
    """What is read once it is so."""
    end = time.monotonic() + 30
    while not is_it(found := read()):
        assert time.monotonic() < end, found
        time.sleep(0.05)
    return found


def tasks(pool, count, answer=None, **changes):
    """Real tasks, or with an answer control tasks for everybody."""
    if answer is not None:
        known = [toloka.Task.KnownSolution(output_values={"answer": answer})]
        changes = {"known_solutions": known, "infinite_overlap": True, **changes}
    return [toloka.Task(pool_id=pool.id, input_values={"text": f"t{n}"}, **changes) for n in range(count)]


def setup(client):
    """A project with its training, its skill and its pool, filled and open."""
    project = client.create_project(toloka.structure(PROJECT, toloka.Project))
    project.public_description = "changed"
    client.update_project(project.id, project)
    assert client.get_project(project.id).public_description == "changed"
    assert client.find_projects(limit=1).items
    assert list(client.get_projects(status="ACTIVE"))
    skill = client.create_skill(name=f"skill {uuid.uuid4()}")
    client.update_skill(skill.id, toloka.Skill(name=f"changed {uuid.uuid4()}"))
    assert client.get_skill(skill.id).name.startswith("changed")
    assert client.find_skills(limit=1).items
    assert list(client.get_skills())
    training = client.create_training(
        toloka.Training(
            project_id=project.id, private_name="training", may_contain_adult_content=False,
            assignment_max_duration_seconds=600, mix_tasks_in_creation_order=True, shuffle_tasks_in_task_suite=True,
            training_tasks_in_task_suite_count=2, task_suites_required_to_pass=1, inherited_instructions=True,
        )
    )  # fmt: skip
    training.private_name = "changed"
    assert client.update_training(training.id, training).private_name == "changed"
    client.create_tasks(tasks(training, 2, "yes"), allow_defaults=True, open_pool=True)
    assert client.get_training(training.id).is_open()
    assert client.find_trainings(project_id=project.id).items
    assert len(list(client.get_trainings(project_id=project.id))) == 1
    return project, skill, training


def make_pool(client, project, training, **changes):
    """A pool with a training, a rule and a mixer."""
    pool = toloka.Pool(project_id=project.id, private_name="pool", **{**POOL, **changes})
    pool.set_mixer_config(real_tasks_count=2, golden_tasks_count=1, training_tasks_count=0)
    pool.set_training_requirement(training_pool_id=training.id, training_passing_skill_value=0)
    pool.quality_control.add_action(
        collector=toloka.collectors.GoldenSet(history_size=5),
        conditions=[toloka.conditions.GoldenSetAnswersCount > 100],
        action=toloka.actions.RestrictionV2(scope="PROJECT", duration=1, duration_unit="DAYS", private_comment="bad"),
    )
    return client.create_pool(pool)


def upload(client, pool):
    """Tasks, in every way there is."""
    one = client.create_task(tasks(pool, 1)[0], allow_defaults=True)
    assert one.overlap == 1
    created = client.create_tasks(tasks(pool, 3), allow_defaults=True)
    assert (sorted(created.items), created.validation_errors) == (["0", "1", "2"], {})
    created = client.create_tasks([*tasks(pool, 1), toloka.Task(pool_id=pool.id, input_values={"hue": "red"})],
                                  allow_defaults=True, skip_invalid_items=True)  # fmt: skip
    assert (list(created.items), list(created.validation_errors)) == (["0"], ["1"])
    at_once = client.create_tasks(tasks(pool, 2), allow_defaults=True, async_mode=False)
    assert len(at_once.items) == 2
    operation = client.create_tasks_async(tasks(pool, 4, "yes"))
    client.wait_operation(client.get_operation(operation.id))
    assert len(client.get_operation_log(operation.id)) == 4
    assert client.get_task(one.id).input_values == {"text": "t0"}
    assert client.find_tasks(pool_id=pool.id, limit=1).has_more
    assert len(list(client.get_tasks(pool_id=pool.id))) == 11
    assert client.patch_task(one.id, toloka.task.TaskPatch(overlap=2)).overlap == 2
    assert client.patch_task_overlap_or_min(one.id, overlap=1).overlap == 1


def run_pool(client, pool):
    """Open it, and wait until it is done; its accepted suites."""
    pool.priority = 5
    client.update_pool(pool.id, pool)
    client.patch_pool(pool.id, 7)
    assert client.open_pool(pool.id).is_open()
    assert client.open_pool_async(pool.id) is None
    done = until(lambda: client.get_pool(pool.id), lambda found: found.is_closed())
    assert done.last_close_reason.value == "COMPLETED"
    assert client.find_pools(project_id=pool.project_id).items
    assert len(list(client.get_pools(project_id=pool.project_id))) == 1
    accepted = list(client.get_assignments(pool_id=pool.id, status="ACCEPTED"))
    assert client.find_assignments(pool_id=pool.id, status=["ACCEPTED"], limit=1).items
    assert client.get_assignment(accepted[0].id).id == accepted[0].id
    table = client.get_assignments_df(pool.id)
    assert len(table) >= 8
    operation = client.wait_operation(client.get_analytics([CompletionPercentagePoolAnalytics(subject_id=pool.id)]))
    assert operation.details["value"][0]["result"]["value"] == 100
    return accepted


def review(client, project, training):
    """A pool whose answers wait for the requester."""
    pool = make_pool(client, project, training, auto_accept_solutions=False, auto_accept_period_day=3)
    client.create_tasks(tasks(pool, 6), allow_defaults=True)
    client.create_tasks(tasks(pool, 4, "no"), open_pool=True)
    waiting = until(
        lambda: list(client.get_assignments(pool_id=pool.id, status="SUBMITTED")), lambda found: len(found) == 3
    )
    assert client.accept_assignment(waiting[0].id, "good").status.value == "ACCEPTED"
    assert client.reject_assignment(waiting[1].id, "bad").status.value == "REJECTED"
    patch = toloka.assignment.AssignmentPatch(status="ACCEPTED", public_comment="good")
    assert client.patch_assignment(waiting[2].id, patch).status.value == "ACCEPTED"
    return pool


def suites(client, project):
    """A pool of suites that were grouped by hand."""
    pool = client.create_pool(toloka.Pool(project_id=project.id, private_name="by hand", **POOL))
    made = [toloka.TaskSuite(pool_id=pool.id, tasks=[toloka.Task(input_values={"text": f"s{n}"})]) for n in range(3)]
    one = client.create_task_suite(made[0], allow_defaults=True)
    assert len(client.create_task_suites(made, allow_defaults=True).items) == 3
    client.wait_operation(client.create_task_suites_async(made, allow_defaults=True))
    assert client.get_task_suite(one.id).tasks[0].input_values == {"text": "s0"}
    assert client.find_task_suites(pool_id=pool.id, limit=1).has_more
    assert len(list(client.get_task_suites(pool_id=pool.id))) == 7
    assert client.patch_task_suite(one.id, overlap=3, infinite_overlap=False).overlap == 3
    assert client.patch_task_suite_overlap_or_min(one.id, overlap=1).overlap == 1
    return pool


def workers(client, pool, skill, accepted):
    """Skills, bans, bonuses, messages and files of those who worked."""
    user = accepted[0].user_id
    given = client.set_user_skill(skill_id=skill.id, user_id=user, value=Decimal(80))
    assert (client.get_user_skill(given.id).value, client.find_user_skills(skill_id=skill.id).items[0].id) == (
        80, given.id,
    )  # fmt: skip
    assert len(list(client.get_user_skills(user_id=user, skill_id=skill.id))) == 1
    ban = client.set_user_restriction(
        toloka.user_restriction.PoolUserRestriction(user_id=user, pool_id=pool.id, private_comment="x")
    )
    assert client.get_user_restriction(ban.id).user_id == user
    assert client.find_user_restrictions(user_id=user).items
    assert list(client.get_user_restrictions(pool_id=pool.id, scope="POOL"))
    client.delete_user_restriction(ban.id)
    bonus = toloka.UserBonus(user_id=user, amount=Decimal("0.5"), private_comment="tour", without_message=True)
    paid = client.create_user_bonus(bonus)
    others = [toloka.UserBonus(user_id=user, amount=Decimal(n), without_message=True) for n in (1, 2)]
    assert len(client.create_user_bonuses(others).items) == 2
    client.wait_operation(client.create_user_bonuses_async([bonus]))
    assert client.get_user_bonus(paid.id).amount == Decimal("0.5")
    assert client.find_user_bonuses(user_id=user, limit=1).has_more
    assert len(list(client.get_user_bonuses(user_id=user))) == 4
    thread = client.compose_message_thread(
        recipients_select_type="DIRECT", recipients_ids=[user], topic={"EN": "Hi"}, text={"EN": "Hi"}, answerable=True
    )
    client.reply_message_thread(thread.id, toloka.MessageThreadReply(text={"EN": "More"}))
    client.add_message_thread_to_folders(thread.id, ["IMPORTANT"])
    client.remove_message_thread_from_folders(thread.id, ["IMPORTANT"])
    assert client.find_message_threads(folder="OUTBOX").items
    assert list(client.get_message_threads(folder=["OUTBOX"]))
    files = list(client.get_attachments(pool_id=pool.id))
    assert client.find_attachments(pool_id=pool.id, limit=1).items
    out = io.BytesIO()
    client.download_attachment(client.get_attachment(files[0].id).id, out)
    assert out.getvalue()
    client.delete_user_skill(given.id)
    return user


def answers(client, pool, skill, accepted):
    """Server-side aggregation, and subscriptions to what happens."""
    fields = [toloka.aggregation.PoolAggregatedSolutionRequest.Field(name="answer")]
    named = {"pool_id": pool.id, "answer_weight_skill_id": skill.id, "fields": fields}
    operation = client.wait_operation(client.aggregate_solutions_by_pool(type="WEIGHTED_DYNAMIC_OVERLAP", **named))
    assert client.find_aggregated_solutions(operation.id, limit=1).has_more
    found = list(client.get_aggregated_solutions(operation.id))
    assert len(found) == 7
    assert client.aggregate_solutions_by_task(task_id=found[0].task_id, **named).output_values["answer"] in ANSWERS
    wanted = toloka.WebhookSubscription(
        webhook_url="http://127.0.0.1:9/hook", event_type="POOL_CLOSED", pool_id=pool.id
    )
    (hook,) = client.upsert_webhook_subscriptions([wanted]).items.values()
    assert client.get_webhook_subscription(hook.id).pool_id == pool.id
    assert client.find_webhook_subscriptions(pool_id=pool.id).items
    assert list(client.get_webhook_subscriptions(pool_id=pool.id))
    client.delete_webhook_subscription(hook.id)


def ends(client, project, training, *pools):
    """Clones, closing and the archive."""
    assert client.clone_pool(pools[0].id).is_closed()
    client.wait_operation(client.clone_pool_async(pools[0].id))
    assert client.clone_training(training.id).is_closed()
    client.wait_operation(client.clone_training_async(training.id))
    client.open_training(training.id)
    assert client.open_training_async(training.id) is None
    client.close_training(training.id)
    assert client.close_training_async(training.id) is None
    copies = client.clone_project(project.id)
    assert len(copies.trainings) == 3
    suited = pools[-1]
    client.open_pool(suited.id)
    client.close_pool_for_update(suited.id)
    client.close_pool(suited.id)
    assert client.close_pool_async(suited.id) is None
    assert client.close_pool_for_update_async(suited.id) is None
    for pool in copies.pools:
        client.archive_pool(pool.id)
        assert client.archive_pool_async(pool.id) is None
    for copy in copies.trainings:
        client.archive_training(copy.id)
        assert client.archive_training_async(copy.id) is None
    client.archive_project(copies.project.id)
    empty = client.create_project(toloka.structure(PROJECT, toloka.Project))
    client.wait_operation(client.archive_project_async(empty.id))


def newer(client, project, user):
    """What old clients do not have."""
    if hasattr(toloka.TolokaClient, "find_operations"):
        assert client.find_operations(limit=1).has_more
        since = datetime.now(timezone.utc) - timedelta(hours=1)
        assert len(list(client.get_operations(type="TASK.BATCH_CREATE", submitted_gte=since))) > 2
    if hasattr(toloka.TolokaClient, "get_user"):
        assert client.get_user(user).id == user
    if hasattr(toloka.TolokaClient, "check_update_project_for_major_version_change"):
        client.check_update_project_for_major_version_change(project.id, project)


def tour(client):
    """All of it."""
    assert client.get_requester().balance > 0
    project, skill, training = setup(client)
    pool = make_pool(client, project, training)
    upload(client, pool)
    accepted = run_pool(client, pool)
    user = workers(client, pool, skill, accepted)
    answers(client, pool, skill, accepted)
    newer(client, project, user)
    ends(client, project, training, pool, review(client, project, training), suites(client, project))


def main(url, mode="sync"):
    """Go, and tell what was not called."""
    client = toloka.TolokaClient(token="tour", url=url, retries=0)
    recorder = Recorder(Asynchronous(client) if mode == "async" else client)
    tour(recorder)
    every = {name for name, _ in inspect.getmembers(toloka.TolokaClient, inspect.isfunction) if name[0] != "_"}
    every -= {name for name in every if {"app", "apps"} & set(name.split("_"))} | {"start_sync_batch_processing"}
    print(json.dumps({"called": len(recorder.called & every), "missing": sorted(every - recorder.called)}))  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])

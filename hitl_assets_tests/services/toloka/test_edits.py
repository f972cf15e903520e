"""What somebody edits in Toloka's interface between two looks, without Dagster: what publishing does about it."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from toloka.client import Project as TolokaProject
from toloka.client import Task
from toloka.client.task import TaskPatch

from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.labeling.answers.answers import read_answers
from hitl_assets.labeling.money.budget import OverBudgetError
from hitl_assets.labeling.pools.changes import find_project_changes
from hitl_assets.labeling.pools.pools import project_mark
from hitl_assets.labeling.project.declaration import Project, Review
from hitl_assets.labeling.records import KEY_FIELD
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.collection import collect
from hitl_assets.services.toloka.review import review
from hitl_assets_tests.services.toloka.publications import PRICE, capped, pools, put, set_up

OVERLAP, ITEMS = 5, 4
Edit = Callable[[dict[str, Any]], None]


def edit_project(toloka: Toloka, project: Project, edit: Edit) -> str:
    """What somebody does to the project in Toloka's interface; its id."""
    project_id = toloka.find_project(project_mark(project))
    form = dict(toloka.project_form(project_id))
    edit(form)
    toloka.writer.update_project(project_id, TolokaProject.structure(form))
    return project_id


def drop_an_answer(form: dict[str, Any]) -> None:
    """Workers can't choose one of the labels any more."""
    form["task_spec"]["output_spec"]["category"]["allowed_values"] = ["clickbait"]


def allow_longer_texts(form: dict[str, Any]) -> None:
    """Of an input field."""
    del form["task_spec"]["input_spec"]["headline"]["max_length"]


def change_the_interface(form: dict[str, Any]) -> None:
    """The same fields, another question."""
    config = form["task_spec"]["view_spec"]["config"]
    form["task_spec"]["view_spec"]["config"] = config.replace("Not clickbait", "Boring")


def change_instructions(form: dict[str, Any]) -> None:
    """A typo is corrected."""
    form["public_instructions"] += "<p>Be quick.</p>"


def test_a_project_is_read_back_as_it_was_written(still_toloka: Toloka, project: Project) -> None:
    """Or each look would tell of changes that nobody made."""
    set_up(still_toloka, project)
    form = still_toloka.project_form(still_toloka.find_project(project_mark(project)))
    assert find_project_changes(project.project, form) == ()


@pytest.mark.slow
@pytest.mark.parametrize("edit", [drop_an_answer, allow_longer_texts, change_the_interface])
def test_nothing_is_opened_in_a_project_that_asks_something_else(
    still_toloka: Toloka, project: Project, edit: Edit
) -> None:
    """Answers would be paid that nobody can use. What the message says helps."""
    edit_project(still_toloka, set_up(still_toloka, project), edit)
    with pytest.raises(ServiceError, match=r"is not as the YAML says: task_spec\..*materialize toloka_project"):
        put(still_toloka, project)
    assert pools(still_toloka, project) == []
    set_up(still_toloka, project)
    assert put(still_toloka, project).done == "opened"


@pytest.mark.slow
def test_instructions_may_be_edited(still_toloka: Toloka, project: Project) -> None:
    """Until somebody materializes the project; the sensor tells meanwhile."""
    project_id = edit_project(still_toloka, set_up(still_toloka, project), change_instructions)
    assert put(still_toloka, project).done == "opened"
    assert still_toloka.ensure_project(project.project, project_mark(project)) == (project_id, "updated")
    assert "Be quick" not in still_toloka.project_form(project_id)["public_instructions"]


@dataclass
class Answered:
    """A pool in which all answers were given, and wait for acceptance."""

    toloka: Toloka
    project: Project
    url: str
    pool_id: str

    def work(self) -> None:
        """Let people do what there is to do."""
        headers = {"Authorization": "OAuth any"}
        body = {"seconds": 40 * 3600}
        httpx.post(f"{self.url}/emulator/clock/advance", json=body, headers=headers, timeout=60).raise_for_status()

    def decide(self, reject: int) -> None:
        """Reject so many of the suites by hand, accept the others."""
        waiting = [each["id"] for each in self.toloka.assignments(self.pool_id) if each["status"] == "SUBMITTED"]
        for number, assignment_id in enumerate(waiting):
            if number < reject:
                self.toloka.reject(assignment_id, "by hand")
            else:
                self.toloka.accept(assignment_id, "by hand")

    def counts(self) -> list[int]:
        """How many answers of each item are paid."""
        given = [each for each in self.toloka.assignments(self.pool_id) if each["status"] == "ACCEPTED"]
        counted = Counter(each.item_key for each in read_answers(given) if not each.is_golden)
        return sorted(counted.values())


@pytest.fixture
def answered(tmp_path: Path, project: Project) -> Iterator[Answered]:
    """Four items and five answers to each, of a crowd that nobody keeps out; all are in one suite."""
    pool = {name: value for name, value in project.pool.items() if name not in ("filter", "quality_control")}
    own = replace(project, pool={**pool, "auto_accept_solutions": False, "auto_accept_period_day": 21})
    with TolokaEmulator(tmp_path / "toloka", speed="manual") as emulator:
        toloka = Toloka(emulator.url, "any token")
        made = Answered(toloka, own, emulator.url, put(toloka, set_up(toloka, own), count=ITEMS).pool.id)
        made.work()
        yield made


@pytest.mark.slow
def test_what_was_rejected_by_hand_is_asked_again_when_a_person_says_so(answered: Answered) -> None:
    """The pool is COMPLETED by then. Those that are paid stay, and nobody is asked for more than is missing."""
    answered.decide(reject=2)
    assert answered.toloka.get_pool(answered.pool_id).close_reason == "COMPLETED"
    assert answered.counts() == [OVERLAP - 2] * ITEMS
    assert put(answered.toloka, answered.project, count=ITEMS).done == "found"
    assert put(answered.toloka, answered.project, count=ITEMS, resume=True).done == "reopened"
    answered.work()
    answered.decide(reject=0)
    assert answered.counts() == [OVERLAP] * ITEMS
    assert put(answered.toloka, answered.project, count=ITEMS, resume=True).done == "found"


@pytest.mark.slow
def test_a_review_asks_again_for_what_was_rejected_by_hand(answered: Answered) -> None:
    """Whoever decided: in Toloka or in Dagster."""
    configuration = answered.project.configuration.model_copy(update={"review": Review()})
    given = answered.toloka, replace(answered.project, configuration=configuration), answered.pool_id, {}
    answered.decide(reject=2)
    assert review(*given, "wait", {}).asked_again == 2 * ITEMS
    assert answered.toloka.get_pool(answered.pool_id).is_open
    answered.work()
    answered.decide(reject=0)
    assert review(*given, "wait", {}).asked_again == 0
    assert answered.counts() == [OVERLAP] * ITEMS


@pytest.mark.slow
def test_what_was_rejected_may_be_accepted_later(answered: Answered) -> None:
    """It is paid then; whoever collects again counts it."""
    answered.decide(reject=1)
    before = collect(answered.toloka, answered.project, answered.pool_id)
    rejected = next(each["id"] for each in before.assignments if each["status"] == "REJECTED")
    answered.toloka.accept(rejected, "by hand")
    after = collect(answered.toloka, answered.project, answered.pool_id)
    assert (before.account.spent, after.account.spent) == ((OVERLAP - 1) * PRICE, OVERLAP * PRICE)


@pytest.mark.slow
def test_asking_again_stays_under_the_cap(answered: Answered) -> None:
    """What was rejected cost nothing; what was paid counts."""
    answered.decide(reject=2)
    poor = capped(answered.project, per_batch=(OVERLAP - 1) * PRICE)
    with pytest.raises(OverBudgetError):
        put(answered.toloka, poor, count=ITEMS, resume=True)
    assert not answered.toloka.get_pool(answered.pool_id).is_open
    assert all(task.left == 0 for task in answered.toloka.real_tasks(answered.pool_id))
    enough = capped(answered.project, per_batch=OVERLAP * PRICE)
    assert put(answered.toloka, enough, count=ITEMS, resume=True).done == "reopened"


@pytest.mark.slow
def test_an_overlap_that_somebody_lowered_is_put_back_when_a_person_says_so(
    still_toloka: Toloka, project: Project
) -> None:
    """Of the batch's own tasks; one that somebody added keeps what they gave it."""
    published = put(still_toloka, set_up(still_toloka, project), count=ITEMS)
    pool_id = published.pool.id
    still_toloka.close_pool(pool_id)
    values = {"headline": "by hand", KEY_FIELD: "by hand"}
    still_toloka.writer.create_task(Task(pool_id=pool_id, input_values=values, overlap=1), allow_defaults=True)
    for task in still_toloka.real_tasks(pool_id)[:2]:
        still_toloka.writer.patch_task(task.id, TaskPatch(overlap=1))
    assert put(still_toloka, project, count=ITEMS, resume=True).done == "reopened"
    assert sorted(task.overlap for task in still_toloka.real_tasks(pool_id)) == [1, *[OVERLAP] * ITEMS]
    assert still_toloka.get_pool(pool_id).maximum >= ITEMS // 4 * OVERLAP * Decimal("0.039")

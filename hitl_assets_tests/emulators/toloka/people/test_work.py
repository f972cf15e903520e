"""People at work: from the list of pools to an answer that the requester reads."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx
import pytest
from toloka.client import UserRestriction, structure

pytestmark = pytest.mark.slow

GERMAN = {"and": [{"or": [{"category": "profile", "key": "languages", "operator": "IN", "value": "DE"}]}]}


def press(page: Any, *keys: str) -> None:
    """Press keys, the last of which leads to another page."""
    for key in keys[:-1]:
        page.keyboard.press(key)
    with page.expect_navigation():
        page.keyboard.press(keys[-1])


def test_a_pool_is_answered_with_the_keyboard(office, guest) -> None:
    """Enter starts, digits choose and go on, Enter hands in; the answers are the worker's assignments."""
    pool = office.pool(tasks=4)
    before = office.desk.balance
    page = guest.visit()
    page.locator(f"a[href='/work/pool/{pool.id}']").focus()
    press(page, "Enter")
    press(page, "Enter")
    press(page, "1", "2", "Enter")
    assert page.get_by_role("status").inner_text() == "Handed in and accepted. You earned $0.05."
    press(page, "Enter")
    press(page, "2", "2", "Enter")
    assert office.answers(pool) == [{"answer": "yes"}, {"answer": "no"}, {"answer": "no"}, {"answer": "no"}]
    assert len({assignment.user_id for assignment in office.desk.assignments(pool)}) == 1
    assert office.desk.client.get_pool(pool.id).last_close_reason.value == "COMPLETED"
    assert office.desk.balance == before - 2 * Decimal("0.065")


@pytest.mark.slow
def test_two_workers_share_a_pool(office, enter) -> None:
    """At once, in two browsers: they are two workers and get different tasks."""
    pool = office.pool(tasks=4)
    guests = [enter(), enter()]
    pages = [guest.take(pool) for guest in guests]
    for page in pages:
        press(page, "1", "1", "Enter")
    accepted = office.desk.assignments(pool, status="ACCEPTED")
    assert len({assignment.user_id for assignment in accepted}) == 2
    assert len({task.id for assignment in accepted for task in assignment.tasks}) == 4


@pytest.mark.slow
def test_an_incomplete_suite_is_not_taken(office, guest) -> None:
    """The page says which task lacks what, and keeps what was answered."""
    pool = office.pool()
    page = guest.take(pool)
    press(page, "2", "Enter")
    assert page.get_by_role("alert").all_inner_texts() == ["Not handed in: 1 task is not complete.", "Choose one."]
    assert page.locator("input:checked").count() == 1
    press(page, "1", "Enter")
    assert office.answers(pool) == [{"answer": "no"}, {"answer": "yes"}]


@pytest.mark.slow
def test_a_suite_is_the_same_after_a_reload(office, guest) -> None:
    """Whoever comes back finds the suite that they took, and gets no second one."""
    pool = office.pool(tasks=4)
    page = guest.take(pool)
    address, text = page.url, page.locator("#suite").inner_text()
    page.reload()
    assert page.locator("#suite").inner_text() == text
    guest.visit(f"/work/pool/{pool.id}").get_by_role("link", name="Continue").click()
    assert page.url == address
    assert len(office.desk.assignments(pool)) == 1


def test_handing_in_twice_is_once(office, visitor) -> None:
    """A second click changes neither the answers nor the account."""
    pool, before = office.pool(), office.desk.balance
    address = visitor.take(pool)
    for value in ("yes", "no"):
        assert visitor.answer(address, value, value).status_code == 303
    assert office.answers(pool) == [{"answer": "yes"}, {"answer": "yes"}]
    assert office.desk.balance == before - Decimal("0.065")


def test_taking_twice_is_once(office, visitor) -> None:
    """A worker has one suite of a pool at a time."""
    pool = office.pool(tasks=4)
    assert visitor.take(pool) == visitor.take(pool)


def test_a_closed_pool_gives_nothing(office, visitor) -> None:
    """Neither to who asks for a suite, nor on the list; the page says why."""
    pool = office.pool()
    office.desk.client.close_pool(pool.id)
    assert pool.id not in visitor.client.get("/").text
    assert visitor.post(f"/work/pool/{pool.id}/take").headers["location"] == f"/work/pool/{pool.id}?none"
    assert "This pool is closed: the requester closed it." in visitor.client.get(f"/work/pool/{pool.id}").text
    assert office.desk.assignments(pool) == []


def test_a_suite_taken_before_closing_may_be_handed_in(office, visitor) -> None:
    """As Toloka does: closing a pool does not take away what people have before them."""
    pool = office.pool()
    address = visitor.take(pool)
    office.desk.client.close_pool(pool.id)
    visitor.answer(address, "yes", "yes")
    assert "Handed in and accepted" in visitor.client.get(address).text
    assert "Next suite" not in visitor.client.get(address).text


@pytest.mark.parametrize(("how", "status", "comes_again"), [("skip", "SKIPPED", False), ("exit", "EXPIRED", True)])
def test_a_suite_can_be_given_back(office, visitor, how: str, status: str, comes_again: bool) -> None:
    """Skipped tasks go to others; those of a suite that was left may come again. Neither costs anything."""
    pool, before = office.pool(), office.desk.balance
    address = visitor.take(pool)
    visitor.post(f"{address}/{how}")
    assert [assignment.status.value for assignment in office.desk.assignments(pool)] == [status]
    assert visitor.post(f"/work/pool/{pool.id}/take").headers["location"].startswith("/work/assignment") == comes_again
    assert office.desk.balance == before


@pytest.mark.slow
def test_time_over_is_told(office, visitor) -> None:
    """A suite expires by the wall clock, whatever the speed of the crowd; five seconds are the least."""
    pool = office.pool(assignment_max_duration_seconds=5)
    address = visitor.take(pool)
    office.desk.until(lambda: visitor.client.get(address).text, lambda text: "Time is over" in text)
    visitor.answer(address, "yes", "yes")
    assert [assignment.status.value for assignment in office.desk.assignments(pool)] == ["EXPIRED"]


@pytest.mark.slow
def test_a_filter_says_whom_it_wants(office, guest) -> None:
    """And a profile that it wants opens the pool."""
    pool = office.pool(filter=GERMAN)
    page = guest.visit(f"/work/pool/{pool.id}")
    assert "it asks that languages includes DE" in page.locator(".note").inner_text()
    page.get_by_role("link", name="change your profile").click()
    page.get_by_label("Languages").fill("en, de")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Saved.").wait_for()
    guest.take(pool)


def test_a_ban_is_told(office, visitor) -> None:
    """With its end; and no suite is given."""
    pool = office.pool(tasks=4)
    address = visitor.take(pool)
    visitor.answer(address, "yes", "yes")
    worker = office.desk.assignments(pool)[0].user_id
    ban = {"scope": "POOL", "user_id": worker, "pool_id": pool.id, "will_expire": "2089-05-01T10:00:00"}
    office.desk.client.set_user_restriction(structure(ban, UserRestriction))
    assert "You are banned from this work until 2089-05-01 10:00 UTC" in visitor.client.get("/").text
    assert visitor.post(f"/work/pool/{pool.id}/take").headers["location"].endswith("?none")


def trained(office: Any, passing: int, **changes: Any) -> Any:
    """A pool that asks for a training of two tasks, both of which are to be answered with yes."""
    fields = {"input_spec": {"text": {"type": "string"}}, "output_spec": {"answer": {"type": "string"}}}
    project = office.desk.project(task_spec={**fields, "view_spec": {"type": "classic"}})
    tasks = office.desk.golden("0", 2)
    training = office.desk.training(project, tasks=0, task_suites_required_to_pass=1, **changes)
    for task in tasks:
        task.pool_id, task.message_on_unknown_solution = training.id, "It is a fruit."
    office.desk.client.create_tasks(tasks)
    office.desk.client.open_training(training.id)
    control = {"training_requirement": {"training_pool_id": training.id, "training_passing_skill_value": passing}}
    pool = office.desk.pool(project, quality_control=control)
    office.desk.client.create_tasks(office.desk.real(pool.id, 2), allow_defaults=True)
    return office.desk.client.open_pool(pool.id), training


def written(*answers: str) -> dict[str, str]:
    """What a page posts on which the answers are written by hand."""
    names = [f"{place}.o.answer" for place in range(len(answers))]
    return {**dict(zip(names, answers, strict=True)), **{f"{name[0]}.seen": name for name in names}}


@pytest.mark.parametrize(("passing", "is_admitted"), [(50, True), (60, False)])
def test_first_answers_of_a_training_count(office, visitor, passing: int, is_admitted: bool) -> None:
    """A wrong answer brings its hint and is asked for again; half of the first ones were right."""
    pool, training = trained(office, passing)
    assert f"/work/pool/{training.id}" in visitor.client.get(f"/work/pool/{pool.id}").text
    address = visitor.take(training)
    again = visitor.post(address, written("yes", "no"))
    assert (again.status_code, again.text.count("It is a fruit.")) == (422, 1)
    visitor.post(address, written("yes", "yes"))
    assert "50 % " in visitor.client.get(address).text
    assert visitor.post(f"/work/pool/{pool.id}/take").headers["location"].startswith("/work/assignment") == is_admitted
    if not is_admitted:
        assert "You did not pass: 50 % of your first answers were right, 60 % are asked" in visitor.client.get("/").text


@pytest.mark.parametrize(
    ("passing", "changes", "words"),
    [
        (50, {}, "Go on to the tasks"),
        (60, {}, "There is no second try."),
        (60, {"retry_training_after_days": 2}, "You may try again from"),
    ],
)
def test_a_training_that_is_done_offers_no_more_of_it(office, visitor, passing: int, changes: Any, words: str) -> None:
    """It says whether it was passed, where to go on, and when it may be tried again."""
    _, training = trained(office, passing, **changes)
    address = visitor.take(training)
    visitor.post(address, written("yes", "no"))
    visitor.post(address, written("yes", "yes"))
    for page in (address, f"/work/pool/{training.id}"):
        shown = visitor.client.get(page).text
        assert words in shown
        assert "/take" not in shown
    assert visitor.post(f"/work/pool/{training.id}/take").headers["location"].endswith("?none")


def test_a_training_can_be_tried_again_when_its_result_has_ended(start, visitor, office) -> None:
    """All of its tasks are asked again, and the new answers count."""
    office = type(office)(start(speed="manual"))
    visitor = type(visitor)(office)
    pool, training = trained(office, 60, retry_training_after_days=2)
    address = visitor.take(training)
    visitor.post(address, written("yes", "no"))
    visitor.post(address, written("yes", "yes"))
    office.desk.client.close_pool(pool.id)  # so that nobody else comes meanwhile
    office.desk.advance(2 * 86_400 + 1)
    office.desk.client.open_pool(pool.id)
    address = visitor.take(training)
    visitor.post(address, written("yes", "yes"))
    assert "100 % right at the first try" in visitor.client.get(address).text
    assert visitor.post(f"/work/pool/{pool.id}/take").headers["location"].startswith("/work/assignment")


def test_the_list_parts_what_one_may_do_from_what_one_may_not(office, visitor) -> None:
    """With the reason of each: a filter, or that one has done all of it."""
    filtered, done, free = office.pool(filter=GERMAN), office.pool(tasks=2), office.pool(tasks=2)
    visitor.answer(visitor.take(done), "yes", "yes")
    may, may_not = visitor.client.get("/").text.split("Not open to you now")
    assert [f"/work/pool/{pool.id}" in may for pool in (filtered, done, free)] == [False, False, True]
    assert f"/work/pool/{filtered.id}" in may_not
    assert "it asks that" in may_not


def test_a_worker_who_has_answered_all_is_told_so(office, visitor) -> None:
    """Others still have to answer: the pool stays open, and gives this worker nothing."""
    pool = office.pool(defaults={"default_overlap_for_new_tasks": 2, "default_overlap_for_new_task_suites": 2})
    address = visitor.take(pool)
    visitor.answer(address, "yes", "yes")
    shown = visitor.client.get(address).text
    assert "There is nothing for you in this pool now" in shown
    assert "Next suite" not in shown
    assert "There is nothing for you" in visitor.client.get("/").text.split("Not open to you now")[1]


def test_a_ban_names_its_rule(office, visitor) -> None:
    """The collector, what it asks, and what it saw."""
    rule = {
        "conditions": [{"key": "skipped_in_row_count", "operator": "GTE", "value": 1}],
        "action": {"type": "RESTRICTION_V2", "parameters": {"scope": "POOL", "duration_unit": "PERMANENT"}},
    }
    collector = {"collector_config": {"type": "SKIPPED_IN_ROW_ASSIGNMENTS"}, "rules": [rule]}
    pool = office.pool(tasks=4, quality_control={"configs": [collector]})
    visitor.post(f"{visitor.take(pool)}/skip")
    shown = visitor.client.get("/").text
    assert "You are banned from this work for good. A quality rule (SKIPPED_IN_ROW_ASSIGNMENTS)" in shown
    assert "skipped in row count is at least 1 (here 1)" in shown


def test_a_new_worker_begins_anew(office, visitor) -> None:
    """Who goes on as somebody else meets the tasks again."""
    pool = office.pool(defaults={"default_overlap_for_new_tasks": 2, "default_overlap_for_new_task_suites": 2})
    visitor.answer(visitor.take(pool), "yes", "yes")
    visitor.post("/work/leave")
    visitor.answer(visitor.take(pool), "no", "no")
    assert len({assignment.user_id for assignment in office.desk.assignments(pool, status="ACCEPTED")}) == 2


def test_requesters_may_know_who_works_for_them(office, visitor) -> None:
    """What people say about themselves is in the user's metadata, as for simulated workers."""
    visitor.post("/work/profile", {"country": "fr", "languages": "fr, en", "client_type": "TOLOKA_APP"})
    pool = office.pool()
    visitor.take(pool)
    user = office.desk.client.get_user(office.desk.assignments(pool)[0].user_id)
    assert (user.country, user.languages, user.attributes.client_type) == ("FR", ["FR", "EN"], "TOLOKA_APP")


def test_answers_that_a_fault_holds_back_are_handed_in_once(office, visitor) -> None:
    """The worker sees them as handed in; they arrive when the pool is closed, and a second click changes nothing."""
    pool = office.pool(tasks=4)
    rule = {"kind": "late_answers", "pool_id": pool.id, "seconds": 0, "times": 1}
    assert httpx.post(f"{office.url}/emulator/faults", json=rule).status_code == 201
    address = visitor.take(pool)
    for value in ("yes", "no"):
        visitor.answer(address, value, value)
    assert "Handed in" in visitor.client.get(address).text
    assert office.answers(pool) == []
    office.desk.client.close_pool(pool.id)
    office.desk.until(lambda: office.answers(pool), lambda answers: answers == [{"answer": "yes"}] * 2)

"""What a rehearsal says should be changed: from records, nothing runs."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import KnownTask
from hitl_assets.local.rehearsal.findings import find_problems
from hitl_assets.local.rehearsal.plan import Plan
from hitl_assets.local.rehearsal.plan_findings import of_golden_tasks, of_training
from hitl_assets.local.rehearsal.runs import STALLED, Attempt, Finding, Run
from hitl_assets_tests.local.conftest import item

MakePlan, MakeRun, Edited = Callable[..., Plan], Callable[..., Run], Callable[..., Project]


def only(plan: Plan, *runs: Run) -> Finding:
    """The one finding that there is."""
    (found,) = find_problems(plan, runs)
    return found


def test_a_sound_project_needs_no_change(make_plan: MakePlan, make_run: MakeRun) -> None:
    """Or people stop reading."""
    assert find_problems(make_plan(), [make_run(), make_run(crowd="good")]) == ()


def test_golden_tasks_that_run_out_are_told_with_the_workers_needed(make_plan: MakePlan, make_run: MakeRun) -> None:
    """3 golden tasks, one in a suite: 3 suites for each worker; 50 suites need 17 of them."""
    plan = make_plan(golden=make_plan().golden[:4][1:])
    found = {each.kind: each for each in find_problems(plan, [make_run(people={"exhausted": 14})])}
    assert set(found) == {"golden_tasks_run_out", "idle_golden_rule"}
    assert "after 3 suites a worker has seen them all" in found["golden_tasks_run_out"].what
    assert (
        "40 items need 17 workers at least. In the rehearsal 50% of the workers" in found["golden_tasks_run_out"].what
    )
    assert found["golden_tasks_run_out"].change == "Write more golden tasks: 20 give a worker 20 suites."


def test_rules_that_ban_everybody_are_named(make_plan: MakePlan, make_run: MakeRun) -> None:
    """Who did not work could not be banned, and does not count."""
    run = make_run(people={"banned": 27, "banned_careful": 24, "bans": {"fast": 3, "correct < 99": 24}})
    found = only(make_plan(), run)
    assert (found.kind, found.crowds) == ("bans_everybody", ("mixed",))
    assert "27 of 28 workers" in found.what
    assert "correct < 99 (24 bans)" in found.change


def test_bans_of_careful_people_are_told(make_plan: MakePlan, make_run: MakeRun) -> None:
    """That many are banned may be right; that good ones are is not."""
    assert find_problems(make_plan(), [make_run(people={"banned": 5, "banned_careful": 1, "bans": {"fast": 5}})]) == ()
    found = only(make_plan(), make_run(people={"banned": 5, "banned_careful": 5, "bans": {"fast": 5}}))
    assert (found.kind, "5 of 25 careful workers" in found.what) == ("bans_careful", True)


def test_what_several_crowds_show_is_told_once(make_plan: MakePlan, make_run: MakeRun) -> None:
    """As the first of them showed it."""
    people = {"banned": 27, "bans": {"fast": 27}}
    found = only(make_plan(), make_run(people, crowd="good"), make_run(people, crowd="mixed"))
    assert found.crowds == ("good", "mixed")


@pytest.mark.parametrize(
    ("people", "advice"),
    [
        ({"admitted": 0.5, "untrained": 30}, "nobody passed"),
        ({"exhausted": 3}, "had seen all of them"),
        ({"banned": 3}, "people were banned"),
        ({}, "size of the crowd"),
    ],
)
def test_a_pool_of_which_nobody_takes_the_rest_has_a_reason(
    people: dict[str, Any], advice: str, make_plan: MakePlan, make_run: MakeRun
) -> None:
    """The most likely one."""
    run = make_run(people, {"answers": 20, "unlabeled": 36}, ending=STALLED)
    found = find_problems(make_plan(), [run])[0]
    assert (found.kind, advice in found.change) == ("stalled", True)
    assert "20 of 200 answers were given, and 36 items have no label" in found.what


def test_what_cannot_be_handed_in_is_told_first(make_plan: MakePlan, make_run: MakeRun) -> None:
    """Nobody comes to an end with a page that asks for less than output_spec requires."""
    run = make_run(quality={"answers": 0, "unlabeled": 36}, ending=STALLED, unanswered="100 suites: b: Nothing asks.")
    found = find_problems(make_plan(), [run])[0]
    assert (found.kind, found.what) == ("unanswerable", "100 suites: b: Nothing asks.")


def test_tasks_that_were_tried_in_vain_are_told(make_plan: MakePlan, make_run: MakeRun) -> None:
    """Also where other answers could be handed in, so that the pool comes to its end; and what pages don't show."""
    attempt = Attempt(40, {"a: Nothing asks.": 20, "b: c.": 1}, {"nothing shows b": 40})
    first, second = find_problems(make_plan(), [make_run(attempt=attempt)])[:2]
    assert first.what == "21 of 40 tasks could not be handed in with the right answer. Most of them: a: Nothing asks."
    assert (second.kind, second.what) == (
        "interface", "Workers may not see what is meant: nothing shows b (40 of 40 tasks)."
    )  # fmt: skip


def test_caps_below_the_estimate_come_with_what_fits(make_plan: MakePlan, make_run: MakeRun) -> None:
    """Suites of 4, overlap 5, 0.039 with the fee: 0.195 for 4 items, so 50 pays for 1024 of them."""
    found = {each.kind: each for each in find_problems(make_plan(whole=2000), [make_run()])}
    assert "2000 items can cost up to 97.50; toloka.budget.per_batch is 50" in found["budget_per_batch"].what
    assert "at most 1024 items at a time" in found["budget_per_batch"].change
    assert "budget_per_project" not in found


def test_a_rehearsal_dearer_than_its_estimate_is_told(make_plan: MakePlan, make_run: MakeRun) -> None:
    """40 items cost 1.95 at most; rules that ask for more answers are not in the estimate."""
    found = only(make_plan(), make_run(spent=Decimal("2.34")))
    assert (found.kind, "It cost 2.34; the estimate's maximum was 1.95" in found.what) == ("dearer", True)


def test_a_pool_that_expires_before_it_is_done_is_told(make_plan: MakePlan, make_run: MakeRun) -> None:
    """40 items in 10 hours are 1000 in 10 days; pool_days is 7."""
    found = only(make_plan(whole=1000), make_run(seconds=36_000.0))
    assert (found.kind, "about 10 days" in found.what) == ("expires", True)


def test_a_filter_that_keeps_out_most_is_told(make_plan: MakePlan, make_run: MakeRun) -> None:
    """It is a matter of finding enough people."""
    assert "all but 10% of the people" in only(make_plan(), make_run(people={"admitted": 0.1})).what


def test_a_filter_on_skills_names_them(make_plan: MakePlan, make_run: MakeRun, edited: Edited) -> None:
    """A rehearsal cannot know whether the account has them."""
    asked = [{"category": "skill", "key": key, "operator": "GT", "value": 5} for key in ("999", "26366")]
    project = edited(lambda attributes: attributes["toloka"]["pool"].update(filter={"and": asked}))
    found = only(make_plan(project=project), make_run(people={"admitted": 0.0}))
    assert "It asks for the skill 999: see that your account has it" in found.change


def test_a_training_that_good_people_fail_is_told(make_plan: MakePlan, make_run: MakeRun) -> None:
    """That it keeps out a bad crowd is what it is for."""
    assert only(make_plan(), make_run(people={"untrained": 25})).kind == "training"
    assert find_problems(make_plan(), [make_run(people={"untrained": 25, "careful_came": 9})]) == ()


def test_too_little_time_is_told(make_plan: MakePlan, make_run: MakeRun) -> None:
    """Suites that expire are not paid, and the work is lost."""
    assert only(make_plan(), make_run(expired=10)).kind == "too_slow"


def test_low_pay_is_told(make_plan: MakePlan, make_run: MakeRun) -> None:
    """0.03 for two minutes is 0.90 an hour."""
    assert "0.90 an hour" in only(make_plan(), make_run(seconds_a_suite=120.0)).what


def test_wrong_labels_are_told_unless_the_crowd_is_hostile(make_plan: MakePlan, make_run: MakeRun) -> None:
    """Nor if there are too few to say so."""
    assert only(make_plan(), make_run(quality={"right": 30})).kind == "poor_labels"
    assert find_problems(make_plan(), [make_run(quality={"right": 30}, crowd="hostile")]) == ()
    assert find_problems(make_plan(), [make_run(quality={"right": 3, "known": 10})]) == ()


def test_golden_answers_that_can_be_guessed_are_told(make_plan: MakePlan, make_run: MakeRun) -> None:
    """Who always answers the same passes."""
    golden = tuple(KnownTask({"headline": str(n)}, {"category": "clickbait"}) for n in range(20))
    assert only(make_plan(golden=golden), make_run()).kind == "one_sided_golden"


def test_items_that_are_golden_tasks_are_told(make_plan: MakePlan, make_run: MakeRun) -> None:
    """Their answer is known already."""
    plan = make_plan()
    assert only(make_plan(items=(*plan.items[1:], item("golden 3"))), make_run()).kind == "golden_items"


def test_a_training_without_enough_tasks_is_told(make_plan: MakePlan, make_run: MakeRun) -> None:
    """One suite of 5 is asked for."""
    found = only(make_plan(training=make_plan().training[:3]), make_run())
    assert (found.kind, found.change) == ("short_training", "Write 2 more, or ask for fewer.")


def test_suites_that_are_not_full_are_told(make_plan: MakePlan, make_run: MakeRun) -> None:
    """9 items in suites of 4: each third suite holds one, and costs as much. Of 90 items nobody minds."""
    plan = make_plan()
    found = only(make_plan(items=plan.items[:9], whole=9), make_run(spent=Decimal("0.585")))
    assert (found.kind, "the last ones hold 1" in found.what) == ("short_suites", True)
    assert find_problems(make_plan(whole=90), [make_run()]) == ()


@pytest.mark.parametrize(
    ("pool", "kinds"),
    [
        ({"auto_accept_solutions": False}, {"manual_acceptance"}),
        ({"quality_control": {}}, {"no_golden_rule", "unused_training"}),
        ({"mixer_config": {"real_tasks_count": 4, "golden_tasks_count": 0}}, {"no_golden_tasks"}),
        ({"defaults": {"default_overlap_for_new_tasks": 1}}, {"single_answers"}),
        ({"defaults": {"default_overlap_for_new_tasks": 4}}, {"ties"}),
    ],
)
def test_settings_that_are_no_good_are_told(
    pool: dict[str, Any], kinds: set[str], edited: Edited, make_plan: MakePlan, make_run: MakeRun
) -> None:
    """Without anybody working."""
    project = edited(lambda attributes: attributes["toloka"]["pool"].update(pool))
    assert {each.kind for each in find_problems(make_plan(project=project), [make_run(spent=Decimal("0.39"))])} == kinds


@pytest.mark.parametrize(("same", "kinds"), [(0.5, {"exact_golden_rule"}), (0, set())])
def test_a_rule_that_knows_no_tolerance_is_told(
    same: float, kinds: set[str], edited: Edited, make_plan: MakePlan
) -> None:
    """It would ban those who are near enough."""

    def change(attributes: dict[str, Any]) -> None:
        attributes["toloka"]["project"]["task_spec"]["output_spec"]["category"] = {"type": "float", "required": True}
        attributes["label"] = {"kind": "number", "field": "category", "same": same}

    golden = tuple(KnownTask({"headline": str(place)}, {"category": place}) for place in range(20))
    assert {each.kind for each in of_golden_tasks(make_plan(project=edited(change), golden=golden))} == kinds


@pytest.mark.parametrize(("same", "kinds"), [(0.5, ["exact_training"]), (0, [])])
def test_a_training_that_hardly_anybody_passes_is_told(
    same: float, kinds: list[str], edited: Edited, make_plan: MakePlan
) -> None:
    """Toloka compares to the letter there, too."""

    def change(attributes: dict[str, Any]) -> None:
        attributes["toloka"]["project"]["task_spec"]["output_spec"]["category"] = {"type": "float", "required": True}
        attributes["label"] = {"kind": "number", "field": "category", "same": same}

    training = tuple(KnownTask({"headline": str(place)}, {"category": place}) for place in range(20))
    assert [each.kind for each in of_training(make_plan(project=edited(change), training=training))] == kinds


def test_a_rule_that_would_know_no_tolerance_is_not_asked_for(edited: Edited, make_plan: MakePlan) -> None:
    """Where Toloka cannot tell what is near enough, its rule is better left out."""

    def change(attributes: dict[str, Any]) -> None:
        attributes["toloka"]["project"]["task_spec"]["output_spec"]["category"] = {"type": "float", "required": True}
        attributes["toloka"]["pool"]["quality_control"] = {}
        attributes["label"] = {"kind": "number", "field": "category", "same": 0.5}

    golden = tuple(KnownTask({"headline": str(place)}, {"category": place}) for place in range(20))
    assert not list(of_golden_tasks(make_plan(project=edited(change), golden=golden)))


def test_an_overlap_that_grows_has_no_ties(edited: Edited, make_plan: MakePlan, make_run: MakeRun) -> None:
    """A third worker is asked where two differ."""
    project = edited(lambda attributes: attributes.update(overlap={"start": 2, "max": 5}))
    run = make_run(spent=Decimal("0.78"))
    assert {each.kind for each in find_problems(make_plan(project=project), [run])} == set()


def test_rows_that_cannot_be_used_are_told(make_plan: MakePlan, make_run: MakeRun) -> None:
    """With the first of them."""
    found = only(make_plan(rejected=("a.csv row 3: value is missing", "a.csv row 9: ...")), make_run())
    assert found.what == "2 rows can't be used, the first: a.csv row 3: value is missing."

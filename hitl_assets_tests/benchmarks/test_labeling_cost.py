"""The parts of the cost benchmark, on headlines that are made up."""

from collections import Counter
from collections.abc import Sequence

import pytest

from benchmarks.labeling_cost.__main__ import interval, print_from_nothing
from benchmarks.labeling_cost.crowd import FIELD, GOLDEN, LABELS, REAL, Crowd, no_ban
from benchmarks.labeling_cost.headlines import Headline, project_with, truth_of
from benchmarks.labeling_cost.scenarios import label_batches, whole
from benchmarks.labeling_cost.strategies import Loop, Outcome, example, teach
from hitl_assets.emulators.crowd.answering.answers import answer_suite
from hitl_assets.emulators.crowd.answering.truth import AnswerKey, name_of
from hitl_assets.emulators.crowd.population import read_population
from hitl_assets.emulators.crowd.suites import Questionnaire, Suite, Task
from hitl_assets.emulators.crowd.workers import meet


def headlines(count: int, start: int = 0) -> list[Headline]:
    """Headlines whose words say what they are."""
    words = {"clickbait": "Things You Will Never Believe About", "notclickbait": "Minister opens parliament on"}
    return [
        Headline(f"{words[LABELS[at % 2]]} {at} {'abcdefgh'[at % 8] * 3}", LABELS[at % 2])
        for at in range(start, start + count)
    ]


@pytest.mark.parametrize("preset", ["mixed", "typical"])
def test_each_item_gets_its_answers_by_different_people(preset: str) -> None:
    """Three each; whoever answered before does not come again."""
    truth = truth_of(headlines(20))
    crowd = Crowd(preset, 0)
    given = crowd.answer(dict.fromkeys(truth, 3), truth, {})
    before = {key: [each.worker_id for each in given if each.item_key == key] for key in truth}
    more = crowd.answer(dict.fromkeys(truth, 1), truth, before)
    everyone = [(each.item_key, each.worker_id) for each in [*given, *more] if not each.is_golden]
    assert Counter(item for item, _ in everyone) == dict.fromkeys(truth, 4)
    assert len(set(everyone)) == len(everyone)


def test_a_suite_is_paid_as_a_whole() -> None:
    """Two items that are asked about once are a suite of four and a golden task."""
    truth = truth_of(headlines(2))
    crowd = Crowd("good", 0)
    crowd.answer(dict.fromkeys(truth, 1), truth, {})
    assert crowd.paid == REAL + GOLDEN


def test_who_is_banned_stays_away() -> None:
    """With a rule that bans everybody, nobody does a second suite."""
    truth = truth_of(headlines(40))
    given = Crowd("good", 0, lambda right, total: True).answer(dict.fromkeys(truth, 2), truth, {})
    assert max(Counter(each.worker_id for each in given).values()) <= REAL + GOLDEN


@pytest.mark.parametrize("preset", ["good", "mixed", "hostile", "typical", "hard"])
def test_people_answer_as_in_the_emulator(preset: str) -> None:
    """One rule: the same worker says the same about the same task."""
    asked = Questionnaire({"headline": {"type": "string"}}, {FIELD: {"type": "string", "allowed_values": LABELS}}, {})
    tasks = tuple(Task({"headline": each.text}, {FIELD: each.category}) for each in headlines(30))
    crowd = Crowd(preset, 3)
    for number in range(1, 11):
        worker = meet(3, number, read_population(preset))
        wanted = [each[FIELD] for each in answer_suite(worker, 3, AnswerKey(), Suite("suite", tasks, asked, 60))]
        assert [crowd.decide(worker, name_of(task), str((task.solution or {})[FIELD])) for task in tasks] == wanted


@pytest.mark.slow
def test_a_classifier_needs_rows_of_two_labels() -> None:
    """As in the product: none before there are twenty."""
    found = headlines(40)
    assert teach([each.text for each in found[:10]], [each.category for each in found[:10]]) is None
    assert teach([each.text for each in found], ["clickbait"] * 40) is None
    assert teach([each.text for each in found], [each.category for each in found]) is not None


@pytest.mark.slow
def test_from_nothing_the_first_batch_is_bought(capsys: pytest.CaptureFixture[str]) -> None:
    """People label it whole; what they said lets the model label what the third's audit leaves, and all is counted."""
    batches: Sequence[Sequence[Headline]] = [headlines(60, start) for start in (0, 60, 120)]
    project = project_with(overlap={}, model={"target_accuracy": 0.9})
    found = label_batches(Loop(project, Crowd("good", 0, no_ban)), batches)
    assert (found[0].by_model, found[2].by_model > 0.4) == (0.0, True)
    assert whole(found).paid == pytest.approx(sum(each.paid for each in found) / 3)
    print_from_nothing("good", [{"first": found, "second": found}] * 2)
    assert "by model, batch by batch:   0%" in capsys.readouterr().out


def test_batches_of_one_crowd_are_paid_once_each() -> None:
    """The second batch's cost has nothing of the first's."""
    crowd = Crowd("good", 0)
    assert [example(headlines(40, start), crowd).paid for start in (0, 40)] == [6.25, 6.25]


def test_whole_has_everything_that_was_paid() -> None:
    """Two batches, one by people and one by a model that was found out."""
    assert whole([Outcome(3, 1.0), Outcome(1, 0.5, 1.0, True)]) == Outcome(2, 0.75, 0.5, True)


def test_an_interval_is_students() -> None:
    """Of two values the mean, and 12.7 standard errors."""
    assert interval([0.0, 2.0]) == "1.00 ± 12.71"

"""What workers answer, and where the truth comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hitl_assets.emulators.crowd.answering.answers import answer_suite
from hitl_assets.emulators.crowd.answering.truth import AnswerKey, options_of, truth_of
from hitl_assets.emulators.crowd.suites import Questionnaire, Suite, Task
from hitl_assets.emulators.crowd.workers import foresee, meet

STRING = {"type": "string"}
ASKED = Questionnaire({"headline": STRING, "item_key": STRING}, {"category": STRING}, {"category": ("bait", "news")})


def tasks(count: int) -> tuple[Task, ...]:
    """Real tasks."""
    return tuple(Task({"headline": f"headline {number}", "item_key": str(number)}) for number in range(count))


def read_key(path: Path, text: str) -> AnswerKey:
    """A key with this text."""
    path.write_text(text, encoding="utf-8")
    return AnswerKey.read(path)


@pytest.mark.parametrize("header", ["headline,category", "INPUT:headline,GOLDEN:category", "headline,OUTPUT:category"])
def test_a_key_is_matched_by_field_names(tmp_path: Path, header: str) -> None:
    """Plain names, or those of Toloka's tables; fields that the key lacks do not matter."""
    key = read_key(tmp_path / "key.csv", f'{header}\n"a, b",bait\n')
    assert key.look_up(ASKED, {"headline": "a, b", "item_key": "hash"}) == {"category": "bait"}
    assert key.look_up(ASKED, {"headline": "other"}) == {}


def test_a_key_of_another_project_does_not_matter(tmp_path: Path) -> None:
    """No column in common: no truth, no options."""
    key = read_key(tmp_path / "key.csv", "image,label\na,b\n")
    assert key.look_up(ASKED, {"headline": "a"}) == {}
    assert key.options(ASKED, "category") == ()


def test_a_cell_that_does_not_fit_is_unknown(tmp_path: Path) -> None:
    """A key for another kind of field must not stop the crowd."""
    key = read_key(tmp_path / "key.csv", "text,count\na,many\nb,3\n")
    asked = Questionnaire({"text": STRING}, {"count": {"type": "integer"}}, {})
    assert key.look_up(asked, {"text": "a"}) == {}
    assert key.look_up(asked, {"text": "b"}) == {"count": 3}


def test_options_may_be_objects() -> None:
    """Values of json and array fields have no hash."""
    asked = Questionnaire({}, {"shape": {"type": "json"}}, {"shape": ({"a": 1}, {"a": 1}, [2])})
    assert options_of(asked, AnswerKey(), "shape") == ([2], {"a": 1})


def test_the_solution_of_a_task_wins() -> None:
    """Golden tasks bring their truth."""
    task = Task({"headline": "x"}, {"category": "news"})
    assert truth_of(ASKED, AnswerKey(), 0, task) == {"category": "news"}


def test_an_unknown_item_has_a_truth_of_its_own() -> None:
    """Made up once: everybody is measured against the same, and both answers occur."""
    truths = [truth_of(ASKED, AnswerKey(), 0, task)["category"] for task in tasks(100)]
    assert truths == [truth_of(ASKED, AnswerKey(), 0, task)["category"] for task in tasks(100)]
    assert 30 < truths.count("bait") < 70


@pytest.mark.parametrize(
    ("declared", "wanted"),
    [
        ({"type": "string", "allowed_values": ["x", "y"]}, ("x", "y")),
        ({"type": "boolean"}, (True, False)),
        ({"type": "integer", "min_value": 1, "max_value": 3}, (1, 2, 3)),
        ({"type": "string"}, ()),
    ],
)
def test_options_follow_the_declaration(declared: dict[str, Any], wanted: tuple[Any, ...]) -> None:
    """What a worker can choose from."""
    assert options_of(Questionnaire({}, {"a": declared}, {}), AnswerKey(), "a") == wanted


@pytest.mark.slow
def test_the_crowd_is_right_most_of_the_time() -> None:
    """About 85 % over many workers, spammers included."""
    suite = Suite("a", tasks(20), ASKED, 600)
    truths = [truth_of(ASKED, AnswerKey(), 0, task) for task in suite.tasks]
    right = [
        answer == truth
        for number in range(1, 301)
        for answer, truth in zip(answer_suite(meet(0, number), 0, AnswerKey(), suite), truths, strict=True)
    ]
    assert 0.82 < sum(right) / len(right) < 0.89


def test_a_seed_makes_the_workers() -> None:
    """The same number is the same person, with another seed another one."""
    assert meet(1, 7) == meet(1, 7)
    assert meet(1, 7).user_id != meet(2, 7).user_id
    assert len(meet(1, 7).user_id) == 32


def test_some_workers_spam() -> None:
    """About 8 %, and they are fast."""
    spammers = [worker for worker in (meet(0, number) for number in range(1000)) if worker.spam]
    assert 50 < len(spammers) < 110
    assert max(worker.pace for worker in spammers) < 8


def test_a_suite_ends_in_time() -> None:
    """Nobody submits after the time that is allowed."""
    outcomes = [foresee(meet(0, number), 0, "suite", 5, 60) for number in range(300)]
    assert {outcome.status for outcome in outcomes} == {"SUBMITTED", "SKIPPED", "EXPIRED"}
    assert max(outcome.seconds for outcome in outcomes) <= 60


def test_texts_that_people_write_are_no_options(tmp_path: Path) -> None:
    """Who errs in a transcript makes a mistake in it, and does not write another recording's."""
    words = [f"recording number {number} says this" for number in range(30)]
    key = read_key(tmp_path / "key.csv", "headline,category\n" + "".join(f"{word},{word}!\n" for word in words))
    asked = Questionnaire({"headline": STRING}, {"category": STRING}, {})
    suite = Suite("a", tuple(Task({"headline": word}) for word in words), asked, 600)
    answers = [one["category"] for number in range(1, 30) for one in answer_suite(meet(0, number), 0, key, suite)]
    assert 0.7 < sum(answer[:-1] in words for answer in answers) / len(answers) < 0.95
    assert all(answer == "ok" or "recording" in answer or "says" in answer for answer in answers)
    assert options_of(asked, key, "category") == ()

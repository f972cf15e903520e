"""Who the crowd is made of, and what a file may say about it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from hitl_assets.emulators.crowd.answering.answers import answer_suite
from hitl_assets.emulators.crowd.answering.truth import AnswerKey
from hitl_assets.emulators.crowd.population import CrowdError, Population, read_population
from hitl_assets.emulators.crowd.suites import Questionnaire, Suite, Task
from hitl_assets.emulators.crowd.workers import foresee, meet

COLORS = ("blue", "green", "red")
ASKED = Questionnaire({"text": {"type": "string"}}, {"color": {"type": "string", "allowed_values": list(COLORS)}}, {})


def written(path: Path, text: str) -> Population:
    """A population from a file with this text."""
    path.joinpath("crowd.yaml").write_text(text, encoding="utf-8")
    return read_population(str(path / "crowd.yaml"))


def answers(population: Population, color: str, workers: int = 300) -> Counter[str]:
    """What so many workers answer to ten tasks whose right answer is this color."""
    tasks = tuple(Task({"text": f"{color} {number}"}, {"color": color}) for number in range(10))
    suite = Suite("suite", tasks, ASKED, 600)
    people = [meet(0, number, population) for number in range(1, workers + 1)]
    return Counter(one["color"] for person in people for one in answer_suite(person, 0, AnswerKey(), suite))


@pytest.mark.parametrize(
    ("preset", "low", "high"),
    [("good", 0.93, 0.98), ("mixed", 0.82, 0.89), ("hostile", 0.5, 0.68), ("typical", 0.68, 0.86)],
)
def test_presets_differ_in_how_right_they_are(preset: str, low: float, high: float) -> None:
    """From a crowd that needs no checks to one that needs all of them."""
    found = answers(read_population(preset), "red")
    assert low < found["red"] / found.total() < high


def test_groups_come_by_their_share(tmp_path: Path) -> None:
    """Weights, not percentages."""
    population = written(tmp_path, "groups: [{name: a, share: 3}, {name: b, share: 1}]")
    found = Counter(meet(0, number, population).group.name for number in range(2000))
    assert 0.7 < found["a"] / 2000 < 0.8


def test_accuracy_may_depend_on_the_class(tmp_path: Path) -> None:
    """Good at green, bad at red, and red is mostly taken for blue."""
    population = written(
        tmp_path,
        "groups: [{name: a, share: 1, accuracy: 1, skills: {red: 0.5}, confusion: {red: {blue: 9, green: 1}}}]",
    )
    assert answers(population, "green") == Counter(green=3000)
    red = answers(population, "red")
    assert 0.45 < red["red"] / 3000 < 0.55
    assert 0.85 < red["blue"] / (red["blue"] + red["green"]) < 0.95


@pytest.mark.parametrize(("spam", "wanted"), [("fast", {"blue"}), ("constant", set(COLORS)), ("random", set(COLORS))])
def test_spam_has_kinds(tmp_path: Path, spam: str, wanted: set[str]) -> None:
    """The first option; one's own favorite; anything."""
    population = written(tmp_path, f"groups: [{{name: a, share: 1, spam: {spam}}}]")
    assert set(answers(population, "red")) == wanted
    assert (len(answers(population, "red", workers=1)) > 1) is (spam == "random")


def test_profiles_follow_the_file(tmp_path: Path) -> None:
    """Countries, English and phones."""
    population = written(tmp_path, "groups: [{name: a, share: 1, countries: {DE: 1}, english: 0, phones: 1}]")
    profile = meet(0, 1, population).profile
    assert (profile["country"], profile["languages"], profile["client_type"]) == ("DE", ("DE",), "TOLOKA_APP")


def test_habits_follow_the_file(tmp_path: Path) -> None:
    """Who skips, who lets suites expire, who answers late."""
    population = written(tmp_path, "groups: [{name: a, share: 1, skips: 0.3, expires: 0.2, late: 1}]")
    outcomes = [foresee(meet(0, number, population), 0, "suite", 2, 600) for number in range(1000)]
    counts = Counter(outcome.status for outcome in outcomes)
    assert 0.25 < counts["SKIPPED"] / 1000 < 0.35
    assert 0.15 < counts["EXPIRED"] / 1000 < 0.25
    assert all(outcome.is_late for outcome in outcomes if outcome.status == "SUBMITTED")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("groups: []", "groups is []: List should have at least 1 item"),
        ("groups: [{name: a, share: 1, accuracy: 1.5}]", "groups.0.accuracy.0 is 1.5"),
        ("groups: [{name: a, share: 1, accuracy: [0.9, 0.5]}]", "must not be the greater one"),
        ("groups: [{name: a, share: 1, spam: bots}]", "Input should be 'random', 'constant' or 'fast'"),
        ("groups: [{name: a, share: 1, countries: {AQ: 1}}]", "Input should be 'US', 'GB'"),
        ("groups: [{name: a, share: 1, skill: 1}]", "groups.0.skill is 1: Extra inputs"),
        ("groups: [{name: a, share: 1, skips: 0.7, expires: 0.7}]", "must be 1 together at most"),
        ("- a", "the file is"),
        ("{", "is not YAML"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str, wanted: str) -> None:
    """The message names file, field, value and what is allowed."""
    with pytest.raises(CrowdError) as refused:
        written(tmp_path, text)
    assert str(tmp_path / "crowd.yaml") in str(refused.value)
    assert wanted in str(refused.value)


def test_an_unknown_crowd_is_refused() -> None:
    """With the names of those that there are."""
    with pytest.raises(CrowdError, match="confused, good, hard, hostile, mixed, typical, none"):
        read_population("angry")

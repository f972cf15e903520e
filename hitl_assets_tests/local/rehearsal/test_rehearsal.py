"""Rehearsals as they are: a project, an emulator of its own, simulated people."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from hitl_assets.cli import main
from hitl_assets.labeling.project.blueprint import Blueprint, write_project
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.local.rehearsal.plan import plan_rehearsal
from hitl_assets.local.rehearsal.rehearsal import Rehearsal, rehearse

pytestmark = pytest.mark.slow

Edited = Callable[..., Project]


def run(*arguments: str) -> Result:
    """`hitl rehearse` with these arguments."""
    return CliRunner().invoke(main, ["rehearse", *arguments])


def tried(project: Project, sample: int, crowd: str = "good") -> Rehearsal:
    """The project rehearsed with one crowd."""
    return rehearse(plan_rehearsal(project, None, None, sample, seed=7), [crowd], seed=7)


def test_the_shipped_project_is_sound(shipped_project: Project) -> None:
    """It costs what the estimate says, good people are let in and stay, and the labels are right."""
    done = tried(shipped_project, 20)
    (good,) = done.runs
    assert (good.ending, good.suites, good.spent) == ("COMPLETED", 25, Decimal("0.975"))
    assert (good.quality.answers, good.quality.labels, good.quality.unlabeled) == (100, 20, 0)
    assert good.quality.right >= 18
    assert good.people.banned_careful == 0
    assert good.people.untrained < 0.3 * good.people.trainees
    assert 60 < good.seconds < 86_400
    assert {each.kind for each in done.findings} <= {"low_pay"}


@pytest.mark.parametrize("kind", ["number", "tags", "spans", "text", "preference"])
def test_a_label_of_any_kind_is_rehearsed(tmp_path: Path, kind: str) -> None:
    """Good people are mostly right and agree; careless ones are wrong in this kind's own ways, and it is told."""
    made = write_project(Blueprint("fruit", classes=("apple", "pear", "plum"), kind=kind), tmp_path / "fruit")
    plan = plan_rehearsal(load_project(made / "defs.yaml"), None, None, 20, seed=7)
    good, hostile = (run.quality for run in rehearse(plan, ["good", "hostile"], seed=7).runs)
    assert (good.labels, good.known, hostile.known) == (20, 20, 20)
    assert good.right >= 17
    assert good.agreement > 0.8
    assert good.golden_right / good.golden_answers > hostile.golden_right / hostile.golden_answers


def test_a_rule_that_bans_everybody_is_told(edited: Edited) -> None:
    """Every worker, after the first answer to a golden task."""

    def change(attributes: dict[str, Any]) -> None:
        (golden, _) = attributes["toloka"]["pool"]["quality_control"]["configs"]
        golden["rules"][0]["conditions"] = [{"key": "golden_set_answers_count", "operator": "GTE", "value": 1}]

    done = tried(edited(change), 12)
    assert done.findings[0].kind == "bans_everybody"
    assert "golden_set_answers_count ≥ 1" in done.findings[0].change


@pytest.mark.slow  # the crowd has to come in vain for half an hour of its time
def test_golden_tasks_that_run_out_are_told(edited: Edited, tmp_path: Path) -> None:
    """Six people and two golden tasks: nobody can finish, and the pool does not stay open for ever."""
    crowd = tmp_path / "six.yaml"
    crowd.write_text("size: 6\ngroups: [{name: careful, share: 1, accuracy: 1, english: 1, skips: 0, expires: 0}]\n")
    project = edited()
    golden = project.folder / "golden_tasks.csv"
    golden.write_text("".join(golden.read_text().splitlines(keepends=True)[:3]))
    done = tried(project, 40, str(crowd))
    (six,) = done.runs
    assert (six.ending, six.people.exhausted, six.suites) == ("STALLED", 6, 12)
    assert done.findings[0].kind == "stalled"
    assert "golden tasks" in done.findings[0].change
    assert "golden_tasks_run_out" in {each.kind for each in done.findings}


def test_skills_of_another_account_can_be_rehearsed(edited: Edited) -> None:
    """Everybody begins without them; here, that is what the pool asks for."""
    wanted = {"and": [{"category": "skill", "key": "4242", "operator": "EQ", "value": None}]}
    done = tried(edited(lambda attributes: attributes["toloka"]["pool"].update(filter=wanted)), 4)
    assert (done.runs[0].ending, done.runs[0].people.admitted) == ("COMPLETED", 1.0)


def test_work_that_is_reviewed_is_rehearsed_to_its_end(edited: Edited) -> None:
    """What the review leaves to a person is accepted."""
    done = tried(edited(lambda attributes: attributes["toloka"].update(review={})), 8)
    assert (done.runs[0].ending, done.runs[0].quality.labels) == ("COMPLETED", 8)


def test_rounds_are_rehearsed_to_their_end(edited: Edited) -> None:
    """It costs something between what the estimate begins with and its maximum, and every item is sure or at its
    maximum."""

    def change(attributes: dict[str, Any]) -> None:
        attributes["overlap"] = {"start": 2, "max": 5}
        del attributes["aggregation"]

    done = tried(edited(change), 12, "mixed")
    (run,) = done.runs
    assert (run.ending, run.quality.labels) == ("COMPLETED", 12)
    estimate = done.plan.estimate(12)
    assert (estimate.minimum, estimate.maximum) == (Decimal("0.234"), Decimal("0.585"))
    assert estimate.minimum < run.spent <= estimate.maximum
    assert 24 < run.quality.answers <= 60


def test_the_command_compares_the_presets() -> None:
    """And fits into 80 columns."""
    done = run("clickbait", "--sample", "8")
    assert done.exit_code == 0, done.output
    assert all(name in done.output for name in ("good", "mixed", "hostile", "Nothing was spent", "Labels right"))
    assert max(map(len, done.output.splitlines())) <= 80


def test_json_is_for_programs() -> None:
    """All of it, with money as numbers."""
    done = run("clickbait", "--sample", "4", "--crowd", "good", "--json")
    told = json.loads(done.stdout)
    assert (told["project"], told["estimates"]["whole"]["items"], told["suites_a_worker"]) == ("clickbait", 90, 24)
    assert told["runs"][0]["spent"] == 0.195
    assert told["runs"][0]["people"]["bans"] == {}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["fruit"], "fruit is neither a folder with a defs.yaml nor a project in"),
        (
            ["clickbait", "--crowd", "nice"],
            "nice is neither a crowd (confused, good, hard, hostile, mixed, typical, none)",
        ),
        (["clickbait", "--crowd", "none"], "Of the crowd none nobody comes"),
    ],
)
def test_a_mistake_is_a_sentence(arguments: list[str], sentence: str) -> None:
    """Not a traceback."""
    done = run(*arguments)
    assert (done.exit_code, sentence in done.output) == (1, True)

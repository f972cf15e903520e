"""`hitl check`: everything that is wrong with a project's folder, in one run."""

import io
import json
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from rich.console import Console

from hitl_assets.cli import main
from hitl_assets.labeling.money.budget_curve import Curve, Point
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.local.check.check import Checked, check_project, find_curve
from hitl_assets.local.check.screen import show
from hitl_assets_tests.conftest import CLICKBAIT

pytestmark = pytest.mark.slow

Edited = Callable[..., Project]


@pytest.fixture
def checked(edited: Edited, tmp_path: Path) -> Callable[..., Checked]:
    """Checks the shipped project with some attributes changed and some text replaced in its files."""

    def change_and_check(change: Callable[[dict[str, Any]], Any] = lambda attributes: None, **files: Any) -> Checked:
        folder = tmp_path / "projects" / "clickbait"
        shutil.copytree(edited(change).folder, folder, ignore=shutil.ignore_patterns("projects"), dirs_exist_ok=True)
        for name, (old, new) in files.items():
            (path,) = folder.glob(f"{name}.*")
            text = path.read_text()
            assert old in text
            path.write_text(text.replace(old, new))
        return check_project(folder / "defs.yaml")

    return change_and_check


def kinds(found: Checked, severity: str = "") -> set[str]:
    """The words for what was found."""
    return {problem.kind for problem in found.problems if severity in ("", problem.severity)}


def run(*words: str, width: int = 80) -> Result:
    """What `hitl check` prints on a screen of this width."""
    return CliRunner().invoke(main, ["check", *words], env={"COLUMNS": str(width)})


@pytest.mark.parametrize("width", [80, 100, 140])
def test_a_good_project_is_said_to_be_good(width: int) -> None:
    """With what it asks and costs: 25 suites of 4, 5 answers each, 0.03 and the fee."""
    done = run("clickbait", width=width)
    assert (done.exit_code, "clickbait is in order." in done.output) == (0, True), done.output
    assert "24: 12 clickbait, 12 notclickbait" in done.output
    assert "4.88 at least, 4.88 at most, with the fee (30%)" in done.output
    assert "50 a batch (1024 items)" in done.output
    assert max(len(line.rstrip()) for line in done.output.splitlines()[2:]) <= width


@pytest.mark.slow
def test_json_is_for_programs() -> None:
    """A folder and a file are as good as a name."""
    told = [json.loads(run(name, "--json").output) for name in ("clickbait", str(CLICKBAIT / "defs.yaml"))]
    assert told[0]["ok"]
    assert told[0]["summary"] == told[1]["summary"]
    assert told[0]["summary"]["estimate"]["maximum"] == 4.875
    assert told[0]["summary"]["caps"]["per_batch"] == {"amount": 50, "items": 1024}


def test_a_project_that_does_not_load_is_told_with_all_fields(tmp_path: Path) -> None:
    """The exit code is for scripts."""
    text = (CLICKBAIT / "defs.yaml").read_text()
    changed = text.replace("reward_per_assignment: 0.03", "reward_per_assignment: 0.001").replace("budget:", "budgt:")
    (tmp_path / "defs.yaml").write_text(changed)
    done = run(str(tmp_path), "--json")
    told = json.loads(done.output)
    assert (done.exit_code, told["ok"], told["summary"]) == (1, False, None)
    fields = {error["field"]: error for error in told["errors"]}
    assert {"pool.reward_per_assignment", "budget", "budgt", "golden_tasks", "interface"} <= {
        name.removeprefix("toloka.") for name in fields
    }
    assert fields["toloka.pool.reward_per_assignment"]["value"] == 0.001
    assert "greater than or equal to 0.005" in fields["toloka.pool.reward_per_assignment"]["what"]
    shown = run(str(tmp_path))
    assert shown.exit_code == 1
    assert "Did you mean budget?" in shown.output
    assert "cannot be used as it is" in shown.output


def test_an_unknown_project_is_a_sentence() -> None:
    """With those that there are."""
    done = run("fruit")
    assert (done.exit_code, "There: clickbait" in done.output) == (1, True)


def test_an_interface_that_does_not_fit_its_fields_is_told(checked: Callable[..., Checked]) -> None:
    """Toloka finds that out when people are at work, or never."""
    found = checked(interface=('"value": "notclickbait"', '"value": "not"'))
    assert (kinds(found, "error"), kinds(found, "warning")) == ({"interface_choice"}, {"interface_choice_missing"})
    found = checked(interface=('"path": "headline"', '"path": "title"'))
    assert (kinds(found, "error"), kinds(found, "warning")) == ({"interface_unknown"}, {"interface_hides"})
    found = checked(interface=('"type": "data.output"', '"type": "data.local"'))
    assert kinds(found, "error") == {"interface_lacks"}


@pytest.mark.parametrize(
    ("old", "new", "kind", "severity"),
    [
        ('"path": "category"},\n', '"path": "category.0"},\n', "interface_path", "error"),
        ('"label": "Clickbait"', '"hint": "Clickbait"', "interface_unlabeled", "warning"),
    ],
)  # fmt: skip
def test_an_interface_is_looked_at(
    checked: Callable[..., Checked], old: str, new: str, kind: str, severity: str
) -> None:
    """What it says is enough to see that."""
    assert kind in kinds(checked(interface=(old, new)), severity)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "severity", "words"),
    [
        ('"type": "field.button-radio-group",', '"type": "field.button-radio-group", "disabled": true,', "error",
         "Choose one of the two. Nothing on the page asks for it."),
        ('"type": "condition.required"', '"type": "condition.equals", "to": "plum"', "error", "Choose one of the two"),
        ('"options": [', '"options": [], "unused": [', "error", "Nothing that can be given there is allowed"),
        ('field.button-radio-group', 'field.buton-radio-group', "warning", "field.buton-radio-group is not known"),
        ('{"type": "view.text", "label": "Headline", "content"', '{"type": "view.image", "url"', "warning",
         "view.image has no address to load a picture from (124 of 124 tasks)"),
    ],
)  # fmt: skip
def test_the_page_is_filled_in(checked: Callable[..., Checked], old: str, new: str, severity: str, words: str) -> None:
    """By its own form, as workers do: what looks like an interface that fits is tried out."""
    found = checked(interface=(old, new))
    kind = {"error": "unanswerable", "warning": "interface"}[severity]
    assert any(words in each.what for each in found.problems if (each.kind, each.severity) == (kind, severity)), (
        found.problems
    )


def test_instructions_that_speak_of_one_task_are_told_where_workers_see_five(checked: Callable[..., Checked]) -> None:
    """The layout of the interface says what they see."""
    spoken = {"instructions": ("A page has several headlines", "You see one headline at a time")}
    told = next(each for each in checked(**spoken).problems if each.kind == "instructions_of_one")
    assert "'one headline at a time', and workers see 5 tasks" in told.what
    assert kinds(checked(**spoken, interface=('"kind": "scroll"', '"kind": "pager"'))) == set()


def test_every_bad_row_and_the_rest_are_told_together(checked: Callable[..., Checked]) -> None:
    """A wrong golden task does not hide a low cap."""

    def low_cap(attributes: dict[str, Any]) -> None:
        attributes["toloka"]["budget"]["per_batch"] = 0.1

    found = checked(low_cap, golden_tasks=(",notclickbait", ",news"))
    assert len([problem for problem in found.problems if problem.kind == "golden_tasks"]) == 12
    assert "row 3 column category: 'news' is not one of clickbait, notclickbait" in found.problems[0].what
    assert {"cap_too_low", "one_sided_golden", "budget_per_batch"} <= kinds(found)


def test_golden_tasks_of_the_training_are_told(checked: Callable[..., Checked]) -> None:
    """Workers have just read the answer."""
    first = (CLICKBAIT / "golden_tasks.csv").read_text().splitlines()[1]
    training = "The Surprising Reason Night Owls Make Better Bosses,clickbait,"
    found = checked(training_tasks=(training, f"{first},"))
    assert (kinds(found), found.is_good) == ({"golden_in_training"}, True)


def test_a_training_with_fewer_tasks_than_it_asks_for_is_told(checked: Callable[..., Checked]) -> None:
    """It has ten tasks for three suites of five. It works: who has done them all has a result."""
    found = checked(lambda attributes: attributes["toloka"]["training"].update(task_suites_required_to_pass=3))
    assert (kinds(found, "warning"), found.is_good) == ({"short_training"}, True)
    assert "judged by them, after 2 suites" in found.problems[0].what


def test_the_overlap_of_suites_is_that_of_tasks_too(checked: Callable[..., Checked]) -> None:
    """As with Toloka, where a pool names no other: a pool as toloka-kit makes it is good."""

    def only_suites(attributes: dict[str, Any]) -> None:
        attributes["toloka"]["pool"]["defaults"] = {"default_overlap_for_new_task_suites": 3}

    found = checked(only_suites)
    assert (kinds(found, "error"), found.plan.project.terms.most_answers) == (set(), 3)


def test_what_dagster_and_toloka_refuse_is_told(checked: Callable[..., Checked]) -> None:
    """Before `hitl dev` fails at start, and before the first batch does."""
    found = checked(lambda attributes: attributes.update(owners=["bob"]))
    assert (kinds(found), "bob" in found.problems[0].what) == ({"dagster"}, True)
    wrong = {"and": [{"category": "profile", "key": "shoe_size", "operator": "EQ", "value": 43}]}
    found = checked(lambda attributes: attributes["toloka"]["pool"].update(filter=wrong))
    assert kinds(found) == {"toloka_refuses"}
    assert "shoe_size" in found.problems[0].what
    assert "127.0.0.1" not in found.problems[0].what


def test_a_folder_of_another_name_and_a_name_taken_are_told(checked: Callable[..., Checked], tmp_path: Path) -> None:
    """Commands look for a project in the folder of its name."""
    other = tmp_path / "projects" / "another"
    other.mkdir(parents=True)
    (other / "defs.yaml").write_text("attributes: {name: clickbait}\n")
    (taken,) = checked().problems
    assert (taken.kind, taken.severity, taken.field) == ("name_taken", "error", "name")
    (other / "defs.yaml").unlink()
    (tmp_path / "projects" / "clickbait").rename(other.with_name("headlines"))
    (named,) = check_project(other.with_name("headlines") / "defs.yaml").problems
    assert (named.kind, named.severity, "Rename the folder to clickbait" in named.change) == (
        "folder_name",
        "warning",
        True,
    )


def test_workers_without_instructions_are_a_warning(checked: Callable[..., Checked]) -> None:
    """It works, but how?"""
    found = checked(lambda attributes: attributes["toloka"].pop("instructions"))
    assert (kinds(found), found.is_good) == ({"no_instructions"}, True)


@pytest.mark.slow
def test_rounds_need_a_confidence_that_holds(checked: Callable[..., Checked]) -> None:
    """A method that is too sure asks nobody again."""
    rounds = {"overlap": {"start": 2, "max": 5, "confidence": 0.95}}
    assert kinds(checked(lambda attributes: attributes.update(rounds))) == set()
    crowd_kits = {**rounds, "aggregation": {"method": "dawid_skene"}}
    found = checked(lambda attributes: attributes.update(crowd_kits))
    assert (kinds(found), found.is_good) == ({"unsure_confidence"}, True)


def test_items_of_ones_own_are_counted(tmp_path: Path) -> None:
    """One row that cannot be used is a warning, a file without a single good one an error."""
    items = tmp_path / "items.csv"
    items.write_text("headline\nOne\nTwo\nOne\n")
    done = run("clickbait", "--items", str(items))
    assert (done.exit_code, "2 in items.csv" in done.output, "1 row can't be used" in done.output) == (0, True, True)
    items.write_text("title\nOne\n")
    done = run("clickbait", "--items", str(items))
    assert (done.exit_code, "items.csv has no column headline" in done.output) == (1, True)


def test_what_earlier_batches_bought_is_shown(checked: Callable[..., Checked]) -> None:
    """A line for each number of answers, and what targets cost, on a small screen."""
    points = tuple(
        Point(count, count, 0.8 + count / 40, 0.75, 0.97, Decimal("0.0098") * count) for count in range(1, 6)
    )
    found = checked()
    console = Console(width=80, record=True, file=io.StringIO())
    show(console, found.path, found.problems, found.plan, Curve(points, 40, 200))
    told = console.export_text()
    assert "3 answers each: 88% (75% to 97%) right, 2.94" in told
    assert "90% right: 4 answers each, 3.92" in told
    assert "95% right: not reached: 92% at most" in told
    assert max(len(line.rstrip()) for line in told.splitlines()[2:]) <= 80


def test_without_a_server_it_is_said_what_it_takes() -> None:
    """Nothing is looked for at the emulators' addresses."""
    assert "not known yet: it takes 10 golden items" in run("clickbait").output


def test_a_server_that_is_away_is_no_problem_of_the_files(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is no forecast then."""
    monkeypatch.setenv("PACHD_ADDRESS", "127.0.0.1:1")
    assert find_curve(project) == Curve()


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"type": "string"}, "compared as text"),
        ({"type": "float"}, "to the last digit"),
        ({"type": "array_string"}, "sets of texts"),
    ],
)
def test_answers_that_people_write_freely_are_a_warning(
    checked: Callable[..., Checked], spec: dict[str, Any], words: str
) -> None:
    """Each way to write it becomes a label, and hardly any is sure."""

    def open_answers(attributes: dict[str, Any]) -> None:
        attributes["toloka"]["project"]["task_spec"]["output_spec"]["category"] = {"required": True, **spec}

    (found,) = [each for each in checked(open_answers).problems if each.kind == "open_answers"]
    assert found.severity == "warning"
    assert words in found.what


def test_the_form_of_before_is_a_warning_that_shows_the_new_one(tmp_path: Path) -> None:
    """It is read as well; fields are named where they are."""
    folder = shutil.copytree(CLICKBAIT, tmp_path / "clickbait")
    document = yaml.safe_load((folder / "defs.yaml").read_text())
    document["attributes"] |= document["attributes"].pop("toloka")
    (folder / "defs.yaml").write_text(yaml.safe_dump(document))
    (found,) = check_project(folder / "defs.yaml").problems
    assert (found.kind, found.severity) == ("old_form", "warning")
    assert "toloka: {project: ..., pool: ..." in found.what

"""`hitl new`: a project that runs as it is."""

import json
import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from hitl_assets.cli import main
from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.items.known_tasks import known_tasks_of
from hitl_assets.labeling.kinds.registry import KINDS
from hitl_assets.labeling.project.blueprint import FILES, TRAINING_FILE
from hitl_assets.labeling.project.interfaces import read_interface
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.local.check.check import check_project
from hitl_assets.local.check.findings import of_placeholders
from hitl_assets.local.check.screen import columns_of
from hitl_assets.local.rehearsal.items import read_truth


def run(*words: str, **environment: str) -> Result:
    """What `hitl` answers."""
    return CliRunner().invoke(main, list(words), env={"HITL_PROJECTS": None, **environment})


def made(folder: Path, *words: str) -> Path:
    """The defs.yaml of a new project."""
    done = run("new", "fruit", "--folder", str(folder), *words)
    assert done.exit_code == 0, done.output
    return folder / "fruit" / "defs.yaml"


def test_a_kind_of_label_that_is_not_known_is_refused(tmp_path: Path) -> None:
    """With those that are."""
    done = run("new", "fruit", "--folder", str(tmp_path), "--kind", "circles")
    assert "There is no kind of label 'circles'. Known: class, number, tags, " in done.output
    assert (done.exit_code, list(tmp_path.iterdir())) == (1, [])


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_new_project_is_in_order(tmp_path: Path, kind: str) -> None:
    """Without a question; that its examples are to be replaced is all that there is to say."""
    path = made(tmp_path, "--kind", kind)
    assert load_project(path).kind.name == kind
    assert {file.name for file in path.parent.iterdir()} | {TRAINING_FILE} == set(FILES)
    assert [file.name for file in tmp_path.iterdir()] == ["fruit"]
    checked = check_project(path)
    assert [(each.severity, each.kind) for each in checked.problems] == [("warning", "placeholder")]
    assert "golden_tasks.csv" in checked.problems[0].what
    assert checked.plan is not None
    assert (checked.plan.source, checked.plan.whole, len(checked.plan.truth)) == ("items_example.csv", 20, 20)


def test_two_are_compared_where_two_are_named(tmp_path: Path) -> None:
    """A new project of pairs says what is compared, and people answer left or right."""
    project = load_project(made(tmp_path, "--kind", "preference"))
    assert (list(project.inputs), project.kind.counted) == (["one", "other"], ["left", "right"])
    assert project.kind.describe() == "the better one, left or right (one or other)"


@pytest.mark.parametrize(("kind", "is_trained"), [("class", True), ("boxes", False), ("spans", False), ("text", False)])
def test_there_is_a_training_only_where_one_can_pass_it(tmp_path: Path, kind: str, is_trained: bool) -> None:
    """Toloka compares to the letter, and no two people draw alike: nobody would be let in."""
    path = made(tmp_path, "--kind", kind)
    project = load_project(path)
    assert (path.parent / TRAINING_FILE).exists() is is_trained
    assert (project.training is not None) is is_trained
    assert ("training_requirement" in project.pool["quality_control"]) is is_trained


def test_pictures_have_things_to_mark(tmp_path: Path) -> None:
    """Where nobody says what they show."""
    project = load_project(made(tmp_path, "--kind", "boxes"))
    assert (list(project.inputs), project.kind.counted) == (["image"], ["apple", "pear"])


def test_its_question_can_be_given(tmp_path: Path) -> None:
    """Texts stay texts: what means something to YAML or HTML does not mean it here."""
    answers = ["yes", "no", "don't: know", "1.0"]
    question = 'Is it <b>"ripe"</b>? # really'
    words = ["--input", "photo", "--input", "place", "--label", "ripe", "--classes", ", ".join(answers)]
    project = load_project(made(tmp_path, *words, "--question", question))
    assert list(project.inputs) == ["photo", "place"]
    assert project.outputs["ripe"]["allowed_values"] == answers
    assert project.project["public_name"] == question
    assert "&lt;b&gt;" in project.project["public_instructions"]
    interface = read_interface(project.project["task_spec"]["view_spec"])
    assert interface is not None
    assert (interface.shown, interface.choices["ripe"]) == ({"photo", "place"}, tuple(answers))


@pytest.mark.slow
def test_the_next_commands_are_told_and_work(tmp_path: Path) -> None:
    """With the paths that they need: this folder is not where commands look by themselves."""
    done = run("new", "fruit", "--folder", str(tmp_path))
    check, rehearse, dev, commit = done.output.split("Next:\n")[1].splitlines()
    assert run(*check.split("#")[0].split()[1:]).exit_code == 0
    assert rehearse.split()[:3] == ["hitl", "rehearse", str(tmp_path / "fruit")]
    assert dev.split()[:3] == [f"HITL_PROJECTS={tmp_path}", "hitl", "dev"]
    assert commit.split()[-3:] == [str(tmp_path / "fruit" / "items_example.csv"), "--project", "fruit"]
    known = run("new", "pear", HITL_PROJECTS=str(tmp_path))
    assert "  hitl check pear " in known.output
    assert "\n  hitl dev " in known.output
    assert json.loads(run("check", "pear", "--json", HITL_PROJECTS=str(tmp_path)).output)["ok"]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    """Whatever is there."""
    (tmp_path / "fruit").mkdir()
    done = run("new", "fruit", "--folder", str(tmp_path))
    assert (done.exit_code, "fruit is there already" in done.output) == (1, True)
    assert not list((tmp_path / "fruit").iterdir())


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (["Fruit"], 1, "field name = 'Fruit' is not allowed"),
        (["../fruit"], 1, "field name = '../fruit' is not allowed"),
        (["fruit", "--label", "text"], 1, "text is an input and the label"),
        (["fruit", "--label", "two words"], 1, "two words"),
        (["fruit", "--input", "A b", "--input", "A.b"], 1, "Two columns would be the field a_b"),
        (["fruit", "--classes", "one"], 2, "two answers at least"),
    ],
)
def test_a_name_that_cannot_be_is_refused(tmp_path: Path, words: list[str], code: int, sentence: str) -> None:
    """And nothing is left behind."""
    folder = tmp_path / "projects"
    done = run("new", *words, "--folder", str(folder))
    assert (done.exit_code, sentence in done.output) == (code, True), done.output
    assert not folder.exists() or not list(folder.iterdir())
    assert not (tmp_path / "fruit").exists()


def test_what_is_commented_out_is_right(tmp_path: Path) -> None:
    """Whoever takes the # away should not be refused."""
    path = made(tmp_path)
    text = path.read_text()
    options = re.sub(r"^( +)# (?=(owners|dataset|overlap|model|review):|  (accept|reject): )", r"\1", text, flags=re.M)
    written = yaml.safe_load(options)["attributes"]
    assert {"owners", "dataset", "overlap", "model"} <= set(written)
    path.write_text(options)
    configuration = load_project(path).configuration
    assert configuration.review is not None
    assert configuration.review.accept.golden_accuracy == 0.8


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["class", "boxes", "polygons"])
def test_a_new_project_can_be_rehearsed(tmp_path: Path, kind: str) -> None:
    """Good people label the examples right; that these are examples is all that there is to change."""
    path = made(tmp_path, "--kind", kind)
    done = run("rehearse", str(path.parent), "--crowd", "good", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["runs"][0]["ending"], told["runs"][0]["quality"]["right"]) == ("COMPLETED", 20)
    assert [each["kind"] for each in told["findings"]] == ["placeholder"]


def test_a_column_that_is_no_name_gets_one(tmp_path: Path) -> None:
    """People's columns have spaces: their files are read as they are, and so are the examples."""
    path = made(tmp_path, "--input", "Review Text", "--input", "Größe: [cm]", "--input", "stars")
    project = load_project(path)
    assert list(project.inputs) == ["review_text", "gr_e_cm", "stars"]
    assert project.written.columns == {"Review Text": "review_text", "Größe: [cm]": "gr_e_cm"}
    assert (path.parent / "items_example.csv").read_text().startswith("Review Text,Größe: [cm],stars,category\n")
    assert len(read_truth(project, path.parent / "items_example.csv")) == 20
    assert known_tasks_of(project, "golden_tasks.csv")[0].values["review_text"].startswith("Golden 1: a review_text")
    assert list(of_placeholders(project))
    assert columns_of(project) == "Review Text (review_text), Größe: [cm] (gr_e_cm), stars"


def test_a_name_that_cannot_be_is_told_with_one_that_can(tmp_path: Path) -> None:
    """A pattern tells people nothing; of an input field the message has the line that reads files as they are."""
    said = run("new", "fruit", "--folder", str(tmp_path), "--label", "Right Answer").output
    assert "letters, digits, _ and - only, for example right_answer." in said
    assert f"{tmp_path}/fruit/defs.yaml" in said
    said = run("new", "Fruit Salad", "--folder", str(tmp_path)).output
    assert "begins with a letter, for example fruit_salad." in said
    assert list(tmp_path.iterdir()) == []
    path = made(tmp_path)
    path.write_text(path.read_text().replace("        text: {type", "        Review Text: {type"))
    words = "for example review_text; files keep their column with source: {columns: {Review Text: review_text}}."
    with pytest.raises(ConfigurationError, match=re.escape(words)):
        load_project(path)

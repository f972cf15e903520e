"""From a folder to a project, and what its author reads when something is wrong."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import KEY_SPEC, ConfigurationError, load_project
from hitl_assets_tests.labeling.conftest import Load

KEY = {"item_key": {"type": "string", "hidden": True, "required": True}}
PROJECT_JSON = {
    "public_name": "Which fruit?",
    "public_description": "Apple or pear",
    "public_instructions": "<b>Look</b>",
    "assignments_issuing_type": "AUTOMATED",
    "task_spec": {
        "input_spec": {"text": {"type": "string", "required": True, "max_length": 50}},
        "output_spec": {"kind": {"type": "string", "allowed_values": ["apple", "pear"]}},
        "view_spec": {"type": "tb", "config": '{"view": {}}', "lock": {"core": "1.0.0"}},
    },
    "quality_control": {"configs": []},
    "assignments_automerge_enabled": False,
}
POOL_JSON = {
    "private_name": "fruit",
    "reward_per_assignment": 0.1,
    "assignment_max_duration_seconds": 600,
    "defaults": {"default_overlap_for_new_tasks": 3, "something_new": [1]},
    "mixer_config": {"real_tasks_count": 4, "golden_tasks_count": 1, "force_last_assignment": False},
    "filter": {"and": [{"category": "profile", "key": "languages", "operator": "IN", "value": "EN"}]},
    "dynamic_pricing_config": {"type": "SKILL", "intervals": [{"reward_per_assignment": 0.15}]},
}
TRAINING_JSON = {
    "private_name": "fruit training",
    "training_tasks_in_task_suite_count": 2,
    "task_suites_required_to_pass": 1,
    "retry_training_after_days": 10,
}


def refusal(load: Load, files: dict[str, Any] | None = None) -> str:
    """What the project's author reads."""
    with pytest.raises(ConfigurationError) as refused:
        load(files)
    return str(refused.value)


def change(attributes: dict[str, Any], field: str, value: Any) -> None:
    """Set a field by its path."""
    *sections, name = field.split(".")
    for section in sections:
        attributes = attributes[section]
    attributes[name] = value


def test_the_shipped_project_loads(shipped_project: Project) -> None:
    """It is what everybody copies."""
    assert (shipped_project.name, shipped_project.label) == ("clickbait", "category")
    assert list(shipped_project.inputs) == ["headline"]
    assert shipped_project.project["public_instructions"] == shipped_project.read("instructions.html").decode()


def test_what_is_left_out_has_a_default(load: Load) -> None:
    """The safe one."""
    configuration = load().configuration
    assert (configuration.source.branch, configuration.source.glob) == ("master", "/**.{csv,tsv,jsonl,xlsx}")
    assert (configuration.aggregation.method, configuration.pool_days) == ("bayesian_dawid_skene", 7)
    assert configuration.accept_close_reasons == ["COMPLETED"]
    assert configuration.dataset is None


def test_the_key_travels_in_a_hidden_field(load: Load) -> None:
    """Workers don't see it, and it is no input of the project's own."""
    project = load()
    assert project.project["task_spec"]["input_spec"]["item_key"] == KEY_SPEC == KEY["item_key"]
    assert list(project.inputs) == ["text"]


def test_a_description_is_public_where_the_project_has_none(load: Load, attributes: dict[str, Any]) -> None:
    """Toloka wants one."""
    attributes["description"] = "Apple or pear"
    assert load().project["public_description"] == "Apple or pear"


def test_yaml_is_passed_on_as_it_is(load: Load, attributes: dict[str, Any]) -> None:
    """Names that we don't know are Toloka's."""
    pool = {**POOL_JSON, "new_in_toloka": {"a": 1}}
    attributes["pool"] = pool
    assert load().pool == pool


def test_tolokas_json_is_passed_on_but_for_the_key(load: Load, attributes: dict[str, Any]) -> None:
    """Whoever has a project in Toloka brings its files and nothing else."""
    attributes |= {
        "project": "project.json",
        "pool": "pool.json",
        "training": "training.json",
        "training_tasks": "t.csv",
    }
    files = {"project.json": PROJECT_JSON, "pool.json": POOL_JSON, "training.json": TRAINING_JSON}
    project = load({**files, "t.csv": "text,kind,hint\nCox,apple,Red\n"})
    spec = PROJECT_JSON["task_spec"]
    with_key = {**PROJECT_JSON, "task_spec": {**spec, "input_spec": {**spec["input_spec"], **KEY}}}
    assert json.loads(json.dumps(project.project, default=float)) == with_key
    assert json.loads(json.dumps(project.pool, default=float)) == POOL_JSON
    assert project.training == TRAINING_JSON


def test_money_in_json_stays_exact(load: Load, attributes: dict[str, Any]) -> None:
    """0.1 has no exact float."""
    attributes["pool"] = "pool.json"
    assert load({"pool.json": POOL_JSON}).terms.reward_per_assignment == Decimal("0.1")


def test_an_exported_project_may_have_our_hidden_field_already(load: Load, attributes: dict[str, Any]) -> None:
    """It was created from here."""
    spec = PROJECT_JSON["task_spec"]
    exported = {**PROJECT_JSON, "task_spec": {**spec, "input_spec": {**spec["input_spec"], **KEY}}}
    attributes["project"] = "project.json"
    assert load({"project.json": exported}).project == exported


def test_an_interface_is_shown_with_the_components_that_it_uses(load: Load, attributes: dict[str, Any]) -> None:
    """Template Builder wants a version for each; numbers stay numbers."""
    view = {"type": "view.image", "ratio": 1.5, "url": {"type": "data.input", "path": "text"}}
    interface = {"view": {"type": "view.list", "items": [view]}, "plugins": [{"type": "plugin.hotkeys"}]}
    attributes["interface"] = "interface.json"
    shown = load({"interface.json": interface}).project["task_spec"]["view_spec"]
    assert json.loads(shown["config"]) == interface
    assert set(shown["lock"]) == {"core", "view.list", "view.image", "plugin.hotkeys"}


def test_a_project_without_anything_to_see_is_refused(load: Load, attributes: dict[str, Any]) -> None:
    """Toloka would take it, and workers would see nothing."""
    del attributes["project"]["task_spec"]["view_spec"]
    assert "field interface is missing" in refusal(load)


@pytest.mark.parametrize("side", ["input_spec", "output_spec"])
def test_a_field_without_a_type_is_text(load: Load, attributes: dict[str, Any], side: str) -> None:
    """As the reference says; Toloka and its library need it spelled out."""
    for field in attributes["project"]["task_spec"][side].values():
        del field["type"]
    assert {field["type"] for field in load().project["task_spec"][side].values()} == {"string"}


@pytest.mark.parametrize("wrong", [[True, False], ["yes", False], [1.0], [None], [404]])
def test_allowed_values_of_another_type_are_refused(load: Load, attributes: dict[str, Any], wrong: list[Any]) -> None:
    """YAML reads `yes` and `no` as true and false; nobody could give an answer that is allowed."""
    attributes["project"]["task_spec"]["output_spec"]["kind"]["allowed_values"] = wrong
    said = refusal(load)
    assert "output_spec.kind.allowed_values" in said
    assert "the field is of type string, and has " in said
    assert "Put text in quotes: YAML reads yes, no, on and off as true or false" in said


def test_allowed_values_of_numbers_may_not_be_text(load: Load, attributes: dict[str, Any]) -> None:
    """The other way round."""
    attributes["project"]["task_spec"]["output_spec"]["kind"] = {"type": "integer", "allowed_values": ["1", "2"]}
    assert 'the field is of type integer, and has "1", "2". Write them without quotes' in refusal(load)


def test_no_value_at_all_is_no_choice(load: Load, attributes: dict[str, Any]) -> None:
    """Toloka would refuse every answer."""
    attributes["project"]["task_spec"]["output_spec"]["kind"]["allowed_values"] = []
    assert "output_spec.kind.allowed_values" in refusal(load)


@pytest.mark.parametrize(("field", "value"), [("label", False), ("golden_tasks", 2020), ("description", 1.5)])
def test_a_text_that_yaml_takes_for_something_else_wants_quotes(
    load: Load, attributes: dict[str, Any], field: str, value: Any
) -> None:
    """`label: no` is a label called no."""
    attributes[field] = value
    assert "Put text in quotes" in refusal(load)


def test_norway_in_a_filter_wants_quotes(load: Load, attributes: dict[str, Any]) -> None:
    """`value: no` under `key: country` is false."""
    country = {"category": "computed", "key": "country", "operator": "EQ", "value": False}
    attributes["pool"]["filter"] = {"and": [{"or": [country]}]}
    assert "field pool.filter.and.0.or.0.value = False is to be a text. Put text in quotes" in refusal(load)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("colour", "red", ["field colour = 'red' is unknown", "Allowed: accept_close_reasons,", " golden_tasks,"]),
        (
            "source.bucket",
            "b",
            ["source.bucket = 'b' is unknown", "Allowed: branch, columns, encoding, field, glob, items, repo, values."],
        ),
        (
            "budget.per_day",
            5,
            ["field budget.per_day = 5 is unknown", "balance_reserve, fee, per_batch, per_project."],
        ),
        ("aggregation", {"methods": 1}, ["field aggregation.methods = 1 is unknown", "Allowed: iterations, method."]),
        ("source.repo", 5, ["field source.repo = 5", "valid string"]),
        ("source", "fruit_texts", ["field source = 'fruit_texts'", "valid dictionary"]),
        ("pool", 5, ["field pool = 5", "valid dictionary"]),
        (
            "name",
            "Fruit Texts",
            [
                "field name = 'Fruit Texts'",
                "small letters, digits and _, and begins with a letter, for example fruit_texts",
            ],
        ),
        ("pool_days", 0, ["field pool_days = 0", "greater than or equal to 1"]),
        ("aggregation", {"method": "best"}, ["field aggregation.method = 'best'", "'dawid_skene'", "'mmsr'"]),
        ("budget.per_batch", -1, ["field budget.per_batch = -1", "greater than 0"]),
        ("budget.per_project", "a lot", ["field budget.per_project = 'a lot'", "valid decimal"]),
        ("budget.fee", -0.1, ["field budget.fee = -0.1", "greater than or equal to 0"]),
        ("accept_close_reasons", ["DONE"], ["field accept_close_reasons.0 = 'DONE'", "'COMPLETED'", "'MANUAL'"]),
        ("golden_tasks", "../golden.csv", ["field golden_tasks = '../golden.csv'"]),
        ("source.glob", "/{a,b.csv", ["field source.glob = '/{a,b.csv'"]),
        ("pool.reward_per_assignment", 0, ["field pool.reward_per_assignment = 0", "0.005"]),
        (
            "pool.mixer_config.real_tasks_count",
            "four",
            ["field pool.mixer_config.real_tasks_count = 'four'", "valid integer"],
        ),
        ("project.task_spec.output_spec", {}, ["field project.task_spec.output_spec = {}", "at least 1"]),
        (
            "project.task_spec.input_spec",
            {"a, b": {}},
            ["project.task_spec.input_spec.a, b", "letters, digits, _ and - only"],
        ),
    ],
)
def test_a_wrong_field_is_named_with_its_value_and_what_is_allowed(
    load: Load, attributes: dict[str, Any], tmp_path: Path, field: str, value: Any, words: list[str]
) -> None:
    """And with the file: there is one for each project."""
    change(attributes, field, value)
    message = refusal(load)
    assert message.startswith(f"{tmp_path / 'defs.yaml'}: ")
    assert [word for word in words if word not in message] == []


@pytest.mark.parametrize("field", ["name", "source", "golden_tasks", "project", "pool", "budget", "budget.per_batch"])
def test_a_missing_field_is_named(load: Load, attributes: dict[str, Any], field: str) -> None:
    """By its path."""
    *sections, name = field.split(".")
    del (attributes[sections[0]] if sections else attributes)[name]
    assert f"field {field} is missing." in refusal(load)


def test_all_wrong_fields_are_named_at_once(load: Load, attributes: dict[str, Any]) -> None:
    """A line each, so that they can be put right together."""
    attributes["pool_days"] = 0
    attributes["budget"]["fee"] = 9
    lines = refusal(load).splitlines()
    assert [line.split(" = ")[0].split("field ")[1] for line in lines] == ["pool_days", "budget.fee"]


@pytest.mark.parametrize(
    ("field", "file"),
    [
        ("pool", "pool.json"),
        ("project", "project.json"),
        ("interface", "interface.json"),
        ("instructions", "instructions.html"),
        ("golden_tasks", "other.csv"),
    ],
)
def test_a_missing_file_is_named(load: Load, attributes: dict[str, Any], tmp_path: Path, field: str, file: str) -> None:
    """And nothing else is said of it."""
    attributes[field] = file
    message = refusal(load)
    assert f"{tmp_path / file} does not exist." in message
    assert "JSON" not in message


def test_a_directory_is_no_file(load: Load, attributes: dict[str, Any]) -> None:
    """Two dots pass as a file's name."""
    attributes["pool"] = ".."
    assert "cannot be read: Is a directory" in refusal(load)


def test_missing_training_tasks_are_named(load: Load, attributes: dict[str, Any], tmp_path: Path) -> None:
    """Before the training is created."""
    attributes |= {"training": TRAINING_JSON, "training_tasks": "training.csv"}
    assert f"file {tmp_path / 'training.csv'} does not exist." in refusal(load)


def test_a_project_that_is_not_there_is_named(tmp_path: Path) -> None:
    """By its path."""
    with pytest.raises(ConfigurationError, match=re.escape(f"{tmp_path / 'defs.yaml'} does not exist.")):
        load_project(tmp_path / "defs.yaml")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"attributes: [", "is not YAML"),
        (b"attributes: !!python/object:os.system {}", "is not YAML"),
        (b"", "needs `type: hitl_assets.component.LabelingProject`"),
        (b"attributes: fruit", "needs `type: hitl_assets.component.LabelingProject`"),
        (b"attributes: {name: \xff}", "is not UTF-8 (byte 19)"),
    ],
)
def test_a_defs_yaml_that_is_none_says_so(tmp_path: Path, content: bytes, words: str) -> None:
    """YAML is read, never run."""
    (tmp_path / "defs.yaml").write_bytes(content)
    with pytest.raises(ConfigurationError) as refused:
        load_project(tmp_path / "defs.yaml")
    assert words in str(refused.value)


@pytest.mark.parametrize("content", ["", "{", "{'a': 1}", "// pool\n{}"])
def test_a_file_that_is_not_json_says_so(load: Load, attributes: dict[str, Any], tmp_path: Path, content: str) -> None:
    """With the place of the error in it."""
    attributes["pool"] = "pool.json"
    message = refusal(load, {"pool.json": content})
    assert message.startswith(f"{tmp_path / 'pool.json'} is not JSON: ")
    assert "line 1 column" in message


def test_a_wrong_field_of_a_json_file_is_named_with_that_file(
    load: Load, attributes: dict[str, Any], tmp_path: Path
) -> None:
    """Whoever reads it must not look into defs.yaml."""
    attributes["pool"] = "pool.json"
    message = refusal(load, {"pool.json": {**POOL_JSON, "mixer_config": {"real_tasks_count": 0}}})
    assert message.startswith(f"{tmp_path / 'pool.json'}: field mixer_config.real_tasks_count = 0 ")


@pytest.mark.parametrize("content", ["[]", "null", "5"])
def test_a_json_file_must_hold_an_object(load: Load, attributes: dict[str, Any], content: str) -> None:
    """The message says what belongs in it."""
    attributes["training"], attributes["training_tasks"] = "training.json", "golden.csv"
    message = refusal(load, {"training.json": content})
    assert "must be an object with: metadata, private_name, task_suites_required_to_pass" in message


def test_of_several_outputs_one_must_be_the_label(load: Load, attributes: dict[str, Any]) -> None:
    """We don't guess what is aggregated."""
    attributes["project"]["task_spec"]["output_spec"]["reason"] = {"type": "string"}
    assert "field label is missing. Allowed: kind, reason." in refusal(load)
    attributes["label"] = "reason"
    assert load().label == "reason"


def test_a_label_must_be_an_output(load: Load, attributes: dict[str, Any]) -> None:
    """An input is no answer."""
    attributes["label"] = "text"
    assert "field label = 'text' is not an output field. Allowed: kind." in refusal(load)


@pytest.mark.parametrize(
    ("side", "name"),
    [(side, name) for side in ("input_spec", "output_spec") for name in ("item_key", "confidence", "batch", "hint")]
    + [("input_spec", "label")],
)
def test_the_pipelines_names_are_taken(load: Load, attributes: dict[str, Any], name: str, side: str) -> None:
    """They are columns of the labels and of the dataset."""
    attributes["project"]["task_spec"][side][name] = {"type": "string"}
    attributes["label"] = "kind"
    message = refusal(load)
    assert name in message
    assert "taken by the pipeline. Choose" in message


def test_an_output_may_be_named_label(load: Load, attributes: dict[str, Any]) -> None:
    """It is what it says."""
    attributes["project"]["task_spec"]["output_spec"] = {"label": {"type": "string"}}
    assert load().label == "label"


def test_the_label_may_not_be_an_input_too(load: Load, attributes: dict[str, Any]) -> None:
    """The dataset has a column for each."""
    attributes["project"]["task_spec"]["input_spec"]["kind"] = {"type": "string"}
    assert "field name kind is an input and the label" in refusal(load)


@pytest.mark.parametrize("given", [{"training": TRAINING_JSON}, {"training_tasks": "golden.csv"}])
def test_a_training_and_its_tasks_go_together(load: Load, attributes: dict[str, Any], given: dict[str, Any]) -> None:
    """One without the other teaches nobody."""
    attributes |= given
    assert "fields training and training_tasks go together. Give both, or neither." in refusal(load)


def test_a_pool_cannot_require_a_training_that_is_not_there(load: Load, attributes: dict[str, Any]) -> None:
    """Nobody could ever enter."""
    attributes["pool"]["quality_control"] = {"training_requirement": {"training_passing_skill_value": 70}}
    assert "training_requirement = {'training_passing_skill_value': 70} needs the field training" in refusal(load)

"""Who labels has one section in the YAML; the form of before 0.2 says the same."""

from pathlib import Path
from typing import Any

import pytest

from hitl_assets.labeling.pools.pools import pool_mark, project_mark
from hitl_assets.labeling.project.declaration import TolokaSection
from hitl_assets.labeling.project.loading import ConfigurationError, attributes_model, compose_project, describe_flat
from hitl_assets_tests.labeling.conftest import Load

Attributes = dict[str, Any]


def nested(attributes: Attributes) -> Attributes:
    """The same in the form of today."""
    own = {name: value for name, value in attributes.items() if name in TolokaSection.model_fields}
    return {**{name: value for name, value in attributes.items() if name not in own}, "toloka": own}


def refusal(path: Path, attributes: Attributes) -> ConfigurationError:
    """What the author of such a YAML reads."""
    with pytest.raises(ConfigurationError) as refused:
        compose_project(path, attributes)
    return refused.value


def test_either_form_is_the_same_project(load: Load, attributes: Attributes) -> None:
    """What is in Toloka, and what was materialized, stays as it is when somebody moves the fields."""
    flat = load({"training.csv": "text,kind,hint\nCox,apple,Red\n"})
    new = compose_project(flat.folder / "defs.yaml", nested(attributes))
    assert (new.configuration, new.project, new.pool) == (flat.configuration, flat.project, flat.pool)
    assert new.setup_hash == flat.setup_hash
    assert project_mark(new) == project_mark(flat)
    assert pool_mark(new, "b", new.suite_price) == pool_mark(flat, "b", flat.suite_price)
    assert (flat.is_flat, new.is_flat) == (True, False)


def test_the_old_form_is_told_with_the_new_one(load: Load, attributes: Attributes) -> None:
    """One line says what to write; the new form is silent."""
    flat = load()
    said = describe_flat(flat)
    assert "toloka: {project: ..., pool: ..., golden_tasks: ..., budget: ...}" in said
    assert "\n" not in said
    assert describe_flat(compose_project(flat.folder / "defs.yaml", nested(attributes))) == ""


def test_both_forms_at_once_are_refused(load: Load, attributes: Attributes) -> None:
    """Nobody can tell which one is meant."""
    path = load().folder / "defs.yaml"
    said = str(refusal(path, {**nested(attributes), "pool_days": 3, "budget": {}}))
    assert "fields pool_days, budget are there beside the section toloka. Write them into one: toloka." in said


def test_without_a_section_the_names_of_sections_are_told(tmp_path: Path) -> None:
    """Whoever begins with an empty file learns how to go on."""
    said = str(refusal(tmp_path / "defs.yaml", {"name": "fruit", "source": {"repo": "fruit"}}))
    assert "no section says who labels" in said
    assert "Write one of: toloka." in said


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"budgt": 1}, "toloka.budgt"),
        ({"budget": {"per_batch": 50}}, "toloka.budget.per_project"),
        ({"instructions": "nowhere.html"}, "toloka.instructions"),
        ({"training_tasks": "golden.csv"}, "toloka.training"),
    ],
)
def test_messages_name_fields_as_they_are_written(
    load: Load, attributes: Attributes, change: Attributes, field: str
) -> None:
    """In the section where they are; in the old form at the top."""
    path, new = load().folder / "defs.yaml", nested(attributes)
    found = refusal(path, {**new, "toloka": {**new["toloka"], **change}}).mistakes
    assert [each.field for each in found] == [field]
    assert field in found[0].text or field == "toloka.instructions"
    found = refusal(path, {**attributes, **change}).mistakes
    assert [each.field for each in found] == [field.removeprefix("toloka.")]


def test_what_is_wrong_in_the_section_and_beside_it_is_told_at_once(load: Load, attributes: Attributes) -> None:
    """An author needs one look."""
    path, new = load().folder / "defs.yaml", nested(attributes)
    wrong = {**new, "source": {}, "toloka": {**new["toloka"], "pool_days": 0, "golden_tasks": "none.csv"}}
    fields = {each.field for each in refusal(path, wrong).mistakes}
    assert fields == {"source.repo", "toloka.pool_days", "toloka.golden_tasks"}


def test_the_schema_has_the_section_and_not_the_old_form() -> None:
    """The reference is made from it."""
    schema = attributes_model().model_json_schema()
    assert "toloka" in schema["properties"]
    assert "pool" not in schema["properties"]
    assert "budget" in schema["$defs"]["TolokaSection"]["properties"]

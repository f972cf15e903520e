"""What a project knows of itself."""

from typing import Any

import pytest
from pydantic import ValidationError

from hitl_assets.labeling.aggregation.aggregation import AGGREGATORS
from hitl_assets.labeling.project.declaration import Aggregation
from hitl_assets_tests.labeling.conftest import Load

TRAINING = {
    "training": {"private_name": "t", "training_tasks_in_task_suite_count": 2, "task_suites_required_to_pass": 1},
    "training_tasks": "training.csv",
}
FILES = {"golden.csv": "text,kind\nCox,apple\n", "training.csv": "text,kind\nCox,apple\n"}


def test_the_only_output_is_the_label(load: Load) -> None:
    """Nobody should have to say so."""
    assert load().label == "kind"


def test_terms_are_the_pools(load: Load) -> None:
    """Plan and price are made from what is sent."""
    terms = load().terms
    assert (terms.mixer_config.real_tasks_count, terms.defaults.default_overlap_for_new_tasks) == (4, 3)


def test_the_same_folder_has_the_same_setup_hash(load: Load, attributes: dict[str, Any]) -> None:
    """Loading again is no change."""
    attributes |= TRAINING
    assert load(FILES).setup_hash == load(FILES).setup_hash


@pytest.mark.parametrize("file", sorted(FILES))
def test_the_setup_hash_changes_with_its_files(load: Load, attributes: dict[str, Any], file: str) -> None:
    """Other golden or training tasks are due in Toloka."""
    attributes |= TRAINING
    assert load(FILES).setup_hash != load({**FILES, file: "text,kind\nConference,pear\n"}).setup_hash


@pytest.mark.parametrize("section", ["project", "training"])
def test_the_setup_hash_changes_with_tolokas_forms(load: Load, attributes: dict[str, Any], section: str) -> None:
    """So do other instructions."""
    attributes |= TRAINING
    before = load(FILES).setup_hash
    attributes[section] = {**attributes[section], "public_instructions": "Look twice"}
    assert load(FILES).setup_hash != before


def test_the_setup_hash_leaves_the_pool_out(load: Load, attributes: dict[str, Any]) -> None:
    """A pool is made for each batch; nothing that exists is due for it."""
    before = load().setup_hash
    attributes["pool"]["reward_per_assignment"] = 0.2
    assert load().setup_hash == before


def test_every_method_that_is_allowed_is_there() -> None:
    """A name that passes in the YAML must not fail when the answers are paid."""
    for method in AGGREGATORS:
        assert Aggregation(method=method).method == method
    with pytest.raises(ValidationError) as refused:
        Aggregation(method="best")  # type: ignore[arg-type]
    assert refused.value.errors()[0]["msg"].count("'") == 2 * len(AGGREGATORS)


def test_a_file_is_read_from_the_projects_folder(load: Load) -> None:
    """As bytes: its reader decodes it."""
    assert load({"golden.csv": "text,kind\nПoire,pear\n"}).read("golden.csv") == "text,kind\nПoire,pear\n".encode()

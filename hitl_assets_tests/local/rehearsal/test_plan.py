"""What a rehearsal is tried with: the user's items, the project's own, or made up ones."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.tables.tables import UnreadableFileError
from hitl_assets.labeling.values.values import check_typed
from hitl_assets.local.rehearsal.items import make_value
from hitl_assets.local.rehearsal.plan import find_project, plan_rehearsal
from hitl_assets_tests.conftest import CLICKBAIT

Edited = Callable[..., Project]


def test_a_project_is_found_by_name_and_by_folder() -> None:
    """A name is looked for among the projects."""
    assert find_project("clickbait", [CLICKBAIT.parent]).name == "clickbait"
    assert find_project(str(CLICKBAIT), [Path("/nowhere")]).name == "clickbait"


def test_a_project_that_is_not_there_is_told_with_those_that_are() -> None:
    """It is a typing mistake as a rule."""
    with pytest.raises(ConfigurationError, match=r"clickbat is neither .* There: clickbait\."):
        find_project("clickbat", [CLICKBAIT.parent])


def test_a_project_brings_its_own_items_and_their_truth(shipped_project: Project) -> None:
    """Golden and training tasks are no items."""
    plan = plan_rehearsal(shipped_project, None, None, sample=1000, seed=1)
    assert (plan.source, plan.whole, len(plan.items), len(plan.truth)) == ("headlines_1.csv", 90, 90, 90)
    assert set(plan.truth.values()) == {"clickbait", "notclickbait"}


def test_a_sample_is_drawn_by_the_seed(shipped_project: Project) -> None:
    """The same seed, the same items; not just the first ones of the file."""
    first, again, other = (plan_rehearsal(shipped_project, None, None, 30, seed).items for seed in (1, 1, 2))
    assert first == again != other
    assert len(first) == 30
    assert max(each.row for each in first) > 31


def test_items_without_a_label_need_an_answer_key(edited: Edited, tmp_path: Path) -> None:
    """Without one nobody knows the truth, and nothing is said about it."""
    items, key = tmp_path / "items.csv", tmp_path / "key.csv"
    items.write_text("headline\nOne\nTwo\n,\n")
    key.write_text("INPUT:headline,GOLDEN:category\nTwo,clickbait\n")
    plan = plan_rehearsal(edited(), items, None, 10, 1)
    assert (plan.whole, plan.truth, len(plan.rejected)) == (2, {}, 1)
    assert list(plan_rehearsal(edited(), items, key, 10, 1).truth.values()) == ["clickbait"]


def test_a_file_without_a_good_row_is_refused(edited: Edited, tmp_path: Path) -> None:
    """With the reason of the first bad one."""
    (tmp_path / "items.csv").write_text(f"headline\n{'x' * 501}\n")
    with pytest.raises(UnreadableFileError, match=r"no row that can be used.*row 2: value has 501 characters"):
        plan_rehearsal(edited(), tmp_path / "items.csv", None, 10, 1)


def test_items_are_made_up_where_there_are_none(edited: Edited) -> None:
    """As many different ones as were asked for."""
    plan = plan_rehearsal(edited(), None, None, 12, 1)
    assert (plan.source, plan.whole, len({each.item_key for each in plan.items})) == ("made up", 12, 12)


@pytest.mark.parametrize(
    "spec",
    [
        {"type": "string", "min_length": 20},
        {"type": "string", "max_length": 3},
        {"type": "url"},
        {"type": "integer", "min_value": 3, "max_value": 5},
        {"type": "float", "max_value": 1},
        {"type": "boolean"},
        {"type": "coordinates"},
        {"type": "json"},
        {"type": "array_string", "min_size": 2},
        {"type": "string", "allowed_values": ["a", "b"]},
    ],
)
def test_made_up_values_fit_their_field(spec: dict[str, Any]) -> None:
    """Toloka would refuse others."""
    for number in range(1, 30):
        check_typed(make_value("field", spec, number), spec)


def test_the_answer_key_names_items_by_their_key(shipped_project: Project) -> None:
    """Inputs of any type are found by it."""
    plan = plan_rehearsal(shipped_project, None, None, 5, 1)
    header, *rows = plan.answer_key().decode().splitlines()
    assert header == "item_key,category"
    assert {row.split(",")[0] for row in rows} >= {each.item_key for each in plan.items}

"""What people see in Dagster's UI after a demo, and what they can start there."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import ARTIFACTS
from .pages import Pages

# One worker runs all of them: the demo before them takes a minute or two.
pytestmark = [pytest.mark.story, pytest.mark.xdist_group("ui")]

STORY = ("raw_data", "tasks", "pools", "raw_answers", "aggregated_labels", "concatenated_dataset")


def test_lineage_is_the_story_from_left_to_right(pages: Pages) -> None:
    """Each asset is to the right of the one before; that is how a graph is read."""
    pages.lineage()
    boxes = [pages.box(asset).bounding_box() for asset in ("source", *STORY)]
    places = [box["x"] for box in boxes if box]
    assert len(places) == len(STORY) + 1
    assert places == sorted(set(places))


@pytest.mark.parametrize(
    ("asset", "numbers", "plots"),
    [
        ("raw_data", {"new_items": "30", "known_rows": "15", "rejected_rows": "0"}, []),
        ("pools", {"suites": None, "estimate_minimum": None, "estimate_maximum": None}, []),
        ("raw_answers", {"answers": "150", "workers": None, "spent": None}, ["answers_over_time"]),
        ("aggregated_labels", {"labels": "30", "agreement": None, "mean_confidence": None}, ["confidence"]),
    ],
    ids=["raw_data", "pools", "raw_answers", "aggregated_labels"],
)
def test_a_batch_shows_its_numbers_and_plots(
    pages: Pages, batches: list[str], asset: str, numbers: dict[str, str | None], plots: list[str]
) -> None:
    """The second batch of the demo: 30 new headlines among 45, five answers each."""
    pages.batch(asset, batches[-1])
    for name, number in numbers.items():
        expect(pages.value(name)).to_have_text(re.compile(rf"^\s*{name}\s*{number or '[0-9.]+'}\s*$"))
    for name in plots:
        pages.plot(name)
        pages.picture(ARTIFACTS / f"plot_{name}.png")
        pages.close_dialog()


def test_numbers_are_drawn_over_batches(pages: Pages) -> None:
    """Numeric metadata under names that stay: one curve each."""
    pages.asset("aggregated_labels")
    pages.press("Plots")
    for name in ("agreement", "labels", "mean_confidence", "spent_per_label"):
        expect(pages.page.get_by_text(name, exact=True).first).to_be_visible()
    expect(pages.page.locator("canvas").first).to_be_visible()


def test_checks_show_their_verdicts(pages: Pages) -> None:
    """Each check of the labels with what came of it, and with its sentence."""
    pages.asset("aggregated_labels", "checks")
    for check in ("every_item_has_a_label", "labels_are_spread_as_before", "no_item_is_lost", "people_agree"):
        expect(pages.verdict(check, "Succeeded")).to_be_visible()
    expect(pages.page.get_by_text("30 labels for 30 items.")).to_be_visible()


@pytest.mark.parametrize("sensor", ["commits", "pools"])
def test_sensors_run(pages: Pages, sensor: str) -> None:
    """They are on without anybody switching them on, and they tick."""
    pages.sensor(sensor)
    expect(pages.page.locator("tr", has_text="Running").locator("input[type=checkbox]")).to_be_checked()


def test_the_automation_page_lists_the_sensors(pages: Pages) -> None:
    """One place to see what runs by itself."""
    pages.automation()
    for sensor in ("commits", "pools"):
        expect(pages.page.get_by_text(f"{pages.project}_{sensor}", exact=True)).to_be_visible()


def test_the_dataset_can_be_materialized_from_the_ui(pages: Pages) -> None:
    """One press of a button, and the run ends well."""
    pages.asset("concatenated_dataset")
    pages.launch("Materialize")
    expect(pages.page.get_by_text("Success", exact=True).first).to_be_visible()


def test_labels_of_a_batch_can_be_made_again_from_the_ui(pages: Pages, batches: list[str]) -> None:
    """Choose the batch, launch: no money is spent, and nothing changes."""
    pages.asset("aggregated_labels")
    pages.press("Materialize")
    pages.page.get_by_role("dialog").get_by_text("Select a partition or create one").click()
    pages.page.get_by_title(batches[-1], exact=True).last.click()
    pages.page.keyboard.press("Escape")  # the list of partitions
    pages.picture(ARTIFACTS / "choose_a_batch.png")
    pages.launch("Launch 1 run")
    expect(pages.page.get_by_text("Success", exact=True).first).to_be_visible()

"""Areas and spans: well formed, near what is right, and each by another hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hitl_assets.emulators.crowd.answering.drawing import redraw
from hitl_assets.emulators.crowd.answering.truth import AnswerKey
from hitl_assets.emulators.toloka.people.components.areas import crosses_itself
from hitl_assets_tests.emulators.crowd.interfaces import CAREFUL, CARELESS, asks, classic, given, hand_in

IMAGE = {"image": "https://example.com/1.jpg"}
LABELS = [{"value": value, "label": value} for value in ("car", "bus")]
RESULT = {"result": {"type": "json"}}
BOX = {"shape": "rectangle", "left": 0.2, "top": 0.3, "width": 0.4, "height": 0.1, "label": "car"}
TEXT = "Anna went to Paris with Bob in May"


def annotation(*shapes: str, **more: Any) -> dict[str, Any]:
    """A field to draw in."""
    return asks("image-annotation", "result", image=given("image"), shapes=dict.fromkeys(shapes, True), **more)


def keyed(path: Path, area: dict[str, Any]) -> AnswerKey:
    """A key that knows one picture."""
    cell = json.dumps([area]).replace('"', '""')
    path.write_text(f'image,result\n{IMAGE["image"]},"{cell}"\n', encoding="utf-8")
    return AnswerKey.read(path)


@pytest.mark.parametrize("shape", ["rectangle", "polygon", "point"])
def test_areas_are_as_template_builder_has_them(shape: str) -> None:
    """Of the shapes that are allowed, with one of the labels, within the picture."""
    areas = [area for one in hand_in(RESULT, annotation(shape, labels=LABELS), IMAGE) for area in one["result"]]
    assert {area["shape"] for area in areas} == {shape}
    assert {area["label"] for area in areas} == {"car", "bus"}
    for area in areas:
        for point in area.get("points", [area]):
            assert 0 <= point["left"] <= 1
            assert 0 <= point["top"] <= 1
        assert area["left"] + area["width"] <= 1.0001 if shape == "rectangle" else "width" not in area


def test_areas_of_a_classic_interface_have_corners() -> None:
    """Two of a rectangle, all of a polygon."""
    markup = '{{field type="image-annotation" name="result" src=image shapes="polygon,rectangle"}}'
    areas = [area for one in hand_in(RESULT, classic(markup)) for area in one["result"]]
    assert {area["type"] for area in areas} == {"polygon", "rectangle"}
    assert all(set(area["data"]) == {"p1", "p2"} for area in areas if area["type"] == "rectangle")
    assert all(set(point) == {"x", "y"} for area in areas if area["type"] == "polygon" for point in area["data"])


def test_no_two_people_draw_alike(tmp_path: Path) -> None:
    """Near what the key has, by a few hundredths."""
    drawn = hand_in(RESULT, annotation(), IMAGE, key=keyed(tmp_path / "key.csv", BOX), people=CAREFUL)
    boxes = [one["result"][0] for one in drawn]
    assert len({box["left"] for box in boxes}) > 20
    assert all(abs(box[side] - BOX[side]) < 0.06 for box in boxes for side in ("left", "top", "width", "height"))


def test_who_is_careless_misses_areas_or_misplaces_them(tmp_path: Path) -> None:
    """Nobody who errs draws what is right; all of it can be handed in."""
    key = keyed(tmp_path / "key.csv", BOX)
    drawn = hand_in(RESULT, annotation(labels=LABELS), IMAGE, key=key, people=CARELESS)
    ways = {"called" if one["result"][0]["label"] == "bus" else "moved" for one in drawn if one["result"]}
    assert ways == {"called", "moved"}


SMALL = {"shape": "polygon", "points": [
    {"left": 0.5 + x / 100, "top": 0.5 + y / 100} for x, y in ((0, 0), (1, -1), (2, 0), (2, 1), (1, 2), (0, 1))
]}  # fmt: skip


@pytest.mark.parametrize("people", [CAREFUL, CARELESS])
def test_outlines_do_not_cross_themselves(tmp_path: Path, people: Any) -> None:
    """Small ones are drawn by a steadier hand, and misplaced as a whole: the page refuses what no person could draw."""
    answers = hand_in(RESULT, annotation(), IMAGE, key=keyed(tmp_path / "key.csv", SMALL), people=people)
    outlines = [area["points"] for one in answers for area in one["result"]]
    assert all(len(points) == 6 for points in outlines)
    assert len({points[0]["left"] for points in outlines}) > 20
    corners = [[(at["left"], at["top"]) for at in points] for points in outlines]
    assert not any(crosses_itself(points) for points in corners)
    width = [max(point[0] for point in points) - min(point[0] for point in points) for points in corners]
    assert max(width) < 0.1


def test_a_control_task_is_drawn_as_it_is_known() -> None:
    """It is compared with the known solution, and a training would never end."""
    assert hand_in(RESULT, annotation(), IMAGE, {"result": [BOX]}, people=CAREFUL, workers=2) == [{"result": [BOX]}] * 2


def test_what_is_no_place_stays() -> None:
    """Only places and extents are drawn; what else an area says is copied."""
    area = {**BOX, "track": 7, "is_crowd": False, "points": [{"x": 0.999, "y": 0.0}]}
    drawn = redraw([area], 0.05, 1, "somebody")[0]
    assert (drawn["track"], drawn["is_crowd"], drawn["label"]) == (7, False, "car")
    assert all(0 <= value <= 1 for value in drawn["points"][0].values())
    assert drawn["left"] != area["left"]


def test_spans_are_words_of_the_text() -> None:
    """With offset, length and one of the labels."""
    field = asks(
        "text-annotation", "result", content=given("text"), labels=LABELS, validation={"type": "condition.required"}
    )
    spans = [span for one in hand_in(RESULT, field, {"text": TEXT}) for span in one["result"]]
    assert {TEXT[span["offset"] :][: span["length"]] for span in spans} <= set(TEXT.split())
    assert {span["label"] for span in spans} == {"car", "bus"}


def test_spans_count_as_browsers_do() -> None:
    """In UTF-16: a pictogram before a word moves it by two."""
    field = asks(
        "text-annotation", "result", content=given("text"), labels=LABELS, validation={"type": "condition.required"}
    )
    spans = [span for one in hand_in(RESULT, field, {"text": "🎉 Anna"}) for span in one["result"]]
    assert {(span["offset"], span["length"]) for span in spans} == {(3, 4)}

"""Areas and spans: well formed, near what is right, and each by another hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hitl_assets.emulators.crowd.answering.drawing import areas_of, hands, misdraw, redraw
from hitl_assets.emulators.crowd.answering.truth import AnswerKey
from hitl_assets.emulators.toloka.people.components.areas import complain_of_areas, crosses_itself
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


def way_of(area: dict[str, Any], drawn: list[dict[str, Any]]) -> str:
    """How somebody erred about the one area that is there."""
    if not drawn or len(drawn) > 1:
        return "more" if drawn else "missed"
    if drawn[0]["label"] != area["label"]:
        return "called"
    return "larger" if drawn[0]["width"] * drawn[0]["height"] > 1.7 * area["width"] * area["height"] else "moved"


def test_who_is_careless_errs_as_people_do(tmp_path: Path) -> None:
    """Misses a thing, misplaces it, draws it too large, calls it otherwise, or sees one more."""
    key = keyed(tmp_path / "key.csv", BOX)
    drawn = hand_in(RESULT, annotation(labels=LABELS), IMAGE, key=key, people=CARELESS)
    assert {way_of(BOX, one["result"]) for one in drawn} == {"missed", "moved", "larger", "called", "more"}


def test_who_is_less_often_right_draws_less_carefully() -> None:
    """How far off boxes are, relative to their size, grows with the mistakes that somebody makes."""
    off = {}
    for accuracy in (0.95, 0.6):
        drawn = [redraw([BOX], hands(accuracy)[0], 1, number)[0] for number in range(50)]
        off[accuracy] = sum(abs(one["left"] - BOX["left"]) for one in drawn) / len(drawn)
    assert off[0.6] > 2 * off[0.95]


@pytest.mark.parametrize("shape", ["rectangle", "polygon"])
def test_larger_areas_stay_in_the_picture(shape: str) -> None:
    """The page refuses others."""
    area = {"rectangle": {**BOX, "left": 0.55, "top": 0.88}, "polygon": SMALL}[shape]
    wrong = list(misdraw([area], {"shapes": [shape]}, [0.0005], 1, "somebody"))
    assert [complain_of_areas(one, [shape], []) for one in wrong] == [None] * len(wrong)
    assert [] in wrong
    assert max(map(len, wrong)) == 2


def test_a_key_may_say_marks_in_their_plain_form(tmp_path: Path) -> None:
    """As the dataset has them: they are drawn as Template Builder writes areas."""
    plain = {"class": "car", **{side: BOX[side] for side in ("left", "top", "width", "height")}}
    drawn = hand_in(RESULT, annotation(labels=LABELS), IMAGE, key=keyed(tmp_path / "key.csv", plain), people=CAREFUL)
    assert {(one["result"][0]["shape"], one["result"][0]["label"]) for one in drawn} == {("rectangle", "car")}
    outline = {"class": "bus", "points": [[0.1, 0.1], [0.4, 0.1], [0.4, 0.4]]}
    assert areas_of([outline]) == [
        {"shape": "polygon", "label": "bus", "points": [{"left": x, "top": y} for x, y in outline["points"]]}
    ]


SMALL = {"shape": "polygon", "points": [
    {"left": 0.5 + x / 100, "top": 0.5 + y / 100} for x, y in ((0, 0), (1, -1), (2, 0), (2, 1), (1, 2), (0, 1))
]}  # fmt: skip


@pytest.mark.parametrize("people", [CAREFUL, CARELESS])
def test_outlines_do_not_cross_themselves(tmp_path: Path, people: Any) -> None:
    """Small ones are drawn by a steadier hand, and misplaced as a whole: the page refuses what no person could draw."""
    answers = hand_in(RESULT, annotation(), IMAGE, key=keyed(tmp_path / "key.csv", SMALL), people=people)
    drawn = [area["points"] for one in answers for area in one["result"]]
    outlines = [points for points in drawn if len(points) == 6]  # Who errs may see one more, of four.
    assert len({points[0]["left"] for points in outlines}) > 15
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

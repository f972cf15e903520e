"""What may be drawn, marked and attached: what the page asks for, what it takes, and why it refuses the rest."""

from __future__ import annotations

import json
import math
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from hitl_assets.emulators.toloka.people import routes
from hitl_assets.emulators.toloka.people.components.areas import crosses_itself
from hitl_assets.emulators.toloka.people.pages.questionnaires import Questionnaire, Shown
from hitl_assets.emulators.toloka.people.pages.task_pages import page_of_task

LABELS = [{"value": value, "label": value.capitalize()} for value in ("car", "bus")]
OUTPUT = {"type": "data.output", "path": "a"}
PICTURE = {"type": "field.image-annotation", "data": OUTPUT, "image": {"type": "data.input", "path": "x"}}
TEXT = {"type": "field.text-annotation", "data": OUTPUT, "content": {"type": "data.input", "path": "x"}}
ADDRESS, WORDS = "https://example.com/1.jpg", "Anna 🎉 went"
BOX = {"shape": "rectangle", "left": 0.2, "top": 0.3, "width": 0.4, "height": 0.1, "label": "car"}


def outline(*corners: tuple[float, float], **more: Any) -> dict[str, Any]:
    """A polygon through these corners."""
    return {"shape": "polygon", "points": [{"left": x, "top": y} for x, y in corners], "label": "car", **more}


def specification(field: dict[str, Any], **config: Any) -> dict[str, Any]:
    """A project of one field, whose answer is required."""
    shown = {"type": "tb", "config": json.dumps({"view": field, **config})}
    return {"input_spec": {"x": {"type": "string"}}, "output_spec": {"a": {"type": "json"}}, "view_spec": shown}


def ask(field: dict[str, Any], x: str, posted: str | None = None, **config: Any) -> Shown:
    """The task, with what was posted in the field if something was."""
    form = {} if posted is None else {"0.seen": ["0.o.a"], "0.o.a": [posted]}
    return Questionnaire(specification(field, **config)).ask(0, {"x": x}, form, is_checked=posted is not None)


def draw(value: Any, **properties: Any) -> Shown:
    """A picture in which this was drawn."""
    return ask({**PICTURE, **properties}, ADDRESS, json.dumps(value))


def mark(value: Any, **properties: Any) -> Shown:
    """A text in which this was marked."""
    return ask({**TEXT, "labels": LABELS, **properties}, WORDS, json.dumps(value))


def complaint(shown: Shown) -> str:
    """What the page says is wrong; an answer that is taken is an error here."""
    assert shown.mistakes == 1
    found = re.search(r'<p class="mistake" role="alert">([^<]*)</p>', shown.content)
    assert found is not None, shown.content
    return unescape(found.group(1))


def options(shown: Shown, name: str) -> dict[str, Any]:
    """What the page's script gets."""
    found = re.search(f'data-{name}="([^"]*)"', shown.content)
    assert found is not None
    options: dict[str, Any] = json.loads(unescape(found.group(1)))
    return options


@pytest.mark.parametrize(
    "areas",
    [
        [BOX],
        [{"shape": "point", "left": 0, "top": 1, "label": "bus"}],
        [outline((0.1, 0.1), (0.5, 0.1), (0.3, 0.9)), BOX],
        # Shares that were rounded before they were added.
        [{**BOX, "left": 0.7, "width": 0.3000004}],
    ],
)
def test_areas_are_handed_in_as_they_were_drawn(areas: list[dict[str, Any]]) -> None:
    """In Toloka's own form: shares of the picture's sides."""
    shown = draw(areas, labels=LABELS)
    assert (shown.output, shown.mistakes) == ({"a": areas}, 0)


WRONG_AREAS = {
    "a label that is none": ({**BOX, "label": "tree"}, "Area 1 has the label tree, which is none of car, bus."),
    "no label": ({key: value for key, value in BOX.items() if key != "label"}, "Area 1 has no label."),
    "outside": ({**BOX, "left": 0.7}, "Area 1 reaches outside of the picture."),
    "before the edge": ({**BOX, "top": -0.1}, "Area 1 reaches outside of the picture."),
    "pixels": (outline((10, 10), (50, 10), (30, 90)), "Area 1 reaches outside of the picture."),
    "no size": ({**BOX, "width": 0}, "Area 1 has no size."),
    "a line": (outline((0.1, 0.1), (0.2, 0.2), (0.3, 0.3)), "Area 1 has no size."),
    "no number": ({**BOX, "left": "0.2"}, "Area 1 has a left that is no number."),
    "true": ({**BOX, "height": True}, "Area 1 has a height that is no number."),
    "two points": (outline((0.1, 0.1), (0.5, 0.1)), "Area 1 needs at least 3 points."),
    "the same point": (outline((0.1, 0.1), (0.5, 0.1), (0.1, 0.1)), "Area 1 needs at least 3 points."),
    "crossed": (
        outline((0.1, 0.1), (0.5, 0.5), (0.5, 0.1), (0.1, 0.5)), "Area 1 has an outline that crosses itself.",
    ),
    "no points": ({"shape": "polygon", "label": "car"}, "Area 1 has no list of points."),
    "a shape that is none": (
        {**BOX, "shape": "circle"}, "Area 1 has no shape that can be drawn here: rectangle, polygon, point.",
    ),
    "no area": ("here", "Area 1 has no shape that can be drawn here: rectangle, polygon, point."),
    "a labyrinth": (outline(*[(0.5, 0.5)] * 501), "Area 1 has more than 500 points."),
}  # fmt: skip


@pytest.mark.parametrize(("area", "reason"), WRONG_AREAS.values(), ids=WRONG_AREAS)
def test_what_is_wrong_with_an_area_is_told(area: Any, reason: str) -> None:
    """And nothing of it is handed in; what was drawn is there again, to be mended."""
    shown = draw([area], labels=LABELS)
    assert complaint(shown) == reason
    kept = re.search(r'name="0.o.a" value="([^"]*)"', shown.content)
    assert kept is not None
    assert json.loads(unescape(kept.group(1))) == [area]


def test_which_area_is_wrong_is_told() -> None:
    """By its number, as it is shown beside the area."""
    assert complaint(draw([BOX, {**BOX, "label": "tree"}], labels=LABELS)).startswith("Area 2 ")


@pytest.mark.parametrize("posted", ["[", "NaN", '[{"shape":"rectangle","left":NaN}]', '"areas"', "{}", "7"])
def test_what_is_no_list_is_refused(posted: str) -> None:
    """Whatever a script that is not ours posts."""
    assert complaint(ask(PICTURE, ADDRESS, posted)) == "This is no list of areas."


def test_shapes_that_are_not_asked_for_are_refused() -> None:
    """A project of outlines gets no boxes; without `shapes`, or with none of them on, all may be drawn."""
    only = draw([BOX], shapes={"polygon": True, "rectangle": False})
    assert complaint(only) == "Area 1 has no shape that can be drawn here: polygon."
    assert draw([BOX], shapes={"polygon": False}).mistakes == 0


def test_without_labels_an_area_may_have_any() -> None:
    """As areas from elsewhere have, that are only to be corrected."""
    assert draw([BOX]).output == {"a": [BOX]}


def test_nothing_drawn_is_no_answer() -> None:
    """The real interface then sends no value: a required field is complained of."""
    shown = ask(PICTURE, ADDRESS, "")
    assert (shown.output, complaint(shown)) == ({}, "May not be empty.")


def test_conditions_look_at_what_was_drawn() -> None:
    """With the requester's own hint."""
    rule = {"type": "condition.schema", "schema": {"type": "array", "minItems": 2}, "hint": "Both cars."}
    assert complaint(draw([BOX], validation=rule)) == "Both cars."


@pytest.mark.slow
def test_thousands_of_outlines_are_refused_before_they_are_compared() -> None:
    """Nobody draws so many, and the others would wait."""
    circle = [(0.5 + math.cos(turn / 50) / 3, 0.5 + math.sin(turn / 50) / 3) for turn in range(300)]
    assert complaint(draw([outline(*circle)] * 40)) == "These outlines have more than 10000 points."
    assert complaint(draw([BOX] * 1001)) == "These are more than 1000 areas."


def test_a_round_outline_does_not_cross_itself() -> None:
    """Whichever way around, and from whichever corner."""
    circle = [(math.cos(math.tau * step / 60), math.sin(math.tau * step / 60)) for step in range(60)]
    for corners in (circle, circle[::-1], circle[17:] + circle[:17]):
        assert not crosses_itself(corners)
        assert crosses_itself([*corners, (0.0, 3.0), (0.0, -3.0)])


def test_the_script_gets_what_the_project_says() -> None:
    """Picture, shapes, labels with their keys, and how large it is to be."""
    found = options(
        ask({**PICTURE, "labels": LABELS, "shapes": {"point": True}, "ratio": [4, 2], "minWidth": 300}, ADDRESS),
        "areas",
    )
    assert (found["picture"], found["shapes"], found["ratio"], found["least"]) == (ADDRESS, ["point"], 2.0, 300)
    assert found["labels"] == [
        {"value": "car", "label": "Car", "key": "1"}, {"value": "bus", "label": "Bus", "key": "2"},
    ]  # fmt: skip


def test_own_keys_are_taken_from_the_options() -> None:
    """A key that a plugin gives to a label chooses no radio button beside it; no plugin is told as unknown."""
    plugin = {
        "type": "plugin.field.image-annotation.hotkeys", "labels": ["2", "k"], "confirm": "x", "cancel": "z",
        "modes": {"rectangle": "e"},
    }  # fmt: skip
    choice = {"type": "field.radio-group", "data": {"type": "data.output", "path": "b"}, "options": LABELS}
    view = {"type": "view.list", "items": [{**PICTURE, "labels": LABELS}, choice]}
    shown = ask(view, ADDRESS, plugins=[plugin])
    found = options(shown, "areas")
    assert [label["key"] for label in found["labels"]] == ["2", "k"]
    assert (found["keys"], found["confirm"], found["cancel"]) == ({"rectangle": "e"}, "x", "z")
    assert re.findall(r'data-key="(\w)"', shown.content) == ["1", "3"]
    assert shown.notes == ()


@pytest.mark.parametrize("address", ["", "javascript:alert(1)", "data:text/html,x", "folder/1.jpg"])
def test_what_is_no_picture_is_told(address: str) -> None:
    """And nothing of it becomes an address on the page."""
    shown = ask(PICTURE, address)
    assert ("There is no picture" in shown.content, "data-areas" in shown.content) == (True, False)


def test_a_disabled_field_shows_and_hands_in_what_was_given() -> None:
    """Whatever is posted for it; what was drawn before is not judged."""
    field = {**PICTURE, "disabled": True, "data": {**OUTPUT, "default": [{**BOX, "left": 0.9}]}}
    shown = ask(field, ADDRESS, json.dumps([BOX]))
    assert (shown.output, shown.mistakes) == ({"a": [{**BOX, "left": 0.9}]}, 0)
    assert options(shown, "areas")["isFixed"] is True


def test_spans_count_as_javascript_does() -> None:
    """A picture in the text is two of its characters."""
    spans = [{"label": "car", "offset": 0, "length": 4}, {"label": "bus", "offset": 8, "length": 4}]
    shown = mark(spans)
    assert (shown.output, shown.mistakes) == ({"a": spans}, 0)


WRONG_SPANS = {
    "unknown label": ({"label": "x", "offset": 0, "length": 4}, "has the label x, which is none of car, bus."),
    "no label": ({"offset": 0, "length": 4}, "has no label."),
    "beyond the end": ({"label": "car", "offset": 9, "length": 4}, "reaches outside of the text."),
    "before the start": ({"label": "car", "offset": -1, "length": 4}, "reaches outside of the text."),
    "empty": ({"label": "car", "offset": 3, "length": 0}, "is empty."),
    "half of a character": ({"label": "car", "offset": 0, "length": 6}, "cuts a character in two."),
    "no number": ({"label": "car", "offset": 0.5, "length": 4}, "has no whole number as its offset."),
    "no piece": (["car", 0, 4], "is none."),
}


@pytest.mark.parametrize(("span", "reason"), WRONG_SPANS.values(), ids=WRONG_SPANS)
def test_what_is_wrong_with_a_span_is_told(span: Any, reason: str) -> None:
    """By its number."""
    assert complaint(mark([span])) == f"Marked piece 1 {reason}"


def test_spans_do_not_overlap() -> None:
    """As in Toloka, where the later one goes over what was marked before."""
    spans = [{"label": "bus", "offset": 3, "length": 5}, {"label": "car", "offset": 0, "length": 4}]
    assert complaint(mark(spans)) == "Marked pieces overlap."


def test_the_text_reaches_the_script_as_it_is() -> None:
    """Line ends of other systems count: HTML alone would change them, and offsets with them."""
    text = 'one\r\ntwo\r"<b>'
    shown = ask({**TEXT, "labels": LABELS, "adjust": "words"}, text)
    found = options(shown, "spans")
    assert (found["content"], found["isOfWords"]) == (text, True)


@pytest.mark.parametrize(("field", "value"), [(PICTURE, [{**BOX, "left": 0.9}]), (TEXT, [{"label": "x", "offset": 0}])])
def test_simulated_workers_have_the_same_page(field: dict[str, Any], value: Any) -> None:
    """What a person could not hand in they do not post either."""
    page = page_of_task(json.dumps(specification({**field, "labels": LABELS})), {"x": WORDS})
    [asked] = page.look({}).asked
    assert not page.fits(asked, value)


@pytest.mark.parametrize(
    ("field", "pickers"),
    [
        (
            {"type": "field.file", "accept": ["image/jpeg", "text/csv"]},
            [("Choose a file", "image/jpeg,text/csv", False)],
        ),
        ({"type": "field.file"}, [("Choose a file", "", False)]),
        (
            {"type": "field.media-file", "accept": {"photo": True, "gallery": False, "fileSystem": True}},
            [("Take a photo", "image/*", True), ("Choose a file", "", False)],
        ),
        ({"type": "field.audio"}, [("Record, or choose a recording", "audio/*", True)]),
    ],
)
def test_files_come_from_where_the_project_says(field: dict[str, Any], pickers: list[tuple[str, str, bool]]) -> None:
    """One button for each source."""
    found = options(ask({**field, "data": OUTPUT}, ""), "files")
    assert [(one["label"], one["accept"], one["captures"]) for one in found["pickers"]] == pickers


def test_a_requester_is_not_told_of_fields_that_nobody_can_fill_in() -> None:
    """The preview had named them; now people can."""
    for field, x in ((PICTURE, ADDRESS), (TEXT, WORDS), ({"type": "field.audio", "data": OUTPUT}, "")):
        shown = ask({**field, "labels": LABELS}, x)
        assert (shown.notes, shown.asked) == ((), {"a"})


def test_every_script_that_a_script_needs_is_served() -> None:
    """A module that is not listed is not found, and nothing could be drawn."""
    scripts = Path(routes.__file__).parent / "static"
    needed = {
        name for script in scripts.glob("*.js") for name in re.findall(r'from "\./([\w.]+)"', script.read_text("utf-8"))
    }
    assert needed | {path.name for path in scripts.iterdir()} == set(routes.STATIC)

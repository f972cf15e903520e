"""Areas in pictures: drawn, changed and handed in with mouse, fingers and keys."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Page

# A browser at work: these take a second each.
pytestmark = pytest.mark.slow

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
LABELS = ({"value": "apple", "label": "Apple"}, {"value": "pear", "label": "Pear"})
BOX = {"shape": "rectangle", "left": 0.2, "top": 0.2, "width": 0.2, "height": 0.4, "label": "apple"}


def picture(width: int = 400, height: int = 200) -> str:
    """Two fruits on a meadow, as a data URL."""
    image = Image.new("RGB", (width, height), "#cfe3c1")
    pen = ImageDraw.Draw(image)
    pen.ellipse((0.2 * width, 0.2 * height, 0.4 * width, 0.6 * height), fill="#c8352b")
    pen.ellipse((0.6 * width, 0.5 * height, 0.75 * width, 0.95 * height), fill="#c9c430")
    target = io.BytesIO()
    image.save(target, "PNG")
    return "data:image/png;base64," + base64.b64encode(target.getvalue()).decode()


def board(office: Any, *before: dict[str, Any], output: str = "json", **more: Any) -> Any:
    """A pool with one picture to draw in."""
    field = office.asks(
        "field.image-annotation", "areas", image={"type": "data.input", "path": "text"}, labels=LABELS, **more
    )
    return office.pool(*before, field, tasks=[{"text": picture()}], outputs={"areas": output})


class Hand:
    """Somebody's hand on the picture. Places are shares of it."""

    def __init__(self, page: Page, place: int = 0) -> None:
        self.page = page
        self.field = page.locator(".task").nth(place)
        self.svg = self.field.locator(".stage svg")
        self.field.get_by_role("status").get_by_text("loaded").wait_for(state="detached")
        self.svg.scroll_into_view_if_needed()

    def spot(self, left: float, top: float) -> tuple[float, float]:
        """A place on the screen."""
        box = self.field.locator(".stage image").bounding_box()
        assert box is not None
        return box["x"] + left * box["width"], box["y"] + top * box["height"]

    def click(self, left: float, top: float) -> None:
        """One click."""
        self.page.mouse.click(*self.spot(left, top))

    def drag(self, start: tuple[float, float], *stops: tuple[float, float]) -> None:
        """From place to place with the button down."""
        self.page.mouse.move(*self.spot(*start))
        self.page.mouse.down()
        for stop in stops:
            self.page.mouse.move(*self.spot(*stop), steps=3)
        self.page.mouse.up()

    def press(self, *keys: str) -> None:
        """Keys, one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def tool(self, name: str) -> None:
        """A button of the field."""
        self.field.locator(".board").get_by_role("button", name=name, exact=True).click()

    @property
    def areas(self) -> list[dict[str, Any]]:
        """What would be handed in now."""
        found: list[dict[str, Any]] = self.field.locator("[data-value]").evaluate(
            "one => JSON.parse(one.value || '[]')"
        )
        return found


def plain(value: Any) -> Any:
    """The numbers that a client reads, as they were written."""
    return json.loads(json.dumps(value, default=float))


def handed_in(office: Any, page: Page, pool: Any) -> list[dict[str, Any]]:
    """Submit, see that it was taken, and what arrived."""
    page.get_by_role("button", name="Submit").click()
    page.get_by_text("Handed in").wait_for()
    found: list[dict[str, Any]] = plain(office.answers(pool)[0]["areas"])
    return found


def test_a_box_is_drawn_and_handed_in(office, guest) -> None:
    """By dragging, with the label that is pressed; as Toloka writes it."""
    pool = board(office)
    hand = Hand(guest.take(pool))
    hand.drag((0.2, 0.2), (0.3, 0.5), (0.4, 0.6))
    [area] = handed_in(office, guest.page, pool)
    assert area == pytest.approx(BOX, abs=0.01)
    assert guest.complaints == []


def test_two_clicks_draw_a_box(office, guest) -> None:
    """Two corners, in any order, for whom dragging is hard."""
    hand = Hand(guest.take(board(office)))
    hand.click(0.4, 0.6)
    hand.click(0.2, 0.2)
    assert hand.areas == [pytest.approx(BOX, abs=0.01)]


def test_areas_are_moved_reshaped_and_removed(office, guest) -> None:
    """Taken in the middle, at a corner, at an edge; not beyond the picture."""
    hand = Hand(guest.take(board(office)))
    hand.drag((0.2, 0.2), (0.4, 0.6))
    hand.drag((0.3, 0.4), (0.4, 0.5))
    assert hand.areas == [pytest.approx({**BOX, "left": 0.3, "top": 0.3}, abs=0.01)]
    hand.drag((0.5, 0.7), (0.6, 0.8))
    assert hand.areas == [pytest.approx({**BOX, "left": 0.3, "top": 0.3, "width": 0.3, "height": 0.5}, abs=0.01)]
    hand.drag((0.3, 0.55), (0.4, 0.2))
    assert hand.areas == [pytest.approx({**BOX, "left": 0.4, "top": 0.3, "width": 0.2, "height": 0.5}, abs=0.01)]
    hand.drag((0.5, 0.5), (0.99, 0.99), (1.2, 1.2))
    assert hand.areas == [pytest.approx({**BOX, "left": 0.8, "top": 0.5, "width": 0.2, "height": 0.5}, abs=0.01)]
    hand.tool("Delete")
    assert hand.areas == []


def test_an_outline_is_drawn_and_its_corners_changed(office, guest) -> None:
    """Click by click and closed on the first point; an edge that is taken gets a corner, a double click removes one."""
    pool = board(office, shapes={"polygon": True})
    hand = Hand(guest.take(pool))
    for spot in ((0.2, 0.2), (0.6, 0.2), (0.6, 0.8), (0.2, 0.2)):
        hand.click(*spot)
    assert [len(area["points"]) for area in hand.areas] == [3]
    hand.drag((0.4, 0.5), (0.2, 0.8))
    hand.drag((0.6, 0.2), (0.7, 0.1))
    assert hand.areas[0]["points"][1] == pytest.approx({"left": 0.7, "top": 0.1}, abs=0.01)
    assert len(hand.areas[0]["points"]) == 4
    guest.page.mouse.dblclick(*hand.spot(0.7, 0.1))
    [area] = handed_in(office, guest.page, pool)
    assert (area["shape"], area["label"]) == ("polygon", "apple")
    expected = [(0.2, 0.2), (0.6, 0.8), (0.2, 0.8)]
    assert [(at["left"], at["top"]) for at in area["points"]] == [pytest.approx(at, abs=0.01) for at in expected]


def test_an_outline_that_crosses_itself_is_not_closed(office, guest) -> None:
    """It is told at once; one point less makes it good. What is not closed is not handed in by accident."""
    hand = Hand(guest.take(board(office, shapes={"polygon": True})))
    for spot in ((0.2, 0.2), (0.6, 0.8), (0.6, 0.2), (0.2, 0.8)):
        hand.click(*spot)
    hand.tool("Finish")
    guest.page.get_by_text("crosses itself").wait_for()
    guest.page.get_by_role("button", name="Submit").click()
    guest.page.get_by_text("Not handed in: this outline is not closed").wait_for()
    hand.tool("Undo")
    hand.press("Enter")
    assert [len(area["points"]) for area in hand.areas] == [3]


def test_the_label_is_chosen_before_or_after(office, guest) -> None:
    """By button or by its key; of a chosen area it is changed."""
    hand = Hand(guest.take(board(office)))
    hand.press("2")
    hand.drag((0.2, 0.2), (0.4, 0.6))
    hand.press("Escape")
    hand.tool("Apple")
    hand.drag((0.6, 0.5), (0.75, 0.9))
    assert [area["label"] for area in hand.areas] == ["pear", "apple"]
    hand.tool("Box 1, Pear")
    hand.press("1")
    assert [area["label"] for area in hand.areas] == ["apple", "apple"]


def test_what_was_done_is_undone_and_done_again(office, guest) -> None:
    """Step by step, by keys and by buttons."""
    hand = Hand(guest.take(board(office)))
    hand.drag((0.2, 0.2), (0.4, 0.6))
    hand.drag((0.6, 0.5), (0.75, 0.9))
    hand.press("Delete", "Control+z")
    assert len(hand.areas) == 2
    hand.press("Control+z", "Control+z")
    assert hand.areas == []
    hand.press("Control+y")
    hand.tool("Redo")
    assert len(hand.areas) == 2


def test_keys_alone_are_enough(office, guest) -> None:
    """A cross to draw with, arrows to move and, with Shift, to resize; Enter then hands in."""
    pool = board(office)
    hand = Hand(guest.take(pool))
    hand.svg.focus()
    hand.press("ArrowLeft", "Enter", *["ArrowRight"] * 5, *["ArrowDown"] * 10, "Enter")
    assert hand.areas == [pytest.approx({**BOX, "left": 0.5, "top": 0.5, "width": 0.1, "height": 0.2}, abs=0.001)]
    hand.press("ArrowLeft", "ArrowUp", "Shift+ArrowRight", "Shift+ArrowDown", "2")
    moved = {**BOX, "left": 0.49, "top": 0.49, "width": 0.11, "height": 0.21, "label": "pear"}
    assert hand.areas == [pytest.approx(moved, abs=0.001)]
    hand.press("Enter")
    guest.page.get_by_text("Handed in").wait_for()
    assert plain(office.answers(pool)[0]["areas"]) == [pytest.approx(moved, abs=0.001)]


def test_an_outline_by_keys(office, guest) -> None:
    """Enter sets a point, Enter at the same place closes."""
    hand = Hand(guest.take(board(office, shapes={"polygon": True})))
    hand.svg.focus()
    hand.press("ArrowLeft", "Enter", *["ArrowRight"] * 5, "Enter", *["ArrowDown"] * 5, "Enter", "Enter")
    expected = [(0.5, 0.5), (0.6, 0.5), (0.6, 0.6)]
    assert [(at["left"], at["top"]) for at in hand.areas[0]["points"]] == [pytest.approx(at) for at in expected]


def test_closer_is_finer(office, guest) -> None:
    """The wheel zooms where the mouse is, dragging with Space moves what is seen; places stay those of the picture."""
    hand = Hand(guest.take(board(office)))
    hand.click(0.3, 0.4)
    hand.press("Escape")
    width = guest.page.locator(".stage image").bounding_box()["width"]
    guest.page.mouse.wheel(0, -800)
    guest.page.wait_for_function("document.querySelector('.stage svg').viewBox.baseVal.width < 200")
    assert guest.page.locator(".stage image").bounding_box()["width"] > 2 * width
    hand.drag((0.25, 0.35), (0.35, 0.45))
    finer = {**BOX, "left": 0.25, "top": 0.35, "width": 0.1, "height": 0.1}
    assert hand.areas == [pytest.approx(finer, abs=0.003)]
    before = hand.spot(0.3, 0.4)
    guest.page.keyboard.down(" ")
    hand.drag((0.3, 0.4), (0.34, 0.4))
    guest.page.keyboard.up(" ")
    assert hand.spot(0.3, 0.4)[0] > before[0] + 20
    assert hand.areas == [pytest.approx(finer, abs=0.003)]
    hand.tool("Whole picture")
    assert guest.page.locator(".stage image").bounding_box()["width"] == pytest.approx(width)


def touch(page: Page, *steps: list[tuple[float, float]]) -> None:
    """Fingers at these places of the screen, step by step, and then lifted."""
    session = page.context.new_cdp_session(page)
    for place, fingers in enumerate(steps):
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(fingers)]
        session.send(
            "Input.dispatchTouchEvent", {"type": "touchMove" if place else "touchStart", "touchPoints": points}
        )
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_fingers_draw_move_and_zoom(office, enter) -> None:
    """On a phone: one finger draws and moves, two zoom without drawing, taps make an outline."""
    guest = enter(**PHONE)
    pool = board(office)
    page = guest.take(pool)
    hand = Hand(page)
    touch(page, [hand.spot(0.2, 0.2)], [hand.spot(0.3, 0.3)], [hand.spot(0.4, 0.6)])
    touch(page, [hand.spot(0.3, 0.4)], [hand.spot(0.32, 0.4)], [hand.spot(0.3, 0.5)])
    moved = pytest.approx({**BOX, "top": 0.3}, abs=0.02)
    assert hand.areas == [moved]
    width = page.locator(".stage image").bounding_box()["width"]
    one, other = hand.spot(0.6, 0.5), hand.spot(0.8, 0.5)
    touch(page, [one, other], [(one[0] - 40, one[1]), (other[0] + 40, other[1])])
    assert page.locator(".stage image").bounding_box()["width"] > 1.5 * width
    assert hand.areas == [moved]
    hand.tool("Whole picture")
    hand.tool("Outline")
    for spot in ((0.6, 0.5), (0.75, 0.5), (0.75, 0.9)):
        page.touchscreen.tap(*hand.spot(*spot))
    hand.tool("Finish")
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    areas = handed_in(office, page, pool)
    assert [area["shape"] for area in areas] == ["rectangle", "polygon"]
    assert guest.complaints == []


def test_what_was_wrong_is_told_and_still_drawn(office, guest) -> None:
    """The requester's condition, in a page that comes back with what was drawn."""
    rule = {"type": "condition.schema", "schema": {"type": "array", "minItems": 2}, "hint": "Find both fruits."}
    pool = board(office, validation=rule)
    hand = Hand(guest.take(pool))
    hand.drag((0.2, 0.2), (0.4, 0.6))
    guest.page.get_by_role("button", name="Submit").click()
    guest.page.get_by_text("Find both fruits.").wait_for()
    hand = Hand(guest.page)
    assert hand.areas == [pytest.approx(BOX, abs=0.01)]
    hand.tool("Box")
    hand.drag((0.6, 0.5), (0.75, 0.9))
    assert len(handed_in(office, guest.page, pool)) == 2


def test_a_field_that_depends_on_answers_keeps_what_was_drawn(office, guest) -> None:
    """What is rendered again around it changes nothing in it, nor what can be undone."""
    count = {"type": "view.text", "content": {"type": "data.output", "path": "areas"}}
    hand = Hand(guest.take(board(office, count, validation={"type": "condition.required"})))
    hand.drag((0.2, 0.2), (0.4, 0.6))
    guest.page.locator(".text", has_text='"rectangle"').wait_for()
    hand.tool("Undo")
    guest.page.locator(".text", has_text='"rectangle"').wait_for(state="detached")
    assert hand.areas == []


def test_drawn_areas_are_shown_for_review(office, guest) -> None:
    """A disabled field can be looked at, closer too, and says what is there; nothing can be changed or handed in."""
    shown = {
        "type": "field.image-annotation", "image": {"type": "data.input", "path": "text"}, "disabled": True,
        "labels": LABELS, "data": {"type": "data.internal", "path": "seen", "default": [BOX]},
    }  # fmt: skip
    pool = office.pool(shown, office.choice, tasks=[{"text": picture()}])
    page = guest.take(pool)
    hand = Hand(page)
    page.get_by_role("button", name="Box 1, Apple").click()
    page.get_by_text("Box 1, Apple: 20 % from the left, 20 % from the top, 20 % wide, 40 % high.").wait_for()
    hand.drag((0.3, 0.4), (0.5, 0.5))
    hand.press("Delete")
    assert hand.areas == [BOX]
    page.get_by_label("Yes").check()
    page.get_by_role("button", name="Submit").click()
    page.get_by_text("Handed in").wait_for()
    assert office.answers(pool) == [{"answer": "yes"}]


def test_requesters_can_try_it(office, guest) -> None:
    """The preview is the same page: it says what would arrive."""
    pool = board(office)
    page = guest.visit(f"/requester/project/{pool.project_id}/pool/{pool.id}/preview")
    Hand(page).drag((0.2, 0.2), (0.4, 0.6))
    page.get_by_role("button", name="Check").click()
    [answers] = json.loads(page.locator("[role=status] pre").inner_text())
    assert answers["areas"] == [pytest.approx(BOX, abs=0.01)]


def test_the_projects_own_keys_choose_tools_and_labels(office, guest) -> None:
    """plugin.field.image-annotation.hotkeys."""
    keys = {
        "type": "plugin.field.image-annotation.hotkeys", "labels": ["k", "j"], "confirm": "a", "cancel": "s",
        "modes": {"select": "q", "point": "w", "rectangle": "e", "polygon": "r"},
    }  # fmt: skip
    field = office.asks("field.image-annotation", "areas", image=picture(), labels=LABELS)
    pool = office.pool(field, tasks=1, outputs={"areas": "json"}, plugins=[keys])
    hand = Hand(guest.take(pool))
    hand.press("r", "j")
    for spot in ((0.2, 0.2), (0.6, 0.2), (0.6, 0.8)):
        hand.click(*spot)
    hand.press("a", "w")
    hand.click(0.9, 0.9)
    assert [(area["shape"], area["label"]) for area in hand.areas] == [("polygon", "pear"), ("point", "pear")]


def test_two_pictures_one_after_the_other(office, guest) -> None:
    """In a pager the second one appears when the first is done; keys are those of the one that is seen."""
    image = {"type": "data.input", "path": "text"}
    pool = office.pool(
        office.asks("field.image-annotation", "areas", image=image, labels=LABELS),
        tasks=[{"text": picture()}, {"text": picture(200, 400)}], outputs={"areas": "json"},
        plugins=[{"type": "plugin.toloka", "layout": {"kind": "pager"}}],
    )  # fmt: skip
    page = guest.take(pool)
    for place, key in enumerate("12"):
        hand = Hand(page, place)
        hand.press(key)
        hand.drag((0.2, 0.2), (0.4, 0.6))
        hand.press("Enter")
    page.get_by_text("Handed in").wait_for()
    answers = [plain(answer["areas"]) for answer in office.answers(pool)]
    assert answers == [[pytest.approx({**BOX, "label": label}, abs=0.01)] for label in ("apple", "pear")]


def test_a_picture_that_is_not_there_is_told(office, guest) -> None:
    """Not an empty frame."""
    field = office.asks("field.image-annotation", "areas", image="http://pictures.example/gone.png")
    page = guest.take(office.pool(field, tasks=1, outputs={"areas": "json?"}))
    page.get_by_text("The picture cannot be loaded").wait_for()
    assert not page.locator(".stage").is_visible()


def test_without_scripts_a_sentence_says_what_is_missing(office, enter) -> None:
    """And the picture is there to be looked at."""
    guest = enter(java_script_enabled=False)
    pool = board(office)
    guest.visit(f"/work/pool/{pool.id}").get_by_role("button", name="Start").click()
    guest.page.get_by_text("To draw in the picture, JavaScript must be switched on.").wait_for()
    guest.page.get_by_alt_text("Picture of the task").wait_for()


def test_drawing_has_names_and_a_visible_focus(office, guest) -> None:
    """For those who listen to the page, or go through it by Tab."""
    page = guest.take(board(office))
    hand = Hand(page)
    hand.drag((0.2, 0.2), (0.4, 0.6))
    assert page.locator(".board button").evaluate_all("all => all.every(one => one.textContent || one.ariaLabel)")
    page.get_by_role("application", name="Picture to draw in").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.get_by_role("status").get_by_text("Box 1, Apple: 20 % from the left").wait_for()

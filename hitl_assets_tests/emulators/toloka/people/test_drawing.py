"""Areas in pictures: drawn, changed and handed in with mouse, fingers and keys."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from hitl_assets_tests.emulators.toloka.people.boards import BOX, Hand, board, handed_in, plain

# A browser at work: these take a second each.
pytestmark = pytest.mark.slow

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


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

"""The field to draw in as a part of its page: what comes back, what is only shown, and for whom it is made."""

from __future__ import annotations

import json

import pytest

from hitl_assets_tests.emulators.toloka.people.boards import BOX, LABELS, Hand, board, handed_in, picture, plain

# A browser at work: these take a second each.
pytestmark = pytest.mark.slow


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

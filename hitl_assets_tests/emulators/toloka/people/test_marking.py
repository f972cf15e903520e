"""Pieces of texts: marked, changed and handed in with mouse, fingers and keys."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

# A browser at work: these take a second each.
pytestmark = pytest.mark.slow

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
LABELS = ({"value": "person", "label": "Person"}, {"value": "place", "label": "Place"})
TEXT = "🎉 Anna Karenina went to Paris.\r\nShe met Bob there."
# The party is two of JavaScript's characters.
ANNA = {"label": "person", "offset": 3, "length": 13}
PARIS = {"label": "place", "offset": 25, "length": 5}


def passage(office: Any, text: str = TEXT, **more: Any) -> Any:
    """A pool with one text to mark."""
    content = {"type": "data.input", "path": "text"}
    field = office.asks("field.text-annotation", "spans", content=content, labels=LABELS, **more)
    return office.pool(field, tasks=[{"text": text}], outputs={"spans": "json"})


class Reader:
    """Somebody who reads with a pointer on the words."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.text = page.locator(".passage")
        self.text.wait_for()

    def spot(self, word: str, end: bool = False) -> tuple[float, float]:
        """The middle of the first, or the last, letter of a word on the screen."""
        found: list[float] = self.text.evaluate(
            """(passage, [word, end]) => {
                const walker = document.createTreeWalker(passage, NodeFilter.SHOW_TEXT);
                for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                    const at = node.data.indexOf(word);
                    if (at < 0) continue;
                    const range = document.createRange();
                    range.setStart(node, end ? at + word.length - 1 : at);
                    range.setEnd(node, end ? at + word.length : at + 1);
                    const box = range.getBoundingClientRect();
                    return [end ? box.right : box.left, box.top + box.height / 2];
                }
            }""",
            [word, end],
        )
        return found[0], found[1]

    def select(self, first: str, last: str) -> None:
        """From the beginning of a word to the end of another one."""
        self.page.mouse.move(*self.spot(first))
        self.page.mouse.down()
        self.page.mouse.move(*self.spot(last, end=True), steps=4)
        self.page.mouse.up()

    def tool(self, name: str) -> None:
        """A button of the field."""
        self.page.locator(".board").get_by_role("button", name=name).click()

    def press(self, *keys: str) -> None:
        """Keys, one after another."""
        for key in keys:
            self.page.keyboard.press(key)

    def wait_for(self, *spans: dict[str, Any]) -> None:
        """Until exactly these are marked."""
        self.page.wait_for_function(
            """wanted => {
                const found = JSON.parse(document.querySelector('[data-value]').value || '[]');
                const same = (one, other) => ['label', 'offset', 'length'].every((name) => one[name] === other[name]);
                return found.length === wanted.length && found.every((one, place) => same(one, wanted[place]));
            }""",
            arg=list(spans),
        )


def hand_in(page: Page) -> None:
    """Submit, and see that it was taken."""
    page.get_by_role("button", name="Submit").click()
    page.get_by_text("Handed in").wait_for()


def test_what_is_selected_gets_a_label_and_is_handed_in(office, guest) -> None:
    """Offsets are those of JavaScript in the text of the task, line ends and all."""
    pool = passage(office)
    reader = Reader(guest.take(pool))
    reader.select("Anna", "Karenina")
    reader.tool("Person")
    reader.select("Paris", "Paris")
    reader.press("2")
    reader.wait_for(ANNA, PARIS)
    hand_in(guest.page)
    assert office.answers(pool) == [{"spans": [ANNA, PARIS]}]
    assert guest.complaints == []


def test_a_pressed_label_marks_at_once(office, guest) -> None:
    """Whatever is selected from then on, and each word that is clicked, until it is pressed again."""
    reader = Reader(guest.take(passage(office)))
    reader.tool("Person")
    reader.select("Anna", "Karenina")
    reader.wait_for(ANNA)
    guest.page.mouse.click(*reader.spot("Bob"))
    bob = {"label": "person", "offset": TEXT.index("Bob") + 1, "length": 3}
    reader.wait_for(ANNA, bob)
    reader.tool("Person")
    guest.page.mouse.click(*reader.spot("Paris"))
    reader.wait_for(ANNA, bob)


def test_marks_are_renamed_cut_and_removed(office, guest) -> None:
    """A click chooses a mark; a new one goes over what was there; neighbors of a label are one; all can be undone."""
    reader = Reader(guest.take(passage(office)))
    reader.select("Anna", "Karenina")
    reader.tool("Person")
    guest.page.mouse.click(*reader.spot("Anna"))
    reader.tool("Place")
    reader.wait_for({**ANNA, "label": "place"})
    reader.select("Karenina", "Karenina")
    reader.tool("Person")
    reader.wait_for({**ANNA, "label": "place", "length": 5}, {"label": "person", "offset": 8, "length": 8})
    reader.select("Anna", "Anna")
    reader.tool("Person")
    reader.wait_for(
        {"label": "person", "offset": 3, "length": 4}, {"label": "place", "offset": 7, "length": 1},
        {"label": "person", "offset": 8, "length": 8},
    )  # fmt: skip
    guest.page.mouse.click(*reader.spot("Anna"))
    reader.tool("Remove mark")
    reader.wait_for({"label": "place", "offset": 7, "length": 1}, {"label": "person", "offset": 8, "length": 8})
    for _ in range(3):
        reader.tool("Undo")
    reader.wait_for({**ANNA, "label": "place"})
    reader.tool("Redo")
    reader.wait_for({**ANNA, "label": "place", "length": 5}, {"label": "person", "offset": 8, "length": 8})


def test_whole_words_where_the_project_says_so(office, guest) -> None:
    """adjust: words."""
    reader = Reader(guest.take(passage(office, adjust="words")))
    reader.select("na Kar", "Kar")
    reader.tool("Person")
    reader.wait_for(ANNA)


def test_keys_alone_are_enough(office, guest) -> None:
    """Word by word, more with Shift, and the keys of the labels; Ctrl goes by the character."""
    pool = passage(office)
    reader = Reader(guest.take(pool))
    reader.text.focus()
    reader.press("ArrowRight", "ArrowRight", "Shift+ArrowRight", "1")
    reader.wait_for(ANNA)
    reader.press("ArrowRight", "ArrowRight", "ArrowRight", "Shift+Control+ArrowLeft", "2")
    reader.wait_for(ANNA, {**PARIS, "length": 4})
    reader.press("Control+z", "Enter")
    guest.page.get_by_text("Handed in").wait_for()
    assert office.answers(pool) == [{"spans": [ANNA]}]


def test_a_tap_marks_a_word(office, enter) -> None:
    """On a phone: choose a label, tap the words, or select some and tap a label; nothing is wider than the screen."""
    guest = enter(**PHONE)
    pool = passage(office)
    page = guest.take(pool)
    reader = Reader(page)
    page.get_by_role("button", name="Place").tap()
    page.touchscreen.tap(*reader.spot("Paris"))
    reader.wait_for(PARIS)
    page.get_by_role("button", name="Place").tap()
    page.touchscreen.tap(*reader.spot("Anna"))
    page.get_by_role("button", name="Person").tap()
    reader.wait_for({**ANNA, "length": 4}, PARIS)
    select = "passage => getSelection().setBaseAndExtent(passage.lastChild, 3, passage.lastChild, 6)"
    reader.text.evaluate(select)
    page.get_by_text("“She” is chosen.").wait_for()
    page.get_by_role("button", name="Person").tap()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    hand_in(page)
    assert [span["offset"] for span in office.answers(pool)[0]["spans"]] == [3, 25, TEXT.index("She") + 1]


def test_what_is_marked_stays_when_something_is_wrong(office, guest) -> None:
    """The page comes back with the marks and what is missing."""
    schema = {"type": "array", "minItems": 2}
    rule = {"type": "condition.schema", "schema": schema, "hint": "There are two names."}
    pool = passage(office, validation=rule)
    reader = Reader(guest.take(pool))
    reader.select("Paris", "Paris")
    reader.tool("Place")
    guest.page.get_by_role("button", name="Submit").click()
    guest.page.get_by_text("There are two names.").wait_for()
    reader = Reader(guest.page)
    reader.wait_for(PARIS)
    reader.select("Anna", "Karenina")
    reader.tool("Person")
    hand_in(guest.page)
    assert office.answers(pool) == [{"spans": [ANNA, PARIS]}]


def test_marks_are_shown_for_review(office, guest) -> None:
    """A disabled field shows them and takes none."""
    shown = {
        "type": "field.text-annotation", "content": TEXT, "labels": LABELS, "disabled": True,
        "data": {"type": "data.internal", "path": "seen", "default": [PARIS]},
    }  # fmt: skip
    reader = Reader(guest.take(office.pool(shown, office.choice, tasks=1)))
    assert reader.text.locator("mark").inner_text() == "Paris"
    reader.select("Anna", "Karenina")
    assert guest.page.locator(".board button").count() == 0
    reader.wait_for(PARIS)


def test_without_scripts_a_sentence_says_what_is_missing(office, enter) -> None:
    """And the text is there to be read."""
    guest = enter(java_script_enabled=False)
    pool = passage(office)
    guest.visit(f"/work/pool/{pool.id}").get_by_role("button", name="Start").click()
    guest.page.get_by_text("To mark pieces of the text, JavaScript must be switched on.").wait_for()
    guest.page.get_by_text("Anna Karenina went to Paris.").wait_for()

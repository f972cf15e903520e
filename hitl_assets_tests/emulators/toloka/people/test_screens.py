"""The pages on a phone, by keyboard, and for those who look closely."""

from __future__ import annotations

from typing import Any

import pytest

# A browser at work: these take a second each.
pytestmark = pytest.mark.slow

PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


@pytest.fixture
def crowded(office: Any) -> Any:
    """A pool with words that do not break and things that are wide."""
    word = {"type": "data.input", "path": "text"}
    options = [{"value": "a", "label": word}, {"value": "b", "label": "b"}]
    text = {"type": "view.text", "content": word}
    table = "| a | b |\n|---|---|\n| " + "x" * 300 + " | y |"
    return office.pool(
        text,
        {"type": "view.markdown", "content": table},
        {"type": "view.labeled-list", "items": [{"label": word, "content": text}]},
        {"type": "layout.columns", "items": [text, text, text], "ratio": [1, 2, 1]},
        {"type": "layout.sidebar", "content": text, "controls": text},
        {"type": "view.list", "direction": "horizontal", "items": [text, text]},
        {"type": "view.video", "url": "http://media.example/v.mp4"},
        {"type": "view.unknown", "content": "y" * 300},
        office.asks("field.button-radio-group", "answer", options=options),
        office.asks("field.select", "other", options=options),
        office.asks("field.textarea", "story"),
        tasks=[{"text": "w" * 200}] * 2,
        outputs={"answer": "string", "other": "string?", "story": "string?"},
        project={"public_name": "n" * 100, "public_instructions": f"<table><tr><td>{'z' * 300}</table>"},
    )


def test_nothing_is_wider_than_a_phone(enter, crowded) -> None:
    """360 pixels are enough for every page; nobody has to scroll sideways."""
    guest = enter(**PHONE)
    width = "document.documentElement.scrollWidth"
    preview = f"/requester/project/{crowded.project_id}/pool/{crowded.id}/preview"
    widths = {
        path: guest.visit(path).evaluate(width) for path in ("/", f"/work/pool/{crowded.id}", "/work/profile", preview)
    }
    widths["suite"] = guest.take(crowded).evaluate(width)
    assert set(widths.values()) == {360}, widths


def test_thumbs_hit_what_they_aim_at(enter, office) -> None:
    """Options and buttons are at least 44 pixels high."""
    page = enter(**PHONE).take(office.pool())
    heights = [one.bounding_box()["height"] for one in page.locator(".option, button").all()]
    assert min(heights) >= 44


def test_focus_is_visible_and_controls_have_names(guest, office) -> None:
    """Tab goes through all controls of a task in order, each with an outline and an accessible name."""
    pool = office.pool(
        office.choice, office.asks("field.text", "title"), tasks=1, outputs={"answer": "string", "title": "string?"}
    )
    page = guest.take(pool)
    names = []
    for _ in range(3):
        page.keyboard.press("Tab")
        focused = page.evaluate_handle("document.activeElement").as_element()
        marked = "one => getComputedStyle(one.closest('.option') || one).outlineStyle"
        assert focused.evaluate(marked) == "solid"
        names.append(
            focused.evaluate("one => one.labels.length ? one.labels[0].innerText.split('\\n')[0] : one.innerText")
        )
    assert names == ["Yes", "title", "Submit Enter"]


def test_arrows_walk_between_tasks(guest, office) -> None:
    """Up and down, when no control needs them."""
    page = guest.take(office.pool())
    page.keyboard.press("ArrowDown")
    page.keyboard.press("2")
    assert page.locator("input:checked").get_attribute("name") == "1.o.answer"


@pytest.mark.parametrize(("scheme", "is_dark"), [("light", False), ("dark", True)])
def test_pages_follow_the_color_scheme(enter, scheme: str, is_dark: bool) -> None:
    """As the reader's system asks for."""
    page = enter(color_scheme=scheme).visit()
    color = page.evaluate("getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert (sum(color) < 300) == is_dark

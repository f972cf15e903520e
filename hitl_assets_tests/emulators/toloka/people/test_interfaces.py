"""What projects ask with: kinds of components, as somebody at a browser fills them in."""

from __future__ import annotations

import base64
import io
import wave
import zlib
from typing import Any

import pytest
from toloka.client import Task

# A browser at work: these take a second each.
pytestmark = pytest.mark.slow

OUTPUT = {"type": "data.output", "path": "answer"}


def hand_in(page: Any) -> None:
    """Submit, and see that it was taken."""
    page.get_by_role("button", name="Submit").click()
    page.get_by_text("Handed in").wait_for()


def silence() -> bytes:
    """A tenth of a second of it, as WAV."""
    target = io.BytesIO()
    with wave.open(target, "wb") as recording:
        recording.setparams((1, 1, 8000, 800, "NONE", ""))
        recording.writeframes(bytes([128]) * 800)
    return target.getvalue()


def picture() -> str:
    """One gray pixel as a data URL."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    header = (1).to_bytes(4, "big") * 2 + bytes([8, 0, 0, 0, 0])
    data = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00\x80")) + chunk(b"IEND", b"")
    return "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + data).decode()


def test_every_kind_of_field_writes_its_value(office, guest) -> None:
    """Choices keep the type of their value; what was left empty is not sent."""
    stars = [{"value": 1, "label": "One"}, {"value": 2, "label": "Two"}]
    tags = [{"value": name, "label": name} for name in ("a", "b", "c")]
    pool = office.pool(
        office.asks("field.button-radio-group", "stars", options=stars),
        office.asks("field.checkbox-group", "tags", options=tags),
        office.asks("field.checkbox", "sure"),
        office.asks("field.select", "kind", options=office.YES_NO),
        office.asks("field.text", "title"),
        office.asks("field.textarea", "story"),
        office.asks("field.number", "count"),
        office.asks("field.text", "empty"),
        tasks=1,
        outputs={"stars": "integer", "tags": "json", "sure": "boolean?", "kind": "string", "title": "string",
                 "story": "string", "count": "float", "empty": "string?"},
    )  # fmt: skip
    page = guest.take(pool)
    page.get_by_label("Two").check()
    for name in ("a", "c", "sure"):
        page.get_by_role("checkbox", name=name, exact=True).check()
    page.get_by_label("kind").select_option("No")
    page.get_by_label("title").fill("<b>ä</b>")
    page.get_by_label("story").fill("one\ntwo")
    page.get_by_label("count").fill("2.5")
    hand_in(page)
    assert office.answers(pool) == [
        {"stars": 2, "tags": {"a": True, "c": True}, "sure": True, "kind": "no", "title": "<b>ä</b>",
         "story": "one\ntwo", "count": 2.5}
    ]  # fmt: skip


def test_fields_come_and_go_with_answers(office, guest) -> None:
    """helper.if shows a field when another one is answered so, and what was hidden again is not sent."""
    why = office.asks("field.text", "why", validation={"type": "condition.required"})
    shown = {"type": "condition.equals", "data": OUTPUT, "to": "no"}
    pool = office.pool(
        office.choice, {"type": "helper.if", "condition": shown, "then": why}, tasks=1,
        outputs={"answer": "string", "why": "string?"},
    )  # fmt: skip
    page = guest.take(pool)
    assert page.get_by_label("why").count() == 0
    page.get_by_label("No").check()
    page.get_by_label("why").fill("it is a car")
    page.get_by_label("Yes").check()
    page.get_by_label("why").wait_for(state="detached")
    hand_in(page)
    assert office.answers(pool) == [{"answer": "yes"}]


def test_typing_in_a_field_that_came_is_not_disturbed(office, guest) -> None:
    """What is rendered again keeps text and focus, as long as it stays the same."""
    shown = {"type": "condition.equals", "data": OUTPUT, "to": "no"}
    echo = {"type": "view.text", "content": {"type": "data.output", "path": "why"}}
    pool = office.pool(
        office.choice,
        {"type": "helper.if", "condition": shown, "then": office.asks("field.text", "why")},
        {"type": "view.group", "label": "You wrote", "content": echo},
        tasks=1, outputs={"answer": "string", "why": "string?"},
    )  # fmt: skip
    page = guest.take(pool)
    page.get_by_label("No").check()
    page.get_by_label("why").press_sequentially("half of it", delay=30)
    page.locator(".group").get_by_text("half of it").wait_for()
    assert page.get_by_label("why").input_value() == "half of it"
    page.keyboard.type("!")
    hand_in(page)
    assert office.answers(pool) == [{"answer": "no", "why": "half of it!"}]


def test_two_pictures_side_by_side(office, guest) -> None:
    """Both are there, next to each other, and the project's own keys choose."""
    sides = [{"type": "view.image", "url": {"type": "data.input", "path": side}} for side in ("left", "right")]
    pool = office.pool(
        {"type": "layout.side-by-side", "items": sides, "controls": office.choice},
        inputs=("left", "right"), tasks=[{"left": picture(), "right": picture()}],
        plugins=[{"type": "plugin.hotkeys", "q": {"type": "action.set", "data": OUTPUT, "payload": "no"}}],
    )  # fmt: skip
    page = guest.take(pool)
    boxes = [image.bounding_box() for image in page.locator("#suite img").all()]
    assert page.locator("#suite img").evaluate_all("images => images.map(image => image.naturalWidth)") == [1, 1]
    assert (boxes[0]["y"] == boxes[1]["y"], boxes[0]["x"] < boxes[1]["x"]) == (True, True)
    page.keyboard.press("q")
    page.keyboard.press("Enter")
    page.get_by_text("Handed in").wait_for()
    assert office.answers(pool) == [{"answer": "no"}]


@pytest.mark.parametrize("element", ["audio", "video"])
def test_what_must_be_played_holds_back_answers(office, guest, element: str) -> None:
    """condition.played-fully holds back answers of people who did not listen, or look."""
    rule = {"type": "condition.played-fully", "hint": "Play it to the end."}
    pool = office.pool(
        {"type": f"view.{element}", "url": {"type": "data.input", "path": "text"}, "validation": rule},
        office.choice, tasks=[{"text": "http://media.example/a.wav"}],
    )  # fmt: skip
    guest.page.context.route(
        "http://media.example/*", lambda route: route.fulfill(body=silence(), content_type="audio/wav")
    )
    page = guest.take(pool)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    page.get_by_text("Play it to the end.").wait_for()
    page.locator(f"{element}[src='http://media.example/a.wav']").evaluate("media => media.play()")
    page.locator("input[value=fully]").wait_for(state="attached")
    hand_in(page)
    assert office.answers(pool) == [{"answer": "yes"}]


def test_a_list_grows_by_rows(office, guest) -> None:
    """field.list makes a list of objects."""
    row = {"type": "field.text", "label": "Name", "data": {"type": "data.relative", "path": "name"}}
    pool = office.pool(
        office.asks("field.list", "people", render=row, buttonLabel="Add a name"), tasks=1, outputs={"people": "json"}
    )
    page = guest.take(pool)
    page.get_by_label("Name").fill("Ada")
    page.get_by_role("button", name="Add a name").click()
    page.get_by_label("Name").nth(1).fill("Bob")
    hand_in(page)
    assert office.answers(pool) == [{"people": [{"name": "Ada"}, {"name": "Bob"}]}]


def test_buttons_set_what_no_field_shows(office, guest) -> None:
    """view.action-button with action.set; and data.internal stays on the page."""
    internal = {"type": "data.internal", "path": "step"}
    payload = [
        {"type": "action.set", "data": OUTPUT, "payload": "maybe"},
        {"type": "action.set", "data": internal, "payload": "done"},
    ]
    pool = office.pool(
        {"type": "view.action-button", "label": "Decide", "action": {"type": "action.bulk", "payload": payload}},
        {"type": "helper.if", "condition": {"type": "condition.equals", "data": internal, "to": "done"},
         "then": {"type": "view.text", "content": "Decided."}},
        tasks=1,
    )  # fmt: skip
    page = guest.take(pool)
    page.get_by_role("button", name="Decide").click()
    page.get_by_text("Decided.").wait_for()
    hand_in(page)
    assert office.answers(pool) == [{"answer": "maybe"}]


def test_a_pager_shows_one_task_at_a_time(office, guest) -> None:
    """plugin.toloka's layout; Enter goes on, and at the end hands in."""
    pool = office.pool(plugins=[{"type": "plugin.toloka", "layout": {"kind": "pager", "taskWidth": 400}}])
    page = guest.take(pool)
    assert [task.is_visible() for task in page.locator(".task").all()] == [True, False]
    assert page.locator(".task").first.bounding_box()["width"] == 400
    for key in ("1", "2"):
        page.keyboard.press(key)
    assert [task.is_visible() for task in page.locator(".task").all()] == [False, True]
    page.keyboard.press("Enter")
    page.get_by_text("Handed in").wait_for()
    assert office.answers(pool) == [{"answer": "yes"}, {"answer": "no"}]


def test_an_unknown_component_is_shown_as_such(office, guest) -> None:
    """With its type and what stands in it, as text; the rest of the task can be answered."""
    pool = office.pool({"type": "view.hologram", "content": "<b id=x>deep</b>"}, office.choice, tasks=1)
    page = guest.take(pool)
    shown = page.locator(".unknown").inner_text()
    assert ("view.hologram is not known" in shown, '"content": "<b id=x>deep</b>"' in shown) == (True, True)
    assert page.locator("#x").count() == 0
    page.keyboard.press("1")
    hand_in(page)


def test_a_project_without_an_interface_gets_a_form(office, guest) -> None:
    """A classic view: input fields as a table, output fields as controls, hidden ones not at all."""
    fields = {
        "input_spec": {"text": {"type": "string"}, "key": {"type": "string", "hidden": True, "required": False}},
        "output_spec": {
            "good": {"type": "boolean"}, "kind": {"type": "string", "allowed_values": ["a", "b"]},
            "tags": {"type": "array_string", "required": False}, "note": {"type": "string", "required": False},
        },
        "view_spec": {"type": "classic", "markup": "<script>alert(1)</script>"},
    }  # fmt: skip
    project = office.desk.project(task_spec=fields)
    pool = office.desk.pool(project, defaults={"default_overlap_for_new_tasks": 1})
    task = {"pool_id": pool.id, "input_values": {"text": "an apple", "key": "secret"}}
    office.desk.client.create_tasks([Task(**task)], allow_defaults=True)
    page = guest.take(office.desk.client.open_pool(pool.id))
    assert ("an apple" in page.content(), "secret" in page.content()) == (True, False)
    page.get_by_label("true").check()
    page.get_by_role("radio", name="b", exact=True).check()
    page.get_by_label("tags").fill("red\ngreen")
    hand_in(page)
    assert office.answers(pool) == [{"good": True, "kind": "b", "tags": ["red", "green"]}]

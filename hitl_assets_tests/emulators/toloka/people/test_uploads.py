"""Files that people hand in: chosen on the page, kept with the answer, found by the requester."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest

pytestmark = pytest.mark.slow

TEXT = {"name": "notes ü.txt", "mimeType": "text/plain", "buffer": b"seen <today>"}
PHOTO = {"name": "photo.png", "mimeType": "image/png", "buffer": bytes(range(256))}


def gallery(office: Any, **more: Any) -> Any:
    """A pool that asks for a file, and for as many photos as somebody likes."""
    return office.pool(
        office.asks("field.file", "notes", accept=["text/plain"]),
        office.asks("field.media-file", "photos", accept={"gallery": True, "photo": True}, multiple=True),
        tasks=1, outputs={"notes": "file", "photos": "array_file?"}, **more,
    )  # fmt: skip


def files_of(office: Any, pool: Any) -> dict[str, Any]:
    """The attachments of a pool by their ids."""
    return {one.id: one for one in office.desk.client.get_attachments(pool_id=pool.id)}


def content_of(office: Any, attachment_id: str) -> bytes:
    """What the requester downloads."""
    target = io.BytesIO()
    office.desk.client.download_attachment(attachment_id, target)
    return target.getvalue()


def test_files_are_chosen_and_handed_in(office, guest) -> None:
    """With their names and kinds; what was removed again is not kept."""
    pool = gallery(office)
    page = guest.take(pool)
    page.get_by_label("Choose a file").set_input_files(TEXT)
    page.get_by_text("notes ü.txt").wait_for()
    for name in ("first.png", "second.png"):
        page.get_by_label("Choose from the gallery").set_input_files({**PHOTO, "name": name})
        page.get_by_text(name, exact=True).wait_for()
    page.get_by_role("button", name="Remove first.png").click()
    page.get_by_role("button", name="Submit").click()
    page.get_by_text("Handed in").wait_for()
    [answer] = office.answers(pool)
    found = files_of(office, pool)
    assert set(found) == {answer["notes"], *answer["photos"]}
    assert [(found[key].name, found[key].media_type) for key in (answer["notes"], *answer["photos"])] == [
        ("notes ü.txt", "text/plain"), ("second.png", "image/png"),
    ]  # fmt: skip
    assert content_of(office, answer["notes"]) == TEXT["buffer"]
    assert content_of(office, answer["photos"][0]) == PHOTO["buffer"]
    assert guest.complaints == []


def test_a_chosen_file_stays_when_something_is_missing(office, guest) -> None:
    """With its name; the file that is required is asked for."""
    pool = gallery(office)
    page = guest.take(pool)
    page.get_by_label("Choose from the gallery").set_input_files(PHOTO)
    page.get_by_text("photo.png").wait_for()
    page.get_by_role("button", name="Submit").click()
    page.get_by_text("May not be empty.").wait_for()
    page.get_by_text("photo.png").wait_for()
    page.get_by_label("Choose a file").set_input_files(TEXT)
    page.get_by_text("notes ü.txt").wait_for()
    page.get_by_role("button", name="Submit").click()
    page.get_by_text("Handed in").wait_for()
    assert len(files_of(office, pool)) == 2


def test_a_preview_keeps_no_files(office, guest) -> None:
    """And says so; the answer can still be tried."""
    pool = gallery(office)
    page = guest.visit(f"/requester/project/{pool.project_id}/pool/{pool.id}/preview")
    page.get_by_label("Choose a file").set_input_files(TEXT)
    page.get_by_text("A preview keeps no files.").wait_for()
    page.get_by_role("button", name="Check").click()
    assert json.loads(page.locator("[role=status] pre").inner_text()) == [{"notes": "preview notes ü.txt"}]
    assert files_of(office, pool) == {}


def send(visitor: Any, address: str, content: bytes | str, **more: str) -> Any:
    """Send a file as the page's script does."""
    written = content if isinstance(content, str) else base64.urlsafe_b64encode(content).decode()
    return visitor.post(f"{address}/file", {"name": "a.txt", "type": "text/plain", "content": written, **more})


def test_files_of_a_suite_that_is_given_back_are_dropped(office, visitor) -> None:
    """Nobody asked for them."""
    pool = gallery(office)
    address = visitor.take(pool)
    kept = send(visitor, address, b"x" * 1_000_000)
    assert (kept.status_code, list(files_of(office, pool))) == (200, [kept.text])
    visitor.post(f"{address}/exit")
    assert files_of(office, pool) == {}
    assert send(visitor, address, b"late").status_code == 409


def test_what_is_no_file_is_refused(office, visitor) -> None:
    """No base64, more than fits into a form, or for a suite of somebody else."""
    pool = gallery(office)
    address = visitor.take(pool)
    assert send(visitor, address, "not base64!").status_code == 400
    assert send(visitor, address, "A" * 17_000_000).status_code == 413
    visitor.client.cookies.clear()
    visitor.client.get("/")
    assert send(visitor, address, b"x").status_code == 404
    assert files_of(office, pool) == {}


def test_a_kind_that_is_none_is_plain_bytes(office, visitor) -> None:
    """What a page of one's own says is no header of ours."""
    pool = gallery(office)
    kept = send(visitor, visitor.take(pool), b"x", type="text/html\r\nX: y", name="")
    [found] = files_of(office, pool).values()
    assert (found.id, found.name, found.media_type) == (kept.text, "file", "application/octet-stream")

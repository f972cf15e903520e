"""What the requester sees of a pool before it is opened."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.slow


def preview(pool: Any) -> str:
    """Its address."""
    return f"/requester/project/{pool.project_id}/pool/{pool.id}/preview"


def test_a_preview_shows_the_first_suite_and_hands_nothing_out(office, guest) -> None:
    """Before the pool is open, and without a trace in the API."""
    pool, before = office.pool(tasks=4, is_open=False), office.desk.balance
    page = guest.visit(preview(pool))
    assert page.locator(".task .text").all_inner_texts() == ["text 0", "text 1"]
    assert office.desk.assignments(pool) == []
    assert office.desk.balance == before
    assert [task.remaining_overlap for task in office.desk.client.get_tasks(pool_id=pool.id)] == [1] * 4


@pytest.mark.slow
def test_a_preview_is_what_the_crowd_gets(office, guest) -> None:
    """The same tasks in the same words."""
    pool = office.pool(tasks=4)
    before = guest.visit(preview(pool)).locator(".task").all_inner_texts()
    assert guest.take(pool).locator(".task").all_inner_texts() == before


@pytest.mark.slow
def test_answers_can_be_tried(office, guest) -> None:
    """The requester learns what would be refused, and what would arrive."""
    pool = office.pool(is_open=False)
    page = guest.visit(preview(pool))
    page.keyboard.press("1")
    page.get_by_role("button", name="Check").click()
    page.get_by_text("Choose one.").wait_for()
    page.get_by_role("radio", name="No").nth(1).check()
    page.get_by_role("button", name="Check").click()
    assert page.locator("[role=status] pre").inner_text() == '[{"answer":"yes"},{"answer":"no"}]'
    assert office.desk.assignments(pool) == []


def test_a_preview_says_what_is_wrong_with_the_interface(office) -> None:
    """What is not known here, what nobody asks for, and what output_spec does not have."""
    pool = office.pool(
        {"type": "view.hologram"}, office.asks("field.text", "typo"), plugins=[{"type": "plugin.mirror"}],
        is_open=False,
    )  # fmt: skip
    page = httpx.get(office.url + preview(pool)).text
    for remark in (
        "view.hologram is not known to this emulator", "plugin.mirror is not run here",
        "The interface asks for typo, which output_spec does not declare",
        "Nothing asks for answer at first, and output_spec requires it",
    ):  # fmt: skip
        assert remark in page


def test_an_empty_pool_has_a_preview(office) -> None:
    """Which says that there is nothing to see."""
    pool = office.pool(tasks=[], is_open=False)
    assert "This pool has no tasks yet" in httpx.get(office.url + preview(pool)).text


def test_the_pools_page_leads_to_the_preview(office) -> None:
    """From where a stored link leads."""
    pool = office.pool(is_open=False)
    page = httpx.get(f"{office.url}/requester/project/{pool.project_id}/pool/{pool.id}").text
    assert preview(pool) in page


def test_a_preview_takes_forms_of_its_own_page_only(office) -> None:
    """Nothing is kept, and still it is nobody else's business."""
    pool = office.pool(is_open=False)
    answer = httpx.post(office.url + preview(pool), data={"a": "b"}, headers={"Origin": "http://evil.example"})
    assert answer.status_code == 403
    assert httpx.get(f"{office.url}/requester/project/1/pool/2/preview").status_code == 404

"""Where a stored link leads: pages for people, on which nothing of the data comes alive."""

from __future__ import annotations

import httpx


def page(desk, *path: str) -> httpx.Response:
    """A page of the requester's interface, without a token: a browser has none."""
    return httpx.get("/".join([desk.emulator.url, "requester/project", *path]))


def test_a_pool_has_a_page(desk) -> None:
    """Its status and its configuration are there."""
    project = desk.project()
    pool = desk.pool(project)
    answer = page(desk, project.id, "pool", pool.id)
    assert (answer.status_code, "CLOSED" in answer.text, "fruits" in answer.text) == (200, True, True)


def test_a_project_has_a_page(desk) -> None:
    """With its name."""
    assert "Is it a fruit?" in page(desk, desk.project().id).text


def test_data_does_not_become_markup(desk) -> None:
    """A name is text, whatever it looks like; and the page may run nothing."""
    project = desk.project(public_name="<script>alert(1)</script>")
    answer = page(desk, project.id)
    assert "<script>" not in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_page_that_is_not_there_says_so(desk) -> None:
    """With the status that browsers know."""
    assert page(desk, "123", "pool", "456").status_code == 404

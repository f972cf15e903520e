"""What the pages keep out: markup in data, forms of other sites, other people's suites, and whoever is not here."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import httpx
import pytest

pytestmark = pytest.mark.slow

SCRIPT = "<script>alert(1)</script><img src=x onerror=alert(2)>"
HOSTILE = (
    SCRIPT,
    "\"><svg onload=alert(3)><style>*{display:none}</style>",
    "</textarea></option></title><iframe src=http://evil.example/></iframe>",
    "javascript:alert(4)",
    "\u202e\u2067right to left\u200f\u0000\u001b",
    "{{7*7}} ${7*7} <!-- ]]> &lt;script&gt;",
    '{"type": "view.link", "url": "javascript:alert(5)"}',
    "data:text/html,<script>alert(6)</script>",
    "x" * 10_000,
)  # fmt: skip
# Everything that shows data.
SHOWING = (
    ("view.text", "content"), ("view.markdown", "content"), ("view.image", "url"), ("view.audio", "url"),
    ("view.video", "url"), ("view.link", "url"), ("view.iframe", "url"), ("view.collapse", "label"),
    ("view.divider", "label"), ("field.text", "placeholder"), ("field.textarea", "label"), ("view.group", "hint"),
)  # fmt: skip


def showing(office: Any) -> list[dict[str, Any]]:
    """One component of each kind that shows the task's text."""
    data = {"type": "data.input", "path": "text"}
    output = {"type": "data.output", "path": "answer", "default": data}
    options = [{"value": data, "label": data, "hint": data}]
    return [
        *({"type": kind, name: data, "data": output} for kind, name in SHOWING),
        {"type": "field.select", "options": options, "data": output},
        {"type": "field.radio-group", "options": options, "data": output},
        {"type": "view.unknown", "content": SCRIPT},
    ]


def test_hostile_data_does_nothing(office, guest) -> None:
    """No script runs, nothing is asked of anybody, and it is all there to be read as text."""
    text = "\n".join(HOSTILE)
    pool = office.pool(
        *showing(office), tasks=[{"text": text}, {"text": SCRIPT}], outputs={"answer": "string"},
        project={"public_name": SCRIPT, "public_description": SCRIPT, "public_instructions": text},
    )  # fmt: skip
    page = guest.visit()
    page = guest.take(pool)
    guest.visit(f"/requester/project/{pool.project_id}/pool/{pool.id}/preview")
    guest.visit(f"/work/pool/{pool.id}")
    page.go_back()
    page.go_back()
    assert (guest.complaints, guest.requests) == ([], [])
    assert SCRIPT in page.locator(".text").first.inner_text()
    assert page.locator("main script, main iframe, main svg, main style").count() == 0
    assert page.locator("a[href^='javascript'], [src^='javascript'], [onerror], [onload]").count() == 0


def test_hostile_labels_and_texts_are_marked_as_text(office, guest) -> None:
    """What the scripts of the page put together is text, too; pictures are addresses or nothing."""
    data = {"type": "data.input", "path": "text"}
    labels = [{"value": text, "label": text} for text in HOSTILE]
    area = {"shape": "point", "left": 0.5, "top": 0.5, "label": SCRIPT}
    drawing = "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(7)' width='9' height='9'/>"
    fields = [
        office.asks("field.image-annotation", "areas", image=f"data:image/svg+xml,{quote(drawing)}", labels=labels),
        office.asks("field.image-annotation", "others", image=data, labels=labels),
        office.asks("field.text-annotation", "spans", content=data, labels=labels),
    ]
    fields[0]["data"]["default"] = [area]
    fields[2]["data"]["default"] = [{"label": SCRIPT, "offset": 0, "length": len(SCRIPT)}]
    pool = office.pool(
        *fields, tasks=[{"text": SCRIPT}], outputs={"areas": "json?", "others": "json?", "spans": "json?"}
    )
    page = guest.take(pool)
    page.locator(".chips").get_by_text(SCRIPT).wait_for()
    assert page.locator(".passage").inner_text().startswith(SCRIPT)
    assert (guest.complaints, guest.requests) == ([], [])
    assert page.locator("main script, main iframe, main style, [onerror], [onload]").count() == 0


@pytest.mark.slow
def test_a_megabyte_is_shown_and_answered(office, visitor) -> None:
    """Long values are data like others."""
    pool = office.pool(office.TEXT, office.asks("field.textarea", "answer"), tasks=[{"text": "<" * 1_000_000}])
    address = visitor.take(pool)
    assert visitor.client.get(address).text.count("&lt;") >= 1_000_000
    answer = visitor.post(address, {"0.seen": "0.o.answer", "0.o.answer": "&" * 1_000_000})
    assert answer.status_code == 303
    assert office.answers(pool) == [{"answer": "&" * 1_000_000}]


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Host": "evil.example", "Origin": "http://evil.example"},
    ],
)
def test_forms_of_other_sites_are_refused(office, visitor, headers: dict[str, str]) -> None:
    """Also with the right cookie and token, and also those of other servers on this machine."""
    pool = office.pool()
    assert visitor.post(f"/work/pool/{pool.id}/take", **headers).status_code == 403
    assert office.desk.assignments(pool) == []


def test_a_form_needs_its_token(office, visitor) -> None:
    """And its cookie: the token of somebody else opens nothing."""
    pool = office.pool()
    path, headers = f"/work/pool/{pool.id}/take", {"Origin": office.url}
    for token in ("", "0" * 32, "ä"):
        assert visitor.post(path, {"form_token": token}).status_code == 403
    stranger = httpx.post(office.url + path, data={"form_token": visitor.token}, headers=headers)
    assert (stranger.status_code, office.desk.assignments(pool)) == (403, [])
    assert visitor.client.post(path, data={"form_token": visitor.token}).status_code == 403


def test_a_page_of_another_site_cannot_post(office, guest) -> None:
    """A real browser, a worker who is here, and a form elsewhere that sends itself."""
    pool = office.pool()
    guest.visit()
    action = f"{office.url}/work/pool/{pool.id}/take"
    body = f"<form method=post action='{action}'></form><script>document.forms[0].submit()</script>"
    guest.page.context.route("http://evil.example/", lambda route: route.fulfill(body=body, content_type="text/html"))
    with guest.page.expect_response(action) as answered:
        guest.page.goto("http://evil.example/")
    assert (answered.value.status, office.desk.assignments(pool)) == (403, [])


@pytest.mark.slow
def test_a_link_from_another_site_keeps_the_worker(office, guest) -> None:
    """The browser withholds a strict cookie then; that must not make somebody new."""
    pool = office.pool()
    address = guest.take(pool).url
    link = f"<a href='{address}'>go</a>"
    guest.page.context.route("http://other.example/", lambda route: route.fulfill(body=link, content_type="text/html"))
    guest.page.goto("http://other.example/")
    guest.page.click("a")
    guest.page.wait_for_selector("#suite")


def test_the_cookie_is_out_of_reach(office) -> None:
    """Scripts do not read it, other sites do not send it; and it is not the worker's id."""
    answer = httpx.get(office.url)
    cookie = answer.headers["set-cookie"]
    assert ("HttpOnly" in cookie, "SameSite=strict" in cookie) == (True, True)
    profile = httpx.get(f"{office.url}/work/profile", cookies=dict(answer.cookies)).text
    assert next(iter(answer.cookies.values())) not in profile


def test_pages_may_do_little(office) -> None:
    """Scripts and styles are the emulator's own files, and nobody shows its pages in theirs."""
    pool = office.pool()
    for path in (
        "/",
        f"/work/pool/{pool.id}",
        f"/requester/project/1/pool/{pool.id}/preview",
        "/work/static/people.js",
    ):
        headers = httpx.get(office.url + path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self';")
        assert "frame-ancestors 'none'" in policy
        assert (headers["x-frame-options"], headers["x-content-type-options"]) == ("DENY", "nosniff")


def test_somebody_elses_suite_is_not_there(office, visitor) -> None:
    """Neither to look at nor to answer: an id is no key."""
    pool = office.pool()
    address = visitor.take(pool)
    stranger = type(visitor)(office)
    assert stranger.client.get(address).status_code == 404
    assert stranger.answer(address, "yes", "yes").status_code == 404
    assert [assignment.status.value for assignment in office.desk.assignments(pool)] == ["ACTIVE"]


@pytest.mark.parametrize("name", ["../routes.py", "..%2froutes.py", "%2e%2e/routes.py", "/etc/passwd", "people.css%00"])
def test_only_two_files_are_served(office, name: str) -> None:
    """Whatever a path looks like."""
    assert httpx.get(f"{office.url}/work/static/{name}").status_code in (401, 404)


def test_a_form_has_a_size(office, visitor) -> None:
    """What is larger than any answer is not read to its end."""
    pool = office.pool()
    address = visitor.take(pool)
    assert visitor.post(address, {"0.o.answer": "x" * 17_000_000}).status_code == 413
    assert visitor.client.post(address, content=b"\xff=1", headers={"Origin": office.url}).status_code == 415


def test_what_was_not_offered_is_not_taken(office, visitor) -> None:
    """A page can be edited by whoever looks at it."""
    pool = office.pool()
    address = visitor.take(pool)
    for value in ("maybe", True, {"type": "view.text"}, None):
        assert visitor.answer(address, value, value).status_code == 422
    assert (
        visitor.post(address, {"0.seen": "0.o.answer", "0.o.answer": ['"yes"', '"no"'], "0.o.other": "1"}).status_code
        == 422
    )
    assert office.answers(pool) == []


def test_data_that_looks_like_a_component_is_data(office, visitor) -> None:
    """A task's JSON is shown, not run: only the project's configuration makes components."""
    value = json.dumps({"type": "field.text", "data": {"type": "data.output", "path": "answer"}})
    fields = {"input_spec": {"thing": {"type": "json"}}, "output_spec": {"answer": {"type": "string"}}}
    data = {"type": "data.input", "path": "thing"}
    items = [data, {"type": "view.text", "content": data}, {"type": "view.list", "items": data}, office.choice]
    view = {
        "type": "tb",
        "lock": {"core": "1.0.0"},
        "config": json.dumps({"view": {"type": "view.list", "items": items}}),
    }
    project = office.desk.project(task_spec={**fields, "view_spec": view})
    pool = office.desk.pool(project)
    task = {"pool_id": pool.id, "input_values": {"thing": [json.loads(value)]}}
    answer = httpx.post(
        f"{office.url}/api/v1/tasks?allow_defaults=true", json=task, headers={"Authorization": "OAuth any"}
    )
    assert answer.status_code == 201
    office.desk.client.open_pool(pool.id)
    page = visitor.client.get(visitor.take(pool)).text
    assert ('type="text"' in page, page.count("&quot;field.text&quot;")) == (False, 3)

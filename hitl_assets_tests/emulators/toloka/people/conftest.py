"""A real browser at the emulator's address, and pools with interfaces of one's own to work in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, Route
from toloka.client import Pool, Task


@dataclass(frozen=True)
class Office:
    """A requester's desk with pools for people to work in, and pieces of interfaces."""

    YES_NO = ({"value": "yes", "label": "Yes"}, {"value": "no", "label": "No"})
    TEXT = MappingProxyType({"type": "view.text", "content": {"type": "data.input", "path": "text"}})

    desk: Any

    def asks(self, kind: str, path: str, **more: Any) -> dict[str, Any]:
        """A field that writes to an output field, which is its label too."""
        return {"type": kind, "data": {"type": "data.output", "path": path}, "label": path, **more}

    @property
    def choice(self) -> dict[str, Any]:
        """Yes or no, one of which must be chosen."""
        condition = {"type": "condition.required", "hint": "Choose one."}
        return self.asks("field.radio-group", "answer", options=self.YES_NO, validation=condition)

    @property
    def url(self) -> str:
        """Where the pages are."""
        return str(self.desk.emulator.url)

    def pool(
        self,
        *items: dict[str, Any],
        tasks: list[dict[str, Any]] | int = 2,
        inputs: tuple[str, ...] = ("text",),
        outputs: dict[str, str] | None = None,
        plugins: list[dict[str, Any]] | None = None,
        view_spec: dict[str, Any] | None = None,
        is_open: bool = True,
        project: dict[str, Any] | None = None,
        **changes: Any,
    ) -> Pool:
        """A pool of tasks that need one answer each, with this interface.

        `outputs` has a type for each field; a trailing ? makes it optional.
        """
        config = {
            "view": {"type": "view.list", "items": [dict(item) for item in items or (self.TEXT, self.choice)]},
            "plugins": plugins or [],
        }
        made = self.desk.project(
            task_spec={
                "input_spec": {name: {"type": "string", "required": False} for name in inputs},
                "output_spec": {
                    name: {"type": kind.rstrip("?"), "required": not kind.endswith("?")}
                    for name, kind in (outputs or {"answer": "string"}).items()
                },
                "view_spec": view_spec or {"type": "tb", "config": json.dumps(config), "lock": {"core": "1.0.0"}},
            },
            **(project or {}),
        )
        defaults = {"default_overlap_for_new_tasks": 1, "default_overlap_for_new_task_suites": 1}
        mixer = {
            "real_tasks_count": 2, "golden_tasks_count": 0, "training_tasks_count": 0,
            "shuffle_tasks_in_task_suite": False, "mix_tasks_in_creation_order": True,
        }  # fmt: skip
        pool = self.desk.pool(made, **{"defaults": defaults, "mixer_config": mixer, **changes})
        rows = [{"text": f"text {number}"} for number in range(tasks)] if isinstance(tasks, int) else tasks
        filled = [Task(pool_id=pool.id, input_values=row) for row in rows]
        if filled:
            self.desk.client.create_tasks(filled, allow_defaults=True)
        return self.desk.client.open_pool(pool.id) if is_open else pool

    def answers(self, pool: Pool) -> list[dict[str, Any]]:
        """The output values that were accepted, in the order of the tasks' ids."""
        found = [
            (task.id, solution.output_values)
            for assignment in self.desk.assignments(pool, status="ACCEPTED")
            for task, solution in zip(assignment.tasks, assignment.solutions, strict=True)
        ]
        return [output for _, output in sorted(found, key=lambda one: one[0])]


@dataclass
class Guest:
    """Somebody at a browser, and what their browser did."""

    page: Page
    office: Office
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def visit(self, path: str = "/") -> Page:
        """Go to one of the pages."""
        self.page.goto(self.office.url + path)
        return self.page

    def take(self, pool: Pool) -> Page:
        """Begin with a suite of a pool."""
        self.visit(f"/work/pool/{pool.id}")
        self.page.get_by_role("button", name="Start").click()
        self.page.wait_for_selector(".task.current")
        return self.page


class Visitor:
    """Somebody without a browser, who can send what no page would."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.client = httpx.Client(base_url=office.url)
        self.client.get("/")

    @property
    def token(self) -> str:
        """The token of this visitor's forms."""
        found = re.search(r'name="form_token" value="(\w+)"', self.client.get("/work/profile").text)
        assert found is not None
        return found.group(1)

    def post(self, path: str, form: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
        """Send a form as a page of this site would, with other headers where told."""
        data = {"form_token": self.token, **(form or {})}
        return self.client.post(path, data=data, headers={"Origin": self.office.url, **headers})

    def take(self, pool: Pool) -> str:
        """Take a suite; the assignment's address. Fails if there is none."""
        address = self.post(f"/work/pool/{pool.id}/take").headers["location"]
        assert address.startswith("/work/assignment/"), address
        return str(address)

    def answer(self, address: str, *values: str, path: str = "answer") -> httpx.Response:
        """Hand in one answer for each task of a suite."""
        form: dict[str, Any] = {}
        for position, value in enumerate(values):
            name = f"{position}.o.{path}"
            form |= {f"{position}.seen": name, name: json.dumps(value)}
        return self.post(address, form)


Enter = Callable[..., Guest]


@pytest.fixture
def office(idle: Any) -> Office:
    """An office that tests share, to which only people come."""
    return Office(idle)


@pytest.fixture
def enter(browser: Browser, office: Office) -> Iterator[Enter]:
    """Lets somebody in, at a screen of 1280 by 800 unless told. What they ask of other hosts is noted and not sent."""
    contexts = []

    def come(**options: Any) -> Guest:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        contexts.append(context)
        guest = Guest(context.new_page(), office)
        guest.page.set_default_timeout(5000)

        def note(route: Route) -> None:
            if route.request.url.startswith((office.url, "data:")):
                route.continue_()
            else:
                guest.requests.append(route.request.url)
                route.abort()

        context.route("**/*", note)
        guest.page.on("dialog", lambda dialog: (guest.complaints.append(dialog.message), dialog.dismiss()))
        guest.page.on("pageerror", lambda error: guest.complaints.append(str(error)))
        return guest

    yield come
    for context in contexts:
        context.close()


@pytest.fixture
def visitor(office: Office) -> Iterator[Visitor]:
    """Somebody without a browser."""
    one = Visitor(office)
    yield one
    one.client.close()


@pytest.fixture
def guest(enter: Enter) -> Guest:
    """Somebody at a desktop."""
    return enter()

"""The list of open pools, and a pool's own page with its instructions."""

from __future__ import annotations

import sqlite3

from hitl_assets.emulators.toloka.admission.admission import open_pools
from hitl_assets.emulators.toloka.overlap.demand import asking
from hitl_assets.emulators.toloka.people.markup.markup import Html, join, tag
from hitl_assets.emulators.toloka.people.markup.sanitizing import sanitize
from hitl_assets.emulators.toloka.people.pages.frame import (
    document,
    duration,
    facts,
    form,
    instructions_of,
    money,
    title_of,
)
from hitl_assets.emulators.toloka.people.pages.obstacles import obstacle
from hitl_assets.emulators.toloka.people.work import active_assignment
from hitl_assets.emulators.toloka.people.workers import Person, read_answers
from hitl_assets.emulators.toloka.pools.pools import read_pool
from hitl_assets.emulators.toloka.projects.projects import read_project
from hitl_assets.emulators.toloka.storage.state import State, load
from hitl_assets.emulators.toloka.tasks.issuing import configuration_of, reward_for

# Counting more than this would take longer than it is worth.
MOST_COUNTED = 1000


def list_page(state: State, person: Person) -> str:
    """GET /."""
    reasons = [(pool, _reason(state, person, pool)) for pool in open_pools(state)]
    may = [_card(state, person, pool, None) for pool, reason in reasons if reason is None]
    may_not = [_card(state, person, pool, reason) for pool, reason in reasons if reason is not None]
    content = (
        tag("h2", "You may work in these"),
        tag("div", *may, class_="cards") if may else tag("p", _nothing(bool(may_not)), class_="quiet"),
        tag("h2", "Not open to you now") if may_not else None,
        tag("div", *may_not, class_="cards") if may_not else None,
    )
    return document("Tasks", tag("h1", "Tasks"), *content, who=called(state, person))


def pool_page(state: State, person: Person, pool_id: str, is_turned_down: bool = False) -> str:
    """GET /work/pool/{id}. `is_turned_down`: they asked for a suite, and there was none.

    Raises:
        ApiError: there is no such pool.
    """
    pool = read_pool(state, pool_id, kind=None)
    title = title_of(state, pool)
    text = instructions_of(state, pool)
    content = (
        tag("h1", tag("bdi", title)),
        _facts(state, person, pool),
        _next_step(state, person, pool, is_turned_down),
        tag("h2", "Instructions"),
        tag("div", sanitize(text) if text else "The requester wrote none.", class_="prose", dir="auto"),
    )
    return document(title, *content, who=called(state, person))


def called(state: State, person: Person) -> str:
    """How the page calls a worker."""
    return str(read_answers(state, person.user_id)["name"]) or f"Worker {person.user_id[:6]}"


def _nothing(are_others: bool) -> str:
    if are_others:
        return "None of the open pools. Below is why, and what you can do."
    return "No pool is open now. When a requester opens one, it appears here."


def _reason(state: State, person: Person, pool: sqlite3.Row) -> Html | None:
    """Why a worker gets nothing of this pool now."""
    if active_assignment(state, pool["id"], person.user_id) is not None:
        return None
    return obstacle(state, person.user_id, pool)


def _card(state: State, person: Person, pool: sqlite3.Row, reason: Html | None) -> Html:
    project = load(read_project(state, pool["project_id"])["form"])
    link = tag("a", tag("bdi", project["public_name"]), href=f"/work/pool/{pool['id']}")
    remark = reason
    if reason is None and active_assignment(state, pool["id"], person.user_id) is not None:
        remark = tag("p", "You have a suite of this pool.", class_="note")
    description = tag("p", tag("bdi", project.get("public_description") or ""))
    return tag("article", tag("h2", link), description, _facts(state, person, pool), remark, class_="card")


def _facts(state: State, person: Person, pool: sqlite3.Row) -> Html:
    configuration = configuration_of(pool)
    is_training = pool["type"] == "TRAINING"
    return facts(
        price="unpaid" if is_training else f"{money(reward_for(state, configuration, person.user_id))} a suite",
        time=duration(configuration.seconds_to_answer),
        tasks_left=None if is_training else _tasks_left(state, pool),
    )


def _tasks_left(state: State, pool: sqlite3.Row) -> str:
    asked = asking(configuration_of(pool).mixer)
    row = state.store.one(
        f"SELECT COUNT(*) AS count FROM (SELECT 1 FROM tasks WHERE pool_id = ? AND {asked} AND "  # noqa: S608 - one of two constants
        "(remaining IS NULL OR remaining > 0) LIMIT ?)",
        pool["id"], MOST_COUNTED + 1,
    )  # fmt: skip
    return f"more than {MOST_COUNTED}" if row["count"] > MOST_COUNTED else str(row["count"])


def _next_step(state: State, person: Person, pool: sqlite3.Row, is_turned_down: bool) -> Html:
    active = active_assignment(state, pool["id"], person.user_id)
    if active is not None:
        link = tag("a", "Continue", href=f"/work/assignment/{active}", class_="button", autofocus=True)
        return tag("div", tag("p", "You have a suite of this pool."), tag("p", link), class_="note")
    reason = obstacle(state, person.user_id, pool)
    if reason is not None:
        return tag("div", reason, class_="note")
    remark = tag("p", "There is nothing for you in this pool now.", class_="note") if is_turned_down else None
    return join(remark, take_form(person, pool, "Start"))


def take_form(person: Person, pool: sqlite3.Row, label: str) -> Html:
    """The button that takes a suite."""
    button = tag("button", label, class_="primary", autofocus=True)
    return form(f"/work/pool/{pool['id']}/take", person, button)

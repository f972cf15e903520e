"""A suite of a pool as the crowd will see it, for its requester. Nothing is handed out, nothing is kept."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence

from hitl_assets.emulators.toloka.http.errors import does_not_exist
from hitl_assets.emulators.toloka.people.markup.markup import Html, join, tag
from hitl_assets.emulators.toloka.people.pages.frame import document, title_of
from hitl_assets.emulators.toloka.people.pages.questionnaires import Posted, Questionnaire, Shown
from hitl_assets.emulators.toloka.people.pages.suite_pages import ask_all, suite_attributes, summary, task_sections
from hitl_assets.emulators.toloka.people.work import Question, question_of, questions_of
from hitl_assets.emulators.toloka.pools.pools import read_pool
from hitl_assets.emulators.toloka.projects.projects import specification_of
from hitl_assets.emulators.toloka.storage.state import State, dump
from hitl_assets.emulators.toloka.tasks.issuing import configuration_of, issue

NOBODY = "0" * 32


class UndoneError(Exception):
    """Ends the transaction in which a suite was handed out only to look at it."""


def preview_page(state: State, pool_id: str, posted: Posted | None) -> str:
    """GET, and with answers to try POST, /requester/project/{id}/pool/{pool}/preview.

    Raises:
        ApiError: there is no such pool.
    """
    pool = read_pool(state, pool_id, kind=None)
    questionnaire = Questionnaire(specification_of(state, pool))
    shown = ask_all(questionnaire, next_questions(state, pool), posted or {}, posted is not None)
    kind = "training" if pool["type"] == "TRAINING" else "pool"
    up = f"/requester/project/{pool['project_id']}/{kind}/{pool['id']}"
    title = f"Preview: {title_of(state, pool)}"
    check = tag("div", tag("button", "Check these answers", id="submit"), class_="bar sticky")
    suite = tag(
        "form", task_sections(questionnaire, shown, {}), check, method="post", action=f"{up}/preview", novalidate=True,
        **suite_attributes(questionnaire, f"{up}/preview"),
    )  # fmt: skip
    intro = tag("p", "What a worker will see next. Answers are not kept. ", tag("a", "Back to the pool", href=up))
    empty = tag("p", "This pool has no tasks yet.", class_="note")
    content = (
        _remarks(specification_of(state, pool)["output_spec"], questionnaire, shown),
        _verdict(shown, posted),
        suite,
    )
    return document(title, tag("h1", tag("bdi", title)), intro, *(content if shown else (empty,)))


def preview_task(state: State, pool_id: str, position: int, posted: Posted) -> Html:
    """One task of the preview with answers to try. ApiError if there is no such task."""
    pool = read_pool(state, pool_id, kind=None)
    questions = next_questions(state, pool)
    if position >= len(questions):
        raise does_not_exist("task", str(position))
    return Questionnaire(specification_of(state, pool)).ask(position, questions[position].inputs, posted).content


def next_questions(state: State, pool: sqlite3.Row) -> list[Question]:
    """The tasks that a newcomer would get now; of a pool that gives none, its first ones."""
    found: list[Question] = []
    with contextlib.suppress(UndoneError), state.store.transaction():
        found = questions_of(state, issue(state, pool, NOBODY))
        raise UndoneError
    if found:
        return found
    mixer = configuration_of(pool).mixer
    count = mixer.real + mixer.golden + mixer.training if mixer is not None else 1
    rows = state.store.all("SELECT form, kind FROM tasks WHERE pool_id = ? ORDER BY place LIMIT ?", pool["id"], count)
    return [question_of(row) for row in rows]


def _remarks(
    output_spec: dict[str, dict[str, object]], questionnaire: Questionnaire, shown: Sequence[Shown]
) -> Html | None:
    """What the requester should know before a worker does."""
    notes = [questionnaire.complaint] if questionnaire.complaint else []
    for one in shown:
        notes += [note for note in one.notes if note not in notes]
    asked = set().union(*(one.asked for one in shown)) if shown else set()
    notes += [
        f"The interface asks for {name}, which output_spec does not declare."
        for name in sorted(asked - set(output_spec))
    ]
    for name, declared in output_spec.items():
        if declared.get("required", True) and name not in asked:
            notes.append(f"Nothing asks for {name} at first, and output_spec requires it.")
    items = [tag("li", tag("bdi", note)) for note in notes]
    return (
        tag("div", tag("p", "Worth a look before opening:"), tag("ul", *items), class_="alert warning")
        if items
        else None
    )


def _verdict(shown: Sequence[Shown], posted: Posted | None) -> Html | None:
    if posted is None:
        return None
    trouble = summary(shown, 0)
    if trouble is not None:
        return trouble
    answers = tag("pre", dump([one.output for one in shown]), tabindex=0)
    return tag("div", join(tag("p", "These answers would be taken:"), answers), class_="note", role="status")

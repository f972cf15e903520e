"""A suite as a worker has it before them, and what becomes of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from hitl_assets.emulators.toloka.people.components.parts import encode
from hitl_assets.emulators.toloka.people.markup.markup import Html, join, tag
from hitl_assets.emulators.toloka.people.pages.frame import document, form, money, title_of
from hitl_assets.emulators.toloka.people.pages.obstacles import obstacle
from hitl_assets.emulators.toloka.people.pages.pool_pages import called, take_form
from hitl_assets.emulators.toloka.people.pages.questionnaires import Posted, Questionnaire, Shown
from hitl_assets.emulators.toloka.people.work import Desk, Question, is_held_back
from hitl_assets.emulators.toloka.people.workers import Person
from hitl_assets.emulators.toloka.storage.state import State

OUTCOMES = {
    "SUBMITTED": "Handed in. The requester will look at it.",
    "ACCEPTED": "Handed in and accepted.",
    "REJECTED": "Rejected.",
    "SKIPPED": "Skipped. These tasks go to somebody else.",
    "EXPIRED": "Time is over, or you gave it back. These tasks go to whoever comes next.",
}


def ask_all(
    questionnaire: Questionnaire, questions: Sequence[Question], posted: Posted, is_checked: bool
) -> list[Shown]:
    """All tasks of a suite with what was posted."""
    return [
        questionnaire.ask(position, question.inputs, posted, is_checked) for position, question in enumerate(questions)
    ]


def suite_page(state: State, person: Person, desk: Desk, shown: Sequence[Shown], wrong: Collection[int] = ()) -> str:
    """The tasks to answer. `wrong` are positions of training tasks that were answered wrong."""
    address = f"/work/assignment/{desk.assignment['id']}"
    title = title_of(state, desk.pool)
    hints = {place: desk.questions[place].hint or "This answer is not right. Try another one." for place in wrong}
    left = max(0, int(desk.assignment["deadline"] - state.clock.wall())) if desk.assignment["deadline"] else None
    submit = join(
        tag("button", "Submit ", tag("kbd", "Enter", aria_hidden="true"), class_="primary", id="submit"),
        tag("span", data_seconds=left, class_="quiet", role="timer", id="clock"),
    )
    suite = form(
        address,
        person,
        task_sections(desk.questionnaire, shown, hints),
        tag("div", submit, class_="bar sticky"),
        novalidate=True,
        **suite_attributes(desk.questionnaire, address),
    )
    away = tag(
        "div",
        form(f"{address}/skip", person, tag("button", "Skip these tasks", class_="plain")),
        form(f"{address}/exit", person, tag("button", "Give back", class_="plain")),
        tag("a", "Instructions", href=f"/work/pool/{desk.pool['id']}", target="_blank", rel="noopener"),
        class_="row away",
    )
    trouble = summary(shown, len(wrong))
    return document(title, tag("h1", tag("bdi", title)), trouble, suite, away, who=called(state, person))


def outcome_page(state: State, person: Person, desk: Desk) -> str:
    """What became of a suite that is not active any more, and the way to the next one."""
    row = desk.assignment
    held = row["status"] == "ACTIVE" and is_held_back(state, row["id"])
    text = OUTCOMES["SUBMITTED" if held else row["status"]]
    paid = (
        f" You earned {money(row['reward'])}." if row["status"] == "ACCEPTED" and desk.pool["type"] == "REGULAR" else ""
    )
    comment = tag("p", "The requester says: ", tag("bdi", row["public_comment"])) if row["public_comment"] else None
    title = title_of(state, desk.pool)
    reason = obstacle(state, person.user_id, desk.pool)
    note = tag("div", tag("p", text + paid), comment, reason, class_="note", role="status")
    following = take_form(person, desk.pool, "Next suite") if reason is None else None
    home = tag("p", tag("a", "All tasks", href="/"))
    return document(title, tag("h1", tag("bdi", title)), note, following, home, who=called(state, person))


def task_sections(questionnaire: Questionnaire, shown: Sequence[Shown], hints: Mapping[int, str]) -> Html:
    """One section for each task, below what is said about all of them."""
    above = questionnaire.notifications
    sections = (_section(one, len(shown), hints.get(one.position)) for one in shown)
    return join(tag("div", above, class_="stack") if above else None, *sections)


def suite_attributes(questionnaire: Questionnaire, address: str) -> dict[str, object]:
    """What the page's script needs to know about a suite."""
    layout = questionnaire.layout
    width = layout.get("taskWidth")
    is_width = isinstance(width, int | float) and not isinstance(width, bool)
    return {
        "id": "suite",
        "class_": "suite",
        "data_draft": f"{address}/task/",
        "data_pager": layout.get("kind") == "pager",
        "data_width": int(width) if is_width and width is not None else None,
        "autocomplete": "off",
    }


def summary(shown: Sequence[Shown], wrong: int) -> Html | None:
    """What to do about answers that were not taken."""
    count = sum(1 for one in shown if one.mistakes)
    if count:
        tasks = "task is" if count == 1 else "tasks are"
        return tag("p", f"Not handed in: {count} {tasks} not complete.", class_="mistake", role="alert", id="trouble")
    if wrong:
        return tag("p", "Some answers are not right. Read the hints and try again.", class_="mistake", role="alert")
    return None


def _section(one: Shown, total: int, hint: str | None) -> Html:
    number = one.position + 1
    heading = tag("h2", f"Task {number}", tag("span", f" of {total}", class_="quiet"), id=f"task-{number}")
    leftover = [
        tag("p", tag("code", name), f": {message}", class_="mistake", role="alert")
        for name, message in one.leftover.items()
    ]
    shown_hint = tag("p", tag("bdi", hint), class_="mistake", role="alert") if hint else None
    return tag(
        "section", heading, shown_hint, *leftover, tag("div", one.content, class_="content"), class_="task",
        tabindex=-1, aria_labelledby=f"task-{number}", data_task=one.position, data_keys=encode(dict(one.keys)),
    )  # fmt: skip

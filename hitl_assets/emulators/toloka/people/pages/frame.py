"""What all pages for people have in common: the document around the content, forms, and money."""

from __future__ import annotations

import sqlite3
from decimal import Decimal
from typing import Any

from hitl_assets.emulators.toloka.people.markup.markup import Html, join, tag
from hitl_assets.emulators.toloka.people.workers import Person
from hitl_assets.emulators.toloka.projects.projects import read_project
from hitl_assets.emulators.toloka.storage.clock import END_OF_TIME, stamp
from hitl_assets.emulators.toloka.storage.state import State, load


def document(title: str, *content: object, who: str | None = None) -> str:
    """A whole page. `who` is how the worker is called, None where nobody works."""
    worker = tag("a", tag("bdi", who), href="/work/profile", class_="who", title="Your profile") if who else None
    home = tag("a", "Toloka, emulated", href="/", class_="home")
    head = join(
        tag("meta", charset="utf-8"),
        tag("title", title),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("link", rel="icon", href="data:,"),
        tag("link", rel="stylesheet", href="/work/static/people.css"),
        tag("link", rel="stylesheet", href="/work/static/drawing.css"),
        tag("script", src="/work/static/people.js", defer=True),
    )
    body = join(
        tag("header", tag("nav", home, worker)),
        tag("main", *content, id="main"),
        tag("footer", "An emulator on your own machine: nobody is paid here."),
    )
    return "<!doctype html>" + tag("html", tag("head", head), tag("body", body), lang="en")


def form(address: str, person: Person, *content: object, **attributes: object) -> Html:
    """A form that only this person's own pages can send."""
    token = tag("input", type="hidden", name="form_token", value=person.form_token)
    return tag("form", token, *content, method="post", action=address, **attributes)


def facts(**named: object) -> Html:
    """A short list of facts; None is left out."""
    rows = [
        tag("div", tag("dt", name.replace("_", " ").capitalize()), tag("dd", value))
        for name, value in named.items()
        if value is not None
    ]
    return tag("dl", *rows, class_="facts")


def money(amount: Any) -> str:
    """A price: `$0.05`."""
    value = Decimal(str(amount))
    return f"${value:.2f}" if value == round(value, 2) else f"${value.normalize():f}"


def moment(seconds: float) -> str:
    """A moment on the wall clock (seconds since the epoch): `2024-01-31 10:00 UTC`."""
    return f"{stamp(min(seconds, END_OF_TIME))[:16].replace('T', ' ')} UTC"


def duration(seconds: float) -> str:
    """A time span as people say it."""
    for unit, size in (("day", 86_400), ("hour", 3600), ("minute", 60)):
        if seconds >= size:
            count = f"{seconds / size:.1f}".removesuffix(".0")
            return f"{count} {unit}{'' if count == '1' else 's'}"
    return f"{seconds:.0f} seconds"


def title_of(state: State, pool: sqlite3.Row) -> str:
    """What workers know a pool by: its project's name."""
    name = str(load(read_project(state, pool["project_id"])["form"])["public_name"])
    return f"Training: {name}" if pool["type"] == "TRAINING" else name


def instructions_of(state: State, pool: sqlite3.Row) -> str:
    """The instructions as the requester wrote them: a training may have its own."""
    form = load(pool["form"])
    own = form.get("public_instructions") if pool["type"] == "TRAINING" else None
    return str(own or load(read_project(state, pool["project_id"])["form"]).get("public_instructions") or "")

"""The form in which people say who they are, so that filters let them in or keep them out."""

from __future__ import annotations

from collections.abc import Mapping

from hitl_assets.emulators.toloka.people.markup.markup import Html, tag
from hitl_assets.emulators.toloka.people.pages.frame import document, form
from hitl_assets.emulators.toloka.people.pages.pool_pages import called
from hitl_assets.emulators.toloka.people.workers import CLIENTS, EDUCATIONS, GENDERS, Person, read_answers
from hitl_assets.emulators.toloka.storage.state import State


def profile_page(state: State, person: Person, is_kept: bool = False) -> str:
    """GET /work/profile."""
    answers = read_answers(state, person.user_id)
    fields = (
        _text("name", "Name on these pages", answers["name"], maxlength=80),
        _text("languages", "Languages, as two letters each", " ".join(answers["languages"])),
        _text("country", "Country, as two letters", answers["country"], maxlength=2),
        _select("client_type", "What you work with", CLIENTS, answers["client_type"]),
        _text("born", "Year of birth", answers["born"], maxlength=4, inputmode="numeric"),
        _select("gender", "Gender", GENDERS, answers["gender"]),
        _select("education", "Education", EDUCATIONS, answers["education"]),
        _box("adult_allowed", "Tasks with content for adults are fine", answers["adult_allowed"]),
        _box("verified", "My account is verified", answers["verified"]),
    )
    save = form("/work/profile", person, *fields, tag("button", "Save", class_="primary"), class_="stack")
    note = tag("p", "Saved.", class_="note", role="status") if is_kept else None
    identity = tag("p", "Requesters see you as ", tag("code", person.user_id), ".")
    leave = tag("p", "A new worker has no history here: no skills, no bans, no tasks seen.")
    renew = form("/work/leave", person, tag("button", "Go on as a new worker"))
    return document(
        "Your profile", tag("h1", "Your profile"), note, save, tag("h2", "Identity"), identity, leave, renew,
        who=called(state, person),
    )  # fmt: skip


def _text(name: str, label: str, value: str, **attributes: object) -> Html:
    box = tag("input", type="text", name=name, id=name, value=value, autocomplete="off", **attributes)
    return tag("div", tag("label", label, for_=name), box)


def _select(name: str, label: str, options: Mapping[str, str], chosen: str) -> Html:
    entries = [tag("option", text, value=value, selected=value == chosen) for value, text in options.items()]
    return tag("div", tag("label", label, for_=name), tag("select", *entries, name=name, id=name))


def _box(name: str, label: str, is_set: bool) -> Html:
    box = tag("input", type="checkbox", name=name, value="true", checked=is_set)
    return tag("label", box, tag("span", label), class_="option")

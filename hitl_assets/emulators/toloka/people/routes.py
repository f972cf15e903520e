"""The addresses of the pages for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from hitl_assets.emulators.toloka.http.errors import ApiError, does_not_exist
from hitl_assets.emulators.toloka.people.access import (
    HEADERS,
    check_host,
    check_origin,
    check_token,
    cookie_name,
    is_from_elsewhere,
    person_of,
    read_form,
)
from hitl_assets.emulators.toloka.people.files import keep_file
from hitl_assets.emulators.toloka.people.markup.markup import tag
from hitl_assets.emulators.toloka.people.pages.frame import document
from hitl_assets.emulators.toloka.people.pages.pool_pages import list_page, pool_page
from hitl_assets.emulators.toloka.people.pages.preview_page import preview_page, preview_task
from hitl_assets.emulators.toloka.people.pages.profile_page import profile_page
from hitl_assets.emulators.toloka.people.pages.suite_pages import ask_all, outcome_page, suite_page
from hitl_assets.emulators.toloka.people.work import give_back, hand_in, is_held_back, read_desk, take
from hitl_assets.emulators.toloka.people.workers import Person, keep_answers
from hitl_assets.emulators.toloka.pools.pools import read_pool
from hitl_assets.emulators.toloka.storage.state import State

SCRIPTS = (
    "people", "areas", "files", "frames", "making", "outlines", "painting", "pieces", "places", "pointing", "sights",
    "spans",
)  # fmt: skip
STATIC = {"people.css": "text/css", "drawing.css": "text/css", **{f"{name}.js": "text/javascript" for name in SCRIPTS}}


@dataclass(frozen=True)
class Visit:
    """One request of a person: what the address names, what was posted."""

    person: Person
    path: Mapping[str, Any]
    query: Mapping[str, str]
    posted: Mapping[str, list[str]] = field(default_factory=dict)


# A page, or a response that says more than that.
Answer = str | Response
Handler = Callable[[State, Visit], Answer]


def _list(state: State, visit: Visit) -> Answer:
    return list_page(state, visit.person)


def _pool(state: State, visit: Visit) -> Answer:
    return pool_page(state, visit.person, visit.path["pool"], "none" in visit.query)


def _take(state: State, visit: Visit) -> Answer:
    pool = read_pool(state, visit.path["pool"], kind=None)
    taken = take(state, pool, visit.person.user_id)
    return _go(f"/work/pool/{pool['id']}?none" if taken is None else f"/work/assignment/{taken}")


def _suite(state: State, visit: Visit) -> Answer:
    desk = read_desk(state, visit.path["assignment"], visit.person.user_id)
    if desk.assignment["status"] != "ACTIVE" or is_held_back(state, desk.assignment["id"]):
        return outcome_page(state, visit.person, desk)
    return suite_page(state, visit.person, desk, ask_all(desk.questionnaire, desk.questions, {}, False))


def _submit(state: State, visit: Visit) -> Answer:
    desk = read_desk(state, visit.path["assignment"], visit.person.user_id)
    shown = ask_all(desk.questionnaire, desk.questions, visit.posted, True)
    is_complete = not any(one.mistakes for one in shown)
    wrong = hand_in(state, desk, [one.output for one in shown]) if is_complete else []
    if desk.assignment["status"] == "ACTIVE" and (wrong or not is_complete):
        return HTMLResponse(suite_page(state, visit.person, desk, shown, wrong), status_code=422)
    return _go(f"/work/assignment/{desk.assignment['id']}")


def _task(state: State, visit: Visit) -> Answer:
    desk = read_desk(state, visit.path["assignment"], visit.person.user_id)
    position = visit.path["position"]
    if position >= len(desk.questions):
        raise does_not_exist("task", str(position))
    return desk.questionnaire.ask(position, desk.questions[position].inputs, visit.posted).content


def _attach(state: State, visit: Visit) -> Answer:
    desk = read_desk(state, visit.path["assignment"], visit.person.user_id)
    if desk.assignment["status"] != "ACTIVE" or is_held_back(state, desk.assignment["id"]):
        raise ApiError(409, "CONFLICT_STATE", "These answers were handed in, or their time is over")
    name, media_type, content = ((visit.posted.get(field) or [""])[0] for field in ("name", "type", "content"))
    return PlainTextResponse(keep_file(state, desk.assignment, name, media_type, content))


def _skip(state: State, visit: Visit) -> Answer:
    return _give_back(state, visit, "SKIPPED")


def _exit(state: State, visit: Visit) -> Answer:
    return _give_back(state, visit, "EXPIRED")


def _give_back(state: State, visit: Visit, status: str) -> Answer:
    desk = read_desk(state, visit.path["assignment"], visit.person.user_id)
    if not is_held_back(state, desk.assignment["id"]):
        give_back(state, desk, status)
    return _go(f"/work/assignment/{desk.assignment['id']}")


def _profile(state: State, visit: Visit) -> Answer:
    return profile_page(state, visit.person, "kept" in visit.query)


def _keep_profile(state: State, visit: Visit) -> Answer:
    keep_answers(state, visit.person.user_id, visit.posted)
    return _go("/work/profile?kept")


PAGES: dict[str, Handler] = {
    "GET /": _list,
    "GET /work/pool/{pool}": _pool,
    "POST /work/pool/{pool}/take": _take,
    "GET /work/assignment/{assignment}": _suite,
    "POST /work/assignment/{assignment}": _submit,
    "POST /work/assignment/{assignment}/task/{position:int}": _task,
    "POST /work/assignment/{assignment}/file": _attach,
    "POST /work/assignment/{assignment}/skip": _skip,
    "POST /work/assignment/{assignment}/exit": _exit,
    "GET /work/profile": _profile,
    "POST /work/profile": _keep_profile,
}


def build_routes(state: State) -> list[BaseRoute]:
    """Everything that people reach without a token."""
    routes: list[BaseRoute] = []
    for signature, handler in PAGES.items():
        method, path = signature.split(" ")
        routes.append(Route(path, _endpoint(state, handler), methods=[method]))
    routes.append(Route("/work/leave", _endpoint(state, _begin_anew, is_new=True), methods=["POST"]))
    for kind in ("pool", "training"):
        preview = f"/requester/project/{{project}}/{kind}/{{pool}}/preview"
        routes.append(Route(preview, _preview_endpoint(state), methods=["GET", "POST"]))
        routes.append(Route(f"{preview}/task/{{position:int}}", _preview_endpoint(state), methods=["POST"]))
    routes.append(Route("/work/static/{name}", _static, methods=["GET"]))
    return routes


def _begin_anew(state: State, visit: Visit) -> Answer:
    return _go("/")


def _endpoint(state: State, handler: Handler, is_new: bool = False) -> Callable[..., object]:
    async def respond(request: Request) -> Response:
        try:
            check_host(request)
            person, posted = person_of(request), {}
            if request.method == "POST":
                check_origin(request)
                posted = await read_form(request)
                check_token(person, posted)
            elif person is None and is_from_elsewhere(request):
                return _secured(_arrival(request))
            visitor = person or Person.new()
            visit = Visit(visitor, request.path_params, request.query_params, posted)
            response = await run_in_threadpool(_run, state, handler, visit)
        except ApiError as error:
            return _secured(_refusal(error))
        if person is None or is_new:
            secret = Person.new().secret if is_new else visitor.secret
            response.set_cookie(cookie_name(request), secret, 365 * 86_400, httponly=True, samesite="strict")
        return _secured(response)

    return respond


def _run(state: State, handler: Handler, visit: Visit) -> Response:
    # One request is one transaction, as with the API: what the page says is on disk.
    with state.store.transaction():
        answer = handler(state, visit)
    return HTMLResponse(answer) if isinstance(answer, str) else answer


def _preview_endpoint(state: State) -> Callable[..., object]:
    def render(path: Mapping[str, Any], posted: Mapping[str, list[str]] | None) -> str:
        if "position" in path:
            return preview_task(state, path["pool"], path["position"], posted or {})
        return preview_page(state, path["pool"], posted)

    async def respond(request: Request) -> Response:
        try:
            check_host(request)
            posted = None
            if request.method == "POST":
                check_origin(request)
                posted = await read_form(request)
            return _secured(HTMLResponse(await run_in_threadpool(render, request.path_params, posted)))
        except ApiError as error:
            return _secured(_refusal(error))

    return respond


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    try:
        check_host(request)
        if name not in STATIC:
            raise does_not_exist("file", name)
    except ApiError as error:
        return _secured(_refusal(error))
    response = Response(_read_static(name), media_type=STATIC[name])
    return _secured(response)


@lru_cache
def _read_static(name: str) -> bytes:
    return (Path(__file__).parent / "static" / name).read_bytes()


def _go(address: str) -> Response:
    return RedirectResponse(address, status_code=303)


def _arrival(request: Request) -> Response:
    # Only a request from one of our own pages brings the cookie, so the visitor comes in through one.
    path = tag("meta", http_equiv="refresh", content="0")
    return HTMLResponse(document("Welcome", path, tag("p", tag("a", "Come in", href=request.url.path))))


def _refusal(error: ApiError) -> Response:
    home = tag("p", tag("a", "All tasks", href="/"))
    page = document("Not possible", tag("h1", "Not possible"), tag("p", error.message, class_="note"), home)
    return HTMLResponse(page, status_code=error.status)


def _secured(response: Response) -> Response:
    response.headers.update(HEADERS)
    return response

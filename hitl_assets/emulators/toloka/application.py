"""The HTTP side: routes, the token, and errors as Toloka sends them."""

from __future__ import annotations

import hmac
import json
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Route

from hitl_assets.emulators.gates import DroppedError, Gate
from hitl_assets.emulators.toloka import control, requester_pages
from hitl_assets.emulators.toloka.answers import aggregation, assignments, attachments, tables
from hitl_assets.emulators.toloka.faults.failing import NoResponse, run, suffer
from hitl_assets.emulators.toloka.faults.faults import strike_request
from hitl_assets.emulators.toloka.http import operations
from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.errors import ApiError, not_covered
from hitl_assets.emulators.toloka.http.trace import Entry, caller_of
from hitl_assets.emulators.toloka.messages import messages, webhooks
from hitl_assets.emulators.toloka.money import bonuses
from hitl_assets.emulators.toloka.people.access import LOOPBACK, check_host
from hitl_assets.emulators.toloka.people.routes import build_routes
from hitl_assets.emulators.toloka.pools import analytics, cloning, pools, trainings
from hitl_assets.emulators.toloka.projects import projects, versions
from hitl_assets.emulators.toloka.quality import restrictions
from hitl_assets.emulators.toloka.storage.state import State
from hitl_assets.emulators.toloka.tasks import suite_lists, suites, tasks
from hitl_assets.emulators.toloka.workers import skills, users

Handler = Callable[[State, Call], Reply]

ROUTES: dict[str, Handler] = {
    "GET /v1/requester": projects.get_requester,
    "POST /v1/projects": projects.create_project,
    "GET /v1/projects": projects.list_projects,
    "GET /v1/projects/{id}": projects.get_project,
    "PUT /v1/projects/{id}": versions.update_project,
    "POST /v1/projects/{id}/archive": projects.archive_project,
    "POST /staging/projects/{id}/check": versions.check_update,
    "POST /v1/trainings": trainings.create_training,
    "GET /v1/trainings": trainings.list_trainings,
    "GET /v1/trainings/{id}": trainings.get_training,
    "PUT /v1/trainings/{id}": trainings.update_training,
    "POST /v1/trainings/{id}/open": trainings.open_training,
    "POST /v1/trainings/{id}/close": trainings.close_training,
    "POST /v1/trainings/{id}/close-for-update": trainings.close_training_for_update,
    "POST /v1/trainings/{id}/archive": trainings.archive_training,
    "POST /v1/trainings/{id}/clone": cloning.clone_training,
    "POST /v1/pools": pools.create_pool,
    "GET /v1/pools": pools.list_pools,
    "GET /v1/pools/{id}": pools.get_pool,
    "PUT /v1/pools/{id}": pools.update_pool,
    "PATCH /v1/pools/{id}": pools.patch_pool,
    "POST /v1/pools/{id}/open": pools.open_pool,
    "POST /v1/pools/{id}/close": pools.close_by_hand,
    "POST /v1/pools/{id}/close-for-update": pools.close_for_update,
    "POST /v1/pools/{id}/archive": pools.archive_pool,
    "POST /v1/pools/{id}/clone": cloning.clone_pool,
    "POST /v1/tasks": tasks.create_tasks,
    "GET /v1/tasks": tasks.list_tasks,
    "GET /v1/tasks/{id}": tasks.get_task,
    "PATCH /v1/tasks/{id}": tasks.patch_task,
    "PATCH /v1/tasks/{id}/set-overlap-or-min": tasks.set_overlap_or_min,
    "POST /v1/task-suites": suites.create_suites,
    "GET /v1/task-suites": suite_lists.list_suites,
    "GET /v1/task-suites/{id}": suite_lists.get_suite,
    "PATCH /v1/task-suites/{id}": suites.patch_suite,
    "PATCH /v1/task-suites/{id}/set-overlap-or-min": suites.set_overlap_or_min,
    "GET /v1/assignments": assignments.list_assignments,
    "GET /v1/assignments/{id}": assignments.get_assignment,
    "PATCH /v1/assignments/{id}": assignments.patch_assignment,
    "GET /v1/operations": operations.list_operations,
    "GET /v1/operations/{id}": operations.get_operation,
    "GET /v1/operations/{id}/log": operations.get_operation_log,
    "POST /v1/skills": skills.create_skill,
    "GET /v1/skills": skills.list_skills,
    "GET /v1/skills/{id}": skills.get_skill,
    "PUT /v1/skills/{id}": skills.update_skill,
    "PUT /v1/user-skills": skills.put_user_skill,
    "GET /v1/user-skills": skills.list_user_skills,
    "GET /v1/user-skills/{id}": skills.get_user_skill,
    "DELETE /v1/user-skills/{id}": skills.delete_user_skill,
    "PUT /v1/user-restrictions": restrictions.put_restriction,
    "GET /v1/user-restrictions": restrictions.list_restrictions,
    "GET /v1/user-restrictions/{id}": restrictions.get_restriction,
    "DELETE /v1/user-restrictions/{id}": restrictions.delete_restriction,
    "POST /v1/user-bonuses": bonuses.create_bonuses,
    "GET /v1/user-bonuses": bonuses.list_bonuses,
    "GET /v1/user-bonuses/{id}": bonuses.get_bonus,
    "POST /v1/aggregated-solutions/aggregate-by-pool": aggregation.aggregate_pool,
    "POST /v1/aggregated-solutions/aggregate-by-task": aggregation.aggregate_task,
    "GET /v1/aggregated-solutions/{id}": aggregation.list_aggregates,
    "GET /v1/attachments": attachments.list_attachments,
    "GET /v1/attachments/{id}": attachments.get_attachment,
    "GET /v1/attachments/{id}/download": attachments.download_attachment,
    "GET /v1/user-metadata/{id}": users.get_user,
    "PUT /v1/webhook-subscriptions": webhooks.put_subscriptions,
    "GET /v1/webhook-subscriptions": webhooks.list_subscriptions,
    "GET /v1/webhook-subscriptions/{id}": webhooks.get_subscription,
    "DELETE /v1/webhook-subscriptions/{id}": webhooks.delete_subscription,
    "POST /v1/webhook-subscriptions/{id}/test": webhooks.send_test_event,
    "POST /v1/message-threads/compose": messages.compose,
    "GET /v1/message-threads": messages.list_threads,
    "POST /v1/message-threads/{id}/reply": messages.reply,
    "POST /v1/message-threads/{id}/add-to-folders": messages.add_to_folders,
    "POST /v1/message-threads/{id}/remove-from-folders": messages.remove_from_folders,
    "POST /staging/analytics-2": analytics.analyze,
    "GET /new/requester/pools/{id}/assignments.tsv": tables.download_assignments,
}


PAGES = {
    "{project}": requester_pages.project_page,
    "{project}/pool/{pool}": requester_pages.pool_page,
    "{project}/training/{pool}": requester_pages.pool_page,
}


def build_application(
    state: State, token: str | None, gate: Gate, is_local: bool = True, public_hosts: Collection[str] = ()
) -> Starlette:
    """The server as an ASGI application. Without a token any token is good. Requests of the API go through the gate,
    where they are called as in `ROUTES`.

    If it isn't local, the API answers by whatever name it is called: it asks for the token. Pages ask for none; they
    answer by the names of loopback and by those that are public.
    """
    routes: list[BaseRoute] = []
    for signature, handler in ROUTES.items():
        method, path = signature.split(" ")
        routes.append(Route(f"/api{path}", _endpoint(state, token, handler, gate, signature), methods=[method]))
    for signature, handler in control.ROUTES.items():
        method, path = signature.split(" ")
        routes.append(Route(f"/emulator{path}", _control_endpoint(state, token, handler), methods=[method]))
    for path, page in PAGES.items():
        routes.append(Route(f"/requester/project/{path}", _page_endpoint(state, page), methods=["GET"]))
    routes += build_routes(state)
    every = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
    # What no route takes, by its path or its method, is refused in Toloka's words and not in Starlette's.
    routes.append(Route("/{path:path}", _endpoint(state, token, None, gate, ""), methods=every))
    application = Starlette(routes=routes, exception_handlers={Exception: _internal_error})
    application.state.is_local = is_local
    application.state.public_hosts = frozenset(name.lower() for name in public_hosts)
    return application


def _endpoint(
    state: State, token: str | None, handler: Handler | None, gate: Gate, signature: str
) -> Callable[..., object]:
    def strike(request: Request, call: Call) -> tuple[int, Any] | None:
        with state.store.transaction():
            return strike_request(state, request.method, request.url.path, call)

    async def respond(request: Request) -> Response:
        began, struck = time.monotonic(), None
        stamp = state.clock.stamp()
        try:
            _check_caller(request)
            _check_token(request, token)
            call = Call(request.path_params, dict(request.query_params), _parse(await request.body()))
            if not gate.is_open:
                await run_in_threadpool(gate.pass_by, signature, _authorization(request)[1])
            struck = await run_in_threadpool(strike, request, call)
            rule = None if struck is None else struck[1]
            response = await suffer(rule, call, lambda call: _answer(request, state, handler, call, rule))
        except DroppedError:
            response = NoResponse()
        except ApiError as error:
            response = _error_response(error)
        state.trace.add(
            Entry(
                stamp, request.method, request.url.path, request.url.query,
                None if isinstance(response, NoResponse) else response.status_code,
                round(1000 * (time.monotonic() - began), 1), caller_of(request.headers),
                None if struck is None else str(struck[0]),
            )
        )  # fmt: skip
        return response

    return respond


async def _answer(request: Request, state: State, handler: Handler | None, call: Call, rule: Any) -> Response:
    try:
        if handler is None:
            raise not_covered(f"{request.method} {request.url.path}")
        reply = await run_in_threadpool(run, state, handler, call, rule)
        return _response(reply if reply.later is None else await run_in_threadpool(reply.later))
    except ApiError as error:
        return _error_response(error)


def _control_endpoint(state: State, token: str | None, handler: Handler) -> Callable[..., object]:
    async def respond(request: Request) -> Response:
        try:
            _check_caller(request)
            if token is not None:
                _check_token(request, token)
            call = Call(request.path_params, dict(request.query_params), _parse(await request.body()))
            if handler in control.OUTSIDE_TRANSACTIONS:
                return _response(await run_in_threadpool(handler, state, call))
            return _response(await run_in_threadpool(run, state, handler, call, None))
        except ApiError as error:
            return _error_response(error)

    return respond


def _response(reply: Reply) -> Response:
    if reply.chunks is not None:
        return StreamingResponse(reply.chunks, media_type="text/tab-separated-values; charset=utf-8")
    if reply.content is not None:
        # Whatever a worker uploaded is saved, and never shown as a page of this server.
        headers = {"Content-Disposition": "attachment", "X-Content-Type-Options": "nosniff"}
        return Response(reply.content, media_type="application/octet-stream", headers=headers)
    return Response(status_code=204) if reply.status == 204 else JSONResponse(reply.body, reply.status)


def _error_response(error: ApiError) -> Response:
    return JSONResponse(error.body(uuid.uuid4().hex), status_code=error.status)


def _page_endpoint(state: State, page: Callable[[State, Mapping[str, str]], str]) -> Callable[..., object]:
    def render(path: Mapping[str, str]) -> str:
        with state.store.transaction():
            return page(state, path)

    async def respond(request: Request) -> Response:
        try:
            check_host(request)
            _check_origin(request)
            content = await run_in_threadpool(render, request.path_params)
        except ApiError as error:
            return PlainTextResponse(error.message, status_code=error.status)
        return HTMLResponse(
            content, headers={"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}
        )

    return respond


async def _internal_error(request: Request, error: Exception) -> Response:
    # Clients parse every answer as JSON. Starlette logs the error and its traceback.
    return JSONResponse(ApiError(500, "INTERNAL_ERROR", f"The emulator failed: {error!r}").body(uuid.uuid4().hex), 500)


def _check_caller(request: Request) -> None:
    # A token is what a page of another site lacks, whatever it had its name resolved to.
    if request.app.state.is_local:
        check_host(request)
    _check_origin(request)


def _check_origin(request: Request) -> None:
    origin, public = request.headers.get("origin"), request.app.state.public_hosts
    if origin is not None and urlsplit(origin).hostname not in {*LOOPBACK, *public}:
        raise ApiError(403, "ACCESS_DENIED", "This server does not answer pages of other sites")


def _authorization(request: Request) -> tuple[str, str]:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme, given


def _check_token(request: Request, token: str | None) -> None:
    scheme, given = _authorization(request)
    is_good = bool(given) if token is None else hmac.compare_digest(given.encode(), token.encode())
    if scheme not in ("OAuth", "ApiKey") or not is_good:
        raise ApiError(401, "AUTHENTICATION_ERROR", "Send the header Authorization: OAuth <token> with a valid token")


def _parse(body: bytes) -> object:
    if not body:
        return None
    try:
        parsed = json.loads(body, parse_constant=_refuse_constant)
        if b"\\u" in body:
            # Half of a surrogate pair is JSON, but no text: it could neither be kept nor sent back.
            json.dumps(parsed, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise ApiError(400, "VALIDATION_ERROR", f"The body is not JSON: {error}", {}) from error
    return parsed


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number in JSON")

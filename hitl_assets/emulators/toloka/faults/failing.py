"""What a request suffers when a fault strikes it."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from hitl_assets.emulators.toloka.faults.fault_rules import (
    FailedOperation,
    InvalidTasks,
    LostResponse,
    Quota,
    Slow,
    Status,
)
from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.connections import CUT
from hitl_assets.emulators.toloka.http.errors import ApiError
from hitl_assets.emulators.toloka.http.operations import record
from hitl_assets.emulators.toloka.storage.state import State

Handler = Callable[[State, Call], Reply]
CODES = {
    408: "REQUEST_TIMEOUT",
    429: "TOO_MANY_REQUESTS",
    500: "INTERNAL_ERROR",
    502: "REMOTE_SERVICE_UNAVAILABLE",
    503: "REMOTE_SERVICE_UNAVAILABLE",
    504: "REMOTE_SERVICE_UNAVAILABLE",
}
# No project declares such a field, so the item is refused as any other with an unknown field is.
UNKNOWN_FIELD = {"refused_on_demand": "by a fault rule"}


class NoResponse(Response):
    """The connection ends without a byte of an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Cut the connection, and stay until the server has noticed: it would answer 500 otherwise."""
        scope["extensions"][CUT]()
        while (await receive())["type"] != "http.disconnect":
            pass


async def suffer(rule: Any, call: Call, answer: Callable[[Call], Awaitable[Response]]) -> Response:
    """The answer to a request that this rule struck. `answer` does the work."""
    if isinstance(rule, Status):
        return _refusal(rule.status, rule.body, rule.retry_after, rule.interval)
    if isinstance(rule, Quota):
        return _refusal(429, interval=None if rule.interval == "SEC" else rule.interval)
    response = await answer(spoilt(rule, call) if isinstance(rule, InvalidTasks) else call)
    if isinstance(rule, Slow):
        await asyncio.sleep(rule.seconds)
    if isinstance(rule, LostResponse):
        return NoResponse() if rule.status is None else _refusal(rule.status)
    return response


def run(state: State, handler: Handler, call: Call, rule: Any) -> Reply:
    """Do the work of a request in one transaction: what is answered is on disk, and a refusal changed nothing."""
    if not isinstance(rule, FailedOperation):
        with state.store.transaction():
            return handler(state, call)
    with contextlib.suppress(_UndoneError), state.store.transaction():
        reply = handler(state, call)
        raise _UndoneError
    if reply.status != 202:
        # Nothing was to be done, so nothing can fail.
        return reply
    with state.store.transaction():
        return Reply(202, _failed(state, reply.body))


def spoilt(rule: InvalidTasks, call: Call) -> Call:
    """The same upload, with chosen items that no project would take."""
    items = call.body if isinstance(call.body, list) else [call.body]
    body = [
        _with_unknown_field(item) if isinstance(item, dict) and rule.chooses(position, item) else item
        for position, item in enumerate(items)
    ]
    return Call(call.path, call.query, body if isinstance(call.body, list) else body[0])


class _UndoneError(Exception):
    """The work is undone."""


def _failed(state: State, operation: Mapping[str, Any]) -> dict[str, Any]:
    details = dict(operation["details"])
    if "total_count" in details:
        details = dict.fromkeys(details, 0) | dict.fromkeys(("total_count", "failed_count"), details["total_count"])
    return record(state, operation["type"], operation["parameters"], details, [], operation["id"], "FAIL")


def _with_unknown_field(item: dict[str, Any]) -> dict[str, Any]:
    if isinstance(item.get("tasks"), list):
        return {**item, "tasks": [_with_unknown_field(task) for task in item["tasks"] if isinstance(task, dict)]}
    values = item.get("input_values")
    return {**item, "input_values": {**(values if isinstance(values, dict) else {}), **UNKNOWN_FIELD}}


def _refusal(status: int, body: str = "json", retry_after: int | None = None, interval: str | None = None) -> Response:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    if body == "empty":
        return Response(status_code=status, headers=headers)
    if body == "html":
        return HTMLResponse(f"<html><body><h1>{status}</h1></body></html>", status, headers)
    error = ApiError(status, CODES[status], "A fault rule of the emulator says so", interval and {"interval": interval})
    return JSONResponse(error.body(uuid.uuid4().hex), status, headers)

"""The protocol of creating many things at once: synchronously, or as an operation with a log."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from hitl_assets.emulators.toloka.http.calls import Call, Reply
from hitl_assets.emulators.toloka.http.errors import ApiError, FieldErrors, validation_error
from hitl_assets.emulators.toloka.http.operations import record, refuse_known
from hitl_assets.emulators.toloka.storage.state import State

MOST_AT_ONCE = 5_000
# By these, toloka-kit since 1.2 and before it finds its items in the log. They are no fields of what is created.
NAMES_OF_CLIENTS = ("__item_idx", "__client_uuid")

Item = TypeVar("Item")


@dataclass
class Upload(Generic[Item]):
    """The items of one request by their index: valid ones and errors."""

    valid: dict[int, Item] = field(default_factory=dict)
    errors: dict[int, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Creation(Generic[Item]):
    """What is created: its words on the wire, and how it is read, kept and shown.

    `finish` does what follows the creation, and returns lines for the operation's log.
    """

    noun: str
    operation: str
    line: str
    key: str
    parameters: tuple[str, ...]
    read: Callable[[State, list[dict[str, Any]], bool], Upload[Item]]
    insert: Callable[[State, Upload[Item]], dict[int, str]]
    view: Callable[[State, str], dict[str, Any]]
    finish: Callable[[State, Call, Upload[Item]], list[dict[str, Any]]]
    verb: str = "CREATE"


def create(state: State, call: Call, kind: Creation[Item]) -> Reply:
    """Create one thing or a list of them. 201 with them, or 202 with the finished operation."""
    is_single = isinstance(call.body, dict)
    items = [call.body] if is_single else call.body
    if not isinstance(items, list) or not items or not all(isinstance(item, dict) for item in items):
        raise ApiError(400, "VALIDATION_ERROR", f"The body must be a {kind.noun} or a list of them, and not empty", {})
    if call.flag("async_mode"):
        return _create_asynchronously(state, call, kind, items)
    return _create_at_once(state, call, kind, items, is_single)


def _create_at_once(
    state: State, call: Call, kind: Creation[Item], items: list[dict[str, Any]], is_single: bool
) -> Reply:
    if len(items) > MOST_AT_ONCE:
        message = f"At most {MOST_AT_ONCE} items in one synchronous request: a {kind.noun} is an item"
        raise ApiError(400, "VALIDATION_ERROR", message, {})
    upload = kind.read(state, items, call.flag("allow_defaults"))
    if upload.errors and (not call.flag("skip_invalid_items") or not upload.valid):
        raise validation_error(dict(_named_errors(upload, is_single)))
    ids = kind.insert(state, upload)
    kind.finish(state, call, upload)
    views = {str(index): kind.view(state, key) for index, key in ids.items()}
    if is_single:
        return Reply(201, views["0"])
    wrong = {str(index): errors for index, errors in upload.errors.items()}
    return Reply(201, {"items": views, "validation_errors": wrong})


def _named_errors(upload: Upload[Item], is_single: bool) -> Iterator[tuple[str, Any]]:
    for index, errors in upload.errors.items():
        for path, error in errors.items():
            yield (path if is_single else f"{index}.{path}"), error


def _create_asynchronously(state: State, call: Call, kind: Creation[Item], items: list[dict[str, Any]]) -> Reply:
    operation_id = call.query.get("operation_id") or str(uuid.uuid4())
    _check_uuid(operation_id)
    refuse_known(state, operation_id)
    upload = kind.read(state, items, call.flag("allow_defaults"))
    is_refused = bool(upload.errors) and not call.flag("skip_invalid_items")
    ids = {} if is_refused else kind.insert(state, upload)
    logged = sorted(upload.errors) if is_refused else range(len(items))
    log = [_log_line(kind, items[index], ids.get(index), upload.errors.get(index)) for index in logged]
    if ids:
        log += kind.finish(state, call, upload)
    counts = {
        "total_count": len(items),
        "valid_count": len(upload.valid),
        "not_valid_count": len(upload.errors),
        "success_count": len(ids),
        "failed_count": len(items) - len(ids),
    }
    parameters = {name: call.flag(name) for name in kind.parameters}
    status = "SUCCESS" if ids else "FAIL"
    return Reply(202, record(state, kind.operation, parameters, counts, log, operation_id, status))


def _log_line(
    kind: Creation[Item], item: dict[str, Any], key: str | None, errors: dict[str, Any] | None
) -> dict[str, Any]:
    # The whole input, as documented: clients find their items by whatever they put into them.
    if errors is not None:
        return {"type": f"{kind.line}_VALIDATE", "success": False, "input": item, "output": errors}
    return {"type": f"{kind.line}_{kind.verb}", "success": True, "input": item, "output": {kind.key: key}}


def _check_uuid(operation_id: str) -> None:
    errors = FieldErrors()
    try:
        uuid.UUID(operation_id)
    except ValueError:
        errors.add("operation_id", "UUID_EXPECTED", "Expected a UUID")
    errors.refuse()

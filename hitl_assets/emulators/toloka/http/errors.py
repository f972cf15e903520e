"""Toloka's errors: what a refused request gets, with Toloka's codes and shapes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


class ApiError(Exception):
    """A refusal: HTTP status, Toloka's code, a sentence, and (for some codes) a payload."""

    def __init__(self, status: int, code: str, message: str, payload: Any = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.payload = payload

    def body(self, request_id: str) -> dict[str, Any]:
        """The JSON object that Toloka sends with this refusal."""
        body = {"request_id": request_id, "code": self.code, "message": self.message}
        return body if self.payload is None else {**body, "payload": self.payload}


@dataclass
class FieldErrors:
    """The fields of one request that are wrong, by path: `defaults.default_overlap_for_new_tasks`."""

    found: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, path: str, code: str, message: str, **params: Any) -> None:
        """Note one wrong field. The first error of a path stays."""
        self.found.setdefault(path, {"code": code, "message": message, "params": params})

    def refuse(self) -> None:
        """Raise VALIDATION_ERROR if anything was noted."""
        if self.found:
            raise validation_error(self.found)


def validation_error(payload: dict[str, Any]) -> ApiError:
    """400 VALIDATION_ERROR. The message names the first fields, as clients seldom print the payload."""
    named = "; ".join(f"{path}: {error['message']}" for path, error in list(payload.items())[:3])
    return ApiError(400, "VALIDATION_ERROR", f"Validation failed: {named}", payload)


def does_not_exist(kind: str, key: str) -> ApiError:
    """404 DOES_NOT_EXIST."""
    return ApiError(404, "DOES_NOT_EXIST", f"There is no {kind} {key}")


def conflict(code: str, message: str, payload: Any = None) -> ApiError:
    """409 with one of Toloka's codes."""
    return ApiError(409, code, message, payload)


def inappropriate_status(what: str, status: str, appropriate: list[str]) -> ApiError:
    """409 INAPPROPRIATE_STATUS with the statuses that would do."""
    message = f"{what} is {status}; this needs {' or '.join(appropriate)}"
    return conflict("INAPPROPRIATE_STATUS", message, {"appropriate_statuses": appropriate})


def not_covered(what: str) -> ApiError:
    """405 for the parts of Toloka that the emulator does not have (COVERAGE.md)."""
    return ApiError(405, "METHOD_NOT_ALLOWED", f"This emulator does not cover {what}. COVERAGE.md says what it does")

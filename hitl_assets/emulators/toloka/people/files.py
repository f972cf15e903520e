"""Files of people: taken as they are chosen, kept if an answer names them when it is handed in."""

from __future__ import annotations

import base64
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hitl_assets.emulators.toloka.answers.attachments import attach_file, attached, detach
from hitl_assets.emulators.toloka.http.errors import ApiError
from hitl_assets.emulators.toloka.storage.state import State

MOST_FILES = 100
LONGEST_NAME = 255
MEDIA_TYPE = re.compile(r"[\w.+-]+/[\w.+-]+")


def keep_file(state: State, assignment: sqlite3.Row, name: str, media_type: str, content: str) -> str:
    """The id of a file that a person sends, as base64 for addresses, while they answer.

    Raises:
        ApiError: it is no base64, or the suite has files enough.
    """
    if len(attached(state, assignment["id"])) >= MOST_FILES:
        raise ApiError(409, "CONFLICT_STATE", f"A suite has at most {MOST_FILES} files. Hand in, or give it back")
    try:
        kept = base64.b64decode(content, altchars="-_", validate=True)
    except ValueError as error:
        raise ApiError(400, "VALIDATION_ERROR", f"The file cannot be read: {error}") from error
    kind = media_type if MEDIA_TYPE.fullmatch(media_type) else "application/octet-stream"
    return attach_file(state, assignment["id"], name[-LONGEST_NAME:] or "file", kind, kept)


def keep_only(
    state: State, assignment_id: str, output_spec: Mapping[str, Any], outputs: Sequence[Mapping[str, Any]]
) -> None:
    """Drop the files of a suite that no answer names: they were removed again before it was handed in."""
    detach(state, assignment_id, set(_named(output_spec, outputs)))


def _named(output_spec: Mapping[str, Any], outputs: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    kinds = {name: declared["type"] for name, declared in output_spec.items()}
    for output in outputs:
        for name, value in output.items():
            if kinds.get(name) == "file":
                yield str(value)
            elif kinds.get(name) == "array_file":
                yield from map(str, value)

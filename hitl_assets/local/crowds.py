"""Who answers on an emulator that runs: what its simulated people know is told to it, also while it runs."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import KEY_FIELD
from hitl_assets.labeling.tables.encodings import decode
from hitl_assets.labeling.tables.tables import has_columns, write_rows
from hitl_assets.labeling.tables.unreadable import UnreadableFileError
from hitl_assets.local.rehearsal.items import own_items, read_truth
from hitl_assets.services.errors import ServiceError

TIMEOUT = 30.0


@dataclass(frozen=True)
class Answering:
    """The crowd of an emulator, the files by which it knows what is right, and whether it makes up the rest."""

    crowd: str
    keys: Sequence[str]
    makes_up: bool

    def describe(self, toloka: str) -> Iterator[str]:
        """Who answers what, in a line or two."""
        is_simulated = self.crowd != "none" and bool(self.keys or self.makes_up)
        if is_simulated and self.keys:
            keys = ", ".join(map(shorten, self.keys))
            yield f"Answers        simulated ({self.crowd}), for items whose answers are in {keys}"
        what = "Other items" if is_simulated and self.keys else "Answers"
        if is_simulated and self.makes_up:
            yield f"{what:<14} simulated ({self.crowd}), and their truth is made up"
        else:
            yield f"{what:<14} you, at {toloka}"


def shorten(path: str) -> str:
    """A path as it is called from here, if it lies below."""
    return path.removeprefix(f"{Path.cwd()}{os.sep}")


def ask_people(toloka: str) -> Answering:
    """Who answers on the emulator at this address.

    Raises:
        ServiceError: it does not say.
    """
    return read_answering(call(toloka, "GET", "people"), toloka)


def tell_keys(toloka: str, projects: Sequence[Project], keys: Sequence[Path]) -> Answering:
    """Tell the emulator at this address the right answers of these files, and of the items beside projects.

    Raises:
        ServiceError: it does not take them.
    """
    for name, content in [*own_keys(projects), *given_keys(projects, keys)]:
        call(toloka, "POST", "answer_keys", {"name": name, "content": content.decode()})
    return ask_people(toloka)


def own_keys(projects: Sequence[Project]) -> Iterator[tuple[str, bytes]]:
    """The files of projects that have items with their right answers, as the examples of `hitl new`: name, and answers
    by item key. A file with wrong answers is none."""
    for project in projects:
        found = own_items(project)
        if found and has_columns(found.read_bytes(), found.name, [project.label], project.written):
            try:
                yield str(found.resolve()), by_key(project, found)
            except UnreadableFileError:
                continue


def given_keys(projects: Sequence[Project], keys: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    """Keys as they are; where a project calls their columns otherwise, by its item keys as well."""
    for key in keys:
        content = key.read_bytes()
        yield str(key.resolve()), decode(content, str(key)).text.encode()
        for project in projects:
            columns = [*project.inputs, project.label]
            if project.written.columns and has_columns(content, key.name, columns, project.written):
                yield f"{key.resolve()} for {project.name}", by_key(project, key)


def by_key(project: Project, path: Path) -> bytes:
    """The right answers of a file by item key."""
    return write_rows([KEY_FIELD, project.label], sorted(read_truth(project, path).items()))


def read_answering(told: Any, toloka: str) -> Answering:
    """What the emulator says of its people."""
    try:
        return Answering(str(told["crowd"]), [str(each) for each in told["answer_keys"]], bool(told["makes_up"]))
    except (LookupError, TypeError) as error:
        raise ServiceError(f"{toloka} does not say who answers there: {told!s:.200}. Start it anew.") from error


def call(toloka: str, method: str, path: str, body: Any = None) -> Any:
    """What the control endpoint of an emulator answers.

    Raises:
        ServiceError: it does not answer, or is no emulator.
    """
    import httpx

    headers = {"Authorization": f"OAuth {os.environ.get('TOLOKA_TOKEN') or 'emulator'}"}
    try:
        answer = httpx.request(method, f"{toloka}/emulator/{path}", json=body, headers=headers, timeout=TIMEOUT)
        told = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise ServiceError(f"The emulator at {toloka} did not answer {method} {path}: {error}.") from error
    if answer.status_code != 200:
        raise ServiceError(f"The emulator at {toloka} refused {method} {path}: {told!s:.200}.")
    return told

"""Fields for files. The page's script sends each file as it is chosen; the answer is the id that it gets then."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from hitl_assets.emulators.toloka.people.components.actions import read_json
from hitl_assets.emulators.toloka.people.components.choices import seen
from hitl_assets.emulators.toloka.people.components.parts import Part, encode, label_of
from hitl_assets.emulators.toloka.people.components.values import as_text
from hitl_assets.emulators.toloka.people.markup.markup import Html, tag

# In a form it is a third longer, and a form has at most 16 MiB.
LARGEST_FILE = 11 * 1024 * 1024
# Where a media file comes from: what the button says, what can be chosen, and whether a camera is used.
SOURCES = {
    "photo": ("Take a photo", "image/*", True),
    "video": ("Take a video", "video/*", True),
    "gallery": ("Choose from the gallery", "image/*,video/*", False),
    "fileSystem": ("Choose a file", "", False),
}
Picker = dict[str, Any]


def _file(part: Part) -> Html:
    return _field(part, [_picker("Choose a file", ",".join(as_text(kind) for kind in part.items("accept")))])


def _media(part: Part) -> Html:
    accept = part.value("accept")
    chosen = [name for name in SOURCES if isinstance(accept, Mapping) and accept.get(name) is True]
    return _field(part, [_picker(*SOURCES[name]) for name in chosen or ("fileSystem",)])


def _audio(part: Part) -> Html:
    return _field(part, [_picker("Record, or choose a recording", "audio/*", True)])


def _picker(label: str, accept: str, captures: bool = False) -> Picker:
    return {"label": label, "accept": accept, "captures": captures}


def _field(part: Part, pickers: list[Picker]) -> Html:
    is_many, is_fixed = part.value("multiple") is True, part.value("disabled") is True
    control = part.control(read_json, lambda value: [encode(value)], "files" if is_many else "file")
    names = f"{part.sheet.position}.names.{control.name}"
    options = {"pickers": pickers, "isMany": is_many, "isFixed": is_fixed, "largest": LARGEST_FILE}
    written = "" if control.value is None else encode(control.value)
    needs = tag("p", "To hand in a file, JavaScript must be switched on.", class_="unknown")
    label = label_of(part)
    return tag(
        "fieldset",
        tag("legend", label) if label else None,
        tag(
            "div",
            tag("input", type="hidden", name=control.name, value=written, disabled=is_fixed, data_value=True),
            # How the files are called, to be told again if the page comes back.
            tag("input", type="hidden", name=names, value=_names(part.sheet.posted.get(names)), data_names=True),
            tag("div", needs, class_="plainly", data_plain=True),
            data_files=encode(options),
        ),
        seen(part, control),
    )


def _names(posted: list[str] | None) -> str:
    found = read_json(posted or [])
    return json.dumps(found) if isinstance(found, Mapping) else "{}"


UPLOADS: dict[str, Callable[[Part], Html]] = {
    "field.file": _file,
    "field.media-file": _media,
    "field.audio": _audio,
}

"""The files of a new labeling project, which run as they are and say what to replace."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.project.written import plain_name
from hitl_assets.labeling.tables.tables import write_rows

TEMPLATES = Path(__file__).parent / "templates"
EXAMPLES = "items_example.csv"
GOLDEN, TRAINING, ITEMS = 20, 10, 20
# Keys 1 to 9 choose an answer.
MOST_HOTKEYS = 9
# What a project that was made and not edited still says.
PLACEHOLDERS = re.compile(
    r"(Golden|Training|Item) [0-9]+: a \w+ whose answer is |Say why the answer is "
    r"|[Ww]rite here (what to do|when to choose)"
)
# As a field may be called.
NAME = re.compile(r"[A-Za-z0-9_-]+")
FILES = {
    "defs.yaml": "the question, the price, the caps; every section is explained",
    "instructions.html": "what workers read first",
    "interface.json": "what they see and click",
    "golden_tasks.csv": f"{GOLDEN} tasks with known answers: replace them by real ones",
    "training_tasks.csv": f"{TRAINING} tasks with hints: replace them by real ones",
    EXAMPLES: f"{ITEMS} items to try it with, and the right answers for rehearsals",
}


def parts(text: str) -> tuple[str, ...]:
    """What stands between the commas, each once."""
    return tuple(dict.fromkeys(filter(None, (each.strip() for each in text.split(",")))))


def is_unedited(content: bytes) -> bool:
    """Whether a file still has a text that was to be replaced."""
    return PLACEHOLDERS.search(content.decode(errors="replace")) is not None


@dataclass(frozen=True)
class Blueprint:
    """What a new project asks: the columns of an item as files have them, and the answers to one question about it."""

    name: str
    inputs: tuple[str, ...] = ("text",)
    label: str = "category"
    classes: tuple[str, ...] = ("yes", "no")
    question: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """The input fields: columns whose names can't be one's get another, if there is one."""
        return tuple(each if NAME.fullmatch(each) else plain_name(each) or each for each in self.inputs)

    @property
    def mapping(self) -> dict[str, str]:
        """The fields of columns that have another name."""
        return {name: field for name, field in zip(self.inputs, self.fields, strict=True) if name != field}

    @property
    def title(self) -> str:
        """The question as workers see it."""
        return self.question or f"{self.name.replace('_', ' ').capitalize()}: {' or '.join(self.classes)}?"


def write_project(blueprint: Blueprint, folder: Path) -> Path:
    """Write the files of a new project into a folder, which is made if it isn't there; the folder.

    Raises:
        ConfigurationError: they do not load: a name or an answer cannot be used.
    """
    twice = [name for name in blueprint.fields if blueprint.fields.count(name) > 1]
    if twice:
        raise ConfigurationError(f"Two columns would be the field {twice[0]}. Give them names that differ in letters.")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in compose(blueprint).items():
        (folder / name).write_bytes(content)
    load_project(folder / "defs.yaml")
    return folder


def compose(blueprint: Blueprint) -> dict[str, bytes]:
    """The files of the folder, by name."""
    columns = [*blueprint.inputs, blueprint.label]
    hints = (f"Say why the answer is {answer}." for _, answer in examples(blueprint, "Training", TRAINING))
    training = zip(examples(blueprint, "Training", TRAINING), hints, strict=True)
    return {
        "defs.yaml": fill("defs.yaml", yaml_values(blueprint)),
        "instructions.html": fill("instructions.html", html_values(blueprint)),
        "interface.json": (json.dumps(compose_interface(blueprint), indent=2, ensure_ascii=False) + "\n").encode(),
        "golden_tasks.csv": write_rows(columns, ([*v, a] for v, a in examples(blueprint, "Golden", GOLDEN))),
        "training_tasks.csv": write_rows([*columns, "hint"], ([*v, a, hint] for (v, a), hint in training)),
        EXAMPLES: write_rows(columns, ([*v, a] for v, a in examples(blueprint, "Item", ITEMS))),
    }


def examples(blueprint: Blueprint, kind: str, count: int) -> Iterator[tuple[list[str], str]]:
    """Rows to be replaced: their values, and the answer, each of them as often as the others."""
    for number in range(count):
        answer = blueprint.classes[number % len(blueprint.classes)]
        yield [f"{kind} {number + 1}: a {name} whose answer is {answer}" for name in blueprint.fields], answer


def yaml_values(blueprint: Blueprint) -> dict[str, str]:
    """What goes into the YAML. JSON is YAML: whatever a text holds, it stays a text."""
    fields = (f"          {name}: {{type: string, required: true, max_length: 1000}}" for name in blueprint.fields)
    return {
        "name": blueprint.name,
        "description": as_yaml(f"{blueprint.title} For each item choose one of: {', '.join(blueprint.classes)}."),
        "question": as_yaml(blueprint.title),
        "inputs": ", ".join(blueprint.inputs),
        "columns": f", columns: {as_yaml(blueprint.mapping)}" if blueprint.mapping else "",
        "label": blueprint.label,
        "input_spec": "\n".join(fields),
        "classes": as_yaml(list(blueprint.classes)),
    }


def as_yaml(value: Any) -> str:
    """A value as YAML in one line."""
    return json.dumps(value, ensure_ascii=False)


def html_values(blueprint: Blueprint) -> dict[str, str]:
    """What goes into the instructions."""
    lines = (f"  <li><b>{html.escape(each)}</b>: write here when to choose it.</li>" for each in blueprint.classes)
    return {"question": html.escape(blueprint.title), "answers": "\n".join(lines)}


def fill(name: str, values: dict[str, str]) -> bytes:
    """A template with its values."""
    return Template((TEMPLATES / name).read_text(encoding="utf-8")).substitute(values).encode()


def compose_interface(blueprint: Blueprint) -> dict[str, Any]:
    """Each input as text, a button for each answer, and keys for the first nine of them."""
    output = {"type": "data.output", "path": blueprint.label}
    inputs = [
        {"type": "view.text", "label": name.capitalize(), "content": {"type": "data.input", "path": field}}
        for name, field in zip(blueprint.inputs, blueprint.fields, strict=True)
    ]
    choice = {
        "type": "field.button-radio-group" if len(blueprint.classes) <= MOST_HOTKEYS else "field.radio-group",
        "label": blueprint.title,
        "data": output,
        "options": [{"value": each, "label": each.capitalize()} for each in blueprint.classes],
        "validation": {"type": "condition.required", "hint": "Choose one."},
    }
    keys = {
        str(number): {"type": "action.set", "data": output, "payload": each}
        for number, each in enumerate(blueprint.classes[:MOST_HOTKEYS], start=1)
    }
    return {
        "view": {"type": "view.list", "items": [*inputs, choice]},
        "plugins": [
            {"type": "plugin.toloka", "layout": {"kind": "scroll", "taskWidth": 500}},
            {"type": "plugin.hotkeys", **keys},
        ],
    }

"""The files of a new labeling project, which run as they are and say what to replace."""

import html
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from typing_extensions import Self

from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.kinds.classes import Class
from hitl_assets.labeling.kinds.kind import Draft
from hitl_assets.labeling.kinds.registry import KINDS
from hitl_assets.labeling.kinds.terms import LabelTerms
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.tables.tables import format_value, write_rows
from hitl_assets.labeling.written import plain_name

TEMPLATES = Path(__file__).parent / "templates"
EXAMPLES = "items_example.csv"
# Where Toloka, which compares to the letter, finds right what we do. Nobody would pass another training.
TRAINING_FILE = "training_tasks.csv"
TRAINING_TASKS = f"""\
    training_tasks: {TRAINING_FILE}    # the same with hints, to be passed before the first suite: replace them, too
"""
TRAINING_REQUIREMENT = """\
        training_requirement: {training_passing_skill_value: 70}   # per cent of the training
"""
GOLDEN_RULE = """\
          # Who gets fewer than 60 % of the golden tasks right is not asked for a month.
          - collector_config: {type: GOLDEN_SET, parameters: {history_size: 10}}
            rules:
              - conditions:
                  - {key: golden_set_answers_count, operator: GTE, value: 4}
                  - {key: golden_set_correct_answers_rate, operator: LT, value: 60}
                action:
                  type: RESTRICTION_V2
                  parameters: {scope: PROJECT, duration: 30, duration_unit: DAYS, private_comment: wrong golden tasks}
"""
GOLDEN, TRAINING, ITEMS = 20, 10, 20
# What a project that was made and not edited still says.
PLACEHOLDERS = re.compile(
    r"(Golden|Training|Item) [0-9]+: a \w+ whose answer is |Say why the answer is "
    r"|[Ww]rite here (what to do|when to choose)"
    r"|https://example\.com/(golden|training|item)-[0-9]+\.png"
)
# As a field may be called.
NAME = re.compile(r"[A-Za-z0-9_-]+")
PLAIN = re.compile(r"[a-z_]{4,}")
FILES = {
    "defs.yaml": "the question, the price, the caps; every section is explained",
    "instructions.html": "what workers read first",
    "interface.json": "what they see and click",
    "golden_tasks.csv": f"{GOLDEN} tasks with known answers: replace them by real ones",
    TRAINING_FILE: f"{TRAINING} tasks with hints: replace them by real ones",
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
    """What a new project asks: the columns of an item as files have them, and the answers to one question about it,
    which are classes or what else its kind of label is."""

    name: str
    inputs: tuple[str, ...] = ("text",)
    label: str = "category"
    classes: tuple[str, ...] = ("yes", "no")
    question: str = ""
    kind: str = "class"

    @classmethod
    def of(cls, name: str, inputs: Sequence[str], label: str, classes: Sequence[str], question: str, kind: str) -> Self:
        """What is asked where the kind knows usual inputs and classes: where none are named."""
        usual = KINDS.get(kind, Class)
        return cls(
            name, tuple(inputs or usual.usual_inputs), label, tuple(classes or usual.usual_classes), question, kind
        )

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
        return self.question or f"{self.name.replace('_', ' ').capitalize()}: {' or '.join(self.draft.names)}?"

    @property
    def draft(self) -> Draft:
        """What a project with such labels begins with."""
        return KINDS[self.kind].draft(self.label, self.classes)

    @property
    def is_graded_alike(self) -> bool:
        """Whether Toloka can tell who answers golden tasks right."""
        settings = {name: value for name, value in self.section.items() if name not in LabelTerms.model_fields}
        return KINDS[self.kind](self.label, self.draft.spec, **settings).is_graded_alike()

    @property
    def files(self) -> Mapping[str, str]:
        """What the folder holds, and what each file is."""
        return {name: what for name, what in FILES.items() if name != TRAINING_FILE or self.is_graded_alike}

    @property
    def section(self) -> dict[str, Any]:
        """The section `label`, with the inputs that it names."""
        named: dict[str, Any] = {}
        for setting, places in self.draft.reads.items():
            if isinstance(places, int):
                named[setting] = self.fields[places]
            elif max(places) < len(self.fields):
                named[setting] = [self.fields[place] for place in places]
        return {**self.draft.section, **named}


def write_project(blueprint: Blueprint, folder: Path) -> Path:
    """Write the files of a new project into a folder, which is made if it isn't there; the folder.

    Raises:
        ConfigurationError: they do not load: a name or an answer cannot be used, or there is no such kind of label.
    """
    twice = [name for name in blueprint.fields if blueprint.fields.count(name) > 1]
    if twice:
        raise ConfigurationError(f"Two columns would be the field {twice[0]}. Give them names that differ in letters.")
    if blueprint.kind not in KINDS:
        raise ConfigurationError(f"There is no kind of label {blueprint.kind!r}. Known: {', '.join(KINDS)}.")
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
    files = {
        "defs.yaml": fill("defs.yaml", yaml_values(blueprint)),
        "instructions.html": fill("instructions.html", html_values(blueprint)),
        "interface.json": (json.dumps(compose_interface(blueprint), indent=2, ensure_ascii=False) + "\n").encode(),
        "golden_tasks.csv": write_rows(columns, ([*v, a] for v, a in examples(blueprint, "Golden", GOLDEN))),
        TRAINING_FILE: write_rows([*columns, "hint"], ([*v, a, hint] for (v, a), hint in training)),
        EXAMPLES: write_rows(columns, ([*v, a] for v, a in examples(blueprint, "Item", ITEMS))),
    }
    return {name: content for name, content in files.items() if name in blueprint.files}


def examples(blueprint: Blueprint, kind: str, count: int) -> Iterator[tuple[list[str], str]]:
    """Rows to be replaced: their values, and the answer, each of them as often as the others."""
    answers, fit = blueprint.draft.answers, blueprint.draft.fit
    for number in range(count):
        answer = answers[number % len(answers)]
        said = format_value(answer)
        texts = [f"{kind} {number + 1}: a {name} whose answer is {said}" for name in blueprint.fields]
        if blueprint.draft.shows_picture:
            texts[0] = picture_of(kind, number + 1)
        yield texts, format_value(fit(answer, texts[0]))


def picture_of(kind: str, number: int) -> str:
    """The address of a picture, to be replaced."""
    return f"https://example.com/{kind.lower()}-{number}.png"


def yaml_values(blueprint: Blueprint) -> dict[str, str]:
    """What goes into the YAML. JSON is YAML: whatever a text holds, it stays a text."""
    picture = blueprint.fields[:1] if blueprint.draft.shows_picture else ()
    fields = (
        f"          {name}: {{type: {'url' if name in picture else 'string'}, required: true, max_length: 1000}}"
        for name in blueprint.fields
    )
    return {
        "name": blueprint.name,
        "description": as_yaml(f"{blueprint.title} For each item {blueprint.draft.task}."),
        "question": as_yaml(blueprint.title),
        "inputs": ", ".join(blueprint.inputs),
        "columns": f", columns: {as_yaml(blueprint.mapping)}" if blueprint.mapping else "",
        "label": blueprint.label,
        "input_spec": "\n".join(fields),
        "output_spec": as_section(blueprint.draft.spec),
        "section": as_section(blueprint.section),
        **graded_values(blueprint),
    }


def graded_values(blueprint: Blueprint) -> dict[str, str]:
    """What goes into the YAML where Toloka can tell who is right."""
    values = {
        "golden_rule": GOLDEN_RULE,
        "training_tasks": TRAINING_TASKS,
        "training_requirement": TRAINING_REQUIREMENT,
        "training": fill("training.yaml", {"name": blueprint.name}).decode() + "\n",
    }
    return values if blueprint.is_graded_alike else dict.fromkeys(values, "")


def as_yaml(value: Any) -> str:
    """A value as YAML in one line."""
    return json.dumps(value, ensure_ascii=False)


def as_section(values: Mapping[str, Any]) -> str:
    """A section as YAML in one line; names need no quotes."""
    plain = {name: value if is_plain(value) else as_yaml(value) for name, value in values.items()}
    return "{" + ", ".join(f"{name}: {value}" for name, value in plain.items()) + "}"


def is_plain(value: Any) -> bool:
    """Whether a word stays a text in YAML without quotes; short ones may be a yes or a no there."""
    return isinstance(value, str) and bool(PLAIN.fullmatch(value)) and value not in ("true", "false", "null")


def html_values(blueprint: Blueprint) -> dict[str, str]:
    """What goes into the instructions."""
    lines = (f"  <li><b>{html.escape(each)}</b>: write here when to choose it.</li>" for each in blueprint.draft.names)
    return {"question": html.escape(blueprint.title), "answers": "\n".join(lines)}


def fill(name: str, values: dict[str, str]) -> bytes:
    """A template with its values."""
    return Template((TEMPLATES / name).read_text(encoding="utf-8")).substitute(values).encode()


def compose_interface(blueprint: Blueprint) -> dict[str, Any]:
    """Each input as text, what people answer in, and the keys for it."""
    output = {"type": "data.output", "path": blueprint.label}
    inputs = [
        {"type": "view.text", "label": name.capitalize(), "content": {"type": "data.input", "path": field}}
        for name, field in zip(blueprint.inputs, blueprint.fields, strict=True)
    ]
    draft = blueprint.draft
    shown = {draft.shows: {"type": "data.input", "path": blueprint.fields[0]}} if draft.shows else {}
    inputs = inputs[1:] if shown else inputs
    required = {"validation": {"type": "condition.required", "hint": "Choose one."}} if draft.spec["required"] else {}
    field = {"label": blueprint.title, "data": output, **shown, **draft.part, **required}
    keys = {
        str(number): {"type": "action.set", "data": output, "payload": each}
        for number, each in enumerate(draft.keys, start=1)
    }
    return {
        "view": {"type": "view.list", "items": [*inputs, field]},
        "plugins": [
            {"type": "plugin.toloka", "layout": {"kind": "scroll", "taskWidth": 500}},
            *([{"type": "plugin.hotkeys", **keys}] if keys else []),
        ],
    }

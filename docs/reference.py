"""Writes docs/reference.md: every field of a project's YAML, from the schema that reads it. `make reference`."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from hitl_assets.labeling.project.loading import attributes_model
from hitl_assets.labeling.sections import FileName

TARGET = Path(__file__).with_name("reference.md")
HEAD = """# All fields of a defs.yaml

Made by `make reference` from the schema that reads the file; [project.md](project.md) explains what they are for.
`type` is `hitl_assets.component.LabelingProject`; what follows is under `attributes`. `hitl check PROJECT` says of
each value that is not allowed where it is, and what is.
"""
# What JSON schema says of a value, in words.
BOUNDS = {
    "minimum": "at least {}", "exclusiveMinimum": "more than {}", "maximum": "at most {}",
    "exclusiveMaximum": "less than {}", "minLength": "{} or more characters", "maxLength": "{} characters at most",
    "pattern": "`{}`",
}  # fmt: skip

FILE_NAME = get_args(FileName)[1].pattern

Schema = Mapping[str, Any]


def reference() -> str:
    """The page: a table for each section, the outermost first, then in the order in which they are named."""
    schema = attributes_model().model_json_schema()
    sections: dict[str, Schema] = schema["$defs"]
    titles = named(schema, sections)
    pages = [HEAD, *table("attributes", "", schema, titles)]
    for name, title in titles.items():
        pages += table(title, sections[name].get("description", ""), sections[name], titles)
    return "\n".join(pages)


def named(schema: Schema, sections: Mapping[str, Schema]) -> dict[str, str]:
    """The sections that a schema names, with those that they name after them; their title is the first field of one,
    and its kind where it has several."""
    found: dict[str, str] = {}
    waiting = [schema]
    while waiting:
        for field, value in waiting.pop(0)["properties"].items():
            for name in references(value):
                if name not in found:
                    found[name] = ", ".join(
                        filter(None, [field, sections[name]["properties"].get("kind", {}).get("const")])
                    )
                    waiting.append(sections[name])
    return found


def references(value: Any) -> Iterator[str]:
    """The names of sections anywhere in a piece of a schema."""
    if isinstance(value, Mapping):
        if "$ref" in value:
            yield value["$ref"].rpartition("/")[2]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def table(name: str, about: str, section: Schema, titles: Mapping[str, str]) -> list[str]:
    """A heading, a sentence, and a row for each field."""
    passed_on = " Other names are passed on." if section.get("additionalProperties") is True else ""
    text = " ".join(about.split())
    lines = [f"## {name}\n", f"{text}{'' if 'passed on' in text else passed_on}\n"] if text else [f"## {name}\n"]
    lines += ["| field | default | value | what it is |", "| --- | --- | --- | --- |"]
    required = section.get("required", [])
    for field, schema in section["properties"].items():
        default = "required" if field in required else written(schema.get("default"))
        cells = (f"`{field}`", default, kind(schema, titles), schema.get("description", ""))
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return [*lines, ""]


def written(default: Any) -> str:
    """A default as one would write it; nothing if there is none, or if it is a section with defaults of its own."""
    if default in (None, "", [], {}) or isinstance(default, Mapping):
        return ""
    return f"`{json.dumps(default) if isinstance(default, bool | list) else default}`"


def kind(schema: Schema, titles: Mapping[str, str]) -> str:
    """What a value may be."""
    if "$ref" in schema:
        title = titles[schema["$ref"].rpartition("/")[2]]
        return f"[{title}](#{title.replace(', ', '-')})"
    if schema.get("pattern") == FILE_NAME:
        return "name of a file in the folder"
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    for several in ("anyOf", "oneOf", "allOf"):
        if several in schema:
            # A number may also be written in quotes; that is not worth a word.
            kinds = [kind(each, titles) for each in schema[several] if each.get("type") != "null"]
            numbers = [each for each in kinds if each.startswith("number")]
            return " or ".join(dict.fromkeys(numbers or kinds))
    if schema.get("type") == "array":
        return f"list of {kind(schema['items'], titles)}"
    if schema.get("type") == "object":
        inner = [*schema.get("patternProperties", {}).values(), schema.get("additionalProperties")]
        return f"for each name: {kind(inner[0], titles)}" if isinstance(inner[0], Mapping) else "section"
    words = [text.format(f"{schema[key]:g}" if isinstance(schema[key], float) else schema[key])
             for key, text in BOUNDS.items() if key in schema]  # fmt: skip
    names = {"string": "text", "boolean": "true or false", "integer": "whole number"}
    return ", ".join([names.get(schema.get("type", ""), schema.get("type", "anything")), *words])


if __name__ == "__main__":
    TARGET.write_text(reference(), encoding="utf-8")

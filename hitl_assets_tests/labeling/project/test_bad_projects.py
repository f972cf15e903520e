"""360 projects that somebody broke: each loads and can be used, or is refused by the file and the field."""

import copy
import json
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hitl_assets.labeling.documents import ConfigurationError
from hitl_assets.labeling.pools.pools import compose_pool, estimate_pool, pool_mark, project_mark, training_mark
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import load_project

pytestmark = pytest.mark.slow

PROJECTS = settings(
    max_examples=120,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
TASK_SPEC: dict[str, Any] = {
    "input_spec": {"text": {"type": "string", "required": True, "max_length": 50}},
    "output_spec": {"kind": {"type": "string", "allowed_values": ["apple", "pear"]}},
    "view_spec": {"type": "classic", "markup": "{{text}}"},
}
PROJECT: dict[str, Any] = {"public_name": "Which fruit?", "task_spec": TASK_SPEC}
POOL: dict[str, Any] = {
    "private_name": "fruit",
    "reward_per_assignment": 0.1,
    "assignment_max_duration_seconds": 600,
    "defaults": {"default_overlap_for_new_tasks": 3},
    "mixer_config": {"real_tasks_count": 4, "golden_tasks_count": 1},
    "quality_control": {"training_requirement": {"training_passing_skill_value": 70}, "configs": []},
    "dynamic_pricing_config": {"type": "SKILL", "intervals": [{"reward_per_assignment": 0.15}]},
}
TRAINING: dict[str, Any] = {
    "private_name": "fruit training",
    "training_tasks_in_task_suite_count": 2,
    "task_suites_required_to_pass": 1,
}
INTERFACE: dict[str, Any] = {"view": {"type": "view.text", "content": {"type": "data.input", "path": "text"}}}
DOCUMENT: dict[str, Any] = {
    "type": "hitl_assets.component.LabelingProject",
    "attributes": {
        "name": "fruit",
        "description": "Apple or pear",
        "owners": ["team:fruit"],
        "source": {"repo": "fruit_texts", "branch": "master", "glob": "/**.csv"},
        "dataset": {"repo": "fruit_labeled"},
        "golden_tasks": "golden.csv",
        "training_tasks": "golden.csv",
        "interface": "interface.json",
        "project": PROJECT,
        "pool": POOL,
        "training": TRAINING,
        "pool_days": 7,
        "aggregation": {"method": "dawid_skene"},
        "budget": {"per_batch": 50, "per_project": 200, "fee": 0.2},
        "accept_close_reasons": ["COMPLETED"],
    },
}
JSON_FILES = {"project": PROJECT, "pool": POOL, "training": TRAINING}
ODD: list[Any] = [
    None, True, False, 0, -1, 1, 10**30, 0.5, 1e300, "", " ", "x", "x" * 300, "5", "no", "../x", "..", "/etc/passwd",
    "a\0b", "\ud800", "=1+1", "<script>", "{{ env('HOME') }}", "${HOME}", [], {}, [[]], {"x": {}}, [None], ["x"],
    {"a": [{"b": [{"c": []}]}]}, {"": ""}, {"item_key": {"type": "string"}}, "COMPLETED", "golden.csv", "none.json",
]  # fmt: skip
# YAML that no dictionary writes: what is read as code, as a date, as another type, twice, without end, or not at all.
SNIPPETS = (
    "!!python/object/apply:os.system ['touch RAN']", "!!python/name:os.system", "!!python/object/new:eval ['1']",
    "!!python/tuple [1]", "!!binary aGk=", "!!set {a, b}", "!!omap [a: 1]", "!!timestamp x", "!!int x", "!!int ''",
    "!!bool maybe", "!!float x", "!!null x", "!fruit x", "2026-01-01", "2026-99-99", "2026-01-01T10:00:00Z", "12:30",
    ".nan", ".inf", "-.inf", "1e999", "0x" + "f" * 400, "9" * 5_000, "0o17", "on", "~", "=", "<<", "*nothing",
    "&a [*a]", "&a {x: *a}", "{? [a] : b}", "{1: 2}", "{null: 2}", "{true: 2}", "{name: a, name: b}", '"\\ud800"',
    '"\\0"', "|\n", "[" * 3_000, "[" * 200 + "]" * 200, "{a: " * 80 + "b" + "}" * 80, "%TAG ! x", "--- a\n--- b",
    "@x", "`x`", "\tx", "a: b: c",
)  # fmt: skip


def places(value: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to each member of a document."""
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, member in members:
        yield (*above, name)
        yield from places(member, (*above, name))


def change(document: Any, place: tuple[Any, ...], value: Any, how: str) -> None:
    """Put a value at a place of a document, or beside it, or take away what is there."""
    *way, name = place
    for step in way:
        document = document[step]
    if how == "remove":
        del document[name]
    elif how == "add" and isinstance(document, dict):
        document["extra"] = value
    else:
        document[name] = value


@st.composite
def changed(draw: st.DrawFn, right: dict[str, Any]) -> dict[str, Any]:
    """A document in which one to three things are odd."""
    document = copy.deepcopy(right)
    for _ in range(draw(st.integers(1, 3))):
        all_places = list(places(document))
        if all_places:
            how = draw(st.sampled_from(["replace", "replace", "replace", "remove", "add"]))
            change(document, draw(st.sampled_from(all_places)), copy.deepcopy(draw(st.sampled_from(ODD))), how)
    return document


def use(project: Project) -> None:
    """What the assets do with a project before anything is sent."""
    mark = pool_mark(project, "batch", estimate_pool(10, project).maximum)
    marks = [str(project_mark(project)), str(mark), project.setup_hash]
    if project.training is not None:
        marks.append(str(training_mark(project)))
    form = compose_pool(project, mark, "1", "2", datetime(2026, 1, 1, tzinfo=timezone.utc))
    json.dumps([marks, form, project.project, project.training], default=float, allow_nan=False).encode()


def write(folder: Path, yaml_text: str | bytes, **files: str | bytes) -> Path:
    """A project's folder with these files in it; the path of its defs.yaml."""
    right = {"golden.csv": "text,kind\nCox,apple\n", "interface.json": json.dumps(INTERFACE)}
    for name, content in {**right, **files, "defs.yaml": yaml_text}.items():
        data = content if isinstance(content, bytes) else content.encode(errors="surrogatepass")
        (folder / name).write_bytes(data)
    return folder / "defs.yaml"


def load_and_use(path: Path) -> None:
    """The project is right, or is refused with the file and, where there is one, the field."""
    try:
        project = load_project(path)
    except ConfigurationError as error:
        assert str(error).startswith(str(path.parent))
        assert len(str(error)) < 20_000
    else:
        use(project)


def test_the_project_that_is_broken_here_is_right(tmp_path: Path) -> None:
    """Otherwise every refusal would be for the same reason."""
    use(load_project(write(tmp_path, yaml.safe_dump(DOCUMENT))))


@PROJECTS
@given(changed(DOCUMENT))
def test_an_odd_value_is_refused_by_its_field(tmp_path: Path, document: dict[str, Any]) -> None:
    """Missing, unknown, of another type, too large, too small."""
    load_and_use(write(tmp_path, yaml.safe_dump(document, allow_unicode=True)))


@PROJECTS
@given(st.sampled_from(sorted(JSON_FILES)), st.data())
def test_an_odd_value_in_a_json_file_is_refused_by_its_field(tmp_path: Path, name: str, data: st.DataObject) -> None:
    """Toloka's own JSON is read with the same care."""
    document = copy.deepcopy(DOCUMENT)
    document["attributes"][name] = f"{name}.json"
    content = json.dumps(data.draw(changed(JSON_FILES[name])))
    cut = data.draw(st.sampled_from([None, None, None, -1, -20]))
    load_and_use(write(tmp_path, yaml.safe_dump(document), **{f"{name}.json": content[:cut]}))


@PROJECTS
@given(st.sampled_from(list(places(DOCUMENT))), st.sampled_from(SNIPPETS), st.binary(max_size=4))
def test_odd_yaml_is_refused_and_runs_nothing(
    tmp_path: Path, place: tuple[Any, ...], snippet: str, stray: bytes
) -> None:
    """Tags, dates, aliases, nesting, encodings: whatever the YAML says, it is data."""
    document = copy.deepcopy(DOCUMENT)
    change(document, place, "SNIPPET", "replace")
    text = yaml.safe_dump(document, width=10_000).replace("SNIPPET", snippet)
    load_and_use(write(tmp_path, text.replace("RAN", str(tmp_path / "ran")).encode() + stray))
    assert not (tmp_path / "ran").exists()  # the first snippet would make it

"""What of a pool or a project in Toloka is not as the YAML says: somebody changed it there, or the YAML since."""

import json
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import PoolState, canonical_json

# What a pool has by itself only where the project gave it: there, something that the YAML lacks is a change, too.
OPTIONAL = ("dynamic_pricing_config", "dynamic_overlap_config", "filter")
# What we write ourselves, and what a name means to people only.
OWN = frozenset({"private_comment", "project_id", "will_expire", "private_name"})


def find_changes(project: Project, pool: PoolState) -> tuple[str, ...]:
    """A sentence for each value of the pool that differs from the YAML, in the order of their paths."""
    if not pool.form:
        return ()
    wanted = {name: value for name, value in project.pool.items() if name not in OWN}
    if project.configuration.review is not None:
        wanted["auto_accept_solutions"] = False
    wanted |= {name: None for name in OPTIONAL if pool.form.get(name) and name not in wanted}
    return describe(compare(wanted, pool.form))


def find_project_changes(wanted: Mapping[str, Any], seen: Mapping[str, Any], path: str = "") -> tuple[str, ...]:
    """A sentence for each value of a project in Toloka (or of the part at `path`) that differs from the YAML's form."""
    parts = [{name: value for name, value in form.items() if name not in OWN} for form in (wanted, seen)]
    for name in filter(None, path.split(".")):
        parts = [part.get(name) or {} for part in parts]
    return describe(compare(parts[0], parts[1], path))


def describe(found: Iterable[tuple[str, str, str]]) -> tuple[str, ...]:
    """Differences as sentences, in the order of their paths."""
    return tuple(f"{path} is {show(there)} in Toloka, {show(here)} in the YAML" for path, here, there in sorted(found))


def compare(wanted: Any, seen: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Where `seen` lacks or contradicts something of `wanted`: the path, and both as JSON. What it has besides is
    Toloka's own."""
    if isinstance(wanted, Mapping) and isinstance(seen, Mapping):
        for name, value in wanted.items():
            yield from compare(value, seen.get(name), f"{path}.{name}".lstrip("."))
    elif isinstance(wanted, list) and isinstance(seen, list) and len(wanted) == len(seen):
        for number, pair in enumerate(zip(wanted, seen, strict=True)):
            yield from compare(*pair, f"{path}[{number}]")
    elif not is_same(wanted, seen):
        yield path, canonical_json(wanted), canonical_json(seen)


def is_same(wanted: Any, seen: Any) -> bool:
    """Whether two values are the same for Toloka: 1 and 1.0, nothing and no entry, no and not given."""
    if wanted == seen or (not wanted and not seen):
        return True
    if isinstance(wanted, str) and isinstance(seen, str) and wanted[:1] == "{":  # An interface, as JSON in text.
        return read_text(wanted) == read_text(seen)
    try:
        return Decimal(str(wanted)) == Decimal(str(seen))
    except InvalidOperation:
        return False


def read_text(text: str) -> Any:
    """The JSON in a text; the text if there is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def show(value: str) -> str:
    """A value as JSON, shortened; what is not there is nothing."""
    return "not there" if value == "null" else value if len(value) <= 60 else f"{value[:57]}..."

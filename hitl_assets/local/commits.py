"""`hitl commit`: files become a batch, and before that it is said what will come of them."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hitl_assets.labeling.items.items import RawData, Taken, collect_items, describe_rejected
from hitl_assets.labeling.money.amounts import cents
from hitl_assets.labeling.pools.pools import estimate_pool
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.labeling.tables.tables import UnreadableFileError
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.labeling.verdicts import judge_files
from hitl_assets.local.files import find_files, foresee_files
from hitl_assets.local.state import State
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.steps.intake.changes import find_withdrawn, item_keys, missed_files, split
from hitl_assets.steps.intake.familiar import known_elsewhere

# How many rows that are put aside are named.
SHOWN = 5
NOTHING = Taken(frozenset())


@dataclass(frozen=True)
class Prospect:
    """What will come of files: `said` in a line, what is wrong with some of them, and whether a row can be used."""

    said: str
    warnings: tuple[str, ...]
    brings_rows: bool


class Commit:
    """Files for a project's source repo."""

    def __init__(self, state: State, name: str, pachd: str, files: Sequence[Path]) -> None:
        self.project = load_project(state.file_of(name))
        self.files = find_files(files)
        self.description = f"hitl commit: {', '.join(path.name for path in files)}"
        self.pachyderm = Pachyderm(pachd, os.environ.get("PACHD_TOKEN"))

    def foresee(self) -> Prospect:
        """What will come of it, by the reader of the project and what its batches have.

        Raises:
            UnreadableFileError: one of the files cannot be used.
        """
        taken = find_taken(self.pachyderm, self.project)
        if self.project.configuration.source.items == "files":
            return foresee_pictures(self.project, self.files, taken)
        return foresee(self.project, {path: file.read_bytes() for path, file in self.files.items()}, taken)

    def make(self) -> str:
        """Commit; where the files are now."""
        source = self.project.configuration.source
        commit = self.pachyderm.write(source.repo, self.files, self.description, branch=source.branch)
        return f"{source.repo}@{commit}"


def find_taken(pachyderm: Pachyderm, project: Project) -> Taken:
    """What is known before a commit: of all batches, of what was labeled before, and what was withdrawn."""
    repo = f"{project.name}_raw_data"
    keys = item_keys(pachyderm, repo, pachyderm.head(repo), ())
    known = frozenset(key for each in keys.values() for key in each)
    return Taken(known, frozenset(), find_withdrawn(pachyderm, project).keys, known_elsewhere(pachyderm, project))


def foresee(project: Project, contents: Mapping[str, bytes], taken: Taken = NOTHING) -> Prospect:
    """What will come of file contents (by path) if they are committed.

    Raises:
        UnreadableFileError: one of the files cannot be used.
    """
    source = project.configuration.source
    matching, others = split(contents, source.glob)
    found = collect_items(
        {path: contents[path] for path in matching}, project.inputs, (), (), project.identity, taken, source.written
    )
    unusable = [each.left_out for each in found.files if each.left_out]
    if unusable:
        raise UnreadableFileError("\n".join(unusable))
    return tell(project, found, others)


def foresee_pictures(project: Project, files: Mapping[str, Path], taken: Taken = NOTHING) -> Prospect:
    """What will come of files (by path) that are items themselves, if they are committed.

    Raises:
        UnreadableFileError: the table beside them cannot be used.
    """
    source = project.configuration.source
    matching, others = split(files, source.glob)
    own = {path: files[path] for path in files if path in {*matching, source.values}}
    return tell(project, foresee_files(project, own, taken), [path for path in others if path != source.values])


def tell(project: Project, found: RawData, others: Sequence[str]) -> Prospect:
    """What was found, in words; `others` are not read."""
    glob = project.configuration.source.glob
    whole = replace(found, files=(*found.files, *missed_files(others, glob)))
    brings_rows = bool(found.items or found.known or found.rejected)
    return Prospect(summarize(project, found), tuple(find_warnings(whole, glob)), brings_rows)


def summarize(project: Project, found: RawData) -> str:
    """The rows, and what to ask about the new ones costs, with the fee."""
    rows = f"{len(found.items)} new, {found.known} known, {len(found.rejected)} put aside"
    if not found.items:
        return f"{project.name}: {rows}. Nobody will be asked."
    if not project.traits.is_paid:
        return f"{project.name}: {rows}. People will be asked in {project.service.title}."
    estimate, cap = estimate_pool(len(found.items), project), project.configuration.budget.per_batch
    price = f"To ask about them costs {cents(estimate.minimum)} to {cents(estimate.maximum)}"
    over = f": more than budget.per_batch, {cents(cap)}; it will not be opened" if estimate.maximum > cap else ""
    return f"{project.name}: {rows}. {price}{over}."


def find_warnings(found: RawData, glob: str) -> Iterator[str]:
    """What the check of a commit's files will say, and which rows will be put aside."""
    verdict = judge_files(found, glob)
    if not verdict.passed:
        yield verdict.description
    yield from (f"put aside: {line.removeprefix(':')}" for line in describe_rejected(found.rejected[:SHOWN], ""))
    if len(found.rejected) > SHOWN:
        yield f"and {plural(len(found.rejected) - SHOWN, 'more row is', 'more rows are')} put aside"

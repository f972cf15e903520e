"""What a commit brings: the files that it changed, what earlier batches have, what was labeled before. No Dagster."""

import posixpath
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple

from hitl_assets.labeling.items.items import LEFT, MISSED, RawData, SourceFile, Taken, collect_items
from hitl_assets.labeling.labels.concatenation import LabeledRow, read_labeled
from hitl_assets.labeling.labels.withdrawal import Withdrawal, read_withdrawn
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import RejectedRow
from hitl_assets.labeling.sections import Source
from hitl_assets.labeling.storage.files import directory_of, name_of
from hitl_assets.labeling.tables.tables import UnreadableFileError
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.pachyderm.files import matches

# Item keys by batch.
Owners = Mapping[str, frozenset[str]]
# How many failed batches in a row a commit looks behind for data that is still to be taken in.
MOST_ANCESTORS = 1000
EVERYTHING = "/**"
# How many files that are not read a batch names: a repo may hold many pictures beside its tables.
MOST_MISSED = 1000


@dataclass(frozen=True)
class Change:
    """What is to be read for a batch: file contents by path, which of them an earlier, failed commit brought, and
    which files of its own commit are not read, since their path doesn't match."""

    files: dict[str, bytes]
    inherited: frozenset[str]
    missed: tuple[str, ...] = ()


def take_in(
    pachyderm: Pachyderm,
    project: Project,
    commit: str,
    is_given_up: Callable[[str], bool] = lambda _: True,
    before: Collection[str] = (),
    elsewhere: Container[str] = (),
    find_stranded: Callable[[Owners], Mapping[str, Collection[str]]] = lambda _: {},
) -> RawData:
    """The raw data of a batch: the items that its commit brought and no other batch has.

    `is_given_up` tells of an earlier commit without raw data whether nobody will take it in any more. `before` are the
    batches that were taken in before this one. `elsewhere` are item keys that are known without a batch; what this
    batch had taken in already, it keeps. `find_stranded` tells which items of other batches (by batch) nobody is asked
    about there; it is asked only of batches that have a row of this commit.

    Raises:
        ServiceError: one of those is gone.
    """
    repo = f"{project.name}_raw_data"
    head = pachyderm.head(repo)

    def is_taken_in(earlier: str) -> bool:
        has_items = head is not None and pachyderm.directory_hash(repo, head, directory_of(earlier)) is not None
        return has_items or not is_given_up(earlier)

    source = project.configuration.source
    change = read_change(pachyderm, project, commit, is_taken_in)
    keys = item_keys(pachyderm, repo, head, before)
    own = keys.pop(commit, frozenset())
    withdrawn = find_withdrawn(pachyderm, project).keys

    def collect(gone: Mapping[str, Collection[str]]) -> RawData:
        known = {key for name, each in keys.items() for key in each - set(gone.get(name, ()))}
        taken = Taken(known, own, withdrawn, elsewhere)
        with placed(f"{source.repo}@{commit}"):
            return collect_items(
                change.files, project.inputs, (), change.inherited, project.identity, taken, source.encoding
            )

    found = collect({})
    owners = {name: each for name, each in keys.items() if each & found.known_keys}
    gone = find_stranded(owners) if owners else {}
    found = collect(gone) if gone else found
    return replace(found, files=(*found.files, *missed_files(change.missed, source.glob)))


def dismiss(pachyderm: Pachyderm, project: Project, commit: str) -> RawData:
    """A batch of which nothing is taken in: each file of its commit is put aside.

    Raises:
        ServiceError: it has items, and people may have been asked about them.
    """
    repo = f"{project.name}_raw_data"
    head = pachyderm.head(repo)
    keys = item_keys(pachyderm, repo, head, ()).get(commit, frozenset())
    if keys:
        raise ServiceError(
            f"Batch {commit} has {len(keys)} items that were taken in: they cannot be dismissed any more. Withdraw "
            "them (docs/project.md), or close the pool."
        )
    files = files_brought(pachyderm, project, commit, EVERYTHING)
    return RawData((), tuple(RejectedRow(file, 1, "", LEFT) for file in sorted(files)))


@contextmanager
def placed(place: str) -> Iterator[None]:
    """Say of files that can't be used where they are: a repo and its commit."""
    try:
        yield
    except UnreadableFileError as error:
        raise UnreadableFileError(f"{place}:{error}") from error


def split(paths: Iterable[str], glob: str) -> tuple[list[str], list[str]]:
    """The paths that match, and those that do not."""
    every = list(paths)
    own = [path for path in every if matches(path, glob)]
    return own, [path for path in every if not matches(path, glob)]


def missed_files(paths: Sequence[str], glob: str) -> list[SourceFile]:
    """Files that are not read, since their path does not match."""
    return [SourceFile(path, 0, "", f"{MISSED} {glob}") for path in paths[:MOST_MISSED]]


def read_change(pachyderm: Pachyderm, project: Project, commit: str, is_taken_in: Callable[[str], bool]) -> Change:
    """The files of a commit that differ from the last ancestor whose batch was taken in, or still will be.

    That is the parent as a rule. When the parent's batch failed for good, what it brought beside the bad file is taken
    in now. If its run was only killed, it is repeated, and keeps its items. A commit that ended with an error is no
    ancestor: a later one doesn't build on it, and pachd may refuse to compare it.
    """
    source = project.configuration.source
    done, parent = pachyderm.inspect_commit(source.repo, commit)
    if done.error:
        raise ServiceError(f"{done} ended with an error, its data is incomplete: {done.error}. Commit it again.")
    before = nearest(pachyderm, source.repo, parent, lambda _: True)
    base = nearest(pachyderm, source.repo, before, is_taken_in)
    changed = pachyderm.changed_files(source.repo, commit, before, EVERYTHING)
    own, missed = split(changed, source.glob)
    every = own if base == before else pachyderm.changed_files(source.repo, commit, base, source.glob)
    files = {path: pachyderm.read(source.repo, commit, path) for path in every}
    return Change(files, frozenset(every) - frozenset(own), tuple(missed))


def files_brought(pachyderm: Pachyderm, project: Project, commit: str, glob: str) -> list[str]:
    """The files that a commit added or changed, against its nearest ancestor without an error."""
    repo = project.configuration.source.repo
    _, parent = pachyderm.inspect_commit(repo, commit)
    return pachyderm.changed_files(repo, commit, nearest(pachyderm, repo, parent, lambda _: True), glob)


def unchanged_files(pachyderm: Pachyderm, project: Project, commit: str) -> list[str]:
    """The files that a commit brought and that are still what they were then."""
    source = project.configuration.source
    head = pachyderm.head(source.repo, source.branch)
    if head is None or head == commit:
        return []
    brought = files_brought(pachyderm, project, commit, source.glob)
    then, now = (pachyderm.list_files(source.repo, each, source.glob) for each in (commit, head))
    return [path for path in brought if now.get(path) == then.get(path)]


def nearest(pachyderm: Pachyderm, source: str, commit: str | None, is_it: Callable[[str], bool]) -> str | None:
    """The nearest ancestor (from `commit` on) without an error that is it, or None.

    With `is_taken_in`: the nearest one whose batch has its items or will have them.
    """
    for _ in range(MOST_ANCESTORS):
        if commit is None:
            return None
        done, parent = pachyderm.inspect_commit(source, commit)
        if not done.error and is_it(commit):
            return commit
        commit = parent
    raise ServiceError(f"{source} has {MOST_ANCESTORS} commits in a row without raw data. Materialize raw_data of one.")


def item_keys(pachyderm: Pachyderm, repo: str, head: str | None, before: Collection[str]) -> dict[str, frozenset[str]]:
    """The item keys of each batch; those of `before` must be there."""
    contents = pachyderm.read_matching(repo, head, "/*/item_keys.txt") if head else {}
    keys = {name_of(posixpath.dirname(path)): frozenset(content.decode().split()) for path, content in contents.items()}
    gone = [each for each in before if each not in keys]
    if gone:
        raise ServiceError(
            f"{repo} has lost {len(gone)} batches that were taken in before, {gone[0]} first. Without them their items "
            "would be asked and paid for again. Materialize raw_data of these batches, the oldest first, then rerun."
        )
    return keys


class LabeledBefore(NamedTuple):
    """What was labeled before the first batch, the rows that can't be used, and which commit it is (empty: none)."""

    rows: tuple[LabeledRow, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    commit: str = ""


def labeled_before(pachyderm: Pachyderm, project: Project) -> LabeledBefore:
    """What was labeled before the first batch."""
    source = project.configuration.dataset
    head = pachyderm.head(source.repo, source.branch) if source else None
    if source is None or head is None:
        return LabeledBefore()
    files = read_all(pachyderm, source, head)
    with placed(f"{source.repo}@{head}"):
        rows, rejected = read_labeled(
            files, project.inputs, project.label, project.outputs, encoding_of(project, source)
        )
    return LabeledBefore(rows, rejected, f"{source.repo}@{head}")


def find_withdrawn(pachyderm: Pachyderm, project: Project) -> Withdrawal:
    """The items that were withdrawn."""
    source = project.configuration.withdrawn
    head = pachyderm.head(source.repo, source.branch) if source else None
    if source is None or head is None:
        return Withdrawal()
    files = read_all(pachyderm, source, head)
    with placed(f"{source.repo}@{head}"):
        items, rejected = read_withdrawn(files, project.inputs, project.identity, encoding_of(project, source))
    return Withdrawal(items, rejected, f"{source.repo}@{head}")


def encoding_of(project: Project, source: Source) -> str | None:
    """The encoding of files that are not UTF-8: the section's own, or that of the raw data."""
    return source.encoding or project.configuration.source.encoding


def read_all(pachyderm: Pachyderm, source: Source, head: str) -> dict[str, bytes]:
    """Every file of a repo that matches."""
    paths = pachyderm.changed_files(source.repo, head, None, source.glob)
    return {path: pachyderm.read(source.repo, head, path) for path in paths}

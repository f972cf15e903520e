"""What a commit brings: the files that it changed, what earlier batches have, what was labeled before. No Dagster."""

import posixpath
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import NamedTuple

from hitl_assets.labeling.items.batch_names import is_commit, names_of, read_name
from hitl_assets.labeling.items.items import LEFT, MISSED, RawData, SourceFile, Taken, collect_items
from hitl_assets.labeling.labels.concatenation import LabeledRow, read_labeled
from hitl_assets.labeling.labels.withdrawal import Withdrawal, read_withdrawn
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import Commit, RejectedRow
from hitl_assets.labeling.sections import Source
from hitl_assets.labeling.storage.file_forms import read_source
from hitl_assets.labeling.storage.files import COMMIT_FILE, directory_of, name_of
from hitl_assets.labeling.tables.tables import UnreadableFileError
from hitl_assets.labeling.values.plurals import plural
from hitl_assets.labeling.written import Written
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.pachyderm.files import Entry, matches
from hitl_assets.steps.intake.files import Sort, file_sorter

# Item keys by batch.
Owners = Mapping[str, frozenset[str]]
# How many failed batches in a row a commit looks behind for data that is still to be taken in.
MOST_ANCESTORS = 1000
EVERYTHING = "/**"
# How many files that are not read a batch names: a repo may hold many pictures beside its tables.
MOST_MISSED = 1000


@dataclass(frozen=True)
class Change:
    """What is to be read for a batch: files by path, which of them an earlier, failed commit brought, and which files
    of its own commit are not read, since their path doesn't match."""

    commit: Commit
    files: Mapping[str, Entry]
    inherited: frozenset[str]
    missed: tuple[str, ...] = ()


def take_in(
    pachyderm: Pachyderm,
    project: Project,
    batch: str,
    is_given_up: Callable[[str], bool] = lambda _: True,
    before: Collection[str] = (),
    elsewhere: Container[str] = (),
    find_stranded: Callable[[Owners], Mapping[str, Collection[str]]] = lambda _: {},
) -> RawData:
    """The raw data of a batch (by its name): the items that its commit brought and no other batch has.

    `is_given_up` tells of an earlier batch without raw data whether nobody will take it in any more. `before` are the
    batches that were taken in before this one. `elsewhere` are item keys that are known without a batch; what this
    batch had taken in already, it keeps. `find_stranded` tells which items of other batches (by batch) nobody is asked
    about there; it is asked only of batches that have a row of this commit.

    Raises:
        ServiceError: one of those is gone, or the commit; or it is a batch already, by another name.
    """
    repo = f"{project.name}_raw_data"
    head = pachyderm.head(repo)

    def is_taken_in(earlier: Commit) -> bool:
        has_items = any(is_batch_of(pachyderm, repo, head, name, earlier) for name in names_of(earlier))
        return has_items or not all(map(is_given_up, names_of(earlier)))

    source = project.configuration.source
    change = read_change(pachyderm, project, find_commit(pachyderm, project, batch), is_taken_in)
    keys = item_keys(pachyderm, repo, head, before)
    check_name(pachyderm, repo, head, batch, change.commit, keys)
    own = keys.pop(batch, frozenset())
    withdrawn = find_withdrawn(pachyderm, project).keys

    sort = sort_files(pachyderm, project, change) if source.items == "files" else sort_rows(pachyderm, project, change)

    def collect(gone: Mapping[str, Collection[str]]) -> RawData:
        known = {key for name, each in keys.items() for key in each - set(gone.get(name, ()))}
        with placed(str(change.commit)):
            return sort(Taken(known, own, withdrawn, elsewhere))

    found = collect({})
    owners = {name: each for name, each in keys.items() if each & found.known_keys}
    gone = find_stranded(owners) if owners else {}
    found = collect(gone) if gone else found
    files = (*found.files, *missed_files([each for each in change.missed if each != source.values], source.glob))
    first = min(set(change.files) - change.inherited, default="")
    return replace(found, files=files, commit=change.commit, first_file=first)


def sort_rows(pachyderm: Pachyderm, project: Project, change: Change) -> Sort:
    """What sorts the rows of a change: each of its files is read once."""
    source = project.configuration.source
    files = {path: pachyderm.read(source.repo, change.commit.id, path) for path in change.files}

    def sort(taken: Taken) -> RawData:
        return collect_items(files, project.inputs, (), change.inherited, project.identity, taken, source.written)

    return sort


def sort_files(pachyderm: Pachyderm, project: Project, change: Change) -> Sort:
    """What sorts the files of a change that are items themselves."""
    with placed(str(change.commit)):
        return file_sorter(pachyderm, project, change.commit.id, change.files, change.missed)


def find_commit(pachyderm: Pachyderm, project: Project, batch: str) -> str:
    """The id of a batch's commit: what its name says, or the commit of that second whose id begins so.

    Raises:
        ServiceError: it is no name of a batch, or not that of one commit.
    """
    if is_commit(batch):
        return batch
    start, repo = read_name(batch), project.configuration.source.repo
    if start is None:
        raise ServiceError(
            f"{batch!r} is no name of a batch. Name it by its commit in {repo}: the whole id (pachctl list commit "
            f"{repo}), or when it was started and how the id begins, as in 2026-11-30T073512Z-4ccc5c1a."
        )
    found = pachyderm.commits_in(repo, *start)
    if len(found) == 1:
        return found[0].id
    if not found:
        raise ServiceError(
            f"{repo} at {pachyderm.address} has no commit {start.beginning}... that was started at {start.started} (of "
            f"batch {batch}): it was dropped, or this is another cluster. Delete the partition, or correct "
            "PACHD_ADDRESS."
        )
    raise ServiceError(
        f"{batch} may be several commits of {repo}: {', '.join(each.id for each in found)}. Add a partition with "
        "the whole id of the commit that you mean."
    )


def is_batch_of(pachyderm: Pachyderm, repo: str, head: str | None, name: str, commit: Commit) -> bool:
    """Whether the raw data under this name is that of a commit. A name that isn't the whole id may be of another one,
    of the same second."""
    if head is None or pachyderm.directory_hash(repo, head, directory_of(name)) is None:
        return False
    return name == commit.id or recorded_commit(pachyderm, repo, head, name) == commit.id


def recorded_commit(pachyderm: Pachyderm, repo: str, head: str, name: str) -> str:
    """The id of the commit that a batch's raw data says it is of."""
    path = f"{directory_of(name)}/{COMMIT_FILE}"
    commit, _ = read_source(pachyderm.read(repo, head, path))
    return commit.id if commit else ""


def check_name(
    pachyderm: Pachyderm, repo: str, head: str | None, batch: str, commit: Commit, keys: Container[str]
) -> None:
    """See that a commit isn't a batch already, by its other name: then its items are known there.

    Raises:
        ServiceError: it is.
    """
    for other in names_of(commit):
        is_there = other in keys and batch not in keys
        if is_there and is_batch_of(pachyderm, repo, head, other, commit):
            raise ServiceError(
                f"{commit} is batch {other} already. Go on with that one, and delete the partition {batch}: it would "
                "be the same batch again."
            )


def dismiss(pachyderm: Pachyderm, project: Project, batch: str) -> RawData:
    """A batch of which nothing is taken in: each file of its commit is put aside.

    Raises:
        ServiceError: it has items, and people may have been asked about them.
    """
    repo = f"{project.name}_raw_data"
    head = pachyderm.head(repo)
    every = item_keys(pachyderm, repo, head, ())
    keys = every.get(batch, frozenset())
    if keys:
        raise ServiceError(
            f"Batch {batch} has {plural(len(keys), 'item that was', 'items that were')} taken in: they cannot be "
            "dismissed any more. Withdraw "
            "them (docs/project.md), or close the pool."
        )
    commit, _ = pachyderm.inspect_commit(project.configuration.source.repo, find_commit(pachyderm, project, batch))
    check_name(pachyderm, repo, head, batch, commit, every)
    files = sorted(files_brought(pachyderm, project, commit.id, EVERYTHING))
    rejected = tuple(RejectedRow(file, 1, "", LEFT) for file in files)
    return RawData((), rejected, commit=commit, first_file=next(iter(files), ""))


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


def read_change(pachyderm: Pachyderm, project: Project, commit: str, is_taken_in: Callable[[Commit], bool]) -> Change:
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
    changed = pachyderm.changed_entries(source.repo, commit, before, EVERYTHING)
    own, missed = split(changed, source.glob)
    files = {path: changed[path] for path in own}
    if base != before:
        files = pachyderm.changed_entries(source.repo, commit, base, source.glob)
    return Change(done, files, frozenset(files) - frozenset(own), tuple(missed))


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


def nearest(pachyderm: Pachyderm, source: str, commit: str | None, is_it: Callable[[Commit], bool]) -> str | None:
    """The nearest ancestor (from `commit` on) without an error that is it, or None.

    With `is_taken_in`: the nearest one whose batch has its items or will have them.
    """
    for _ in range(MOST_ANCESTORS):
        if commit is None:
            return None
        done, parent = pachyderm.inspect_commit(source, commit)
        if not done.error and is_it(done):
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
            f"{repo} has lost {plural(len(gone), 'batch that was', 'batches that were')} taken in before, {gone[0]} "
            "first. Without them their items "
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
    found = read_newest(pachyderm, project, project.configuration.dataset)
    if found is None:
        return LabeledBefore()
    with placed(found.place):
        rows, rejected = read_labeled(found.files, project.inputs, project.kind, found.written)
    return LabeledBefore(rows, rejected, found.place)


def find_withdrawn(pachyderm: Pachyderm, project: Project) -> Withdrawal:
    """The items that were withdrawn."""
    found = read_newest(pachyderm, project, project.configuration.withdrawn)
    if found is None:
        return Withdrawal()
    with placed(found.place):
        items, rejected = read_withdrawn(found.files, project.inputs, project.identity, found.written)
    return Withdrawal(items, rejected, found.place)


class Newest(NamedTuple):
    """What the newest commit of a repo holds: the files that match, how they are written, and which commit it is."""

    files: dict[str, bytes]
    written: Written
    place: str


def read_newest(pachyderm: Pachyderm, project: Project, source: Source | None) -> Newest | None:
    """What a repo beside the project's source holds; None without one, or without a commit."""
    head = pachyderm.head(source.repo, source.branch) if source else None
    if source is None or head is None:
        return None
    paths = pachyderm.changed_files(source.repo, head, None, source.glob)
    files = {path: pachyderm.read(source.repo, head, path) for path in paths}
    return Newest(files, source.written_beside(project.configuration.source), f"{source.repo}@{head}")

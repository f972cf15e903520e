"""What a commit brings, what is known already, and what was labeled before."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from hitl_assets.labeling.items.items import RawData
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.records import item_key
from hitl_assets.labeling.sections import Source
from hitl_assets.labeling.storage.files import StoredRawData, directory_of
from hitl_assets.labeling.tables.tables import UnreadableFileError
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.steps.intake.changes import dismiss, find_withdrawn, labeled_before, take_in, unchanged_files
from hitl_assets.steps.intake.familiar import known_elsewhere
from hitl_assets_tests.persistence import PersistentClient, connect

Commit = Callable[..., str]
TakeIn = Callable[..., RawData]


@pytest.fixture
def commit(pachyderm: Pachyderm, project: Project) -> Commit:
    """Commits files (headlines by name, or bytes) to the source repo; the commit's id."""

    def make(**files: list[str] | bytes) -> str:
        return pachyderm.write(project.configuration.source.repo, {path(n): table(c) for n, c in files.items()}, "data")

    return make


@pytest.fixture
def store(pachyderm: Pachyderm, project: Project) -> TakeIn:
    """Takes a commit in and stores the batch, as the asset `raw_data` does."""

    def take_in_and_store(commit: str, under_way: str = "", before: Sequence[str] = (), *known: Any) -> RawData:
        raw_data = take_in(pachyderm, project, commit, lambda earlier: earlier != under_way, before, *known)
        files = {f"{directory_of(commit)}/{name}": c for name, c in StoredRawData(raw_data).to_files().items()}
        pachyderm.write(f"{project.name}_raw_data", files, commit, replace=directory_of(commit))
        return raw_data

    return take_in_and_store


def path(name: str) -> str:
    """Where a file of a test lies: `a` in `/a.csv`, `a_b` in `/a/b.csv`."""
    return f"/{name.replace('_', '/')}.csv"


def table(content: list[str] | bytes) -> bytes:
    """Headlines as CSV."""
    return content if isinstance(content, bytes) else "\n".join(["headline", *content, ""]).encode()


def headlines(raw_data: RawData) -> list[str]:
    """The headlines of the new items."""
    return [item.values["headline"] for item in raw_data.items]


def test_a_first_commit_brings_all_its_rows(store: TakeIn, commit: Commit) -> None:
    """Of all files that match, with the place each came from."""
    raw_data = store(commit(a=["one", "two"], a_b=["three"]))
    assert sorted((item.values["headline"], item.file, item.row) for item in raw_data.items) == [
        ("one", "/a.csv", 2),
        ("three", "/a/b.csv", 2),
        ("two", "/a.csv", 3),
    ]


def test_a_file_is_unchanged_until_somebody_corrects_or_deletes_it(
    commit: Commit, pachyderm: Pachyderm, project: Project
) -> None:
    """Then the batch that failed for it needs nobody any more."""
    bad = commit(a=b"title\none\n", b=b"title\ntwo\n")
    assert unchanged_files(pachyderm, project, bad) == []  # nothing came after it
    commit(c=["three"])
    assert unchanged_files(pachyderm, project, bad) == ["/a.csv", "/b.csv"]
    commit(a=["one"])
    assert unchanged_files(pachyderm, project, bad) == ["/b.csv"]


def test_columns_are_mapped_in_every_repo_and_may_be_mapped_later(
    store: TakeIn, commit: Commit, pachyderm: Pachyderm, project: Project
) -> None:
    """What was taken in, labeled before or withdrawn under one name is known under the other."""
    store(commit(a=["one", "two"]))
    configuration = project.configuration
    source = configuration.source.model_copy(update={"columns": {"Text": "headline", "Right": "category"}})
    other = {name: Source(repo=f"{project.name}_{name}") for name in ("dataset", "withdrawn")}
    mapped = replace(project, configuration=configuration.model_copy(update={"source": source, **other}))
    pachyderm.write(other["dataset"].repo, {"/a.csv": b"Text,Right\nthree,clickbait\n"}, "labeled before")
    pachyderm.write(other["withdrawn"].repo, {"/a.csv": b"Text\nfour\n"}, "withdrawn")
    rows = b"Text,more\n" + b"".join(f"{text},x\n".encode() for text in ("one", "three", "four", "five"))
    found = take_in(pachyderm, mapped, commit(b=rows), elsewhere=known_elsewhere(pachyderm, mapped))
    assert (headlines(found), found.known, [row.row for row in found.rejected]) == (["five"], 2, [4])
    assert mapped.setup_hash == project.setup_hash


def test_a_batch_is_dismissed_file_by_file(
    store: TakeIn, commit: Commit, pachyderm: Pachyderm, project: Project
) -> None:
    """Nothing is left out without being counted, and nothing that people are asked about."""
    good, bad = commit(a=["one"]), commit(b=b"title\ntwo\n")
    store(good)
    assert [(row.file, row.reason) for row in dismiss(pachyderm, project, bad).rejected] == [
        ("/b.csv", "dismissed by a person")
    ]
    with pytest.raises(ServiceError, match="has 1 item that was taken in"):
        dismiss(pachyderm, project, good)


def test_only_changed_files_are_taken_in(store: TakeIn, commit: Commit) -> None:
    """The work grows with the change."""
    store(commit(a=["one"]))
    second = store(commit(b=["two"]))
    assert (headlines(second), second.known) == (["two"], 0)


def test_rows_of_earlier_batches_are_known(store: TakeIn, commit: Commit) -> None:
    """Nobody is paid twice for one item, whatever file it comes back in."""
    store(commit(a=["one", "two"]))
    appended = store(commit(a=["one", "two", "three"]))
    moved = store(commit(b=["two", "four"]))
    assert (headlines(appended), appended.known) == (["three"], 2)
    assert (headlines(moved), moved.known) == (["four"], 1)


def test_a_batch_does_not_know_itself(store: TakeIn, commit: Commit) -> None:
    """A rerun brings the same items, not none."""
    first = commit(a=["one", "two"])
    assert store(first).items == store(first).items
    assert headlines(store(first)) == ["one", "two"]


def test_a_commit_without_new_data_is_an_empty_batch(store: TakeIn, commit: Commit) -> None:
    """Deleting or repeating brings nothing, and is no error."""
    store(commit(a=["one"]))
    assert store(commit(a=["one"])).items == ()
    assert store(commit()).items == ()


def test_rejected_rows_are_no_items(store: TakeIn, commit: Commit) -> None:
    """They are reported with their place and don't stop the others."""
    raw_data = store(commit(a=["one", "x" * 501]))
    assert headlines(raw_data) == ["one"]
    assert [(row.file, row.row, row.column) for row in raw_data.rejected] == [("/a.csv", 3, "headline")]


NO_TABLE = b"no,such,columns\n1,2,3\n"


def test_a_commit_of_which_no_file_is_a_table_fails(store: TakeIn, commit: Commit) -> None:
    """Whoever committed it hears of it, of each file."""
    with pytest.raises(UnreadableFileError, match=r"^[\w-]+@\w+:/bad\.csv has no column .*\n/none\.csv is empty"):
        store(commit(bad=NO_TABLE, none=b""))


@pytest.mark.parametrize("bad", [NO_TABLE, b"", b'headline\n"open', b"PK\x03\x04", b"\x1f\x8b", b"headline\n\xff"])
def test_a_file_that_is_no_table_does_not_hold_up_the_good_ones(store: TakeIn, commit: Commit, bad: bytes) -> None:
    """It is put aside as a whole, with the reason, and taken in once it is put right."""
    first = store(commit(bad=bad, good=["one"]))
    assert headlines(first) == ["one"]
    assert [(row.file, row.row) for row in first.rejected] == [("/bad.csv", 1)]
    assert headlines(store(commit(bad=["one", "two"]))) == ["two"]


def test_a_failed_commit_does_not_hold_up_the_next_ones(store: TakeIn, commit: Commit) -> None:
    """Its bad file is named once more, and its good ones, if it failed for another reason, are taken in."""
    with pytest.raises(UnreadableFileError):
        store(commit(bad=NO_TABLE))
    commit(good=["one"])
    later = store(commit(next=["two"]))
    assert sorted(headlines(later)) == ["one", "two"]
    assert [row.file for row in later.rejected] == ["/bad.csv"]


def test_a_batch_that_is_still_to_be_taken_in_keeps_its_items(store: TakeIn, commit: Commit) -> None:
    """Its run was killed and comes again: a later batch that is quicker leaves them to it."""
    killed = commit(a=["one"])
    later = store(commit(b=["two"]), under_way=killed)
    assert headlines(later) == ["two"]
    assert headlines(store(killed)) == ["one"]


def test_nothing_is_taken_in_when_an_earlier_batch_is_lost(store: TakeIn, commit: Commit, project: Project) -> None:
    """Its items would look new, and be paid for again."""
    first = commit(a=["one"])
    store(first)
    with pytest.raises(ServiceError, match=f"{project.name}_raw_data has lost 1 batch .* lost first"):
        store(commit(b=["two"]), before=[first, "lost"])


def test_several_failed_commits_are_looked_behind(store: TakeIn, commit: Commit) -> None:
    """Back to the last batch that was taken in, and not before it."""
    store(commit(a=["zero"]))
    for name in ("one", "two"):
        commit(**{f"good_{name}": [name], f"bad_{name}": b"nothing\n"})  # and its run failed
    later = store(commit(next=["three"]))
    assert (sorted(headlines(later)), later.known) == (["one", "three", "two"], 0)


def test_a_repaired_file_is_taken_in(store: TakeIn, commit: Commit) -> None:
    """The next commit is the way to put it right."""
    with pytest.raises(UnreadableFileError):
        store(commit(a=b"nothing\n"))
    assert headlines(store(commit(a=["one"]))) == ["one"]


def test_a_failed_batch_can_be_taken_in_after_a_later_one(store: TakeIn, commit: Commit) -> None:
    """In either order each item is in one batch."""
    first, second = commit(a=["one"]), commit(b=["two"])
    assert sorted(headlines(store(second))) == ["one", "two"]
    late = store(first)
    assert (late.items, late.known) == ((), 1)


def test_a_commit_with_an_error_is_refused(pachyderm: Pachyderm, project: Project, pachctl: PersistentClient) -> None:
    """Its data is incomplete; the message says what to do."""
    repo = project.configuration.source.repo
    pachyderm.ensure_repo(repo)
    broken = pachctl.start_commit(repo, "master")
    pachctl.finish_commit((repo, broken.id), error="the disk was full")
    with pytest.raises(ServiceError, match="ended with an error, its data is incomplete: the disk was full"):
        take_in(pachyderm, project, broken.id)


def break_commit(pachyderm: Pachyderm, repo: str) -> str:
    """A commit that the server could not finish: a file lies where a directory is."""
    pachctl = connect(pachyderm.address)
    broken = str(pachctl.start_commit(repo, "master").id)
    for where in ("/p", "/p/q.csv"):
        pachctl.put_file_bytes((repo, broken), where, b"headline\nlost\n")
    pachctl.finish_commit((repo, broken))
    assert pachyderm.inspect_commit(repo, broken)[0].error
    return broken


def test_a_commit_after_one_with_an_error_is_taken_in(
    pachyderm: Pachyderm, project: Project, store: TakeIn, commit: Commit
) -> None:
    """However many: pachd refuses to compare with them, and nothing of theirs is in it."""
    store(commit(a=["one"]))
    broken = [break_commit(pachyderm, project.configuration.source.repo) for _ in range(2)]
    later = commit(b=["two"])
    assert headlines(store(later, under_way=broken[1])) == ["two"]
    assert headlines(store(commit(c=["three"]))) == ["three"]
    for each in broken:
        with pytest.raises(ServiceError, match="ended with an error, its data is incomplete: file / directory path"):
            store(each)


def test_a_first_commit_may_have_an_error(
    pachyderm: Pachyderm, project: Project, store: TakeIn, commit: Commit
) -> None:
    """What comes then is compared with nothing."""
    pachyderm.ensure_repo(project.configuration.source.repo)
    break_commit(pachyderm, project.configuration.source.repo)
    assert headlines(store(commit(a=["one"]))) == ["one"]


def test_a_failed_batch_before_one_with_an_error_is_taken_in(
    pachyderm: Pachyderm, project: Project, store: TakeIn, commit: Commit
) -> None:
    """What it brought beside its bad file, as if nothing were in between."""
    store(commit(a=["zero"]))
    commit(good=["one"], bad=b"nothing\n")  # and its run failed
    break_commit(pachyderm, project.configuration.source.repo)
    assert sorted(headlines(store(commit(b=["two"])))) == ["one", "two"]


def test_nothing_may_have_been_labeled_before(pachyderm: Pachyderm, project: Project) -> None:
    """The repo need not be there."""
    assert labeled_before(pachyderm, project) == ((), (), "")


def test_what_was_labeled_before_is_read_from_the_head(pachyderm: Pachyderm, project: Project) -> None:
    """All files of it, and which commit it was."""
    dataset = project.configuration.dataset
    assert dataset is not None
    pachyderm.write(dataset.repo, {"/a.csv": b"headline,category\nold,clickbait\n"}, "old")
    files = {
        "/a.csv": b"headline,category\none,clickbait\n",
        "/b/c.csv": b"headline,category\ntwo,notclickbait\nthree,maybe\n",
        "/readme.md": b"not data",
    }
    head = pachyderm.write(dataset.repo, files, "new")
    rows, rejected, where = labeled_before(pachyderm, project)
    assert [(row.values["headline"], row.label) for row in rows] == [("one", "clickbait"), ("two", "notclickbait")]
    assert [(row.file, row.row, row.column) for row in rejected] == [("/b/c.csv", 3, "category")]
    assert where == f"{dataset.repo}@{head}"


@pytest.mark.parametrize("own", [None, "cp1250"])
def test_other_repos_may_be_in_the_encoding_of_the_source(
    pachyderm: Pachyderm, project: Project, own: str | None
) -> None:
    """That is what the message about such a file says. One of their own goes before it."""
    configuration = project.configuration
    assert configuration.dataset is not None
    source = configuration.source.model_copy(update={"encoding": "cp1252" if own is None else "cp1251"})
    dataset = configuration.dataset.model_copy(update={"encoding": own})
    changed = configuration.model_copy(update={"source": source, "dataset": dataset, "withdrawn": dataset})
    content = "headline,category\nf\u00fcnf,clickbait\n".encode("cp1252")
    pachyderm.write(dataset.repo, {"/a.csv": content}, "labeled")
    (row,) = labeled_before(pachyderm, replace(project, configuration=changed)).rows
    assert row.values == {"headline": "f\u00fcnf"}
    assert key_of("f\u00fcnf") in find_withdrawn(pachyderm, replace(project, configuration=changed)).keys


def test_a_file_that_is_in_the_way_is_named_with_its_repo(pachyderm: Pachyderm, project: Project) -> None:
    """It is not in the commit that is taken in."""
    dataset = project.configuration.dataset
    assert dataset is not None
    head = pachyderm.write(dataset.repo, {"/a.csv": b"title\nold\n"}, "labeled")
    with pytest.raises(UnreadableFileError, match=rf"^{dataset.repo}@{head}:/a\.csv has no column headline"):
        labeled_before(pachyderm, project)


def test_the_shipped_dataset_is_labeled(pachyderm: Pachyderm, project: Project) -> None:
    """Every row of it can be used."""
    dataset = project.configuration.dataset
    assert dataset is not None
    pachyderm.write(dataset.repo, {"/labeled.csv": project.read("labeled_dataset.csv")}, "labeled")
    rows, rejected, _ = labeled_before(pachyderm, project)
    assert (len(rows), rejected) == (60, ())


def key_of(headline: str) -> str:
    """The key of an item."""
    return item_key({"headline": headline})


def test_batches_are_looked_into_of_which_a_row_is_there_again(store: TakeIn, commit: Commit) -> None:
    """The work for a commit grows with what it brings: none where all is new, or known without a batch."""
    store(commit(a=["one", "two"]))
    second = commit(b=["three"])
    store(second)
    asked: list[Any] = []

    def find_stranded(owners: Any) -> Any:
        asked.append(owners)
        return owners

    assert headlines(store(commit(c=["four", "known"]), "", (), {key_of("known")}, find_stranded)) == ["four"]
    assert asked == []
    assert headlines(store(commit(d=["five", "three"]), "", (), (), find_stranded)) == ["five", "three"]
    assert asked == [{second: frozenset({key_of("three")})}]


def test_what_is_known_elsewhere_is_known(store: TakeIn, commit: Commit) -> None:
    """Labeled before the first batch, or a golden task: neither asked nor paid, and counted."""
    first = store(commit(a=["one", "two"]), "", (), {key_of("one")})
    assert (headlines(first), first.known) == (["two"], 1)


def test_a_batch_keeps_what_it_took_in_before_it_was_known(store: TakeIn, commit: Commit) -> None:
    """Somebody makes golden tasks of labeled items, and materializes raw_data of their batch again."""
    batch = commit(a=["one", "two"])
    store(batch)
    assert headlines(store(batch, "", (), {key_of("one")})) == ["one", "two"]


def test_what_nobody_will_label_in_its_batch_is_new_again(store: TakeIn, commit: Commit) -> None:
    """Its pool can't be opened any more; what has a label, or may still get one, stays known."""
    first = commit(a=["one", "two"])
    store(first)
    again = store(commit(b=["one", "two"]), "", (), (), lambda _: {first: [key_of("two")]})
    assert (headlines(again), again.known) == (["two"], 1)
    third = store(commit(c=["two"]), "", (), (), lambda _: {first: [key_of("two")]})
    assert (headlines(third), third.known) == ([], 1)


def test_known_are_earlier_labels_golden_tasks_and_training_tasks(pachyderm: Pachyderm, project: Project) -> None:
    """Whoever labeled them; values are compared as they are typed."""
    source = project.configuration.dataset
    assert source is not None
    pachyderm.write(source.repo, {"/old.csv": b"headline,category\nOld,clickbait\n"}, "by a test")
    known = known_elsewhere(pachyderm, project)
    files = [project.read(str(name)).decode() for name in ("golden_tasks.csv", "training_tasks.csv")]
    assert key_of("Old") in known
    assert len(known) == 1 + sum(len(file.splitlines()) - 1 for file in files)

"""Bad files among good ones, through Pachyderm to a pool: what is in Toloka is the good rows, and nothing else."""

from datetime import datetime, timezone

import pytest

from hitl_assets.labeling.items.known_tasks import read_known_tasks
from hitl_assets.labeling.pools.pools import project_mark
from hitl_assets.labeling.pools.tasks import compose_tasks
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.storage.files import StoredRawData, directory_of
from hitl_assets.labeling.tables.tables import UnreadableFileError
from hitl_assets.services.labeling import Batch
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka
from hitl_assets.services.toloka.publication import ensure_training, publish
from hitl_assets.steps.intake.changes import take_in

# Files with bad rows, and which of their headlines are good.
WITH_BAD_ROWS = {
    "/long.csv": (f"headline\n{'x' * 501}\ngood 1\n", ["good 1"]),
    "/huge.csv": (f"headline\n{'x' * 300_000}\n", []),
    "/blank.csv": ('headline\n\n""\n   \ngood 2\n', ["good 2"]),
    "/ragged.csv": ("id,headline\n1\n1,good 3\n1,two,three\n", ["good 3"]),
    "/twice.csv": ("headline\ngood 4\ngood 4\n", ["good 4"]),
    "/mac.csv": ("headline\rgood 5\rgood 6\r", ["good 5", "good 6"]),
    "/dos.csv": ('\ufeffheadline\r\n"good\r\n7"\r\n', ["good\r\n7"]),
    "/toloka.tsv": ("GOLDEN:x\tINPUT:headline\n\tgood, 8\n", []),
    "/formula.csv": ("headline\n=cmd|' /C calc'!A0\n<b>good 9</b>\n", ["=cmd|' /C calc'!A0", "<b>good 9</b>"]),
    "/marks.csv": ("headline\n\u202egood 10\n\U0001f350\n", ["\u202egood 10", "\U0001f350"]),
    "/empty_rows.csv": ("headline\n", []),
    "/spaces.csv": (" headline \n good 11 \n", [" good 11 "]),
    "/control.csv": ("headline\ngood\x07 12\n", ["good\x07 12"]),
}
# Files that cannot be used at all: each is put aside.
UNUSABLE = {
    "/none.csv": b"",
    "/other.csv": b"title\nOne\n",
    "/double.csv": b"headline,headline\nOne,Two\n",
    "/quote.csv": b'headline\n"One\n',
    "/latin.csv": "headline\nGrün\n".encode("latin-1"),
    "/utf16.csv": "headline\nOne\n".encode("utf-16")[:-1],
    "/nul.csv": b"headline\nOne\0\n",
}


@pytest.fixture
def ready(still_toloka: Toloka, project: Project) -> Project:
    """The project, set up where nobody answers."""
    still_toloka.ensure_project(project.project, project_mark(project))
    file = "training_tasks.csv"
    training = read_known_tasks(project.read(file), file, project.inputs, project.kind)
    ensure_training(still_toloka, project, training)
    return project


@pytest.mark.slow
def test_nothing_is_published_from_a_bad_row(pachyderm: Pachyderm, still_toloka: Toloka, ready: Project) -> None:
    """Twenty bad files in three commits: one with nothing but such as can't be used fails, the third takes in all that
    is good."""
    repo = ready.configuration.source.repo
    files = {path: text.encode() for path, (text, _) in WITH_BAD_ROWS.items()}
    commit = pachyderm.write(repo, UNUSABLE, "unusable")
    with pytest.raises(UnreadableFileError, match=r"^[\w-]+@\w+:(/\w+\.csv .*\n?)*$"):
        take_in(pachyderm, ready, commit)
    pachyderm.write(repo, files, "bad rows, and its run was ended")
    commit = pachyderm.write(repo, {"/good.csv": b"headline\ngood 13\n"}, "good")
    raw_data = take_in(pachyderm, ready, commit)
    good = ["good 13", *(headline for _, headlines in WITH_BAD_ROWS.values() for headline in headlines)]
    tables = {path for path in files if path.endswith(".csv")}
    assert {row.file for row in raw_data.rejected} >= set(UNUSABLE)
    assert all(row.row >= 1 and row.reason for row in raw_data.rejected)
    assert {item.file for item in raw_data.items} <= tables | {"/good.csv"}
    stored = StoredRawData(raw_data).to_files()
    pachyderm.write(f"{ready.name}_raw_data", {f"{directory_of(commit)}/{name}": c for name, c in stored.items()}, "r")
    now = datetime.now(timezone.utc)
    published = publish(still_toloka, ready, Batch(commit, compose_tasks(raw_data.items), []), now)
    tasks = still_toloka.reader.get_tasks(pool_id=published.pool.id)
    assert sorted(task.input_values["headline"] for task in tasks) == sorted(good)

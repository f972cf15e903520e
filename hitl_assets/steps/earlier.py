"""What earlier batches left in Pachyderm, for a batch that learns from them. No Dagster."""

from collections.abc import Iterable, Sequence
from posixpath import dirname

from hitl_assets.labeling.storage.files import directory_of, name_of
from hitl_assets.services.pachyderm import Pachyderm

# So many batches, from the newest on, tell what predictions and confidence are worth: the work for a batch stays the
# same.
LOOK_BACK = 20


def read_batches(pachyderm: Pachyderm, repo: str, file: str, before: Sequence[str]) -> dict[str, bytes]:
    """A file of each of the last batches that have it."""
    return read_each(pachyderm, repo, file, before[-LOOK_BACK:])


def batches_with(pachyderm: Pachyderm, repo: str, file: str) -> set[str]:
    """The batches that have a file in a repo."""
    head = pachyderm.head(repo)
    return {name_of(dirname(path)) for path in (pachyderm.list_files(repo, head, f"/*/{file}") if head else ())}


def read_each(pachyderm: Pachyderm, repo: str, file: str, batches: Iterable[str]) -> dict[str, bytes]:
    """A file of each of these batches that have it."""
    head = pachyderm.head(repo)
    paths = {batch: f"{directory_of(batch)}/{file}" for batch in batches}
    there = pachyderm.list_files(repo, head, f"/*/{file}") if head and paths else {}
    return {batch: pachyderm.read(repo, str(head), path) for batch, path in paths.items() if path in there}

"""An asset is a directory in a Pachyderm repo; the commit that wrote it and the directory's hash are its metadata."""

import re
from collections.abc import Collection, Mapping
from typing import Any, TypeVar, get_args, get_origin

import dagster as dg

from hitl_assets.events import LINEAGE
from hitl_assets.failures import explained
from hitl_assets.labeling.storage.files import Stored, directory_of, name_of, restore
from hitl_assets.labeling.tables.tables import UnreadableFileError
from hitl_assets.resources import PachydermResource
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm import Pachyderm

Value = TypeVar("Value", bound=Stored)
RUN_IN_DESCRIPTION = re.compile(r"run ([0-9a-f-]{36})$")


def rejected_in(key: dg.AssetKey, batch: str) -> str:
    """Where all rows are listed that an asset put aside."""
    return f"{repo_of(key)}@master:/{batch}/rejected.csv"


def repo_of(key: dg.AssetKey) -> str:
    """The repo of an asset: `[clickbait, raw_data]` lies in `clickbait_raw_data`."""
    return "_".join(key.path)


class PachydermIOManager(dg.ConfigurableIOManager):
    """Writes a value's files as one commit, and reads them back from the head of the repo.

    Layout: `/<percent-encoded partition>/<file>`; an unpartitioned asset has the directory of its own name. Writing
    what is there already makes no commit. The data version is the directory's hash, which depends on content only.
    """

    pachyderm: dg.ResourceDependency[PachydermResource]

    def handle_output(self, context: dg.OutputContext, obj: Stored) -> None:
        """Write one partition (or the whole of an unpartitioned asset)."""
        instance = context.step_context.instance
        with explained(context.run_id, instance):
            place = store(
                self.pachyderm.client(), context.asset_key, partition_of(context), obj, context.run_id, instance
            )
        context.step_context.set_data_version(context.asset_key, dg.DataVersion(str(place["pachyderm/hash"])))
        # The UI looks for lineage in the newest materialization, not in the definition.
        lineage = {name: value for name, value in context.definition_metadata.items() if name == LINEAGE}
        context.add_output_metadata({**place, **lineage})

    def load_input(self, context: dg.InputContext) -> Any:
        """Read one partition, or for a mapping type all partitions that there are, in the partitions' order."""
        pachyderm = self.pachyderm.client()
        repo = repo_of(context.asset_key)
        value_type = context.dagster_type.typing_type
        with explained(context.step_context.run_id, context.instance):
            if get_origin(value_type) is not None:
                head = pachyderm.head(repo)
                every = read_partitions(pachyderm, repo, head) if head else {}
                check_complete(context, repo, every)
                stored = get_args(value_type)[1]
                keys = [key for key in context.asset_partition_keys if key in every]
                return {key: restore(stored, every[key], f"{repo}@{head}:{directory_of(key)}") for key in keys}
            name = context.asset_partition_key if context.has_asset_partitions else context.asset_key.path[-1]
            return read_directory(pachyderm, context.asset_key, name, value_type)


def check_alive(run_id: str, instance: dg.DagsterInstance) -> None:
    """Stop a run that Dagster takes for over.

    Raises:
        Failure: it does.
    """
    run = instance.get_run_by_id(run_id)
    if run is not None and run.is_finished:
        raise dg.Failure(
            f"Dagster takes run {run_id} for over ({run.status.value}), though it went on. Another one may have taken "
            "its place, and what that wrote is newer. This one stops here, and nothing was written.",
            allow_retries=False,
        )


def store(
    pachyderm: Pachyderm, key: dg.AssetKey, name: str, value: Stored, run_id: str, instance: dg.DagsterInstance
) -> dict[str, Any]:
    """Write one partition of an asset (or, under its own name, an unpartitioned one); where it is, for metadata.

    Raises:
        Failure: Dagster takes this run for over.
    """
    check_alive(run_id, instance)
    repo, directory = repo_of(key), directory_of(name)
    files = {f"{directory}/{file}": content for file, content in value.to_files().items()}
    pachyderm.ensure_repo(repo, f"{key.to_user_string()}, written by hitl_assets")
    commit = pachyderm.head(repo)
    is_new = commit is None or not is_unchanged(pachyderm, repo, commit, directory, files)
    if commit is None or is_new:
        description = f"{key.to_user_string()} {name} run {run_id}"
        commit = pachyderm.write(
            repo, files, description, directory, lambda text: is_left_behind(text, run_id, instance)
        )
    version = pachyderm.directory_hash(repo, commit, directory) or ""
    return {
        "pachyderm/repo": repo,
        "pachyderm/commit": commit,
        "pachyderm/path": f"{repo}@{commit}:{directory}",
        "pachyderm/hash": version,
        "pachyderm/new_commit": is_new,
        "size_bytes": sum(map(len, files.values())),
    }


def read_directory(pachyderm: Pachyderm, key: dg.AssetKey, name: str, kind: type[Value]) -> Value:
    """One partition of an asset (or, under its own name, an unpartitioned one) as it is now.

    Raises:
        ServiceError: it isn't there.
    """
    repo = repo_of(key)
    head = pachyderm.head(repo)
    files = pachyderm.read_directory(repo, head, directory_of(name)) if head else {}
    if not files:
        raise ServiceError(f"{repo} has no {directory_of(name)}. Materialize {key.to_user_string()} first.")
    return restore(kind, files, f"{repo}@{head}:{directory_of(name)}")


def has_directory(pachyderm: Pachyderm, key: dg.AssetKey, name: str) -> bool:
    """Whether one partition of an asset has been written."""
    head = pachyderm.head(repo_of(key))
    return head is not None and pachyderm.directory_hash(repo_of(key), head, directory_of(name)) is not None


def read_earlier(pachyderm: Pachyderm, key: dg.AssetKey, kind: type[Value], name: str = "") -> Value | None:
    """A partition of an asset (or all of an unpartitioned one) as it was written last; None if it wasn't, or is
    damaged: it is about to be replaced."""
    try:
        return read_directory(pachyderm, key, name or key.path[-1], kind)
    except (ServiceError, UnreadableFileError):
        return None


def check_complete(context: dg.InputContext, repo: str, found: Collection[str]) -> None:
    """Complain when a partition that was written is gone: what is made of the others would silently lack it."""
    written = context.instance.get_materialized_partitions(context.asset_key)
    gone = [key for key in context.asset_partition_keys if key in written and key not in found]
    if gone:
        raise ServiceError(
            f"{repo} has lost {len(gone)} partitions that were written, {gone[0]} first. Materialize "
            f"{context.asset_key.to_user_string()} of these partitions again, then rerun."
        )


def partition_of(context: dg.OutputContext) -> str:
    """The partition that is written, or the asset's own name when it has none."""
    return (
        context.partition_key
        if context.has_partition_key and context.has_asset_partitions
        else (context.asset_key.path[-1])
    )


def is_unchanged(pachyderm: Pachyderm, repo: str, commit: str, directory: str, files: Mapping[str, bytes]) -> bool:
    """Whether the directory, with those inside of it, holds exactly these files already."""
    return pachyderm.read_matching(repo, commit, f"{directory}/**") == dict(files)


def read_partitions(pachyderm: Pachyderm, repo: str, commit: str) -> dict[str, dict[str, bytes]]:
    """The files of every partition of a repo, in one stream."""
    partitions: dict[str, dict[str, bytes]] = {}
    for path, content in pachyderm.read_matching(repo, commit, "/*/*").items():
        directory, file = path.rsplit("/", 1)
        partitions.setdefault(name_of(directory), {})[file] = content
    return partitions


def is_left_behind(description: str, run_id: str, instance: dg.DagsterInstance) -> bool:
    """Whether an open commit was left by a run of ours that is over, or by this run's step before it was retried."""
    match = RUN_IN_DESCRIPTION.search(description)
    if match is None:
        return False
    run = instance.get_run_by_id(match[1])
    return match[1] == run_id or (run is not None and run.is_finished)

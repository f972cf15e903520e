"""Which addresses people get for the files that a project's items are. No Dagster."""

from dataclasses import replace

from hitl_assets.labeling.items.addresses import with_addresses
from hitl_assets.labeling.items.places import Place, Write
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.pictures import Link
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.labeling import Batch
from hitl_assets.services.pachyderm import Pachyderm


def find_writer(pachyderm: Pachyderm, project: Project, batch: str) -> Write | None:
    """What makes an address of a file in a batch; None where items are rows, which bring their own.

    Raises:
        ServiceError: there is nothing yet that serves them.
    """
    pictures = project.configuration.pictures
    if pictures is None:
        return None
    if not isinstance(pictures, Link):
        raise ServiceError(f"pictures: serve of batch {batch} needs a server, and there is none. Write pictures: link.")
    link = pictures
    if "{hash}" not in link.link:
        return link.write
    return lambda place, digest: link.write(place, digest or find_hash(pachyderm, place))


def with_links(pachyderm: Pachyderm, project: Project, batch: Batch) -> Batch:
    """A batch as people get it: with an address for each file."""
    write = find_writer(pachyderm, project, batch.name)
    tasks, golden = with_addresses(project, batch.tasks, write), with_addresses(project, batch.golden, write)
    return replace(batch, tasks=tasks, golden=golden)


def find_hash(pachyderm: Pachyderm, place: Place) -> str:
    """The hash of a file's content.

    Raises:
        MissingError: it is not there.
    """
    return pachyderm.inspect_entry(place.repo, place.commit, place.path).digest

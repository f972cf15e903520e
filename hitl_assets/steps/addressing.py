"""Which addresses people get for the files that a project's items are. No Dagster."""

from dataclasses import dataclass, replace
from datetime import datetime

from hitl_assets.labeling.items.addresses import with_addresses
from hitl_assets.labeling.items.places import Place, Write
from hitl_assets.labeling.media.links import Exhibit, Links, lifetime
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.pictures import Link
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.labeling import Batch
from hitl_assets.services.pachyderm import Pachyderm


@dataclass(frozen=True)
class Served:
    """The server that shows files (`hitl media`), by its links, and the time from which they are good."""

    links: Links
    now: datetime


def find_writer(pachyderm: Pachyderm, project: Project, batch: str, served: Served | None = None) -> Write | None:
    """What makes an address of a file in a batch; None where items are rows, which bring their own.

    Without a server (`served`) what is to be served is refused: training tasks are of no batch.
    """
    pictures = project.configuration.pictures
    if pictures is None:
        return None
    if not isinstance(pictures, Link):
        if served is None:
            return refuse
        links, until = served.links, served.now + lifetime(project.configuration.pool_days)
        return lambda place, _: links.write(Exhibit(project.name, batch, place.repo, place.commit, place.path), until)
    link = pictures
    if "{hash}" not in link.link:
        return link.write
    return lambda place, digest: link.write(place, digest or find_hash(pachyderm, place))


def refuse(place: Place, _: str) -> str:
    """No address.

    Raises:
        ServiceError: always.
    """
    raise ServiceError(
        f"{place} is of no batch, and pictures: serve shows files of open batches. Give training tasks addresses in "
        "place of files, or write pictures: {link: ...}."
    )


def with_links(pachyderm: Pachyderm, project: Project, batch: Batch, served: Served | None = None) -> Batch:
    """A batch as people get it: with an address for each file."""
    write = find_writer(pachyderm, project, batch.name, served)
    tasks, golden = with_addresses(project, batch.tasks, write), with_addresses(project, batch.golden, write)
    return replace(batch, tasks=tasks, golden=golden)


def find_hash(pachyderm: Pachyderm, place: Place) -> str:
    """The hash of a file's content.

    Raises:
        MissingError: it is not there.
    """
    return pachyderm.inspect_entry(place.repo, place.commit, place.path).digest

"""Whether people will see the files that a project's items are: do their addresses answer, and outlive a pool?"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta, timezone

from hitl_assets.labeling.items.pictures import FIRST, NoPictureError, is_picture, read_picture
from hitl_assets.labeling.items.places import Place
from hitl_assets.labeling.project.declaration import Project
from hitl_assets.labeling.project.expiry import expires_at
from hitl_assets.labeling.project.pictures import Link
from hitl_assets.local.check.problems import Problem
from hitl_assets.local.pictures import fetching
from hitl_assets.local.rehearsal.plan import FILE
from hitl_assets.resources import services_here
from hitl_assets.services.errors import ServiceError, TransientServiceError
from hitl_assets.services.pachyderm.files import Entry

# How many are tried, and how long an answer may take, in seconds.
TRIED, PATIENCE = 3, 10.0


def of_pictures(project: Project) -> Iterator[Problem]:
    """Whether the link works, tried with files of the newest commit, if the environment names a Pachyderm."""
    link = project.configuration.pictures
    if not isinstance(link, Link):
        return
    file = str(project.folder / FILE)
    ends = expires_at(link.link)
    if ends is not None:
        yield from of_expiry(ends, datetime.now(timezone.utc), project, file)
    for place, entry in newest_files(project).items():
        address = link.write(place, entry.digest)
        fault = find_fault(address, place.path)
        if fault:
            yield Problem(
                "warning", "picture_unseen", f"{address} {fault}: people would not see {place}.",
                "Copy the files there, make them readable for everybody, or correct pictures.link.",
                file, "pictures.link", link.link,
            )  # fmt: skip


def of_expiry(ends: datetime, now: datetime, project: Project, file: str) -> Iterator[Problem]:
    """Whether a signature is good for as long as people may work in a pool that opens now."""
    days = project.configuration.pool_days
    if ends < now + timedelta(days=days):
        yield Problem(
            "warning", "pictures_expire",
            f"The addresses of pictures are good until {ends:%Y-%m-%d %H:%M} UTC, and a pool is open for {days} days.",
            "Sign them for longer than pool_days, and a good deal longer if pools may be resumed.",
            file, "pictures.link",
        )  # fmt: skip


def newest_files(project: Project) -> Mapping[Place, Entry]:
    """A few of the files in the head of the source; none where there is no Pachyderm, or nothing in it."""
    _, pachyderm = services_here()
    if pachyderm.unset:
        return {}
    source = project.configuration.source
    try:
        client = pachyderm.client()
        head = client.head(source.repo, source.branch)
        found = client.list_entries(source.repo, head, source.glob) if head else {}
    except (ServiceError, TransientServiceError):
        return {}  # What is wrong with a server is for `hitl status`.
    return {Place(source.repo, head or "", path): found[path] for path in sorted(found)[:TRIED]}


def find_fault(address: str, path: str) -> str:
    """Why nobody would see a picture at an address; its first bytes are fetched, and no more."""
    import httpx

    try:
        with fetching(address, FIRST, PATIENCE) as (answer, read):
            if answer.status_code >= 400:
                return f"answers {answer.status_code}"
            start = read(FIRST)
    except httpx.HTTPError as error:
        return f"does not answer ({error or type(error).__name__})"
    if not is_picture(path):
        return "" if start else "holds nothing"
    try:
        read_picture(len(start) if len(start) < FIRST else FIRST + 1, lambda most: start)
    except NoPictureError as error:
        return str(error)
    return ""

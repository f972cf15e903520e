"""Parts of a listing: what newer clients ask for instead of all of it."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from hitl_assets.emulators.pachyderm.errors import RefusedError, UnsupportedError
from hitl_assets.emulators.pachyderm.files import paths
from hitl_assets.emulators.pachyderm.store.records import Node, Repo

MOST = 100_000


def read_repos(found: list[Repo], page: Any) -> list[Repo]:
    """The repos of a page; without a size, all of them."""
    start = page.page_size * page.page_index
    return found[start : start + page.page_size] if page.page_size > 0 else found


def check_files(request: Any) -> None:
    """Nothing, for a request whose page can be.

    Raises:
        RefusedError: it is too large, or the last ones are wanted without their number.
    """
    if request.reverse and not request.number:
        raise RefusedError("number must be > 0 when reverse is true")
    if request.number > MOST:
        raise RefusedError(f"cannot return more than {MOST} files at a time")


def read_files(nodes: Iterable[Node], request: Any) -> Iterator[Node]:
    """The first ones after the marker, or with `reverse` the last ones before it, backwards."""
    marker = paths.clean(request.marker.path) if request.HasField("marker") else None
    if marker is not None:
        others = (node for node in nodes if paths.clean(node.path) != marker)
        nodes = (node for node in others if (node.path < marker) == request.reverse)
    if request.reverse:
        return reversed(deque(nodes, maxlen=request.number))
    return islice(nodes, request.number if request.number > 0 else None)


def check_no_range(request: Any) -> None:
    """Nothing, for a request about all that a path matches.

    Raises:
        UnsupportedError: it names a range of paths.
    """
    if request.HasField("path_range"):
        raise UnsupportedError("the Pachyderm emulator reads no ranges of paths; leave path_range out.")

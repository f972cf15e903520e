"""What is different between two trees, in path order, directories included."""

import heapq
from collections.abc import Iterator
from itertools import groupby

from hitl_assets.emulators.pachyderm import paths
from hitl_assets.emulators.pachyderm.store.records import Node
from hitl_assets.emulators.pachyderm.store.trees import Tree

Pair = tuple[Node | None, Node | None]


def walk_path(tree: Tree | None, path: str, shallow: bool = False) -> Iterator[Node]:
    """The file with this path, or the directory with everything below it. `shallow` stops at its children."""
    if tree is None:
        return
    files = [Node(one.path, one.datum, one.size, one.hash, one.chunks) for one in tree.files(path)]
    if files:
        yield from files
        return
    directory = paths.as_directory(path)
    for node in tree.nodes(directory):
        if not shallow or "/" not in node.path[len(directory) : -1]:
            yield node


def diff(new: Iterator[Node], old: Iterator[Node]) -> Iterator[Pair]:
    """(new, None) for what was added, (None, old) for what went, both for what changed."""
    tagged = heapq.merge(((node.path, 0, node) for node in new), ((node.path, 1, node) for node in old), key=_order)
    for _, group in groupby(tagged, key=lambda one: one[0]):
        sides: dict[int, Node] = {side: node for _, side, node in group}
        before, after = sides.get(1), sides.get(0)
        if before is None or after is None or before.hash != after.hash:
            yield after, before


def _order(tagged: tuple[str, int, Node]) -> tuple[str, int]:
    return tagged[0], tagged[1]

"""What is different between two trees, in path order, directories included."""

import heapq
from collections.abc import Iterator
from itertools import groupby

from hitl_assets.emulators.pachyderm.files import paths
from hitl_assets.emulators.pachyderm.store.records import Node
from hitl_assets.emulators.pachyderm.store.trees import segments
from hitl_assets.emulators.pachyderm.store.trees.trees import Tree, file_node

# Commits from one side to the other whose own changes are looked at one by one.
NEAR = 64

Pair = tuple[Node | None, Node | None]


def walk_path(tree: Tree | None, path: str) -> Iterator[Node]:
    """The file with this path, or the directory with everything below it."""
    if tree is None:
        return
    files = [Node(one.path, one.datum, one.size, one.hash, one.chunks) for one in tree.files(path)]
    if files:
        yield from files
        return
    yield from tree.nodes(paths.as_directory(path))


def diff_trees(new: Tree, old: Tree | None, new_path: str, old_path: str) -> Iterator[Pair]:
    """(new, None) for what was added, (None, old) for what went, both for what changed.

    Costs the changes where one side is a recent ancestor of the other or nothing changed below a directory.
    """
    if old is not None and new_path == old_path and new.is_summed and old.is_summed:
        files = next(new.files(new_path), None) or next(old.files(new_path), None)
        if files is None:
            yield from diff_directories(new, old, paths.as_directory(new_path))
            return
    yield from diff(walk_path(new, new_path), walk_path(old, old_path))


def diff_directories(new: Tree, old: Tree, directory: str) -> Iterator[Pair]:
    """The same for a directory of both trees."""
    forth = changes_between(new, old)
    back = changes_between(old, new) if forth is None else None
    if forth is not None:
        yield from diff_changes(forth, old, directory)
    elif back is not None:
        for before, after in diff_changes(back, new, directory):
            yield after, before
    else:
        roots = iter(new.find_directory(directory)), iter(old.find_directory(directory))
        yield from diff_levels(new, old, diff(*roots))


def changes_between(later: Tree, earlier: Tree) -> Tree | None:
    """The later tree as the own changes of the commits after `earlier`, if they are few; None if it is no ancestor."""
    if not earlier.chain or not later.chain:
        return None
    links: list[segments.Segment] = []
    commit: int | None = later.chain[0].commit_key
    while commit is not None and commit != earlier.chain[0].commit_key and len(links) < NEAR:
        links.append(segments.own_segment(later.db, commit))
        commit = links[-1].base
    return Tree(later.db, [*links, *earlier.chain]) if commit == earlier.chain[0].commit_key else None


def diff_changes(later: Tree, earlier: Tree, directory: str) -> Iterator[Pair]:
    """(later, earlier) for everything that the commits in between touched and changed."""
    between = later.chain[: len(later.chain) - len(earlier.chain)]
    previous = ""
    for change in Tree(later.db, between).entries(directory, live_only=False):
        for parent in paths.parents(change.path):
            if parent.startswith(directory) and not previous.startswith(parent):
                yield from changed(later.find_directory(parent), earlier.find_directory(parent))
        previous = change.path
        old = earlier.entry(change.path, change.datum)
        yield from changed([file_node(change)] if change.live else [], [file_node(old)] if old else [])


def diff_levels(new: Tree, old: Tree, pairs: Iterator[Pair]) -> Iterator[Pair]:
    """The pairs, each followed by what is different below it: equal directories are never looked into."""
    for after, before in pairs:
        yield after, before
        path = (after or before or Node("", "", 0, b"")).path
        if path.endswith("/"):
            sides = new.children(path) if after else iter(()), old.children(path) if before else iter(())
            yield from diff_levels(new, old, diff(*sides))


def changed(after: list[Node], before: list[Node]) -> Iterator[Pair]:
    """The pair, unless both are the same."""
    new, old = next(iter(after), None), next(iter(before), None)
    if (new or old) and (new is None or old is None or new.hash != old.hash):
        yield new, old


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

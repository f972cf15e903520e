"""What a call costs, counted in the database's steps: it must follow what the call touches, not the repo's size."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hitl_assets.emulators.pachyderm.store import repos
from hitl_assets.emulators.pachyderm.store.commits import branches, commit_sets, commits
from hitl_assets.emulators.pachyderm.store.commits.rows import get_commit
from hitl_assets.emulators.pachyderm.store.records import Commit
from hitl_assets.emulators.pachyderm.store.store import Store
from hitl_assets.emulators.pachyderm.store.trees import segments
from hitl_assets.emulators.pachyderm.store.trees.differences import diff, diff_trees, walk_path
from hitl_assets.emulators.pachyderm.store.trees.edits import Delete, Edit, Editor, Put
from hitl_assets.emulators.pachyderm.store.trees.trees import Tree, open_tree


def put(path: str, content: int = 0) -> list[Edit]:
    """Overwrite a file with something whose bytes don't matter."""
    return [Delete(path, "default"), Put(path, "default", 1 + content, content.to_bytes(32, "big"))]


def commit(store: Store, edits: list[Edit], error: str = "") -> Commit:
    """A finished commit on the branch `master`."""
    with store.write() as write:
        repo = repos.get_repo(write.db, "many")
        made = commits.start_commit(write, repo, "master", None, "")
        Editor(write, store.files, made).apply(edits)
        commits.finish_commit(write, made, 0, error=error)
    return made


def load(path: Path, files: int) -> Store:
    """A store with one repo and one commit, 100 files in a directory."""
    store = Store(path)
    with store.write() as write:
        repos.create_repo(write, "many", "user", "", update=False)
    commit(store, [one for number in range(files) for one in put(f"/{number // 100}/{number % 100}")])
    return store


def steps(store: Store, work: Callable[[Any], object]) -> int:
    """Hundreds of steps of SQLite's machine that reading took."""
    counted = 0

    def count() -> int:
        nonlocal counted
        counted += 1
        return 0

    with store.read() as db:
        db.set_progress_handler(count, 100)
        work(db)
        db.set_progress_handler(None, 0)
    return counted


def one_file_commit(store: Store) -> int:
    """Steps of a commit with one file."""
    counted: list[int] = []
    with store.write() as write:
        write.db.set_progress_handler(lambda: counted.append(1), 100)
    commit(store, put("/0/5", 7))
    with store.write() as write:
        write.db.set_progress_handler(None, 0)
    return len(counted)


@pytest.mark.slow
def test_costs_do_not_grow_with_the_repo(tmp_path: Path) -> None:
    """Commit, get, list and diff at 20 times the files: the root's children are more, nothing else is."""
    costs = []
    for files in (1_000, 20_000):
        store = load(tmp_path / str(files), files)
        writing = one_file_commit(store)
        with store.read() as db:
            branch = branches.get_branch(db, repos.get_repo(db, "many"), "master")
            new = get_commit(db, branch.head or 0)

        def diff_it(db: Any, new: Commit = new) -> None:
            pairs = diff_trees(open_tree(db, new.key), open_tree(db, new.parent or 0), "/", "/")
            assert [pair[0].path for pair in pairs if pair[0]] == ["/", "/0/", "/0/5"]

        reading = [
            steps(store, lambda db, key=new.key: open_tree(db, key).find("/3/33")),
            steps(store, lambda db, key=new.key: list(open_tree(db, key).children("/3/"))),
            steps(store, diff_it),
        ]
        costs.append([writing, *reading])
        store.close()
    small, large = costs
    # Some slack for deeper B-trees, and for the 200 directories that the hash of the root is made of.
    slack = (2, 2, 2, 150)
    assert all(big <= little + more for little, big, more in zip(small, large, slack, strict=True)), costs


@pytest.mark.slow
def test_a_long_history_reads_as_fast_as_a_short_one(tmp_path: Path) -> None:
    """The oldest file is at most 15 segments per level away."""
    store = load(tmp_path, 1)
    for number in range(300):
        made = commit(store, put("/0/hot", number))
    with store.read() as db:
        assert len(segments.chain(db, made.key)) <= 3 * 15
        assert open_tree(db, made.key).entry("/0/0", "default")
    store.close()


def check_tree(db: Any, tree: Tree) -> None:
    """Kept rows say what a walk over all files says."""
    walked = Tree(db, tree.chain)
    walked.is_summed = False
    assert tree.is_summed
    assert list(tree.nodes("/")) == list(walked.nodes("/"))
    for directory in ("/", "/1/", "/1/2/", "/gone/"):
        assert list(tree.children(directory)) == list(walked.children(directory))
        assert tree.find_directory(directory) == walked.find_directory(directory)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_kept_totals_equal_walked_ones(tmp_path: Path, seed: int) -> None:
    """Over random edits, errors, squashed and dropped commits; diffs too."""
    chance = random.Random(seed)  # noqa: S311 - a test
    store = load(tmp_path, 30)
    made = []
    for number in range(60):
        path = "/".join(["", *(str(chance.randrange(4)) for _ in range(chance.randrange(2, 4))), "file"])
        edits = [*put(path, number), *put(f"/top{chance.randrange(9)}", number)]
        edits.append(Delete(chance.choice(["/1/", "/2/3/", "/0/5", path]), "default"))
        made.append(commit(store, edits, error=chance.choice(["", "", "", "broken"])))
        if number % 7 == 0:
            doomed = made.pop(chance.randrange(max(1, len(made) - 1)))
            with store.write() as write:
                if commits.child_commits(write.db, doomed):
                    commit_sets.squash_set(write, doomed.id)
                else:
                    commit_sets.drop_set(write, doomed.id)
    with store.read() as db:
        trees = [open_tree(db, one.key) for one in made]
        for tree in trees:
            check_tree(db, tree)
        for _ in range(60):
            new, old = chance.choice(trees), chance.choice(trees)
            expected = list(diff(walk_path(new, "/"), walk_path(old, "/")))
            assert list(diff_trees(new, old, "/", "/")) == expected
    store.close()

"""Which role a call takes where pachd asks for tokens: on the repo, on the cluster, or none.

A real server needs HITL_CONTRACT_PACHD_TOKEN of somebody who may make repos and tokens. The tokens made here end
after ten minutes; their roles go with the repos.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from hitl_assets.pachyderm_protobuf import auth_pb2
from hitl_assets.services.errors import ServiceError
from hitl_assets.services.pachyderm import Pachyderm

from .pachyderm_commits import (
    Ask,
    changes,
    closed,
    commit,
    finished,
    opened,
    patiently,
    refused,
    remove,
    started,
    ways_to_read,
)

DROP = "needs permissions [REPO_DELETE_COMMIT] on CLUSTER"


@dataclass(frozen=True)
class Door:
    """A pachd that asks for tokens, the one who may do everything there, and a repo."""

    admin: Pachyderm
    repo: str
    on_cluster: list[str] = field(default_factory=list)

    def robot(self, role: str | None, cluster_role: str | None = None) -> Pachyderm:
        """Somebody with one role on the repo, or none; perhaps with one on the cluster."""
        name = f"contract_{uuid4().hex[:8]}"
        token = self.admin.client.get_robot_token(name, 600)
        if role:
            where = auth_pb2.Resource(type=auth_pb2.REPO, name=f"default/{self.repo}")
            self.admin.client.modify_role_binding(where, f"robot:{name}", [role])
        if cluster_role:
            self.on_cluster.append(f"robot:{name}")
            where = auth_pb2.Resource(type=auth_pb2.CLUSTER)
            self.admin.client.modify_role_binding(where, f"robot:{name}", [cluster_role])
        return Pachyderm(self.admin.address, token)


@pytest.fixture
def door(guarded_pachd: Pachyderm, prefix: str) -> Iterator[Door]:
    """A repo there with one finished commit."""
    patiently(lambda: guarded_pachd.client.create_repo(prefix, "a contract test of hitl_assets; can be deleted"))
    commit(guarded_pachd, prefix, {"/a.csv": b"x"})
    door = Door(guarded_pachd, prefix)
    yield door
    for name in door.on_cluster:
        guarded_pachd.client.modify_role_binding(auth_pb2.Resource(type=auth_pb2.CLUSTER), name)
    remove(guarded_pachd, prefix)


def lacks(door: Door, *permissions: str) -> str:
    """What the text of a refusal says."""
    return f"needs permissions [{' '.join(permissions)}] on REPO default/{door.repo}"


def readings(door: Door, pachd: Pachyderm) -> dict[str, tuple[Ask, str]]:
    """Every call that reads, and the text that refuses it."""
    client, repo = pachd.client, door.repo
    head = door.admin.client.inspect_branch(repo, "master").head.id
    reads = ways_to_read(pachd, repo, head, "/a.csv")
    every: dict[str, tuple[Ask, str]] = {
        "list_commit": (lambda: list(client.list_commit(repo, all=True)), lacks(door, "REPO_LIST_COMMIT")),
        "inspect_commit": (lambda: client.inspect_commit((repo, head)), lacks(door, "REPO_INSPECT_COMMIT")),
        "subscribe": (lambda: next(client.subscribe_commit(repo, "master")), lacks(door, "REPO_INSPECT_COMMIT")),
        "list_branch": (lambda: list(client.list_branch(repo)), lacks(door, "REPO_LIST_BRANCH")),
        "diff_file": (lambda: changes(client.diff_file((repo, head), "/")), lacks(door, "REPO_READ")),
        "list_file": (reads["list_file"], lacks(door, "REPO_LIST_FILE")),
        "glob_file": (reads["glob_file"], lacks(door, "REPO_READ", "REPO_LIST_FILE")),
        "walk_file": (reads["walk_file"], lacks(door, "REPO_READ", "REPO_LIST_FILE")),
        "inspect_file": (reads["inspect_file"], lacks(door, "REPO_INSPECT_FILE")),
        "get_file": (reads["get_file"], lacks(door, "REPO_READ")),
        "get_file_tar": (reads["get_file_tar"], lacks(door, "REPO_READ")),
    }
    return every


def test_reading_takes_the_reader(door: Door) -> None:
    """Without a role on the repo each call says what it lacks."""
    for ask, _ in readings(door, door.robot("repoReader")).values():
        assert ask()
    for ask, text in readings(door, door.robot(None)).values():
        with refused("PERMISSION_DENIED", text):
            ask()


def test_that_a_repo_and_its_branches_are_there_is_no_secret(door: Door) -> None:
    """A token without any role learns it, and the newest commit's id."""
    nobody, head = door.robot(None).client, door.admin.client.inspect_branch(door.repo, "master").head.id
    assert nobody.inspect_repo(door.repo).repo.name == door.repo
    assert nobody.inspect_branch(door.repo, "master").head.id == head
    assert door.repo in [info.repo.name for info in nobody.list_repo()]
    with refused("NOT_FOUND", 'branch "no" not found'):
        nobody.inspect_branch(door.repo, "no")


@pytest.mark.parametrize("role", [None, "repoReader"])
def test_writing_takes_the_writer(door: Door, role: str | None) -> None:
    """A reader starts no commit and closes none, not even an abandoned one."""
    client, repo, held = door.robot(role).client, door.repo, started(door.admin, door.repo, "held")
    calls: tuple[tuple[Ask, str], ...] = (
        (lambda: client.start_commit(repo, "master"), "REPO_WRITE"),
        (lambda: client.start_commit(repo, "new"), "REPO_WRITE"),
        (lambda: client.finish_commit((repo, held)), "REPO_WRITE"),
        (lambda: client.finish_commit((repo, held), error="taken for dead"), "REPO_WRITE"),
        (lambda: client.create_branch(repo, "new"), "REPO_CREATE_BRANCH"),
        (lambda: client.delete_branch(repo, "master"), "REPO_DELETE_BRANCH"),
    )
    for ask, permission in calls:
        with refused("PERMISSION_DENIED", lacks(door, permission)):
            ask()


def test_the_writer_writes_and_closes_what_others_left(door: Door) -> None:
    """On new branches too; an abandoned commit of somebody else is closed with an error."""
    writer, repo = door.robot("repoWriter"), door.repo
    finished(writer, repo, closed(writer, repo, {"/b.csv": b"x"}, "new"))
    left = opened(door.admin, repo, {"/half.csv": b"x"})
    writer.client.finish_commit((repo, left), error="taken for dead")
    assert finished(writer, repo, commit(writer, repo, {"/c.csv": b"x"})).parent_commit.id == left
    writer.client.create_branch(repo, "side", head_commit=(repo, left))
    writer.client.delete_branch(repo, "side")


@pytest.mark.parametrize("role", [None, "repoReader", "repoWriter", "repoOwner"])
def test_no_role_on_a_repo_is_enough_to_drop_or_squash(door: Door, role: str | None) -> None:
    """Not one's own commit, nor one that isn't there: it takes a role on the cluster."""
    client, held = door.robot(role).client, started(door.admin, door.repo)
    for ask in (
        lambda: client.drop_commit(held),
        lambda: client.drop_commit(uuid4().hex),
        lambda: client.squash_commit(uuid4().hex),
    ):
        with refused("PERMISSION_DENIED", DROP):
            ask()


def test_the_writer_on_the_cluster_drops(door: Door) -> None:
    """In every repo, and needs no role there."""
    writer = door.robot(None, cluster_role="repoWriter")
    writer.client.drop_commit(opened(writer, door.repo, {}))
    started(writer, door.repo)


def test_everybody_makes_repos_and_owns_them(door: Door) -> None:
    """In the default project; one that is there already exists for everybody."""
    nobody, name = door.robot(None), f"{door.repo}_own"
    nobody.client.create_repo(name)
    try:
        commit(nobody, name, {"/a.csv": b"x"})
        with refused("PERMISSION_DENIED", DROP):
            nobody.client.drop_commit(started(nobody, name))
        with refused("ALREADY_EXISTS"):
            nobody.client.create_repo(door.repo)
    finally:
        nobody.client.delete_repo(name, force=True)
    with refused("NOT_FOUND"):
        door.admin.client.inspect_repo(name)


def test_a_missing_repo_is_one_without_roles(door: Door) -> None:
    """Only inspect_repo says NOT_FOUND to a token without a role on the cluster."""
    client, missing = door.robot("repoWriter").client, f"{door.repo}_missing"
    for ask in (
        lambda: list(client.list_commit(missing, to_commit=(missing, "master"), all=True)),
        lambda: client.start_commit(missing, "master"),
    ):
        with refused("UNKNOWN", f"no role binding exists for REPO default/{missing}"):
            ask()
    with refused("NOT_FOUND", f"repo default/{missing} not found"):
        client.inspect_repo(missing)


@pytest.mark.parametrize(
    ("token", "text"), [(None, "no authentication token"), ("wrong", "provided auth token is corrupted or has expired")]
)
def test_nothing_but_the_version_is_told_without_a_token(door: Door, token: str | None, text: str) -> None:
    """Nor with a wrong one."""
    stranger, made = Pachyderm(door.admin.address, token), uuid4().hex
    assert stranger.check() == door.admin.check()
    for ask in (
        lambda: list(stranger.client.list_repo()),
        lambda: stranger.client.create_repo(f"{door.repo}_no"),
        lambda: stranger.client.start_commit(door.repo, "master"),
        lambda: stranger.client.drop_commit(made),
        *ways_to_read(stranger, door.repo, "master", "/a.csv").values(),
    ):
        with refused("UNAUTHENTICATED", text):
            ask()


def test_tokens_and_roles_are_given_by_those_who_may(door: Door) -> None:
    """The owner gives roles on the repo, the cluster gives tokens."""
    where = auth_pb2.Resource(type=auth_pb2.REPO, name=f"default/{door.repo}")
    with refused("PERMISSION_DENIED", "CLUSTER_AUTH_GET_ROBOT_TOKEN] on CLUSTER"):
        door.robot("repoOwner").client.get_robot_token("another")
    with refused("PERMISSION_DENIED", lacks(door, "REPO_MODIFY_BINDINGS")):
        door.robot("repoWriter").client.modify_role_binding(where, "robot:another", ["repoReader"])
    door.robot("repoOwner").client.modify_role_binding(where, "robot:another", ["repoReader"])


def test_a_token_is_told_what_it_may_do(door: Door) -> None:
    """Without trying it."""
    where = auth_pb2.Resource(type=auth_pb2.REPO, name=f"default/{door.repo}")
    for role, expected in {"repoReader": False, "repoWriter": True}.items():
        assert door.robot(role).client.authorize(where, [auth_pb2.REPO_WRITE]).authorized == expected


# What we do with it.


def publish(pachd: Pachyderm, repo: str, name: str) -> str:
    """What a publication does: under the lock, one commit."""
    with pachd.held(repo, name, is_stale=lambda _: False):
        return pachd.write(repo, {f"/{name}/a.csv": b"x"}, name, replace=f"/{name}")


def test_the_writer_publishes_one_batch_after_the_other(door: Door) -> None:
    """The lock is free again, though it can't be dropped."""
    writer = door.robot("repoWriter")
    made = [publish(writer, door.repo, name) for name in "pq"]
    assert [each.id for each in writer.commits_since(door.repo, "master", None)][1:] == made


def test_the_writer_takes_a_lock_that_was_left(door: Door) -> None:
    """Somebody died while they held it."""
    door.admin.client.start_commit(door.repo, "lock", description="dead")
    writer = door.robot("repoWriter")
    with writer.held(door.repo, "alive", is_stale=lambda description: description == "dead"):
        pass


@pytest.mark.parametrize("files", [{"/b+.csv": b"x"}, {"/a.csv/b": b"x"}])
def test_what_the_writer_cannot_write_blocks_nobody(door: Door, files: dict[str, bytes]) -> None:
    """The next commit is made, and has nothing of it."""
    writer = door.robot("repoWriter")
    with pytest.raises(ServiceError):
        writer.write(door.repo, files, "bad")
    made = writer.write(door.repo, {"/c.csv": b"x"}, "good")
    assert set(writer.list_files(door.repo, made, "/**")) == {"/a.csv", "/c.csv"}
    assert writer.head(door.repo) == made


def test_the_reader_follows_a_repo(door: Door) -> None:
    """That is all that the source's repo takes."""
    reader = door.robot("repoReader")
    (first,) = reader.commits_since(door.repo, "master", None)
    assert reader.head(door.repo) == first.id
    assert reader.read(door.repo, first.id, "/a.csv") == b"x"
    assert reader.read_matching(door.repo, first.id, "/**") == {"/a.csv": b"x"}

"""What a token may do: as tried on a server with auth, call by call and role by role."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from python_pachyderm.service import Service

from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.emulators.pachyderm.access.roles import RolesError, load_roles
from hitl_assets.pachyderm_protobuf import auth_pb2
from hitl_assets_tests.emulators.pachyderm.conftest import connect

ROLES = {
    "tokens": {
        "admin": {"name": "robot:admin", "cluster": ["clusterAdmin"]},
        "nobody": {"name": "robot:nobody"},
        "reader": {"name": "robot:reader", "repos": {"headlines": ["repoReader"]}},
        "writer": {"name": "robot:writer", "repos": {"headlines": ["repoWriter"]}},
        "everywhere": {"name": "robot:everywhere", "cluster": ["repoWriter"]},
        "project": {"name": "robot:project", "projects": {"default": ["projectWriter"]}},
        "owner": {"name": "robot:owner"},
    }
}
CLUSTER, PROJECT = auth_pb2.Resource(type=auth_pb2.CLUSTER), auth_pb2.Resource(type=4, name="default")
REPO = auth_pb2.Resource(type=auth_pb2.REPO, name="default/headlines")
HEAD = ("headlines", "master")

Act = Callable[[Any], Any]
READS: dict[str, tuple[Act, str]] = {
    "list branches": (lambda client: list(client.list_branch("headlines")), "REPO_LIST_BRANCH"),
    "inspect a commit": (lambda client: list(client.inspect_commit(HEAD)), "REPO_INSPECT_COMMIT"),
    "list commits": (lambda client: list(client.list_commit("headlines")), "REPO_LIST_COMMIT"),
    "glob": (lambda client: list(client.glob_file(HEAD, "/*")), "REPO_READ REPO_LIST_FILE"),
    "walk": (lambda client: list(client.walk_file(HEAD, "/")), "REPO_READ REPO_LIST_FILE"),
    "list files": (lambda client: list(client.list_file(HEAD, "/")), "REPO_LIST_FILE"),
    "inspect a file": (lambda client: client.inspect_file(HEAD, "/a"), "REPO_INSPECT_FILE"),
    "diff": (lambda client: list(client.diff_file(HEAD, "/")), "REPO_READ"),
}
WRITES: dict[str, tuple[Act, str]] = {
    "start": (lambda client: client.start_commit("headlines", "new"), "REPO_WRITE"),
    "finish": (lambda client: client.finish_commit(("headlines", "open")), "REPO_WRITE"),
    "put": (lambda client: client.put_file_bytes(HEAD, "/b", b"x"), "REPO_WRITE"),
    "describe": (lambda client: client.create_repo("headlines", "other", update=True), "REPO_WRITE"),
    "create a branch": (lambda client: client.create_branch("headlines", "side"), "REPO_CREATE_BRANCH"),
    "delete a branch": (lambda client: client.delete_branch("headlines", "gone"), "REPO_DELETE_BRANCH"),
}
FOR_ALL: dict[str, Act] = {
    "version": lambda client: client.get_remote_version(),
    "who am i": lambda client: client.who_am_i(),
    "list repos": lambda client: list(client.list_repo()),
    "inspect a repo": lambda client: client.inspect_repo("headlines"),
    "inspect a branch": lambda client: client.inspect_branch("headlines", "master"),
    "make a repo": lambda client: client.create_repo("mine"),
    "write into an open commit": lambda client: client.put_file_bytes(("headlines", "open"), "/b", b"x"),
}
DENIED = "robot:{} is not authorized to perform this operation - needs permissions [{}] on {}. Run"


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[PachydermEmulator]:
    """An emulator with roles, and the repo `headlines` of the token `owner`."""
    with PachydermEmulator(tmp_path / "state", roles=ROLES) as running:
        owner = connect(running, "owner")
        owner.create_repo("headlines")
        owner.put_file_bytes(HEAD, "/a", b"x")
        owner.create_branch("headlines", "gone")
        owner.start_commit("headlines", "open")
        yield running


def refused(act: Act, client: Any) -> str:
    """The text of PERMISSION_DENIED."""
    with pytest.raises(grpc.RpcError) as caught:
        act(client)
    assert caught.value.code() == grpc.StatusCode.PERMISSION_DENIED
    return str(caught.value.details())


@pytest.mark.parametrize(("act", "needed"), READS.values(), ids=READS)
def test_reading_needs_the_role_of_a_reader(emulator: PachydermEmulator, act: Act, needed: str) -> None:
    """The refusal names the permission and the repo."""
    for token in ("reader", "writer", "owner", "everywhere", "admin"):
        act(connect(emulator, token))
    for token in ("nobody", "project"):
        text = refused(act, connect(emulator, token))
        assert DENIED.format(token, needed, "REPO default/headlines") in text


@pytest.mark.parametrize(("act", "needed"), WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("token", ["writer", "owner", "everywhere", "admin"])
def test_writing_works_with_the_role_of_a_writer(
    emulator: PachydermEmulator, act: Act, needed: str, token: str
) -> None:
    """On the repo or above it."""
    act(connect(emulator, token))


@pytest.mark.parametrize(("act", "needed"), WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("token", ["nobody", "reader", "project"])
def test_writing_is_refused_without_the_role(emulator: PachydermEmulator, act: Act, needed: str, token: str) -> None:
    """Nothing of the call is kept."""
    text = refused(act, connect(emulator, token))
    assert DENIED.format(token, needed, "REPO default/headlines") in text
    assert len(list(connect(emulator, "owner").list_commit("headlines"))) == 2


@pytest.mark.parametrize("act", FOR_ALL.values(), ids=FOR_ALL)
def test_some_calls_need_no_role(emulator: PachydermEmulator, act: Act) -> None:
    """pachd asks nobody when a commit is open already; and everybody may make repos in the default project."""
    act(connect(emulator, "nobody"))


@pytest.mark.parametrize("token", ["reader", "writer", "owner"])
@pytest.mark.parametrize("act", ["drop_commit", "squash_commit"])
def test_dropping_needs_a_role_on_the_cluster(emulator: PachydermEmulator, token: str, act: str) -> None:
    """The owner of the repo may not: F2."""
    commit = connect(emulator, "owner").inspect_branch("headlines", "open").head.id
    text = refused(lambda client: getattr(client, act)(commit), connect(emulator, token))
    assert DENIED.format(token, "REPO_DELETE_COMMIT", "CLUSTER ") in text


def test_a_writer_of_the_whole_cluster_may_drop(emulator: PachydermEmulator) -> None:
    """The least role that can."""
    client = connect(emulator, "everywhere")
    client.drop_commit(client.inspect_branch("headlines", "open").head.id)


def test_starting_in_a_missing_repo_is_no_question_of_rights(emulator: PachydermEmulator) -> None:
    """Only a role above the repo shows that it is missing."""
    with pytest.raises(grpc.RpcError) as caught:
        connect(emulator, "writer").start_commit("missing", "master")
    assert caught.value.code() == grpc.StatusCode.UNKNOWN
    text = "start commit in transaction: no role binding exists for REPO default/missing"
    assert caught.value.details() == text
    with pytest.raises(grpc.RpcError) as caught:
        connect(emulator, "everywhere").start_commit("missing", "master")
    assert caught.value.code() == grpc.StatusCode.NOT_FOUND


def test_deleting_a_repo_of_others_does_nothing(emulator: PachydermEmulator) -> None:
    """And says nothing."""
    connect(emulator, "writer").delete_repo("headlines")
    assert connect(emulator, "nobody").inspect_repo("headlines").repo.name == "headlines"
    connect(emulator, "owner").delete_repo("headlines")
    assert list(connect(emulator, "nobody").list_repo()) == []


def test_the_maker_of_a_repo_owns_it_after_a_restart(tmp_path: Path) -> None:
    """Others have nothing to do with it."""
    with PachydermEmulator(tmp_path, roles=ROLES) as emulator:
        connect(emulator, "nobody").create_repo("mine")
    with PachydermEmulator(tmp_path, roles=ROLES) as emulator:
        connect(emulator, "nobody").start_commit("mine", "master")
        assert "[REPO_LIST_COMMIT]" in refused(
            lambda client: list(client.list_commit("mine")), connect(emulator, "owner")
        )


def test_a_transaction_makes_its_callers_repos(emulator: PachydermEmulator) -> None:
    """Whoever finishes it owns them."""
    client = connect(emulator, "nobody")
    with client.transaction():
        client.create_repo("one")
        client.create_repo("two")
    client.start_commit("two", "master")


def test_making_repos_can_be_kept_to_some(tmp_path: Path) -> None:
    """A cluster where not everybody may."""
    roles = {
        "everybody": {"default": []},
        "tokens": {"a": {"name": "robot:a"}, "b": {"projects": {"default": ["projectWriter"]}}},
    }
    with PachydermEmulator(tmp_path, roles=roles) as emulator:
        text = refused(lambda client: client.create_repo("x"), connect(emulator, "a"))
        assert text.startswith("failed to create repo: " + DENIED.format("a", "PROJECT_CREATE_REPO", "PROJECT default"))
        connect(emulator, "b").create_repo("x")


def test_a_caller_can_ask_for_its_rights(emulator: PachydermEmulator) -> None:
    """Who it is, which of some permissions it has, and its roles."""
    client = connect(emulator, "reader")
    assert client.who_am_i().username == "robot:reader"
    answer = client.authorize(REPO, [auth_pb2.REPO_READ, auth_pb2.REPO_WRITE])
    assert (answer.authorized, list(answer.satisfied), list(answer.missing)) == (
        False,
        [auth_pb2.REPO_READ],
        [auth_pb2.REPO_WRITE],
    )
    assert client.authorize(REPO, [auth_pb2.REPO_READ]).authorized
    assert client.authorize(PROJECT, [403]).authorized
    assert not client.authorize(CLUSTER, [auth_pb2.REPO_DELETE_COMMIT]).authorized
    own = client._req(Service.AUTH, "GetPermissions", resource=REPO)
    assert (list(own.roles), auth_pb2.REPO_WRITE in own.permissions) == (["repoReader"], False)


def test_roles_can_be_given_and_taken_away(emulator: PachydermEmulator) -> None:
    """As with pachctl auth set."""
    owner, other = connect(emulator, "owner"), connect(emulator, "nobody")
    owner.modify_role_binding(REPO, "robot:nobody", ["repoWriter"])
    other.start_commit("headlines", "new")
    owner.modify_role_binding(REPO, "robot:nobody", [])
    refused(READS["glob"][0], other)
    assert "[REPO_MODIFY_BINDINGS]" in refused(
        lambda client: client.modify_role_binding(REPO, "robot:writer", ["repoOwner"]), connect(emulator, "writer")
    )
    connect(emulator, "owner").modify_role_binding(REPO, "robot:reader", [])
    refused(READS["glob"][0], connect(emulator, "reader"))


def test_an_admin_can_make_tokens(emulator: PachydermEmulator) -> None:
    """For robots that the file doesn't name."""
    token = connect(emulator, "admin").get_robot_token("new", 3600)
    assert connect(emulator, token).who_am_i().username == "robot:new"
    refused(lambda client: client.get_robot_token("new", 3600), connect(emulator, "owner"))


def test_a_token_that_nobody_has_is_refused(emulator: PachydermEmulator) -> None:
    """As without roles."""
    for token in (None, "unknown"):
        with pytest.raises(grpc.RpcError) as caught:
            list(connect(emulator, token).list_repo())
        assert caught.value.code() == grpc.StatusCode.UNAUTHENTICATED


def test_a_single_token_may_do_everything(tmp_path: Path) -> None:
    """Also beside roles."""
    with PachydermEmulator(tmp_path, token="root", roles=ROLES) as emulator:
        client = connect(emulator, "root")
        assert client.who_am_i().username == "pach:root"
        client.create_repo("any")
        client.drop_commit(client.start_commit("any", "master").id)


def test_roles_come_from_a_file(tmp_path: Path) -> None:
    """YAML, of which JSON is a part; a mistake names the file and what there is."""
    path = tmp_path / "roles.json"
    path.write_text(json.dumps(ROLES), encoding="utf-8")
    assert load_roles(path).subjects["reader"] == "robot:reader"
    for bad in (
        "tokens: {a: {cluster: [king]}}",
        "tokens: {a: {rights: []}}",
        "[]",
        "tokens: {a: {cluster: x}}",
        "a: [",
    ):
        path.write_text(bad, encoding="utf-8")
        with pytest.raises(RolesError, match=r"roles\.json"):
            load_roles(path)


def test_no_name_tells_a_token(tmp_path: Path) -> None:
    """Subjects are shown in errors."""
    with PachydermEmulator(tmp_path, roles={"tokens": {"secret": {}}}) as emulator:
        assert "secret" not in connect(emulator, "secret").who_am_i().username

"""`hitl status`, as a person types it beside a loop, and as a program reads it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import InProcessCodeLocationOrigin, RemoteRepositoryOrigin
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, SensorInstigatorData
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

from hitl_assets.cli import main
from hitl_assets.emulators.pachyderm import PachydermEmulator
from hitl_assets.emulators.toloka import TolokaEmulator
from hitl_assets.services.pachyderm import Pachyderm

from .loops import collect, commit, headlines
from .test_batches import Desk

pytestmark = pytest.mark.slow
NAMES = [f"Headline {number}" for number in range(8)]
# Nothing listens there.
NOBODY = "127.0.0.1:9"


@pytest.fixture
def toloka_url(tmp_path: Path) -> Iterator[str]:
    """A Toloka of the test's own, with quick workers."""
    with TolokaEmulator(tmp_path / "toloka", speed="max") as emulator:
        yield emulator.url


@pytest.fixture
def desk(tmp_path: Path, prefix: str, pachyderm_address: str, toloka_url: str) -> Iterator[Desk]:
    """A project in a folder of its own, whose caps are low, and a terminal."""
    (tmp_path / "projects").mkdir()
    budget = {"per_batch": 2, "per_project": 200}
    made = Desk(tmp_path / "projects", prefix, pachyderm_address, toloka_url, budget=budget)
    with made.instance:
        yield made


def told(desk: Desk, *words: str) -> dict[str, Any]:
    """What a program reads."""
    said = desk.type("status", "--json", *words)
    assert said.exit_code == 0, said.output
    return json.loads(said.stdout)


def finish(desk: Desk) -> None:
    """Collect what is done, and run it."""
    for request in collect(desk.loop):
        assert desk.loop.run(request).success


def control(url: str, method: str, path: str, **body: Any) -> None:
    """Set something up in the emulator."""
    httpx.request(
        method, f"{url}/emulator/{path}", json=body, headers={"Authorization": "OAuth any"}
    ).raise_for_status()


def keep_cursor(desk: Desk, name: str, status: InstigatorStatus) -> None:
    """Store a sensor's state as the daemon does."""
    place = InProcessCodeLocationOrigin(LoadableTargetOrigin(python_file="loop.py"))
    origin = RemoteRepositoryOrigin(place, "__repository__").get_instigator_origin(f"{desk.name}_{name}")
    data = SensorInstigatorData(cursor=desk.loop.cursors.get(name))
    desk.instance.add_instigator_state(InstigatorState(origin, InstigatorType.SENSOR, status, data))


def test_batches_stand_where_they_are(desk: Desk, pachyderm: Pachyderm, toloka_url: str) -> None:
    """From a commit that nobody has seen to a labeled batch; what waits comes with a command that goes on with it."""
    project = desk.loop.project
    commit(pachyderm, project, headlines(*NAMES))
    desk.loop.publish()
    finish(desk)
    commit(pachyderm, project, headlines(*NAMES[:2]), "again.csv")
    desk.loop.publish()
    finish(desk)
    control(toloka_url, "POST", "faults", kind="pool_closed", after=3, times=1)
    commit(pachyderm, project, headlines(*[f"Other {name}" for name in NAMES]), "other.csv")
    desk.loop.publish()
    finish(desk)
    commit(pachyderm, project, "title\nNone\n", "bad.csv")
    desk.loop.publish()
    commit(pachyderm, project, headlines(*[f"Many {number}" for number in range(50)]), "many.csv")
    desk.loop.publish()
    control(toloka_url, "PUT", "clock", speed="manual")
    commit(pachyderm, project, headlines("One", "Two"), "open.csv")
    desk.loop.publish()
    hidden = commit(pachyderm, project, headlines("Three"), "hidden.csv")
    desk.loop.tick("commits")
    for name in ("raw_data", "tasks"):
        assert desk.loop.materialize(name, hidden).success
    assert desk.loop.materialize("pools", hidden, open=False).success
    commit(pachyderm, project, headlines("Four"), "new.csv")
    found = told(desk)
    (shown,) = found["projects"]
    states = ["labeled", "nothing_new", "partial", "failed", "failed", "open", "not_opened", "committed"]
    assert [each["state"] for each in shown["batches"]] == states
    assert shown["batches"][0]["spent"] == pytest.approx(0.39)
    assert shown["batches"][0]["price_of_a_label"] == pytest.approx(0.39 / 8)
    assert [each["failed_step"] for each in shown["batches"][3:5]] == ["raw_data", "pools"]
    assert shown["money"]["per_project"] == 200
    assert shown["money"]["spent"] == pytest.approx(sum(each["spent"] or 0 for each in shown["batches"]))
    assert shown["dataset"]["commit"] == pachyderm.head(f"{desk.name}_concatenated_dataset")
    waiting = found["waits_for_you"]
    assert [each["state"] for each in waiting] == ["partial", "failed", "failed", "not_opened"]
    assert "hitl dismiss" in waiting[1]["what"]
    assert "budget.per_batch is 2" in waiting[2]["what"]
    assert f"{toloka_url}/requester/project" in waiting[3]["what"]
    opened = desk.type(*waiting[3]["command"].split()[1:])
    assert "is open." in opened.output
    assert told(desk)["projects"][0]["batches"][6]["state"] == "open"
    for width in (80, 100, 140):
        screen = desk.type("status", width=width)
        assert screen.exit_code == 0, screen.output
        lines = [line for line in screen.output.splitlines() if "hitl" not in line]
        assert max(map(len, lines)) <= width
        assert all(word in screen.output for word in ("labeled", "ended early", "failed at pools", "not seen", "────"))
        assert f"hitl resume {desk.name} {waiting[0]['batch']}" in screen.output
        name = str(waiting[0]["batch"])
        short, time = name[-8:], f"{name[5:10]} {name[11:13]}:{name[13:15]}"
        assert (f"{time} other.csv {short}" if width == 140 else f"{time} {short}") in screen.output


def test_a_review_waits_with_its_command(
    tmp_path: Path, prefix: str, pachyderm: Pachyderm, pachyderm_address: str, toloka_url: str
) -> None:
    """One answer each and nothing to judge it by: a person decides everything."""
    desk = Desk(tmp_path, prefix, pachyderm_address, toloka_url, review={})
    with desk.instance:
        desk.leave_all_to_a_person()
        batch = commit(pachyderm, desk.loop.project, headlines(*NAMES))
        desk.loop.publish()
        finish(desk)
        found = told(desk)
        assert found["waits_for_you"][0]["command"] == f"hitl review {prefix} {batch}"
        assert "2 assignments wait for you" in desk.type("status").output


def test_only_the_newest_batches_and_those_that_go_on_are_shown(
    desk: Desk, pachyderm: Pachyderm, toloka_url: str
) -> None:
    """The sensor's cursor knows which older ones are not done."""
    control(toloka_url, "PUT", "clock", speed="manual")
    first = commit(pachyderm, desk.loop.project, headlines("One"))
    desk.loop.publish()
    others = []
    for number in range(3):
        others.append(commit(pachyderm, desk.loop.project, headlines("One"), f"{number}.csv"))
        desk.loop.publish()
    desk.loop.tick("pools")
    keep_cursor(desk, "pools", InstigatorStatus.STOPPED)
    (shown,) = told(desk, "--last", "1")["projects"]
    assert [each["batch"] for each in shown["batches"]] == [first, others[-1]]
    assert shown["batches_total"] == 4
    assert f"The sensor {desk.name}_pools is stopped" in shown["notes"][0]
    assert "2 older batches are not shown" in desk.type("status", "--last", "1").output


def test_services_that_are_away_are_named(desk: Desk, pachyderm: Pachyderm) -> None:
    """The rest is shown: Dagster knows what it saw last."""
    commit(pachyderm, desk.loop.project, headlines(*NAMES))
    desk.loop.publish()
    finish(desk)
    desk.environment |= {"TOLOKA_URL": f"http://{NOBODY}", "PACHD_ADDRESS": NOBODY}
    said = desk.type("status")
    assert said.exit_code == 0, said.output
    assert "labeled" in said.output
    assert f"Toloka at http://{NOBODY} could not read the balance" in " ".join(said.output.split())
    assert "Dagster's daemon never ran" in said.output
    found = told(desk)
    assert (found["toloka"]["answers"], found["pachyderm"]["answers"], found["dagster"]["daemon_runs"]) == (
        False,
        False,
        False,
    )


def test_another_account_does_not_make_a_pool_go(
    desk: Desk, pachyderm: Pachyderm, tmp_path: Path, toloka_url: str
) -> None:
    """Whoever forgot TOLOKA_URL must not be told to publish, and pay, anew; another cluster's commits are not ours."""
    control(toloka_url, "PUT", "clock", speed="manual")
    commit(pachyderm, desk.loop.project, headlines("One"))
    desk.loop.publish()
    with (
        TolokaEmulator(tmp_path / "another", speed="manual") as account,
        PachydermEmulator(tmp_path / "cluster") as cluster,
    ):
        commit(Pachyderm(cluster.address), desk.loop.project, headlines("Not ours"))
        desk.environment |= {"TOLOKA_URL": account.url, "PACHD_ADDRESS": cluster.address}
        (shown,) = told(desk)["projects"]
    assert [each["state"] for each in shown["batches"]] == ["open"]
    assert f"{cluster.address} does not have batch" in shown["notes"][0]


def test_a_terminal_that_lacks_characters_is_no_reason_to_fail(
    desk: Desk, pachyderm: Pachyderm, toloka_url: str
) -> None:
    """The bar of an open pool is not ASCII."""
    control(toloka_url, "PUT", "clock", speed="manual")
    commit(pachyderm, desk.loop.project, headlines("One"))
    desk.loop.publish()
    said = CliRunner(charset="ascii").invoke(main, ["status"], env=desk.environment)
    assert (said.exit_code, "open" in said.output) == (0, True), said.exception


def test_a_project_that_does_not_load_does_not_hide_the_others(desk: Desk) -> None:
    """And the one that cannot be found is named."""
    folder = Path(desk.environment["HITL_PROJECTS"])
    (folder / "broken").mkdir()
    (folder / "broken" / "defs.yaml").write_text("attributes: {name: broken}\n")
    said = desk.type("status")
    assert "See all of it: hitl check broken" in said.output
    assert f"No batch yet. Start one: hitl commit FILE.csv --project {desk.name}" in said.output
    assert [each["name"] for each in told(desk, "--project", desk.name)["projects"]] == [desk.name]
    unknown = desk.type("status", "--project", "fruit")
    assert (unknown.exit_code, "There is no project fruit" in unknown.output) == (1, True)


def test_a_commit_that_cannot_be_read_waits_until_it_is_dismissed(desk: Desk, pachyderm: Pachyderm) -> None:
    """Not until some other commit comes: its rows would never be labeled, and nobody would know."""
    batch = commit(pachyderm, desk.loop.project, "title\nOne\n", "bad.csv")
    desk.loop.publish()
    commit(pachyderm, desk.loop.project, headlines("Two"))
    desk.loop.publish()
    (waiting,) = [each for each in told(desk)["waits_for_you"] if each["batch"] == batch]
    assert "hitl dismiss" in waiting["what"]
    said = desk.type("dismiss", desk.name, batch[-8:])
    assert (said.exit_code, said.output.splitlines()[-1]) == (0, f"Batch {batch} is dismissed: 1 file is left out.")
    shown = told(desk)
    assert [each["batch"] for each in shown["waits_for_you"] if each["batch"] == batch] == []
    assert {each["batch"]: each["state"] for each in shown["projects"][0]["batches"]}[batch] == "dismissed"


def test_without_an_instance_it_says_how_to_get_one(desk: Desk, tmp_path: Path) -> None:
    """Not a traceback."""
    desk.environment["DAGSTER_HOME"] = str(tmp_path / "none")
    said = desk.type("status")
    assert (said.exit_code, "Start `hitl dev` first" in said.output) == (1, True)

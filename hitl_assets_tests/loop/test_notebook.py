"""The loop on a service that is not Toloka: free, with answers that change, and pools that nothing closes."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import yaml

from hitl_assets.component import shared_resources
from hitl_assets.events import key_of
from hitl_assets.labeling.answers.answers import READERS
from hitl_assets.labeling.project.loading import SERVICES, ConfigurationError, compose_project
from hitl_assets.local.check.check import check_project
from hitl_assets.resources import LABELERS, PachydermResource, TolokaResource
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets_tests.services.notebook import NAME, Notebook, NotebookResource, register

from .loops import Loop, commit, dataset, failures

SECTION = {
    "question": "Is this headline clickbait?",
    "inputs": ["headline"],
    "label": "category",
    "answers": ["yes", "no"],
    "paper": "squared",
}


@pytest.fixture
def registered() -> Iterator[None]:
    """The notebook is a service as Toloka is, for one test."""
    register()
    yield
    for registry in (SERVICES, LABELERS, READERS):
        del registry[NAME]


class NotebookLoop(Loop):
    """A loop whose people write into a notebook. Toloka's address is one at which nobody is."""

    def __init__(self, *parts: Any, folder: Path) -> None:
        self.notebook = Notebook(folder)
        super().__init__(*parts)

    def at(self, address: str, toloka: str) -> None:
        """Where Pachyderm is."""
        self.addresses = address, toloka
        pachyderm = PachydermResource(address=address, token="")
        own = {NAME: NotebookResource(folder=str(self.notebook.folder))}
        self.resources = shared_resources(TolokaResource(url=toloka, token="none"), pachyderm) | own
        definitions = dg.Definitions.merge(self.definitions, dg.Definitions(resources=self.resources))
        self.repository = definitions.get_repository_def()

    def write(self, batch: str, **answers: Mapping[str, str]) -> None:
        """What each person answers to which headline."""
        every = {(who, item): word for who, own in answers.items() for item, word in own.items()}
        self.notebook.write(self.pool_id(batch), every)

    def collect(self) -> list[str]:
        """A tick of `pools`, and its runs; the batches that they were for."""
        requests = list(self.tick("pools").run_requests or [])
        for request in requests:
            result = self.run(request)
            assert result.success, failures(result)
        return [str(request.partition_key) for request in requests]


@pytest.fixture
def noted(
    registered: None, instance: dg.DagsterInstance, pachyderm_address: str, prefix: str, tmp_path: Path
) -> NotebookLoop:
    """A loop on a notebook."""
    attributes = {"name": prefix, "source": {"repo": f"{prefix}_source"}, NAME: SECTION}
    project = compose_project(tmp_path / "defs.yaml", attributes)
    return NotebookLoop(project, instance, pachyderm_address, "http://127.0.0.1:9", folder=tmp_path)


def publish(loop: NotebookLoop, pachyderm: Pachyderm, *names: str) -> str:
    """Commit headlines, and let the sensor publish them; the batch."""
    batch = commit(pachyderm, loop.project, "\n".join(["headline", *names, ""]), f"{names[0]}.csv")
    for result in loop.publish():
        assert result.success, failures(result)
    return batch


@pytest.mark.slow
def test_a_commit_becomes_a_dataset_without_toloka(noted: NotebookLoop, pachyderm: Pachyderm) -> None:
    """Asked, watched and collected by what the service is like; no asset, check or number is about money."""
    batch = publish(noted, pachyderm, "One", "Two")
    assert noted.collect() == []  # nobody has answered
    noted.write(batch, ann={"One": "yes", "Two": "no"}, bob={"One": "yes"})
    assert noted.collect() == []
    noted.write(batch, bob={"Two": "no"})
    assert noted.collect() == [batch]
    lines = dataset(noted, pachyderm).splitlines()
    assert [line.split(",")[:2] for line in lines[1:]] == [["One", "yes"], ["Two", "no"]]
    names = {key.path[-1] for key in noted.repository.asset_graph.get_all_asset_keys()}
    assert "notebook_page" in names
    assert not {name for name in names if "toloka" in name or name == "golden_tasks"}
    for asset, part in (("pools", batch), ("raw_answers", batch), ("aggregated_labels", batch)):
        seen = noted.materialized(asset, part)
        assert not {name for name in seen if "spent" in name or "cap" in name or "estimate" in name}
    checks = {key.name for part in noted.parts for key in getattr(part, "check_keys", ())}
    assert not checks & {"money_adds_up", "estimate_is_under_the_cap", "enough_golden_tasks"}


@pytest.mark.slow
def test_an_answer_that_changes_after_it_was_collected_is_a_diff(noted: NotebookLoop, pachyderm: Pachyderm) -> None:
    """It comes with the next tick: new commits of answers, labels and dataset, and what changed is told."""
    batch = publish(noted, pachyderm, "One", "Two")
    noted.write(batch, ann={"One": "yes", "Two": "no"}, bob={"One": "yes", "Two": "no"})
    assert noted.collect() == [batch]
    assert noted.collect() == []  # nothing has changed
    repos = [f"{noted.project.name}_{name}" for name in ("raw_answers", "aggregated_labels", "concatenated_dataset")]
    before = [pachyderm.head(repo) for repo in repos]
    noted.write(batch, ann={"One": "no"}, bob={"One": "no"})
    assert noted.collect() == [batch]
    assert all(head != old for head, old in zip(map(pachyderm.head, repos), before, strict=True))
    seen = noted.materialized("raw_answers", batch)
    assert (seen["answers_added"], seen["answers_changed"], seen["answers_gone"]) == (0, 2, 0)
    assert noted.materialized("concatenated_dataset", None)["labels_changed"] == 1
    assert "One,no" in dataset(noted, pachyderm)


@pytest.mark.slow
def test_an_answer_that_is_gone_is_told_once_the_item_has_another(noted: NotebookLoop, pachyderm: Pachyderm) -> None:
    """Nobody says that it went: it is missed by its id."""
    batch = publish(noted, pachyderm, "One")
    noted.write(batch, ann={"One": "yes"}, bob={"One": "yes"})
    assert noted.collect() == [batch]
    noted.notebook.tear_out(noted.pool_id(batch), "bob", "One")
    assert noted.collect() == []  # not complete any more: what was collected stays
    noted.write(batch, cyd={"One": "yes"})
    assert noted.collect() == [batch]
    seen = noted.materialized("raw_answers", batch)
    assert (seen["answers_added"], seen["answers_changed"], seen["answers_gone"]) == (1, 0, 1)


@pytest.mark.slow
def test_a_look_is_one_request_for_all_batches(noted: NotebookLoop, pachyderm: Pachyderm) -> None:
    """However many are watched; and a batch is watched on, as its answers may change."""
    for name in ("One", "Two", "Three"):
        batch = publish(noted, pachyderm, name)
        noted.write(batch, ann={name: "yes"}, bob={name: "yes"})
    assert len(noted.collect()) == 3
    assert "3 pools watched" in str(noted.tick("pools").skip_message)


def test_what_a_service_cannot_do_is_refused_at_load(registered: None, tmp_path: Path) -> None:
    """It has no way to ask again; and a project has one service."""
    attributes: dict[str, Any] = {"name": "fruit", "source": {"repo": "fruit"}, NAME: SECTION}
    with pytest.raises(ConfigurationError, match="field overlap asks people again, which the notebook can't do"):
        compose_project(tmp_path / "defs.yaml", {**attributes, "overlap": {}})
    with pytest.raises(ConfigurationError, match=r"fields toloka, notebook each name who labels\. Keep one"):
        compose_project(tmp_path / "defs.yaml", {**attributes, "toloka": {}})
    with pytest.raises(ConfigurationError, match=r"field notebook\.people = 0 is not allowed"):
        compose_project(tmp_path / "defs.yaml", {**attributes, NAME: {**SECTION, "people": 0}})


def test_a_check_asks_of_it_what_it_has(registered: None, tmp_path: Path) -> None:
    """No price, no interface, no rehearsal on a Toloka."""
    folder = tmp_path / "fruit"
    folder.mkdir()
    attributes = {"name": "fruit", "source": {"repo": "fruit"}, NAME: SECTION}
    document = {"type": "hitl_assets.component.LabelingProject", "attributes": attributes}
    (folder / "defs.yaml").write_text(yaml.safe_dump(document))
    found = check_project(folder / "defs.yaml")
    assert (found.problems, found.plan) == ((), None)


@pytest.mark.slow
def test_the_section_is_passed_on_untouched(noted: NotebookLoop) -> None:
    """What only the service knows is its own."""
    assert noted.project.section.paper == "squared"
    assert noted.materialize("notebook_page", None).success
    assert noted.materialized("notebook_page", None)["page_id"] == noted.project.name
    assert key_of(noted.project, "notebook_page") in {key for part in noted.parts for key in getattr(part, "keys", ())}

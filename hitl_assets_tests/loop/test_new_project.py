"""What `hitl new` makes, run through the loop as it is."""

from pathlib import Path

import dagster as dg
import pytest

from hitl_assets.labeling.kinds.registry import KINDS
from hitl_assets.labeling.project.blueprint import EXAMPLES, Blueprint
from hitl_assets.labeling.project.loading import load_project
from hitl_assets.local.new.scaffold import make_project
from hitl_assets.services.pachyderm import Pachyderm

from .loops import Loop, collect, commit, dataset, failures

pytestmark = pytest.mark.slow


@pytest.fixture(params=KINDS)
def new_loop(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    prefix: str,
    instance: dg.DagsterInstance,
    pachyderm_address: str,
    toloka_url: str,
) -> Loop:
    """A loop of a new project with labels of a kind."""
    folder = make_project(Blueprint(prefix, classes=("apple", "pear", "plum"), kind=request.param), tmp_path)
    return Loop(load_project(folder / "defs.yaml"), instance, pachyderm_address, toloka_url)


def test_a_new_project_labels_its_examples(new_loop: Loop, pachyderm: Pachyderm) -> None:
    """From its first commit to its dataset, every check included."""
    examples = (new_loop.project.folder / EXAMPLES).read_text()
    batch = commit(pachyderm, new_loop.project, examples, EXAMPLES)
    published = new_loop.publish()
    assert all(result.success for result in published), [failures(result) for result in published]
    (request,) = collect(new_loop)
    result = new_loop.run(request)
    assert result.success, failures(result)
    assert dataset(new_loop, pachyderm).count(batch) == 20
    assert new_loop.materialized("raw_answers", batch)["close_reason"] == "COMPLETED"

"""An item that is withdrawn leaves the dataset and does not come back."""

import pytest

from hitl_assets.labeling.sections import Source
from hitl_assets.services.pachyderm import Pachyderm

from .loops import Loop, collect, commit, dataset, failures, headlines, verdicts

pytestmark = pytest.mark.slow


def finish(loop: Loop) -> None:
    """Run what waits, to the dataset."""
    for result in [*loop.publish(), *(loop.run(request) for request in collect(loop))]:
        assert result.success, failures(result)


def test_a_withdrawn_item_leaves_the_dataset_and_is_not_asked_again(loop: Loop, pachyderm: Pachyderm) -> None:
    """With what is gone in the metadata; taken from the list again, it is back, and nobody was paid for it twice."""
    repo = f"{loop.project.name}_withdrawn"
    loop = loop.with_configuration(withdrawn=Source(repo=repo))
    batch = commit(pachyderm, loop.project, headlines("Headline 1", "Headline 2"))
    finish(loop)
    pachyderm.write(repo, {"/w.csv": headlines("Headline 2\u00a0", "Headline 9").encode()}, "by a test")
    result = loop.materialize("concatenated_dataset", None)
    assert result.success, failures(result)
    assert verdicts(result)["every_label_is_in_the_dataset"]
    told = loop.materialized("concatenated_dataset", None)
    assert (told["rows_withdrawn"], told["rows_removed"], told["withdrawn_without_a_row"]) == (1, 1, 1)
    assert "Headline 1" in dataset(loop, pachyderm)
    assert "Headline 2" not in dataset(loop, pachyderm)
    again = commit(pachyderm, loop.project, headlines("Headline 2", "Headline 9"), "again.csv")
    loop.publish()
    assert loop.materialized("raw_data", again)["new_items"] == 0
    pachyderm.write(repo, {"/w.csv": b"item_key\n"}, "by a test", replace="/")
    assert loop.materialize("concatenated_dataset", None).success
    assert "Headline 2" in dataset(loop, pachyderm)
    assert batch in dataset(loop, pachyderm)

"""A loop that begins with few answers, on a Toloka of its own whose workers are quick and not kept out."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import dagster as dg

from hitl_assets.events import ITEMS_ASKED, key_of
from hitl_assets.io_managers import read_directory, store
from hitl_assets.labeling.aggregation.batch_calibration import StoredCalibration, engine_of
from hitl_assets.labeling.aggregation.calibration import Trial, calibrate
from hitl_assets.labeling.answers.answers import read_answers
from hitl_assets.labeling.labels.files import StoredLabels
from hitl_assets.labeling.pools.rounds import Round
from hitl_assets.labeling.project.automation import Overlap
from hitl_assets.labeling.project.declaration import Aggregation
from hitl_assets.labeling.project.loading import with_start
from hitl_assets.labeling.records import Label
from hitl_assets.labeling.storage.files import StoredRounds
from hitl_assets.partitions import batches
from hitl_assets.services.pachyderm import Pachyderm
from hitl_assets.services.toloka.account import Toloka

from .loops import Loop, collect, commit, failures, headlines, observed

NAMES = [f"Headline {number}" for number in range(24)]
# Under a majority vote: who gets two equal answers is done, who gets three to one is done, the others get five.
EARLIER = "earlier"
FEW = Overlap(start=2, max=5, confidence=0.7)


class Rounds:
    """The loop, and what can be seen of it."""

    def __init__(self, loop: Loop, address: str, url: str, **changes: Any) -> None:
        pool = {name: form for name, form in loop.project.pool.items() if name not in ("quality_control", "filter")}
        written = {"overlap": FEW, "aggregation": Aggregation(method="majority_vote"), **changes}
        configuration = loop.project.configuration.model_copy(update=written)
        project = replace(loop.project, pool=with_start(pool, configuration), configuration=configuration)
        self.loop = Loop(project, loop.instance, address, url)
        self.address, self.url = address, url
        self.toloka, self.pachyderm = Toloka(url, "any token"), Pachyderm(address)

    def edit(self, **changes: Any) -> None:
        """Somebody edits the YAML."""
        project, cursors = self.loop.project, self.loop.cursors
        edited = replace(project, configuration=project.configuration.model_copy(update=changes))
        self.loop = Loop(edited, self.loop.instance, self.address, self.url)
        self.loop.cursors = cursors

    def know(self) -> None:
        """An earlier batch without items left evidence that shares of votes mean what they say, and a little more."""
        project, shares = self.loop.project, {(1.0, 0.0): 1.0, (0.75, 0.25): 0.85, (0.5, 0.5): 0.5}
        tried = [(stated, right, number) for stated, right in shares.items() for number in range(300)]
        trials = tuple(Trial(f"{stated} {number}", 2, stated, right, "golden") for stated, right, number in tried)
        known = StoredCalibration(
            engine_of(project.configuration.aggregation, project.kind), calibrate(trials), trials=trials
        )
        self.loop.instance.add_dynamic_partitions(batches(project).name or "", [EARLIER])
        for name, value in {"calibration": known, "aggregated_labels": StoredLabels(())}.items():
            key = key_of(project, name)
            store(self.pachyderm, key, EARLIER, value, "", self.loop.instance)
            self.loop.instance.report_runless_asset_event(dg.AssetMaterialization(key, partition=EARLIER))

    def publish(self) -> str:
        """A batch of 24 items; its name."""
        batch = commit(self.pachyderm, self.loop.project, headlines(*NAMES))
        (result,) = self.loop.publish()
        assert result.success, failures(result)
        return batch

    def go_on(self) -> dg.ExecuteInProcessResult:
        """Tick until a run is asked for; that run."""
        (request,) = collect(self.loop)
        result = self.loop.run(request)
        assert result.success, failures(result)
        return result

    def finish(self) -> int:
        """Go on until there are labels; after how many runs."""
        runs = 1
        while not has_labels(self.go_on()):
            runs += 1
            assert runs < 20
        return runs

    def answers(self, batch: str) -> Counter[str]:
        """How many paid answers each item has."""
        every = self.toloka.assignments(self.loop.pool_id(batch))
        accepted = [each for each in every if each["status"] == "ACCEPTED"]
        return Counter(answer.item_key for answer in read_answers(accepted) if not answer.is_golden)

    def labels(self, batch: str) -> Mapping[str, Label]:
        """The labels of a batch, by item."""
        stored = read_directory(self.pachyderm, key_of(self.loop.project, "aggregated_labels"), batch, StoredLabels)
        return {label.item_key: label for label in stored.labels}

    def rounds(self, batch: str) -> tuple[Round, ...]:
        """The rounds of a batch that is labeled."""
        return read_directory(self.pachyderm, key_of(self.loop.project, "rounds"), batch, StoredRounds).rounds

    def begun(self, batch: str) -> list[dict[str, Any]]:
        """What was said when a round was begun, oldest first."""
        return [each for each in reversed(observed(self.loop, batch)) if ITEMS_ASKED in each]


def has_labels(result: dg.ExecuteInProcessResult) -> bool:
    """Whether a run came to its end."""
    return any(
        event.asset_key.path[-1] == "concatenated_dataset" for event in result.get_asset_materialization_events()
    )

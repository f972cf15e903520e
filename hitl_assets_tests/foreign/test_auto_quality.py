"""AutoQuality of toloka-kit: several pools with rules drawn at random, and the best of them."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
import toloka.client as toloka
import toloka.client.project.template_builder as tb
from scipy import stats
from scipy.stats import rankdata
from toloka.client.project import StringSpec

from hitl_assets_tests.foreign.conftest import Service
from hitl_assets_tests.foreign.programs import control_task, pool, project, training

pytestmark = pytest.mark.slow  # a whole program each

LABELS = ("good", "bad")
TEXTS = [f"review {number}" for number in range(20)]
TRUTH = [{"text": text, "label": LABELS[number % 2]} for number, text in enumerate(TEXTS)]
DISTRIBUTIONS = {
    "overlap": [3],
    "AssignmentSubmitTime": {"history_size": [5], "avg_page_seconds": [60], "too_fast_fraction": [0.1, 0.2]},
    "MajorityVote": {"history_size": [5], "incorrect_answers_rate": stats.norm(loc=60, scale=10)},
    "GoldenSet": {"history_size": [5], "incorrect_answers_rate": stats.norm(loc=60, scale=10)},
    "TrainingRequirement": {"training_passing_skill_value": stats.norm(loc=40, scale=5)},
}  # fmt: skip


def accepted(client: toloka.TolokaClient, pool_id: str) -> int:
    """How many suites were paid."""
    return len(list(client.get_assignments(pool_id=pool_id, status="ACCEPTED")))


def found(chosen: Any) -> list[tuple[str, dict[str, Any]]]:
    """What each pool was like."""
    return [(str(key), one["score"]) for key, one in chosen.scores.items()]


def by_agreement(scores: pd.DataFrame) -> pd.DataFrame:
    """A ranking of one's own; that of toloka-kit divides by the seconds that a pool took, and at full speed it is 0."""
    return scores.assign(main_rank=rankdata(scores["alpha_krippendorff"], method="ordinal"))


@pytest.mark.slow  # ranks are bootstrapped
def test_the_best_of_several_pools_is_found(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Clones of one pool with rules of their own; workers are spread over them by skills."""
    from toloka.autoquality import AutoQuality  # noqa: PLC0415  # seconds for all who collect tests

    # It waits eighteen seconds between two looks, for a service whose pools take hours.
    waited: list[float] = []
    monkeypatch.setattr("toloka.autoquality.optimizer.time.sleep", lambda seconds: waited.append(seconds))
    client = service(TRUTH)
    buttons = tb.RadioGroupFieldV1(
        tb.OutputData("label"), options=[tb.fields.GroupFieldOption(label, label) for label in LABELS]
    )
    asked = project(
        client, "Good or bad?", {"text": StringSpec()}, {"label": StringSpec(allowed_values=list(LABELS))},
        tb.TextViewV1(tb.InputData("text")), buttons,
    )  # fmt: skip
    first = training(client, asked, tasks=2, suites=1)
    lessons = [control_task(first.id, {"text": f"lesson {n}"}, {"label": LABELS[n % 2]}, "Again") for n in range(4)]
    client.create_tasks(lessons, allow_defaults=True)
    base = pool(client, asked, overlap=3)
    base.set_mixer_config(real_tasks_count=4, golden_tasks_count=1)
    base = client.create_pool(base)

    chosen = AutoQuality(
        toloka_client=client, project_id=asked.id, base_pool_id=base.id, training_pool_id=first.id,
        label_field="label", n_iter=2, parameter_distributions=DISTRIBUTIONS, ranking_func=by_agreement,
    )  # fmt: skip
    chosen.setup_pools()
    assert len(chosen.autoquality_pools) == 2
    known: list[Any] = [control_task("", {"text": f"known {n}"}, {"label": LABELS[n % 2]}) for n in range(12)]
    chosen.create_tasks([*(toloka.Task(input_values={"text": text}) for text in TEXTS), *known])
    chosen.run()
    assert all(pool.last_close_reason.value == "COMPLETED" for pool in chosen.autoquality_pools)
    for key, score in found(chosen):
        assert score["unique_submitters_count"] >= 3
        assert score["alpha_krippendorff"] > 0.2
        assert score["spent_budget"] == pytest.approx(0.02 * accepted(client, key))
    agreement = {key: score["alpha_krippendorff"] for key, score in found(chosen)}
    assert agreement[chosen.best_pool_id] == max(agreement.values())
    assert chosen.best_pool_params["overlap"] == 3
    chosen.archive_autoquality_pools()
    assert {client.get_pool(pool.id).status.value for pool in chosen.autoquality_pools} == {"ARCHIVED"}

"""From when on a check complains: the section `checks` of a project's YAML."""

from pydantic import Field

from hitl_assets.labeling.sections import Strict


class Checks(Strict):
    """Thresholds. Shares are 0 to 1."""

    golden_accuracy: float = Field(
        0.7, ge=0, le=1, description="warn when fewer of the answers to golden tasks are right"
    )
    golden_accuracy_stop: float = Field(
        0.5,
        ge=0,
        le=1,
        description="when fewer are right, the batch does not become labels by itself; unless they are so few that the "
        "90 % Clopper-Pearson interval reaches up to golden_accuracy: 1 of 15 stops, 1 of 3 may be chance",
    )
    golden_tasks: int = Field(10, ge=0, description="warn when there are fewer golden tasks: workers get to know them")
    answered_within_days: float = Field(
        3, gt=0, le=365, description="warn when a pool is open for longer: the batch waits for people"
    )
    fresh_within_days: float | None = Field(
        None, gt=0, le=3650, description="Dagster's freshness of the dataset: how often a batch is to be expected"
    )
    agreement: float = Field(0.7, ge=0, le=1, description="warn when labels have a smaller share of the votes")
    worker_share: float = Field(0.3, ge=0, le=1, description="warn when one worker gave a larger share of the answers")
    balance_shift: float = Field(
        0.3, ge=0, le=1, description="warn when a larger share of the labels would have to differ to be as the dataset"
    )

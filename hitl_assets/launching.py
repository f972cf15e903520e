"""What a person may say when launching a run by hand: in the launchpad, or through `hitl`."""

from collections.abc import Mapping
from typing import Literal

import dagster as dg
from pydantic import Field

from hitl_assets.labeling.review import Decision


class PoolConfig(dg.Config):
    """How to publish a batch."""

    open: bool = Field(
        True, description="False: fill the pool and leave it closed, to look at its preview. Materialize again to open."
    )
    resume: bool = Field(
        False, description="Open the pool again for the answers that are missing, if it ended before all were given."
    )


class ReviewConfig(dg.Config):
    """What a person decided about answers that wait for it."""

    accept: list[str] = Field(default_factory=list, description="Ids of assignments that are good: they are paid.")
    reject: list[str] = Field(default_factory=list, description="Ids of assignments that are not: asked for again.")
    rest: Literal["wait", "accept", "reject"] = Field("wait", description="What becomes of all others that wait.")

    def decided(self) -> Mapping[str, Decision]:
        """The decisions by assignment."""
        accepted: dict[str, Decision] = dict.fromkeys(self.accept, "accept")
        return {**accepted, **dict.fromkeys(self.reject, "reject")}

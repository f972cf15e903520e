"""What a person may say when launching a run by hand: in the launchpad, or through `hitl`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Literal, get_args

import dagster as dg
from pydantic import Field

from hitl_assets.labeling.answers.review import Decision
from hitl_assets.labeling.project.declaration import Aggregation, Method, Project
from hitl_assets.services.errors import ServiceError


class IntakeConfig(dg.Config):
    """How to take a batch in."""

    dismiss: bool = Field(
        False, description="Take nothing in: the batch is over, and what its commit brought is not asked about."
    )


class PoolConfig(dg.Config):
    """How to publish a batch."""

    open: bool = Field(
        True, description="False: fill the pool and leave it closed, to look at its preview. Materialize again to open."
    )
    resume: bool = Field(
        False, description="Open the pool again for the answers that are missing, if it ended before all were given."
    )


class AggregationConfig(dg.Config):
    """How answers become labels, this time."""

    method: Literal["own", Method] = Field("own", description="A method of aggregation; own: the project's.")
    iterations: int = Field(0, ge=0, le=10_000, description="How many, at most, for methods that iterate; 0: as ever.")

    def apply_to(self, project: Project) -> Project:
        """The project with this method."""
        own = project.configuration.aggregation
        method = own.method if self.method == "own" else self.method
        chosen = Aggregation(method=method, iterations=self.iterations or own.iterations)
        return replace(project, configuration=project.configuration.model_copy(update={"aggregation": chosen}))


class ComparisonConfig(dg.Config):
    """Which methods to compare."""

    methods: list[str] = Field(default_factory=list, description="Methods of aggregation by name; none: all of them.")

    def chosen(self) -> Sequence[Method]:
        """The methods, in the order in which the documentation has them.

        Raises:
            ServiceError: one of them is no method.
        """
        every = get_args(Method)
        unknown = [name for name in self.methods if name not in every]
        if unknown:
            raise ServiceError(f"There is no method {unknown[0]}. Choose among {', '.join(every)}.")
        return [name for name in every if name in (self.methods or every)]


class ReviewConfig(dg.Config):
    """What a person decided about answers that wait for it."""

    accept: list[str] = Field(default_factory=list, description="Ids of assignments that are good: they are paid.")
    reject: list[str] = Field(default_factory=list, description="Ids of assignments that are not: asked for again.")
    rest: Literal["wait", "accept", "reject"] = Field("wait", description="What becomes of all others that wait.")

    def decided(self) -> Mapping[str, Decision]:
        """The decisions by assignment."""
        accepted: dict[str, Decision] = dict.fromkeys(self.accept, "accept")
        return {**accepted, **dict.fromkeys(self.reject, "reject")}

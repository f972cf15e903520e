"""What all kinds share in the section `label` of a project's YAML."""

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, StringConstraints

from hitl_assets.labeling.sections import Strict

Name = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]


class LabelTerms(Strict):
    """What a label is: its kind, and the output field that holds it."""

    kind: str = Field(description="what a label is")
    field: str | None = Field(None, description="the output field; needed if there are several")

    @property
    def reads(self) -> Sequence[str]:
        """The input fields that it names: what people answer about is in them."""
        return ()

    @property
    def settings(self) -> dict[str, Any]:
        """What the kind alone has."""
        return {name: getattr(self, name) for name in type(self).model_fields if name not in LabelTerms.model_fields}

"""What the specification of an input or output field may say, as far as we count on it."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool, ValidationInfo, field_validator

from hitl_assets.labeling.values.values import is_of_type

# What YAML reads otherwise than people do.
QUOTE = "Put text in quotes: YAML reads yes, no, on and off as true or false, and 1.0, 2020-01-01 or null as no text"


def plain_number(value: Any) -> Any:
    """The value, which is a number: one in quotes would be compared as text."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float | Decimal)):
        raise ValueError("write a number")
    return value


Bound = Annotated[Any, BeforeValidator(plain_number)]


class FieldTerms(BaseModel):
    """What we count on in the specification of a field; names that are not here are passed on to Toloka."""

    model_config = ConfigDict(extra="allow", frozen=True)
    type: str = Field("string", pattern=r"^(array_)?(string|url|file|boolean|integer|float|number|coordinates|json)$")
    required: StrictBool = True
    hidden: StrictBool = False
    allowed_values: Annotated[list[Any], Field(min_length=1)] | None = None
    min_length: Bound = None
    max_length: Bound = None
    min_size: Bound = None
    max_size: Bound = None
    min_value: Bound = None
    max_value: Bound = None

    @field_validator("allowed_values")
    @classmethod
    def fit_type(cls, values: list[Any] | None, info: ValidationInfo) -> list[Any] | None:
        """The values, each of which is of the field's type."""
        kind = str(info.data.get("type", "string")).removeprefix("array_")
        wrong = [each for each in values or () if not is_of_type(each, kind)]
        if wrong:
            shown = ", ".join(json.dumps(each, default=str) for each in wrong[:5])
            raise ValueError(f"the field is of type {kind}, and has {shown}.{advise(wrong, kind)}")
        return values


def advise(values: Sequence[Any], kind: str) -> str:
    """What to do about values that are not of the type: most often YAML took a text for something else."""
    if is_of_type("", kind) and not any(isinstance(each, dict | list) for each in values):
        return " " + QUOTE
    return " Write them without quotes" if all(isinstance(each, str) for each in values) else ""

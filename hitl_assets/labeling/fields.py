"""What the specification of an input or output field may say, as far as we count on it."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictBool


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
    allowed_values: list[Any] | None = None
    min_length: Bound = None
    max_length: Bound = None
    min_size: Bound = None
    max_size: Bound = None
    min_value: Bound = None
    max_value: Bound = None

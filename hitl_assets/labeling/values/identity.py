"""The identity of an item: under which key its input values are known, from the first commit to the dataset."""

import hashlib
import json
import math
from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import partial
from typing import Any, Literal

from pydantic import Field, model_validator
from typing_extensions import Self

from hitl_assets.labeling.sections import Strict
from hitl_assets.labeling.values.characters import look, normalize_text


class Identity(Strict):
    """Which values are the same item. The values themselves are passed on as they are."""

    version: Literal[1, 2] = Field(
        2, description="2: texts that look the same are the same. 1, as before 0.2: to the character"
    )
    ignore_case: bool = Field(False, description="with version 2: upper and lower case are the same")

    @model_validator(mode="after")
    def fit_together(self) -> Self:
        """To the character is with the case."""
        if self.version == 1 and self.ignore_case:
            raise ValueError("ignore_case goes with version 2")
        return self


IDENTITY = Identity()
# The finest first: what is the same by one of them is the same by all that follow.
EVERY = (Identity(version=1), IDENTITY, Identity(ignore_case=True))


ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def canonical_json(value: Any) -> str:
    """The one JSON text of a value: sorted keys, no spaces, non-ASCII as it is."""
    return ENCODER.encode(value)


def digest(value: Any) -> str:
    """SHA-256 of the canonical JSON of a value: 64 hexadecimal digits."""
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()


def item_key(values: Mapping[str, Any], identity: Identity = IDENTITY) -> str:
    """The identity of an item: the digest of its input values, normalized. In any file they are the same item."""
    return digest(normalize(values, identity))


def normalize(values: Mapping[str, Any], identity: Identity) -> dict[str, Any]:
    """Input values as they are compared."""
    if identity.version == 1:
        return dict(values)
    change = partial(normalize_text, ignore_case=True) if identity.ignore_case else normalize_text
    return {name: change(each) if isinstance(each, str) else convert(each, change) for name, each in values.items()}


def every_key(values: Mapping[str, Any], identity: Identity = IDENTITY) -> tuple[str, ...]:
    """The key of an item, and then those that it may have had before, under a finer identity: it stays known.

    Not those under a coarser one: by these it is the same as others that are to be told from it.
    """
    form = normalize(values, identity)
    # Nearly every item: texts as people see them. Numbers that are equal may have two forms.
    if form == values and not identity.ignore_case and all(isinstance(each, str) for each in values.values()):
        return (digest(form),)
    finer = EVERY[: identity.version - 1 + identity.ignore_case] if identity.version > 1 else ()
    return tuple(dict.fromkeys(map(digest, (form, *(normalize(values, each) for each in reversed(finer))))))


def is_key_of(key: str, values: Mapping[str, Any]) -> bool:
    """Whether it is the key of these values under some identity."""
    return any(key == item_key(values, each) for each in EVERY)


def look_of(values: Mapping[str, Any]) -> tuple[str, ...]:
    """What items of the same fields share that look alike, though they are not the same."""
    looks = (look(each) if isinstance(each, str) else canonical_json(convert(each, look)) for each in values.values())
    return (*values, *looks)


def convert(value: Any, change: Callable[[str], str]) -> Any:
    """A JSON value with its texts changed, also in lists and sections, and with 1 for 1.0."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {str(name): convert(each, change) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [convert(each, change) for each in value]
    return plain_number(value)


def plain_number(value: Any) -> Any:
    """A number as the shortest one that is equal: 1 for 1.0. Everything else as it is."""
    is_number = isinstance(value, float | Decimal) and math.isfinite(value)
    return int(value) if is_number and value == int(value) else value

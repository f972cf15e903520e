"""Who the crowd is made of: groups of workers with their skills and habits, from a small YAML file."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

PRESETS = Path(__file__).parent / "presets"
# The crowd that never comes: all work is left to people.
NONE = "none"
# Country -> its region and the regions around that, the language beside English.
HOMES: dict[str, tuple[tuple[int, int], str]] = {
    "US": ((84, 10001), "ES"), "GB": ((102, 10002), "FR"), "IN": ((994, 10003), "HI"), "PH": ((10108, 10003), "TL"),
    "KE": ((21223, 10004), "SW"), "NG": ((20741, 10004), "YO"), "DE": ((96, 10002), "DE"), "BR": ((94, 10001), "PT"),
    "TR": ((983, 10003), "TR"), "RU": ((225, 10002), "RU"),
}  # fmt: skip
Country = Literal["US", "GB", "IN", "PH", "KE", "NG", "DE", "BR", "TR", "RU"]
Share = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(gt=0)]
# A standard deviation on the scale of log-odds: 1 turns an accuracy of 0.80 into 0.60 or 0.92.
Spread = Annotated[float, Field(ge=0, le=5)]


class CrowdError(Exception):
    """The description of a crowd cannot be used. The message names file, field, value and what is allowed."""


def _as_range(value: Any) -> Any:
    return (value, value) if isinstance(value, int | float) and not isinstance(value, bool) else value


class Part(BaseModel):
    """A part of the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Group(Part):
    """Workers of a kind. A range is two numbers, from which each worker gets one; one number is the same for all."""

    name: str
    share: Weight
    accuracy: Annotated[tuple[Share, Share], BeforeValidator(_as_range)] = (0.8, 0.98)
    """The share of right answers."""
    skills: dict[str, Annotated[tuple[Share, Share], BeforeValidator(_as_range)]] = {}
    """The accuracy where this is the right answer, instead of `accuracy`."""
    leaning: Spread = 0.0
    """How much a worker's accuracy differs by what is right: a standard deviation of log-odds, drawn for each worker
    and answer."""
    confusion: dict[str, dict[str, Weight]] = {}
    """Right answer -> how likely each wrong one is. All are alike if nothing is said."""
    seconds_per_task: Annotated[tuple[Weight, Weight], BeforeValidator(_as_range)] = (8, 20)
    spam: Literal["random", "constant", "fast"] | None = None
    """`random`: any answer. `constant`: always the same. `fast`: the first option, whatever is asked."""
    skips: Share = 0.02
    expires: Share = 0.01
    late: Share = 0.0
    """The share of suites that are answered only after the pool is closed."""
    countries: dict[Country, Weight] = dict.fromkeys(get_args(Country), 1.0)
    english: Share = 0.9
    phones: Share = 0.4

    @model_validator(mode="after")
    def _check(self) -> Group:
        for name, (low, high) in {
            "accuracy": self.accuracy,
            "seconds_per_task": self.seconds_per_task,
            **self.skills,
        }.items():
            if low > high:
                raise ValueError(
                    f"{name}: the first number of a range must not be the greater one, and is in [{low}, {high}]"
                )
        if self.skips + self.expires > 1:
            raise ValueError(f"skips and expires must be 1 together at most, and are {self.skips + self.expires}")
        return self


class Mistakes(Part):
    """What the mistakes of all workers have in common. Without it, each errs alone and everywhere alike."""

    difficulty: Spread = 0.0
    """How much items differ in how hard they are for all: a standard deviation of log-odds. A worker's mean accuracy
    stays."""
    classes: Spread = 0.0
    """How far the hardest and the easiest right answer are from the mean, in log-odds."""
    twins: Share = 0.0
    """The share of mistakes that take one of a pair of options for the other: the first for the second, the third for
    the fourth, and so on."""
    decoys: Share = 0.0
    """The share of mistakes that fall for the item's own wrong answer, the same for all."""
    together: Share = 0.0
    """How often a worker answers as the clique does: right or wrong where it is, with the same mistake."""
    cliques: int = Field(4, ge=1)
    """How many cliques there are. A worker is in one."""

    @model_validator(mode="after")
    def _check(self) -> Mistakes:
        if self.twins + self.decoys > 1:
            raise ValueError(f"twins and decoys must be 1 together at most, and are {self.twins + self.decoys}")
        return self


class Arrival(Part):
    """How workers come: so many at once at most, within `within` seconds, the next `gap` seconds after one left."""

    at_once: int = Field(30, ge=0, le=1000)
    within: float = Field(10.0, ge=0)
    gap: Annotated[tuple[Weight, Weight], BeforeValidator(_as_range)] = (1, 10)
    returns: Share = 0.25
    """The share of visits by somebody who was there before."""
    stays: Weight | None = None
    """How many suites a visit has, the median of the workers; without it, all stay as long as there is work."""
    stays_spread: Spread = 1.0
    """How much workers differ in that: a standard deviation of the natural logarithm. The larger, the longer the tail
    of those who come once, and the more answers are by few."""


class Population(Part):
    """A crowd: who comes, how right they are, and what their mistakes have in common. Without a `size` there is always
    somebody new."""

    size: int | None = Field(None, ge=1)
    groups: Annotated[list[Group], Field(min_length=1)]
    mistakes: Mistakes = Mistakes()
    arrival: Arrival = Arrival()


@lru_cache(maxsize=8)
def read_population(source: str) -> Population:
    """A preset by its name, `none`, or a YAML file by its path. CrowdError if it is none of them, or wrong."""
    if source == NONE:
        return Population(groups=[Group(name=NONE, share=1)], arrival=Arrival(at_once=0))
    presets = {path.stem: path for path in PRESETS.glob("*.yaml")}
    path = presets.get(source, Path(source))
    try:
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        return Population.model_validate(form)
    except ValidationError as error:
        raise CrowdError("\n".join(_sentence(path, found) for found in error.errors())) from error
    except (OSError, UnicodeDecodeError) as error:
        allowed = ", ".join([*sorted(presets), NONE])
        raise CrowdError(f"{source} is neither a crowd ({allowed}) nor a readable file: {error}") from error
    except yaml.YAMLError as error:
        raise CrowdError(f"{path} is not YAML: {error}") from error


def _sentence(path: Path, found: Any) -> str:
    field = ".".join(map(str, found["loc"])) or "the file"
    return f"{path}: {field} is {found['input']!r:.100}: {found['msg']}"

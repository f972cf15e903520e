"""A labeling project as its YAML declares it: what is allowed, and what it means together with its files."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StringConstraints, Tag

from hitl_assets.labeling.exports.names import FormName
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.kinds.registry import LabelSection, make_kind
from hitl_assets.labeling.kinds.terms import LabelTerms
from hitl_assets.labeling.project.automation import Model, Overlap
from hitl_assets.labeling.project.forms import PoolTerms, TrainingTerms
from hitl_assets.labeling.project.offers import Offer, find_offers
from hitl_assets.labeling.project.pictures import Pictures
from hitl_assets.labeling.project.prefills import PREFILL
from hitl_assets.labeling.project.thresholds import Checks
from hitl_assets.labeling.project.traits import TOLOKA, Part, Service, Traits
from hitl_assets.labeling.records import KEY_FIELD, Terms, digest
from hitl_assets.labeling.sections import FieldName, FileName, RawSource, Source, Strict
from hitl_assets.labeling.tables.tables import renamed_columns
from hitl_assets.labeling.values.fields import FieldTerms
from hitl_assets.labeling.values.identity import IDENTITY, Identity
from hitl_assets.labeling.written import Written

ProjectName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
CloseReason = Literal["COMPLETED", "MANUAL", "EXPIRED", "NOT_ENOUGH_BALANCE", "ASSIGNMENTS_LIMIT_EXCEEDED", "BLOCKED"]
Method = Literal[
    "bayesian_dawid_skene",
    "dawid_skene",
    "one_coin_dawid_skene",
    "majority_vote",
    "glad",
    "mace",
    "wawa",
    "zero_based_skill",
    "kos",
    "mmsr",
]
# Columns that the assets add to the input and output fields of a project.
RESERVED = frozenset(
    {KEY_FIELD, "route", "file", "row", "label", "confidence", "votes", "workers", "pool_id", "partial", "source"}
    | {"batch", "hint", "votes_needed", "round", "model", "probability", "held_back", "method", "part_confidences"}
)


class TaskSpec(BaseModel):
    """Toloka's `task_spec`: the fields of a task and of an answer, and how a worker sees them."""

    model_config = ConfigDict(extra="allow", frozen=True)
    input_spec: dict[FieldName, FieldTerms] = Field(min_length=1)
    output_spec: dict[FieldName, FieldTerms] = Field(min_length=1)


class ProjectTerms(BaseModel):
    """What we count on in a Toloka project's configuration; names that are not here are passed on to Toloka."""

    model_config = ConfigDict(extra="allow", frozen=True)
    public_name: str = Field(min_length=1)
    public_description: str = ""
    task_spec: TaskSpec


def terms_or_file(value: Any) -> str:
    """Which of the two ways a section is written in: so that an error speaks of that way only."""
    return "file" if isinstance(value, str) else "terms"


WrittenOrFile = Discriminator(terms_or_file)
ProjectSection = Annotated[Annotated[ProjectTerms, Tag("terms")] | Annotated[FileName, Tag("file")], WrittenOrFile]
PoolSection = Annotated[Annotated[PoolTerms, Tag("terms")] | Annotated[FileName, Tag("file")], WrittenOrFile]
TrainingSection = Annotated[Annotated[TrainingTerms, Tag("terms")] | Annotated[FileName, Tag("file")], WrittenOrFile]


class Budget(Strict):
    """The caps, in the account's currency. Nothing is opened that could cost more."""

    per_batch: Decimal = Field(gt=0, description="the most that a batch may cost")
    per_project: Decimal = Field(gt=0, description="the most that all batches may cost together")
    fee: Decimal = Field(Decimal("0.3"), ge=0, le=5, description="the platform's share on top, 0.3 is 30 %")
    balance_reserve: Decimal = Field(Decimal(0), ge=0, description="what must stay on the account, whatever is opened")


class Marks(Strict):
    """Two shares, 0 to 1: of golden tasks that a worker got right, and of a suite's answers that others gave too."""

    golden_accuracy: float = Field(ge=0, le=1, description="of the worker's golden tasks, those that are right")
    agreement: float = Field(ge=0, le=1, description="of the suite's answers, those that others gave too")


class Review(Strict):
    """Manual review: what is good enough to be paid, what is bad enough to be asked again; a person sees the rest."""

    accept: Marks = Field(Marks(golden_accuracy=0.8, agreement=0.5), description="paid if both are reached")
    reject: Marks = Field(Marks(golden_accuracy=0.4, agreement=0.4), description="asked again if both are missed")
    days: int = Field(7, ge=1, le=21, description="after so many days Toloka accepts what nobody decided")
    message: str = Field(
        "Many of the answers to control tasks are wrong.", max_length=1000, description="what a rejected worker reads"
    )


class Aggregation(Strict):
    """How answers become labels: `bayesian_dawid_skene`, or a method of crowd-kit by name."""

    method: Method = Field(
        "bayesian_dawid_skene", description="the first is made for few answers, the others are crowd-kit's"
    )
    iterations: int = Field(100, ge=1, le=10_000, description="at most, for methods that go in rounds")

    @property
    def has_priors(self) -> bool:
        """Whether the method makes use of what is known beforehand; only then its confidence holds on few answers."""
        return self.method == "bayesian_dawid_skene"


class TolokaSection(Strict):
    """Labeled by Toloka's crowd: what workers are asked, at which price, inside which caps."""

    project: ProjectSection = Field(description="Toloka's project, or the name of a JSON file with it")
    pool: PoolSection = Field(description="Toloka's pool, or the name of a JSON file with it")
    training: TrainingSection | None = Field(None, description="Toloka's training, or a JSON file with it")
    instructions: FileName | None = Field(None, description="HTML for Toloka's public_instructions")
    interface: FileName | None = Field(None, description="JSON of Template Builder, for view_spec.config")
    golden_tasks: FileName = Field(description="CSV of items with known answers, mixed into every suite")
    training_tasks: FileName | None = Field(None, description="CSV of items with answers and hints, for the training")
    pool_days: int = Field(7, ge=1, le=365, description="how many days a pool stays open at most")
    budget: Budget = Field(description="the caps, in the account's currency")
    accept_close_reasons: list[CloseReason] = Field(
        ["COMPLETED"], description="endings after which a batch counts as whole; after the others it is partial"
    )
    invalid_tasks: Literal["stop", "skip"] = Field(
        "stop", description="what to do when Toloka refuses some tasks: open nothing, or go on without them"
    )
    review: Review | None = Field(None, description="look at answers before they are paid")


class Common(Strict):
    """What a project's YAML says whoever labels; beside it there is the section of one service."""

    name: ProjectName = Field(description="the first part of asset keys, and of the names of repos in Pachyderm")
    description: str = Field("", description="one sentence; Toloka's public_description if that has none")
    owners: list[str] = Field(default_factory=list, description="e-mail addresses or team:name, shown in the UI")
    source: RawSource = Field(description="the repo whose commits are the batches")
    pictures: Pictures | None = Field(None, description="how people see items that are files: link, or serve")
    identity: Identity = Field(IDENTITY, description="which rows are the same item")
    withdrawn: Source | None = Field(None, description="items that are out of the dataset, and asked about no more")
    dataset: Source | None = Field(None, description="the dataset that was labeled before")
    export: list[FormName] = Field(
        default_factory=list, description="what the dataset is written as beside its CSV, under exports/ of its repo"
    )
    label: LabelSection | None = Field(
        None, description="the output field that is aggregated, needed if there are several; or what it holds"
    )
    aggregation: Aggregation = Field(Aggregation(), description="how answers become labels")
    minimum_overlap: int | None = Field(
        None, ge=1, description="an item with fewer answers gets no label; more than half of the overlap if not given"
    )
    checks: Checks = Field(Checks(), description="from when on checks complain")
    resources: Literal["environment", "given"] = Field(
        "environment",
        description="where a Dagster project of your own has toloka, pachyderm, pachyderm_io_manager and notifier "
        "from: the variables of the environment, or its own definitions",
    )
    overlap: Overlap | None = Field(None, description="ask again only where the label is not sure enough")
    model: Model | None = Field(None, description="labels by a model where it is sure, checked by people")


class Flat(TolokaSection, Common):
    """The form of before 0.2: what is Toloka's stood among the other fields."""


# The field of an item that is a file, as it is stored.
PLACED: Mapping[str, Any] = {"type": "string", "required": True}
# Where nobody is paid.
NO_BUDGET = Budget.model_construct(per_batch=Decimal(0), per_project=Decimal(0), fee=Decimal(0))


class Configuration(TolokaSection, Common):
    """What a project's YAML says, in one piece. What is Toloka's is empty where somebody else labels."""

    project: ProjectSection = ""
    pool: PoolSection = ""
    golden_tasks: str = ""
    budget: Budget = NO_BUDGET


@dataclass(frozen=True)
class Project:
    """A labeling project: its configuration, who labels, and Toloka's three forms as they will be sent.

    `project`, `pool` and `training` are Toloka's JSON, complete but for ids, expiry and keys. Of another service only
    the fields in `project["task_spec"]` are there, how many `people` answer each item, and its `section`. `is_flat`:
    the YAML has the form of before 0.2.
    """

    folder: Path
    configuration: Configuration
    project: Mapping[str, Any]
    pool: Mapping[str, Any]
    training: Mapping[str, Any] | None
    service: Service = TOLOKA
    people: int = 0
    section: Any = None
    is_flat: bool = False

    @property
    def parts(self) -> tuple[Part, ...]:
        """What its service has once for this project."""
        return tuple(part for part in self.service.parts if self.training is not None or not part.is_training)

    @property
    def traits(self) -> Traits:
        """What its service is like."""
        return self.service.traits

    @property
    def name(self) -> str:
        """The project's name: the first part of its asset keys and of its repos' names."""
        return self.configuration.name

    @property
    def inputs(self) -> Mapping[str, Mapping[str, Any]]:
        """The input fields by name, as Toloka specifies them, without the hidden key. A file is known by its place, and
        only people get an address."""
        field = self.configuration.source.field
        return {name: PLACED if name == field else spec for name, spec in self.shown.items()}

    @property
    def shown(self) -> Mapping[str, Mapping[str, Any]]:
        """The input fields as people get them, without what a model may have filled in."""
        fields = self.project["task_spec"]["input_spec"]
        return {name: spec for name, spec in fields.items() if name not in (KEY_FIELD, PREFILL)}

    @property
    def outputs(self) -> Mapping[str, Mapping[str, Any]]:
        """The output fields by name, as Toloka specifies them."""
        return self.project["task_spec"]["output_spec"]

    @property
    def written(self) -> Written:
        """How the project's files are written, and those that bring its items."""
        return self.configuration.source.written

    @property
    def identity(self) -> Identity:
        """Which rows are the same item."""
        return self.configuration.identity

    @property
    def label(self) -> str:
        """The output field that becomes the label."""
        section = self.configuration.label
        return (section.field if isinstance(section, LabelTerms) else section) or next(iter(self.outputs))

    @cached_property
    def kind(self) -> Kind:
        """What the label is."""
        return make_kind(self.configuration.label, self.label, self.outputs[self.label])

    @property
    def minimum_overlap(self) -> int:
        """How many answers an item needs for a label."""
        return self.configuration.minimum_overlap or self.answers_wanted // 2 + 1

    @property
    def answers_wanted(self) -> int:
        """How many workers answer each item at first."""
        return self.people or self.terms.defaults.default_overlap_for_new_tasks

    def place(self, field: str) -> str:
        """A field of its service as the YAML has it: in the section, or at the top as before 0.2."""
        return field if self.is_flat else f"{self.service.name}.{field}"

    @property
    def model(self) -> Model | None:
        """The section `model`, with the classes that are used where it names none."""
        model = self.configuration.model
        return model.completed(self.of_files) if model else None

    @property
    def of_files(self) -> bool:
        """Whether an item is a file."""
        return self.configuration.source.items == "files"

    @property
    def has_classifier(self) -> bool:
        """Whether the project trains a model: it has one, and brings no predictions of its own."""
        model = self.configuration.model
        return model is not None and model.predictions is None

    @property
    def adviser(self) -> str:
        """The worker as which predictions that the project brings count. Empty if they don't: methods that know nothing
        of workers beforehand would take them for anybody's."""
        own = self.configuration.model.predictions if self.configuration.model else None
        if own is None or not self.configuration.aggregation.has_priors:
            return ""
        return f"model:{(own.source or self.configuration.source).repo}"

    @property
    def has_rounds(self) -> bool:
        """Whether people may be asked again about a batch whose pool has ended."""
        return self.configuration.overlap is not None or self.configuration.model is not None

    @property
    def most_answers(self) -> int:
        """How many workers answer a task at most."""
        overlap = self.configuration.overlap
        return max(self.people or self.terms.most_answers, overlap.max if overlap else 0)

    @cached_property
    def offers(self) -> tuple[Offer, ...]:
        """What the interface lets people answer as the label; empty if that can't be told."""
        return find_offers(self.project["task_spec"].get("view_spec") or {}, self.label)

    @cached_property
    def price(self) -> Terms:
        """What the price of a new pool depends on. A pool that is there keeps its own: see `PoolState.terms`."""
        terms = self.terms
        dearer = terms.dynamic_pricing_config.intervals if terms.dynamic_pricing_config else []
        return Terms(
            reward=terms.reward_per_assignment,
            dearest=max([terms.reward_per_assignment, *(each.reward_per_assignment for each in dearer)]),
            per_suite=terms.mixer_config.real_tasks_count,
            overlap=terms.defaults.default_overlap_for_new_tasks,
            most_answers=self.most_answers,
        )

    @property
    def suite_price(self) -> Decimal:
        """What one accepted suite of a new pool costs at most, with the fee: Toloka may pay skilled workers more."""
        return self.suite_price_in(None)

    def suite_price_in(self, terms: Terms | None) -> Decimal:
        """What one suite costs at most in a pool with these terms (None: as configured), with the fee."""
        return (terms or self.price).dearest * (1 + self.configuration.budget.fee)

    @cached_property
    def terms(self) -> PoolTerms:
        """The parts of the pool that the plan and the price depend on."""
        return PoolTerms.model_validate(self.pool)

    @cached_property
    def setup_hash(self) -> str:
        """Changes when what is created once must be updated: Toloka's forms, golden tasks, training tasks."""
        files = [self.configuration.golden_tasks, self.configuration.training_tasks]
        contents = [(file, self.read(file)) for file in files if file]
        # Other fields in the same files are other tasks. Columns that these files don't have change nothing.
        renamed = [found for file, content in contents if (found := renamed_columns(content, file, self.written))]
        return digest([self.project, self.training, [content.hex() for _, content in contents], *renamed])

    def read(self, file: str) -> bytes:
        """The content of a file of the project's folder."""
        return (self.folder / file).read_bytes()

"""What every kind of label has to say. A new one is a module beside this one, and a line in registry.py.

In all files a label is a text, its cell. What the text means is its kind's business: nobody else compares labels,
counts them or shows them.
"""

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from typing_extensions import Self

from hitl_assets.labeling.engine.bayesian_dawid_skene import Array, Beliefs, Codes
from hitl_assets.labeling.kinds.terms import LabelTerms
from hitl_assets.labeling.tables.tables import format_value
from hitl_assets.labeling.values.characters import is_blank
from hitl_assets.labeling.values.identity import canonical_json
from hitl_assets.labeling.values.values import BadValueError, check_typed, parse_value

if TYPE_CHECKING:
    import pandas as pd


class Names:
    """Texts and their codes, from 0. A text that is new gets the next one."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.texts = list(texts)
        self.codes = {text: code for code, text in enumerate(self.texts)}

    def __getitem__(self, code: int) -> str:
        return self.texts[code]

    def __len__(self) -> int:
        return len(self.texts)

    def code(self, text: str) -> int:
        """The code of a text."""
        if text not in self.codes:
            self.codes[text] = len(self.texts)
            self.texts.append(text)
        return self.codes[text]


@dataclasses.dataclass(frozen=True)
class Questions:
    """What was decided apart from each other, and makes labels right together: of each question the place of its label
    in `Judged.tasks`, how probable the decision is right, and what it claims, which the kind can compare with a label
    that is known."""

    labels: Codes
    sure: Array
    claims: Sequence[Any]

    @property
    def stated(self) -> Array:
        """How probable each is right, and wrong."""
        return np.column_stack([self.sure, 1 - self.sure])

    def of(self, label: int) -> Codes:
        """The places of a label's questions."""
        return np.flatnonzero(self.labels == label)

    def multiply(self, each: Array, labels: int) -> Array:
        """The product over the questions of each of so many labels; 1 where there are none."""
        found = np.ones(labels)
        np.multiply.at(found, self.labels, each)
        return found


@dataclasses.dataclass(frozen=True)
class Judged:
    """What is made of the answers to tasks, a row for each. `tasks` and `labels` are codes: of the task, of its label.
    `stated` are probabilities (tasks x labels): first the label's own, then the others', from the highest down; two of
    them, right and wrong, where nobody can name the others. `parts`: how probable each part of a label is right, in
    the label's order, where labels have parts that are decided apart. `questions`: those of which labels are composed,
    if there are several of a label."""

    tasks: Codes
    labels: Codes
    stated: Array
    parts: Sequence[tuple[float, ...]] = ()
    questions: Questions | None = None

    @classmethod
    def composed(
        cls, tasks: Codes, labels: Codes, questions: Questions, parts: Sequence[tuple[float, ...]] = ()
    ) -> Self:
        """Labels that are as sure as all of their questions together."""
        sure = questions.multiply(questions.sure, len(tasks))
        return cls(tasks, labels, np.column_stack([sure, 1 - sure]), parts, questions)


@dataclasses.dataclass(frozen=True)
class Draft:
    """What a new project of a kind begins with: the specification of its output field, the section `label`, the field
    of Template Builder that people answer in, and answers to begin with. `task` tells people what to do, `names` are
    explained in the instructions, `keys` are answers that a key gives. `shows`: the part's property in which the first
    input is shown, if it is not shown beside it. `reads`: settings of the section that name inputs, by the places of
    these. `fit` makes of one of the answers, and the text of an example, the answer to that."""

    spec: Mapping[str, Any]
    section: Mapping[str, Any]
    part: Mapping[str, Any]
    answers: Sequence[Any]
    task: str
    names: Sequence[str]
    keys: Sequence[str] = ()
    shows: str = ""
    reads: Mapping[str, int | Sequence[int]] = dataclasses.field(default_factory=dict)
    fit: Callable[[Any, str], Any] = lambda answer, text: answer

    @property
    def shows_picture(self) -> bool:
        """Whether the first input is the address of a picture."""
        return self.shows == "image"


# A method of aggregation: from answers to categorical questions (codes in the columns task, worker and label), and from
# what is known before, to what it makes of them.
Ask = Callable[["pd.DataFrame", Beliefs], Judged]


@dataclasses.dataclass(frozen=True)
class Kind:
    """What people say of an item in one output field, and how several of them become one label.

    Here is what the kinds have in common whose labels are equal or not. `field` is the output field, `spec` what
    Toloka allows in it.
    """

    field: str
    spec: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    name: ClassVar[str]
    # What may be answered to the questions that decide a label; empty: the label itself is asked for.
    outcomes: ClassVar[tuple[str, ...]] = ()
    terms: ClassVar[type[LabelTerms]]
    # On which fields it works, for people.
    works_on: ClassVar[str]
    # Whether the classifier that ships can learn it. Predictions that a project brings go with every kind.
    takes_model: ClassVar[bool] = False
    # Whether a label has parts that are decided apart, each with its own confidence.
    has_parts: ClassVar[bool] = False

    # What `hitl new` asks about, and the answers, if it is not told.
    usual_inputs: ClassVar[tuple[str, ...]] = ("text",)
    usual_classes: ClassVar[tuple[str, ...]] = ("yes", "no")

    # The field.

    @classmethod
    def refuse(cls, spec: Mapping[str, Any], terms: LabelTerms) -> str:
        """Why a field cannot hold such labels; empty if it can."""
        raise NotImplementedError

    @classmethod
    def is_told_by(cls, spec: Mapping[str, Any]) -> bool:
        """Whether a field can hold nothing else, so that its name is enough."""
        return False

    @property
    def version(self) -> Any:
        """Changes when the same answers would become other labels."""
        return {name: str(value) for name, value in dataclasses.asdict(self).items() if name != "spec"}

    @classmethod
    def draft(cls, field: str, names: Sequence[str]) -> Draft:
        """What a new project begins with; `names` are the classes or tags that were thought of."""
        raise NotImplementedError

    @property
    def evidence(self) -> str:
        """Marks evidence that speaks of such labels; another tolerance makes others right."""
        settings = (f" {name}={value}" for name, value in self.version.items() if name != "field")
        return f" {self.name}{''.join(settings)}"

    # Reading.

    def receive(self, value: Any, inputs: Mapping[str, Any]) -> Any:
        """An answer as it came from people, as one that needs nothing of its item any more; what did so before stays.

        Args:
            value: None if there is none.
            inputs: the item's input values.

        Raises:
            BadValueError: it does not fit the item. What else is wrong with it `check` says.
        """
        return value

    def send(self, value: Any, inputs: Mapping[str, Any]) -> Any:
        """A known answer as the page of people gives it, which is compared with theirs."""
        return value

    def prefill(self, cell: str, inputs: Mapping[str, Any]) -> Any:
        """A label (a cell) as the field of people holds it when they begin with it."""
        return self.send(parse_value(cell, {**self.spec, "required": True}), inputs)

    def check(self, value: Any) -> None:
        """Refuse what is no label, as it came in JSON.

        Raises:
            BadValueError: the message says what is wrong with it.
        """
        check_typed(value, self.spec)

    def is_label(self, value: Any) -> bool:
        """Whether a value can be a label. A text in which nobody sees anything is none."""
        try:
            self.check(value)
        except BadValueError:
            return False
        return value is not None and not (isinstance(value, str) and is_blank(value))

    def plain(self, value: Any) -> Any:
        """A label as it is compared: without what makes no difference."""
        return value

    def cell(self, value: Any) -> str:
        """A label as text, which is what files hold."""
        return format_value(value)

    def read_cell(self, text: str) -> str:
        """The cell of a label that somebody wrote into a file.

        Raises:
            BadValueError: it is none.
        """
        value = parse_value(text, {**self.spec, "required": True})
        self.check(value)
        return self.cell(self.plain(value))

    # Comparing: the arguments are cells, but for `is_right`.

    def likeness(self, one: str, other: str) -> float:
        """How alike two labels are: 1 if they are the same, 0 if they have nothing in common."""
        return float(one == other)

    def is_same(self, one: str, other: str) -> bool:
        """Whether two labels say the same."""
        return one == other

    def is_right(self, given: Any, known: Any) -> bool:
        """Whether an answer, as it came, is the known one."""
        return canonical_json(given) == canonical_json(known)

    # Deciding.

    def decide(self, votes: "pd.DataFrame", names: Names, beliefs: Beliefs, ask: Ask) -> Judged:
        """The label of each task: answers are turned into questions, `ask` answers these, labels are composed.

        Args:
            votes: codes in the columns task, worker and label, one row an answer.
            names: the cells of labels by code; those of composed labels are added.
            beliefs: what is known before, by the codes of `outcomes`.
            ask: the method of aggregation.
        """
        return ask(votes, beliefs)

    def pairs(self, right: str, answer: str) -> Iterable[tuple[str, str]]:
        """What an answer (a cell) shows of a worker where the right label is known: of each question what is right,
        and what was answered."""
        return ((right, answer),)

    def holds(self, right: str, claims: Sequence[Any]) -> Sequence[bool]:
        """Which claims of a label's questions hold, where this label (a cell) is right."""
        raise NotImplementedError

    # Telling.

    # Whether a label alone says little, so that it is shown beside its item.
    is_shown_in_item: ClassVar[bool] = False

    def show(self, cell: str, inputs: Mapping[str, Any]) -> str:
        """A label as people read it who know the item's input values."""
        return cell

    def score(self, votes: Iterable[tuple[str, Mapping[str, Any], str]]) -> Mapping[str, float]:
        """How good what was compared is, the best first, by votes: the worker, the item's input values, the label.
        Nothing where items are not compared."""
        return {}

    @property
    def is_scored(self) -> bool:
        """Whether `score` has anything to say."""
        return False

    @property
    def labels(self) -> Sequence[str]:
        """The cells of all labels that there may be, as far as that is known."""
        return ()

    def count(self, cells: Iterable[str]) -> Counter[str]:
        """How often there is what, in some labels."""
        return Counter(cells)

    @property
    def counted(self) -> Sequence[Any]:
        """What `count` may find, as far as that is known: each has a share of its own in the reports."""
        return ()

    def outlines(self, cell: str) -> Sequence[tuple[str, Sequence[tuple[float, float]]]]:
        """What a label (a cell) marks in a picture: the class and the points of each, in shares of its sides."""
        return ()

    def describe(self) -> str:
        """What people answer, in a few words."""
        return str(self.spec.get("type", "string"))

    def caution(self) -> tuple[str, str] | None:
        """As what answers are compared, if people who mean the same may differ in it, and what to do about that."""
        return None

    def is_graded_alike(self) -> bool:
        """Whether Toloka, which compares answers to golden tasks to the letter, finds right what we do."""
        return True


class OneOf(Kind):
    """Labels that are one of the values that the field allows, as far as it names them."""

    @property
    def labels(self) -> Sequence[str]:
        """The cells of the values."""
        return [format_value(value) for value in self.counted]

    @property
    def counted(self) -> Sequence[Any]:
        """The values, as they are written in the field."""
        return self.spec.get("allowed_values") or ()

"""What is known before a batch's answers are judged: of workers, from golden tasks and earlier batches; of items, from
a model."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from hitl_assets.labeling.answers.answers import COUNTED, has_label, known_in, with_plain_label
from hitl_assets.labeling.kinds.kind import Kind
from hitl_assets.labeling.records import Answer, Label, Prediction
from hitl_assets.labeling.tables.tables import read_rows, write_rows

# Of each worker, how often which answer was given where which label is right: (label, answer) -> answers.
# Of kinds whose labels are put together from questions, it is what is right of a question, and what was answered.
Record = Mapping[tuple[str, str], float]
Records = Mapping[str, Record]

COLUMNS = ("worker_id", "label", "answer", "answers")


@dataclass(frozen=True)
class Knowledge:
    """Records of workers, for items (by key) a model's predictions, and the labels that there may be.

    `adviser`: under which name the predictions count as one more worker's answers, measured as the others are; empty:
    they are priors, as sure as the model says.
    """

    workers: Records = field(default_factory=dict)
    predictions: Mapping[str, Prediction] = field(default_factory=dict)
    labels: Sequence[str] = ()
    adviser: str = ""

    def advice(self, keys: Iterable[str]) -> list[Prediction]:
        """The predictions for these items that count as answers."""
        every = dict.fromkeys(keys) if self.adviser else ()
        return [self.predictions[key] for key in every if key in self.predictions]


def golden_records(answers: Iterable[Answer], kind: Kind) -> Records:
    """What golden tasks show."""
    counts: dict[str, Counter[tuple[str, str]]] = {}
    for answer, right in golden_answers(answers, kind):
        own = counts.setdefault(answer.worker_id, Counter())
        own.update(kind.pairs(right, kind.cell(answer.values[kind.field])))
    return {worker: dict(count) for worker, count in counts.items()}


def golden_answers(answers: Iterable[Answer], kind: Kind) -> list[tuple[Answer, str]]:
    """The answers to golden tasks that count, each with the right label; both as labels are compared with others.

    A golden task with several right answers shows nothing of a confusion.
    """
    found = []
    for answer in answers:
        right = {kind.cell(kind.plain(each)) for each in known_in(answer, kind) if each is not None}
        is_answer = answer.is_golden and answer.status in COUNTED and has_label(answer, kind)
        if is_answer and len(right) == 1:
            found.append((with_plain_label(answer, kind), right.pop()))
    return found


def settled_records(answers: Iterable[Answer], labels: Sequence[Label], kind: Kind) -> Records:
    """What a batch's labels show of those who answered: each answer counts as much as its item's label is sure."""
    settled = {each.item_key: each for each in labels}
    counts: dict[str, dict[tuple[str, str], float]] = {}
    for answer in answers:
        decided = settled.get(answer.item_key)
        if decided is not None:
            own = counts.setdefault(answer.worker_id, {})
            for pair in kind.pairs(decided.label, kind.cell(answer.values[kind.field])):
                own[pair] = own.get(pair, 0.0) + decided.confidence
    return counts


def advice_records(adviser: str, predictions: Mapping[str, Prediction], labels: Iterable[Label], kind: Kind) -> Records:
    """What labels by people alone show of the predictions that count as a worker's answers; nothing if none do."""
    own: dict[tuple[str, str], float] = {}
    for label in labels:
        if adviser and label.item_key in predictions:
            for pair in kind.pairs(label.label, predictions[label.item_key].label):
                own[pair] = own.get(pair, 0.0) + label.confidence
    return {adviser: own} if own else {}


def add_records(*every: Records) -> Records:
    """Records of the same workers as one."""
    total: dict[str, dict[tuple[str, str], float]] = {}
    for records in every:
        for worker, record in records.items():
            own = total.setdefault(worker, {})
            for pair, count in record.items():
                own[pair] = own.get(pair, 0.0) + count
    return total


def write_records(records: Records) -> bytes:
    """The records as CSV: worker_id, label, answer, answers."""
    rows = (
        (worker, *pair, round(n, 4)) for worker, record in sorted(records.items()) for pair, n in sorted(record.items())
    )
    return write_rows(COLUMNS, rows)


def read_records(content: bytes) -> Records:
    """The records that `write_records` wrote."""
    found: dict[str, dict[tuple[str, str], float]] = {}
    for row in read_rows(content, "workers.csv", COLUMNS):
        cells = row.cells
        found.setdefault(cells["worker_id"], {})[cells["label"], cells["answer"]] = float(cells["answers"])
    return found

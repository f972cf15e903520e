"""How evaluations and predictions lie in their directories: which files, in which form."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from typing_extensions import Self

from hitl_assets.labeling.model.approval import Judgment
from hitl_assets.labeling.model.evaluation import Scores
from hitl_assets.labeling.model.evidence import Evidence
from hitl_assets.labeling.records import KEY_FIELD, Prediction
from hitl_assets.labeling.tables.tables import read_rows, write_rows

EVALUATION, EVIDENCE, PREDICTIONS = "evaluation.json", "evidence.csv", "predictions.csv"
EVIDENCE_COLUMNS = ("probability", "is_right", "weight")
# Older versions did not write these: what people may have got wrong is charged to the model then.
EVIDENCE_SINCE = ("noise", "source")
PREDICTION_COLUMNS = (KEY_FIELD, "label", "probability", "model")


@dataclass(frozen=True)
class ModelVersion:
    """One version of a classifier in Pachyderm: repo, commit, and the hash of its directory."""

    repo: str
    commit: str
    hash: str

    def __str__(self) -> str:
        return f"{self.repo}@{self.commit}"


@dataclass(frozen=True)
class StoredEvaluation:
    """`evaluation.json` (the scores of the newest classifier, what was judged of it, and which classifier is approved)
    and `evidence.csv` (of the approved one: probability, whether it is right)."""

    classifier: ModelVersion
    approved: ModelVersion | None
    judgments: tuple[Judgment, ...]
    scores: Mapping[str, Any]
    evidence: tuple[Evidence, ...]

    def to_files(self) -> Mapping[str, bytes]:
        """Content by file name."""
        written = {
            "classifier": asdict(self.classifier),
            "approved": asdict(self.approved) if self.approved else None,
            "judgments": [asdict(each) for each in self.judgments],
            "scores": self.scores,
        }
        return {
            EVALUATION: json.dumps(written, indent=2, ensure_ascii=False).encode() + b"\n",
            EVIDENCE: write_evidence(self.evidence),
        }

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Self:
        """The value that `to_files` wrote."""
        written = json.loads(files[EVALUATION])
        return cls(
            ModelVersion(**written["classifier"]),
            ModelVersion(**written["approved"]) if written["approved"] else None,
            tuple(Judgment(**each) for each in written["judgments"]),
            written["scores"],
            read_evidence(files[EVIDENCE]),
        )


@dataclass(frozen=True)
class StoredPredictions:
    """`predictions.csv` (item_key, label, probability, model) and `evidence.csv` (what is known of that model)."""

    predictions: tuple[Prediction, ...]
    evidence: tuple[Evidence, ...] = ()

    def to_files(self) -> Mapping[str, bytes]:
        """Content by file name."""
        rows = ([each.item_key, each.label, each.probability, each.model] for each in self.predictions)
        return {PREDICTIONS: write_rows(PREDICTION_COLUMNS, rows), EVIDENCE: write_evidence(self.evidence)}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> Self:
        """The value that `to_files` wrote."""
        return cls(read_predictions(files[PREDICTIONS]), read_evidence(files[EVIDENCE]))


def plain_scores(scores: Mapping[str, Scores | None]) -> Mapping[str, Any]:
    """Scores as JSON, by what they were made on."""
    return {name: json.loads(json.dumps(asdict(each))) for name, each in scores.items() if each is not None}


def read_predictions(content: bytes) -> tuple[Prediction, ...]:
    """The predictions of a `predictions.csv`."""
    rows = (row.cells for row in read_rows(content, PREDICTIONS, PREDICTION_COLUMNS))
    return tuple(
        Prediction(cells[KEY_FIELD], cells["label"], float(cells["probability"]), cells["model"]) for cells in rows
    )


def write_evidence(evidence: Iterable[Evidence]) -> bytes:
    """Evidence as CSV."""
    columns = (*EVIDENCE_COLUMNS, *EVIDENCE_SINCE)
    return write_rows(columns, ([getattr(each, name) for name in columns] for each in evidence))


def read_evidence(content: bytes) -> tuple[Evidence, ...]:
    """The evidence that `write_evidence` wrote."""
    rows: Sequence[Any] = [row.cells for row in read_rows(content, EVIDENCE, EVIDENCE_COLUMNS, EVIDENCE_SINCE)]
    return tuple(
        Evidence(
            float(cells["probability"]),
            float(cells["is_right"]),
            float(cells["weight"]),
            float(cells.get("noise", 0.0)),
            cells.get("source", ""),
        )
        for cells in rows
    )

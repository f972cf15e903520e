"""How few people are asked: the sections `overlap` and `model` of a project's YAML."""

from typing import Annotated

from pydantic import Field, StringConstraints, model_validator
from typing_extensions import Self

from hitl_assets.labeling.sections import PATTERN, FieldName, FileName, Source, Strict

# What learns, and what pictures are for it, where a project names no class.
FROM_TEXTS = "hitl_assets.labeling.classifier.TextClassifier"
FROM_PICTURES = "hitl_assets.labeling.model.linear_classifiers.PictureClassifier"
FROM_NUMBERS = "hitl_assets.labeling.model.linear_classifiers.LinearClassifier"
PICTURE_NUMBERS = "hitl_assets.labeling.model.picture_numbers.PictureNumbers"

ImportPath = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")]


class Overlap(Strict):
    """Answers for each item: so many at first, then more while its label is not sure enough, in a few rounds."""

    start: int = Field(2, ge=1, le=30_000, description="how many workers answer each item at first")
    max: int = Field(7, ge=1, le=30_000, description="how many workers answer an item at most")
    confidence: float = Field(0.99, gt=0, le=1, description="a label that is at least so sure is not asked about again")
    rounds: int = Field(4, ge=1, le=100, description="how often people are asked in all, the first time included")

    @model_validator(mode="after")
    def check_order(self) -> Self:
        """The maximum is no less than the start."""
        if self.max < self.start:
            raise ValueError(f"max ({self.max}) must be at least start ({self.start})")
        return self


class Audit(Strict):
    """Which of the items that the model is sure of go to people all the same."""

    share: float = Field(0.05, gt=0, le=1, description="a random share of them")
    at_least: int = Field(10, ge=1, description="so many of each batch at least, or all of them if there are fewer")
    error: float = Field(
        0.25,
        gt=0,
        lt=1,
        description="so many that a model that is wrong so often is found (or three times as often as allowed)",
    )
    power: float = Field(0.9, gt=0.5, lt=1, description="how surely it is found in one batch alone")


class Retraining(Strict):
    """When a classifier is trained again: after so many new labels by people, and after this growth."""

    labels: int = Field(100, ge=1, description="so many labels by people since the last training")
    growth: float = Field(0.1, ge=0, description="and so large a share of those that it was trained on")


class PredictionSource(Source):
    """The files of predictions, which name each item by its input fields, its path or its `item_key`."""

    glob: str = Field(
        "/**.{csv,tsv,jsonl,xlsx,parquet}", pattern=PATTERN, description="which files: *, **, ? and {one,other}"
    )


class OwnPredictions(Strict):
    """Predictions that are there already: columns of the source files, or of the files of another repo, which name
    the items as well. They go with labels of every kind."""

    label: FieldName = Field("predicted_label", description="the column of labels")
    probability: FieldName = Field("predicted_probability", description="the column of their probabilities")
    source: PredictionSource | None = Field(
        None, description="another repo; without it the columns are in the source files, or in source.values"
    )


class Model(Strict):
    """A model in the loop: it labels what it is sure of, people audit it and label the rest."""

    target_accuracy: float = Field(0.95, gt=0.5, lt=1, description="how many of the model's labels must be right")
    audit: Audit = Field(Audit(), description="what people look at although the model is sure")
    test: FileName | None = Field(
        None, description="CSV with the input fields and the label's: for evaluation, never trained on"
    )
    classifier: ImportPath = Field(
        FROM_TEXTS,
        description="a class with fit and predict_proba; if none is named, PictureClassifier for files, and "
        "LinearClassifier for texts with an embedding",
    )
    embedding: ImportPath | None = Field(
        None, description="a class with embed(contents), which makes numbers of texts or files for a linear model"
    )
    trusted_types: list[ImportPath] = Field(
        default_factory=list, description="types inside the stored classifier that may be restored, beside its own"
    )
    retraining: Retraining = Field(Retraining(), description="when the classifier learns again")
    predictions: OwnPredictions | None = Field(None, description="use these instead of a classifier")
    show_predictions: bool = Field(
        False, description="people begin with the prediction: quicker, but they follow it where it is wrong"
    )

    def completed(self, of_files: bool) -> "Model":
        """The same with the classes that are used where it names none."""
        chosen = self.classifier
        if "classifier" not in self.model_fields_set:
            chosen = FROM_PICTURES if of_files else FROM_NUMBERS if self.embedding else FROM_TEXTS
        makes_numbers = of_files and chosen in (FROM_PICTURES, FROM_NUMBERS)
        embedding = self.embedding or (PICTURE_NUMBERS if makes_numbers else None)
        return self.model_copy(update={"classifier": chosen, "embedding": embedding})

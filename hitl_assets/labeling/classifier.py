"""The model in the loop: which rows it learns from, the classifier that ships, and predictions that it has not learned
the answers to. How it is stored is in model/stored_classifier.py, who labels by it in model/routing.py."""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from typing_extensions import Self

from hitl_assets.labeling.labels.concatenation import LabeledRow
from hitl_assets.labeling.model.classes import load_class
from hitl_assets.labeling.model.routing import MODEL
from hitl_assets.labeling.records import Values, item_key
from hitl_assets.labeling.tables.tables import format_value

if TYPE_CHECKING:
    import pandas as pd
    from scipy.sparse import csr_matrix
    from sklearn.calibration import CalibratedClassifierCV

# Below this nothing can be learned, nor told apart in a cross-validation.
FEWEST_ROWS = 20
# A label of a pool that ended early teaches only if it is as sure as this.
SUREST_PARTIAL = 0.9
FOLDS = 5
FEATURES = 2**17


class Classifier(Protocol):
    """What a project's own class must have: as in scikit-learn. It is made without arguments.

    What `X` is its attribute `takes` says (model/classes.py); without one a DataFrame with a column of text for each
    input field."""

    classes_: Sequence[str]

    def fit(self, X: Any, y: Sequence[str]) -> Any:  # noqa: N803  # scikit-learn's names
        """Learn from the items and their labels."""

    def predict_proba(self, X: Any) -> Any:  # noqa: N803  # scikit-learn's names
        """For each row, how likely each of `classes_` is."""


class TextClassifier:
    """Words, punctuation and pieces of words as they are written, weighed by a linear model with calibrated
    probabilities.

    Upper and lower case stay apart: how a text is set says much about what it is. Words that nobody has seen yet count
    for the length of a text, so that the model is less sure of texts that are unlike those it knows. The calibration is
    Platt's, on predictions of the training rows by cross-validation.
    """

    def fit(self, X: "pd.DataFrame", y: Sequence[str]) -> Self:  # noqa: N803  # scikit-learn's names
        """Learn from the columns of `X`, joined. A label that occurs once only is left out, if two others remain."""
        from sklearn.feature_extraction.text import TfidfTransformer
        from sklearn.linear_model import LogisticRegression

        labels = np.asarray(y)
        taught, is_enough = learnable_rows(labels)
        counts = count_features(X[taught])
        self.weights_ = [TfidfTransformer(sublinear_tf=True).fit(each) for each in counts]
        self.model_ = calibrated(labels[taught]) if is_enough else LogisticRegression(C=10, max_iter=1000)
        self.model_.fit(self.weigh(counts), labels[taught])
        self.classes_ = self.model_.classes_
        return self

    def predict_proba(self, X: "pd.DataFrame") -> np.ndarray:  # noqa: N803  # scikit-learn's names
        """For each row, how likely each of `classes_` is."""
        return np.asarray(self.model_.predict_proba(self.weigh(count_features(X))))

    def weigh(self, counts: "Sequence[csr_matrix]") -> "csr_matrix":
        """The features: TF-IDF of each kind of count, side by side."""
        from scipy.sparse import hstack

        return hstack([weights.transform(each) for weights, each in zip(self.weights_, counts, strict=True)]).tocsr()


def count_features(X: "pd.DataFrame") -> "list[csr_matrix]":  # noqa: N803  # scikit-learn's names
    """How often words and pairs of words, and pieces of two to five letters, occur in each row's text.

    By their hashes: a vocabulary would make the stored classifier a hundred times as large.
    """
    from sklearn.feature_extraction.text import HashingVectorizer

    texts = join_texts(X)
    words = HashingVectorizer(
        n_features=FEATURES,
        norm=None,
        alternate_sign=False,
        lowercase=False,
        ngram_range=(1, 2),
        token_pattern=r"(?u)\w+|[^\w\s]+",  # noqa: S106  # what a word is
    )
    pieces = HashingVectorizer(
        n_features=FEATURES, norm=None, alternate_sign=False, lowercase=False, ngram_range=(2, 5), analyzer="char_wb"
    )
    return [words.transform(texts), pieces.transform(texts)]


def join_texts(X: "pd.DataFrame") -> list[str]:  # noqa: N803  # scikit-learn's names
    """Each row's text: its columns, joined."""
    return [" \n ".join(map(str, row)) for row in X.itertuples(index=False, name=None)]


def learnable_rows(labels: np.ndarray) -> tuple[np.ndarray, bool]:
    """Which rows have a label that occurs twice, and whether two labels do; if not, all rows are to be learned from."""
    known = np.isin(labels, [label for label, count in Counter(labels).items() if count > 1])
    is_enough = len(set(labels[known])) > 1
    return known if is_enough else np.ones(len(labels), dtype=bool), is_enough


def calibrated(labels: np.ndarray, freedom: float = 1.0) -> "CalibratedClassifierCV":
    """A linear model whose probabilities hold, for labels that occur twice at least. With less freedom its weights stay
    smaller."""
    from sklearn.calibration import CalibratedClassifierCV
    from sklearn.svm import LinearSVC

    folds = min(FOLDS, *Counter(labels).values())
    return CalibratedClassifierCV(LinearSVC(random_state=0, C=freedom), cv=folds, ensemble=False)


def load_classifier(path: str) -> Callable[[], Classifier]:
    """The class that an import path names.

    Raises:
        ConfigurationError: there is none, or it lacks what a classifier has.
    """
    return load_class(path, "model.classifier", ["fit", "predict_proba"], "fit(X, y) and predict_proba(X)")


def training_rows(
    rows: Iterable[LabeledRow], held_out: Collection[str] = (), of_files: bool = False
) -> list[LabeledRow]:
    """The rows to learn from: labeled by people or before, each item once (with its last label).

    Not among them: labels by the model (it would only learn to be sure of what it believes), unsure labels of pools
    that ended early, and what is held out for the test (by `learned_key`).
    """
    # Labels by the model itself are no evidence: it would only learn to be sure of what it believes.
    teaching = {
        learned_key(row, of_files): row
        for row in rows
        if row.source != MODEL and not (row.partial and (row.confidence or 0.0) < SUREST_PARTIAL)
    }
    return [row for key, row in teaching.items() if key not in held_out]


def learned_key(row: LabeledRow, of_files: bool) -> str:
    """The identity of a row that is learned from: by its values as text; of a file by its content, if known."""
    return row.item_key if of_files and row.item_key else text_key(row.values)


def text_key(values: Values) -> str:
    """The identity of an item by its values as text, as they are in files. For text fields it is the `item_key`."""
    cells = {name: format_value(value) for name, value in values.items()}
    return item_key({name: cell for name, cell in cells.items() if cell})


def input_frame(values: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> "pd.DataFrame":
    """Input values as a classifier takes them: a column of text for each field, empty where there is no value."""
    import pandas as pd

    cells = [[format_value(each.get(name)) for name in columns] for each in values]
    return pd.DataFrame(cells, columns=list(columns), dtype=object)


def is_trainable(labels: Sequence[str]) -> bool:
    """Whether there is enough to learn from: two labels that occur at least twice, among some rows."""
    return len(labels) >= FEWEST_ROWS and sum(count > 1 for count in Counter(labels).values()) > 1


def out_of_fold(
    make: Callable[[], Classifier],
    X: Any,  # noqa: N803  # scikit-learn's names
    y: Sequence[str],
    seed: int = 0,
) -> np.ndarray:
    """For each row the probabilities (columns: the labels in sorted order) by a classifier that was trained without it.

    The labels must be `is_trainable`. One that occurs once only has probability 0 there: nobody could have known it.
    """
    labels = np.asarray(y)
    classes = sorted(set(labels))
    probabilities = np.zeros((len(labels), len(classes)))
    assigned = assign_folds(labels, seed)
    for fold in range(assigned.max() + 1):
        tested = assigned == fold
        model = make()
        model.fit(X[~tested], labels[~tested])
        columns = [classes.index(label) for label in model.classes_]
        probabilities[np.ix_(tested, columns)] = model.predict_proba(X[tested])
    return probabilities


def assign_folds(labels: np.ndarray, seed: int) -> np.ndarray:
    """The number of each row's fold: the rows of a label are dealt out in random order, so that they are spread."""
    order = np.random.default_rng(seed).permutation(len(labels))
    by_label = order[np.argsort(labels[order], kind="stable")]
    folds = np.empty(len(labels), dtype=int)
    folds[by_label] = np.arange(len(labels)) % FOLDS
    return folds

"""How frequent each label is in a batch: thought of once, before its items are judged."""

import numpy as np
from numpy.typing import NDArray

from hitl_assets.labeling.engine.crowd_matrix import full_matrix

Array = NDArray[np.float64]
Codes = NDArray[np.int64]

# Rounds of the shares that golden answers speak for: a few, as they are known roughly.
ROUNDS = 3
# What each further answer to an item leaves of the doubt about what the answers say of the labels' shares. With more of
# it, labels that are rare are given too often; with less, those that people like to say (docs/quality.md).
DOUBT = 0.4
# So many golden answers per label count as much as the look at the batch's answers alone.
WEIGHT = 100.0


def cautious_shares(shares: Array, answers: float) -> Array:
    """The labels' shares as far as so many answers per item can tell.

    What people like to say cannot be told from what items are while hardly anybody says it of the same item: with one
    answer nothing of it is believed, and each further answer takes a share of the doubt (in logarithms).
    """
    believed = shares ** (1 - DOUBT ** (max(1.0, answers) - 1))
    found: Array = believed / believed.sum()
    return found


def golden_shares(task: Codes, answer: Codes, known: Array, first: Array) -> Array:
    """The labels' shares in a batch, by what workers answered to items whose label is known.

    `task` and `answer` are the codes of the batch's answers; `known` counts the answers (columns) to known items of
    each label (rows); `first` is what is thought without them. Only what people say of each label is learned from known
    items, not how frequent it is among them: golden tasks may be chosen as one likes.

    Source: Saerens, Latinne and Decaestecker, Adjusting the Outputs of a Classifier to New a Priori Probabilities
    (Neural Computation 14, 2002); here the classifier is the crowd.
    """
    from scipy.special import softmax

    tasks, places = np.unique(task, return_inverse=True)
    said = np.stack([np.bincount(places, row[answer], len(tasks)) for row in np.log(full_matrix(known))])
    shares = first
    for _ in range(ROUNDS):
        likely = softmax(said + np.log(shares)[:, None], axis=0)
        shares = (likely.sum(axis=1) + 1) / (len(tasks) + len(first))
    weight = known.sum() / (known.sum() + WEIGHT * len(first))
    mixed: Array = weight * shares + (1 - weight) * first
    return mixed

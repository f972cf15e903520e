"""What all workers together answer (columns) to items of each label (rows)."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# What is thought of a crowd before it has answered: eight of ten answers are right, worth so many answers per label.
FIRST_ACCURACY, FIRST_WEIGHT = 0.8, 10.0


def even_matrix(joint: Array) -> Array:
    """The matrix that knows only how often workers are right, whatever the label is, and what wrong answers are
    frequent. `joint`: how often which answer (columns) was given to items of which label (rows)."""
    classes = len(joint)
    right = (np.trace(joint) + FIRST_WEIGHT * classes * FIRST_ACCURACY) / (joint.sum() + FIRST_WEIGHT * classes)
    right = 1.0 if classes == 1 else max(right, 1 / classes)
    wrong = np.tile((joint.sum(axis=0) + 1) / (joint.sum() + classes), (classes, 1))
    np.fill_diagonal(wrong, 0)
    found: Array = (1 - right) * wrong / np.maximum(wrong.sum(axis=1, keepdims=True), 1e-12) + right * np.eye(classes)
    return found


def full_matrix(joint: Array) -> Array:
    """The answers to each label, with a few of the even matrix."""
    own = joint + FIRST_WEIGHT * even_matrix(joint)
    found: Array = own / own.sum(axis=1, keepdims=True)
    return found


def crowd_matrix(joint: Array) -> Array:
    """Halfway between the two. The few answers that speak of a rare label must not rename it."""
    found: Array = (even_matrix(joint) + full_matrix(joint)) / 2
    return found


def hold_names(matrix: Array) -> Array:
    """The matrix in which no answer is given more often to another label than to its own."""
    held = np.minimum(matrix, np.diag(matrix))
    np.fill_diagonal(held, 0)
    np.fill_diagonal(held, 1 - held.sum(axis=1))
    return held

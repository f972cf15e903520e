"""What all workers answer to items of each label."""

import numpy as np
import pytest

from hitl_assets.labeling.engine.crowd_matrix import crowd_matrix, hold_names


def test_no_answer_is_given_more_often_to_another_label_than_to_its_own() -> None:
    """Where it was, the matrix is held; a matrix that keeps to it stays as it is."""
    held = hold_names(np.array([[0.9, 0.1, 0.0], [0.1, 0.3, 0.6], [0.2, 0.4, 0.4]]))
    assert held == pytest.approx(np.array([[0.9, 0.1, 0.0], [0.1, 0.5, 0.4], [0.2, 0.3, 0.5]]))
    fine = np.array([[0.6, 0.4], [0.4, 0.6]])
    assert hold_names(fine) == pytest.approx(fine)


def test_a_few_answers_do_not_rename_a_rare_label() -> None:
    """Three wrong answers to items of the second label, and hundreds of right ones to the first."""
    matrix = crowd_matrix(np.array([[400.0, 20.0], [3.0, 0.0]]))
    assert matrix[1, 1] > 0.6
    assert matrix.sum(axis=1) == pytest.approx(1.0)

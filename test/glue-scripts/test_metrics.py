"""The metrics against vectors worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from metrics import auc, log_loss, pr_auc


@pytest.mark.parametrize(
    ("name", "labels", "scores", "expected"),
    [
        ("every positive before every negative", [0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], 1.0),
        ("every negative before every positive", [1, 1, 0, 0], [0.1, 0.2, 0.8, 0.9], 0.0),
        ("three of four pairs are right", [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.75),
        ("all scores equal", [0, 1, 0, 1, 1], [0.5, 0.5, 0.5, 0.5, 0.5], 0.5),
        ("a tie counts half", [0, 1, 1], [0.5, 0.5, 0.9], 0.75),
    ],
)
def test_auc_is_the_share_of_pairs_ranked_right(
    name: str, labels: list[float], scores: list[float], expected: float
) -> None:
    assert auc(np.array(labels), np.array(scores)) == pytest.approx(expected), name


@pytest.mark.parametrize(
    ("name", "labels", "scores", "expected"),
    [
        ("perfect", [0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9], 1.0),
        # Recall 1/2 at precision 1/1, then recall 1 at precision 2/3.
        ("one negative between", [0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8], 0.5 * 1 + 0.5 * 2 / 3),
        ("equal scores are one step", [0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5], 0.5),
    ],
)
def test_pr_auc_is_the_average_precision(
    name: str, labels: list[float], scores: list[float], expected: float
) -> None:
    assert pr_auc(np.array(labels), np.array(scores)) == pytest.approx(expected), name


def test_log_loss_is_the_mean_of_minus_log_of_what_was_given_to_the_truth() -> None:
    actual = log_loss(np.array([1.0, 0.0, 1.0]), np.array([0.9, 0.2, 0.5]))

    assert actual == pytest.approx(-(math.log(0.9) + math.log(0.8) + math.log(0.5)) / 3)


def test_log_loss_of_a_certain_mistake_is_large_and_finite() -> None:
    assert log_loss(np.array([1.0]), np.array([0.0])) == pytest.approx(-math.log(1e-15))

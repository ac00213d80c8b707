"""How well scores rank and how well they are calibrated, with numpy alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.float64]
Scores = NDArray[np.float64]

_SMALLEST_PROBABILITY = 1e-15


def auc(labels: Labels, scores: Scores) -> float:
    """Area under the ROC curve: the chance that a positive outranks a negative, ties half.

    `labels` are 0 or 1, `scores` any numbers, both of length n. Raises ValueError when there is
    only one class.
    """
    positives, negatives = _counts(labels)
    _, group, sizes = np.unique(scores, return_inverse=True, return_counts=True)
    last_rank = np.cumsum(sizes)
    mean_rank = (last_rank - (sizes - 1) / 2)[group]
    rank_sum = float(mean_rank[labels == 1].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def pr_auc(labels: Labels, scores: Scores) -> float:
    """Average precision: precision at each distinct score, weighted by the recall it adds."""
    positives, _ = _counts(labels)
    order = np.argsort(-scores, kind="stable")
    found = np.cumsum(labels[order])
    ends = np.append(np.nonzero(np.diff(scores[order]))[0], len(scores) - 1)
    precision = found[ends] / (ends + 1)
    recall = found[ends] / positives
    return float(np.sum(np.diff(np.append(0.0, recall)) * precision))


def log_loss(labels: Labels, probabilities: Scores) -> float:
    """Mean negative log-likelihood in nats; probabilities are kept off 0 and 1."""
    kept = np.clip(probabilities, _SMALLEST_PROBABILITY, 1 - _SMALLEST_PROBABILITY)
    return float(-np.mean(labels * np.log(kept) + (1 - labels) * np.log(1 - kept)))


def _counts(labels: Labels) -> tuple[int, int]:
    positives = int(labels.sum())
    negatives = len(labels) - positives
    if positives == 0 or negatives == 0:
        raise ValueError("Cannot measure a ranking: there is only one class.")
    return positives, negatives

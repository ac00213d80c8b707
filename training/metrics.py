"""How well scores rank and estimate: AUC, PR-AUC and log loss, each as its definition says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from features import Vector

_SMALLEST = 1e-15


def auc(labels: Vector, scores: Vector) -> float:
    """The share of pairs of a positive and a negative that the scores rank right; ties half."""
    order = np.argsort(scores, kind="mergesort")
    _, first, count = np.unique(scores[order], return_index=True, return_counts=True)
    middle_ranks = np.repeat(first + (count + 1) / 2, count)
    ranks = np.empty(len(scores))
    ranks[order] = middle_ranks
    positives = int(labels.sum())
    negatives = len(labels) - positives
    rank_sum = ranks[labels == 1].sum()
    return float((rank_sum - positives * (positives + 1) / 2) / (positives * negatives))


def pr_auc(labels: Vector, scores: Vector) -> float:
    """Average precision: precision at each distinct score, weighted by the recall it adds."""
    order = np.argsort(-scores, kind="mergesort")
    hits = np.cumsum(labels[order])
    last_of_score = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    found = hits[last_of_score]
    precision = found / (last_of_score + 1)
    recall = found / labels.sum()
    return float(np.sum(np.diff(recall, prepend=0.0) * precision))


def log_loss(labels: Vector, probabilities: Vector) -> float:
    """The mean of -log of the probability given to what was true; 0 and 1 are moved in by 1e-15."""
    bounded = np.clip(probabilities, _SMALLEST, 1 - _SMALLEST)
    return float(-np.mean(labels * np.log(bounded) + (1 - labels) * np.log(1 - bounded)))

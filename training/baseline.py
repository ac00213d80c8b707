"""What the model has to beat: ranking by one feature, as anybody would by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from features import Vector

_GROUPS = 20


class Baseline:
    """Ranks by one feature, in the direction that fits the training rows.

    A probability for log loss comes from the share of positives in twentieths of the training rows.
    """

    def __init__(self, values: Vector, labels: Vector) -> None:
        filled = np.nan_to_num(values, nan=float(np.nanmedian(values)))
        self._median = float(np.nanmedian(values))
        above = labels[filled > self._median]
        below = labels[filled <= self._median]
        rises = len(above) > 0 and (len(below) == 0 or above.mean() >= below.mean())
        self._sign = 1.0 if rises else -1.0
        self._edges = np.unique(np.quantile(filled, np.linspace(0, 1, _GROUPS + 1)[1:-1]))
        groups = np.searchsorted(self._edges, filled, side="right")
        count = np.bincount(groups, minlength=len(self._edges) + 1)
        positives = np.bincount(groups, weights=labels, minlength=len(self._edges) + 1)
        self._shares = (positives + labels.mean()) / (count + 1)

    def scores(self, values: Vector) -> Vector:
        """Higher is likelier; only the order means anything."""
        return self._sign * np.nan_to_num(values, nan=self._median)

    def probabilities(self, values: Vector) -> Vector:
        filled = np.nan_to_num(values, nan=self._median)
        return self._shares[np.searchsorted(self._edges, filled, side="right")]

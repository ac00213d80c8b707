"""Splits by time: a model is judged on dates that lie after everything it learnt from."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

Mask = np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True)
class TimeSplit:
    """Which rows are for fitting, for stopping early, and for the figures; and the dates between."""

    fit: Mask
    validation: Mask
    test: Mask
    validation_from: str
    test_from: str


def split_by_time(dates: Sequence[Any], test_share: float) -> TimeSplit:
    """The newest `test_share` of the as-of dates is the test, the newest date before it validation.

    Raises ValueError with fewer than three dates.
    """
    values = np.asarray([str(date) for date in dates])
    distinct = np.unique(values)
    if len(distinct) < 3:
        raise ValueError(
            f"Cannot split the training set by time: it has {len(distinct)} as-of dates, and fitting, "
            "validation and test need one each. Train when more labels are there."
        )
    test_dates = min(max(1, math.ceil(len(distinct) * test_share)), len(distinct) - 2)
    before = len(distinct) - test_dates
    validation_dates = min(max(1, round(before * test_share)), before - 1)
    test_from = str(distinct[before])
    validation_from = str(distinct[before - validation_dates])
    return TimeSplit(
        fit=values < validation_from,
        validation=(values >= validation_from) & (values < test_from),
        test=values >= test_from,
        validation_from=validation_from,
        test_from=test_from,
    )

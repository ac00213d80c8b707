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
    """Rows for fitting, for stopping early and for the figures; and the dates between them."""

    fit: Mask
    validation: Mask
    test: Mask
    validation_from: str
    test_from: str


def split_by_time(dates: Sequence[Any], test_share: float, horizon_days: int = 0) -> TimeSplit:
    """The newest `test_share` of the as-of dates is the test, the newest date before it validation.

    A label is decided during `horizon_days` after its date. Dates whose horizon reaches into the
    test are left out: what happened there would tell of the test's labels. Raises ValueError when
    fitting, validation and test do not each have a date.
    """
    values = np.asarray([str(date) for date in dates], dtype="datetime64[D]")
    distinct = np.unique(values)
    test_dates = max(1, math.ceil(len(distinct) * test_share))
    test_from = distinct[-test_dates]
    usable = distinct[distinct + np.timedelta64(horizon_days, "D") <= test_from]
    usable = usable[usable < test_from]
    if len(usable) < 2:
        raise ValueError(
            f"Cannot split the training set by time: of {len(distinct)} as-of dates {len(usable)} "
            f"end {horizon_days} days before the test begins, and fitting and validation need one "
            "each. Train when more labels are there."
        )
    validation_dates = min(max(1, round(len(usable) * test_share)), len(usable) - 1)
    validation_from = usable[-validation_dates]
    return TimeSplit(
        fit=values < validation_from,
        validation=(values >= validation_from) & (values <= usable[-1]),
        test=values >= test_from,
        validation_from=str(validation_from),
        test_from=str(test_from),
    )

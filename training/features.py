"""Which rows a model learns from and which it is judged by, and what it sees of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


class TrainingDataError(Exception):
    """The training set cannot be learnt from; trying again will not help."""


@dataclass(frozen=True)
class ModelSpec:
    """The section `model` of pipeline.yml, as far as training reads it."""

    name: str
    entity: tuple[str, ...]
    as_of: str
    label: str
    baseline: str
    seed: int
    test_share: float

    @classmethod
    def of(cls, section: dict[str, Any]) -> ModelSpec:
        """The section of a published pipeline document."""
        names = ("name", "as_of", "label", "baseline", "seed", "test_share")
        return cls(entity=tuple(section["entity"]), **{name: section[name] for name in names})


@dataclass(frozen=True)
class Split:
    """Three consecutive stretches of as-of dates: to learn from, to stop by, to be judged by."""

    train: pd.DataFrame
    validation: pd.DataFrame
    test: pd.DataFrame
    test_from: str


@dataclass(frozen=True)
class Matrix:
    """Inputs (rows × features, float64, missing as NaN) and labels (rows, 0 or 1)."""

    inputs: NDArray[np.float64]
    labels: NDArray[np.float64]


def feature_names(rows: pd.DataFrame, spec: ModelSpec) -> list[str]:
    """Every column but identity and label, in the table's order."""
    others = {*spec.entity, spec.as_of, spec.label}
    names = [name for name in rows.columns if name not in others]
    if spec.baseline not in names:
        raise TrainingDataError(
            f"Cannot train {spec.name}: the baseline feature {spec.baseline} is not among "
            f"{', '.join(names)}. Correct the section model of pipeline.yml."
        )
    return names


def split_by_time(rows: pd.DataFrame, spec: ModelSpec) -> Split:
    """The newest `test_share` of the dates is the test set; before it as many dates validate.

    Nothing is drawn at random: a model is judged on dates after those it has learnt from. Raises
    TrainingDataError when there are fewer than three dates or a stretch has only one class.
    """
    dates = sorted(rows[spec.as_of].unique())
    held_out = max(1, round(len(dates) * spec.test_share))
    if len(dates) < 2 * held_out + 1:
        raise TrainingDataError(
            f"Cannot train {spec.name}: {len(dates)} as-of dates cannot be split into training, "
            "validation and test. Wait for more intervals, or lower test_share."
        )
    stretches = (dates[: -2 * held_out], dates[-2 * held_out : -held_out], dates[-held_out:])
    train, validation, test = (rows[rows[spec.as_of].isin(stretch)] for stretch in stretches)
    for title, part in (("training", train), ("validation", validation), ("test", test)):
        if part[spec.label].nunique() < 2:
            raise TrainingDataError(
                f"Cannot train {spec.name}: the {title} set of {len(part)} rows has one class "
                f"only. Look at {spec.label} in the labels' table."
            )
    return Split(train, validation, test, str(dates[-held_out]))


def matrix(rows: pd.DataFrame, features: list[str], label: str) -> Matrix:
    """Rows as numbers; what is no number is NaN, which the trees take as missing."""
    inputs = rows[features].astype("float64").to_numpy(dtype=np.float64)
    return Matrix(inputs, rows[label].to_numpy(dtype=np.float64))

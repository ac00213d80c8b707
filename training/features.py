"""What the model sees of a row: which columns, in which order, as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

Matrix = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Vector = np.ndarray[tuple[int], np.dtype[np.float64]]


def feature_names(table: pa.Table, not_features: Sequence[str]) -> list[str]:
    """The table's columns but for entity, as-of date and label, in the table's order.

    Raises ValueError naming every column that is not a number or a truth value.
    """
    names = [name for name in table.column_names if name not in not_features]
    wrong = [name for name in names if not _is_number(table.schema.field(name).type)]
    if wrong:
        raise ValueError(
            f"Cannot use the features {', '.join(wrong)}: they are not numbers. "
            "Turn them into numbers in the SQL of the features table."
        )
    if not names:
        raise ValueError("Cannot train: the training set has no feature columns. Add some.")
    return names


def _is_number(kind: pa.DataType) -> bool:
    return (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_boolean(kind)
    )


def to_matrix(table: pa.Table, names: Sequence[str]) -> Matrix:
    """One row per row and one column per name; null becomes NaN, which XGBoost takes as missing."""
    return np.column_stack([_column(table, name) for name in names])


def to_labels(table: pa.Table, label: str) -> Vector:
    """The label as 0 and 1. Raises ValueError for another value, or none at all."""
    values = _column(table, label)
    if not np.isin(values, (0.0, 1.0)).all():
        raise ValueError(
            f"Cannot train on the label {label}: it has values other than 0 and 1. "
            "Correct the SQL of the labels table."
        )
    return values


def _column(table: pa.Table, name: str) -> Vector:
    numbers = pc.cast(table[name], pa.float64())
    return numbers.to_numpy(zero_copy_only=False).astype(np.float64)

"""A table made anew, compared with the one that is stored: only the rows that differ are
written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyspark.sql.functions as F
from pyspark.sql.types import DoubleType, FloatType

from pipeline.plan import BATCH, OP, STORED, all_of, beside, is_stored, on_same

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

# Spark adds floating-point numbers in whatever order its tasks end, so the last digits vary.
_TOLERANCE = 1e-9


def plan_merge(
    wanted: DataFrame,
    stored: DataFrame | None,
    identity: Sequence[str],
    *,
    delete_missing: bool,
    compared: Sequence[str] | None = None,
) -> DataFrame:
    """The plan that makes the stored rows the wanted ones. Both have the same columns.

    `compared` are the columns that decide whether a row has changed (absent: all of them).
    """
    columns = wanted.columns
    if stored is None:
        return wanted.select(*columns, F.lit("insert").alias(OP), F.lit(True).alias(BATCH))
    other = beside(stored, columns)
    marked = wanted.withColumn(BATCH, F.lit(True))
    joined = marked.join(other, on_same(identity), "full" if delete_missing else "left")
    same = all_of([_is_equal(wanted, name) for name in (compared or columns)])
    is_wanted = F.col(BATCH).isNotNull()
    op = (
        F.when(~is_wanted, "delete")
        .when(~is_stored(), "insert")
        .when(same, "same")
        .otherwise("update")
    )
    kept = [F.when(is_wanted, F.col(c)).otherwise(F.col(STORED + c)).alias(c) for c in columns]
    return joined.select(*kept, op.alias(OP), F.coalesce(BATCH, F.lit(False)).alias(BATCH))


def _is_equal(rows: DataFrame, name: str) -> Column:
    one, other = F.col(name), F.col(STORED + name)
    if not isinstance(rows.schema[name].dataType, (DoubleType, FloatType)):
        return one.eqNullSafe(other)
    close = F.abs(one - other) <= _TOLERANCE * F.greatest(F.abs(one), F.abs(other))
    return one.eqNullSafe(other) | F.coalesce(close, F.lit(False))

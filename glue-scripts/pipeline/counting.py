"""Several counts by one Spark action: on small tables it is the actions that take time."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import pyspark.sql.functions as F

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame


def count_at_once(frames: Sequence[DataFrame]) -> dict[str, int]:
    """The values of frames that have one row each, by the names of their columns."""
    if not frames:
        return {}
    maps = [frame.select(_by_name(frame)) for frame in frames]
    rows = reduce(lambda one, other: one.unionAll(other), maps).collect()
    return {name: count for row in rows for name, count in row[0].items()}


def _by_name(frame: DataFrame) -> Column:
    pairs = [(F.lit(name), F.col(f"`{name}`")) for name in frame.columns]
    return F.create_map(*[part for pair in pairs for part in pair]).alias("counts")

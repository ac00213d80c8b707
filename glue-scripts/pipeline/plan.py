"""What a batch of accepted rows would change in a table, decided before anything is written.

A plan has one row per row of the batch and per stored row it touches, with two columns beside the
table's own: `_op`, and `_batch`, true where the batch brought the row.

`insert` and `update` are written, `delete` is removed, `same` stays. The batch's `repeat` is a
duplicate that was never stored, `withdraw` one whose key was; `displace` is a stored row of a key
outside the batch that turned out to be the duplicate. The last two are removed.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import pyspark.sql.functions as F

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

OP = "_op"
BATCH = "_batch"
STORED = "_stored_"

WRITTEN = ["insert", "update"]
REMOVED = ["delete", "withdraw", "displace"]
DUPLICATES = ["repeat", "withdraw", "displace"]


def beside(stored: DataFrame, columns: Sequence[str]) -> DataFrame:
    """The stored rows under other names, so that they can stand beside the batch's in a join."""
    renamed = [F.col(name).alias(STORED + name) for name in columns]
    return stored.select(*renamed, F.lit(True).alias(STORED))


def is_stored() -> Column:
    """True where a join with `beside` found a row."""
    return F.col(STORED).isNotNull()


def on_same(identity: Sequence[str]) -> Column:
    """The join condition with `beside`; nulls are equal to each other."""
    return all_of([F.col(name).eqNullSafe(F.col(STORED + name)) for name in identity])


def same_values(columns: Sequence[str]) -> Column:
    """True where the row and the stored one beside it have the same values."""
    return all_of([F.col(name).eqNullSafe(F.col(STORED + name)) for name in columns])


def all_of(conditions: Sequence[Column]) -> Column:
    """True where every condition is; true of none."""
    return reduce(lambda one, other: one & other, conditions, F.lit(True))

"""Which row of several speaks for a key, and which rows of different keys are the same thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyspark.sql.functions as F
from pyspark import StorageLevel
from pyspark.sql import Window

from pipeline.conform import group_hash
from pipeline.contract import EXTRACTED_AT, FIRST_BY, ORDERED_BY, SAME_AS, business_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

    from pipeline.documents import SilverTable

RANK = "_rank"
_HASH = "_hash"


def age(table: SilverTable, prefix: str = "") -> Column:
    """What versions of a key are compared by, the newest last: `order_by`, then the extraction."""
    names = [*([ORDERED_BY] if table.get("order_by") else []), EXTRACTED_AT]
    return F.struct(*[F.col(prefix + name).alias(name) for name in names])


def content_hash(table: SilverTable) -> Column:
    """64-bit hash of what a user sees of a row."""
    return group_hash([F.col(name) for name in business_columns(table)])


def rank_versions(rows: DataFrame, table: SilverTable, identity: Sequence[str]) -> DataFrame:
    """Adds `_rank` over rows of one identity: 1 for the newest version, 2 ... for those behind
    it."""
    return _rank(rows, identity, [age(table).desc(), content_hash(table).desc()])


def rank_same_things(rows: DataFrame, key: Sequence[str]) -> DataFrame:
    """Adds `_rank` over rows of different keys that are the same thing: 1 for the one to keep."""
    return _rank(rows, [SAME_AS], [F.col(FIRST_BY).asc(), *[F.col(name).asc() for name in key]])


def _rank(rows: DataFrame, together: Sequence[str], order: Sequence[Column]) -> DataFrame:
    """Sorts only rows that are not alone, which most are: counting 64-bit hashes finds them."""
    hashed = rows.withColumn(_HASH, group_hash([F.col(name) for name in together]))
    crowded = hashed.groupBy(_HASH).count().where("count > 1").select(_HASH)
    crowded.persist(StorageLevel.MEMORY_AND_DISK)
    if crowded.count() == 0:
        return rows.withColumn(RANK, F.lit(1))
    window = Window.partitionBy(*together).orderBy(*order)
    alone = hashed.join(F.broadcast(crowded), _HASH, "left_anti").withColumn(RANK, F.lit(1))
    several = hashed.join(F.broadcast(crowded), _HASH, "left_semi")
    ranked = several.withColumn(RANK, F.row_number().over(window))
    return alone.unionByName(ranked).drop(_HASH)

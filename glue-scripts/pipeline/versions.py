"""Which row of several speaks for a key, and which rows of different keys are the same thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyspark.sql.functions as F
from pyspark.sql import Window

from pipeline.conform import group_hash
from pipeline.contract import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

    from pipeline.documents import SilverTable

RANK = "_rank"


def age(table: SilverTable, version: Column) -> Column:
    """What versions of a key are compared by, the newest last: `order_by`, then the extraction."""
    order = [version["order_by"]] if table.get("order_by") else []
    return F.struct(*order, version["extracted_at"])


def rank_versions(
    rows: DataFrame, identity: Sequence[str], newest_first: Sequence[Column]
) -> DataFrame:
    """Adds `_rank`: 1 for the row that speaks for its identity, 2 … for those behind it.

    Only identities with more than one row are sorted; for the rest a count of 64-bit hashes is enough.
    """
    keyed = rows.withColumn("_identity", group_hash([F.col(name) for name in identity]))
    counted = keyed.groupBy("_identity").count()
    contested = counted.where("count > 1").select("_identity")
    order = Window.partitionBy(*identity).orderBy(*newest_first)
    alone = keyed.join(F.broadcast(contested), "_identity", "left_anti").withColumn(RANK, F.lit(1))
    several = keyed.join(F.broadcast(contested), "_identity", "left_semi").withColumn(
        RANK, F.row_number().over(order)
    )
    return alone.unionByName(several).drop("_identity")


def rank_same_things(rows: DataFrame, key: Sequence[str]) -> DataFrame:
    """Adds `_rank` over rows of different keys that `_version.same_as` says are the same thing."""
    same = rows.withColumn("_same_as", F.col(VERSION)["same_as"])
    first = [F.col(VERSION)["first_by"].asc(), *[F.col(name).asc() for name in key]]
    return rank_versions(same, ["_same_as"], first).drop("_same_as")

"""SCD1: a table holds the newest version of each key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyspark.sql.functions as F
from pyspark import StorageLevel

from pipeline.bronze import LINEAGE
from pipeline.contract import (
    EXTRACTED_AT,
    ORDERED_BY,
    SAME_AS,
    business_columns,
    technical_columns,
)
from pipeline.plan import BATCH, OP, STORED, beside, is_stored, on_same, same_values
from pipeline.versions import RANK, age, rank_same_things

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from pipeline.documents import SilverTable


def plan_current(batch: DataFrame, stored: DataFrame | None, table: SilverTable) -> DataFrame:
    """The plan for a batch that has one row per key. `stored` is None for a table without rows."""
    columns = [*business_columns(table), *technical_columns(table)]
    plan = batch.select(*columns, *LINEAGE, F.lit("insert").alias(OP), F.lit(True).alias(BATCH))
    if stored is not None:
        joined = batch.join(beside(stored, columns), on_same(table["key"]), "left")
        plan = joined.select(
            *columns, *LINEAGE, _operation(table).alias(OP), F.lit(True).alias(BATCH)
        )
    if "deduplicate" in table:
        plan = _without_same_things(plan.persist(StorageLevel.MEMORY_AND_DISK), stored, table)
    return plan.withColumn(OP, F.when(F.col(OP) == "late", "same").otherwise(F.col(OP)))


def _operation(table: SilverTable) -> Column:
    """`late` is a version older than the stored one; like `same` it changes nothing.

    Equal values are written again only when that moves what later decisions rest on: a newer
    `order_by`, or an earlier extraction of the same version.
    """
    is_newer = age(table) > age(table, STORED)
    is_level = F.lit(True)
    moved = F.lit(False)
    if table.get("order_by"):
        is_level = F.col(ORDERED_BY) == F.col(STORED + ORDERED_BY)
        moved = F.col(ORDERED_BY) > F.col(STORED + ORDERED_BY)
    seen_earlier = is_level & (F.col(EXTRACTED_AT) < F.col(STORED + EXTRACTED_AT))
    is_same = same_values(business_columns(table))
    return (
        F.when(~is_stored(), "insert")
        .when(is_same & (moved | seen_earlier), "update")
        .when(is_same, "same")
        .when(is_newer, "update")
        .otherwise("late")
    )


def _without_same_things(
    plan: DataFrame, stored: DataFrame | None, table: SilverTable
) -> DataFrame:
    key = table["key"]
    late = plan.where(F.col(OP) == "late")
    candidates = plan.where(F.col(OP) != "late")
    rivals = candidates
    if stored is not None:
        others = stored.join(candidates.select(SAME_AS).distinct(), SAME_AS, "left_semi").join(
            candidates.select(*key), key, "left_anti"
        )
        kept = others.select(
            *business_columns(table),
            *technical_columns(table),
            *[F.lit(None).cast("string").alias(name) for name in LINEAGE],
            F.lit("kept").alias(OP),
            F.lit(False).alias(BATCH),
        )
        rivals = candidates.unionByName(kept)
    ranked = rank_same_things(rivals, key)
    behind = F.col(RANK) > 1
    decided = (
        F.when(behind & (F.col(OP) == "insert"), "repeat")
        .when(behind & (F.col(OP) == "kept"), "displace")
        .when(behind, "withdraw")
        .otherwise(F.col(OP))
    )
    settled = ranked.withColumn(OP, decided).drop(RANK).where(F.col(OP) != "kept")
    return settled.unionByName(late)

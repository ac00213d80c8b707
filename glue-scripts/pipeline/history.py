"""SCD2: a table holds every version of each key, with the half-open time in which it was true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyspark.sql.functions as F
from pyspark.sql import Window

from pipeline.contract import (
    EFFECTIVE_FROM,
    EFFECTIVE_TO,
    EXTRACTED_AT,
    HISTORY_COLUMNS,
    IS_CURRENT,
    business_columns,
    technical_columns,
)
from pipeline.plan import BATCH, OP, beside, is_stored, on_same, same_values
from pipeline.versions import age, content_hash

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from pipeline.documents import SilverTable


def effective_from(table: SilverTable) -> Column:
    """When a version began: the contract's `valid_from`, or else when it was extracted."""
    if "valid_from" in table:
        return F.col(table["valid_from"]).cast("timestamp")
    return F.col(EXTRACTED_AT)


def plan_history(batch: DataFrame, stored: DataFrame | None, table: SilverTable) -> DataFrame:
    """The plan for a batch that has one row per key and `effective_from`.

    The histories of the batch's keys are made anew from the stored versions and the batch, so a
    version that comes late or again finds its place. Versions that follow each other with the same
    values are one, where the contract has no `valid_from` of its own to tell them apart.
    """
    columns = [*business_columns(table), EFFECTIVE_FROM, *technical_columns(table)]
    versions = batch.select(*columns, F.lit(True).alias(BATCH))
    if stored is not None:
        of_batch = stored.join(batch.select(*table["key"]).distinct(), table["key"], "left_semi")
        versions = versions.unionByName(of_batch.select(*columns, F.lit(False).alias(BATCH)))
    wanted = _with_ends(_one_per_instant(versions, table), table)
    every = [*business_columns(table), *HISTORY_COLUMNS, *technical_columns(table)]
    op = F.when(F.col("_is_repeated"), "same").otherwise("insert")
    if stored is not None:
        identity = [*table["key"], EFFECTIVE_FROM]
        wanted = wanted.join(beside(stored, every), on_same(identity), "left")
        op = _operation(every)
    return wanted.select(*every, op.alias(OP), BATCH)


def _operation(columns: list[str]) -> Column:
    repeated = F.col("_is_repeated")
    return (
        F.when(repeated & is_stored(), "delete")
        .when(repeated, "same")
        .when(~is_stored(), "insert")
        .when(same_values(columns), "same")
        .otherwise("update")
    )


def _one_per_instant(versions: DataFrame, table: SilverTable) -> DataFrame:
    """Of several versions of one instant the newest; of equal ones the extraction that came
    first."""
    instant = Window.partitionBy(*table["key"], EFFECTIVE_FROM)
    newest = instant.orderBy(age(table).desc(), F.col("_content").desc())
    equal = Window.partitionBy(*table["key"], EFFECTIVE_FROM, "_content")
    first_seen = F.min(EXTRACTED_AT).over(equal)
    return (
        versions.withColumn("_content", content_hash(table))
        .withColumn("_first_seen", first_seen)
        .withColumn(BATCH, F.max(BATCH).over(instant))
        .withColumn("_rank", F.row_number().over(newest))
        .where("_rank = 1")
        .withColumn(EXTRACTED_AT, F.col("_first_seen"))
    )


def _with_ends(versions: DataFrame, table: SilverTable) -> DataFrame:
    of_key = Window.partitionBy(*table["key"]).orderBy(EFFECTIVE_FROM)
    repeated = F.lit(False)
    if "valid_from" not in table:
        repeated = F.coalesce(F.lag("_content").over(of_key) == F.col("_content"), F.lit(False))
    kept = Window.partitionBy(*table["key"], "_is_repeated").orderBy(EFFECTIVE_FROM)
    return (
        versions.withColumn("_is_repeated", repeated)
        .withColumn(EFFECTIVE_TO, F.lead(EFFECTIVE_FROM).over(kept))
        .withColumn(IS_CURRENT, F.col(EFFECTIVE_TO).isNull())
    )

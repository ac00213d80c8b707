"""SCD2: a table holds every version of each key, with the half-open time in which it was true."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyspark.sql.functions as F
from pyspark.sql import Window

from pipeline.contract import (
    DELETED_AT,
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


# When a version ended by a deletion; null of one that did not.
_CLOSED = "_closed"


def effective_from(table: SilverTable) -> Column:
    """When a version began: the contract's `valid_from`, or else when it was extracted."""
    if "valid_from" in table:
        return F.col(table["valid_from"]).cast("timestamp")
    return F.col(EXTRACTED_AT)


def plan_history(
    batch: DataFrame,
    stored: DataFrame | None,
    table: SilverTable,
    deleted: DataFrame | None = None,
) -> DataFrame:
    """The plan for a batch that has one row per key and `effective_from`.

    The histories of the batch's keys are made anew from the stored versions and the batch, so a
    version that comes late or again finds its place. Versions that follow each other with the same
    values are one, where the contract has no `valid_from` of its own to tell them apart.

    A deletion ends the version that was current when it was extracted; one that is extracted after
    it begins anew.
    """
    columns = [*business_columns(table), EFFECTIVE_FROM, *technical_columns(table)]
    never = F.lit(None).cast("timestamp").alias(_CLOSED)
    versions = batch.select(*columns, F.lit(True).alias(BATCH), never)
    if stored is not None:
        keys = batch.select(*table["key"])
        touched = keys if deleted is None else keys.union(deleted.select(*table["key"]))
        of_batch = _with_closed(stored.join(touched.distinct(), table["key"], "left_semi"), table)
        versions = versions.unionByName(
            of_batch.select(*columns, F.lit(False).alias(BATCH), _CLOSED)
        )
    wanted = _with_ends(_close(_one_per_instant(versions, table), deleted, table), table)
    every = [*business_columns(table), *HISTORY_COLUMNS, *technical_columns(table)]
    op = F.when(F.col("_is_repeated"), "same").otherwise("insert")
    if stored is not None:
        identity = [*table["key"], EFFECTIVE_FROM]
        wanted = wanted.join(beside(stored, every), on_same(identity), "left")
        op = _operation(every)
    return wanted.select(*every, op.alias(OP), BATCH)


def _with_closed(stored: DataFrame, table: SilverTable) -> DataFrame:
    """Adds when each stored version ended by a deletion: before another one began."""
    of_key = Window.partitionBy(*table["key"]).orderBy(EFFECTIVE_FROM)
    following = F.lead(EFFECTIVE_FROM).over(of_key)
    is_closed = following.isNull() | (F.col(EFFECTIVE_TO) < following)
    return stored.withColumn(_CLOSED, F.when(is_closed, F.col(EFFECTIVE_TO)))


def _close(versions: DataFrame, deleted: DataFrame | None, table: SilverTable) -> DataFrame:
    """Ends each version with the first deletion that was extracted with or after it."""
    if deleted is None:
        return versions
    gone = deleted.groupBy(*table["key"]).agg(F.collect_set(DELETED_AT).alias("_gone"))
    later = F.expr("array_min(filter(_gone, t -> t >= _last_seen))")
    joined = versions.join(gone, table["key"], "left")
    return joined.withColumn(_CLOSED, F.least(F.col(_CLOSED), later)).drop("_gone")


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
    same_instant = Window.partitionBy(*table["key"], EFFECTIVE_FROM)
    newest = same_instant.orderBy(age(table).desc(), F.col("_content").desc())
    equal = Window.partitionBy(*table["key"], EFFECTIVE_FROM, "_content")
    first_seen = F.min(EXTRACTED_AT).over(equal)
    return (
        versions.withColumn("_content", content_hash(table))
        .withColumn("_first_seen", first_seen)
        .withColumn("_last_seen", F.max(EXTRACTED_AT).over(same_instant))
        .withColumn(_CLOSED, F.max(_CLOSED).over(same_instant))
        .withColumn(_CLOSED, F.when(F.col(_CLOSED) >= F.col("_last_seen"), F.col(_CLOSED)))
        .withColumn(BATCH, F.max(BATCH).over(same_instant))
        .withColumn("_rank", F.row_number().over(newest))
        .where("_rank = 1")
        .withColumn(EXTRACTED_AT, F.col("_first_seen"))
    )


def _with_ends(versions: DataFrame, table: SilverTable) -> DataFrame:
    of_key = Window.partitionBy(*table["key"]).orderBy(EFFECTIVE_FROM)
    repeated = F.lit(False)
    if "valid_from" not in table:
        is_same = F.lag("_content").over(of_key) == F.col("_content")
        was_closed = F.lag(_CLOSED).over(of_key) <= F.col(EFFECTIVE_FROM)
        repeated = F.coalesce(is_same & ~F.coalesce(was_closed, F.lit(False)), F.lit(False))
    # A version may begin later than its deletion was told, by the source's clock.
    closed = F.when(F.col(_CLOSED).isNotNull(), F.greatest(_CLOSED, EFFECTIVE_FROM))
    kept = Window.partitionBy(*table["key"], "_is_repeated").orderBy(EFFECTIVE_FROM)
    return (
        versions.withColumn("_is_repeated", repeated)
        .withColumn(EFFECTIVE_TO, F.least(F.lead(EFFECTIVE_FROM).over(kept), closed))
        .withColumn(IS_CURRENT, F.col(EFFECTIVE_TO).isNull())
    )

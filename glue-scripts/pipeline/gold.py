"""Silver to gold for one interval: each model's SQL is run, and what differs from the table is
merged."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyspark.sql.functions as F
from pyspark import StorageLevel
from pyspark.errors import PySparkException

from pipeline.errors import TerminalError
from pipeline.gold_models import in_order, render
from pipeline.merge import plan_merge
from pipeline.paths import database_name, table_location, table_name
from pipeline.plan import OP
from pipeline.staging import Counts
from pipeline.tables import (
    Target,
    create_table,
    differing_columns,
    newest_snapshot,
    replace_table,
    stored_rows,
    write_changes,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame, SparkSession

    from pipeline.documents import GoldModel
    from pipeline.job_args import JobArgs

log = logging.getLogger("gold")

AS_OF = "snowmelt.as-of"


@dataclass(frozen=True)
class Built:
    """A gold table after its model has run."""

    model: GoldModel
    target: Target
    counts: Counts


def newest_as_of(
    spark: SparkSession, args: JobArgs, models: Sequence[GoldModel], as_of: str
) -> str:
    """The interval's date, or the one that gold has reached: an older interval takes nothing
    back."""
    reached = [as_of]
    for model in models:
        name = table_name(args.database_prefix, "gold", model["table"])
        snapshot = newest_snapshot(spark, name) if spark.catalog.tableExists(name) else None
        if snapshot and AS_OF in snapshot.properties:
            reached.append(snapshot.properties[AS_OF])
    return max(reached)


def build_gold(
    spark: SparkSession, args: JobArgs, models: Sequence[GoldModel], as_of: str
) -> list[Built]:
    """Runs the models in the order in which they read each other; one commit for each that
    changed."""
    variables = {
        "silver": database_name(args.database_prefix, "silver"),
        "gold": database_name(args.database_prefix, "gold"),
        "as_of": as_of,
    }
    return [_build(spark, args, model, render(model, variables)) for model in in_order(models)]


def _build(spark: SparkSession, args: JobArgs, model: GoldModel, sql: str) -> Built:
    try:
        rows = spark.sql(sql).persist(StorageLevel.MEMORY_AND_DISK)
        target = _target(args, model, rows)
        read = _assert_key(model, rows)
        counts = _merge(spark, target, rows, read)
    except PySparkException as error:
        raise _model_error(model, error) from error
    rows.unpersist()
    log.info("gold table %s: %s", model["table"], counts)
    return Built(model, target, counts)


def _merge(spark: SparkSession, target: Target, rows: DataFrame, read: int) -> Counts:
    create_table(spark, target)
    if differing_columns(spark.table(target.name).schema, target.schema):
        replace_table(target, rows)
        return Counts(read=read, accepted=read, inserted=read)
    stored = stored_rows(spark, target.name)
    plan = plan_merge(rows, stored, target.identity, delete_missing=True)
    if stored is None:
        if read > 0:
            write_changes(spark, target, plan)
        return Counts(read=read, accepted=read, inserted=read)
    plan.persist(StorageLevel.MEMORY_AND_DISK)
    counted = {row[OP]: row["count"] for row in plan.groupBy(OP).count().collect()}
    if counted.keys() - {"same"}:
        write_changes(spark, target, plan)
    plan.unpersist()
    return Counts(
        read=read,
        accepted=read,
        inserted=counted.get("insert", 0),
        updated=counted.get("update", 0),
        deleted=counted.get("delete", 0),
        unchanged=counted.get("same", 0),
    )


def _target(args: JobArgs, model: GoldModel, rows: DataFrame) -> Target:
    missing = [name for name in model["key"] if name not in rows.columns]
    if missing:
        raise TerminalError(
            f"Cannot build gold table {model['table']}: its SQL gives no column "
            f"{', '.join(missing)}, which its header names as key. Correct one of the two.",
            code="CONFIG_INVALID",
        )
    return Target(
        name=table_name(args.database_prefix, "gold", model["table"]),
        location=table_location(args.lake_bucket, "gold", model["table"]),
        schema=rows.schema,
        identity=tuple(model["key"]),
    )


def _assert_key(model: GoldModel, rows: DataFrame) -> int:
    """The number of rows, of which no two have the same key."""
    by_key = rows.groupBy(*model["key"]).count()
    counted = by_key.agg(
        F.count(F.when(F.col("count") > 1, 1)).alias("repeated"),
        F.coalesce(F.sum("count"), F.lit(0)).alias("rows"),
    ).collect()[0]
    repeated: int = counted["repeated"]
    if repeated:
        raise TerminalError(
            f"Cannot build gold table {model['table']}: {repeated} values of its key "
            f"({', '.join(model['key'])}) come more than once. Correct the SQL or the key in "
            f"its header.",
            code="CONFIG_INVALID",
        )
    return counted["rows"]


def _model_error(model: GoldModel, error: PySparkException) -> TerminalError:
    said = str(error).splitlines()[0].rstrip(".")
    return TerminalError(
        f"Cannot build gold table {model['table']}: {said}. Correct its SQL and publish again.",
        code="CONFIG_INVALID",
    )

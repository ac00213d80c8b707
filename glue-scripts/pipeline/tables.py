"""Iceberg tables of the lake: made as their contract says, changed by one commit, described."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyspark.sql.functions as F
from pyspark.sql.types import StructType

from pipeline.errors import TerminalError
from pipeline.plan import OP, REMOVED, WRITTEN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame, SparkSession

# https://iceberg.apache.org/docs/latest/configuration/#write-properties
_PROPERTIES = {
    "format-version": "2",
    "write.delete.mode": "merge-on-read",
    "write.update.mode": "merge-on-read",
    "write.merge.mode": "merge-on-read",
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "100",
}


@dataclass(frozen=True)
class Target:
    """A table to write: Spark's name of it, its folder, its columns, and what tells its rows
    apart."""

    name: str
    location: str
    schema: StructType
    identity: tuple[str, ...]

    @property
    def columns(self) -> list[str]:
        return self.schema.names


@dataclass(frozen=True)
class Snapshot:
    """The newest commit of a table. `properties` is what Iceberg keeps of it, stamps included."""

    snapshot_id: str
    size_bytes: int
    properties: dict[str, str]


def ensure_table(spark: SparkSession, target: Target) -> None:
    """Makes the table, or makes it again as long as nothing was ever written to it.

    Raises TerminalError when a table with data has other columns than the target.
    """
    create_table(spark, target)
    refuse_other_columns(spark, target)
    if differing_columns(spark.table(target.name).schema, target.schema):
        _create(spark, target, "create or replace table")


def refuse_other_columns(spark: SparkSession, target: Target) -> None:
    """Raises TerminalError when the table has data, and other columns than the target."""
    stored = stored_rows(spark, target.name)
    different = differing_columns(stored.schema, target.schema) if stored else []
    if different:
        raise TerminalError(
            f"Cannot write {target.name}: it has data, and its columns are not those of the "
            f"contract ({', '.join(different)}). Restore them in pipeline.yml, or drop the table "
            "and run its intervals again.",
            code="SCHEMA_DRIFT",
        )


def create_table(spark: SparkSession, target: Target) -> None:
    """Makes the table if there is none of its name."""
    if not spark.catalog.tableExists(target.name):
        _create(spark, target, "create table if not exists")


def replace_table(target: Target, rows: DataFrame) -> None:
    """Gives the table the columns and rows of a frame, in one commit; its history stays
    readable."""
    writer = rows.writeTo(target.name).using("iceberg").tableProperty("location", target.location)
    for name, value in _PROPERTIES.items():
        writer = writer.tableProperty(name, value)
    writer.createOrReplace()


def _create(spark: SparkSession, target: Target, statement: str) -> None:
    columns = ", ".join(f"`{f.name}` {f.dataType.simpleString()}" for f in target.schema.fields)
    properties = ", ".join(f"'{name}' = '{value}'" for name, value in _PROPERTIES.items())
    spark.sql(
        f"{statement} {target.name} ({columns}) using iceberg "
        f"location '{target.location}' tblproperties ({properties})"
    )


def schema_of(columns: str) -> StructType:
    """The schema that `name type, name type` describes."""
    schema: Any = StructType.fromDDL(columns)
    return schema


def differing_columns(stored: StructType, wanted: StructType) -> list[str]:
    """Names of columns that only one side has, or that differ in type."""
    one = {field.name: field.dataType.simpleString() for field in stored.fields}
    other = {field.name: field.dataType.simpleString() for field in wanted.fields}
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))


def stored_rows(spark: SparkSession, name: str) -> DataFrame | None:
    """The table's rows; None when it does not exist or was never written to."""
    if not spark.catalog.tableExists(name) or newest_snapshot(spark, name) is None:
        return None
    return spark.table(name)


def newest_snapshot(spark: SparkSession, name: str) -> Snapshot | None:
    """The commit that readers see; None before the first.

    Iceberg is asked itself: a query of its metadata tables is a Spark job, and this is asked often.
    https://iceberg.apache.org/javadoc/latest/org/apache/iceberg/spark/Spark3Util.html
    """
    jvm: Any = spark._jvm
    table = jvm.org.apache.iceberg.spark.Spark3Util.loadIcebergTable(spark._jsparkSession, name)
    snapshot = table.currentSnapshot()
    if snapshot is None:
        return None
    summary = dict(snapshot.summary())
    size = int(summary.get("total-files-size", "0"))
    return Snapshot(str(snapshot.snapshotId()), size, summary)


def write_changes(spark: SparkSession, target: Target, plan: DataFrame) -> None:
    """Commits a plan's changes to the table at once: all of them are there, or none."""
    changes = plan.where(F.col(OP).isin([*WRITTEN, *REMOVED]))
    if newest_snapshot(spark, target.name) is None:
        changes.select(*target.columns).writeTo(target.name).append()
        return
    removal = F.col(OP).isin(REMOVED).alias("_is_removed")
    changes.select(*target.columns, removal).createOrReplaceTempView("changes")
    spark.sql(merge_statement(target.name, target.identity, target.columns))


def merge_statement(name: str, identity: Sequence[str], columns: Sequence[str]) -> str:
    """MERGE of the view `changes`, whose `_is_removed` says which rows go."""
    matches = " and ".join(f"stored.`{column}` <=> changed.`{column}`" for column in identity)
    assigned = ", ".join(f"stored.`{column}` = changed.`{column}`" for column in columns)
    listed = ", ".join(f"`{column}`" for column in columns)
    values = ", ".join(f"changed.`{column}`" for column in columns)
    return (
        f"merge into {name} stored using changes changed on {matches} "
        "when matched and changed._is_removed then delete "
        f"when matched then update set {assigned} "
        f"when not matched and not changed._is_removed then insert ({listed}) values ({values})"
    )

"""Reading what an extraction wrote: exactly the files of its manifest, never a listing."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import pyspark.sql.functions as F
from pyspark.sql.types import LongType, TimestampNTZType

from pipeline.paths import object_url

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame, SparkSession

    from pipeline.documents import Manifest, ManifestColumn

FILE = "_file"
RUN_ID = "_run_id"
LINEAGE = [FILE, RUN_ID]


def read_bronze(
    spark: SparkSession, lake_bucket: str, manifests: Sequence[Manifest]
) -> DataFrame | None:
    """The rows of one query's manifests, with the file and run each came from; None without
    files. A column that came later is null in the rows before it."""
    frames = [_read(spark, lake_bucket, manifest) for manifest in manifests if manifest["files"]]
    if not frames:
        return None
    return reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), frames)


def _read(spark: SparkSession, lake_bucket: str, manifest: Manifest) -> DataFrame:
    urls = [object_url(lake_bucket, file["key"]) for file in manifest["files"]]
    folder = object_url(lake_bucket, "")
    rows = spark.read.parquet(*urls)
    kept = [F.col(_quoted(name)) for name in rows.columns]
    file = F.regexp_replace(F.col("_metadata.file_path"), f"^{folder}", "")
    lineage = [file.alias(FILE), F.lit(manifest["runId"]).alias(RUN_ID)]
    return logical_types(rows.select(*kept, *lineage), manifest["columns"])


def logical_types(rows: DataFrame, columns: Sequence[ManifestColumn]) -> DataFrame:
    """Gives every column the type it has whichever way it came: Snowflake unloads whole numbers as
    decimals, and instants as whole numbers since 1970."""
    read_as = {column["name"]: column["readAs"] for column in columns if "readAs" in column}
    selected = [
        _read_as(field.name, read_as.get(field.name)).alias(field.name)
        for field in rows.schema.fields
    ]
    return utc_timestamps(rows.select(*selected), columns)


def _read_as(name: str, type_name: str | None) -> Column:
    value = F.col(_quoted(name))
    if type_name is None:
        return value
    if type_name == "TIMESTAMP":
        return F.timestamp_micros(value.cast("bigint"))
    if type_name == "TIMESTAMP_NS":
        return value.cast("bigint")
    return value.cast(type_name.lower().replace("integer", "int"))


def utc_timestamps(rows: DataFrame, columns: Sequence[ManifestColumn]) -> DataFrame:
    """Turns every time of the files into a timestamp: nanoseconds are cut to microseconds,
    downwards.

    Spark has no type for Parquet's nanoseconds and reads them as bigint (nanosAsLong).
    """
    nanos = {
        column["name"]
        for column in columns
        if "TIMESTAMP_NS" in {column["parquetType"], column.get("readAs")}
    }
    selected = []
    for field in rows.schema.fields:
        name = _quoted(field.name)
        if field.name in nanos and isinstance(field.dataType, LongType):
            micros = F.expr(f"timestamp_micros(({name} - pmod({name}, 1000L)) div 1000L)")
            selected.append(micros.alias(field.name))
        elif isinstance(field.dataType, TimestampNTZType):
            selected.append(F.col(name).cast("timestamp").alias(field.name))
        else:
            selected.append(F.col(name))
    return rows.select(*selected)


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"

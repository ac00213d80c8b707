"""Spark settings that decide values, so they are set here and not left to where the job runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
    "spark.sql.legacy.parquet.nanosAsLong": "true",
    "spark.sql.sources.partitionOverwriteMode": "static",
    # HotSpot does not compile methods of more than 8000 bytes; contracts with many rules make them.
    "spark.sql.codegen.hugeMethodLimit": "8000",
}

_STAMP = "spark.sql.iceberg.snapshot-property.snowmelt."


def configure(spark: SparkSession, stamp: dict[str, str]) -> None:
    """Fixes the settings, and stamps every Iceberg snapshot of this session with `snowmelt.<name>`.

    https://iceberg.apache.org/docs/latest/spark-configuration/#write-options
    """
    for name, value in _SETTINGS.items():
        spark.conf.set(name, value)
    for name, value in stamp.items():
        spark.conf.set(_STAMP + name, value)

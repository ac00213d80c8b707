"""The Spark session, under the name that Glue gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import SparkSession

if TYPE_CHECKING:
    from pyspark import SparkContext


class GlueContext:
    """Holds the Spark session; DynamicFrames are not offered here."""

    def __init__(self, spark_context: SparkContext) -> None:
        self.spark_session: SparkSession = SparkSession.builder.getOrCreate()
        self.spark_context = spark_context

"""The table of rows that were not accepted: each once, with its reason and where it came from."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import pyspark.sql.functions as F
from pyspark.sql import Window

from pipeline.bronze import FILE, RUN_ID
from pipeline.conform import REASON, SOURCE_KEY, SOURCE_ROW
from pipeline.contract import EXTRACTED_AT
from pipeline.plan import BATCH, OP, STORED, beside, is_stored, on_same

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

    from pipeline.documents import SilverTable

DUPLICATE = "duplicate"
SCHEMA = (
    "table_name string, reason string, key string, row string, query string, "
    "extraction_timestamp timestamp, run_id string, file string, row_hash string"
)
IDENTITY = ("row_hash",)
COLUMNS = [column.split()[0] for column in SCHEMA.split(", ")]

_JSON = {"ignoreNullFields": "false"}


def rejected_rows(conformed: DataFrame, table: SilverTable) -> DataFrame:
    """The rows with a reason; key and row are the source's, as JSON."""
    rejected = conformed.where(F.col(REASON).isNotNull())
    return rejected.select(
        F.lit(table["table"]).alias("table_name"),
        F.col(REASON).alias("reason"),
        F.col(SOURCE_KEY).alias("key"),
        F.col(SOURCE_ROW).alias("row"),
        F.lit(table["source"]).alias("query"),
        *_lineage(),
    )


def duplicate_rows(duplicates: DataFrame, table: SilverTable, columns: Sequence[str]) -> DataFrame:
    """Rows that are there already; key and row are the table's, as JSON."""
    return duplicates.select(
        F.lit(table["table"]).alias("table_name"),
        F.lit(DUPLICATE).alias("reason"),
        F.to_json(F.struct(*table["key"]), _JSON).alias("key"),
        F.to_json(F.struct(*columns), _JSON).alias("row"),
        F.lit(table["source"]).alias("query"),
        *_lineage(),
    )


def _lineage() -> list[Column]:
    extracted_at = F.col(EXTRACTED_AT).alias("extraction_timestamp")
    return [extracted_at, F.col(RUN_ID).alias("run_id"), F.col(FILE).alias("file")]


def plan_rejects(frames: Sequence[DataFrame], stored: DataFrame | None) -> DataFrame:
    """Each row with the hash that makes it itself: of its text, and its number among equal ones.

    A row that is read and rejected again is the same reject. It keeps the extraction that brought
    it first, whatever the order in which intervals are run.
    """
    together = reduce(lambda one, other: one.unionByName(other), frames)
    text = F.sha2(F.concat_ws("\x1f", "table_name", "query", "reason", "row"), 256)
    equal = Window.partitionBy("_text").orderBy("extraction_timestamp", "file")
    numbered = together.withColumn("_text", text).withColumn("_at", F.row_number().over(equal))
    hashed = numbered.withColumn("row_hash", F.sha2(F.concat_ws("#", "_text", "_at"), 256))
    if stored is None:
        return hashed.select(*COLUMNS, F.lit("insert").alias(OP), F.lit(True).alias(BATCH))
    known = beside(stored, ["row_hash", "extraction_timestamp"])
    joined = hashed.join(known, on_same(IDENTITY), "left")
    earlier = F.col("extraction_timestamp") < F.col(f"{STORED}extraction_timestamp")
    op = F.when(~is_stored(), "insert").when(earlier, "update").otherwise("same")
    return joined.select(*COLUMNS, op.alias(OP), F.lit(True).alias(BATCH))

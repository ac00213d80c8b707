"""Rows of bronze files as the jobs read them. Arguments: for each run, a document of its columns
and its files; prints, for each, the types, the rows as texts and the checksum."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from pyspark.sql import SparkSession

from pipeline.bronze import logical_types
from pipeline.checksum import checksum
from pipeline.session import configure

NOT_COMPARED = {"extraction_timestamp", "source_system"}

spark = (
    SparkSession.builder.master("local[1]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.sql.shuffle.partitions", "1")
    .config("spark.sql.session.timeZone", "UTC")
    .config("spark.sql.legacy.parquet.nanosAsLong", "true")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")
configure(spark, {})


def as_text(name: str, type_name: str) -> str:
    """A column as text, in SQL."""
    text = f"hex(`{name}`)" if type_name == "binary" else f"cast(`{name}` as string)"
    return f"{text} as `{name}`"


def describe(document: str) -> dict[str, object]:
    run = json.loads(Path(document).read_text(encoding="utf-8"))
    rows = spark.read.parquet(*run["paths"])
    read = logical_types(rows, run["columns"])
    names = [name for name in read.columns if name not in NOT_COMPARED]
    types = dict(read.dtypes)
    texts = read.selectExpr(*[as_text(name, types[name]) for name in names])
    return {
        "types": types,
        "rows": sorted(json.dumps(row.asDict()) for row in texts.collect()),
        "checksum": checksum(rows, run["columns"]),
    }


sys.stdout.write("\n" + json.dumps([describe(document) for document in sys.argv[1:]]))

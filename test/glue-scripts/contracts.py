"""Source rows and contracts for tests: a few columns, each test overrides what it is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from pyspark.sql import Row
from pyspark.sql.pandas.types import to_arrow_schema

from pipeline.bronze import FILE, RUN_ID
from pipeline.tables import schema_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

    from pipeline.documents import SilverTable

SOURCE_SCHEMA = (
    "ID bigint, NAME string, AMOUNT string, UPDATED_AT timestamp, "
    f"extraction_timestamp timestamp, source_system string, {FILE} string, {RUN_ID} string"
)


def at(text: str) -> datetime:
    """`2026-01-02` or `2026-01-02 03:04:05`, in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def row(
    key: int | None,
    name: str | None = "a",
    amount: str | None = "1",
    updated: str = "2026-01-01",
    extracted: str = "2026-02-01",
) -> tuple[Any, ...]:
    """A source row of SOURCE_SCHEMA."""
    return (key, name, amount, at(updated), at(extracted), "shop", "bronze/f.parquet", "run-1")


def frame(
    spark: SparkSession, rows: Iterable[tuple[Any, ...]], schema: StructType | str
) -> DataFrame:
    """A frame of these rows that lies in the JVM; one made of a list asks Python for them each
    time."""
    wanted = schema_of(schema) if isinstance(schema, str) else schema
    named = [dict(zip(wanted.names, map(_plain, row), strict=True)) for row in rows]
    table = pa.Table.from_pylist(named, schema=to_arrow_schema(wanted))
    return spark.createDataFrame(table, wanted)


def _plain(value: Any) -> Any:
    """A struct as Arrow takes it, and a time with its zone."""
    if isinstance(value, Row):
        return {name: _plain(inner) for name, inner in value.asDict().items()}
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def source(spark: SparkSession, *rows: tuple[Any, ...]) -> DataFrame:
    return frame(spark, rows, SOURCE_SCHEMA)


def contract(**overrides: Any) -> SilverTable:
    """A table of three columns, SCD1, ordered by UPDATED_AT."""
    table: Any = {
        "table": "things",
        "source": "things",
        "key": ["thing_id"],
        "order_by": ["UPDATED_AT"],
        "columns": [
            {"name": "thing_id", "type": "bigint", "expression": "ID"},
            {"name": "name", "type": "string", "expression": "trim(NAME)"},
            {"name": "amount", "type": "int", "expression": "AMOUNT"},
            {"name": "updated_at", "type": "timestamp"},
        ],
        **overrides,
    }
    return {name: value for name, value in table.items() if value is not None}  # type: ignore[return-value]

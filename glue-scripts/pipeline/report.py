"""The document a job leaves behind: what it did to each table, and what it measured."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipeline.tables import newest_snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import SparkSession

    from pipeline.checks import Measured
    from pipeline.job_args import JobArgs
    from pipeline.staging import Counts

_SAMPLE_ROWS = 20
_LARGEST_EXACT = 2**53 - 1


def table_report(
    spark: SparkSession, table: str, name: str, rows: int, counts: Counts
) -> dict[str, Any]:
    """A TableReport of src/model/quality.ts; columns that begin with _ are ours and left out."""
    snapshot = newest_snapshot(spark, name)
    shown = [field for field in spark.table(name).schema.fields if not field.name.startswith("_")]
    sample = spark.table(name).select(*[field.name for field in shown]).limit(_SAMPLE_ROWS)
    return {
        "table": table,
        "snapshotId": snapshot.snapshot_id if snapshot else None,
        "rows": rows,
        "bytes": snapshot.size_bytes if snapshot else 0,
        "read": counts.read,
        "accepted": counts.accepted,
        "duplicates": counts.duplicates,
        "rejects": counts.rejects,
        "inserted": counts.inserted,
        "updated": counts.updated,
        "deleted": counts.deleted,
        "unchanged": counts.unchanged,
        "columns": [{"name": f.name, "type": f.dataType.simpleString()} for f in shown],
        "sample": [json_value(row.asDict(recursive=True)) for row in sample.collect()],
    }


def layer_report(
    args: JobArgs,
    pipeline: str,
    interval: str,
    layer: str,
    tables: Sequence[dict[str, Any]],
    measured: Sequence[Measured],
) -> dict[str, Any]:
    """A LayerReport of src/model/quality.ts."""
    return {
        "pipeline": pipeline,
        "interval": interval,
        "layer": layer,
        "runId": args.run_id,
        "writtenAt": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "tables": list(tables),
        "measurements": [
            {"check": one.check, "failing": one.failing, "total": one.total} for one in measured
        ],
    }


def json_value(value: Any) -> Any:
    """A value as JSON, or as text where JSON numbers or types would lose some of it."""
    match value:
        case dict():
            return {str(key): json_value(inner) for key, inner in value.items()}
        case list() | tuple():
            return [json_value(inner) for inner in value]
        case None | bool() | str():
            return value
        case int() | float() if abs(value) <= _LARGEST_EXACT:  # neither NaN nor infinity is
            return value
        case datetime():
            return value.isoformat(sep=" ")
        case _:
            return str(value)

"""Extracts one table by the Python connector's Arrow batches, into a snappy Parquet file.

Usage: peers.py connector|dlt <url> <table> <output folder>; prints seconds, rows and peak memory.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.parquet as pq
import snowflake.connector

if TYPE_CHECKING:
    from collections.abc import Iterator

KILOBYTES = 1024


def batches(url: str, table: str) -> Iterator[Any]:
    """The result's Arrow tables, one of each chunk."""
    place = urlsplit(url)
    connection = snowflake.connector.connect(
        account="bench",
        user="bench",
        password="bench",
        protocol="http",
        host=place.hostname,
        port=place.port,
    )
    cursor = connection.cursor()
    cursor.execute(f"select * from {table}")
    yield from cursor.fetch_arrow_batches()


def by_connector(url: str, table: str, folder: Path) -> int:
    """Row groups as they come."""
    writer = None
    rows = 0
    for batch in batches(url, table):
        writer = writer or pq.ParquetWriter(folder / "part.parquet", batch.schema)
        writer.write_table(batch)
        rows += batch.num_rows
    if writer is not None:
        writer.close()
    return rows


def in_microseconds(batch: pa.Table) -> pa.Table:
    """The batch as dlt takes it: it refuses timestamps that have nanoseconds."""
    fields = [
        field.with_type(pa.timestamp("us", field.type.tz))
        if pa.types.is_timestamp(field.type)
        else field
        for field in batch.schema
    ]
    return batch.cast(pa.schema(fields), safe=False)


def by_dlt(url: str, table: str, folder: Path) -> int:
    """The same batches as a resource of a pipeline whose destination is a folder."""
    import dlt

    pipeline = dlt.pipeline(
        "bench",
        destination=dlt.destinations.filesystem(bucket_url=f"file://{folder}/lake"),
        pipelines_dir=str(folder / "state"),
        dataset_name="bench",
    )
    tables = (in_microseconds(batch) for batch in batches(url, table))
    resource_ = dlt.resource(tables, name=table)
    pipeline.run(resource_, loader_file_format="parquet")
    files = (folder / "lake" / "bench" / table.lower()).rglob("*.parquet")
    return sum(pq.ParquetFile(file).metadata.num_rows for file in files)


def main() -> None:
    """Measures one peer, without its imports."""
    name, url, table, folder = sys.argv[1:]
    if name == "dlt":
        os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
        import dlt  # noqa: F401
    started, cpu = time.perf_counter(), time.process_time()
    rows = {"connector": by_connector, "dlt": by_dlt}[name](url, table, Path(folder))
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES
    used = time.process_time() - cpu
    measured = {"seconds": seconds, "cpuSeconds": used, "rows": rows, "peakRssMb": round(peak)}
    sys.stdout.write("\nMEASURED " + json.dumps(measured) + "\n")


main()

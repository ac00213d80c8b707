"""Writes a recording's partitions as Snowflake's Arrow encoding, for peers made for it.

Usage: record_arrow.py <folder of the recording> <columns as JSON>
https://github.com/snowflakedb/snowflake-connector-python/tree/main/src/snowflake/connector/nanoarrow_cpp/ArrowIterator
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa

LEVEL = 1

Column = dict[str, Any]
Cells = list[str | None]


def numbers(cells: Cells, make: Any, kind: pa.DataType) -> pa.Array:
    """Cells made into values of a type."""
    return pa.array([None if cell is None else make(cell) for cell in cells], kind)


def timestamps(cells: Cells) -> pa.Array:
    """Seconds since 1970 and nanoseconds, as a struct."""
    parts = [None if cell is None else cell.split(".") for cell in cells]
    values = [None if p is None else {"epoch": int(p[0]), "fraction": int(p[1])} for p in parts]
    return pa.array(values, pa.struct([("epoch", pa.int64()), ("fraction", pa.int32())]))


MAKERS = {
    "fixed": lambda cells: numbers(cells, lambda c: int(c.replace(".", "")), pa.int64()),
    "real": lambda cells: numbers(cells, float, pa.float64()),
    "date": lambda cells: numbers(cells, int, pa.int32()).cast(pa.date32()),
    "boolean": lambda cells: numbers(cells, lambda c: c == "true", pa.bool_()),
    "timestamp_ntz": timestamps,
}


def field(column: Column, values: pa.Array) -> pa.Field:
    """A column's name and type, and what the drivers want to know beside."""
    known = {
        "logicalType": column["type"].upper(),
        "precision": column["precision"] or 38,
        "scale": column["scale"] or 0,
        "charLength": column["length"] or 0,
        "byteLength": column["length"] or 0,
        "nullable": "Y",
        "finalType": "T",
    }
    metadata = {name: str(value) for name, value in known.items()}
    return pa.field(column["name"], values.type, metadata=metadata)


def encode(rows: list[Cells], columns: list[Column]) -> bytes:
    """Rows of cells as an Arrow stream."""
    by_column = [list(cells) for cells in zip(*rows, strict=True)]
    arrays = [
        MAKERS.get(column["type"], pa.array)(cells)
        for column, cells in zip(columns, by_column, strict=True)
    ]
    fields = [field(column, values) for column, values in zip(columns, arrays, strict=True)]
    schema = pa.schema(fields)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as writer:
        writer.write_batch(pa.record_batch(arrays, schema=schema))
    return sink.getvalue().to_pybytes()


def main() -> None:
    """Encodes every partition that has not been."""
    folder, columns = Path(sys.argv[1]), json.loads(sys.argv[2])
    for source in folder.glob("array-*.json.gz"):
        target = folder / source.name.replace("array-", "arrow-")
        if not target.exists():
            rows = json.loads(gzip.decompress(source.read_bytes()))
            target.write_bytes(gzip.compress(encode(rows, columns), LEVEL))


main()

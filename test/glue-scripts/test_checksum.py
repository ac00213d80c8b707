"""The checksum by Spark against the vectors that Snowflake's and DuckDB's SQL are tested with."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.checksum import canonical_text, checksum
from pipeline.session import configure

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

FIXTURE = Path(__file__).parents[1] / "fixtures" / "checksum-vectors.json"
VECTORS: dict[str, Any] = json.loads(FIXTURE.read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _settings(spark: SparkSession) -> None:
    configure(spark, {})


def digits(declared: str) -> tuple[int, ...]:
    _, _, arguments = declared.partition("(")
    return tuple(int(one) for one in arguments.rstrip(")").split(",") if one)


def nanoseconds(cell: str) -> int:
    return int(Decimal(cell.split(" ", maxsplit=1)[0]).scaleb(9))


TIMES = {value["cell"]: value["text"] for value in VECTORS["values"]}
MAKERS: dict[str, tuple[Any, pa.DataType]] = {
    "FLOAT": (float, pa.float64()),
    "BOOLEAN": (lambda cell: cell == "true", pa.bool_()),
    "DATE": (lambda cell: date(1970, 1, 1) + timedelta(int(cell)), pa.date32()),
    "BINARY": (bytes.fromhex, pa.binary()),
    "TIME": (TIMES.__getitem__, pa.string()),
    **dict.fromkeys(["TEXT", "VARIANT", "OBJECT", "ARRAY"], (str, pa.string())),
}


def number(declared: str) -> tuple[Any, pa.DataType]:
    precision, scale = digits(declared)
    if scale == 0 and precision <= 18:
        return int, pa.int64()
    return Decimal, pa.decimal128(precision, scale)


def array(cells: list[str | None], maker: tuple[Any, pa.DataType]) -> pa.Array:
    make, arrow_type = maker
    return pa.array([None if cell is None else make(cell) for cell in cells], arrow_type)


def instants(cells: list[str | None], declared: str) -> pa.Array:
    divisor, unit = (1000, "us") if digits(declared)[0] <= 6 else (1, "ns")
    counts = array(cells, (lambda cell: nanoseconds(cell) // divisor, pa.int64()))
    return counts.cast(pa.timestamp(unit))


def arrow(name: str, declared: str, cells: list[str | None]) -> dict[str, pa.Array]:
    """A column of a bronze file, and the offsets beside a TIMESTAMP_TZ."""
    kind = declared.split("(", maxsplit=1)[0]
    if kind == "TIMESTAMP_TZ":
        minutes = array(cells, (lambda cell: int(cell.split(" ")[1]) - 1440, pa.int32()))
        return {name: instants(cells, declared), f"{name}__offset_minutes": minutes}
    if kind.startswith("TIMESTAMP"):
        return {name: instants(cells, declared)}
    return {name: array(cells, number(declared) if kind == "NUMBER" else MAKERS[kind])}


def write(path: Path, columns: list[tuple[str, str, list[str | None]]]) -> str:
    arrays: dict[str, pa.Array] = {}
    for name, declared, cells in columns:
        arrays.update(arrow(name, declared, cells))
    pq.write_table(pa.table(arrays), path)
    return str(path)


def test_each_value_has_the_text_of_the_vectors(spark: SparkSession, tmp_path: Path) -> None:
    values = VECTORS["values"]
    columns = [(f"V{at}", value["type"], [value["cell"]]) for at, value in enumerate(values)]
    rows = spark.read.parquet(write(tmp_path / "values.parquet", columns))

    texts = [canonical_text(rows, name, declared) for name, declared, _ in columns]
    (found,) = rows.select(*[t.alias(f"T{at}") for at, t in enumerate(texts)]).collect()

    assert list(found) == [value["text"] for value in values]


def test_a_table_has_the_checksum_of_the_vectors(spark: SparkSession, tmp_path: Path) -> None:
    values, table = VECTORS["values"], VECTORS["table"]
    columns = []
    for at, column in enumerate(table["columns"]):
        places = [row[at] for row in table["rows"]]
        cells = [None if place is None else values[place]["cell"] for place in places]
        columns.append((column["name"], column["type"], cells))
    rows = spark.read.parquet(write(tmp_path / "table.parquet", columns))
    known: Any = [{**column, "parquetType": ""} for column in table["columns"]]

    assert checksum(rows, known) == table["checksum"]
    assert checksum(rows.repartition(3), known) == table["checksum"]
    assert checksum(rows.limit(0), known) == "md5-sum-1:0:0"

"""Measures the contract's checks where the data is; another part of the system judges them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import pyspark.sql.functions as F
from pyspark.sql.types import StringType, StructType

from pipeline.counting import count_at_once
from pipeline.tables import differing_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pyspark.sql import Column, DataFrame

    from pipeline.documents import Check

_ROWWISE = {"not_null", "range", "accepted_values"}
# What counts are called, before the name of their table or check.
_ROWS, _FAILING, _TOTAL = "rows ", "failing ", "total "


@dataclass(frozen=True)
class Measured:
    """Rows (columns for `schema`) that break a check, of those it looked at."""

    check: str
    failing: int
    total: int


@dataclass(frozen=True)
class TableFacts:
    """What a table's checks are measured on. `rows` is None for a table that does not exist yet."""

    rows: DataFrame | None
    promised: StructType
    read: int = 0
    rejected: int = 0


def measure(
    checks: Sequence[Check],
    tables: Mapping[str, TableFacts],
    find_table: Callable[[str], DataFrame | None],
) -> tuple[list[Measured], dict[str, int]]:
    """Every check's measurement, in the order given, and each table's number of rows.

    Everything is counted by one Spark action, and the checks of single rows in one pass over their
    table. `find_table` gives the tables that a `reference` points to.
    """
    asked = [check for check in checks if check["table"] in tables]
    there = {table: facts.rows for table, facts in tables.items() if facts.rows is not None}
    frames = [_row_counts(rows, table, asked) for table, rows in there.items()]
    frames += [frame for check in asked if (frame := _own_counts(check, there, find_table))]
    counted = count_at_once(frames)
    rows = {table: counted.get(_ROWS + table, 0) for table in tables}
    measured = [_measured(check, tables[check["table"]], counted, rows) for check in asked]
    return measured, rows


def _row_counts(rows: DataFrame, table: str, checks: Sequence[Check]) -> DataFrame:
    """The table's number of rows, and what its checks of single rows count."""
    aggregates = [F.count(F.lit(1)).alias(_ROWS + table)]
    for check in checks:
        if check["table"] == table and check["kind"] in _ROWWISE:
            looked_at, fails = _row_condition(check, rows)
            aggregates.append(F.count(F.when(fails, 1)).alias(_FAILING + check["name"]))
            aggregates.append(F.count(F.when(looked_at, 1)).alias(_TOTAL + check["name"]))
    return rows.agg(*aggregates)


def _row_condition(check: Check, rows: DataFrame) -> tuple[Column, Column]:
    """Which rows the check looks at, and which of them break it; nulls are `not_null`'s alone."""
    column = F.col(_name(check, "column"))
    if check["kind"] == "not_null":
        return F.lit(True), column.isNull()
    if check["kind"] == "range":
        outside = F.lit(False)
        if "min" in check:
            outside = outside | (column < F.lit(check["min"]))
        if "max" in check:
            outside = outside | (column > F.lit(check["max"]))
        return column.isNotNull(), outside
    is_text = isinstance(rows.schema[_name(check, "column")].dataType, StringType)
    values = [str(value) if is_text else value for value in check.get("values", [])]
    accepted = [column == F.lit(value) for value in values]
    return column.isNotNull(), ~reduce(lambda one, other: one | other, accepted)


def _own_counts(
    check: Check,
    tables: Mapping[str, DataFrame],
    find_table: Callable[[str], DataFrame | None],
) -> DataFrame | None:
    """What a check counts that does not look at rows one by one; None where it counts nothing."""
    rows = tables.get(check["table"])
    if rows is None:
        return None
    if check["kind"] == "unique":
        return _unique_counts(check, rows)
    if check["kind"] == "reference":
        return _reference_counts(check, rows, find_table)
    return None


def _unique_counts(check: Check, rows: DataFrame) -> DataFrame:
    """Failing are the rows that would have to go; rows with a null among the columns do not
    count."""
    columns = check.get("columns", [])
    looked_at = rows.where(F.expr(check["where"])) if "where" in check else rows
    grouped = looked_at.dropna(subset=columns).groupBy(*columns).count()
    return grouped.agg(
        F.coalesce(F.sum(F.col("count") - 1), F.lit(0)).alias(_FAILING + check["name"]),
        F.coalesce(F.sum("count"), F.lit(0)).alias(_TOTAL + check["name"]),
    )


def _reference_counts(
    check: Check, rows: DataFrame, find_table: Callable[[str], DataFrame | None]
) -> DataFrame:
    values = rows.select(F.col(_name(check, "column")).alias("_value")).dropna()
    target = find_table(_name(check, "to_table"))
    is_known = F.lit(False)
    if target is not None:
        known = target.select(F.col(_name(check, "to_column")).alias("_value")).distinct()
        values = values.join(known.withColumn("_is_known", F.lit(True)), "_value", "left")
        is_known = F.coalesce("_is_known", F.lit(False))
    return values.agg(
        F.count(F.when(~is_known, 1)).alias(_FAILING + check["name"]),
        F.count(F.lit(1)).alias(_TOTAL + check["name"]),
    )


def _measured(
    check: Check, facts: TableFacts, counted: Mapping[str, int], rows: Mapping[str, int]
) -> Measured:
    name, kind = check["name"], check["kind"]
    if kind == "reject_share":
        return Measured(name, facts.rejected, facts.read)
    if kind == "row_count":
        wanted, there = int(check.get("min", 0)), rows[check["table"]]
        return Measured(name, max(0, wanted - there), max(wanted, there))
    if kind == "schema" and facts.rows is not None:
        return _measured_schema(name, facts.rows.schema, facts.promised)
    return Measured(name, counted.get(_FAILING + name, 0), counted.get(_TOTAL + name, 0))


def _measured_schema(name: str, stored: StructType, promised: StructType) -> Measured:
    shown = StructType([field for field in stored.fields if not field.name.startswith("_")])
    return Measured(name, len(differing_columns(shown, promised)), len(promised.fields))


def _name(check: Check, field: str) -> str:
    return check[field]

"""Measures the contract's checks where the data is; another part of the system judges them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING

import pyspark.sql.functions as F
from pyspark.sql.types import StringType

from pipeline.tables import differing_columns

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pyspark.sql import Column, DataFrame
    from pyspark.sql.types import StructType

    from pipeline.documents import Check

_ROWWISE = {"not_null", "range", "accepted_values"}


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

    The checks of single rows are counted in one pass over their table. `find_table` gives the
    tables that a `reference` points to.
    """
    found: dict[str, Measured] = {}
    counts: dict[str, int] = {}
    for name, facts in tables.items():
        own = [check for check in checks if check["table"] == name]
        counts[name], rowwise = _measure_rows(facts, own)
        for measured in rowwise:
            found[measured.check] = measured
        for check in own:
            if check["kind"] not in _ROWWISE:
                found[check["name"]] = _measure_one(check, facts, counts[name], find_table)
    return [found[check["name"]] for check in checks if check["name"] in found], counts


def _measure_rows(facts: TableFacts, checks: Sequence[Check]) -> tuple[int, list[Measured]]:
    rowwise = [check for check in checks if check["kind"] in _ROWWISE]
    if facts.rows is None:
        return 0, [Measured(check["name"], 0, 0) for check in rowwise]
    aggregates = [F.count(F.lit(1)).alias("rows")]
    for at, check in enumerate(rowwise):
        looked_at, fails = _row_condition(check, facts.rows)
        aggregates.append(F.count(F.when(fails, 1)).alias(f"failing_{at}"))
        aggregates.append(F.count(F.when(looked_at, 1)).alias(f"total_{at}"))
    counted = facts.rows.agg(*aggregates).collect()[0]
    measured = [
        Measured(check["name"], counted[f"failing_{at}"], counted[f"total_{at}"])
        for at, check in enumerate(rowwise)
    ]
    return counted["rows"], measured


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


def _measure_one(
    check: Check,
    facts: TableFacts,
    rows: int,
    find_table: Callable[[str], DataFrame | None],
) -> Measured:
    name, kind = check["name"], check["kind"]
    if kind == "reject_share":
        return Measured(name, facts.rejected, facts.read)
    if kind == "row_count":
        wanted = int(check.get("min", 0))
        return Measured(name, max(0, wanted - rows), max(wanted, rows))
    if facts.rows is None:
        return Measured(name, 0, 0)
    if kind == "schema":
        stored = [field for field in facts.rows.schema.fields if not field.name.startswith("_")]
        different = differing_columns(
            facts.rows.select(*[f.name for f in stored]).schema, facts.promised
        )
        return Measured(name, len(different), len(facts.promised.fields))
    if kind == "unique":
        return _measure_unique(check, facts.rows)
    return _measure_reference(check, facts.rows, find_table)


def _measure_unique(check: Check, rows: DataFrame) -> Measured:
    """Failing are the rows that would have to go; rows with a null among the columns do not
    count."""
    columns = check.get("columns", [])
    looked_at = rows.where(F.expr(check["where"])) if "where" in check else rows
    grouped = looked_at.dropna(subset=columns).groupBy(*columns).count()
    counted = grouped.agg(
        F.coalesce(F.sum(F.col("count") - 1), F.lit(0)).alias("failing"),
        F.coalesce(F.sum("count"), F.lit(0)).alias("total"),
    ).collect()[0]
    return Measured(check["name"], counted["failing"], counted["total"])


def _measure_reference(
    check: Check, rows: DataFrame, find_table: Callable[[str], DataFrame | None]
) -> Measured:
    values = rows.select(F.col(_name(check, "column")).alias("_value")).dropna()
    target = find_table(_name(check, "to_table"))
    total = values.count()
    if target is None:
        return Measured(check["name"], total, total)
    known = target.select(F.col(_name(check, "to_column")).alias("_value")).distinct()
    failing = values.join(known, "_value", "left_anti").count()
    return Measured(check["name"], failing, total)


def _name(check: Check, field: str) -> str:
    return check[field]

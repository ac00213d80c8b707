"""A table's contract applied to source rows: names, types, rules, and the reason of each
rejection."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import pyspark.sql.functions as F
from pyspark.errors import AnalysisException, ParseException

from pipeline.bronze import LINEAGE
from pipeline.contract import (
    EXTRACTED_AT,
    EXTRACTION_TIMESTAMP,
    FIRST_BY,
    ORDERED_BY,
    SAME_AS,
    business_columns,
    technical_columns,
)
from pipeline.errors import TerminalError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

    from pipeline.documents import SilverColumn, SilverTable

REASON = "_reason"
SOURCE_KEY = "_source_key"
SOURCE_ROW = "_source_row"

# Who brought a row is recorded apart, so that a row read again has the same text.
_NOT_OF_THE_SOURCE = {*LINEAGE, EXTRACTION_TIMESTAMP}

# A field that is null is written all the same.
_JSON = {"ignoreNullFields": "false"}


def conform(source: DataFrame, table: SilverTable, source_key: Sequence[str]) -> DataFrame:
    """One row per source row: the contract's columns, ours, and `_reason`, null if accepted.

    The first reason counts: the contract's rules in their order, then `type_<column>` for a value
    that its type cannot hold, then `missing_key`. Rejected rows keep their source as JSON.
    """
    try:
        projected = _project(source, table, source_key)
        reasoned = projected.withColumn(REASON, _reason(projected, table))
        rejected = F.col(REASON).isNotNull()
        return reasoned.select(
            *business_columns(table),
            *technical_columns(table),
            REASON,
            *LINEAGE,
            F.when(rejected, F.to_json(SOURCE_KEY, _JSON)).alias(SOURCE_KEY),
            F.when(rejected, F.to_json(SOURCE_ROW, _JSON)).alias(SOURCE_ROW),
        )
    except (AnalysisException, ParseException) as error:
        raise _contract_error(source, table, error) from error


def _project(source: DataFrame, table: SilverTable, source_key: Sequence[str]) -> DataFrame:
    row = [F.col(f"`{name}`") for name in source.columns if name.lower() not in _NOT_OF_THE_SOURCE]
    projected = source.select(
        *_typed_columns(source, table),
        *[
            F.expr(f"({rule['reject_when']}\n)").alias(f"_rule_{at}")
            for at, rule in enumerate(table.get("rules", []))
        ],
        *_technical(table),
        *LINEAGE,
        F.struct(*[F.col(f"`{name}`") for name in source_key]).alias(SOURCE_KEY),
        F.struct(*row).alias(SOURCE_ROW),
    )
    surrogate = table.get("surrogate_key")
    if not surrogate:
        return projected
    return projected.withColumn(surrogate, surrogate_key(table["key"]))


def _typed_columns(source: DataFrame, table: SilverTable) -> list[Column]:
    """Each column in its type, and `_lost_<column>` where the type may not hold every value."""
    texts = [_text(column) for column in table["columns"]]
    given = source.select(*[F.expr(text).alias(f"_{at}") for at, text in enumerate(texts)]).schema
    columns = []
    for column, text, found in zip(table["columns"], texts, given, strict=True):
        name, wanted = column["name"], column["type"].replace(" ", "")
        if found.dataType.simpleString() == wanted:
            columns.append(F.expr(text).alias(name))
            continue
        typed = f"try_cast({text} as {wanted})"
        columns.append(F.expr(typed).alias(name))
        if wanted != "string":
            lost = F.expr(f"{text} is not null and {typed} is null")
            columns.append(lost.alias(f"_lost_{name}"))
    return columns


def _text(column: SilverColumn) -> str:
    """Its expression; the line break ends a comment that the expression may end with."""
    return f"({column.get('expression', '`' + column['name'] + '`')}\n)"


def _reason(projected: DataFrame, table: SilverTable) -> Column:
    reasons = [
        F.when(F.col(f"_rule_{at}"), F.lit(rule["reason"]))
        for at, rule in enumerate(table.get("rules", []))
    ]
    reasons += [
        F.when(F.col(f"_lost_{column['name']}"), F.lit(f"type_{column['name']}"))
        for column in table["columns"]
        if f"_lost_{column['name']}" in projected.columns
    ]
    needed = [*table["key"], *([table["valid_from"]] if "valid_from" in table else [])]
    missing = reduce(lambda one, other: one | other, [F.col(name).isNull() for name in needed])
    return F.coalesce(*reasons, F.when(missing, F.lit("missing_key")))


def surrogate_key(key: Sequence[str]) -> Column:
    """A stable 64-bit hash of the business key's text: `xxhash64(cast(k1 as string), …)`."""
    return F.xxhash64(*[F.col(name).cast("string") for name in key])


def _technical(table: SilverTable) -> list[Column]:
    columns = [F.col(EXTRACTION_TIMESTAMP).alias(EXTRACTED_AT)]
    order_by = table.get("order_by")
    if order_by:
        columns.append(_struct(order_by).alias(ORDERED_BY))
    rule = table.get("deduplicate")
    if rule:
        columns.append(group_hash([F.expr(text) for text in rule["by"]]).alias(SAME_AS))
        columns.append(_struct(rule["keep_first_by"]).alias(FIRST_BY))
    return columns


def _struct(expressions: Sequence[str]) -> Column:
    return F.struct(*[F.expr(text).alias(f"v{at}") for at, text in enumerate(expressions)])


def group_hash(columns: Sequence[Column]) -> Column:
    """64-bit hash in which a null counts; xxhash64 alone skips nulls, so (a, null) = (null, a)."""
    return F.xxhash64(*[part for column in columns for part in (column, column.isNull())])


def _contract_error(
    source: DataFrame, table: SilverTable, error: AnalysisException | ParseException
) -> TerminalError:
    culprit = next(
        (name for name, text in _expressions(table) if not _resolves(source, text)), "its contract"
    )
    said = str(error).splitlines()[0]
    return TerminalError(
        f"Cannot build silver table {table['table']} from query {table['source']}: {culprit} "
        f"does not "
        f"fit the source columns ({said}). Correct it in pipeline.yml and publish again.",
        code="SCHEMA_DRIFT",
    )


def _expressions(table: SilverTable) -> list[tuple[str, str]]:
    columns = [
        (
            f"column {column['name']}",
            f"try_cast(({column.get('expression', column['name'])}\n) as {column['type']})",
        )
        for column in table["columns"]
    ]
    rules = [(f"rule {rule['reason']}", rule["reject_when"]) for rule in table.get("rules", [])]
    same = table.get("deduplicate", {"by": [], "keep_first_by": []})
    others = [
        *[("order_by", text) for text in table.get("order_by", [])],
        *[("deduplicate", text) for text in [*same["by"], *same["keep_first_by"]]],
    ]
    return [*columns, *rules, *others]


def _resolves(source: DataFrame, text: str) -> bool:
    try:
        _ = source.select(F.expr(text)).schema
    except (AnalysisException, ParseException):
        return False
    return True

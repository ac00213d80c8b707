"""A table's contract applied to source rows: names, types, rules, and the reason of each rejection."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import pyspark.sql.functions as F
from pyspark.errors import AnalysisException, ParseException

from pipeline.bronze import LINEAGE
from pipeline.contract import EXTRACTED_AT, VERSION, business_columns
from pipeline.errors import TerminalError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import Column, DataFrame

    from pipeline.documents import SilverTable

REASON = "_reason"
SOURCE_KEY = "_source_key"
SOURCE_ROW = "_source_row"

# Who brought a row is recorded apart, so that a row read again has the same text.
_NOT_OF_THE_SOURCE = {*LINEAGE, EXTRACTED_AT}

# A field that is null is written all the same.
_JSON = {"ignoreNullFields": "false"}


def conform(source: DataFrame, table: SilverTable, source_key: Sequence[str]) -> DataFrame:
    """One row per source row: the contract's columns, `_version`, and `_reason`, null if accepted.

    The first reason counts: the contract's rules in their order, then `type_<column>` for a value
    that its type cannot hold, then `missing_key`. Rejected rows keep their source as JSON.
    """
    try:
        projected = _project(source, table, source_key)
        reasoned = projected.withColumn(REASON, _reason(table))
        rejected = F.col(REASON).isNotNull()
        return reasoned.select(
            *business_columns(table),
            VERSION,
            REASON,
            *LINEAGE,
            F.when(rejected, F.to_json(SOURCE_KEY, _JSON)).alias(SOURCE_KEY),
            F.when(rejected, F.to_json(SOURCE_ROW, _JSON)).alias(SOURCE_ROW),
        )
    except (AnalysisException, ParseException) as error:
        raise _contract_error(source, table, error) from error


def _project(source: DataFrame, table: SilverTable, source_key: Sequence[str]) -> DataFrame:
    typed = [_typed(at, table) for at in range(len(table["columns"]))]
    rules = [
        F.expr(f"({rule['reject_when']}\n)").alias(f"_rule_{at}")
        for at, rule in enumerate(table.get("rules", []))
    ]
    row = [F.col(f"`{name}`") for name in source.columns if name.lower() not in _NOT_OF_THE_SOURCE]
    projected = source.select(
        *[column for pair in typed for column in pair],
        *rules,
        version_of(table).alias(VERSION),
        *LINEAGE,
        F.struct(*[F.col(f"`{name}`") for name in source_key]).alias(SOURCE_KEY),
        F.struct(*row).alias(SOURCE_ROW),
    )
    surrogate = table.get("surrogate_key")
    if not surrogate:
        return projected
    return projected.withColumn(surrogate, surrogate_key(table["key"]))


def _typed(at: int, table: SilverTable) -> tuple[Column, Column]:
    column = table["columns"][at]
    expression = column.get("expression", f"`{column['name']}`")
    before = f"({expression}\n)"
    after = f"try_cast({before} as {column['type']})"
    lost = F.expr(f"{before} is not null and {after} is null")
    return F.expr(after).alias(column["name"]), lost.alias(f"_lost_{at}")


def _reason(table: SilverTable) -> Column:
    reasons = [
        F.when(F.col(f"_rule_{at}"), F.lit(rule["reason"]))
        for at, rule in enumerate(table.get("rules", []))
    ]
    reasons += [
        F.when(F.col(f"_lost_{at}"), F.lit(f"type_{column['name']}"))
        for at, column in enumerate(table["columns"])
    ]
    needed = [*table["key"], *([table["valid_from"]] if "valid_from" in table else [])]
    missing = reduce(lambda one, other: one | other, [F.col(name).isNull() for name in needed])
    return F.coalesce(*reasons, F.when(missing, F.lit("missing_key")))


def surrogate_key(key: Sequence[str]) -> Column:
    """A stable 64-bit hash of the business key's text: `xxhash64(cast(k1 as string), …)`."""
    return F.xxhash64(*[F.col(name).cast("string") for name in key])


def version_of(table: SilverTable) -> Column:
    """What decides between rows of a table, as one struct beside the contract's columns.

    `order_by` and `extracted_at` say which version of a key is newest; `same_as` and `first_by` say
    which rows of different keys are the same thing and which of them is kept.
    """
    fields = [F.col(EXTRACTED_AT).alias("extracted_at")]
    if table.get("order_by"):
        order = [F.expr(text).alias(f"o{at}") for at, text in enumerate(table["order_by"])]
        fields.append(F.struct(*order).alias("order_by"))
    if "deduplicate" in table:
        rule = table["deduplicate"]
        first = [F.expr(text).alias(f"f{at}") for at, text in enumerate(rule["keep_first_by"])]
        fields += [
            group_hash([F.expr(text) for text in rule["by"]]).alias("same_as"),
            F.struct(*first).alias("first_by"),
        ]
    return F.struct(*fields)


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
        f"Cannot build silver table {table['table']} from query {table['source']}: {culprit} does not "
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

"""Rows that say that a key went at the source: what they take out of a batch and of a table."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import pyspark.sql.functions as F

from pipeline.bronze import LINEAGE
from pipeline.contract import (
    DELETED_AT,
    EXTRACTED_AT,
    EXTRACTION_TIMESTAMP,
    business_columns,
    technical_columns,
)
from pipeline.current import plan_current
from pipeline.errors import TerminalError
from pipeline.plan import BATCH, OP

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

    from pipeline.documents import SilverTable

CHANGE = "_change"


def split_deleted(source: DataFrame, table: SilverTable) -> tuple[DataFrame, DataFrame | None]:
    """The rows that are there, and the keys that went, each with when that was extracted; None
    where the source tells of none.

    Raises TerminalError when a key of the table needs more than the source's key, which is all
    that such a row has.
    """
    if CHANGE not in source.columns:
        return source, None
    is_deleted = F.coalesce(F.col(CHANGE) == "delete", F.lit(False))
    expressions = {
        column["name"]: f"try_cast(({column.get('expression', column['name'])}\n) "
        f"as {column['type']})"
        for column in table["columns"]
    }
    keys = [F.expr(expressions[name]).alias(name) for name in table["key"]]
    at = F.col(EXTRACTION_TIMESTAMP).alias(DELETED_AT)
    deleted = source.where(is_deleted).select(*keys, at)
    _refuse_unknown_keys(deleted, table)
    return source.where(~is_deleted).drop(CHANGE), deleted


def _refuse_unknown_keys(deleted: DataFrame, table: SilverTable) -> None:
    missing = [F.col(name).isNull() for name in table["key"]]
    rows = deleted.where(reduce(lambda one, other: one | other, missing)).count()
    if rows:
        raise TerminalError(
            f"Cannot build silver table {table['table']}: {rows} deleted rows of query "
            f"{table['source']} have no {', '.join(table['key'])}. Make the table's key of the "
            f"query's key columns only, or set deletes: none.",
            code="CONFIG_INVALID",
        )


def plan_current_and_deleted(
    batch: DataFrame, stored: DataFrame | None, deleted: DataFrame | None, table: SilverTable
) -> DataFrame:
    """The plan of a table without history: a deleted key has no row, unless one was extracted
    after its deletion."""
    if deleted is None:
        return plan_current(batch, stored, table)
    key = table["key"]
    last = deleted.groupBy(*key).agg(F.max(DELETED_AT).alias(DELETED_AT))
    is_overtaken = F.coalesce(F.col(DELETED_AT) >= F.col(EXTRACTED_AT), F.lit(False))
    marked = batch.join(last, key, "left").withColumn("_is_overtaken", is_overtaken)
    alive = marked.where("not _is_overtaken").select(*batch.columns)
    overtaken = _planned(marked.where("_is_overtaken"), table, "same", is_of_batch=True)
    if stored is None:
        return plan_current(alive, None, table).unionByName(overtaken)
    gone = stored.join(last, key).where(is_overtaken).join(alive.select(*key), key, "left_anti")
    kept = stored.join(gone.select(*key), key, "left_anti")
    removed = _planned(gone, table, "delete", is_of_batch=False)
    return plan_current(alive, kept, table).unionByName(overtaken).unionByName(removed)


def _planned(
    rows: DataFrame, table: SilverTable, operation: str, *, is_of_batch: bool
) -> DataFrame:
    lineage = [
        F.col(name) if is_of_batch else F.lit(None).cast("string").alias(name) for name in LINEAGE
    ]
    columns = [*business_columns(table), *technical_columns(table)]
    return rows.select(
        *columns, *lineage, F.lit(operation).alias(OP), F.lit(is_of_batch).alias(BATCH)
    )

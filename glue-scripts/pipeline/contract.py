"""What a silver table's contract says of its columns and of what tells its rows apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.paths import table_location, table_name
from pipeline.tables import Target, schema_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql.types import StructField, StructType

    from pipeline.documents import SilverTable
    from pipeline.job_args import JobArgs

EXTRACTION_TIMESTAMP = "extraction_timestamp"
# Columns beside the promised ones, by which later batches are compared with stored rows.
EXTRACTED_AT = "_extracted_at"
ORDERED_BY = "_ordered_by"
SAME_AS = "_same_as"
FIRST_BY = "_first_by"
# When the deletion of a key was extracted.
DELETED_AT = "_deleted_at"
EFFECTIVE_FROM = "effective_from"
EFFECTIVE_TO = "effective_to"
IS_CURRENT = "is_current"
HISTORY_COLUMNS = [EFFECTIVE_FROM, EFFECTIVE_TO, IS_CURRENT]

_HISTORY_TYPES = {EFFECTIVE_FROM: "timestamp", EFFECTIVE_TO: "timestamp", IS_CURRENT: "boolean"}


def keeps_history(table: SilverTable) -> bool:
    """True of SCD2, where a table holds every version of a key."""
    return table.get("history") == "scd2"


def business_columns(table: SilverTable) -> list[str]:
    """The surrogate key, then the contract's columns: what rows are compared by."""
    surrogate = table.get("surrogate_key")
    return [*([surrogate] if surrogate else []), *(column["name"] for column in table["columns"])]


def technical_columns(table: SilverTable) -> list[str]:
    """`_extracted_at` and `_ordered_by` say which version of a key is newest; `_same_as` and
    `_first_by` which rows of different keys are the same thing, and which of them is kept.
    """
    ordered = [ORDERED_BY] if table.get("order_by") else []
    same = [SAME_AS, FIRST_BY] if "deduplicate" in table else []
    return [EXTRACTED_AT, *ordered, *same]


def row_identity(table: SilverTable) -> list[str]:
    """The columns that no two rows of the table share."""
    return [*table["key"], *([EFFECTIVE_FROM] if keeps_history(table) else [])]


def contract_schema(table: SilverTable) -> StructType:
    """The columns that users of the table are promised."""
    surrogate = table.get("surrogate_key")
    columns = [f"`{surrogate}` bigint"] if surrogate else []
    columns += [f"`{column['name']}` {column['type']}" for column in table["columns"]]
    if keeps_history(table):
        columns += [f"{name} {type_name}" for name, type_name in _HISTORY_TYPES.items()]
    return schema_of(", ".join(columns))


def silver_target(args: JobArgs, table: SilverTable, technical: Sequence[StructField]) -> Target:
    """The table to write: the promised columns, then ours, whose types come from the source."""
    schema = contract_schema(table)
    for field in technical:
        schema = schema.add(field)
    return Target(
        name=table_name(args.database_prefix, "silver", table["table"]),
        location=table_location(args.lake_bucket, "silver", table["table"]),
        schema=schema,
        identity=tuple(row_identity(table)),
    )
